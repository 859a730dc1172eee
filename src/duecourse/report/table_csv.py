"""Tables as CSV: every number in full, its interval beside it, words in English."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.report.tables import Cell, Table

ENDS = ("low", "high")


def table_csv(table: Table) -> str:
    """Return a table as CSV; a column of estimates is followed by two with the ends of its intervals.

    Numbers are written so that reading them gives the same number again; shares lie from 0 to 1.
    """
    columns = range(len(table.heads))
    numeric = {at for at in columns if any(row[at].numeric for row in table.rows)}
    spread = {at for at in columns if any(row[at].low == row[at].low for row in table.rows)}
    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    heads: list[str] = []
    for at, head in enumerate(table.heads):
        name = head.en or "name"
        heads += [name, *(f"{name} {end}" for end in ENDS)] if at in spread else [name]
    writer.writerow(heads)
    for row in table.rows:
        fields: list[str] = []
        for at, cell in enumerate(row):
            fields.extend(_fields(cell, number=at in numeric, ends=at in spread))
        writer.writerow(fields)
    return file.getvalue()


def _fields(cell: Cell, *, number: bool, ends: bool) -> Iterator[str]:
    if not number:
        yield cell.text if isinstance(cell.text, str) else cell.text.en
        return
    yield _exact(cell.value)
    if ends:
        yield _exact(cell.low)
        yield _exact(cell.high)


def _exact(value: float) -> str:
    return repr(value) if value == value else ""  # noqa: PLR0124  (not a number)
