"""The rule that says how many replications are enough: its coverage, and what it says by hand."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import binom

from duecourse.errors import InvalidInput
from duecourse.simulations import Precision, extend, simulate
from duecourse.simulations.estimate import student
from duecourse.simulations.measure import Sample
from duecourse.simulations.precision import next_size, reached

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from duecourse.scenarios import Scenario

ALARM = 1e-4
LEVEL = 0.9
RUNS = 1_500


def samples(values: Sequence[float], name: str = "x.share") -> list[Sample]:
    return [Sample({name: value}, {}, (), 0, 0) for value in values]


def run_rule(values: np.ndarray, asked: Precision) -> tuple[float, int]:
    """Return the estimate at which the rule stops, and after how many values."""
    size = asked.pilot
    while True:
        found = reached(samples(values[:size].tolist()), asked, LEVEL)
        if found.reached or size >= asked.at_most:
            return found.rows[0].estimate.mean, size
        size = next_size(found)


@pytest.mark.parametrize(("deviation", "pilot"), [(0.5, 3), (2.0, 10)])
def test_the_stopping_rule_covers_at_its_level_on_normal_values(
    deviation: float, pilot: int
) -> None:
    """Exact for a fixed width, by Stein: mean +- d covers in at least 90 %; fails by chance once in 10^4."""
    random = np.random.default_rng(11)
    asked = Precision(0.25, ("x.share",), at_most=4_000, pilot=pilot)
    ends = [run_rule(random.normal(3.0, deviation, 4_000), asked) for _ in range(RUNS)]
    missed = sum(abs(mean - 3.0) > 0.25 for mean, _ in ends)

    assert missed <= binom.isf(ALARM, RUNS, 1 - LEVEL)
    assert all(pilot <= size < 4_000 for _, size in ends)


def test_chow_and_robbins_alone_would_not_cover_from_a_small_pilot() -> None:
    """The planted error: without Stein's number the rule stops where the variance came out small."""
    random = np.random.default_rng(11)
    missed = 0
    for _ in range(RUNS):
        values = random.normal(3.0, 0.5, 2_000)
        size = 3
        while student(size - 1, LEVEL) * values[:size].std(ddof=1) / math.sqrt(size) > 0.25:
            size += 1
        missed += abs(values[:size].mean() - 3.0) > 0.25

    assert missed > binom.isf(ALARM, RUNS, 1 - LEVEL)


def test_a_relative_precision_covers_nearly_at_its_level() -> None:
    """Only asymptotic (Nadas): on exponential values with 10 % asked for, 87 % must be covered where 90 % is nominal."""
    random = np.random.default_rng(12)
    asked = Precision(0.1, ("x",), at_most=4_000)
    missed = 0
    for _ in range(400):
        values = random.exponential(2.0, 4_000)
        size = asked.pilot
        while not (found := reached(samples(values[:size].tolist(), "x"), asked, LEVEL)).reached:
            size = next_size(found)
        missed += abs(found.rows[0].estimate.mean - 2.0) > 0.1 * 2.0

    assert missed <= binom.isf(ALARM, 400, 0.13)


def test_steins_number_by_hand() -> None:
    """0, 1, 0, 1 … have variance 20/19 · 0.25 = 0.26316; (t(19, 0.9) / 0.1)^2 times that is 78.68."""
    found = reached(samples([0.0, 1.0] * 10), Precision(0.1, ("x.share",)), LEVEL)

    assert found.rows[0].needed == pytest.approx(1.72913**2 * 0.263158 / 0.01, rel=1e-4)
    assert (found.needed, found.reached, next_size(found)) == (79, False, 79)


def test_what_is_no_share_gets_a_part_of_its_mean() -> None:
    """10 % of a mean of 11: 0.1 / 1.1 · 11 = 1 (Law, 9.4.1)."""
    found = reached(samples([10.0, 12.0] * 10, "time"), Precision(0.1, ("time",)), LEVEL)

    assert found.rows[0].asked == pytest.approx(1.0)


def test_several_indicators_share_the_error() -> None:
    both = [Sample({"a.share": x, "b.share": 1 - x}, {}, (), 0, 0) for x in [0.2, 0.4] * 10]
    found = reached(both, Precision(0.1, ("*.share",)), 0.95)

    assert [each.name for each in found.rows] == ["a.share", "b.share"]
    assert all(each.estimate.level == pytest.approx(0.975) for each in found.rows)


def test_what_has_no_value_is_left_out_and_said() -> None:
    runs = [Sample({"a.share": 0.5, "b.share": math.nan}, {}, (), 0, 0)] * 20
    found = reached(runs, Precision(0.1, ("*.share",)), 0.95)

    assert found.without == ("b.share",)
    assert found.reached


def test_a_share_that_never_happened_is_no_reason_to_stop() -> None:
    """0 of 20 trials: Clopper and Pearson's interval [0, 0.168] is wider than +- 5 points."""
    runs = [Sample({"a.share": 0.0}, {"a.share": 1}, (), 0, 0)] * 20
    found = reached(runs, Precision(0.05, ("a.share",)), 0.95)

    assert found.rows[0].estimate.high == pytest.approx(0.1684, abs=5e-5)
    assert not found.reached


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"width": 5}, "precision = 5: it lies between 0 and 1, such as 0.05 for 5 %"),
        ({"width": 0.1, "at_most": 10}, "at most 10 replications: the first stage alone takes 20"),
        ({"width": 0.1, "pilot": 1}, "a pilot of 1 replications: a variance needs 2"),
    ],
)
def test_a_precision_out_of_range_is_refused(settings: dict[str, int], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        Precision(**settings)  # type: ignore[arg-type]  # one setting each, of its own type


# --- simulations --------------------------------------------------------------------------------------

ACTIVITY = 'work = "desk"\neffort = { law = "exponential", mean = 0.6 }\ntake = "decide"'


def test_a_simulation_goes_on_until_it_is_precise_and_no_longer(
    toy: Callable[..., Scenario],
) -> None:
    scenario = toy(ACTIVITY, years=1)
    asked = Precision(0.1, ("time.working.mean", "pool.desk.utilisation"))
    found = simulate(scenario, precision=asked)
    fixed = simulate(scenario, replications=found.replications)

    assert found.precision is not None
    assert found.precision.reached
    assert asked.pilot < found.precision.needed <= found.replications < 40
    assert json.dumps({**found.to_dict(), "precision": None}) == json.dumps(fixed.to_dict())


def test_a_cap_ends_the_search_and_is_told(toy: Callable[..., Scenario]) -> None:
    asked = Precision(0.01, ("time.working.mean",), at_most=22)
    found = simulate(toy(ACTIVITY, years=0.5), precision=asked).precision

    assert found is not None
    assert (found.replications, found.reached) == (22, False)
    assert found.needed > 22


def test_ten_replications_and_ten_more_are_twenty(toy: Callable[..., Scenario]) -> None:
    scenario = toy(ACTIVITY, years=0.5)
    ten = simulate(scenario, replications=10, seed=4)
    twenty = simulate(scenario, replications=20, seed=4)

    assert json.dumps(extend(ten, replications=10).to_dict()) == json.dumps(twenty.to_dict())


def test_more_replications_run_only_what_is_new(toy: Callable[..., Scenario]) -> None:
    calls: list[tuple[int, int]] = []
    ten = simulate(toy(ACTIVITY, years=0.5), replications=3)
    extend(ten, replications=2, progress=lambda *done: calls.append(done))

    assert calls == [(4, 5), (5, 5)]
