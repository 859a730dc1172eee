"""The bounds under all readings at once, as one table for a terminal and as JSON."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

from duecourse.report.bounds_text import (
    addends_text,
    cause_json,
    causes_text,
    clause_json,
    clause_text,
)
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
        Under,
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
            "working days without a breach: the most that count, with the clauses and the readings that make each sum",
            "不逾期时最多计入的工作日，及构成各数的条款与解读",
        ),
    ]
    for outcome in found.outcomes:
        lines.extend(["", outcome.outcome.label.text(lang), *_table(outcome, lang)])
    lines.extend(["", say(lang, "The readings that make each", "构成各数的解读")])
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
    }


def days_text(row: ReadingsBound, lang: Lang = "en") -> str:
    """Return a bound in words: a number, or that there is none."""
    if row.counted is not None:
        return str(row.counted)
    if row.without is not None:
        return say(
            lang, f"unbounded; {row.without} without that", f"无上限；不如此则为{row.without}"
        )
    return say(lang, "unbounded", "无上限")


def _table(outcome: OutcomeBounds, lang: Lang) -> Iterator[str]:
    """Yield one line for each sum: how many choices make it, the bound, and its clauses as days (article)."""
    made: dict[tuple[int, str, str], int] = {}
    for row in outcome.rows:
        most = row.without if row.counted is None else row.counted
        key = -1 if most is None else most, days_text(row, lang), addends_text(row.clauses)
        made[key] = made.get(key, 0) + row.under.choices
    width = max((len(days) for _, days, _ in made), default=0)
    for (_, days, sum_), choices in sorted(made.items()):
        yield f"  {choices:>13,}  {days:<{width}} = {sum_}" if sum_ else f"  {choices:>13,}  {days}"
    if outcome.impossible:
        yield say(
            lang,
            "  otherwise      not reached without a breach",
            "  其余           不逾期则不能到达",
        )


def _outcome(found: ReadingsBounds, outcome: OutcomeBounds, lang: Lang, name: str) -> Iterator[str]:
    for row in outcome.rows:
        yield from _row(found, row, lang, name)
    if outcome.impossible:
        yield say(lang, "  not reached without a breach", "  不逾期则不能到达")
        yield from _conditions(found, outcome.impossible, lang)
    for days, under in outcome.least:
        yield say(lang, f"  at the least {days}", f"  最少{days}")
        yield from _conditions(found, under.conditions, lang)
    if outcome.open_ended:
        yield say(
            lang,
            "  elapsed time has no bound where there is",
            "  存在下列情形时，经过时间无上限",
        )
    for cause, under in outcome.open_ended:
        yield from (f"    {line}" for line in causes_text([cause], lang))
        yield from _conditions(found, under.conditions, lang)
    if outcome.limited.choices:
        yield say(
            lang,
            "  elapsed time has the bound of counted time",
            "  经过时间与计入时间上限相同",
        )
        yield from _conditions(found, outcome.limited.conditions, lang)


def _row(found: ReadingsBounds, row: ReadingsBound, lang: Lang, name: str) -> Iterator[str]:
    yield f"  {days_text(row, lang)}"
    for sign, clause in zip(("=", *"+" * len(row.clauses)), row.clauses, strict=False):
        yield f"    {sign} {clause_text(clause, lang)}"
    yield from (f"    {line}" for line in causes_text(row.unbounded, lang))
    yield from _conditions(found, row.under.conditions, lang)
    options = dict(found.fixed) | dict(row.readings)
    command = "".join(f" -r {key}={option}" for key, option in options.items())
    yield say(
        lang,
        f"      {row.under.choices:,} choices; shown by:",
        f"      {row.under.choices:,}种组合；见：",
    )
    yield f"      duecourse bounds {name}{command}"


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
                "counted": row.counted,
                "without_unbounded": row.without,
                "clauses": [clause_json(clause) for clause in row.clauses],
                "least_of_spans": row.least_of_spans,
                "unbounded": [cause_json(cause) for cause in row.unbounded],
                **_under_json(row.under),
                "readings": dict(row.readings),
            }
            for row in outcome.rows
        ],
        "least": [{"days": days, **_under_json(under)} for days, under in outcome.least],
        "open_ended": [
            {**cause_json(cause), **_under_json(under)} for cause, under in outcome.open_ended
        ],
        "limited": _under_json(outcome.limited),
        "impossible": [condition_json(each) for each in outcome.impossible],
    }


def _under_json(under: Under) -> dict[str, Any]:
    return {
        "conditions": [condition_json(each) for each in under.conditions],
        "choices": under.choices,
    }
