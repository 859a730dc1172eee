"""A case under one text: the live machine, the same case in the table, and its clocks; all three move together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.model.case_report import Change
from duecourse.model.clocks import open_ledger
from duecourse.model.compile import compile_table
from duecourse.model.machine import CaseMachine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from duecourse.model.clocks import Run
    from duecourse.model.migration import Moved
    from duecourse.model.procedure import Actor, Clock, Outcome, Procedure, Stage, Step, Value
    from duecourse.model.table import Rule


class Course:
    """A case under one text.

    Attributes:
        procedure: the text.
        machine: the case as the machine has it, every value unreduced.
        table, packed: the table of the text and the configuration in which the case is there.
        ledger: its clocks.
        beginning: its values at the beginning.
    """

    def __init__(
        self, procedure: Procedure, readings: Mapping[str, str], facts: Mapping[str, Value]
    ) -> None:
        chosen = {name: each for name, each in readings.items() if name in procedure.reading}
        self.procedure = procedure
        self.machine = CaseMachine(procedure, chosen)
        self.table = compile_table(procedure, chosen)
        self._first = dict(self.machine.values)
        self.begin(facts)

    def begin(self, facts: Mapping[str, Value]) -> None:
        """Put the case at its beginning, with these values of facts where they are not the initial ones."""
        self.machine.load({**self._first, **facts, "stage": self.procedure.initial})
        self.ledger = open_ledger(self.procedure, self.machine.readings)
        self.beginning = self.values
        self.packed = self.table.pack(self.values)
        self._rules: list[Rule] | None = None

    @property
    def values(self) -> dict[str, Value]:
        """The stage and every variable of the case, by name."""
        return {**self.machine.values, "stage": self.machine.stage}

    @property
    def stage(self) -> Stage:
        """Where the case stands."""
        return self.procedure.stage[self.machine.stage]

    def actors(self, ids: Iterable[str]) -> tuple[Actor, ...]:
        """Return the actors with these ids."""
        return tuple(self.procedure.actor[each] for each in ids)

    def rules(self) -> list[Rule]:
        """Return how each permitted step is taken now; which steps these are, machine and table say alike."""
        if self._rules is None:
            found = {(rule.step, rule.lapse_of): rule for rule, _ in self.table.moves(self.packed)}
            assert {step for step, _ in found} == set(self.machine.permitted()), self.packed
            self._rules = list(found.values())
        return self._rules

    def rule(self, step: str) -> Rule | None:
        """Return how a step is taken now, None where it cannot be."""
        return next((rule for rule in self.rules() if rule.step == step), None)

    def lapse(self, clock: str) -> Rule | None:
        """Return the step that the law takes at the lapse of a clock, None where the lapse is a breach."""
        return next((rule for rule in self.rules() if rule.lapse_of == clock), None)

    def take(self, rule: Rule, day: date) -> tuple[Change, ...]:
        """Take a step on machine, table and clocks; return what it did to the clocks."""
        before = dict(self.ledger.running)
        self.machine.take(rule.step)
        self._rules = None
        self.packed = rule.successor(self.packed)
        assert self.table.pack(self.values) == self.packed, f"machine and table part: {rule.step}"
        self.ledger.apply(rule.ops, day, ends=self.ends(rule))
        return tuple(self._changes(before, day))

    def take_over(self, moved: Moved) -> None:
        """Put the case where an earlier text left it."""
        known = {*self.machine.values, "stage"}
        self.machine.load({name: each for name, each in moved.values.items() if name in known})
        self.packed = self.table.pack(self.values)
        self.ledger, self._rules = moved.ledger, None

    def ends(self, rule: Rule) -> bool:
        """Return whether a step ends the review."""
        final = self.procedure.stage
        return final[rule.target].final and not final[rule.source].final

    def outcome(self, rule: Rule) -> Outcome | None:
        """Return which ending a step is that ends the review."""
        return next(
            (
                each
                for each in self.procedure.outcomes
                if rule.step in each.steps and (not each.sources or rule.source in each.sources)
            ),
            None,
        )

    def due(self, clock: str) -> date | None:
        """Return the due date of a running clock."""
        return self.ledger.due(clock)

    def used(self, run: Run, on: date) -> int:
        """Return the working days that a run of a clock has counted."""
        ledger = self.ledger
        return run.used(ledger.calendar, on, first_day_counts=ledger.first_day_counts)

    def _changes(self, before: Mapping[str, Run], day: date) -> Iterator[Change]:
        """Yield what happened to the clocks since `before`."""
        running = self.ledger.running
        for clock in self.procedure.clocks:
            old, new = before.get(clock.id), running.get(clock.id)
            if old is not None and (new is None or new.started != old.started):
                yield Change("stopped", clock, None, self.used(old, day))
            if new is not None:
                yield from self._change(clock, old, new, day)

    def _change(self, clock: Clock, old: Run | None, new: Run, day: date) -> Iterator[Change]:
        due, used = self.due(clock.id), self.used(new, day)
        if old is None or new.started != old.started:
            yield Change("started", clock, due, used)
        elif (new.spans, new.unlimited) != (old.spans, old.unlimited):
            yield Change("extended", clock, due, used)
        elif new.stopped_since != old.stopped_since:
            resumed = new.stopped_since is None
            yield Change("resumed" if resumed else "suspended", clock, due, used)

    def step_on_lapse(self, clock: Clock) -> Step | None:
        """Return the step that the law would take if a running clock lapsed as things stand."""
        rule = self.lapse(clock.id)
        return self.procedure.step[rule.step] if rule else None
