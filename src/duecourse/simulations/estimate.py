"""Estimates over replications: a mean with an interval that says how sure it is.

Replications are independent, so the interval is Student's t over their values (Law, "Simulation
Modeling and Analysis", 5th ed., 9.4.1); a difference of two scenarios with common random numbers is
the same interval over the paired differences (10.2.1).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over replications.

    Attributes:
        mean: of the values that the replications gave.
        low, high: the interval; not a number where fewer than two replications gave a value.
        replications: how many gave a value.
        level: the probability with which such an interval covers the true mean.
    """

    mean: float
    low: float
    high: float
    replications: int
    level: float

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2

    def __str__(self) -> str:
        return f"{self.mean:.4g} [{self.low:.4g}, {self.high:.4g}]"

    def to_dict(self) -> dict[str, float | int | None]:
        """Return the estimate as JSON values; what is not a number is null."""
        numbers = {"mean": self.mean, "low": self.low, "high": self.high}
        shown = {key: None if math.isnan(each) else each for key, each in numbers.items()}
        return {**shown, "replications": self.replications, "level": self.level}


def estimate(
    values: Sequence[float], level: float = 0.95, *, at_least: float = -math.inf
) -> Estimate:
    """Return the mean of the values of replications, those without a value left out.

    What cannot be less than `at_least` (a time, a count) has an interval that is cut there, which covers no less often.
    """
    found = [value for value in values if not math.isnan(value)]
    count = len(found)
    if not count:
        return Estimate(math.nan, math.nan, math.nan, 0, level)
    mean = math.fsum(found) / count
    if count == 1:
        return Estimate(mean, math.nan, math.nan, 1, level)
    variance = math.fsum((value - mean) ** 2 for value in found) / (count - 1)
    half = student(count - 1, level) * math.sqrt(variance / count)
    return Estimate(mean, max(mean - half, at_least), mean + half, count, level)


def share_estimate(values: Sequence[float], trials: Sequence[int], level: float = 0.95) -> Estimate:
    """Return the mean of shares, its interval within 0 and 1.

    Where every replication gives 0 (or every one 1) the t interval would have no width and claim a
    certainty that nobody has. Then it is the exact binomial one over all trials (Clopper, Pearson,
    Biometrika 26, 1934), which takes the trials for independent.
    """
    found = estimate(values, level)
    if found.replications and found.mean in {0.0, 1.0}:
        reach = 1 - ((1 - level) / 2) ** (1 / max(sum(trials), 1))
        low, high = (0.0, reach) if found.mean == 0 else (1 - reach, 1.0)
    else:
        # max and min would turn what is not a number into 0 or 1
        low = 0.0 if found.low < 0 else found.low
        high = 1.0 if found.high > 1 else found.high
    return Estimate(found.mean, low, high, found.replications, level)


def student(freedom: int, level: float) -> float:
    """Return the two-sided quantile of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + level) / 2))


STATISTICS = ("mean", "median", "q90", "q95")
"""What `summary` gives."""


def summary(values: Sequence[float]) -> tuple[float, float, float, float]:
    """Return mean, median, 90 % and 95 % quantile; not numbers where there is no value.

    Quantiles by linear interpolation between order statistics (type 7 of Hyndman, Fan, American
    Statistician 50, 1996).
    """
    if not values:
        return math.nan, math.nan, math.nan, math.nan
    ordered = sorted(values)
    mean = math.fsum(ordered) / len(ordered)
    return mean, quantile(ordered, 0.5), quantile(ordered, 0.9), quantile(ordered, 0.95)


def quantile(ordered: Sequence[float], p: float) -> float:
    """Return a quantile of values in order, at least one; see `summary`."""
    position = p * (len(ordered) - 1)
    low = min(int(position), len(ordered) - 2) if len(ordered) > 1 else 0
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (position - low) * (ordered[high] - ordered[low])
