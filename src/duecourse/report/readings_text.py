"""The result of a check under all readings at once, as text for a terminal and as JSON."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

from duecourse.properties.check import Verdict
from duecourse.report.check_text import trace_json
from duecourse.report.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from duecourse.model.procedure import Lang, Procedure
    from duecourse.model.reading_set import Condition
    from duecourse.properties.check import Result
    from duecourse.properties.readings_report import Failing, ReadingsReport, ReadingsResult

WIDTH = 100


def readings_text(
    report: ReadingsReport, lang: Lang = "en", *, name: str = "", story: bool = False
) -> str:
    """Return, for each property, the conditions on readings under which it fails, and how to see a case of each.

    Args:
        report: what was found.
        lang: the language.
        name: how the procedure was named on the command line; by default its id.
        story: whether the cases are told.
    """
    procedure = report.procedure
    count = f"{report.choices:,}"
    held = fixed_text(report.fixed)
    lines = [
        f"{procedure.id}  {procedure.label.text(lang)}",
        say(
            lang,
            f"under all readings at once{held and f' with {held}'}: {count} choices · {report.configurations:,} "
            f"configurations · {report.seconds:.2f} s",
            f"一次涵盖全部解读{held and f'（{held}）'}：{count}种组合 · {report.configurations:,}个格局 · {report.seconds:.2f}秒",
        ),
        "",
    ]
    for result in report.results:
        lines.extend(_result(report, result, lang, name or procedure.id, story=story))
    lines.extend(["", _count(report, lang)])
    return "\n".join(lines)


def readings_json(reports: Iterable[ReadingsReport], exit_code: int) -> dict[str, Any]:
    """Return what checks under all readings found as plain data (`docs/reference/json.md`)."""
    return {
        "schema": "duecourse/check-readings/1",
        "reports": [_report_json(report) for report in reports],
        "exit_code": exit_code,
    }


def condition_text(condition: Condition, procedure: Procedure, lang: Lang = "en") -> str:
    """Return a condition in words, with the numbers of its readings, such as `consistency = all_equal (R7)`."""
    if not condition.options:
        return say(lang, "under every reading", "在任何解读之下")
    return "; ".join(
        f"{name} = {say(lang, ' or ', '或').join(options)} ({procedure.reading[name].ref})"
        for name, options in condition.options
    )


def condition_json(condition: Condition) -> dict[str, list[str]]:
    """Return a condition as plain data: for each reading that it names, the options under which it holds."""
    return {name: list(options) for name, options in condition.options}


def fixed_text(fixed: Mapping[str, str]) -> str:
    """Return the readings that were held, as they are written on the command line."""
    return ", ".join(f"{name}={option}" for name, option in fixed.items())


def _result(
    report: ReadingsReport, result: ReadingsResult, lang: Lang, name: str, *, story: bool
) -> Iterator[str]:
    articles = ", ".join(result.property.articles(report.procedure))
    cited = f" [Art. {articles}]" if articles else ""
    yield f"  {_verdict(report, result, lang)}"
    yield from _filled(f"{result.property.id}: {result.property.sentence.text(lang)}{cited}", 6)
    if result.fails:
        count, all_ = f"{result.failing:,}", f"{report.choices:,}"
        yield say(lang, f"      {count} of {all_} choices:", f"      {all_}种组合中的{count}种：")
    for each in result.fails:
        yield from _failing(report, each, lang, f"{name} -p {result.property.id}")
        if story:
            yield from _story(each, lang)
    if result.open:
        yield say(
            lang,
            f"      not decided for {result.open:,} choices ({result.reason}):",
            f"      {result.open:,}种组合未定（{result.reason}）：",
        )
    elif result.reason:
        yield f"      {result.reason}"
    for condition in result.undecided:
        yield from _filled(condition_text(condition, report.procedure, lang), 8)
    if result.vacuous and any(condition.options for condition in result.vacuous):
        words = " | ".join(
            condition_text(condition, report.procedure, lang) for condition in result.vacuous
        )
        yield from _filled(say(lang, f"vacuously: {words}", f"空真：{words}"), 6)


def _failing(report: ReadingsReport, each: Failing, lang: Lang, name: str) -> Iterator[str]:
    yield from _filled(condition_text(each.condition, report.procedure, lang), 8)
    options = "".join(
        f" -r {key}={option}" for key, option in (dict(report.fixed) | dict(each.readings)).items()
    )
    yield say(
        lang,
        f"            {each.choices:,} choices; {_shown(each.result, lang)}:",
        f"            {each.choices:,}种组合；{_shown(each.result, lang)}：",
    )
    yield f"            duecourse check {name}{options}"


def _shown(result: Result, lang: Lang) -> str:
    """Return what shows that a property is violated: a case, a number of days, or that there is no case."""
    if result.witness is not None:
        steps = len(result.witness.steps)
        return say(lang, f"a case of {steps} steps", f"一个{steps}步的案例")
    if result.days is not None:
        return say(lang, f"{result.days} working days", f"{result.days}个工作日")
    return result.reason or say(lang, "no case satisfies it", "没有案例满足")


def _story(each: Failing, lang: Lang) -> Iterator[str]:
    if each.result.witness is None:
        return
    for line in each.result.witness.story():
        yield fill(line.text(lang), WIDTH, initial_indent=" " * 10, subsequent_indent=" " * 30)


def _verdict(report: ReadingsReport, result: ReadingsResult, lang: Lang) -> str:
    if result.verdict is Verdict.VIOLATED:
        if result.failing == report.choices:
            return say(lang, "violated under every reading", "在任何解读之下均被违反")
        return say(lang, "violated under some readings", "在部分解读之下被违反")
    if result.verdict is Verdict.INCONCLUSIVE:
        return say(lang, "inconclusive", "未定")
    if any(not condition.options for condition in result.vacuous):
        return say(lang, "holds under every reading, vacuously", "在任何解读之下均成立（空真）")
    return say(lang, "holds under every reading", "在任何解读之下均成立")


def _count(report: ReadingsReport, lang: Lang) -> str:
    words = {
        Verdict.HOLDS: ("hold under every reading", "在任何解读之下成立"),
        Verdict.VIOLATED: ("violated under some", "在部分解读之下被违反"),
        Verdict.INCONCLUSIVE: ("inconclusive", "未定"),
    }
    counts = {
        verdict: sum(result.verdict is verdict for result in report.results) for verdict in Verdict
    }
    parts = [(count, words[verdict]) for verdict, count in counts.items() if count]
    number = len(report.results)
    said = ", ".join(f"{count} {en}" for count, (en, _) in parts) or "none"
    said_zh = "，".join(f"{count}项{zh}" for count, (_, zh) in parts) or "无"
    noun = "property" if number == 1 else "properties"
    return say(lang, f"{number} {noun}: {said}.", f"{number}项性质：{said_zh}。")


def _filled(text: str, indent: int) -> list[str]:
    margin = " " * indent
    return fill(
        text, WIDTH, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False
    ).split("\n")


def _report_json(report: ReadingsReport) -> dict[str, Any]:
    return {
        "procedure": report.procedure.id,
        "readings": dict(report.fixed),
        "choices": report.choices,
        "configurations": report.configurations,
        "nodes": report.nodes,
        "results": [_result_json(result, report) for result in report.results],
    }


def _result_json(result: ReadingsResult, report: ReadingsReport) -> dict[str, Any]:
    marks = {each.id: str(each.mark) for each in report.procedure.articles}
    return {
        "property": result.property.id,
        "sentence": {"en": result.property.sentence.en, "zh": result.property.sentence.zh},
        "cites": [
            {"article": number, "mark": marks.get(number)}
            for number in result.property.articles(report.procedure)
        ],
        "verdict": result.verdict.value,
        "failing": result.failing,
        "fails": [
            {
                "condition": condition_json(each.condition),
                "choices": each.choices,
                "readings": dict(each.readings),
                "witness": None if each.result.witness is None else trace_json(each.result.witness),
                "days": each.result.days,
            }
            for each in result.fails
        ],
        "open": result.open,
        "undecided": [condition_json(condition) for condition in result.undecided],
        "vacuous": [condition_json(condition) for condition in result.vacuous],
        "visited": result.visited,
        "reason": result.reason or None,
    }
