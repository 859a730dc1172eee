"""One case on the real calendar: its stages, its suspensions and its limits, each as a bar."""

from __future__ import annotations

from datetime import date, timedelta
from math import ceil, floor
from typing import TYPE_CHECKING

from duecourse.model.procedure import Label
from duecourse.report.caseload_tables import ASSUMED, limit_words
from duecourse.report.plots import (
    LEFT,
    POINTS,
    RIGHT,
    USUAL,
    WIDTH,
    Key,
    Plot,
    beside,
    canvas,
    colour,
    drawn,
)
from duecourse.report.tables import Cell, Table, number_cell
from duecourse.report.wrapping import ems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes

    from duecourse.model.procedure import Lang
    from duecourse.report.timeline import Part, Timeline
    from duecourse.simulations.days import Days
    from duecourse.simulations.result import Result

LINE = 9.0
BAR = 6.0
ROW = 11.0
"""Below the lines of its name a row has a bar, so far below the last line, and so much height for it."""

SIZE = USUAL - 1
ROOM = 0.94 * WIDTH * POINTS * (RIGHT - LEFT)
HUES = {"stage": "c1", "suspension": "c3", "clock": "c2"}
GAPS = (1, 2, 7, 14, 28, 56, 91, 182, 364)
TICKS = 6
EDGE = 0.08
"""Half a date needs such a share of the width."""

FEW_DAYS = 120
"""Up to so many days every day off is shaded, beyond only the long holidays."""

HOLIDAY = 5
KEYS = (
    Key("c1", "bar", Label("in a stage", "处于阶段")),
    Key("c3", "bar", Label("suspension", "中止")),
    Key("c2", "bar", Label("a limit runs or is suspended", "期限计算（含中止）")),
    Key("c5", "bar", Label("past its due date", "逾期")),
    Key(
        "rule",
        "bar",
        Label("days off (over 120 days: long holidays)", "休息日（超过120日仅示长假）"),
    ),
)


def timeline_plot(told: Timeline, result: Result, days: Days, lang: Lang = "both") -> Plot:
    """Return the picture of one case."""
    scenario = result.scenario
    kind = next(each.label for each in scenario.classes if told.case_class in each.sorts)
    outcome = next(
        (each.label for each in scenario.procedure.outcomes if each.id == told.outcome), Label("")
    )
    title = Label(
        f"Case {told.case}, {kind.en}: {outcome.en} {ASSUMED}",
        f"案件{told.case}，{kind.text('zh')}：{outcome.text('zh')} {ASSUMED}",
    )
    names = [_lines(_name(part, result), lang) for part in told.parts]
    bottom = sum(len(lines) * LINE + ROW for lines in names)
    figure, axes = canvas(bottom + 40, bottom=32)
    begin, end = _instant(days, told.since), _instant(days, told.until)
    length = max(end - begin, 1.0)
    axes.set_xlim(begin, end + 0.02 * length)
    axes.set_ylim(bottom + 2, 0)
    axes.set_yticks([])
    for since, until in _days_off(days, begin, end):
        axes.axvspan(since, until, color=colour("rule"), alpha=0.5, linewidth=0)
    top = 0.0
    for part, lines in zip(told.parts, names, strict=True):
        for line in lines:
            top += LINE
            axes.text(begin, top, line, fontsize=SIZE, color=colour("ink"), va="baseline")
        _bar(axes, top + BAR, part, days)
        top += ROW
    ticks = list(_ticks(begin, end))
    axes.set_xticks(ticks, [date.fromordinal(each).isoformat() for each in ticks])
    axes.set_xlabel(beside(Label("date", "日期"), lang), color=colour("soft"), fontsize=USUAL)
    name = f"case-{told.case}"
    return Plot(
        id=name,
        title=title,
        unit=Label(
            f"calendar days; one case of replication 1 of {result.replications}, so without interval",
            f"日历日；{result.replications}次重复中第1次的一个案件，无区间",
        ),
        keys=KEYS,
        note=Label(
            "One simulated case, not a typical one: it shows how the limits of the law and the calendar work together.",
            "单个模拟案件，不代表典型情况；用以说明法定期限与日历的关系。",
        ),
        svg=drawn(figure, name, title, lang),
        table=_table(title, told, result, days),
    )


def _lines(label: Label, lang: Lang) -> tuple[str, ...]:
    """Return a name as one line, or as one for each language where one has no room for both."""
    whole = beside(label, lang)
    if lang == "both" and ems(whole) * SIZE > ROOM:
        return label.en, label.zh
    return (whole,)


def _name(part: Part, result: Result) -> Label:
    procedure = result.scenario.procedure
    if part.kind == "stage":
        return procedure.stage[part.name].label
    if part.kind == "suspension":
        return procedure.suspension[part.name].label
    clock = procedure.clock[part.name]
    words = limit_words(clock)
    return Label(f"{clock.label.en}: {words.en}", f"{clock.label.text('zh')}：{words.zh}")


def _instant(days: Days, time: float) -> float:
    """Return an instant on the scale of calendar days."""
    day = floor(time)
    return days.date(day).toordinal() + (time - day)


def _bar(axes: Axes, y: float, part: Part, days: Days) -> None:
    """Draw a part: thick, but a limit thin as long as it is not past."""
    since, until = _instant(days, part.since), _instant(days, part.until)
    due = _instant(days, max(part.until - part.past, part.since)) if part.past else until
    pieces = [(since, due, HUES[part.kind], 2.6 if part.kind == "clock" else 5.2)]
    if part.past:
        pieces.append((due, until, "c5", 5.2))
    for left, right, hue, width in pieces:
        ink = colour(hue)
        axes.plot([left, right], [y, y], color=ink, linewidth=width, solid_capstyle="butt")
        for end in (left, right):
            axes.plot([end, end], [y - 3, y + 3], color=ink, linewidth=1.2)


def _ticks(begin: float, end: float) -> Iterator[int]:
    """Yield some days, Mondays if they are a week apart, few enough for their dates to stand side by side."""
    length = max(end - begin, 1.0)
    gap = next((each for each in GAPS if length / each <= TICKS - 1), GAPS[-1])
    day = date.fromordinal(ceil(begin + EDGE * length))
    if gap >= GAPS[2]:
        day += timedelta(-day.weekday() % 7)
    while day.toordinal() <= end - EDGE * length:
        yield day.toordinal()
        day += timedelta(gap)


def _days_off(days: Days, begin: float, end: float) -> Iterator[tuple[int, int]]:
    """Yield runs of days off, from morning to morning."""
    least = 1 if end - begin <= FEW_DAYS else HOLIDAY
    since: int | None = None
    for day in range(floor(begin), floor(end) + 2):
        if not days.calendar.is_working(date.fromordinal(day)) and day <= end:
            since = day if since is None else since
        elif since is not None:
            if day - since >= least:
                yield since, day
            since = None


def _table(title: Label, told: Timeline, result: Result, days: Days) -> Table:
    kinds = {
        "stage": Label("stage", "阶段"),
        "suspension": Label("suspension", "中止"),
        "clock": Label("limit", "期限"),
    }
    rows = tuple(
        (
            Cell(_name(part, result)),
            Cell(kinds[part.kind]),
            Cell(days.date(floor(part.since)).isoformat()),
            Cell(days.date(floor(part.until)).isoformat()),
            number_cell(part.until - part.since, "days"),
            number_cell(part.past, "days"),
        )
        for part in told.parts
    )
    heads = (
        Label("what", "内容"),
        Label("kind", "类型"),
        Label("from", "起"),
        Label("to", "止"),
        Label("working days", "工作日"),
        Label("past the limit, working days", "逾期工作日"),
    )
    return Table(title, heads, rows)
