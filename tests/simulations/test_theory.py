"""The simulation against formulas: theory must lie in a 1 - 1e-4 interval over replications.

So each test fails with probability 1e-4 for a correct program. How small an error it would notice is
asserted too: the half width of the interval, as a share of the theory. An error of twice that share
is missed with a probability below 1e-4.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from scipy.integrate import quad
from scipy.special import betaln
from scipy.stats import chi2, lognorm

from duecourse.simulations import replicate, simulate
from duecourse.simulations.estimate import estimate
from duecourse.simulations.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from duecourse.scenarios import Scenario
    from duecourse.simulations import Estimate

LEVEL = 1 - 1e-4

pytestmark = pytest.mark.slow


def erlang_c_wait(servers: int, load: float, service: float) -> float:
    """Mean wait in M/M/c: C(c, a) s / (c - a), Erlang 1917; a is the offered load in servers."""
    terms = [load**k / math.factorial(k) for k in range(servers)]
    last = load**servers / math.factorial(servers) * servers / (servers - load)
    return last / (sum(terms) + last) * service / (servers - load)


def holds(theory: float, found: Estimate, notices: float) -> None:
    """Assert that theory lies in the interval, and that the interval is narrow enough to notice an error."""
    assert found.low <= theory <= found.high, (theory, str(found))
    assert found.half_width / theory < notices, found.half_width / theory


def test_erlang_c_itself_against_the_published_values() -> None:
    """Mean waits at load 0.8 per server and mean service 1: 4; 1.77778; 0.55411."""
    assert erlang_c_wait(1, 0.8, 1) == pytest.approx(4)
    assert erlang_c_wait(2, 1.6, 1) == pytest.approx(1.77778, abs=5e-6)
    assert erlang_c_wait(5, 4.0, 1) == pytest.approx(0.55411, abs=5e-6)


@pytest.mark.parametrize(
    ("servers", "load", "notices"), [(1, 0.5, 0.1), (2, 1.4, 0.1), (5, 3.5, 0.15)]
)
def test_mean_wait_against_erlang_c(
    toy: Callable[..., Scenario], servers: int, load: float, notices: float
) -> None:
    """20 replications of about 5,000 customers; an error of 20 % (c = 5: 30 %) would be caught."""
    service = load / 40
    exponential = (
        f'work = "desk"\neffort = {{ law = "exponential", mean = {service} }}\ntake = "decide"'
    )
    shaped = toy(exponential, size=servers, years=0.6, warm_up=0.1, per_year=1)
    rate = load / service * Plan(shaped).days.per_year
    scenario = toy(exponential, size=servers, years=0.6, warm_up=0.1, per_year=rate)
    found = simulate(scenario, replications=20, seed=42, level=LEVEL)

    holds(erlang_c_wait(servers, load, service), found["pool.desk.wait"], notices)
    holds(load / servers, found["pool.desk.utilisation"], 0.03)
    # Little's law: the mean queue is the arrival rate times the mean wait.
    holds(
        erlang_c_wait(servers, load, service) * load / service,
        found["pool.desk.queue"],
        1.3 * notices,
    )


def test_wait_for_a_meeting_is_half_the_period_for_poisson_arrivals(
    toy: Callable[..., Scenario],
) -> None:
    """Meetings every 20 days: a case waits 10 on average; an error of 3 % would be caught.

    The last period may be cut off, and its cases with it; they are 1 in 125 and no different.
    """
    scenario = toy('meeting = "council"\ntake = "decide"', every=20, years=10, per_year=600)
    found = simulate(scenario, replications=10, seed=42, level=LEVEL)

    holds(10.0, found["stage.office.working.mean"], 0.015)


def test_slowest_of_thirteen_replies_against_its_integral(toy: Callable[..., Scenario]) -> None:
    """E max of 13 lognormal(7, cv 0.5) = integral of 1 - F^13 = 14.2806; in the stage Poisson many."""
    sigma = math.sqrt(math.log(1.25))
    law = lognorm(sigma, scale=7 / math.sqrt(1.25))
    theory = quad(lambda x: 1 - law.cdf(x) ** 13, 0, 400, limit=400)[0]
    assert theory == pytest.approx(14.2806, abs=1e-4)
    scenario = toy('take = "consult"', years=2, warm_up=0.5, per_year=600)
    found = simulate(scenario, replications=10, seed=42, level=LEVEL)

    holds(theory, found["stage.asked.working.mean"], 0.025)
    # M/G/infinity: the number in consultation is Poisson with mean rate times duration.
    rate = 600 / Plan(scenario).days.per_year
    holds(theory * rate, found["backlog.mean"], 0.15)


@pytest.mark.long
def test_the_number_in_consultation_is_poisson(toy: Callable[..., Scenario]) -> None:
    """M/G/infinity (Palm 1943): Poisson with mean rate · 14.2806, at instants too far apart to hang together.

    Σ (n − m)² / m over 200 counts is chi-square with 200 degrees of freedom, about: outside its middle 1 − 1e-4 with
    probability 1e-4. A variance that is 1.5 times the mean is missed with a probability below 1e-2.
    """
    scenario = toy('take = "consult"', years=2, per_year=600)
    mean = 600 / Plan(scenario).days.per_year * 14.2806
    counts = []
    for number in range(40):
        log = replicate(scenario, seed=43, replication=number)
        began = [event.time for event in log.events if event.step == "consult"]
        ended = [event.time for event in log.events if event.step == "decide"]
        counts += [
            sum(time <= at for time in began) - sum(time <= at for time in ended)
            for at in (100, 200, 300, 400, 500)
        ]
    dispersion = sum((count - mean) ** 2 / mean for count in counts)

    assert len(counts) == 200
    assert chi2.ppf(5e-5, 200) <= dispersion <= chi2.isf(5e-5, 200)
    holds(mean, estimate([float(count) for count in counts], LEVEL), 0.06)


def test_objections_against_the_beta_binomial(toy: Callable[..., Scenario]) -> None:
    """No objection among 13 with mean 0.1 and correlation 0.25: a = 0.3, b = 2.7, B(a, b + 13) / B(a, b).

    The share of cases without any, and the mean number, over 20 replications of about 600 cases.
    """
    a, b = 0.3, 2.7
    none = math.exp(betaln(a, b + 13) - betaln(a, b))
    scenario = toy('take = "consult"', years=1, per_year=600)
    without, mean = [], []
    for number in range(20):
        log = replicate(scenario, seed=42, replication=number)
        objections = {e.case: 0 for e in log.events if e.step == "decide"}
        for event in log.events:
            if event.step == "object" and event.case in objections:
                objections[event.case] += 1
        without.append(sum(not each for each in objections.values()) / len(objections))
        mean.append(sum(objections.values()) / len(objections))

    holds(none, estimate(without, LEVEL), 0.05)
    holds(1.3, estimate(mean, LEVEL), 0.12)


def test_arrivals_are_as_many_as_the_scenario_says(toy: Callable[..., Scenario]) -> None:
    """Poisson with mean 300 a year over 10 years, 20 replications; an error of 4 % would be caught."""
    scenario = toy('take = "decide"', years=10, per_year=300)

    holds(300.0, simulate(scenario, replications=20, seed=42, level=LEVEL)["arrivals"], 0.02)
