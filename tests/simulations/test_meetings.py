"""When bodies meet: every so many days, on dates, on working days of each month."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import chinese_calendar
import pytest

from duecourse.calendar import load_calendar
from duecourse.errors import InvalidInput
from duecourse.model.procedure import Label
from duecourse.scenarios.capacity import Meeting
from duecourse.simulations import replicate
from duecourse.simulations.days import Days
from duecourse.simulations.meeting_days import meeting_days

if TYPE_CHECKING:
    from collections.abc import Callable

    from duecourse.scenarios import Scenario


def meetings(  # noqa: PLR0913  (settings with names)
    start: date,
    years: float,
    *,
    every: int = 0,
    first: int = 0,
    dates: tuple[date, ...] = (),
    monthly: tuple[int, ...] = (),
) -> list[date]:
    days = Days(load_calendar("prc"), start, years)
    body = Meeting("council", Label("Council"), every, first, None, dates, monthly)
    return [days.date(day) for day in meeting_days(body, days)]


def test_the_nth_working_days_of_each_month_are_those_of_chinesecalendar() -> None:
    found = meetings(date(2021, 1, 18), 2, monthly=(1, 11, -1))
    expected = set()
    for month in range(25):
        first = date(2021 + month // 12, month % 12 + 1, 1)
        after = date(2021 + (month + 1) // 12, (month + 1) % 12 + 1, 1)
        workdays = [d for d in chinese_calendar.get_workdays(first, after) if d < after]
        expected |= {workdays[0], workdays[10], workdays[-1]}

    assert found == sorted(d for d in expected if date(2021, 1, 18) <= d < date(2023, 1, 18))


def test_a_month_that_the_run_cuts_off_is_counted_whole() -> None:
    """A run of about two months ends on 7 March 2022: its month ends on 31 March, which is not reached."""
    found = meetings(date(2022, 1, 4), 62 / 365.25, monthly=(-1,))

    assert found == [
        date(2022, 1, 30),
        date(2022, 2, 28),
    ]  # Sunday 30 January 2022 is a make-up day


def test_a_month_with_fewer_working_days_has_its_last() -> None:
    """February 2021 has 17 working days (notice for 2021): 20 and later is Sunday the 28th's Friday, the 26th."""
    assert date(2021, 2, 26) in meetings(date(2021, 1, 4), 1, monthly=(20,))


def test_a_date_on_a_day_off_is_the_next_working_day() -> None:
    dates = (date(2021, 10, 2), date(2021, 3, 1), date(2020, 12, 1), date(2023, 1, 1))

    assert meetings(date(2021, 10, 1), 0.1, dates=dates) == [date(2021, 10, 8)]
    assert meetings(date(2021, 1, 4), 1, dates=dates) == [date(2021, 3, 1), date(2021, 10, 8)]


def test_meetings_every_so_many_days_are_those_of_before() -> None:
    days = Days(load_calendar("prc"), date(2021, 1, 4), 0.2)
    body = Meeting("council", Label("Council"), 20, 5, None)

    assert meeting_days(body, days) == (5, 25, 45)
    assert body.rhythm.en == "every 20 working days"


COUNCIL = """
[[arrivals]]
id = "files"
per_year = 100
shares = {{ file = 1.0 }}
#!

[[meeting]]
id = "council"
label = {{ en = "Council" }}
{when}
#!

[[stage]]
id = "office"

[[stage.activity]]
id = "hearing"
meeting = "council"
take = "decide"
"""


def test_cases_are_heard_on_the_days_of_the_body_and_on_no_other(
    office: Callable[..., Scenario],
) -> None:
    log = replicate(office(COUNCIL.format(when="monthly = [1, 11]\nagenda = 3")), seed=3)
    heard = [e.time for e in log.events if e.step == "decide"]
    allowed = meetings(date(2021, 1, 4), 1, monthly=(1, 11))

    assert len(heard) > 60
    assert {log.days.date(int(time)) for time in heard} <= set(allowed)
    assert all(time == int(time) for time in heard)
    assert max(heard.count(time) for time in heard) <= 3


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ("", "say when it meets"),
        ("every = 5", '"every" needs "first" beside it'),
        ("monthly = [0]", "there is no working day 0"),
        ("monthly = [1]\ndates = [2021-02-01]", "it meets in one way: dates or monthly"),
        ("dates = [2021-02-01, 2021-02-01]", "2021-02-01 stands there already"),
        ("dates = [2020-02-03]", "no meeting lies in the run, which begins on 2021-01-04"),
    ],
)
def test_a_body_that_cannot_meet_so_is_refused(
    office: Callable[..., Scenario], when: str, message: str
) -> None:
    with pytest.raises(InvalidInput) as error:
        office(COUNCIL.format(when=when))
    assert any(message in str(each) for each in error.value.problems), error.value.problems
