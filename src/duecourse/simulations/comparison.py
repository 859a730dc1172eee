"""Two scenarios under the same random numbers: what differs, how surely, and what the pairing was worth."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from duecourse.errors import InvalidInput, nearest
from duecourse.notebook import Shown
from duecourse.simulations.estimate import estimate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duecourse.simulations.estimate import Estimate
    from duecourse.simulations.result import Result

SCHEMA = "duecourse/comparison/1"


@dataclass(frozen=True, slots=True)
class Difference:
    """One indicator in two scenarios.

    Attributes:
        a, b: the estimate in each.
        difference: b - a, replication by replication, with common random numbers.
        p: how likely a difference as large would be if there were none: of the paired t test, two-sided; 1 where
            nothing tells.
        gain: the variance that the difference would have had with independent random numbers, by the variance that
            it has: so many times the replications would be needed without pairing. Not a number where nothing
            varies.
    """

    a: Estimate
    b: Estimate
    difference: Estimate
    p: float = 1.0
    gain: float = math.nan

    @property
    def clear(self) -> bool:
        """Whether the interval of the difference, taken by itself, leaves out 0."""
        return self.difference.low > 0 or self.difference.high < 0

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        gain = None if math.isnan(self.gain) else self.gain
        return {**self.difference.to_dict(), "clear": self.clear, "p": self.p, "gain": gain}


@dataclass(frozen=True)
class Comparison(Shown):
    """Two scenarios under the same random numbers.

    Attributes:
        a, b: their results.
        differences: the indicators that both have, by name.
        family: those that are shown, and that share one level.
    """

    a: Result
    b: Result
    differences: Mapping[str, Difference]
    family: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Difference:
        """Return an indicator by name.

        Raises:
            InvalidInput: not both scenarios have one of this name.
        """
        if name not in self.differences:
            hint = nearest(name, self.differences)
            raise InvalidInput(f'no indicator "{name}" in both scenarios{hint}')
        return self.differences[name]

    @cached_property
    def clear_together(self) -> frozenset[str]:
        """The indicators of the family that differ, all of them together at the level of the results."""
        p = {name: self.differences[name].p for name in self.family}
        return holm(p, 1 - self.a.level)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON values; the schema is named in `schema`."""
        return {
            "schema": SCHEMA,
            "a": self.a.to_dict(),
            "b": self.b.to_dict(),
            "family": list(self.family),
            "differences": {
                name: {**each.to_dict(), "clear_together": name in self.clear_together}
                for name, each in self.differences.items()
            },
        }


def holm(p: Mapping[str, float], error: float) -> frozenset[str]:
    """Return the names that are told apart from chance, with at most this probability of any error.

    Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6, 1979.
    """
    found: list[str] = []
    for done, name in enumerate(sorted(p, key=lambda each: (p[each], each))):
        if p[name] > error / (len(p) - done):
            break
        found.append(name)
    return frozenset(found)


def difference(
    a: Estimate, b: Estimate, values: tuple[Sequence[float], Sequence[float]], level: float
) -> Difference:
    """Return what differs between two indicators, from their values in the same replications."""
    pairs = [(x, y) for x, y in zip(*values, strict=True) if not (math.isnan(x) or math.isnan(y))]
    changes = [y - x for x, y in pairs]
    apart = _variance([x for x, _ in pairs]) + _variance([y for _, y in pairs])
    together = _variance(changes)
    gain = apart / together if together > 0 else math.nan
    return Difference(a, b, estimate(changes, level), _p(changes), gain)


def _p(changes: Sequence[float]) -> float:
    from scipy.special import stdtr

    if len(changes) < 2:  # noqa: PLR2004  (a variance takes two)
        return 1.0
    mean = math.fsum(changes) / len(changes)
    error = math.sqrt(_variance(changes) / len(changes))
    if error == 0:
        return float(mean == 0)
    return float(2 * stdtr(len(changes) - 1, -abs(mean) / error))


def _variance(values: Sequence[float]) -> float:
    if len(values) < 2:  # noqa: PLR2004  (a variance takes two)
        return math.nan
    mean = math.fsum(values) / len(values)
    return math.fsum((each - mean) ** 2 for each in values) / (len(values) - 1)
