"""Running scenarios: replications, workers, comparisons."""

from __future__ import annotations

import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput
from duecourse.simulations.gather import made_comparison, made_result
from duecourse.simulations.measure import measure
from duecourse.simulations.plan import Plan
from duecourse.simulations.process import Office

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from duecourse.properties.property import Property
    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.log import Log
    from duecourse.simulations.measure import Sample
    from duecourse.simulations.result import Comparison, Result

    Progress = Callable[[int, int], None]


def simulate(  # noqa: PLR0913  (settings with names)
    scenario: Scenario,
    *,
    replications: int = 10,
    seed: int = 1,
    workers: int = 1,
    level: float = 0.95,
    properties: Sequence[Property] = (),
    logs: Path | None = None,
    progress: Progress | None = None,
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
        logs: a folder for the log of each replication, as `SCENARIO-NUMBER.csv`.
        progress: is told after each replication how many are done, and of how many.

    Raises:
        InvalidInput: an argument is out of its range.
        EngineError: a case took a step against the law or a property: an error of duecourse.
    """
    settings = _Settings((scenario,), seed, tuple(properties), logs)
    return _run(settings, replications, workers, level, progress)[0]


def compare(  # noqa: PLR0913  (settings with names)
    a: Scenario,
    b: Scenario,
    *,
    replications: int = 10,
    seed: int = 1,
    workers: int = 1,
    level: float = 0.95,
    properties: Sequence[Property] = (),
    logs: Path | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Return two scenarios side by side under common random numbers; arguments as in `simulate`.

    Raises:
        InvalidInput: an argument is out of its range, or both scenarios have the same id and logs
            are asked for.
        EngineError: see `simulate`.
    """
    first, second = simulate_all(
        (a, b),
        replications=replications,
        seed=seed,
        workers=workers,
        level=level,
        properties=properties,
        logs=logs,
        progress=progress,
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
    logs: Path | None = None,
    progress: Progress | None = None,
) -> tuple[Result, ...]:
    """Return the results of several scenarios under common random numbers; see `simulate`.

    Raises:
        InvalidInput: see `compare`.
        EngineError: see `simulate`.
    """
    if logs is not None and len({each.id for each in scenarios}) < len(scenarios):
        raise InvalidInput("two scenarios with one id would write their logs into the same files")
    settings = _Settings(tuple(scenarios), seed, tuple(properties), logs)
    return _run(settings, replications, workers, level, progress)


def replicate(
    scenario: Scenario, *, seed: int = 1, replication: int = 0, properties: Sequence[Property] = ()
) -> Log:
    """Return the log of one replication.

    Raises:
        EngineError: see `simulate`.
    """
    return Office(Plan(scenario, properties), seed, replication).run()


@dataclass(frozen=True)
class _Settings:
    """What every worker has to know."""

    scenarios: tuple[Scenario, ...]
    seed: int
    properties: tuple[Property, ...]
    logs: Path | None


class _Worker:
    """The replications of one process; plans are made once and kept."""

    def __init__(self, settings: _Settings) -> None:
        self.settings = settings
        self.plans = [Plan(scenario, settings.properties) for scenario in settings.scenarios]

    def sample(self, job: tuple[int, int]) -> Sample:
        """Return what one replication (scenario, number) gave."""
        index, replication = job
        settings, plan = self.settings, self.plans[index]
        log = Office(plan, settings.seed, replication).run()
        if settings.logs is not None:
            settings.logs.mkdir(parents=True, exist_ok=True)
            path = settings.logs / f"{plan.scenario.id}-{replication:03}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                log.write_csv(file)
        return measure(log, plan.scenario)


def _run(
    settings: _Settings, replications: int, workers: int, level: float, progress: Progress | None
) -> tuple[Result, ...]:
    for name, value in (("replications", replications), ("workers", workers)):
        if value < 1:
            raise InvalidInput(f"{name} = {value}: at least 1 is needed")
    if not 0 <= settings.seed < 2**64:
        raise InvalidInput(f"seed = {settings.seed}: it goes from 0 to 2^64 - 1")
    if not 0 < level < 1:
        raise InvalidInput(f"level = {level}: it lies between 0 and 1, such as 0.95")
    worker = _Worker(settings)
    count = len(settings.scenarios)
    jobs = [(index, number) for number in range(replications) for index in range(count)]
    samples: list[Sample] = []
    for sample in _samples(worker, jobs, workers):
        samples.append(sample)
        if progress is not None:
            progress(len(samples), len(jobs))
    return tuple(
        made_result(scenario, plan.days, samples[index::count], seed=settings.seed, level=level)
        for index, (scenario, plan) in enumerate(zip(settings.scenarios, worker.plans, strict=True))
    )


def _samples(worker: _Worker, jobs: list[tuple[int, int]], workers: int) -> Iterator[Sample]:
    """Yield the samples in the order of the jobs, whoever does them."""
    workers = min(workers, len(jobs))
    if workers > 1 and not _main_can_be_read_again():
        message = (
            "one worker does all: the others would read the program again, and it stands in no file"
        )
        warnings.warn(message, RuntimeWarning, stacklevel=2)
        workers = 1
    if workers == 1:
        yield from map(worker.sample, jobs)
        return
    # A fresh process ("spawn") inherits neither threads nor state, on every system.
    with ProcessPoolExecutor(
        workers, get_context("spawn"), initializer=_begin, initargs=(worker.settings,)
    ) as pool:
        yield from pool.map(_sample, jobs)


def _main_can_be_read_again() -> bool:
    """Return whether a fresh process can import the main module, as it must where that has a file: `-` has `<stdin>`."""
    main = sys.modules["__main__"]
    file = getattr(main, "__file__", None)
    return getattr(main, "__spec__", None) is not None or file is None or Path(file).exists()


_here: list[_Worker] = []


def _begin(settings: _Settings) -> None:
    _here[:] = [_Worker(settings)]


def _sample(job: tuple[int, int]) -> Sample:
    return _here[0].sample(job)
