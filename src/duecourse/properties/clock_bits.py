"""Which clocks run and which suspensions last, one bit each, and what a step does to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from duecourse.model.clocks import chosen_calendar, first_day_counted
from duecourse.model.expression import TRUE, simplify

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duecourse.calendar import Span
    from duecourse.model.table import Rule, Table
    from duecourse.properties.renaming import Renaming


class Limit(NamedTuple):
    """The length of a clock as it counts days.

    Attributes:
        span: the limit.
        first_day: whether the first day counts.
        calendar: which days are working days.
        rank: the place among the clocks whose lapse has an effect, where the two texts order them differently.
    """

    span: Span
    first_day: bool
    calendar: str
    rank: int = 0


class Event(NamedTuple):
    """What a step does to time and to the course of the case.

    Attributes:
        started: the clocks that start, with their limits.
        gone: the running clocks that stop, or lose their limit by an extension without end.
        extended: the running clocks that are extended, by how much.
        paused, resumed: the running clocks that a suspension stops from now on, or no longer.
        turn: 1 where the review ends, -1 where it is taken up again.
        outcome: how it ends; None where no outcome counts it.
    """

    started: tuple[tuple[str, Limit], ...] = ()
    gone: tuple[str, ...] = ()
    extended: tuple[tuple[str, Span], ...] = ()
    paused: tuple[str, ...] = ()
    resumed: tuple[str, ...] = ()
    turn: int = 0
    outcome: str | None = None


NO_EVENT = Event()


class ClockBits:
    """The clocks that run and the suspensions that last, one bit each."""

    def __init__(self, table: Table, names: Renaming, ranks: Sequence[str]) -> None:
        procedure = table.procedure
        self.bits = {each.id: 1 << i for i, each in enumerate(procedure.clocks)}
        self.every = (1 << len(self.bits)) - 1
        self.active = {
            each.id: 1 << (len(self.bits) + i) for i, each in enumerate(procedure.suspensions)
        }
        self.called = {each.id: names.clock.get(each.id, each.id) for each in procedure.clocks}
        self.stops = [(self.active[each.id], 0) for each in procedure.suspensions]
        for index, each in enumerate(procedure.suspensions):
            for stop in each.stops:
                if simplify(stop.when, table.readings) == TRUE:
                    active, stopped = self.stops[index]
                    self.stops[index] = active, stopped | self.bits[stop.clock]
        calendar = chosen_calendar(procedure, table.readings)
        first_day = first_day_counted(procedure, table.readings)
        self.limits = {
            each.id: Limit(
                each.limit,
                first_day,
                calendar,
                1 + ranks.index(self.called[each.id]) if self.called[each.id] in ranks else 0,
            )
            for each in procedure.clocks
        }

    def frozen(self, mask: int) -> int:
        """Return the running clocks that a suspension stops."""
        stopped = 0
        for active, stops in self.stops:
            if mask & active:
                stopped |= stops
        return stopped & mask

    def ticks(self, clock: str, mask: int) -> bool:
        """Return whether a clock runs and no suspension stops it."""
        return bool(self.bits[clock] & mask & ~self.frozen(mask))

    def event(self, rule: Rule, mask: int, turn: int) -> tuple[Event, int]:
        """Return what a step does to the clocks, and the clocks after it; one without end counts as stopped."""
        after = mask
        started: set[str] = set()
        extended: list[tuple[str, Span]] = []
        for op in rule.ops:
            bit = self.bits.get(op.name, 0)
            match op.kind:
                case "stop":
                    after &= ~bit
                case "extend" if after & bit:
                    if op.by is None:
                        after &= ~bit
                    else:
                        extended.append((op.name, op.by))
                case "start":
                    after |= bit
                    started.add(op.name)
                case "begin":
                    after |= self.active[op.name]
                case "end":
                    after &= ~self.active[op.name]
                case _:
                    pass
        before, now = self.frozen(mask), self.frozen(after)
        kept = mask & after
        event = Event(
            started=tuple(sorted((self.called[each], self.limits[each]) for each in started)),
            gone=self.named(mask & ~after),
            extended=tuple(
                sorted(
                    (
                        (self.called[name], span)
                        for name, span in extended
                        if self.bits[name] & kept and name not in started
                    ),
                    key=str,
                )
            ),
            paused=self.named(now & ~before),
            resumed=self.named(before & ~now & kept),
            turn=turn,
        )
        return event, after

    def named(self, mask: int) -> tuple[str, ...]:
        """Return the names of the clocks with these bits."""
        if not mask & self.every:
            return ()
        return tuple(sorted(self.called[name] for name, bit in self.bits.items() if mask & bit))
