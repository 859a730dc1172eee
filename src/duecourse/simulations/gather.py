"""From the samples of replications to results and comparisons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.model.clocks import open_ledger
from duecourse.simulations.comparison import Comparison, difference
from duecourse.simulations.days import Days
from duecourse.simulations.estimate import estimate, share_estimate
from duecourse.simulations.measures import compared
from duecourse.simulations.periods import PERIOD, WEEK
from duecourse.simulations.result import Result, Series
from duecourse.simulations.warmup import mean_of, mser5

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.estimate import Estimate
    from duecourse.simulations.measure import Sample


def days_of(scenario: Scenario) -> Days:
    """Return the days of a run."""
    calendar = open_ledger(scenario.procedure, scenario.readings).calendar
    return Days(calendar, scenario.start, scenario.years)


def estimates(samples: Sequence[Sample], level: float) -> dict[str, Estimate]:
    """Return every indicator over replications, by name."""
    found = {}
    for name in samples[0].values:
        values = [sample.values[name] for sample in samples]
        if name in samples[0].trials:
            trials = [sample.trials[name] for sample in samples]
            found[name] = share_estimate(values, trials, level)
        else:
            found[name] = estimate(values, level, at_least=0.0)
    return found


def made_result(
    scenario: Scenario, samples: Sequence[Sample], *, seed: int, level: float
) -> Result:
    """Return the result of the replications in `samples`."""
    from duecourse import __version__

    days = days_of(scenario)

    names = samples[0].values
    counted = min(days.since_start(scenario.warm_up), days.length - 1)
    return Result(
        scenario=scenario,
        replications=len(samples),
        seed=seed,
        level=level,
        start=days.start,
        end=days.end,
        counted_from=days.date(counted),
        calendar=days.calendar.id,
        estimated=days.estimated,
        version=__version__,
        cases=sum(sample.cases for sample in samples),
        events=sum(sample.events for sample in samples),
        estimates=estimates(samples, level),
        samples={name: tuple(sample.values[name] for sample in samples) for name in names},
        runs=tuple(samples),
        oldest=_series(days, [sample.oldest for sample in samples], level),
        warm_up_found=mser5(mean_of([sample.backlog for sample in samples])),
        backlog=_series(days, [sample.backlog for sample in samples], level),
        periods={
            name: _series(days, [sample.periods[name] for sample in samples], level, PERIOD)
            for name in samples[0].periods
        },
        flows={
            name: estimate([sample.flows[name] for sample in samples], level, at_least=0.0)
            for name in samples[0].flows
        },
    )


def made_comparison(a: Result, b: Result) -> Comparison:
    """Return the paired comparison of two results with the same seed and replications."""
    differences = {
        name: difference(
            a.estimates[name], b.estimates[name], (a.samples[name], b.samples[name]), a.level
        )
        for name in a.estimates
        if name in b.estimates
    }
    told = [name for name in compared(b.scenario) if name in differences]
    family = tuple(
        name
        for name in told
        if differences[name].a.replications + differences[name].b.replications > 0
    )
    return Comparison(a, b, differences, family)


def _series(
    days: Days, samples: Sequence[Sequence[float]], level: float, step: int = WEEK
) -> Series:
    points = tuple(point * step for point in range(len(samples[0])) if point * step < days.length)
    found = [
        estimate([sample[i] for sample in samples], level, at_least=0.0) for i in range(len(points))
    ]
    return Series(
        days=points,
        dates=tuple(days.date(day) for day in points),
        mean=tuple(each.mean for each in found),
        low=tuple(each.low for each in found),
        high=tuple(each.high for each in found),
    )
