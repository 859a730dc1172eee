"""A run that begins with open cases has equal events on both engines, wherever the docket came from."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from tests.simulations.dockets import as_folder, docket_of, stopped_on, without_walk, written
from tests.simulations.random_scenarios import scenarios
from tests.simulations.test_docket import WHAT_IFS, as_stages
from tests.simulations.test_engines import assert_equal, differences, same_as_the_reference

from duecourse.cli.docket import opened
from duecourse.errors import InvalidInput
from duecourse.scenarios import load_scenario
from duecourse.scenarios.docket_read import read_docket
from duecourse.scenarios.docket_walk import DocketWalk
from duecourse.simulations import replicate, simulate
from duecourse.simulations import standing as reference_standing
from duecourse.simulations.compiled import CompiledOffice
from duecourse.simulations.engines import lacks
from duecourse.simulations.execute import log_of
from duecourse.simulations.forecast import forecast
from duecourse.simulations.log import Log
from duecourse.simulations.measure import measure
from duecourse.simulations.measure_lines import measured
from duecourse.simulations.plan import Plan
from duecourse.simulations.pools import Desk
from duecourse.simulations.process import Office
from duecourse.simulations.randomness import root, uniform_of
from duecourse.simulations.standing import EngineError

if TYPE_CHECKING:
    from duecourse.scenarios import Scenario
    from duecourse.scenarios.docket import Docket, OpenCase


def begun(docket: Docket, days: int = 2) -> Docket:
    """Say of the last case at each desk that its work began some days ago, and of the one before that it was asked for."""
    told: list[OpenCase] = []
    seen: dict[str, int] = {}
    for case in reversed(docket.cases):
        work, before = case.position.rest.work, docket.on - timedelta(days)
        place = 2 if work is None else seen.setdefault(work.pool, 0)
        change: dict[str, Any] = {}
        if place == 0:
            change = {"begun": before}
        elif place == 1:
            change = {"asked": before - timedelta(1)}
        if work is not None and place < 2:
            seen[work.pool] += 1
            change["position"] = replace(case.position, begun=True)
        told.append(replace(case, **change))
    return replace(docket, cases=tuple(reversed(told)))


@pytest.mark.parametrize(("day", "how"), [(122, "stages"), (122, "begun"), (205, "log")])
@pytest.mark.parametrize(("name", "readings"), WHAT_IFS)
def test_shipped_scenarios_with_a_docket_are_equal(
    name: str, readings: dict[str, str], day: int, how: str, tmp_path: Path
) -> None:
    scenario = load_scenario(name, readings=readings).lasting(1, 0)
    log, _ = stopped_on(scenario, day)
    later, docket = docket_of(scenario, log, day, tmp_path / "log.csv")
    if how == "stages":
        docket = as_stages(later, docket, tmp_path / "stages.csv")
    elif how == "begun":
        docket = begun(docket)

    assert len(docket.cases) >= 10
    assert_engines_agree(later, docket)


def test_a_folder_of_case_files_is_equal(tmp_path: Path) -> None:
    scenario = load_scenario("baseline-2022").lasting(1, 0)
    log, cases = stopped_on(scenario, 122)
    finals = {each.id for each in scenario.procedure.stages if each.final}
    still = [each.number for each in cases if each.stage not in finals][-9:]
    later = scenario.starting(log.days.date(122))
    docket = read_docket(as_folder(scenario, log, still, tmp_path / "cases"), later)

    assert [each.id for each in docket.cases] == [f"c{number}" for number in still]
    assert_engines_agree(later, docket)


def assert_engines_agree(scenario: Scenario, docket: Docket) -> None:
    plan = Plan(scenario.beginning_with(docket))
    compiled = CompiledOffice(plan)
    for seed in (1, 2**64 - 1):
        records, reference = compiled.run(seed, 3), log_of(plan, seed, 3)
        assert_equal(reference, records.log())
        assert repr(measured(records, plan.scenario)) == repr(measure(reference, plan.scenario))


def test_the_shipped_docket_is_equal_and_the_engine_does_not_change_the_result() -> None:
    scenario = opened("baseline-2022", 1.0, "2022-06-01", Path("example-2022"), None)

    assert list(lacks(scenario)) == []
    assert replicate(scenario, engine="compiled") == replicate(scenario, engine="simpy")
    results = [simulate(scenario, replications=2, engine=each) for each in ("compiled", "simpy")]
    assert results[0].to_dict() == results[1].to_dict()


def test_what_is_filed_on_the_first_day_is_equal_and_both_end_with_those_followed(
    tmp_path: Path,
) -> None:
    scenario = load_scenario("baseline-2022").lasting(1, 0)
    log, _ = stopped_on(scenario, 122)
    later, docket = docket_of(scenario, log, 122, tmp_path / "log.csv")
    plan = Plan(later.beginning_with(replace(docket, filed=("listing", "procurement"))))
    first = len(docket.cases) + 2

    reference = Office(plan, 7, 1, first=first).run()
    assert_equal(reference, CompiledOffice(plan).run(7, 1, first=first).log())
    assert len(reference.events) < len(log_of(plan, 7, 1).events)


def test_a_forecast_does_not_depend_on_the_engine() -> None:
    scenario = opened("baseline-2022", 1.0, "2022-06-01", Path("example-2022"), None)
    found = [forecast(scenario, replications=4, engine=each) for each in ("compiled", "simpy")]

    assert found[0].to_dict() == found[1].to_dict()


# --- planted differences -------------------------------------------------------------------------------


def taken_up(tmp_path: Path) -> Plan:
    """The baseline with a docket in which some work is begun, and with one person at each desk, so that work waits."""
    scenario = load_scenario("baseline-2022").lasting(1, 0)
    log, _ = stopped_on(scenario, 122)
    later, docket = docket_of(scenario, log, 122, tmp_path / "log.csv")
    pools = tuple(
        replace(pool, groups=tuple(replace(group, size=1, schedule=()) for group in pool.groups))
        for pool in later.pools
    )
    return Plan(replace(later, pools=pools).beginning_with(begun(docket)))


def test_another_place_of_work_that_was_asked_for_before_is_seen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Planted: open cases queue as if they had asked at the start, so that the order of their numbers decides."""
    plan = taken_up(tmp_path)
    compiled = CompiledOffice(plan).run(1, 0).log()
    assert_equal(log_of(plan, 1, 0), compiled)
    real = Desk.ask

    def ask(self: Desk, job: Any, now: float, *_: object, **__: object) -> None:  # noqa: ANN401
        real(self, job, now)

    monkeypatch.setattr(Desk, "ask", ask)

    assert differences(log_of(plan, 1, 0), compiled) != []


def test_another_draw_of_an_open_case_is_seen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Planted: the numbers that one open case draws are larger by a thousandth."""
    plan = taken_up(tmp_path)
    compiled = CompiledOffice(plan).run(1, 0).log()
    changed = root(1, 0, plan.openings[3].key)

    def uniform(key: int, what: int, index: int) -> float:
        u = uniform_of(key, what, index)
        return min(u + 2**-10, 1 - 2**-20) if key == changed else u

    monkeypatch.setattr(reference_standing, "uniform_of", uniform)

    assert differences(log_of(plan, 1, 0), compiled) != []


# --- whatever the docket ---------------------------------------------------------------------------------


@pytest.fixture
def unproved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take up cases without the proof that all that may follow is legal."""
    monkeypatch.setattr(DocketWalk, "faults", lambda *_: [])


@pytest.mark.usefixtures("stopped", "unproved")
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
@given(scenarios(), st.integers(0, 2**64 - 1), st.integers(5, 60), st.booleans())
def test_random_dockets_of_random_scenarios_have_equal_events(
    scenario: Scenario,
    seed: int,
    day: int,
    tells_begun: bool,  # noqa: FBT001  (drawn)
) -> None:
    """What a random scenario gave up to some day is its docket; what a walk would refuse is taken up too."""
    try:
        office = Office(Plan(scenario), seed, 0)
    except InvalidInput:  # its guards come out in too many ways, say
        return
    office.plan.days.length = day
    try:
        office.run()
    except EngineError:
        return
    log = Log(0, office.plan.days, tuple(office.events))
    later = scenario.starting(office.plan.days.date(day))
    with tempfile.TemporaryDirectory() as folder:
        docket = without_walk(later, written(log, Path(folder, "log.csv")))
    event("no docket" if docket is None else f"{min(len(docket.cases), 9)} open cases")
    if docket is None:
        return
    later = later.beginning_with(begun(docket) if tells_begun else docket)
    assert list(lacks(later)) == []
    try:
        plan = Plan(later)
    except InvalidInput:
        return
    same_as_the_reference(plan, seed)
