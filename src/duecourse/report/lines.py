"""Lines for a terminal of 100 columns that can also be printed and pinned up: hanging indents, days in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.report.words import say
from duecourse.report.wrapping import columns, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from duecourse.model.procedure import Lang

WIDTH = 100

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WEEKDAYS_ZH = "一二三四五六日"


def day_text(day: date, lang: Lang) -> str:
    """Return a day with its weekday, such as 'Mon 2022-10-17' or '2022-10-17（周一）'."""
    return say(
        lang, f"{_WEEKDAYS[day.weekday()]} {day}", f"{day}（周{_WEEKDAYS_ZH[day.weekday()]}）"
    )


def padded(text: str, width: int) -> str:
    """Return a text filled up with spaces to a number of columns."""
    return text + " " * max(width - columns(text), 0)


def hung(first: str, text: str, width: int = WIDTH) -> Iterator[str]:
    """Yield a text after what its first line begins with, the other lines indented as deep."""
    indent = " " * columns(first)
    for index, line in enumerate(wrap(text, width - columns(first))):
        yield ((first if index == 0 else indent) + line).rstrip()


def aligned(first: str, text: str, right: str, width: int = WIDTH) -> Iterator[str]:
    """Yield a text with something at the right end of its last line, or of a line below where it does not fit."""
    lines = list(hung(first, text, width))
    gap = width - columns(lines[-1]) - columns(right)
    yield from lines[:-1]
    if gap >= 2:  # noqa: PLR2004  (two spaces tell columns apart)
        yield lines[-1] + " " * gap + right
    else:
        yield lines[-1]
        yield " " * (width - columns(right)) + right


def titled_page(title: str) -> list[str]:
    """Return the title of a page, underlined."""
    return [*hung("", title), "=" * min(columns(title), WIDTH)]


def section(title: str) -> list[str]:
    """Return a heading of its own line, with a blank line above it."""
    return ["", *hung("", title), "-" * min(columns(title), WIDTH)]
