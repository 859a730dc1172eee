"""Which staffing to take: the recommendation, what it rests on, and what less and more money would give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.model.procedure import Label
from duecourse.report.caseload_tables import ASSUMED
from duecourse.report.indicator_words import indicator_words
from duecourse.report.tables import (
    HUNDRED,
    WIDTH,
    Cell,
    Table,
    estimate_cell,
    interval,
    number,
    number_cell,
    table_text,
)
from duecourse.report.words import say
from duecourse.report.wrapping import wrap
from duecourse.simulations.ranking import Answer
from duecourse.simulations.staffing import not_above

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.model.procedure import Lang
    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.staff_plan import StaffPlan
    from duecourse.simulations.staffing import Staffing

ANSWERS = {
    Answer.MEETS: Label("meets", "达标"),
    Answer.FAILS: Label("fails", "不达标"),
    Answer.OPEN: Label("open", "未定"),
}


def staffing_text(found: StaffPlan, lang: Lang = "en") -> str:
    """Return a recommendation for a terminal."""
    experiment, scenario = found.experiment, found.experiment.scenarios[0]
    head = [
        f"{experiment.id}  {experiment.label.text(lang)}",
        experiment.question.text(lang),
        say(
            lang,
            f"{scenario.id}, {scenario.years:g} years of which {scenario.warm_up:g} are warm-up; "
            f"{found.plan.total} replications, seed {experiment.seed}",
            f"{scenario.id}，{scenario.years:g}年（其中预热{scenario.warm_up:g}年）；共{found.plan.total}次重复，种子{experiment.seed}",
        ),
    ]
    parts = [
        "\n".join(head),
        "\n".join(_bullets(_recommendation(found, lang), lang)),
        table_text(load_table(found), lang),
        table_text(tradeoff_table(found), lang),
        "\n".join(_bullets(_how(found, lang), lang, how=True)),
    ]
    return "\n\n".join(parts)


def tradeoff_table(found: StaffPlan) -> Table:
    """Return every staffing that was simulated, by cost, with its targets and whether another beats it."""
    plan, scenario = found.plan, found.experiment.scenarios[0]
    words = [indicator_words(each.indicator, scenario) for each in plan.targets]
    pools = {each.id: each.label for each in scenario.pools}
    rows = [
        (
            *(Cell(str(size), value=size) for size in each.sizes),
            number_cell(each.cost, "count"),
            *(
                estimate_cell(estimate, form)
                for estimate, (_, form) in zip(each.estimates, words, strict=True)
            ),
            Cell(ANSWERS[each.answer]),
            Cell(_role(found, each)),
        )
        for each in plan.simulated
    ]
    heads = (
        *(pools[each.pool] for each in plan.ranges),
        Label("cost", "成本"),
        *(label for label, _ in words),
        Label("targets", "目标"),
        Label(""),
    )
    return Table(
        Label(f"Cost and compliance {ASSUMED}", f"成本与达标 {ASSUMED}"),
        heads,
        tuple(rows),
        Label(
            "best trade: nothing simulated is both as cheap and as good in the first target. The intervals are of what was simulated; "
            "replications ended when the answer was clear, so those near a limit are the most precise.",
            "“最优折衷”：已模拟的配置中，没有同样便宜且首要目标同样好的。区间依据已有重复；结论明确即停止，故接近限值者最精确。",
        ),
    )


def load_table(found: StaffPlan) -> Table:
    """Return how much work is offered to each pool."""
    plan, scenario = found.plan, found.experiment.scenarios[0]
    pools = {each.id: each for each in scenario.pools}
    rows = [
        (
            Cell(pools[each.pool].label),
            estimate_cell(load, "count"),
            Cell(f"{each.low}–{each.high}"),
            number_cell(each.cost, "count"),
            Cell(str(pools[each.pool].size), value=pools[each.pool].size),
        )
        for each, load in zip(plan.ranges, plan.load, strict=True)
    ]
    return Table(
        Label(f"Work offered {ASSUMED}, in people", f"工作负荷 {ASSUMED}（人）"),
        (
            Label(""),
            Label("work", "负荷"),
            Label("searched", "搜索范围"),
            Label("cost of one", "人均成本"),
            Label("now", "现有"),
        ),
        tuple(rows),
    )


def _recommendation(found: StaffPlan, lang: Lang) -> Iterator[str]:
    plan = found.plan
    level = f"{plan.level * HUNDRED:g} %"
    if plan.best is None:
        yield from _nothing(found, lang)
        return
    yield say(
        lang,
        f"take {_people(found, plan.best, 'en')}: cost {number(plan.best.cost, 'count')}",
        f"建议：{_people(found, plan.best, 'zh')}，成本{number(plan.best.cost, 'count')}",
    )
    yield from _targets(found, plan.best, lang)
    yield say(
        lang,
        f"{level} sure: it meets every target or misses it by less than the tolerance"
        + (
            ", and nothing cheaper in the ranges beats all of them by more"
            if not _open(found)
            else ""
        ),
        f"把握{level}：满足全部目标，或差距小于容差"
        + ("；范围内更便宜的配置均不能以超过容差的幅度满足全部目标" if not _open(found) else ""),
    )
    for each in _open(found):
        yield say(
            lang,
            f"not settled after {each.replications} replications, and cheaper: {_people(found, each, 'en')} (at_most)",
            f"{each.replications}次重复后仍未定，且更便宜：{_people(found, each, 'zh')}（at_most）",
        )
    yield from _today(found, lang)


def _today(found: StaffPlan, lang: Lang) -> Iterator[str]:
    """Yield how the staff of the scenario stands, where that is known and not what is recommended."""
    plan, sizes = found.plan, _now(found, found.experiment.scenarios[0])
    now = next((s for s in plan.simulated if s.sizes == sizes), None)
    above = [s for s in plan.simulated if s.answer is Answer.FAILS and not_above(sizes, s.sizes)]
    if now is None and above and plan.monotone:
        yield say(
            lang,
            f"today's staff has nowhere more people than {_people(found, above[0], 'en')}, which fails",
            f"现有人员在各类中均不多于{_people(found, above[0], 'zh')}，而后者不达标",
        )
    if now is not None and now is not plan.best:
        yield say(
            lang,
            f"today's staff, {_people(found, now, 'en')}, costs {number(now.cost, 'count')} and {ANSWERS[now.answer].en} the targets",
            f"现有人员（{_people(found, now, 'zh')}）成本{number(now.cost, 'count')}，{ANSWERS[now.answer].zh}",
        )


def _nothing(found: StaffPlan, lang: Lang) -> Iterator[str]:
    largest = found.plan.simulated[-1]
    yield say(
        lang,
        f"no staffing in the ranges meets the targets: not even {_people(found, largest, 'en')}",
        f"范围内没有满足目标的配置：{_people(found, largest, 'zh')}也不行",
    )
    yield from _targets(found, largest, lang)
    yield say(
        lang,
        "what remains late with so many people waits for nobody: only less work, more extensions, or another limit would change it; "
        "or widen the ranges if a pool is still busy",
        "人员如此充足时仍逾期的，并非因等待人员：只有减少工作、增加延长或改变期限才有用；若某类人员仍繁忙，可扩大范围",
    )


def _targets(found: StaffPlan, each: Staffing, lang: Lang) -> Iterator[str]:
    scenario = found.experiment.scenarios[0]
    for target, estimate in zip(found.plan.targets, each.estimates, strict=True):
        label, form = indicator_words(target.indicator, scenario)
        told = f"{number(estimate.mean, form)} {interval(estimate.low, estimate.high, form)}"
        limit, near = number(target.at_most, form), number(target.tolerance, form)
        yield say(
            lang,
            f"{label.en}: {told}, at most {limit} asked for (tolerance {near})".replace(
                " %)", " pp)"
            ),
            f"{label.text('zh')}：{told}，要求不超过{limit}（容差{near}）".replace(
                " %）", "个百分点）"
            ),
        )


def _how(found: StaffPlan, lang: Lang) -> Iterator[str]:
    plan = found.plan
    yield say(
        lang,
        f"{plan.count} staffings: {len(plan.simulated)} simulated, {plan.too_small} too small for the work, {plan.ruled_out} smaller than one "
        f"that fails, {plan.dearer} dearer than the best",
        f"共{plan.count}种配置：模拟{len(plan.simulated)}种，{plan.too_small}种不足以完成工作，{plan.ruled_out}种小于某个不达标的配置，{plan.dearer}种比最优更贵",
    )
    yield say(
        lang,
        "every pair that was simulated agrees that more people never make a target worse"
        if plan.monotone
        else "more people made a target worse somewhere, so no staffing was ruled out by a smaller one",
        "所有已模拟的配对均与“增加人员不会使目标变差”一致"
        if plan.monotone
        else "存在增加人员反而变差的情形，故未据此排除任何配置",
    )
    yield say(
        lang,
        f"each answer is from a sequential test with error {plan.error:.2g} (Andradottir and Kim 2010), so that all of them hold together",
        f"每个结论由错误概率{plan.error:.2g}的序贯检验得出（Andradottir与Kim，2010），全部结论同时成立",
    )
    if plan.tied > 1:
        told = "selected by KN" if plan.selected else "not told apart by KN"
        yield say(
            lang,
            f"{plan.tied} staffings of the same cost meet the targets; the best in the first target is {told} (Kim and Nelson 2001)",
            f"{plan.tied}种同成本配置达标；首要目标最优者由KN法（Kim与Nelson，2001）"
            + ("选出" if plan.selected else "未能区分"),
        )


def _bullets(lines: Iterator[str], lang: Lang, *, how: bool = False) -> Iterator[str]:
    yield (
        say(lang, "How it was found", "如何得出")
        if how
        else say(lang, f"Recommendation {ASSUMED}", f"建议 {ASSUMED}")
    )
    for line in lines:
        first, *rest = wrap(line, WIDTH - 4)
        yield f"  - {first}"
        yield from (f"    {each}" for each in rest)


def _role(found: StaffPlan, each: Staffing) -> Label:
    if found.plan.best is not None and each.sizes == found.plan.best.sizes:
        return Label("recommended", "建议")
    return Label("best trade", "最优折衷") if each in found.plan.frontier else Label("")


def _people(found: StaffPlan, each: Staffing, lang: Lang) -> str:
    scenario = found.experiment.scenarios[0]
    labels = {pool.id: pool.label.text(lang) for pool in scenario.pools}
    named = zip(found.plan.ranges, each.sizes, strict=True)
    if lang == "zh":
        return "、".join(f"{labels[pool.pool]}{size}人" for pool, size in named)
    return ", ".join(f"{size} {labels[pool.pool]}" for pool, size in named)


def _open(found: StaffPlan) -> list[Staffing]:
    """Return the staffings whose answer stayed open and that would be cheaper."""
    best = found.plan.best
    return [
        each
        for each in found.plan.simulated
        if each.answer is Answer.OPEN and (best is None or each.cost < best.cost)
    ]


def _now(found: StaffPlan, scenario: Scenario) -> tuple[int, ...]:
    sizes = {pool.id: pool.size for pool in scenario.pools}
    return tuple(sizes[each.pool] for each in found.plan.ranges)
