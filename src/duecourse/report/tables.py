"""A table as a value: what a terminal prints, what a page shows, and the numbers behind both."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from duecourse.model.procedure import Label
from duecourse.report.words import say
from duecourse.report.wrapping import columns, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from duecourse.model.procedure import Lang
    from duecourse.simulations.estimate import Estimate

Form = Literal["share", "days", "count"]

NO_NOTE = Label("")

NOTHING = "–"
GAP = "  "
WIDTH = 100
HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes:
        text: words, or the number as it is shown.
        spread: the interval of the number, as it is shown.
        value, low, high: the number itself; not a number where there is none.
    """

    text: str | Label
    spread: str = ""
    value: float = math.nan
    low: float = math.nan
    high: float = math.nan

    @property
    def numeric(self) -> bool:
        """Whether the cell shows a number."""
        return not math.isnan(self.value)


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its title, heads and rows; the first column names the row.

    Attributes:
        title: what it shows, with the unit where all numbers have the same.
        heads: one for each column, with the unit where the columns differ.
        note: what a reader has to know to read it.
    """

    title: Label
    heads: tuple[Label, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: Label = NO_NOTE


def number(value: float, form: Form, *, signed: bool = False) -> str:
    """Return a number as it is shown: a share in per cent (a difference of shares in points), days to a tenth.

    >>> number(0.3022, "share"), number(42.06, "days"), number(-0.335, "share", signed=True)
    ('30.2 %', '42.1', '−33.5 pp')
    """
    if math.isnan(value):
        return NOTHING
    shown = value * HUNDRED if form == "share" else value
    decimals = 0 if form == "count" and abs(shown) >= HUNDRED else 1
    text = f"{shown:+.{decimals}f}" if signed else f"{shown:.{decimals}f}"
    if not float(text):
        text = text.lstrip("+-")
    unit = (" pp" if signed else " %") if form == "share" else ""
    return text.replace("-", "−") + unit


def interval(low: float, high: float, form: Form, *, signed: bool = False) -> str:
    """Return an interval as it is shown, in the unit of its number.

    >>> interval(0.1462, 0.4582, "share")
    '[14.6, 45.8]'
    """
    if math.isnan(low) or math.isnan(high):
        return ""
    ends = (number(end, form, signed=signed).split(" ")[0] for end in (low, high))
    return f"[{', '.join(ends)}]"


def estimate_cell(found: Estimate, form: Form, *, signed: bool = False) -> Cell:
    """Return the cell of an estimate with its interval."""
    return Cell(
        number(found.mean, form, signed=signed),
        interval(found.low, found.high, form, signed=signed),
        found.mean,
        found.low,
        found.high,
    )


def number_cell(value: float, form: Form) -> Cell:
    """Return the cell of a number without an interval."""
    return Cell(number(value, form), value=value)


def said(text: str | Label, lang: Lang) -> str:
    """Return words in the language asked for."""
    return text if isinstance(text, str) else text.text(lang)


def table_text(table: Table, lang: Lang = "en") -> str:
    """Return a table for a terminal: words to the left, numbers to the right, intervals beside them.

    One without rows says nothing.
    """
    if not table.rows:
        return ""
    grid = [[_pair(cell, lang) for cell in row] for row in table.rows]
    widths = [
        (max(columns(row[at][0]) for row in grid), max(columns(row[at][1]) for row in grid))
        for at in range(len(table.heads))
    ]
    heads = [head.text(lang) for head in table.heads]
    full = [max(_whole(width), columns(head)) for width, head in zip(widths, heads, strict=True)]
    words = [at == 0 or not any(row[at].numeric for row in table.rows) for at in range(len(heads))]
    lines = [table.title.text(lang), _line(heads, full, words)]
    for row in grid:
        cells = [_beside(pair, width) for pair, width in zip(row, widths, strict=True)]
        lines.append(_line(cells, full, words))
    if table.note.en:
        lines.extend(f"  {line}" for line in wrap(table.note.text(lang), WIDTH - 2))
    return "\n".join(lines)


def interval_words(level: float, replications: int, lang: Lang) -> str:
    """Return how numbers with an interval are to be read."""
    percent = f"{level * HUNDRED:g} %"
    return say(
        lang,
        f"means over {replications} replications with their {percent} intervals",
        f"{replications}次重复的均值及{percent}置信区间",
    )


def _pair(cell: Cell, lang: Lang) -> tuple[str, str]:
    return said(cell.text, lang), cell.spread


def _whole(width: tuple[int, int]) -> int:
    return width[0] + (1 + width[1] if width[1] else 0)


def _beside(pair: tuple[str, str], width: tuple[int, int]) -> str:
    """Return a number with its interval, so that numbers stand below numbers."""
    if not width[1]:
        return pair[0]
    return f"{_padded(pair[0], width[0], right=True)} {_padded(pair[1], width[1])}"


def _line(cells: Sequence[str], widths: Sequence[int], words: Sequence[bool]) -> str:
    return "  " + GAP.join(_aligned(cells, widths, words)).rstrip()


def _aligned(cells: Sequence[str], widths: Sequence[int], words: Sequence[bool]) -> Iterator[str]:
    for cell, width, left in zip(cells, widths, words, strict=True):
        yield _padded(cell, width, right=not left)


def _padded(text: str, width: int, *, right: bool = False) -> str:
    space = " " * (width - columns(text))
    return space + text if right else text + space
