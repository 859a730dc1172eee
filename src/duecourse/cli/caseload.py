"""`simulate` and `compare`."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from duecourse.cli.files import language, one_of, write
from duecourse.cli.progress import progress
from duecourse.cli.watching import watches
from duecourse.model.library import project_root
from duecourse.model.names import names_in_reach
from duecourse.properties.property_file import load_properties
from duecourse.report.caseload_text import comparison_text, simulation_text
from duecourse.scenarios import load_scenario
from duecourse.simulations import compare, simulate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duecourse.properties.property import Property
    from duecourse.scenarios import Scenario

FORMATS = ("text", "json")


def simulated(
    scenario: str,
    replications: int,
    seed: int,
    workers: int,
    years: float | None,
    log: Path | None,
    format_: str,
    lang: str,
) -> str:
    """Return what simulating a scenario gave; the events of all replications go into `log`.

    Raises:
        InvalidInput: the scenario, an option, or the place of the log cannot be used.
    """
    one_of("format", format_, FORMATS)
    tongue = language(lang)
    chosen = lasting(scenario, years)
    with TemporaryDirectory() as folder, progress("simulating") as tell:
        logs = None if log is None else Path(folder)
        result = simulate(
            chosen,
            replications=replications,
            seed=seed,
            workers=workers,
            properties=watching(chosen),
            logs=logs,
            progress=tell,
        )
        if log is not None:
            write(log, _joined(sorted(Path(folder).iterdir())))
    if format_ == "json":
        return json.dumps(result.to_dict(), ensure_ascii=False, indent=2)
    return simulation_text(result, tongue)


def compared(
    a: str,
    b: str,
    replications: int,
    seed: int,
    workers: int,
    years: float | None,
    format_: str,
    lang: str,
) -> str:
    """Return two scenarios side by side, under common random numbers.

    Raises:
        InvalidInput: a scenario or an option cannot be used.
    """
    one_of("format", format_, FORMATS)
    tongue = language(lang)
    first, second = lasting(a, years), lasting(b, years)
    with progress("simulating") as tell:
        comparison = compare(
            first,
            second,
            replications=replications,
            seed=seed,
            workers=workers,
            properties=watching(first, second),
            progress=tell,
        )
    if format_ == "json":
        return json.dumps(comparison.to_dict(), ensure_ascii=False, indent=2)
    return comparison_text(comparison, tongue)


def lasting(name: str, years: float | None) -> Scenario:
    """Return a scenario, for so many years if any are given."""
    scenario = load_scenario(name)
    return scenario if years is None else scenario.lasting(years)


def watching(*scenarios: Scenario) -> tuple[Property, ...]:
    """Return the properties of the project that watch the cases of some scenarios."""
    root = project_root()
    return watches(scenarios, load_properties(root, known=names_in_reach(root)))


def _joined(files: Iterable[Path]) -> str:
    """Return logs one after the other, below the head of the first."""
    parts: list[str] = []
    for file in files:
        head, _, rest = file.read_text(encoding="utf-8").partition("\n")
        parts.append(rest if parts else f"{head}\n{rest}")
    return "".join(parts)
