"""The bounds under all readings at once, as one table for a terminal and as JSON."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

from duecourse.report.bounds_text import clause_json, clause_text
from duecourse.report.readings_text import condition_json, condition_text, fixed_text
from duecourse.report.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.model.procedure import Lang
    from duecourse.model.reading_set import Condition
    from duecourse.properties.readings_bounds_report import (
        OutcomeBounds,
        ReadingsBound,
        ReadingsBounds,
    )

WIDTH = 100


def readings_bounds_text(found: ReadingsBounds, lang: Lang = "en", *, name: str = "") -> str:
    """Return, for each outcome, the bounds on counted time and the conditions on readings that give each.

    Args:
        found: the bounds.
        lang: the language.
        name: how the procedure was named on the command line; by default its id.
    """
    procedure = found.procedure
    held = fixed_text(found.fixed)
    lines = [
        f"{procedure.id}  {procedure.label.text(lang)}",
        say(
            lang,
            f"under all readings at once{held and f' with {held}'}: {found.choices:,} choices · {found.seconds:.1f} s",
            f"一次涵盖全部解读{held and f'（{held}）'}：{found.choices:,}种组合 · {found.seconds:.1f}秒",
        ),
        say(
            lang,
            "the most counted working days without a breach, and the readings that give them",
            "不逾期时最多计入的工作日，及得出该数的解读",
        ),
    ]
    for outcome in found.outcomes:
        lines.extend(["", outcome.outcome.label.text(lang)])
        lines.extend(_outcome(found, outcome, lang, name or procedure.id))
    return "\n".join(lines)


def readings_bounds_json(found: ReadingsBounds) -> dict[str, Any]:
    """Return the bounds under all readings as plain data (`docs/reference/json.md`)."""
    return {
        "schema": "duecourse/bounds-readings/1",
        "procedure": found.procedure.id,
        "readings": dict(found.fixed),
        "choices": found.choices,
        "outcomes": [_outcome_json(each) for each in found.outcomes],
        "reason": found.reason or None,
    }


def days_text(row: ReadingsBound, lang: Lang = "en") -> str:
    """Return a bound in words: a number, or why there is none."""
    if row.counted is not None:
        return str(row.counted)
    if not row.known:
        return say(lang, "unbounded", "无上限")
    if row.without is not None:
        return say(
            lang,
            f"unbounded; {row.without} without extensions that have no limit",
            f"无上限；不用无期限延长时为{row.without}",
        )
    return say(
        lang, "unbounded, even without extensions that have no limit", "无上限，不用延长亦然"
    )


def _outcome(found: ReadingsBounds, outcome: OutcomeBounds, lang: Lang, name: str) -> Iterator[str]:
    for row in outcome.rows:
        options = dict(found.fixed) | dict(row.readings)
        command = "".join(f" -r {key}={option}" for key, option in options.items())
        yield f"  {days_text(row, lang)}"
        yield from _conditions(found, row.conditions, lang)
        for sign, clause in zip(("=", *"+" * len(row.clauses)), row.clauses, strict=False):
            yield f"    {sign} {clause_text(clause, lang)}"
        yield say(
            lang,
            f"      {row.choices:,} choices; at the least {row.least}; shown by:",
            f"      {row.choices:,}种组合；最少{row.least}；见：",
        )
        yield f"      duecourse bounds {name}{command}"
    if outcome.impossible:
        yield say(lang, "  not reached without a breach", "  不逾期则不能到达")
        yield from _conditions(found, outcome.impossible, lang)
    if outcome.open:
        yield say(
            lang,
            f"  not decided for {outcome.open:,} choices ({found.reason})",
            f"  {outcome.open:,}种组合未定（{found.reason}）",
        )


def _conditions(
    found: ReadingsBounds, conditions: tuple[Condition, ...], lang: Lang
) -> Iterator[str]:
    for index, condition in enumerate(conditions):
        first = "      " if index == 0 else say(lang, "      or ", "      或 ")
        words = condition_text(condition, found.procedure, lang)
        yield fill(
            words, WIDTH, initial_indent=first, subsequent_indent=" " * 9, break_on_hyphens=False
        )


def _outcome_json(outcome: OutcomeBounds) -> dict[str, Any]:
    return {
        "outcome": outcome.outcome.id,
        "rows": [
            {
                "least": row.least,
                "counted": row.counted,
                "clauses": [clause_json(clause) for clause in row.clauses],
                "without_unbounded": row.without,
                "conditions": [condition_json(each) for each in row.conditions],
                "choices": row.choices,
                "readings": dict(row.readings),
            }
            for row in outcome.rows
        ],
        "impossible": [condition_json(each) for each in outcome.impossible],
        "open": outcome.open,
        "undecided": [condition_json(each) for each in outcome.undecided],
    }
