"""Keeps the level parts of arrows apart: which of them lies above which in the channel between two rows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NEAR = 6.0
FORBIDDEN = 1_000


@dataclass(frozen=True, slots=True)
class Level:
    """One level part of an arrow in a channel.

    Attributes:
        arrow: the number of the arrow.
        ups, downs: where upright parts meet it from above and from below.
    """

    arrow: int
    ups: tuple[float, ...]
    downs: tuple[float, ...]

    @property
    def left(self) -> float:
        """Where it begins."""
        return min(self.ups + self.downs)

    @property
    def right(self) -> float:
        """Where it ends."""
        return max(self.ups + self.downs)


def tracks(levels: Sequence[Level]) -> dict[int, int]:
    """Return the track of each arrow in one channel, 0 on top; those that would touch get different ones.

    >>> tracks([Level(0, (0.0,), (50.0,)), Level(1, (40.0,), (90.0,)), Level(2, (200.0,), (300.0,))])
    {1: 0, 0: 1, 2: 0}
    """
    found: dict[int, int] = {}
    placed: list[Level] = []
    for level in _ordered(levels):
        below = [found[other.arrow] + 1 for other in placed if _touch(level, other)]
        found[level.arrow] = max(below, default=0)
        placed.append(level)
    return found


def clashes(levels: Sequence[Level], found: Mapping[int, int]) -> Iterator[int]:
    """Yield the arrows that come down where another one, which turns farther down, comes from above.

    Two arrows that change places do so in every order; one of them then has to enter beside.
    """
    for upper, lower in permutations(levels, 2):
        if found[upper.arrow] < found[lower.arrow] and _meet(upper, lower):
            yield upper.arrow


def _ordered(levels: Sequence[Level]) -> list[Level]:
    """Return the levels from the top down, with few crossings: neighbours are exchanged while that helps."""
    order = sorted(levels, key=lambda level: (level.left, level.arrow))
    for _ in range(len(order)):
        moved = False
        for at in range(len(order) - 1):
            upper, lower = order[at], order[at + 1]
            if _crossings(lower, upper) < _crossings(upper, lower):
                order[at], order[at + 1] = lower, upper
                moved = True
        if not moved:
            break
    return order


def _crossings(upper: Level, lower: Level) -> int:
    """Return how often two levels cross if one lies above the other; lying on each other is forbidden."""
    down = sum(lower.left < x < lower.right for x in upper.downs)
    up = sum(upper.left < x < upper.right for x in lower.ups)
    return down + up + FORBIDDEN * _meet(upper, lower)


def _meet(upper: Level, lower: Level) -> bool:
    """Return whether the one comes down where the other comes from above."""
    return any(abs(x - y) < NEAR for x in upper.downs for y in lower.ups)


def _touch(one: Level, other: Level) -> bool:
    return one.left < other.right + NEAR and other.left < one.right + NEAR
