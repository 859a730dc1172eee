"""A caseload on the calendar: simulate to a log, estimate from the log, compare with common chance."""

from __future__ import annotations

from duecourse.simulations.estimate import Estimate
from duecourse.simulations.log import Event, Log
from duecourse.simulations.process import EngineError, Monitor
from duecourse.simulations.result import Comparison, Difference, Result
from duecourse.simulations.run import compare, replicate, simulate, simulate_all

__all__ = [
    "Comparison",
    "Difference",
    "EngineError",
    "Estimate",
    "Event",
    "Log",
    "Monitor",
    "Result",
    "compare",
    "replicate",
    "simulate",
    "simulate_all",
]
