"""The result of a check as workflow commands, which GitHub shows as annotations beside the lines of a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.report.check_outcome import Outcome, culprit, findings, headline, name_from, outcome
from duecourse.report.check_text import count_text, result_text
from duecourse.report.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from duecourse.model.procedure import Lang, Place
    from duecourse.properties.check import Report


def check_github(
    reports: Sequence[Report], root: Path, lang: Lang = "en", *, as_expected: bool = False
) -> str:
    """Return what checks found as workflow commands, and a line for each procedure.

    Args:
        reports: one for each procedure.
        root: the folder from which files are named, that of the checkout; others are not annotated.
        lang: the language of the stories.
        as_expected: whether only unexpected verdicts are errors.
    """
    lines: list[str] = []
    for report in reports:
        lines.extend(_commands(report, root, lang, as_expected=as_expected))
        lines.append(f"{report.procedure.id}: {count_text(report, lang)}")
    return "\n".join(lines)


def _commands(report: Report, root: Path, lang: Lang, *, as_expected: bool) -> Iterator[str]:
    for result in report.results:
        if outcome(result, as_expected=as_expected) is Outcome.PASSED:
            continue
        title = headline(report, result, lang)
        message = result_text(report, result, lang)
        yield command("error", message, title, _attributes(root, result.property.place))
        place = culprit(report, result)
        if place is not None and name_from(root, place.file) is not None:
            said = result.property.sentence.text(lang)
            ends = say(
                lang, f"a case that violates it ends here: {said}", f"违反案例止于此：{said}"
            )
            yield command("notice", ends, title, _attributes(root, place))
    for each in findings(report, as_expected=as_expected):
        at = _attributes_at(root, each.file, each.line, each.column)
        yield command(each.severity, each.message, f"{each.code} ({report.procedure.id})", at)


def _attributes(root: Path, place: Place) -> dict[str, str]:
    return _attributes_at(root, place.file, place.line, place.column)


def _attributes_at(root: Path, file: str, line: int, column: int) -> dict[str, str]:
    name = name_from(root, file)
    return {} if name is None else {"file": name, "line": str(line), "col": str(column)}


def command(kind: str, message: str, title: str, place: dict[str, str]) -> str:
    r"""Return a workflow command, with what would end it or its parts escaped.

    >>> command("error", "100 % of a,\nb: c", "a, b: c", {"file": "x.toml", "line": "3"})
    '::error file=x.toml,line=3,title=a%2C b%3A c::100 %25 of a,%0Ab: c'
    """
    attributes = ",".join(
        f"{name}={_escaped(value, inside=True)}"
        for name, value in {**place, "title": title}.items()
    )
    return f"::{kind} {attributes}::{_escaped(message)}"


def _escaped(text: str, *, inside: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if inside else text
