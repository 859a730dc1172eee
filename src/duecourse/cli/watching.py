"""The properties that watch simulated cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.properties.check import Verdict, check
from duecourse.properties.ensemble import watchable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from duecourse.properties.property import Property
    from duecourse.scenarios.scenario import Scenario


def watches(scenarios: Iterable[Scenario], properties: Sequence[Property]) -> tuple[Property, ...]:
    """Return what watches the cases of some scenarios: every property that checking found to hold.

    One that the law itself violates says nothing about the simulation, and is left out.
    """
    watched = watchable(properties)
    for scenario in scenarios:
        report = check(scenario.procedure, watched, scenario.readings)
        watched = tuple(each.property for each in report.results if each.verdict is Verdict.HOLDS)
    return watched
