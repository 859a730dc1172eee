"""Each statistical test has a fixed seed; its level says how likely a good generator would fail it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtri

from duecourse.scenarios.law import Kind, beta_table, law
from duecourse.simulations.randomness import (
    interpolated,
    mix,
    normal_quantile,
    purpose,
    root,
    uniform,
    uniform_of,
    variate,
)

LEVEL = 1e-6
MANY = 40_000
MASK = 2**64 - 1


def test_mix_is_the_finaliser_of_splitmix64_against_its_reference_output() -> None:
    """The first outputs for the seed 1234567 are those of the authors' splitmix64.c."""
    state, found = 1234567, []
    for _ in range(3):
        state = (state + 0x9E37_79B9_7F4A_7C15) & MASK
        found.append(mix(state))

    assert found == [6457827717110365317, 3203168211198807973, 9817491932198370423]


def test_purposes_are_fnv_1a_against_the_published_test_vectors() -> None:
    assert purpose("") == 0xCBF29CE484222325
    assert purpose("a") == 0xAF63DC4C8601EC8C
    assert purpose("foobar") == 0x85944171F73967E8


def test_uniform_is_the_hash_of_its_key_and_repeats_in_64_bit_arithmetic() -> None:
    key = (7, 3, purpose("filings.listing") + 12, purpose("screening.decision.choice"), 2)
    with np.errstate(over="ignore"):
        state = np.uint64(0)
        golden, first, second = (
            np.uint64(each) for each in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
        )
        for part in key:
            x = (state ^ np.uint64(part)) + golden
            x = (x ^ (x >> np.uint64(30))) * first
            x = (x ^ (x >> np.uint64(27))) * second
            state = x ^ (x >> np.uint64(31))

    expected = (float(state >> np.uint64(12)) + 0.5) * 2.0**-52
    assert uniform(*key) == expected
    assert uniform_of(root(*key[:3]), *key[3:]) == expected


def varied(part: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Numbers whose keys differ in one part only, and there by 1."""
    parts = ("seed", "replication", "case", "purpose", "index")
    keys = ([number if name == part else 5 for name in parts] for number in range(MANY))
    return np.array([uniform(*key) for key in keys])


PARTS = ["seed", "replication", "case", "purpose", "index"]


@pytest.mark.parametrize("part", PARTS)
def test_numbers_are_uniform_whatever_part_of_the_key_counts_up(part: str) -> None:
    """Kolmogorov-Smirnov and chi-square over 256 cells, each at level 1e-6."""
    u = varied(part)

    assert stats.kstest(u, "uniform").pvalue > LEVEL
    assert stats.chisquare(np.histogram(u, 256, (0, 1))[0]).pvalue > LEVEL


@pytest.mark.parametrize("part", PARTS)
def test_neighbouring_keys_give_independent_numbers(part: str) -> None:
    """Chi-square over 16 x 16 cells of the pairs (u_i, u_i+1), and of (u_i, u_i+2), at level 1e-6."""
    u = varied(part)
    for lag in (1, 2):
        cells = np.histogram2d(u[:-lag], u[lag:], 16, [(0, 1), (0, 1)])[0]
        assert stats.chisquare(cells.ravel()).pvalue > LEVEL


def test_numbers_of_neighbours_in_two_parts_are_independent() -> None:
    """A case's number for one purpose against its neighbour's for the next, at level 1e-6."""
    pairs = np.array([[uniform(1, 0, n, 8, 0), uniform(1, 0, n + 1, 9, 0)] for n in range(MANY)])
    cells = np.histogram2d(pairs[:, 0], pairs[:, 1], 16, [(0, 1), (0, 1)])[0]

    assert stats.chisquare(cells.ravel()).pvalue > LEVEL


def test_the_extreme_numbers_lie_inside_the_open_interval() -> None:
    for bits in (0, 2**64 - 1):
        u = ((bits >> 12) + 0.5) * 2.0**-52
        assert 0.0 < u < 1.0
        assert abs(normal_quantile(u)) < 8.25


def test_normal_quantile_against_scipy_ndtri_to_2e_15() -> None:
    tails = [2.0**-k for k in range(1, 54)]
    points = [*tails, *(1 - p for p in tails[1:]), *(np.arange(1, 2000) / 2000)]

    for p in map(float, points):
        assert normal_quantile(p) == pytest.approx(float(ndtri(p)), rel=2e-15, abs=1e-16)


LAWS = [
    {"law": "exponential", "mean": 3.0},
    {"law": "lognormal", "mean": 3.0, "cv": 0.6},
    {"law": "uniform", "low": 1.0, "high": 4.0},
    {"law": "triangular", "low": 1.0, "mode": 1.5, "high": 6.0},
    {"law": "gamma", "mean": 3.0, "cv": 0.7},
    {"law": "erlang", "a": 3, "scale": 2.0},
    {"law": "weibull_min", "c": 1.5, "scale": 4.0},
]
SCIPY = [
    stats.expon(scale=3.0),
    stats.lognorm(np.sqrt(np.log1p(0.36)), scale=3.0 / np.sqrt(1.36)),
    stats.uniform(1.0, 3.0),
    stats.triang(0.1, 1.0, 5.0),
    stats.gamma(0.7**-2, scale=3.0 * 0.49),
    stats.erlang(3, scale=2.0),
    stats.weibull_min(1.5, scale=4.0),
]


@pytest.mark.parametrize(("written", "theory"), list(zip(LAWS, SCIPY, strict=True)))
def test_variates_follow_their_law_against_scipy(
    written: dict[str, object], theory: object
) -> None:
    """Quantiles to the accuracy of the table (1e-4), the mean stated is exact; level 1e-6 for the rest."""
    found = law(written)
    grid = np.concatenate([np.arange(1, 200) / 200, 10.0 ** -np.arange(3, 12)])
    for p in map(float, grid):
        assert variate(found, p) == pytest.approx(float(theory.ppf(p)), rel=3e-4, abs=1e-6)  # type: ignore[attr-defined]

    x = [variate(found, uniform(3, 0, n, 1, 0)) for n in range(10_000)]
    assert stats.kstest(x, theory.cdf).pvalue > LEVEL  # type: ignore[attr-defined]
    assert found.mean == pytest.approx(float(theory.mean()), rel=1e-12)  # type: ignore[attr-defined]


@pytest.mark.parametrize("written", [*LAWS, {"law": "empirical", "values": [3, 1, 2]}])
def test_a_larger_number_never_gives_a_smaller_variate(written: dict[str, object]) -> None:
    found = law(written)
    drawn = [variate(found, float(p)) for p in np.arange(1, 5000) / 5000]

    assert all(a <= b for a, b in pairwise(drawn))


def test_an_empirical_law_gives_each_observation_equally_often() -> None:
    found = law({"law": "empirical", "values": [5, 1, 2, 1]})

    assert [variate(found, p) for p in (0.1, 0.3, 0.6, 0.9)] == [1.0, 1.0, 2.0, 5.0]
    assert found.mean == 2.25


def test_a_deterministic_law_gives_its_value() -> None:
    assert variate(law({"law": "deterministic", "value": 4}), 0.77) == 4.0


@pytest.mark.parametrize(("mean", "correlation"), [(0.02, 0.3), (0.3, 0.1), (0.5, 0.6)])
def test_the_propensity_table_has_the_mean_and_correlation_of_the_beta_binomial(
    mean: float, correlation: float
) -> None:
    """Mean m and variance m (1 - m) rho of the beta distribution, by integration over the table."""
    table = beta_table(mean, correlation)
    u = (np.arange(200_000) + 0.5) / 200_000
    p = np.array([interpolated(table, float(z)) for z in ndtri(u)])

    assert p.mean() == pytest.approx(mean, rel=2e-3)
    assert p.var() == pytest.approx(mean * (1 - mean) * correlation, rel=5e-3)


def test_without_correlation_every_case_has_the_same_propensity() -> None:
    assert set(beta_table(0.2, 0.0)) == {0.2}


def test_the_kinds_keep_their_numbers_for_compiled_engines() -> None:
    assert [kind.value for kind in Kind] == [0, 1, 2, 3, 4, 5, 6]
