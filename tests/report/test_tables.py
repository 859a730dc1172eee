"""Tables in a terminal: numbers below numbers, in Chinese as in English; numbers as they are shown."""

from __future__ import annotations

import math

import pytest

from duecourse.model.procedure import Label
from duecourse.report.tables import Cell, Table, estimate_cell, interval, number, table_text
from duecourse.report.wrapping import columns
from duecourse.simulations.estimate import Estimate

TABLE = Table(
    Label("Title", "标题"),
    (Label(""), Label("share", "占比"), Label("remark", "备注")),
    (
        (
            Cell(Label("first", "第一行")),
            estimate_cell(Estimate(0.5, 0.25, 0.75, 3, 0.95), "share"),
            Cell("x"),
        ),
        (
            Cell(Label("the second", "二")),
            estimate_cell(Estimate(0.05, 0.0, 0.1, 3, 0.95), "share"),
            Cell(""),
        ),
    ),
)


def test_a_table_in_english() -> None:
    assert table_text(TABLE).splitlines() == [
        "Title",
        "                            share  remark",
        "  first       50.0 % [25.0, 75.0]  x",
        "  the second   5.0 % [0.0, 10.0]",
    ]


def test_numbers_stand_below_numbers_in_chinese_too() -> None:
    lines = table_text(TABLE, "zh").splitlines()
    ends = {columns(line[: line.index("%")]) for line in lines if "%" in line}

    assert lines[0] == "标题"
    assert len(ends) == 1


@pytest.mark.parametrize(
    ("value", "form", "signed", "shown"),
    [
        (0.3022, "share", False, "30.2 %"),
        (-0.335, "share", True, "−33.5 pp"),
        (42.06, "days", False, "42.1"),
        (309.4, "count", False, "309"),
        (25.58, "count", False, "25.6"),
        (0.04, "days", True, "0.0"),
        (-0.04, "days", True, "0.0"),
        (13.0, "count", True, "+13.0"),
        (math.nan, "days", False, "–"),
    ],
)
def test_how_a_number_is_shown(value: float, form: str, shown: str, *, signed: bool) -> None:
    assert number(value, form, signed=signed) == shown  # type: ignore[arg-type]


def test_an_interval_that_is_not_known_is_not_shown() -> None:
    assert not interval(math.nan, math.nan, "days")
