"""Limits that lapse on one day: the simulation takes them in the order of the replay."""

from __future__ import annotations

from collections import defaultdict
from math import floor
from typing import TYPE_CHECKING

import pytest

from duecourse.model.case import Case, Event
from duecourse.model.case_report import Kind
from duecourse.model.procedure import Label
from duecourse.model.replay import replay
from duecourse.scenarios import load_scenario
from duecourse.simulations import replicate

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from duecourse.model.case_report import CaseReport
    from duecourse.scenarios import Scenario
    from duecourse.simulations import Event as Logged
    from duecourse.simulations import Log

MORE = """
[[actor]]
id = "law"
label = { en = "The law itself" }
cites = ["1"]

[[stage]]
id = "overdue"
label = { en = "Overdue" }
cites = ["1"]

[[step]]
id = "remind"
label = { en = "reminds the clerk" }
cites = ["1"]
actor = "law"
from = "office"

[[step]]
id = "refer"
label = { en = "refers the file to the head of the office" }
cites = ["1"]
actor = "law"
from = "office"
to = "overdue"

[[step]]
id = "settle"
label = { en = "settles the file" }
cites = ["1"]
actor = "clerk"
from = "overdue"
to = "decided"

[[clock]]
id = "notice"
label = { en = "Notice" }
cites = ["1"]
binds = "clerk"
limit = "5 working days"
starts = ["file"]
stops = ["decide", "settle"]
on_lapse = ["remind"]

[[clock]]
id = "office_clock"
label = { en = "In the office" }
cites = ["1"]
binds = "clerk"
limit = "5 working days"
starts = ["file"]
stops = ["consult", "decide", "settle"]
on_lapse = ["refer"]

[[outcome]]
id = "settlement"
label = { en = "Settlement" }
cites = ["1"]
by = "settle"
conclusion = true
"""

SETTLED = """
[[stage]]
id = "overdue"

[[stage.activity]]
id = "settling"
take = "settle"
"""


def courses(log: Log) -> list[list[Logged]]:
    """Return the events of each case."""
    found: dict[int, list[Logged]] = defaultdict(list)
    for event in log.events:
        found[event.case].append(event)
    return list(found.values())


def replayed(scenario: Scenario, log: Log, events: list[Logged]) -> CaseReport:
    """Replay what people did: what the law did follows from it."""
    acts = tuple(
        Event(log.days.date(floor(event.time)), event.step)
        for event in events
        if event.event == "step" and event.actor != "law"
    )
    case = Case(
        id="case",
        label=Label("Case"),
        procedure=scenario.procedure,
        readings=scenario.readings,
        events=acts,
    )
    return replay(case, on=log.days.end)


def told(report: CaseReport) -> list[tuple[date, str]]:
    """Return the steps and breaches of a report, in their order."""
    clocks = {clock.label: clock.id for clock in report.procedure.clocks}
    return [
        (entry.on, entry.step.id if entry.step else clocks[entry.what])
        for entry in report.history
        if entry.kind is not Kind.LATE_REPLY
    ]


def simulated(log: Log, events: list[Logged]) -> list[tuple[date, str]]:
    """Return the steps and breaches of a log, in their order."""
    return [
        (log.days.date(floor(event.time)), event.step or event.subject)
        for event in events
        if event.event == "step" or (event.event == "lapse" and event.breach)
    ]


def test_of_limits_that_lapse_on_one_day_those_with_an_effect_come_first_as_in_a_replay(
    toy: Callable[..., Scenario], tmp_path: Path
) -> None:
    """Declared: a limit without effect, one that reminds, one that moves the file on; nobody acts before the next day."""
    file = tmp_path / "toy.toml"
    text = file.read_text(encoding="utf-8").replace(
        'stops = ["decide"]', 'stops = ["decide", "settle"]'
    )
    file.write_text(text + MORE, encoding="utf-8")
    waits = 'delay = { law = "deterministic", value = 9 }\nunit = "working days"\ntake = "decide"'
    scenario = toy(waits + '\nassumption = "given by the test"\n' + SETTLED, years=1)
    log = replicate(scenario)
    whole = [events for events in courses(log) if events[-1].to == "decided"]

    assert len(whole) > 100
    for events in whole:
        found = simulated(log, events)
        assert [what for _, what in found] == ["file", "remind", "refer", "limit", "settle"]
        days = [day for day, _ in found]
        assert days[1] == days[2] == days[3] < days[4]
        assert found == told(replayed(scenario, log, events))


@pytest.mark.parametrize(
    "readings", [{}, {"silence": "agreement", "no_decision": "deemed_review"}], ids=["plain", "law"]
)
def test_a_shipped_log_replays_to_the_same_steps_and_breaches(readings: dict[str, str]) -> None:
    scenario = load_scenario("baseline-2022", readings=readings).lasting(0.6, 0.1)
    log = replicate(scenario, seed=11)
    lapsed = 0
    for events in courses(log)[:120]:
        ends = [e.time for e in events if e.event == "lapse" and e.time >= log.days.length - 1]
        if not ends:
            assert sorted(simulated(log, events)) == sorted(told(replayed(scenario, log, events)))
            lapsed += any(event.event == "lapse" for event in events)

    assert lapsed > 3
