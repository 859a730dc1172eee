from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom

from duecourse.simulations.comparison import difference, holm
from duecourse.simulations.estimate import estimate


def test_holm_by_hand() -> None:
    """Of 0.01, 0.04, 0.02, 0.005 at 5 %: 0.005 <= 0.0125, 0.01 <= 0.0167, 0.02 <= 0.025, 0.04 <= 0.05: all four."""
    assert holm({"a": 0.01, "b": 0.04, "c": 0.02, "d": 0.005}, 0.05) == set("abcd")
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}, 0.05) == {"a"}
    assert holm({}, 0.05) == frozenset()


def test_the_p_value_of_a_paired_t_test_by_hand() -> None:
    """Differences 1, 2, 3: mean 2, error 1/sqrt(3), t = 3.4641 with 2 degrees of freedom: p = 0.0742."""
    found = difference(estimate([0] * 3), estimate([1, 2, 3]), ([0, 0, 0], [1, 2, 3]), 0.95)

    assert found.p == pytest.approx(0.0742, abs=5e-5)
    assert found.difference.mean == 2


def test_the_gain_is_the_variance_apart_by_the_variance_together() -> None:
    """a = 1, 2, 3 and b = 2, 3, 5: variances 1 and 7/3, of the difference 1, 1, 2: 1/3; gain (1 + 7/3) / (1/3) = 10."""
    found = difference(estimate([1]), estimate([1]), ([1, 2, 3], [2, 3, 5]), 0.95)

    assert found.gain == pytest.approx(10)


def test_what_never_varies_is_clear_where_it_differs_and_has_no_gain() -> None:
    same = difference(estimate([1, 1]), estimate([1, 1]), ([1, 1], [1, 1]), 0.95)
    apart = difference(estimate([1, 1]), estimate([2, 2]), ([1, 1], [2, 2]), 0.95)

    assert (same.p, apart.p) == (1.0, 0.0)
    assert math.isnan(same.gain)
    assert difference(estimate([1]), estimate([2]), ([1], [2]), 0.95).p == 1.0


def test_among_twenty_differences_of_nothing_a_clear_one_is_as_rare_as_stated() -> None:
    """Together at 5 %: of 1,000 comparisons with 20 rows each, about 50 have any clear row; by itself 1 in 20 rows."""
    random = np.random.default_rng(5)
    together = alone = 0
    for _ in range(1_000):
        rows = random.normal(0, 1, (20, 8))
        found = {
            str(at): difference(estimate([0]), estimate([0]), ([0] * 8, row.tolist()), 0.95)
            for at, row in enumerate(rows)
        }
        together += bool(holm({name: each.p for name, each in found.items()}, 0.05))
        alone += any(each.clear for each in found.values())

    assert together <= binom.isf(1e-4, 1_000, 0.05)
    assert alone > 500
