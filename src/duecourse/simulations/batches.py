"""One long run cut into batches: the alternative to replications where the warm-up is long.

Batch means (Law, "Simulation Modeling and Analysis", 5th ed., 9.5.3): after the warm-up the run is cut into batches of
equal length, and the indicators of the batches are taken for independent values. Whether they are is checked by von
Neumann's ratio of every indicator (Fishman, "Grouping observations in digital simulation", Management Science 24,
1978): 1 less half the mean squared step from batch to batch by the variance is about the correlation of neighbours,
and nearly normal with variance (k - 2) / (k^2 - 1) for k independent batches.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from duecourse.errors import InvalidInput
from duecourse.simulations.estimate import estimate, share_estimate
from duecourse.simulations.execute import log_of
from duecourse.simulations.measure import measure
from duecourse.simulations.measures import PLANNED, selected
from duecourse.simulations.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duecourse.properties.property import Property
    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.estimate import Estimate

SCHEMA = "duecourse/batches/1"
FEWEST = 8
"""Batches below which von Neumann's ratio is not nearly normal."""

ALARM = 0.05
"""How often independent batches are called correlated."""


@dataclass(frozen=True, slots=True)
class BatchMean:
    """One indicator over the batches.

    Attributes:
        estimate: its mean and interval.
        correlation: of neighbouring batches; not a number where nothing varies.
        independent: whether that is no larger than chance makes it in 95 of 100 cases.
    """

    name: str
    estimate: Estimate
    correlation: float
    independent: bool


@dataclass(frozen=True)
class Batches:
    """One run in batches.

    Attributes:
        count: batches.
        days: working days of each.
        rows: one for each indicator.
    """

    scenario: Scenario
    seed: int
    level: float
    count: int
    days: int
    rows: tuple[BatchMean, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON values; the schema is named in `schema`."""
        return {
            "schema": SCHEMA,
            "scenario": self.scenario.id,
            "years": self.scenario.years,
            "warm_up": self.scenario.warm_up,
            "seed": self.seed,
            "level": self.level,
            "batches": self.count,
            "working_days": self.days,
            "measures": {
                each.name: {
                    **each.estimate.to_dict(),
                    "correlation": None if math.isnan(each.correlation) else each.correlation,
                    "independent": each.independent,
                }
                for each in self.rows
            },
        }


def batch_means(  # noqa: PLR0913  (settings with names)
    scenario: Scenario,
    count: int = 20,
    *,
    measures: Sequence[str] = PLANNED,
    seed: int = 1,
    level: float = 0.95,
    properties: Sequence[Property] = (),
) -> Batches:
    """Return the indicators of one long run, with intervals over its batches.

    Args:
        scenario: what is simulated, for its whole length.
        count: batches; their length follows.
        measures: indicators, by name or pattern.
        seed: of all random numbers.
        level: of the intervals.
        properties: what watches every case.

    Raises:
        InvalidInput: fewer than 8 batches, or batches of less than a working day.
        EngineError: see `duecourse.simulations.simulate`.
    """
    plan = Plan(scenario, properties)
    begin = plan.days.since_start(scenario.warm_up)
    length = (plan.days.length - begin) // max(count, 1)
    if count < FEWEST:
        raise InvalidInput(
            f"{count} batches: {FEWEST} are the fewest whose independence can be told"
        )
    if length < 1:
        raise InvalidInput(f"{count} batches of less than a working day; simulate more years")
    log = log_of(plan, seed, 0)
    samples = [
        measure(log, scenario, (begin + at * length, begin + (at + 1) * length))
        for at in range(count)
    ]
    rows = []
    for name in selected(measures, samples[0].values):
        values = [each.values[name] for each in samples]
        if name in samples[0].trials:
            trials = [each.trials[name] for each in samples]
            found = share_estimate(values, trials, level)
        else:
            found = estimate(values, level)
        if found.replications:
            rows.append(BatchMean(name, found, *neighbours(values)))
    return Batches(scenario, seed, level, count, length, tuple(rows))


def neighbours(values: Sequence[float]) -> tuple[float, bool]:
    """Return the correlation of neighbouring values by von Neumann's ratio, and whether chance explains it."""
    from scipy.special import ndtri

    found = [each for each in values if not math.isnan(each)]
    count = len(found)
    mean = math.fsum(found) / count if count else math.nan
    squares = math.fsum((each - mean) ** 2 for each in found)
    if count < FEWEST or not squares:
        return math.nan, count >= FEWEST
    steps = math.fsum((y - x) ** 2 for x, y in pairwise(found))
    correlation = 1 - steps / (2 * squares)
    most = float(ndtri(1 - ALARM)) * math.sqrt((count - 2) / (count**2 - 1))
    return correlation, correlation <= most
