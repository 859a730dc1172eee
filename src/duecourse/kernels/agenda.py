"""The agenda of the compiled engine, in the total order.

What is due in a later quarter of a day waits in the list of its slot, in no order, as in a calendar queue (Brown, "Calendar
queues", Communications of the ACM 31, 1988); when its slot comes it goes into a heap. So the heap is small, and most
entries are put into it and taken out of it again without a look at the hundred others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels import layout as at
from duecourse.kernels.compiling import part

if TYPE_CHECKING:
    from duecourse.kernels.memory import Numbers

_FAR = 2.0**45
"""A duration in days that no run lasts for: instants stay within 64 bits."""


@part
def push(
    scalars: Numbers, heap: Numbers, time: int, phase: int, number: int, action: int, payload: int
) -> None:
    """Note what is due, unless that is after the end of the run."""
    if time >= scalars[at.END]:
        return
    scalars[at.SEQUENCE] += 1
    scalars[at.PENDING] += 1
    key = (phase << 60) | ((number + at.OFFSET) << 31) | scalars[at.SEQUENCE]
    load = payload * 16 + action
    slot = time >> at.SLOT_BITS
    if slot <= scalars[at.SLOT]:
        rise(scalars, heap, time, key, load)
        return
    place = scalars[at.FREE_FAR]
    if place >= 0:
        scalars[at.FREE_FAR] = heap[place, at.H_NEXT]
    else:  # none has become free: the next that was never used
        place = -1 - place
        scalars[at.FREE_FAR] -= 1
    heap[place, at.H_FAR], heap[place, at.H_FAR + 1] = time, key
    heap[place, at.H_FAR + 2] = load
    slot &= at.SLOTS - 1
    heap[place, at.H_NEXT] = heap[slot, at.H_FIRST]
    heap[slot, at.H_FIRST] = place
    scalars[at.FAR] += 1


@part
def rise(scalars: Numbers, heap: Numbers, time: int, key: int, load: int) -> None:
    """Put an entry into the heap."""
    place = scalars[at.NEAR]
    scalars[at.NEAR] = place + 1
    while place > 0:
        above = (place - 1) >> 1
        if heap[above, 0] < time or (heap[above, 0] == time and heap[above, 1] < key):
            break
        heap[place, 0], heap[place, 1], heap[place, 2] = (
            heap[above, 0],
            heap[above, 1],
            heap[above, 2],
        )
        place = above
    heap[place, 0], heap[place, 1], heap[place, 2] = time, key, load


@part
def approach(scalars: Numbers, heap: Numbers) -> None:
    """Go on to the next slot: put into the heap what is due in it."""
    slot = scalars[at.SLOT] + 1
    scalars[at.SLOT] = slot
    first = slot & (at.SLOTS - 1)
    place, left = heap[first, at.H_FIRST], at.NONE
    while place >= 0:
        following = heap[place, at.H_NEXT]
        time = heap[place, at.H_FAR]
        if time >> at.SLOT_BITS == slot:
            rise(scalars, heap, time, heap[place, at.H_FAR + 1], heap[place, at.H_FAR + 2])
            heap[place, at.H_NEXT] = scalars[at.FREE_FAR]
            scalars[at.FREE_FAR] = place
            scalars[at.FAR] -= 1
        else:  # it has the same place on a later round
            heap[place, at.H_NEXT] = left
            left = place
        place = following
    heap[first, at.H_FIRST] = left


@part
def pop(scalars: Numbers, heap: Numbers) -> None:
    """Take what is due first out of the agenda and make it what is under way."""
    while scalars[at.FAR] > 0 and (
        scalars[at.NEAR] == 0 or heap[0, 0] >> at.SLOT_BITS > scalars[at.SLOT]
    ):
        approach(scalars, heap)
    scalars[at.PENDING] -= 1
    scalars[at.NOW] = heap[0, 0]
    scalars[at.SLOT] = max(scalars[at.SLOT], heap[0, 0] >> at.SLOT_BITS)
    scalars[at.CASE] = ((heap[0, 1] >> 31) & (2**29 - 1)) - at.OFFSET
    scalars[at.ACTION] = heap[0, 2] & 15
    scalars[at.PAYLOAD] = heap[0, 2] >> 4
    last = scalars[at.NEAR] - 1
    scalars[at.NEAR] = last
    time, key, load = heap[last, 0], heap[last, 1], heap[last, 2]
    # The gap goes down to the bottom and what was last rises from there: it mostly belongs near the bottom.
    place, below = 0, 1
    while below + 1 < last:
        earlier = heap[below + 1, 0] < heap[below, 0]
        tied = heap[below + 1, 0] == heap[below, 0]
        below += int(earlier | (tied & (heap[below + 1, 1] < heap[below, 1])))
        heap[place, 0], heap[place, 1], heap[place, 2] = (
            heap[below, 0],
            heap[below, 1],
            heap[below, 2],
        )
        place = below
        below = 2 * place + 1
    if below < last:
        heap[place, 0], heap[place, 1], heap[place, 2] = (
            heap[below, 0],
            heap[below, 1],
            heap[below, 2],
        )
        place = below
    while place > 0:
        above = (place - 1) >> 1
        if heap[above, 0] < time or (heap[above, 0] == time and heap[above, 1] < key):
            break
        heap[place, 0], heap[place, 1], heap[place, 2] = (
            heap[above, 0],
            heap[above, 1],
            heap[above, 2],
        )
        place = above
    heap[place, 0], heap[place, 1], heap[place, 2] = time, key, load


@part
def note(scalars: Numbers, log: Numbers, case: int, line: int, what: int, more: int) -> None:
    """Write a line of the log."""
    at_line = scalars[at.LINES]
    scalars[at.LINES] = at_line + 1
    if scalars[at.QUIET]:
        return
    log[at_line, 0], log[at_line, 1] = scalars[at.NOW], case * 16 + line
    log[at_line, 2], log[at_line, 3] = what, more


@part
def on_grid(duration: float) -> int:
    """Return a duration in ticks; halves go up."""
    return int(np.floor(min(duration, _FAR) * at.TICKS + 0.5))
