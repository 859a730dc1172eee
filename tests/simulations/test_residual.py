"""What is left of a duration of which some time is past, against scipy's distributions, conditioned."""

from __future__ import annotations

import math
from typing import Any

import pytest
from scipy import stats

from duecourse.kernels.chance import Z_MOST, Z_PARTS
from duecourse.scenarios.law import beta_table, law
from duecourse.simulations.randomness import variate
from duecourse.simulations.residual import propensities_given, rest_of, share_over, silent_still

SIGMA = math.sqrt(math.log(1.25))
LAWS = [
    (
        {"law": "lognormal", "mean": 7, "cv": 0.5},
        stats.lognorm(SIGMA, scale=7 / math.sqrt(1.25)),
    ),
    ({"law": "exponential", "mean": 4}, stats.expon(scale=4)),
    ({"law": "uniform", "low": 3, "high": 12}, stats.uniform(3, 9)),
    ({"law": "triangular", "low": 1, "mode": 4, "high": 15}, stats.triang(3 / 14, 1, 14)),
    ({"law": "weibull_min", "c": 1.5, "scale": 8}, stats.weibull_min(1.5, scale=8)),
]


@pytest.mark.parametrize(("written", "known"), LAWS)
@pytest.mark.parametrize("past", [0.5, 4.0, 9.5])
def test_quantiles_of_the_rest_are_those_of_the_conditioned_distribution(
    written: dict[str, object],
    known: Any,  # noqa: ANN401  (a frozen distribution)
    past: float,
) -> None:
    """(X − s given X > s) has the quantile Q(p + (1 − p) u) − s, p = P(X ≤ s)."""
    rest, over = rest_of(law(written), past), known.cdf(past)

    assert share_over(law(written), past) == pytest.approx(over, abs=2e-5)
    for u in (0.001, 0.1, 0.5, 0.9, 0.999):
        wanted = known.isf((1 - over) * (1 - u)) - past
        assert variate(rest, u) == pytest.approx(wanted, rel=3e-3, abs=2e-3)


def test_the_mean_of_the_rest_of_a_lognormal_duration_against_its_integral() -> None:
    """E(X | X > s) − s = (m Φ(σ − z) − s Φ(−z)) / Φ(−z), z = (ln s − μ) / σ: the partial expectation."""
    mean, past = 7.0, 9.0
    z = (math.log(past) - (math.log(mean) - SIGMA**2 / 2)) / SIGMA
    wanted = mean * stats.norm.cdf(SIGMA - z) / stats.norm.cdf(-z) - past

    assert rest_of(law({"law": "lognormal", "mean": 7, "cv": 0.5}), past).mean == pytest.approx(
        wanted, rel=1e-3
    )


def test_where_nothing_is_longer_the_rest_is_nothing() -> None:
    for written in (
        {"law": "deterministic", "value": 5},
        {"law": "uniform", "low": 1, "high": 5},
        {"law": "empirical", "values": [1, 2, 5]},
    ):
        assert variate(rest_of(law(written), 6), 0.99) == 0.0


def test_the_rest_of_observations_are_the_longer_ones() -> None:
    assert rest_of(law({"law": "empirical", "values": [1, 4, 6]}), 3).values == (1.0, 3.0)


def test_silence_after_some_time_against_bayes_by_hand() -> None:
    """Exponential of mean 2 and 8 after 4 days: 0.1 e^−0.5 / (0.1 e^−0.5 + 0.9 e^−2)."""
    quick, slow = law({"law": "exponential", "mean": 2}), law({"law": "exponential", "mean": 8})
    wanted = 0.1 * math.exp(-0.5) / (0.1 * math.exp(-0.5) + 0.9 * math.exp(-2))

    assert silent_still(0.1, quick, slow, 4) == pytest.approx(wanted)


def test_the_propensity_after_some_replies_is_the_conjugate_beta() -> None:
    """Mean 0.1 and correlation 0.25: a = 0.3, b = 2.7; after 2 objections in 7 replies beta(2.3, 7.7)."""
    table = {"members": beta_table(0.1, 0.25)}
    (found,) = propensities_given(table, {"members": (7, 2)}).values()
    known = stats.beta(2.3, 7.7)

    assert len(found) == round(2 * Z_MOST * Z_PARTS) + 1
    for z in (-2.0, -1.0, 0.0, 1.0, 2.0):
        at = round((z + Z_MOST) * Z_PARTS)
        assert found[at] == pytest.approx(known.ppf(stats.norm.cdf(z)), rel=5e-3)


def test_without_replies_and_without_correlation_nothing_is_learnt() -> None:
    table = {"members": beta_table(0.1, 0.25)}
    flat = {"members": beta_table(0.1, 0.0)}

    assert propensities_given(table, {"members": (0, 0)}) == table
    assert propensities_given(flat, {"members": (9, 9)}) == flat
