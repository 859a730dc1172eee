"""Every behaviour of a table, breadth first: reachable configurations, shortest ways, what can still be reached."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from duecourse.model.table import Rule, Table
    from duecourse.properties.monitor import Monitor

MAX_CONFIGURATIONS = 2_000_000


@dataclass(frozen=True)
class Exploration:
    """The reachable configurations of a table, with every move between them.

    Attributes:
        table: what was explored.
        limit: after how many configurations the search gives up.
    """

    table: Table
    limit: int = MAX_CONFIGURATIONS

    @cached_property
    def moves(self) -> Mapping[int, tuple[tuple[Rule, int], ...]]:
        """Every configuration found, in breadth-first order, with its moves."""
        found: dict[int, tuple[tuple[Rule, int], ...]] = {}
        queue = deque(self.table.initial)
        seen = set(self.table.initial)
        while queue and len(found) < self.limit:
            packed = queue.popleft()
            found[packed] = tuple(self.table.moves(packed))
            for _, to in found[packed]:
                if to not in seen:
                    seen.add(to)
                    queue.append(to)
        return found

    @cached_property
    def finished(self) -> bool:
        """Whether every reachable configuration was found."""
        return all(to in self.moves for moves in self.moves.values() for _, to in moves)

    @cached_property
    def size(self) -> tuple[int, int]:
        """The number of configurations and of moves."""
        return len(self.moves), sum(map(len, self.moves.values()))

    def path_to(self, goal: Callable[[int], bool]) -> tuple[Rule, ...] | None:
        """Return the fewest steps to a configuration with some quality; None where none has it."""
        came: dict[int, tuple[int, Rule] | None] = dict.fromkeys(self.table.initial)
        queue = deque(came)
        while queue:
            packed = queue.popleft()
            if goal(packed):
                return _way(came, packed)
            for rule, to in self.moves.get(packed, ()):
                if to not in came:
                    came[to] = (packed, rule)
                    queue.append(to)
        return None

    def violation(self, monitor: Monitor) -> tuple[tuple[Rule, ...] | None, bool, int]:
        """Search for a violation of a monitor.

        Returns:
            The steps of a shortest violation or None; whether the property was ever triggered; how many pairs of
            configuration and monitor state were visited.
        """
        width = len(monitor.states)
        came: dict[int, tuple[int, Rule] | None] = {
            packed * width: None for packed in self.table.initial
        }
        queue = deque(came)
        triggered = False
        while queue:
            pair = queue.popleft()
            packed, state = divmod(pair, width)
            triggered = triggered or state in monitor.triggered
            if state in monitor.violated:
                return _way(came, pair), True, len(came)
            for rule, to in self.moves.get(packed, ()):
                after = to * width + monitor.moves.get((state, rule.step), state)
                if after not in came:
                    came[after] = (pair, rule)
                    queue.append(after)
        return None, triggered, len(came)

    def able(
        self, ends: Callable[[Rule, int], bool], without: Collection[str] = ()
    ) -> frozenset[int]:
        """Return the configurations from which some move with a quality can still be reached (backward search).

        Args:
            ends: tells whether a move is one that is looked for.
            without: steps that are never taken.
        """
        before: dict[int, list[int]] = {}
        queue: list[int] = []
        for packed, moves in self.moves.items():
            for rule, to in moves:
                if rule.step not in without:
                    before.setdefault(to, []).append(packed)
                    if ends(rule, to):
                        queue.append(packed)
        found = set(queue)
        while queue:
            for packed in before.get(queue.pop(), ()):
                if packed not in found:
                    found.add(packed)
                    queue.append(packed)
        return frozenset(found)


def _way(came: Mapping[int, tuple[int, Rule] | None], end: int) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    last = came[end]
    while last is not None:
        rules.append(last[1])
        last = came[last[0]]
    return tuple(reversed(rules))


def stages_on(rules: Iterable[Rule]) -> tuple[str, ...]:
    """Return the stages that a way leads through, in order."""
    return tuple(rule.target for rule in rules)
