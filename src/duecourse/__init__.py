"""Model, verify, simulate and audit statutory review procedures.

The names in `__all__` are the public API; each is loaded when it is first used, so that importing costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duecourse.calendar import Calendar, load_calendar
    from duecourse.errors import InvalidInput, Problem
    from duecourse.model.compile import compile_table
    from duecourse.model.library import catalogue, load
    from duecourse.model.machine import CaseMachine, IllegalStepError
    from duecourse.model.procedure import Procedure
    from duecourse.model.table import Table
    from duecourse.properties.bounds import Bounds, bounds
    from duecourse.properties.check import Report, Verdict, check
    from duecourse.properties.property import Property, load_properties

__all__ = [
    "Bounds",
    "Calendar",
    "CaseMachine",
    "IllegalStepError",
    "InvalidInput",
    "Problem",
    "Procedure",
    "Property",
    "Report",
    "Table",
    "Verdict",
    "bounds",
    "catalogue",
    "check",
    "compile_table",
    "load",
    "load_calendar",
    "load_properties",
]
__version__ = "0.1.0"

_HOMES = {
    "duecourse.calendar": ("Calendar", "load_calendar"),
    "duecourse.errors": ("InvalidInput", "Problem"),
    "duecourse.model.compile": ("compile_table",),
    "duecourse.model.library": ("catalogue", "load"),
    "duecourse.model.machine": ("CaseMachine", "IllegalStepError"),
    "duecourse.model.procedure": ("Procedure",),
    "duecourse.model.table": ("Table",),
    "duecourse.properties.bounds": ("Bounds", "bounds"),
    "duecourse.properties.check": ("Report", "Verdict", "check"),
    "duecourse.properties.property": ("Property", "load_properties"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'duecourse' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
