"""Fifteen mistakes in what a workload may say: each has its place and its message, exit code 2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.command import duecourse

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """
[scenario]
extends = "baseline-2022"
id = "wrong"
label = { en = "Wrong" }

[[replace.class]]
id = "listing"
attributes.sector = { finance = 0.5, transport = 0.4 }

[[replace.arrivals]]
id = "filings"
weekdays = [1, 2, 3]
changes = [{ from = 2023-06-01, until = 2023-05-01, times = 3.0, classes = ["listings"] }]

[[replace.pool]]
id = "desk"
preemptive = true
leave = [{ from = 2023-02-01, until = 2023-01-01, members = 1 }]

[[replace.pool]]
id = "reviewers"
discipline = "risk_first"

[[replace.meeting]]
id = "commission"
monthly = [11]

[[replace.activity]]
stage = "screening"
id = "first_look"
effort.finance = { law = "lognormal", mean = 2, cv = 0.5, at_most = -1 }
effort.tranzport = { law = "empirical", file = "nowhere.csv", column = "days" }
effort.otherwise = 1

[[replace.activity]]
stage = "screening"
id = "decision"
team = 7

[[replace.reply]]
panel = "opinions"
actor = "members"
objection = { mean = 0.02, correlation = 0.3, sigma = 1.0, persistence = 2, counts_as = "object" }
"""

EXPECTED = [
    "9:21: error[sum]: the shares add up to 0.9, not to 1",
    "13:12: error[shape]: 3 weights; write 7 weights, Monday first, or 5 for Monday to Friday",
    "14:41: error[range]: 2023-05-01 is before 2023-06-01",
    '14:78: error[unknown-name]: no class "listings"; did you mean "listing"?',
    '18:14: error[missing]: nothing ranks the work: add "precedence", or discipline = "risk_first"',
    "19:39: error[range]: 2023-01-01 is before 2023-02-01",
    '23:15: error[missing]: "risk_first" and "weights" go together: the weight of each class',
    "27:11: error[shape]: it meets in one way: every or monthly",
    "32:69: error[law]: at_most = -1 is no duration of 0 or more",
    '33:20: error[unknown-name]: no class "tranzport"; did you mean "transport"?',
    '33:49: error[unreadable]: there is no file "nowhere.csv" beside the scenario; give its path',
    '34:20: error[law]: a distribution is a table with a "law", such as "lognormal"',
    '39:8: error[staff]: there are never more than 6 members of "desk", and it needs 7',
    '44:55: error[shape]: "correlation" (beta) and "sigma" (normal logit) both say how cases differ',
    "44:74: error[range]: 2 is no probability: write a number from 0 to 1",
]


def test_every_mistake_has_its_place_and_its_message_and_the_verb_ends_with_2(
    tmp_path: Path,
) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(TEXT, encoding="utf-8")
    result = duecourse("simulate", str(path))
    lines = [line for line in result.err.splitlines() if "error[" in line]

    assert result.code == 2
    assert len(lines) == len(EXPECTED)
    for line, expected in zip(lines, EXPECTED, strict=True):
        assert line.startswith(f"{path}:{expected}")
