"""A case that shows something: its steps with dates, replayed before anyone is told, and told in the law's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from duecourse.calendar import load_calendar
from duecourse.errors import InvalidInput
from duecourse.model.clocks import chosen_calendar, open_ledger
from duecourse.model.machine import CaseMachine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duecourse.model.procedure import Cite, Label, Lang, Procedure
    from duecourse.model.table import Rule, Table


@dataclass(frozen=True, slots=True)
class Taken:
    """A step of a trace.

    Attributes:
        on: the day it was taken.
        step: its id.
        member: the place of the member who replies in the list of its actor, counted from 0; None for other steps.
        stage: the stage it led to.
    """

    on: date
    step: str
    member: int | None
    stage: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a story: one step, or several alike in a row.

    Attributes:
        first, last: the numbers of the steps it tells, from 1.
        on: the day.
        actor, what: who did what.
        members: the members who did, where they are a panel's.
        cites: the articles.
        step: the step's id.
    """

    first: int
    last: int
    on: date
    actor: Label
    what: Label
    members: tuple[Label, ...]
    cites: tuple[Cite, ...]
    step: str

    def text(self, lang: Lang = "en") -> str:
        """Return the line in words."""
        number = f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"
        articles = ", ".join(map(str, self.cites))
        count = self.last - self.first + 1
        times = f" (×{count})" if count > 1 else ""
        return f"{number:>6}  {self.on}  {self.actor.text(lang)}{times}: {self.what.text(lang)} [{articles}]"


@dataclass(frozen=True, slots=True)
class Trace:
    """A dated case of a procedure under one choice of readings, taken step by step on the live machine.

    Attributes:
        procedure, readings: what it is a case of.
        steps: what happened, in order.
    """

    procedure: Procedure
    readings: Mapping[str, str]
    steps: tuple[Taken, ...]

    def story(self) -> tuple[Line, ...]:
        """Return the case as lines, steps alike in a row put together."""
        lines: list[Line] = []
        number = 1
        for (step, on), group in groupby(self.steps, key=lambda taken: (taken.step, taken.on)):
            taken = list(group)
            found = self.procedure.step[step]
            actor = self.procedure.actor[found.actors[0]]
            members = tuple(
                actor.members[each.member]
                for each in taken
                if each.member is not None and each.member < len(actor.members)
            )
            last = number + len(taken) - 1
            lines.append(
                Line(number, last, on, actor.label, found.label, members, found.cites, step)
            )
            number = last + 1
        return tuple(lines)

    def text(self, lang: Lang = "en") -> str:
        """Return the story as text."""
        return "\n".join(line.text(lang) for line in self.story())


def dated(table: Table, rules: Sequence[Rule], start: date | None = None) -> Trace | None:
    """Return a way through the table as a dated case, replayed on the live machine with its clocks.

    Every step is taken on the first day that it can be: at once, or when the clock lapses that takes it.

    Args:
        table: where the way leads.
        rules: the way.
        start: the first day; by default the first working day a year after the text came into force.

    Returns:
        The case, or None where a lapse on the way cannot happen (its clock does not run, or is suspended).
    """
    procedure = table.procedure
    ledger = open_ledger(procedure, table.readings)
    on = ledger.calendar.next_working(start or _first_day(procedure, table.readings))
    machine = CaseMachine(
        procedure,
        table.readings,
        _initial_facts(table, rules),
        steps={rule.step for rule in rules},
    )
    taken: list[Taken] = []
    replies = 0
    for rule in rules:
        if rule.lapse_of is not None:
            due = ledger.due(rule.lapse_of)
            if due is None:
                return None
            on = max(due, on)
        try:
            machine.take(rule.step)
        except InvalidInput:
            return None
        member = None
        if procedure.step[rule.step].reply is not None:
            member, replies = replies, replies + 1
        if any(op.kind == "open" for op in rule.ops):
            replies = 0
        taken.append(Taken(on, rule.step, member, machine.stage))
        ends = procedure.stage[rule.target].final and not procedure.stage[rule.source].final
        ledger.apply(rule.ops, on, ends=ends)
        if rule.lapse_of is not None:
            on = ledger.calendar.next_working(on)
    return Trace(procedure, table.readings, tuple(taken))


def _first_day(procedure: Procedure, readings: Mapping[str, str]) -> date:
    since = procedure.in_force[0]
    calendar = load_calendar(chosen_calendar(procedure, readings))
    wanted = (
        date(since.year + 1, since.month, since.day) - timedelta(1) if since else date(2023, 1, 1)
    )
    return min(max(wanted, calendar.first), calendar.published_until)


def _initial_facts(table: Table, rules: Sequence[Rule]) -> Mapping[str, bool | int | str]:
    """Return the values of unknown facts under which the way can be taken."""
    unknown = [fact.id for fact in table.procedure.facts if fact.initial is None]
    if not unknown:
        return {}
    for packed in table.initial:
        if _leads(packed, rules):
            values = table.unpack(packed)
            return {name: values[name] for name in unknown if name in values}
    return {}


def _leads(packed: int, rules: Sequence[Rule]) -> bool:
    for rule in rules:
        if not rule.fires(packed):
            return False
        packed = rule.successor(packed)
    return True
