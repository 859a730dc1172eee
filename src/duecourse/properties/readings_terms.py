"""Claims about working days under all readings at once: which choices of readings break `within` and `at most`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np

from duecourse.calendar import load_calendar
from duecourse.kernels.diagrams import NEVER, ZERO
from duecourse.model.clocks import chosen_calendar, first_day_counted
from duecourse.model.reading_set import NONE
from duecourse.properties.clauses import Addends
from duecourse.properties.family_days import FamilyDays
from duecourse.properties.family_events import event_graph
from duecourse.properties.family_shifts import putting_off
from duecourse.properties.marking import first_mark, last_mark
from duecourse.properties.property import Kind
from duecourse.properties.readings_bounds import limits_under
from duecourse.properties.readings_waits import Waits
from duecourse.properties.verdict import Result, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from duecourse.model.expression import Expression
    from duecourse.model.procedure import Outcome, Procedure
    from duecourse.model.reading_set import ReadingSet
    from duecourse.properties.family_events import EventGraph
    from duecourse.properties.family_parts import Limits
    from duecourse.properties.property import Property
    from duecourse.properties.timed import Event

    Indices = NDArray[np.int32]
    Chosen = NDArray[np.bool_]

_NO_BOUND = "days can be added for ever: an extension without limit, or a loop"
_WAITING = "days for which no limit is set can pass in between"


@dataclass(frozen=True)
class TimeFound:
    """What is known of a claim about working days.

    Attributes:
        property: the claim.
        failing: the choices under which it fails.
        triggered: those under which it has something to say.
        visited: how many nodes with days left were visited.
        measured: the days that it was found from.
    """

    property: Property
    failing: ReadingSet
    triggered: ReadingSet
    visited: int
    measured: tuple[_Measured, ...]

    def shown(self, choice: Mapping[str, str]) -> Result:
        """Return the result under one choice under which the claim fails."""
        found = [
            each.shown(self.property, choice)
            for each in self.measured
            if each.contains(each.failing(self.property), choice)
        ]
        return max(found, key=lambda one: (one.days is None, one.days or 0))


class Times:
    """Claims about working days that leave out the same steps; the behaviours are explored once.

    Args:
        procedure: whose days.
        properties: the claims.
        fixed: options of readings that are held; all the others range over all their options.
        limit: after how many configurations the search gives up.

    Raises:
        TooManyError: the behaviours are too many.
    """

    def __init__(
        self,
        procedure: Procedure,
        properties: Sequence[Property],
        fixed: Mapping[str, str],
        limit: int,
    ) -> None:
        self.procedure, self.limit = procedure, limit
        self.without = properties[0].without
        # claims that differ in no more than their days are measured once
        self.terms = {term_of(each): each for each in properties if each.kind is Kind.WITHIN}
        self.graph = event_graph(procedure, list(self.terms.values()), self.without, limit)
        self.space = self.graph.space
        self.within = self.space.cube({name: (option,) for name, option in fixed.items()})
        self.limits = limits_under(self.graph, procedure)
        self._measured: dict[object, tuple[_Measured, ...]] = {}

    @cached_property
    def waits(self) -> Waits:
        """What can last for ever on the way to outcomes."""
        graph = event_graph(self.procedure, (), self.without, self.limit, places=True)
        return Waits(self.procedure, graph)

    def found(self, each: Property) -> TimeFound:
        """Return under which choices a claim fails.

        Raises:
            TooManyError: its days are too many.
        """
        if each.kind is Kind.WITHIN:
            term = self.terms[term_of(each)]
            measured = self._once((term.id, each.measure), partial(self._term, term, each.measure))
        else:
            measured = tuple(
                some
                for outcome in self.procedure.outcomes
                if outcome.id in each.outcomes
                for some in self._once(
                    (outcome.id, each.measure), partial(self._durations, outcome, each.measure)
                )
            )
        return TimeFound(
            each,
            self.space.any_of(one.failing(each) for one in measured),
            self.space.any_of(one.triggered for one in measured),
            sum(one.days.size for one in measured),
            measured,
        )

    def _once(
        self, key: object, measure: Callable[[], Iterator[_Measured]]
    ) -> tuple[_Measured, ...]:
        """Return days that are measured once for all claims about them."""
        if key not in self._measured:
            self._measured[key] = tuple(measure())
        return self._measured[key]

    def _under(self) -> Iterator[tuple[Limits, ReadingSet]]:
        """Yield each way in which limits count, with the choices in question."""
        for limits, under in self.limits.items():
            within = self.space.intersection(under, self.within)
            if within != NONE:
                yield limits, within

    def _term(self, term: Property, measure: str) -> Iterator[_Measured]:
        """Yield the days of a term, for each way in which limits count."""
        part = self.graph.part(*_term_edges(self.graph, term), self.within)
        later = putting_off(part)
        for limits, within in self._under():
            yield _Term(self.procedure, part, limits, within, later, term, measure)

    def _durations(self, outcome: Outcome, measure: str) -> Iterator[_Measured]:
        """Yield the days that an outcome takes, for each way in which limits count."""
        part = self.graph.part(self.graph.toward(outcome.id), _unmarked, self.within)
        later, waiting = putting_off(part), NONE
        if measure == "elapsed":
            waiting = self.space.any_of(some for _, some in self.waits.to(outcome.id, self.space))
        for limits, within in self._under():
            yield _Duration(self.procedure, part, limits, within, later, waiting, outcome)


def term_of(each: Property) -> tuple[Expression, ...]:
    """Return where the term of a claim begins and where it ends."""
    assert each.monitor is not None
    return each.monitor.propositions[:2]


def _unmarked(event: Event) -> Event:
    return event._replace(marks=frozenset())


def _term_edges(graph: EventGraph, each: Property) -> tuple[Chosen, Callable[[Event], Event]]:
    """Return the edges that a term may come to and take, and what of their events concerns it."""
    marks = frozenset({first_mark(each.id), last_mark(each.id)})
    first, last = _marked(graph, each)
    sources, to = graph.moves.sources, graph.moves.to
    into = np.zeros(graph.size, np.bool_)
    into[sources[first]] = True
    before = graph.leading_to(np.ones(len(to), np.bool_), into)
    inside = np.zeros(graph.size, np.bool_)
    inside[to[first]] = True
    while True:
        more = inside.copy()
        more[to[inside[sources] & ~last]] = True
        if np.array_equal(more, inside):
            break
        inside = more
    kept: Chosen = before[to] | first | (inside[sources] & ~last)
    return kept, lambda event: event._replace(marks=event.marks & marks)


def _marked(graph: EventGraph, each: Property) -> tuple[Chosen, Chosen]:
    """Return, for each edge, whether a term begins with it, and whether it ends with it."""

    def having(mark: str) -> Chosen:
        events = [event is not None and mark in event.marks for event in graph.events]
        found: Chosen = np.array(events, np.bool_)[graph.moves.label]
        return found

    last = having(last_mark(each.id))
    return having(first_mark(each.id)) & ~last, last


class _Measured:
    """Working days under some choices of readings, by which claims about them are judged.

    Attributes:
        days: the days left.
        most: the most days, as a function of choices.
        always: the choices under which every claim about them fails.
        triggered: those under which a claim about them has something to say.
    """

    most: int
    always: ReadingSet
    triggered: ReadingSet

    def __init__(
        self,
        procedure: Procedure,
        graph: EventGraph,
        limits: Limits,
        within: ReadingSet,
        later: frozenset[str],
    ) -> None:
        self.procedure, self.within = procedure, within
        self.days = FamilyDays(graph, dict(limits[0]), dict(limits[1]), unlimited=True, later=later)

    def failing(self, each: Property) -> ReadingSet:
        """Return the choices under which a claim about these days fails: they are more, or have no most."""
        sets = self.days.functions.sets(self.most)
        return self.cut(self.always, *(under for days, under in sets.items() if days > each.days))

    def contains(self, a: ReadingSet, choice: Mapping[str, str]) -> bool:
        """Return whether a choice is in a set."""
        return self.days.graph.space.contains(a, choice)

    def cut(self, *sets: ReadingSet) -> ReadingSet:
        """Return the choices in question of any of some sets."""
        space = self.days.graph.space
        return space.intersection(space.any_of(sets), self.within)

    def addends(self, choice: Mapping[str, str]) -> Addends:
        """Return what names the addends of a way under a choice."""
        return Addends(
            self.procedure,
            load_calendar(chosen_calendar(self.procedure, choice)),
            int(first_day_counted(self.procedure, choice)),
            self.days.left.automaton,
        )

    def result(self, each: Property, days: int | None = None, reason: str = "") -> Result:
        """Return a violation."""
        return Result(each, Verdict.VIOLATED, visited=self.days.size, days=days, reason=reason)

    def shown(self, each: Property, choice: Mapping[str, str]) -> Result:
        """Return the result of a claim under one choice under which it fails."""
        raise NotImplementedError


class _Term(_Measured):
    """The days from one event until another."""

    def __init__(  # noqa: PLR0913, PLR0917
        self,
        procedure: Procedure,
        graph: EventGraph,
        limits: Limits,
        within: ReadingSet,
        later: frozenset[str],
        term: Property,
        measure: str,
    ) -> None:
        super().__init__(procedure, graph, limits, within, later)
        days, pairs = self.days, self.days.pairs
        first, last = _marked(graph, term)
        none = np.zeros(1, np.bool_)  # of days that pass, which have no edge: -1
        self.first = np.append(first, none)[pairs.edge]
        self.onward = self.inside(~np.append(last, none)[pairs.edge])
        every = np.full(days.size, ZERO, np.int32)
        endless = days.looping(every, self.onward)
        self.longest = days.longest(every, endless, self.onward)
        set_ = days.functions.set
        self.endless, self.waiting = set_(self.from_start(endless)), NONE
        if measure == "elapsed":
            self.waiting = set_(self.from_start(self.idle()))
        self.most = self.from_start(self.longest)
        self.always = self.cut(self.endless, self.waiting)
        self.triggered = self.cut(set_(self.from_start(every)))

    def inside(self, onward: Chosen) -> Chosen:
        """Return, of some edges, those that a term may take: what comes before its first event is no part of it."""
        pairs = self.days.pairs
        begin = np.unique(pairs.to[self.first])
        return onward & self.days.ways.reached(begin, onward)[pairs.sources]

    def idle(self) -> Indices:
        """Return, for each pair, the choices under which a node can be reached in which no clock ticks."""
        days = self.days
        kinds = [not each.over and each.running <= each.frozen for each in days.graph.kinds]
        idle = np.array(kinds, np.bool_)[days.graph.kind[days.pairs.node]]
        kept = np.flatnonzero(self.onward)
        there = np.where(idle, ZERO, NEVER).astype(np.int32)
        return days.functions.best(days.some(self.onward), days.under[kept], there)

    def from_start(self, there: Indices) -> int:
        """Return the greatest of what is there after a first event, over all ways to it."""
        days, pairs = self.days, self.days.pairs
        first = np.flatnonzero(self.first)
        found = days.functions.gathered(
            days.size, pairs.sources[first], pairs.to[first], days.under[first], there
        )
        return days.at_start(days.functions.best(days.ways, days.under, found))

    def shown(self, each: Property, choice: Mapping[str, str]) -> Result:
        """Return the days of the longest term under a choice, or why there is none."""
        if self.contains(self.waiting, choice):
            return self.result(each, reason=_WAITING)
        if self.contains(self.endless, choice):
            return self.result(each, reason=_NO_BOUND)
        days, pairs = self.days, self.days.pairs
        most = days.functions.under(np.array([self.most]), choice)[0]
        longest = days.functions.under(self.longest, choice)[pairs.to] == most
        before = days.before(choice, self.first & longest)
        start = int(pairs.to[before[-1]])
        every = np.ones(days.size, np.bool_)
        path = days.path(before)
        after = days.path(days.way(self.longest, choice, start, self.onward, every))
        clauses = tuple(self.addends(choice).clauses([*path, *after], len(path)))
        return replace(self.result(each, int(most)), clauses=clauses)


class _Duration(_Measured):
    """The days that an outcome takes."""

    def __init__(  # noqa: PLR0913, PLR0917
        self,
        procedure: Procedure,
        graph: EventGraph,
        limits: Limits,
        within: ReadingSet,
        later: frozenset[str],
        waiting: ReadingSet,
        outcome: Outcome,
    ) -> None:
        super().__init__(procedure, graph, limits, within, later)
        self.outcome = outcome
        days = self.days
        self.triggered = self.cut(days.functions.set(days.at_start(days.able)))
        self.most = days.at_start(days.greatest)
        unbounded = days.functions.set(days.at_start(days.endless))
        self.always = self.cut(unbounded, graph.space.intersection(waiting, self.triggered))

    def shown(self, each: Property, choice: Mapping[str, str]) -> Result:
        """Return the most days under a choice, or that there is no most."""
        if self.contains(self.always, choice):
            return self.result(each, reason=f"{self.outcome.label.en} has no bound: {_NO_BOUND}")
        days = self.days
        most = days.functions.under(np.array([self.most]), choice)[0]
        every = np.ones(len(days.pairs.to), np.bool_)
        way = days.way(days.greatest, choice, None, every, days.ends != NEVER)
        clauses = tuple(self.addends(choice).clauses(days.path(way)))
        return replace(self.result(each, int(most)), clauses=clauses)
