"""The search for a staffing on values whose means are known: it finds the cheapest as often as it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import binom

from duecourse.errors import InvalidInput
from duecourse.simulations.ranking import Answer
from duecourse.simulations.staffing import Plan, Range, Search, Target

if TYPE_CHECKING:
    from collections.abc import Callable

    Sizes = tuple[int, ...]

LEVEL = 0.9
RANGES = (Range("desk", 1, 4), Range("team", 1, 5, cost=1.5))
TARGET = Target("late", 0.10, 0.02)


def late(sizes: Sizes) -> float:
    """Less late with more people of either kind; 4 is offered to both together."""
    return 0.6 / (sizes[0] + sizes[1])


class Fake:
    """Replications with known means, sharing most of their noise as common random numbers do."""

    def __init__(
        self, seed: int, mean: Callable[[Sizes], float], load: tuple[float, float] = (0.5, 0.5)
    ) -> None:
        self.random, self.mean, self.load = np.random.default_rng(seed), mean, load
        self.common = self.random.normal(0, 0.04, 2_000)
        self.seen: dict[Sizes, list[dict[str, float]]] = {}

    def values(self, sizes: Sizes, count: int) -> list[dict[str, float]]:
        runs = self.seen.setdefault(sizes, [])
        while len(runs) < count:
            own = self.random.normal(0, 0.03)
            runs.append(
                {
                    "late": self.mean(sizes) + self.common[len(runs)] + own,
                    "pool.desk.utilisation": self.load[0] / sizes[0] + self.random.normal(0, 0.01),
                    "pool.team.utilisation": self.load[1] / sizes[1] + self.random.normal(0, 0.01),
                }
            )
        return runs

    def fresh(self, sizes: Sizes, number: int) -> float:
        return float(self.mean(sizes) + self.common[-1 - number] + self.random.normal(0, 0.03))


def searched(
    seed: int,
    mean: Callable[[Sizes], float] = late,
    load: tuple[float, float] = (0.5, 0.5),
    **settings: int,
) -> Plan:
    fake = Fake(seed, mean, load)
    search = Search(RANGES, (TARGET,), fake.values, LEVEL, fresh=fake.fresh, **settings)  # type: ignore[arg-type]
    return search.run()


def costs(sizes: Sizes) -> float:
    return sizes[0] + 1.5 * sizes[1]


def test_the_cheapest_is_found_as_often_as_stated() -> None:
    """Means 0.6 / people: six people have exactly the limit, so five (0.12) surely fail and seven (0.086) may be told
    either way; right is what costs no more than the cheapest seven and has six people or more."""
    runs, wrong = 150, 0
    for seed in range(runs):
        best = searched(seed).best
        wrong += best is None or sum(best.sizes) < 6 or best.cost > costs((4, 3)) + 1e-9

    assert wrong <= binom.isf(1e-4, runs, 1 - LEVEL)


def test_most_of_the_grid_is_never_simulated() -> None:
    found = searched(1)

    assert found.monotone
    assert len(found.simulated) < 10 < found.count == 20
    assert found.ruled_out + found.dearer + found.too_small + len(found.simulated) == found.count


def test_a_pool_that_is_smaller_than_its_work_is_not_tried() -> None:
    """2.4 people of work for the desk: one and two are too few."""
    found = searched(1, load=(2.4, 0.5))

    assert found.load[0].mean == pytest.approx(2.4, abs=0.05)
    assert found.too_small == 10
    assert all(each.sizes[0] > 2 for each in found.simulated)


def test_where_more_people_make_it_worse_nothing_is_ruled_out_by_it() -> None:
    """The planted violation: (1, 1) is good although (2, 1) and all others below seven people are bad."""

    def odd(sizes: Sizes) -> float:
        return 0.02 if sizes == (1, 1) else 0.25 if sum(sizes) < 7 else 0.04 + 0.1 * (sizes[0] == 4)

    found = searched(3, odd)

    assert not found.monotone
    assert found.ruled_out == 0
    assert found.best is not None
    assert found.best.sizes == (1, 1)


def test_targets_that_nothing_meets_are_told_after_the_largest_and_the_smallest_staffing() -> None:
    found = searched(1, lambda _: 0.5)

    assert found.best is None
    assert [each.sizes for each in found.simulated] == [(1, 1), (4, 5)]
    assert all(each.answer is Answer.FAILS for each in found.simulated)


def test_what_is_not_settled_within_its_replications_stays_open() -> None:
    found = searched(1, lambda sizes: 0.10 if sum(sizes) < 9 else 0.0, at_most=20, first=10)

    assert any(each.answer is Answer.OPEN for each in found.simulated)
    assert found.best is not None
    assert found.best.answer is Answer.MEETS


def test_of_equal_costs_the_better_one_is_selected() -> None:
    """(4, 1) and (1, 3) cost 5.5 both and meet the target; (1, 3) is 0.05 better."""

    def equal(sizes: Sizes) -> float:
        known: dict[Sizes, float] = {(4, 1): 0.06, (1, 3): 0.01}
        return known.get(sizes, 0.3 if costs(sizes) < 7 else 0.0)

    found = searched(2, equal)

    assert found.best is not None
    assert found.best.sizes == (1, 3)


def test_the_frontier_is_what_nothing_beats() -> None:
    found = searched(1)
    means = [each.estimates[0].mean for each in found.frontier]

    assert means == sorted(means, reverse=True)
    assert [each.cost for each in found.frontier] == sorted(each.cost for each in found.frontier)


def test_a_grid_that_is_too_large_is_refused() -> None:
    with pytest.raises(InvalidInput, match="3000 staffings are more than can be searched"):
        Search((Range("desk", 1, 3_000),), (TARGET,), lambda _, __: ())
