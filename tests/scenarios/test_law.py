from __future__ import annotations

import pytest

from duecourse.scenarios.law import LawError, law


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
    ],
)
def test_a_law_that_cannot_be_says_why(written: dict[str, object], message: str) -> None:
    with pytest.raises(LawError) as error:
        law(written)

    assert message in str(error.value)


def test_a_law_remembers_how_it_was_written() -> None:
    assert law({"law": "lognormal", "mean": 2.0, "cv": 0.5}).text == "lognormal(mean=2.0, cv=0.5)"
