"""Rows of estimates: a name above, and below it a dot with its interval for each scenario."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.model.procedure import Label
from duecourse.report.plots import USUAL, Key, Plot, beside, canvas, colour, drawn, hues, name_row
from duecourse.report.tables import HUNDRED, Cell, Table, estimate_cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from duecourse.model.procedure import Lang
    from duecourse.report.tables import Form
    from duecourse.simulations.estimate import Estimate
    from duecourse.simulations.result import Result

ROW = 52.0
NAMES = (9.0, 20.0)
LINES = (30.0, 41.0)
THICK = 9.0
"""Of the bar from 0 to the estimate, where there is one scenario only."""


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator in one scenario or in two."""

    label: Label
    found: tuple[Estimate, ...]


def in_each(results: Sequence[Result], name: str) -> tuple[Estimate, ...]:
    """Return an indicator in each scenario; nothing where not all have it."""
    if all(name in each.estimates for each in results):
        return tuple(each.estimates[name] for each in results)
    return ()


def row_plot(  # noqa: PLR0913  (settings with names)
    name: str,
    title: Label,
    rows: Sequence[Row],
    results: Sequence[Result],
    *,
    form: Form,
    unit: Label,
    note: Label,
    keys: tuple[Key, ...],
    most: float | None = None,
    lang: Lang = "both",
) -> Plot:
    """Return the plot of some indicators of one scenario or of two.

    Args:
        name: the id of the plot.
        title: what it shows.
        unit: of the axis, and how the numbers were got.
        note: what to look at.
        keys: the legend.
        rows: what is shown, from above.
        results: where they come from.
        form: how the numbers are written.
        most: where the axis ends; by default beyond the largest number.
        lang: of the words in the drawing.
    """
    scale = HUNDRED if form == "share" else 1
    largest = max((_reach(each) for row in rows for each in row.found), default=1.0)
    end = (most or largest * 1.04 or 1.0) * scale
    height = ROW - (LINES[1] - LINES[0]) * (len(LINES) - len(results))
    figure, axes = canvas(max(len(rows), 1) * height + 34, bottom=30)
    axes.set_xlim(0, end)
    axes.set_ylim(max(len(rows), 1) * height, 0)
    axes.set_yticks([])
    axes.set_xlabel(beside(_axis(unit), lang), color=colour("soft"), fontsize=USUAL)
    for at, row in enumerate(rows):
        top = at * height
        name_row(axes, (top + NAMES[0], top + NAMES[1]), row.label, lang)
        if len(row.found) == 1 and not math.isnan(row.found[0].mean):
            length = row.found[0].mean * scale
            axes.barh(top + LINES[0], length, THICK, color=colour("b"), alpha=0.35, linewidth=0)
        for estimate, line, hue in zip(row.found, LINES, hues(results), strict=False):
            _dot(axes, estimate, top + line, hue, scale)
    ids = [each.scenario.id for each in results]
    return Plot(
        name,
        title,
        unit,
        keys,
        note,
        drawn(figure, name, title, lang),
        _table(title, rows, ids, form),
    )


def _axis(unit: Label) -> Label:
    return Label(unit.en.split(";")[0], unit.zh.split("；")[0])


def _reach(estimate: Estimate) -> float:
    found = [each for each in (estimate.mean, estimate.high) if not math.isnan(each)]
    return max(found, default=0.0)


def _dot(axes: Axes, estimate: Estimate, y: float, hue: str, scale: float) -> None:
    """Draw an estimate: hollow for the first scenario, filled for the second, its interval as a line."""
    if math.isnan(estimate.mean):
        return
    if not math.isnan(estimate.low):
        axes.plot(
            [estimate.low * scale, estimate.high * scale],
            [y, y],
            color=colour(hue),
            linewidth=2.2,
            solid_capstyle="round",
        )
    face = colour("ground") if hue == "a" else colour(hue)
    axes.plot(
        [estimate.mean * scale],
        [y],
        "o",
        markersize=5.2,
        markeredgewidth=1.4,
        markerfacecolor=face,
        markeredgecolor=colour(hue),
        clip_on=False,
    )


def _table(title: Label, rows: Sequence[Row], ids: Sequence[str], form: Form) -> Table:
    lines = tuple(
        (Cell(row.label), *(estimate_cell(each, form) for each in row.found)) for row in rows
    )
    return Table(title, (Label(""), *map(Label, ids)), lines)
