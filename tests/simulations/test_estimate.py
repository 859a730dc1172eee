from __future__ import annotations

import math

import pytest

from duecourse.simulations.estimate import estimate, share_estimate, student, summary


def test_the_interval_of_a_textbook_example_against_law_2015_example_9_14() -> None:
    """Ten means 1.20 … 0.51 have mean 1.34, variance 0.17 and the 90 % interval 1.34 +- 0.24.

    Law, Simulation Modeling and Analysis, example 4.26 and 9.14.
    """
    values = [1.20, 1.50, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.50, 1.09]
    found = estimate(values, 0.90)

    assert round(found.mean, 2) == 1.34
    assert round(found.half_width, 2) == 0.24
    assert (found.replications, found.level) == (10, 0.90)


def test_students_quantiles_against_the_table() -> None:
    assert student(9, 0.95) == pytest.approx(2.262, abs=5e-4)
    assert student(1, 0.99) == pytest.approx(63.657, abs=5e-4)


def test_replications_without_a_value_are_left_out_and_counted_out() -> None:
    found = estimate([1.0, math.nan, 3.0])

    assert (found.mean, found.replications) == (2.0, 2)
    assert estimate([math.nan]).replications == 0


def test_one_replication_gives_no_interval() -> None:
    found = estimate([4.0])

    assert (found.mean, found.replications) == (4.0, 1)
    assert math.isnan(found.low)
    assert math.isnan(found.high)
    assert found.to_dict() == {
        "mean": 4.0,
        "low": None,
        "high": None,
        "replications": 1,
        "level": 0.95,
    }


def test_a_share_that_never_happened_still_has_a_width_against_clopper_pearson() -> None:
    """0 of 100: the exact two-sided 95 % limit is 1 - 0.025^(1/100) = 0.03622."""
    found = share_estimate([0.0, 0.0], [40, 60])
    always = share_estimate([1.0, 1.0], [40, 60])

    assert (found.mean, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(0.03622, abs=5e-6)
    assert always.low == pytest.approx(1 - 0.03622, abs=5e-6)
    assert always.high == 1.0


def test_the_interval_of_a_share_stays_between_0_and_1() -> None:
    found = share_estimate([0.0, 0.1, 0.0], [10, 10, 10])

    assert found.low == 0.0
    assert math.isnan(share_estimate([0.5], [10]).high)


def test_the_interval_of_what_cannot_be_negative_is_cut_at_0_by_hand() -> None:
    """0 and 1: mean 1/2, standard error 1/2, t of one degree 12.706; 0.5 + 6.353, and 0 in place of -5.853."""
    found = estimate([0.0, 1.0], at_least=0.0)

    assert (found.mean, found.low) == (0.5, 0.0)
    assert found.high == pytest.approx(6.853, abs=5e-4)
    assert estimate([0.0, 1.0]).low == pytest.approx(-5.853, abs=5e-4)


def test_mean_median_and_quantile_by_hand() -> None:
    """1, 2, 3, 4, 10: mean 4, median 3; 90 % is at 0.9 * 4 = 3.6: 4 + 0.6 * 6 = 7.6; 95 % at 3.8: 4 + 0.8 * 6 = 8.8."""
    assert summary([10, 1, 4, 3, 2]) == pytest.approx((4.0, 3, 7.6, 8.8))
    assert summary([5.0]) == (5.0, 5.0, 5.0, 5.0)
    assert all(map(math.isnan, summary([])))
