"""The staff of one scenario over time: how busy each pool is, and how many cases wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.model.procedure import Label
from duecourse.report.caseload_tables import ASSUMED
from duecourse.report.plot_backlog import WARM_UP, time_axis
from duecourse.report.plots import Key, Plot, canvas, colour, drawn, replications
from duecourse.report.tables import HUNDRED, Cell, Table, interval, number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from duecourse.model.procedure import Lang
    from duecourse.report.tables import Form
    from duecourse.scenarios.scenario import Pool
    from duecourse.simulations.result import Result, Series

HEIGHT = 118.0
MONTH = 4
"""Weeks whose mean is drawn and told as one point: single weeks are too restless to read."""

BUSY = Label("Utilisation over time", "利用率随时间的变化")
QUEUE = Label("Cases waiting over time", "排队案件数随时间的变化")


def staff_plots(result: Result, lang: Lang = "both") -> Iterator[Plot]:
    """Yield for each pool its utilisation and its queue over time, with bands."""
    for pool in result.scenario.pools:
        yield _plot(result, pool, "utilisation", lang)
        yield _plot(result, pool, "queue", lang)


def _plot(result: Result, pool: Pool, what: str, lang: Lang) -> Plot:
    share = what == "utilisation"
    form: Form = "share" if share else "count"
    scale = HUNDRED if share else 1
    points = list(_months(result.weekly[f"pool.{pool.id}.{what}"]))
    begin = BUSY if share else QUEUE
    size = f"{pool.label.en}, {pool.size}", f"{pool.label.text('zh')}，{pool.size}"
    title = Label(f"{begin.en}: {size[0]} people {ASSUMED}", f"{begin.zh}：{size[1]}人 {ASSUMED}")
    figure, axes = canvas(HEIGHT, left=0.085, bottom=32)
    axes.grid(axis="y", color=colour("rule"), linewidth=0.7)
    axes.grid(visible=False, axis="x")
    hue = "c2" if share else "b"
    at = [result.weekly[f"pool.{pool.id}.{what}"].dates[week].toordinal() for week, *_ in points]
    low, mean, high = ([scale * each[i] for each in points] for i in (2, 1, 3))
    axes.fill_between(at, low, high, color=colour(hue), alpha=0.22, linewidth=0)
    axes.plot(at, mean, color=colour(hue), linewidth=1.5)
    top = HUNDRED if share else max([1.0, *(each for each in high if each == each)])  # noqa: PLR0124  (not a number)
    axes.set_ylim(0, top * 1.04)
    time_axis(axes, result, lang)
    how, name = replications(result), f"{what}-{pool.id}"
    unit = (
        Label("per cent of working time", "占工作时间的百分比")
        if share
        else Label("cases that wait for a member of the pool", "等待该类人员的案件数")
    )
    series = Label("mean, and its interval", "均值及其区间")
    return Plot(
        id=name,
        title=title,
        unit=Label(
            f"{unit.en}, means over {MONTH} weeks; {how.en}, interval: mean of the weekly ones",
            f"{unit.zh}（每{MONTH}周平均）；{how.zh}（各周区间的平均）",
        ),
        keys=(Key(hue, "line", series), WARM_UP),
        note=Label("Above about 85 % queues grow fast.", "高于约85 %时排队迅速增长。")
        if share
        else Label(
            "A queue that kept growing after the warm-up would mean too little staff.",
            "预热期后队列仍持续增长则表示人员不足。",
        ),
        svg=drawn(figure, name, title, lang),
        table=_table(result, title, points, form),
    )


def _months(series: Series) -> Iterator[tuple[int, float, float, float]]:
    """Yield the first week of each month with mean, low and high over it."""
    for week in range(0, len(series.dates), MONTH):
        found = (series.mean, series.low, series.high)
        parts = [each[week : week + MONTH] for each in found]
        mean, low, high = (sum(part) / len(part) for part in parts)
        yield week, mean, max(low, 0.0), high


def _table(
    result: Result, title: Label, points: Sequence[tuple[int, float, float, float]], form: Form
) -> Table:
    dates = result.backlog.dates
    rows = tuple(
        (
            Cell(dates[week].isoformat()),
            Cell(number(mean, form), interval(low, high, form), mean, low, high),
        )
        for week, mean, low, high in points
    )
    heads = (Label("four weeks from", "四周起始日"), Label("mean", "均值"))
    return Table(title, heads, rows)
