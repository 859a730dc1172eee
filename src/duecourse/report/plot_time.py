"""Statutory time as bars: which clause adds how many working days, and where there is no end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.model.procedure import Label
from duecourse.report.plots import (
    LEFT,
    POINTS,
    RIGHT,
    SMALL,
    USUAL,
    WIDTH,
    Key,
    Plot,
    canvas,
    colour,
    drawn,
)
from duecourse.report.tables import Cell, Table
from duecourse.report.wrapping import ems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from duecourse.properties.bounds import Bound, Bounds
    from duecourse.properties.clauses import Clause

HUES = ("c1", "c2", "c3", "c4", "c5")
ROW = 54.0
ROOM = 32.0
ARROW = 13.0
TITLE = Label("Greatest statutory time without a breach", "不违反期限的最长法定用时")


def time_plot(found: Sequence[Bounds]) -> Plot:
    """Return the bars of the greatest counted time to each conclusion that has a limit on its way."""
    rows = [
        (each, row) for each in found for row in each.rows if row.outcome.conclusion and row.clauses
    ]
    most = max(sum(clause.days for clause in row.clauses) for _, row in rows)
    figure, axes = canvas(len(rows) * ROW + 34, bottom=30)
    axes.set_xlim(0, most + ROOM)
    axes.set_ylim(len(rows) * ROW, 0)
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.set_xlabel("counted working days  计入的工作日", color=colour("soft"), fontsize=USUAL)
    hues = _hues(rows)
    for at, (each, row) in enumerate(rows):
        _bar(axes, at * ROW, each, row, hues)
    return Plot(
        id="time",
        title=TITLE,
        unit=Label(
            "counted working days, each part with its article", "计入的工作日，各段注明条款"
        ),
        keys=tuple(Key(hue, "bar", label) for hue, label in _legend(rows, hues)),
        note=Label(
            "An open end is an extension for which the text sets no limit. Counted time leaves out suspensions and days on "
            "which no limit runs.",
            "开口端表示法律未设上限的延长。计入时间不含中止期间和无期限期间。",
        ),
        svg=drawn(figure, "time", TITLE),
        table=_table(rows),
    )


def _hues(rows: Sequence[tuple[Bounds, Bound]]) -> dict[str, str]:
    """Return a colour for each clock and each extension, the same in every text."""
    kinds = dict.fromkeys(_kind(clause) for _, row in rows for clause in row.clauses)
    return {kind: HUES[at % len(HUES)] for at, kind in enumerate(kinds)}


def _kind(clause: Clause) -> str:
    return clause.extension or clause.clock


def _legend(rows: Sequence[tuple[Bounds, Bound]], hues: dict[str, str]) -> list[tuple[str, Label]]:
    labels = {_kind(clause): clause.label for _, row in rows for clause in row.clauses}
    return [(hue, labels[kind]) for kind, hue in hues.items()]


def _bar(axes: Axes, top: float, each: Bounds, row: Bound, hues: dict[str, str]) -> None:
    """Draw one bar: above it what it is about, in it the days, below it the articles."""
    unit = axes.get_xlim()[1] / (WIDTH * POINTS * (RIGHT - LEFT))
    days = sum(clause.days for clause in row.clauses)
    name = f"{each.procedure.id}: {row.outcome.label.en}  {row.outcome.label.zh}"
    axes.text(0, top + 13, name, fontsize=USUAL, color=colour("ink"), va="baseline", ha="left")
    begin, free = 0.0, -1.0
    for clause in row.clauses:
        hue, middle = colour(hues[_kind(clause)]), begin + clause.days / 2
        axes.barh(
            top + 26, clause.days, 18, begin, color=hue, edgecolor=colour("ground"), linewidth=1
        )
        sign = "+" if clause.extension else ""
        axes.text(
            middle,
            top + 29,
            f"{sign}{clause.days}",
            fontsize=USUAL,
            color=colour("ground"),
            ha="center",
            va="baseline",
            fontweight="bold",
        )
        articles = ", ".join(map(str, clause.cites))
        half = ems(articles) * SMALL * unit / 2
        lower = middle - half < free
        axes.text(
            middle,
            top + (50 if lower else 42),
            articles,
            fontsize=SMALL,
            color=colour("soft"),
            ha="center",
            va="baseline",
        )
        free = max(free, middle + half)
        begin += clause.days
    if row.counted is None:
        tip = {
            "arrowstyle": "-|>",
            "color": colour("ink"),
            "linewidth": 1.2,
            "linestyle": (0, (2, 1.5)),
            "shrinkA": 0,
            "shrinkB": 0,
        }
        axes.annotate("", (begin + ARROW, top + 26), (begin, top + 26), arrowprops=tip)
    words, ahead = (f"{days} + …", ARROW + 2) if row.counted is None else (f"= {days}", 2)
    axes.text(
        begin + ahead,
        top + 29,
        words,
        fontsize=USUAL,
        color=colour("ink"),
        ha="left",
        va="baseline",
        fontweight="bold",
    )


def _table(rows: Sequence[tuple[Bounds, Bound]]) -> Table:
    """Return the parts of every bar, one a line."""
    lines = [
        (
            Cell(each.procedure.id),
            Cell(row.outcome.label),
            Cell(clause.label),
            Cell(", ".join(map(str, clause.cites))),
            Cell(str(clause.days), value=clause.days),
        )
        for each, row in rows
        for clause in row.clauses
    ]
    heads = (
        Label("text", "文本"),
        Label("outcome", "结果"),
        Label("part", "组成"),
        Label("article", "条款"),
        Label("working days", "工作日"),
    )
    return Table(TITLE, heads, tuple(lines))
