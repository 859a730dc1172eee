"""How long single cases take: quantiles over the cases of some replications, to each outcome and under each limit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.simulations.estimate import quantile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.log import Log

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
FEW = 20
"""Of fewer cases no quantiles are told: their tails would be single cases."""


@dataclass(frozen=True, slots=True)
class Quantiles:
    """The 5, 25, 50, 75 and 95 % quantiles of a duration in working days, and of how many."""

    values: tuple[float, ...]
    cases: int


@dataclass(frozen=True, slots=True)
class Spread:
    """How long the cases of one scenario took.

    Attributes:
        outcomes: from arrival to the end, by outcome.
        clocks: from the start of a clock to its stop, suspensions included.
        replications: over the cases of how many.
    """

    outcomes: Mapping[str, Quantiles]
    clocks: Mapping[str, Quantiles]
    replications: int


def spread(scenario: Scenario, logs: Iterable[Log]) -> Spread:
    """Return the quantiles of what ended after the warm-up, pooled over replications."""
    found = _Durations(scenario)
    count = 0
    for log in logs:
        found.collect(log)
        count += 1
    return Spread(_quantiles(found.outcomes), _quantiles(found.clocks), count)


class _Durations:
    """The durations of single cases and of single runs of clocks, in working days."""

    def __init__(self, scenario: Scenario) -> None:
        procedure = scenario.procedure
        self.warm_up = scenario.warm_up
        self.finals = {stage.id for stage in procedure.stages if stage.final}
        self.named = {
            (step, source): outcome.id
            for outcome in procedure.outcomes
            for step in outcome.steps
            for source in outcome.sources or procedure.step[step].sources
        }
        self.starting: dict[str, list[str]] = defaultdict(list)
        for clock in procedure.clocks:
            for on in clock.starts:
                self.starting[on.step].append(clock.id)
        self.outcomes: dict[str, list[float]] = defaultdict(list)
        self.clocks: dict[str, list[float]] = defaultdict(list)

    def collect(self, log: Log) -> None:
        """Add what ended after the warm-up in one replication."""
        counted = log.days.since_start(self.warm_up)
        arrived: dict[int, float] = {}
        started: dict[tuple[int, str], float] = {}
        for event in log.events:
            case = event.case
            if event.event == "arrival":
                arrived[case] = event.time
            elif event.event == "stop":
                # the last of the steps that can start the clock did: one under a reading that was
                # not chosen is followed by no stop
                if event.time >= counted:
                    self.clocks[event.subject].append(event.time - started[case, event.subject])
            elif event.event == "step":
                for clock in self.starting.get(event.step, ()):
                    started[case, clock] = event.time
                if (
                    event.to in self.finals
                    and event.stage not in self.finals
                    and event.time >= counted
                ):
                    outcome = self.named.get((event.step, event.stage), "")
                    self.outcomes[outcome].append(event.time - arrived[case])


def _quantiles(found: Mapping[str, list[float]]) -> dict[str, Quantiles]:
    result = {}
    for name, days in found.items():
        ordered = sorted(days)
        if len(ordered) >= FEW:
            values = tuple(quantile(ordered, level) for level in LEVELS)
            result[name] = Quantiles(values, len(ordered))
    return result
