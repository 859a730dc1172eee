"""The latest lawful course of a case: every step on the last day that keeps every limit, on the calendar.

Undated sums of limits say little about dates: holidays move them, and a later text may change a limit on the way. Here the
clocks themselves are driven along a way through the table.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from duecourse.model.clocks import open_ledger
from duecourse.model.compile import compile_table
from duecourse.model.migration import migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

    from duecourse.model.migration import Migration
    from duecourse.model.procedure import Procedure, Value
    from duecourse.model.table import Rule, Table


@dataclass(frozen=True)
class Ways:
    """The ways of a case to one outcome, under one choice of readings.

    Attributes:
        procedure: the text under which the case begins.
        readings: the options chosen; each text takes those that it knows.
        through: the step with which the case is opened to the public.
        outcome: the id of the outcome, in each text.
        migration: how a later text takes the case over; None where it does not.
    """

    procedure: Procedure
    readings: Mapping[str, str]
    through: str
    outcome: str
    migration: Migration | None = None
    _found: dict[tuple[str, int], tuple[str, ...] | None] = field(default_factory=dict, repr=False)

    def known(self, text: Procedure) -> dict[str, str]:
        """Return the readings that a text knows."""
        return {name: each for name, each in self.readings.items() if name in text.reading}

    @cached_property
    def full(self) -> Mapping[str, Table]:
        """The table of each text with every variable kept, since another text may ask for it."""
        texts = [self.procedure, *([self.migration.target] if self.migration else [])]
        return {text.id: compile_table(text, self.known(text), forget=False) for text in texts}

    @cached_property
    def small(self) -> Mapping[str, Table]:
        """The table of each text, small enough to search."""
        return {
            id_: compile_table(each.procedure, each.readings) for id_, each in self.full.items()
        }

    def first(self, hint: tuple[str, ...] = ()) -> tuple[str, ...] | None:
        """Return the steps of a way through the opening to the outcome; None where there is none.

        Args:
            hint: a way that is taken if it can be; otherwise a shortest one is looked for.
        """
        if hint and self._leads(hint):
            return hint
        table = self.small[self.procedure.id]
        for start in table.initial:
            opening = _search(table, start, lambda rule: rule.step == self.through)
            if opening is not None:
                after = self.onward(table, opening[1])
                return after and (*opening[0], *after)
        return None

    def onward(self, table: Table, packed: int) -> tuple[str, ...] | None:
        """Return the steps of a shortest way from a configuration to the outcome; None where there is none."""
        key = (table.procedure.id, packed)
        if key not in self._found:
            found = _search(table, packed, lambda rule: leads_to(rule, self.outcome, table))
            self._found[key] = found and found[0]
        return self._found[key]

    def _leads(self, way: tuple[str, ...]) -> bool:
        table = self.full[self.procedure.id]
        packed = table.initial[0]
        rule: Rule | None = None
        for step in way:
            move = table.move(packed, step)
            if move is None:
                return False
            rule, packed = move
        return rule is not None and self.through in way and leads_to(rule, self.outcome, table)


def _search(
    table: Table, start: int, arrived: Callable[[Rule], bool]
) -> tuple[tuple[str, ...], int] | None:
    """Return a shortest way from a configuration to a step, without lapses, and where it leads."""
    queue = deque([start])
    came: dict[int, tuple[int, str] | None] = {start: None}
    while queue:
        at = queue.popleft()
        for rule, to in table.moves(at):
            if rule.lapse_of is not None:
                continue
            if arrived(rule):
                return (*_way(came, at), rule.step), to
            if to not in came:
                came[to] = (at, rule.step)
                queue.append(to)
    return None


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

    Where no limit runs the next step comes at once. What comes before the opening happens on its day. Where a later text
    takes the case over, the way goes on by a shortest one from there.

    Args:
        ways: the procedure with its readings.
        way: the steps (`Ways.first`).
        opened: the day of the step `ways.through`.
        extended: whether the extensions that have a cap are granted, each once.
        uncounted: working days that are not counted, taken as early as the text allows: as one suspension of every
            clock, or where no limit runs.
    """
    return _Drive(ways, opened, extended=extended, uncounted=uncounted).along(way)


def least_uncounted(
    ways: Ways, way: tuple[str, ...], opened: date, end: date, *, extended: bool = False
) -> int:
    """Return the fewest working days not counted with which a way may lawfully end as late as `end`."""
    return bisect_left(
        range(working_days(ways, opened, end)),
        end,
        key=lambda days: latest(ways, way, opened, extended=extended, uncounted=days).end,
    )


def working_days(ways: Ways, opened: date, end: date) -> int:
    """Return the working days after the opening up to a day, on the calendar that the readings choose."""
    table = ways.full[ways.procedure.id]
    return open_ledger(ways.procedure, table.readings).calendar.elapsed(opened, end)


def leads_to(rule: Rule, outcome: str, table: Table) -> bool:
    """Return whether a step ends the review with an outcome."""
    procedure = table.procedure
    ends = procedure.stage[rule.target].final and not procedure.stage[rule.source].final
    return ends and any(
        rule.step in each.steps and (not each.sources or rule.source in each.sources)
        for each in procedure.outcomes
        if each.id == outcome
    )


class _Drive:
    def __init__(self, ways: Ways, opened: date, *, extended: bool, uncounted: int) -> None:
        self.ways, self.day, self.extended, self.uncounted = ways, opened, extended, uncounted
        self.text, self.migration = ways.procedure, ways.migration
        self.table = ways.full[self.text.id]
        self.left: deque[str] = deque()
        self.packed = self.table.initial[0]
        self.ledger = open_ledger(self.text, self.table.readings)
        self.steps: list[tuple[date, str]] = []
        self.uncapped = False

    def along(self, way: tuple[str, ...]) -> Dated:
        self.left = deque(way)
        while self.left[0] != self.ways.through:
            self.step(self.left.popleft())
        self.step(self.left.popleft())
        self.pause()
        while self.left:
            self.wait()
            self.step(self.left.popleft())
            self.pause()
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
            self.go_on()
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
            spans = [
                op.by for op in rule.ops if op.kind == "extend" and op.name in self.ledger.running
            ]
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
        if self.text is not self.ways.procedure:
            self.go_on()

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
        """Let the later text take the case over."""
        self.migration = None
        target = migration.target
        self.table = self.ways.full[target.id]
        values = {**self.table.unpack(self.table.initial[0]), **self.before()}
        moved = migrate(migration, values, self.ledger, self.table.readings)
        self.text, self.ledger = target, moved.ledger
        self.packed = self.table.pack(moved.values)

    def go_on(self) -> None:
        """Go on by a shortest way from where the case stands."""
        small = self.ways.small[self.text.id]
        found = self.ways.onward(small, small.pack(self.table.unpack(self.packed)))
        assert found is not None, "the later text knows no way to the outcome"
        self.left = deque(found)

    def before(self) -> dict[str, Value]:
        """Return the stage and the variables under the earlier text."""
        return self.ways.full[self.ways.procedure.id].unpack(self.packed)


def _way(came: Mapping[int, tuple[int, str] | None], to: int) -> tuple[str, ...]:
    steps: list[str] = []
    last = came[to]
    while last is not None:
        steps.append(last[1])
        last = came[last[0]]
    return tuple(reversed(steps))
