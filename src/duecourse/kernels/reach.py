"""A search over rules that are masks: the arrays it needs, made larger as it goes, and what it found."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels.search import (
    ABLE,
    COUNT,
    DEAD_END,
    DONE,
    EDGES,
    ENTER,
    FREE,
    HEAD,
    LIMIT,
    MOVES,
    ROOM,
    SEARCH,
    WORD,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

MAX_BITS = 2 * WORD
MAX_BYTES = 6 << 30
BLOCK = 8_192
_FIRST = 1 << 15
_MOST = (1 << 31) - 1


@dataclass(frozen=True, slots=True)
class Masks:
    """A rule, or a condition where nothing is changed.

    It fires where `x & guard == value` and each mask in `asks` meets `x`; it leads to `((x & ~clear) | put) + add`.
    """

    guard: int
    value: int
    asks: tuple[int, ...]
    clear: int = 0
    put: int = 0
    add: int = 0


class Rules:
    """Rules as arrays.

    Args:
        groups: the rules, in groups: a configuration's group is what it holds under `group_mask`, from the lowest bit.
        group_mask: the bits that tell the group.
        bits: how many bits a configuration has.
        final: for each group, whether it is no dead end where nothing fires.

    Raises:
        ValueError: a configuration that is too wide.
    """

    def __init__(
        self, groups: Sequence[Sequence[Masks]], group_mask: int, bits: int, final: Sequence[bool]
    ) -> None:
        if bits > MAX_BITS:
            message = f"{bits} bits; a compiled search has at most {MAX_BITS}"
            raise ValueError(message)
        self.wide = bits > WORD
        self.widest = max(map(len, groups), default=0)
        self.group_mask = np.uint64(group_mask)
        sizes = [0, *accumulate(map(len, groups))]
        self.group = np.array(sizes + [sizes[-1]] * (group_mask + 1 - len(groups)), np.int64)
        self.final = np.array([*final, *[True] * (group_mask + 1 - len(groups))], np.bool_)
        rules = [rule for group in groups for rule in group]
        self.rules = np.array(
            [
                _words(each.guard, each.value, each.clear, each.put, each.add, columns=2)
                for each in rules
            ],
            np.uint64,
        ).reshape(len(rules), 10)
        self.asks, self.asks_of = _asks(rules)


def _words(*numbers: int, columns: int) -> list[int]:
    """Return the low words of numbers, then their high words; a negative number borrows from the high word."""
    low = (1 << WORD) - 1
    return [(number >> (WORD * column)) & low for column in range(columns) for number in numbers]


def _asks(rules: Sequence[Masks]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    found = [_words(mask, columns=2) for rule in rules for mask in rule.asks]
    ends = [0, *accumulate(len(rule.asks) for rule in rules)]
    return np.array(found, np.uint64).reshape(len(found), 2), np.array(ends, np.int64)


class Reach:
    """What a search has found so far, breadth first.

    Args:
        rules: what moves.
        initial: where it begins, all different.
        goals: conditions; the first configuration in which each holds is noted.
    """

    def __init__(self, rules: Rules, initial: Sequence[int], goals: Sequence[Masks] = ()) -> None:
        self.rules = rules
        self.goals = np.array(
            [
                [
                    n
                    for w in zip(
                        _words(g.guard, columns=2), _words(g.value, columns=2), strict=True
                    )
                    for n in w
                ]
                for g in goals
            ],
            np.uint64,
        ).reshape(len(goals), 4)
        self.goal_asks, self.goal_asks_of = _asks(goals)
        self.reached = np.full(len(goals), -1, np.int64)
        self.progress = np.array([len(initial), 0, 0, -1, 0], np.int64)
        self.block = max(BLOCK, 2 * rules.widest)
        self.buffer = np.empty((self.block, self.columns), np.uint64)
        self.places = np.empty(self.block, np.uint64)
        self.origin = np.empty((self.block, 2), np.int32)
        room = max(_FIRST, 2 * (len(initial) + self.block))
        self.states = np.empty((room, self.columns), np.uint64)
        low = (1 << WORD) - 1
        self.states[: len(initial), 0] = [each & low for each in initial]
        if rules.wide:
            self.states[: len(initial), 1] = [each >> WORD for each in initial]
        self.parents = np.full(room, -1, np.int32)
        self.by = np.full(room, -1, np.int32)
        self.status = ROOM
        self.full = False
        self._table(room)

    @property
    def columns(self) -> int:
        """How many words a configuration has."""
        return 2 if self.rules.wide else 1

    @property
    def count(self) -> int:
        """How many configurations were found."""
        return int(self.progress[COUNT])

    @property
    def expanded(self) -> int:
        """How many of them, from the first, had their moves taken."""
        return int(self.progress[HEAD])

    @property
    def moves(self) -> int:
        """How many moves lead from these."""
        return int(self.progress[MOVES])

    @property
    def dead_end(self) -> int | None:
        """The first configuration from which nothing moves though it is not final, by its number."""
        found = int(self.progress[DEAD_END])
        return None if found < 0 else found

    @property
    def finished(self) -> bool:
        """Whether everything was found."""
        return self.status == DONE

    def first(self, goal: int) -> int | None:
        """Return the number of the first configuration in which a goal holds."""
        found = int(self.reached[goal])
        return None if found < 0 else found

    def run(self, limit: int, memory: int = MAX_BYTES) -> bool:
        """Search on until everything is found; return whether it is.

        Args:
            limit: how many configurations may have their moves taken.
            memory: how many bytes the arrays may take.
        """
        rules = self.rules
        while True:
            self.status = SEARCH[rules.wide](
                rules.rules,
                rules.asks,
                rules.asks_of,
                rules.group_mask,
                rules.group,
                rules.final,
                self.goals,
                self.goal_asks,
                self.goal_asks_of,
                self.reached,
                self.states,
                self.parents,
                self.by,
                self.slots,
                self.ids,
                self.buffer,
                self.origin,
                self.places,
                rules.widest,
                limit,
                self.progress,
            )
            if self.status != ROOM:
                return self.finished
            if not self._grow(memory):
                self.full = True
                return False

    def _grow(self, memory: int) -> bool:
        """Make room for more; return False where that would take too much memory."""
        room = min(4 * len(self.states), _MOST)
        each = 8 * self.columns + 8
        bytes_needed = room * each + _slots(room) * (8 * self.columns + 4)
        if room == len(self.states) or bytes_needed + len(self.states) * each > memory:
            return False
        count = self.count
        for name in ("states", "parents", "by"):
            old: NDArray[Any] = getattr(self, name)
            new = np.empty((room, *old.shape[1:]), old.dtype)
            new[:count] = old[:count]
            setattr(self, name, new)
        del self.slots, self.ids
        self._table(room)
        return True

    def _table(self, room: int) -> None:
        self.slots = np.full((_slots(room), self.columns), FREE, np.uint64)
        self.ids = np.empty(len(self.slots), np.int32)
        ENTER[self.rules.wide](self.states, self.count, self.slots, self.ids)

    def configuration(self, number: int) -> int:
        """Return a configuration by its number."""
        words = [int(word) for word in self.states[number]]
        return words[0] + (words[1] << WORD if self.rules.wide else 0)

    def configurations(self) -> list[int]:
        """Return the configurations whose moves were taken, breadth first."""
        words = self.states[: self.expanded].T.tolist()
        if not self.rules.wide:
            return list(words[0])
        return [low + (high << WORD) for low, high in zip(*words, strict=True)]

    def way(self, number: int) -> list[int]:
        """Return the rules of a shortest way to a configuration, by their numbers."""
        rules: list[int] = []
        while (parent := int(self.parents[number])) >= 0:
            rules.append(int(self.by[number]))
            number = parent
        return rules[::-1]

    def edges(self) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
        """Return every move of a finished search.

        Returns:
            Where the moves of each configuration begin in the next two (one more entry than configurations), where each
            move leads, and its rule, all by number.
        """
        rules = self.rules
        starts = np.empty(self.count + 1, np.int64)
        to, by = np.empty(self.moves, np.int32), np.empty(self.moves, np.int32)
        arrays = (rules.rules, rules.asks, rules.asks_of, rules.group_mask, rules.group)
        EDGES[rules.wide](*arrays, self.states, self.count, self.slots, self.ids, starts, to, by)
        return starts, to, by

    def unable(self, ends: Sequence[bool]) -> NDArray[np.int64]:
        """Return the numbers of the configurations from which no rule that ends can be reached (all must be found).

        Args:
            ends: for each rule, whether it is one that ends.
        """
        rules, found = self.rules, np.zeros(self.count, np.bool_)
        arrays = (rules.rules, rules.asks, rules.asks_of, rules.group_mask, rules.group)
        ending = np.array(ends, np.bool_)
        while ABLE[rules.wide](
            *arrays, ending, self.states, self.count, self.slots, self.ids, found
        ):
            pass
        return np.flatnonzero(~found)


def _slots(room: int) -> int:
    return 1 << (2 * room - 1).bit_length()


__all__ = ["LIMIT", "MAX_BITS", "MAX_BYTES", "Masks", "Reach", "Rules"]
