"""The result of a check as JUnit XML, which build servers read: a test case for each property of each procedure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from duecourse.report.check_outcome import Outcome, findings, headline, name_from, outcome
from duecourse.report.check_text import departures, result_text, verdict_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from duecourse.model.procedure import Lang, Place
    from duecourse.properties.check import Report, Result

FINDINGS = "findings in the text"
"""The name of the test case that fails where a text has findings; an id has no spaces, so no property has it."""

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ELEMENTS = {Outcome.FAILED: "failure", Outcome.UNFINISHED: "error"}


def check_junit(
    reports: Sequence[Report], root: Path, lang: Lang = "en", *, as_expected: bool = False
) -> str:
    """Return what checks found as JUnit XML.

    Args:
        reports: one for each procedure; each becomes a suite.
        root: the folder from which files are named.
        lang: the language of the stories.
        as_expected: whether only unexpected verdicts fail.
    """
    suites = [_suite(report, root, lang, as_expected=as_expected) for report in reports]
    top = ET.Element("testsuites", {"name": "duecourse"})
    for key in ("tests", "failures", "errors"):
        top.set(key, str(sum(int(suite.get(key, "0")) for suite in suites)))
    top.set("time", f"{sum(report.seconds for report in reports):.3f}")
    top.extend(suites)
    ET.indent(top)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(top, encoding="unicode")


def _suite(report: Report, root: Path, lang: Lang, *, as_expected: bool) -> ET.Element:
    cases = [_case(report, each, root, lang, as_expected=as_expected) for each in report.results]
    cases.append(_findings(report, as_expected=as_expected))
    suite = ET.Element("testsuite", {"name": report.procedure.id, "tests": str(len(cases))})
    for key, tag in (("failures", "failure"), ("errors", "error")):
        suite.set(key, str(sum(case.find(tag) is not None for case in cases)))
    suite.set("skipped", "0")
    suite.set(
        "time", f"{report.seconds:.3f}"
    )  # of all properties at once: they are judged together
    _properties(
        suite,
        [
            ("label", report.procedure.label.text(lang)),
            ("readings", departures(report, lang)),
            ("configurations", str(report.configurations)),
            ("moves", str(report.moves)),
        ],
    )
    suite.extend(cases)
    return suite


def _case(
    report: Report, result: Result, root: Path, lang: Lang, *, as_expected: bool
) -> ET.Element:
    claim = result.property
    case = _test_case(report, claim.id, root, claim.place)
    pairs = [
        ("sentence", claim.sentence.text(lang)),
        ("verdict", verdict_words(result, lang)),
        *(("cite", f"{number}") for number in claim.articles(report.procedure)),
    ]
    wanted = claim.expected(report.procedure)
    _properties(case, [*pairs, ("expect", wanted)] if wanted else pairs)
    found = outcome(result, as_expected=as_expected)
    if found is not Outcome.PASSED:
        attributes = {"message": headline(report, result, lang), "type": result.verdict.value}
        failure = ET.SubElement(case, _ELEMENTS[found], _clean(attributes))
        failure.text = _legal(result_text(report, result, lang))
    return case


def _findings(report: Report, *, as_expected: bool) -> ET.Element:
    case = ET.Element("testcase", {"classname": report.procedure.id, "name": FINDINGS})
    found = findings(report, as_expected=as_expected)
    if found:
        codes = ", ".join(dict.fromkeys(each.code for each in found))
        attributes = {"message": f"{len(found)} in the text: {codes}", "type": "finding"}
        failure = ET.SubElement(case, "failure", attributes)
        failure.text = _legal("\n".join(map(str, found)))
    return case


def _test_case(report: Report, name: str, root: Path, place: Place) -> ET.Element:
    case = ET.Element("testcase", {"classname": report.procedure.id, "name": name})
    file = name_from(root, place.file)
    if file is not None:
        case.set("file", file)
        case.set("line", str(place.line))
    return case


def _properties(parent: ET.Element, pairs: Sequence[tuple[str, str]]) -> None:
    holder = ET.SubElement(parent, "properties")
    for name, value in pairs:
        ET.SubElement(holder, "property", _clean({"name": name, "value": value}))


def _clean(attributes: dict[str, str]) -> dict[str, str]:
    return {name: _legal(value) for name, value in attributes.items()}


def _legal(text: str) -> str:
    """Return a text without the characters that no XML document may hold."""
    return _FORBIDDEN.sub("\ufffd", text)
