"""The simulation against an independent simulator of queueing networks, Ciw (Palmer et al. 2019).

A network without a closed form: the one of the self-check with lognormal work instead of exponential.
The difference of two means over independent replications lies within Welch's interval (Biometrika
34, 1947); 6 comparisons of level 1 - 1e-4 / 6 each, so that the test fails for a correct program with
probability 1e-4. How small a difference it would notice is asserted too.
"""

from __future__ import annotations

import math
from collections import defaultdict
from statistics import fmean, variance
from typing import TYPE_CHECKING

import pytest
from scipy.stats import t

from duecourse.model.source import parse
from duecourse.scenarios.read import read_scenario
from duecourse.shipped import shipped
from duecourse.simulations import simulate
from duecourse.simulations.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from duecourse.scenarios import Scenario

ciw = pytest.importorskip("ciw")

pytestmark = pytest.mark.slow

REPLICATIONS = 50
LEVEL = 1 - 1e-4 / 6
ROOT = shipped() / "simulations" / "selfcheck"
FIRST, SECOND, CV, BACK = 0.1, 0.2, 0.7, 0.2
"""The mean work at each desk in days and the share that is sent back, as in `network.toml`; CV as below."""


def logarithmic(mean: float) -> tuple[float, float]:
    """Mean and standard deviation of the logarithm, from the mean and CV of a lognormal variate."""
    spread = math.log1p(CV**2)
    return math.log(mean) - spread / 2, math.sqrt(spread)


def of_ciw(seed: int, rate: float, days: int, warm: int) -> dict[str, float]:
    """The indicators of one replication of Ciw."""
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=rate), None],
        service_distributions=[ciw.dists.Lognormal(*logarithmic(m)) for m in (FIRST, SECOND)],
        routing=[[0.0, 1.0], [BACK, 0.0]],
        number_of_servers=[1, 2],
    )
    ciw.seed(seed)
    run = ciw.Simulation(network)
    run.simulate_until_max_time(days)
    began: dict[int, float] = {}
    waits: dict[int, list[float]] = defaultdict(list)
    busy: dict[int, float] = defaultdict(float)
    stays: list[float] = []
    for one in sorted(run.get_all_records(), key=lambda each: float(each.arrival_date)):
        began.setdefault(one.id_number, one.arrival_date)
        if one.service_start_date >= warm:
            waits[one.node].append(one.waiting_time)
        busy[one.node] += max(one.service_end_date - max(one.service_start_date, warm), 0.0)
        if one.destination == -1 and one.exit_date >= warm:
            stays.append(one.exit_date - began[one.id_number])
    return {
        "pool.desk.wait": fmean(waits[1]),
        "pool.back.wait": fmean(waits[2]),
        "pool.desk.utilisation": busy[1] / (days - warm),
        "pool.back.utilisation": busy[2] / (2 * (days - warm)),
        "time.working.mean": fmean(stays),
        "throughput": len(stays) / (days - warm) * 261,
    }


def test_a_review_network_without_a_closed_form_against_ciw() -> None:
    text = (ROOT / "scenarios" / "network.toml").read_text(encoding="utf-8")
    for mean in (FIRST, SECOND):
        exponential = f'{{ law = "exponential", mean = {mean} }}'
        assert exponential in text
        text = text.replace(exponential, f'{{ law = "lognormal", mean = {mean}, cv = {CV} }}')
    assert f"send_back = {BACK}" in text
    scenario = read_scenario(parse(text.encode(), "network.toml"), root=ROOT)
    days = Plan(scenario).days
    assert (days.length, days.per_year) == (261, 261)
    warm = days.since_start(scenario.warm_up)
    found = simulate(scenario, replications=REPLICATIONS, seed=42)
    rate = scenario.arrivals[0].per_year / days.per_year
    theirs = [of_ciw(seed, rate, days.length, warm) for seed in range(REPLICATIONS)]

    noticed = {}
    for name in theirs[0]:
        ours, other = found.samples[name], [each[name] for each in theirs]
        parts = [variance(ours) / REPLICATIONS, variance(other) / REPLICATIONS]
        freedom = sum(parts) ** 2 / sum(part**2 / (REPLICATIONS - 1) for part in parts)
        half = float(t.isf((1 - LEVEL) / 2, freedom)) * math.sqrt(sum(parts))
        difference = fmean(ours) - fmean(other)
        assert abs(difference) <= half, (name, fmean(ours), fmean(other), half)
        noticed[name] = half / fmean(other)
    # An error of twice this share is missed with a probability below 1e-4.
    assert max(noticed.values()) < 0.25, noticed
    assert noticed["pool.desk.utilisation"] < 0.045, noticed


MEAN, REPLY, MEMBERS = 0.3, 7.0, 13
"""The mean work at the desk and the mean latency in days, and how many members are asked."""


class Slowest(ciw.dists.Distribution):  # type: ignore[misc, name-defined]  # without types
    """The last of the replies: members reply at the same time, each by itself."""

    def sample(self, t: object = None, ind: object = None) -> float:  # noqa: ARG002
        law = ciw.dists.Lognormal(
            math.log(REPLY) - math.log1p(0.25) / 2, math.sqrt(math.log1p(0.25))
        )
        return max(float(law.sample()) for _ in range(MEMBERS))


def of_ciw_with_a_consultation(seed: int, rate: float, days: int, warm: int) -> dict[str, float]:
    """The indicators of one replication: two clerks, then thirteen members at once."""
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=rate), None],
        service_distributions=[ciw.dists.Lognormal(*logarithmic(MEAN)), Slowest()],
        routing=[[0.0, 1.0], [0.0, 0.0]],
        number_of_servers=[2, float("inf")],
    )
    ciw.seed(seed)
    run = ciw.Simulation(network)
    run.simulate_until_max_time(days)
    records = run.get_all_records()
    began = {one.id_number: one.arrival_date for one in records if one.node == 1}
    over = [one for one in records if one.node == 2 and one.exit_date >= warm]
    desk = [one for one in records if one.node == 1]
    return {
        "pool.desk.wait": fmean(one.waiting_time for one in desk if one.service_start_date >= warm),
        "pool.desk.utilisation": sum(
            max(one.service_end_date - max(one.service_start_date, warm), 0.0) for one in desk
        )
        / (2 * (days - warm)),
        "stage.asked.working.mean": fmean(one.service_time for one in over),
        "time.working.mean": fmean(one.exit_date - began[one.id_number] for one in over),
    }


def test_a_review_with_a_consultation_against_ciw(toy: Callable[..., Scenario]) -> None:
    """Work, then a fork into 13 replies and their join: here an event for each reply, there one service for all.

    4 comparisons of level 1 - 1e-4 / 6 each: fails for a correct program with a probability below 1e-4.
    """
    effort = f'{{ law = "lognormal", mean = {MEAN}, cv = {CV} }}'
    scenario = toy(
        f'work = "desk"\neffort = {effort}\ntake = "consult"',
        size=2,
        years=1,
        warm_up=0.2,
        per_year=1_200,
    )
    days = Plan(scenario).days
    warm = days.since_start(scenario.warm_up)
    found = simulate(scenario, replications=30, seed=44)
    rate = 1_200 / days.per_year
    theirs = [of_ciw_with_a_consultation(seed, rate, days.length, warm) for seed in range(30)]

    noticed = {}
    for name in theirs[0]:
        ours, other = found.samples[name], [each[name] for each in theirs]
        parts = [variance(ours) / 30, variance(other) / 30]
        freedom = sum(parts) ** 2 / sum(part**2 / 29 for part in parts)
        half = float(t.isf((1 - LEVEL) / 2, freedom)) * math.sqrt(sum(parts))
        assert abs(fmean(ours) - fmean(other)) <= half, (name, fmean(ours), fmean(other), half)
        noticed[name] = half / fmean(other)
    assert noticed["stage.asked.working.mean"] < 0.03, noticed
    assert noticed["time.working.mean"] < 0.03, noticed
