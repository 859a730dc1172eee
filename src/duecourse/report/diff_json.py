"""The difference of two texts as plain data (`docs/reference/json.md`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from duecourse.calendar import Span
from duecourse.properties.clock_bits import Limit
from duecourse.properties.dating import told
from duecourse.report.check_text import trace_json

if TYPE_CHECKING:
    from duecourse.properties.bounds import Bound
    from duecourse.properties.change import Difference
    from duecourse.properties.revision import Revision


def diff_json(found: Revision) -> dict[str, Any]:
    """Return what changed, with every case that shows it."""
    comparison = found.comparison
    return {
        "schema": "duecourse/diff/1",
        "a": {"procedure": found.a.id, "readings": dict(comparison.a.readings)},
        "b": {"procedure": found.b.id, "readings": dict(comparison.b.readings)},
        "names": {
            kind: dict(getattr(comparison.names, kind))
            for kind in ("step", "clock", "actor", "outcome")
        }
        | {"hidden": sorted(comparison.names.hidden)},
        "pairs": comparison.pairs,
        "finished": comparison.finished,
        "differences": [difference_json(each) for each in comparison.differences],
        "outcomes": {"only_a": list(found.outcomes[0]), "only_b": list(found.outcomes[1])},
        "bounds": None
        if found.bounds is None
        else [
            {"outcome": each.outcome, "a": _bound(each.a), "b": _bound(each.b)}
            for each in found.bounds
        ],
        "verdicts": None
        if found.verdicts is None
        else [
            {
                "property": each.a.property.id,
                "a": {"verdict": each.a.verdict.value, "vacuous": each.a.vacuous},
                "b": {"verdict": each.b.verdict.value, "vacuous": each.b.vacuous},
            }
            for each in found.verdicts
        ],
        "binds": [{"clock": name, "a": list(a), "b": list(b)} for name, a, b in found.binds],
        "defaults": [{"reading": name, "a": a, "b": b} for name, a, b in found.defaults],
        "exit_code": comparison.exit_code,
    }


def difference_json(each: Difference) -> dict[str, Any]:
    """Return one difference, with its case."""
    letter = each.letter
    return {
        "aspect": each.change.aspect,
        "name": each.change.name,
        "a": _plain(each.change.a),
        "b": _plain(each.change.b),
        "side": each.side,
        "letter": {
            "step": letter.step,
            "actors": list(letter.actors),
            "value": letter.value or None,
            "lapse": letter.lapse or None,
        },
        "stages": list(each.stages),
        "other_stages": list(each.other_stages),
        "known": each.known,
        "passed": list(each.passed),
        "confirmed": each.confirmed,
        "trace": None if each.witness is None else trace_json(told(each.witness.walked)),
        "breaches": None
        if each.witness is None
        else [{"on": b.on.isoformat(), "clock": b.clock} for b in each.witness.breaches],
        "other_breaches": None
        if each.witness is None or each.witness.other is None
        else [{"on": b.on.isoformat(), "clock": b.clock} for b in each.witness.other],
    }


def _plain(what: object) -> object:
    match what:
        case Limit():
            return {
                "limit": str(what.span),
                "first_day_counts": what.first_day,
                "calendar": what.calendar,
            }
        case Span():
            return str(what)
        case tuple():
            return [_plain(each) for each in what]
        case _:
            return what


def _bound(row: Bound | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "least": row.least,
        "counted": row.counted,
        "without": row.without,
        "elapsed": row.elapsed,
    }
