"""Least fixpoints of sets over a graph, compiled: what can be reached, each under which choices.

A set is a number, 0 the empty one and 1 the full one; the loop knows no more of sets than a table of results. Where a
result is missing it stops, says which, and goes on from there when it is called again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels.compiling import Compiled, compiled, inlined

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Indices = NDArray[np.int32]

INTERSECTION, UNION, DIFFERENCE = range(3)
PLACE, STATE, EDGE, CHOICE, NEW, AGAIN = range(6)
_ONE, _HALF = np.uint64(1), np.uint64(32)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_EMPTY = -1
_NO, _UNKNOWN = np.int64(0), np.int64(-1)
_ALL_BITS = (1 << 64) - 1
_FIRST = 1 << 14


# comparisons are spelled out, for a compiled set of constants is made anew each time
def _looked(
    keys: Numbers, values: Numbers, miss: Numbers, op: int, a: np.int64, b: np.int64
) -> np.int64:
    """Return the result of an operation on two sets; -1, with the question in `miss`, where it is not known."""
    if op == INTERSECTION:
        if a == 0 or a == b or b == 1:
            return a
        if b == 0 or a == 1:
            return b
    elif op == UNION:
        if a == 1 or a == b or b == 0:
            return a
        if a == 0 or b == 1:
            return b
    else:
        if a == 0 or a == b or b == 1:
            return _NO
        if b == 0:
            return a
    if op != DIFFERENCE and a > b:
        a, b = b, a
    key = (op << 60) | (a << 30) | b
    last = np.uint64(len(keys) - 1)
    slot = ((np.uint64(key) * _MIX) >> _HALF) & last
    while keys[slot] != key:
        if keys[slot] == _EMPTY:
            miss[0], miss[1], miss[2] = op, a, b
            return _UNKNOWN
        slot = (slot + _ONE) & last
    answer: np.int64 = values[slot]
    return answer


_look = inlined(_looked)


def _spread(cached: bool) -> Callable[..., Any]:  # noqa: FBT001
    def spread(
        order: Indices,
        starts: Numbers,
        to: Indices,
        rule: Indices,
        under: Indices,
        kinds: Indices,
        symbols: Indices,
        leads: Numbers,
        after: Indices,
        goes_on: NDArray[np.bool_],
        allowed: Indices,
        found: Indices,
        fresh: Indices,
        waiting: NDArray[np.bool_],
        progress: Numbers,
        keys: Numbers,
        values: Numbers,
        miss: Numbers,
    ) -> bool:
        width, kinds_each = len(goes_on), len(symbols) // len(under)
        while True:
            while progress[PLACE] < len(order):
                at = order[progress[PLACE]]
                while waiting[at]:
                    state, edge, choice = progress[STATE], progress[EDGE], progress[CHOICE]
                    node = at * width + state
                    if edge < 0:
                        progress[NEW] = fresh[node]
                        fresh[node] = 0
                        edge, choice = starts[at], 0
                    last = starts[at + 1] if goes_on[state] and progress[NEW] else edge
                    known = True
                    while edge < last:
                        target = to[edge]
                        symbol = symbols[rule[edge] * kinds_each + kinds[target]]
                        row = symbol * width + state
                        if symbol >= 0 and leads[row] + choice < leads[row + 1]:
                            here = _look(
                                keys, values, miss, 0, progress[NEW], np.int64(under[rule[edge]])
                            )
                            if here > 0:
                                here = _look(keys, values, miss, 0, here, np.int64(allowed[target]))
                            known = bool(here >= 0)
                            while known and here and leads[row] + choice < leads[row + 1]:
                                place = np.int64(target) * width + after[leads[row] + choice]
                                more = _look(keys, values, miss, 2, here, np.int64(found[place]))
                                if more > 0:
                                    both = _look(
                                        keys, values, miss, 1, np.int64(found[place]), more
                                    )
                                    again = _look(
                                        keys, values, miss, 1, np.int64(fresh[place]), more
                                    )
                                    known = bool(both >= 0 and again >= 0)
                                    if known:
                                        found[place], fresh[place] = both, again
                                        waiting[target] = True
                                        if target == at:
                                            progress[AGAIN] = 1
                                else:
                                    known = bool(more == 0)
                                if known:
                                    choice += 1
                            if not known:
                                break
                        edge += 1
                        choice = 0
                    if not known:
                        progress[EDGE], progress[CHOICE] = edge, choice
                        return False
                    progress[EDGE], progress[CHOICE] = -1, 0
                    progress[STATE] += 1
                    if progress[STATE] == width:
                        progress[STATE] = 0
                        waiting[at] = progress[AGAIN] == 1
                        progress[AGAIN] = 0
                progress[PLACE] += 1
            progress[PLACE] = 0
            if not waiting.any():
                return True

    return compiled(spread, cached=cached)


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
SPREAD = Compiled(_spread)
"""Goes on until nothing more is found (true), or until a result is missing (false)."""


Table = tuple["Numbers", "Numbers"]
"""Questions, as one number each, and their answers."""


def _table(size: int) -> Table:
    return np.full(size, _EMPTY, np.int64), np.zeros(size, np.int64)


def _larger(table: Table) -> Table:
    keys, values = _table(4 * len(table[0]))
    used = np.flatnonzero(table[0] != _EMPTY)
    for key, value in zip(table[0][used].tolist(), table[1][used].tolist(), strict=True):
        place = _place(keys, key)
        keys[place], values[place] = key, value
    return keys, values


def _place(keys: Numbers, key: int) -> int:
    """Return where a question stands, or would stand: as the loop finds it."""
    last = len(keys) - 1
    slot = ((key * int(_MIX) & _ALL_BITS) >> int(_HALF)) & last
    while keys[slot] not in {key, _EMPTY}:
        slot = (slot + 1) & last
    return slot


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
    def _by_target(self) -> Numbers:
        return np.argsort(self.to, kind="stable")

    @cached_property
    def order(self) -> Indices:
        """The nodes so that, loops apart, each comes before those that it leads to."""
        order = np.empty(self.size, np.int32)
        ORDERED(self.starts, self.to, np.arange(self.size, dtype=np.int32), order)
        return order

    def reversed(self, asked: NDArray[np.bool_]) -> Graph:
        """Return the moves backwards, and one node more, the last, from which some of them lead to where they begin.

        Args:
            asked: which moves.
        """
        order = self._by_target
        counts = np.bincount(self.to, minlength=self.size)
        extra = np.flatnonzero(asked)
        starts = np.concatenate(([0], np.cumsum(counts), [len(order) + len(extra)]))
        found = Graph(
            starts,
            np.concatenate((self.sources[order], self.sources[extra])),
            np.concatenate((self.rule[order], self.rule[extra])),
        )
        found.__dict__["order"] = np.concatenate(([self.size], self.order[::-1])).astype(np.int32)
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


class Sets:
    """Results of operations on sets, as the loop looks them up; several threads may use it.

    Args:
        operations: intersection, union and difference of two sets.
    """

    def __init__(self, operations: Sequence[Callable[[int, int], int]]) -> None:
        self.operations = tuple(operations)
        self.known = 0
        self.table = _table(_FIRST)
        self.lock = Lock()

    def enter(self, op: int, a: int, b: int) -> None:
        """Compute a result and enter it."""
        with self.lock:
            if 2 * self.known >= len(self.table[0]):
                self.table = _larger(self.table)
            keys, values = self.table
            key = (op << 60) | (a << 30) | b
            place = _place(keys, key)
            if keys[place] == _EMPTY:
                values[place] = self.operations[op](a, b)  # before the key: who finds that reads it
                keys[place] = key
                self.known += 1

    def spread(
        self,
        graph: Graph,
        automaton: Automaton,
        under: Indices,
        first: Indices,
        allowed: Indices | None = None,
    ) -> Indices:
        """Return under which choices each node is reached in each state (least fixpoint, by differences).

        Args:
            graph: the moves.
            automaton: the automaton beside them.
            under: for each rule, the choices under which it exists.
            first: for each node and state, under which choices it is reached at the beginning; shape (nodes, states).
            allowed: for each node, under which choices it may be entered; all if None.

        Returns:
            An array of the shape of `first`.
        """
        found, fresh = first.copy().reshape(-1), first.copy().reshape(-1)
        waiting = first.any(axis=1)
        progress = np.array([0, 0, -1, 0, 0, 0], np.int64)
        if allowed is None:
            allowed = np.ones(graph.size, np.int32)
        miss = np.zeros(3, np.int64)
        while not SPREAD(
            graph.order,
            graph.starts,
            graph.to,
            graph.rule,
            under,
            automaton.kinds,
            automaton.symbols,
            automaton.leads,
            automaton.after,
            automaton.goes_on,
            allowed,
            found,
            fresh,
            waiting,
            progress,
            *self.table,
            miss,
        ):
            self.enter(int(miss[0]), int(miss[1]), int(miss[2]))
        return found.reshape(first.shape)
