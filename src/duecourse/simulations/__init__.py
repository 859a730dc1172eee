"""A caseload on the calendar: simulate to a log, estimate from the log, compare with common chance."""

from __future__ import annotations

from duecourse.simulations.comparison import Comparison, Difference
from duecourse.simulations.engines import Choice, Engine, choose
from duecourse.simulations.estimate import Estimate
from duecourse.simulations.experiment import Experiment, Findings
from duecourse.simulations.experiment_file import load_experiment
from duecourse.simulations.log import Event, Log
from duecourse.simulations.precision import Precision
from duecourse.simulations.result import Result
from duecourse.simulations.run import (
    compare,
    extend,
    replicate,
    simulate,
    simulate_all,
    warmed_up,
)
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
    "Precision",
    "Result",
    "choose",
    "compare",
    "extend",
    "load_experiment",
    "replicate",
    "simulate",
    "simulate_all",
    "warmed_up",
]
