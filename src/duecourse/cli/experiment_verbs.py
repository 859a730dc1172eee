"""The verbs `run` and `plan` and their options; what they do is imported when they are called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from duecourse.cli.options import Cluster, Language, Output, StoreFolder, Workers, emit

Name = Annotated[
    str, typer.Argument(metavar="EXPERIMENT", help="an experiment by id (see `list`), or its file")
]
OwnSeed = Annotated[
    int | None,
    typer.Option("--seed", metavar="N", min=0, help="instead of the seed of the experiment"),
]
Format = Annotated[str, typer.Option("--format", "-f", metavar="NAME", help="text, json or csv")]


def run(
    name: Name,
    replications: Annotated[
        int | None,
        typer.Option(
            "--replications",
            "-n",
            metavar="N",
            min=2,
            help="instead of the replications of the experiment",
        ),
    ] = None,
    seed: OwnSeed = None,
    workers: Workers = 1,
    store: StoreFolder = None,
    on: Cluster = None,
    format_: Format = "text",
    lang: Language = "en",
    output: Output = None,
) -> None:
    """Run an experiment: scenarios side by side, the points of a grid, or one number at a time."""
    from duecourse.cli.experiments import ran
    from duecourse.cli.keeping import Keeping

    keeping = Keeping(store, on=on)
    emit(ran(name, replications, seed, workers, format_, lang, keeping), output)


def plan(
    name: Name,
    seed: OwnSeed = None,
    workers: Workers = 1,
    plot: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="draw cost and compliance into this SVG file"),
    ] = None,
    store: StoreFolder = None,
    on: Cluster = None,
    format_: Format = "text",
    lang: Language = "en",
    output: Output = None,
) -> None:
    """Search the cheapest staffing that meets its targets; exit 1 when none of the ranges does."""
    from duecourse.cli.experiments import planned
    from duecourse.cli.keeping import Keeping

    text, code = planned(name, seed, workers, plot, format_, lang, Keeping(store, on=on))
    emit(text, output)
    raise typer.Exit(code)
