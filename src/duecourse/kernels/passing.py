"""A graph of events beside the days that clocks have left, explored by a compiled loop.

The days left are numbers to the loop, with a row for each that says what time and every event make of them; where a row
is missing the loop stops, says which, and goes on from there when it is called again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels.compiling import Compiled, whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Indices = NDArray[np.int32]

DONE, ROW, ROOM = range(3)
HEAD, COUNT, EDGES = range(3)
PASSING = -1
"""The edge of time that passes."""

_FIRST = 1 << 14


def _explore(cached: bool) -> Callable[..., Any]:  # noqa: FBT001
    def explore(
        starts: Numbers,
        to: Indices,
        event: Indices,
        freeing: NDArray[np.bool_],
        known: NDArray[np.bool_],
        after: Indices,
        freed: Indices,
        later: Indices,
        place: Indices,
        node: Indices,
        left: Indices,
        ends: Numbers,
        targets: Indices,
        by: Indices,
        progress: Numbers,
    ) -> int:
        moves = len(to)
        while progress[HEAD] < progress[COUNT]:
            at = progress[HEAD]
            here, days = node[at], left[at]
            if not known[days]:
                return ROW
            room = 2 * (starts[here + 1] - starts[here]) + 1
            if progress[EDGES] + room > len(targets) or progress[COUNT] + room > len(node):
                return ROOM
            for edge in range(starts[here] - 1, starts[here + 1]):
                first = edge < starts[here]
                for way in range(2):
                    if first:
                        then, onto, name = (later[days] if way == 0 else -1), here, PASSING
                    elif way == 0:
                        then, onto, name = after[days, event[edge]], to[edge], edge
                    else:
                        then, onto, name = freed[days, event[edge]], to[edge], moves + edge
                        if not freeing[edge]:
                            then = -1
                    if then < 0:
                        continue
                    found = place[onto, then]
                    if found < 0:
                        found = progress[COUNT]
                        place[onto, then] = found
                        node[found], left[found] = onto, then
                        progress[COUNT] += 1
                    targets[progress[EDGES]], by[progress[EDGES]] = found, name
                    progress[EDGES] += 1
            progress[HEAD] += 1
            ends[progress[HEAD]] = progress[EDGES]
        return DONE

    return whole(explore, cached=cached)


EXPLORE = Compiled(_explore)


class Passing:
    """The pairs of a node and days left that can be reached, and the edges between them.

    Args:
        size: how many nodes the graph has.
        sources, to, event: the edges of the graph, and what happens on each.
        events: how many things can happen.
        freeing: for each edge, whether it may free a clock of its limit.
        begin: where cases begin: node and days left.
        row: gives, for days left by number, what each event makes of them, what it makes of them where it frees a clock,
            and what they are after time has passed; -1 where that cannot be.
        most: how many pairs are looked at.

    Attributes:
        full: whether there were more; then nothing else is known.
    """

    def __init__(
        self,
        size: int,
        sources: Indices,
        to: Indices,
        event: Indices,
        events: int,
        freeing: NDArray[np.bool_],
        begin: list[tuple[int, int]],
        row: Callable[[int], tuple[Indices, Indices, int]],
        most: int,
    ) -> None:
        order = np.argsort(sources, kind="stable")
        counts = np.bincount(sources, minlength=size)
        starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        graph = (starts, to[order], event[order], freeing[order])
        self.node, self.left = np.empty(_FIRST, np.int32), np.empty(_FIRST, np.int32)
        self.ends = np.zeros(_FIRST + 1, np.int64)
        self.targets, self.by = np.empty(_FIRST, np.int32), np.empty(_FIRST, np.int32)
        self.progress = np.zeros(3, np.int64)
        self.rows = _Rows(size, events)
        self.full = False
        self._begin(begin)
        while (status := self._explored(graph)) != DONE and not self.full:
            if status == ROW:
                days = int(self.left[self.progress[HEAD]])
                self.rows.enter(days, *row(days))
            elif len(self.node) > 4 * most:
                self.full = True
            else:
                self._grow()
        if not self.full:
            self._finish(order, len(to))

    def _begin(self, begin: list[tuple[int, int]]) -> None:
        """Enter the pairs in which cases begin."""
        self.rows.widen(max((days for _, days in begin), default=0) + 1)
        for number, (at, days) in enumerate(begin):
            self.node[number], self.left[number] = at, days
            self.rows.place[at, days] = number
        self.progress[COUNT] = len(begin)

    def _explored(self, graph: tuple[Any, ...]) -> int:
        """Explore as far as rows and room allow; return what stopped it."""
        status: int = EXPLORE(
            *graph,
            *self.rows.arrays,
            self.node,
            self.left,
            self.ends,
            self.targets,
            self.by,
            self.progress,
        )
        return status

    def _grow(self) -> None:
        """Make room for more pairs and edges."""
        self.node, self.left, self.targets, self.by = (
            np.concatenate((each, np.empty(3 * len(each), np.int32)))
            for each in (self.node, self.left, self.targets, self.by)
        )
        self.ends = np.concatenate((self.ends, np.zeros(3 * len(self.ends), np.int64)))

    def _finish(self, order: Numbers, moves: int) -> None:
        """Cut off the room that was not needed, and say what the edges are."""
        self.size, count = int(self.progress[COUNT]), int(self.progress[EDGES])
        self.node, self.left = self.node[: self.size], self.left[: self.size]
        self.to, by = self.targets[:count], self.by[:count]
        self.sources = np.repeat(
            np.arange(self.size, dtype=np.int32), np.diff(self.ends[: self.size + 1])
        )
        self.passes = by == PASSING
        self.frees = by >= moves
        self.edge = np.where(self.passes, -1, order[np.where(self.passes, 0, by) % max(moves, 1)])


class _Rows:
    """What time and every event make of days left, and where each pair is; a row for each days left that is known.

    Args:
        size: how many nodes the graph has.
        events: how many things can happen.
    """

    def __init__(self, size: int, events: int) -> None:
        self.known, self.later = np.zeros(1, np.bool_), np.full(1, -1, np.int32)
        self.after = self.freed = np.full((1, events), -1, np.int32)
        self.place = np.full((size, 1), -1, np.int32)

    @property
    def arrays(self) -> tuple[Any, ...]:
        """What the compiled loop works on."""
        return self.known, self.after, self.freed, self.later, self.place

    def enter(self, days: int, own: Indices, free: Indices, then: int) -> None:
        """Enter the row of days left."""
        widest = int(max(own.max(initial=0), free.max(initial=0), then)) + 1
        if widest > len(self.known):
            self.widen(max(widest, 2 * len(self.known)))
        self.known[days], self.later[days] = True, then
        self.after[days, : len(own)], self.freed[days, : len(free)] = own, free

    def widen(self, room: int) -> None:
        """Make room for so many days left."""
        more = room - len(self.known)
        if more <= 0:
            return
        blank = np.full((more, self.after.shape[1]), -1, np.int32)
        self.known = np.concatenate((self.known, np.zeros(more, np.bool_)))
        self.after = np.concatenate((self.after, blank))
        self.freed = np.concatenate((self.freed, blank))
        self.later = np.concatenate((self.later, np.full(more, -1, np.int32)))
        beside = np.full((len(self.place), more), -1, np.int32)
        self.place = np.concatenate((self.place, beside), axis=1)
