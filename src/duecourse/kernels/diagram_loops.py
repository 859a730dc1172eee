"""The loops of `duecourse.kernels.diagrams`: making nodes of decision diagrams, combining them, best ways over a graph.

A *store* is the arrays that a diagram is kept in: the level and the children of each node, how many options each level
has, a hash table of the nodes, their number and the greatest number that a leaf may be, what operations gave before, and
room for the operation under way. Where there is no room for a new node a loop stops, and goes on when it is called again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels.compiling import Compiled, part, whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Indices = NDArray[np.int32]

NEVER, ZERO = -1, -2
"""The functions that are nowhere a number, and everywhere 0; as sets, the empty one and that of every choice."""

GREATER, SMALLER, SUM, WITHOUT = range(4)
"""The greater or the smaller of two, where never is no number; the sum; the first where the second is never."""

_UNKNOWN, FULL = np.int64(-(1 << 31)), np.int64(-(1 << 31) + 1)
COUNT, CAP = 0, 1
_OFFSET = 1 << 29
_ONE, _HALF = np.uint64(1), np.uint64(32)
_MIX = np.uint64(0x9E3779B97F4A7C15)
CACHE_BITS = 17
"""How many bits number what operations gave before: as much as stays near the processor; more is found again too slowly."""
_REST = np.uint64(64 - CACHE_BITS)


def _slot_of(level: int | np.int64, own: Indices, width: int, last: np.uint64) -> np.uint64:
    key = np.uint64(level)
    for place in range(width):
        key = (key ^ np.uint64(np.int64(own[place]) & np.int64(0xFFFFFFFF))) * _MIX
        key ^= key >> _HALF
    slot: np.uint64 = key & last
    return slot


_slot = part(_slot_of)


def _making(
    level: int | np.int64,
    own: Indices,
    levels: Indices,
    children: Indices,
    arity: Indices,
    slots: Indices,
    meta: Numbers,
) -> np.int64:
    """Return the node of a level with these children; `FULL` where there is no room for it."""
    width = arity[level]
    same = True
    for place in range(1, width):
        same = same and own[place] == own[0]
    if same:
        return np.int64(own[0])
    last = np.uint64(len(slots) - 1)
    slot = _slot(level, own, width, last)
    while slots[slot] >= 0:
        node = slots[slot]
        found = levels[node] == level
        for place in range(width):
            found = found and children[node, place] == own[place]
        if found:
            return np.int64(node)
        slot = (slot + _ONE) & last
    count = meta[COUNT]
    if count == len(levels):
        return FULL
    levels[count] = level
    for place in range(width):
        children[count, place] = own[place]
    slots[slot] = count
    meta[COUNT] = count + 1
    return np.int64(count)


_made = part(_making)


# comparisons are spelled out, for a compiled set of constants is made anew each time
def _quickly(
    op: int, a: np.int64, b: np.int64, meta: Numbers, keys: Numbers, results: Indices
) -> np.int64:
    """Return what an operation gives where that is plain or was found out before; else `_UNKNOWN`."""
    if op == WITHOUT:
        if b == NEVER or a == NEVER:
            return a
        if b < 0 or a == b:
            return np.int64(NEVER)
    elif op == SUM:
        if a == NEVER or b == NEVER:
            return np.int64(NEVER)
        if a == ZERO:
            return b
        if b == ZERO:
            return a
        if a < 0 and b < 0:
            return np.int64(-2 - min(-a - 2 - b - 2, meta[CAP]))
    else:
        if a == b or b == NEVER:
            return a
        if a == NEVER:
            return b
        if a < 0 and b < 0:
            return min(a, b) if op == GREATER else max(a, b)
    if op != WITHOUT and a > b:
        a, b = b, a
    key = (np.int64(op) << 60) | ((a + _OFFSET) << 30) | (b + _OFFSET)
    place = (np.uint64(key) * _MIX) >> _REST
    if keys[place] == key:
        return np.int64(results[place])
    return _UNKNOWN


_quick = part(_quickly)


def _combining(
    op: int,
    a: np.int64,
    b: np.int64,
    levels: Indices,
    children: Indices,
    arity: Indices,
    slots: Indices,
    meta: Numbers,
    keys: Numbers,
    results: Indices,
    stack: Numbers,
    parts: Indices,
) -> np.int64:
    """Return an operation on two functions; `FULL` where there is no room for the result."""
    found = _quick(op, a, b, meta, keys, results)
    if found != _UNKNOWN:
        return found
    depth = 0
    stack[0, 0], stack[0, 1], stack[0, 2] = a, b, 0
    while True:
        a, b, place = stack[depth, 0], stack[depth, 1], stack[depth, 2]
        above = np.int64(len(arity))
        level_a = np.int64(levels[a]) if a >= 0 else above
        level_b = np.int64(levels[b]) if b >= 0 else above
        level = min(level_a, level_b)
        deeper = False
        while place < arity[level]:
            x = np.int64(children[a, place]) if level_a == level else a
            y = np.int64(children[b, place]) if level_b == level else b
            found = _quick(op, x, y, meta, keys, results)
            if found == _UNKNOWN:
                stack[depth, 2] = place
                depth += 1
                stack[depth, 0], stack[depth, 1], stack[depth, 2] = x, y, 0
                deeper = True
                break
            parts[depth, place] = found
            place += 1
        if deeper:
            continue
        made = _made(level, parts[depth], levels, children, arity, slots, meta)
        if made == FULL:
            return made
        if op != WITHOUT and a > b:
            a, b = b, a
        key = (np.int64(op) << 60) | ((a + _OFFSET) << 30) | (b + _OFFSET)
        where = (np.uint64(key) * _MIX) >> _REST
        keys[where], results[where] = key, made
        if depth == 0:
            return made
        depth -= 1
        parts[depth, stack[depth, 2]] = made
        stack[depth, 2] += 1


combined = part(_combining)


def _each(cached: bool) -> Callable[..., Any]:  # noqa: FBT001
    def each(op: int, a: Indices, b: Indices, out: Indices, done: Numbers, store: Any) -> bool:  # noqa: ANN401
        while done[0] < len(out):
            at = done[0]
            made = combined(op, np.int64(a[at]), np.int64(b[at]), *store)
            if made == FULL:
                return False
            out[at] = made
            done[0] += 1
        return True

    return whole(each, cached=cached)


def _gather(cached: bool) -> Callable[..., Any]:  # noqa: FBT001
    def gather(
        best: int,
        sources: Indices,
        to: Indices,
        weight: Indices,
        there: Indices,
        out: Indices,
        done: Numbers,
        store: Any,  # noqa: ANN401
    ) -> bool:
        while done[0] < len(to):
            edge = done[0]
            own = np.int64(there[to[edge]])
            if own != NEVER:
                own = combined(SUM, np.int64(weight[edge]), own, *store)
                if own != FULL:
                    own = combined(best, np.int64(out[sources[edge]]), own, *store)
                if own == FULL:
                    return False
                out[sources[edge]] = own
            done[0] += 1
        return True

    return whole(gather, cached=cached)


def _relax(cached: bool) -> Callable[..., Any]:  # noqa: FBT001
    def relax(
        best: int,
        order: Indices,
        parts: Numbers,
        starts: Numbers,
        to: Indices,
        weight: Indices,
        mask: Indices,
        before: Numbers,
        sources: Indices,
        value: Indices,
        waiting: NDArray[np.bool_],
        done: Numbers,
        store: Any,  # noqa: ANN401
    ) -> bool:
        while done[0] < len(parts) - 1:
            first, last = parts[done[0]], parts[done[0] + 1]
            again = True
            while again:
                again = False
                for place in range(first, last):
                    at = order[place]
                    if not waiting[at]:
                        continue
                    own = np.int64(value[at])
                    for edge in range(starts[at], starts[at + 1]):
                        there = np.int64(value[to[edge]])
                        if there == NEVER:
                            continue
                        more = combined(SUM, np.int64(weight[edge]), there, *store)
                        if more != FULL and len(mask):
                            more = combined(SUM, np.int64(mask[at]), more, *store)
                        if more != FULL:
                            more = combined(best, own, more, *store)
                        if more == FULL:
                            return False
                        own = more
                    waiting[at] = False
                    if own != value[at]:
                        value[at] = own
                        for edge in range(before[at], before[at + 1]):
                            waiting[sources[edge]] = True
                        again = True
            done[0] += 1
        return True

    return whole(relax, cached=cached)


def _cubes(cached: bool) -> Callable[..., Any]:  # noqa: FBT001
    def cubes(
        first: int,
        last: int,
        out: Indices,
        done: Numbers,
        own: Indices,
        levels: Indices,
        children: Indices,
        arity: Indices,
        slots: Indices,
        meta: Numbers,
    ) -> bool:
        while done[0] < len(out):
            number, node = done[0], np.int64(ZERO)
            for level in range(last - 1, first - 1, -1):
                bit = (number >> (last - 1 - level)) & 1
                own[bit], own[1 - bit] = node, NEVER
                node = _made(level, own, levels, children, arity, slots, meta)
                if node == FULL:
                    return False
            out[done[0]] = node
            done[0] += 1
        return True

    return whole(cubes, cached=cached)


def _evaluate(cached: bool) -> Callable[..., Any]:  # noqa: FBT001
    def evaluate(
        functions: Indices, chosen: Indices, levels: Indices, children: Indices, out: Indices
    ) -> None:
        for at in range(len(functions)):
            node = functions[at]
            while node >= 0:
                node = children[node, chosen[levels[node]]]
            out[at] = -2 - node

    return whole(evaluate, cached=cached)


def _make(cached: bool) -> Callable[..., Any]:  # noqa: FBT001
    def make(
        level: int,
        own: Indices,
        levels: Indices,
        children: Indices,
        arity: Indices,
        slots: Indices,
        meta: Numbers,
    ) -> np.int64:
        made: np.int64 = _made(level, own, levels, children, arity, slots, meta)
        return made

    return whole(make, cached=cached)


def _enter(cached: bool) -> Callable[..., Any]:  # noqa: FBT001
    def enter(
        levels: Indices, children: Indices, arity: Indices, slots: Indices, count: int
    ) -> None:
        last = np.uint64(len(slots) - 1)
        for node in range(count):
            level = levels[node]
            slot = _slot(level, children[node], arity[level], last)
            while slots[slot] >= 0:
                slot = (slot + _ONE) & last
            slots[slot] = node

    return whole(enter, cached=cached)


EACH, GATHER, RELAX = Compiled(_each), Compiled(_gather), Compiled(_relax)
CUBES, EVALUATE = Compiled(_cubes), Compiled(_evaluate)
MAKE, ENTER = Compiled(_make), Compiled(_enter)
