"""The log of a run under the audit: exactly the breaches that the simulation recorded, and nothing else.

Simulation and audit share the table, the ledger and the calendar, and nothing beyond: the audit knows of a log only the
steps and their days, and works out configurations, clocks and lapses again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from functools import cache
from math import floor
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st

from duecourse.audit import Kind, audit
from duecourse.errors import InvalidInput
from duecourse.properties.property_file import load_properties
from duecourse.scenarios import load_scenario, scenario_files
from duecourse.scenarios.docket_read import read_docket
from duecourse.shipped import shipped
from duecourse.simulations import replicate
from duecourse.simulations.clocks import Clocks

if TYPE_CHECKING:
    from pathlib import Path

    from duecourse.audit import Audit
    from duecourse.properties.property import Property
    from duecourse.scenarios import Scenario
    from duecourse.simulations.log import Log

SHIPPED = sorted(scenario_files(shipped()))


@cache
def known() -> tuple[Property, ...]:
    return tuple(load_properties(shipped()))


def audited(log: Log, scenario: Scenario, path: Path) -> Audit:
    """Audit a run by its CSV alone."""
    with path.open("w", encoding="utf-8", newline="") as file:
        log.write_csv(file)
    claims = [each for each in known() if each.concerns(scenario.procedure)]
    return audit(path, scenario.procedure, readings=scenario.readings, properties=claims)


def recorded(log: Log) -> tuple[Counter[tuple[str, str, date]], Counter[tuple[str, str, int]]]:
    """The breaches that the engine recorded: the limits missed with their days, and the overruns that ended."""
    missed = Counter(
        (f"{log.replication}/{event.case}", event.subject, log.days.date(floor(event.time)))
        for event in log.events
        if event.event == "lapse" and event.breach
    )
    over = Counter(
        (f"{log.replication}/{event.case}", event.subject, round(event.value))
        for event in log.events
        if event.event == "stop" and event.breach
    )
    return missed, over


def agrees(log: Log, found: Audit) -> int:
    """Assert that the audit found what the engine recorded, nothing less and nothing more; return how much that was."""
    missed, over = recorded(log)
    breaches = [each for each in found.deviations if each.kind is Kind.BREACH]
    assert [each for each in found.deviations if each.kind is not Kind.BREACH] == []
    assert Counter((each.case, each.rule, each.on) for each in breaches) == missed
    assert (
        Counter(
            (each.case, each.rule, each.overrun.days)
            for each in breaches
            if each.overrun is not None and each.overrun.until is not None
        )
        == over
    )
    assert found.listed == ()
    assert (found.undecided, found.twice) == (0, 0)
    assert found.rows == found.used + sum(found.other.values())
    return len(breaches)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_log_of_a_shipped_scenario_has_the_breaches_that_the_engine_recorded_and_no_more(
    name: str, tmp_path: Path
) -> None:
    scenario = load_scenario(name)
    scenario = scenario.lasting(min(scenario.years, 1.5), 0)
    log = replicate(scenario, seed=21)

    found = agrees(log, audited(log, scenario, tmp_path / "log.csv"))

    assert (found > 0) == bool(scenario.procedure.clocks)  # the text of 2017 sets no limit


def busier(scenario: Scenario, factor: float) -> Scenario:
    """The scenario with so many times the arrivals."""
    arrivals = tuple(replace(each, per_year=each.per_year * factor) for each in scenario.arrivals)
    return replace(scenario, arrivals=arrivals)


class Drawn(NamedTuple):
    """What is random about a scenario, small enough to be shown."""

    base: str
    readings: dict[str, str]
    staff: dict[str, int]
    start: date
    extended: float
    withdrawn: float
    silence: float
    factor: float

    def scenario(self) -> Scenario:
        """The scenario under other readings, with other staff, arrivals, extensions, withdrawals and silence."""
        found = load_scenario(self.base, readings=self.readings).lasting(0.5, 0)

        def often(value: float) -> dict[str, float]:
            return {each.id: value for each in found.classes}

        return busier(
            replace(
                found.staffed(**self.staff),
                start=self.start,
                extensions=tuple(
                    replace(each, probability=often(self.extended)) for each in found.extensions
                ),
                incidents=tuple(
                    replace(each, probability=often(self.withdrawn)) for each in found.incidents
                ),
                opinions={
                    key: replace(each, silence=often(self.silence))
                    for key, each in found.opinions.items()
                },
            ),
            self.factor,
        )


@st.composite
def drawn(draw: st.DrawFn) -> Drawn:
    base = load_scenario(draw(st.sampled_from(["baseline-2022", "baseline-2020"])))
    readings = draw(st.lists(st.sampled_from(base.procedure.readings), max_size=6))
    share = st.sampled_from([0.0, 0.1, 0.5, 1.0])
    return Drawn(
        base.id,
        {each.id: draw(st.sampled_from([o.id for o in each.options])) for each in readings},
        {each.id: draw(st.integers(1, 9)) for each in base.pools},
        draw(st.dates(date(2020, 7, 1), date(2024, 6, 30))),
        draw(share),
        draw(share),
        draw(share),
        draw(st.sampled_from([0.2, 0.6, 1.5])),
    )


@pytest.mark.slow
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a smaller office is no clearer
)
@given(drawn=drawn(), seed=st.integers(0, 2**32))
def test_the_log_of_any_scenario_has_the_breaches_that_the_engine_recorded_and_no_more(
    drawn: Drawn, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    try:
        scenario = drawn.scenario()
    except InvalidInput:
        reject()  # a reading under which the scenario asks for what is not allowed
    log = replicate(scenario, seed=seed)
    if any(event.event == "step" for event in log.events):
        agrees(log, audited(log, scenario, tmp_path_factory.mktemp("audit") / "log.csv"))


def test_the_log_of_a_run_that_began_with_a_docket_tells_its_past_and_agrees_with_it(
    tmp_path: Path,
) -> None:
    """What the audit finds before the start is what it finds in the log that the docket was read from."""
    scenario = load_scenario("baseline-2022").lasting(1, 0)
    earlier = replicate(scenario, seed=21)
    found = audited(earlier, scenario, tmp_path / "earlier.csv")
    later = scenario.starting(date(2022, 10, 10))
    docket = read_docket(tmp_path / "earlier.csv", later)
    later = later.beginning_with(docket)
    log = replicate(later, seed=22)
    after = audited(log, later, tmp_path / "later.csv")
    numbers = {each.id: f"0/{number}" for number, each in enumerate(docket.cases)}
    past = Counter(
        (numbers[each.case], each.rule, each.on)
        for each in found.deviations
        if each.case in numbers and each.on < docket.on
    )
    missed, _ = recorded(log)
    kinds = Counter(each.kind for each in after.deviations)

    assert set(kinds) == {Kind.BREACH}
    assert Counter((e.case, e.rule, e.on) for e in after.deviations) == missed + past
    assert sum(past.values()) > 0


def test_a_breach_that_the_engine_forgets_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check is seen to fail: an engine that records no breach of one clock."""
    note = Clocks.take_effect

    def forgetful(clocks: Clocks, clock: str, move: object) -> None:
        if clock != "screening_clock" or move is not None:
            note(clocks, clock, move)  # type: ignore[arg-type]  # handed on
        else:
            clocks.ledger.record_lapse(clock)

    monkeypatch.setattr(Clocks, "take_effect", forgetful)
    scenario = load_scenario("baseline-2022").lasting(1, 0)
    log = replicate(scenario, seed=21)
    found = audited(log, scenario, tmp_path / "log.csv")
    missed, _ = recorded(log)

    assert {each.rule for each in found.deviations} - {rule for _, rule, _ in missed} == {
        "screening_clock"
    }
