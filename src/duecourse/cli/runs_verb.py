"""The verb `runs` and its options; what it does is imported when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from duecourse.cli.options import Output, emit

runs = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Look into a store of simulated replications: `runs list DIR`.",
)

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="the store, as given to --store")]
Run = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="the first characters of its key, or its scenario if that is the only one",
    ),
]
Form = Annotated[str, typer.Option("--format", "-f", metavar="NAME", help="text or json")]


@runs.callback()
def runs_root() -> None:
    """Look into a store of simulated replications."""


@runs.command("list")
def list_(store: Folder, format_: Form = "text", output: Output = None) -> None:
    """List the runs in a store: scenario, seed, and how many replications."""
    from duecourse.cli.stored import listed

    emit(listed(store, format_), output)


@runs.command()
def show(store: Folder, run: Run, format_: Form = "text", output: Output = None) -> None:
    """Check every file of a run against its SHA-256, and show its indicators."""
    from duecourse.cli.stored import shown

    emit(shown(store, run, format_), output)


@runs.command()
def export(
    store: Folder,
    run: Run,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="a .parquet or .csv file")
    ],
    table: Annotated[str, typer.Option(metavar="NAME", help="events or cases")] = "events",
) -> None:
    """Write the events or the cases of all replications of a run as one file."""
    from duecourse.cli.stored import exported

    typer.echo(exported(store, run, table, output), err=True)


@runs.command()
def delete(
    store: Folder,
    run: Run,
    replication: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="only this replication")
    ] = None,
) -> None:
    """Remove a run, or one replication of it."""
    from duecourse.cli.stored import deleted

    typer.echo(deleted(store, run, replication), err=True)
