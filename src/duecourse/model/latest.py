"""The latest lawful course of a case: every step on the last day that keeps every limit, on the calendar.

Undated sums of limits say little about dates: holidays move them, and a later text may change a limit on the way. Here the
clocks themselves are driven along a way through the table.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.model.clocks import open_ledger
from duecourse.model.migration import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from duecourse.model.migration import Migration
    from duecourse.model.ways import Way, Ways


@dataclass(frozen=True, slots=True)
class Dated:
    """A way with dates.

    Attributes:
        steps: each step with its day.
        uncapped: whether an extension without any limit could have been granted on the way.
        taken_over: whether the later text took the case over.
        waits: whether no limit runs before the last step, so that it may come later at no cost in counted days.
    """

    steps: tuple[tuple[date, str], ...]
    uncapped: bool
    taken_over: bool
    waits: bool

    @property
    def end(self) -> date:
        """The day of the last step."""
        return self.steps[-1][0]


@dataclass(frozen=True, slots=True)
class Prospect:
    """How late a case may lawfully end by one way.

    Attributes:
        ways: the texts and readings.
        way: the steps (`Ways.first`).
        opened: the day of the step `ways.through`; what comes before it happens on the same day.
    """

    ways: Ways
    way: Way
    opened: date

    def latest(self, *, extended: bool = False, uncounted: int = 0) -> Dated:
        """Return the way with each step on the last day that keeps every limit.

        Where no limit runs the next step comes at once. Where a later text takes the case over, the way goes on by a
        shortest one from there.

        Args:
            extended: whether the extensions that have a cap are granted, each once and as late as possible.
            uncounted: working days that are not counted, taken as early as the text allows: as one suspension of every
                clock, or where no limit runs.
        """
        return _Drive(self, extended=extended, uncounted=uncounted).along(self.way)

    def least_uncounted(self, end: date, *, extended: bool = False, guess: int = 0) -> int:
        """Return the fewest working days not counted with which the way may lawfully end as late as `end`.

        Args:
            end: the day to be reached.
            extended: as in `latest`.
            guess: tried first.
        """

        def late_enough(days: int) -> bool:
            found = self.latest(extended=extended, uncounted=days)
            return found.end >= end or (found.waits and not self.working_days(found.end, end))

        if late_enough(guess) and (not guess or not late_enough(guess - 1)):
            return guess
        days = range(self.working_days(self.opened, end))
        return bisect_left(days, True, key=late_enough)  # noqa: FBT003  (the value sought)

    def working_days(self, start: date, end: date) -> int:
        """Return the working days after one day up to another, on the calendar that the readings choose."""
        texts = self.ways.texts
        return open_ledger(texts.procedure, texts.first.readings).calendar.elapsed(start, end)


class _Drive:
    def __init__(self, prospect: Prospect, *, extended: bool, uncounted: int) -> None:
        ways = self.ways = prospect.ways
        self.day = prospect.opened
        self.extended, self.uncounted = extended, uncounted
        self.text, self.migration = ways.texts.procedure, ways.texts.migration
        self.table = ways.texts.first
        self.left: deque[str] = deque()
        self.packed = self.table.initial[0]
        self.ledger = open_ledger(self.text, self.table.readings)
        self.steps: list[tuple[date, str]] = []
        self.uncapped = self.waits = False

    def along(self, way: Way) -> Dated:
        self.left = deque(way)
        while self.left[0] != self.ways.through:
            self.step(self.left.popleft())
        self.step(self.left.popleft())
        self.pause()
        while self.left:
            self.wait()
            self.waits = not self.ledger.running
            self.step(self.left.popleft())
            self.pause()
        taken_over = self.text is not self.ways.texts.procedure
        return Dated(tuple(self.steps), self.uncapped, taken_over, self.waits)

    def step(self, step: str) -> None:
        move = self.table.move(self.packed, step)
        assert move is not None, step
        rule, self.packed = move
        ends = self.text.stage[rule.target].final
        self.ledger.apply(rule.ops, self.day, ends=ends)
        self.steps.append((self.day, step))

    def wait(self) -> None:
        """Let the days go by while every limit is kept, with extensions granted on the last day."""
        while True:
            last = max(self.day, min(self.dues(), default=self.day))
            if self.migration is not None and last >= self.migration.on:
                self.take_over(self.migration)
                self.go_on()
                continue
            self.day = last
            if not self.extend():
                return

    def dues(self) -> Iterator[date]:
        for clock in self.ledger.running:
            due = self.ledger.due(clock)
            if due is not None:
                yield due

    def extend(self) -> bool:
        """Grant an extension with a cap, if one can be granted and they are to be; return whether it was."""
        for rule, packed in self.table.moves(self.packed):
            spans = [
                op.by for op in rule.ops if op.kind == "extend" and op.name in self.ledger.running
            ]
            self.uncapped |= None in spans
            if spans and None not in spans and self.extended and not self.granted(rule.step):
                self.packed = packed
                self.ledger.apply(rule.ops, self.day)
                self.steps.append((self.day, rule.step))
                return True
        return False

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
        if self.text is not self.ways.texts.procedure:
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
        before, self.table = self.table.unpack(self.packed), self.ways.texts.full[target.id]
        values = {**self.table.unpack(self.table.initial[0]), **before}
        moved = migrate(migration, values, self.ledger, self.table.readings)
        self.text, self.ledger = target, moved.ledger
        self.packed = self.table.pack(moved.values)

    def go_on(self) -> None:
        """Go on by a way from where the case stands."""
        found = self.ways.onward(self.table, self.packed)
        assert found is not None, "the later text knows no way to the outcome"
        self.left = deque(found)
