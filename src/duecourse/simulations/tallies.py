"""What is counted while the log of a replication is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duecourse.scenarios.scenario import Scenario


@dataclass
class Times:
    """Durations in working days and in calendar days."""

    working: list[float] = field(default_factory=list)
    calendar: list[float] = field(default_factory=list)


@dataclass
class Staff:
    """What one pool did within the window."""

    busy: float = 0.0
    queued: float = 0.0
    waits: list[float] = field(default_factory=list)


def outcomes(scenario: Scenario) -> dict[tuple[str, str], str]:
    """Return the outcome of each step that ends the review, by the stage it is taken from."""
    procedure = scenario.procedure
    return {
        (step, source): outcome.id
        for outcome in procedure.outcomes
        for step in outcome.steps
        for source in (outcome.sources or procedure.step[step].sources)
    }
