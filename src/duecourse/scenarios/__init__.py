"""Who files, how the work is done and how people decide: scenarios as data, read against the law."""

from __future__ import annotations

from duecourse.scenarios.files import scenario_files
from duecourse.scenarios.library import load_scenario
from duecourse.scenarios.scenario import Scenario

__all__ = ["Scenario", "load_scenario", "scenario_files"]
