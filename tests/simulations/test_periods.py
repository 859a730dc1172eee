"""The staff over time and the flows: they add up to the indicators of the same replication."""

from __future__ import annotations

import pytest

from duecourse.scenarios import load_scenario
from duecourse.simulations import replicate
from duecourse.simulations.measure import measure
from duecourse.simulations.periods import PERIOD, flows, periods


def test_periods_without_warm_up_average_to_utilisation_and_queue() -> None:
    scenario = load_scenario("baseline-2022").lasting(1.0, 0.0)
    log = replicate(scenario, seed=5)
    length = log.days.length
    days = [min(PERIOD, length - at) for at in range(0, length, PERIOD)]

    found = periods(log, scenario)
    values = measure(log, scenario).values

    assert found
    for name, series in found.items():
        whole = sum(each * of for each, of in zip(series, days, strict=True)) / length
        assert whole == pytest.approx(values[name], abs=1e-9), name


def test_as_many_cases_enter_a_stage_as_leave_it_but_for_the_open_ones() -> None:
    scenario = load_scenario("baseline-2022").lasting(1.0, 0.0)
    log = replicate(scenario, seed=5)

    found = flows(log, scenario)

    assert found[f"stage.{scenario.procedure.initial}"] == measure(log, scenario).values["arrivals"]
    screened = found["step.decide_review"] + found["step.decide_no_review"]
    assert 0 <= found["stage.screening"] - screened < found["stage.screening"] / 10
