"""How long single cases take: quantiles over the cases of some replications, by outcome and by statutory limit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.model.compile import compile_table
from duecourse.properties.timed import ClockedGraph
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
    """The 5, 25, 50, 75 and 95 % quantiles of a duration in working days, and over how many cases."""

    values: tuple[float, ...]
    cases: int


@dataclass(frozen=True, slots=True)
class Spread:
    """How long the cases of one scenario took.

    Attributes:
        outcomes: from arrival to the end, by outcome.
        clocks: in all stages together in which the clock runs or is suspended.
        replications: over the cases of how many.
    """

    outcomes: Mapping[str, Quantiles]
    clocks: Mapping[str, Quantiles]
    replications: int


def spread(scenario: Scenario, logs: Iterable[Log]) -> Spread:
    """Return the quantiles of the durations of cases that ended after the warm-up, pooled over replications."""
    found = _Durations(scenario)
    count = 0
    for log in logs:
        found.collect(log)
        count += 1
    return Spread(_quantiles(found.outcomes), _quantiles(found.clocks), count)


def stages_under(scenario: Scenario) -> dict[str, frozenset[str]]:
    """Return the stages in which each clock runs, or is suspended, in some case."""
    graph = ClockedGraph(compile_table(scenario.procedure, scenario.readings))
    found: dict[str, set[str]] = defaultdict(set)
    for node in graph.edges:
        for clock in node.running:
            found[clock].add(graph.table.stage(node.packed))
    return {clock: frozenset(stages) for clock, stages in found.items()}


class _Durations:
    """The durations of single cases, in working days."""

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
        self.under = stages_under(scenario)
        self.outcomes: dict[str, list[float]] = defaultdict(list)
        self.clocks: dict[str, list[float]] = defaultdict(list)

    def collect(self, log: Log) -> None:
        """Add the cases of one replication."""
        counted = log.days.since_start(self.warm_up)
        arrived: dict[int, float] = {}
        since: dict[int, float] = {}
        stays: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for event in log.events:
            case = event.case
            if event.event == "arrival":
                arrived[case] = since[case] = event.time
            elif event.event == "step" and event.stage != event.to and case in since:
                stays[case][event.stage] += event.time - since[case]
                since[case] = event.time
                if event.to in self.finals:
                    del since[case]
                    if event.time >= counted:
                        outcome = self.named.get((event.step, event.stage), "")
                        self.outcomes[outcome].append(event.time - arrived[case])
                        self.note(stays[case])

    def note(self, stays: Mapping[str, float]) -> None:
        """Add how long one case stood under each limit."""
        for clock, stages in self.under.items():
            under = [days for stage, days in stays.items() if stage in stages]
            if under:
                self.clocks[clock].append(sum(under))


def _quantiles(found: Mapping[str, list[float]]) -> dict[str, Quantiles]:
    result = {}
    for name, days in found.items():
        ordered = sorted(days)
        if len(ordered) >= FEW:
            values = tuple(quantile(ordered, level) for level in LEVELS)
            result[name] = Quantiles(values, len(ordered))
    return result
