"""The result of a check as text for a terminal and as JSON."""

from __future__ import annotations

from textwrap import dedent, fill
from typing import TYPE_CHECKING, Any, Final

from duecourse.model.cites_json import cites_json
from duecourse.properties.check import Verdict
from duecourse.report.bounds_text import addends_text
from duecourse.report.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from duecourse.errors import Problem
    from duecourse.model.procedure import Lang, Procedure
    from duecourse.properties.check import Report, Result
    from duecourse.properties.trace import Trace

WIDTH = 100
BRIEF: Final = 20
"""Above so many properties, those that hold are only named."""


def check_text(report: Report, lang: Lang = "en") -> str:
    """Return what a check found: a line for each property, a story for each violation, a closing count.

    Of many properties those that hold as expected are only named, and violations that the file expects of the text
    itself come without a story.
    """
    procedure = report.procedure
    readings = say(lang, "readings: ", "解读：") + departures(report, lang)
    search = (
        say(lang, ", all of them", "，全部搜完")
        if report.finished
        else say(lang, ", NOT all of them", "，未全部搜完")
    )
    took = f"{report.seconds:.2f} {say(lang, 's', '秒')}"
    lines = [
        f"{procedure.id}  {procedure.label.text(lang)}",
        f"{readings} · {_size(report, lang)}{search} · {took}",
        "",
    ]
    brief = len(report.results) > BRIEF
    plain = [each for each in report.results if brief and _is_plain(each)]
    lines.extend(_named(plain, lang))
    rest = [each for each in report.results if each not in plain]
    if brief:
        rest.sort(key=lambda each: not each.known)  # news stands last, where a terminal shows it
    for result in rest:
        lines.extend(_result(report, result, lang, story=not (brief and result.known)))
    lines.extend(f"  {problem}" for problem in report.findings)
    lines.append("")
    lines.append(count_text(report, lang))
    return "\n".join(lines)


def _is_plain(result: Result) -> bool:
    return result.verdict is Verdict.HOLDS and result.expected is not False


def _named(results: Sequence[Result], lang: Lang) -> list[str]:
    """Return the names of properties by verdict."""
    groups: dict[str, list[str]] = {}
    for result in results:
        groups.setdefault(verdict_words(result, lang), []).append(result.property.id)
    lines: list[str] = []
    for verdict, names in groups.items():
        lines.append(f"  {verdict} ({len(names)})")
        indent = " " * 6
        lines.append(fill(", ".join(names), WIDTH, initial_indent=indent, subsequent_indent=indent))
    return lines


def _size(report: Report, lang: Lang) -> str:
    zh = f"{report.configurations:,}个格局，{report.moves:,}次移动"
    en = f"{_many(report.configurations, 'configuration')}, {_many(report.moves, 'move')}"
    return say(lang, en, zh)


def _many(count: int, one: str, more: str = "") -> str:
    """Return a count with its noun in the singular or the plural.

    >>> _many(1, "property", "properties"), _many(5_681, "move")
    ('1 property', '5,681 moves')
    """
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def departures(report: Report, lang: Lang = "en") -> str:
    """Return the readings that depart from the default, in words."""
    changed = [
        f"{name}={option}"
        for name, option in report.readings.items()
        if option != report.procedure.reading[name].default
    ]
    return ", ".join(changed) or say(lang, "the defaults", "均为默认")


_VERDICTS = {
    Verdict.HOLDS: ("holds", "成立"),
    Verdict.VIOLATED: ("violated", "被违反"),
    Verdict.INCONCLUSIVE: ("inconclusive", "未定"),
}


def verdict_words(result: Result, lang: Lang = "en") -> str:
    """Return the verdict as it is printed: with vacuity, and with surprise where another one was expected."""
    words = say(lang, *_VERDICTS[result.verdict])
    if result.vacuous:
        words = say(lang, "holds, vacuously", "成立（空真）")
    if result.expected is False:
        return words + say(lang, " (not as expected)", "（与预期不符）")
    return words + say(lang, ", as expected", "（如预期）") if result.known else words


def check_json(reports: Iterable[Report], exit_code: int) -> dict[str, Any]:
    """Return what checks found, with the exit code of all together, as plain data (`docs/reference/json.md`)."""
    return {
        "schema": "duecourse/check/1",
        "reports": [_report_json(report) for report in reports],
        "exit_code": exit_code,
    }


def _report_json(report: Report) -> dict[str, Any]:
    return {
        "procedure": report.procedure.id,
        "readings": dict(report.readings),
        "configurations": report.configurations,
        "moves": report.moves,
        "finished": report.finished,
        "results": [_result_json(result, report) for result in report.results],
        "findings": [_problem_json(problem) for problem in report.findings],
    }


def trace_json(trace: Trace) -> list[dict[str, Any]]:
    """Return a dated case as plain data, one entry for each step."""
    steps: list[dict[str, Any]] = []
    for taken in trace.steps:
        step = trace.procedure.step[taken.step]
        steps.append(
            {
                "on": taken.on.isoformat(),
                "step": taken.step,
                "actor": step.actors[0],
                "member": taken.member,
                "stage": taken.stage,
                "cites": cites_json(step.cites),
            }
        )
    return steps


def result_text(report: Report, result: Result, lang: Lang = "en") -> str:
    """Return a result as it is told of it alone: the claim with its articles, and the story of its case."""
    return dedent("\n".join(_result(report, result, lang)[1:])).strip()


def _result(report: Report, result: Result, lang: Lang, *, story: bool = True) -> list[str]:
    articles = ", ".join(result.property.articles(report.procedure))
    cited = f" [Art. {articles}]" if articles else ""
    sentence = f"{result.property.id}: {result.property.sentence.text(lang)}{cited}"
    verdict = verdict_words(result, lang)
    lines = [
        f"  {verdict}",
        fill(sentence, WIDTH, initial_indent="      ", subsequent_indent="      "),
    ]
    if result.reason:
        lines.append(f"      {result.reason}")
    if result.days is not None:
        lines.append(f"      {_sum(result, lang)}")
    if result.known and result.property.reason is not None:
        reason = result.property.reason.text(lang)
        lines.append(fill(reason, WIDTH, initial_indent="      ", subsequent_indent="      "))
    if story and result.witness is not None and result.verdict is Verdict.VIOLATED:
        count = len(result.witness.steps)
        en = f"a shortest case, {_many(count, 'step')}, dated and replayed step by step:"
        lines.append(f"      {say(lang, en, f'最短案例，共{count}步，逐步标注日期并重放：')}")
        lines.extend(
            fill(line.text(lang), WIDTH, initial_indent="    ", subsequent_indent=" " * 24)
            for line in result.witness.story()
        )
        if result.loop:
            en = f"the last {_many(result.loop, 'step')} can be repeated for ever"
            lines.append(f"      {say(lang, en, f'最后{result.loop}步可以无限重复')}")
    return lines


def _sum(result: Result, lang: Lang) -> str:
    """Return the most working days with the clauses that make them: `70 = 10 (9) + 30 (11) + …`."""
    total = addends_text(result.clauses)
    figures = f"{result.days} = {total}" if len(result.clauses) > 1 else total or str(result.days)
    allowed = result.property.days
    en = f"at most {figures} working days (article); claimed: {allowed}"
    return say(lang, en, f"最多{figures}个工作日（条款）；所称：{allowed}")


def count_text(report: Report, lang: Lang = "en") -> str:
    """Return how many properties hold, are violated or are undecided, as a sentence."""
    counts = {
        verdict: sum(result.verdict is verdict for result in report.results) for verdict in Verdict
    }
    vacuous = sum(result.vacuous for result in report.results)
    known = sum(result.known for result in report.results)
    findings = len(report.findings)
    if lang == "zh":
        parts = [f"{count}项{_VERDICTS[verdict][1]}" for verdict, count in counts.items() if count]
        said = f"（其中{vacuous}项为空真）" if vacuous else ""
        said += f"，其中{known}项违反如预期" if known else ""
        found = f"；文本本身有{findings}处发现" if findings else ""
        return f"{len(report.results)}项性质：{'，'.join(parts) or '无'}{said}{found}。"
    words = {verdict: en for verdict, (en, _) in _VERDICTS.items()}
    words[Verdict.HOLDS] = "holds" if counts[Verdict.HOLDS] == 1 else "hold"
    parts = [f"{count} {words[verdict]}" for verdict, count in counts.items() if count]
    said = f" ({vacuous} vacuously)" if vacuous else ""
    if known:
        said += ", as expected" if known == counts[Verdict.VIOLATED] else f", {known} as expected"
    found = f"; {_many(findings, 'finding')} in the text" if findings else ""
    properties = _many(len(report.results), "property", "properties")
    return f"{properties}: {', '.join(parts) or 'none'}{said}{found}."


def _result_json(result: Result, report: Report) -> dict[str, Any]:
    return {
        "property": result.property.id,
        "sentence": {"en": result.property.sentence.en, "zh": result.property.sentence.zh},
        "cites": _articles_json(result.property.articles(report.procedure), report.procedure),
        "verdict": result.verdict.value,
        "vacuous": result.vacuous,
        "as_expected": result.expected,
        "known": result.known,
        "visited": result.visited,
        "reason": result.reason or None,
        "days": result.days,
        "clauses": [
            {"days": each.days, "clock": each.clock, "cites": cites_json(each.cites)}
            for each in result.clauses
        ],
        "loop": result.loop,
        "witness": None if result.witness is None else trace_json(result.witness),
    }


def _articles_json(articles: Iterable[str], procedure: Procedure) -> list[dict[str, Any]]:
    """Return articles as citations with the marks that they have in a procedure, none where it lacks them."""
    marks = {each.id: str(each.mark) for each in procedure.articles}
    return [{"article": number, "mark": marks.get(number)} for number in articles]


def _problem_json(problem: Problem) -> dict[str, Any]:
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "severity": problem.severity,
        "code": problem.code,
        "message": problem.message,
    }
