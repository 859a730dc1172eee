"""The page on what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def written(  # noqa: PLR0913, PLR0917  (what stands on the page)
    names: Mapping[str, str],
    medians: Mapping[str, float],
    first: Mapping[str, Mapping[str, Any]],
    shipped: Mapping[str, float],
    starts: Sequence[float],
    agreed: Sequence[str],
    rounds: int,
    machine: str,
) -> str:
    """Return the page."""
    simpy, log = medians["simpy"], medians["log"]
    lines = [
        "# Benchmarks of the simulation",
        "",
        "Written by `python benchmarks/simulation/run.py`; do not edit.",
        "",
        (
            "Model (b) is an office of two stages and thirteen departments, each of whose replies is an event "
            "(`benchmarks/simulation/project`): for duecourse an ordinary procedure and scenario, for the others a program."
        ),
        "Before anything was measured, the mean times from arrival to end agreed within four standard errors:",
        "",
        *(f"- {each}" for each in agreed),
        "",
        f"Machine: {machine}.",
        (
            f"Medians of {rounds} rounds in which the programs took turns, microseconds of CPU for each case, "
            "starting and compiling left out."
        ),
        "Absolute times do not travel; ratios do.",
        "",
        "## Model (b)",
        "",
        "| engine | µs a case | SimPy's time / its time | its time / the C log's |",
        "|---|---|---|---|",
    ]
    for name, label in names.items():
        each = medians[name]
        lines.append(f"| {label} | {each:.2f} | {simpy / each:.1f} | {each / log:.2f} |")
    found = first["compiled"]
    ratio = shipped["reference"] / shipped["compiled"]
    lines += [
        "",
        f"The log has {found['lines'] / found['cases']:.1f} lines a case, every reply among them.",
        (
            f"Between the first and the last of {len(found['means'])} runs with a log memory grew by {found['grown'] / 1024:.0f} MB, "
            f"of {len(found['means'])} runs without one by {first['unlogged']['grown'] / 1024:.0f} MB."
        ),
        (
            "The recursion of C draws one number for the maximum of thirteen replies; no engine of duecourse does, "
            "since its log has them all."
        ),
        "",
        "## The shipped baseline",
        "",
        "`baseline-2022`, with its calendar, limits, meetings and correlated replies, full log, no indicators:",
        "",
        "| engine | µs a case |",
        "|---|---|",
        f"| duecourse, compiled | {shipped['compiled']:.1f} |",
        f"| duecourse, SimPy engine | {shipped['reference']:.1f} |",
        "",
        f"Ratio: {ratio:.0f}.",
        "",
        "## The start",
        "",
        (
            f"The first start on a machine, which compiles the engine: {starts[0]:.1f} s of CPU, the whole process; "
            f"later starts: {starts[1]:.1f} s."
        ),
        "",
    ]
    return "\n".join(lines)
