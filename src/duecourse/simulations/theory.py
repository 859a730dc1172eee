"""What queueing theory says of small systems in steady state: closed forms, each with its source.

Rates are per unit of time, and times in that unit. `work` is the time that one server needs for one
customer. Arrivals are Poisson throughout.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from duecourse.scenarios.law import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duecourse.scenarios.law import Law


def utilisation(rate: float, work: float, servers: int = 1) -> float:
    """Return the share of the time that a server works: rate · work / servers.

    Little's law for the servers (Little, "A proof for the queuing formula L = λW", Operations
    Research 9, 1961).

    Raises:
        ValueError: it is 1 or more, so that there is no steady state.
    """
    found = rate * work / servers
    if found >= 1:
        raise ValueError(f"{found:g} of the servers' time is asked for: there is no steady state")
    return found


def erlang_c_wait(rate: float, work: float, servers: int) -> float:
    """Return the mean wait in M/M/c: C(c, a) · work / (c − a), where a = rate · work.

    C is the probability of waiting (Erlang, "Solution of some problems in the theory of
    probabilities of significance in automatic telephone exchanges", 1917).

    >>> round(erlang_c_wait(1.6, 1.0, 2), 5)
    1.77778
    """
    load = utilisation(rate, work, servers) * servers
    terms = [load**k / math.factorial(k) for k in range(servers)]
    last = load**servers / math.factorial(servers) * servers / (servers - load)
    return last / (math.fsum(terms) + last) * work / (servers - load)


def pollaczek_khinchine_wait(rate: float, work: float, second: float) -> float:
    """Return the mean wait in M/G/1: rate · E[S²] / (2 (1 − ρ)).

    `second` is E[S²] (Pollaczek, Mathematische Zeitschrift 32, 1930; Khinchine, Matematicheskii
    Sbornik 39, 1932).

    >>> pollaczek_khinchine_wait(0.8, 1.0, 1.0)  # M/D/1
    2.0000000000000004
    """
    return rate * second / (2 * (1 - utilisation(rate, work)))


def cobham_waits(
    rates: Sequence[float], works: Sequence[float], seconds: Sequence[float]
) -> tuple[float, ...]:
    """Return the mean wait of each class in M/G/1 with priorities that interrupt nothing.

    W_k = W_0 / ((1 − σ_{k−1}) (1 − σ_k)), where W_0 = Σ rate · E[S²] / 2 and σ_k is the utilisation
    by the classes up to k, the most urgent first (Cobham, "Priority assignment in waiting line
    problems", Operations Research 2, 1954).
    """
    begun = math.fsum(rate * second for rate, second in zip(rates, seconds, strict=True)) / 2
    reached = [
        utilisation(math.fsum(map(math.prod, zip(rates[:count], works[:count], strict=True))), 1.0)
        for count in range(len(rates) + 1)
    ]
    return tuple(begun / ((1 - above) * (1 - upto)) for above, upto in pairwise(reached))


def slowest_of(law: Law, count: int) -> float:
    """Return the mean of the greatest of independent lognormal variates: ∫ (1 − F(x)^count) dx.

    The mean of a variate that is not negative is the integral of its tail.

    Raises:
        ValueError: the law is not lognormal.
    """
    from scipy.integrate import quad
    from scipy.special import ndtr

    if law.kind is not Kind.LOGNORMAL:
        raise ValueError(f"{law.text} is not lognormal")
    mean, deviation = law.values

    def tail(log: float) -> float:
        """The tail over the logarithm: dx = e^log dlog."""
        below = float(ndtr((log - mean) / deviation))
        return -math.expm1(count * math.log(below)) * math.exp(log) if below else math.exp(log)

    least, most = mean - 10 * deviation, mean + 12 * deviation
    return math.exp(least) + float(quad(tail, least, most, limit=400)[0])


def second_moment(law: Law) -> float:
    """Return E[S²] of a law of work.

    Raises:
        ValueError: the law is neither deterministic, exponential nor lognormal.
    """
    match law.kind:
        case Kind.DETERMINISTIC:
            return law.mean**2
        case Kind.EXPONENTIAL:
            return 2 * law.mean**2
        case Kind.LOGNORMAL:
            return law.mean**2 * math.exp(law.values[1] ** 2)
        case _:
            raise ValueError(f"{law.text}: neither deterministic, exponential nor lognormal")
