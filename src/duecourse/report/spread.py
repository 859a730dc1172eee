"""How long single cases take: quantiles over the cases of some replications, to each outcome, under each limit and in each stage."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
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
        stages: in a stage, all visits of a case together, of the cases that ended.
        replications: over the cases of how many.
    """

    outcomes: Mapping[str, Quantiles]
    clocks: Mapping[str, Quantiles]
    replications: int
    stages: Mapping[str, Quantiles] = field(default_factory=dict)


def spread(scenario: Scenario, logs: Iterable[Log]) -> Spread:
    """Return the quantiles of what ended after the warm-up, pooled over replications."""
    found = _Durations(scenario)
    count = 0
    for log in logs:
        found.collect(log)
        count += 1
    return Spread(
        _quantiles(found.outcomes), _quantiles(found.clocks), count, _quantiles(found.stages)
    )


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
        self.stages: dict[str, list[float]] = defaultdict(list)

    def collect(self, log: Log) -> None:
        """Add what ended after the warm-up in one replication."""
        counted = log.days.since_start(self.warm_up)
        arrived: dict[int, float] = {}
        starts = _Starts()
        since: dict[int, float] = {}
        stays: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for event in log.events:
            case = event.case
            if event.event in {"arrival", "docket"}:  # of an arrival the value is 0
                arrived[case], since[case] = event.time - event.value, event.time
            elif event.event == "stop":
                began = starts.stop(case, event.subject, event.time)
                if began is not None and event.time >= counted:
                    self.clocks[event.subject].append(event.time - began)
            elif event.event == "step":
                for clock in self.starting.get(event.step, ()):
                    starts.start(case, clock, event.time)
                if event.stage == event.to or event.stage in self.finals:
                    continue
                stays[case][event.stage] += event.time - since[case]
                since[case] = event.time
                if event.to in self.finals and event.time >= counted:
                    outcome = self.named.get((event.step, event.stage), "")
                    self.outcomes[outcome].append(event.time - arrived[case])
                    for stage, stay in stays.pop(case).items():
                        self.stages[stage].append(stay)


class _Starts:
    """When the clocks of cases started, from the steps that can start them.

    A step that can start a clock under another reading only is followed by one that does, or by no stop.
    """

    def __init__(self) -> None:
        self.last: dict[tuple[int, str], float] = {}
        self.before: dict[tuple[int, str], float] = {}

    def start(self, case: int, clock: str, time: float) -> None:
        """Note a step that can start a clock."""
        if (case, clock) in self.last:
            self.before[case, clock] = self.last[case, clock]
        self.last[case, clock] = time

    def stop(self, case: int, clock: str, time: float) -> float | None:
        """Return when the clock that stops now started, None where it ran already at the start of the run.

        A step may stop it and start it anew.
        """
        if (case, clock) not in self.last:
            return None
        began, before = self.last[case, clock], self.before.pop((case, clock), None)
        return before if before is not None and began == time else began


def _quantiles(found: Mapping[str, list[float]]) -> dict[str, Quantiles]:
    result = {}
    for name, days in found.items():
        ordered = sorted(days)
        if len(ordered) >= FEW:
            values = tuple(quantile(ordered, level) for level in LEVELS)
            result[name] = Quantiles(values, len(ordered))
    return result
