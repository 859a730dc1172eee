"""Running scenarios: replications, precision, comparisons."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput
from duecourse.simulations.engines import Engine, Wanted, choose
from duecourse.simulations.execute import Batch, log_of, processes
from duecourse.simulations.gather import days_of, made_comparison, made_result
from duecourse.simulations.plan import Plan
from duecourse.simulations.precision import Precision, next_size, reached

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from duecourse.properties.property import Property
    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.comparison import Comparison
    from duecourse.simulations.execute import Executor, Run
    from duecourse.simulations.log import Log
    from duecourse.simulations.measure import Sample
    from duecourse.simulations.precision import Reached
    from duecourse.simulations.result import Result
    from duecourse.simulations.store import Store

    Progress = Callable[[int, int], None]


def simulate(  # noqa: PLR0913  (settings with names)
    scenario: Scenario,
    *,
    replications: int = 10,
    precision: float | Precision | None = None,
    seed: int = 1,
    workers: int = 1,
    level: float = 0.95,
    properties: Sequence[Property] = (),
    store: Store | None = None,
    progress: Progress | None = None,
    executor: Executor = processes,
    engine: Wanted = Engine.AUTO,
) -> Result:
    """Return what a scenario comes to, estimated over replications.

    Args:
        scenario: what is simulated.
        replications: how often; an interval needs two.
        precision: instead of `replications`, how narrow the intervals have to be: as many replications
            as that takes, see `duecourse.simulations.precision`.
        seed: from 0 to 2^64 - 1; the same seed gives the same result, whatever the workers.
        workers: processes that share the replications; with a warning only one where the program was read from
            standard input, which other processes cannot read again.
        level: of the intervals.
        properties: what watches every case; a case that violates one stops the run.
        store: where finished replications are kept; those that it holds are not simulated again.
        progress: is told after each replication how many are done, and of how many.
        executor: who does the replications, see `duecourse.simulations.execute`.
        engine: `auto`, `simpy`, `compiled` or `recursion`; the result does not depend on it, see `duecourse.simulations.engines`.

    Raises:
        InvalidInput: an argument is out of its range, or the store, the cluster or the engine cannot be used.
        EngineError: a case took a step against the law or a property: an error of duecourse.
    """
    asked = _precision(precision)
    chosen = choose((scenario,), asked.at_most if asked else replications, engine).engine
    batch = Batch((scenario,), seed, tuple(properties), store, chosen)
    if asked is None:
        return _run(
            batch,
            replications=replications,
            workers=workers,
            level=level,
            progress=progress,
            executor=executor,
        )[0]
    _check(1, workers, seed, level)
    samples: list[Sample] = []
    _open(batch)
    with executor(batch, workers) as run:
        found = _grown(run, samples, asked.pilot, asked=asked, level=level, progress=progress)
        while (size := next_size(found)) > len(samples):
            found = _grown(run, samples, size, asked=asked, level=level, progress=progress)
    result = made_result(scenario, samples, seed=seed, level=level)
    return replace(result, precision=found)


def extend(  # noqa: PLR0913  (settings with names)
    result: Result,
    *,
    replications: int = 10,
    workers: int = 1,
    properties: Sequence[Property] = (),
    store: Store | None = None,
    progress: Progress | None = None,
    executor: Executor = processes,
    engine: Wanted = Engine.AUTO,
) -> Result:
    """Return a result with more replications; those that it has are kept, and not run again.

    The result of 10 replications and 10 more is that of 20. Arguments as in `simulate`.

    Raises:
        InvalidInput, EngineError: see `simulate`.
    """
    scenario = result.scenario
    chosen = choose((scenario,), replications, engine).engine
    batch = Batch((scenario,), result.seed, tuple(properties), store, chosen)
    _check(replications, workers, result.seed, result.level)
    done = len(result.runs)
    samples = list(result.runs)
    _open(batch)
    with executor(batch, workers) as run:
        _add(run, samples, [(0, number) for number in range(done, done + replications)], progress)
    return made_result(scenario, samples, seed=result.seed, level=result.level)


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
    engine: Wanted = Engine.AUTO,
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
    engine: Wanted = Engine.AUTO,
) -> tuple[Result, ...]:
    """Return the results of several scenarios under common random numbers; see `simulate`.

    Raises:
        InvalidInput: see `compare`.
        EngineError: see `simulate`.
    """
    chosen = choose(scenarios, replications, engine).engine
    batch = Batch(tuple(scenarios), seed, tuple(properties), store, chosen)
    return _run(
        batch,
        replications=replications,
        workers=workers,
        level=level,
        progress=progress,
        executor=executor,
    )


def warmed_up(  # noqa: PLR0913  (settings with names)
    scenario: Scenario,
    *,
    seed: int = 1,
    workers: int = 1,
    replications: int = 10,
    progress: Progress | None = None,
    executor: Executor = processes,
) -> Scenario:
    """Return a scenario with the warm-up that MSER-5 finds in so many replications of it.

    Raises:
        InvalidInput: the backlog does not settle within the first half of the run.
    """
    found = simulate(
        scenario,
        replications=replications,
        seed=seed,
        workers=workers,
        progress=progress,
        executor=executor,
    ).warm_up_found
    assert found is not None
    if not found.settled:
        raise InvalidInput(
            f"MSER-5 finds no end of the warm-up of {scenario.id}: the backlog has not settled within the first half of "
            f"{scenario.years:g} years; simulate more years, or look whether the office keeps up at all"
        )
    return scenario.lasting(scenario.years, found.days / days_of(scenario).per_year)


def replicate(
    scenario: Scenario,
    *,
    seed: int = 1,
    replication: int = 0,
    properties: Sequence[Property] = (),
    engine: Wanted = Engine.AUTO,
) -> Log:
    """Return the log of one replication; it does not depend on the engine.

    Raises:
        InvalidInput: the engine cannot be used.
        EngineError: see `simulate`.
    """
    chosen = choose((scenario,), 1, engine).engine
    plan = Plan(scenario, properties)
    if chosen is not Engine.SIMPY:
        from duecourse.simulations.recursion import office_of

        return office_of(plan, chosen).run(seed, replication).log()
    return log_of(plan, seed, replication)


def _run(  # noqa: PLR0913  (settings with names)
    batch: Batch,
    *,
    replications: int,
    workers: int,
    level: float,
    progress: Progress | None,
    executor: Executor,
) -> tuple[Result, ...]:
    _check(replications, workers, batch.seed, level)
    # one scenario after the other: what is made ready for it is needed once
    jobs = [(at, number) for at in range(len(batch.scenarios)) for number in range(replications)]
    samples: list[Sample] = []
    _open(batch)
    with executor(batch, min(workers, len(jobs))) as run:
        _add(run, samples, jobs, progress)
    return tuple(
        made_result(
            scenario,
            samples[at * replications : (at + 1) * replications],
            seed=batch.seed,
            level=level,
        )
        for at, scenario in enumerate(batch.scenarios)
    )


def _grown(  # noqa: PLR0913  (settings with names)
    run: Run,
    samples: list[Sample],
    size: int,
    *,
    asked: Precision,
    level: float,
    progress: Progress | None,
) -> Reached:
    """Add the replications up to `size`, and return how precise all are."""
    _add(run, samples, [(0, number) for number in range(len(samples), size)], progress)
    return reached(samples, asked, level)


def _add(
    run: Run, samples: list[Sample], jobs: list[tuple[int, int]], progress: Progress | None
) -> None:
    total = len(samples) + len(jobs)
    for sample in run(jobs):
        samples.append(sample)
        if progress is not None:
            progress(len(samples), total)


def _precision(asked: float | Precision | None) -> Precision | None:
    return asked if asked is None or isinstance(asked, Precision) else Precision(asked)


def _open(batch: Batch) -> None:
    """Make the store of a batch, if it has one that is not there yet."""
    if batch.store is not None:
        batch.store.opened(make=True)


def _check(replications: int, workers: int, seed: int, level: float) -> None:
    """Refuse settings out of their range."""
    for name, value in (("replications", replications), ("workers", workers)):
        if value < 1:
            raise InvalidInput(f"{name} = {value}: at least 1 is needed")
    if not 0 <= seed < 2**64:
        raise InvalidInput(f"seed = {seed}: it goes from 0 to 2^64 - 1")
    if not 0 < level < 1:
        raise InvalidInput(f"level = {level}: it lies between 0 and 1, such as 0.95")
