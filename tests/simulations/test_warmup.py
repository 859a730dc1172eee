from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from duecourse.errors import InvalidInput
from duecourse.simulations import simulate, warmed_up
from duecourse.simulations.warmup import Truncation, mean_of, mser5

if TYPE_CHECKING:
    from collections.abc import Callable

    from duecourse.scenarios import Scenario


def batches(*means: float) -> list[float]:
    """Return a series whose batches of five have these means."""
    return [mean + shift for mean in means for shift in (-2, -1, 0, 1, 2)]


def test_mser_5_of_a_hand_calculated_series() -> None:
    """Batch means 8, 2, 1, 3: errors 29/16 = 1.81, 2/9 = 0.22, 2/4 = 0.5 without 0, 1, 2 batches: cut one."""
    assert mser5(batches(8, 2, 1, 3)) == Truncation(points=5, settled=True)


def test_a_few_values_less_are_not_worth_a_cut() -> None:
    """Batch means 2, 0, 2, 0: 4/16 = 0.25, 2.67/9 = 0.30, 2/4 = 0.5: none; by variances alone (1, 0.89, 1) it were one."""
    assert mser5(batches(2, 0, 2, 0)) == Truncation(points=0, settled=True)


def test_a_series_that_only_grows_has_not_settled() -> None:
    """Batch means 1, 2, 3, 4: 5/16 = 0.31, 2/9 = 0.22, 0.5/4 = 0.125: the best cut is the half, where the search ends."""
    assert mser5(batches(1, 2, 3, 4)) == Truncation(points=10, settled=False)


def test_a_level_series_needs_no_warm_up_and_what_fills_no_batch_is_left_out() -> None:
    assert mser5([3.0] * 23) == Truncation(points=0, settled=True)
    assert mser5([*batches(8, 2, 1, 3), 1e9]) == mser5(batches(8, 2, 1, 3))


@pytest.mark.parametrize("length", [0, 4, 9])
def test_a_series_of_less_than_two_batches_tells_nothing(length: int) -> None:
    assert mser5([1.0] * length) == Truncation(points=0, settled=False)


def test_the_series_is_the_mean_over_replications() -> None:
    assert mean_of([[1, 2], [3, 6]]) == (2, 4)
    assert Truncation(10, settled=True).days == 50


def test_a_filling_office_gets_a_warm_up_and_an_overrun_one_is_refused(
    toy: Callable[..., Scenario],
) -> None:
    """Work of 20 days by 50 clerks fills up in 20 days; by one clerk, 250 cases a year never settle."""
    activity = 'work = "desk"\neffort = { law = "deterministic", value = 20 }\ntake = "decide"'
    found = warmed_up(toy(activity, years=2, size=50), replications=3)
    result = simulate(found, replications=2)

    assert result.warm_up_found is not None
    assert 0 < found.warm_up < 0.5
    with pytest.raises(InvalidInput, match="MSER-5 finds no end of the warm-up of toy"):
        warmed_up(toy(activity, years=2, size=1), replications=3)
