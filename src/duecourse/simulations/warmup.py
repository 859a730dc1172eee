"""Where a run has settled: the warm-up by MSER-5.

White, Cobb and Spratt ("A comparison of five steady-state truncation heuristics for simulation", Proceedings of
the Winter Simulation Conference 2000): batch means of five observations, and of all beginnings to leave out the one
after which the standard error of the mean of the rest is least. The series is the mean over replications (Robinson,
"A statistical process control approach to selecting a warm-up period", European Journal of Operational Research 176,
2007), so that the rule looks at the trend and not at the noise of one run.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from duecourse.simulations.periods import WEEK

if TYPE_CHECKING:
    from collections.abc import Sequence

BATCH = 5
"""Observations in a batch: the 5 of MSER-5."""


@dataclass(frozen=True, slots=True)
class Truncation:
    """How much of the beginning to leave out.

    Attributes:
        points: observations of the series, a multiple of 5.
        settled: whether the least standard error lies before the half of the series, where the search ends; at the
            half the series is too short to tell.
    """

    points: int
    settled: bool

    @property
    def days(self) -> int:
        """The working days to leave out of a series with one point a week."""
        return self.points * WEEK

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"working_days": self.days, "settled": self.settled}


def mser5(series: Sequence[float]) -> Truncation:
    """Return where MSER-5 truncates a series.

    Cuts in the second half are not tried: few batches are alike by chance (White and others, as above).
    The last observations that fill no batch are left out. Of equal standard errors the earliest cut counts.
    """
    count = len(series) // BATCH
    means = [math.fsum(series[at * BATCH : (at + 1) * BATCH]) / BATCH for at in range(count)]
    most = count // 2
    best, least = 0, math.inf
    for cut in range(most + 1 if count > 1 else 0):
        error = _squared_error(means[cut:])
        if error < least:
            best, least = cut, error
    return Truncation(best * BATCH, settled=best < most)


def mean_of(series: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """Return the mean over replications, point by point."""
    return tuple(math.fsum(points) / len(points) for points in zip(*series, strict=True))


def _squared_error(values: Sequence[float]) -> float:
    """Return the squared standard error of a mean, as MSER has it: the sum of squares by the square of the number."""
    mean = math.fsum(values) / len(values)
    return math.fsum((each - mean) ** 2 for each in values) / len(values) ** 2
