"""Breadth-first search over rules that are masks, compiled.

A configuration has at most 126 bits, as one word or two of 63 bits each. A rule fires where `x & guard == value` and each
mask that it asks for meets `x`; it leads to `((x & ~clear) | put) + add`. The bit that no word uses marks free slots.

Successors are collected for a block of configurations and entered in the hash table afterwards: a table that is written
inside the loop over the rules makes that loop several times slower.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels.compiling import Compiled, compiled, inlined

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from numpy.typing import NDArray

    Words = NDArray[np.uint64]
    Numbers = NDArray[np.int64]
    Indices = NDArray[np.int32]

WORD = 63
"""The bits of a word that are used."""
FREE = np.uint64(1 << 63)
LOW = np.uint64((1 << 63) - 1)
_SHIFT, _ONE, _TWO = np.uint64(63), np.uint64(1), np.uint64(32)
_MIX, _MIX_HIGH = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)

# the columns of a rule
G_LOW, V_LOW, C_LOW, P_LOW, A_LOW, G_HIGH, V_HIGH, C_HIGH, P_HIGH, A_HIGH = range(10)

# what a search has come to
COUNT, HEAD, MOVES, DEAD_END, TOUCHED = range(5)
ROOM, DONE, LIMIT = range(3)


def _hashed(low: np.uint64, high: np.uint64) -> np.uint64:
    x = (low ^ (high * _MIX_HIGH)) * _MIX
    x ^= x >> _TWO
    x *= _MIX
    return x ^ (x >> _TWO)


def _met(asks: Words, first: int, last: int, low: np.uint64, high: np.uint64) -> bool:
    for index in range(first, last):
        if (low & asks[index, 0]) | (high & asks[index, 1]) == 0:
            return False
    return True


_hash, _meets = inlined(_hashed), inlined(_met)


def _search(*, wide: bool, cached: bool) -> Callable[..., Any]:
    zero = np.uint64(0)

    def search(
        rules: Words,
        asks: Words,
        asks_of: Numbers,
        group_mask: np.uint64,
        group: Numbers,
        final: NDArray[np.bool_],
        goals: Words,
        goal_asks: Words,
        goal_asks_of: Numbers,
        reached: Numbers,
        states: Words,
        parents: Indices,
        by: Indices,
        slots: Words,
        ids: Indices,
        buffer: Words,
        origin: Indices,
        places: NDArray[np.uint64],
        widest: int,
        limit: int,
        progress: Numbers,
    ) -> int:
        count, head, moves = progress[COUNT], progress[HEAD], progress[MOVES]
        size = len(buffer)
        last_slot = np.uint64(len(slots) - 1)
        status = DONE
        while head < count:
            if head >= limit:
                status = LIMIT
                break
            if count + size > len(states) or 2 * (count + size) > len(slots):
                status = ROOM
                break
            used = 0
            end = min(count, limit)
            while head < end and used + widest <= size:
                low = states[head, 0]
                high = states[head, 1] if wide else zero
                for goal in range(len(goals)):
                    if (
                        reached[goal] < 0
                        and low & goals[goal, 0] == goals[goal, 1]
                        and high & goals[goal, 2] == goals[goal, 3]
                        and _meets(goal_asks, goal_asks_of[goal], goal_asks_of[goal + 1], low, high)
                    ):
                        reached[goal] = head
                own = np.int64(low & group_mask)
                before = used
                for rule in range(group[own], group[own + 1]):
                    if low & rules[rule, G_LOW] != rules[rule, V_LOW]:
                        continue
                    if wide and high & rules[rule, G_HIGH] != rules[rule, V_HIGH]:
                        continue
                    if asks_of[rule] < asks_of[rule + 1] and not _meets(
                        asks, asks_of[rule], asks_of[rule + 1], low, high
                    ):
                        continue
                    to = ((low & ~rules[rule, C_LOW]) | rules[rule, P_LOW]) + rules[rule, A_LOW]
                    if wide:
                        up = ((high & ~rules[rule, C_HIGH]) | rules[rule, P_HIGH]) + rules[
                            rule, A_HIGH
                        ]
                        buffer[used, 1] = (up + (to >> _SHIFT)) & LOW
                    buffer[used, 0] = to & LOW
                    origin[used, 0] = head
                    origin[used, 1] = rule
                    used += 1
                if used == before and not final[own] and progress[DEAD_END] < 0:
                    progress[DEAD_END] = head
                head += 1
            moves += used
            # reading the slots first, each for itself, lets the memory fetch many of them at once
            touched = zero
            for index in range(used):
                high = buffer[index, 1] if wide else zero
                places[index] = _hash(buffer[index, 0], high) & last_slot
                touched ^= slots[places[index], 0]
            progress[TOUCHED] = np.int64(touched & LOW)
            for index in range(used):
                low = buffer[index, 0]
                high = buffer[index, 1] if wide else zero
                slot = places[index]
                while True:
                    there = slots[slot, 0]
                    if there == FREE:
                        slots[slot, 0] = low
                        states[count, 0] = low
                        if wide:
                            slots[slot, 1] = high
                            states[count, 1] = high
                        ids[slot] = count
                        parents[count] = origin[index, 0]
                        by[count] = origin[index, 1]
                        count += 1
                        break
                    if there == low and (not wide or slots[slot, 1] == high):
                        break
                    slot = (slot + _ONE) & last_slot
        progress[COUNT], progress[HEAD], progress[MOVES] = count, head, moves
        return status

    return compiled(search, cached=cached)


def _enter(*, wide: bool, cached: bool) -> Callable[..., Any]:
    zero = np.uint64(0)

    def enter(states: Words, count: int, slots: Words, ids: Indices) -> None:
        last_slot = np.uint64(len(slots) - 1)
        for index in range(count):
            low = states[index, 0]
            high = states[index, 1] if wide else zero
            slot = _hash(low, high) & last_slot
            while slots[slot, 0] != FREE:
                slot = (slot + _ONE) & last_slot
            slots[slot, 0] = low
            if wide:
                slots[slot, 1] = high
            ids[slot] = index

    return compiled(enter, cached=cached)


def _able(*, wide: bool, cached: bool) -> Callable[..., Any]:
    zero = np.uint64(0)

    def able(
        rules: Words,
        asks: Words,
        asks_of: Numbers,
        group_mask: np.uint64,
        group: Numbers,
        ends: NDArray[np.bool_],
        states: Words,
        count: int,
        slots: Words,
        ids: Indices,
        found: NDArray[np.bool_],
    ) -> bool:
        last_slot = np.uint64(len(slots) - 1)
        changed = False
        for at in range(count - 1, -1, -1):
            if found[at]:
                continue
            low = states[at, 0]
            high = states[at, 1] if wide else zero
            own = np.int64(low & group_mask)
            for rule in range(group[own], group[own + 1]):
                if low & rules[rule, G_LOW] != rules[rule, V_LOW]:
                    continue
                if high & rules[rule, G_HIGH] != rules[rule, V_HIGH]:
                    continue
                if not _meets(asks, asks_of[rule], asks_of[rule + 1], low, high):
                    continue
                good = ends[rule]
                if not good:
                    to = ((low & ~rules[rule, C_LOW]) | rules[rule, P_LOW]) + rules[rule, A_LOW]
                    up = ((high & ~rules[rule, C_HIGH]) | rules[rule, P_HIGH]) + rules[rule, A_HIGH]
                    up = (up + (to >> _SHIFT)) & LOW if wide else zero
                    to &= LOW
                    slot = _hash(to, up) & last_slot
                    while slots[slot, 0] != FREE and (
                        slots[slot, 0] != to or (wide and slots[slot, 1] != up)
                    ):
                        slot = (slot + _ONE) & last_slot
                    good = slots[slot, 0] != FREE and found[ids[slot]]
                if good:
                    found[at] = True
                    changed = True
                    break
        return changed

    return compiled(able, cached=cached)


def _edges(*, wide: bool, cached: bool) -> Callable[..., Any]:
    zero = np.uint64(0)

    def edges(
        rules: Words,
        asks: Words,
        asks_of: Numbers,
        group_mask: np.uint64,
        group: Numbers,
        states: Words,
        count: int,
        slots: Words,
        ids: Indices,
        starts: Numbers,
        to: Indices,
        by: Indices,
    ) -> None:
        last_slot = np.uint64(len(slots) - 1)
        used = 0
        for at in range(count):
            starts[at] = used
            low = states[at, 0]
            high = states[at, 1] if wide else zero
            own = np.int64(low & group_mask)
            for rule in range(group[own], group[own + 1]):
                if low & rules[rule, G_LOW] != rules[rule, V_LOW]:
                    continue
                if wide and high & rules[rule, G_HIGH] != rules[rule, V_HIGH]:
                    continue
                if not _meets(asks, asks_of[rule], asks_of[rule + 1], low, high):
                    continue
                there = ((low & ~rules[rule, C_LOW]) | rules[rule, P_LOW]) + rules[rule, A_LOW]
                up = ((high & ~rules[rule, C_HIGH]) | rules[rule, P_HIGH]) + rules[rule, A_HIGH]
                up = (up + (there >> _SHIFT)) & LOW if wide else zero
                there &= LOW
                slot = _hash(there, up) & last_slot
                while slots[slot, 0] != there or (wide and slots[slot, 1] != up):
                    slot = (slot + _ONE) & last_slot
                to[used], by[used] = ids[slot], rule
                used += 1
        starts[count] = used

    return compiled(edges, cached=cached)


def _pair(
    make: Callable[..., Callable[..., Any]],
) -> tuple[Compiled, Compiled]:
    return (
        Compiled(lambda cached: make(wide=False, cached=cached)),
        Compiled(lambda cached: make(wide=True, cached=cached)),
    )


SEARCH = _pair(_search)
"""Goes on with a search until it is done, at its limit, or out of room; for one word, and for two."""
ENTER = _pair(_enter)
"""Enters configurations, all different, in an empty table."""
ABLE = _pair(_able)
"""Marks, in one pass backwards, what can still take a rule that ends; tells whether anything was marked."""
EDGES = _pair(_edges)
"""Lists every move of a finished search: where those of each configuration begin, where each leads, and its rule."""
