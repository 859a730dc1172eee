"""The published cases: what their public dates require, computed from the model and counted by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from duecourse.errors import InvalidInput
from duecourse.model.case import Case, Event
from duecourse.model.case_file import case_of, read_case
from duecourse.model.latest import Prospect
from duecourse.model.library import load
from duecourse.model.published import PublishedReport, Row, study
from duecourse.model.replay import replay
from duecourse.model.source import parse
from duecourse.model.ways import Texts, Ways
from duecourse.properties.bounds import bounds
from duecourse.shipped import shipped

FOLDER = Path(str(shipped())) / "model" / "cases"
NAMES = ("boss-zhipin", "cnki", "didi", "full-truck-alliance", "micron", "palo-alto-networks")


@cache
def studied(name: str) -> PublishedReport:
    return study(read_case(FOLDER / f"{name}.toml"))


def row(name: str, outcome: str, reading: str = "", option: str = "") -> Row:
    wanted = (reading, option) if reading else None
    return next(
        each
        for each in studied(name).rows
        if each.outcome.id == outcome
        and (each.reading and (each.reading[0].id, each.reading[1].id)) == wanted
    )


def test_all_the_published_cases_are_there() -> None:
    assert sorted(file.stem for file in FOLDER.glob("*.toml")) == list(NAMES)


class TestMicron:
    """2023-03-31, a Friday, to 2023-05-21, a Sunday."""

    def test_there_are_33_working_days_between(self) -> None:
        """By hand: 3, 4, 6, 7 April (4; the 5th, Qingming, is off), 10-14 (9), 17-21 (14), Sunday 23, worked (15), 24-28 (20); 29 April to 3 May are off; 4, 5, Saturday 6 May, worked (23), 8-12 (28), 15-19 (33)."""
        assert row("micron", "ordinary_conclusion").days == 33
        assert row("micron", "ordinary_conclusion", "calendar", "no_make_up").days == 31
        assert row("micron", "ordinary_conclusion", "calendar", "weekdays").days == 35

    def test_an_ordinary_review_needs_no_extension_for_it(self) -> None:
        """Arts. 11, 12: 30 + 15 working days; the 45th is 12 after the 33rd: 22-26 May (5), 29-2 June (10), 5, 6 (12)."""
        found = row("micron", "ordinary_conclusion")

        assert (found.without, found.needed, found.beyond) == (date(2023, 6, 6), 0, 0)

    def test_with_the_comments_inside_the_thirty_days_it_needs_three_more(self) -> None:
        """R6: 33 - 30 = 3 working days of the extension of 15; the 30th working day is Tuesday 16 May."""
        found = row("micron", "ordinary_conclusion", "consultation_time", "inside_preliminary")

        assert (found.without, found.needed, found.beyond) == (date(2023, 5, 16), 3, 0)

    def test_its_end_is_the_only_conclusion_of_the_six(self) -> None:
        published = {name: read_case(FOLDER / f"{name}.toml").published for name in NAMES}
        ends = {name: each.ended for name, each in published.items() if each}

        assert sorted(ends) == list(NAMES)
        assert [name for name, end in ends.items() if end and end.conclusion] == ["micron"]


class TestDidi:
    """2021-07-02 to the penalty decision of 2022-07-21, with the change of text on 2022-02-15."""

    def test_an_ordinary_conclusion_was_due_on_3_september_2021(self) -> None:
        """Arts. 10, 11 of 2020: 5-9 July (5), 12-16 (10), 19-23 (15), 26-30 (20), 2-6 August (25), 9-13 (30); 16-20 (35), 23-27 (40), 30-3 September (45)."""
        assert row("didi", "ordinary_conclusion").without == date(2021, 9, 3)

    def test_with_the_extension_on_26_september(self) -> None:
        """15 more: 6-10 September (5), 13-17 (10), Saturday 18, worked (11), 19-21 off, 22-24 (14), Sunday 26, worked (15)."""
        assert row("didi", "ordinary_conclusion").extended == date(2021, 9, 26)

    def test_what_its_dates_need_depends_on_the_text_that_governs(self) -> None:
        """263 working days: less 30 + 15 = 218; through special review less 45 more under the old text, 90 under the new."""
        assert row("didi", "ordinary_conclusion").days == 263
        assert row("didi", "ordinary_conclusion").needed == 263 - 30 - 15
        assert row("didi", "special_conclusion").needed == 263 - 30 - 15 - 90
        old = row("didi", "special_conclusion", "pending_cases", "old_to_the_end")
        assert old.needed == 263 - 30 - 15 - 45
        assert (row("didi", "special_conclusion").taken_over, old.taken_over) == (True, False)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_published_case_is_studied_from_its_own_dates(name: str) -> None:
    """For two of them the tests above count by hand what the study finds."""
    found, published = studied(name), read_case(FOLDER / f"{name}.toml").published

    assert found.rows
    assert found.published == published


def test_palo_alto_networks_is_open_and_its_later_dates_are_estimated() -> None:
    found = studied("palo-alto-networks")

    assert (found.published.ended, found.end, found.estimated) == (None, date(2026, 11, 23), True)


def test_every_reading_is_either_shown_or_said_to_make_no_difference() -> None:
    for name in ("didi", "micron"):
        found = studied(name)
        shown = {each.reading[0].id for each in found.rows if each.reading}
        assert shown.isdisjoint(each.id for each in found.unaffected)
        known = {each.id for each in found.procedure.readings} | (
            {"pending_cases"} if name == "didi" else set()
        )
        assert shown | {each.id for each in found.unaffected} == known


def test_readings_given_are_the_ones_each_is_changed_from() -> None:
    case = read_case(FOLDER / "micron.toml")

    found = study(case, {"consultation_time": "inside_preliminary"})
    assert found.rows[0].needed == 3
    assert [(r.id, o.id) for r, o in found.readings] == [
        ("consultation_time", "inside_preliminary")
    ]
    assert study(case, on=date(2023, 6, 7)).rows[0].needed == 1, "the day after the 45th"


def test_a_reading_that_closes_the_way_is_named() -> None:
    """R20: where the units must agree, no single unit's concern opens a review."""
    case = read_case(FOLDER / "micron.toml")
    assert case.published is not None
    opened = replace(case.published.opened, step="member_raises_concern")

    found = study(replace(case, published=replace(case.published, opened=opened)))
    assert [(r.id, o.id) for r, o in found.closed] == [("ex_officio_trigger", "consensus")]
    assert studied("micron").closed == ()


@pytest.mark.parametrize("outcome", ["ordinary_conclusion", "special_conclusion"])
@pytest.mark.parametrize("name", ["didi", "cnki"])
def test_the_least_time_makes_a_lawful_case_and_a_day_less_does_not(
    name: str, outcome: str
) -> None:
    """The latest course with that much time not counted is replayed as a case: no limit is broken, the end is reached."""
    case = read_case(FOLDER / f"{name}.toml")
    found = row(name, outcome)
    migration = case.migration if name == "didi" else None
    ways = Ways(Texts(case.procedure, {}, migration), "notify_opening", outcome)
    way = ways.first()
    assert way is not None
    prospect = Prospect(ways, way, studied(name).published.opened.on)

    dated = prospect.latest(uncounted=found.needed)
    events = tuple(Event(day, step) for day, step in dated.steps)
    report = replay(replace(case, published=None, events=events))
    assert report.breaches == ()
    assert report.outcome is not None
    assert (report.outcome.id, report.ended) == (outcome, dated.end)
    assert dated.end >= studied(name).end > prospect.latest(uncounted=found.needed - 1).end


@pytest.mark.parametrize(
    ("readings", "ordinary", "special"),
    [
        # from law/measures.md, section 6: 10 + 30 + 15 + 15 = 70; + 45 = 115
        ({}, 70, 115),
        # R2: each of the three clocks, of the four with the special review, ends a day earlier
        ({"day_counting": "first_included"}, 67, 111),
        # R26: ten more for the notice
        ({"notice_limit": "ten_days"}, 80, 125),
        ({"silence": "agreement"}, 70, 115),
    ],
)  # fmt: skip
def test_the_latest_course_agrees_with_the_exact_bounds(
    readings: dict[str, str], ordinary: int, special: int
) -> None:
    """Opened through screening, with the extension that has a cap: as many working days as the undated bounds say."""
    procedure, opened = load("measures-2020"), date(2020, 9, 1)
    chosen = {**readings, "ex_officio_entry": "screening"}
    found = bounds(procedure, chosen)

    for outcome, days in (("ordinary_conclusion", ordinary), ("special_conclusion", special)):
        ways = Ways(Texts(procedure, chosen), "notify_opening", outcome)
        way = ways.first()
        assert way is not None
        prospect = Prospect(ways, way, opened)
        counted = prospect.working_days(opened, prospect.latest(extended=True).end)
        assert counted == found.row(outcome).without == days


def test_it_is_plain_values_of_a_named_form() -> None:
    found = json.loads(json.dumps(studied("didi").to_dict()))

    assert (found["schema"], found["taken_over_by"]) == ("duecourse/published/1", "measures-2022")
    assert found["rows"][0] == {
        "outcome": "ordinary_conclusion",
        "reading": None,
        "latest_without": "2021-09-03",
        "latest_extended": "2021-09-26",
        "uncapped": False,
        "working_days": 263,
        "needed": 218,
        "needed_beyond_extensions": 203,
        "taken_over": True,
    }


HEAD = """
[case]
id = "x"
label = { en = "x" }
procedure = "measures-2022"

[published]
"""
OPENED = 'opened = { on = 2023-03-31, step = "notify_opening", what = { en = "o" }, source = { en = "s" } }\n'
ENDED = 'ended = { on = 2023-05-21, what = { en = "e" }, source = { en = "s" } }\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (OPENED, "7:1: error[shape]: give either ended, or open_on"),
        (OPENED + ENDED + "open_on = 2023-06-01", "7:1: error[shape]: give either ended, or open_on"),
        (OPENED + ENDED.replace("2023", "2022"), "error[order]: 2022-05-21 is before the opening, 2023-03-31"),
        (OPENED.replace("notify_opening", "notify_openning") + ENDED, 'has no step "notify_openning"; did you mean "notify_opening"?'),
        (OPENED.replace('step = "notify_opening", ', "") + ENDED, '8:10: error[missing]: "step" is missing: the step that was taken by then'),
        (OPENED + ENDED + '[[event]]\non = 2023-04-01\nstep = "require_measures"', "10:1: error[shape]: a [published] case has no steps with dates"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_published_case_is_reported_at_its_place(text: str, expected: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        case_of(parse((HEAD + text).encode(), "p.toml"))

    assert expected in str(caught.value), str(caught.value)


def test_a_case_with_steps_of_its_own_is_not_studied() -> None:
    case: Case = replace(read_case(FOLDER / "micron.toml"), published=None)

    with pytest.raises(InvalidInput, match='the case "micron" is not a published one'):
        study(case)
