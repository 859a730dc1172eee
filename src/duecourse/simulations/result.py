"""What a simulation gave, as values for whoever reports it.

`Result.estimates` holds every indicator by name, as an `Estimate` over the replications:

| name | unit | what |
|---|---|---|
| `arrivals`, `throughput` | cases a year | cases that came, and that ended, after the warm-up |
| `backlog.mean`, `backlog.end` | cases | open at a time on average; open at the end of the run |
| `backlog.oldest`, `backlog.oldest_end` | working days | age of the oldest open case: on average over the weeks; at the end |
| `time.UNIT.STAT` | days | from arrival to the end of the review, of the cases that ended |
| `outcome.ID.share` | share | of the cases that ended, those that ended so |
| `outcome.ID.UNIT.STAT` | days | from arrival to the end, of those that ended so |
| `stage.ID.share` | share | of the cases that ended, those that had been in the stage |
| `stage.ID.present` | cases | in the stage at a time, on average |
| `stage.ID.UNIT.STAT` | days | in the stage, all visits of a case together, of those that had been there |
| `clock.ID.runs` | a year | limits that were kept or missed |
| `clock.ID.late_share` | share | of these, the missed ones (breaches) |
| `clock.ID.lapsed_share` | share | of these, those at whose lapse the law took a step |
| `clock.ID.overrun` | working days | by which missed limits were passed, on average, once they stopped |
| `clock.ID.overrun_q90` | working days | of them, nine in ten were passed by less |
| `pool.ID.utilisation` | share | of the time that the staff was at work |
| `pool.ID.wait` | working days | from asking for a member of the pool to the start of the work |
| `pool.ID.queue` | cases | that waited for the pool, on average over time |
| `pool.ID.cost`, `cost` | a year | people times working days times what a person-day costs, of the pools that declare it; together |

UNIT is `working` or `calendar`, STAT is `mean`, `median`, `q90` or `q95`: a statistic over the cases of
one replication, estimated by its mean over the replications. The stage `special_review` tells the
share of special reviews. IDs are those of the procedure and of the scenario, where the labels are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from duecourse.errors import InvalidInput, nearest
from duecourse.notebook import Shown
from duecourse.simulations.estimate import STATISTICS
from duecourse.simulations.frames import to_arrow, to_pandas

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import pandas as pd
    import pyarrow as pa

    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.estimate import Estimate
    from duecourse.simulations.measure import Sample
    from duecourse.simulations.precision import Reached
    from duecourse.simulations.warmup import Truncation

SCHEMA = "duecourse/simulation/1"


@dataclass(frozen=True, slots=True)
class Durations:
    """Mean, median, 90 % and 95 % quantile of a duration in one unit."""

    mean: Estimate
    median: Estimate
    q90: Estimate
    q95: Estimate


@dataclass(frozen=True, slots=True)
class Group:
    """Cases of one outcome, or that were in one stage: their share, and their durations."""

    share: Estimate
    working: Durations
    calendar: Durations


@dataclass(frozen=True, slots=True)
class Compliance:
    """How one statutory time limit is kept; see the table of this module."""

    runs: Estimate
    late_share: Estimate
    lapsed_share: Estimate
    overrun: Estimate
    overrun_q90: Estimate


@dataclass(frozen=True, slots=True)
class Staffing:
    """How one pool is used; see the table of this module."""

    size: int
    utilisation: Estimate
    wait: Estimate
    queue: Estimate


@dataclass(frozen=True, slots=True)
class Series:
    """A number over time: at each date the mean over replications and its interval.

    Attributes:
        days: working days since the start of the run, one a week or a period.
        dates: the dates of these days.
        mean, low, high: open cases, or what else is counted.
    """

    days: tuple[int, ...]
    dates: tuple[date, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "dates": [day.isoformat() for day in self.dates],
            "mean": list(self.mean),
            "low": [_number(each) for each in self.low],
            "high": [_number(each) for each in self.high],
        }


@dataclass(frozen=True)
class Result(Shown):
    """What the replications of one scenario gave.

    Attributes:
        scenario: what was simulated, with labels and the notes on every number.
        replications, seed, level: how often, with which random numbers, at which level.
        start, end: the first date of the run, and the first after it.
        counted_from: the first date after the warm-up.
        calendar: the id of the calendar.
        estimated: whether a day of the run rests on a schedule that is not published yet.
        version: of duecourse.
        cases, events: how many there were in all replications.
        estimates: every indicator by name; see the table of this module.
        samples: the value of every indicator in each replication, in order.
        backlog: open cases over time, the warm-up included.
        periods: `pool.ID.utilisation` and `pool.ID.queue` in each period of 20 working days, the warm-up included.
        flows: a year, how often each `step.ID` is taken and each `stage.ID` is entered.
        oldest: age of the oldest open case in working days over time, 0 where none is open.
        runs: what each replication gave, so that more can be added (`duecourse.simulations.extend`).
        warm_up_found: where MSER-5 would end the warm-up, from the backlog.
        precision: where replications were added until the intervals were narrow enough, how narrow they are.
    """

    scenario: Scenario
    replications: int
    seed: int
    level: float
    start: date
    end: date
    counted_from: date
    calendar: str
    estimated: bool
    version: str
    cases: int
    events: int
    estimates: Mapping[str, Estimate]
    samples: Mapping[str, tuple[float, ...]] = field(repr=False)
    backlog: Series = field(repr=False)
    periods: Mapping[str, Series] = field(default_factory=dict, repr=False)
    flows: Mapping[str, Estimate] = field(default_factory=dict, repr=False)
    oldest: Series | None = field(default=None, repr=False)
    runs: tuple[Sample, ...] = field(default=(), repr=False)
    warm_up_found: Truncation | None = None
    precision: Reached | None = None

    def __getitem__(self, name: str) -> Estimate:
        """Return an indicator by name.

        Raises:
            InvalidInput: there is none of this name.
        """
        if name not in self.estimates:
            raise InvalidInput(f'no indicator "{name}"{nearest(name, self.estimates)}')
        return self.estimates[name]

    @property
    def time(self) -> Mapping[str, Durations]:
        """From arrival to the end of the review, by unit (`working`, `calendar`)."""
        return {unit: self._durations(f"time.{unit}") for unit in ("working", "calendar")}

    @property
    def outcomes(self) -> Mapping[str, Group]:
        """The ways to end, in the order of the procedure."""
        return {
            each.id: self._group(f"outcome.{each.id}") for each in self.scenario.procedure.outcomes
        }

    @property
    def stages(self) -> Mapping[str, Group]:
        """The stages in which something is done, in the order of the scenario."""
        return {each: self._group(f"stage.{each}") for each in self.scenario.behaviours}

    @property
    def clocks(self) -> Mapping[str, Compliance]:
        """The statutory time limits, in the order of the procedure."""
        return {
            each.id: Compliance(
                self[f"clock.{each.id}.runs"],
                self[f"clock.{each.id}.late_share"],
                self[f"clock.{each.id}.lapsed_share"],
                self[f"clock.{each.id}.overrun"],
                self[f"clock.{each.id}.overrun_q90"],
            )
            for each in self.scenario.procedure.clocks
        }

    @property
    def pools(self) -> Mapping[str, Staffing]:
        """The pools, in the order of the scenario."""
        return {
            each.id: Staffing(
                each.size,
                self[f"pool.{each.id}.utilisation"],
                self[f"pool.{each.id}.wait"],
                self[f"pool.{each.id}.queue"],
            )
            for each in self.scenario.pools
        }

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON values; the schema is named in `schema`."""
        return {
            "schema": SCHEMA,
            "version": self.version,
            "scenario": self.scenario.id,
            "procedure": self.scenario.procedure.id,
            "readings": dict(self.scenario.readings),
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "counted_from": self.counted_from.isoformat(),
            "years": self.scenario.years,
            "warm_up": self.scenario.warm_up,
            "calendar": self.calendar,
            "estimated": self.estimated,
            "replications": self.replications,
            "seed": self.seed,
            "level": self.level,
            "cases": self.cases,
            "events": self.events,
            "pools": {pool.id: pool.size for pool in self.scenario.pools},
            "notes": [
                {"what": note.what, "kind": note.kind, "text": note.text}
                for note in self.scenario.notes
            ],
            "estimates": {name: each.to_dict() for name, each in self.estimates.items()},
            "samples": {name: [_number(v) for v in each] for name, each in self.samples.items()},
            "backlog": self.backlog.to_dict(),
            "oldest": None if self.oldest is None else self.oldest.to_dict(),
            "warm_up_mser5": None if self.warm_up_found is None else self.warm_up_found.to_dict(),
            "precision": None if self.precision is None else self.precision.to_dict(),
        }

    def columns(self) -> dict[str, list[str | float | int]]:
        """Return the estimates as columns, one row for each indicator."""
        found = self.estimates
        return {
            "indicator": list(found),
            "mean": [each.mean for each in found.values()],
            "low": [each.low for each in found.values()],
            "high": [each.high for each in found.values()],
            "replications": [each.replications for each in found.values()],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return the estimates as a table of pandas, one row for each indicator.

        Raises:
            InvalidInput: pandas is not installed.
        """
        return to_pandas(self.columns())

    def to_arrow(self) -> pa.Table:
        """Return the estimates as a table of Arrow, one row for each indicator.

        Raises:
            InvalidInput: pyarrow is not installed.
        """
        return to_arrow(self.columns())

    def _durations(self, name: str) -> Durations:
        return Durations(*(self[f"{name}.{statistic}"] for statistic in STATISTICS))

    def _group(self, name: str) -> Group:
        working, calendar = self._durations(f"{name}.working"), self._durations(f"{name}.calendar")
        return Group(self[f"{name}.share"], working, calendar)


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
