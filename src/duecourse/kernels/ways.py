"""A graph with what its loops and its ways are found from: strongly connected components, fewest edges."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels.compiling import Compiled, compiled

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Indices = NDArray[np.int32]

_NOT_YET, _BEGIN = -2, -1


def _parts(cached: bool) -> Callable[..., Any]:  # noqa: FBT001
    def parts(starts: Numbers, to: Indices, part: Indices, rank: Indices) -> int:
        count = len(starts) - 1
        seen, low = np.full(count, -1, np.int32), np.zeros(count, np.int32)
        path, edges = np.empty(count, np.int32), np.empty(count, np.int64)
        open_ = np.empty(count, np.int32)
        found, ranked, parts_found, opened = 0, 0, 0, 0
        for root in range(count):
            if seen[root] >= 0:
                continue
            path[0], depth = root, 1
            seen[root] = low[root] = found
            edges[0] = starts[root]
            open_[opened] = root
            found, opened = found + 1, opened + 1
            while depth:
                at, edge = path[depth - 1], edges[depth - 1]
                if edge < starts[at + 1]:
                    edges[depth - 1] += 1
                    target = to[edge]
                    if seen[target] < 0:
                        seen[target] = low[target] = found
                        path[depth], edges[depth] = target, starts[target]
                        open_[opened] = target
                        found, opened, depth = found + 1, opened + 1, depth + 1
                    elif part[target] < 0:
                        low[at] = min(low[at], seen[target])
                    continue
                depth -= 1
                rank[at] = ranked
                ranked += 1
                if depth:
                    low[path[depth - 1]] = min(low[path[depth - 1]], low[at])
                if low[at] == seen[at]:
                    while True:
                        opened -= 1
                        part[open_[opened]] = parts_found
                        if open_[opened] == at:
                            break
                    parts_found += 1
        return parts_found

    return compiled(parts, cached=cached)


def _walk(cached: bool) -> Callable[..., Any]:  # noqa: FBT001
    def walk(
        starts: Numbers,
        to: Indices,
        open_: NDArray[np.bool_],
        last: NDArray[np.bool_],
        queue: Indices,
        count: int,
        came: Indices,
    ) -> int:
        head = 0
        while head < count:
            at = queue[head]
            head += 1
            if last[at]:
                return int(at)
            for edge in range(starts[at], starts[at + 1]):
                target = to[edge]
                if open_[edge] and came[target] == _NOT_YET:
                    came[target] = edge
                    queue[count] = target
                    count += 1
        return -1

    return compiled(walk, cached=cached)


def _sort(cached: bool) -> Callable[..., Any]:  # noqa: FBT001
    def sort(numbers: Indices, starts: Numbers, order: Numbers) -> None:
        for number in numbers:
            starts[number + 1] += 1
        for number in range(len(starts) - 1):
            starts[number + 1] += starts[number]
        for place in range(len(numbers)):
            order[starts[numbers[place]]] = place
            starts[numbers[place]] += 1
        for number in range(len(starts) - 1, 0, -1):
            starts[number] = starts[number - 1]
        starts[0] = 0

    return compiled(sort, cached=cached)


PARTS, WALK, SORT = Compiled(_parts), Compiled(_walk), Compiled(_sort)


def grouped(numbers: Indices, size: int) -> tuple[Numbers, Numbers]:
    """Return the places of numbers below a size in the order of the numbers, and where each number begins; a last end."""
    starts, order = np.zeros(size + 1, np.int64), np.empty(len(numbers), np.int64)
    SORT(numbers.astype(np.int32), starts, order)
    return order, starts


class Ways:
    """A graph, forwards and backwards.

    Args:
        size: how many nodes.
        sources, to: from where each edge leads and whereto; any order.
    """

    def __init__(self, size: int, sources: Indices | Numbers, to: Indices | Numbers) -> None:
        self.size = size
        self.sources: Indices = sources.astype(np.int32)
        self.to: Indices = to.astype(np.int32)
        self.by_source, self.starts = grouped(self.sources, size)

    @cached_property
    def before(self) -> tuple[Numbers, Indices]:
        """Where the edges that lead to each node begin, and from where they lead."""
        order, starts = grouped(self.to, self.size)
        return starts, self.sources[order]

    def shortest(
        self, begin: Indices | Numbers, followed: NDArray[np.bool_], last: NDArray[np.bool_]
    ) -> list[int]:
        """Return the edges of a way with the fewest of them, from one of some nodes.

        Args:
            begin: where it may begin.
            followed: for each edge, whether it may be taken.
            last: for each node, whether it may end there.

        Raises:
            ValueError: there is none.
        """
        came = np.full(self.size, _NOT_YET, np.int32)
        came[begin] = _BEGIN
        queue = np.empty(self.size, np.int32)
        queue[: len(begin)] = begin
        order = self.by_source
        arrays = (self.starts, self.to[order], followed[order], last, queue, len(begin), came)
        if (at := int(WALK(*arrays))) < 0:
            raise ValueError("no such way")
        edges: list[int] = []
        while came[at] >= 0:
            edges.append(int(order[came[at]]))
            at = int(self.sources[edges[-1]])
        return edges[::-1]

    def reached(self, begin: Indices | Numbers, followed: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return the nodes that can be reached from some nodes by some edges."""
        came = np.full(self.size, _NOT_YET, np.int32)
        came[begin] = _BEGIN
        queue = np.empty(self.size, np.int32)
        queue[: len(begin)] = begin
        order, none = self.by_source, np.zeros(self.size, np.bool_)
        WALK(self.starts, self.to[order], followed[order], none, queue, len(begin), came)
        found: NDArray[np.bool_] = came != _NOT_YET
        return found

    @cached_property
    def part(self) -> Indices:
        """The strongly connected component of each node, by number, each after those it leads to (Tarjan 1972)."""
        return self._parts[0]

    @cached_property
    def _parts(self) -> tuple[Indices, Indices]:
        part, rank = np.full(self.size, -1, np.int32), np.zeros(self.size, np.int32)
        PARTS(self.starts, self.to[self.by_source], part, rank)
        return part, rank

    @cached_property
    def order(self) -> tuple[Indices, Numbers]:
        """The nodes so that, loops apart, each comes after those that it leads to; where each component begins in it."""
        part, rank = self._parts
        order = np.lexsort((rank, part)).astype(np.int32)
        return order, _starts(part, int(part.max(initial=-1)) + 1)


def _starts(nodes: Indices, size: int) -> Numbers:
    counts = np.bincount(nodes, minlength=size)
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
