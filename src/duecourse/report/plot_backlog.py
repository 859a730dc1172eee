"""Open cases over time, in two scenarios."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from duecourse.model.procedure import Label
from duecourse.report.caseload_tables import ASSUMED
from duecourse.report.plots import USUAL, Key, Plot, canvas, colour, drawn, pair, replications
from duecourse.report.tables import Cell, Table, interval, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from duecourse.simulations.result import Comparison, Result, Series

TITLE = Label(f"Open cases over time {ASSUMED}", f"未结案件数随时间的变化 {ASSUMED}")
HEIGHT = 190.0
STYLES = {"a": (0, (4, 1.6)), "b": "solid"}


def backlog_plot(comparison: Comparison) -> Plot:
    """Return the mean number of open cases week by week, with bands."""
    figure, axes = canvas(HEIGHT, left=0.075, bottom=32)
    axes.grid(axis="y", color=colour("rule"), linewidth=0.7)
    axes.grid(visible=False, axis="x")
    for result, hue in ((comparison.a, "a"), (comparison.b, "b")):
        _line(axes, result.backlog, hue)
    first, last = comparison.b.start, comparison.b.end
    axes.set_xlim(first.toordinal(), last.toordinal())
    axes.set_ylim(bottom=0)
    _years(axes, first, last)
    _warm_up(axes, comparison.b)
    axes.set_xlabel("date  日期", color=colour("soft"), fontsize=USUAL)
    how = replications(comparison)
    return Plot(
        id="backlog",
        title=TITLE,
        unit=Label(
            f"cases, at the start of each week; {how.en} for each week by itself",
            f"案件数（每周初）；{how.zh}（逐周）",
        ),
        keys=(
            *pair(comparison, "line"),
            Key("rule", "bar", Label("warm-up, left out of every estimate", "预热期，不计入估计")),
        ),
        note=Label(
            "The office begins empty; a line that kept rising after the warm-up would mean too little staff.",
            "模拟开始时无在办案件；预热期后仍持续上升则表示人员不足。",
        ),
        svg=drawn(figure, "backlog", TITLE),
        table=_table(comparison),
    )


def _line(axes: Axes, series: Series, hue: str) -> None:
    at = [day.toordinal() for day in series.dates]
    axes.fill_between(at, series.low, series.high, color=colour(hue), alpha=0.22, linewidth=0)
    axes.plot(at, series.mean, color=colour(hue), linewidth=1.5, linestyle=STYLES[hue])


def _years(axes: Axes, first: date, last: date) -> None:
    """Mark every half year by its date."""
    days = [
        day
        for year in range(first.year, last.year + 1)
        for day in (date(year, 1, 1), date(year, 7, 1))
        if first <= day <= last
    ]
    axes.set_xticks([day.toordinal() for day in days], [f"{day:%Y-%m}" for day in days])


def _warm_up(axes: Axes, result: Result) -> None:
    if result.counted_from > result.start:
        axes.axvspan(
            result.start.toordinal(),
            result.counted_from.toordinal(),
            color=colour("rule"),
            alpha=0.55,
            linewidth=0,
        )


def _table(comparison: Comparison) -> Table:
    """Return one line in four weeks: enough to read, and to draw the line again."""
    a, b = comparison.a.backlog, comparison.b.backlog
    rows = [(Cell(day.isoformat()), _cell(a, day), _cell(b, day)) for day in b.dates[::4]]
    heads = (
        Label("week of", "周"),
        Label(comparison.a.scenario.id),
        Label(comparison.b.scenario.id),
    )
    note = Label("Every fourth week is listed.", "每四周列出一次。")
    return Table(TITLE, heads, tuple(rows), note)


def _cell(series: Series, day: date) -> Cell:
    if day not in series.dates:
        return Cell("")
    at = series.dates.index(day)
    mean, low, high = series.mean[at], series.low[at], series.high[at]
    return Cell(number(mean, "count"), interval(low, high, "count"), mean, low, high)
