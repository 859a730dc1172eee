"""Open cases over time, in one scenario or in two."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from duecourse.model.procedure import Label
from duecourse.report.caseload_tables import ASSUMED
from duecourse.report.plots import (
    USUAL,
    Key,
    Plot,
    beside,
    canvas,
    colour,
    drawn,
    hues,
    legend,
    replications,
)
from duecourse.report.tables import Cell, Table, interval, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from duecourse.model.procedure import Lang
    from duecourse.simulations.result import Result, Series

TITLE = Label(f"Open cases over time {ASSUMED}", f"未结案件数随时间的变化 {ASSUMED}")
HEIGHT = 190.0
SELDOM = 4
"""Of two scenarios one week in so many is listed."""

WARM_UP = Key("rule", "bar", Label("warm-up, left out of every estimate", "预热期，不计入估计"))
EDGE = 0.06
"""Half a date needs such a share of the width."""

STYLES = {"a": (0, (4, 1.6)), "b": "solid"}


def backlog_plot(results: Sequence[Result], lang: Lang = "both") -> Plot:
    """Return the mean number of open cases week by week, with bands."""
    last_one = results[-1]
    figure, axes = canvas(HEIGHT, left=0.075, bottom=32)
    axes.grid(axis="y", color=colour("rule"), linewidth=0.7)
    axes.grid(visible=False, axis="x")
    for result, hue in zip(results, hues(results), strict=True):
        _line(axes, result.backlog, hue)
    axes.set_ylim(bottom=0)
    time_axis(axes, last_one, lang)
    how = replications(last_one)
    return Plot(
        id="backlog",
        title=TITLE,
        unit=Label(
            f"cases, at the start of each week; {how.en} for each week by itself",
            f"案件数（每周初）；{how.zh}（逐周）",
        ),
        keys=(
            *legend(results, "line"),
            *warm_up(last_one),
        ),
        note=_note(last_one),
        svg=drawn(figure, "backlog", TITLE, lang),
        table=_table(results),
    )


def warm_up(result: Result) -> tuple[Key, ...]:
    """Return the entry of a legend for the warm-up, if there is any."""
    return (WARM_UP,) if result.scenario.warm_up else ()


def _note(result: Result) -> Label:
    docket = result.scenario.docket
    if docket is None:
        return Label(
            "The office begins empty; a line that kept rising after the warm-up would mean too little staff.",
            "模拟开始时无在办案件；预热期后仍持续上升则表示人员不足。",
        )
    count, on = len(docket.cases), docket.on
    return Label(
        f"The office begins with the {count} open cases of {on}; a line that kept rising would mean too little staff.",
        f"开始时有{on}的{count}件未结案件；持续上升则表示人员不足。",
    )


def _line(axes: Axes, series: Series, hue: str) -> None:
    at = [day.toordinal() for day in series.dates]
    axes.fill_between(at, series.low, series.high, color=colour(hue), alpha=0.22, linewidth=0)
    axes.plot(at, series.mean, color=colour(hue), linewidth=1.5, linestyle=STYLES[hue])


def time_axis(axes: Axes, result: Result, lang: Lang) -> None:
    """Make the axis the days of a run, as ordinals, the warm-up shaded."""
    axes.set_xlim(result.start.toordinal(), result.end.toordinal())
    _years(axes, result.start, result.end)
    _warm_up(axes, result)
    axes.set_xlabel(beside(Label("date", "日期"), lang), color=colour("soft"), fontsize=USUAL)


def _years(axes: Axes, first: date, last: date) -> None:
    """Mark every half year by its date, where there is room for it."""
    room = (last - first) * EDGE
    days = [
        day
        for year in range(first.year, last.year + 1)
        for day in (date(year, 1, 1), date(year, 7, 1))
        if first + room <= day <= last - room
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


def _table(results: Sequence[Result]) -> Table:
    """Return one line a week, of two scenarios one in four weeks: enough to read, and to draw the line again."""
    step = 1 if len(results) == 1 else SELDOM
    days = results[-1].backlog.dates[::step]
    rows = [
        (Cell(day.isoformat()), *(_cell(each.backlog, day) for each in results)) for day in days
    ]
    heads = (Label("week of", "周"), *(Label(each.scenario.id) for each in results))
    note = Label("") if step == 1 else Label("Every fourth week is listed.", "每四周列出一次。")
    return Table(TITLE, heads, tuple(rows), note)


def _cell(series: Series, day: date) -> Cell:
    if day not in series.dates:
        return Cell("")
    at = series.dates.index(day)
    mean, low, high = series.mean[at], series.low[at], series.high[at]
    return Cell(number(mean, "count"), interval(low, high, "count"), mean, low, high)
