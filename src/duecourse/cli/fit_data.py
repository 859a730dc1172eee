"""`fit panel`: from a table of replies to the numbers of a scenario."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from duecourse.cli.files import one_of
from duecourse.errors import InvalidInput
from duecourse.model.event_log import Log, Tally
from duecourse.report.fit_text import fit_text
from duecourse.simulations.fit.data import Refused, Wanted, parse_columns, read_panel
from duecourse.simulations.fit.electorate import read_electorate
from duecourse.simulations.fit.panel import fit_panel

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


def fitted_panel(
    table: Path,
    columns: str | None,
    objection: str | None,
    electorate: Path | None,
    without: str | None,
    leave_out: Iterable[str],
    train: str | None,
    test: str | None,
    levels: Sequence[str],
    encoding: str,
    format_: str,
) -> str:
    """Return what a table of replies tells about a panel.

    Raises:
        InvalidInput: the table or an option cannot be used.
    """
    one_of("format", format_, ("text", "json"))
    log, tally = Log(table, encoding), Tally()
    wanted = Wanted(
        {} if columns is None else parse_columns(columns),
        _names(objection),
        None if electorate is None else read_electorate(electorate),
        _names(without),
        dict(_left_out(each) for each in leave_out),
    )
    data = read_panel(log.header, log.rows(tally), wanted)
    data.refused = sorted([*data.refused, *(Refused(e.row, e.reason) for e in tally.listed)])
    data.rows = tally.rows
    found = fit_panel(table.name, data, train=_span(train), test=_span(test), levels=tuple(levels))
    if format_ == "json":
        return json.dumps(found.to_dict(), ensure_ascii=False, indent=2)
    return fit_text(found)


def _names(text: str | None) -> frozenset[str]:
    return frozenset(filter(None, map(str.strip, (text or "").split(","))))


def _left_out(text: str) -> tuple[str, frozenset[str]]:
    column, equals, values = text.partition("=")
    if not equals:
        raise InvalidInput(f'"{text[:80]}" names no rows; write --leave-out COLUMN=VALUE,VALUE')
    return column.strip(), frozenset(map(str.strip, values.split(",")))


def _span(text: str | None) -> tuple[date, date] | None:
    if text is None:
        return None
    first, _, last = text.partition(":")
    try:
        span = date.fromisoformat(first.strip()), date.fromisoformat(last.strip())
    except ValueError:
        raise InvalidInput(f'"{text[:80]}" is no span; write it as 2000-01-01:2009-12-31') from None
    if span[1] < span[0]:
        raise InvalidInput(f'"{text[:80]}" ends before it begins')
    return span
