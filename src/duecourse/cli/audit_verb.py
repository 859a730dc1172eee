"""The verb `audit` and its options; what it does is imported when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from duecourse.cli.options import Amendments, Language, Output, Readings, emit


def audit(
    log: Annotated[Path, typer.Argument(metavar="LOG", help="a CSV file with a head")],
    procedure: Annotated[
        str | None,
        typer.Option("--procedure", metavar="ID", help="the text that the cases are held against"),
    ] = None,
    amend: Amendments = None,
    reading: Readings = None,
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="ROLE=NAME,…",
            help="which column says what: case, step, time, actor, event, fact:NAME; or case, start, due, end",
        ),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--map", metavar="FILE", help="the log's own names in a TOML file"),
    ] = None,
    clock: Annotated[
        str | None,
        typer.Option(metavar="ID", help="of cases with dates only: the clock that limits them"),
    ] = None,
    limit: Annotated[
        str | None,
        typer.Option(metavar="SPAN", help='such a limit itself, such as "15 working days"'),
    ] = None,
    calendar: Annotated[
        str | None, typer.Option(metavar="NAME", help="with --limit: the calendar; prc by default")
    ] = None,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="DATE", help="the day of the audit; by default the last one"),
    ] = None,
    encoding: Annotated[str, typer.Option(metavar="NAME", help="of the log")] = "utf-8",
    format_: Annotated[
        str, typer.Option("--format", "-f", metavar="NAME", help="text or json")
    ] = "text",
    lang: Language = "en",
    output: Output = None,
) -> None:
    """Hold a log against a procedure, case by case; exit 1 on a deviation, 3 when nothing could be judged."""
    from duecourse.cli.audit_log import audited

    text, code = audited(
        log,
        procedure,
        amend or (),
        reading or (),
        columns,
        mapping,
        clock,
        limit,
        calendar,
        on,
        encoding,
        format_,
        lang,
    )
    emit(text, output)
    raise typer.Exit(code)
