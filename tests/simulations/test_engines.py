"""The compiled engine gives the events of the SimPy engine, every one, bit for bit; and says when it cannot."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.simulations.random_scenarios import scenarios
from tests.simulations.test_process import WHAT_IFS, claimed

from duecourse.cli.watching import watches
from duecourse.errors import InvalidInput
from duecourse.kernels import standing as compiled_chance
from duecourse.model.library import project_root
from duecourse.model.names import names_in_reach
from duecourse.properties.property_file import load_properties
from duecourse.scenarios import load_scenario
from duecourse.scenarios.files import scenario_files
from duecourse.scenarios.law import law
from duecourse.shipped import shipped
from duecourse.simulations import (
    Engine,
    EngineError,
    Precision,
    choose,
    compare,
    engines,
    replicate,
    run,
    simulate,
)
from duecourse.simulations import agenda as reference_agenda
from duecourse.simulations import standing as reference_standing
from duecourse.simulations.compiled import CompiledOffice
from duecourse.simulations.engines import Choice, lacks
from duecourse.simulations.execute import log_of
from duecourse.simulations.measure import measure
from duecourse.simulations.measure_lines import measured
from duecourse.simulations.plan import Plan
from duecourse.simulations.process import Office
from duecourse.simulations.randomness import normal_quantile, purpose, root, uniform_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from duecourse.properties.property import Property
    from duecourse.scenarios import Scenario
    from duecourse.simulations import Event, Log
    from duecourse.simulations.measure import Sample


def _uniform(key: Any, what: Any, index: Any) -> Any:  # noqa: ANN401  (as numba has them)
    return compiled_chance.uniform_of(key, what, index)


def _root(seed: Any, replication: Any, case: Any) -> Any:  # noqa: ANN401
    return compiled_chance.root(seed, replication, case)


def _quantile(kind: Any, values: Any, first: Any, count: Any, u: Any) -> Any:  # noqa: ANN401
    return compiled_chance.quantile(kind, values, first, count, u)


uniform_by_engine: Any = numba.njit(_uniform)
root_by_engine: Any = numba.njit(_root)
quantile_by_engine: Any = numba.njit(_quantile)

BASELINES = ("baseline-2020", "baseline-2022")


def differences(reference: Log, other: Log) -> list[tuple[int, Event, Event]]:
    """The first events that differ, with their places."""
    pairs = enumerate(zip(reference.events, other.events, strict=False))
    return [(place, a, b) for place, (a, b) in pairs if a != b][:3]


def assert_equal(reference: Log, other: Log) -> None:
    assert differences(reference, other) == []
    assert len(other.events) == len(reference.events)
    assert other == reference


# --- chance -----------------------------------------------------------------------------------------


def test_uniforms_are_those_of_python_bit_for_bit() -> None:
    """100,000 keys over all of 64 bits, from a generator of numpy's own."""
    keys = np.random.default_rng(1).integers(0, 2**64, (100_000, 3), np.uint64)
    for key, what, index in keys.tolist():
        compiled = uniform_by_engine(np.uint64(key), np.uint64(what), np.uint64(index))
        assert compiled == uniform_of(key, what, index)


def test_exponential_and_logarithm_of_the_compiled_engine_are_pythons() -> None:
    """Both call the same library of the machine; one that rounds one number in 10,000 otherwise is missed once in 22,000."""
    u = np.random.default_rng(2).random(100_000)
    quantile = quantile_by_engine
    values = np.array([0.3, 0.7])
    for number in u.tolist():
        if 0 < number < 1:
            assert quantile(1, values, 0, 1, number) == -0.3 * math.log(1.0 - number)
            expected = math.exp(0.3 + 0.7 * normal_quantile(number))
            assert quantile(2, values, 0, 2, number) == expected


# --- the shipped scenarios ----------------------------------------------------------------------------


@cache
def office(name: str) -> tuple[Plan, CompiledOffice]:
    plan = Plan(load_scenario(name).lasting(3.0, 0.5))
    return plan, CompiledOffice(plan)


@pytest.mark.parametrize(
    "seed", [*range(4), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(4, 10))]
)
@pytest.mark.parametrize("name", BASELINES)
def test_ten_runs_of_three_years_of_the_shipped_scenarios_are_equal(name: str, seed: int) -> None:
    plan, compiled = office(name)

    assert_equal(log_of(plan, seed, 3), compiled.run(seed, 3).log())


def outcome(run: Callable[[], Log]) -> Log | str:
    """A log, or the message of the error that stopped the run."""
    try:
        return run()
    except EngineError as error:
        return str(error)


@cache
def known() -> tuple[Property, ...]:
    root_folder = project_root()
    return tuple(load_properties(root_folder, known=names_in_reach(root_folder)))


@pytest.mark.parametrize("what_if", WHAT_IFS)
@pytest.mark.parametrize("name", BASELINES)
def test_every_what_if_is_equal_with_all_properties_watching(name: str, what_if: str) -> None:
    scenario = load_scenario(name, readings=WHAT_IFS[what_if]).lasting(1.5, 0.5)
    plan = Plan(scenario, watches((scenario,), known()))
    assert plan.ensemble.ids

    assert outcome(lambda: log_of(plan, 5, 0)) == outcome(
        lambda: CompiledOffice(plan).run(5, 0).log()
    )


# --- through the public interface -----------------------------------------------------------------------


def test_the_result_does_not_depend_on_the_engine() -> None:
    scenario = load_scenario("baseline-2022").lasting(1.0, 0.2)
    by_simpy = simulate(scenario, replications=2, seed=3, engine="simpy")
    compiled = simulate(scenario, replications=2, seed=3, engine="compiled")

    assert compiled.samples == by_simpy.samples
    assert compiled.to_dict() == by_simpy.to_dict()


def test_a_log_of_the_compiled_engine_equals_that_of_the_reference() -> None:
    scenario = load_scenario("baseline-2020").lasting(0.5, 0.0)

    assert replicate(scenario, engine="compiled") == replicate(scenario, engine=Engine.SIMPY)


# --- planted differences -------------------------------------------------------------------------------


def test_another_order_of_ties_is_seen(
    monkeypatch: pytest.MonkeyPatch, toy: Callable[..., Scenario]
) -> None:
    """Planted: what was put on the agenda last comes first among equals. Members who all take a week make ties."""
    scenario = toy('take = "consult"', per_year=50, years=1)
    week = {"file": law({"law": "deterministic", "value": 5})}
    opinions = {key: replace(each, latency=week) for key, each in scenario.opinions.items()}
    scenario = replace(scenario, opinions=opinions)
    real = reference_agenda.Agenda.add

    def add(self: reference_agenda.Agenda, *entry: object) -> None:
        self._sequence -= 2
        real(self, *entry)  # type: ignore[arg-type]

    plan = Plan(scenario)
    compiled = CompiledOffice(plan).run(1, 0).log()
    assert_equal(log_of(plan, 1, 0), compiled)
    monkeypatch.setattr(reference_agenda.Agenda, "add", add)

    assert differences(log_of(plan, 1, 0), compiled) != []


def test_another_draw_is_seen(
    monkeypatch: pytest.MonkeyPatch, toy: Callable[..., Scenario]
) -> None:
    """Planted: one draw of one case is larger by a thousandth."""
    scenario = toy('work = "desk"\neffort = { law = "exponential", mean = 1 }\ntake = "decide"')
    plan = Plan(scenario)
    compiled = CompiledOffice(plan).run(1, 0).log()
    assert_equal(log_of(plan, 1, 0), compiled)
    real, calls = uniform_of, iter(range(1_000_000))

    def uniform(key: int, what: int, index: int) -> float:
        u = real(key, what, index)
        return u + 2**-10 if next(calls) == 40 else u

    monkeypatch.setattr(reference_standing, "uniform_of", uniform)

    assert differences(log_of(plan, 1, 0), compiled) != []


# --- the choice ---------------------------------------------------------------------------------------


def test_small_jobs_run_on_simpy_and_large_ones_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = load_scenario("baseline-2022")
    monkeypatch.setattr("duecourse.simulations.compiled.cold", lambda: False)

    assert choose((scenario,), 10).engine is Engine.SIMPY
    assert choose((scenario,), 100).engine is Engine.COMPILED
    assert str(choose((scenario,), 100)).startswith("engine: compiled (about 90,000 cases")


def test_an_engine_that_is_not_compiled_yet_is_for_larger_jobs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """900 cases a replication: 45,000 in 50, 90,000 in 100."""
    scenario = load_scenario("baseline-2022")
    monkeypatch.setattr("duecourse.simulations.compiled.cold", lambda: True)

    found = [choose((scenario,), replications) for replications in (50, 100)]
    assert [each.engine for each in found] == [Engine.SIMPY, Engine.COMPILED]
    assert "not compiled here yet" in found[0].why
    assert "it is compiled first" in found[1].why


def test_a_precision_counts_the_most_replications_that_it_may_take(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The pilot alone has 2 times 60 cases, at most 200 times 60 are simulated."""
    asked: list[int] = []

    def noted(_: object, replications: int, *__: object) -> Choice:
        asked.append(replications)
        return Choice(Engine.SIMPY, "noted")

    monkeypatch.setattr(run, "choose", noted)
    scenario = load_scenario("baseline-2022").lasting(0.1, 0)
    simulate(scenario, precision=Precision(0.9, ("arrivals",), 200, 2))

    assert asked == [200]


def test_what_has_been_chosen_is_not_looked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """To look whether cases can be walked beforehand takes as long as some replications."""
    scenario = load_scenario("baseline-2022")
    chosen = choose((scenario,), 1)
    monkeypatch.setattr("duecourse.simulations.engines.lacks", lambda _: pytest.fail("again"))

    assert choose((scenario,), 1_000, chosen) is chosen


def test_an_engine_that_is_none_is_refused_with_the_nearest() -> None:
    with pytest.raises(
        InvalidInput, match=r'there are auto, simpy, compiled, recursion; did you mean "compiled"'
    ):
        simulate(load_scenario("baseline-2022"), engine="complied")


def test_compare_takes_the_engine_too() -> None:
    a, b = (load_scenario(name).lasting(0.5, 0.0) for name in BASELINES)

    by_simpy = compare(a, b, replications=2, engine="simpy")
    assert compare(a, b, replications=2, engine="compiled").to_dict() == by_simpy.to_dict()


def test_roots_are_those_of_python() -> None:
    for case in (0, 1, 2**63, 2**64 - 1):
        parts = 7, 3, (purpose("filings.file") + case) % 2**64
        assert int(root_by_engine(*map(np.uint64, parts))) == root(*parts)


# --- what stops a run, and what the compiled engine does not have -----------------------------------------


@pytest.mark.parametrize("claim", ["never decide_review", "eventually by commission and by office"])
def test_a_property_that_is_violated_stops_both_engines_with_the_same_words(claim: str) -> None:
    scenario = load_scenario("baseline-2022").lasting(0.5, 0)

    def words(engine: str) -> str:
        with pytest.raises(EngineError) as error:
            replicate(scenario, properties=[claimed(claim)], engine=engine)
        return str(error.value)

    assert words("compiled") == words("simpy")


def test_a_step_against_the_law_stops_both_engines(toy: Callable[..., Scenario]) -> None:
    scenario = toy('take = "decide"')
    object.__setattr__(scenario.behaviours["office"][0], "take", ("agree",))

    for engine in ("simpy", "compiled"):
        with pytest.raises(EngineError, match='"agree" is not allowed in "office"'):
            replicate(scenario, engine=engine)


def test_what_the_compiled_engine_was_not_built_for_runs_on_simpy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Planted: as if `carries` had been added to the language after the engine was built."""
    scenario = load_scenario("baseline-2022")
    pools = tuple(replace(each, carries=3) for each in scenario.pools)
    monkeypatch.setitem(engines._KNOWN, "Pool", engines._KNOWN["Pool"] - {"carries"})

    assert list(lacks(scenario)) == []
    found = choose((replace(scenario, pools=pools),), 1_000)
    assert found.engine is Engine.SIMPY
    assert "`carries` of `Pool`" in found.why
    with pytest.raises(InvalidInput, match=r"`carries` of `Pool` .* use the engine simpy"):
        choose((replace(scenario, pools=pools),), 1, "compiled")


@pytest.mark.parametrize("name", scenario_files(shipped()))
def test_every_shipped_scenario_runs_on_the_compiled_engine(name: str) -> None:
    assert list(lacks(load_scenario(name))) == []


# --- whatever the scenario -----------------------------------------------------------------------------


def told(sample: Callable[[], Sample]) -> str:
    """A sample as text, in which what is no number equals itself; or the error that it ended in."""
    try:
        return repr(sample())
    except EngineError as error:
        return f"refused: {type(error).__name__}"


@pytest.mark.parametrize("name", BASELINES)
def test_indicators_from_lines_are_those_from_events(name: str) -> None:
    plan, compiled = office(name)
    records = compiled.run(4, 1)

    assert told(lambda: measured(records, plan.scenario)) == told(
        lambda: measure(records.log(), plan.scenario)
    )


def same_as_the_reference(plan: Plan, seed: int) -> None:
    """Compare both engines, with `stopped`: where a case comes to an illegal step, the events before it."""
    reference = Office(plan, seed, 0)
    records = CompiledOffice(plan).run(seed, 0)
    compiled = records.log()
    try:
        reference.run()
    except EngineError:
        assert tuple(reference.events[: len(compiled.events)]) == compiled.events
    else:
        assert tuple(reference.events) == compiled.events
        assert told(lambda: measured(records, plan.scenario)) == told(
            lambda: measure(compiled, plan.scenario)
        )


@pytest.mark.usefixtures("stopped")
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
        HealthCheck.function_scoped_fixture,
    ],
)
@given(scenarios(), st.integers(0, 2**64 - 1))
def test_random_scenarios_of_random_procedures_have_equal_events(
    scenario: Scenario, seed: int
) -> None:
    """Where a case comes to an illegal step, the events before it are equal; SimPy goes on a little before it tells."""
    assert list(lacks(scenario)) == []
    try:
        plan = Plan(scenario)
    except InvalidInput:  # its guards come out in too many ways, say
        return
    same_as_the_reference(plan, seed)


def test_what_one_office_has_learnt_of_the_law_changes_nothing_for_the_next() -> None:
    """The second has other staff, the third has another law: neither may take over what does not hold for it."""
    scenario = load_scenario("baseline-2022").lasting(1, 0)
    other = load_scenario("baseline-2020").lasting(1, 0)
    watching = watches((scenario, other), load_properties(shipped()))
    first = Plan(scenario, watching)
    known = CompiledOffice(first)
    known.run(1, 0)
    staffed = Plan(scenario.staffed(desk=4), watching, first)

    assert (
        len(CompiledOffice(staffed, known).grown.configurations) > 20
    )  # it begins with what the first has learnt
    for plan in (staffed, Plan(other, watching, first)):
        assert_equal(log_of(plan, 1, 1), CompiledOffice(plan, known).run(1, 1).log())
