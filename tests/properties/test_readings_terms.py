"""Claims about working days under all readings against the ordinary check of each choice by itself."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.strategies import procedures

from duecourse.model.procedure import Procedure
from duecourse.model.reading_set import Condition
from duecourse.model.source import Source
from duecourse.model.table import combinations
from duecourse.model.variants import choose_readings
from duecourse.properties.check import Verdict, check
from duecourse.properties.property import Property
from duecourse.properties.property_file import read_properties
from duecourse.properties.readings import check_readings


def meets(conditions: Iterable[Condition], choice: Mapping[str, str]) -> bool:
    return any(condition.holds(choice) for condition in conditions)


@st.composite
def claims(draw: st.DrawFn, procedure: Procedure) -> Property:
    """Draw a claim about the days between two events, or to an outcome."""
    steps = st.sampled_from([step.id for step in procedure.steps])
    stages = st.sampled_from([stage.id for stage in procedure.stages])
    clocks = st.sampled_from([clock.id for clock in procedure.clocks] or ["none"])
    event = st.one_of(
        steps,
        st.builds("in {}".format, stages),
        st.builds("starts {}".format, clocks),
        st.builds("running {}".format, clocks),
    )
    outcomes = [outcome.id for outcome in procedure.outcomes]
    table: dict[str, Any] = {
        "id": "drawn",
        "sentence": {"en": "drawn"},
        "days": draw(st.integers(0, 12)),
        "without": draw(st.lists(steps, max_size=1)),
        "measure": draw(st.sampled_from(["counted", "elapsed"])),
    }
    if draw(st.booleans()) or not outcomes:
        table |= {"kind": "within", "after": draw(event), "until": draw(event)}
    else:
        table |= {"kind": "at most", "outcome": [draw(st.sampled_from(outcomes))]}
    problems: list[Any] = []
    found = read_properties(Source("drawn.toml", "", {"property": [table]}), problems)
    assert not problems, problems
    return found[0]


def assert_agrees(procedure: Procedure, claim: Property) -> None:
    (found,) = check_readings(procedure, [claim]).results
    assert found.open == 0
    for choice in combinations(procedure):
        (single,) = check(procedure, [claim], choice).results
        full = choose_readings(procedure, choice)
        fails = meets([each.condition for each in found.fails], full)
        assert fails == (single.verdict is Verdict.VIOLATED)
        assert fails or meets(found.vacuous, full) == single.vacuous
    for each in found.fails:
        full = choose_readings(procedure, each.readings)
        (single,) = check(procedure, [claim], full).results
        assert each.result.days == single.days
        assert sum(clause.days for clause in each.result.clauses) in {0, single.days}


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(procedures(), st.data())
def test_under_each_choice_a_claim_about_days_has_the_verdict_of_the_ordinary_check(
    procedure: Procedure, data: st.DataObject
) -> None:
    assert_agrees(procedure, data.draw(claims(procedure)))
