"""Breadth-first search over several cases side by side, compiled; the cases are kept sorted.

A configuration is one word: the number of the shared values, then the numbers of the cases' configurations in ascending
order, `width` bits each. What a case can do is a list for each pair of shared values and configuration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels.compiling import Compiled, compiled
from duecourse.kernels.search import COUNT, DEAD_END, FREE, HEAD, MOVES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from numpy.typing import NDArray

    Words = NDArray[np.uint64]
    Numbers = NDArray[np.int64]
    Indices = NDArray[np.int32]

FULL, DONE = 0, 1


@dataclass(frozen=True, slots=True)
class Cases:
    """What one case can do, and what is asked of all cases together.

    Attributes:
        locals: how many configurations a case has.
        starts: for each `shared * locals + local` where its moves begin in the next two, and a last end.
        to_local, to_shared: where each move leads.
        over: whether the case is over in a configuration.
        marks: for each thing asked, how much a case in each configuration counts.
        most: for each thing asked, how much all cases may count together.
    """

    locals: int
    starts: Numbers
    to_local: Indices
    to_shared: Indices
    over: NDArray[np.bool_]
    marks: Numbers
    most: Numbers


def _product(*, cached: bool) -> Callable[..., Any]:
    def product(
        starts: Numbers,
        to_local: Indices,
        to_shared: Indices,
        over: NDArray[np.bool_],
        marks: Numbers,
        most: Numbers,
        reached: Numbers,
        instances: int,
        width: np.uint64,
        states: Words,
        parents: Indices,
        by: Indices,
        slots: Words,
        case: Numbers,
        limit: int,
        progress: Numbers,
    ) -> int:
        count, head, moves = progress[COUNT], progress[HEAD], progress[MOVES]
        mask = (np.uint64(1) << width) - np.uint64(1)
        last_slot, mix = np.uint64(len(slots) - 1), np.uint64(0x9E3779B97F4A7C15)
        status = DONE
        while head < count and head < limit:
            word = states[head]
            shared = np.int64(word & mask)
            done = True
            for index in range(instances):
                word >>= width
                case[index] = np.int64(word & mask)
                done = done and over[case[index]]
            for asked in range(len(most)):
                total = 0
                for index in range(instances):
                    total += marks[asked, case[index]]
                if total > most[asked] and reached[asked] < 0:
                    reached[asked] = head
            if 4 * count > 3 * len(slots) or count + 4096 > len(states):
                status = FULL
                break
            moved = 0
            for index in range(instances):
                if index and case[index] == case[index - 1]:
                    continue
                at = shared * len(over) + case[index]
                for move in range(starts[at], starts[at + 1]):
                    moved += 1
                    new = np.int64(to_local[move])
                    # the others in their order, and the new one in its place
                    built, shift, placed = np.uint64(to_shared[move]), width, False
                    for other in range(instances):
                        if other == index:
                            continue
                        if not placed and new <= case[other]:
                            built |= np.uint64(new) << shift
                            shift += width
                            placed = True
                        built |= np.uint64(case[other]) << shift
                        shift += width
                    if not placed:
                        built |= np.uint64(new) << shift
                    slot = built * mix
                    slot = (slot ^ (slot >> np.uint64(29))) & last_slot
                    while slots[slot] != FREE and slots[slot] != built:
                        slot = (slot + np.uint64(1)) & last_slot
                    if slots[slot] == FREE:
                        slots[slot] = built
                        states[count] = built
                        parents[count] = head
                        by[count] = move
                        count += 1
            if moved == 0 and not done and progress[DEAD_END] < 0:
                progress[DEAD_END] = head
            moves += moved
            head += 1
        progress[COUNT], progress[HEAD], progress[MOVES] = count, head, moves
        return status

    return compiled(product, cached=cached)


PRODUCT = Compiled(lambda cached: _product(cached=cached))


class SideBySide:
    """The search over several cases.

    Args:
        cases: what a case can do.
        instances: how many cases there are.
        initial: the configurations in which they begin: the number of the shared values, then those of the cases, sorted.
        shared: how many shared values there are.

    Raises:
        ValueError: a configuration does not fit in a word.
    """

    def __init__(
        self, cases: Cases, instances: int, initial: Sequence[tuple[int, ...]], shared: int
    ) -> None:
        self.cases, self.instances = cases, instances
        self.width = max(cases.locals - 1, shared - 1, 1).bit_length()
        if self.width * (instances + 1) > 63:  # noqa: PLR2004  (the bits of a word, but for the one that marks free slots)
            message = f"{instances} cases of {cases.locals} configurations do not fit in a word"
            raise ValueError(message)
        self.initial = [
            sum(number << (self.width * place) for place, number in enumerate(each))
            for each in initial
        ]
        self.states: Words = np.empty(0, np.uint64)
        self.parents: Indices = np.empty(0, np.int32)
        self.by: Indices = np.empty(0, np.int32)
        self.progress: Numbers = np.zeros(4, np.int64)
        self.reached: Numbers = np.empty(0, np.int64)

    def run(self, limit: int, memory: int) -> bool:
        """Search up to a number of configurations and of bytes; return whether everything was found."""
        room = 1 << 16
        while True:
            longest = int(np.diff(self.cases.starts).max(initial=0)) * self.instances
            room = max(room, 2 * (len(self.initial) + longest + 4096))
            if 48 * room > memory:
                return False
            if self._run(room, limit) == DONE:
                return bool(self.progress[HEAD] == self.progress[COUNT])
            room *= 8

    def _run(self, room: int, limit: int) -> int:
        """Search from the beginning in arrays of a size."""
        self.states = np.empty(room, np.uint64)
        self.states[: len(self.initial)] = self.initial
        self.parents, self.by = np.full(room, -1, np.int32), np.full(room, -1, np.int32)
        slots = np.full(1 << (2 * room - 1).bit_length(), FREE, np.uint64)
        self._enter(slots)
        self.progress = np.array([len(self.initial), 0, 0, -1], np.int64)
        self.reached = np.full(len(self.cases.most), -1, np.int64)
        return int(
            PRODUCT(
                self.cases.starts,
                self.cases.to_local,
                self.cases.to_shared,
                self.cases.over,
                self.cases.marks,
                self.cases.most,
                self.reached,
                self.instances,
                np.uint64(self.width),
                self.states,
                self.parents,
                self.by,
                slots,
                np.empty(self.instances, np.int64),
                limit,
                self.progress,
            )
        )

    def _enter(self, slots: Words) -> None:
        """Enter the beginning in the table, by the same rule as the search."""
        last = len(slots) - 1
        for word in self.initial:
            slot = (word * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
            slot = (slot ^ (slot >> 29)) & last
            while slots[slot] != FREE:
                slot = (slot + 1) & last
            slots[slot] = word

    def unpacked(self, number: int) -> tuple[int, ...]:
        """Return a configuration by its number: the number of the shared values, then those of the cases."""
        word, mask = int(self.states[number]), (1 << self.width) - 1
        return tuple((word >> (self.width * place)) & mask for place in range(self.instances + 1))
