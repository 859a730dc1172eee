"""Conservation of cases and of their time: on random scenarios it holds, and a log that breaks it is refused."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duecourse.simulations import EngineError, replicate
from duecourse.simulations.measure import measure

if TYPE_CHECKING:
    from collections.abc import Callable

    from duecourse.scenarios import Scenario
    from duecourse.simulations.log import Log

WORK = 'work = "desk"\neffort = {{ law = "gamma", mean = {mean}, cv = 0.8 }}\ntake = "{take}"'


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    office=st.tuples(st.integers(5, 300), st.integers(1, 4)),
    work=st.tuples(st.floats(0.2, 8), st.sampled_from(["decide", "consult"])),
    window=st.tuples(st.integers(0, 100), st.integers(101, 240)),
    seed=st.integers(0, 2**32),
)
def test_littles_law_holds_exactly_in_every_window_of_random_scenarios(
    toy: Callable[..., Scenario],
    office: tuple[int, int],
    work: tuple[float, str],
    window: tuple[int, int],
    seed: int,
) -> None:
    """L times the window is what every case spends in it: from the arrivals and ends of single cases."""
    (per_year, size), (mean, take) = office, work
    scenario = toy(WORK.format(mean=mean, take=take), per_year=per_year, size=size, years=1)
    log = replicate(scenario, seed=seed)
    begin, end = map(float, window)
    sample = measure(log, scenario, (begin, end))  # raises where a law is broken
    ends = {e.case: e.time for e in log.events if e.step == "decide"}
    spent = [
        max(min(ends.get(e.case, math.inf), end) - max(e.time, begin), 0)
        for e in log.events
        if e.event == "arrival"
    ]

    assert sample.values["backlog.mean"] * (end - begin) == pytest.approx(math.fsum(spent))
    assert sum(
        sample.values[f"stage.{stage}.present"] for stage in ("office", "asked")
    ) == pytest.approx(sample.values["backlog.mean"])


@pytest.fixture
def run(toy: Callable[..., Scenario]) -> tuple[Scenario, Log]:
    scenario = toy(WORK.format(mean=1.5, take="decide"), per_year=100, size=1, years=1)
    return scenario, replicate(scenario)


def without(log: Log, event: str, nth: int = 5) -> Log:
    """Return a log in which one event of a kind is missing."""
    at = [index for index, each in enumerate(log.events) if each.event == event][nth]
    return replace(log, events=log.events[:at] + log.events[at + 1 :])


def test_a_lost_step_is_noticed(run: tuple[Scenario, Log]) -> None:
    """A case whose work was finished but that never left its stage again asks for nothing: it is open for ever."""
    scenario, log = run
    events = [e for e in log.events if not (e.event == "step" and e.step == "file" and e.case == 3)]
    with pytest.raises(EngineError, match=r"the time in|fewer than none"):
        measure(replace(log, events=tuple(events)), scenario)


def test_work_that_is_finished_twice_is_noticed(run: tuple[Scenario, Log]) -> None:
    scenario, log = run
    finish = next(e for e in log.events if e.event == "finish")
    at = log.events.index(finish)
    twice = replace(log, events=(*log.events[: at + 1], finish, *log.events[at + 1 :]))
    with pytest.raises((EngineError, KeyError)):
        measure(twice, scenario)


def test_an_event_before_the_one_before_it_is_noticed(run: tuple[Scenario, Log]) -> None:
    scenario, log = run
    last = log.events[-1]
    turned = replace(log, events=(*log.events, last._replace(event="note", time=last.time - 1)))
    with pytest.raises(EngineError, match="comes after day"):
        measure(turned, scenario)


def test_a_wrong_number_of_the_measure_is_noticed(
    run: tuple[Scenario, Log], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted error: a measure that forgets what the end of the run cuts off."""
    scenario, log = run
    monkeypatch.setattr("duecourse.simulations.measure.Measure.censor", lambda _: None)
    busy = replace(log, events=log.events[: len(log.events) - 1])
    with pytest.raises(EngineError, match=r"by instants and .* by cases; this is an error"):
        measure(without(busy, "finish", -1), scenario)
