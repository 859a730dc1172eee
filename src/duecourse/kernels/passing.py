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
        self.order = order
        self.full = False
        known, later = np.zeros(1, np.bool_), np.full(1, -1, np.int32)
        after = freed = np.full((1, events), -1, np.int32)
        place = np.full((size, 1), -1, np.int32)
        self.node, self.left = np.empty(_FIRST, np.int32), np.empty(_FIRST, np.int32)
        self.ends = np.zeros(_FIRST + 1, np.int64)
        self.targets, self.by = np.empty(_FIRST, np.int32), np.empty(_FIRST, np.int32)
        progress = np.zeros(3, np.int64)
        widest = max((days for _, days in begin), default=0) + 1
        known, after, freed, later, place = _wider(widest, known, after, freed, later, place)
        for number, (at, days) in enumerate(begin):
            self.node[number], self.left[number], place[at, days] = at, days, number
        progress[COUNT] = len(begin)
        graph = (starts, to[order], event[order], freeing[order])
        while True:
            status = EXPLORE(
                *graph,
                known,
                after,
                freed,
                later,
                place,
                self.node,
                self.left,
                self.ends,
                self.targets,
                self.by,
                progress,
            )
            if status == DONE:
                break
            if status == ROW:
                days = int(self.left[progress[HEAD]])
                own, free, then = row(days)
                widest = int(max(own.max(initial=0), free.max(initial=0), then)) + 1
                if widest > len(known):
                    room = max(widest, 2 * len(known))
                    known, after, freed, later, place = _wider(
                        room, known, after, freed, later, place
                    )
                known[days], later[days] = True, then
                after[days, : len(own)], freed[days, : len(free)] = own, free
            elif len(self.node) > 4 * most:
                self.full = True
                break
            else:
                self.node, self.left, self.targets, self.by = (
                    np.concatenate((each, np.empty(3 * len(each), np.int32)))
                    for each in (self.node, self.left, self.targets, self.by)
                )
                self.ends = np.concatenate((self.ends, np.zeros(3 * len(self.ends), np.int64)))
        self.size, count = int(progress[COUNT]), int(progress[EDGES])
        self.node, self.left = self.node[: self.size], self.left[: self.size]
        self.to, by = self.targets[:count], self.by[:count]
        self.sources = np.repeat(
            np.arange(self.size, dtype=np.int32), np.diff(self.ends[: self.size + 1])
        )
        moves = len(to)
        self.passes = by == PASSING
        self.frees = by >= moves
        self.edge = np.where(self.passes, -1, order[np.where(self.passes, 0, by) % max(moves, 1)])


def _wider(
    room: int,
    known: NDArray[np.bool_],
    after: Indices,
    freed: Indices,
    later: Indices,
    place: Indices,
) -> tuple[NDArray[np.bool_], Indices, Indices, Indices, Indices]:
    more = room - len(known)
    if more <= 0:
        return known, after, freed, later, place
    blank = np.full((more, after.shape[1]), -1, np.int32)
    return (
        np.concatenate((known, np.zeros(more, np.bool_))),
        np.concatenate((after, blank)),
        np.concatenate((freed, blank)),
        np.concatenate((later, np.full(more, -1, np.int32))),
        np.concatenate((place, np.full((len(place), more), -1, np.int32)), axis=1),
    )
