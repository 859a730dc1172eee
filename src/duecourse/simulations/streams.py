"""When cases arrive, and of which class: streams with an inner time (`docs/semantics.md`, "Arrivals")."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from duecourse.errors import InvalidInput
from duecourse.scenarios.law import law
from duecourse.simulations.agenda import on_grid
from duecourse.simulations.days import DAYS_PER_YEAR
from duecourse.simulations.randomness import purpose, uniform_of, variate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from duecourse.scenarios.demand import Arrivals, CaseClass
    from duecourse.scenarios.law import Law
    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.days import Days
    from duecourse.simulations.plan import Kind

ARRIVAL = purpose("arrival")
CLASS = purpose("class")


@dataclass(frozen=True, slots=True)
class Fork:
    """A draw among classes, or among the values of an attribute.

    Attributes:
        purpose: what names the draw to chance.
        ends: the running sums of the shares.
        ways: what each leads to.
    """

    purpose: int
    ends: tuple[float, ...]
    ways: tuple[Way, ...]


Way: TypeAlias = "Kind | Fork"


@dataclass(frozen=True, slots=True)
class Stream:
    """Cases that arrive one after another.

    Attributes:
        way: of which class they are, or how that is drawn.
        gap: the inner time between two; None where the arrivals are known.
        key: what names the stream to chance.
        weights: of each working day; () means 1 for all.
        clock: the inner time at the beginning of each working day, and at the end of the last.
        known: the arrivals that are known: the working day and the class of each.
    """

    way: Way | None
    gap: Law | None
    key: int
    weights: tuple[float, ...] = ()
    clock: tuple[float, ...] = ()
    known: tuple[tuple[int, Way], ...] = ()

    def next(
        self, root: int, count: int, day: int, inner: float
    ) -> tuple[float, int, float] | None:
        """Return when the case after `count` others arrives; None if it never does.

        Args:
            root: what the numbers of that case have in common.
            count: how many cases came before it.
            day: the working day of the case before it.
            inner: the inner time of the case before it.

        Returns:
            Its instant, its working day as far as weights count it, and its inner time.
        """
        if self.gap is None:
            return None if count == len(self.known) else (float(self.known[count][0]), 0, 0.0)
        inner += on_grid(variate(self.gap, uniform_of(root, ARRIVAL, 0)))
        if not self.weights:
            return inner, 0, inner
        while day < len(self.weights) and self.clock[day + 1] <= inner:
            day += 1
        if day == len(self.weights):
            return None
        return on_grid(day + (inner - self.clock[day]) / self.weights[day]), day, inner

    def kind(self, root: int, count: int) -> Kind:
        """Return the class of a case."""
        way = self.known[count][1] if self.gap is None else self.way
        while isinstance(way, Fork):
            u = uniform_of(root, way.purpose, 0)
            way = next(
                (to for end, to in zip(way.ends, way.ways, strict=True) if u < end), way.ways[-1]
            )
        assert way is not None
        return way


def streams(scenario: Scenario, days: Days, kinds: Mapping[str, Kind]) -> tuple[Stream, ...]:
    """Return the streams of a scenario, in the order of the file."""
    ways = {each.id: _way(each, kinds) for each in scenario.classes}
    return tuple(stream for each in scenario.arrivals for stream in _streams(each, days, ways))


def _streams(each: Arrivals, days: Days, ways: Mapping[str, Way]) -> Iterator[Stream]:
    if each.replayed:
        known = _known(each, days, ways)
        yield Stream(None, None, purpose(each.id), known=known)
    elif each.gaps is not None:
        shares = {name: share for name, share in each.shares.items() if share > 0}
        way = _fork(CLASS, list(shares.values()), [ways[name] for name in shares])
        weights = _weights(each, None, days)
        yield Stream(way, each.gaps, purpose(each.id), weights, _clock(weights))
    else:
        for name, share in each.shares.items():
            rate = each.per_year * share
            if rate > 0:
                gap = law({"law": "exponential", "mean": days.per_year / rate})
                weights = _weights(each, name, days)
                key = purpose(f"{each.id}.{name}")
                yield Stream(ways[name], gap, key, weights, _clock(weights))


def _known(each: Arrivals, days: Days, ways: Mapping[str, Way]) -> tuple[tuple[int, Way], ...]:
    inside = [(on, name) for on, name in each.replayed if days.first <= on < days.end]
    dated = [(days.day(days.calendar.roll_forward(on)), ways[name]) for on, name in inside]
    return tuple(sorted(dated, key=lambda known: known[0]))


def _way(each: CaseClass, kinds: Mapping[str, Kind]) -> Way:
    """Return how the sort of a case of one class is drawn."""

    def below(name: str, rest: Sequence[str]) -> Way:
        if not rest:
            return kinds[name]
        shares = each.attributes[rest[0]]
        inner = [below(f"{name}.{value}", rest[1:]) for value in shares]
        return _fork(purpose(f"attribute.{rest[0]}"), list(shares.values()), inner)

    return below(each.id, list(each.attributes))


def _fork(number: int, shares: Sequence[float], ways: Sequence[Way]) -> Way:
    ends, reached = [], 0.0
    for share in shares:
        reached += share
        ends.append(reached)
    return Fork(number, tuple(ends), tuple(ways)) if len(ways) > 1 else ways[0]


# --- weights ------------------------------------------------------------------------------------------


def _weights(each: Arrivals, name: str | None, days: Days) -> tuple[float, ...]:
    """Return the weight of each working day of the run for a class; () where all are 1."""
    changes = [one for one in each.changes if not one.classes or name in one.classes]
    if not changes and not each.months and not each.weekdays:
        return ()
    mean = _mean(each, days)
    found = []
    for day in range(days.length):
        on = days.date(day)
        weight = _season(each, on) / mean
        for change in changes:
            weight = weight * change.times if change.on(on) else weight
        found.append(weight)
    return tuple(found)


def _season(each: Arrivals, on: dt.date) -> float:
    month = each.months[on.month - 1] if each.months else 1.0
    return month * each.weekdays[on.weekday()] if each.weekdays else month


def _mean(each: Arrivals, days: Days) -> float:
    """Return the mean seasonal weight over the working days of the whole years in which the run lies."""
    end = days.start + dt.timedelta(round(math.ceil(days.years) * DAYS_PER_YEAR))
    seasons = []
    day = 0
    try:
        while (on := days.date(day)) < end:
            seasons.append(_season(each, on))
            day += 1
    except InvalidInput:  # the calendar ends first
        pass
    return math.fsum(seasons) / len(seasons) or 1.0


def _clock(weights: Sequence[float]) -> tuple[float, ...]:
    found = [0.0]
    for weight in weights:
        found.append(found[-1] + weight)
    return tuple(found) if weights else ()
