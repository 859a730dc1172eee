"""The departure recursion gives the events of the agenda, every one, bit for bit; and says what it is not for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.simulations.random_courses import courses

from duecourse.errors import InvalidInput
from duecourse.kernels import courses as kernel
from duecourse.kernels import layout as at
from duecourse.model.names import names_in_reach
from duecourse.properties.property_file import load_properties
from duecourse.scenarios import load_scenario
from duecourse.simulations import Engine, choose, replicate, simulate
from duecourse.simulations.compiled import CompiledOffice
from duecourse.simulations.course import Courses
from duecourse.simulations.engines import meets
from duecourse.simulations.execute import log_of
from duecourse.simulations.grown import Grown
from duecourse.simulations.measure_lines import measured
from duecourse.simulations.plan import Plan
from duecourse.simulations.recursion import Recursion, times_of
from duecourse.simulations.walking import NoCourseError

if TYPE_CHECKING:
    from duecourse.scenarios import Scenario

ROOT = Path(__file__).parents[2] / "benchmarks" / "simulation" / "project"


@pytest.fixture(scope="module")
def model_b() -> Scenario:
    return load_scenario("model-b", root=ROOT)


def assert_equal(plan: Plan, recursion: Recursion, seed: int) -> None:
    """Every line, the indicators, and the instants at which cases come and end."""
    expected = CompiledOffice(plan).run(seed, 0)
    assert np.array_equal(recursion.run(seed, 0).lines, expected.lines)
    assert repr(measured(recursion.lines(seed, 0), plan.scenario)) == repr(
        measured(expected, plan.scenario)
    )
    assert np.array_equal(recursion.times(seed, 0), times_of(expected))


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(courses(), st.integers(0, 2**64 - 1))
def test_random_scenarios_of_first_come_pools_are_equal(scenario: Scenario, seed: int) -> None:
    assert list(meets(scenario)) == []
    plan = Plan(scenario)

    assert_equal(plan, Recursion(plan), seed)


def test_twenty_years_of_model_b_are_equal_and_no_replication_is_left_to_the_agenda(
    model_b: Scenario,
) -> None:
    """A review in seven is done twice: the same pool is visited again after three weeks."""
    plan = Plan(model_b)
    recursion = Recursion(plan)
    for seed in range(3):
        assert_equal(plan, recursion, seed)
        assert recursion.left == 0


def test_the_log_is_that_of_the_reference(model_b: Scenario) -> None:
    scenario = model_b.lasting(1.0, 0.0)

    assert replicate(scenario, engine="recursion") == replicate(scenario, engine=Engine.SIMPY)


def test_the_result_does_not_depend_on_it(model_b: Scenario) -> None:
    scenario = model_b.lasting(2.0, 0.5)
    agenda = simulate(scenario, replications=3, engine="compiled")
    recursion = simulate(scenario, replications=3, engine="recursion")

    assert recursion.to_dict() == agenda.to_dict()


def test_monitors_are_walked_beforehand(model_b: Scenario) -> None:
    properties = load_properties(ROOT, known=names_in_reach(ROOT))
    scenario = model_b.lasting(1.0, 0.0)
    plan = Plan(scenario, properties)
    assert plan.ensemble.ids

    assert_equal(plan, Recursion(plan), 2)


def test_work_that_takes_no_time_is_left_to_the_agenda(model_b: Scenario) -> None:
    """Effort 0 in one stage: every replication goes to the agenda, and gives what the agenda gives."""
    from duecourse.scenarios.law import law

    (activity,) = model_b.behaviours["special"]
    assert activity.work is not None
    quick = replace(activity.work, effort={"case": law({"law": "deterministic", "value": 0})})
    behaviours = {**model_b.behaviours, "special": (replace(activity, work=quick),)}
    plan = Plan(replace(model_b, behaviours=behaviours).lasting(1.0, 0.0))
    recursion = Recursion(plan)

    assert_equal(plan, recursion, 1)
    assert recursion.left == 3


# --- planted differences ----------------------------------------------------------------------------


def test_another_order_of_visits_is_seen(model_b: Scenario) -> None:
    """Planted: the staff of the preliminary review is one fewer."""
    plan = Plan(model_b.lasting(1.0, 0.0))
    recursion = Recursion(plan)
    recursion.course.changes[1, 1] -= 1

    with pytest.raises(AssertionError):
        assert_equal(plan, recursion, 1)


def test_another_draw_is_seen(model_b: Scenario) -> None:
    """Planted: one place counts its draws from 1."""
    plan = Plan(model_b.lasting(1.0, 0.0))
    recursion = Recursion(plan)
    (visits,) = np.nonzero(recursion.course.places[:, kernel.KIND] == kernel.VISIT)
    recursion.course.places[visits[0], kernel.COUNT] += 1

    with pytest.raises(AssertionError):
        assert_equal(plan, recursion, 1)


# --- what it is for ---------------------------------------------------------------------------------


def test_it_runs_what_is_large_and_says_why(model_b: Scenario) -> None:
    choice = choose((model_b,), 10)

    assert str(choice) == (
        "engine: recursion (about 50,000 cases; it is for 10,000 and more, "
        "and cases meet in first-come pools alone)"
    )
    assert choose((model_b,), 1).engine is Engine.SIMPY


def test_a_shipped_scenario_says_why_not() -> None:
    scenario = load_scenario("baseline-2022")

    assert 'not the recursion: limits of time run ("screening_clock")' in str(
        choose((scenario,), 100)
    )
    with pytest.raises(InvalidInput, match="the recursion cannot run this: limits of time run"):
        choose((scenario,), 1, "recursion")


def test_what_two_cases_have_to_do_with_each_other_is_named(model_b: Scenario) -> None:
    pool, *others = model_b.pools
    body = replace(model_b.meetings[0], agenda=3)
    changed = replace(model_b, pools=(replace(pool, preemptive=True), *others), meetings=(body,))

    assert list(meets(changed)) == [
        'the pool "acceptance" is not first come, first served',
        'a meeting of "council" takes a limited number of cases',
    ]


def test_a_course_against_the_law_cannot_be_walked(model_b: Scenario) -> None:
    """A supplement twice: the law allows one."""
    first, review = model_b.behaviours["preliminary"]
    always = replace(first, probability={"case": 1.0}, repeat=2)
    changed = replace(model_b, behaviours={**model_b.behaviours, "preliminary": (always, review)})

    with pytest.raises(NoCourseError, match="a step that the law does not allow"):
        Courses(Grown(Plan(changed)))
    assert "a step that the law does not allow" in str(choose((changed,), 100))


def test_times_are_those_of_the_log(model_b: Scenario) -> None:
    """By hand from the events of the reference: the first event of a case, and the step into its final stage."""
    plan = Plan(model_b.lasting(0.5, 0.0))
    log = log_of(plan, 4, 2)
    came = [each.time for each in log.events if each.event == "arrival"]
    ended = {each.case: each.time for each in log.events if each.to == "closed" != each.stage}
    expected = [
        (round(time * at.TICKS), round(ended[case] * at.TICKS) if case in ended else at.NONE)
        for case, time in enumerate(came)
    ]

    assert Recursion(plan).times(4, 2).tolist() == [list(each) for each in expected]
