"""Which clocks may put off their days, and which can be extended for ever: what days left need to be looked at.

Let a clock A never lapse with an effect, and tick beside a clock B for some days. If, whenever B stops, A comes to tick
alone before it stops itself or any other clock starts, then these days of A can be had later, when it ticks alone: the
sum of days over the whole way is no smaller (where B must run out, it does so beside no clock), or for a least sum no
greater, and no limit is passed, for A has only more days left before. What remains are ways on which the two tick
together not at all, or until one of them runs out, or for the day that must pass after a lapse; so time need not stop
where A has as many days left as B will need. Only sums over the whole way may be found so, not those of a part of it.

A node in which A is stopped counts as one where it ticks alone if the suspension can be ended there and begun again at
once, for a way through it can be made to pass there.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels.diagrams import GREATER, NEVER, SUM, WITHOUT, ZERO
from duecourse.kernels.ways import Ways
from duecourse.properties.days import MOST_TOGETHER
from duecourse.properties.functions import Functions
from duecourse.properties.timed import Event

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from duecourse.properties.family_events import EventGraph

    Indices = NDArray[np.int32]
    Chosen = NDArray[np.bool_]

_NOTHING = Event(None, frozenset(), (), frozenset(), frozenset(), begun=False, outcome=None)


def putting_off(graph: EventGraph) -> frozenset[str]:
    """Return the clocks that may put off their days, under every choice of readings."""
    ticking = [each.running - each.frozen for each in graph.kinds]
    if any(len(clocks) > MOST_TOGETHER for clocks in ticking):
        return frozenset()
    beside = {clock for clocks in ticking if len(clocks) > 1 for clock in clocks}
    lapsing = {event.lapse for event in graph.events if event is not None}
    shifts = _Shifts(graph)
    return frozenset(clock for clock in sorted(beside - lapsing) if not shifts.fails(clock))


class _Shifts:
    def __init__(self, graph: EventGraph) -> None:
        self.graph, self.functions = graph, Functions(graph.space)
        self.under = self.functions.all_of(graph.moves.under.tolist())

    def fails(self, clock: str) -> bool:
        """Return whether a clock may not put off its days under some choice."""
        graph, moves, functions = self.graph, self.graph.moves, self.functions
        runs = self.in_kinds(lambda running, _: clock in running)
        beside = self.in_kinds(lambda running, _: len(running) > 1)
        on = self.at(lambda event: not event.outcome and clock not in event.stopped | event.started)
        starting = self.at(lambda event: bool(event.started))
        changing = self.at(lambda event: bool(event.started or event.stopped))
        going = np.flatnonzero(runs[moves.sources] & on)
        every = np.full(graph.size, ZERO, np.int32)
        barred = functions.each(WITHOUT, every, self.alone(clock))
        first = going[starting[going]]
        there = functions.gathered(
            graph.size, moves.sources[first], moves.to[first], self.under[first], every
        )
        ways = Ways(graph.size, moves.sources[going], moves.to[going])
        there = functions.each(SUM, there, barred)
        bad = functions.best(ways, self.under[going], there, mask=barred)
        asked = going[(beside[moves.sources] & changing)[going]]
        taken = functions.each(SUM, self.under[asked], self.reached[moves.sources[asked]])
        wrong = np.where(starting[asked], ZERO, bad[moves.to[asked]]).astype(np.int32)
        return bool((functions.each(SUM, taken, wrong) != NEVER).any())

    @cached_property
    def reached(self) -> Indices:
        """The choices under which each node can be reached."""
        graph, moves = self.graph, self.graph.moves
        there = np.full(graph.size, NEVER, np.int32)
        for node, under in graph.starts.items():
            there[node] = self.functions.of(under)
        back = Ways(graph.size, moves.to, moves.sources)
        return self.functions.best(back, self.under, there)

    def alone(self, clock: str) -> Indices:
        """Return, for each node, the choices under which a clock ticks alone there, or can be made to."""
        moves, functions = self.graph.moves, self.functions
        only = self.in_kinds(lambda running, frozen: running - frozen == {clock})
        free = self.at(
            lambda e: not (e.lapse or e.outcome or e.stopped or e.started or e.extended or e.marks)
        )
        found = np.where(only, ZERO, NEVER).astype(np.int32)
        back = np.flatnonzero(free & only[moves.sources] & ~only[moves.to])
        there = {
            (int(moves.to[edge]), int(moves.sources[edge])): int(self.under[edge]) for edge in back
        }
        for edge in np.flatnonzero(free & ~only[moves.sources] & only[moves.to]):
            node = int(moves.sources[edge])
            again = there.get((node, int(moves.to[edge])), NEVER)
            both = functions.both(SUM, int(self.under[edge]), again)
            found[node] = functions.both(GREATER, int(found[node]), both)
        return found

    def at(self, asked: Callable[[Event], bool]) -> Chosen:
        """Return, for each edge, whether something is true of what happens on it."""
        events = [_NOTHING if event is None else event for event in self.graph.events]
        found: Chosen = np.array([asked(event) for event in events], np.bool_)
        return found[self.graph.moves.label]

    def in_kinds(self, asked: Callable[[frozenset[str], frozenset[str]], bool]) -> Chosen:
        """Return, for each node, whether something is true of the clocks that run and of those that are stopped."""
        found: Chosen = np.array([asked(e.running, e.frozen) for e in self.graph.kinds], np.bool_)
        return found[self.graph.kind]


def again_and_again(graph: EventGraph, functions: Functions) -> dict[str, Indices]:
    """Return, for each clock, for each edge that extends it by some days, the choices under which it lies on a loop.

    On such a loop the clock runs on and no limit lapses, so that no day need pass.
    """
    found: dict[str, Indices] = {}
    events = [event for event in graph.events if event is not None]
    clocks = {clock for event in events for clock, by in event.extended if by is not None}
    moves, shifts = graph.moves, _Shifts(graph)
    for clock in sorted(clocks):
        runs = shifts.in_kinds(lambda running, _, clock=clock: clock in running)  # type: ignore[misc]
        on = shifts.at(
            lambda e, clock=clock: (  # type: ignore[misc]
                not e.lapse and not e.outcome and clock not in e.stopped | e.started
            )
        )
        extends = shifts.at(
            lambda e, clock=clock: any(name == clock and by for name, by in e.extended)  # type: ignore[misc]
        )
        kept = np.flatnonzero(on & runs[moves.sources] & runs[moves.to])
        part = Ways(graph.size, moves.sources[kept], moves.to[kept]).part
        inner = kept[part[moves.sources[kept]] == part[moves.to[kept]]]
        asked = inner[extends[inner]]
        if not len(asked):
            continue
        ways = Ways(graph.size, moves.sources[inner], moves.to[inner])
        under = functions.all_of(moves.under.tolist())
        sets = np.full(len(moves.to), NEVER, np.int32)
        for node in np.unique(moves.sources[asked]):
            there = np.full(graph.size, NEVER, np.int32)
            there[node] = ZERO
            back = functions.best(ways, under[inner], there)
            mine = asked[moves.sources[asked] == node]
            sets[mine] = functions.each(SUM, under[mine], back[moves.to[mine]])
        if (sets != NEVER).any():
            found[clock] = sets
    return found
