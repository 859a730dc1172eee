"""The verbs `simulate`, `compare` and `report` and their options; what they do is imported when they are called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from duecourse.cli.options import (
    Amendments,
    Cluster,
    Docket,
    DocketColumns,
    EngineName,
    Explain,
    Language,
    Output,
    Readings,
    Replications,
    Seed,
    Start,
    StoreFolder,
    Workers,
    emit,
)

WarmUp = Annotated[
    str | None,
    typer.Option(
        "--warm-up",
        metavar="YEARS",
        help="years at the start that no estimate uses, or auto for MSER-5; by default the scenario's",
    ),
]


def simulate(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="a scenario by id, or its file")
    ],
    replications: Replications = 10,
    precision: Annotated[
        str | None,
        typer.Option(metavar="P", help="as many replications as intervals of ± P take, such as 5%"),
    ] = None,
    measures: Annotated[
        list[str] | None,
        typer.Option(
            "--for",
            metavar="NAME",
            help="with --precision: this indicator or pattern has to be so precise; with --batches: it is told; repeatable",
        ),
    ] = None,
    at_most: Annotated[
        int | None,
        typer.Option(metavar="N", min=2, help="with --precision: no more replications than this"),
    ] = None,
    batches: Annotated[
        int | None,
        typer.Option(
            metavar="K",
            help="instead of replications: one run, cut into K batches after its warm-up",
        ),
    ] = None,
    seed: Seed = 1,
    workers: Workers = 1,
    years: Annotated[
        float | None,
        typer.Option(metavar="YEARS", help="simulated years; by default the scenario's"),
    ] = None,
    warm_up: WarmUp = None,
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
    """Simulate a caseload: throughput, delays, and the share of cases past each statutory limit; exit 3 when a precision was not reached."""
    from duecourse.cli.caseload import Run, batched, simulated
    from duecourse.cli.docket import opened
    from duecourse.cli.keeping import Keeping

    given = opened(scenario, None, start, docket, columns)

    run = Run(
        replications,
        seed,
        workers,
        years,
        warm_up,
        precision,
        tuple(measures or ()),
        at_most,
    )
    if batches is not None:
        emit(batched(given, run, batches, format_, lang), output)
        return
    keeping = Keeping(store, log, cases, on, engine, explain=explain)
    text, code = simulated(given, run, keeping, format_, lang)
    emit(text, output)
    raise typer.Exit(code)


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
    engine: EngineName = "auto",
    explain: Explain = False,
) -> None:
    """When will a case end? Every open case of a docket, and a case filed today: dates, limits, outcome."""
    from duecourse.cli.forecast import forecasted
    from duecourse.cli.keeping import Keeping

    emit(
        forecasted(
            scenario,
            docket,
            columns,
            start,
            case,
            replications,
            seed,
            years,
            format_,
            lang,
            Keeping(engine=engine, explain=explain),
        ),
        output,
    )


def compare(
    a: Annotated[str, typer.Argument(metavar="A", help="a scenario by id, or its file")],
    b: Annotated[
        str | None, typer.Argument(metavar="[B]", help="another one; A again, changed, if left out")
    ] = None,
    amend: Amendments = None,
    amend_a: Annotated[
        list[str] | None,
        typer.Option("--amend-a", metavar="ID", help="an amendment to A only; repeatable"),
    ] = None,
    amend_b: Annotated[
        list[str] | None,
        typer.Option("--amend-b", metavar="ID", help="an amendment to B only; repeatable"),
    ] = None,
    reading: Readings = None,
    reading_a: Annotated[
        list[str] | None,
        typer.Option("--reading-a", metavar="NAME=OPTION", help="how to read A only; repeatable"),
    ] = None,
    reading_b: Annotated[
        list[str] | None,
        typer.Option("--reading-b", metavar="NAME=OPTION", help="how to read B only; repeatable"),
    ] = None,
    replications: Replications = 10,
    seed: Seed = 1,
    workers: Workers = 1,
    years: Annotated[
        float | None,
        typer.Option(metavar="YEARS", help="simulated years; by default the scenarios'"),
    ] = None,
    warm_up: WarmUp = None,
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
    """Compare two scenarios, or one under two texts, under common random numbers, with intervals of the differences."""
    from duecourse.cli.caseload import Run, compared, variant
    from duecourse.cli.keeping import Keeping

    first = variant(a, (*(amend or ()), *(amend_a or ())), (*(reading or ()), *(reading_a or ())))
    second = variant(
        b or a, (*(amend or ()), *(amend_b or ())), (*(reading or ()), *(reading_b or ()))
    )
    run = Run(replications, seed, workers, years, warm_up)
    keeping = Keeping(store, on=on, engine=engine, explain=explain)
    emit(compared(first, second, run, format_, lang, keeping), output)


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
        typer.Option(
            metavar="DIR", help="write the numbers of every figure here, as CSV and as Parquet"
        ),
    ] = None,
    start: Start = None,
    docket: Docket = None,
    store: StoreFolder = None,
    on: Cluster = None,
    lang: Language = "both",
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="where the report goes")
    ] = Path("report.html"),
) -> None:
    """Simulate a caseload and write one HTML file: figures, tables, and how it was done (STRESS-DES)."""
    from duecourse.cli.keeping import Keeping
    from duecourse.cli.simulation_report import reported

    settings = (scenario, replications, seed, workers, years, lang, output, data)
    for path in reported(*settings, Keeping(store, on=on), start, docket):
        typer.echo(f"wrote {path}", err=True)
