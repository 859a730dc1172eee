"""Bounds under all readings against the bounds of each choice by itself."""

import json
import random
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from tests.strategies import procedures

import duecourse as dc
from duecourse.model.procedure import Procedure
from duecourse.model.reading_set import ALL
from duecourse.model.table import combinations
from duecourse.model.variants import choose_readings
from duecourse.properties.readings_bounds import _Bounding, bounds_readings
from duecourse.properties.readings_bounds_report import OutcomeBounds, ReadingsBounds
from duecourse.report.readings_bounds_text import readings_bounds_json, readings_bounds_text

Said = tuple[int | None, int | None]


def said(outcome: OutcomeBounds, choice: Mapping[str, str]) -> list[Said]:
    """Return every bound that is said of one choice: there is to be exactly one, unless it is impossible or open."""
    return [
        (row.counted, row.without)
        for row in outcome.rows
        if any(condition.holds(choice) for condition in row.conditions)
    ]


def assert_agrees(found: ReadingsBounds, procedure: Procedure, choice: Mapping[str, str]) -> int:
    """Compare with the bounds of one choice; return how many outcomes were not decided for it."""
    full = choose_readings(procedure, choice)
    single = {row.outcome.id: row for row in dc.bounds(procedure, choice).rows}
    known = {each.outcome.id: each for each in found.outcomes}
    undecided = 0
    assert single.keys() <= known.keys()
    for name, outcome in known.items():
        impossible = any(condition.holds(full) for condition in outcome.impossible)
        if any(condition.holds(full) for condition in outcome.undecided):
            undecided += 1
        elif name not in single:
            assert impossible
            assert not said(outcome, full)
        else:
            assert not impossible
            assert said(outcome, full) == [(single[name].counted, single[name].without)]
    return undecided


@pytest.mark.slow
@settings(max_examples=40)
@given(procedures())
def test_under_each_choice_the_bound_is_that_of_the_choice_by_itself(procedure: Procedure) -> None:
    found = bounds_readings(procedure)
    for choice in combinations(procedure):
        assert assert_agrees(found, procedure, choice) == 0


@pytest.mark.long
@pytest.mark.slow
def test_a_bound_of_a_mixture_that_its_choices_do_not_have_would_be_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    procedure = dc.load("special-45")
    held = {each.id: each.default for each in procedure.readings if each.id != "notice_limit"}
    assert_agrees(bounds_readings(procedure, held), procedure, {"notice_limit": "none"})
    monkeypatch.setattr(_Bounding, "attaining", lambda *_: ALL)
    with pytest.raises(AssertionError):
        assert_agrees(bounds_readings(procedure, held), procedure, {"notice_limit": "none"})


HELD = {
    "no_decision": "breach_only",
    "silence": "wait",
    "consistency": "all_support",
    "report_effect": "none",
    "supplement_scope": "office_only",
    "commission_time": "counted",
    "still_inconsistent": "to_commission",
    "commission_refusal": "ends_case",
    "consultation_time": "after_preliminary",
    "day_counting": "first_excluded",
    "second_consultation_time": "no_limit_of_its_own",
}


@pytest.fixture(scope="module")
def partly() -> ReadingsBounds:
    return bounds_readings(dc.load("measures-2022"), HELD, seconds=600)


@pytest.mark.long
@pytest.mark.slow
def test_the_sums_of_the_2022_text_where_some_readings_are_held(partly: ReadingsBounds) -> None:
    """70 = 10 + 30 + 15 + 15; 160 = 70 + 90; 250 = 70 + 90 + 90; 10 more each for a limited notice."""
    rows = {
        each.outcome.id: {(row.counted, row.without) for row in each.rows}
        for each in partly.outcomes
    }

    assert all(each.open == 0 for each in partly.outcomes)
    assert rows["ordinary_conclusion"] == {(70, 70), (80, 80)}
    assert rows["special_conclusion"] == {
        (None, 160),
        (None, 170),
        (160, 160),
        (170, 170),
        (250, 250),
        (260, 260),
    }


@pytest.mark.slow
def test_sampled_choices_have_the_bounds_of_the_ordinary_run(partly: ReadingsBounds) -> None:
    procedure = dc.load("measures-2022")
    rng = random.Random(20_220_215)
    for _ in range(5):
        choice = {
            each.id: rng.choice([option.id for option in each.options])
            for each in procedure.readings
        } | HELD
        assert assert_agrees(partly, procedure, choice) == 0


@pytest.mark.slow
def test_text_and_json_say_conditions_and_the_command(partly: ReadingsBounds) -> None:
    text = readings_bounds_text(partly)
    data = json.loads(json.dumps(readings_bounds_json(partly)))

    assert "  unbounded; 160 without extensions that have no limit" in text
    assert "special_extension = none (R14)" in text
    assert "duecourse bounds measures-2022 -r" in text
    assert "无上限" in readings_bounds_text(partly, "zh")
    assert data["schema"] == "duecourse/bounds-readings/1"
    assert {each["outcome"] for each in data["outcomes"]} >= {"ordinary_conclusion", "termination"}


@pytest.mark.long
@pytest.mark.slow
def test_what_there_is_no_time_for_is_open_and_the_nearest_choice_decided() -> None:
    found = bounds_readings(dc.load("special-45"), {"day_counting": "first_excluded"}, seconds=0)
    special = next(each for each in found.outcomes if each.outcome.id == "special_conclusion")

    assert [(row.counted, row.without, row.choices) for row in special.rows] == [(None, 115, 1)]
    assert special.open == found.choices - 1
    assert found.reason == "given up after 0 s"
