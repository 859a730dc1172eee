"""How many replications a precision takes, for several indicators at once.

The rule has two parts; the intervals of all m indicators hold together, each at level 1 - alpha/m
(Bonferroni).

1. Stein's two stages (Annals of Mathematical Statistics 16, 1945): a pilot of n0 replications gives a
   variance S0^2, and at least (t(n0 - 1) S0 / d)^2 replications follow, where d is half the width asked
   for. For normal values the interval mean +- d then covers with at least the level, exactly: S0^2 is
   independent of the mean.
2. Then, as Chow and Robbins (36, 1965), replications are added until the t interval over all of them is
   itself no wider than asked. When to stop depends on variances only, and more replications than Stein's
   number only raise the coverage.

For what is no share d is a part of the mean: with gamma asked for, the interval is at most
gamma / (1 + gamma) of the estimate, so that the true mean is within gamma of itself (Law, "Simulation
Modeling and Analysis", 5th ed., 9.4.1). That d is estimated, and the coverage of such an interval tends
to the level as gamma falls (Nadas, 40, 1969).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from duecourse.errors import InvalidInput
from duecourse.simulations.estimate import estimate, share_estimate, student
from duecourse.simulations.measures import PLANNED, is_share, selected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duecourse.simulations.estimate import Estimate
    from duecourse.simulations.measure import Sample

PILOT = 20
"""Replications of the first stage, at the least."""

AT_MOST = 1000


@dataclass(frozen=True, slots=True)
class Precision:
    """What is asked for.

    Attributes:
        width: half the width of every interval: a part of the estimate, and of shares points (0.05
            for 5 points).
        measures: the indicators, by name or pattern such as `clock.*.late_share`.
        at_most: replications after which the search ends, precise or not.
        pilot: replications of the first stage.
    """

    width: float
    measures: tuple[str, ...] = PLANNED
    at_most: int = AT_MOST
    pilot: int = PILOT

    def __post_init__(self) -> None:
        if not 0 < self.width < 1:
            raise InvalidInput(
                f"precision = {self.width:g}: it lies between 0 and 1, such as 0.05 for 5 %"
            )
        if self.pilot < 2:  # noqa: PLR2004  (a variance takes two)
            raise InvalidInput(f"a pilot of {self.pilot} replications: a variance needs 2")
        if self.at_most < self.pilot:
            raise InvalidInput(
                f"at most {self.at_most} replications: the first stage alone takes {self.pilot}"
            )


@dataclass(frozen=True, slots=True)
class Reach:
    """How precise one indicator is.

    Attributes:
        estimate: with the interval that holds together with those of the other indicators.
        asked: half the width that was asked for, in the unit of the indicator.
        needed: replications that are expected to be enough.
    """

    name: str
    estimate: Estimate
    asked: float
    needed: float

    @property
    def reached(self) -> bool:
        """Whether the interval is as narrow as was asked for."""
        return self.estimate.half_width <= self.asked


@dataclass(frozen=True, slots=True)
class Reached:
    """How precise a result is.

    Attributes:
        asked: what was asked for.
        level: at which all intervals hold together.
        rows: one for each indicator that had values.
        replications: how many there were.
        without: indicators that had no value in the pilot, and were left out.
    """

    asked: Precision
    level: float
    rows: tuple[Reach, ...]
    replications: int
    without: tuple[str, ...] = ()

    @property
    def reached(self) -> bool:
        """Whether every interval is as narrow as was asked for, and Stein's number is reached."""
        return self.replications >= self.needed and all(each.reached for each in self.rows)

    @property
    def needed(self) -> int:
        """Replications that are expected to be enough."""
        most = max((each.needed for each in self.rows), default=0.0)
        return math.ceil(most) if math.isfinite(most) else self.asked.at_most + 1

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "width": self.asked.width,
            "at_most": self.asked.at_most,
            "pilot": self.asked.pilot,
            "level": self.level,
            "reached": self.reached,
            "needed": self.needed,
            "measures": {
                each.name: {**each.estimate.to_dict(), "asked": each.asked, "reached": each.reached}
                for each in self.rows
            },
            "without_values": list(self.without),
        }


def reached(samples: Sequence[Sample], asked: Precision, level: float) -> Reached:
    """Return how precise samples are; of these the first `asked.pilot` are the pilot.

    Raises:
        InvalidInput: a name or pattern matches no indicator.
    """
    names = selected(asked.measures, samples[0].values)
    pilot = samples[: asked.pilot]
    told = [name for name in names if _values(pilot, name)]
    each_level = 1 - (1 - level) / max(len(told), 1)
    rows = tuple(_reach(samples, name, asked, each_level) for name in told)
    without = tuple(name for name in names if name not in told)
    return Reached(asked, level, rows, len(samples), without)


def next_size(found: Reached) -> int:
    """Return up to how many replications to go on; no more than there are where it is enough."""
    if found.reached:
        return found.replications
    # A variance that was under-estimated is found out by going on, a tenth at a time.
    least = found.replications + max(found.replications // 10, 1)
    return min(max(found.needed, least), found.asked.at_most)


def _values(samples: Sequence[Sample], name: str) -> list[float]:
    return [each.values[name] for each in samples if not math.isnan(each.values[name])]


def _reach(samples: Sequence[Sample], name: str, asked: Precision, level: float) -> Reach:
    values = [each.values[name] for each in samples]
    if name in samples[0].trials:
        found = share_estimate(values, [each.trials[name] for each in samples], level)
    else:
        found = estimate(values, level)
    width = asked.width
    half = width if is_share(name) else width / (1 + width) * abs(found.mean)
    return Reach(
        name, found, half, max(_stein(samples, name, asked, half, level), _later(found, half))
    )


def _stein(
    samples: Sequence[Sample], name: str, asked: Precision, half: float, level: float
) -> float:
    """Return the number of replications after the second stage."""
    pilot = _values(samples[: asked.pilot], name)
    if len(pilot) < 2:  # noqa: PLR2004  (a variance takes two)
        return math.inf
    if half == 0:
        return 0.0 if len(set(pilot)) == 1 else math.inf
    mean = math.fsum(pilot) / len(pilot)
    variance = math.fsum((each - mean) ** 2 for each in pilot) / (len(pilot) - 1)
    with_value = len(pilot) / min(len(samples), asked.pilot)
    return student(len(pilot) - 1, level) ** 2 * variance / half**2 / with_value


def _later(found: Estimate, half: float) -> float:
    """Return about how many replications make an interval of all of them narrow enough."""
    if found.half_width <= half:
        return 0.0
    if half == 0 or math.isnan(found.half_width):
        return math.inf
    return found.replications * (found.half_width / half) ** 2
