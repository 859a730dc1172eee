"""The report of a case as text: it fits the page, and says what a case handler has to know."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from duecourse.model.case_file import case_of, read_case
from duecourse.model.published import study
from duecourse.model.replay import replay
from duecourse.model.source import load
from duecourse.report.case_text import case_text
from duecourse.report.published_text import published_text
from duecourse.report.wrapping import columns
from duecourse.shipped import shipped

if TYPE_CHECKING:
    from duecourse.model.case import Case
    from duecourse.model.procedure import Lang

OURS = Path(__file__).parents[1] / "cases"
SHIPPED = Path(str(shipped())) / "model" / "cases"
LANGS: tuple[Lang, ...] = ("en", "zh", "both")


@cache
def story(name: str) -> Case:
    source = load(OURS / f"{name}.toml")
    data = {key: each for key, each in source.data.items() if key not in {"sentence", "expect"}}
    return case_of(replace(source, data=data))


def lines(name: str, lang: Lang = "en", on: date | None = None, **readings: str) -> list[str]:
    return case_text(replay(story(name), readings, on), lang).splitlines()


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ["late-reply", "commission-time", "migration-with-breach", "withdrawal"])  # fmt: skip
def test_no_line_is_wider_than_100_columns(name: str, lang: Lang) -> None:
    found = lines(name, lang)

    assert max(map(columns, found)) <= 100
    assert found == [line.rstrip() for line in found]


@pytest.mark.parametrize("lang", LANGS)
def test_a_page_is_in_the_language_asked_for(lang: Lang) -> None:
    text = "\n".join(lines("late-reply", lang, date(2023, 4, 5)))

    chinese = any("\u4e00" <= each <= "\u9fff" for each in text)
    assert chinese == (lang != "en")
    assert ("working days" in text) == (lang != "zh")
    assert ("due Fri 2023-04-07" in text) == (lang != "zh")


def test_what_runs_what_was_late_and_what_may_happen_is_said() -> None:
    found = lines("national-day-2022")

    assert (
        "Preliminary review, up to sending the proposal [Art. 11]                          due Wed 2022-11-23"
        in found
    )
    assert (
        "    Cybersecurity Review Office; since Wed 2022-10-12; 0 of 30 working days used, 30 left"
        in found
    )
    assert (
        "Decision whether a review is needed [Art. 9 (B+)]                             was due Tue 2022-10-11"
        in found
    )
    assert "    Cybersecurity Review Office; over on Wed 2022-10-12, 1 working day late" in found
    assert "by Wed 2022-11-23: Preliminary review, up to sending the proposal [Art. 11]" in found
    assert (
        "    - assesses: harm of supply interruption [Art. 10]                              assess_continuity"
        in found
    )
    assert "Tue 2022-10-11  LIMIT NOT KEPT: Cybersecurity Review Office" in found
    assert "                  > “Decision whether a review is needed” begins, due Tue 2022-10-11" in found  # fmt: skip


def test_an_overdue_limit_a_suspension_and_a_step_that_ends_a_limit_are_marked() -> None:
    overdue = lines("national-day-2022", on=date(2022, 10, 11), calendar="weekdays")
    assert "    OVERDUE by 3 working days" in overdue
    assert "    Cybersecurity Review Office; 3 working days late and still open" in overdue
    assert (
        "overdue since Thu 2022-10-06: Decision whether a review is needed [Art. 9 (B+)]" in overdue
    )
    assert "* ends the limit" in overdue

    suspended = lines("spring-festival-2023", on=date(2023, 1, 20))
    assert (
        "suspended by  Supplementary materials are being supplied [Art. 15], since Thu 2023-01-19"
        in suspended
    )
    assert (
        "Decision whether a review is needed [Art. 9 (B+)]                                          suspended"
        in suspended
    )


def test_the_late_reply_the_lapse_and_the_outstanding_members_are_told() -> None:
    before = "\n".join(lines("late-reply", on=date(2023, 4, 7)))
    assert "12 of 13 outstanding" in before
    assert "outstanding: CAC, NDRC, MIIT, MPS, MSS," in before
    assert "if it lapses, the law itself: The time for comments is over" in before

    after = lines("late-reply")
    assert "Fri 2023-04-07  BY LAPSE OF TIME" in after
    assert "Sat 2023-04-08  LATE REPLY, not counted: Member units of the review mechanism" in after
    assert "    support 13, object 0, neutral 0" in after


def test_the_change_of_text_is_told_with_what_it_did_to_the_clock() -> None:
    found = lines("migration-2022")

    assert "Tue 2022-02-15  CHANGE OF TEXT" in found
    assert "                - the Measures of 2022 take the case over [Art. 23 (I)]" in found
    assert (
        "                  > “Special review” is carried over after 40 working days, due Tue 2022-04-26"
        in found
    )


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ["didi", "micron", "palo-alto-networks"])
def test_a_published_case_fits_the_page_too(name: str, lang: Lang) -> None:
    text = published_text(study(read_case(SHIPPED / f"{name}.toml")), lang)

    assert max(map(columns, text.splitlines())) <= 100
    assert ("is not a conclusion of the review" in text) == (name == "didi" and lang != "zh")
    assert ("并非审查结论" in text) == (name == "didi" and lang == "zh")
    assert ("ESTIMATED" in text) == (name == "palo-alto-networks" and lang != "zh")


def test_the_table_of_a_published_case_has_the_figures_of_each_reading() -> None:
    found = published_text(study(read_case(SHIPPED / "didi.toml"))).splitlines()

    assert (
        "the readings above                                  2021-11-11    2021-12-02 +     128    113"
        in found
    )
    assert (
        "R25 pending_cases = old_to_the_end                  2021-11-11    2021-12-02 +     173    158"
        in found
    )
