"""The working days of a run on which a body meets."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duecourse.scenarios.capacity import Meeting
    from duecourse.simulations.days import Days


def meeting_days(meeting: Meeting, days: Days) -> tuple[int, ...]:
    """Return the numbers of the working days on which a body meets, in order.

    A date on a day off is the next working day; the n-th working day of a shorter month is its last.
    """
    if meeting.every:
        return tuple(range(meeting.first, days.length, meeting.every))
    if meeting.dates:
        inside = [each for each in meeting.dates if days.first <= each < days.end]
        found = {days.day(days.calendar.roll_forward(each)) for each in inside}
    else:
        found = _monthly(meeting.monthly, days)
    return tuple(sorted(day for day in found if 0 <= day < days.length))


def _monthly(wanted: tuple[int, ...], days: Days) -> set[int]:
    found: set[int] = set()
    month = days.start.replace(day=1)
    while month < days.end:
        following = (month + timedelta(31)).replace(day=1)
        first = days.day(month) + (not days.calendar.is_working(month))
        last = days.day(min(following - timedelta(1), days.calendar.last))
        for n in wanted:
            day = first + n - 1 if n > 0 else last + n + 1
            found.add(min(max(day, first), last))
        month = following
    return found
