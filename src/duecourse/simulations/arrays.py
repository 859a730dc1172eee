"""Tables of numbers for the compiled engine: a calendar, a case that has not arrived, the odds of replies."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from duecourse.calendar import Unit
from duecourse.kernels import layout as at
from duecourse.model.expression import TRUE, simplify

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duecourse.calendar import Calendar
    from duecourse.simulations.plan import Plan, Voter

MOST_OPS = 64
"""What one step may do to clocks, suspensions and panels, at most."""

UNITS = {Unit.WORKING_DAY: 0, Unit.CALENDAR_DAY: 1, Unit.CALENDAR_MONTH: 2}


def signed(number: int) -> int:
    """Return a 64-bit number as a signed one with the same bits."""
    return number - 2**64 if number >= 2**63 else number


def table(rows: Sequence[Sequence[int]], columns: int) -> Any:  # noqa: ANN401  (an array)
    """Return rows as an array with so many columns, however few rows there are."""
    return np.array(rows, np.int64).reshape(len(rows), columns)


@cache
def calendar_tables(calendar: Calendar) -> tuple[Any, Any, Any]:
    """Return the days, the working days and the months of a calendar (see `duecourse.kernels.layout`)."""
    first, last = calendar.first, calendar.last
    days, working = [], []
    for offset in range((last - first).days + 1):
        day = first + dt.timedelta(offset)
        worked = calendar.is_working(day)
        if worked:
            working.append(offset)
        days.append((len(working), int(worked), _month(day, first), day.day))
    months = []
    for year in range(first.year, last.year + 1):
        for month in range(1, 13):
            begins = dt.date(year, month, 1)
            months.append(((begins - first).days, monthrange(year, month)[1]))
    return table(days, 4), np.array(working, np.int64), table(months, 2)


def _month(day: dt.date, first: dt.date) -> int:
    return (day.year - first.year) * 12 + day.month - 1


def blank(clocks: int, panels: int, groups: int) -> Any:  # noqa: ANN401  (an array)
    """Return a case before it arrives, with so many clocks, panels and groups of members."""
    first = at.CASE_COLUMNS + clocks
    size = first + clocks * at.CLOCK_COLUMNS + panels * at.PANEL_COLUMNS
    size += groups
    found = np.zeros(size, np.int64)
    found[at.ALIVE] = 1
    none = (at.LISTENING, at.MEETING_ROOM, at.PLACE, at.LAST_LAPSE, at.HELD_FIRST, at.HELD_LAST)
    found[list(none)] = at.NONE
    for clock in range(clocks):
        block = first + clock * at.CLOCK_COLUMNS
        off = (at.STOPPED_SINCE, at.FIRST_PAUSE, at.LAST_PAUSE)
        for column in (*off, at.FIRST_EXTENSION, at.LAST_EXTENSION):
            found[block + column] = at.NONE
        found[block + at.DUE] = at.NO_DAY
    return found


def odds(voter: Voter) -> tuple[float, float, float, float]:
    """Return silence, the share of the neutral, persistence, and the propensity; the last two are below 0 where there is none."""
    persistence = -1.0 if voter.persistence is None else voter.persistence
    constant = voter.propensity[0] if len(set(voter.propensity)) == 1 else -1.0
    return voter.silence, voter.neutral_share, persistence, constant


def stopped_by(plan: Plan, clock: str) -> int:
    """Return the suspensions that stop a clock as bits."""
    readings = plan.scenario.readings
    found = 0
    for number, suspension in enumerate(plan.procedure.suspensions):
        for stop in suspension.stops:
            if stop.clock == clock and simplify(stop.when, readings) == TRUE:
                found |= 1 << number
    return found
