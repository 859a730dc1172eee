"""What an indicator is called for a reader, and in which form its number is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.model.procedure import Label

if TYPE_CHECKING:
    from duecourse.report.tables import Form
    from duecourse.scenarios.scenario import Scenario

Words = tuple[Label, "Form"]

_SINGLE: dict[str, Words] = {
    "arrivals": (Label("cases filed a year", "每年立案数"), "count"),
    "throughput": (Label("cases ended a year", "每年结案数"), "count"),
    "backlog.mean": (Label("open cases, on average", "平均未结案件数"), "count"),
    "backlog.end": (Label("open cases, at the end", "期末未结案件数"), "count"),
    "backlog.oldest": (
        Label("age of the oldest open case, WD", "最早未结案件的案龄（工作日）"),
        "days",
    ),
    "backlog.oldest_end": (
        Label("age of the oldest open case at the end, WD", "期末最早未结案件的案龄（工作日）"),
        "days",
    ),
    "cost": (Label("cost of the staff a year", "人员年成本"), "count"),
}
_STATISTICS = {
    "mean": Label("mean", "均值"),
    "median": Label("median", "中位数"),
    "q90": Label("90 %", "九成"),
    "q95": Label("95 %", "九成五"),
}
_UNITS = {"working": Label("WD", "工作日"), "calendar": Label("calendar days", "日历日")}
_ASPECTS: dict[tuple[str, str], Words] = {
    ("clock", "late_share"): (Label("late: {}", "逾期：{}"), "share"),
    ("clock", "lapsed_share"): (Label("lapsed: {}", "届满：{}"), "share"),
    ("clock", "runs"): (Label("limits kept or missed a year: {}", "每年期限次数：{}"), "count"),
    ("clock", "overrun"): (Label("past the limit by: {}, WD", "平均逾期：{}（工作日）"), "days"),
    ("clock", "overrun_q90"): (
        Label("past the limit by, 90 %: {}, WD", "九成逾期不超过：{}（工作日）"),
        "days",
    ),
    ("pool", "utilisation"): (Label("busy: {}", "利用率：{}"), "share"),
    ("pool", "wait"): (Label("wait for it: {}, WD", "等待：{}（工作日）"), "days"),
    ("pool", "queue"): (Label("cases waiting: {}", "排队案件数：{}"), "count"),
    ("pool", "cost"): (Label("cost a year: {}", "年成本：{}"), "count"),
    ("stage", "share"): (Label("share of cases: {}", "占比：{}"), "share"),
    ("stage", "present"): (Label("cases in it: {}", "在办案件数：{}"), "count"),
    ("outcome", "share"): (Label("share of cases: {}", "占比：{}"), "share"),
}
SPECIAL = Label("share with a special review", "进入特别审查的比例")


def indicator_words(name: str, scenario: Scenario) -> Words:
    """Return the label of an indicator and its form; one that is not known keeps its name."""
    if name in _SINGLE:
        return _SINGLE[name]
    if name == "stage.special_review.share":
        return SPECIAL, "share"
    kind, _, rest = name.partition(".")
    if kind == "time":
        return _duration(Label("filing to end", "立案至结案"), rest.split("."))
    subject, _, aspect = rest.partition(".")
    label = _labels(scenario, kind).get(subject)
    if label is None:
        return Label(name), "count"
    if (kind, aspect) in _ASPECTS:
        pattern, form = _ASPECTS[kind, aspect]
        return Label(pattern.en.format(label.en), pattern.zh.format(label.text("zh"))), form
    return _duration(label, aspect.split("."))


def _duration(label: Label, how: list[str]) -> Words:
    unit, statistic = how
    which, days = _STATISTICS[statistic], _UNITS[unit]
    return (
        Label(f"{label.en}: {which.en}, {days.en}", f"{label.text('zh')}：{which.zh}（{days.zh}）"),
        "days",
    )


def _labels(scenario: Scenario, kind: str) -> dict[str, Label]:
    procedure = scenario.procedure
    match kind:
        case "clock":
            return {each.id: each.label for each in procedure.clocks}
        case "outcome":
            return {each.id: each.label for each in procedure.outcomes}
        case "stage":
            return {each.id: each.label for each in procedure.stages}
        case "pool":
            return {each.id: each.label for each in scenario.pools}
        case _:
            return {}
