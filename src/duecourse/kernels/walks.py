"""Shortest ways through a graph with an automaton beside it, compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels.compiling import Compiled, whole
from duecourse.kernels.graphs import ANYWHERE, AT_LAST

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from numpy.typing import NDArray

    from duecourse.kernels.graphs import Automaton, Graph

    Numbers = NDArray[np.int64]
    Indices = NDArray[np.int32]

_NOT_YET, _BEGIN = -2, -1


def _walk(cached: bool) -> Callable[..., Any]:  # noqa: FBT001
    def walk(
        starts: Numbers,
        to: Indices,
        rule: Indices,
        taken: NDArray[np.bool_],
        kinds: Indices,
        symbols: Indices,
        leads: Numbers,
        after: Indices,
        goes_on: NDArray[np.bool_],
        aims: NDArray[np.int8],
        last: NDArray[np.bool_],
        queue: Numbers,
        count: int,
        came: Indices,
        by: Indices,
    ) -> int:
        width, kinds_each = len(goes_on), len(symbols) // len(taken)
        head = 0
        while head < count:
            pair = queue[head]
            head += 1
            node, state = pair // width, pair % width
            if not goes_on[state]:
                continue
            for edge in range(starts[node], starts[node + 1]):
                if not taken[rule[edge]]:
                    continue
                target = to[edge]
                symbol = symbols[rule[edge] * kinds_each + kinds[target]]
                if symbol < 0:
                    continue
                row = symbol * width + state
                for place in range(leads[row], leads[row + 1]):
                    onto = after[place]
                    onward = np.int64(target) * width + onto
                    if came[onward] != _NOT_YET:
                        continue
                    came[onward], by[onward] = pair, rule[edge]
                    if aims[onto] == ANYWHERE or (aims[onto] == AT_LAST and last[target]):
                        return int(onward)
                    queue[count] = onward
                    count += 1
        return -1

    return whole(walk, cached=cached)


WALK = Compiled(_walk)
"""Returns the pair of node and state that is found first; -1 where none is."""


def shortest(
    graph: Graph,
    automaton: Automaton,
    begin: int,
    taken: NDArray[np.bool_],
    aims: NDArray[np.int8],
    last: NDArray[np.bool_],
) -> list[int] | None:
    """Return the rules of a way with the fewest moves to what is looked for; None where there is none.

    Args:
        graph: the moves.
        automaton: the automaton beside them.
        begin: the way begins in one of so many first nodes, in the first state.
        taken: for each rule, whether it is taken.
        aims: for each state, where it is looked for (`duecourse.kernels.graphs`).
        last: for each node, whether it is one of the last.
    """
    width = len(aims)
    first = np.arange(begin, dtype=np.int64) * width
    if aims[0] == ANYWHERE or (aims[0] == AT_LAST and last[:begin].any()):
        return []
    came = np.full(graph.size * width, _NOT_YET, np.int32)
    came[first] = _BEGIN
    by, queue = np.empty(len(came), np.int32), np.empty(len(came), np.int64)
    queue[:begin] = first
    at = int(
        WALK(
            graph.starts,
            graph.to,
            graph.rule,
            taken,
            automaton.kinds,
            automaton.symbols,
            automaton.leads,
            automaton.after,
            automaton.goes_on,
            aims,
            last,
            queue,
            begin,
            came,
            by,
        )
    )
    if at < 0:
        return None
    rules: list[int] = []
    while came[at] != _BEGIN:
        rules.append(int(by[at]))
        at = int(came[at])
    return rules[::-1]
