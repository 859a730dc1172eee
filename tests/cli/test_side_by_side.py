"""`check --instances`: verdicts, ways and refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from duecourse.cli.verify import checked
from duecourse.errors import InvalidInput

MODEL = Path(__file__).parents[2] / "benchmarks" / "formal" / "csr.toml"
FILE = str(MODEL)

if not MODEL.is_file():
    pytest.skip("the benchmarks stand outside the tests", allow_module_level=True)


def test_two_cases_and_one_commission() -> None:
    """The number is pinned; that it is right is proved in tests/properties/test_composition.py."""
    text, code = checked(
        [FILE],
        (),
        (),
        (),
        "text",
        None,
        "en",
        as_expected=False,
        instances=2,
        at_most=["1=opening,sitting_on_it"],
    )

    assert code == 0
    assert "2 cases side by side; shared: sitting\n855 configurations" in text
    assert text.count("  holds\n") == 2


def test_a_violation_tells_which_case_does_what() -> None:
    text, code = checked(
        [FILE],
        (),
        (),
        (),
        "text",
        None,
        "en",
        as_expected=False,
        instances=2,
        at_most=["1=screening"],
    )

    assert code == 1
    assert text.endswith(
        "         1  case 1  Operator: files [Art. 1]\n         2  case 2  Operator: files [Art. 1]"
    )


def test_a_search_that_is_cut_short_is_inconclusive() -> None:
    text, code = checked([FILE], (), (), (), "json", 100, "en", as_expected=False, instances=3)

    assert code == json.loads(text)["exit_code"] == 3
    assert [each["verdict"] for each in json.loads(text)["results"]] == ["inconclusive"]


@pytest.mark.parametrize(
    ("names", "more", "message"),
    [
        ([FILE], {"at_most": ["x"], "instances": 2}, '--at-most "x"; write N=STAGE'),
        ([FILE], {"at_most": ["1=special"]}, "say how many with --instances"),
        ([], {"instances": 2}, "takes one procedure; name it"),
        ([FILE], {"instances": 2, "all_readings": True}, "goes with neither"),
    ],
)
def test_what_makes_no_sense_is_refused(
    names: list[str], more: dict[str, object], message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        checked(names, (), (), (), "text", None, "en", as_expected=False, **more)  # type: ignore[arg-type]
