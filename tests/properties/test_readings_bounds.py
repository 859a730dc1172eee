"""Bounds under all readings against the bounds of each choice by itself."""

import json
import random
from collections.abc import Iterable, Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from tests.strategies import procedures
from tests.timed import timed

import duecourse as dc
from duecourse.kernels import passing
from duecourse.kernels.diagrams import ZERO
from duecourse.model.procedure import Procedure
from duecourse.model.reading_set import Condition
from duecourse.model.table import combinations
from duecourse.model.variants import choose_readings
from duecourse.properties import family_days, readings_toward
from duecourse.properties.bounds import Bound, Cause
from duecourse.properties.family_days import FamilyDays
from duecourse.properties.readings_bounds import bounds_readings
from duecourse.properties.readings_bounds_report import OutcomeBounds, ReadingsBound, ReadingsBounds
from duecourse.report.readings_bounds_text import readings_bounds_json, readings_bounds_text


def meets(conditions: Iterable[Condition], choice: Mapping[str, str]) -> bool:
    return any(condition.holds(choice) for condition in conditions)


def names(causes: Iterable[Cause]) -> set[tuple[str, str, bool]]:
    return {(cause.kind, cause.name, cause.after_clock) for cause in causes}


def assert_same(outcome: OutcomeBounds, single: Bound, choice: Mapping[str, str]) -> None:
    """There is one row, and it says of the choice what its own bounds say, sum of the clauses included."""
    rows: list[ReadingsBound] = [row for row in outcome.rows if meets(row.under.conditions, choice)]
    least = [days for days, under in outcome.least if meets(under.conditions, choice)]
    open_ended = [c for c, under in outcome.open_ended if meets(under.conditions, choice)]

    assert [(row.counted, row.without) for row in rows] == [(single.counted, single.without)]
    assert names(rows[0].unbounded) == names(single.unbounded)
    assert sum(clause.days for clause in rows[0].clauses) == (single.without or 0)
    assert least == [single.least]
    assert names(open_ended) == names(single.open_ended)
    assert meets(outcome.limited.conditions, choice) == (not single.open_ended)


def assert_agrees(found: ReadingsBounds, procedure: Procedure, choice: Mapping[str, str]) -> None:
    """Compare with the bounds of one choice, outcome by outcome."""
    full = choose_readings(procedure, choice)
    single = {row.outcome.id: row for row in dc.bounds(procedure, choice).rows}
    known = {each.outcome.id: each for each in found.outcomes}
    assert single.keys() <= known.keys()
    for name, outcome in known.items():
        assert meets(outcome.impossible, full) == (name not in single)
        if name in single:
            assert_same(outcome, single[name], full)
        else:
            assert not any(meets(row.under.conditions, full) for row in outcome.rows)


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(procedures())
def test_under_each_choice_every_bound_is_that_of_the_choice_by_itself(
    procedure: Procedure,
) -> None:
    assert_each_agrees(procedure)


@pytest.mark.slow
def test_so_it_is_where_days_are_counted() -> None:
    for seed in range(100):
        assert_each_agrees(timed(seed))


def assert_each_agrees(procedure: Procedure) -> None:
    found = bounds_readings(procedure)
    for choice in combinations(procedure):
        assert_agrees(found, procedure, choice)


def test_a_way_that_no_choice_has_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """With every edge under every choice, the longest way of a mixture counts for all: the comparison fails."""
    procedure = dc.load("special-45")
    held = {each.id: each.default for each in procedure.readings if each.id != "notice_limit"}
    assert_agrees(bounds_readings(procedure, held), procedure, {"notice_limit": "none"})
    monkeypatch.setattr(
        FamilyDays, "under", property(lambda self: np.full(len(self.pairs.to), ZERO, np.int32))
    )
    with pytest.raises(AssertionError):
        assert_agrees(bounds_readings(procedure, held), procedure, {"notice_limit": "none"})


def test_choices_of_which_the_days_are_too_many_are_bounded_by_themselves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With room for next to nothing the choices are divided until they are alike, and then the ordinary run is asked."""
    procedure = dc.load("special-45")
    held = {each.id: each.default for each in procedure.readings if each.id != "notice_limit"}
    asked: list[Mapping[str, str]] = []

    def one(procedure: Procedure, readings: Mapping[str, str] | None = None) -> dc.Bounds:
        asked.append(readings or {})
        return dc.bounds(procedure, readings)

    monkeypatch.setattr(passing, "_FIRST", 8)
    monkeypatch.setattr(family_days, "MAX_PAIRS", 1)
    monkeypatch.setattr(readings_toward, "bounds", one)
    found = bounds_readings(procedure, held)
    for option in procedure.reading["notice_limit"].options:
        assert_agrees(found, procedure, held | {"notice_limit": option.id})
    assert {choice["notice_limit"] for choice in asked} == {
        option.id for option in procedure.reading["notice_limit"].options
    }


HELD = {
    "no_decision": "breach_only",
    "silence": "wait",
    "report_effect": "none",
    "commission_refusal": "ends_case",
    "still_inconsistent": "to_commission",
    "second_consultation_time": "no_limit_of_its_own",
}


@pytest.fixture(scope="module")
def partly() -> ReadingsBounds:
    return bounds_readings(dc.load("measures-2022"), HELD)


@pytest.mark.slow
def test_the_sums_of_the_2022_text_where_some_readings_are_held(partly: ReadingsBounds) -> None:
    """By hand: 70 = 10 + 30 + 15 + 15, 55 without the replies' own 15; 90 more, and 90 once extended; a notice has 10.

    Where the first day counts, each limit is a day less (extensions are not): 67, 53.
    """
    rows = {
        each.outcome.id: {(row.counted, row.without) for row in each.rows}
        for each in partly.outcomes
    }
    ordinary = {70, 80, 55, 65, 67, 76, 53, 62}
    special = {each + more for each, more in ((70, 90), (55, 90), (67, 89), (53, 89))}
    special |= {160 + 10, 145 + 10, 156 + 9, 142 + 9}

    assert rows["ordinary_conclusion"] == {(each, each) for each in ordinary}
    assert rows["special_conclusion"] == {
        *((each, each) for each in special),
        *((each + 90, each + 90) for each in special),
        *((None, each) for each in special),
    }


@pytest.mark.slow
def test_sampled_choices_have_the_bounds_of_the_ordinary_run(partly: ReadingsBounds) -> None:
    procedure = dc.load("measures-2022")
    rng = random.Random(20_220_215)
    for _ in range(3):
        choice = {
            each.id: rng.choice([option.id for option in each.options])
            for each in procedure.readings
        } | HELD
        assert_agrees(partly, procedure, choice)


@pytest.mark.slow
def test_text_and_json_say_clauses_conditions_and_the_command(partly: ReadingsBounds) -> None:
    text = readings_bounds_text(partly)
    data = json.loads(json.dumps(readings_bounds_json(partly)))

    ordinary = text.partition("Ordinary conclusion\n")[2].partition("\n\n")[0].splitlines()
    told = {int(line.split()[1]): int(line.split()[0].replace(",", "")) for line in ordinary}
    row = next(each for each in partly.outcomes if each.outcome.id == "ordinary_conclusion")

    assert "  70 = 10 (9) + 30 (11) + 15 (11) + 15 (12)" in text  # the articles of the text of 2022
    assert told == {each.counted: each.under.choices for each in row.rows}
    assert "  unbounded; 160 without that" in text
    assert "an extension without limit: extends the special review" in text
    assert "special_extension = none (R14)" in text
    assert "duecourse bounds measures-2022 -r" in text
    assert "no limit set once its clock has stopped: Consultation" in text
    assert "无上限" in readings_bounds_text(partly, "zh")
    assert data["schema"] == "duecourse/bounds-readings/1"
    assert {each["outcome"] for each in data["outcomes"]} >= {"ordinary_conclusion", "termination"}


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("name", ["measures-2020", "measures-2022"])
def test_all_choices_of_the_measures_and_sixteen_of_them_by_themselves(name: str) -> None:
    procedure = dc.load(name)
    found = bounds_readings(procedure)
    rng = random.Random(20_220_215)
    for _ in range(16):
        choice = {
            each.id: rng.choice([option.id for option in each.options])
            for each in procedure.readings
        }
        assert_agrees(found, procedure, choice)
