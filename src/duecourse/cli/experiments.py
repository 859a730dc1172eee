"""`run` and `plan`: experiments."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from duecourse.cli.caseload import NOTHING, watching
from duecourse.cli.engine import prepared
from duecourse.cli.files import language, one_of, write
from duecourse.cli.progress import progress
from duecourse.report.experiment_text import experiment_text, long_table
from duecourse.report.plot_tradeoff import tradeoff_plot
from duecourse.report.plots import standalone
from duecourse.report.staffing_text import staffing_text, tradeoff_table
from duecourse.report.table_csv import table_csv
from duecourse.simulations.experiment_file import load_experiment
from duecourse.simulations.staff_plan import plan_staff

if TYPE_CHECKING:
    from pathlib import Path

    from duecourse.cli.keeping import Keeping
    from duecourse.scenarios import Scenario
    from duecourse.simulations.experiment import Experiment

FORMATS = ("text", "json", "csv")
FINDINGS = 1


def ran(
    name: str,
    replications: int | None,
    seed: int | None,
    workers: int,
    format_: str = "text",
    lang: str = "en",
    keeping: Keeping = NOTHING,
) -> str:
    """Return what an experiment found.

    Raises:
        InvalidInput: the experiment, an option or the store cannot be used, or it asks for a staffing.
    """
    one_of("format", format_, FORMATS)
    tongue = language(lang)
    experiment = _asked(name, seed)
    if replications is not None:
        experiment = replace(experiment, replications=replications)
    engine = prepared(experiment.scenarios, experiment.replications, keeping)
    with progress("simulating") as tell:
        found = experiment.run(
            workers=workers,
            properties=watching(*_texts(experiment)),
            progress=tell,
            executor=keeping.executor,
            engine=engine,
        )
    if format_ == "json":
        return json.dumps(found.to_dict(), ensure_ascii=False, indent=2)
    return table_csv(long_table(found)) if format_ == "csv" else experiment_text(found, tongue)


def planned(
    name: str,
    seed: int | None,
    workers: int,
    plot: Path | None,
    format_: str = "text",
    lang: str = "en",
    keeping: Keeping = NOTHING,
) -> tuple[str, int]:
    """Return which staffing to take, and the exit code: 1 where none meets the targets.

    Raises:
        InvalidInput: the experiment, an option or the store cannot be used, or it asks for no staffing.
    """
    one_of("format", format_, FORMATS)
    tongue = language(lang)
    experiment = _asked(name, seed)
    if experiment.demand is not None:
        prepared(experiment.scenarios[:1], experiment.demand.at_most, keeping)
    with progress("simulating") as tell:
        found = plan_staff(
            experiment,
            workers=workers,
            properties=watching(*experiment.scenarios) if experiment.demand else (),
            progress=lambda done, _: tell(done, done),
            executor=keeping.executor,
        )
    if plot is not None:
        write(plot, standalone(tradeoff_plot(found, tongue), tongue))
    code = FINDINGS if found.plan.best is None else 0
    if format_ == "json":
        return json.dumps(found.to_dict(), ensure_ascii=False, indent=2), code
    text = table_csv(tradeoff_table(found)) if format_ == "csv" else staffing_text(found, tongue)
    return text, code


def _asked(name: str, seed: int | None) -> Experiment:
    experiment = load_experiment(name)
    return experiment if seed is None else replace(experiment, seed=seed)


def _texts(experiment: Experiment) -> list[Scenario]:
    """Return one scenario of each text and choice of readings: properties are checked once for each."""
    found: dict[str, Scenario] = {}
    for each in experiment.scenarios:
        found.setdefault(f"{each.procedure!r} {sorted(each.readings.items())}", each)
    return list(found.values())
