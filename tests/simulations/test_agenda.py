from __future__ import annotations

from datetime import date

import pytest

from duecourse.calendar import load_calendar
from duecourse.simulations.agenda import TICK, Agenda, Phase, on_grid
from duecourse.simulations.days import Days


def test_entries_come_by_time_then_phase_then_case_then_sequence() -> None:
    agenda = Agenda()
    wanted = [
        (1.0, Phase.COMPLETE, 9, "first"),
        (1.0, Phase.COMPLETE, 9, "second"),
        (1.0, Phase.LAPSE, 2, ""),
        (1.0, Phase.LAPSE, 3, ""),
        (1.0, Phase.MEETING, 1, ""),
        (1.0, Phase.SCHEDULE, 1, ""),
        (1.0, Phase.ARRIVAL, 1, ""),
        (1.0, Phase.START, 0, ""),
        (1.0 + TICK, Phase.COMPLETE, 0, ""),
    ]
    for time, phase, case, text in [*wanted[2:][::-1], *wanted[:2]]:
        agenda.add(time, phase, case, print, text)
    found = []
    while agenda:
        entry = agenda.next()
        found.append((*entry[:3], *entry[5]))

    assert found == wanted


def test_times_on_the_grid_add_up_exactly_in_any_order() -> None:
    """1/3, 0.1 and 2/7 of a day, a thousand times over: sums of doubles off the grid would differ."""
    parts = [on_grid(each) for each in (1 / 3, 0.1, 2 / 7)] * 1_000

    assert sum(parts) == sum(reversed(parts)) == sum(sorted(parts))
    assert (100_000 + parts[0]) - 100_000 == parts[0]
    assert on_grid(0.1) == 6554 * TICK
    assert on_grid(TICK / 2) == TICK


def days(start: date, years: float = 1.0) -> Days:
    return Days(load_calendar("prc"), start, years)


def test_days_are_the_working_days_from_the_start_against_the_notice_for_2022() -> None:
    """National Day 2022: 1 to 7 October off, Saturday 8 and Sunday 9 October worked."""
    found = days(date(2022, 9, 30))

    assert [found.date(n) for n in range(4)] == [
        date(2022, 9, 30),
        date(2022, 10, 8),
        date(2022, 10, 9),
        date(2022, 10, 10),
    ]
    assert found.day(date(2022, 10, 5)) == 0
    assert found.day(date(2022, 10, 9)) == 2


def test_a_start_on_a_day_off_moves_to_the_next_working_day() -> None:
    assert days(date(2022, 10, 1)).start == date(2022, 10, 8)


def test_a_year_has_the_working_days_of_the_notices() -> None:
    """2023 has 249 working days (chinesecalendar counts the same)."""
    assert days(date(2023, 1, 1)).length == 249
    assert days(date(2023, 1, 1)).since_start(1.0) == 249
    assert days(date(2023, 1, 1)).since_start(0.0) == 0


@pytest.mark.parametrize(
    ("now", "later", "expected"),
    [
        (0.25, 8.0, 1.25),  # Fri 30 Sep + 8 = Sat 8 Oct, a make-up day
        (0.25, 3.5, 1.0),  # Mon 3 Oct, off: the next working morning
        (0.75, 8.5, 2.25),  # Sun 9 Oct 06:00 of the calendar day
        (2.5, 1e9, float("inf")),  # beyond every calendar
    ],
)
def test_calendar_days_lead_to_the_instant_that_a_wall_calendar_shows(
    now: float, later: float, expected: float
) -> None:
    assert days(date(2022, 9, 30)).later(now, later) == expected
