"""A caseload on the calendar: simulate to a log, estimate from the log, compare with common chance."""

from __future__ import annotations

from duecourse.simulations.engines import Choice, Engine, choose
from duecourse.simulations.estimate import Estimate
from duecourse.simulations.experiment import Experiment, Findings, load_experiment
from duecourse.simulations.log import Event, Log
from duecourse.simulations.result import Comparison, Difference, Result
from duecourse.simulations.run import compare, replicate, simulate, simulate_all
from duecourse.simulations.standing import EngineError

__all__ = [
    "Choice",
    "Comparison",
    "Difference",
    "Engine",
    "EngineError",
    "Estimate",
    "Event",
    "Experiment",
    "Findings",
    "Log",
    "Result",
    "choose",
    "compare",
    "load_experiment",
    "replicate",
    "simulate",
    "simulate_all",
]
