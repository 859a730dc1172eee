"""The staff of one scenario over time: how busy each pool is, and how many cases wait for it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from duecourse.model.procedure import Label
from duecourse.report.caseload_tables import ASSUMED
from duecourse.report.plot_backlog import time_axis, warm_up
from duecourse.report.plots import Key, Plot, canvas, colour, drawn, replications
from duecourse.report.tables import HUNDRED, Cell, Table, interval, number
from duecourse.simulations.periods import PERIOD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.model.procedure import Lang
    from duecourse.report.tables import Form
    from duecourse.scenarios.capacity import Pool
    from duecourse.simulations.result import Result, Series

HEIGHT = 118.0
BUSY = Label("Utilisation over time", "利用率随时间的变化")
BAND = Label("mean, and its interval", "均值及其区间")
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
    series = _within(result.periods[f"pool.{pool.id}.{what}"], 1.0 if share else math.inf)
    begin = BUSY if share else QUEUE
    size = f"{pool.label.en}, {pool.size}", f"{pool.label.text('zh')}，{pool.size}"
    title = Label(f"{begin.en}: {size[0]} people {ASSUMED}", f"{begin.zh}：{size[1]}人 {ASSUMED}")
    figure, axes = canvas(HEIGHT, left=0.085, bottom=32)
    axes.grid(axis="y", color=colour("rule"), linewidth=0.7)
    axes.grid(visible=False, axis="x")
    hue = "c2" if share else "b"
    at = [day.toordinal() for day in series.dates]
    low, mean, high = (
        [scale * each for each in found] for found in (series.low, series.mean, series.high)
    )
    axes.fill_between(at, low, high, color=colour(hue), alpha=0.22, linewidth=0)
    axes.plot(at, mean, color=colour(hue), linewidth=1.5)
    top = (
        HUNDRED if share else max([1.0, *(each for each in (*mean, *high) if not math.isnan(each))])
    )
    axes.set_ylim(0, top * 1.04)
    time_axis(axes, result, lang)
    how, name = replications(result), f"{what}-{pool.id}"
    unit = (
        Label("per cent of working time", "占工作时间的百分比")
        if share
        else Label("cases that wait for a member of the pool", "等待该类人员的案件数")
    )
    return Plot(
        id=name,
        title=title,
        unit=Label(
            f"{unit.en}, mean of each {PERIOD} working days; {how.en} for each by itself",
            f"{unit.zh}（每{PERIOD}个工作日的均值）；{how.zh}（逐段）",
        ),
        keys=(Key(hue, "line", BAND), *warm_up(result)),
        note=Label("Above about 85 % queues grow fast.", "高于约85 %时排队迅速增长。")
        if share
        else Label(
            "A queue that kept growing would mean too little staff.",
            "队列持续增长则表示人员不足。",
        ),
        svg=drawn(figure, name, title, lang),
        table=_table(title, series, form),
    )


def _within(series: Series, most: float) -> Series:
    """Return a series with its intervals cut to what is possible."""
    low = tuple(0.0 if each < 0 else each for each in series.low)
    high = tuple(min(each, most) for each in series.high)
    return replace(series, low=low, high=high)


def _table(title: Label, series: Series, form: Form) -> Table:
    columns = zip(series.dates, series.mean, series.low, series.high, strict=True)
    rows = tuple(
        (
            Cell(day.isoformat()),
            Cell(number(mean, form), interval(low, high, form), mean, low, high),
        )
        for day, mean, low, high in columns
    )
    heads = (Label(f"{PERIOD} working days from", f"{PERIOD}个工作日起始日"), Label("mean", "均值"))
    return Table(title, heads, rows)
