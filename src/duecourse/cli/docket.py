"""A scenario as the options of a verb have it: another first day, another length, the open cases it begins with."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput
from duecourse.model.columns import parse_columns
from duecourse.model.library import project_root
from duecourse.scenarios import load_scenario
from duecourse.scenarios.docket_file import DOCKET_ROLES
from duecourse.scenarios.docket_read import read_docket
from duecourse.shipped import shipped

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
    if start is not None:
        scenario = scenario.starting(_day(start))
    if docket is not None:
        told = None if columns is None else parse_columns(columns, DOCKET_ROLES)
        scenario = scenario.beginning_with(read_docket(_place(docket), scenario, told))
    return scenario if years is None else scenario.lasting(years)


def _place(docket: Path) -> Path:
    """Return where a docket is: at its path, or among the dockets of the project or of those shipped, by name."""
    if docket.exists():
        return docket
    for root in dict.fromkeys((project_root(), shipped())):
        named = Path(str(root)) / "scenarios" / "dockets" / f"{docket}.csv"
        if docket.name == str(docket) and named.exists():
            return named
    raise InvalidInput(f"cannot read {docket}: there is no such file or folder")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f'"{text[:40]}" is no day; write it as 2022-07-01') from None
