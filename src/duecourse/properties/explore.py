"""Every behaviour of a table, breadth first: reachable configurations, shortest ways, what can still be reached."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cached_property
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from duecourse.model.table import Rule, Table
    from duecourse.properties.compiled import LazyMoves
    from duecourse.properties.watching import Watching

MAX_CONFIGURATIONS = 2_000_000
HAND_OVER = 50_000
"""After how many configurations the compiled search takes over: what it saves then outweighs loading it."""


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
            if len(found) == HAND_OVER and (faster := self._compiled()) is not None:
                return faster
            packed = queue.popleft()
            found[packed] = tuple(self.table.moves(packed))
            for _, to in found[packed]:
                if to not in seen:
                    seen.add(to)
                    queue.append(to)
        return found

    @property
    def lazy(self) -> LazyMoves | None:
        """What the compiled search found; None where it was not needed."""
        return None if isinstance(self.moves, dict) else cast("LazyMoves", self.moves)

    def _compiled(self) -> LazyMoves | None:
        """Return the same configurations in the same order, found by the compiled search, where it can."""
        from duecourse.properties.compiled import lazy_moves

        return lazy_moves(self.table, self.limit)

    @cached_property
    def finished(self) -> bool:
        """Whether every reachable configuration was found."""
        if self.lazy is not None:
            return self.lazy.finished
        return all(to in self.moves for moves in self.moves.values() for _, to in moves)

    @cached_property
    def size(self) -> tuple[int, int]:
        """The number of configurations and of moves."""
        if self.lazy is not None:
            return self.lazy.size
        return len(self.moves), sum(map(len, self.moves.values()))

    @cached_property
    def rank(self) -> Mapping[int, int]:
        """The place of each configuration in an order in which, loops apart, each comes before those it leads to."""
        seen: set[int] = set()
        order: list[int] = []
        for root in self.table.initial:
            if root in seen:
                continue
            seen.add(root)
            work = [(root, iter(self.moves.get(root, ())))]
            while work:
                packed, moves = work[-1]
                for _, to in moves:
                    if to not in seen:
                        seen.add(to)
                        work.append((to, iter(self.moves.get(to, ()))))
                        break
                else:
                    work.pop()
                    order.append(packed)
        return {packed: place for place, packed in enumerate(reversed(order))}

    def path_to(
        self, goal: Callable[[int], bool], avoid: Callable[[Rule, int], bool] | None = None
    ) -> tuple[Rule, ...] | None:
        """Return the fewest steps to a configuration with some quality; None where none has it.

        Args:
            goal: tells whether a configuration has it.
            avoid: tells of moves that are not taken.
        """
        came: dict[int, tuple[int, Rule] | None] = dict.fromkeys(self.table.initial)
        queue = deque(came)
        while queue:
            packed = queue.popleft()
            if goal(packed):
                return _way(came, packed)
            for rule, to in self.moves.get(packed, ()):
                if to not in came and not (avoid is not None and avoid(rule, to)):
                    came[to] = (packed, rule)
                    queue.append(to)
        return None

    def way_to(
        self, watching: Watching, quality: Callable[[int, int], bool]
    ) -> tuple[Rule, ...] | None:
        """Return the fewest steps after which a claim stands as wanted; None where it never does.

        Args:
            watching: the claim, bound to this table.
            quality: tells of a configuration and a state of the claim whether it is wanted.
        """
        came: dict[tuple[int, int], tuple[tuple[int, int], Rule] | None] = {
            (packed, watching.initial): None for packed in self.table.initial
        }
        queue = deque(came)
        while queue:
            pair = queue.popleft()
            packed, state = pair
            if quality(packed, state):
                rules: list[Rule] = []
                last = came[pair]
                while last is not None:
                    rules.append(last[1])
                    last = came[last[0]]
                return tuple(reversed(rules))
            for rule, to in self.moves.get(packed, ()):
                for after in watching.moves(state, rule, to):
                    if (to, after) not in came:
                        came[to, after] = (pair, rule)
                        queue.append((to, after))
        return None

    def able(
        self, ends: Callable[[Rule, int], int], without: Mapping[str, int] | None = None
    ) -> Mapping[int, int]:
        """Return which of some moves can still be reached from each configuration (one backward search for all).

        Args:
            ends: tells of a move which of them it is: bit i is set if it is the i-th.
            without: for steps that are never taken on the way to some of them, the bits of these.

        Returns:
            For each configuration from which any can, an integer whose bit i is set where the i-th can.
        """
        barred = without or {}
        found: dict[int, int] = {}
        for packed, moves in self.moves.items():
            mine = 0
            for rule, to in moves:
                mine |= ends(rule, to) & ~barred.get(rule.step, 0)
            if mine:
                found[packed] = mine
        rank = self.rank
        queue = [(-rank[packed], packed) for packed in found]
        heapify(queue)
        waiting = set(found)
        while queue:
            _, packed = heappop(queue)
            waiting.discard(packed)
            here = found[packed]
            for source, step in self.before.get(packed, ()):
                known = found.get(source, 0)
                more = here & ~barred.get(step, 0) if step in barred else here
                if more & ~known:
                    found[source] = known | more
                    if source not in waiting:
                        waiting.add(source)
                        heappush(queue, (-rank[source], source))
        return found

    @cached_property
    def before(self) -> Mapping[int, list[tuple[int, str]]]:
        """For each configuration, those that lead to it, with the step."""
        found: dict[int, list[tuple[int, str]]] = {}
        for packed, moves in self.moves.items():
            for rule, to in moves:
                found.setdefault(to, []).append((packed, rule.step))
        return found


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
