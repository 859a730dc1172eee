"""How long cases take until each outcome and in each stage, beside what the law allows at the most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.calendar import Unit
from duecourse.model.procedure import Label
from duecourse.report.caseload_tables import ASSUMED
from duecourse.report.diagram.graph import graph
from duecourse.report.diagram.limits import limits
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
    name_row,
)
from duecourse.report.tables import Cell, Table, number_cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from duecourse.model.procedure import Clock, Lang
    from duecourse.properties.bounds import Bounds
    from duecourse.report.spread import Quantiles, Spread
    from duecourse.simulations.result import Result

ROW = 68.0
NAMES = (9.0, 20.0)
LINES = (39.0, 50.0)
NUMBERS = (31.5, 62.5)
ENDS = Label(f"How long a case takes, by how it ends {ASSUMED}", f"各类结案方式的用时 {ASSUMED}")
STAGES = Label(f"How long a case stays in each stage {ASSUMED}", f"案件在各阶段的用时 {ASSUMED}")
CLOCKS = Label(
    f"How long a case stands under each limit {ASSUMED}", f"案件在各期限下的用时 {ASSUMED}"
)
LIMIT = Key(
    "ink",
    "mark",
    Label(
        "greatest counted time without extension of the special review",
        "不延长特别审查的最长计入时间",
    ),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One duration in one scenario or in two, and the most that the law allows, where it sets something."""

    label: Label
    found: tuple[Quantiles | None, ...]
    limits: tuple[int | None, ...]


def outcome_plot(
    results: Sequence[Result],
    spreads: Sequence[Spread],
    found: Sequence[Bounds],
    lang: Lang = "both",
) -> Plot:
    """Return the durations of cases by outcome, beside the statutory bounds on them."""
    rows = [
        Row(
            outcome.label,
            _each(spreads, "outcomes", outcome.id),
            tuple(_bound(each, outcome.id) for each in found),
        )
        for outcome in results[-1].scenario.procedure.outcomes
    ]
    note = Label(
        "The bars are elapsed time: they include suspensions and days on which no limit runs, which the statutory time does "
        "not count. A bar beyond its mark is therefore slow, but not by itself unlawful.",
        "条形为实际经过时间，含法定不计入的中止期间和无期限期间；超过标记表示慢，但本身不等于违法。",
    )
    return _plot("ends", ENDS, rows, results, spreads, note, (LIMIT,), lang)


def clock_plot(results: Sequence[Result], spreads: Sequence[Spread], lang: Lang = "both") -> Plot:
    """Return how long cases stand under each limit, beside the limit."""
    texts = [each.scenario.procedure.clock for each in results]
    rows = [
        Row(
            Label(f"{clock.label.en} ({_articles(clock)})", clock.label.zh),
            _each(spreads, "clocks", clock.id),
            tuple(_limit(text[clock.id]) if clock.id in text else None for text in texts),
        )
        for clock in results[-1].scenario.procedure.clocks
    ]
    note = Label(
        "The bars include the days on which the limit is suspended, and those won by an extension; so a bar beyond its mark is "
        "not by itself a breach. The shares of breaches are in the next figure.",
        "条形含期限中止和延长的日数；超过标记本身不等于逾期，逾期比例见下图。",
    )
    key = Key("ink", "mark", Label("the limit, without extension", "法定期限（不含延长）"))
    return _plot("clocks", CLOCKS, rows, results, spreads, note, (key,), lang)


def stage_plot(result: Result, spread: Spread, lang: Lang = "both") -> Plot:
    """Return how long cases stay in each stage, beside the limits that run in it."""
    procedure = result.scenario.procedure
    running = list(limits(graph(procedure), lang))
    rows = []
    for stage in procedure.stages:
        within = [
            _limit(procedure.clock[each.clock]) for each in running if stage.id in each.stages
        ]
        least = min((each for each in within if each is not None), default=None)
        rows.append(Row(stage.label, (spread.stages.get(stage.id),), (least,)))
    note = Label(
        "All visits of a case to a stage together. A limit may run through several stages and be suspended in some, so a bar "
        "beyond its mark is not by itself a breach. A stage without a mark has no limit in working days.",
        "同一案件多次进入同一阶段的用时合并计算。期限可跨越多个阶段并可中止，超过标记本身不等于逾期；无标记的阶段无工作日期限。",
    )
    key = Key(
        "ink",
        "mark",
        Label(
            "the shortest limit that runs in the stage, without extension",
            "该阶段内最短的法定期限（不含延长）",
        ),
    )
    return _plot("stages", STAGES, rows, (result,), (spread,), note, (key,), lang)


def _articles(clock: Clock) -> str:
    return ", ".join(map(str, clock.cites))


def _limit(clock: Clock) -> int | None:
    return clock.limit.count if clock.limit.unit is Unit.WORKING_DAY else None


def _each(spreads: Sequence[Spread], kind: str, name: str) -> tuple[Quantiles | None, ...]:
    return tuple(getattr(each, kind).get(name) for each in spreads)


def _bound(found: Bounds, outcome: str) -> int | None:
    return next(
        (row.without for row in found.rows if row.outcome.id == outcome and row.clauses), None
    )


def _plot(  # noqa: PLR0913, PLR0917  (one caller for each kind)
    name: str,
    title: Label,
    rows: Sequence[Row],
    results: Sequence[Result],
    spreads: Sequence[Spread],
    note: Label,
    more: tuple[Key, ...],
    lang: Lang,
) -> Plot:
    rows = [row for row in rows if any(row.found)]
    height = ROW - (LINES[1] - LINES[0]) * (len(LINES) - len(results))
    figure, axes = canvas(max(len(rows), 1) * height + 34, bottom=30)
    most = max((each.values[-1] for row in rows for each in row.found if each), default=1.0)
    most = max([most, *(limit for row in rows for limit in row.limits if limit)])
    axes.set_xlim(0, most * 1.04)
    axes.set_ylim(max(len(rows), 1) * height, 0)
    axes.set_yticks([])
    axes.set_xlabel(
        beside(Label("working days", "工作日"), lang), color=colour("soft"), fontsize=USUAL
    )
    for at, row in enumerate(rows):
        _row(axes, at * height, row, hues(results), lang)
    cases = spreads[-1].replications
    unit = Label(
        f"working days; line: 5 to 95 % of the cases, bar: middle half, dot: median; all cases of {cases} replications",
        f"工作日；细线为5%至95%，粗条为中间一半，圆点为中位数；{cases}次重复的全部案件",
    )
    return Plot(
        name,
        title,
        unit,
        (*legend(results, "bar"), *more),
        note,
        drawn(figure, name, title, lang),
        _table(title, rows, results),
    )


def _row(axes: Axes, top: float, row: Row, colours: str, lang: Lang) -> None:
    name_row(axes, (top + NAMES[0], top + NAMES[1]), row.label, lang)
    for at, hue in enumerate(colours):
        found, limit, y = row.found[at], row.limits[at], top + LINES[at]
        if found is not None:
            low, begin, middle, end, high = found.values
            axes.plot([low, high], [y, y], color=colour(hue), linewidth=1.3, solid_capstyle="butt")
            axes.plot([begin, end], [y, y], color=colour(hue), linewidth=6, solid_capstyle="butt")
            face = colour("ground")
            axes.plot(
                [middle],
                [y],
                "o",
                markersize=3.6,
                markerfacecolor=face,
                markeredgecolor=colour(hue),
                markeredgewidth=1,
                clip_on=False,
            )
        if limit is not None:
            axes.plot(
                [limit, limit],
                [y - 5, y + 5],
                color=colour("ink"),
                linewidth=2,
                solid_capstyle="butt",
            )
            axes.text(
                limit,
                top + NUMBERS[at],
                str(limit),
                fontsize=USUAL - 1,
                color=colour("ink"),
                ha="center",
                va="baseline",
            )


def _table(title: Label, rows: Sequence[Row], results: Sequence[Result]) -> Table:
    heads = (
        Label(""),
        Label("scenario", "情景"),
        Label("5 %"),
        Label("25 %"),
        Label("median", "中位数"),
        Label("75 %"),
        Label("95 %"),
        Label("cases", "案件数"),
        Label("statutory", "法定"),
    )
    lines = []
    for row in rows:
        ids = [each.scenario.id for each in results]
        for name, found, limit in zip(ids, row.found, row.limits, strict=True):
            if found is not None:
                numbers = [number_cell(value, "days") for value in found.values]
                count = Cell(str(found.cases), value=found.cases)
                most = Cell("") if limit is None else Cell(str(limit), value=limit)
                lines.append((Cell(row.label), Cell(name), *numbers, count, most))
    return Table(title, heads, tuple(lines))
