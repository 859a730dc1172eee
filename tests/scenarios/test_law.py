from __future__ import annotations

import math

import pytest

from duecourse.scenarios.law import LawError, law
from duecourse.simulations.randomness import variate


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({}, 'a distribution is a table with a "law"'),
        ({"law": "lognorml", "mean": 1, "cv": 1}, 'did you mean "lognormal"'),
        ({"law": "lognormal", "mean": 1}, 'lognormal needs "cv"; its parameters: mean, cv'),
        ({"law": "lognormal", "mean": 1, "sd": 1}, 'lognormal has no "sd"'),
        ({"law": "lognormal", "mean": "1", "cv": 1}, "mean = 1 is no number"),
        ({"law": "lognormal", "mean": True, "cv": 1}, "mean = True is no number"),
        ({"law": "exponential", "mean": float("inf")}, "mean = inf is no number"),
        ({"law": "exponential", "mean": 0}, "mean = 0 must be greater than 0"),
        ({"law": "deterministic", "value": -1}, "-1 is negative"),
        ({"law": "uniform", "low": 3, "high": 2}, "0 <= low <= high does not hold of 3 and 2"),
        ({"law": "triangular", "low": 1, "mode": 5, "high": 2}, "0 <= low <= mode <= high fails"),
        ({"law": "empirical", "values": []}, "a list of numbers of 0 or more"),
        ({"law": "empirical", "values": [1, -2]}, "a list of numbers of 0 or more"),
        ({"law": "norm", "loc": 5, "scale": 1}, "reaches down to -inf; a duration is 0 or more"),
        ({"law": "pareto", "b": 0.5}, "has no finite mean"),
        ({"law": "gamma", "a": 2, "shape": 2}, 'gamma has no "shape"'),
        ({"law": "binom", "n": 2, "p": 0.5}, "nor a continuous distribution of scipy.stats"),
        ({"law": "exponential", "mean": 1, "at_most": -1}, "at_most = -1 is no duration"),
        ({"law": "exponential", "mean": 1, "at_least": 9, "at_most": 8}, "leaves nothing between"),
        ({"law": "deterministic", "value": 3, "at_most": 2}, "leaves nothing between 0 and 2"),
        ({"law": "empirical", "values": [5, 7], "at_most": 2}, "leaves nothing between 0 and 2"),
        ({"law": "pareto", "b": 0.5, "at_least": 2}, "has no finite mean; give it an upper bound"),
        ({"law": "gamma", "a": -1}, "has no such parameters"),
    ],
)
def test_a_law_that_cannot_be_says_why(written: dict[str, object], message: str) -> None:
    with pytest.raises(LawError) as error:
        law(written)

    assert message in str(error.value)


def test_a_law_remembers_how_it_was_written() -> None:
    assert law({"law": "lognormal", "mean": 2.0, "cv": 0.5}).text == "lognormal(mean=2.0, cv=0.5)"


@pytest.mark.parametrize("u", [1e-12, 0.001, 0.2, 0.5, 0.9, 0.999, 1 - 1e-12])
def test_a_bounded_exponential_law_against_its_closed_form(u: float) -> None:
    """F(x) = (e^(-a/m) - e^(-x/m)) / (e^(-a/m) - e^(-b/m)) between a = 1 and b = 5, with m = 2."""
    found = law({"law": "exponential", "mean": 2, "at_least": 1, "at_most": 5})
    a, b = math.exp(-1 / 2), math.exp(-5 / 2)

    assert variate(found, u) == pytest.approx(-2 * math.log(a - u * (a - b)), rel=1e-4)
    assert found.mean == pytest.approx((3 * a - 7 * b) / (a - b), rel=1e-9)


@pytest.mark.parametrize(
    "written",
    [
        {"law": "lognormal", "mean": 3, "cv": 1, "at_most": 6},
        {"law": "uniform", "low": 1, "high": 9, "at_least": 4},
        {"law": "triangular", "low": 1, "mode": 2, "high": 9, "at_least": 1.5, "at_most": 8},
        {"law": "gamma", "mean": 3, "cv": 0.5, "at_least": 2},
        {"law": "norm", "loc": 2, "scale": 3, "at_least": 0},
        {"law": "cauchy", "at_most": 50},
    ],
)
def test_a_bounded_law_stays_within_its_bounds_and_has_its_mean(written: dict[str, float]) -> None:
    """The mean of 20,000 equally spaced quantiles against the exact mean: off by 1 in a thousand at most."""
    found = law(written)
    parts = [variate(found, (n + 0.5) / 20_000) for n in range(20_000)]

    assert parts == sorted(parts)
    assert written.get("at_least", 0) <= parts[0]
    assert parts[-1] <= written.get("at_most", math.inf)
    assert sum(parts) / len(parts) == pytest.approx(found.mean, rel=1e-3)


def test_observations_and_fixed_values_may_be_bounded_too() -> None:
    values = [1, 2, 3, 4, 5]
    found = law({"law": "empirical", "values": values, "at_least": 2, "at_most": 4})

    assert (found.values, found.mean) == ((2.0, 3.0, 4.0), 3.0)
    assert law({"law": "deterministic", "value": 3, "at_most": 3}).values == (3.0,)
