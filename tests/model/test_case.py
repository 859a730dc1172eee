"""Replaying a case: files and their mistakes, clocks, panels, the report; and random cases that never break it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.strategies import choices, procedures

from duecourse.calendar import Span, Unit, load_calendar
from duecourse.errors import InvalidInput
from duecourse.model.case import Case, Event
from duecourse.model.case_file import case_of
from duecourse.model.case_report import Kind
from duecourse.model.clocks import Run, open_ledger
from duecourse.model.library import load
from duecourse.model.machine import IllegalStepError
from duecourse.model.procedure import Label
from duecourse.model.replay import Replay, replay
from duecourse.model.source import parse
from duecourse.model.standing import permitted_steps
from duecourse.model.table import Op
from duecourse.model.variants import choose_readings

if TYPE_CHECKING:
    from duecourse.model.case_report import CaseReport
    from duecourse.model.procedure import Procedure

HEAD = """
[case]
id = "drawn-up"
label = { en = "A case" }
procedure = "measures-2022"
"""
OPENING = (
    "member_raises_concern",
    "report_opening",
    "commission_approves_opening",
    "notify_opening",
)
FACTORS = ("infrastructure", "continuity", "sources", "compliance", "data", "listing", "other")
PRC = load_calendar("prc")


def case_in(text: str, head: str = HEAD) -> Case:
    return case_of(parse((head + text).encode(), "case.toml"))


def opened(*steps: tuple[date, str], procedure: str = "measures-2022") -> Case:
    """Return a case opened ex officio on the day of its first step, or on 2023-03-01."""
    begin = steps[0][0] if steps else date(2023, 3, 1)
    events = [Event(begin, each) for each in OPENING] + [Event(*each) for each in steps]
    return Case(id="c", label=Label("c"), procedure=load(procedure), events=tuple(events))


def consulted(*replies: Event) -> Case:
    """Return a case whose proposal was sent on Thursday 2023-03-16: comments are due on 2023-04-07 (tests/cases)."""
    day = date(2023, 3, 16)
    steps = [(day, f"assess_{each}") for each in FACTORS] + [(day, "propose_pass")]
    case = opened((date(2023, 3, 1), "require_measures"), *steps, (day, "send_proposal"))
    return replace(case, events=(*case.events, *replies))


def reply(day: int, *members: str, step: str = "member_supports") -> Event:
    return Event(date(2023, 3, day), step, members=members)


class TestReadingAFile:
    def test_every_mistake_is_reported_at_its_place_with_the_nearest_name(self) -> None:
        with pytest.raises(InvalidInput) as caught:
            case_in(
                """readings = { silense = "wait", withdrawal = "allow" }
facts = { kind = "listings", heard = 1, herd = true }

[[event]]
on = 2023-01-16
step = "fil"

[[event]]
on = 2023-01-15
step = ["write_analysis", "atach_documents"]

[[event]]
on = 2023-01-16
step = "withdraw"
actor = "ofice"

[[event]]
on = 2023-01-17
step = "member_supports"
member = ["CAC", "CSCR"]

[[event]]
on = 2023-01-17
step = "close_comments"

[[event]]
on = 2023-01-17
step = "file"
member = "CAC"
"""
            )

        assert [str(each) for each in caught.value.problems] == [
            'case.toml:6:14: error[unknown-name]: measures-2022 has no reading "silense"; did you mean "silence"?',
            'case.toml:6:46: error[unknown-name]: the reading "withdrawal" has no option "allow"; did you mean "allowed"?',
            'case.toml:7:19: error[range]: listings is no value of "kind"; it has: procurement, data_processing, listing',
            'case.toml:7:38: error[range]: 1 is no value of "heard"; it has: false, true',
            'case.toml:7:41: error[unknown-name]: measures-2022 has no fact "herd"; did you mean "heard"?',
            'case.toml:11:9: error[unknown-name]: measures-2022 has no step "fil"; did you mean "file"?',
            (
                "case.toml:14:6: error[order]: 2023-01-15 is before 2023-01-16, the date of the event above; "
                "events stand in the order of their dates"
            ),
            (
                'case.toml:15:28: error[unknown-name]: measures-2022 has no step "atach_documents"; '
                'did you mean "attach_documents"?'
            ),
            'case.toml:20:10: error[unknown-name]: "ofice" does not take "withdraw"; known: operator, platform',
            (
                'case.toml:25:10: error[unknown-name]: "CSCR" is no unit of "members"; '
                'did you mean "CSRC"?'
            ),
            (
                'case.toml:29:9: error[lapse-step]: nobody takes "close_comments": '
                "the law takes it by itself when a time limit lapses; leave it out"
            ),
            'case.toml:34:11: error[unknown-key]: "file" is no reply; no member takes it',
        ]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("[[events]]\non = 2023-01-16", '7:1: error[unknown-table]: unknown table "events"; did you mean "event"?'),
            ('[event]\non = 2023-01-16\nstep = "file"', "7:1: error[shape]: must be written as [[event]], once per event"),
            ('[[event]]\non = "2023-01-16"\nstep = "file"', "8:7: error[shape]: '2023-01-16': input should be a valid date"),
            ("[[event]]\non = 2023-01-16", '7:1: error[missing]: "step" is missing'),
            ('[[event]]\non = 2023-01-16\nsteps = "file"', '9:1: error[unknown-key]: unknown key "steps"; did you mean "step"?'),
            ("[[event]]\non = 2023-01-16\nstep = []", "9:8: error[shape]: []: list should have at least 1 item"),
        ],
    )  # fmt: skip
    def test_a_wrong_shape_is_named_with_its_place(self, text: str, expected: str) -> None:
        with pytest.raises(InvalidInput) as caught:
            case_in("\n" + text)

        assert f"case.toml:{expected}" in str(caught.value)

    def test_a_file_without_a_head_or_with_an_unknown_procedure_says_so(self) -> None:
        with pytest.raises(
            InvalidInput, match=r"case.toml:1:1: error\[missing\]: no \[case\] table"
        ):
            case_in("", head="")
        with pytest.raises(
            InvalidInput, match=r'case.toml:5:14: .*no procedure or amendment "measure-2022"'
        ):
            case_in("", head=HEAD.replace("measures", "measure"))

    def test_a_case_may_begin_under_an_amended_text(self) -> None:
        case = case_in("", head=HEAD.replace("measures-2022", "measures-2022+silence-agrees"))

        assert replay(case, on=date(2023, 3, 1)).procedure.amended_by == ("silence-agrees",)


class TestReplaying:
    def test_facts_of_the_file_are_those_at_the_start(self) -> None:
        case = case_in(
            'facts = { declaration = true }\n[[event]]\non = 2023-01-16\nstep = "operator_finds_risk"'
        )

        assert "write_declaration" not in {each.step.id for each in replay(case).permitted}

    def test_readings_given_go_before_those_of_the_file(self) -> None:
        case = replace(opened(), readings={"ex_officio_entry": "screening"})

        assert replay(case).stage.id == "screening"
        report = replay(case, {"ex_officio_entry": "written_notice", "silence": "agreement"})
        assert report.stage.id == "preliminary_review"
        assert [(each.id, option.id) for each, option in report.readings] == [
            ("silence", "agreement")
        ]

    def test_an_unknown_reading_or_option_is_refused(self) -> None:
        with pytest.raises(
            InvalidInput, match='measures-2022 has no reading "silense"; did you mean "silence"'
        ):
            replay(opened(), {"silense": "wait"})
        with pytest.raises(InvalidInput, match='the reading "silence" has no option "consent"'):
            replay(opened(), {"silence": "consent"})

    def test_a_case_without_events_needs_a_day(self) -> None:
        case = replace(opened(), events=())

        assert replay(case, on=date(2023, 3, 1)).stage.id == "considering"
        with pytest.raises(InvalidInput, match='the case "c" has no events; say on which day'):
            replay(case)

    def test_later_events_are_left_out_and_counted(self) -> None:
        case = opened((date(2023, 3, 1), "require_measures"), (date(2023, 3, 2), "take_measures"))

        report = replay(case, on=date(2023, 3, 1))
        assert (report.later, report.history[-1].step and report.history[-1].step.id) == (
            1,
            "require_measures",
        )
        assert replay(case, on=date(2023, 2, 28)).history == ()

    def test_a_day_beyond_the_calendar_is_an_error_at_the_event(self) -> None:
        case = case_in(
            f'[[event]]\non = 2023-03-01\nstep = {list(OPENING)}\n[[event]]\non = 2199-01-01\nstep = "require_measures"'
        )

        with pytest.raises(
            InvalidInput,
            match=r"case.toml:11:9: error\[calendar\]: 2199-01-01 is not covered by the calendar",
        ):
            replay(case)

    def test_a_date_in_a_year_without_a_published_calendar_is_marked(self) -> None:
        """30 working days after 2026-12-01 lie in 2027, whose schedule is not published (the last is 2026)."""
        assert replay(opened((date(2026, 12, 1), "require_measures"))).estimated
        assert not replay(opened((date(2026, 11, 2), "require_measures"))).estimated

    def test_an_illegal_step_names_its_guard_and_what_was_permitted(self) -> None:
        case = case_in(f"[[event]]\non = 2023-03-01\nstep = {[*OPENING, 'propose_pass']}")

        with pytest.raises(IllegalStepError) as caught:
            replay(case)
        assert str(caught.value).startswith(
            'case.toml:8:102: error[illegal-step]: "propose_pass" (forms the proposed conclusion: pass; Art. 10, Art. 11)'
            " is not permitted on 2023-03-01: it needs factor_infrastructure and factor_continuity and factor_sources"
            " and factor_compliance and factor_data and factor_listing and factor_other; permitted instead:"
            " assess_infrastructure (office, Art. 10), "
        )

    def test_an_event_built_by_hand_is_checked_too(self) -> None:
        with pytest.raises(
            IllegalStepError, match='"platform" does not take "require_measures"; known: office'
        ):
            replay(
                replace(
                    opened(),
                    events=(
                        *opened().events,
                        Event(date(2023, 3, 2), "require_measures", "platform"),
                    ),
                )
            )

    def test_a_text_that_is_not_in_force_is_remarked(self) -> None:
        early = replay(opened((date(2022, 2, 10), "require_measures")))
        late = replay(
            opened(
                (date(2022, 2, 14), "extend_preliminary"),
                procedure="measures-2020",
            ),
            on=date(2022, 3, 1),
        )

        assert (
            early.remarks[0].en
            == "measures-2022 is in force from 2022-02-15 only; the case begins before that"
        )
        assert late.remarks[0].en.startswith(
            "measures-2020 was in force to 2022-02-14; no later text takes the case over"
        )


class TestPanels:
    def test_replies_without_a_name_are_counted_and_the_outstanding_are_not_named(self) -> None:
        report = replay(consulted(reply(20), reply(20, "CAC")))

        assert (report.rounds[0].pending, report.rounds[0].outstanding) == (11, ())

    def test_the_outstanding_are_named_where_every_reply_is(self) -> None:
        report = replay(consulted(reply(20, "cac", "Finance", "国家保密局")))

        names = [each.en for each in report.rounds[0].outstanding]
        assert len(names) == 10
        assert "Finance (MOF)" not in names
        assert "Public Security (MPS)" in names

    def test_one_reply_more_than_members_is_illegal(self) -> None:
        with pytest.raises(
            IllegalStepError, match="it needs a members of opinions whose reply is outstanding"
        ):
            replay(consulted(reply(20, "all outstanding"), reply(21)))

    def test_a_member_who_was_named_late_cannot_be_late_twice(self) -> None:
        late = [Event(date(2023, 4, 10), "member_objects", members=("CSRC",))] * 2

        with pytest.raises(
            IllegalStepError, match=r"\(CSRC\) replied already in this round, on 2023-04-10"
        ):
            replay(consulted(*late), {"silence": "abstention"})

    def test_a_reply_before_any_consultation_is_illegal_not_late(self) -> None:
        with pytest.raises(
            IllegalStepError, match="it is taken from consultation, second_consultation"
        ):
            replay(opened((date(2023, 3, 1), "member_supports")))

    def test_a_new_round_asks_everybody_again(self) -> None:
        """Art. 13: the second consultation; a member that replied in the first round replies again."""
        day = date(2023, 3, 21)
        second = (
            "find_not_consistent",
            "notify_special_review",
            "hear_units",
            "analyse_in_depth",
            "propose_fail_again",
            "send_second_proposal",
        )
        events = [Event(day, each) for each in second]

        report = replay(
            consulted(
                reply(20, "all outstanding", step="member_objects"), *events, reply(22, "CSRC")
            )
        )
        assert (
            report.rounds[0].number,
            report.rounds[0].pending,
            len(report.rounds[0].outstanding),
        ) == (2, 12, 12)
        assert report.rounds[0].counts == {"support": 1, "object": 0, "neutral": 0}


class TestTheReport:
    def test_a_permitted_step_names_the_day_of_the_clock_that_binds_it(self) -> None:
        report = replay(consulted(reply(20, "CAC")))

        by = {
            each.step.id: (str(each.by), each.clock and each.clock.id, each.ends_clock)
            for each in report.permitted
        }
        assert by["member_objects"] == ("2023-04-07", "comments_clock", False)
        assert by["request_supplement"] == ("None", None, False)
        others = [each.en for each in report.rounds[0].outstanding[1:]]
        last = replay(consulted(reply(20, "CAC", *others)))
        ends = {each.step.id for each in last.permitted if each.ends_clock}
        assert ends == {"member_supports", "member_objects", "member_neutral"}

    def test_a_clock_lapses_once_a_run_even_where_the_step_of_the_law_does_not_stop_it(
        self,
    ) -> None:
        """A text in which closing the consultation does not stop the 15 days: the lapse had its effect, it is no breach."""
        case = consulted()
        clocks = tuple(
            replace(each, stops=tuple(on for on in each.stops if on.step != "close_comments"))
            for each in case.procedure.clocks
        )
        odd = replace(case, procedure=replace(case.procedure, clocks=clocks))

        report = replay(odd, {"silence": "agreement"}, date(2023, 4, 20))
        assert [each.kind for each in report.history[-1:]] == [Kind.LAPSE]
        assert report.breaches == ()
        assert [(each.clock.id, each.due) for each in report.clocks] == [
            ("comments_clock", date(2023, 4, 7))
        ]

    def test_of_two_limits_that_a_step_ends_the_first_is_named(self) -> None:
        """R6, inside: the last reply ends the 15 days (7 April) and the 30 (13 April; tests/cases)."""
        inside = {"consultation_time": "inside_preliminary"}
        names = [each.en for each in replay(consulted()).rounds[0].outstanding]

        report = replay(consulted(reply(20, *names[1:])), inside)
        last = {each.step.id: (str(each.by), each.ends_clock) for each in report.permitted}
        assert last["member_supports"] == ("2023-04-07", True)
        assert last["request_supplement"] == ("2023-04-13", False)

    def test_an_extension_adds_to_the_days_that_are_left(self) -> None:
        """Art. 11: 2, 3 March are used (2), 30 + 15 - 2 are left."""
        report = replay(opened((date(2023, 3, 1), "extend_preliminary")), on=date(2023, 3, 3))

        assert [(each.used, each.remaining) for each in report.clocks] == [(2, 43)]
        assert [str(each) for each in report.clocks[0].limit] == [
            "30 working days",
            "15 working days",
        ]

    def test_no_step_of_the_law_is_permitted_and_the_clock_says_what_it_will_take(self) -> None:
        report = replay(consulted(), {"silence": "agreement"})

        assert "close_comments" not in {each.step.id for each in report.permitted}
        assert [each.then and each.then.id for each in report.clocks] == ["close_comments"]

    def test_days_used_and_left_in_calendar_months_are_calendar_days(self) -> None:
        """The draft of 2021: three calendar months after 2021-08-02; 30 days have gone by on 1 September."""
        case = opened(
            (date(2021, 7, 1), "extend_preliminary"),
            procedure="special-three-months",
        )
        day = date(2021, 7, 1)
        steps = [f"assess_{each}" for each in FACTORS if each not in {"data", "listing"}] + [
            "propose_fail",
            "send_proposal",
        ]
        events = [
            *case.events,
            *(Event(day, each) for each in steps),
            Event(day, "member_objects", members=("all outstanding",)),
            Event(day, "find_not_consistent"),
            Event(date(2021, 8, 2), "notify_special_review"),
        ]

        clock = replay(replace(case, events=tuple(events)), on=date(2021, 9, 1)).clocks[0]
        assert (clock.due, clock.used, clock.remaining) == (date(2021, 11, 2), 30, 62)

    def test_it_is_plain_values_of_a_named_form(self) -> None:
        report = replay(consulted(reply(20, "CAC")), {"silence": "agreement"}, date(2023, 3, 31))
        found = json.loads(json.dumps(report.to_dict(), ensure_ascii=False))

        assert found["schema"] == "duecourse/case/1"
        assert (found["stage"]["id"], found["on"], found["readings"]) == (
            "consultation",
            "2023-03-31",
            {"silence": "agreement"},
        )
        assert found["clocks"] == [
            {
                "id": "comments_clock",
                "label": {"en": "Written replies of members and departments", "zh": "书面回复意见的期限"},
                "cites": [{"article": "12", "mark": "Q"}],
                "binds": ["members", "protection"],
                "started": "2023-03-16",
                "limit": ["15 working days"],
                "unlimited": False,
                "used": 11,
                "remaining": 4,
                "due": "2023-04-07",
                "overdue": 0,
                "stopped_by": [],
                "on_lapse": "close_comments",
                "estimated": False,
            }
        ]  # fmt: skip


class TestClocks:
    """`Run.due` by hand; the working days of March 2023 are its weekdays, 5 April is off."""

    RUN = Run("clock", date(2023, 3, 1), (Span(10, Unit.WORKING_DAY),))

    def test_ten_days_after_1_march_are_15_march(self) -> None:
        assert self.RUN.due(PRC) == date(2023, 3, 15)

    def test_a_suspension_after_the_limit_moves_nothing(self) -> None:
        late = replace(self.RUN, suspended=((date(2023, 3, 16), date(2023, 3, 24)),))

        assert late.due(PRC) == date(2023, 3, 15)
        assert replace(self.RUN, stopped_since=date(2023, 3, 16)).due(PRC) == date(2023, 3, 15)
        assert replace(self.RUN, stopped_since=date(2023, 3, 15)).due(PRC) is None

    def test_a_suspension_from_the_last_day_leaves_the_day_it_ends(self) -> None:
        run = replace(self.RUN, suspended=((date(2023, 3, 15), date(2023, 3, 19)),))

        assert run.due(PRC) == date(2023, 3, 19), "a Sunday: nothing of the ten days is left"

    def test_months_end_on_no_day_off_and_are_moved_by_calendar_days(self) -> None:
        """One month after 2023-03-01 is Saturday 1 April: Monday 3 April; 3 days more are 4 April."""
        run = Run("clock", date(2023, 3, 1), (Span(1, Unit.CALENDAR_MONTH),))

        assert run.due(PRC) == date(2023, 4, 3)
        assert replace(run, suspended=((date(2023, 3, 3), date(2023, 3, 6)),)).due(PRC) == date(
            2023, 4, 4
        )

    @given(
        st.lists(
            st.tuples(st.sampled_from(["supplement", "report_inquiry"]), st.integers(0, 9)),
            max_size=12,
        )
    )
    def test_the_due_date_is_the_limit_moved_by_the_union_of_the_suspensions(
        self, moves: list[tuple[str, int]]
    ) -> None:
        """Against a second reckoning, day by day: the 30th working day of Art. 11 on which nothing was suspended."""
        procedure = load_once("measures-2022")
        ledger = open_ledger(procedure, choose_readings(procedure, {"report_effect": "suspends"}))
        day = date(2023, 3, 1)
        ledger.apply([Op("start", "preliminary_clock")], day)
        taken_out: set[date] = set()
        last = ledger.due("preliminary_clock")
        assert last is not None
        for name, gap in moves:
            before, day = day, day + timedelta(gap)
            if ledger.active:
                taken_out |= {before + timedelta(n + 1) for n in range(gap)}
            ledger.apply([Op("end" if name in ledger.active else "begin", name)], day)
            due = ledger.due("preliminary_clock")
            assert (due is None) == bool(ledger.active) or day > last
            if due is not None:
                assert due >= last, "no suspension brings the due date forward"
                last = due
        if not ledger.active and day <= last:
            assert last == day_by_day(date(2023, 3, 1), 30, taken_out)


def day_by_day(start: date, limit: int, taken_out: set[date]) -> date:
    day, counted = start, 0
    while counted < limit:
        day += timedelta(1)
        counted += PRC.is_working(day) and day not in taken_out
    return day


@cache
def load_once(name: str) -> Procedure:
    return load(name)


@st.composite
def walked(
    draw: st.DrawFn, procedure: Procedure, most: int = 40
) -> tuple[Case, dict[str, str], CaseReport]:
    """Draw a legal case: steps that are permitted on the day, after gaps that may let limits lapse."""
    readings = draw(choices(procedure))
    unknown = {
        each.id: draw(st.sampled_from(each.values))
        for each in procedure.facts
        if each.initial is None
    }
    case = Case(id="walk", label=Label("walk"), procedure=procedure, facts=unknown)
    day = date(2023, 1, 2) + timedelta(draw(st.integers(0, 300)))
    course, events = Replay(case, readings), []
    for _ in range(draw(st.integers(1, most))):
        course.advance(day)
        steps = list(permitted_steps(course.course))
        if not steps:
            break
        events.append(Event(day, draw(st.sampled_from(steps)).step.id))
        course.happen(events[-1])
        day += timedelta(draw(st.sampled_from([0, 0, 0, 1, 2, 7, 30])))
    course.advance(day)
    return replace(case, events=tuple(events)), readings, course.report(day, later=0)


def judge(case: Case, readings: dict[str, str], report: CaseReport) -> None:
    """What holds of every case; that machine and table agree is asserted at every step of the replay itself."""
    again = replay(case, readings, report.on)
    assert again == report, "a replay depends on nothing but the case"
    days = [each.on for each in report.history]
    assert days == sorted(days)
    assert all(each.due < report.on for each in report.breaches)
    assert all(
        clock.due is None or clock.due >= report.on or clock.overdue for clock in report.clocks
    )
    # Semantics, "Enabled step, successor": the end of the review stops every clock; aftercare may start new ones.
    assert report.ended is None or all(clock.started >= report.ended for clock in report.clocks)
    kinds = [each.kind for each in report.history]
    assert kinds.count(Kind.BREACH) == len(report.breaches)
    json.dumps(report.to_dict())


@settings(deadline=None, max_examples=30)
@given(st.data())
@pytest.mark.parametrize("name", ["measures-2020", "measures-2022", "trial-2017", "appeal"])
def test_random_legal_cases_of_the_shipped_texts_replay(name: str, data: st.DataObject) -> None:
    judge(*data.draw(walked(load_once(name))))


@settings(deadline=None)
@given(procedures().flatmap(walked))
def test_random_legal_cases_of_random_procedures_replay(
    drawn: tuple[Case, dict[str, str], CaseReport],
) -> None:
    judge(*drawn)
