"""Exact bounds on counted time under all readings at once: which choices of readings give which bound.

A bound over many choices is found on the automaton that mixes them, so it is never too small; the path that attains it
is a word, and the choices that have this word have exactly this bound. The rest goes on without them. Where the path
mixes choices, or the mixture is too large, the choices are split by a reading that the automaton asks for.
"""

from __future__ import annotations

import time
from functools import cached_property
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from duecourse.calendar import load_calendar
from duecourse.model.clocks import chosen_calendar, first_day_counted
from duecourse.model.expression import variables
from duecourse.model.reading_set import NONE, TooManyError
from duecourse.model.variants import choose_readings
from duecourse.properties.bounds import bounds, span_days
from duecourse.properties.days import DayGraph
from duecourse.properties.family_days import FamilyDays
from duecourse.properties.family_words import family_automaton
from duecourse.properties.readings_bounds_report import OutcomeBounds, ReadingsBound, ReadingsBounds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from duecourse.calendar import Span
    from duecourse.model.procedure import Outcome, Procedure
    from duecourse.model.reading_set import ReadingSet
    from duecourse.properties.family_words import FamilyAutomaton
    from duecourse.properties.timed import Event

MAX_STATES = 60_000
"""How many states of days one mixture of choices may have before it is split."""

MAX_SECONDS = 120.0

Limits = tuple[tuple[tuple[str, int], ...], tuple[tuple["Span", int], ...]]
Answer = int | None
"""A bound in working days; None where there is none."""

UNKNOWN = -1
"""Stands for a bound that was not found out."""


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


class _DependsError(Exception):
    """What a mixture can do depends on some readings, which are to be told apart first."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(names)
        self.names = names


class _CappedDays(DayGraph):
    """A day graph that gives up early, so that the choices are split.

    Attributes:
        cut: whether a clock that is extended again and again was not followed to the end; what was found is possible
            then, but there may be more.
    """

    most = MAX_STATES
    cut = False

    def give_up(self) -> None:
        """Say that there are too many states."""
        raise TooManyError(f"more than {self.most} states of days")

    def grows(self, clock: str, days: int) -> bool:
        """Return whether a clock has no more days left than its limit and two of each extension come to."""
        if days <= self.stations.get(clock, (self.limits[clock],))[-1]:
            return True
        self.cut = True
        return False


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
                if open_ != NONE:
                    found[None, UNKNOWN] = self.space.union(found.get((None, UNKNOWN), NONE), open_)
                for other, fewer in second.items():
                    key = (None, None if other is None else other[0])
                    found[key] = self.space.union(found.get(key, NONE), fewer)
        rows = [
            self.row(outcome, key, choices)
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

    def row(
        self, outcome: Outcome, key: tuple[Answer, Answer], choices: ReadingSet
    ) -> ReadingsBound:
        """Return a bound with the clauses that make it under the choice nearest to the defaults."""
        choice = self.space.pick(choices)
        shown = bounds(self.procedure, choice).row(outcome.id)
        return ReadingsBound(
            counted=key[0],
            without=None if key[1] == UNKNOWN else key[1],
            known=key[1] != UNKNOWN,
            least=shown.least,
            clauses=shown.clauses,
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
        queue: list[tuple[int, ReadingSet]] = []  # the most choices first

        def add(*sets: ReadingSet) -> None:
            for each in sets:
                if each != NONE:
                    heappush(queue, (-self.space.count(each), each))

        add(self.space.difference(within, nearest), nearest)
        while queue:
            _, choices = heappop(queue)
            if choices != nearest and time.perf_counter() > self.until:
                left = self.space.union(left, choices)
                continue
            first: tuple[str, ...] = ()
            try:
                answer, having = self.run(outcome, limits, choices, unlimited=unlimited)
            except _DependsError as error:
                first, having = error.names, NONE
            except TooManyError:
                first, having = self.automaton.deciding(_extends, choices), NONE
            if having == NONE:
                add(*self.split(outcome, choices, first))
                continue
            found[answer] = self.space.union(found.get(answer, NONE), having)
            add(self.space.difference(choices, having))
        return found, left

    def nearest(self, within: ReadingSet) -> ReadingSet:
        """Return the one choice nearest to the defaults: it is always decided, whatever time there is."""
        if within == NONE:
            return NONE
        choice = self.space.pick(within)
        return self.space.cube({name: (option,) for name, option in choice.items()})

    def split(
        self, outcome: str, choices: ReadingSet, first: tuple[str, ...]
    ) -> Iterator[ReadingSet]:
        """Yield the choices in parts, by one of the first readings, or by that which is asked for most often."""
        for name in (*first, *self.automaton.asked(outcome, choices)):
            parts = [
                self.space.intersection(choices, self.space.cube({name: (option,)}))
                for option in self.space.options[name]
            ]
            parts = [part for part in parts if part != NONE]
            if len(parts) > 1:
                yield from parts
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
        if days.endless and not unlimited and self.space.count(choices) > 1:
            raise TooManyError("whether an extension can be granted again depends on the readings")
        if outcome not in days.reached:
            if days.cut:
                raise TooManyError("extensions that can be granted again and again were cut")
            return None, choices
        family = FamilyDays(self.automaton, days, outcome, self.automaton.begin(choices))
        best = family.most
        if isinstance(best, dict):
            if days.cut:
                raise TooManyError("extensions that can be granted again and again were cut")
            having = family.attaining(best)
            if having == NONE:
                raise _DependsError(self.automaton.barring(family.begin, family.longest(best)))
            return (best[days.start],), having
        having = family.waiting() or family.circling(best)
        if having == NONE:
            raise TooManyError("no choice by itself has a loop that the mixture has")
        return (None,), having


def _extends(event: Event) -> bool:
    return bool(event.extended)


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
