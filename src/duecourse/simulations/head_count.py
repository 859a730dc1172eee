"""How many members a pool has on each working day of a run."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from duecourse.scenarios.capacity import Pool
    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.days import Days

    HeadCounts = tuple[tuple[int, tuple[int, ...]], ...]


def head_counts(pool: Pool, days: Days) -> HeadCounts:
    """Return the head-count of each group of a pool from each day on which one changes; day 0 comes first."""
    dates = {days.start}
    for group in pool.groups:
        dates.update(since for since, _ in group.schedule)
        for leave in group.leave:
            dates |= {leave.since, leave.until + timedelta(1)}
    found: list[tuple[int, tuple[int, ...]]] = []
    for day in sorted({_day(each, days) for each in dates}):
        sizes = tuple(group.head_count(days.date(day)) for group in pool.groups)
        if day < days.length and (not found or sizes != found[-1][1]):
            found.append((day, sizes))
    return tuple(found)


def staffed_days(pool: Pool, days: Days, since: float, until: float) -> float:
    """Return the working days of all members between two instants of the run, together."""
    if pool.steady:
        return pool.size * (until - since)
    return _area(head_counts(pool, days), since, until)


def cost_of(pool: Pool, days: Days, busy: float, window: tuple[float, float]) -> float:
    """Return what a pool costs between two instants of the run; 0 where it does not say.

    Args:
        pool: its members and their cost.
        days: the run.
        busy: the working days that its members were at work.
        window: the instants.
    """
    if pool.cost is None:
        return 0.0
    counted = busy if pool.cost.per == "day worked" else staffed_days(pool, days, *window)
    return pool.cost.amount * counted


def teams(scenario: Scenario) -> dict[tuple[str, str], int]:
    """Return how many members work on an activity together, by its stage and id, where it is more than one."""
    return {
        (stage, activity.id): activity.work.team
        for stage, activities in scenario.behaviours.items()
        for activity in activities
        if activity.work is not None and activity.work.team > 1
    }


def _area(counts: Sequence[tuple[int, tuple[int, ...]]], since: float, until: float) -> float:
    ends = [float(day) for day, _ in counts[1:]] + [until]
    return sum(
        sum(sizes) * max(min(end, until) - max(float(day), since), 0.0)
        for (day, sizes), end in zip(counts, ends, strict=True)
    )


def _day(on: date, days: Days) -> int:
    """Return the number of the first working day from a date on, at least 0; after the run where it is later."""
    if on <= days.start:
        return 0
    try:
        return min(days.day(days.calendar.roll_forward(on)), days.length)
    except InvalidInput:  # beyond the calendar
        return days.length
