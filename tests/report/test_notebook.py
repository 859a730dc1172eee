"""What a notebook shows of a value, and the tables it hands to pandas and Arrow."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

import duecourse as dc
from duecourse.errors import InvalidInput
from duecourse.report.notebook import shown
from duecourse.report.tables import number
from duecourse.simulations import replicate

if TYPE_CHECKING:
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
    """Neither library is among those of the tests: what is asked of them is one call each."""
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


def test_tables_get_every_indicator_and_every_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(DataFrame=dict))
    monkeypatch.setitem(sys.modules, "pyarrow", SimpleNamespace(table=dict))
    log = replicate(SCENARIO)

    assert RESULT.to_pandas() == RESULT.to_arrow() == RESULT.columns()
    assert RESULT.columns()["indicator"] == list(RESULT.estimates)
    assert log.to_pandas() == log.to_arrow() == log.columns()
