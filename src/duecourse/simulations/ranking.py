"""Decisions from replications, with a stated probability of being right.

Both procedures are fully sequential: they look after every replication, and stop as soon as a sum leaves a triangle
that shrinks to nothing. Both are exact for independent normal values, and rest on one bound (Fabian, Annals of
Statistics 2, 1974): a sum with drift of at least `delta` leaves the triangle on the wrong side with at most the
probability `error`, whatever its variance, if the triangle begins at h^2 S0^2 / (2 delta), S0^2 from the first n0
values and h^2 = (n0 - 1) ((2 error)^(-2 / (n0 - 1)) - 1).

- `against` a standard: is a mean at most a limit? Feasibility as in Andradottir and Kim, "Fully sequential procedures
  for comparing constrained systems via simulation", Naval Research Logistics 57, 2010, and Batur and Kim, "Finding
  feasible systems in the presence of constraints on multiple performance measures", ACM TOMACS 20, 2010.
- `select` the least mean: KN, with common random numbers allowed (Kim and Nelson, "A fully sequential procedure for
  indifference-zone selection in simulation", ACM TOMACS 11, 2001; c = 1).
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FIRST = 20
"""Replications before the first look."""


class Answer(StrEnum):
    """Whether a mean is at most a limit."""

    MEETS = "meets"
    FAILS = "fails"
    OPEN = "open"


def opening(first: int, error: float) -> float:
    """Return h^2: how wide the triangle begins, in units of the variance by twice the indifference."""
    return (first - 1) * (math.pow(2 * error, -2 / (first - 1)) - 1)


def against(
    values: Sequence[float], limit: float, delta: float, error: float, first: int = FIRST
) -> tuple[Answer, int]:
    """Return whether the mean of values is at most a limit, and after how many of them that was told.

    Args:
        values: of replications, in order; those that are not numbers are passed over.
        limit: the standard.
        delta: the indifference: a mean nearer to the limit than this may be told either way.
        error: the probability of telling wrong a mean that is not.
        first: values before the first look.
    """
    total, seen, half = 0.0, [], 0.0
    for count, value in enumerate(values, start=1):
        if math.isnan(value):
            continue
        seen.append(value)
        total += value - limit
        if len(seen) == first:
            half = opening(first, error) * variance(seen) / (2 * delta)
        if len(seen) >= first:
            width = max(half - delta * len(seen) / 2, 0.0)
            if abs(total) >= width:
                return (Answer.MEETS if total <= 0 else Answer.FAILS), count
    return Answer.OPEN, len(values)


def select(  # noqa: PLR0913, PLR0917  (settings of a procedure)
    sample: Callable[[int, int], float],
    count: int,
    delta: float,
    error: float,
    first: int = FIRST,
    at_most: int = 1_000,
) -> tuple[int, int, bool]:
    """Return the system with the least mean, after how many replications of it, and whether that was told.

    Args:
        sample: the value of a system (from 0 to `count` - 1) in a replication (from 0).
        count: how many systems there are.
        delta: the indifference: the best one is selected if it is better than all others by this.
        error: the probability of selecting another one then.
        first: replications before the first look.
        at_most: replications after which the one with the least mean so far is given, untold.
    """
    values = [[sample(system, number) for number in range(first)] for system in range(count)]
    wide = opening(first, error / max(count - 1, 1)) / (2 * delta)
    halves = {
        (i, j): wide * variance([x - y for x, y in zip(values[i], values[j], strict=True)])
        for i in range(count)
        for j in range(count)
    }
    left, done = list(range(count)), first
    while True:
        sums = {i: math.fsum(values[i]) for i in left}
        beaten = {
            i
            for i in left
            for j in left
            if i != j and sums[i] - sums[j] > max(halves[i, j] - delta * done / 2, 0.0)
        }
        left = [i for i in left if i not in beaten]
        best = min(left, key=lambda i: (sums[i], i))
        if len(left) == 1 or done >= at_most:
            return best, done, len(left) == 1
        if all(halves[i, j] <= delta * done / 2 for i in left for j in left):
            return best, done, True  # the triangles are closed: what is left is equal
        for i in left:
            values[i].append(sample(i, done))
        done += 1


def variance(values: Sequence[float]) -> float:
    """Return the sample variance."""
    mean = math.fsum(values) / len(values)
    return math.fsum((each - mean) ** 2 for each in values) / (len(values) - 1)
