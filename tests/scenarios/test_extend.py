"""Scenarios that extend another: what is added, replaced and removed, and where mistakes are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from duecourse.errors import InvalidInput
from duecourse.scenarios import load_scenario

if TYPE_CHECKING:
    from pathlib import Path

    from duecourse.scenarios import Scenario

HEAD = """
[scenario]
extends = "baseline-2022"
id = "mine"
label = { en = "Mine" }
"""


def extended(folder: Path, text: str, head: str = HEAD) -> Scenario:
    path = folder / "mine.toml"
    path.write_text(head + text, encoding="utf-8")
    return load_scenario(str(path))


def problems(folder: Path, text: str, head: str = HEAD) -> list[str]:
    with pytest.raises(InvalidInput) as error:
        extended(folder, text, head)
    return [str(each).replace(f"{folder}/", "") for each in error.value.problems]


def test_what_is_not_named_is_as_it_was(tmp_path: Path) -> None:
    base, mine = load_scenario("baseline-2022"), extended(tmp_path, "")

    for name in ("classes", "arrivals", "pools", "meetings", "behaviours", "incidents", "opinions"):
        assert getattr(mine, name) == getattr(base, name)
    assert (mine.id, mine.label.en, mine.start) == ("mine", "Mine", base.start)
    assert [name for name, _ in mine.files] == ["scenarios/baseline-2022.toml"]


def test_single_keys_of_a_table_are_replaced(tmp_path: Path) -> None:
    mine = extended(
        tmp_path,
        """
years = 5.0
readings = { silence = "agreement" }

[[replace.pool]]
id = "desk"
size = 9

[[replace.reply]]
panel = "opinions"
actor = "protection"
silence = 0.5

[[replace.activity]]
stage = "opening_approved"
id = "notice"
effort = { law = "deterministic", value = 7 }

[[remove.incident]]
id = "withdrawal"

[[remove.activity]]
stage = "screening"
id = "supplement"

[[add.activity]]
stage = "screening"
id = "wait"
before = "decision"
delay = { law = "deterministic", value = 1 }
unit = "working days"
assumption = "given by the test"
""",
    )
    base = load_scenario("baseline-2022")

    assert [pool.size for pool in mine.pools] == [9, 7, 2]
    assert mine.pools[1:] == base.pools[1:]
    assert mine.years == 5.0
    assert mine.readings["silence"] == "agreement"
    assert mine.opinions["opinions", "protection"].silence["listing"] == 0.5
    assert mine.opinions["opinions", "members"] == base.opinions["opinions", "members"]
    assert mine.incidents == ()
    assert [each.id for each in mine.behaviours["screening"]] == ["first_look", "wait", "decision"]
    work = mine.behaviours["opening_approved"][0].work
    assert work is not None
    assert work.effort["listing"].mean == 7


def test_a_scenario_beside_the_file_may_be_extended_too(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text(
        HEAD.replace("mine", "other") + '[[replace.pool]]\nid = "desk"\nsize = 9\n',
        encoding="utf-8",
    )
    mine = extended(
        tmp_path,
        '[[replace.pool]]\nid = "reviewers"\nsize = 1\n',
        HEAD.replace("baseline-2022", "other"),
    )

    assert [pool.size for pool in mine.pools] == [9, 1, 2]
    assert [name for name, _ in mine.files] == ["other.toml", "scenarios/baseline-2022.toml"]


def test_mistakes_have_the_places_of_the_file_they_are_in(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        """
[[pool]]
id = "mine"

[[replace.pool]]
id = "dessk"
size = 9

[[replace.pool]]
id = "desk"
size = -1

[[add.pool]]
id = "desk"

[[remove.meeting]]
id = "commizzion"

[[replace.pol]]
id = "desk"

[[replace.activity]]
stage = "screening"
id = "decision"
take = "decide_revieww"

[[replace.activity]]
stage = "screning"
id = "decision"

[[replace.reply]]
panel = "opinions"
""",
    )

    assert found.pop().startswith("scenarios/baseline-2022.toml:")  # there stands "choose"
    assert found == [
        "mine.toml:7:1: error[unknown-table]: the scenario extends another: write [[add.pool]] or [[replace.pool]]",
        'mine.toml:11:7: error[unknown-name]: no pool "dessk" to replace; did you mean "desk"?',
        "mine.toml:16:8: error[shape]: -1: input should be greater than or equal to 1",
        'mine.toml:19:7: error[duplicate]: the pool "desk" is already there; use [[replace.pool]]',
        'mine.toml:22:7: error[unknown-name]: no meeting "commizzion" to remove; did you mean "commission"?',
        'mine.toml:24:1: error[unknown-table]: no tables of kind "pol" to replace; did you mean "pool"?',
        'mine.toml:30:9: error[unknown-name]: no step "decide_revieww"; did you mean "decide_review"?',
        'mine.toml:33:10: error[unknown-name]: no [[stage]] "screning"; did you mean "screening"?',
        'mine.toml:36:1: error[missing]: "actor" is missing; say which reply to replace',
    ]


def test_what_a_change_makes_illegal_is_told_at_its_place(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        '\n[[replace.activity]]\nstage = "concern_raised"\nid = "report"\ntake = ["decide_review"]\n',
    )

    assert found == [
        'mine.toml:10:10: error[illegal]: "decide_review" may not be allowed in "concern_raised" here; allowed: report_opening'
    ]


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (
            HEAD.replace("baseline-2022", "baseline-2023"),
            'no scenario "baseline-2023"; did you mean',
        ),
        (HEAD.replace("baseline-2022", "mine"), '"mine" would extend itself'),
        (HEAD.replace('"baseline-2022"', "3"), "write the id of a scenario"),
        (HEAD.replace('label = { en = "Mine" }', ""), '"label" is missing; a scenario has its own'),
    ],
)
def test_a_head_that_cannot_be_is_told(tmp_path: Path, head: str, message: str) -> None:
    assert any(message in each for each in problems(tmp_path, "", head))


def test_scenarios_that_extend_each_other_are_told(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text(
        HEAD.replace("mine", "other").replace("baseline-2022", "mine"), encoding="utf-8"
    )

    found = problems(tmp_path, "", HEAD.replace("baseline-2022", "other"))
    assert any("would extend itself" in each for each in found)
