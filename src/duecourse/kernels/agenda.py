"""The agenda of the compiled engine and the queues of its pools: heaps on arrays, in the total order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.kernels import layout as at
from duecourse.kernels.compiling import inlined

if TYPE_CHECKING:
    from duecourse.kernels.layout import Numbers


@inlined
def push(
    scalars: Numbers, heap: Numbers, time: int, phase: int, number: int, action: int, payload: int
) -> None:
    """Note what is due, unless that is after the end of the run."""
    if time >= scalars[at.END]:
        return
    scalars[at.SEQUENCE] += 1
    key = (phase << 60) | ((number + at.OFFSET) << 31) | scalars[at.SEQUENCE]
    place = scalars[at.PENDING]
    scalars[at.PENDING] = place + 1
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
    heap[place, 0], heap[place, 1], heap[place, 2] = time, key, payload * 16 + action


@inlined
def pop(scalars: Numbers, heap: Numbers) -> None:
    """Take what is due first out of the agenda and make it what is under way."""
    scalars[at.NOW] = heap[0, 0]
    scalars[at.CASE] = ((heap[0, 1] >> 31) & (2**29 - 1)) - at.OFFSET
    scalars[at.ACTION] = heap[0, 2] & 15
    scalars[at.PAYLOAD] = heap[0, 2] >> 4
    last = scalars[at.PENDING] - 1
    scalars[at.PENDING] = last
    time, key, load = heap[last, 0], heap[last, 1], heap[last, 2]
    place, below = 0, 1
    while below < last:
        other = below + 1
        if other < last and (
            heap[other, 0] < heap[below, 0]
            or (heap[other, 0] == heap[below, 0] and heap[other, 1] < heap[below, 1])
        ):
            below = other
        if time < heap[below, 0] or (time == heap[below, 0] and key < heap[below, 1]):
            break
        heap[place, 0], heap[place, 1], heap[place, 2] = (
            heap[below, 0],
            heap[below, 1],
            heap[below, 2],
        )
        place = below
        below = 2 * place + 1
    heap[place, 0], heap[place, 1], heap[place, 2] = time, key, load


@inlined
def before(queue: Numbers, desk: int, a: int, b: int) -> bool:
    """Return whether a job comes before another: by rank, time asked for, case, order."""
    for column in range(4):
        if queue[desk, a, column] != queue[desk, b, column]:
            return queue[desk, a, column] < queue[desk, b, column]
    return False


@inlined
def swap(queue: Numbers, desk: int, a: int, b: int) -> None:
    """Let two jobs change places."""
    for column in range(4):
        queue[desk, a, column], queue[desk, b, column] = (
            queue[desk, b, column],
            queue[desk, a, column],
        )


@inlined
def queue_up(
    desks: Numbers, queue: Numbers, desk: int, rank: int, now: int, case: int, serial: int
) -> None:
    """Let a job wait for a member of a pool."""
    place = desks[desk, at.P_WAITING]
    desks[desk, at.P_WAITING] = place + 1
    queue[desk, place, 0], queue[desk, place, 1] = rank, now
    queue[desk, place, 2], queue[desk, place, 3] = case, serial
    while place > 0 and before(queue, desk, place, (place - 1) >> 1):
        swap(queue, desk, place, (place - 1) >> 1)
        place = (place - 1) >> 1


@inlined
def leave_queue(desks: Numbers, queue: Numbers, desk: int) -> None:
    """Take the first job out of the queue of a pool."""
    last = desks[desk, at.P_WAITING] - 1
    desks[desk, at.P_WAITING] = last
    for column in range(4):
        queue[desk, 0, column] = queue[desk, last, column]
    place = 0
    while 2 * place + 1 < last:
        below = 2 * place + 1
        if below + 1 < last and before(queue, desk, below + 1, below):
            below += 1
        if not before(queue, desk, below, place):
            break
        swap(queue, desk, below, place)
        place = below


@inlined
def call(
    scalars: Numbers, heap: Numbers, desks: Numbers, sizes: Numbers, desk: int, now: int
) -> None:
    """See to it that free members look for work at the end of this instant."""
    if (
        desks[desk, at.P_WAITING] > 0
        and desks[desk, at.P_CALLED] == 0
        and desks[desk, at.P_BUSY] < sizes[desk]
    ):
        desks[desk, at.P_CALLED] = 1
        push(scalars, heap, now, at.START, desk, at.DISPATCH, 0)


@inlined
def note(
    scalars: Numbers, log: Numbers, case: int, line: int, what: int, more: int
) -> None:
    """Write a line of the log."""
    at_line = scalars[at.LINES]
    scalars[at.LINES] = at_line + 1
    if scalars[at.QUIET]:
        return
    log[at_line, 0], log[at_line, 1] = scalars[at.NOW], case * 16 + line
    log[at_line, 2], log[at_line, 3] = what, more
