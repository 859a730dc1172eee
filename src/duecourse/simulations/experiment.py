"""Experiments: which scenarios are compared, how often they run and with which seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from duecourse.errors import InvalidInput
from duecourse.simulations.engines import Engine, Wanted
from duecourse.simulations.execute import processes
from duecourse.simulations.gather import made_comparison
from duecourse.simulations.measures import PLANNED, selected
from duecourse.simulations.run import simulate_all

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from duecourse.model.procedure import Label
    from duecourse.properties.property import Property
    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.comparison import Comparison
    from duecourse.simulations.execute import Executor
    from duecourse.simulations.result import Result
    from duecourse.simulations.staffing import Range, Target
    from duecourse.simulations.store import Store


SCHEMA = "duecourse/experiment/1"


class Kind(StrEnum):
    """What is asked."""

    COMPARE = "compare"
    GRID = "grid"
    SENSITIVITY = "sensitivity"
    STAFFING = "staffing"


@dataclass(frozen=True)
class Demand:
    """What a staffing has to meet, and which staffings there are; see `duecourse.simulations.staffing`.

    Attributes:
        first: replications of one staffing before the first look.
        at_most: replications of one staffing.
    """

    targets: tuple[Target, ...]
    ranges: tuple[Range, ...]
    first: int
    at_most: int


@dataclass(frozen=True)
class Experiment:
    """What is to be found out, and how.

    Attributes:
        scenarios: the first is what the others are compared with.
        replications, seed, level: see `duecourse.simulations.simulate`.
        kind: a comparison, a grid, one number at a time, or the search for a staffing.
        measures: the indicators that are told of a grid and of a sensitivity, by name or pattern.
        changes: of each scenario, the numbers by path that differ from the first one.
        demand: of a staffing.
    """

    id: str
    label: Label
    question: Label
    scenarios: tuple[Scenario, ...]
    replications: int
    seed: int
    level: float
    kind: Kind = Kind.COMPARE
    measures: tuple[str, ...] = PLANNED
    changes: tuple[Mapping[str, float], ...] = ()
    demand: Demand | None = None
    source: str = field(default="", compare=False, repr=False)

    def run(  # noqa: PLR0913  (settings with names)
        self,
        *,
        workers: int = 1,
        properties: Sequence[Property] = (),
        store: Store | None = None,
        progress: Callable[[int, int], None] | None = None,
        executor: Executor = processes,
        engine: Wanted = Engine.AUTO,
    ) -> Findings:
        """Simulate every scenario under common random numbers; arguments as in `simulate`.

        Raises:
            InvalidInput: it asks for a staffing, which `duecourse.simulations.plan_staff` searches.
        """
        if self.kind is Kind.STAFFING:
            raise InvalidInput(f"{self.id} asks for a staffing: duecourse plan {self.id}")
        results = simulate_all(
            self.scenarios,
            replications=self.replications,
            seed=self.seed,
            workers=workers,
            level=self.level,
            properties=properties,
            store=store,
            progress=progress,
            executor=executor,
            engine=engine,
        )
        comparisons = tuple(made_comparison(results[0], each) for each in results[1:])
        return Findings(self, results, comparisons)


@dataclass(frozen=True)
class Findings:
    """What an experiment gave.

    Attributes:
        results: one for each scenario.
        comparisons: the first scenario with each of the others.
    """

    experiment: Experiment
    results: tuple[Result, ...]
    comparisons: tuple[Comparison, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON values; the schema is named in `schema`."""
        experiment = self.experiment
        names = selected(experiment.measures, self.results[0].estimates)
        if experiment.kind is Kind.COMPARE:
            names = tuple(self.results[0].estimates)
        others: tuple[Comparison | None, ...] = (None, *self.comparisons)
        changed = experiment.changes or ({},) * len(self.results)
        told = zip(self.results, changed, others, strict=True)
        return {
            "schema": SCHEMA,
            "version": self.results[0].version,
            "experiment": experiment.id,
            "kind": experiment.kind.value,
            "replications": experiment.replications,
            "seed": experiment.seed,
            "level": experiment.level,
            "measures": list(names),
            "scenarios": [
                {
                    "scenario": result.scenario.id,
                    "changes": dict(changes),
                    "estimates": {
                        name: result[name].to_dict() for name in names if name in result.estimates
                    },
                    "differences": {}
                    if other is None
                    else {
                        name: other[name].to_dict() for name in names if name in other.differences
                    },
                }
                for result, changes, other in told
            ],
        }
