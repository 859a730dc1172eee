"""The cheapest staffing that meets its targets, by a search with a stated probability of being right.

1. Work must fit: a pool that is not larger than the work offered to it, in person-days per working day, has a queue
   that grows for ever; the offered load is the lower end of an interval from the largest staffing.
2. More people never make a target worse: where that holds, a staffing that fails rules out all that are smaller in
   every pool. It is proved for a single first-come station without feedback only, so it is taken as a hypothesis here
   and held against every pair of staffings that was simulated, under common random numbers; where the pairs speak
   against it, it is dropped, and what it had ruled out is simulated.
3. Whether a staffing meets a target is told by a sequential test with an indifference zone (`ranking.against`).
4. Of several cheapest ones the best is selected by KN (`ranking.select`) on fresh replications.

The error is shared evenly by all tests that could be needed (Bonferroni), so that the statement holds however the
search goes: with at least the level, the staffing that is recommended meets every target or misses it by less than
its tolerance, and, if 2 holds, no cheaper one of the grid beats all its targets by more than their tolerances.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput
from duecourse.simulations.comparison import holm
from duecourse.simulations.estimate import Estimate, estimate
from duecourse.simulations.ranking import FIRST, Answer, against, select, variance

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Sizes = tuple[int, ...]
    Values = Callable[[Sizes, int], Sequence[Mapping[str, float]]]
    """Gives the indicators of at least so many replications of a staffing, in order."""

CHUNK = 10
"""Replications that are asked for at a time."""

MOST = 2_000
"""Staffings of a grid, at the most."""


@dataclass(frozen=True, slots=True)
class Target:
    """What has to be met.

    Attributes:
        indicator: its name.
        at_most: its limit.
        tolerance: a mean nearer to the limit than this may be told either way.
    """

    indicator: str
    at_most: float
    tolerance: float


@dataclass(frozen=True, slots=True)
class Range:
    """The sizes that a pool may have, and what one person in it costs."""

    pool: str
    low: int
    high: int
    cost: float = 1.0


@dataclass(frozen=True, slots=True)
class Staffing:
    """One staffing that was simulated.

    Attributes:
        sizes: of the pools, in the order of the ranges.
        cost: of all people.
        answer: whether it meets all targets.
        estimates: of the indicators of the targets.
        replications: after which the answer was given.
    """

    sizes: Sizes
    cost: float
    answer: Answer
    estimates: tuple[Estimate, ...]
    replications: int


@dataclass(frozen=True)
class Plan:
    """What a search for a staffing found.

    Attributes:
        best: the staffing to take; None where none meets the targets.
        simulated: every staffing that was simulated, by cost.
        load: the offered work of each pool in people, from the largest staffing.
        count: staffings in the grid.
        too_small: those where work does not fit.
        ruled_out: those below one that failed.
        dearer: those that were not looked at because they cost more than the best.
        monotone: whether what was simulated is consistent with more people never making it worse.
        level: with which everything that was told holds.
        error: of a single test.
        tied: how many staffings of the same cost meet the targets.
        selected: whether KN told the best of them.
    """

    ranges: tuple[Range, ...]
    targets: tuple[Target, ...]
    best: Staffing | None
    simulated: tuple[Staffing, ...]
    load: tuple[Estimate, ...]
    count: int
    too_small: int
    ruled_out: int
    dearer: int
    monotone: bool
    level: float
    error: float
    tied: int = 0
    selected: bool = True
    total: int = 0

    @property
    def frontier(self) -> tuple[Staffing, ...]:
        """The staffings of which no other one simulated is both as cheap and as good in the first target."""
        found: list[Staffing] = []
        for each in sorted(self.simulated, key=lambda s: (s.cost, s.estimates[0].mean)):
            if not found or each.estimates[0].mean < found[-1].estimates[0].mean:
                found.append(each)
        return tuple(found)


@dataclass
class Search:
    """The search; `values` simulates, and is the only thing that does.

    Attributes:
        at_most: replications of one staffing, after which its answer stays open.
        fresh: gives replications that the search has not seen, for the selection among equals.
    """

    ranges: tuple[Range, ...]
    targets: tuple[Target, ...]
    values: Values
    level: float = 0.95
    first: int = FIRST
    at_most: int = 200
    fresh: Callable[[Sizes, int], float] | None = None
    found: dict[Sizes, Staffing] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.grid = list(product(*(range(each.low, each.high + 1) for each in self.ranges)))
        if len(self.grid) > MOST:
            message = f"{len(self.grid)} staffings are more than can be searched ({MOST}); narrow the ranges"
            raise InvalidInput(message)
        tests = len(self.grid) * len(self.targets) + len(self.ranges) + 1
        self.error = (1 - self.level) / tests

    def run(self) -> Plan:
        """Return what there is to recommend."""
        largest = tuple(each.high for each in self.ranges)
        self.judge(largest)
        load = self.load(largest)
        fits = [each for each in self.grid if self.fits(each, load)]
        monotone = True
        ruled = self.search(fits, monotone=True)
        if ruled and len(self.found) < 2:  # noqa: PLR2004  (a pair, so that monotony is held against something)
            self.judge(min(fits, key=lambda sizes: (self.cost(sizes), sizes)))
            ruled = [each for each in ruled if each not in self.found]
        if ruled and not self.consistent():
            monotone = False
            ruled = self.search(ruled, monotone=False)
        cheapest = self.cheapest()
        best, selected = self.selected(cheapest)
        return Plan(
            ranges=self.ranges,
            targets=self.targets,
            best=best,
            simulated=tuple(sorted(self.found.values(), key=lambda s: (s.cost, s.sizes))),
            load=load,
            count=len(self.grid),
            too_small=len(self.grid) - len(fits),
            ruled_out=len(ruled),
            dearer=sum(each not in self.found for each in fits) - len(ruled),
            monotone=monotone,
            level=self.level,
            error=self.error,
            tied=len(cheapest),
            selected=selected,
            total=sum(len(self.values(each, 1)) for each in self.found),
        )

    def cost(self, sizes: Sizes) -> float:
        """Return what a staffing costs."""
        return math.fsum(size * each.cost for size, each in zip(sizes, self.ranges, strict=True))

    def load(self, sizes: Sizes) -> tuple[Estimate, ...]:
        """Return the work that is offered to each pool, in people."""
        runs = self.values(sizes, self.first)
        names = [f"pool.{each.pool}.utilisation" for each in self.ranges]
        level = 1 - 2 * self.error  # of the lower end alone
        return tuple(
            estimate([size * each[name] for each in runs], level)
            for size, name in zip(sizes, names, strict=True)
        )

    def fits(self, sizes: Sizes, load: tuple[Estimate, ...]) -> bool:
        """Return whether no pool is surely too small for its work."""
        return all(size > each.low for size, each in zip(sizes, load, strict=True))

    def search(self, candidates: Sequence[Sizes], *, monotone: bool) -> list[Sizes]:
        """Answer for candidates until none that could be the cheapest is left; return those that were ruled out."""
        left = [each for each in candidates if each not in self.found]
        ruled: list[Sizes] = []
        while True:
            if monotone:
                below, left = self.ruled_out(left)
                ruled += below
            limit = self.limit()
            left = [each for each in left if self.cost(each) <= limit and each not in self.found]
            if not left:
                return ruled
            self.judge(self.next(left) if monotone else min(left, key=lambda s: (self.cost(s), s)))

    def limit(self) -> float:
        """Return the cost of the cheapest staffing that meets its targets so far."""
        costs = (each.cost for each in self.found.values() if each.answer is Answer.MEETS)
        return min(costs, default=math.inf)

    def ruled_out(self, candidates: Sequence[Sizes]) -> tuple[list[Sizes], list[Sizes]]:
        """Return which candidates lie below one that failed, and which do not."""
        failed = [each.sizes for each in self.found.values() if each.answer is Answer.FAILS]
        below = [each for each in candidates if any(not_above(each, other) for other in failed)]
        return below, [each for each in candidates if each not in below]

    def next(self, left: Sequence[Sizes]) -> Sizes:
        """Return the candidate whose answer, whatever it is, leaves the fewest others."""

        def settled(sizes: Sizes) -> tuple[int, float, Sizes]:
            cost = self.cost(sizes)
            if_met = sum(self.cost(each) > cost for each in left)
            if_failed = sum(not_above(each, sizes) for each in left)
            return -min(if_met, if_failed), cost, sizes

        return min(left, key=settled)

    def judge(self, sizes: Sizes) -> None:
        """Answer whether a staffing meets every target."""
        size, answers = self.first, [Answer.OPEN]
        while True:
            runs = self.values(sizes, size)
            told = [self.told(runs, target) for target in self.targets]
            answers = [answer for answer, _ in told]
            if Answer.FAILS in answers or Answer.OPEN not in answers or size >= self.at_most:
                break
            size = min(size + CHUNK, self.at_most)
        failed = [count for answer, count in told if answer is Answer.FAILS]
        answer = Answer.FAILS if failed else max(answers, key=_weight)
        count = min(failed) if failed else max(count for _, count in told)
        each_level = 1 - (1 - self.level) / len(self.targets)
        estimates = tuple(
            estimate([each[target.indicator] for each in runs], each_level)
            for target in self.targets
        )
        self.found[sizes] = Staffing(sizes, self.cost(sizes), answer, estimates, count)

    def told(self, runs: Sequence[Mapping[str, float]], target: Target) -> tuple[Answer, int]:
        """Return whether a target is met, and after how many replications that was told."""
        values = [each[target.indicator] for each in runs[: self.at_most]]
        return against(values, target.at_most, target.tolerance, self.error, self.first)

    def consistent(self) -> bool:
        """Return whether no pair of staffings speaks against more people never making a target worse."""
        from scipy.special import stdtr

        p: dict[str, float] = {}
        for small in self.found:
            for large in self.found:
                if small == large or not not_above(small, large):
                    continue
                pairs = list(zip(self.values(small, 1), self.values(large, 1), strict=False))
                for target in self.targets:
                    name = target.indicator
                    worse = [y[name] - x[name] for x, y in pairs]
                    worse = [each for each in worse if not math.isnan(each)]
                    if len(worse) < self.first // 2 or not any(worse):
                        continue
                    error = math.sqrt(variance(worse) / len(worse))
                    mean = math.fsum(worse) / len(worse)
                    t = mean / error if error else math.copysign(math.inf, mean)
                    p[f"{small}{large}{name}"] = float(stdtr(len(worse) - 1, -t))
        return not holm(p, 1 - self.level)

    def cheapest(self) -> list[Staffing]:
        """Return the staffings of the least cost that meet their targets."""
        limit = self.limit()
        return sorted(
            (s for s in self.found.values() if s.answer is Answer.MEETS and s.cost == limit),
            key=lambda s: s.sizes,
        )

    def selected(self, equals: Sequence[Staffing]) -> tuple[Staffing | None, bool]:
        """Return the best of several staffings of one cost, and whether that could be told."""
        if not equals:
            return None, False
        if len(equals) == 1 or self.fresh is None:
            return equals[0], len(equals) == 1
        fresh = self.fresh
        place, _, told = select(
            lambda system, number: fresh(equals[system].sizes, number),
            len(equals),
            self.targets[0].tolerance,
            self.error,
            self.first,
            self.at_most,
        )
        return equals[place], told


def not_above(small: Sizes, large: Sizes) -> bool:
    """Return whether no pool of one staffing is larger than in another."""
    return all(x <= y for x, y in zip(small, large, strict=True))


def _weight(answer: Answer) -> int:
    return (Answer.MEETS, Answer.OPEN, Answer.FAILS).index(answer)
