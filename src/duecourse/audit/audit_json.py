"""An audit as plain values for JSON, of the forms `duecourse/audit/1` and `duecourse/audit-dates/1`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from duecourse.model.cites_json import cites_json
from duecourse.properties.automaton import Colour

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duecourse.audit.dates import DatesAudit
    from duecourse.audit.deviation import Audit, Deviation
    from duecourse.model.event_log import Listed
    from duecourse.model.procedure import Procedure

SCHEMA: Final = "duecourse/audit/1"
DATES_SCHEMA: Final = "duecourse/audit-dates/1"


def audit_dict(found: Audit) -> dict[str, Any]:
    """Return an audit as plain values: days as ISO texts, elements by id."""
    return {
        "schema": SCHEMA,
        "log": found.log,
        "procedure": found.procedure.id,
        "readings": dict(found.readings),
        "columns": str(found.columns),
        "on": found.on.isoformat() if found.on else None,
        "rows": {
            "all": found.rows,
            "used": found.used,
            "listed": len(found.listed),
            "other": dict(sorted(found.other.items())),
        },
        "listed": _listed(found.listed),
        "cases": {
            "all": found.cases,
            "open": found.open_cases,
            "clean": found.clean,
            "with_deviations": found.cases - found.clean,
        },
        "kinds": {str(kind): count for kind, count in sorted(found.kinds.items())},
        "articles": [
            {
                "article": each.article or None,
                "cases": each.cases,
                "deviations": {str(kind): n for kind, n in sorted(each.deviations.items())},
            }
            for each in found.by_article
        ],
        "properties": [
            {
                "property": each.id,
                "allowed": each.id in found.allowed,
                "open": _verdicts(found, each.id, open_=True),
                "closed": _verdicts(found, each.id, open_=False),
            }
            for each in found.judged
        ],
        "not_judged": [{"property": each.id, "kind": str(each.kind)} for each in found.not_judged],
        "deviations": [_deviation(each, found.procedure) for each in found.deviations],
        "late_replies": found.late_replies,
        "taken_twice": found.twice,
        "undecided": found.undecided,
        "outside_force": found.outside_force,
        "unknown_actors": dict(found.unknown_actors),
        "unknown_values": dict(found.unknown_values),
        "remarks": list(found.remarks),
        "exit_code": found.exit_code,
    }


def _verdicts(found: Audit, claim: str, *, open_: bool) -> dict[str, int]:
    counts = found.verdicts.get(claim, Counter[tuple[bool, Colour]]())
    return {str(each): counts.get((open_, each), 0) for each in Colour}


def _deviation(each: Deviation, procedure: Procedure) -> dict[str, Any]:
    overrun = each.overrun
    return {
        "kind": str(each.kind),
        "case": each.case,
        "row": each.row,
        "on": each.on.isoformat(),
        "step": each.step or None,
        "actor": each.actor or None,
        "stage": each.stage or None,
        "rule": each.rule or None,
        "cites": _cites(each, procedure),
        "needs": list(map(str, each.needs)),
        "permitted": list(each.permitted),
        "went_on": each.went_on or None,
        "message": each.message or None,
        "limit": overrun
        and {
            "clock": overrun.clock.id,
            "due": overrun.due.isoformat(),
            "until": overrun.until.isoformat() if overrun.until else None,
            "days": overrun.days,
            "running": overrun.until is None,
            "estimated": overrun.estimated,
        },
    }


def _cites(each: Deviation, procedure: Procedure) -> list[dict[str, str | None]]:
    element = procedure.step.get(each.rule) or procedure.clock.get(each.rule)
    if element is not None:
        return [dict(cite) for cite in cites_json(element.cites)]
    marks = {article.id: str(article.mark) for article in procedure.articles}
    return [{"article": name, "mark": marks.get(name)} for name in each.articles]


def _listed(rows: Iterable[Listed]) -> list[dict[str, Any]]:
    return [{"row": each.row, "code": each.code, "reason": each.reason} for each in rows]


def dates_dict(found: DatesAudit) -> dict[str, Any]:
    """Return an audit of dates as plain values."""
    return {
        "schema": DATES_SCHEMA,
        "log": found.log,
        "procedure": found.procedure.id if found.procedure else None,
        "clock": found.clock.id if found.clock else None,
        "limit": str(found.limit),
        "calendar": found.calendar,
        "first_day_counts": found.first_day_counts,
        "on": found.on.isoformat() if found.on else None,
        "rows": {"all": found.rows, "used": found.used, "listed": len(found.listed)},
        "listed": _listed(found.listed),
        "ended": {"in_time": found.in_time, "late": found.late},
        "open": {"in_time": found.open_in_time, "late": found.open_late},
        "due": {"stated": found.stated, "equal": found.stated - len(found.differing)},
        "cases": [
            {
                "row": each.row,
                "case": each.case,
                "start": each.start.isoformat(),
                "due": each.due.isoformat(),
                "stated": each.stated.isoformat() if each.stated else None,
                "end": each.end.isoformat() if each.end else None,
                "days_late": each.days_late,
                "stated_differs": each.differs,
                "estimated": each.estimated,
            }
            for each in found.findings
        ],
        "exit_code": found.exit_code,
    }
