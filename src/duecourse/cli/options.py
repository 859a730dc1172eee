"""The options that several verbs share, and where what they find goes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Id = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="a procedure or amendment by id (see `list`), several joined by +, or a file",
    ),
]
Readings = Annotated[
    list[str] | None,
    typer.Option(
        "--reading", "-r", metavar="NAME=OPTION", help="how to read a silent point; repeatable"
    ),
]
Amendments = Annotated[
    list[str] | None,
    typer.Option("--amend", "-a", metavar="ID", help="an amendment to apply; repeatable"),
]
AllReadings = Annotated[
    bool,
    typer.Option(
        "--all-readings",
        help="under every choice of readings at once; --reading holds some of them",
    ),
]
Instances = Annotated[
    int | None,
    typer.Option(metavar="K", min=1, help="check K cases of one procedure side by side"),
]
AtMost = Annotated[
    list[str] | None,
    typer.Option(
        metavar="N=STAGE,…",
        help="with --instances: at most N cases are in these stages at once; repeatable",
    ),
]
Language = Annotated[str, typer.Option("--lang", metavar="LANG", help="en, zh or both")]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="write to this file instead of standard output"
    ),
]
Properties = Annotated[
    list[str] | None,
    typer.Option("--property", "-p", metavar="ID", help="only these properties; repeatable"),
]
Replications = Annotated[
    int, typer.Option("--replications", "-n", metavar="N", min=1, help="independent repetitions")
]
Seed = Annotated[int, typer.Option(metavar="N", min=0, help="the root of all random numbers")]
Workers = Annotated[
    int,
    typer.Option(
        "--workers", "-w", metavar="N", min=1, help="processes; the results do not depend on it"
    ),
]

StoreFolder = Annotated[
    Path | None,
    typer.Option(
        "--store",
        metavar="DIR",
        help="keep every finished replication here; a run that was killed goes on from there",
    ),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        "--on", metavar="ADDRESS", help="let a cluster do the work, such as dask://scheduler:8786"
    ),
]
EngineName = Annotated[
    str,
    typer.Option(
        "--engine",
        metavar="NAME",
        help="auto, simpy, compiled or recursion; the results do not depend on it",
    ),
]
Explain = Annotated[
    bool, typer.Option("--explain", help="say on standard error which engine runs, and why")
]


Docket = Annotated[
    Path | None,
    typer.Option(
        "--docket",
        "-d",
        metavar="PATH",
        help="begin with open cases: a CSV file, or a folder of case files",
    ),
]
DocketColumns = Annotated[
    str | None,
    typer.Option(
        "--columns",
        metavar="ROLE=NAME,…",
        help="how a log of steps is read as a docket: case, class, step, time, actor, member",
    ),
]
Start = Annotated[
    str | None,
    typer.Option(metavar="DATE", help="the first day; by default the scenario's"),
]


def emit(text: str, output: Path | None) -> None:
    """Print what a verb found, or write it to a file."""
    if output is None:
        typer.echo(text)
        return
    from duecourse.cli.files import write

    write(output, text)
    typer.echo(f"wrote {output}", err=True)
