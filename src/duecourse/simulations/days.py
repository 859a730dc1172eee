"""The days of a run: from instants to dates and back."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from math import floor
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput

if TYPE_CHECKING:
    from duecourse.calendar import Calendar

DAYS_PER_YEAR = 365.25


class Days:
    """The working days from the start of a run, numbered from 0.

    The instant t belongs to day floor(t).

    Attributes:
        calendar: which days are worked.
        length: the number of working days of the run.
        per_year: their number in one year of the run, on average.
        end: the first date after the run.
    """

    def __init__(self, calendar: Calendar, start: dt.date, years: float) -> None:
        self.calendar = calendar
        self.start = calendar.roll_forward(start)
        self.end = calendar.add_calendar_days(start, round(years * DAYS_PER_YEAR))
        self._base = calendar.index(self.start)
        self._dates: dict[int, dt.date] = {}
        self._years = years
        self.length = calendar.index(self.end - dt.timedelta(1)) - self._base + 1

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Days):
            return NotImplemented
        return (self.calendar, self.start, self.end) == (other.calendar, other.start, other.end)

    def __hash__(self) -> int:
        return hash((self.calendar.id, self.start, self.end))

    @property
    def per_year(self) -> float:
        """The number of working days in one year of the run, on average."""
        return self.length / self._years

    @property
    def first(self) -> dt.date:
        """The first date of the run, which may be a day off."""
        return self.end - dt.timedelta(round(self._years * DAYS_PER_YEAR))

    @property
    def years(self) -> float:
        """The length of the run in calendar years."""
        return self._years

    @cached_property
    def estimated(self) -> bool:
        """Whether a day of the run rests on an unpublished schedule."""
        return self.calendar.is_estimated(self.start, self.end)

    def date(self, day: int) -> dt.date:
        """Return the date of a working day."""
        found = self._dates.get(day)
        if found is None:
            found = self._dates[day] = self.calendar.day_of(self._base + day)
        return found

    def instant(self, time: float) -> float:
        """Return an instant of the run on the scale of calendar days."""
        day = floor(time)
        return self.date(day).toordinal() + (time - day)

    def day(self, of: dt.date) -> int:
        """Return the number of the working day that a date is, or of the last one before it."""
        return self.calendar.index(of) - self._base

    def since_start(self, years: float) -> int:
        """Return the number of working days in the first `years` of the run."""
        if years <= 0:
            return 0
        last = self.calendar.add_calendar_days(self.first, round(years * DAYS_PER_YEAR) - 1)
        return max(self.calendar.index(last) - self._base + 1, 0)

    def later(self, now: float, calendar_days: float) -> float:
        """Return the instant so many calendar days later; one on a day off moves to the next morning.

        Beyond the calendar it is infinite: no run reaches it.
        """
        day = floor(now)
        reached = now - day + calendar_days
        try:
            on = self.calendar.add_calendar_days(self.date(day), floor(reached))
            if self.calendar.is_working(on):
                return self.day(on) + (reached - floor(reached))
            return float(self.day(self.calendar.next_working(on)))
        except (InvalidInput, OverflowError):
            return float("inf")
