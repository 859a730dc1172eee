"""The order of events: one heap for everything that is going to happen.

An entry is due at (time, phase, case, sequence); there are no ties. Times are multiples of 2^-16
working days (under half a second of an eight-hour day), so that sums and differences of times are
exact in double precision: the instant reached by one addition or by several is the same number, and
every engine that adds the same durations meets the same ties.
"""

from __future__ import annotations

import math
from enum import IntEnum
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

TICKS = 65_536
"""Ticks in a working day."""

TICK = 1.0 / TICKS
"""The unit of time: a working day is [d, d + 1), its last instant d + 1 - TICK."""


class Phase(IntEnum):
    """What comes first at one instant."""

    COMPLETE = 0
    LAPSE = 1
    MEETING = 2
    SCHEDULE = 3
    ARRIVAL = 4
    START = 5


Entry = tuple[float, int, int, int, "Callable[..., None]", tuple[Any, ...]]


def on_grid(duration: float) -> float:
    """Return the nearest multiple of a tick; halves go up."""
    return math.floor(duration * TICKS + 0.5) / TICKS


class Agenda:
    """What is going to happen, in the total order."""

    def __init__(self) -> None:
        self._heap: list[Entry] = []
        self._sequence = 0

    def add(
        self, time: float, phase: Phase, case: int, action: Callable[..., None], *values: object
    ) -> None:
        """Note that `action(*values)` is due.

        Args:
            time: when, a multiple of a tick.
            phase: its place within the instant.
            case: the case it belongs to; in the phases meeting, arrival and start the number of
                the meeting, stream or pool, in the order of the scenario file.
            action: what is done.
            values: what it is done with.
        """
        self._sequence += 1
        heappush(self._heap, (time, phase, case, self._sequence, action, values))

    def next(self) -> Entry:
        """Take out what is due first."""
        return heappop(self._heap)

    def __bool__(self) -> bool:
        return bool(self._heap)
