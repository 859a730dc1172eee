"""Rows of estimates: a name above, and below it a dot with its interval for each of two scenarios."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.model.procedure import Label
from duecourse.report.plots import USUAL, Key, Plot, canvas, colour, drawn
from duecourse.report.tables import HUNDRED, Cell, Table, estimate_cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from duecourse.report.tables import Form
    from duecourse.simulations.estimate import Estimate
    from duecourse.simulations.result import Comparison

ROW = 52.0
NAMES = (9.0, 20.0)
LINES = (30.0, 41.0)


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator in two scenarios."""

    label: Label
    a: Estimate
    b: Estimate


def row_plot(  # noqa: PLR0913  (settings with names)
    name: str,
    title: Label,
    rows: Sequence[Row],
    comparison: Comparison,
    *,
    form: Form,
    unit: Label,
    note: Label,
    keys: tuple[Key, ...],
    most: float | None = None,
) -> Plot:
    """Return the plot of some indicators of two scenarios.

    Args:
        name: the id of the plot.
        title: what it shows.
        unit: of the axis, and how the numbers were got.
        note: what to look at.
        keys: the legend.
        rows: what is shown, from above.
        comparison: where they come from.
        form: how the numbers are written.
        most: where the axis ends; by default beyond the largest number.
    """
    scale = HUNDRED if form == "share" else 1
    largest = max((_reach(each) for row in rows for each in (row.a, row.b)), default=1.0)
    end = (most or largest * 1.04 or 1.0) * scale
    figure, axes = canvas(len(rows) * ROW + 34, bottom=30)
    axes.set_xlim(0, end)
    axes.set_ylim(len(rows) * ROW, 0)
    axes.set_yticks([])
    axes.set_xlabel(_axis(unit), color=colour("soft"), fontsize=USUAL)
    for at, row in enumerate(rows):
        top = at * ROW
        axes.text(
            0, top + NAMES[0], row.label.en, fontsize=USUAL, color=colour("ink"), va="baseline"
        )
        axes.text(
            0,
            top + NAMES[1],
            row.label.zh,
            fontsize=USUAL - 0.5,
            color=colour("soft"),
            va="baseline",
        )
        for estimate, line, hue in zip((row.a, row.b), LINES, "ab", strict=True):
            _dot(axes, estimate, top + line, hue, scale)
    ids = (comparison.a.scenario.id, comparison.b.scenario.id)
    return Plot(
        name, title, unit, keys, note, drawn(figure, name, title), _table(title, rows, ids, form)
    )


def _axis(unit: Label) -> str:
    return f"{unit.en.split(';')[0]}  {unit.zh.split('；')[0]}"


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


def _table(title: Label, rows: Sequence[Row], ids: tuple[str, str], form: Form) -> Table:
    lines = tuple(
        (Cell(row.label), estimate_cell(row.a, form), estimate_cell(row.b, form)) for row in rows
    )
    return Table(title, (Label(""), Label(ids[0]), Label(ids[1])), lines)
