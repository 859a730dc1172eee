"""`simulate` and `compare`."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from duecourse.cli.engine import prepared
from duecourse.cli.files import chosen, language, one_of
from duecourse.cli.keeping import Keeping
from duecourse.cli.progress import progress
from duecourse.cli.watching import watches
from duecourse.errors import InvalidInput
from duecourse.model.library import project_root
from duecourse.model.names import names_in_reach
from duecourse.properties.property_file import load_properties
from duecourse.report.batches_text import batches_text
from duecourse.report.caseload_text import comparison_text, simulation_text
from duecourse.scenarios import load_scenario
from duecourse.simulations import Precision, compare, simulate, warmed_up
from duecourse.simulations.batches import batch_means
from duecourse.simulations.measures import PLANNED
from duecourse.simulations.precision import AT_MOST, PILOT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duecourse.properties.property import Property
    from duecourse.scenarios import Scenario

FORMATS = ("text", "json")
AUTO = "auto"
INCONCLUSIVE = 3
HUNDRED = 100
NOTHING = Keeping()


@dataclass(frozen=True)
class Run:
    """How a scenario is run, as the command line says it.

    Attributes:
        replications: how often; with a precision the first stage, where that is larger than the usual one.
        years: simulated years; None for those of the scenario.
        warm_up: years, `auto` for MSER-5, or None for those of the scenario.
        precision: such as `5%`; None for a fixed number of replications.
        measures: indicators that have to be precise.
        at_most: replications, precise or not.
    """

    replications: int
    seed: int = 1
    workers: int = 1
    years: float | None = None
    warm_up: str | None = None
    precision: str | None = None
    measures: tuple[str, ...] = ()
    at_most: int | None = None

    def asked(self) -> Precision | None:
        """Return the precision asked for.

        Raises:
            InvalidInput: it is none, or its options stand alone.
        """
        if self.precision is None:
            if self.measures or self.at_most is not None:
                raise InvalidInput(
                    "--for and --at-most go with --precision, such as --precision 5%"
                )
            return None
        return Precision(
            share(self.precision),
            self.measures or PLANNED,
            AT_MOST if self.at_most is None else self.at_most,
            max(PILOT, self.replications),
        )

    def lasting(self, scenario: Scenario) -> Scenario:
        """Return a scenario with the length and the warm-up asked for.

        Raises:
            InvalidInput: the warm-up is no number, leaves nothing, or MSER-5 finds none.
        """
        years = scenario.years if self.years is None else self.years
        if self.warm_up != AUTO:
            return scenario.lasting(years, None if self.warm_up is None else _years(self.warm_up))
        found = scenario.lasting(years, 0)
        with progress("looking for the warm-up") as tell:
            return warmed_up(found, seed=self.seed, workers=self.workers, progress=tell)


def simulated(
    given: Scenario, run: Run, keeping: Keeping = NOTHING, format_: str = "text", lang: str = "en"
) -> tuple[str, int]:
    """Return what simulating a scenario gave, and the exit code; its tables go where `keeping` says.

    Raises:
        InvalidInput: an option, the store or a place to write to cannot be used.
    """
    one_of("format", format_, FORMATS)
    tongue = language(lang)
    asked = run.asked()
    scenario = run.lasting(given)
    engine = prepared((scenario,), asked.at_most if asked else run.replications, keeping)
    with keeping.opened() as store:
        with progress("simulating") as tell:
            result = simulate(
                scenario,
                replications=run.replications,
                precision=asked,
                seed=run.seed,
                workers=run.workers,
                properties=watching(scenario),
                store=store,
                progress=tell,
                executor=keeping.executor,
                engine=engine,
            )
        if store is not None:
            keeping.export(store, result)
    code = INCONCLUSIVE if result.precision and not result.precision.reached else 0
    if format_ == "json":
        return json.dumps(result.to_dict(), ensure_ascii=False, indent=2), code
    return simulation_text(result, tongue), code


def batched(given: Scenario, run: Run, count: int, format_: str = "text", lang: str = "en") -> str:
    """Return one long run of a scenario in batches.

    Raises:
        InvalidInput: an option cannot be used.
    """
    one_of("format", format_, FORMATS)
    tongue = language(lang)
    if run.precision is not None or run.at_most is not None:
        raise InvalidInput("--batches is one run of its length; --precision takes replications")
    scenario = run.lasting(given)
    found = batch_means(
        scenario,
        count,
        measures=run.measures or PLANNED,
        seed=run.seed,
        properties=watching(scenario),
    )
    if format_ == "json":
        return json.dumps(found.to_dict(), ensure_ascii=False, indent=2)
    return batches_text(found, tongue)


def compared(
    a: Scenario,
    b: Scenario,
    run: Run,
    format_: str = "text",
    lang: str = "en",
    keeping: Keeping = NOTHING,
) -> str:
    """Return two scenarios side by side, under common random numbers.

    Raises:
        InvalidInput: an option or the store cannot be used.
    """
    one_of("format", format_, FORMATS)
    tongue = language(lang)
    first, second = run.lasting(a), run.lasting(b)
    engine = prepared((first, second), run.replications, keeping)
    with keeping.opened() as store, progress("simulating") as tell:
        comparison = compare(
            first,
            second,
            replications=run.replications,
            seed=run.seed,
            workers=run.workers,
            properties=watching(first, second),
            store=store,
            progress=tell,
            executor=keeping.executor,
            engine=engine,
        )
    if format_ == "json":
        return json.dumps(comparison.to_dict(), ensure_ascii=False, indent=2)
    return comparison_text(comparison, tongue)


def variant(name: str, amend: Iterable[str], reading: Iterable[str]) -> Scenario:
    """Return a scenario under amendments and readings, which its id then names.

    Raises:
        InvalidInput: with every problem found in it.
    """
    amendments, readings = tuple(amend), chosen(reading)
    found = load_scenario(name, readings=readings, amendments=amendments)
    added = [*amendments, *(f"{key}={value}" for key, value in readings.items())]
    return replace(found, id="+".join((found.id, *map(_stem, added)))) if added else found


def share(text: str) -> float:
    """Return a share written as `5%` or `0.05`.

    Raises:
        InvalidInput: it is none.
    """
    number = text.strip().removesuffix("%")
    try:
        return float(number) / (HUNDRED if number != text.strip() else 1)
    except ValueError:
        raise InvalidInput(f'"{text}" is no precision; write it as 5% or 0.05') from None


def lasting(name: str, years: float | None) -> Scenario:
    """Return a scenario, for so many years if any are given."""
    scenario = load_scenario(name)
    return scenario if years is None else scenario.lasting(years)


def watching(*scenarios: Scenario) -> tuple[Property, ...]:
    """Return the properties of the project that watch the cases of some scenarios."""
    root = project_root()
    return watches(scenarios, load_properties(root, known=names_in_reach(root)))


def _years(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        message = f'"{text}" is no warm-up; write a number of years, or auto for MSER-5'
        raise InvalidInput(message) from None


def _stem(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2].removesuffix(".toml")
