"""The properties that watch simulated cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.properties.check import Verdict, check
from duecourse.properties.monitor import Watch

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from duecourse.properties.monitor import Monitor
    from duecourse.properties.property import Property
    from duecourse.scenarios.scenario import Scenario


@dataclass(slots=True)
class Named:
    """A watch that can say what it watches for."""

    id: str
    watch: Watch

    def step(self, name: str) -> bool:
        """Take a step; return whether the property still holds."""
        return self.watch.step(name)


@dataclass(frozen=True, slots=True)
class Watches:
    """Makes the watches beside a new case; it can be sent to another process."""

    monitors: tuple[tuple[str, Monitor], ...]

    def __call__(self) -> Sequence[Named]:
        """Return the watches of one case."""
        return [Named(name, Watch(monitor)) for name, monitor in self.monitors]


def watches(scenarios: Iterable[Scenario], properties: Sequence[Property]) -> Watches:
    """Return what watches the cases of some scenarios: every property that checking found to hold.

    One that the law itself violates says nothing about the simulation, and is left out.
    """
    watched = [each for each in properties if each.monitor is not None]
    for scenario in scenarios:
        report = check(scenario.procedure, watched, scenario.readings)
        watched = [each.property for each in report.results if each.verdict is Verdict.HOLDS]
    return Watches(tuple((each.id, each.monitor) for each in watched if each.monitor is not None))
