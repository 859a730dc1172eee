"""The latest lawful course of a case: every step on the last day that keeps every limit, on the calendar.

Undated sums of limits say little about dates: holidays move them, and a later text may change a limit on the way. Here the
clocks themselves are driven along a way through the table.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from duecourse.model.clocks import open_ledger
from duecourse.model.compile import compile_table
from duecourse.model.migration import migrate
from duecourse.model.variants import choose_readings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from duecourse.calendar import Calendar
    from duecourse.model.migration import Migration
    from duecourse.model.procedure import Outcome, Procedure
    from duecourse.model.table import Rule, Table


@dataclass(frozen=True)
class Ways:
    """The ways of a procedure from a step to its outcomes, under one choice of readings.

    Attributes:
        procedure: the text under which the case begins.
        readings: the options chosen; each text takes those that it knows.
        through: the step with which the case is opened to the public.
        migration: how a later text takes the case over; None where it does not.
    """

    procedure: Procedure
    readings: Mapping[str, str]
    through: str
    migration: Migration | None = None
    _tables: dict[str, Table] = field(default_factory=dict)

    def table(self, text: Procedure) -> Table:
        """Return the table of a text, every variable kept, since another text may ask for it."""
        if text.id not in self._tables:
            known = {name: each for name, each in self.readings.items() if name in text.reading}
            self._tables[text.id] = compile_table(text, known, forget=False)
        return self._tables[text.id]

    def shortest(self, outcome: Outcome) -> tuple[str, ...] | None:
        """Return the steps of a shortest way through `through` to an outcome; None where there is none."""
        table = self.table(self.procedure)
        queue = deque([(packed, False) for packed in table.initial])
        came: dict[tuple[int, bool], tuple[tuple[int, bool], str] | None] = dict.fromkeys(queue)
        while queue:
            at = queue.popleft()
            for rule, packed in table.moves(at[0]):
                to = (packed, at[1] or rule.step == self.through)
                if rule.lapse_of is not None or to in came:
                    continue
                came[to] = (at, rule.step)
                if to[1] and leads_to(rule, outcome, table):
                    return _way(came, to)
                queue.append(to)
        return None

    def can_be_taken(self, way: tuple[str, ...]) -> bool:
        """Return whether the steps can be taken one after the other under these readings."""
        table = self.table(self.procedure)
        packed: int | None = table.initial[0]
        for step in way:
            move = None if packed is None else table.move(packed, step)
            packed = move and move[1]
        return packed is not None


@dataclass(frozen=True, slots=True)
class Dated:
    """A way with dates.

    Attributes:
        steps: each step with its day.
        uncapped: whether an extension without any limit could have been granted on the way.
        taken_over: whether the later text took the case over.
    """

    steps: tuple[tuple[date, str], ...]
    uncapped: bool
    taken_over: bool

    @property
    def end(self) -> date:
        """The day of the last step."""
        return self.steps[-1][0]


def latest(
    ways: Ways, way: tuple[str, ...], opened: date, *, extended: bool = False, uncounted: int = 0
) -> Dated:
    """Return a way with each step on the last day that keeps every limit.

    Where no limit runs the next step comes at once. What comes before the opening happens on its day.

    Args:
        ways: the procedure with its readings.
        way: the steps.
        opened: the day of the step `ways.through`.
        extended: whether the extensions that have a cap are granted.
        uncounted: working days that are not counted, taken as early as the text allows: as one suspension of every
            clock, or where no limit runs.
    """
    return _Drive(ways, opened, extended=extended, uncounted=uncounted).along(way)


def least_uncounted(
    ways: Ways, way: tuple[str, ...], opened: date, end: date, *, extended: bool = False
) -> int:
    """Return the fewest working days not counted with which a way may lawfully end as late as `end`."""
    most = calendar_of(ways).elapsed(opened, end)
    return bisect_left(
        range(most),
        end,
        key=lambda days: latest(ways, way, opened, extended=extended, uncounted=days).end,
    )


def calendar_of(ways: Ways) -> Calendar:
    """Return the calendar that the readings choose."""
    return open_ledger(ways.procedure, ways.table(ways.procedure).readings).calendar


def leads_to(rule: Rule, outcome: Outcome, table: Table) -> bool:
    """Return whether a step ends the review with an outcome."""
    stage = table.procedure.stage
    return (
        rule.step in outcome.steps
        and (not outcome.sources or rule.source in outcome.sources)
        and stage[rule.target].final
        and not stage[rule.source].final
    )


class _Drive:
    def __init__(self, ways: Ways, opened: date, *, extended: bool, uncounted: int) -> None:
        self.ways, self.day, self.extended, self.uncounted = ways, opened, extended, uncounted
        self.text, self.migration = ways.procedure, ways.migration
        self.table = ways.table(self.text)
        self.packed = self.table.initial[0]
        self.ledger = open_ledger(self.text, self.table.readings)
        self.steps: list[tuple[date, str]] = []
        self.uncapped = False

    def along(self, way: tuple[str, ...]) -> Dated:
        opened = way.index(self.ways.through)
        for index, step in enumerate(way):
            if index > opened:
                self.pause()
                self.wait()
            self.step(step)
        return Dated(tuple(self.steps), self.uncapped, self.text is not self.ways.procedure)

    def step(self, step: str) -> None:
        move = self.table.move(self.packed, step)
        assert move is not None, step
        rule, self.packed = move
        ends = self.text.stage[rule.target].final
        self.ledger.apply(rule.ops, self.day, ends=ends)
        self.steps.append((self.day, step))

    def wait(self) -> None:
        """Let the days go by while every limit is kept."""
        self.extend()
        last = min(self.dues(), default=self.day)
        if self.migration is not None and max(last, self.day) >= self.migration.on:
            self.take_over(self.migration)
            self.extend()
            last = min(self.dues(), default=self.day)
        self.day = max(self.day, last)

    def dues(self) -> Iterator[date]:
        for clock in self.ledger.running:
            due = self.ledger.due(clock)
            if due is not None:
                yield due

    def extend(self) -> None:
        """Grant every extension with a cap that can be granted now, if they are to be granted."""
        for rule, packed in self.table.moves(self.packed):
            spans = [op.by for op in rule.ops if op.kind == "extend" and op.name in self.ledger.running]
            self.uncapped |= None in spans
            if spans and None not in spans and self.extended and not self.granted(rule.step):
                self.packed = packed
                self.ledger.apply(rule.ops, self.day)
                self.steps.append((self.day, rule.step))
                self.extend()
                return

    def granted(self, step: str) -> bool:
        """Return whether an extension was granted before: it is granted once, even where it could be repeated."""
        return any(taken == step for _, taken in self.steps)

    def pause(self) -> None:
        """Let the days that are not counted go by, if nothing is counted now or a suspension can stop every clock."""
        if not self.uncounted:
            return
        pair = self.suspension() if any(self.dues()) else ()
        if pair is None:
            return
        for step in pair[:1]:
            self.step(step)
        self.day = self.ledger.calendar.counted_from(self.day, self.uncounted)
        self.uncounted = 0
        if self.migration is not None and self.day >= self.migration.on:
            self.take_over(self.migration)
        for step in pair[1:]:
            self.step(step)

    def suspension(self) -> tuple[str, str] | None:
        """Return two steps of which the first suspends every clock that runs and the second ends that."""
        for rule, packed in self.table.moves(self.packed):
            begun = [op.name for op in rule.ops if op.kind == "begin"]
            if not begun:
                continue
            stopped = {each.clock for each in self.text.suspension[begun[0]].stops}
            ends = [
                end.step
                for end, back in self.table.moves(packed)
                if any(op.kind == "end" and op.name == begun[0] for op in end.ops)
            ]
            if ends and set(self.ledger.running) <= stopped:
                return rule.step, ends[0]
        return None

    def take_over(self, migration: Migration) -> None:
        self.migration = None
        target = migration.target
        known = {name: each for name, each in self.ways.readings.items() if name in target.reading}
        moved = migrate(
            migration,
            self.table.unpack(self.packed),
            self.ledger,
            choose_readings(target, known),
        )
        self.text, self.ledger = target, moved.ledger
        self.table = self.ways.table(target)
        base = self.table.unpack(self.table.initial[0])
        self.packed = self.table.pack({**base, **moved.values})


def _way(
    came: Mapping[tuple[int, bool], tuple[tuple[int, bool], str] | None], to: tuple[int, bool]
) -> tuple[str, ...]:
    steps: list[str] = []
    last = came[to]
    while last is not None:
        steps.append(last[1])
        last = came[last[0]]
    return tuple(reversed(steps))
