"""What a simulation gave, as text for a terminal that a planner can act on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from duecourse.model.procedure import Label
from duecourse.report.caseload_tables import (
    ASSUMED,
    comparison_table,
    flow_table,
    limit_table,
    limit_words,
    outcome_table,
    precision_table,
    staff_table,
    stage_table,
)
from duecourse.report.tables import HUNDRED, WIDTH, interval, interval_words, number, table_text
from duecourse.report.words import say
from duecourse.report.wrapping import wrap
from duecourse.simulations.gather import days_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.model.procedure import Clock, Lang
    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.comparison import Comparison
    from duecourse.simulations.estimate import Estimate
    from duecourse.simulations.precision import Reached
    from duecourse.simulations.result import Result

PRECISE = 0.05
"""Half the width of an interval of a share that is narrow enough to plan with."""


def simulation_text(result: Result, lang: Lang = "en") -> str:
    """Return what a simulation gave: flow, outcomes, limits, staff, stages, and what stands out."""
    tables = [flow_table, outcome_table, limit_table, staff_table, stage_table]
    found = [table(result) for table in tables]
    if result.precision is not None:
        found.append(precision_table(result.precision, result.scenario))
    parts = [
        "\n".join(_head(result, lang)),
        *(table_text(table, lang) for table in found),
        "\n".join(_outstanding(result, lang)),
    ]
    return "\n\n".join(part for part in parts if part)


def comparison_text(comparison: Comparison, lang: Lang = "en") -> str:
    """Return two scenarios side by side."""
    a, b = comparison.a, comparison.b
    lines = [f"{each.scenario.id}  {each.scenario.label.text(lang)}" for each in (a, b)]
    lines += [*setting(b, lang), *_assumptions((a.scenario, b.scenario), lang)]
    return "\n".join(lines) + "\n\n" + table_text(comparison_table(comparison), lang)


def _head(result: Result, lang: Lang) -> Iterator[str]:
    scenario = result.scenario
    yield f"{scenario.id}  {scenario.label.text(lang)}"
    if scenario.docket is not None:
        count, source = len(scenario.docket.cases), scenario.docket.source
        yield say(
            lang, f"begins with {count} open cases of {source}", f"起始未结案件{count}件：{source}"
        )
    yield from setting(result, lang)
    yield from _assumptions((scenario,), lang)


def setting(result: Result, lang: Lang) -> Iterator[str]:
    """Yield what was simulated: text, days, warm-up, replications, seed, calendar."""
    scenario = result.scenario
    counted = _counted(result)
    yield say(
        lang,
        f"{scenario.procedure.id}, {result.start} to {result.end}, {counted.en}",
        f"{scenario.procedure.id}，{result.start}至{result.end}，{counted.text('zh')}",
    )
    yield from _mser(result, lang)
    how = interval_words(result.level, result.replications, lang)
    wd = say(lang, "WD = working days", "WD为工作日")
    yield say(lang, f"{how}; seed {result.seed}; {wd}", f"{how}；种子{result.seed}；{wd}")
    if result.estimated:
        yield say(
            lang,
            f"the calendar {result.calendar} is in part estimated: the run goes beyond the last published schedule",
            f"日历{result.calendar}部分为估计：运行期超出已公布的安排",
        )


def _counted(result: Result) -> Label:
    """Return from when events count: in a terminating run, which begins with an empty office, all of them do."""
    if not result.scenario.warm_up:
        return Label("counted from the first day (no warm-up)", "自首日起计入（无预热期）")
    since = result.counted_from
    return Label(f"counted from {since} (after the warm-up)", f"自{since}起计入（预热期之后）")


def _mser(result: Result, lang: Lang) -> Iterator[str]:
    """Yield where MSER-5 would end the warm-up, where it and the scenario disagree or it finds no end."""
    found = result.warm_up_found
    if found is None or not result.scenario.warm_up:
        return
    if not found.settled:
        yield say(
            lang,
            "MSER-5 finds no end of the warm-up: the backlog has not settled within the first half of the run",
            "MSER-5未找到预热期终点：积压在运行期前半段内未趋于稳定",
        )
        return
    since = days_of(result.scenario).date(found.days)
    yield say(
        lang,
        f"MSER-5 would end the warm-up on {since}"
        + (", later than it ends here" if since > result.counted_from else ""),
        f"MSER-5建议的预热期终点：{since}"
        + ("（晚于此处）" if since > result.counted_from else ""),
    )


def _assumptions(scenarios: tuple[Scenario, ...], lang: Lang) -> Iterator[str]:
    notes = [note for scenario in scenarios for note in scenario.notes]
    assumed = sum(note.kind == "assumption" for note in notes)
    yield say(
        lang,
        f"{ASSUMED} rests on the workload, of which {assumed} of {len(notes)} groups of numbers are assumptions",
        f"{ASSUMED} 以工作量为依据，其{len(notes)}组数值中{assumed}组为假设",
    )


def _outstanding(result: Result, lang: Lang) -> Iterator[str]:
    """Yield what a planner should look at first."""
    yield say(lang, f"What stands out {ASSUMED}", f"要点 {ASSUMED}")
    for line in (*_latest(result, lang), *_scarcest(result, lang), *_precision(result, lang)):
        first, *rest = wrap(line, WIDTH - 4)
        yield f"  - {first}"
        yield from (f"    {each}" for each in rest)


def _late_shares(result: Result) -> list[tuple[Estimate, Clock]]:
    return [
        (result.clocks[clock.id].late_share, clock)
        for clock in result.scenario.procedure.clocks
        if result.clocks[clock.id].late_share.replications
    ]


def _latest(result: Result, lang: Lang) -> Iterator[str]:
    shares = _late_shares(result)
    if shares:
        share, clock = max(shares, key=lambda each: each[0].mean)
        found = f"{number(share.mean, 'share')} {interval(share.low, share.high, 'share')}"
        over = result.clocks[clock.id].overrun.mean
        limit = limit_words(clock).text(lang)
        yield say(
            lang,
            f"most often late: {clock.label.text(lang)}, {limit}: {found} of them, by {number(over, 'days')} WD on average",
            f"最常逾期：{clock.label.text(lang)}，{limit}：{found}，平均逾期{number(over, 'days')}个工作日",
        )


def _scarcest(result: Result, lang: Lang) -> Iterator[str]:
    pools = [(result.pools[pool.id], pool) for pool in result.scenario.pools]
    waits = [(used.wait, used, pool) for used, pool in pools if used.wait.replications]
    if waits:
        wait, used, pool = max(waits, key=lambda each: each[0].mean)
        name = pool.label.text(lang)
        busy = number(used.utilisation.mean, "share")
        yield say(
            lang,
            f"longest wait for staff: {name} ({used.size}), {number(wait.mean, 'days')} {interval(wait.low, wait.high, 'days')} WD "
            f"for each piece of work, {busy} busy",
            f"等待最久的人员：{name}（{used.size}人），每项工作等待{number(wait.mean, 'days')}个工作日，利用率{busy}",
        )


def _precision(result: Result, lang: Lang) -> Iterator[str]:
    """Yield whether the intervals are narrow enough, or how many replications would make the widest one so."""
    if result.precision is not None:
        yield _reached(result.precision, lang)
        return
    shares = [
        (each.half_width, clock) for each, clock in _late_shares(result) if not math.isnan(each.low)
    ]
    if result.replications == 1:
        en, zh = (
            "no intervals: run at least two replications (-n 10)",
            "无区间：至少需两次重复（-n 10）",
        )
        yield say(lang, en, zh)
        return
    if not shares:
        return
    half, clock = max(shares, key=lambda each: each[0])
    if half > PRECISE:
        need = math.ceil(result.replications * (half / PRECISE) ** 2)
        points = f"± {half * HUNDRED:.1f}"
        name = clock.label.text(lang)
        yield say(
            lang,
            f"widest interval of a late share: {name}, {points} points; for ± {PRECISE * HUNDRED:g} run about {need} replications (-n {need})",
            f"逾期比例中最宽的区间：{name}，{points}个百分点；若要± {PRECISE * HUNDRED:g}，约需{need}次重复（-n {need}）",
        )


def _reached(found: Reached, lang: Lang) -> str:
    width = f"{found.asked.width * HUNDRED:g} %"
    if found.reached:
        return say(
            lang,
            f"precision {width} reached with {found.replications} replications",
            f"{found.replications}次重复后达到精度{width}",
        )
    short = sum(not each.reached for each in found.rows)
    return say(
        lang,
        f"precision {width} not reached: {found.replications} replications are all that were allowed, and {short} of {len(found.rows)} "
        f"intervals are wider; about {max(found.needed, found.replications + 1)} would be enough (--at-most)",
        f"未达到精度{width}：已用完允许的{found.replications}次重复，{len(found.rows)}个区间中{short}个仍过宽；约需{max(found.needed, found.replications + 1)}次（--at-most）",
    )
