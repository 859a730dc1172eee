"""A least fixpoint of sets of choices over any graph: what can be reached, each under which readings."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeVar

from duecourse.model.reading_set import ALL, NONE, TooManyError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

    from duecourse.model.featured import FeaturedTable
    from duecourse.model.reading_set import ReadingSet, ReadingSpace

N = TypeVar("N", bound="Hashable")


def spread(
    space: ReadingSpace,
    starts: Mapping[N, ReadingSet],
    successors: Callable[[N], Iterable[tuple[N, ReadingSet]]],
    limit: int,
) -> dict[N, ReadingSet]:
    """Return what can be reached from some nodes, each under which choices (by differences).

    Args:
        space: the choices of readings.
        starts: where to begin, each under which choices.
        successors: where a node leads, each under which choices.
        limit: after how many nodes the search is given up.

    Raises:
        TooManyError: more nodes than `limit`, or sets with more nodes than their space allows.
    """
    found = dict(starts)
    fresh = dict(starts)
    queue = deque(starts)
    after: dict[N, tuple[tuple[N, ReadingSet], ...]] = {}
    while queue:
        node = queue.popleft()
        new = fresh.pop(node)
        moves = after.get(node)
        if moves is None:
            moves = after[node] = tuple(successors(node))
        for to, under in moves:
            here = space.intersection(new, under)
            if here == NONE:
                continue
            known = found.get(to, NONE)
            more = space.difference(here, known)
            if more == NONE:
                continue
            found[to] = space.union(known, more)
            if to in fresh:
                fresh[to] = space.union(fresh[to], more)
            else:
                fresh[to] = more
                queue.append(to)
        if len(found) > limit:
            raise TooManyError(f"stopped after {limit} configurations; raise the limit")
    return found


def reached(table: FeaturedTable, limit: int) -> dict[int, ReadingSet]:
    """Return the configurations of a table, each with the choices under which it can be reached.

    Raises:
        TooManyError: more of them than `limit`.
    """
    return spread(
        table.space,
        dict.fromkeys(table.common.initial, ALL),
        lambda packed: ((to, under) for _, to, under in table.moves(packed)),
        limit,
    )
