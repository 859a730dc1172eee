"""A case alone in the office, over the holidays of 2020 to 2026, against chinesecalendar."""

from __future__ import annotations

from datetime import date, timedelta
from math import floor
from typing import TYPE_CHECKING

import chinese_calendar
from tests.simulations.small_office import small_office

from duecourse.scenarios import load_scenario
from duecourse.simulations import replicate

if TYPE_CHECKING:
    from pathlib import Path

ACTIVITIES = """
[[stage.activity]]
id = "first_look"
work = "desk"
effort = { law = "deterministic", value = 2 }
take = "request_supplement" #!

[[stage.activity]]
id = "answer"
delay = { law = "deterministic", value = 9 }
unit = "calendar days"
take = "submit_supplement" #!

[[stage.activity]]
id = "decision"
work = "desk"
effort = { law = "deterministic", value = 9 }
take = "decide_no_review" #!
"""

FIRST, LAST = date(2020, 1, 2), date(2026, 11, 1)


def worked(day: date, count: int) -> date:
    """The working day so many after another (after the last one before it, if it is a day off)."""
    while count:
        day += timedelta(1)
        count -= chinese_calendar.is_workday(day)
    return day


def rolled(day: date) -> date:
    return day if chinese_calendar.is_workday(day) else worked(day, 1)


def test_a_case_takes_exactly_the_days_of_the_calendar_whatever_day_it_is_filed_on(
    tmp_path: Path,
) -> None:
    """One filing on every second date of nearly seven years.

    By hand: filed on the next working day; 2 working days to the request; 9 calendar days, or the next working day, to
    the answer; 9 working days to the decision. The limit of 10 working days (Art. 9) has used 2, and 9 more are 1 too
    many: the clock lapses on the working day before the decision.
    """
    filed = [FIRST + timedelta(n) for n in range(0, (LAST - FIRST).days, 2)]
    rows = ["kind,filed on", *(f"listing,{day}" for day in filed)]
    (tmp_path / "filings.csv").write_text("\n".join(rows), encoding="utf-8")
    path = tmp_path / "alone.toml"
    replay = 'replay = { file = "filings.csv", date = "filed on", class = "kind" }'
    text = small_office(ACTIVITIES, start="2020-01-02", years=6.95, arrivals=replay)
    path.write_text(text, encoding="utf-8")
    log = replicate(load_scenario(str(path)))
    found: dict[int, dict[str, date]] = {}
    for event in log.events:
        found.setdefault(event.case, {})[event.step or event.event] = log.days.date(
            floor(event.time)
        )

    assert len(found) == len(filed) > 1_200
    for case, day in enumerate(filed):
        arrived = rolled(day)
        request = worked(arrived, 2)
        answer = rolled(request + timedelta(9))
        expected = {
            "file": arrived,
            "request_supplement": request,
            "submit_supplement": answer,
            "decide_no_review": worked(answer, 9),
            "lapse": worked(answer, 8),
        }
        assert {key: found[case].get(key) for key in expected} == expected, day
