"""The law's part of a page: verdicts, the shortest violation as a story, statutory time, diagrams."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.model.procedure import Label
from duecourse.properties.check import Verdict
from duecourse.report.bounds_text import KINDS
from duecourse.report.diagram import svg
from duecourse.report.tables import Cell, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from duecourse.model.procedure import Cite, Lang, Procedure
    from duecourse.properties.bounds import Bound, Bounds, Cause
    from duecourse.properties.check import Report, Result
    from duecourse.properties.trace import Line
    from duecourse.report.study import Study

DARK = re.compile(r"@media \(prefers-color-scheme:dark\)\{\n(.*?)\n\}", re.DOTALL)
STYLE = re.compile(r"<style>\n(.*?)</style>\n?", re.DOTALL)
KINDS_ZH = {
    "extension": "无上限的延长",
    "loop": "带来新期限的循环",
    "suspension": "无上限的中止",
    "gap": "未设期限",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """One verdict as it is shown.

    Attributes:
        words: the verdict.
        tone: `good`, `bad`, `empty` (holds because nothing can trigger it) or `open`.
        articles: on which the property rests in this text.
        visited: configurations, with the states of the monitor, that were visited.
    """

    words: Label
    tone: str
    articles: str
    visited: int


@dataclass(frozen=True, slots=True)
class Claim:
    """One property and its verdict on every text."""

    id: str
    sentence: Label
    verdicts: tuple[Judged, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a story.

    Attributes:
        mark: what the property says from here on, where that changes.
        tone: `trigger`, `bad` or nothing.
    """

    line: Line
    articles: str
    mark: Label | None
    tone: str


@dataclass(frozen=True, slots=True)
class Duration:
    """One bound as it is shown: the sum as a table, and the reasons why there is none."""

    outcome: Label
    articles: str
    least: str
    counted: Label
    addends: tuple[tuple[int, Label, str], ...]
    total: int | None
    unbounded: tuple[Label, ...]
    elapsed: Label
    open_ended: tuple[Label, ...]


def claims(checks: Iterable[Report]) -> list[Claim]:
    """Return every property with its verdicts, text by text."""
    checks = tuple(checks)
    return [
        Claim(
            result.property.id,
            result.property.sentence,
            tuple(judged(report, report.results[at]) for report in checks),
        )
        for at, result in enumerate(checks[0].results)
    ]


def judged(report: Report, result: Result) -> Judged:
    """Return how a verdict is shown."""
    words, tone = {
        Verdict.HOLDS: (Label("holds", "成立"), "good"),
        Verdict.VIOLATED: (Label("violated", "被违反"), "bad"),
        Verdict.INCONCLUSIVE: (Label("inconclusive", "未定"), "open"),
    }[result.verdict]
    if result.vacuous:
        words, tone = Label("holds, vacuously", "成立（空真）"), "empty"
    numbers = result.property.articles(report.procedure)
    return Judged(
        words,
        tone,
        f"Art{'s' * (len(numbers) > 1)}. {', '.join(numbers)}" if numbers else "",
        result.visited,
    )


def search_table(checks: Iterable[Report]) -> Table:
    """Return how much was searched, text by text."""
    rows = [
        (
            Cell(report.procedure.label),
            Cell(f"{report.configurations:,}", value=report.configurations),
            Cell(f"{report.moves:,}", value=report.moves),
            Cell(Label("all of them", "全部") if report.finished else Label("not all", "未完成")),
            Cell(f"{len(report.findings)}", value=len(report.findings)),
        )
        for report in checks
    ]
    heads = (
        Label("text", "文本"),
        Label("configurations", "状态数"),
        Label("steps between them", "迁移数"),
        Label("explored", "已搜索"),
        Label("findings in the text itself", "文本静态问题"),
    )
    return Table(Label("What was explored", "搜索范围"), heads, tuple(rows))


def story(result: Result) -> list[Told]:
    """Return a violation line by line, with what the property says at each turn."""
    trace = result.witness
    assert trace is not None
    told: list[Told] = []
    for line in trace.story():
        turns = [result.turns[n] for n in range(line.first, line.last + 1) if n in result.turns]
        mark, tone = None, ""
        if turns:
            violated = line.last == len(trace.steps)
            mark, tone = (
                _turn(violated=violated, at_stake=turns[-1]),
                "bad" if violated else "trigger",
            )
        told.append(Told(line, articles(line.cites), mark, tone))
    return told


def _turn(*, violated: bool, at_stake: bool) -> Label:
    if violated:
        return Label("violated", "违反")
    return (
        Label("at stake from here", "自此可能违反") if at_stake else Label("safe again", "重新允许")
    )


def durations(found: Bounds) -> Iterator[Duration]:
    """Yield the bounds of a text."""
    for row in found.rows:
        yield Duration(
            outcome=row.outcome.label,
            articles=articles(row.outcome.cites),
            least=str(row.least),
            counted=_counted(row),
            addends=tuple(
                (clause.days, clause.label, articles(clause.cites)) for clause in row.clauses
            ),
            total=row.without,
            unbounded=tuple(map(_cause, row.unbounded)),
            elapsed=Label("unbounded", "无上限")
            if row.elapsed is None
            else Label(str(row.elapsed)),
            open_ended=tuple(map(_cause, row.open_ended)),
        )


def articles(cites: Iterable[Cite]) -> str:
    """Return citations as a short list.

    The marks of doubt are left out here: diagrams and outlines show them.
    """
    found = tuple(cites)
    if len(found) > 1 and all(cite.article[0].isdigit() for cite in found):
        return f"Arts. {', '.join(cite.article for cite in found)}"
    return ", ".join(map(str, found))


def _counted(row: Bound) -> Label:
    if row.counted is not None:
        return Label(str(row.counted))
    if row.without is None:
        return Label("unbounded", "无上限")
    return Label(f"unbounded; {row.without} without that", f"无上限；不计该项为{row.without}")


def _cause(cause: Cause) -> Label:
    en, zh = KINDS[cause.kind], KINDS_ZH[cause.kind]
    if cause.after_clock:
        en, zh = f"{en} once its clock has stopped", f"{zh}（期限停止之后）"
    where = articles(cause.cites)
    return Label(f"{en}: {cause.label.en} ({where})", f"{zh}：{cause.label.zh}")


def gaps(study: Study) -> list[tuple[Label, list[Label]]]:
    """Return, text by text, where the law sets no limit at all, on the way to a conclusion."""
    found = []
    for bounds in study.bounds:
        causes = (
            _cause(c) for row in bounds.rows if row.outcome.conclusion for c in row.open_ended
        )
        found.append((bounds.procedure.label, list(dict.fromkeys(causes))))
    return found


def diagram(
    procedure: Procedure, lang: Lang = "both", figures: Mapping[str, Label] | None = None
) -> tuple[str, str]:
    """Return the picture of a procedure without its style, and the style."""
    text = svg(procedure, lang, "auto", figures)
    found = STYLE.search(text)
    assert found is not None
    return STYLE.sub("", text, count=1), found[1]


def switched(style: str) -> str:
    """Return the style of a diagram so that it follows the page's switch between light and dark.

    The diagram by itself follows the reader's setting only.
    """
    dark = DARK.search(style)
    assert dark is not None
    light = DARK.sub("", style)
    follows = _below(":root:not([data-theme=light])", dark[1])
    chosen = _below(":root[data-theme=dark]", dark[1])
    return (
        f"{light.strip()}\n@media screen and (prefers-color-scheme:dark){{\n{follows}\n}}\n"
        f"@media screen{{\n{chosen}\n}}\n"
    )


def _below(root: str, rules: str) -> str:
    """Return rules that hold only below a root: each selector of each rule gets it in front."""
    lines = []
    for line in rules.strip().splitlines():
        selectors, brace, body = line.partition("{")
        lines.append(",".join(f"{root} {each}" for each in selectors.split(",")) + brace + body)
    return "\n".join(lines)
