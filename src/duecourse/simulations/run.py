"""Running scenarios: replications, workers, comparisons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput
from duecourse.simulations.engines import Engine, choose
from duecourse.simulations.execute import Batch, log_of, processes
from duecourse.simulations.gather import made_comparison, made_result
from duecourse.simulations.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from duecourse.properties.property import Property
    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.execute import Executor
    from duecourse.simulations.log import Log
    from duecourse.simulations.measure import Sample
    from duecourse.simulations.result import Comparison, Result
    from duecourse.simulations.store import Store

    Progress = Callable[[int, int], None]


def simulate(  # noqa: PLR0913  (settings with names)
    scenario: Scenario,
    *,
    replications: int = 10,
    seed: int = 1,
    workers: int = 1,
    level: float = 0.95,
    properties: Sequence[Property] = (),
    store: Store | None = None,
    progress: Progress | None = None,
    executor: Executor = processes,
    engine: Engine | str = Engine.AUTO,
) -> Result:
    """Return what a scenario comes to, estimated over replications.

    Args:
        scenario: what is simulated.
        replications: how often; an interval needs two.
        seed: from 0 to 2^64 - 1; the same seed gives the same result, whatever the workers.
        workers: processes that share the replications; with a warning only one where the program was read from
            standard input, which other processes cannot read again.
        level: of the intervals.
        properties: what watches every case; a case that violates one stops the run.
        store: where finished replications are kept; those that it holds are not simulated again.
        progress: is told after each replication how many are done, and of how many.
        executor: who does the replications, see `duecourse.simulations.execute`.
        engine: `auto`, `simpy` or `compiled`; the result does not depend on it, see `duecourse.simulations.engines`.

    Raises:
        InvalidInput: an argument is out of its range, or the store, the cluster or the engine cannot be used.
        EngineError: a case took a step against the law or a property: an error of duecourse.
    """
    chosen = choose((scenario,), replications, engine).engine
    batch = Batch((scenario,), seed, tuple(properties), store, chosen)
    return _run(batch, replications, workers, level, progress, executor)[0]


def compare(  # noqa: PLR0913  (settings with names)
    a: Scenario,
    b: Scenario,
    *,
    replications: int = 10,
    seed: int = 1,
    workers: int = 1,
    level: float = 0.95,
    properties: Sequence[Property] = (),
    store: Store | None = None,
    progress: Progress | None = None,
    executor: Executor = processes,
    engine: Engine | str = Engine.AUTO,
) -> Comparison:
    """Return two scenarios side by side under common random numbers; arguments as in `simulate`.

    Raises:
        InvalidInput: see `simulate`.
        EngineError: see `simulate`.
    """
    first, second = simulate_all(
        (a, b),
        replications=replications,
        seed=seed,
        workers=workers,
        level=level,
        properties=properties,
        store=store,
        progress=progress,
        executor=executor,
        engine=engine,
    )
    return made_comparison(first, second)


def simulate_all(  # noqa: PLR0913  (settings with names)
    scenarios: Sequence[Scenario],
    *,
    replications: int = 10,
    seed: int = 1,
    workers: int = 1,
    level: float = 0.95,
    properties: Sequence[Property] = (),
    store: Store | None = None,
    progress: Progress | None = None,
    executor: Executor = processes,
    engine: Engine | str = Engine.AUTO,
) -> tuple[Result, ...]:
    """Return the results of several scenarios under common random numbers; see `simulate`.

    Raises:
        InvalidInput: see `compare`.
        EngineError: see `simulate`.
    """
    chosen = choose(scenarios, replications, engine).engine
    batch = Batch(tuple(scenarios), seed, tuple(properties), store, chosen)
    return _run(batch, replications, workers, level, progress, executor)


def replicate(
    scenario: Scenario,
    *,
    seed: int = 1,
    replication: int = 0,
    properties: Sequence[Property] = (),
    engine: Engine | str = Engine.AUTO,
) -> Log:
    """Return the log of one replication; it does not depend on the engine.

    Raises:
        InvalidInput: the engine cannot be used.
        EngineError: see `simulate`.
    """
    chosen = choose((scenario,), 1, engine).engine
    plan = Plan(scenario, properties)
    if chosen is Engine.COMPILED:
        from duecourse.simulations.compiled import CompiledOffice

        return CompiledOffice(plan).run(seed, replication).log()
    return log_of(plan, seed, replication)


def _run(  # noqa: PLR0913, PLR0917  (settings with names)
    batch: Batch,
    replications: int,
    workers: int,
    level: float,
    progress: Progress | None,
    executor: Executor,
) -> tuple[Result, ...]:
    for name, value in (("replications", replications), ("workers", workers)):
        if value < 1:
            raise InvalidInput(f"{name} = {value}: at least 1 is needed")
    if not 0 <= batch.seed < 2**64:
        raise InvalidInput(f"seed = {batch.seed}: it goes from 0 to 2^64 - 1")
    if not 0 < level < 1:
        raise InvalidInput(f"level = {level}: it lies between 0 and 1, such as 0.95")
    if batch.store is not None:
        batch.store.opened(make=True)
    count = len(batch.scenarios)
    jobs = [(index, number) for number in range(replications) for index in range(count)]
    samples: list[Sample] = []
    with executor(batch, min(workers, len(jobs))) as run:
        for sample in run(jobs):
            samples.append(sample)
            if progress is not None:
                progress(len(samples), len(jobs))
    return tuple(
        made_result(scenario, samples[index::count], seed=batch.seed, level=level)
        for index, scenario in enumerate(batch.scenarios)
    )
