"""What a notebook shows of a value, and the tables it hands to pandas and Arrow."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

import duecourse as dc
from duecourse.errors import InvalidInput
from duecourse.report.notebook import shown
from duecourse.report.tables import number
from duecourse.simulations import replicate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duecourse.notebook import Shown

SCENARIO = dc.load_scenario("baseline-2022").lasting(1.1)
RESULT = dc.simulate(SCENARIO, replications=2)
LAW = dc.load("measures-2022")


def text(value: Shown) -> str:
    """Return the words of the HTML of a value, which must be well-formed."""
    root = ET.fromstring(f"<div>{value._repr_html_()}</div>")
    return " ".join(root.itertext())


def test_a_result_shows_its_tables_with_the_numbers_of_its_estimates() -> None:
    found = text(RESULT)

    assert "means over 2 replications" in found
    assert number(RESULT["throughput"].mean, "count") in found
    for title in ("Flow", "How cases end", "Statutory limits", "Staff", "Time in each stage"):
        assert title in found


def test_a_comparison_shows_the_differences() -> None:
    found = text(dc.compare(SCENARIO, SCENARIO.staffed(desk=7), replications=2))

    assert "Side by side" in found
    assert "difference" in found


def test_verdicts_bounds_and_cases_show_what_the_command_line_prints() -> None:
    assert "s9_literal" in text(dc.check(LAW, dc.load_properties()))
    assert "Art. 9" in text(dc.bounds(LAW))
    with pytest.raises(TypeError, match="a int is not shown in notebooks"):
        shown(1)


def test_a_table_without_its_library_says_what_to_install() -> None:
    log = replicate(SCENARIO)
    for call, name in (
        (RESULT.to_pandas, "pandas"),
        (log.to_pandas, "pandas"),
        (RESULT.to_arrow, "pyarrow"),
        (log.to_arrow, "pyarrow"),
    ):
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(sys.modules, name, None)
            with pytest.raises(InvalidInput, match=f"needs {name}, which is not installed"):
                call()


def test_tables_of_pandas_hold_every_indicator_and_every_event() -> None:
    pytest.importorskip("pandas", reason="comes with the extra frames")
    log = replicate(SCENARIO)

    for frame, columns in (
        (RESULT.to_pandas(), RESULT.columns()),
        (log.to_pandas(), log.columns()),
    ):
        assert list(frame.columns) == list(columns)
        assert len(frame) == len(next(iter(columns.values()))) > 0
        for name, values in columns.items():
            _equal(frame[name].tolist(), values)


def test_tables_of_arrow_hold_every_indicator_and_every_event() -> None:
    pytest.importorskip("pyarrow", reason="comes with the extra frames")
    log = replicate(SCENARIO)

    for table, columns in ((RESULT.to_arrow(), RESULT.columns()), (log.to_arrow(), log.columns())):
        assert table.column_names == list(columns)
        for name, values in columns.items():
            _equal(table[name].to_pylist(), values)


def _equal(found: Sequence[object], expected: Sequence[object]) -> None:
    """Assert that two columns are equal; what is missing or not a number is the same on both sides."""
    assert [None if each != each else each for each in found] == [  # noqa: PLR0124
        None if each != each else each  # noqa: PLR0124
        for each in expected
    ]
