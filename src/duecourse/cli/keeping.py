"""Where a simulation keeps its replications, where its tables go, and who and what does the work."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput
from duecourse.simulations.execute import on as cluster
from duecourse.simulations.execute import processes, storing
from duecourse.simulations.parquet import SUFFIXES, written_as
from duecourse.simulations.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.simulations.execute import Executor
    from duecourse.simulations.kept import What
    from duecourse.simulations.result import Result


@dataclass(frozen=True)
class Keeping:
    """What the options `--store`, `--log`, `--cases`, `--on`, `--engine` and `--explain` say.

    Attributes:
        store: the folder that keeps every finished replication.
        log: a file for the events, or a folder for events and cases.
        cases: a file for the cases.
        on: the cluster that does the work.
        engine: what simulates.
        explain: whether to say so.
    """

    store: Path | None = None
    log: Path | None = None
    cases: Path | None = None
    on: str | None = None
    engine: str = "auto"
    explain: bool = False

    @property
    def executor(self) -> Executor:
        """Who does the replications, and keeps them where a store is asked for.

        Raises:
            InvalidInput: the address of the cluster has another form.
        """
        found = processes if self.on is None else cluster(self.on)
        return found if self.store is None else storing(Store(self.store), found)

    @property
    def tables(self) -> dict[Path, What]:
        """Which table goes to which file."""
        found: dict[Path, What] = {}
        if self.log is not None and self.log.suffix.lower() in SUFFIXES:
            found[self.log] = "events"
        elif self.log is not None:
            found = {self.log / "events.parquet": "events", self.log / "cases.parquet": "cases"}
        if self.cases is not None:
            found[self.cases] = "cases"
        return found

    @contextmanager
    def opened(self) -> Iterator[Store | None]:
        """Give the store: the one that is asked for, or one for the time being if tables are.

        Raises:
            InvalidInput: the store or a file cannot be used; nothing was simulated yet.
        """
        self._check()
        if self.store is not None:
            yield Store(self.store).opened(make=True)
        elif self.tables:
            with TemporaryDirectory(prefix="duecourse-") as folder:
                yield Store(Path(folder)).opened(make=True)
        else:
            yield None

    def export(self, store: Store, result: Result) -> None:
        """Write the tables that are asked for.

        Raises:
            InvalidInput: a file cannot be written.
        """
        if not self.tables:
            return
        kept = store.run(result.scenario, result.seed)
        for path, what in self.tables.items():
            kept.export(path, what, range(result.replications))

    def _check(self) -> None:
        if self.log is not None and self.log.suffix.lower() not in SUFFIXES:
            if self.log.suffix or self.log.is_file() or not self.log.parent.is_dir():
                raise InvalidInput(
                    f"cannot write {self.log}: name a .parquet or .csv file, or a folder for both tables, in a folder that exists"
                )
            self.log.mkdir(exist_ok=True)
        for path in self.tables:
            written_as(path)
            if not path.parent.is_dir() or path.is_dir():
                raise InvalidInput(f"cannot write {path}: name a file in a folder that exists")
