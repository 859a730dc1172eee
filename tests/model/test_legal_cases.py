"""The legal cases of `tests/cases`: stories in words that a jurist can check, replayed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from duecourse.errors import InvalidInput
from duecourse.model.case_file import case_of
from duecourse.model.replay import replay
from duecourse.model.source import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from duecourse.model.case import Case
    from duecourse.model.case_report import CaseReport

FOLDER = Path(__file__).parents[1] / "cases"
KEYS = {"sentence", "expect"}


def read(file: Path) -> tuple[Case, list[dict[str, Any]]]:
    """Return the case of a file, and what is expected of it."""
    source = load(file, file.name)
    assert source.data["sentence"]
    data = {key: value for key, value in source.data.items() if key not in KEYS}
    return case_of(replace(source, data=data)), source.data["expect"]


def expectations() -> Iterator[Any]:
    for file in sorted(FOLDER.glob("*.toml")):
        case, expected = read(file)
        for number, each in enumerate(expected, start=1):
            yield pytest.param(case, each, id=f"{file.stem}-{number}")


def due(report: CaseReport) -> dict[str, object]:
    waiting = {True: "no limit", False: "suspended"}
    return {each.clock.id: each.due or waiting[each.unlimited] for each in report.clocks}


FOUND: dict[str, Callable[[CaseReport], object]] = {
    "stage": lambda report: report.stage.id,
    "outcome": lambda report: report.outcome and report.outcome.id,
    "text": lambda report: report.procedure.id,
    "due": due,
    "used": lambda report: {each.clock.id: each.used for each in report.clocks},
    "breaches": lambda report: [
        f"{each.clock.id} {each.due} {each.overdue}" for each in report.breaches
    ],
    "replies": lambda report: dict(report.rounds[0].counts),
}
AMONG: dict[str, Callable[[CaseReport], set[str]]] = {
    "permitted": lambda report: {each.step.id for each in report.permitted},
    "history": lambda report: {
        f"{each.on} {each.kind} {each.step.id if each.step else '-'}" for each in report.history
    },
}
SAID = {"why", "readings", "on", "error", "forbidden", *FOUND, *AMONG}


@pytest.mark.parametrize(("case", "expected"), list(expectations()))
def test_a_legal_case(case: Case, expected: dict[str, Any]) -> None:
    assert expected.keys() <= SAID, expected.keys() - SAID
    assert expected["why"]

    if "error" in expected:
        with pytest.raises(InvalidInput) as caught:
            replay(case, expected.get("readings"), expected.get("on"))
        assert re.search(expected["error"], str(caught.value)), str(caught.value)
        return

    report = replay(case, expected.get("readings"), expected.get("on"))
    for key, find in FOUND.items():
        if key in expected:
            assert find(report) == expected[key], key
    for key, find_all in AMONG.items():
        assert set(expected.get(key, ())) <= find_all(report), key
    assert not AMONG["permitted"](report) & set(expected.get("forbidden", ()))


def test_every_file_says_what_it_shows_and_expects_something() -> None:
    files = sorted(FOLDER.glob("*.toml"))

    assert len(files) >= 15
    for file in files:
        case, expected = read(file)
        assert expected
        assert case.id == file.stem


def test_a_wrong_expectation_fails() -> None:
    """The gate is seen to fail: one day, one count and one step more than the case has."""
    case, expected = read(FOLDER / "national-day-2022.toml")
    first = expected[0]
    wrong = (
        {"due": {"screening_clock": first["on"].replace(day=10)}},
        {"used": {"screening_clock": 9}},
        {"breaches": ["screening_clock 2022-10-11 1"]},
        {"permitted": ["notify_conclusion"]},
        {"forbidden": ["decide_review"]},
        {"error": "not permitted"},
    )
    for each in wrong:
        with pytest.raises((AssertionError, pytest.fail.Exception)):
            test_a_legal_case(case, {**first, **each})
