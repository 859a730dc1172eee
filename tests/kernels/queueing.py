"""A kernel that puts entries into the agenda of the compiled engine and takes them out again."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from duecourse.kernels import layout as at
from duecourse.kernels.agenda import pop, push
from duecourse.kernels.grid import given
from duecourse.kernels.native import Native


class Queue(NamedTuple):
    """An agenda, what is done to it, and what comes out.

    Attributes:
        scalars, heap: see `duecourse.kernels.memory.State`.
        doings: of each entry that is put in, how much later than now it is due, its phase and its number; below 0 one is
            taken out.
        out: of each that is taken out, when it is due and its payload, which is the number of the doing that put it in.
    """

    scalars: np.ndarray
    heap: np.ndarray
    doings: np.ndarray
    out: np.ndarray


def queue(doings: list[tuple[int, int, int]], begun: int = 0) -> Queue:
    """Return an agenda with room for all that is done to it; the first so many doings are in it, as where a run begins."""
    scalars, rows = np.zeros(at.SCALARS, np.int64), max(len(doings), at.SLOTS)
    scalars[at.END], scalars[at.FREE_FAR] = at.NEVER, at.NONE
    heap = np.full((rows, at.HEAP_COLUMNS), at.NONE, np.int64)
    first = sorted(
        (later, phase << 60 | (whose + at.OFFSET) << 31 | number + 1, number * 16 + at.REPLY)
        for number, (later, phase, whose) in enumerate(doings[:begun])
    )
    heap[:begun, :3] = np.array(first, np.int64).reshape(-1, 3)
    scalars[[at.SEQUENCE, at.PENDING, at.NEAR, at.BASE]] = begun
    taken = sum(doing[0] < 0 for doing in doings)
    return Queue(
        scalars, heap, np.array(doings, np.int64).reshape(-1, 3), np.zeros((taken, 2), np.int64)
    )


queueing = Native("tests.kernels.queueing", queue([(-1, 0, 0)]))
_taken = given(*queueing.likes)


def run(address: int) -> int:
    """Do it all; return how many came out."""
    (of,) = _taken(address)
    count = 0
    for number in range(of.scalars[at.BASE], len(of.doings)):
        later = of.doings[number, 0]
        if later >= 0:
            time = of.scalars[at.NOW] + later
            phase, whose = of.doings[number, 1], of.doings[number, 2]
            push(of.scalars, of.heap, time, phase, whose, at.REPLY, number)
        elif of.scalars[at.PENDING]:
            pop(of.scalars, of.heap)
            of.out[count, 0], of.out[count, 1] = of.scalars[at.NOW], of.scalars[at.PAYLOAD]
            count += 1
    return count
