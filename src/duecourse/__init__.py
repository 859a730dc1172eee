"""Model, verify, simulate and audit statutory review procedures.

The names in `__all__` are the public API; each is loaded when it is first used, so that importing costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duecourse.calendar import Calendar, Span, Unit, load_calendar
    from duecourse.errors import InvalidInput, Problem
    from duecourse.model.case_file import read_case
    from duecourse.model.case_report import CaseReport
    from duecourse.model.compile import compile_table
    from duecourse.model.library import catalogue, load
    from duecourse.model.machine import CaseMachine, IllegalStepError
    from duecourse.model.procedure import Procedure
    from duecourse.model.replay import replay
    from duecourse.model.table import Table
    from duecourse.properties.bounds import Bounds, bounds
    from duecourse.properties.check import Report, Verdict, check
    from duecourse.properties.property import Property
    from duecourse.properties.property_file import load_properties
    from duecourse.properties.random_cases import case_machine
    from duecourse.scenarios.library import load_scenario
    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.comparison import Comparison
    from duecourse.simulations.precision import Precision
    from duecourse.simulations.result import Result
    from duecourse.simulations.run import compare, extend, simulate

__all__ = [
    "Bounds",
    "Calendar",
    "CaseMachine",
    "CaseReport",
    "Comparison",
    "IllegalStepError",
    "InvalidInput",
    "Precision",
    "Problem",
    "Procedure",
    "Property",
    "Report",
    "Result",
    "Scenario",
    "Span",
    "Table",
    "Unit",
    "Verdict",
    "bounds",
    "case_machine",
    "catalogue",
    "check",
    "compare",
    "compile_table",
    "extend",
    "load",
    "load_calendar",
    "load_properties",
    "load_scenario",
    "read_case",
    "replay",
    "simulate",
]
__version__ = "0.1.0"

_HOMES = {
    "duecourse.calendar": ("Calendar", "Span", "Unit", "load_calendar"),
    "duecourse.errors": ("InvalidInput", "Problem"),
    "duecourse.model.case_file": ("read_case",),
    "duecourse.model.case_report": ("CaseReport",),
    "duecourse.model.compile": ("compile_table",),
    "duecourse.model.library": ("catalogue", "load"),
    "duecourse.model.machine": ("CaseMachine", "IllegalStepError"),
    "duecourse.model.procedure": ("Procedure",),
    "duecourse.model.replay": ("replay",),
    "duecourse.model.table": ("Table",),
    "duecourse.properties.bounds": ("Bounds", "bounds"),
    "duecourse.properties.check": ("Report", "Verdict", "check"),
    "duecourse.properties.property": ("Property",),
    "duecourse.properties.property_file": ("load_properties",),
    "duecourse.properties.random_cases": ("case_machine",),
    "duecourse.scenarios.library": ("load_scenario",),
    "duecourse.scenarios.scenario": ("Scenario",),
    "duecourse.simulations.comparison": ("Comparison",),
    "duecourse.simulations.precision": ("Precision",),
    "duecourse.simulations.result": ("Result",),
    "duecourse.simulations.run": ("compare", "extend", "simulate"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'duecourse' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
