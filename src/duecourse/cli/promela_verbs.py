"""The verbs `export` and `crosscheck` and their options; what they do is imported when they are called."""

from __future__ import annotations

from typing import Annotated

import typer

from duecourse.cli.options import (
    Amendments,
    Id,
    Language,
    Output,
    Properties,
    Readings,
    Workers,
    emit,
)

Full = Annotated[
    bool, typer.Option("--full", help="forget nothing: each stage keeps every variable")
]


def export(
    name: Id,
    amend: Amendments = None,
    reading: Readings = None,
    wanted: Annotated[
        str | None,
        typer.Option("--property", "-p", metavar="ID", help="weave this property in"),
    ] = None,
    full: Full = False,
    format_: Annotated[str, typer.Option("--format", "-f", metavar="NAME", help="promela")] = (
        "promela"
    ),
    output: Output = None,
) -> None:
    """Say a procedure in the language of another checker: Promela, for SPIN."""
    from duecourse.cli.promela import exported

    emit(exported(name, amend or (), reading or (), format_, wanted, full=full), output)


def crosscheck(
    *,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ID or FILE",
            help="procedures, amendments or files; the whole project if none",
        ),
    ] = None,
    amend: Amendments = None,
    reading: Readings = None,
    properties: Properties = None,
    full: Full = False,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=0.1, help="for each program that is run")
    ] = 120.0,
    workers: Workers = 1,
    format_: Annotated[
        str, typer.Option("--format", "-f", metavar="NAME", help="text or json")
    ] = "text",
    lang: Language = "en",
    output: Output = None,
) -> None:
    """Ask SPIN the same and compare; exit 1 on a difference, 3 when it was not finished, 0 where it is not installed."""
    from duecourse.cli.promela import crosschecked
    from duecourse.properties.promela.crosscheck import Effort

    text, code = crosschecked(
        names or (),
        amend or (),
        reading or (),
        properties or (),
        format_,
        lang,
        Effort(timeout, workers),
        full=full,
    )
    emit(text, output)
    raise typer.Exit(code)
