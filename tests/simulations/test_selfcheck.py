"""The self-check checked: it agrees for the program as it is, and sees an error that is planted."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import linregress, norm
from typer.testing import CliRunner

from duecourse.cli.app import app
from duecourse.errors import InvalidInput
from duecourse.report.selfcheck_text import selfcheck_json, selfcheck_text
from duecourse.scenarios.law import Law, law
from duecourse.simulations import process
from duecourse.simulations.controls import controlled, controls, roots, uniforms
from duecourse.simulations.estimate import estimate, student
from duecourse.simulations.pools import Desk
from duecourse.simulations.predictions import MEASURED, MODELS, stretched, with_more_work
from duecourse.simulations.randomness import purpose, root, uniform_of, variate
from duecourse.simulations.run import simulate_all
from duecourse.simulations.selfcheck import FALSE_ALARM, NOMINAL, notices, scenarios, selfcheck

if TYPE_CHECKING:
    from duecourse.simulations.pools import Job

QUICK = ["meeting"]
"""The model that is quickest; its replications are one year each."""


def predicted(name: str) -> dict[str, float]:
    """What theory says of a shipped model, by indicator."""
    (model,) = (each for each in MODELS if each.id == name)
    return {each.indicator: each.value for each in model.predict(scenarios()[name])}


# --- theory, worked out by hand from the numbers in the files -------------------------------------


def test_predictions_of_the_single_desks_against_their_formulas_by_hand() -> None:
    """M/M/2 at 0.6: W = s ρ² / (1 − ρ²) = 0.24 · 0.36 / 0.64; M/D/1 at 0.625: s ρ / 2(1 − ρ);
    M/G/1 at 0.6 with cv 0.5: s ρ (1 + cv²) / 2(1 − ρ)."""
    assert predicted("mmc")["pool.desk.wait"] == pytest.approx(0.135)
    assert predicted("md1")["pool.desk.wait"] == pytest.approx(5 / 256 * 0.625 / 0.75)
    assert predicted("mg1")["pool.desk.wait"] == pytest.approx(0.12 * 0.6 * 1.25 / 0.8)


def test_predictions_with_priorities_against_cobham_by_hand() -> None:
    """W₀ = 2 · 0.06² + 3 · 0.14² = 0.066; 0.066 / 0.88 + 0.06 and 0.066 / (0.88 · 0.46) + 0.14."""
    found = predicted("priority")

    assert found["stage.urgent.working.mean"] == pytest.approx(0.135)
    assert found["stage.first.working.mean"] == pytest.approx(0.066 / (0.88 * 0.46) + 0.14)


def test_predictions_of_the_network_against_jackson_by_hand() -> None:
    """5 a day at both; M/M/1 at 0.5: 0.1 more; M/M/2 at 0.5: 0.2 · 0.25 / 0.75; 1.25 visits of each."""
    stay = 1.25 * (0.2 + 0.2 + 0.2 / 3)

    assert predicted("network")["time.working.mean"] == pytest.approx(stay)
    assert predicted("network")["backlog.mean"] == pytest.approx(4 * stay)


def test_predictions_of_meeting_and_panel_against_anchored_values() -> None:
    """Half of 20 days, and the maximum of 13 lognormal(7, cv 0.5): 14.2806 (see `test_theory.py`)."""
    assert predicted("meeting")["stage.first.working.mean"] == 10
    assert predicted("panel")["stage.asked.working.mean"] == pytest.approx(14.2806, abs=1e-4)
    assert predicted("panel")["backlog.mean"] == pytest.approx(2 * 14.2806, abs=2e-4)


def test_more_work_moves_a_utilisation_in_proportion_and_a_wait_by_its_derivative() -> None:
    """M/D/1: W = s ρ / 2(1 − ρ), so 1.016 times the work gives 1.016² (1 − ρ) / (1 − 1.016 ρ)."""
    (model,) = (each for each in MODELS if each.id == "md1")
    moved = {each.indicator: each.moved for each in model.predict(scenarios()["md1"])}

    assert moved["pool.desk.utilisation"] == pytest.approx(0.016)
    assert moved["pool.desk.wait"] == pytest.approx(1.016**2 * 0.375 / (1 - 1.016 * 0.625) - 1)


@pytest.mark.parametrize(
    "written",
    [
        {"law": "deterministic", "value": 2.0},
        {"law": "exponential", "mean": 2.0},
        {"law": "lognormal", "mean": 2.0, "cv": 0.5},
    ],
)
def test_a_stretched_law_gives_that_multiple_of_every_variate(written: dict[str, object]) -> None:
    plain = law(written)
    for u in (0.01, 0.5, 0.99):
        assert variate(stretched(plain, 1.5), u) == pytest.approx(1.5 * variate(plain, u))


def test_a_law_without_a_closed_form_is_refused() -> None:
    with pytest.raises(ValueError, match="neither deterministic, exponential nor lognormal"):
        stretched(law({"law": "uniform", "low": 0, "high": 1}), 1.5)


# --- the statistics -------------------------------------------------------------------------------


def test_every_model_has_a_scenario_and_every_measure_is_used() -> None:
    predictions = [each for model in MODELS for each in model.predict(scenarios()[model.id])]

    assert {each.indicator for each in predictions} == set(MEASURED)
    assert all(each.value > 0 for each in predictions)


def test_the_levels_share_one_probability_of_a_false_alarm() -> None:
    """Bonferroni: 3 comparisons of the meeting."""
    found = selfcheck(models=QUICK, replications=2)

    assert found.level == 1 - NOMINAL / 3
    assert {each.found.level for each in found.comparisons} == {found.level}
    assert NOMINAL < FALSE_ALARM == 1e-4


def test_what_is_noticed_against_the_normal_approximation_of_many_replications() -> None:
    """With 20,001 replications of variance 1: (z of the level + z of 0.9) / sqrt(n)."""
    values = [(-1.0) ** each for each in range(20_001)]
    found = estimate(values, 1 - 1e-6)

    normal = (norm.isf(5e-7) + norm.isf(0.1)) / math.sqrt(20_001)
    assert notices(found, 20_000) == pytest.approx(normal, rel=1e-3)
    assert found.half_width == pytest.approx(
        student(20_000, 1 - 1e-6) / math.sqrt(20_001), rel=1e-3
    )


def test_nothing_is_said_of_power_from_one_replication() -> None:
    assert math.isnan(notices(estimate([1.0]), 0))


# --- runs -----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_program_agrees_with_theory_about_priorities_and_meetings() -> None:
    """Fails with probability 1e-4."""
    found = selfcheck(models=["priority", "meeting"], replications=20)

    assert found.agrees, selfcheck_text(found)


@pytest.mark.long
@pytest.mark.slow
def test_an_engine_that_works_too_long_by_1_6_per_cent_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """M/D/1 in the default mode notices 0.1 %, says the table: 0.635 of the time instead of 0.625."""

    def slow(law: Law, u: float) -> float:
        return variate(law, u) * (1.016 if law.text.startswith("deterministic") else 1)

    monkeypatch.setattr(process, "variate", slow)
    found = selfcheck(models=["md1"], engine="simpy")
    busy = found.comparisons[0]

    assert busy.prediction.indicator == "pool.desk.utilisation"
    assert busy.notices < 0.016
    assert not busy.agrees
    assert not found.agrees
    assert "DIFFERS" in selfcheck_text(found)


@pytest.mark.slow
def test_without_the_planted_error_the_same_run_agrees() -> None:
    """Fails with probability 1e-4."""
    assert selfcheck(models=["md1"]).agrees


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("model", ["mmc", "mg1", "priority", "network"])
def test_work_that_takes_too_long_by_1_6_per_cent_is_caught_in_every_model(
    model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clerk who is busy 0.8 of the time and says 0.787: the default mode sees it with probability 0.9 or more.

    The controls are not computed by the function that is at fault, so that the error does not hide in them.
    """

    def slow(law: Law, u: float) -> float:
        return variate(law, u) * (1.016 if law.mean < 0.5 else 1)

    monkeypatch.setattr(process, "variate", slow)
    found = selfcheck(models=[model], engine="simpy")

    assert not found.blind
    assert not found.agrees


@pytest.mark.slow
def test_the_default_mode_would_notice_1_6_per_cent_more_work_in_every_model_and_agrees() -> None:
    """Fails with probability 1e-4."""
    found = selfcheck()

    assert found.agrees, selfcheck_text(found)
    assert not found.blind, found.blind


def test_many_numbers_at_once_are_those_of_one_case_each() -> None:
    """The hash over arrays against the hash of the engine."""
    known = roots(7, 3, purpose("files.ordinary"), range(5, 9))
    for case, u in zip(range(5, 9), uniforms(known, purpose("first.work.effort"), 2), strict=True):
        key = root(7, 3, (purpose("files.ordinary") + case) % 2**64)
        assert u == uniform_of(key, purpose("first.work.effort"), 2)


def test_controls_have_the_mean_0_and_controlled_means_the_level_of_their_intervals() -> None:
    """y = 3 + 2 c + e with normal c and e: intercept 3, and n − 2 degrees of freedom (ordinary least squares)."""
    rng = np.random.default_rng(1)
    known, noise = rng.normal(size=(40, 1)), rng.normal(size=40) / 10
    found, freedom = controlled(list(3 + 2 * known[:, 0] + noise), known, 0.95)
    line = linregress(known[:, 0], 3 + 2 * known[:, 0] + noise)

    assert freedom == 38
    assert found.mean == pytest.approx(line.intercept)
    assert found.half_width == pytest.approx(student(38, 0.95) * line.intercept_stderr)


@pytest.mark.parametrize("model", ["mmc", "mg1", "md1", "priority", "network", "panel"])
def test_the_mean_of_every_control_is_0(model: str) -> None:
    """Over 40 replications each lies within 5 standard errors of 0: fails with probability 6e-7 each, 1e-5 together."""
    found = controls(scenarios()[model], 11, 40)

    error = found.std(axis=0, ddof=1) / math.sqrt(40)
    assert (np.abs(found.mean(axis=0)) < 5.5 * error).all()


@pytest.mark.slow
def test_first_come_first_served_in_place_of_priorities_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ask = Desk.ask

    def forget_rank(
        desk: Desk, job: Job, now: float, since: float | None = None, *, begun: bool = False
    ) -> None:
        job.rank = 0
        ask(desk, job, now, since, begun=begun)

    monkeypatch.setattr(Desk, "ask", forget_rank)
    found = selfcheck(models=["priority"], replications=20, engine="simpy")

    # Urgent cases would wait 0.066 / 0.46 days, not 0.066 / 0.88.
    assert not found.comparisons[1].agrees


@pytest.mark.slow
def test_a_longer_scenario_in_place_of_the_one_of_the_theory_is_caught() -> None:
    """Replies that take 5 % longer: the mean of the maximum moves by as much."""
    panel = with_more_work(scenarios()["panel"], 1.05)
    found = selfcheck(models=["panel"], simulated={"panel": panel})

    assert found.comparisons[0].notices < 0.05
    assert not found.agrees


@pytest.mark.long
@pytest.mark.slow
def test_the_full_check_agrees_and_would_notice_1_6_per_cent_in_every_model() -> None:
    """Fails with probability 1e-4; some minutes."""
    found = selfcheck(full=True)

    assert found.agrees, selfcheck_text(found)
    assert not found.blind
    for each in found.comparisons:
        if each.prediction.unit == "share":
            assert each.notices < 0.016, each


# --- what is printed ------------------------------------------------------------------------------


def test_text_and_json_say_level_power_and_verdict() -> None:
    found = selfcheck(models=QUICK, replications=3)
    text, data = selfcheck_text(found), selfcheck_json(found)

    assert "0.0001 at most" in text
    assert "with probability 0.9" in text
    assert "all 3 agree with theory." in text
    assert data["schema"] == "duecourse/selfcheck/1"
    assert data["agrees"]
    assert [each["theory"] for each in data["comparisons"]] == [10.0, 10.0, 18.0]
    assert json.loads(json.dumps(data)) == data
    assert "与理论一致" in selfcheck_text(found, "zh")


def test_the_verb_exits_with_0_where_all_agree_and_with_1_where_one_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arguments = ["selfcheck", "--model", "meeting", "--format", "json"]
    run = CliRunner().invoke(app, arguments)
    assert run.exit_code == 0, run.output
    assert json.loads(run.stdout)["agrees"]

    given = scenarios()
    (meeting,) = given["meeting"].meetings
    given["meeting"] = replace(given["meeting"], meetings=(replace(meeting, every=22),))
    monkeypatch.setattr(
        "duecourse.simulations.selfcheck.simulate_all",
        lambda _, **settings: simulate_all([given["meeting"]], **settings),
    )
    run = CliRunner().invoke(app, arguments)
    assert run.exit_code == 1, run.output
    assert not json.loads(run.stdout)["agrees"]


def test_an_unknown_model_is_answered_with_the_nearest() -> None:
    run = CliRunner().invoke(app, ["selfcheck", "--model", "mm1"])

    assert isinstance(run.exception, InvalidInput)
    assert "did you mean" in str(run.exception)
