"""The result of a check as SARIF 2.1.0, which code scanning and editors read: every case at its lines in the model."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from duecourse import __version__
from duecourse.properties.check import Verdict
from duecourse.report.check_outcome import Outcome, culprit, findings, headline, outcome
from duecourse.report.check_text import departures, result_text
from duecourse.report.sarif_places import SHIPPED, SOURCE, Places
from duecourse.report.sarif_rules import finding_rule, property_rule
from duecourse.report.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from duecourse.errors import Problem
    from duecourse.model.procedure import Lang
    from duecourse.properties.check import Report, Result
    from duecourse.properties.trace import Trace

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
FINGERPRINT = "duecourse/v1"
GITHUB_FINGERPRINT = "primaryLocationLineHash"
"""The only fingerprint that GitHub looks at; it is made of the same, so that a line that moves is no new alert."""

Object = dict[str, Any]


def check_sarif(
    reports: Sequence[Report], root: Path, lang: Lang = "en", *, as_expected: bool = False
) -> Object:
    """Return what checks found as a SARIF log of one run.

    Args:
        reports: one for each procedure.
        root: the folder from which files are named, that of the checkout.
        lang: the language of the messages; the help of a rule is in both.
        as_expected: whether only unexpected verdicts are results.
    """
    places = Places(root)
    log = _Log(places, lang, as_expected=as_expected)
    for report in reports:
        log.add(report)
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [log.run()]}


class _Log:
    """Gathers the results of one run."""

    def __init__(self, places: Places, lang: Lang, *, as_expected: bool) -> None:
        self.places, self.lang, self.as_expected = places, lang, as_expected
        self.rules: dict[str, Object] = {}
        self.results: list[Object] = []
        self.notes: list[Object] = []
        self.seen: Counter[tuple[str, ...]] = Counter()

    def run(self) -> Object:
        """Return the run."""
        numbers = {name: index for index, name in enumerate(self.rules)}
        for each in self.results:
            each["ruleIndex"] = numbers[each["ruleId"]]
        driver = {
            "name": "duecourse",
            "semanticVersion": __version__,
            "rules": list(self.rules.values()),
        }
        return {
            "tool": {"driver": driver},
            "language": "zh-CN" if self.lang == "zh" else "en",
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {
                SOURCE: {"uri": self.places.base},
                SHIPPED: {"description": {"text": "the files that come with duecourse"}},
            },
            "invocations": [
                {"executionSuccessful": True, "toolExecutionNotifications": self.notes}
            ],
            "results": self.results,
        }

    def add(self, report: Report) -> None:
        """Add what was found of one procedure."""
        for result in report.results:
            claim = result.property
            self.rules.setdefault(claim.id, property_rule(claim))
            found = outcome(result, as_expected=self.as_expected)
            if found is not Outcome.PASSED:
                self.results.append(self.result(report, result))
            if found is Outcome.UNFINISHED:
                message = {"text": f"{headline(report, result, self.lang)}: {result.reason}"}
                self.notes.append({"level": "warning", "message": message})
        for problem in findings(report, as_expected=self.as_expected):
            self.rules.setdefault(f"text/{problem.code}", finding_rule(problem.code))
            self.results.append(self.finding(report, problem))

    def result(self, report: Report, result: Result) -> Object:
        """Return the result for a property."""
        claim = result.property
        title = headline(report, result, self.lang)
        unfinished = result.verdict is Verdict.INCONCLUSIVE
        step = culprit(report, result)
        where = [claim.place] if step is None else [claim.place, step]
        entry: Object = {
            "ruleId": claim.id,
            "kind": "open" if unfinished else "fail",
            "level": "none" if unfinished else "error",
            "message": {"text": f"{title}\n{result_text(report, result, self.lang)}"},
            "locations": self.places.locations(where),
            "partialFingerprints": self.fingerprints(report, claim.id, str(result.verdict)),
            "properties": {
                "procedure": report.procedure.id,
                "readings": dict(report.readings),
                "cites": list(claim.articles(report.procedure)),
                "verdict": result.verdict.value,
                "asExpected": result.expected,
            },
        }
        witness = result.witness
        if result.verdict is Verdict.VIOLATED and witness is not None and witness.steps:
            entry["codeFlows"] = [self.flow(result, witness)]
        return entry

    def flow(self, result: Result, trace: Trace) -> Object:
        """Return a case as the way it goes through the lines of the model."""
        count = len(trace.steps)
        en, zh = f"a shortest case, {count} steps", f"最短案例，共{count}步"
        repeated = f"; the last {result.loop} can be repeated for ever" if result.loop else ""
        message = say(self.lang, en + repeated, zh)
        return {
            "message": {"text": message},
            "threadFlows": [{"locations": list(self.steps(result, trace))}],
        }

    def steps(self, result: Result, trace: Trace) -> Iterator[Object]:
        """Yield the steps of a case, each at its line."""
        lines = {n: line for line in trace.story() for n in range(line.first, line.last + 1)}
        last = len(trace.steps)
        for number, taken in enumerate(trace.steps, start=1):
            step = trace.procedure.step[taken.step]
            articles = ", ".join(map(str, step.cites))
            line = lines[number]
            who, what = line.actor.text(self.lang), line.what.text(self.lang)
            stage = trace.procedure.stage[taken.stage].label.text(self.lang)
            decisive = number in result.turns or number == last
            yield {
                "executionOrder": number,
                "importance": "essential" if decisive else "important",
                "location": {
                    **self.places.location(step.place),
                    "message": {"text": f"{taken.on}  {who}: {what} [{articles}]"},
                },
                "state": {"stage": {"text": stage}},
            }

    def finding(self, report: Report, problem: Problem) -> Object:
        """Return the result for a finding in the text."""
        return {
            "ruleId": f"text/{problem.code}",
            "kind": "fail",
            "level": problem.severity,
            "message": {"text": f"{problem.message} ({report.procedure.id})"},
            "locations": self.places.locations([problem]),
            "partialFingerprints": self.fingerprints(report, problem.code, problem.message),
            "properties": {"procedure": report.procedure.id},
        }

    def fingerprints(self, report: Report, rule: str, what: str) -> dict[str, str]:
        """Return what tells a result from others, and stays the same when lines move."""
        parts = (report.procedure.id, departures(report), rule, what)
        self.seen[parts] += 1
        text = "\0".join((*parts, str(self.seen[parts])))
        digest = sha256(text.encode()).hexdigest()[:32]
        return {FINGERPRINT: digest, GITHUB_FINGERPRINT: f"{digest}:1"}
