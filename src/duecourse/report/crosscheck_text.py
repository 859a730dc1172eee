"""What the checker and SPIN say of one procedure, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from duecourse.report.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duecourse.model.procedure import Lang
    from duecourse.properties.promela.crosscheck import Crosscheck, Row

GAP = 2


def crosscheck_text(found: Crosscheck, lang: Lang = "en") -> str:
    """Return a table with a line for each thing that both were asked, and a closing count."""
    procedure = found.procedure
    heads = ("", say(lang, "duecourse", "duecourse"), "SPIN", "")
    lines = [
        heads,
        *((row.name, row.ours or "–", row.spin or "–", _note(row)) for row in found.rows),
    ]
    widths = [max(len(line[column]) for line in lines) + GAP for column in range(3)]
    body = (
        "  "
        + "".join(
            cell.ljust(width) for cell, width in zip(line, [*widths, 0], strict=True)
        ).rstrip()
        for line in lines
    )
    title = f"{procedure.id}  {procedure.label.text(lang)}"
    return "\n".join([title, *body, "", closing(found)])


def closing(found: Crosscheck) -> str:
    """Return how many answers agree."""
    asked = [row for row in found.rows if row.agree is not None]
    same = sum(row.agree is True for row in asked)
    rest = len(found.rows) - len(asked)
    text = f"{len(asked)} answers compared: {same} the same, {len(asked) - same} different"
    return text + (f"; {rest} could not be compared" if rest else "")


def crosscheck_json(reports: Iterable[Crosscheck], spin: str, code: int) -> dict[str, Any]:
    """Return what both say as JSON: no time of day, no duration."""
    return {
        "schema": "duecourse/crosscheck/1",
        "spin": spin,
        "exit_code": code,
        "procedures": [
            {
                "id": each.procedure.id,
                "readings": dict(each.readings),
                "rows": [
                    {
                        "name": row.name,
                        "duecourse": row.ours or None,
                        "spin": row.spin or None,
                        "agree": row.agree,
                        "reason": row.reason,
                    }
                    for row in each.rows
                ],
            }
            for each in reports
        ],
    }


def _note(row: Row) -> str:
    if row.agree is None:
        return f"not compared: {row.reason}"
    return row.reason if row.agree else f"DIFFERENT {row.reason}".strip()
