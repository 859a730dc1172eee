"""What a simulation gave, as tables: flow, outcomes, limits, staff, stages, and two scenarios side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.model.procedure import Label
from duecourse.report.tables import Cell, Table, estimate_cell, number_cell
from duecourse.report.words import span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.model.procedure import Clock
    from duecourse.report.tables import Form
    from duecourse.simulations.result import Comparison, Result

ASSUMED = "†"
"""The mark of a number that rests on assumptions about the workload."""

DAYS = Label("working days", "工作日")


def flow_table(result: Result) -> Table:
    """Return how many cases come, end and are open, and how many need a special review."""
    rows: list[tuple[Label, str, Form]] = [
        (Label("cases filed a year", "每年立案数"), "arrivals", "count"),
        (Label("cases ended a year", "每年结案数"), "throughput", "count"),
        (Label("open cases, on average", "平均未结案件数"), "backlog.mean", "count"),
        (Label("open cases, at the end", "期末未结案件数"), "backlog.end", "count"),
        *special_rows(result),
    ]
    return Table(
        Label(f"Flow {ASSUMED}", f"案件流量 {ASSUMED}"),
        (Label(""), Label("mean", "均值")),
        tuple((Cell(label), estimate_cell(result[name], form)) for label, name, form in rows),
    )


def special_rows(result: Result) -> Iterator[tuple[Label, str, Form]]:
    """Yield the row of the share of special reviews, where the procedure has such a stage."""
    if "stage.special_review.share" in result.estimates:
        label = Label("share with a special review", "进入特别审查的比例")
        yield label, "stage.special_review.share", "share"


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
            Label("half stay less than", "中位数"),
            Label("nine in ten less than", "九成不超过"),
        ),
        tuple(rows),
    )


def comparison_table(comparison: Comparison) -> Table:
    """Return the indicators of two scenarios side by side, and their paired differences."""
    a, b = comparison.a.scenario, comparison.b.scenario
    rows = tuple(
        (
            Cell(label),
            estimate_cell(comparison[name].a, form),
            estimate_cell(comparison[name].b, form),
            estimate_cell(comparison[name].difference, form, signed=True),
            Cell(Label("clear", "显著") if comparison[name].clear else ""),
        )
        for label, name, form in indicators(comparison)
    )
    return Table(
        Label(
            f"Side by side {ASSUMED}, with common random numbers", f"对比 {ASSUMED}（共同随机数）"
        ),
        (Label(""), Label(a.id), Label(b.id), Label("difference", "差异"), Label("")),
        rows,
        Label(
            f"Difference: {b.id} less {a.id}, replication by replication; clear: its interval, taken by itself, leaves out 0 "
            "(of twenty rows without any difference one would be clear by chance).",
            f"差异：{b.id}减{a.id}，逐次配对；“显著”指该区间（单独看）不含0（二十行无差异者中约有一行偶然显著）。",
        ),
    )


def indicators(comparison: Comparison) -> Iterator[tuple[Label, str, Form]]:
    """Yield what is compared: a label, the name of the indicator, and its form."""
    found = (*_flow(comparison), *_ends(comparison), *_limits(comparison), *_staff(comparison))
    yield from (each for each in found if _occurs(comparison, each[1]))


def _flow(comparison: Comparison) -> Iterator[tuple[Label, str, Form]]:
    yield Label("cases filed a year", "每年立案数"), "arrivals", "count"
    yield Label("cases ended a year", "每年结案数"), "throughput", "count"
    yield Label("open cases, on average", "平均未结案件数"), "backlog.mean", "count"
    yield from special_rows(comparison.b)


def _ends(comparison: Comparison) -> Iterator[tuple[Label, str, Form]]:
    for outcome in comparison.b.scenario.procedure.outcomes:
        name = f"outcome.{outcome.id}.working.median"
        en, zh = outcome.label.en, outcome.label.zh
        yield Label(f"{en}: median, WD", f"{zh}：中位数（工作日）"), name, "days"
        name = f"outcome.{outcome.id}.working.q90"
        yield Label(f"{en}: 90 %, WD", f"{zh}：九成（工作日）"), name, "days"


def _limits(comparison: Comparison) -> Iterator[tuple[Label, str, Form]]:
    for clock in comparison.b.scenario.procedure.clocks:
        label = Label(f"late: {clock.label.en}", f"逾期：{clock.label.zh}")
        yield label, f"clock.{clock.id}.late_share", "share"


def _staff(comparison: Comparison) -> Iterator[tuple[Label, str, Form]]:
    for pool in comparison.b.scenario.pools:
        label = Label(f"busy: {pool.label.en}", f"利用率：{pool.label.zh}")
        yield label, f"pool.{pool.id}.utilisation", "share"
        label = Label(f"wait for it: {pool.label.en}, WD", f"等待：{pool.label.zh}（工作日）")
        yield label, f"pool.{pool.id}.wait", "days"


def _occurs(comparison: Comparison, name: str) -> bool:
    """Return whether both scenarios have an indicator, and at least one a value."""
    found = comparison.differences.get(name)
    return found is not None and found.a.replications + found.b.replications > 0
