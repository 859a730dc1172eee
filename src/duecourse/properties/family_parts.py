"""The choices of readings in parts, so that the days of each part are few.

A graph of all choices has ways that mix them: under one reading a stage is entered again and again, under another a clock
starts in it, and together the days left come in ever new ways that no choice has. So the choices under which days can be
added for ever without any lapse are found first, for which few days left are enough; the others are divided by readings
as long as clocks start on loops that mix choices.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels.diagrams import GREATER, NEVER, SMALLER
from duecourse.kernels.ways import Ways
from duecourse.model.reading_set import NONE
from duecourse.properties.family_days import FamilyDays
from duecourse.properties.family_shifts import putting_off

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from duecourse.calendar import Span
    from duecourse.model.reading_set import ReadingSet
    from duecourse.properties.family_events import EventGraph
    from duecourse.properties.functions import Functions

    Indices = NDArray[np.int32]
    Chosen = NDArray[np.bool_]

Limits = tuple[tuple[tuple[str, int], ...], tuple[tuple["Span", int], ...]]
"""The working days of each clock, and of each span that an extension adds."""


class Part:
    """Some choices of readings with the days by which they are judged.

    Attributes:
        days: the days.
        among: the choices.
    """

    def __init__(self, days: FamilyDays, among: ReadingSet) -> None:
        self.days, self.among, self.space = days, among, days.graph.space

    def set(self, function: int) -> ReadingSet:
        """Return the choices of this part for which a function is a number."""
        return self.space.intersection(self.days.functions.set(function), self.among)

    def sets(self, function: int) -> dict[int, ReadingSet]:
        """Return the choices of this part for which a function is each number."""
        found = self.days.functions.sets(function)
        cut = (
            (number, self.space.intersection(each, self.among)) for number, each in found.items()
        )
        return {number: each for number, each in cut if each != NONE}

    @cached_property
    def numbers(self) -> dict[int, ReadingSet]:
        """The most counted days to the outcome where there is a most, each under which choices."""
        return self.sets(self.days.at_start(self.days.greatest))

    @cached_property
    def least(self) -> dict[int, ReadingSet]:
        """The fewest days to the outcome, each under which choices."""
        return self.sets(self.days.at_start(self.days.least, SMALLER))

    @cached_property
    def endless(self) -> ReadingSet:
        """The choices under which days can be added for ever."""
        return self.set(self.days.at_start(self.days.endless))

    @cached_property
    def able(self) -> ReadingSet:
        """The choices under which the outcome can be reached."""
        return self.set(self.days.at_start(self.days.able))

    def through(self, clock: str, *, unlimited: bool) -> ReadingSet:
        """Return the choices under which days can be added for ever while a clock runs, or does without any limit."""
        return self.set(self.days.endless_through(clock, unlimited=unlimited))

    def again(self, clock: str, by: Span) -> ReadingSet:
        """Return the choices under which an extension can be granted again and again."""
        sets = self.days.again.get(clock)
        if sets is None:
            return NONE
        extends = [e is not None and (clock, by) in e.extended for e in self.days.graph.events]
        chosen = np.array(extends, np.bool_)[self.days.graph.moves.label]
        return self.space.intersection(any_of(self.days.functions, sets[chosen]), self.among)


def any_of(functions: Functions, sets: Indices) -> ReadingSet:
    """Return the choices in any of some sets."""
    found = NEVER
    for each in np.unique(sets).tolist():
        found = functions.both(GREATER, found, each)
    return functions.set(found)


def parts_of(
    graph: EventGraph, limits: Limits, within: ReadingSet, *, unlimited: bool
) -> list[Part]:
    """Return the parts of some choices, with the days to the end of the review.

    Args:
        graph: the clock events under these choices.
        limits: the days of clocks and extensions.
        within: the choices.
        unlimited: whether extensions without a limit may be used.

    Raises:
        TooManyError: some part has too many days left.
    """
    found: list[Part] = []
    if starting_again(graph):
        quick = Part(days_of(without_lapses(graph, within), limits, unlimited=unlimited), within)
        sure = _sure(quick, graph)
        if sure != NONE:
            found.append(Part(quick.days, sure))
            within = graph.space.difference(within, sure)
            graph = graph.within(within)
    for part, among in divided(graph, within):
        found.append(Part(days_of(part, limits, unlimited=unlimited), among))
    return found


def _sure(quick: Part, graph: EventGraph) -> ReadingSet:
    """Return the choices of which everything is known without lapses: no most, a least of 0, every clock on a loop."""
    space = graph.space
    sure = space.intersection(quick.endless, quick.least.get(0, NONE))
    part = Ways(graph.size, graph.moves.sources, graph.moves.to).part
    inner = part[graph.moves.sources] == part[graph.moves.to]
    looping = {
        clock
        for kind in np.unique(graph.kind[graph.moves.sources[inner]]).tolist()
        for clock in graph.kinds[kind].running
    }
    extending = {
        clock for event in graph.events if event is not None for clock, _ in event.extended
    }
    for clock in looping if sure != NONE else ():
        sure = space.intersection(sure, quick.through(clock, unlimited=False))
        if quick.days.left.unlimited and clock in extending:
            sure = space.intersection(sure, quick.through(clock, unlimited=True))
    return sure


def without_lapses(graph: EventGraph, within: ReadingSet) -> EventGraph:
    """Return the events of some choices but for lapses: with them go the days that must pass after a lapse."""
    lapses = np.array([event is not None and event.lapse is not None for event in graph.events])
    return graph.part(~lapses[graph.moves.label], lambda event: event, within)


def divided(graph: EventGraph, within: ReadingSet) -> Iterator[tuple[EventGraph, ReadingSet]]:
    """Yield the choices in parts: divided by the reading after which fewest clocks start on loops, as long as that helps."""
    space = graph.space
    if within == NONE or not len(graph.moves.to):
        return
    most = starting_again(graph)
    best: tuple[int, str] = (most, "")
    names = {
        name for under in np.unique(graph.moves.under).tolist() for name in space.support(under)
    }
    for name in sorted(names) if most else ():
        parts = _options(graph, within, name)
        if len(parts) > 1:
            best = min(best, (max(starting_again(graph, part) for part in parts), name))
    if not best[1]:
        yield graph, within
        return
    for part in _options(graph, within, best[1]):
        yield from divided(graph.within(part), part)


def _options(graph: EventGraph, within: ReadingSet, name: str) -> list[ReadingSet]:
    space = graph.space
    cubes = (space.cube({name: (option,)}) for option in space.options[name])
    return [part for cube in cubes if (part := space.intersection(within, cube)) != NONE]


def starting_again(graph: EventGraph, within: ReadingSet | None = None) -> int:
    """Return how many edges on which a clock starts lie on loops of some mixture of choices."""
    moves, space = graph.moves, graph.space
    kept = np.ones(len(moves.to), np.bool_)
    if within is not None:
        sets, which = np.unique(moves.under, return_inverse=True)
        possible = [space.intersection(each, within) != NONE for each in sets.tolist()]
        kept = np.array(possible, np.bool_)[which.reshape(-1)]
    part = Ways(graph.size, moves.sources[kept], moves.to[kept]).part
    starts = np.array([event is not None and bool(event.started) for event in graph.events])
    inner = part[moves.sources] == part[moves.to]
    return int((kept & inner & starts[moves.label]).sum())


def days_of(graph: EventGraph, limits: Limits, *, unlimited: bool) -> FamilyDays:
    """Return the days of a graph of clock events."""
    later = putting_off(graph)
    return FamilyDays(graph, dict(limits[0]), dict(limits[1]), unlimited=unlimited, later=later)
