"""Exact bounds on counted time under all readings at once: which choices of readings give which bound.

A bound over many choices is found on the automaton that mixes them, so it is never too small; the path that attains it
is a word, and the choices that have this word have exactly this bound. The rest goes on without them. Where the path
mixes choices, or the mixture is too large, the choices are split by a reading that the automaton asks for.
"""

from __future__ import annotations

import time
from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING

from duecourse.calendar import load_calendar
from duecourse.model.clocks import chosen_calendar, first_day_counted
from duecourse.model.expression import variables
from duecourse.model.reading_set import NONE, TooManyError
from duecourse.model.variants import choose_readings
from duecourse.properties.bounds import span_days
from duecourse.properties.days import DayGraph, Edge, State
from duecourse.properties.family_words import family_automaton
from duecourse.properties.graphs import components
from duecourse.properties.readings_bounds_report import OutcomeBounds, ReadingsBound, ReadingsBounds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from duecourse.calendar import Span
    from duecourse.model.procedure import Outcome, Procedure
    from duecourse.model.reading_set import ReadingSet
    from duecourse.properties.days import Path
    from duecourse.properties.family_words import FamilyAutomaton, Held
    from duecourse.properties.timed import Event

MAX_STATES = 60_000
"""How many states of days one mixture of choices may have before it is split."""

MAX_SECONDS = 45.0

Limits = tuple[tuple[tuple[str, int], ...], tuple[tuple["Span", int], ...]]
Answer = int | None
"""A bound in working days; None where there is none."""


def bounds_readings(
    procedure: Procedure,
    readings: Mapping[str, str] | None = None,
    *,
    seconds: float = MAX_SECONDS,
) -> ReadingsBounds:
    """Return the bounds on counted time to every outcome under every choice of readings.

    Args:
        procedure: the procedure.
        readings: options of readings that are held; all the others range over all their options.
        seconds: after how long what is left is given up as undecided.

    Raises:
        InvalidInput: an unknown reading or option.
        TooManyError: the automaton of clock events could not be made.
    """
    began = time.perf_counter()
    fixed = dict(readings or {})
    choose_readings(procedure, fixed)
    bounding = _Bounding(procedure, fixed, seconds)
    found = {each.id: bounding.outcome(each) for each in bounding.smallest_first()}
    outcomes = tuple(found[each.id] for each in procedure.outcomes)
    space = bounding.automaton.space
    return ReadingsBounds(
        procedure=procedure,
        fixed=fixed,
        choices=space.count(bounding.within),
        outcomes=tuple(each for each in outcomes if each.rows or each.open),
        reason=f"given up after {seconds:.0f} s" if any(each.open for each in outcomes) else "",
        runs=bounding.runs,
        seconds=time.perf_counter() - began,
    )


class _CappedDays(DayGraph):
    """A day graph that gives up early, so that the choices are split."""

    most = MAX_STATES

    def give_up(self) -> None:
        """Say that there are too many states."""
        raise TooManyError(f"more than {self.most} states of days")


class _Bounding:
    def __init__(self, procedure: Procedure, fixed: Mapping[str, str], seconds: float) -> None:
        self.procedure, self.runs = procedure, 0
        self.turns = 0
        self.automaton: FamilyAutomaton = family_automaton(procedure)
        self.space = self.automaton.space
        self.end = self.until = time.perf_counter() + seconds
        self.within = self.space.cube({name: (option,) for name, option in fixed.items()})

    @cached_property
    def limits(self) -> Mapping[Limits, ReadingSet]:
        """The limits of clocks and the lengths of extensions in working days, each under which choices."""
        procedure = self.procedure
        named = set(variables(procedure.first_day_counts))
        named |= {name for each in procedure.calendars for name in variables(each.when)}
        defaults = choose_readings(procedure, {})
        found: dict[Limits, ReadingSet] = {}
        for chosen, under in self.space.choices(sorted(named & set(procedure.reading))):
            limits = _limits(procedure, defaults | chosen)
            found[limits] = self.space.union(found.get(limits, NONE), under)
        return found

    def outcome(self, outcome: Outcome) -> OutcomeBounds:
        """Return the bounds on the way to one outcome."""
        found: dict[tuple[Answer, Answer] | None, ReadingSet] = {}
        left = NONE
        for limits, under in self.limits.items():
            self.until = time.perf_counter() + self.share
            within = self.space.intersection(under, self.within)
            first, open_ = self.solve(outcome.id, limits, within, unlimited=True)
            left = self.space.union(left, open_)
            for answer, choices in first.items():
                if answer != (None,):
                    key = None if answer is None else (answer[0], answer[0])
                    found[key] = self.space.union(found.get(key, NONE), choices)
                    continue
                second, open_ = self.solve(outcome.id, limits, choices, unlimited=False)
                left = self.space.union(left, open_)
                for other, fewer in second.items():
                    key = (None, None if other is None else other[0])
                    found[key] = self.space.union(found.get(key, NONE), fewer)
        rows = [
            self.row(key, choices)
            for key, choices in found.items()
            if key is not None and choices != NONE
        ]
        return OutcomeBounds(
            outcome=outcome,
            rows=tuple(sorted(rows, key=lambda row: (len(row.readings), -row.choices))),
            impossible=self.space.cover(found.get(None, NONE), self.within),
            undecided=self.space.cover(left, self.within),
            open=self.space.count(left),
        )

    def smallest_first(self) -> list[Outcome]:
        """Return the outcomes, those with the fewest moments on the way first."""

        def size(outcome: Outcome) -> int:
            return len(self.automaton.moments(outcome.id, self.within) or ())

        return sorted(self.procedure.outcomes, key=size)

    @property
    def share(self) -> float:
        """The seconds that the next outcome may take, so that each has its turn; small ones leave theirs to the others."""
        parts = max(len(self.procedure.outcomes) * len(self.limits) - self.turns, 1)
        self.turns += 1
        return max(self.end - time.perf_counter(), 0) / parts

    def row(self, key: tuple[Answer, Answer], choices: ReadingSet) -> ReadingsBound:
        choice = self.space.pick(choices)
        return ReadingsBound(
            counted=key[0],
            without=key[1],
            conditions=self.space.cover(choices, self.within),
            choices=self.space.count(choices),
            readings={
                name: option
                for name, option in choice.items()
                if option != self.procedure.reading[name].default
            },
        )

    def solve(
        self, outcome: str, limits: Limits, within: ReadingSet, *, unlimited: bool
    ) -> tuple[dict[tuple[Answer] | None, ReadingSet], ReadingSet]:
        """Return the greatest counted time, each under which choices (None: not reached), and what is undecided."""
        found: dict[tuple[Answer] | None, ReadingSet] = {}
        left = NONE
        nearest = self.nearest(within)
        stack = [self.space.difference(within, nearest), nearest]
        while stack:
            choices = stack.pop()
            if choices == NONE:
                continue
            if choices != nearest and time.perf_counter() > self.until:
                left = self.space.union(left, choices)
                continue
            try:
                answer, having = self.run(outcome, limits, choices, unlimited=unlimited)
            except TooManyError:
                having = NONE
            if having == NONE:
                stack.extend(self.split(outcome, choices))
                continue
            found[answer] = self.space.union(found.get(answer, NONE), having)
            stack.append(self.space.difference(choices, having))
        return found, left

    def nearest(self, within: ReadingSet) -> ReadingSet:
        """Return the one choice nearest to the defaults: it is always decided, whatever time there is."""
        if within == NONE:
            return NONE
        choice = self.space.pick(within)
        return self.space.cube({name: (option,) for name, option in choice.items()})

    def split(self, outcome: str, choices: ReadingSet) -> Iterator[ReadingSet]:
        """Yield the choices in parts, by the reading that is asked for most often among those still open."""
        for name in self.automaton.asked(outcome, choices):
            parts = [
                self.space.intersection(choices, self.space.cube({name: (option,)}))
                for option in self.space.options[name]
            ]
            parts = [part for part in parts if part != NONE]
            if len(parts) > 1:
                yield from reversed(parts)
                return
        raise TooManyError(f"one choice of readings has more than {MAX_STATES} states of days")

    def run(
        self, outcome: str, limits: Limits, choices: ReadingSet, *, unlimited: bool
    ) -> tuple[tuple[Answer] | None, ReadingSet]:
        """Return the greatest counted time of a mixture of choices, and those of them that have it."""
        self.runs += 1
        moments = self.automaton.moments(outcome, choices)
        if moments is None:
            return None, choices
        days = _CappedDays(moments, dict(limits[0]), dict(limits[1]), unlimited=unlimited)
        if days.endless and self.space.count(choices) > 1:
            raise TooManyError("whether an extension can be granted again depends on the readings")
        if outcome not in days.reached:
            return None, choices
        begin = self.automaton.begin(choices)
        best = _most(days, outcome)
        if isinstance(best, dict):
            return (best[days.start],), self.attaining(days, outcome, best, begin)
        having = self.space.any_of(self.lasso(days, outcome, members, begin) for members in best)
        return (None,), having

    def attaining(
        self, days: DayGraph, outcome: str, best: Mapping[State, int], begin: Held
    ) -> ReadingSet:
        """Return the choices that have some path with the most days: it stays on edges that lose none."""
        space, events = self.space, self.automaton.events
        found = {(block, days.start): under for block, under in begin.items()}
        queue = deque(found)
        arrived = NONE
        while queue:
            block, state = place = queue.popleft()
            here = found[place]
            for edge in days.edges[state]:
                onward = best.get(edge.to, -1) if isinstance(edge.to, State) else 0
                if edge.days + onward != best[state] or (
                    onward == 0 and edge.to != outcome and edge.to not in best
                ):
                    continue
                leads = (
                    [(block, here)]
                    if edge.event is None
                    else [
                        (to, space.intersection(here, under))
                        for event, to, under in events.get(block, ())
                        if event == edge.event
                    ]
                )
                for to, under in leads:
                    if not isinstance(edge.to, State):
                        arrived = space.union(arrived, under)
                        continue
                    after = (to, edge.to)
                    known = found.get(after, NONE)
                    if not space.subset(under, known):
                        found[after] = space.union(known, under)
                        queue.append(after)
        return arrived

    def lasso(self, days: DayGraph, outcome: str, members: set[State], begin: Held) -> ReadingSet:
        """Return the choices under which one loop that adds days can be taken for ever, and left for an outcome."""
        state, edge = next(
            (state, edge)
            for state in sorted(members)
            for edge in days.edges[state]
            if edge.days and edge.to in members
        )
        automaton = self.automaton
        at = automaton.follow(begin, _word(_way(days, days.start, lambda each: each == state)))
        back = _way(days, edge.to, lambda each: each == state, members)
        at = automaton.going_on(at, tuple(_word(back)))
        onward = _way(days, state, lambda each: each == outcome)
        return automaton.having(automaton.follow(at, _word(onward)))


def _most(days: DayGraph, outcome: str) -> dict[State, int] | list[set[State]]:
    """Return the most counted days from each state that leads to an outcome, or the loops that add days for ever."""
    before: dict[State | str, list[State]] = {}
    for state, edges in days.edges.items():
        for edge in edges:
            before.setdefault(edge.to, []).append(state)
    useful: set[State] = set()
    queue: list[State | str] = [outcome]
    for to in queue:
        for state in before.get(to, ()):
            if state not in useful:
                useful.add(state)
                queue.append(state)
    graph = {
        state: [
            edge.to
            for edge in days.edges[state]
            if isinstance(edge.to, State) and edge.to in useful
        ]
        for state in useful
    }
    best: dict[State, int] = {}
    loops: list[set[State]] = []
    for members in components(graph):  # each after those it leads to
        options = [
            edge.days + (best[edge.to] if isinstance(edge.to, State) else 0)
            for state in members
            for edge in days.edges[state]
            if edge.to == outcome or (isinstance(edge.to, State) and edge.to in best)
        ]
        if any(e.days and e.to in members for state in members for e in days.edges[state]):
            loops.append(members)
        best.update(dict.fromkeys(members, max(options)))
    return loops or best


def _round(days: DayGraph, state: State, members: set[State]) -> Path:
    """Return a way round inside a loop, from a state back to it, on which a day passes."""
    there = _way(
        days,
        state,
        lambda each: any(e.days and e.to in members for e in days.edges.get(each, ())),  # type: ignore[arg-type]  # inside the loop all are states
        members,
    )
    at = there[-1][1].to if there else state
    assert isinstance(at, State)
    tick = next(edge for edge in days.edges[at] if edge.days and edge.to in members)
    return [*there, (at, tick), *_way(days, tick.to, lambda each: each == state, members)]


def _way(
    days: DayGraph,
    start: State | str,
    arrived: Callable[[State | str], bool],
    members: set[State] | None = None,
) -> Path:
    """Return a path with the fewest edges, inside some states where they are named."""
    came: dict[State | str, tuple[State, Edge] | None] = {start: None}
    for at in (queue := [start]):
        if arrived(at):
            path: Path = []
            last = came[at]
            while last is not None:
                path.append(last)
                last = came[last[0]]
            return path[::-1]
        if isinstance(at, State):
            for edge in days.edges[at]:
                if edge.to not in came and (members is None or edge.to in members):
                    came[edge.to] = (at, edge)
                    queue.append(edge.to)
    raise AssertionError("there is a path")


def _word(path: Sequence[tuple[State, Edge]]) -> list[Event]:
    return [edge.event for _, edge in path if edge.event is not None]


def _limits(procedure: Procedure, readings: Mapping[str, str]) -> Limits:
    """Return the limits of clocks and the lengths of extensions in working days, at the greatest."""
    calendar = load_calendar(chosen_calendar(procedure, readings))
    first_day = int(first_day_counted(procedure, readings))
    limits = tuple(
        (clock.id, max(span_days(clock.limit, calendar)[1] - first_day, 0))
        for clock in procedure.clocks
    )
    lengths = tuple(
        (each.by, span_days(each.by, calendar)[1])
        for clock in procedure.clocks
        for each in clock.extensions
        if each.by is not None
    )
    return limits, lengths
