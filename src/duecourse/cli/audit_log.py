"""`audit`: a log against a procedure, or dates against a limit."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from duecourse.audit import audit, audit_dates, parse_columns, parse_limit, read_names
from duecourse.calendar import load_calendar
from duecourse.cli.files import chosen, language, one_of
from duecourse.cli.progress import progress
from duecourse.errors import InvalidInput
from duecourse.model.clocks import open_ledger
from duecourse.model.columns import DATED, ROLES, Names
from duecourse.model.library import load, project_root
from duecourse.model.names import names_in_reach
from duecourse.model.variants import choose_readings
from duecourse.properties.property_file import load_properties
from duecourse.report.audit_text import audit_text, dates_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from duecourse.audit import DatesAudit
    from duecourse.model.columns import Columns


def audited(
    log: Path,
    name: str | None,
    amend: Iterable[str],
    readings: Iterable[str],
    columns: str | None,
    mapping: Path | None,
    clock: str | None,
    limit: str | None,
    calendar: str | None,
    on: str | None,
    encoding: str,
    format_: str,
    lang: str,
) -> tuple[str, int]:
    """Return what an audit found, and the exit code."""
    one_of("format", format_, ("text", "json"))
    tongue = language(lang)
    names = Names() if mapping is None else read_names(mapping)
    day, options = _day(on), chosen(readings)
    if clock is not None or limit is not None:
        where = None if columns is None else parse_columns(columns, DATED)
        dates = _dates(
            log,
            name,
            tuple(amend),
            options,
            where or names.columns,
            clock,
            limit,
            calendar,
            day,
            encoding,
        )
        return (
            _json(dates.to_dict()) if format_ == "json" else dates_text(dates, tongue)
        ), dates.exit_code
    if name is None:
        raise InvalidInput("against which procedure? give --procedure ID, see `duecourse list`")
    if calendar is not None:
        raise InvalidInput("--calendar goes with --limit; a procedure has its own calendar")
    root = project_root()
    with progress("auditing") as tell:
        procedure = load(name, tuple(amend))
        claims = load_properties(root, known=names_in_reach(root))
        found = audit(
            log,
            procedure,
            readings=options,
            properties=[each for each in claims if each.concerns(procedure)],
            columns=None if columns is None else parse_columns(columns, ROLES),
            names=names,
            on=day,
            encoding=encoding,
            progress=tell,
        )
    text = _json(found.to_dict()) if format_ == "json" else audit_text(found, tongue)
    return text, found.exit_code


def _dates(
    log: Path,
    name: str | None,
    amend: tuple[str, ...],
    options: dict[str, str],
    columns: Columns | None,
    clock: str | None,
    limit: str | None,
    calendar: str | None,
    on: date | None,
    encoding: str,
) -> DatesAudit:
    if clock is not None and limit is not None:
        raise InvalidInput("give --clock or --limit, not both")
    if limit is not None:
        if name is not None or amend or options:
            raise InvalidInput("--limit stands alone; with --procedure give --clock")
        counted = load_calendar(calendar or "prc")
        return audit_dates(
            log, parse_limit(limit), counted, columns=columns, on=on, encoding=encoding
        )
    if name is None or calendar is not None:
        raise InvalidInput("--clock goes with --procedure, which has its own calendar")
    procedure = load(name, amend)
    assert clock is not None
    one_of("clock", clock, procedure.clock)
    ledger = open_ledger(procedure, choose_readings(procedure, options))
    found = procedure.clock[clock]
    return audit_dates(
        log,
        found.limit,
        ledger.calendar,
        columns=columns,
        procedure=procedure,
        clock=found,
        first_day_counts=ledger.first_day_counts,
        on=on,
        encoding=encoding,
    )


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f'"{text}" is no day; write it as 2022-07-01') from None


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2)
