"""The calendar as a value: from dates to working days and back.

Days are `datetime.date`. Working days, calendar days and calendar months are different units and are
never mixed.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = "see model/calendars/README.md"


class Unit(StrEnum):
    """In what a length of time is counted."""

    WORKING_DAY = "working day"
    CALENDAR_DAY = "calendar day"
    CALENDAR_MONTH = "calendar month"


_ZH = {Unit.WORKING_DAY: "个工作日", Unit.CALENDAR_DAY: "日", Unit.CALENDAR_MONTH: "个月"}


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time with its unit, as a statute sets it."""

    count: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.count < 0:
            raise InvalidInput(f"a span of {self} is negative; a limit is 0 or more")

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"

    @property
    def zh(self) -> str:
        """The span in Chinese."""
        return f"{self.count}{_ZH[self.unit]}"


@dataclass(frozen=True, slots=True)
class Label:
    """A name in English and Chinese."""

    en: str
    zh: str = ""


@dataclass(frozen=True, repr=False)
class Calendar:
    """The working days of the dates from `first` to `last`.

    Attributes:
        published_until: up to here the schedule is published; later days are estimated, except those
            of a year that an overlay publishes.
        estimated: the years whose schedule is not published.
        weekend: the days of the week that are not worked, Monday is 0.
        off, make_up: the exceptions to the week, each with the holiday it belongs to or "".
        festivals: the names of the holidays that the files declare.
        sources: the files it was read from, the lowest layer first.
    """

    id: str
    label: Label
    first: date
    last: date
    published_until: date
    estimated: frozenset[int]
    weekend: frozenset[int]
    off: Mapping[date, str] = field(hash=False)
    make_up: Mapping[date, str] = field(hash=False)
    festivals: Mapping[str, Label] = field(hash=False, compare=False)
    sources: tuple[str, ...] = field(compare=False)

    def __repr__(self) -> str:
        published = f"published until {self.published_until}"
        return f'<Calendar "{self.id}" from {self.first} to {self.last}, {published}>'

    def is_working(self, day: date) -> bool:
        """Tell whether `day` is a working day."""
        self._offset(day)
        return day in self.make_up or (day.weekday() not in self.weekend and day not in self.off)

    def reason(self, day: date) -> Label:
        """Say why `day` is worked or not, with the holiday where one is the reason."""
        worked = self.is_working(day)
        if day in self.make_up or (not worked and day in self.off):
            festival = (self.make_up if worked else self.off)[day]
            name = self.festivals.get(festival, Label(festival, festival))
            en, zh = ("make-up day", "调休上班") if worked else ("day off", "放假")
            return Label(f"{en}, {name.en}" if name.en else en, f"{name.zh}{zh}")
        return Label("working day", "工作日") if worked else Label("weekend", "周末")

    def elapsed(self, start: date, end: date) -> int:
        """Return the number of working days d with start < d <= end; 0 if end is not after start."""
        return max(0, self.index(end) - self.index(start))

    def counted_from(self, start: date, n: int, *, first_day_counts: bool = False) -> date:
        """Return the `n`-th working day after `start`, and `start` itself for 0.

        With `first_day_counts`, `start` is the first of them if it is a working day.
        """
        span = Span(n, Unit.WORKING_DAY)
        before = self.index(start) - (first_day_counts and self.is_working(start))
        if before + n > len(self._working):
            raise self._beyond(f"the end of {span} from {start}", self.last.year + 1)
        return self._working[before + n - 1] if n else start

    def index(self, day: date) -> int:
        """Return the number of working days from the first day of the calendar up to `day`."""
        return self._prefix[self._offset(day)]

    def day_of(self, index: int) -> date:
        """Return the working day whose `index` this is; the first working day has 1."""
        if not 1 <= index <= len(self._working):
            raise InvalidInput(
                f'there is no working day number {index} in the calendar "{self.id}": it has '
                f"{len(self._working)}, from {self.first} to {self.last}"
            )
        return self._working[index - 1]

    def next_working(self, day: date) -> date:
        """Return the first working day after `day`."""
        return self.counted_from(day, 1)

    def roll_forward(self, day: date) -> date:
        """Return `day` if it is a working day, else the next one: no period ends on a day off."""
        return day if self.is_working(day) else self.next_working(day)

    def add_calendar_days(self, start: date, n: int) -> date:
        """Return the day `n` days after `start` (before it, if negative)."""
        ordinal = start.toordinal() + n
        if not self.first.toordinal() <= ordinal <= self.last.toordinal():
            raise self._beyond(f"{start} {n:+} calendar days", self._edge(n))
        return date.fromordinal(ordinal)

    def add_months(self, start: date, n: int) -> date:
        """Return the same day `n` months later, or the last day where the month is too short.

        So ends a period of months under Art. 202 of the Civil Code. That it does not end on a day
        off (Art. 203) is a step of its own, `roll_forward`.
        """
        year, month = divmod(start.year * 12 + start.month - 1 + n, 12)
        if not self.first.year <= year <= self.last.year:
            raise self._beyond(f"{start} {n:+} calendar months", self._edge(n))
        return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))

    def due(
        self,
        start: date,
        span: Span,
        *,
        first_day_counts: bool = False,
        last_day_works: bool = False,
    ) -> date:
        """Return the last day of `span` when it starts to run on `start`.

        Args:
            start: the day of the step that starts it; not counted itself.
            span: the limit; one of 0 ends on `start`.
            first_day_counts: count `start` too, so that calendar days and months end a day earlier.
            last_day_works: let a last day that is a day off roll forward to the next working day.
        """
        self._offset(start)
        if not span.count:
            return start
        match span.unit:
            case Unit.WORKING_DAY:
                return self.counted_from(start, span.count, first_day_counts=first_day_counts)
            case Unit.CALENDAR_DAY:
                end = self.add_calendar_days(start, span.count - first_day_counts)
            case Unit.CALENDAR_MONTH:
                end = self.add_calendar_days(self.add_months(start, span.count), -first_day_counts)
        return self.roll_forward(end) if last_day_works else end

    def span_range(
        self, span: Span, *, first_day_counts: bool = False, last_day_works: bool = False
    ) -> tuple[int, int]:
        """Return the least and the greatest number of working days that `span` comes to.

        Over all start dates for which the whole span lies before `published_until`; the arguments
        are those of `due`.
        """
        counts = set()
        day = self.first
        while day <= self.published_until:
            try:
                end = self.due(
                    day, span, first_day_counts=first_day_counts, last_day_works=last_day_works
                )
            except InvalidInput:
                break
            if end > self.published_until:
                break
            first = first_day_counts and span.count > 0 and self.is_working(day)
            counts.add(self.elapsed(day, end) + first)
            day += timedelta(1)
        if not counts:
            published = f"{self.first} to {self.published_until}"
            raise InvalidInput(f'{span}: longer than "{self.id}" is published, {published}')
        return min(counts), max(counts)

    def is_estimated(self, start: date, end: date) -> bool:
        """Tell whether a day from `start` to `end`, both included, has no published schedule."""
        for day in (start, end):
            self._offset(day)
        years = range(min(start, end).year, max(start, end).year + 1)
        return not self.estimated.isdisjoint(years)

    def year_length(self, year: int) -> int:
        """Return the number of working days of `year`."""
        if not self.first.year <= year <= self.last.year:
            raise self._beyond(f"the year {year}", year)
        new_year = date(year, 1, 1)
        return self.elapsed(new_year, date(year, 12, 31)) + self.is_working(new_year)

    @cached_property
    def _works(self) -> bytearray:
        """For each day whether it is worked (`is_working`): the week again and again, then the exceptions."""
        week = bytes(day not in self.weekend for day in range(7))
        begin, days = self.first.weekday(), (self.last - self.first).days + 1
        works = bytearray((week * (days // 7 + 2))[begin : begin + days])
        for exceptions, worked in ((self.off, False), (self.make_up, True)):
            for day in exceptions:
                if self.first <= day <= self.last:
                    works[self._offset(day)] = worked
        return works

    @cached_property
    def _working(self) -> tuple[date, ...]:
        """The working days in order."""
        begin = self.first.toordinal()
        return tuple(
            date.fromordinal(begin + day) for day, works in enumerate(self._works) if works
        )

    @cached_property
    def _prefix(self) -> tuple[int, ...]:
        """For each day the number of working days up to it."""
        return tuple(accumulate(self._works))

    def _offset(self, day: date) -> int:
        if not self.first <= day <= self.last:
            raise self._beyond(str(day), day.year)
        return day.toordinal() - self.first.toordinal()

    def _edge(self, direction: int) -> int:
        """Return the year that follows the calendar, or the one before it."""
        return self.last.year + 1 if direction > 0 else self.first.year - 1

    def _beyond(self, what: str, year: int) -> InvalidInput:
        """Return the error for a day outside the calendar, which a schedule up to `year` cures."""
        edge = self._edge(year - self.last.year)
        years = " to ".join(map(str, sorted({edge, year})))
        return InvalidInput(
            f'{what} is not covered by the calendar "{self.id}", which goes from {self.first} to '
            f"{self.last}; add {years} in an overlay file, {FORMAT}"
        )
