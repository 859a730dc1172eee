"""Least fixpoints of sets over a graph, compiled: what can be reached, each under which choices.

A set is a function of decision diagrams that is 0 in the set and never elsewhere (`duecourse.kernels.diagrams`). Where
there is no room for a new node of them the loop stops, and goes on from there when it is called again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels.compiling import Compiled, part, whole
from duecourse.kernels.diagram_loops import FULL, GREATER, NEVER, SUM, WITHOUT, ZERO, combined
from duecourse.kernels.distinct import distinct
from duecourse.kernels.graphs import ANYWHERE, AT_LAST

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from numpy.typing import NDArray

    from duecourse.kernels.diagrams import Diagrams
    from duecourse.kernels.graphs import Automaton, Graph

    Numbers = NDArray[np.int64]
    Indices = NDArray[np.int32]
    Bits = NDArray[np.uint64]

SHOWN = 6
_ONE = np.uint64(1)


def _meeting(a: np.int64, b: np.int64, store: Any) -> np.int64:  # noqa: ANN401
    """Return the intersection of two sets."""
    if a == NEVER or b == ZERO:
        return a
    if b == NEVER or a == ZERO:
        return b
    if a == b:
        return a
    met: np.int64 = combined(SUM, a, b, *store)
    return met


def _joining(a: np.int64, b: np.int64, store: Any) -> np.int64:  # noqa: ANN401
    """Return the union of two sets."""
    if a == ZERO or b == NEVER:
        return a
    if a == NEVER or b == ZERO:
        return b
    if a == b:
        return a
    joined: np.int64 = combined(GREATER, a, b, *store)
    return joined


def _leaving(a: np.int64, b: np.int64, store: Any) -> np.int64:  # noqa: ANN401
    """Return the difference of two sets."""
    if a == NEVER or b == NEVER:
        return a
    if a == b or b == ZERO:
        return np.int64(NEVER)
    left: np.int64 = combined(WITHOUT, a, b, *store)
    return left


_meet, _join, _leave = part(_meeting), part(_joining), part(_leaving)


def _spread(cached: bool) -> Callable[..., Any]:  # noqa: FBT001
    def spread(
        starts: Numbers,
        to: Indices,
        rule: Indices,
        kinds: Indices,
        symbols: Indices,
        leads: Numbers,
        after: Indices,
        goes_on: NDArray[np.bool_],
        allowed: Indices,
        cone: Bits,
        aims: NDArray[np.int8],
        last: NDArray[np.bool_],
        group: Indices,
        under: Indices,
        memo: Numbers,
        found: Indices,
        fresh: Indices,
        waiting: NDArray[np.bool_],
        progress: Numbers,
        store: Any,  # noqa: ANN401
    ) -> bool:
        width, kinds_each, count = len(goes_on), len(symbols) // len(group), len(starts) - 1
        bounded, narrowed = len(allowed) > 0, len(cone) > 0
        at, state, edge, choice = progress[0], progress[1], progress[2], progress[3]
        new, again, shown, every = progress[4], progress[5], progress[6], progress[7]
        done, room = False, True
        while not done:
            if at == count:
                at, done = np.int64(0), True
                for place in range(count):
                    done = done and not waiting[place]
                continue
            if not waiting[at]:
                at += 1
                continue
            node = at * width + state
            if edge < 0:
                # what is shown already need not be followed
                new = _leave(np.int64(fresh[node]), shown, store)
                if new == FULL:
                    room = False
                    break
                fresh[node] = NEVER
                edge, choice = starts[at], np.int64(0)
            end = starts[at + 1] if goes_on[state] and new != NEVER else edge
            while edge < end:
                target, by = to[edge], group[rule[edge]]
                symbol = symbols[rule[edge] * kinds_each + kinds[target]]
                row = symbol * width + state
                if symbol < 0 or leads[row] + choice >= leads[row + 1]:
                    edge, choice = edge + 1, np.int64(0)
                    continue
                if memo[by, 0] != new:
                    here = _meet(new, np.int64(under[by]), store)
                    if here == FULL:
                        room = False
                        break
                    memo[by, 0], memo[by, 1] = new, here
                here = memo[by, 1]
                if bounded:
                    here = _meet(here, np.int64(allowed[target]), store)
                    if here == FULL:
                        room = False
                        break
                while here != NEVER and leads[row] + choice < leads[row + 1]:
                    onto = after[leads[row] + choice]
                    choice += 1
                    if narrowed and not (cone[target] >> np.uint64(onto)) & _ONE:
                        continue
                    place = np.int64(target) * width + onto
                    both = left = then = shown
                    more = _leave(here, np.int64(found[place]), store)
                    if more == NEVER:
                        continue
                    if more != FULL:
                        both = _join(np.int64(found[place]), more, store)
                        left = _join(np.int64(fresh[place]), more, store)
                        if aims[onto] == ANYWHERE or (aims[onto] == AT_LAST and last[target]):
                            then = _join(shown, more, store)
                    if more == FULL or both == FULL or left == FULL or then == FULL:
                        choice -= 1
                        room = False
                        break
                    found[place], shown = both, then
                    if goes_on[onto]:
                        fresh[place], waiting[target] = left, True
                        if target == at:
                            again = np.int64(1)
                if not room:
                    break
                edge, choice = edge + 1, np.int64(0)
            if not room:
                break
            edge, state = np.int64(-1), state + 1
            if state == width:
                waiting[at] = again == 1
                at, state, again = at + 1 - again, np.int64(0), np.int64(0)
                done = shown != NEVER and shown == every
        progress[0], progress[1], progress[2], progress[3] = at, state, edge, choice
        progress[4], progress[5], progress[6] = new, again, shown
        return done

    return whole(spread, cached=cached)


SPREAD = Compiled(_spread)
"""Goes on until nothing more is found (true), or until there is no room (false)."""


@dataclass
class Aim:
    """What a fixpoint is asked for: under which choices any of some nodes is reached in some state.

    Attributes:
        states: for each state, where it is looked for (`duecourse.kernels.graphs`).
        last: for each node, whether it is one of the last.
        shown: the choices under which that is known; afterwards, all under which it is so.
        every: the choices that there are at most; none if any.
        cone: for each node the states that may lead there, as bits; all states of all nodes if empty.
    """

    states: NDArray[np.int8]
    last: NDArray[np.bool_]
    shown: int = NEVER
    every: int = NEVER
    cone: Bits = field(default_factory=lambda: np.empty(0, np.uint64))


def spread(
    diagrams: Diagrams,
    graph: Graph,
    automaton: Automaton,
    under: Indices,
    first: Indices,
    allowed: Indices | None = None,
    aim: Aim | None = None,
) -> Indices:
    """Return under which choices each node is reached in each state (least fixpoint, by differences).

    Args:
        diagrams: the sets.
        graph: the moves.
        automaton: the automaton beside them.
        under: for each rule, the choices under which it exists.
        first: for each node, under which choices it is reached at the beginning, in the first state.
        allowed: for each node, under which choices it may be entered; all if None.
        aim: what is looked for, where it is no matter what else is reached; its answer is left there.

    Returns:
        For each node and state, the choices; shape (nodes, states). With an aim the nodes are in the order of the graph.
    """
    order, width = graph.order, len(automaton.goes_on)
    found = np.full((graph.size, width), NEVER, np.int32)
    found[:, 0] = first[order]
    fresh, waiting = found.copy().reshape(-1), found[:, 0] != NEVER
    wanted = aim or Aim(np.zeros(width, np.int8), np.zeros(graph.size, np.bool_))
    progress = np.array([0, 0, -1, 0, NEVER, 0, wanted.shown, wanted.every], np.int64)
    asked = _laid(graph, automaton, under, allowed, wanted)
    while not SPREAD(*asked, found.reshape(-1), fresh, waiting, progress, diagrams.store):
        diagrams.grow()
    wanted.shown = int(progress[SHOWN])
    if aim is not None:
        return found
    result = np.empty_like(found)
    result[order] = found
    return result


def _laid(
    graph: Graph, automaton: Automaton, under: Indices, allowed: Indices | None, aim: Aim
) -> tuple[Any, ...]:
    """Return what a fixpoint goes over, with the nodes in the order of the graph."""
    order, laid = graph.order, graph.laid
    sets, group = distinct(under)
    return (
        laid.starts,
        laid.to,
        laid.rule,
        automaton.kinds[order],
        automaton.symbols,
        automaton.leads,
        automaton.after,
        automaton.goes_on,
        np.empty(0, np.int32) if allowed is None else allowed[order],
        aim.cone[order] if len(aim.cone) else aim.cone,
        aim.states,
        aim.last[order],
        group.astype(np.int32),
        sets.astype(np.int32),
        np.full((len(sets), 2), NEVER, np.int64),
    )
