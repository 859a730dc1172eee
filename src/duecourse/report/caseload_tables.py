"""What a simulation gave, as tables: flow, outcomes, limits, staff, stages, and two scenarios side by side."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from duecourse.model.procedure import Label
from duecourse.report.indicator_words import SPECIAL, indicator_words
from duecourse.report.tables import HUNDRED, Cell, Table, estimate_cell, number, number_cell
from duecourse.report.words import span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.model.procedure import Clock
    from duecourse.report.tables import Form
    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.comparison import Comparison
    from duecourse.simulations.precision import Reached
    from duecourse.simulations.result import Result

ASSUMED = "†"
"""The mark of a number that rests on assumptions about the workload."""

DAYS = Label("working days", "工作日")

TEN = 10
MANY = 1000


def flow_table(result: Result) -> Table:
    """Return how many cases come, end and are open, and how many need a special review."""
    names = ["arrivals", "throughput", "backlog.mean", "backlog.end", "backlog.oldest", "cost"]
    rows: list[tuple[Label, str, Form]] = [
        (label, name, form)
        for name in names
        if name in result.estimates
        for label, form in (indicator_words(name, result.scenario),)
    ]
    rows += special_rows(result)
    return Table(
        Label(f"Flow {ASSUMED}", f"案件流量 {ASSUMED}"),
        (Label(""), Label("mean", "均值")),
        tuple((Cell(label), estimate_cell(result[name], form)) for label, name, form in rows),
    )


def special_rows(result: Result) -> Iterator[tuple[Label, str, Form]]:
    """Yield the row of the share of special reviews, where the procedure has such a stage."""
    if "stage.special_review.share" in result.estimates:
        yield SPECIAL, "stage.special_review.share", "share"


def outcome_table(result: Result) -> Table:
    """Return how cases end and after how many working days, of the ways to end that occurred."""
    rows = []
    for outcome in result.scenario.procedure.outcomes:
        group = result.outcomes[outcome.id]
        if group.share.mean > 0:
            rows.append(
                (
                    Cell(outcome.label),
                    estimate_cell(group.share, "share"),
                    estimate_cell(group.working.median, "days"),
                    estimate_cell(group.working.q90, "days"),
                )
            )
    return Table(
        Label(
            f"How cases end {ASSUMED}, working days from filing to the end",
            f"结案方式 {ASSUMED}（自立案起的工作日）",
        ),
        (
            Label(""),
            Label("share of cases", "占比"),
            Label("half end within", "中位数"),
            Label("nine in ten within", "九成不超过"),
        ),
        tuple(rows),
        Label(
            "Days on which clocks are suspended, or no limit runs, are included.",
            "含中止期间及无期限期间。",
        ),
    )


def limit_table(result: Result) -> Table:
    """Return how the statutory limits that ran are kept."""
    rows = []
    for clock in result.scenario.procedure.clocks:
        kept = result.clocks[clock.id]
        if kept.runs.mean > 0:
            rows.append(
                (
                    Cell(clock.label),
                    Cell(limit_words(clock)),
                    number_cell(kept.runs.mean, "count"),
                    estimate_cell(kept.late_share, "share"),
                    estimate_cell(kept.overrun, "days"),
                    number_cell(kept.overrun_q90.mean, "days"),
                )
            )
    return Table(
        Label(f"Statutory limits {ASSUMED}", f"法定期限 {ASSUMED}"),
        (
            Label(""),
            Label("limit", "期限"),
            Label("a year", "每年次数"),
            Label("past the limit", "逾期比例"),
            Label("by, working days", "平均逾期工作日"),
            Label("90 %", "九成"),
        ),
        tuple(rows),
        Label(
            "The limit is without extension; one that was extended is late after the extension.",
            "期限不含延长；已延长的，以延长后的期限计。",
        ),
    )


def limit_words(clock: Clock) -> Label:
    """Return the limit of a clock with its articles.

    The mark of doubt on a citation is left out here: the diagram and the outline show it.
    """
    articles = ", ".join(str(cite) for cite in clock.cites)
    numbers = "、".join(f"第{cite.article}条" for cite in clock.cites)
    short = str(clock.limit).replace("working days", "WD")
    return Label(f"{short} ({articles})", f"{span(clock.limit, 'zh')}（{numbers}）")


def staff_table(result: Result) -> Table:
    """Return how the pools are used."""
    rows = []
    for pool in result.scenario.pools:
        used = result.pools[pool.id]
        rows.append(
            (
                Cell(pool.label),
                Cell(str(used.size), value=used.size),
                estimate_cell(used.utilisation, "share"),
                estimate_cell(used.wait, "days"),
                estimate_cell(used.queue, "count"),
            )
        )
    return Table(
        Label(f"Staff {ASSUMED}", f"人员 {ASSUMED}"),
        (
            Label(""),
            Label("people", "人数"),
            Label("busy", "利用率"),
            Label("wait, working days", "等待工作日"),
            Label("cases waiting", "排队案件数"),
        ),
        tuple(rows),
    )


def stage_table(result: Result) -> Table:
    """Return how long cases stay in each stage that occurred."""
    stages = result.scenario.procedure.stage
    rows = [
        (
            Cell(stages[name].label),
            estimate_cell(group.share, "share"),
            number_cell(result[f"stage.{name}.present"].mean, "count"),
            estimate_cell(group.working.median, "days"),
            estimate_cell(group.working.q90, "days"),
        )
        for name, group in result.stages.items()
        if group.share.mean > 0
    ]
    return Table(
        Label(f"Time in each stage {ASSUMED}, working days", f"各阶段用时 {ASSUMED}（工作日）"),
        (
            Label(""),
            Label("share of cases", "占比"),
            Label("cases in it", "在办件数"),
            Label("half stay less than", "中位数"),
            Label("nine in ten less than", "九成不超过"),
        ),
        tuple(rows),
    )


def precision_table(found: Reached, scenario: Scenario) -> Table:
    """Return how narrow the intervals are that were to be narrow enough."""
    rows = []
    for each in found.rows:
        label, form = indicator_words(each.name, scenario)
        half = each.estimate.half_width
        rows.append(
            (
                Cell(label),
                estimate_cell(each.estimate, form),
                Cell(_plus_minus(half, form), value=half),
                Cell(_plus_minus(each.asked, form), value=each.asked),
                Cell("" if each.reached else Label("wider", "过宽")),
            )
        )
    level = f"{found.level * HUNDRED:g} %"
    width = f"{found.asked.width * HUNDRED:g}"
    return Table(
        Label(f"Precision {ASSUMED}", f"精度 {ASSUMED}"),
        (
            Label(""),
            Label("mean", "均值"),
            Label("half width", "半宽"),
            Label("asked for", "要求"),
            Label(""),
        ),
        tuple(rows),
        Label(
            f"These intervals hold all together, {level} sure (Bonferroni), so they are wider than above. Asked for: the mean within "
            f"{width} % of the true one; a share within {width} points of it.",
            f"此处各区间同时成立的置信水平为{level}（Bonferroni），故较上文为宽。要求：均值与真值之差不超过{width} %；比例不超过{width}个百分点。",
        ),
    )


def _plus_minus(half: float, form: Form) -> str:
    """Return half a width as it is shown: that of a share in points."""
    return f"± {number(half, form)}".replace(" %", " pp")


def comparison_table(comparison: Comparison) -> Table:
    """Return the indicators of two scenarios side by side, and their paired differences."""
    a, b = comparison.a.scenario, comparison.b.scenario
    together = comparison.clear_together
    rows = tuple(
        (
            Cell(label),
            estimate_cell(comparison[name].a, form),
            estimate_cell(comparison[name].b, form),
            estimate_cell(comparison[name].difference, form, signed=True),
            Cell(_clearness(comparison, name, together)),
            _gain(comparison[name].gain),
        )
        for label, name, form in indicators(comparison)
    )
    level = f"{comparison.a.level * HUNDRED:g} %"
    return Table(
        Label(
            f"Side by side {ASSUMED}, with common random numbers", f"对比 {ASSUMED}（共同随机数）"
        ),
        (
            Label(""),
            Label(a.id),
            Label(b.id.removeprefix(a.id) or b.id),
            Label("difference", "差异"),
            Label(""),
            Label("gain", "增益"),
        ),
        rows,
        Label(
            f"Difference: {b.id} less {a.id}, replication by replication. clear: all rows so marked differ, {level} sure of all "
            "together (Holm); by itself: its interval, taken alone, leaves out 0 (of twenty rows without any difference one "
            "would by chance). gain: how many times as many replications it would take without common random numbers.",
            f"差异：{b.id}减{a.id}，逐次配对。“显著”：所有如此标注的行同时有{level}把握存在差异（Holm法）；“单独显著”：仅就该行而言区间不含0"
            "（二十行无差异者中约有一行偶然如此）。增益：若不用共同随机数，所需重复次数的倍数。",
        ),
    )


def _clearness(comparison: Comparison, name: str, together: frozenset[str]) -> Label:
    if name in together:
        return Label("clear", "显著")
    return Label("by itself", "单独显著") if comparison[name].clear else Label("")


def _gain(gain: float) -> Cell:
    if math.isnan(gain):
        return Cell("")
    if gain > MANY:
        return Cell(f"> {MANY}", value=gain)
    return Cell(f"{gain:.1f}" if gain < TEN else f"{gain:.0f}", value=gain)


def indicators(comparison: Comparison) -> Iterator[tuple[Label, str, Form]]:
    """Yield what is compared: a label, the name of the indicator, and its form."""
    for name in comparison.family:
        label, form = indicator_words(name, comparison.b.scenario)
        yield label, name, form
