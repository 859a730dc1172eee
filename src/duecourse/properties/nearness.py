"""How near a case is to a step: the fewest moves from every configuration until it can be taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duecourse.properties.explore import Exploration


class Nearness:
    """The distances to the steps of an exploration, each worked out when it is asked for first.

    Args:
        exploration: every behaviour of a table.
    """

    def __init__(self, exploration: Exploration) -> None:
        self.exploration = exploration
        self._before: dict[int, list[int]] | None = None
        self._known: dict[str, Mapping[int, int]] = {}

    @property
    def possible(self) -> tuple[str, ...]:
        """The steps that can be taken in some configuration."""
        moves = self.exploration.moves.values()
        return tuple(sorted({rule.step for each in moves for rule, _ in each}))

    def to(self, goal: str) -> Mapping[int, int]:
        """Return, for each configuration from which a step can still come, after how many moves it can be taken."""
        if goal not in self._known:
            self._known[goal] = self._distances(goal)
        return self._known[goal]

    def _distances(self, goal: str) -> dict[int, int]:
        level = [
            packed
            for packed, moves in self.exploration.moves.items()
            if any(rule.step == goal for rule, _ in moves)
        ]
        found = dict.fromkeys(level, 0)
        while level:
            beyond: list[int] = []
            for packed in level:
                for earlier in self._earlier().get(packed, ()):
                    if earlier not in found:
                        found[earlier] = found[packed] + 1
                        beyond.append(earlier)
            level = beyond
        return found

    def _earlier(self) -> Mapping[int, list[int]]:
        if self._before is None:
            self._before = {}
            for packed, moves in self.exploration.moves.items():
                for _, to in moves:
                    self._before.setdefault(to, []).append(packed)
        return self._before
