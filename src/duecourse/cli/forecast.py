"""`forecast`: when the open cases of a docket will end."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from duecourse.cli.caseload import NOTHING, watching
from duecourse.cli.docket import opened
from duecourse.cli.engine import prepared
from duecourse.cli.files import language, one_of
from duecourse.cli.progress import progress
from duecourse.report.forecast_text import forecast_csv, forecast_text
from duecourse.simulations.forecast import forecast

if TYPE_CHECKING:
    from pathlib import Path

    from duecourse.cli.keeping import Keeping

FORMATS = ("text", "json", "csv")
YEARS = 2.0
"""How long a forecast looks ahead at most, unless asked for more."""


def forecasted(
    scenario: str,
    docket: Path,
    columns: str | None,
    start: str | None,
    case: str | None,
    replications: int,
    seed: int,
    years: float | None,
    format_: str,
    lang: str,
    keeping: Keeping = NOTHING,
) -> str:
    """Return when the open cases will end, or one of them.

    Raises:
        InvalidInput: the scenario, the docket or an option cannot be used.
    """
    one_of("format", format_, FORMATS)
    tongue = language(lang)
    chosen = opened(scenario, YEARS if years is None else years, start, docket, columns)
    engine = prepared((chosen,), replications, keeping)
    with progress("simulating") as tell:
        found = forecast(
            chosen,
            replications=replications,
            seed=seed,
            properties=watching(chosen),
            progress=tell,
            engine=engine,
        )
    if case is not None:
        found = replace(found, prospects=(found[case],))
    if format_ == "json":
        return json.dumps(found.to_dict(), ensure_ascii=False, indent=2)
    return forecast_csv(found) if format_ == "csv" else forecast_text(found, tongue)
