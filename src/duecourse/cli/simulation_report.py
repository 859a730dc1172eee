"""`report`: one scenario simulated, and everything about it in one file."""

from __future__ import annotations

import shlex
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from duecourse.cli.caseload import NOTHING, watching
from duecourse.cli.docket import opened
from duecourse.cli.files import language, write
from duecourse.cli.progress import progress
from duecourse.errors import InvalidInput
from duecourse.model.library import project_root
from duecourse.properties.bounds import bounds
from duecourse.report.html_simulation import Simulated, simulation_page, simulation_tables
from duecourse.report.spread import spread
from duecourse.report.study import Input
from duecourse.report.table_csv import table_columns, table_csv
from duecourse.shipped import shipped
from duecourse.simulations import replicate, simulate
from duecourse.simulations.gather import days_of
from duecourse.simulations.parquet import write as write_parquet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.cli.keeping import Keeping
    from duecourse.scenarios import Scenario

LOOKED_INTO = 3
"""Of so many replications the single cases are kept, for the plots of their durations."""


def reported(
    name: str,
    replications: int,
    seed: int,
    workers: int,
    years: float | None,
    lang: str,
    output: Path,
    data: Path | None,
    keeping: Keeping = NOTHING,
    start: str | None = None,
    docket: Path | None = None,
) -> Iterator[Path]:
    """Simulate, write the report and the data, and yield what was written.

    Raises:
        InvalidInput: the scenario, an option, or a place to write to cannot be used.
    """
    tongue = language(lang)
    if not output.parent.is_dir() or output.is_dir():
        raise InvalidInput(f"cannot write {output}: name a file in a folder that exists")
    if data is not None and (not data.parent.is_dir() or data.is_file()):
        raise InvalidInput(f"cannot write to {data}: name a folder in a folder that exists")
    chosen = opened(name, years, start, docket, None)
    typed = command(name, replications, seed, years, start, docket)
    told = simulated(chosen, replications, seed, workers, typed, keeping)
    write(output, simulation_page(told, tongue))
    yield output
    if data is not None:
        yield from _data(told, data)


def simulated(
    scenario: Scenario,
    replications: int,
    seed: int,
    workers: int,
    typed: str,
    keeping: Keeping = NOTHING,
) -> Simulated:
    """Return what there is to report."""
    watched = watching(scenario)
    with progress("simulating") as tell:
        result = simulate(
            scenario,
            replications=replications,
            seed=seed,
            workers=workers,
            properties=watched,
            progress=tell,
            executor=keeping.executor,
        )
    count = min(LOOKED_INTO, replications)
    logs = [replicate(scenario, seed=seed, replication=number) for number in range(count)]
    return Simulated(
        result=result,
        bounds=bounds(scenario.procedure, scenario.readings),
        spread=spread(scenario, logs),
        log=logs[0],
        inputs=tuple(inputs(scenario)),
        command=typed,
    )


def command(
    name: str,
    replications: int,
    seed: int,
    years: float | None,
    start: str | None = None,
    docket: Path | None = None,
) -> str:
    """Return what to type to get the same report; a file goes by its name, wherever it lies."""
    shown = name.replace("\\", "/").rpartition("/")[2] if name.endswith(".toml") else name
    parts = ["duecourse", "report", shown, "--replications", str(replications), "--seed", str(seed)]
    parts += () if years is None else ("--years", f"{years:g}")
    parts += () if start is None else ("--start", start)
    parts += () if docket is None else ("--docket", docket.name)
    return shlex.join(parts)


def inputs(scenario: Scenario) -> Iterator[Input]:
    """Yield the files behind a scenario: its own, those of its procedure, its docket and its calendar."""
    procedure = scenario.procedure
    elements = (*procedure.stages, *procedure.steps, *procedure.clocks, *procedure.readings)
    files = sorted({each.place.file for each in elements})
    yield Input(
        f"scenarios/{_base(scenario.file)}", _hash(scenario.source.encode()), scenario.source
    )
    for file, text in scenario.files:
        yield Input(f"scenarios/{_base(file)}", _hash(text.encode()))
    for path in map(Path, files):
        if path.is_file():
            yield Input(_shown(path), _hash(path.read_bytes()))
    docket = scenario.docket and Path(scenario.docket.source)
    if docket:
        for path in sorted(docket.glob("*.toml")) if docket.is_dir() else (docket,):
            yield Input(_shown(path), _hash(path.read_bytes()))
    for name in days_of(scenario).calendar.sources:
        came = shipped().joinpath(*name.split("/"))
        content = (came if came.is_file() else Path(name)).read_bytes()
        yield Input(name if came.is_file() else _base(name), _hash(content))


def _shown(path: Path) -> str:
    """Return a file as its project or the shipped regulation names it; one outside both by its name."""
    for root in (project_root(), shipped()):
        if isinstance(root, Path) and path.resolve().is_relative_to(root.resolve()):
            return path.resolve().relative_to(root.resolve()).as_posix()
    return path.name


def _base(file: str) -> str:
    return file.replace("\\", "/").rpartition("/")[2]


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()


def _data(told: Simulated, folder: Path) -> Iterator[Path]:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise InvalidInput(f"cannot write to {folder}: {error.strerror or error}") from None
    for name, table in simulation_tables(told).items():
        path = folder / f"{name}.csv"
        write(path, table_csv(table))
        yield path
        schema, columns = table_columns(table)
        path = folder / f"{name}.parquet"
        write_parquet(path, schema, columns)
        yield path
