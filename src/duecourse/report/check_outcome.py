"""What a check means to a tool that knows only passed, failed and not finished, and where it points at."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from duecourse.properties.check import Verdict, differs
from duecourse.report.check_text import departures, verdict_words
from duecourse.report.words import say

if TYPE_CHECKING:
    from duecourse.errors import Problem
    from duecourse.model.procedure import Lang, Place
    from duecourse.properties.check import Report, Result


class Outcome(StrEnum):
    """What becomes of a result."""

    PASSED = "passed"
    FAILED = "failed"
    UNFINISHED = "unfinished"


def outcome(result: Result, *, as_expected: bool) -> Outcome:
    """Return what becomes of a result: a violation fails, or with `as_expected` a verdict that is not the expected one.

    A violation that the property file expects of the text itself, before any amendment, passes.

    Args:
        result: what was found of a property.
        as_expected: whether the verdicts that the property files expect are the right ones.
    """
    if result.verdict is Verdict.INCONCLUSIVE:
        return Outcome.UNFINISHED
    violated = result.verdict is Verdict.VIOLATED and not result.known
    wrong = differs(result) if as_expected else violated
    return Outcome.FAILED if wrong else Outcome.PASSED


def findings(report: Report, *, as_expected: bool) -> tuple[Problem, ...]:
    """Return the findings in the text that count: none where verdicts are compared with the expected ones."""
    return () if as_expected else report.findings


def headline(report: Report, result: Result, lang: Lang = "en") -> str:
    """Return the property, its verdict, and of which text under which readings, in one line."""
    verdict = verdict_words(result, lang)
    under = departures(report, lang)
    changed = any(
        option != report.procedure.reading[name].default for name, option in report.readings.items()
    )
    readings = say(lang, f", {under}", f"，{under}") if changed else ""
    return f"{result.property.id}: {verdict} ({report.procedure.id}{readings})"


def culprit(report: Report, result: Result) -> Place | None:
    """Return where the step stands that a violation ends with, or with which the loop begins that violates it."""
    if result.verdict is not Verdict.VIOLATED or result.witness is None or not result.witness.steps:
        return None
    taken = result.witness.steps[-(result.loop or 1)]
    return report.procedure.step[taken.step].place


def name_from(root: Path, file: str) -> str | None:
    """Return the name of a file as seen from a folder, None where it does not lie in it.

    Args:
        root: the folder.
        file: its path, from the current folder where it is relative.
    """
    try:
        return Path.cwd().joinpath(file).resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        return None
