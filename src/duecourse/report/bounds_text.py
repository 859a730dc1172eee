"""The bounds on statutory time as text for a terminal and as JSON."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

from duecourse.calendar import Unit
from duecourse.model.cites_json import cites_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duecourse.model.procedure import Cite, Lang
    from duecourse.properties.bounds import Bound, Bounds, Cause
    from duecourse.properties.clauses import Clause

WIDTH = 100
KINDS = {
    "extension": "an extension without limit",
    "loop": "a loop that brings new time",
    "suspension": "a suspension without limit",
    "gap": "no limit set",
}


def bounds_text(found: Bounds, lang: Lang = "en") -> str:
    """Return every bound with the sum that makes it, clause by clause, and why some have none."""
    procedure = found.procedure
    changed = [f"{k}={v}" for k, v in found.readings.items() if v != procedure.reading[k].default]
    lines = [
        f"{procedure.id}  {procedure.label.text(lang)}",
        f"readings: {', '.join(changed) or 'the defaults'}; working days without a breach, from",
        fill(_first_steps(found, lang), WIDTH, initial_indent="    ", subsequent_indent="    "),
        "counted = days on which a statutory clock runs; elapsed = counted + suspended + days without a limit",
    ]
    for row in found.rows:
        lines.extend(["", f"{row.outcome.label.text(lang)} [{_articles(row.outcome.cites)}]"])
        lines.extend(_row(row, lang))
    return "\n".join(lines)


def addends_text(clauses: Iterable[Clause]) -> str:
    """Return the sum of clauses as days and articles, such as `10 (8) + 30 (10)`."""
    return " + ".join(
        f"{each.days} ({', '.join(cite.article for cite in each.cites)})" for each in clauses
    )


def counted_text(row: Bound) -> str:
    """Return the greatest counted time in a few words."""
    if row.counted is not None:
        return str(row.counted)
    return "unbounded" if row.without is None else f"unbounded; {row.without} without that"


def causes_text(causes: Iterable[Cause], lang: Lang = "en") -> list[str]:
    """Return one line for each reason why a time has no bound."""
    return [_cause(cause, lang) for cause in causes]


def _cause(cause: Cause, lang: Lang) -> str:
    words = KINDS[cause.kind] + (" once its clock has stopped" if cause.after_clock else "")
    return f"{words}: {cause.label.text(lang)} ({_articles(cause.cites)})"


def bounds_json(found: Bounds) -> dict[str, Any]:
    """Return the bounds as plain data (`docs/reference/json.md`)."""
    return {
        "schema": "duecourse/bounds/1",
        "procedure": found.procedure.id,
        "readings": dict(found.readings),
        "outcomes": [
            {
                "outcome": row.outcome.id,
                "conclusion": row.outcome.conclusion,
                "least": row.least,
                "counted": row.counted,
                "without_unbounded": row.without,
                "clauses": [clause_json(clause) for clause in row.clauses],
                "least_of_spans": row.least_of_spans,
                "unbounded": [cause_json(cause) for cause in row.unbounded],
                "elapsed": row.elapsed,
                "open_ended": [cause_json(cause) for cause in row.open_ended],
            }
            for row in found.rows
        ],
    }


def _row(row: Bound, lang: Lang) -> list[str]:
    lines = [f"  least     {row.least}", f"  counted   {counted_text(row)}"]
    lines.extend(_sum(row, lang))
    lines.extend(f"            {line}" for line in causes_text(row.unbounded, lang))
    reasons = [*causes_text(row.open_ended, lang)]
    elapsed = "unbounded" if row.elapsed is None else str(row.elapsed)
    lines.append(f"  elapsed   {elapsed}")
    lines.extend(f"            {line}" for line in reasons)
    return lines


def _sum(row: Bound, lang: Lang) -> list[str]:
    """Return the addends of a bound, one on each line, and their sum."""
    if not row.clauses:
        return []
    signs = ["  ", *["+ "] * (len(row.clauses) - 1)]
    lines = [
        f"            {sign}{clause.days:>4}  {_words(clause, lang)}"
        for sign, clause in zip(signs, row.clauses, strict=True)
    ]
    if len(lines) > 1 or row.least_of_spans is not None:
        total = f"            = {row.without:>4}"
        lines.append(
            total
            if row.least_of_spans is None
            else f"{total}  at the most; {row.least_of_spans} at the least, by the day it begins"
        )
    return lines


def _first_steps(found: Bounds, lang: Lang) -> str:
    labels = [
        f'"{found.procedure.step[name].label.text(lang)}"' for name in found.procedure.measured_from
    ]
    return " or ".join(labels)


def clause_text(clause: Clause, lang: Lang) -> str:
    """Return an addend in words, with its articles."""
    return f"{clause.days} {_words(clause, lang)}"


def _words(clause: Clause, lang: Lang) -> str:
    span = "" if clause.span.unit is Unit.WORKING_DAY else f", {clause.span}"
    return f"{clause.label.text(lang)}{span} ({_articles(clause.cites)})"


def _articles(cites: Iterable[Cite]) -> str:
    return ", ".join(map(str, cites))


def clause_json(clause: Clause) -> dict[str, Any]:
    """Return an addend as plain data."""
    return {
        "clock": clause.clock,
        "extension": clause.extension,
        "days": clause.days,
        "span": str(clause.span),
        "cites": cites_json(clause.cites),
    }


def cause_json(cause: Cause) -> dict[str, Any]:
    """Return a reason why a time has no bound as plain data."""
    return {"kind": cause.kind, "name": cause.name, "cites": cites_json(cause.cites)}
