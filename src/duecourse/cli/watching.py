"""The properties that watch simulated cases."""

from __future__ import annotations

from functools import lru_cache
from itertools import compress
from typing import TYPE_CHECKING

from duecourse.properties.check import Verdict, check
from duecourse.properties.ensemble import watchable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from duecourse.model.procedure import Procedure
    from duecourse.properties.monitor import Monitor
    from duecourse.properties.property import Property
    from duecourse.scenarios.scenario import Scenario


def watches(scenarios: Iterable[Scenario], properties: Sequence[Property]) -> tuple[Property, ...]:
    """Return what watches the cases of some scenarios: every property that checking found to hold.

    One that the law itself violates says nothing about the simulation, and is left out.
    """
    watched = watchable(properties)
    for scenario in scenarios:
        monitors = tuple(each.monitor for each in watched)
        readings = frozenset(scenario.readings.items())
        watched = tuple(compress(watched, _hold(scenario.procedure, watched, monitors, readings)))
    return watched


@lru_cache(maxsize=8)
def _hold(
    procedure: Procedure,
    properties: tuple[Property, ...],
    _: tuple[Monitor | None, ...],
    readings: frozenset[tuple[str, str]],
) -> tuple[bool, ...]:
    """Return which properties hold: the same law is checked once, however many scenarios it has.

    Two properties are equal where they are written alike; what their words mean is in their monitors.
    """
    report = check(procedure, properties, dict(readings))
    return tuple(each.verdict is Verdict.HOLDS for each in report.results)
