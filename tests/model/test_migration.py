"""The takeover of pending cases by a later text: the shipped file, and the mistakes a file can have."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from duecourse.calendar import Span, Unit
from duecourse.errors import InvalidInput
from duecourse.model.case import Case, Event
from duecourse.model.case_report import Kind
from duecourse.model.clocks import Run, open_ledger
from duecourse.model.library import load
from duecourse.model.migration import Migration, Treatment, migrate
from duecourse.model.migration_file import find_migration, read_migration
from duecourse.model.procedure import Label
from duecourse.model.replay import replay
from duecourse.model.source import parse
from duecourse.model.table import Op
from duecourse.model.variants import choose_readings
from duecourse.shipped import shipped as shipped_folder

FILE = Path(str(shipped_folder())) / "model" / "migrations" / "2020-to-2022.toml"
OPENING = ("member_raises_concern", "report_opening", "commission_approves_opening", "notify_opening")  # fmt: skip
BEGUN, CHANGE = date(2022, 2, 7), date(2022, 2, 15)


def changed(before: str, after: str) -> Migration:
    """Return the shipped migration with one text of its file replaced."""
    text = FILE.read_text(encoding="utf-8")
    assert text.count(before) == 1, before
    return read_migration(parse(text.replace(before, after).encode(), "m.toml"))


@pytest.fixture(scope="module")
def shipped() -> Migration:
    found = find_migration("measures-2020")
    assert found is not None
    return found


def case(migration: Migration, *events: Event, **readings: str) -> Case:
    opening = tuple(Event(BEGUN, each) for each in OPENING)
    return Case(id="c", label=Label("c"), procedure=load("measures-2020"), readings=readings, events=(*opening, *events), migration=migration)  # fmt: skip


class TestTheShippedFile:
    def test_every_stage_of_2020_in_which_a_case_can_be_pending_goes_on_in_its_namesake(
        self, shipped: Migration
    ) -> None:
        old = load("measures-2020")

        assert set(shipped.stages) == {each.id for each in old.stages if not each.final}
        assert all(new == stage for stage, new in shipped.stages.items())

    def test_no_text_takes_over_from_2022(self) -> None:
        assert find_migration("measures-2022") is None

    def test_a_case_ended_before_the_change_stays_under_its_text(self, shipped: Migration) -> None:
        events = (Event(BEGUN, each) for each in ("member_raises_concern", "report_opening", "commission_refuses_opening"))  # fmt: skip
        ended = Case(id="c", label=Label("c"), procedure=load("measures-2020"), events=tuple(events), migration=shipped)  # fmt: skip

        assert replay(ended, on=date(2022, 3, 1)).procedure.id == "measures-2020"

    def test_a_case_begun_on_the_first_day_of_the_later_text_is_not_taken_over(
        self, shipped: Migration
    ) -> None:
        late = Case(id="c", label=Label("c"), procedure=load("measures-2020"), events=(Event(CHANGE, OPENING[0]),), migration=shipped)  # fmt: skip

        report = replay(late, on=date(2022, 3, 1))
        assert report.procedure.id == "measures-2020"
        assert report.remarks[0].en.startswith("measures-2020 was in force to 2022-02-14")

    def test_factors_of_2022_remain_to_be_assessed(self, shipped: Migration) -> None:
        """Art. 10 of 2022 has seven factors, Art. 9 of 2020 five: data and listing are left."""
        five = ("infrastructure", "continuity", "sources", "compliance", "other")
        events = [Event(date(2022, 2, 8), f"assess_{each}") for each in five]

        before = replay(case(shipped, *events), on=date(2022, 2, 14))
        assert "propose_pass" in {each.step.id for each in before.permitted}
        after = replay(case(shipped, *events), on=CHANGE)
        found = {each.step.id for each in after.permitted}
        assert {"assess_data", "assess_listing"} <= found
        assert "propose_pass" not in found

    def test_a_suspension_goes_on_over_the_change_and_its_days_count_once(
        self, shipped: Migration
    ) -> None:
        """30 working days after 7 February 2022: 8-11 (4), 14-18 (9), 21-25 (14), 28-4 March (19), 7-11 (24), 14-18 (29), 21 (30); from 11 to 17 February 4 are taken out: 22-25 March."""
        events = (Event(date(2022, 2, 11), "request_supplement"), Event(date(2022, 2, 17), "submit_supplement", "platform"))  # fmt: skip

        report = replay(case(shipped, *events))
        assert [str(each.due) for each in report.clocks] == ["2022-03-25"]
        kinds = [(each.kind, [c.kind for c in each.changes]) for each in report.history[-3:]]
        assert kinds == [
            (Kind.STEP, ["suspended"]),
            (Kind.CHANGE_OF_TEXT, ["carried"]),
            (Kind.STEP, ["resumed"]),
        ]

    def test_the_report_says_when_and_by_which_reading_the_text_changed(
        self, shipped: Migration
    ) -> None:
        entry = replay(case(shipped), on=CHANGE).history[-1]
        assert (entry.kind, entry.on, str(entry.cites[0])) == (
            Kind.CHANGE_OF_TEXT,
            CHANGE,
            "Art. 23",
        )

        stayed = replay(case(shipped, pending_cases="old_to_the_end"), on=CHANGE)
        assert stayed.procedure.id == "measures-2020"
        assert [(r.id, o.id) for r, o in stayed.readings] == [("pending_cases", "old_to_the_end")]

    def test_a_filing_that_is_incomplete_waits_for_complete_materials(
        self, shipped: Migration
    ) -> None:
        """R1 under 2022: the 10 working days begin with complying materials; under 2020 they ran since receipt."""
        readings = choose_readings(shipped.target, {})
        old = open_ledger(load("measures-2020"), choose_readings(load("measures-2020"), {}))
        old.apply([Op("start", "screening_clock")], BEGUN)

        moved = migrate(shipped, {"stage": "filed"}, old, readings)
        assert moved.ledger.running == {}
        assert moved.clocks["screening_clock"].treatment is Treatment.DROPPED
        assert list(migrate(shipped, {"stage": "screening"}, old, readings).ledger.running) == ["screening_clock"]  # fmt: skip


def test_a_suspension_stops_what_it_stops_under_the_later_text(shipped: Migration) -> None:
    """R16: the members' 15 days run on during a supplement, or not; here the answer changes with the text."""
    old = load("measures-2020")

    def moved(before: str, after: str) -> Run:
        ledger = open_ledger(old, choose_readings(old, {"supplement_scope": before}))
        ledger.apply([Op("start", "comments_clock"), Op("begin", "supplement")], BEGUN)
        readings = choose_readings(shipped.target, {"supplement_scope": after})
        return migrate(shipped, {"stage": "consultation"}, ledger, readings).ledger.running[
            "comments_clock"
        ]

    assert moved("office_only", "members_too").stopped_since == CHANGE
    freed = moved("members_too", "office_only")
    assert (freed.stopped_since, freed.suspended) == (None, ((BEGUN, CHANGE),))
    assert moved("members_too", "members_too").stopped_since == BEGUN


def test_a_shorter_limit_that_is_over_when_the_text_changes_lapses_then(shipped: Migration) -> None:
    """3 working days after 7 February are 10 February: overdue since, but no breach before the text was there."""
    short = (replace(each, limit=Span(3, Unit.WORKING_DAY)) for each in shipped.target.clocks)
    target = replace(shipped.target, clocks=tuple(short))

    report = replay(case(replace(shipped, target=target)), on=date(2022, 2, 16))
    assert [(each.kind, each.on) for each in report.history[-2:]] == [
        (Kind.CHANGE_OF_TEXT, CHANGE),
        (Kind.BREACH, CHANGE),
    ]
    assert [(each.due, each.overdue) for each in report.breaches] == [(date(2022, 2, 10), 4)]


def test_a_restarted_clock_begins_on_the_first_day_of_the_later_text() -> None:
    """30 working days after 15 February 2022: 16-18 (3), 21-25 (8), 28-4 March (13), 7-11 (18), 14-18 (23), 21-25 (28), 28, 29 (30)."""
    restarted = changed(
        'id = "preliminary_clock"\ntreatment = "carried"',
        'id = "preliminary_clock"\ntreatment = "restarted"',
    )

    report = replay(case(restarted), on=CHANGE)
    assert [(each.started, str(each.due), each.used) for each in report.clocks] == [(CHANGE, "2022-03-29", 0)]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ('screening = "screening"\n', "", 'error[missing]: the stage "screening" of measures-2020 is not mapped; a case may be pending in it'),
        ('screening = "screening"\n', 'screening = "screning"\n', 'error[unknown-name]: measures-2022 has no stage "screning"; did you mean "screening"?'),
        ('screening = "screening"\n', 'screening = "screening"\npassed = "screening"\n', 'error[final]: no case is pending in "passed": it is a final stage'),
        ('screening = "screening"\n', 'screening = "passed"\n', 'error[final]: no case is pending in "passed"'),
        ('kind = "procurement"', 'kind = "purchase"', 'error[range]: purchase is no value of "kind"; it has: procurement, data_processing, listing'),
        ('kind = "procurement"', "", 'error[missing]: give the fact "kind" a value: measures-2020 does not have it'),
        ("measures_required = false", "measures_requierd = false", 'has no fact "measures_requierd"; did you mean "measures_required"?'),
        ('id = "notice_clock"', 'id = "notise_clock"', 'has no clock "notise_clock"; did you mean "notice_clock"?'),
        ('id = "notice_clock"', 'id = "notise_clock"', 'say in every case what becomes of the clock "notice_clock"'),
        ('from = ["filed"]', 'from = ["field"]', 'error[unknown-name]: measures-2020 has no stage "field"; did you mean "filed"?'),
        ('when = "screening_start == complete_materials"', 'when = "screening_start == receit"', 'error[unknown-value]: "receit" is no value of "screening_start"; did you mean "receipt"?'),
        ('option = "new_at_once"', 'option = "at_once"', 'measures-2022 has no option "at_once"; did you mean "new_at_once"?'),
        ('reading = "pending_cases"', 'reading = "pending"', 'measures-2022 has no reading "pending"'),
        ('cites = ["23 (I)"]', 'cites = ["32 (I)"]', 'measures-2022 has no article "32"; did you mean "3"?'),
        ('to = "measures-2022"', 'to = "measures-2021"', 'error[unknown-name]: no procedure or amendment "measures-2021"'),
        ('treatment = "dropped"', 'treatment = "forgotten"', "error[shape]: 'forgotten': input should be 'carried', 'restarted' or 'dropped'"),
        ("on = 2022-02-15", 'on = "soon"', "error[shape]: 'soon': input should be a valid date"),
        ("[facts]", "[fakts]", 'error[unknown-key]: unknown key "fakts"; did you mean "facts"?'),
    ],
)  # fmt: skip
def test_a_mistake_is_reported_at_its_place(before: str, after: str, expected: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        changed(before, after)

    found = [each for each in caught.value.problems if expected in str(each)]
    assert found, str(caught.value)
    wrong = re.search(r'"([a-z0-9_-]+)"[;:]|(?:^| )([a-z]+) is no value', found[0].message)
    text = FILE.read_text(encoding="utf-8").replace(before, after).splitlines()
    if wrong and (wrong[1] or wrong[2]) in after:
        assert (wrong[1] or wrong[2]) in text[found[0].line - 1]


def test_a_text_without_the_panel_of_the_earlier_one_is_refused() -> None:
    with pytest.raises(
        InvalidInput, match='trial-2017 has no panel "opinions" with the same replies'
    ):
        changed('to = "measures-2022"', 'to = "trial-2017"')
