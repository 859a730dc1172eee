"""Replaying a case: every step on the live machine and on the table side by side, every clock on the calendar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.errors import Problem
from duecourse.model.case import ALL_OUTSTANDING, member_named
from duecourse.model.case_report import Breach, CaseReport, Entry, Kind
from duecourse.model.clocks import open_ledger
from duecourse.model.compile import compile_table
from duecourse.model.machine import CaseMachine, IllegalStepError
from duecourse.model.migration import migrate
from duecourse.model.procedure import Label
from duecourse.model.replay_clocks import changes_between, overdue
from duecourse.model.replay_panels import Panels
from duecourse.model.replay_state import permitted_steps, readings_of, running_clocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from duecourse.model.case import Case, Event
    from duecourse.model.case_report import Change
    from duecourse.model.clocks import Run
    from duecourse.model.procedure import Actor, Clock, Outcome, Procedure, Stage, Step, Value
    from duecourse.model.table import Rule


def replay(
    case: Case, readings: Mapping[str, str] | None = None, on: date | None = None
) -> CaseReport:
    """Return where a case stands on a day, and how it came there.

    Args:
        case: the case with its events.
        readings: options by reading; they go before those of the case.
        on: the day of the report, by default that of the last event; later events are left out. Steps may still be
            taken on that day, so that what is due on it is not overdue.

    Raises:
        IllegalStepError: a step that was not permitted, at its place in the file, with what was permitted.
        InvalidInput: an unknown reading or option, or a day beyond the calendar.
    """
    found = _Replay(case, {**case.readings, **(readings or {})})
    for event in case.events:
        if on is None or event.on <= on:
            found.advance(event.on)
            found.happen(event)
    day = on or max((event.on for event in case.events), default=found.begins)
    found.advance(day)
    return found.report(day)


@dataclass(slots=True)
class _Open:
    """A breach whose clock may still run."""

    clock: Clock
    binds: tuple[Actor, ...]
    due: date
    run: Run


class _Text:
    """A case under one text: the machine, the same case in the table, and its clocks."""

    def __init__(
        self, procedure: Procedure, readings: Mapping[str, str], facts: Mapping[str, Value]
    ) -> None:
        self.procedure = procedure
        chosen = {name: each for name, each in readings.items() if name in procedure.reading}
        self.machine = CaseMachine(procedure, chosen, facts)
        self.table = compile_table(procedure, chosen)
        self.readings = self.machine.readings
        self.ledger = open_ledger(procedure, self.readings)
        self.packed = self.table.pack(self.values)

    @property
    def values(self) -> dict[str, Value]:
        return {**self.machine.values, "stage": self.machine.stage}

    @property
    def stage(self) -> Stage:
        return self.procedure.stage[self.machine.stage]

    def actors(self, ids: Iterable[str]) -> tuple[Actor, ...]:
        return tuple(self.procedure.actor[each] for each in ids)

    def take(self, rule: Rule) -> None:
        """Take a step on the machine and in the table, which must agree."""
        self.machine.take(rule.step)
        self.packed = rule.successor(self.packed)
        assert self.table.pack(self.values) == self.packed, f"machine and table part at {rule.step}"

    def rule(self, step: str) -> Rule | None:
        """Return how the table takes a step now; whether it can is what the machine says too."""
        move = self.table.move(self.packed, step)
        assert (move is not None) == (step in self.machine.permitted()), step
        return move and move[0]

    def lapse(self, clock: str) -> Rule | None:
        """Return the step that the law takes now at the lapse of a clock, or None where the lapse is a breach."""
        return next((rule for rule, _ in self.table.moves(self.packed) if rule.lapse_of == clock), None)


class _Replay:
    def __init__(self, case: Case, readings: dict[str, str]) -> None:
        self.case, self.readings = case, readings
        self.refuse_unknown_readings()
        self.text = _Text(case.procedure, readings, case.facts)
        self.history: list[Entry] = []
        self.breaches: list[_Open] = []
        self.panels = Panels(case.procedure)
        self.ended: tuple[Outcome | None, date] | None = None
        self.now = self.begins

    @property
    def begins(self) -> date:
        """The day a case without events stands on: the first of its text."""
        since = self.case.procedure.in_force[0]
        first = self.case.events[0].on if self.case.events else since
        return first or self.text.ledger.calendar.first
