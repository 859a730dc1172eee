"""A store of replications in words."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from duecourse.model.procedure import Label
from duecourse.report.tables import Cell, Table, table_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duecourse.simulations.estimate import Estimate
    from duecourse.simulations.kept import Kept

SHORT = 12
"""So many characters of a key tell it from others."""


def runs_text(runs: Sequence[Kept]) -> str:
    """Return what a store holds."""
    if not runs:
        return "no runs"
    heads = ("run", "scenario", "procedure", "years", "seed", "replications")
    rows = [
        (
            Cell(run.key[:SHORT]),
            Cell(str(run.about["scenario"])),
            Cell(str(run.about["procedure"])),
            _number(run.about["years"]),
            _number(run.about["seed"]),
            _number(len(run.numbers())),
        )
        for run in runs
    ]
    return table_text(Table(Label("Runs"), tuple(map(Label, heads)), tuple(rows)))


def run_text(kept: Kept, estimates: Mapping[str, Estimate]) -> str:
    """Return one run with its indicators."""
    about = kept.about
    numbers = kept.numbers()
    head = (
        f"{about['scenario']}  {about['label']}\n"
        f"{about['procedure']}, from {about['start']}, {about['years']:g} years, "
        f"{about['warm_up']:g} of them warm-up; seed {about['seed']}\n"
        f"{len(numbers)} replications, every file as it was written; key {kept.key}"
    )
    if not estimates:
        return head
    rows = [
        (Cell(name), Cell(f"{each.mean:.4g}", _interval(each), each.mean, each.low, each.high))
        for name, each in estimates.items()
        if each.replications
    ]
    level = next(iter(estimates.values())).level
    title = Label(f"Indicators: means with their {level:.0%} intervals".replace("%", " %"))
    return f"{head}\n\n{table_text(Table(title, (Label(''), Label('mean')), tuple(rows)))}"


def _interval(found: Estimate) -> str:
    return "" if isnan(found.low) else f"[{found.low:.4g}, {found.high:.4g}]"


def _number(value: float) -> Cell:
    return Cell(str(value), value=value)
