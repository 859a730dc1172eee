"""When open cases will end, as text for a terminal and as CSV."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING

from duecourse.model.procedure import Label
from duecourse.report.caseload_tables import ASSUMED, limit_words
from duecourse.report.tables import HUNDRED, WIDTH, Cell, Table, estimate_cell, table_text
from duecourse.report.words import say
from duecourse.report.wrapping import wrap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from duecourse.model.procedure import Lang
    from duecourse.simulations.forecast import EndDate, Forecast, Prospect

CSV_COLUMNS = ("case", "class", "stage", "arrived", "measure", "name", "value", "low", "high")


def forecast_text(found: Forecast, lang: Lang = "en") -> str:
    """Return the whole docket as one table; a single case with all that is known of it."""
    parts = ["\n".join(_head(found, lang))]
    if len(found.prospects) == 1:
        parts += [table_text(each, lang) for each in _alone(found, found.prospects[0])]
    else:
        groups = ([], []) if not found.prospects else _groups(found)
        titles = (
            Label(f"When the open cases will end {ASSUMED}", f"未结案件何时结案 {ASSUMED}"),
            Label(
                f"A case filed on {found.start}, by class {ASSUMED}",
                f"{found.start}提交的案件，按类别 {ASSUMED}",
            ),
        )
        for title, group in zip(titles, groups, strict=True):
            if group:
                parts.append(table_text(_overview(found, title, group), lang))
    return "\n\n".join(parts)


def forecast_csv(found: Forecast) -> str:
    """Return a row for each number: the quantiles of the end, the limits kept, the ways to end."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for each in found.prospects:
        case = "" if each.filed_today else each.id
        head = (case, each.kind, each.stage, each.arrived.isoformat())
        for end in each.ends:
            days = [day.isoformat() if day else "" for day in (end.day, end.low, end.high)]
            writer.writerow((*head, "end", f"q{end.p * HUNDRED:g}", *days))
        shares = [("over", "", each.over), ("all_kept", "", each.all_kept)]
        shares += [("kept", name, limit.kept) for name, limit in each.limits.items()]
        shares += [("outcome", name, share) for name, share in each.outcomes.items()]
        for measure, name, share in shares:
            numbers = (share.mean, share.low, share.high)
            shown = ["" if math.isnan(number) else f"{number:.6g}" for number in numbers]
            writer.writerow((*head, measure, name, *shown))
    return file.getvalue().rstrip("\n")


def _head(found: Forecast, lang: Lang) -> Iterator[str]:
    scenario, docket = found.scenario, found.docket
    yield f"{scenario.id}  {scenario.label.text(lang)}"
    count, left = len(docket.cases), []
    for number, en, zh in (
        (docket.over, f"{docket.over} over before", f"此前已结案{docket.over}件"),
        (docket.coming, f"{docket.coming} begun later", f"其后开始{docket.coming}件"),
        (docket.later, f"{docket.later} later rows left out", f"其后的{docket.later}行未计入"),
    ):
        left += [say(lang, en, zh)] if number else []
    more = f" ({', '.join(left)})" if left else ""
    yield say(
        lang,
        f"{scenario.procedure.id}; {count} open cases of {docket.source} on {found.start}{more}",
        f"{scenario.procedure.id}；{found.start}，{docket.source}中未结案件{count}件{more}",
    )
    if not count:
        yield say(
            lang,
            "  no case is open on that day; --start DATE says which day is meant",
            "  该日无未结案件；以--start DATE指明日期",
        )
    yield from (f"  {each}" for each in docket.remarks)
    level = f"{found.level * HUNDRED:g} %"
    yield say(
        lang,
        f"{found.replications} replications up to {found.end}, with {level} intervals; seed {found.seed}",
        f"{found.replications}次重复，至{found.end}，附{level}区间；种子{found.seed}",
    )
    if found.estimated:
        yield say(
            lang,
            f"the calendar {found.calendar} is in part estimated: days go beyond the last published schedule",
            f"日历{found.calendar}部分为估计：日期超出已公布的安排",
        )
    assumed = sum(note.kind == "assumption" for note in scenario.notes)
    what = say(
        lang,
        f"{ASSUMED} rests on the workload, of which {assumed} of {len(scenario.notes)} groups of numbers are assumptions; "
        "work under way begins anew on the first day unless the docket says how long it has lasted",
        f"{ASSUMED} 以工作量为依据，其{len(scenario.notes)}组数值中{assumed}组为假设；"
        "除非载明已进行多久，进行中的工作自首日重新开始",
    )
    yield from wrap(what, WIDTH)


def _groups(found: Forecast) -> tuple[list[Prospect], list[Prospect]]:
    return (
        [each for each in found.prospects if not each.filed_today],
        [each for each in found.prospects if each.filed_today],
    )


def _overview(found: Forecast, title: Label, group: list[Prospect]) -> Table:
    today = group[0].filed_today
    heads = (
        Label("class", "类别") if today else Label("case", "案件"),
        *([] if today else [Label("stage", "阶段")]),
        Label("1 in 10 by", "一成不晚于"),
        Label("half by", "半数不晚于"),
        Label("9 in 10 by", "九成不晚于"),
        Label("all limits kept", "各时限均遵守"),
        Label("most likely", "最可能结果"),
    )
    return Table(title, heads, tuple(_row(found, each) for each in group))


def _row(found: Forecast, each: Prospect) -> tuple[Cell, ...]:
    scenario = found.scenario
    label = _kind(found, each.kind)
    first = [Cell(label)]
    if not each.filed_today:
        first = [Cell(each.id), Cell(scenario.procedure.stage[each.stage].label)]
    return (
        *first,
        *(Cell(_day(end.day)) for end in each.ends),
        estimate_cell(each.all_kept, "share"),
        Cell(_likeliest(found, each)),
    )


def _likeliest(found: Forecast, each: Prospect) -> Label:
    if each.likeliest is None:
        return Label("–")
    label = _outcome(found, each.likeliest)
    percent = f"{each.outcomes[each.likeliest].mean * HUNDRED:.0f} %"
    return Label(f"{label.en} ({percent})", f"{label.text('zh')}（{percent}）")


def _alone(found: Forecast, each: Prospect) -> Iterator[Table]:
    """Yield all that is known of one case."""
    procedure = found.scenario.procedure
    kind = _kind(found, each.kind)
    stage = procedure.stage[each.stage].label
    where = Label(
        f"{each.id}: {kind.en}, filed {each.arrived}, {stage.en}",
        f"{each.id}：{kind.text('zh')}，{each.arrived}提交，{stage.text('zh')}",
    )
    yield Table(
        Label(f"{where.en} {ASSUMED}", f"{where.zh} {ASSUMED}"),
        (
            Label("ends with probability", "结案概率"),
            Label("by", "不晚于"),
            Label("interval", "区间"),
        ),
        tuple(
            (Cell(f"{end.p * HUNDRED:g} %"), Cell(_day(end.day)), Cell(_between(end)))
            for end in each.ends
        ),
    )
    if each.limits:
        yield Table(
            Label(f"Limits from now on {ASSUMED}", f"此后的时限 {ASSUMED}"),
            (
                Label("limit", "时限"),
                Label("runs", "适用"),
                Label("kept where it runs", "适用时遵守"),
                Label("", ""),
            ),
            tuple(
                (
                    Cell(_limit(found, clock)),
                    estimate_cell(limit.runs, "share"),
                    estimate_cell(limit.kept, "share"),
                    Cell(Label("missed already", "已逾期") if limit.missed else ""),
                )
                for clock, limit in each.limits.items()
            ),
        )
    if each.outcomes:
        ways = sorted(each.outcomes, key=lambda name: -each.outcomes[name].mean)
        yield Table(
            Label(f"How it ends {ASSUMED}", f"如何结案 {ASSUMED}"),
            (Label("outcome", "结果"), Label("probability", "概率")),
            tuple(
                (Cell(_outcome(found, name)), estimate_cell(each.outcomes[name], "share"))
                for name in ways
            ),
        )


def _limit(found: Forecast, clock: str) -> Label:
    each = found.scenario.procedure.clock[clock]
    limit = limit_words(each)
    return Label(
        f"{each.label.en}, {limit.text('en')}", f"{each.label.text('zh')}，{limit.text('zh')}"
    )


def _outcome(found: Forecast, name: str) -> Label:
    return next(each.label for each in found.scenario.procedure.outcomes if each.id == name)


def _between(end: EndDate) -> str:
    return f"{_day(end.low)} … {_day(end.high)}"


def _day(day: date | None) -> str:
    return "–" if day is None else day.isoformat()


def _kind(found: Forecast, sort: str) -> Label:
    """Return the label of a class, followed by the values of its attributes."""
    label = next(each.label for each in found.scenario.classes if sort in each.sorts)
    values = ", ".join(sort.split(".")[1:])
    return Label(f"{label.en}, {values}", f"{label.text('zh')}，{values}") if values else label
