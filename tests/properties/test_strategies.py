"""Random cases as values: legal by construction, lawful where the law is, and short once they are shrunk."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

import duecourse as dc
from duecourse.cli.begin import begun
from duecourse.model.case import Case, Event
from duecourse.model.case_report import Kind
from duecourse.model.machine import CaseMachine
from duecourse.model.procedure import Label
from duecourse.properties.check import check
from duecourse.properties.strategies import Watcher, cases

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
CLAIM = "no_grant_while_materials_are_missing"
HASTY = """
[amendment]
id = "hasty"
of = "permit"
label = { en = "Hasty", zh = "草率" }
source = { en = "a counter-example", zh = "反例" }

[[replace.step]]
id = "grant"
when = "true"
"""


@pytest.fixture
def permit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    begun("permit", of="", project=True)
    (tmp_path / "permit" / "hasty.toml").write_text(HASTY, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "permit")
    return tmp_path / "permit"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "readings"),
    [
        ("trial-2017", {}),
        ("measures-2020", {}),
        ("measures-2022", {}),
        ("measures-2022", {"silence": "agreement"}),
    ],
)
def test_every_case_replays_on_the_live_machine_and_violates_nothing_that_holds(
    name: str, readings: dict[str, str]
) -> None:
    procedure, properties = dc.load(name), dc.load_properties()
    found = check(procedure, properties, readings).results
    holding = [each.property for each in found if each.verdict is dc.Verdict.HOLDS]
    watcher = Watcher(procedure, holding, readings)
    steps: set[str] = set()
    kinds: set[Kind] = set()

    @settings(SETTINGS)
    @given(cases(procedure, properties, readings))
    def holds(case: Case) -> None:
        assert watcher.violated(case) == ()
        if not case.events:
            return
        history = dc.replay(case).history
        machine = CaseMachine(procedure, readings, case.facts)
        for entry in history:
            kinds.add(entry.kind)
            if entry.step is not None and entry.kind is not Kind.LATE_REPLY:
                machine.take(entry.step.id)  # raises where it is not permitted
                steps.add(entry.step.id)
        assert [e.step.id for e in history if e.step and e.kind is Kind.STEP] == [
            event.step for event in case.events
        ]

    holds()

    assert len(steps) > len(procedure.steps) / 3
    assert Kind.LAPSE in kinds or not readings


@pytest.mark.slow
@pytest.mark.parametrize("name", ["no-commission-2020", "no-commission-2022"])
def test_what_is_found_shrinks_to_a_case_about_as_short_as_the_shortest(name: str) -> None:
    procedure = dc.load(name)
    properties = [each for each in dc.load_properties() if each.id == "s9_law"]
    watcher = Watcher(procedure, properties)
    shortest = check(procedure, properties).results[0].witness
    assert shortest is not None

    case = find(
        cases(procedure, properties),
        lambda each: bool(watcher.violated(each)),
        settings=settings(SETTINGS, max_examples=2_000, phases=list(Phase)),
    )

    assert len(case.events) <= len(shortest.steps) + 4
    assert len({event.on for event in case.events}) == 1  # no day is lost
    assert case.events[-1].step == "notify_conclusion"


def test_a_story_of_three_steps_is_found_as_three_steps(permit: Path) -> None:
    procedure, properties = dc.load("hasty.toml"), dc.load_properties(permit)
    watcher = Watcher(procedure, properties)

    case = find(
        cases(procedure, properties),
        lambda each: bool(watcher.violated(each)),
        settings=settings(SETTINGS, phases=list(Phase)),
    )

    assert [event.step for event in case.events] == ["apply", "ask", "grant"]
    lines = repr(case).splitlines()
    assert lines[0] == "a case of permit+hasty:"
    assert lines[-1].endswith("  grant")


def test_a_late_case_is_found_with_its_breach_and_no_day_more_than_it_takes(permit: Path) -> None:
    """The clock of the template: 20 working days, of which the first day is not one."""
    procedure = dc.load(str(permit / "model" / "permit.toml"))

    def late(case: Case) -> bool:
        return bool(case.events) and any(e.kind is Kind.BREACH for e in dc.replay(case).history)

    case = find(
        cases(procedure), late, settings=settings(SETTINGS, max_examples=500, phases=list(Phase))
    )
    calendar = dc.load_calendar("prc")
    first, last = case.events[0].on, case.events[-1].on

    assert next(event.step for event in case.events) == "apply"
    assert len(case.events) == 2
    assert last > calendar.counted_from(first, 20)
    assert calendar.counted_from(first, 20) == calendar.day_of(calendar.index(last) - 1) or (
        (last - calendar.counted_from(first, 20)).days == 1
    )


def test_a_case_that_is_not_permitted_is_refused(permit: Path) -> None:
    procedure = dc.load(str(permit / "model" / "permit.toml"))
    events = (Event(date(2023, 3, 1), "apply"), Event(date(2023, 3, 1), "supply"))
    case = Case(id="x", label=Label("x"), procedure=procedure, events=events)

    with pytest.raises(dc.InvalidInput, match=r'step 2, "supply", is not permitted'):
        Watcher(procedure, dc.load_properties(permit)).violated(case)


def test_unknown_facts_are_drawn(permit: Path) -> None:
    model = permit / "model" / "permit.toml"
    fact = '\n[[fact]]\nid = "urgent"\nlabel = { en = "urgent", zh = "紧急" }\ncites = ["1"]\ninitial = "unknown"\n'
    text = model.read_text(encoding="utf-8") + fact
    when = '[[step]]\nid = "refuse"'
    model.write_text(text.replace(when, f'{when}\nwhen = "not urgent"'), encoding="utf-8")
    procedure = dc.load(str(model))
    drawn: set[object] = set()

    @settings(SETTINGS)
    @given(cases(procedure), st.data())
    def draw(case: Case, _: st.DataObject) -> None:
        drawn.add(case.facts.get("urgent"))
        if case.events:
            dc.replay(case)

    draw()
    assert drawn == {True, False}
