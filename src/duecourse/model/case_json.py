"""The report of a case as plain values for JSON, of the form `duecourse/case/1`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from duecourse.model.cites_json import cites_json

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from duecourse.model.case_report import Breach, CaseReport, Entry, Permitted, Round, Running
    from duecourse.model.procedure import Element, Label

SCHEMA: Final = "duecourse/case/1"


def case_dict(report: CaseReport) -> dict[str, Any]:
    """Return the report as plain values: dates as ISO texts, labels in both languages, elements by id."""
    return {
        "schema": SCHEMA,
        "case": report.id,
        "label": _label(report.label),
        "procedure": report.procedure.id,
        "on": report.on.isoformat(),
        "stage": _named(report.stage),
        "outcome": report.outcome and _named(report.outcome),
        "ended": _day(report.ended),
        "readings": {reading.id: option.id for reading, option in report.readings},
        "clocks": [_clock(each) for each in report.clocks],
        "suspensions": [
            _named(each) | {"since": since.isoformat()} for each, since in report.active
        ],
        "breaches": [_breach(each) for each in report.breaches],
        "permitted": [_permitted(each) for each in report.permitted],
        "panels": [_round(each) for each in report.rounds],
        "history": [_entry(each) for each in report.history],
        "estimated": report.estimated,
        "later_events": report.later,
        "remarks": [_label(each) for each in report.remarks],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "on": entry.on.isoformat(),
        "kind": str(entry.kind),
        "step": entry.step.id if entry.step else None,
        "label": _label(entry.what),
        "actors": _ids(entry.actors),
        "member": _label(entry.member) if entry.member else None,
        "cites": cites_json(entry.cites),
        "stage": entry.stage.id,
        "clocks": [
            {
                "clock": each.clock.id,
                "change": each.kind,
                "due": _day(each.due),
                "used": each.used,
            }
            for each in entry.changes
        ],
        "note": entry.note,
        "source": entry.source,
    }


def _clock(each: Running) -> dict[str, Any]:
    return _named(each.clock) | {
        "binds": _ids(each.binds),
        "started": each.started.isoformat(),
        "limit": list(map(str, each.limit)),
        "unlimited": each.unlimited,
        "used": each.used,
        "remaining": each.remaining,
        "due": _day(each.due),
        "overdue": each.overdue,
        "stopped_by": _ids(each.stopped_by),
        "on_lapse": each.then.id if each.then else None,
        "estimated": each.estimated,
    }


def _breach(each: Breach) -> dict[str, Any]:
    return _named(each.clock) | {
        "binds": _ids(each.binds),
        "due": each.due.isoformat(),
        "until": _day(each.until),
        "overdue": each.overdue,
        "estimated": each.estimated,
    }


def _permitted(each: Permitted) -> dict[str, Any]:
    return _named(each.step) | {
        "actors": _ids(each.actors),
        "by": _day(each.by),
        "clock": each.clock.id if each.clock else None,
        "ends_clock": each.ends_clock,
    }


def _round(each: Round) -> dict[str, Any]:
    return _named(each.panel) | {
        "round": each.number,
        "opened": each.opened.isoformat(),
        "open": each.open,
        "asked": each.asked,
        "pending": each.pending,
        "replies": dict(each.counts),
        "outstanding": [_label(member) for member in each.outstanding],
    }


def _named(element: Element) -> dict[str, Any]:
    return {
        "id": element.id,
        "label": _label(element.label),
        "cites": cites_json(element.cites),
    }


def _ids(elements: Iterable[Element]) -> list[str]:
    return [each.id for each in elements]


def _label(label: Label) -> dict[str, str]:
    return {"en": label.en, "zh": label.zh}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
