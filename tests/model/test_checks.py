"""What can be seen without exploring: each finding is told once, at its element, and a sound procedure has none."""

from __future__ import annotations

import pytest
from tests.model.licence import LICENCE, read, said

from duecourse.model.checks import reachable_stages, static_problems

STAGE = '[[stage]]\nid = "{0}"\nlabel = {{ en = "x" }}\n'
STEP = '[[step]]\nid = "{0}"\nlabel = {{ en = "x" }}\nactor = "party"\nfrom = "{1}"\n'
CLOCK = """
[[clock]]
id = "idle"
label = { en = "x" }
binds = "party"
limit = "1 working day"
"""
READING = """
[[reading]]
id = "{}"
ref = "R9"
cites = ["1"]
question = {{ en = "?" }}
options = [{}]
"""


def findings(text: str) -> list[str]:
    return [str(each) for each in static_problems(read(text))]


@pytest.mark.parametrize(
    ("added", "found"),
    [
        (
            STAGE.format("lost"),
            [
                'warning[dead-end]: no step leaves the stage "lost", and it is not final',
                'warning[unreachable]: no step leads to the stage "lost"',
            ],
        ),
        (
            STAGE.format("lost") + STEP.format("leave", "lost") + 'to = "open"\n',
            [
                'warning[unreachable]: no step leads to the stage "lost"',
                'warning[never]: the step "leave" can never happen: no stage it is taken from can be reached',
            ],
        ),
        (
            STEP.format("never", "open") + 'when = "ready and not ready"\n',
            ['warning[never]: the guard of "never" can never hold: ready and not ready'],
        ),
        (
            STEP.format("never", "open") + 'when = "rounds > 2"\n',
            ['warning[never]: the guard of "never" can never hold: rounds > 2'],
        ),
        (
            STEP.format("never", "open") + 'when = "ready"\nto = { stage = "open", when = "not ready" }\n',
            ['warning[never]: "never" can never lead to "open": not ready contradicts its guard'],
        ),
        (
            CLOCK + 'starts = { step = "apply", when = "rounds > 2" }\nstops = "decide"\n',
            ['warning[clock]: the clock "idle" never starts'],
        ),
        (
            CLOCK + 'starts = "apply"\nstops = { step = "decide", when = "rounds > 2" }\n',
            ['warning[clock]: the clock "idle" never stops'],
        ),
        (
            '[[fact]]\nid = "idle"\nlabel = { en = "x" }\ninitial = false\n',
            ['warning[unread]: nothing reads the fact "idle"'],
        ),
        (
            READING.format("idle", '{ id = "yes", label = { en = "yes" } }, { id = "no", label = { en = "no" } }'),
            ['warning[unread]: nothing reads the reading "idle"'],
        ),
        (
            READING.format("single", '{ id = "yes", label = { en = "yes" } }'),
            [],
        ),
    ],
)  # fmt: skip
def test_what_is_idle_is_found(added: str, found: list[str]) -> None:
    said = findings(f"{LICENCE}\n{added}")

    assert [each.split(": ", 1)[1] for each in said] == found
    assert all(
        each.startswith("licence.toml:1") for each in said
    )  # below line 100, where it was added


def test_a_reply_that_no_step_gives_is_found() -> None:
    text = LICENCE.replace('replies = ["yes"]', 'replies = ["yes", "no"]')

    assert findings(text) == [
        'licence.toml:91:1: warning[reply]: no step lets "office" reply "no" to "board"'
    ]


def test_stages_are_reached_by_any_branch_whatever_its_guard() -> None:
    text = LICENCE.replace('to = "closed"', 'to = [{ stage = "open", when = "ready" }, "closed"]')

    assert reachable_stages(read(text)) == {"open", "closed"}


@pytest.mark.parametrize("condition", ["rounds < 3", "true", "rounds != 1 and ready"])
def test_a_count_that_may_leave_its_range_is_refused(condition: str) -> None:
    text = LICENCE.replace('when = "rounds < 2"', f'when = "{condition}"')

    assert said(text) == [
        'licence.toml:83:1: error[range]: "wait" could take "rounds" beyond 2; add "rounds < 2" to its guard'
    ]


@pytest.mark.parametrize(
    "condition", ["rounds < 2", "rounds != 2 and ready", "rounds == 0 or rounds == 1"]
)
def test_a_count_that_stays_in_its_range_is_read(condition: str) -> None:
    assert findings(LICENCE.replace('when = "rounds < 2"', f'when = "{condition}"')) == []
