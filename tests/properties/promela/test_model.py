"""The Promela text of a small procedure, line by line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from tests.strategies import LABEL, read_tables

from duecourse.properties.promela.claim import Asked
from duecourse.properties.promela.model import Model
from duecourse.properties.promela.words import comment, identifier, type_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from duecourse.properties.monitor import Monitor

SMALL = {
    "procedure": {
        "id": "small",
        "label": LABEL,
        "text": LABEL,
        "initial": "open",
        "measured_from": ["ask"],
        "calendar": "prc",
    },
    "article": [{"id": "1", "label": LABEL, "mark": "Q"}],
    "actor": [{"id": each, "label": LABEL} for each in ("office", "member")],
    "stage": [
        {"id": "open", "label": {"en": "Open"}, "cites": ["1"]},
        {"id": "granted", "label": {"en": "Granted"}, "final": True},
        {"id": "refused", "label": {"en": "Refused"}, "final": True},
    ],
    "fact": [{"id": "rounds", "label": LABEL, "range": [0, 2], "initial": 0}],
    "reading": [
        {
            "id": "silence",
            "ref": "R5",
            "question": {"en": "What is silence?"},
            "cites": ["1"],
            "options": [{"id": each, "label": LABEL} for each in ("assent", "nothing_said")],
        }
    ],
    "panel": [
        {
            "id": "vote",
            "label": LABEL,
            "electorate": [{"actor": "member", "count": 2}],
            "replies": ["yes", "no"],
            "opens": [{"step": "ask"}],
            "closes": [{"step": "decide"}],
            "silence": [{"counts_as": "yes", "when": "silence == assent"}],
        }
    ],
    "suspension": [
        {
            "id": "hold",
            "label": LABEL,
            "begins": [{"step": "stop", "when": "rounds > 0"}],
            "ends": [{"step": "resume"}],
            "permits": [],
        }
    ],
    "step": [
        {
            "id": "ask",
            "label": {"en": "asks */ the members"},
            "cites": ["1"],
            "actor": "office",
            "from": "open",
            "when": "rounds < 2 and not vote.open",
            "do": ["rounds += 1"],
        },
        {
            "id": "say_yes",
            "label": LABEL,
            "actor": "member",
            "from": "open",
            "reply": {"panel": "vote", "value": "yes"},
        },
        {
            "id": "say_no",
            "label": LABEL,
            "actor": "member",
            "from": "open",
            "reply": {"panel": "vote", "value": "no"},
        },
        {"id": "stop", "label": LABEL, "actor": "office", "from": "open"},
        {"id": "resume", "label": LABEL, "actor": "office", "from": "open", "when": "hold.active"},
        {
            "id": "decide",
            "label": LABEL,
            "actor": "office",
            "from": "open",
            "when": "vote.open",
            "to": [
                {"stage": "refused", "when": "vote.no > 0"},
                {"stage": "granted"},
            ],
        },
    ],
    "outcome": [{"id": "over", "label": LABEL, "by": ["decide"]}],
}


@pytest.fixture(scope="module")
def text() -> str:
    return Model(read_tables(SMALL)).text()


def block(text: str, first: str) -> list[str]:
    lines = text.splitlines()
    begin = lines.index(first)
    return lines[begin : lines.index("}", begin) + 1]


def test_a_guard_is_a_macro_with_the_article_and_the_suspensions_that_bar_the_step(
    text: str,
) -> None:
    lines = text.splitlines()

    at = lines.index("/* ask: Art. 1. asks * / the members */")
    assert lines[at + 1] == "#define Can_ask ((rounds < 2) && (!(vote_Open)) && (!(hold_Active)))"
    assert "#define READING_silence VALUE_assent /* R5: What is silence? */" in lines


def test_a_step_does_its_effects_then_its_panels_and_what_is_conditional_was_judged_before(
    text: str,
) -> None:
    assert block(text, "inline Do_ask_1() {") == [
        "inline Do_ask_1() {",
        "\tDid = STEP_ask; Over = false;",
        "\trounds = rounds + 1;",
        "\tvote_Yes = 0;",
        "\tvote_No = 0;",
        "\tvote_Pending_Member = 2;",
        "\tvote_Asked = 2;",
        "\tvote_Open = true;",
        "}",
    ]
    assert block(text, "inline Do_stop_1() {")[1:6] == [
        "\tDid = STEP_stop; Over = false;",
        "\tBegins_hold = (rounds > 0);",
        "\tif",
        "\t:: Begins_hold ->",
        "\t\thold_Active = true;",
    ]


def test_a_reply_counts_up_to_what_guards_tell_apart(text: str) -> None:
    assert block(text, "inline Do_say_no_1() {")[2:4] == [
        "\tvote_Pending_Member = vote_Pending_Member - 1;",
        "\tvote_No = (vote_No < 1 -> vote_No + 1 : 1);",
    ]


def test_silence_counts_as_the_reading_says() -> None:
    procedure = read_tables(SMALL)

    assert "silence counts as yes" in Model(procedure).text()
    assert "silence counts as" not in Model(procedure, {"silence": "nothing_said"}).text()


def test_the_first_branch_whose_condition_holds_is_taken_and_ends_the_review(text: str) -> None:
    lines = [line.strip() for line in text.splitlines()]

    assert "#define Leads_decide_1 ((vote_No > 0))" in lines
    assert "#define Leads_decide_2 (!(vote_No > 0) && (true))" in lines
    assert (
        ":: d_step { Can_decide && Leads_decide_2 -> FROM(STAGE_open) Lapsed = NO_CLOCK; "
        "Do_decide_2(); End_review(); Enter_granted() }; goto end_At_granted"
    ) in lines


def test_final_stages_are_valid_ends_and_others_are_not(text: str) -> None:
    labels = re.findall(r"^(\w*At_\w+):", text, re.MULTILINE)

    assert labels == ["At_open", "end_At_granted", "end_At_refused"]


def test_a_claim_is_an_automaton_with_an_assertion(monitored: Callable[[str], Monitor]) -> None:
    monitor = monitored("decide never follows stop unless resume comes between")
    text = Model(read_tables(SMALL), asked=Asked("no_decision_on_hold", monitor)).text()

    assert "Holds_0 = ((Did == STEP_decide));" in text
    assert "/* the claim no_decision_on_hold:" in text
    assert block(text, "inline Watch() {")[-2].strip() == (
        "assert(!(Claim_0 == 2 || (Finished && !((Claim_0 == 0 || Claim_0 == 1)))))"
    )


def test_what_another_text_has_never_happens_in_this_one(
    monitored: Callable[[str], Monitor],
) -> None:
    monitor = monitored("never (somebody_else and elsewhere.open and counted == 3)")
    text = Model(read_tables(SMALL), asked=Asked("other", monitor)).text()

    assert "Holds_0 = ((false) && (false) && (false));" in text


def test_names_that_promela_needs_are_written_otherwise() -> None:
    assert identifier("do") == "do_Id"
    assert identifier("float") == "float_Id"
    assert comment("a /* b */ c") == "/* a / * b * / c */"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((False, True), "bool"),
        ((0, 1, 255), "byte"),
        ((-1, 0), "short"),
        ((0, 256), "short"),
        ((0, 40_000), "int"),
        (("a", "b"), "short"),
    ],
)
def test_a_variable_has_the_smallest_type_that_holds_it(
    values: tuple[bool | int | str, ...], expected: str
) -> None:
    assert type_of(values) == expected
