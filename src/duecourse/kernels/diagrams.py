"""Functions from choices of options to numbers, as decision diagrams, and best ways over a graph of them; compiled.

A function is a node of a reduced, ordered, multi-valued decision diagram whose leaves are numbers (algebraic decision
diagrams: Bahar et al. 1993), so that equal functions are equal integers. A set of choices is the function that is 0 in
the set and never anywhere else; with "the greater of two" and "the sum of two", in which never stays never, sets and
numbers are one algebra (max-plus), and the best way from each node of a graph is found for all choices in one pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels.diagram_loops import (
    CACHE_BITS,
    COUNT,
    CUBES,
    EACH,
    ENTER,
    EVALUATE,
    FULL,
    GATHER,
    GREATER,
    MAKE,
    NEVER,
    RELAX,
    SMALLER,
    SUM,
    WITHOUT,
    ZERO,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    from duecourse.kernels.ways import Ways

    Indices = NDArray[np.int32]

_FIRST = 1 << 16
_CACHE = 1 << CACHE_BITS
MOST_NODES = 1 << 26
"""How many nodes are made before the work is given up; so many take about 2 GB."""

__all__ = [
    "GREATER",
    "MOST_NODES",
    "NEVER",
    "SMALLER",
    "SUM",
    "WITHOUT",
    "ZERO",
    "Diagrams",
    "leaf",
]


def leaf(number: int) -> int:
    """Return the function that is a number everywhere, from 0 on."""
    return -2 - number


class Diagrams:
    """Functions of the choices of options, made as they are asked for; for one thread.

    Args:
        options: how many options there are on each level, from the highest.
        cap: a greater sum counts as this.
    """

    def __init__(self, options: Sequence[int], cap: int = 1 << 20) -> None:
        self.arity = np.array(options, np.int32)
        self.width = max([2, *options])
        self.levels = np.empty(_FIRST, np.int32)
        self.children = np.empty((_FIRST, self.width), np.int32)
        self.slots = np.full(4 * _FIRST, -1, np.int32)
        self.meta = np.array([0, cap], np.int64)
        self.keys, self.results = np.full(_CACHE, -1, np.int64), np.zeros(_CACHE, np.int32)
        self.stack = np.empty((len(options) + 2, 3), np.int64)
        self.parts = np.empty((len(options) + 2, self.width), np.int32)

    @property
    def store(self) -> tuple[Any, ...]:
        """What the compiled loops work on."""
        return (
            self.levels,
            self.children,
            self.arity,
            self.slots,
            self.meta,
            self.keys,
            self.results,
            self.stack,
            self.parts,
        )

    @property
    def size(self) -> int:
        """How many nodes there are."""
        return int(self.meta[COUNT])

    def node(self, level: int, children: Sequence[int]) -> int:
        """Return the node of a level with these children."""
        own = np.zeros(self.width, np.int32)
        own[: len(children)] = children
        while (made := int(MAKE(level, own, *self.store[:5]))) == FULL:
            self.grow()
        return made

    def numbers(self, count: int, last: int) -> Indices:
        """Return, for each number, the set in which the levels of two options above a level say it, bit by bit."""
        bits = max((count - 1).bit_length(), 1)
        out, done = np.empty(count, np.int32), np.zeros(1, np.int64)
        own = np.zeros(self.width, np.int32)
        while not CUBES(last - bits, last, out, done, own, *self.store[:5]):
            self.grow()
        return out

    def each(self, op: int, first: Indices, second: Indices) -> Indices:
        """Return an operation on two functions, for each place."""
        out, done = np.empty(len(first), np.int32), np.zeros(1, np.int64)
        while not EACH(op, first, second, out, done, self.store):
            self.grow()
        return out

    def both(self, op: int, first: int, second: int) -> int:
        """Return an operation on two functions."""
        return int(self.each(op, np.array([first], np.int32), np.array([second], np.int32))[0])

    def gathered(
        self,
        size: int,
        sources: Indices,
        to: Indices,
        weight: Indices,
        there: Indices,
        best: int = GREATER,
    ) -> Indices:
        """Return, for each of so many nodes, the best of one edge and what is there."""
        out, done = np.full(size, NEVER, np.int32), np.zeros(1, np.int64)
        while not GATHER(best, sources, to, weight, there, out, done, self.store):
            self.grow()
        return out

    def best(
        self,
        ways: Ways,
        weight: Indices,
        there: Indices,
        *,
        best: int = GREATER,
        mask: Indices | None = None,
    ) -> Indices:
        """Return, for each node, the best sum of the weights of a way and what is there at its end (fixpoint).

        Args:
            ways: the graph.
            weight: for each edge a function.
            there: for each node a function.
            best: whether the greater or the smaller is the better.
            mask: for each node, the choices that count there.
        """
        value = there.astype(np.int32)
        before, sources = ways.before
        waiting = np.zeros(ways.size, np.bool_)
        waiting[ways.sources[there[ways.to] != NEVER]] = True
        graph = (*ways.order, ways.starts, ways.to[ways.by_source], weight[ways.by_source])
        masked = np.empty(0, np.int32) if mask is None else mask
        done = np.zeros(1, np.int64)
        while not RELAX(best, *graph, masked, before, sources, value, waiting, done, self.store):
            self.grow()
        return value

    def evaluated(self, functions: Indices, chosen: Sequence[int]) -> Indices:
        """Return the number that each function is under one choice, an option for each level; -1 for never."""
        out = np.empty(len(functions), np.int32)
        options = np.array(chosen, np.int32)
        EVALUATE(functions.astype(np.int32), options, self.levels, self.children, out)
        return out

    def grow(self) -> None:
        """Make room for more nodes.

        Raises:
            MemoryError: there are `MOST_NODES` already.
        """
        room = 4 * len(self.levels)
        if room > MOST_NODES:
            raise MemoryError(f"more than {len(self.levels):,} nodes of diagrams")
        count = self.size
        levels, children = np.empty(room, np.int32), np.empty((room, self.width), np.int32)
        levels[:count], children[:count] = self.levels[:count], self.children[:count]
        self.levels, self.children = levels, children
        self.slots = np.full(4 * room, -1, np.int32)
        ENTER(self.levels, self.children, self.arity, self.slots, count)
