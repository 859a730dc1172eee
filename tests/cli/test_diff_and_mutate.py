"""`diff` and `mutate` as a user types them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from tests.command import duecourse

if TYPE_CHECKING:
    from pathlib import Path


QUICK = ("--no-bounds", "--no-properties")


@pytest.fixture
def permit(tmp_path: Path) -> Path:
    assert duecourse("new", "permit", "--project", cwd=tmp_path)[0] == 0
    model = tmp_path / "permit" / "model" / "permit.toml"
    text = model.read_text(encoding="utf-8")
    other = text.replace('limit = "20 working days"', 'limit = "25 working days"')
    (tmp_path / "longer.toml").write_text(other, encoding="utf-8")
    renamed = text.replace('"ask"', '"inquire"')
    (tmp_path / "renamed.toml").write_text(renamed, encoding="utf-8")
    return tmp_path


def test_a_text_does_not_differ_from_itself(permit: Path) -> None:
    code, out, err = duecourse("diff", "longer.toml", "longer.toml", *QUICK, cwd=permit)

    assert (code, err) == (0, "")
    assert out.endswith("no difference in behaviour.\n")


def test_a_longer_limit_is_told_with_both_figures_and_the_bounds(permit: Path) -> None:
    code, out, _ = duecourse("diff", "permit/model/permit.toml", "longer.toml", cwd=permit)

    assert code == 1
    assert "limit: 20 working days → 25 working days" in out
    assert "decision: 0 – 20 → 0 – 25" in out


def test_a_renamed_step_is_a_difference_until_it_is_mapped(permit: Path) -> None:
    texts = ("permit/model/permit.toml", "renamed.toml")
    assert duecourse("diff", *texts, *QUICK, cwd=permit)[0] == 1
    assert duecourse("diff", *texts, *QUICK, "--rename", "inquire=ask", cwd=permit)[0] == 0
    (permit / "names.toml").write_text('[step]\ninquire = "ask"\n', encoding="utf-8")
    assert duecourse("diff", *texts, *QUICK, "--mapping", "names.toml", cwd=permit)[0] == 0


def test_a_wrong_name_is_answered_with_the_nearest(permit: Path) -> None:
    texts = ("permit/model/permit.toml", "renamed.toml")
    code, out, err = duecourse("diff", *texts, "--rename", "inquir=ask", cwd=permit)

    assert (code, out) == (2, "")
    assert 'did you mean "inquire"?' in err


def test_a_search_that_is_cut_short_exits_with_3(permit: Path) -> None:
    code, out, _ = duecourse("diff", "longer.toml", *QUICK, "--limit", "2", cwd=permit)

    assert code == 3
    assert "the search was not finished" in out


def test_two_readings_of_one_text(tmp_path: Path) -> None:
    code, out, _ = duecourse(
        "diff",
        "measures-2022",
        "--reading-b",
        "silence=agreement",
        *QUICK,
        "-f",
        "json",
        cwd=tmp_path,
    )

    assert code == 1
    (found,) = json.loads(out)["differences"]
    assert (found["name"], found["letter"]["lapse"]) == ("close_comments", "comments_clock")


@pytest.mark.slow
def test_mutate_tells_the_score(permit: Path) -> None:
    code, out, err = duecourse("mutate", "permit/model/permit.toml", cwd=permit)

    assert (code, err) == (0, "")
    assert "that can be observed are noticed" in out
    assert (
        duecourse("mutate", "permit/model/permit.toml", cwd=permit)[1].splitlines()[2:]
        == out.splitlines()[2:]
    )


def test_survivors_are_told_in_chinese_and_in_both_languages(permit: Path) -> None:
    law = ("mutate", "permit/model/permit.toml", "-p", "no_dead_end", "--sample", "12")
    _, chinese, _ = duecourse(*law, "--lang", "zh", cwd=permit)
    _, both, _ = duecourse(*law, "--lang", "both", cwd=permit)

    assert "没有性质能够发现" in chinese
    told = [line for line in chinese.splitlines() if line.startswith("    - ")]
    assert told
    # the ids of the file stand between quotation marks; outside them nothing is English
    assert not [line for line in told if re.search("[a-z]", re.sub("“[^”]*”?", "", line))]
    for line in told:
        assert line.replace("    - ", "      ") in both.splitlines()
    assert "nobody would notice" in both
