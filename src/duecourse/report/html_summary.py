"""What a page says first: the questions a reader comes with, each with its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.model.procedure import Label
from duecourse.properties.check import Verdict
from duecourse.report.caseload_tables import ASSUMED, limit_words
from duecourse.report.tables import interval, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.model.procedure import Clock
    from duecourse.report.study import Study
    from duecourse.simulations.estimate import Estimate


@dataclass(frozen=True, slots=True)
class Answer:
    """A question and its answer.

    Attributes:
        figure: the answer in a word or a number.
        words: the answer in a sentence.
        link: the section that shows it.
        tone: `good`, `bad` or nothing.
    """

    question: Label
    figure: str
    words: Label
    link: str
    tone: str = ""


def answers(study: Study) -> Iterator[Answer]:
    """Yield the answers of a study, the most important first."""
    yield _verdicts(study)
    yield from _bypass(study)
    yield _longest(study)
    yield from _changed(study)
    yield from _latest(study)
    yield from _scarcest(study)


def _verdicts(study: Study) -> Answer:
    results = [result for report in study.checks for result in report.results]
    hold = sum(result.verdict is Verdict.HOLDS for result in results)
    vacuous = sum(result.vacuous for result in results)
    texts = ", ".join(report.procedure.id for report in study.checks)
    every = hold == len(results)
    names = [
        report.procedure.id for report in study.checks if any(r.vacuous for r in report.results)
    ]
    empty = (
        f", {vacuous} of them vacuously ({', '.join(names)} has nothing that could break them)"
        if vacuous
        else ""
    )
    empty_zh = (
        f"，其中{vacuous}项为空真（{'、'.join(names)}中不存在可能违反的情形）" if vacuous else ""
    )
    return Answer(
        Label("Do the texts keep what is claimed of them?", "各文本是否满足所声称的性质？"),
        f"{hold} of {len(results)}",
        Label(
            f"{hold} of {len(results)} verdicts are “holds”{empty}. Every behaviour of {texts} was explored under the default readings.",
            f"{len(results)}项判定中{hold}项成立{empty_zh}。在默认解读下穷尽搜索了全部行为。",
        ),
        "checked",
        "good" if every else "bad",
    )


def _bypass(study: Study) -> Iterator[Answer]:
    found = study.violation
    if found is None or found.witness is None:
        return
    count = len(found.witness.steps)
    broken = study.bypass.procedure.label
    yield Answer(
        Label("Would a bypass be found?", "绕过审批能否被发现？"),
        f"in {count} steps",
        Label(
            f"“{broken.en}” violates {found.property.id}; the shortest case that shows it has {count} steps and is told below.",
            f"“{broken.zh}”违反{found.property.id}；最短反例共{count}步，见下文。",
        ),
        "violation",
        "bad",
    )


def _longest(study: Study) -> Answer:
    rows = study.conclusions
    figures = list(dict.fromkeys(str(row.without) for _, row in rows))
    labels = {row.outcome.id: row.outcome.label for _, row in rows}
    words, zh = [], []
    for outcome, label in labels.items():
        of = [(found.procedure.id, row) for found, row in rows if row.outcome.id == outcome]
        words.append(f"{label.en}: {', '.join(f'{row.without} ({name})' for name, row in of)}")
        zh.append(f"{label.zh}：{'，'.join(f'{row.without}（{name}）' for name, row in of)}")
        if all(row.counted is None for _, row in of):
            words[-1] += ", without end once extended"
            zh[-1] += "，一经延长即无上限"
    return Answer(
        Label("How long may a review take at the most?", "审查最长可持续多久？"),
        " / ".join(figures),
        Label(
            f"Counted working days without a breach. {'. '.join(words)}. Elapsed time has no upper limit.",
            f"不违反期限的计入工作日。{'。'.join(zh)}。实际经过时间无上限。",
        ),
        "time",
    )


def _changed(study: Study) -> Iterator[Answer]:
    """Yield the limit whose keeping differs most, where the difference is clear."""
    comparison = study.comparison
    clear = []
    for clock in comparison.b.scenario.procedure.clocks:
        found = comparison.differences.get(f"clock.{clock.id}.late_share")
        if found is not None and found.clear:
            clear.append((abs(found.difference.mean), clock, found))
    a, b = comparison.a.scenario.id, comparison.b.scenario.id
    question = Label(f"What differs between {a} and {b}? {ASSUMED}", f"{a}与{b}有何不同？{ASSUMED}")
    if not clear:
        words = Label(
            "No limit is passed clearly more or less often.", "各期限的逾期比例无显著差异。"
        )
        yield Answer(question, "no clear difference", words, "caseload")
        return
    _, clock, found = max(clear, key=lambda each: each[0])
    gap = f"{number(found.difference.mean, 'share', signed=True)} {_ends(found.difference, signed=True)}"
    yield Answer(
        question,
        f"{number(found.a.mean, 'share')} → {number(found.b.mean, 'share')}",
        Label(
            f"Past the limit, “{clock.label.en}”: {a} {number(found.a.mean, 'share')} {_ends(found.a)}, {b} {number(found.b.mean, 'share')} {_ends(found.b)}; difference {gap} (points).",
            f"“{clock.label.zh}”逾期比例：{a}为{number(found.a.mean, 'share')}，{b}为{number(found.b.mean, 'share')}；差异{gap}（百分点）。",
        ),
        "caseload",
    )


def _latest(study: Study) -> Iterator[Answer]:
    """Yield the limit that is passed most often in the second scenario."""
    result = study.comparison.b
    ran = [
        (result.clocks[clock.id].late_share, clock)
        for clock in result.scenario.procedure.clocks
        if result.clocks[clock.id].late_share.replications
    ]
    if not ran:
        return
    share, clock = max(ran, key=lambda each: each[0].mean)
    yield Answer(
        Label(
            f"Which limit is passed most often in {result.scenario.id}? {ASSUMED}",
            f"{result.scenario.id}中哪个期限最常逾期？{ASSUMED}",
        ),
        number(share.mean, "share"),
        _late(share, clock, result.clocks[clock.id].overrun, result.clocks[clock.id].runs),
        "caseload",
    )


def _scarcest(study: Study) -> Iterator[Answer]:
    """Yield for whom cases wait longest in the second scenario."""
    result = study.comparison.b
    waits = [(result.pools[pool.id], pool.label) for pool in result.scenario.pools]
    waits = [each for each in waits if each[0].wait.replications]
    if not waits:
        return
    used, label = max(waits, key=lambda each: each[0].wait.mean)
    wait, busy = number(used.wait.mean, "days"), number(used.utilisation.mean, "share")
    ends = interval(used.wait.low, used.wait.high, "days")
    yield Answer(
        Label(f"For whom do cases wait longest? {ASSUMED}", f"案件等待哪类人员最久？{ASSUMED}"),
        f"{wait} WD",
        Label(
            f"For the “{label.en}” ({used.size} people, {busy} busy): each piece of work waits {wait} {ends} working days for it on average.",
            f"等待“{label.zh}”（{used.size}人，利用率{busy}）：每项工作平均等待{wait}个工作日。",
        ),
        "caseload",
    )


def _late(share: Estimate, clock: Clock, overrun: Estimate, runs: Estimate) -> Label:
    limit = limit_words(clock)
    return Label(
        f"“{clock.label.en}”, {limit.en}: {number(share.mean, 'share')} {_ends(share)} of {number(runs.mean, 'count')} a year are past it, by "
        f"{number(overrun.mean, 'days')} {interval(overrun.low, overrun.high, 'days')} working days on average.",
        f"“{clock.label.zh}”（{limit.zh}）：每年{number(runs.mean, 'count')}次中{number(share.mean, 'share')}逾期，平均逾期{number(overrun.mean, 'days')}个工作日。",
    )


def _ends(found: Estimate, *, signed: bool = False) -> str:
    return interval(found.low, found.high, "share", signed=signed)
