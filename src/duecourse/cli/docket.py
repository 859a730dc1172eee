"""A scenario as the options of a verb have it: another first day, another length, the open cases it begins with."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput
from duecourse.model.columns import parse_columns
from duecourse.scenarios import load_scenario
from duecourse.scenarios.docket_file import DOCKET_ROLES
from duecourse.scenarios.docket_read import read_docket

if TYPE_CHECKING:
    from duecourse.scenarios import Scenario


def opened(
    name: str, years: float | None, start: str | None, docket: Path | None, columns: str | None
) -> Scenario:
    """Return a scenario, for so many years, from a day on, with the open cases of a docket.

    Raises:
        InvalidInput: the scenario, an option or the docket cannot be used.
    """
    scenario = load_scenario(name)
    if columns is not None and docket is None:
        raise InvalidInput("--columns says how a docket is read; give --docket PATH")
    if docket is not None and not docket.exists():
        raise InvalidInput(f"cannot read {docket}: there is no such file or folder")
    if start is not None:
        scenario = scenario.starting(_day(start))
    if docket is not None:
        told = None if columns is None else parse_columns(columns, DOCKET_ROLES)
        scenario = scenario.beginning_with(read_docket(docket, scenario, told))
    return scenario if years is None else scenario.lasting(years)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f'"{text[:40]}" is no day; write it as 2022-07-01') from None
