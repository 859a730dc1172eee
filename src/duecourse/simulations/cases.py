"""The log of a run as two tables: one row for each event, and one for each case.

| column of a case | what |
|---|---|
| `replication`, `case`, `class` | which case it is |
| `docket` | of a case that was open at the start, its id in the docket |
| `arrival`, `arrival_date` | when it came, in working days since the start of the run, and on which date |
| `end`, `end_date` | when its review ended; nothing while it is open |
| `outcome` | how; nothing while it is open |
| `stage` | where it stands at its end, or at the end of the run |
| `working_days`, `calendar_days` | from arrival to end |
| `missed` | how many statutory limits were missed |
| `stage_ID` | working days in the stage, all visits together, until the case left it; nothing if it never did, or was there before the start |
| `missed_ID` | how often the limit was missed; 0 if it was kept; nothing if it never ran to an end |
| `overrun_ID` | working days by which it was passed once it stopped |
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import floor, isnan, nan
from typing import TYPE_CHECKING, Any

from duecourse.simulations.log import COLUMNS
from duecourse.simulations.parquet import BOOLEAN, DATE, DOUBLE, INTEGER, VARCHAR
from duecourse.simulations.tallies import outcomes

if TYPE_CHECKING:
    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.days import Days
    from duecourse.simulations.log import Event, Log

_KINDS = {
    "replication": INTEGER,
    "case": INTEGER,
    "time": DOUBLE,
    "date": DATE,
    "value": DOUBLE,
    "breach": BOOLEAN,
    "late": BOOLEAN,
}
EVENT_SCHEMA = {name: _KINDS.get(name, VARCHAR) for name in COLUMNS}
"""The columns of the table of events: those of the log."""


def case_schema(scenario: Scenario) -> dict[str, str]:
    """Return the columns of the table of cases; see the table of this module."""
    return {
        "replication": INTEGER,
        "case": INTEGER,
        "class": VARCHAR,
        "docket": VARCHAR,
        "arrival": DOUBLE,
        "arrival_date": DATE,
        "end": DOUBLE,
        "end_date": DATE,
        "outcome": VARCHAR,
        "stage": VARCHAR,
        "working_days": DOUBLE,
        "calendar_days": DOUBLE,
        "missed": INTEGER,
        **{f"stage_{stage}": DOUBLE for stage in scenario.behaviours},
        **{f"missed_{clock.id}": INTEGER for clock in scenario.procedure.clocks},
        **{f"overrun_{clock.id}": DOUBLE for clock in scenario.procedure.clocks},
    }


def case_columns(log: Log, scenario: Scenario) -> dict[str, list[Any]]:
    """Return the table of cases of one replication, in the order of arrival."""
    finals = {each.id for each in scenario.procedure.stages if each.final}
    ends = outcomes(scenario)
    told: dict[int, _Case] = {}
    for event in log.events:
        if event.case not in told:
            told[event.case] = _begun(event)
        told[event.case].take(event, finals, ends)
    rows = [told[number].row(log.replication, log.days) for number in sorted(told)]
    return {name: [row.get(name) for row in rows] for name in case_schema(scenario)}


def _begun(event: Event) -> _Case:
    """Return a case from its first event; since when one of the docket is in its stage is not known."""
    number, kind, time, stage = event.case, event.kind, event.time, event.to
    if event.event == "docket":
        return _Case(number, kind, time - event.value, nan, stage, docket=event.subject)
    return _Case(number, kind, time, time, stage)


@dataclass
class _Case:
    """One case, told by its events."""

    number: int
    kind: str
    arrival: float
    since: float
    stage: str
    docket: str = ""
    end: float | None = None
    outcome: str = ""
    sums: dict[str, float] = field(default_factory=dict)

    def take(self, event: Event, finals: set[str], ends: dict[tuple[str, str], str]) -> None:
        if event.event == "step":
            self.step(event, finals, ends)
        elif event.event == "lapse":
            self.add(f"missed_{event.subject}", int(event.breach))
        elif event.event == "stop":
            # a missed limit was counted when it lapsed
            self.add(f"missed_{event.subject}", 0)
            if event.breach:
                self.add(f"overrun_{event.subject}", event.value)

    def step(self, event: Event, finals: set[str], ends: dict[tuple[str, str], str]) -> None:
        if self.end is not None or event.stage == event.to:
            return
        if not isnan(self.since):
            self.add(f"stage_{event.stage}", event.time - self.since)
        self.since, self.stage = event.time, event.to
        if event.to in finals:
            self.end = event.time
            self.outcome = ends.get((event.step, event.stage), "")

    def add(self, name: str, value: float) -> None:
        self.sums[name] = self.sums.get(name, 0) + value

    def row(self, replication: int, days: Days) -> dict[str, Any]:
        missed = sum(value for name, value in self.sums.items() if name.startswith("missed_"))
        found: dict[str, Any] = {
            "replication": replication,
            "case": self.number,
            "class": self.kind,
            "docket": self.docket,
            "arrival": self.arrival,
            "arrival_date": days.date(floor(self.arrival)).isoformat(),
            "outcome": self.outcome,
            "stage": self.stage,
            "missed": missed,
            **self.sums,
        }
        if self.end is not None:
            found["end"] = self.end
            found["end_date"] = days.date(floor(self.end)).isoformat()
            found["working_days"] = self.end - self.arrival
            found["calendar_days"] = days.instant(self.end) - days.instant(self.arrival)
        return found
