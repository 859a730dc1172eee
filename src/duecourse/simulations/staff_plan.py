"""Running the search for a staffing: its candidates as scenarios, its replications by an executor."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from duecourse.errors import InvalidInput, nearest
from duecourse.simulations.engines import Engine, Wanted, choose
from duecourse.simulations.execute import Batch, processes
from duecourse.simulations.staffing import Plan, Search

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from duecourse.properties.property import Property
    from duecourse.simulations.execute import Executor, Run
    from duecourse.simulations.experiment import Demand, Experiment
    from duecourse.simulations.staffing import Sizes, Staffing

    Progress = Callable[[int, int], None]

SCHEMA = "duecourse/staffing/1"

FRESH = 1_000_000
"""The number of the first replication that the search has not seen."""


@dataclass(frozen=True)
class StaffPlan:
    """A staffing that was searched: the experiment and what was found."""

    experiment: Experiment
    plan: Plan

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON values; the schema is named in `schema`."""
        from duecourse import __version__

        plan, experiment = self.plan, self.experiment
        return {
            "schema": SCHEMA,
            "version": __version__,
            "experiment": experiment.id,
            "scenario": experiment.scenarios[0].id,
            "seed": experiment.seed,
            "level": plan.level,
            "targets": [
                {"indicator": t.indicator, "at_most": t.at_most, "tolerance": t.tolerance}
                for t in plan.targets
            ],
            "pools": {
                each.pool: {
                    "from": each.low,
                    "to": each.high,
                    "cost": each.cost,
                    "load": load.to_dict(),
                }
                for each, load in zip(plan.ranges, plan.load, strict=True)
            },
            "best": None if plan.best is None else self.staffing(plan.best),
            "tied": plan.tied,
            "selected": plan.selected,
            "monotone": plan.monotone,
            "grid": {
                "staffings": plan.count,
                "simulated": len(plan.simulated),
                "work_does_not_fit": plan.too_small,
                "ruled_out": plan.ruled_out,
                "dearer": plan.dearer,
            },
            "error_of_one_test": plan.error,
            "replications": plan.total,
            "simulated": [self.staffing(each) for each in plan.simulated],
        }

    def staffing(self, each: Staffing) -> dict[str, Any]:
        """Return one staffing as JSON values."""
        pools = [found.pool for found in self.plan.ranges]
        names = [target.indicator for target in self.plan.targets]
        return {
            "pools": dict(zip(pools, each.sizes, strict=True)),
            "cost": each.cost,
            "answer": each.answer.value,
            "replications": each.replications,
            "estimates": {
                name: found.to_dict() for name, found in zip(names, each.estimates, strict=True)
            },
        }


def plan_staff(  # noqa: PLR0913  (settings with names)
    experiment: Experiment,
    *,
    workers: int = 1,
    properties: Sequence[Property] = (),
    progress: Progress | None = None,
    executor: Executor = processes,
    engine: Wanted = Engine.AUTO,
) -> StaffPlan:
    """Return the cheapest staffing that meets the targets of an experiment.

    Args:
        experiment: of the kind `staffing`.
        workers: processes that share the replications; the result does not depend on them.
        properties: what watches every case.
        progress: is told how many replications are done; of how many, nobody knows before the end.
        executor: who does the replications.
        engine: see `duecourse.simulations.simulate`.

    Raises:
        InvalidInput: the experiment asks for something else, or a target is no indicator.
        EngineError: see `duecourse.simulations.simulate`.
    """
    demand = experiment.demand
    if demand is None:
        raise InvalidInput(f"{experiment.id} asks for no staffing: duecourse run {experiment.id}")
    base = experiment.scenarios[0]
    search = Search(
        ranges=demand.ranges,
        targets=demand.targets,
        values=lambda _, __: (),
        level=experiment.level,
        first=demand.first,
        at_most=demand.at_most,
    )
    names = [each.pool for each in demand.ranges]
    scenarios = tuple(base.staffed(**dict(zip(names, each, strict=True))) for each in search.grid)
    chosen = choose((base,), demand.at_most, engine).engine
    batch = Batch(scenarios, experiment.seed, tuple(properties), engine=chosen)
    with executor(batch, workers) as run:
        cache = _Cache(run, {sizes: at for at, sizes in enumerate(search.grid)}, progress)
        cache.values(search.grid[-1], demand.first)
        _check(demand, cache)
        search.values = cache.values
        search.fresh = lambda sizes, number: cache.fresh(sizes, number, demand.targets[0].indicator)
        plan = search.run()
    return StaffPlan(experiment, replace(plan, total=cache.done))


def _check(demand: Demand, cache: _Cache) -> None:
    """Refuse a target that is no indicator."""
    known = next(iter(cache.runs.values()))[0]
    for target in demand.targets:
        if target.indicator not in known:
            hint = nearest(target.indicator, known)
            raise InvalidInput(f'a target has no indicator "{target.indicator}"{hint}')


@dataclass
class _Cache:
    """Replications by staffing: each is simulated once."""

    run: Run
    places: dict[Sizes, int]
    progress: Progress | None
    runs: dict[Sizes, list[dict[str, float]]] = field(default_factory=dict)
    unseen: dict[tuple[Sizes, int], dict[str, float]] = field(default_factory=dict)
    done: int = 0

    def values(self, sizes: Sizes, count: int) -> Sequence[dict[str, float]]:
        """Return the indicators of at least so many replications."""
        runs = self.runs.setdefault(sizes, [])
        jobs = [(self.places[sizes], number) for number in range(len(runs), count)]
        for sample in self.run(jobs) if jobs else ():
            runs.append(sample.values)
            self.tell()
        return runs

    def fresh(self, sizes: Sizes, number: int, indicator: str) -> float:
        """Return an indicator of a replication that the search has not seen."""
        if (sizes, number) not in self.unseen:
            (sample,) = self.run([(self.places[sizes], FRESH + number)])
            self.unseen[sizes, number] = sample.values
            self.tell()
        return self.unseen[sizes, number][indicator]

    def tell(self) -> None:
        """Tell how many replications are done."""
        self.done += 1
        if self.progress is not None:
            self.progress(self.done, 0)
