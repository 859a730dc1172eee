"""A graph of moves, and an automaton that runs beside it: what the compiled fixpoints go over."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels.compiling import Compiled, compiled
from duecourse.kernels.ways import grouped

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Indices = NDArray[np.int32]


NOWHERE, AT_LAST, ANYWHERE = range(3)
"""Where a state of an automaton is looked for: nowhere, where a node is one of the last, or beside any node."""


def _ordered(cached: bool) -> Callable[..., Any]:  # noqa: FBT001
    def ordered(starts: Numbers, to: Indices, roots: Indices, order: Indices) -> None:
        count = len(starts) - 1
        seen = np.zeros(count, np.bool_)
        stack, edges = np.empty(count, np.int32), np.empty(count, np.int64)
        left = count
        for root in roots:
            if seen[root]:
                continue
            seen[root] = True
            stack[0], edges[0] = root, starts[root]
            depth = 1
            while depth:
                at, edge = stack[depth - 1], edges[depth - 1]
                if edge == starts[at + 1]:
                    depth -= 1
                    left -= 1
                    order[left] = at
                    continue
                edges[depth - 1] += 1
                target = to[edge]
                if not seen[target]:
                    seen[target] = True
                    stack[depth], edges[depth] = target, starts[target]
                    depth += 1

    return compiled(ordered, cached=cached)


ORDERED = Compiled(_ordered)
"""Puts nodes in an order in which, loops apart, each comes before those that it leads to."""


@dataclass(frozen=True)
class Graph:
    """The moves between nodes.

    Attributes:
        starts: where the moves of each node begin in the next two, and a last end.
        to, rule: where each move leads, and its rule, by number.
    """

    starts: Numbers
    to: Indices
    rule: Indices

    @property
    def size(self) -> int:
        """How many nodes there are."""
        return len(self.starts) - 1

    @cached_property
    def sources(self) -> Indices:
        """From where each move leads."""
        return np.repeat(np.arange(self.size, dtype=np.int32), np.diff(self.starts))

    @cached_property
    def order(self) -> Indices:
        """The nodes so that, loops apart, each comes before those that it leads to."""
        order = np.empty(self.size, np.int32)
        ORDERED(self.starts, self.to, np.arange(self.size, dtype=np.int32), order)
        return order

    @cached_property
    def laid(self) -> Graph:
        """The same moves with the nodes numbered in that order, so that neighbours are near in memory."""
        place = np.empty(self.size, np.int32)
        place[self.order] = np.arange(self.size, dtype=np.int32)
        counts = np.diff(self.starts)[self.order]
        starts = np.concatenate(([0], np.cumsum(counts)))
        edges = np.repeat(self.starts[:-1][self.order] - starts[:-1], counts) + np.arange(
            len(self.to)
        )
        return Graph(starts, place[self.to[edges]], self.rule[edges])

    @cached_property
    def backward(self) -> Graph:
        """The moves backwards."""
        order, starts = grouped(self.to, self.size)
        found = Graph(starts, self.sources[order], self.rule[order])
        found.__dict__["order"] = self.order[::-1].copy()
        return found

    def reversed(self, asked: NDArray[np.bool_]) -> Graph:
        """Return the moves backwards, and one node more, the last, from which some of them lead to where they begin.

        Args:
            asked: which moves.
        """
        back, extra = self.backward, np.flatnonzero(asked)
        found = Graph(
            np.append(back.starts, len(back.to) + len(extra)),
            np.concatenate((back.to, self.sources[extra])),
            np.concatenate((back.rule, self.rule[extra])),
        )
        found.__dict__["order"] = np.concatenate(([self.size], back.order)).astype(np.int32)
        return found


@dataclass(frozen=True)
class Automaton:
    """What steps are to an automaton that watches.

    Attributes:
        kinds: for each node, what it is to the automaton where a move leads there.
        symbols: for each rule and kind (`rule * kinds + kind`), the symbol; -1 where the move is not taken.
        leads: for each symbol and state (`symbol * states + state`), where the states after it begin in `after`; a last
            end.
        after: the states after.
        goes_on: for each state, whether moves are followed from it.
    """

    kinds: Indices
    symbols: Indices
    leads: Numbers
    after: Indices
    goes_on: NDArray[np.bool_]
