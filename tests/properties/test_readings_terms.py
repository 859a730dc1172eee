"""Claims about working days under all readings against the ordinary check of each choice by itself."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.strategies import procedures
from tests.timed import timed

import duecourse as dc
from duecourse.kernels import passing
from duecourse.model.procedure import Procedure
from duecourse.model.reading_set import Condition
from duecourse.model.source import Source
from duecourse.model.table import combinations
from duecourse.model.variants import choose_readings
from duecourse.properties import family_days
from duecourse.properties.check import Verdict, check
from duecourse.properties.property import Kind, Property
from duecourse.properties.property_file import load_properties, read_properties
from duecourse.properties.readings import check_readings


def meets(conditions: Iterable[Condition], choice: Mapping[str, str]) -> bool:
    return any(condition.holds(choice) for condition in conditions)


def claim_of(procedure: Procedure, chance: random.Random) -> Property:
    """Draw a claim about the days between two events, or to an outcome."""
    events = [
        *(step.id for step in procedure.steps for _ in "123"),
        *(f"in {stage.id}" for stage in procedure.stages),
        *(
            f"{word} {clock.id}"
            for clock in procedure.clocks
            for word in ("starts", "stops", "running")
        ),
    ]
    table: dict[str, Any] = {
        "id": "drawn",
        "sentence": {"en": "drawn"},
        "days": chance.randint(0, 6),
        "without": chance.choices([[], [chance.choice(procedure.steps).id]], (4, 1))[0],
        "measure": chance.choice(["counted", "elapsed"]),
    }
    if procedure.outcomes and chance.random() < 0.3:
        table |= {"kind": "at most", "outcome": [chance.choice(procedure.outcomes).id]}
    else:
        table |= {"kind": "within", "after": chance.choice(events), "until": chance.choice(events)}
    problems: list[Any] = []
    found = read_properties(Source("drawn.toml", "", {"property": [table]}), problems)
    assert not problems, problems
    return found[0]


def assert_agree(
    procedure: Procedure, claims: Sequence[Property], held: Mapping[str, str] | None = None
) -> None:
    """Compare with each choice; then claims of just the most days of any choice, and of one day less."""
    most = compared(procedure, claims, held or {})
    just = [replace(each, days=days) for each, days in zip(claims, most, strict=True)]
    compared(procedure, just, held or {})
    less = [replace(each, days=each.days - 1) for each in just if each.days]
    compared(procedure, less, held or {})


def compared(
    procedure: Procedure, claims: Sequence[Property], held: Mapping[str, str]
) -> list[int]:
    """Compare claims with their ordinary check under each choice; return the most days that this gives for each."""
    claims = [replace(each, id=f"claim_{number}") for number, each in enumerate(claims)]
    found = check_readings(procedure, claims, held).results
    assert [each.open for each in found] == [0] * len(claims)
    most = [0] * len(claims)
    for choice in combinations(procedure):
        full = choose_readings(procedure, choice)
        if not held.items() <= full.items():
            continue
        for number, single in enumerate(check(procedure, claims, choice).results):
            each = found[number]
            most[number] = max(most[number], single.days or 0)
            fails = meets([one.condition for one in each.fails], full)
            assert fails == (single.verdict is Verdict.VIOLATED)
            assert fails or meets(each.vacuous, full) == single.vacuous
    for each in found:
        for one in each.fails:
            full = choose_readings(procedure, one.readings)
            (single,) = check(procedure, [each.property], full).results
            assert one.result.days == single.days
            if single.days is not None:  # what has no most is not told as a sum
                for by in (one.result, single):
                    assert sum(clause.days for clause in by.clauses) == single.days
    return most


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(procedures(), st.randoms(use_true_random=True))
def test_under_each_choice_a_claim_about_days_has_the_verdict_of_the_ordinary_check(
    procedure: Procedure, chance: random.Random
) -> None:
    assert_agree(procedure, [claim_of(procedure, chance) for _ in range(2)])


@pytest.mark.slow
@pytest.mark.parametrize(
    "seeds", [range(45), pytest.param(range(45, 400), marks=pytest.mark.long)], ids=str
)
def test_so_it_has_where_days_are_counted(seeds: range) -> None:
    for seed in seeds:
        procedure, chance = timed(seed), random.Random(seed)
        claims = [claim_of(procedure, chance) for _ in range(3)]
        claims.append(replace(claims[0], measure=chance.choice(["counted", "elapsed"])))
        name = chance.choice(procedure.readings)
        held = {name.id: chance.choice(name.options).id} if chance.random() < 0.3 else {}
        assert_agree(procedure, claims, held)


def shipped(procedure: Procedure) -> list[Property]:
    """Return the shipped claims about working days."""
    times = {Kind.WITHIN, Kind.AT_MOST}
    return [each for each in load_properties() if each.kind in times and each.concerns(procedure)]


def test_claims_of_just_the_days_of_a_choice_hold_and_of_one_day_less_fail() -> None:
    """The drawn procedures hardly ever count a day; these do, and each claim stands just at its bound."""
    procedure = dc.load("special-45")
    free = procedure.reading["notice_limit"]
    held = {each.id: each.default for each in procedure.readings if each is not free}
    claims = shipped(dc.load("measures-2022"))
    choices = [held | {free.id: option.id} for option in free.options]
    known = [single for one in choices for single in check(procedure, claims, one).results]
    exact = {
        f"{single.property.id}_{days}": replace(single.property, days=days)
        for single in known
        for days in ([single.days, single.days - 1] if single.days else [])
    }
    asked = [replace(each, id=name) for name, each in exact.items()]
    assert len(asked) > len(choices)
    found = check_readings(procedure, asked, held).results
    for choice in choices:
        for single, each in zip(check(procedure, asked, choice).results, found, strict=True):
            fails = meets([one.condition for one in each.fails], choice)
            assert fails == (single.verdict is Verdict.VIOLATED), single.property.id


def test_days_that_are_too_many_leave_a_claim_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    procedure = dc.load("special-45")
    claims = shipped(dc.load("measures-2022"))
    # room for one pair, and none for more
    monkeypatch.setattr(passing, "_FIRST", 8)
    monkeypatch.setattr(family_days, "MAX_PAIRS", 1)
    found = check_readings(procedure, claims).results
    undecided = [each for each in found if each.verdict is Verdict.INCONCLUSIVE]
    assert undecided
    assert all("nodes with days left" in each.reason for each in undecided)


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("name", ["measures-2020", "measures-2022"])
def test_claims_about_days_of_the_measures_under_sampled_choices(name: str) -> None:
    """Fifteen choices of each text, all shipped claims: a sample, which tells nothing of the other choices."""
    procedure = dc.load(name)
    claims = shipped(procedure)
    found = check_readings(procedure, claims).results
    assert not any(each.open for each in found)
    rng = random.Random(20_220_216)
    for _ in range(15):
        choice = {
            each.id: rng.choice([option.id for option in each.options])
            for each in procedure.readings
        }
        for single, each in zip(check(procedure, claims, choice).results, found, strict=True):
            fails = meets([one.condition for one in each.fails], choice)
            assert fails == (single.verdict is Verdict.VIOLATED), (single.property.id, choice)
            assert fails or meets(each.vacuous, choice) == single.vacuous
