"""The verb `fit` and its options; what it does is imported when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from duecourse.cli.options import Output, emit

fit = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Estimate numbers for a scenario from data: `fit panel`.",
)


@fit.callback()
def fit_root() -> None:
    """Estimate numbers for a scenario from data."""


@fit.command()
def panel(
    table: Annotated[Path, typer.Argument(metavar="CSV", help="a CSV file with a head")],
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="ROLE=NAME,…",
            help="which column says what: case, date, asked, objected, by, excluded; or case, date, member, reply, round",
        ),
    ] = None,
    objection: Annotated[
        str | None,
        typer.Option(metavar="VALUE,…", help="the replies that count as objection, by member"),
    ] = None,
    electorate: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="a TOML file: who can reply from which day"),
    ] = None,
    without: Annotated[
        str | None, typer.Option(metavar="MEMBER,…", help="leave these members out everywhere")
    ] = None,
    leave_out: Annotated[
        list[str] | None,
        typer.Option(
            "--leave-out", metavar="COLUMN=VALUE,…", help="leave these rows out; repeatable"
        ),
    ] = None,
    train: Annotated[
        str | None, typer.Option(metavar="FROM:TO", help="fit to the cases of these days")
    ] = None,
    test: Annotated[
        str | None, typer.Option(metavar="FROM:TO", help="hold the cases of these days out")
    ] = None,
    level: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="constant, trend or last:K years; repeatable"),
    ] = None,
    encoding: Annotated[str, typer.Option(metavar="NAME", help="of the table")] = "utf-8",
    format_: Annotated[
        str, typer.Option("--format", "-f", metavar="NAME", help="text or json")
    ] = "text",
    output: Output = None,
) -> None:
    """Estimate how the members of a panel reply, independently or alike, and say whether that holds."""
    from duecourse.cli.fit_data import fitted_panel

    text = fitted_panel(
        table,
        columns,
        objection,
        electorate,
        without,
        leave_out or (),
        train,
        test,
        level or ("constant",),
        encoding,
        format_,
    )
    emit(text, output)
