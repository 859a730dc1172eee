"""The result of a check as text for a terminal and as JSON."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

from duecourse.properties.check import Verdict

if TYPE_CHECKING:
    from duecourse.model.procedure import Lang
    from duecourse.properties.check import Report, Result
    from duecourse.properties.trace import Trace

WIDTH = 100


def check_text(report: Report, lang: Lang = "en") -> str:
    """Return what a check found: a line for each property, a story for each violation, a closing count."""
    procedure = report.procedure
    readings = departures(report)
    search = "all of them" if report.finished else "NOT all of them"
    lines = [
        f"{procedure.id}  {procedure.label.text(lang)}",
        f"readings: {readings} · {_size(report)}, {search} · {report.seconds:.2f} s",
        "",
    ]
    for result in report.results:
        lines.extend(_result(report, result, lang))
    lines.extend(f"  {problem}" for problem in report.findings)
    lines.append("")
    lines.append(_count(report))
    return "\n".join(lines)


def _size(report: Report) -> str:
    return f"{report.configurations:,} configurations, {report.moves:,} moves"


def departures(report: Report) -> str:
    """Return the readings that depart from the default, in words."""
    changed = [
        f"{name}={option}"
        for name, option in report.readings.items()
        if option != report.procedure.reading[name].default
    ]
    return ", ".join(changed) or "the defaults"


def verdict_words(result: Result) -> str:
    """Return the verdict as it is printed: with vacuity, and with surprise where another one was expected."""
    words = "holds, vacuously" if result.vacuous else result.verdict.value
    return words if result.expected is not False else f"{words} (not as expected)"


def check_json(report: Report) -> dict[str, Any]:
    """Return what a check found as plain data (`docs/reference/json.md`)."""
    return {
        "schema": "duecourse/check/1",
        "procedure": report.procedure.id,
        "readings": dict(report.readings),
        "configurations": report.configurations,
        "moves": report.moves,
        "finished": report.finished,
        "results": [_result_json(result, report) for result in report.results],
        "findings": [str(problem) for problem in report.findings],
        "exit_code": report.exit_code,
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
                "cites": [cite.article for cite in step.cites],
            }
        )
    return steps


def _result(report: Report, result: Result, lang: Lang) -> list[str]:
    articles = ", ".join(result.property.articles(report.procedure))
    cited = f" [Art. {articles}]" if articles else ""
    sentence = f"{result.property.id}: {result.property.sentence.text(lang)}{cited}"
    verdict = verdict_words(result)
    lines = [
        f"  {verdict}",
        fill(sentence, WIDTH, initial_indent="      ", subsequent_indent="      "),
    ]
    if result.reason:
        lines.append(f"      {result.reason}")
    if result.witness is not None:
        count = len(result.witness.steps)
        lines.append(f"      a shortest case, {count} steps, dated and replayed step by step:")
        lines.extend(
            fill(line.text(lang), WIDTH, initial_indent="    ", subsequent_indent=" " * 24)
            for line in result.witness.story()
        )
    return lines


def _count(report: Report) -> str:
    counts = {
        verdict: sum(result.verdict is verdict for result in report.results) for verdict in Verdict
    }
    words = {
        Verdict.HOLDS: "hold",
        Verdict.VIOLATED: "violated",
        Verdict.INCONCLUSIVE: "inconclusive",
    }
    parts = [f"{count} {words[verdict]}" for verdict, count in counts.items() if count]
    vacuous = sum(result.vacuous for result in report.results)
    said = f" ({vacuous} vacuously)" if vacuous else ""
    findings = f"; {len(report.findings)} findings in the text" if report.findings else ""
    return f"{len(report.results)} properties: {', '.join(parts) or 'none'}{said}{findings}."


def _result_json(result: Result, report: Report) -> dict[str, Any]:
    return {
        "property": result.property.id,
        "sentence": {"en": result.property.sentence.en, "zh": result.property.sentence.zh},
        "cites": list(result.property.articles(report.procedure)),
        "verdict": result.verdict.value,
        "vacuous": result.vacuous,
        "as_expected": result.expected,
        "visited": result.visited,
        "reason": result.reason or None,
        "witness": None if result.witness is None else trace_json(result.witness),
    }
