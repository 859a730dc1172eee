"""How long something still takes that has already lasted some time: the law of the rest, as a law like any other.

If X is the whole and s is past, the rest is X − s given X > s. By inverse transform it is Q(p + (1 − p) u) − s for a
uniform u, where Q is the quantile function of X and p = P(X ≤ s).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.kernels.chance import Z_MOST, Z_PARTS
from duecourse.scenarios.law import Kind, Law
from duecourse.simulations.randomness import interpolated, variate

if TYPE_CHECKING:
    from collections.abc import Mapping

_LAST = 1.0 - 2.0**-53
_HALVINGS = 60


def share_over(law: Law, past: float) -> float:
    """Return the probability that a duration is over by some time: P(X ≤ past)."""
    if past <= 0:
        return 0.0
    values = law.values
    if law.kind is Kind.EMPIRICAL:
        return sum(each <= past for each in values) / len(values)
    if law.kind is Kind.DETERMINISTIC:
        return float(values[0] <= past)
    if variate(law, _LAST) <= past:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        low, high = (middle, high) if variate(law, middle) <= past else (low, middle)
    return low


def rest_of(law: Law, past: float) -> Law:
    """Return the law of what is left of a duration of which some time is past; 0 where nothing is longer.

    Deterministic, exponential, uniform and empirical laws stay what they are; of the others the quantiles are tabulated.

    >>> from duecourse.scenarios.law import law
    >>> rest_of(law({"law": "deterministic", "value": 5}), 3).values
    (2.0,)
    """
    if past <= 0:
        return law
    over = share_over(law, past)
    text, rest = f"the rest of {law.text} after {past:g}", [max(x - past, 0.0) for x in law.values]
    if over >= 1:
        return Law(Kind.DETERMINISTIC, (0.0,), 0.0, text)
    if law.kind is Kind.EXPONENTIAL:
        return law
    if law.kind is Kind.EMPIRICAL:
        rest = [each - past for each in law.values if each > past]
    elif law.kind not in {Kind.DETERMINISTIC, Kind.UNIFORM}:
        return _tabulated(law, past, over, text)
    return Law(law.kind, tuple(rest), sum(rest) / len(rest), text)


def _tabulated(law: Law, past: float, over: float, text: str) -> Law:
    from scipy.special import ndtr

    half = round(Z_MOST * Z_PARTS)
    table = []
    for index in range(-half, half + 1):
        tail = float(ndtr(-index / Z_PARTS))  # 1 - u, exact where u is near 1
        u = min(1.0 - (1.0 - over) * tail, _LAST)
        table.append(max(variate(law, u) - past, 0.0) if u > 0 else 0.0)
    weights = [float(ndtr((i + 1) / Z_PARTS) - ndtr(i / Z_PARTS)) for i in range(-half, half)]
    mean = sum(w * (a + b) / 2 for w, a, b in zip(weights, table, table[1:], strict=False))
    return Law(Kind.TABLE, tuple(table), mean, text)


def silent_still(silence: float, latency: Law, late: Law, past: float) -> float:
    """Return the probability that a member who has not replied is one who lets the time pass (Bayes)."""
    silent = silence * (1 - share_over(late, past))
    other = (1 - silence) * (1 - share_over(latency, past))
    return silent / (silent + other) if silent + other > 0 else silence


def propensities_given(
    tables: Mapping[str, tuple[float, ...]], replies: Mapping[str, tuple[int, int]]
) -> dict[str, tuple[float, ...]]:
    """Return the quantile tables of the propensities to object in a round in which some have replied.

    All classes of members of a round share one number u, and a class objects with its own quantile at u. The density of
    u given the replies is in proportion to the product of q^k (1 − q)^(n − k) over the classes (Bayes); it is summed at
    the points of the tables, so that the new tables are exact where they are given and linear between.

    Args:
        tables: of each class of members the quantiles at the normal quantiles from −Z_MOST to Z_MOST.
        replies: of each class how many replied, and how many of these objected.
    """
    import numpy as np
    from scipy.special import ndtr, ndtri

    if not any(count for count, _ in replies.values()):
        return dict(tables)
    parts = 16 * Z_PARTS
    grid = np.arange(round(-Z_MOST * parts), round(Z_MOST * parts) + 1) / parts
    log = -grid * grid / 2
    for actor, (count, objections) in replies.items():
        q = np.clip([interpolated(tables[actor], float(z)) for z in grid], 1e-300, 1.0)
        with np.errstate(divide="ignore"):
            rest = np.log1p(-np.minimum(q, 1.0))
        log = log + objections * np.log(q)
        if count > objections:
            log = log + (count - objections) * rest
    weight = np.exp(log - log.max())
    steps = (weight[1:] + weight[:-1]) / 2
    below = np.concatenate(([0.0], np.cumsum(steps))) / steps.sum()
    half = round(Z_MOST * Z_PARTS)
    wanted = ndtr(np.arange(-half, half + 1) / Z_PARTS)
    points = np.clip(np.interp(wanted, below, grid), ndtri(2.0**-54), Z_MOST)
    return {
        actor: tuple(interpolated(table, float(z)) for z in points)
        for actor, table in tables.items()
    }
