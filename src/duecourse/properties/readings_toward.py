"""The answers for one outcome: its least and greatest time, each under which readings, with the clauses and the causes."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from duecourse.calendar import load_calendar
from duecourse.kernels.diagrams import NEVER
from duecourse.model.clocks import chosen_calendar, first_day_counted
from duecourse.model.reading_set import NONE, TooManyError
from duecourse.properties.bounds import Cause, bounds
from duecourse.properties.clauses import Addends
from duecourse.properties.family_parts import Limits, Part, any_of, parts_of
from duecourse.properties.family_shifts import again_and_again
from duecourse.properties.functions import Functions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from duecourse.model.procedure import Procedure
    from duecourse.model.reading_set import ReadingSet
    from duecourse.properties.clauses import Clause
    from duecourse.properties.family_days import FamilyDays
    from duecourse.properties.family_events import EventGraph

Days = int | None
"""A bound in working days; None where there is none."""

Row = tuple[Days, Days, tuple[Cause, ...]]
"""The most counted days, with all extensions and with no endless one, and why there is no most."""


def solved(
    procedure: Procedure, outcome: str, graph: EventGraph, limits: Limits, within: ReadingSet
) -> Iterator[Answers]:
    """Yield the answers for one outcome, part by part of the choices.

    Args:
        procedure: whose outcome.
        outcome: how the case ends.
        graph: the clock events on the way to it, under the choices in question.
        limits: the days of clocks and extensions.
        within: the choices in question.
    """
    if not len(graph.moves.to):
        return
    try:
        yield Answers(procedure, graph, limits, within)
    except TooManyError:
        space = graph.space
        name = _deciding(graph, within)
        if name is None:
            yield OneAnswer(procedure, outcome, graph, within)
            return
        for option in space.options[name]:
            part = space.intersection(within, space.cube({name: (option,)}))
            if part != NONE:
                yield from solved(procedure, outcome, graph.within(part), limits, part)


def _deciding(graph: EventGraph, within: ReadingSet) -> str | None:
    """Return the reading that decides most extensions, or else most events, of those that tell the choices apart."""
    space = graph.space
    counts: Counter[str] = Counter()
    for label, under in zip(graph.moves.label.tolist(), graph.moves.under.tolist(), strict=True):
        event = graph.events[label]
        for name in space.support(under):
            counts[name] += len(graph.moves.to) if event is not None and event.extended else 1
    for name, _ in counts.most_common():
        cubes = (space.cube({name: (option,)}) for option in space.options[name])
        if sum(space.intersection(within, cube) != NONE for cube in cubes) > 1:
            return name
    return None


class Answers:
    """The least and greatest time to one outcome under some choices of readings.

    Attributes:
        within: the choices in question.
        reached: those under which the outcome can be reached without a breach.
        least: the fewest days, each under which of them.
    """

    def __init__(
        self, procedure: Procedure, graph: EventGraph, limits: Limits, within: ReadingSet
    ) -> None:
        self.procedure, self.space, self.within = procedure, graph.space, within
        self.extending = self._extending(graph)
        self.capped = parts_of(graph, limits, within, unlimited=False)
        self.full: list[Part] = []
        if self.extending != NONE:
            extended = graph.within(self.extending)
            self.full = parts_of(extended, limits, self.extending, unlimited=True)
        self.reached, self.least = NONE, dict[int, "ReadingSet"]()
        for part, among in self._judging():
            for number, choices in part.least.items():
                here = self.space.intersection(choices, among)
                if here != NONE:
                    self.least[number] = self.space.union(self.least.get(number, NONE), here)
                    self.reached = self.space.union(self.reached, here)

    def _extending(self, graph: EventGraph) -> ReadingSet:
        """Return the choices under which some extension without limit, or granted again and again, may be used."""
        endless = [
            event is not None and any(by is None for _, by in event.extended)
            for event in graph.events
        ]
        found = self.space.any_of(
            np.unique(graph.moves.under[np.array(endless, np.bool_)[graph.moves.label]]).tolist()
        )
        functions = Functions(graph.space)
        for sets in again_and_again(graph, functions).values():
            found = self.space.union(found, any_of(functions, sets))
        return self.space.intersection(found, self.within)

    def _judging(self) -> Iterator[tuple[Part, ReadingSet]]:
        """Yield the parts by which choices are judged, each with these choices."""
        for part in self.capped:
            yield part, self.space.difference(part.among, self.extending)
        for part in self.full:
            yield part, part.among

    # --- the most days -------------------------------------------------------------------------------------------

    def rows(self) -> Iterator[tuple[Row, ReadingSet]]:
        """Yield the most counted days, each under which choices."""
        space = self.space
        for part, among in self._judging():
            for number, choices in part.numbers.items():
                if (here := space.intersection(choices, among)) != NONE:
                    yield (number, number, ()), here
            left = endless = space.intersection(part.endless, among)
            for number, choices in self._without.items():
                here = space.intersection(choices, endless)
                left = space.difference(left, here)
                yield from self._explained(None, number, here)
            yield from self._explained(None, None, left)

    @cached_property
    def _without(self) -> dict[int, ReadingSet]:
        """The most counted days where no endless extension is used, each under which choices."""
        found: dict[int, ReadingSet] = {}
        for part in self.capped:
            for number, choices in part.numbers.items():
                found[number] = self.space.union(found.get(number, NONE), choices)
        return found

    def _explained(
        self, counted: Days, without: Days, choices: ReadingSet
    ) -> Iterator[tuple[Row, ReadingSet]]:
        """Yield choices for which there is no most, apart by why there is none."""
        parts: list[tuple[tuple[Cause, ...], ReadingSet]] = [((), choices)]
        for cause, under in self._causes:
            split = []
            for causes, part in parts:
                split.append(((*causes, cause), self.space.intersection(part, under)))
                split.append((causes, self.space.difference(part, under)))
            parts = [each for each in split if each[1] != NONE]
        for causes, part in parts:
            if part != NONE:
                yield (counted, without, causes), part

    @cached_property
    def _causes(self) -> list[tuple[Cause, ReadingSet]]:
        """Why there may be no most, each under which choices: extensions, then loops without them."""
        found: list[tuple[Cause, ReadingSet]] = []
        space = self.space
        for clock in self.procedure.clocks:
            for each in clock.extensions:
                under = NONE
                for part in self.full:
                    used = part.through(clock.id, unlimited=True)
                    if each.by is not None:
                        used = space.intersection(used, part.again(clock.id, each.by))
                    under = space.union(under, used)
                if under != NONE:
                    step = self.procedure.step[each.step]
                    found.append((Cause("extension", step.id, step.label, step.cites), under))
        able = space.any_of(part.able for part in self.capped)
        for clock in self.procedure.clocks:
            under = space.any_of(part.through(clock.id, unlimited=False) for part in self.capped)
            more = space.any_of(part.through(clock.id, unlimited=False) for part in self.full)
            under = space.union(under, space.difference(more, able))
            if under != NONE:
                found.append((Cause("loop", clock.id, clock.label, clock.cites), under))
        return found

    # --- the clauses ---------------------------------------------------------------------------------------------

    def told(
        self, row: Row, choices: ReadingSet
    ) -> Iterator[tuple[tuple[Clause, ...], ReadingSet]]:
        """Yield the clauses that make a bound, with the choices that have a way of just these."""
        if row[1] is None:
            yield (), choices
            return
        parts = self.capped if row[0] is None else [part for part, _ in self._judging()]
        for part in parts:
            left = self.space.intersection(choices, part.among)
            if row[0] is not None and part in self.capped:
                left = self.space.difference(left, self.extending)
            while left != NONE:
                clauses, having = self._way(part.days, self.space.pick(left))
                yield clauses, self.space.intersection(left, having)
                left = self.space.difference(left, having)

    def _way(
        self, days: FamilyDays, choice: Mapping[str, str]
    ) -> tuple[tuple[Clause, ...], ReadingSet]:
        """Return the clauses of a way that takes the most days under one choice, and the choices that have it."""
        every = np.ones(len(days.pairs.to), np.bool_)
        edges = days.way(days.greatest, choice, None, every, days.ends != NEVER)
        having = days.functions.set(days.having(edges))
        if edges:
            having = self.space.intersection(having, days.starts[int(days.pairs.sources[edges[0]])])
        addends = Addends(
            self.procedure,
            load_calendar(chosen_calendar(self.procedure, choice)),
            int(first_day_counted(self.procedure, choice)),
            days.left.automaton,
        )
        # choices for which this way is not the longest do not count it
        most = days.functions.sets(days.at_start(days.greatest))
        number = sum(edge.days for _, edge in days.path(edges))
        having = self.space.intersection(having, most.get(number, NONE))
        return tuple(addends.clauses(days.path(edges))), having


class OneAnswer(Answers):
    """The same where all choices are alike: as the ordinary run finds it."""

    def __init__(
        self, procedure: Procedure, outcome: str, graph: EventGraph, within: ReadingSet
    ) -> None:
        self.space, self.within = graph.space, within
        found = bounds(procedure, graph.space.pick(within)).rows
        self.bound = next((row for row in found if row.outcome.id == outcome), None)
        self.reached = NONE if self.bound is None else within
        self.least = {} if self.bound is None else {self.bound.least: within}

    def rows(self) -> Iterator[tuple[Row, ReadingSet]]:
        """Yield the most counted days."""
        if self.bound is not None:
            yield (self.bound.counted, self.bound.without, self.bound.unbounded), self.within

    def told(
        self, row: Row, choices: ReadingSet
    ) -> Iterator[tuple[tuple[Clause, ...], ReadingSet]]:
        """Yield the clauses that make the bound."""
        assert self.bound is not None
        assert row
        yield self.bound.clauses, choices
