"""Who does the replications: an executor gives the samples of jobs in their order, whoever does them.

`processes` is the one for a single machine, `on` the one for a cluster that is there already. Who does a job, and when,
changes nothing: every replication has its own random numbers. one is simulated in `Worker.sample` alone.
"""

from __future__ import annotations

import pickle
import sys
import tempfile
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duecourse.errors import InvalidInput
from duecourse.simulations.engines import Engine
from duecourse.simulations.measure import Sample, measure
from duecourse.simulations.plan import Plan
from duecourse.simulations.process import Office

if TYPE_CHECKING:
    from duecourse.properties.property import Property
    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.compiled import CompiledOffice
    from duecourse.simulations.kept import Kept
    from duecourse.simulations.log import Log
    from duecourse.simulations.store import Store

Job = tuple[int, int]
"""One replication: the place of its scenario in the batch, and its number."""

Run = Callable[[Sequence[Job]], Iterator[Sample]]
"""Gives the samples of jobs, in their order."""

DASK = "dask://"
"""How the address of a dask cluster begins."""

PATIENCE = 10
"""Seconds within which a cluster has to answer."""

READY = 16
"""Scenarios that a worker holds ready to run; each takes some megabytes."""


@dataclass(frozen=True)
class Batch:
    """What every worker has to know.

    Attributes:
        scenarios: what jobs refer to by place.
        seed: the root of all random numbers.
        properties: what watches every case.
        store: where finished replications are kept; those that it holds are not simulated again.
        engine: what simulates, as `duecourse.simulations.engines.choose` says.
    """

    scenarios: tuple[Scenario, ...]
    seed: int
    properties: tuple[Property, ...] = ()
    store: Store | None = None
    engine: Engine = Engine.SIMPY


Executor = Callable[[Batch, int], AbstractContextManager[Run]]
"""Gets a batch and how many workers share it."""


def storing(store: Store, executor: Executor) -> Executor:
    """Return an executor that keeps what another one does in a store, and does not do again what that holds.

    Raises:
        InvalidInput: when it is used, the store cannot be.
    """
    return lambda batch, workers: executor(replace(batch, store=store.opened(make=True)), workers)


def log_of(plan: Plan, seed: int, replication: int) -> Log:
    """Return the log of one replication, from the reference engine.

    Raises:
        EngineError: a case took a step against the law or a property: an error of duecourse.
    """
    return Office(plan, seed, replication).run()


class Worker:
    """The replications of one process; plans are made when they are first needed, and the latest are kept."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.plans: OrderedDict[int, Plan] = OrderedDict()
        self.offices: dict[int, CompiledOffice] = {}
        self.stored: dict[int, Kept | None] = {}

    def sample(self, job: Job) -> Sample:
        """Return what one replication gave, now or when it was put into the store."""
        index, replication = job
        kept = self.kept(index)
        found = None if kept is None else kept.sample(replication)
        if found is not None:
            return found
        if self.batch.engine is not Engine.SIMPY:
            return self.compiled(index, replication, kept)
        plan = self.plan(index)
        log = log_of(plan, self.batch.seed, replication)
        found = measure(log, plan.scenario)
        if kept is not None:
            kept.commit(log, plan.scenario, found)
        return found

    def compiled(self, index: int, replication: int, kept: Kept | None) -> Sample:
        """Return what one replication gives on the compiled engine; events are made of it only if they are kept."""
        from duecourse.simulations.measure_lines import measured

        scenario = self.batch.scenarios[index]
        office = self.office(index)
        told = office.lines if kept is None else office.run
        records = told(self.batch.seed, replication)
        found = measured(records, scenario)
        if kept is not None:
            kept.commit(records.log(), scenario, found)
        return found

    def plan(self, index: int) -> Plan:
        """Return a scenario made ready to run."""
        if index not in self.plans:
            scenario, properties = self.batch.scenarios[index], self.batch.properties
            like = next((each for each in self.plans.values() if each.under(scenario)), None)
            self.plans[index] = Plan(scenario, properties, like)
        self.plans.move_to_end(index)
        if len(self.plans) > READY:
            oldest, _ = self.plans.popitem(last=False)
            self.offices.pop(oldest, None)
        return self.plans[index]

    def office(self, index: int) -> CompiledOffice:
        """Return the compiled engine with a scenario; what one replication teaches it serves the next."""
        plan = self.plan(index)
        if index not in self.offices:
            from duecourse.simulations.recursion import office_of

            like = next(reversed(self.offices.values()), None)
            self.offices[index] = office_of(plan, self.batch.engine, like)
        return self.offices[index]

    def kept(self, index: int) -> Kept | None:
        """Return where the replications of a scenario are kept, if they are."""
        if index not in self.stored:
            scenario, seed, store = self.batch.scenarios[index], self.batch.seed, self.batch.store
            self.stored[index] = None if store is None else store.run(scenario, seed)
        return self.stored[index]


@contextmanager
def processes(batch: Batch, workers: int) -> Iterator[Run]:
    """Do jobs in this process, or in several that stay for the whole context."""
    if workers > 1 and not _main_can_be_read_again():
        message = (
            "one worker does all: the others would read the program again, and it stands in no file"
        )
        warnings.warn(message, RuntimeWarning, stacklevel=3)
        workers = 1
    if workers == 1:
        worker = Worker(batch)
        yield lambda jobs: map(worker.sample, jobs)
        return
    from joblib import parallel_config

    packed = pickle.dumps(batch)
    name = sha256(packed).hexdigest()
    with tempfile.TemporaryDirectory(prefix="duecourse-") as folder:
        # A batch of many scenarios is megabytes: workers read it once, rather than with every job. Many such messages
        # leave so much memory behind in a worker that joblib takes it to leak, and stops it in the middle of the work.
        file = Path(folder, name)
        file.write_bytes(packed)
        # Fresh processes inherit neither threads nor state, on every system.
        with parallel_config("loky", n_jobs=workers):
            yield _shared(name, file)


def on(address: str) -> Executor:
    """Return the executor that hands all jobs to the workers of a dask cluster.

    They are as many as it has, with this version of duecourse; a store must lie where they all see it.

    Args:
        address: such as `dask://scheduler:8786`.

    Raises:
        InvalidInput: the address has another form.
    """
    if not address.startswith(DASK) or ":" not in address.removeprefix(DASK):
        raise InvalidInput(
            f'"{address[:80]}" is no cluster; write {DASK}HOST:PORT, as `dask scheduler` shows it'
        )

    @contextmanager
    def cluster(batch: Batch, workers: int) -> Iterator[Run]:
        del workers  # the cluster says how many there are
        from joblib import parallel_config

        packed = pickle.dumps(batch)
        with (
            _client(address) as client,
            parallel_config("dask", client=client, wait_for_workers_timeout=PATIENCE),
        ):
            yield _shared(sha256(packed).hexdigest(), packed)

    return cluster


@contextmanager
def _client(address: str) -> Iterator[object]:
    """Give a connection to a dask cluster."""
    try:
        from distributed import Client
    except ImportError:
        raise InvalidInput(f"{address} needs dask: pip install 'duecourse[cluster]'") from None
    try:
        place = address.removeprefix(DASK)
        connect: Callable[..., Any] = Client
        client = connect(f"tcp://{place}", timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        message = f"{address} does not answer ({reason}); is `dask scheduler` running there?"
        raise InvalidInput(message) from None
    try:
        yield client
    finally:
        client.close()


def _shared(name: str, batch: bytes | Path) -> Run:
    """Return how jobs are done by whomever joblib is set to; `batch` is packed, or the file in which it is."""
    from joblib import Parallel, delayed

    def run(jobs: Sequence[Job]) -> Iterator[Sample]:
        each = delayed(_sample)
        yield from Parallel(return_as="generator", batch_size=1)(
            each(name, batch, job) for job in jobs
        )

    return run


def _main_can_be_read_again() -> bool:
    """Return whether a fresh process can import the main module, as it must where that has a file: `-` has `<stdin>`."""
    main = sys.modules["__main__"]
    file = getattr(main, "__file__", None)
    return getattr(main, "__spec__", None) is not None or file is None or Path(file).exists()


_here: dict[str, Worker] = {}


def _sample(name: str, batch: bytes | Path, job: Job) -> Sample:
    """Do a job in another process, whose worker is kept until another batch comes."""
    if name not in _here:
        _here.clear()
        packed = batch if isinstance(batch, bytes) else batch.read_bytes()
        _here[name] = Worker(pickle.loads(packed))  # noqa: S301  (what this program packed)
    return _here[name].sample(job)
