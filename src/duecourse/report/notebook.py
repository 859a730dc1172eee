"""What a notebook shows: the tables of a simulation, and of other values what the command line prints."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from duecourse.model.case_report import CaseReport
from duecourse.properties.bounds import Bounds
from duecourse.properties.check import Report
from duecourse.report.bounds_text import bounds_text
from duecourse.report.case_text import case_text
from duecourse.report.caseload_tables import (
    comparison_table,
    flow_table,
    limit_table,
    outcome_table,
    staff_table,
    stage_table,
)
from duecourse.report.caseload_text import comparison_text, simulation_text
from duecourse.report.check_text import check_text
from duecourse.simulations.comparison import Comparison
from duecourse.simulations.result import Result

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duecourse.report.tables import Table


def shown(value: object) -> str:
    """Return a value as HTML.

    Raises:
        TypeError: there is no form for such a value.
    """
    match value:
        case Result():
            tables = (flow_table, outcome_table, limit_table, staff_table, stage_table)
            return _page(simulation_text(value), (table(value) for table in tables))
        case Comparison():
            return _page(comparison_text(value), (comparison_table(value),))
        case Report():
            return _text(check_text(value))
        case Bounds():
            return _text(bounds_text(value))
        case CaseReport():
            return _text(case_text(value))
        case _:
            raise TypeError(f"a {type(value).__name__} is not shown in notebooks")


def _page(text: str, tables: Iterable[Table]) -> str:
    """Return the head of a text, which says what was run, and tables."""
    from duecourse.report.html_page import template

    module = template("parts.html.j2", "en").make_module()
    return _text(text.partition("\n\n")[0]) + "".join(str(module.table(each)) for each in tables)  # type: ignore[attr-defined]  # a macro


def _text(text: str) -> str:
    return f"<pre>{escape(text)}</pre>"
