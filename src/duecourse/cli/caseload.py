"""`simulate` and `compare`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from duecourse.cli.engine import prepared
from duecourse.cli.files import language, one_of
from duecourse.cli.keeping import Keeping
from duecourse.cli.progress import progress
from duecourse.cli.watching import watches
from duecourse.model.library import project_root
from duecourse.model.names import names_in_reach
from duecourse.properties.property_file import load_properties
from duecourse.report.caseload_text import comparison_text, simulation_text
from duecourse.scenarios import load_scenario
from duecourse.simulations import compare, simulate

if TYPE_CHECKING:
    from duecourse.properties.property import Property
    from duecourse.scenarios import Scenario

FORMATS = ("text", "json")
NOTHING = Keeping()


def simulated(
    chosen: Scenario,
    replications: int,
    seed: int,
    workers: int,
    keeping: Keeping,
    format_: str,
    lang: str,
) -> str:
    """Return what simulating a scenario gave; its tables go where `keeping` says.

    Raises:
        InvalidInput: an option, the store or a place to write to cannot be used.
    """
    one_of("format", format_, FORMATS)
    tongue = language(lang)
    engine = prepared((chosen,), replications, keeping)
    with keeping.opened() as store, progress("simulating") as tell:
        result = simulate(
            chosen,
            replications=replications,
            seed=seed,
            workers=workers,
            properties=watching(chosen),
            store=store,
            progress=tell,
            executor=keeping.executor,
            engine=engine,
        )
        if store is not None:
            keeping.export(store, result)
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
    keeping: Keeping = NOTHING,
) -> str:
    """Return two scenarios side by side, under common random numbers.

    Raises:
        InvalidInput: a scenario, an option or the store cannot be used.
    """
    one_of("format", format_, FORMATS)
    tongue = language(lang)
    first, second = lasting(a, years), lasting(b, years)
    engine = prepared((first, second), replications, keeping)
    with keeping.opened() as store, progress("simulating") as tell:
        comparison = compare(
            first,
            second,
            replications=replications,
            seed=seed,
            workers=workers,
            properties=watching(first, second),
            store=store,
            progress=tell,
            executor=keeping.executor,
            engine=engine,
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
