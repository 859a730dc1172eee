"""Logs with every kind of deviation, counted by hand.

Working days of 2024 by the notice of the State Council: 4 to 6 April off, 7 and 28 April worked.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.audit.conftest import SAMPLE

from duecourse.audit import Kind, Names, parse_columns
from duecourse.properties.automaton import Colour
from duecourse.report.audit_text import audit_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from duecourse.audit import Audit

    Audited = Callable[..., Audit]

HEAD = "case,step,date,actor\n"


@pytest.fixture
def sample(audited: Audited) -> Audit:
    return audited(SAMPLE.read_text(encoding="utf-8"), on=date(2024, 4, 30))


def test_every_deviation_is_found_at_its_row(sample: Audit) -> None:
    assert [(each.case, each.row, each.kind) for each in sample.deviations] == [
        ("P-2", 5, Kind.BREACH),
        ("P-3", 8, Kind.ILLEGAL_STEP),
        ("P-3", 8, Kind.PROPERTY),
        ("P-4", 9, Kind.WRONG_ACTOR),
        ("P-4", 10, Kind.UNKNOWN_STEP),
        ("P-4", 12, Kind.AFTER_END),
        ("P-5", 13, Kind.ILLEGAL_STEP),
        ("P-6", 15, Kind.OUT_OF_ORDER),
        ("P-6", 15, Kind.ILLEGAL_STEP),
        ("P-7", None, Kind.BREACH),
    ]


def test_every_row_is_used_or_listed(sample: Audit) -> None:
    assert [(each.row, each.code) for each in sample.listed] == [
        (18, "no-case"),
        (19, "date"),
        (20, "ragged"),
        (21, "duplicate"),
    ]
    assert (sample.rows, sample.used) == (20, 16)
    assert (sample.cases, sample.clean, sample.open_cases) == (7, 1, 1)
    assert sample.exit_code == 1


def test_a_breach_names_its_clock_its_due_date_and_the_days_over(sample: Audit) -> None:
    over, running = [each for each in sample.deviations if each.kind is Kind.BREACH]

    assert over.overrun is not None
    assert running.overrun is not None
    found = [(each.due, each.until, each.days) for each in (over.overrun, running.overrun)]
    # 20 working days after 4 March: 1 April; after 18 March: 16 April, with 7 April worked
    assert found == [
        (date(2024, 4, 1), date(2024, 4, 3), 2),
        (date(2024, 4, 16), None, 11),
    ]
    assert (over.rule, over.articles) == ("decision_clock", ("1",))


def test_an_illegal_step_tells_what_was_false_and_what_was_permitted(sample: Audit) -> None:
    grant = next(each for each in sample.deviations if each.row == 8)

    assert [str(each) for each in grant.needs] == ["not completing.active"]
    assert grant.permitted == ("supply", "refuse")
    assert (grant.stage, grant.articles, grant.went_on) == (
        "examined",
        ("1",),
        "taken all the same",
    )


def test_a_step_out_of_its_stage_is_taken_up_there_or_left_out(sample: Audit) -> None:
    went_on = {each.row: each.went_on for each in sample.deviations if each.went_on}

    # row 15 asks before the application: left out, so that the application below is in order
    assert went_on == {
        8: "taken all the same",
        12: "left out",
        13: "taken up at its stage",
        15: "left out",
    }


def test_deviations_are_summed_by_article(sample: Audit) -> None:
    rows = {each.article: (each.cases, dict(each.deviations)) for each in sample.by_article}

    assert rows["2"] == (
        3,
        {Kind.PROPERTY: 1, Kind.AFTER_END: 1, Kind.ILLEGAL_STEP: 1},
    )
    assert rows["1"][0] == 5
    assert rows[""] == (2, {Kind.UNKNOWN_STEP: 1, Kind.OUT_OF_ORDER: 1})


def test_properties_have_a_verdict_for_every_case(sample: Audit) -> None:
    (claim,) = sample.judged
    assert sample.verdicts[claim.id] == {
        (False, Colour.SATISFIED): 5,
        (False, Colour.VIOLATED): 1,
        (True, Colour.SO_FAR_SATISFIED): 1,
    }
    assert {each.id for each in sample.not_judged} == {"no_dead_end", "can_always_conclude"}


def test_it_prints_and_is_plain_values(sample: Audit) -> None:
    found = json.loads(json.dumps(sample.to_dict()))
    assert found["schema"] == "duecourse/audit/1"
    assert found["rows"] == {"all": 20, "used": 16, "listed": 4, "other": {}}
    assert [each["needs"] for each in found["deviations"]][1] == ["not completing.active"]
    for lang in ("en", "zh", "both"):
        text = audit_text(sample, lang)
        assert all(len(line) <= 100 for line in text.splitlines())
    assert "10 deviations in 6 of 7 cases" in audit_text(sample)


def test_suspended_days_are_not_counted(audited: Audited) -> None:
    """Asked on 7 March, supplied on 14 March: (7, 14] has 5 working days, and 1 April + 5 is the 9th."""
    begin = HEAD + "a,apply,2024-03-04,\na,ask,2024-03-07,\na,supply,2024-03-14,\na,grant,"

    assert audited(begin + "2024-04-09,\n").exit_code == 0
    (late,) = audited(begin + "2024-04-10,\n").deviations
    assert late.overrun is not None
    assert (late.overrun.due, late.overrun.days) == (date(2024, 4, 9), 1)


def test_rows_of_a_case_need_not_stand_together_and_may_run_backwards(audited: Audited) -> None:
    rows = [
        "a,apply,2024-03-01,",
        "b,apply,2024-03-04,",
        "a,grant,2024-03-08,",
        "b,refuse,2024-03-11,",
    ]
    forth = audited(HEAD + "\n".join(rows))
    back = audited(HEAD + "\n".join(reversed(rows)))

    assert (forth.exit_code, forth.cases, forth.remarks) == (0, 2, ())
    assert (back.exit_code, back.cases) == (0, 2)
    assert "from the latest row" in back.remarks[0]


def test_steps_and_actors_are_known_by_labels_and_by_a_mapping(audited: Audited) -> None:
    names = Names(
        steps={"Bescheid": "grant"}, actors={"HQ": "authority"}, ignored=frozenset({"Anruf"})
    )
    log = "a,申请许可,2024-03-01,申请人\na,Anruf,2024-03-02,HQ\na,Bescheid,2024-03-04,HQ\n"
    found = audited(HEAD + log, names=names)

    assert (found.exit_code, found.used) == (0, 2)
    assert [(each.row, each.code) for each in found.listed] == [(3, "ignored")]


def test_an_actor_that_is_not_known_is_told_and_not_judged(audited: Audited) -> None:
    found = audited(HEAD + "a,apply,2024-03-01,Ms Li\n")

    assert (found.exit_code, dict(found.unknown_actors)) == (0, {"Ms Li": 1})
    assert "Ms Li" in audit_text(found)


def test_later_rows_are_left_out_and_listed(audited: Audited) -> None:
    log = HEAD + "a,apply,2024-03-01,\na,grant,2024-03-08,\n"
    found = audited(log, on=date(2024, 3, 5))

    assert (found.used, found.open_cases) == (1, 1)
    assert [each.code for each in found.listed] == ["later"]


def test_nothing_to_judge_is_inconclusive(audited: Audited) -> None:
    assert audited(HEAD).exit_code == 3
    assert audited(HEAD + "a,apply,someday,\n").exit_code == 3


def test_columns_by_name(audited: Audited) -> None:
    log = "Nr;Was;Wann\n7;apply;2024-03-01T09:30\n7;grant;2024-03-01T09:10\n"
    found = audited(log, columns=parse_columns("case=Nr,step=Was,time=Wann"))

    # of one day the times settle the order: the grant at 09:10 comes first
    assert [each.row for each in found.deviations][:1] == [3]
    assert "semicolons" in found.remarks[0]
