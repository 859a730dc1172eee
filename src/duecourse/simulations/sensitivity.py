"""One number at a time: what each does to an indicator, from the findings of an experiment."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.simulations.comparison import holm
from duecourse.simulations.measures import selected

if TYPE_CHECKING:
    from duecourse.simulations.comparison import Difference
    from duecourse.simulations.experiment import Findings


@dataclass(frozen=True, slots=True)
class Effect:
    """What one number does to one indicator.

    Attributes:
        path: the number, by its path in the scenario file.
        value: as it stands in the first scenario's file and its changes, moved to this.
        difference: the indicator with it less the indicator without it, replication by replication.
        clear: whether it differs from nothing, all effects on this indicator together at the level of the experiment.
    """

    path: str
    value: float
    difference: Difference
    clear: bool


@dataclass(frozen=True, slots=True)
class Tornado:
    """The effects on one indicator, that of the number that moves it most first.

    Attributes:
        indicator: its name.
        rows: of each number, one effect or two (down, up).
    """

    indicator: str
    rows: tuple[tuple[Effect, ...], ...]


def tornados(findings: Findings) -> tuple[Tornado, ...]:
    """Return what moves each measure of a sensitivity experiment.

    Raises:
        InvalidInput: a measure is no indicator.
    """
    names = selected(findings.experiment.measures, findings.results[0].estimates)
    return tuple(_tornado(findings, name) for name in names)


def _tornado(findings: Findings, name: str) -> Tornado:
    level = findings.experiment.level
    told = [
        (path, value, comparison[name])
        for changes, comparison in zip(
            findings.experiment.changes[1:], findings.comparisons, strict=True
        )
        for path, value in changes.items()
        if name in comparison.differences
    ]
    clear = holm({f"{path}={value!r}": found.p for path, value, found in told}, 1 - level)
    rows: dict[str, list[Effect]] = {}
    for path, value, found in told:
        effect = Effect(path, value, found, f"{path}={value!r}" in clear)
        rows.setdefault(path, []).append(effect)
    return Tornado(name, tuple(sorted(map(tuple, rows.values()), key=_order)))


def _order(row: tuple[Effect, ...]) -> tuple[float, str]:
    sizes = [abs(each.difference.difference.mean) for each in row]
    return -max((each for each in sizes if not math.isnan(each)), default=0.0), row[0].path
