from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import binom

from duecourse.errors import InvalidInput
from duecourse.simulations.batches import batch_means, neighbours

if TYPE_CHECKING:
    from collections.abc import Callable

    from duecourse.scenarios import Scenario

WORK = 'work = "desk"\neffort = { law = "exponential", mean = 0.5 }\ntake = "decide"'


def test_von_neumanns_ratio_by_hand() -> None:
    """1 … 8: squares around 4.5 add up to 42, seven steps of 1: 1 - 7 / 84 = 0.9167, more than 1.645 sqrt(6 / 63)."""
    correlation, independent = neighbours([1, 2, 3, 4, 5, 6, 7, 8])
    turning, apart = neighbours([1, -1] * 4)

    assert correlation == pytest.approx(1 - 7 / 84)
    assert not independent
    assert turning == pytest.approx(1 - 28 / 16)
    assert apart


def test_too_few_or_equal_values_tell_no_correlation() -> None:
    assert math.isnan(neighbours([1.0, 2.0])[0])
    assert neighbours([3.0] * 9)[1]
    assert not neighbours([math.nan] * 20)[1]


def test_independent_batches_are_called_correlated_as_rarely_as_stated_and_others_mostly() -> None:
    """5 % of independent ones; of a correlation of 0.8 nine in ten are noticed. Fails by chance once in 10^4."""
    random = np.random.default_rng(3)
    noise = random.normal(size=(2_000, 20))
    alarms = sum(not neighbours(row.tolist())[1] for row in noise)
    walk = np.zeros((200, 20))
    for at in range(1, 20):
        walk[:, at] = 0.8 * walk[:, at - 1] + random.normal(size=200)
    noticed = sum(not neighbours(row.tolist())[1] for row in walk)

    assert binom.ppf(1e-4, 2_000, 0.05) <= alarms <= binom.isf(1e-4, 2_000, 0.05)
    assert noticed > 170


def test_batches_share_the_time_after_the_warm_up(toy: Callable[..., Scenario]) -> None:
    """Mean time 1 / (2 - 1) = 1 day with exponential work of mean 0.5 at load 0.5 (M/M/1, in working days)."""
    found = batch_means(toy(WORK, years=12, warm_up=1, per_year=250), 20, level=1 - 1e-4)
    time = next(each for each in found.rows if each.name == "time.working.mean")

    assert found.count * found.days == pytest.approx(250 * 11, rel=0.02)
    assert time.estimate.replications == 20
    assert time.estimate.low < 1.0 < time.estimate.high
    assert found.to_dict()["measures"]["time.working.mean"]["independent"] == time.independent


@pytest.mark.parametrize(
    ("count", "message"),
    [(7, "7 batches: 8 are the fewest"), (5_000, "5000 batches of less than a working day")],
)
def test_batches_that_tell_nothing_are_refused(
    count: int, message: str, toy: Callable[..., Scenario]
) -> None:
    with pytest.raises(InvalidInput, match=message):
        batch_means(toy(WORK, years=1), count)
