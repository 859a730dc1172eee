"""The verbs `simulate`, `compare` and `report` and their options; what they do is imported when they are called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from duecourse.cli.options import (
    Cluster,
    Docket,
    DocketColumns,
    EngineName,
    Explain,
    Language,
    Output,
    Replications,
    Seed,
    Start,
    StoreFolder,
    Workers,
    emit,
)


def simulate(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="a scenario by id, or its file")
    ],
    replications: Replications = 10,
    seed: Seed = 1,
    workers: Workers = 1,
    years: Annotated[
        float | None,
        typer.Option(metavar="YEARS", help="simulated years; by default the scenario's"),
    ] = None,
    log: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE or DIR",
            help="write every event to this .parquet or .csv file, or events and cases to this folder",
        ),
    ] = None,
    docket: Docket = None,
    columns: DocketColumns = None,
    start: Start = None,
    cases: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="write one row for each case to this .parquet or .csv file"
        ),
    ] = None,
    store: StoreFolder = None,
    on: Cluster = None,
    engine: EngineName = "auto",
    explain: Explain = False,
    format_: Annotated[
        str, typer.Option("--format", "-f", metavar="NAME", help="text or json")
    ] = "text",
    lang: Language = "en",
    output: Output = None,
) -> None:
    """Simulate a caseload: throughput, delays, and the share of cases past each statutory limit."""
    from duecourse.cli.caseload import simulated
    from duecourse.cli.keeping import Keeping

    from duecourse.cli.docket import opened

    keeping = Keeping(store, log, cases, on, engine, explain=explain)
    chosen = opened(scenario, years, start, docket, columns)
    emit(simulated(chosen, replications, seed, workers, keeping, format_, lang), output)


def forecast(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="a scenario by id, or its file")
    ],
    docket: Annotated[
        Path,
        typer.Option(
            "--docket",
            "-d",
            metavar="PATH",
            help="the open cases: a CSV file, or a folder of case files",
        ),
    ],
    columns: DocketColumns = None,
    start: Start = None,
    case: Annotated[
        str | None,
        typer.Option(metavar="ID", help="only this case, or a case of this class filed today"),
    ] = None,
    replications: Replications = 100,
    seed: Seed = 1,
    years: Annotated[
        float | None, typer.Option(metavar="YEARS", help="how far to look; 2 by default")
    ] = None,
    format_: Annotated[
        str, typer.Option("--format", "-f", metavar="NAME", help="text, json or csv")
    ] = "text",
    lang: Language = "en",
    output: Output = None,
) -> None:
    """When will a case end? Every open case of a docket, and a case filed today: dates, limits, outcome."""
    from duecourse.cli.forecast import forecasted

    emit(
        forecasted(
            scenario, docket, columns, start, case, replications, seed, years, format_, lang
        ),
        output,
    )


def compare(
    a: Annotated[str, typer.Argument(metavar="A", help="a scenario by id, or its file")],
    b: Annotated[str, typer.Argument(metavar="B", help="another one")],
    replications: Replications = 10,
    seed: Seed = 1,
    workers: Workers = 1,
    years: Annotated[
        float | None,
        typer.Option(metavar="YEARS", help="simulated years; by default the scenarios'"),
    ] = None,
    store: StoreFolder = None,
    on: Cluster = None,
    engine: EngineName = "auto",
    explain: Explain = False,
    format_: Annotated[
        str, typer.Option("--format", "-f", metavar="NAME", help="text or json")
    ] = "text",
    lang: Language = "en",
    output: Output = None,
) -> None:
    """Compare two scenarios under common random numbers, with intervals of the differences."""
    from duecourse.cli.caseload import compared
    from duecourse.cli.keeping import Keeping

    keeping = Keeping(store, on=on, engine=engine, explain=explain)
    emit(compared(a, b, replications, seed, workers, years, format_, lang, keeping), output)


def warm() -> None:
    """Compile the engine for large simulations now, so that the first one does not wait for it."""
    from duecourse.cli.engine import warmed

    typer.echo(warmed())


def report(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="a scenario by id, or its file")
    ],
    replications: Replications = 10,
    seed: Seed = 1,
    workers: Workers = 1,
    years: Annotated[
        float | None,
        typer.Option(metavar="YEARS", help="simulated years; by default the scenario's"),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="write the numbers of every figure to CSV files here"),
    ] = None,
    lang: Language = "both",
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="where the report goes")
    ] = Path("report.html"),
) -> None:
    """Simulate a caseload and write one HTML file: figures, tables, and how it was done (STRESS-DES)."""
    from duecourse.cli.simulation_report import reported

    for path in reported(scenario, replications, seed, workers, years, lang, output, data):
        typer.echo(f"wrote {path}", err=True)
