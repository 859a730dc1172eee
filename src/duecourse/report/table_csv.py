"""Tables as columns and as CSV: every number in full, its interval beside it, words in English."""

from __future__ import annotations

import csv
from io import StringIO
from math import isnan
from typing import TYPE_CHECKING

from duecourse.simulations.parquet import DOUBLE, VARCHAR

if TYPE_CHECKING:
    from duecourse.report.tables import Cell, Table

    Columns = dict[str, list[float | str]]

ENDS = ("low", "high")


def table_columns(table: Table) -> tuple[dict[str, str], Columns]:
    """Return a table as columns with their SQL types; estimates are followed by two columns with the ends of their intervals.

    Shares lie from 0 to 1; a number that there is none of is not a number.
    """
    schema: dict[str, str] = {}
    columns: Columns = {}
    for at, head in enumerate(table.heads):
        name = _free(head.en or "name", schema)
        cells = [row[at] for row in table.rows]
        if not any(cell.numeric for cell in cells):
            schema[name], columns[name] = VARCHAR, [_word(cell) for cell in cells]
            continue
        schema[name], columns[name] = DOUBLE, [cell.value for cell in cells]
        if not all(isnan(cell.low) for cell in cells):
            for end in ENDS:
                schema[f"{name} {end}"] = DOUBLE
                columns[f"{name} {end}"] = [getattr(cell, end) for cell in cells]
    return schema, columns


def table_csv(table: Table) -> str:
    """Return a table as CSV; its numbers are written so that reading them gives the same number again."""
    _, columns = table_columns(table)
    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow(map(_exact, row))
    return file.getvalue()


def _free(name: str, taken: dict[str, str]) -> str:
    """Return a name that no other column has."""
    found, number = name, 2
    while found in taken:
        found, number = f"{name} {number}", number + 1
    return found


def _word(cell: Cell) -> str:
    return cell.text if isinstance(cell.text, str) else cell.text.en


def _exact(value: float | str) -> str:
    if isinstance(value, str):
        return value
    return "" if isnan(value) else repr(value)
