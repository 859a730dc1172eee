"""The sequential procedures against their stated error, on normal values with known means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import binom

from duecourse.simulations.ranking import Answer, against, opening, select, variance

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ERROR = 0.05
RUNS = 1_000
ALARM = 1e-4
"""The probability with which one of these tests fails if the procedure errs as often as it may."""


def allowed(error: float, runs: int = RUNS) -> int:
    """Return how many errors are no surprise at this probability of one."""
    return int(binom.isf(ALARM, runs, error))


def test_the_triangle_opens_as_by_hand() -> None:
    """n0 = 3, error 0.125: h^2 = 2 · (0.25^(-1) - 1) = 6."""
    assert opening(3, 0.125) == pytest.approx(6.0)


def test_an_answer_by_hand() -> None:
    """Values 3, 5, 4 with limit 1, delta 2, error 0.125: S^2 = 1, half = 6 · 1 / 4 = 1.5; after 3: 1.5 - 3 < 0.

    So the first look decides, by the sign of the sum 2 + 4 + 3.
    """
    assert against([3, 5, 4], 1, 2, 0.125, first=3) == (Answer.FAILS, 3)
    assert against([-3, -5, -4], 1, 2, 0.125, first=3) == (Answer.MEETS, 3)


@pytest.mark.parametrize(("mean", "right"), [(-1.0, Answer.MEETS), (1.0, Answer.FAILS)])
@pytest.mark.parametrize("deviation", [1.0, 8.0])
def test_a_mean_at_the_edge_of_the_indifference_is_told_wrong_no_oftener_than_stated(
    mean: float, deviation: float, right: Answer
) -> None:
    """Exact for normal values, whatever their variance, which is not known to the procedure."""
    random = np.random.default_rng(20260727)
    wrong = sum(
        against(random.normal(mean, deviation, 3_000).tolist(), 0.0, 1.0, ERROR, first=10)[0]
        is not right
        for _ in range(RUNS)
    )

    assert wrong <= allowed(ERROR)


def test_the_error_is_not_much_smaller_than_stated_either() -> None:
    """A procedure that never errs would waste replications: one with twice the error must be noticed."""
    random = np.random.default_rng(1)
    wrong = sum(
        against(random.normal(1.0, 8.0, 3_000).tolist(), 0.0, 1.0, 4 * ERROR, first=10)[0]
        is Answer.MEETS
        for _ in range(RUNS)
    )

    assert wrong > allowed(ERROR)


def test_what_is_far_from_the_limit_is_told_soon_and_what_is_near_takes_long() -> None:
    random = np.random.default_rng(2)
    counts = [
        np.mean(
            [
                against(random.normal(mean, 4.0, 5_000).tolist(), 0.0, 1.0, ERROR)[1]
                for _ in range(50)
            ]
        )
        for mean in (8.0, 2.0, 0.0)
    ]

    assert counts == sorted(counts)
    assert counts[0] == 20


def test_too_few_values_and_no_numbers_leave_the_answer_open() -> None:
    assert against([1.0] * 5, 0.0, 1.0, ERROR) == (Answer.OPEN, 5)
    assert against([float("nan")] * 50, 0.0, 1.0, ERROR) == (Answer.OPEN, 50)


def normals(means: Sequence[float], correlation: float, seed: int) -> Callable[[int, int], float]:
    """Return systems with these means and the standard deviation 3, correlated as by common random numbers."""
    count = len(means)
    covariance = 9 * (np.eye(count) * (1 - correlation) + correlation)
    values = np.random.default_rng(seed).multivariate_normal(means, covariance, 2_000)
    return lambda system, number: float(values[number, system])


@pytest.mark.parametrize("correlation", [0.0, 0.8])
def test_the_best_of_four_is_selected_as_often_as_stated(correlation: float) -> None:
    """The least favourable case of KN: all others are worse by exactly the indifference; with common random numbers too."""
    wrong = 0
    for seed in range(RUNS // 2):
        sample = normals((0.0, 1.0, 1.0, 1.0), correlation, seed)
        place, _, told = select(sample, 4, 1.0, ERROR, first=10, at_most=2_000)
        assert told
        wrong += place != 0

    assert wrong <= allowed(ERROR, RUNS // 2)


def test_common_random_numbers_save_replications() -> None:
    counts = [
        select(normals((0.0, 1.0, 1.0), correlation, 3), 3, 1.0, ERROR, at_most=2_000)[1]
        for correlation in (0.0, 0.9)
    ]

    assert counts[1] < counts[0] / 2


def test_equals_are_told_to_be_equal_and_a_cap_is_kept() -> None:
    assert select(lambda _, r: float(r % 2), 2, 0.5, ERROR, first=5) == (0, 5, True)
    assert select(
        lambda i, r: float((-1) ** (r + i) * 100), 2, 0.01, ERROR, first=5, at_most=9
    ) == (
        0 if sum((-1) ** r for r in range(9)) < 0 else 1,
        9,
        False,
    )


def test_the_variance_by_hand() -> None:
    assert variance([1.0, 2.0, 6.0]) == 7.0
