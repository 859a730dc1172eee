"""The visits to pools of the departure recursion: which comes next, and when a member is free for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.kernels import layout as at
from duecourse.kernels.compiling import part
from duecourse.kernels.courses import (
    BUSY,
    CHANGE,
    CREW,
    KEY,
    LAST_CHANGE,
    SINCE,
    VISIT_COLUMNS,
    WHEN,
    WHERE,
    WHOSE,
)

if TYPE_CHECKING:
    from duecourse.kernels.memory import Numbers


@part
def before(visits: Numbers, place: int, time: int, case: int) -> bool:
    """Return whether a visit that waits comes before another."""
    return bool(
        visits[place, WHEN] < time or (visits[place, WHEN] == time and visits[place, WHOSE] < case)
    )


@part
def put_off(scalars: Numbers, visits: Numbers, time: int, case: int, node: int, key: int) -> None:
    """Note that a visit is asked for."""
    place = scalars[at.PENDING]
    scalars[at.PENDING] = place + 1
    while place > 0:
        above = (place - 1) >> 1
        if before(visits, above, time, case):
            break
        for column in range(VISIT_COLUMNS):
            visits[place, column] = visits[above, column]
        place = above
    visits[place, WHEN], visits[place, WHOSE] = time, case
    visits[place, WHERE], visits[place, KEY] = node, key


@part
def take_first(scalars: Numbers, visits: Numbers) -> None:
    """Take the first visit out of those that wait."""
    last = scalars[at.PENDING] - 1
    scalars[at.PENDING] = last
    time, case = visits[last, WHEN], visits[last, WHOSE]
    node, key = visits[last, WHERE], visits[last, KEY]
    place, below = 0, 1
    while below < last:
        if below + 1 < last and before(
            visits, below + 1, visits[below, WHEN], visits[below, WHOSE]
        ):
            below += 1
        if not before(visits, below, time, case):
            break
        for column in range(VISIT_COLUMNS):
            visits[place, column] = visits[below, column]
        place = below
        below = 2 * place + 1
    visits[place, WHEN], visits[place, WHOSE] = time, case
    visits[place, WHERE], visits[place, KEY] = node, key


@part
def rise(ends: Numbers, pool: int, count: int, end: int) -> None:
    """Add an end of work to those of a pool that has so many."""
    place = count
    while place > 0:
        above = (place - 1) >> 1
        if ends[pool, above] <= end:
            break
        ends[pool, place] = ends[pool, above]
        place = above
    ends[pool, place] = end


@part
def sink(ends: Numbers, pool: int, count: int) -> None:
    """Take the first end of work out of those of a pool, of which so many are left."""
    end = ends[pool, count]
    place, below = 0, 1
    while below < count:
        if below + 1 < count and ends[pool, below + 1] < ends[pool, below]:
            below += 1
        if ends[pool, below] >= end:
            break
        ends[pool, place] = ends[pool, below]
        place = below
        below = 2 * place + 1
    ends[pool, place] = end


@part
def begins(
    pools: Numbers, ends: Numbers, changes: Numbers, pool: int, asked: int, last: int
) -> int:
    """Return when a member is free for work asked for at an instant, at `last` or later if nobody ever is."""
    time = max(asked, pools[pool, SINCE])
    while True:
        count = pools[pool, BUSY]
        while count > 0 and ends[pool, 0] <= time:
            count -= 1
            sink(ends, pool, count)
        pools[pool, BUSY] = count
        change = pools[pool, CHANGE]
        while change < pools[pool, LAST_CHANGE] and changes[change, 0] <= time:
            pools[pool, CREW] = changes[change, 1]
            change += 1
        pools[pool, CHANGE] = change
        if count < pools[pool, CREW] or time >= last:
            pools[pool, SINCE] = time
            return int(time)
        following = last
        if count > 0:
            following = min(following, ends[pool, 0])
        if change < pools[pool, LAST_CHANGE]:
            following = min(following, changes[change, 0])
        time = following
