"""Whether engines agree: no time counts unless it does."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from scipy.special import stdtrit

from duecourse.simulations.theory import erlang_c_wait

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Found = Mapping[str, Any]

EQUAL = {"watched", "unlogged", "reference", "path"}
"""Rows that run what the row `compiled` runs, the same replications or the first of them."""
RISK = 0.01
"""How probable it is that any of the engines is said to differ though none does."""
THEORY = erlang_c_wait(4.0, 1.0, 5) + 1.0
"""Mean days in the system of M/M/5 with four arrivals a day and a day of service: wait and service."""


@dataclass(frozen=True)
class Agreement:
    """How the mean of one engine lies to what it is compared with.

    Attributes:
        mean: of the times in the system, over all runs; none where the engine tells none.
        difference, margin: the joint interval is difference ± margin; none where it must be the same, run for run.
        agrees: whether the interval holds 0, or all is the same.
        why: why it does not, or why nothing can be said.
    """

    mean: float | None = None
    difference: float | None = None
    margin: float | None = None
    agrees: bool = False
    why: str = ""


def agreements(rows: Sequence[Found]) -> list[Agreement]:
    """Compare every row: M/M/5 with theory, model (b) with the log of duecourse's compiled engine."""
    ours = {each["model"]: each for each in rows if each["key"] == "compiled" and "times" in each}
    ours["maximum"] = ours.get("replies", {})
    compared = sum(
        "times" in each and each["model"] != "baseline" and each["key"] not in EQUAL
        for each in rows
    )
    level = 1 - RISK / max(compared, 1)
    return [compare(each, ours.get(each["model"], {}), level) for each in rows]


def compare(row: Found, ours: Found, level: float) -> Agreement:
    """Compare one row."""
    if "times" not in row:
        return Agreement(why="NOT RUN")
    if row["model"] == "baseline":
        return Agreement(agrees=True)
    if row["key"] in EQUAL:
        return equal(row, ours)
    means = list(chain(*row["means"]))
    theory = row["model"] == "mm5"
    other = [THEORY] if theory else list(chain(*ours.get("means", [])))
    mean = statistics.fmean(means)
    if len(means) == 1 or not other or (len(other) == 1 and not theory):
        return Agreement(mean, why="too few runs to compare")
    margin = half_width(means, [] if theory else other, level)
    difference = mean - statistics.fmean(other)
    if row is ours and not theory:
        return Agreement(mean, agrees=True)
    agrees = abs(difference) <= margin
    return Agreement(mean, difference, margin, agrees, "" if agrees else "means differ")


def equal(row: Found, ours: Found) -> Agreement:
    """Compare another way in which duecourse simulates: the same runs must give the same, whatever chance did."""
    if not ours:
        return Agreement(why="nothing to compare with")
    pairs = [
        pair
        for one, other in zip(row["means"], ours["means"], strict=True)
        for pair in zip(one, other, strict=False)
    ]
    if pairs:
        same = all(math.isclose(one, other, rel_tol=1e-9) for one, other in pairs)
    else:
        same = (row["cases"], row["lines"]) == (ours["cases"], ours["lines"])
    mean = statistics.fmean(one for one, _ in pairs) if pairs else None
    return Agreement(mean, agrees=same, why="" if same else "other than with the log")


def half_width(one: Sequence[float], other: Sequence[float], level: float) -> float:
    """Return half the width of the interval of the difference of two means (Welch, Biometrika 34, 1947).

    The other is known exactly where it has no values.
    """
    parts = [(statistics.variance(each) / len(each), len(each)) for each in (one, other) if each]
    whole = math.fsum(part for part, _ in parts)
    if not whole:
        return 0.0
    freedom = whole**2 / math.fsum(part**2 / (count - 1) for part, count in parts)
    return float(stdtrit(freedom, (1 + level) / 2)) * math.sqrt(whole)
