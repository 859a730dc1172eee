"""Finding and loading scenarios: by id in a project's `scenarios/` folder, or by path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.scenarios.files import find_file
from duecourse.scenarios.read import read_scenario

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duecourse.model.library import Folder
    from duecourse.model.source import Source
    from duecourse.scenarios.scenario import Scenario


def open_file(name: str, root: Folder | None = None, folder: str = "scenarios") -> Source:
    """Return the source of a file of a project's folder, by id or by path.

    Raises:
        InvalidInput: there is none.
    """
    return find_file(name, root, folder)[0]


def load_scenario(
    name: str,
    *,
    readings: Mapping[str, str] | None = None,
    amendments: Sequence[str] = (),
    root: Folder | None = None,
) -> Scenario:
    """Return a scenario.

    Args:
        name: the id of a scenario (the name of its file), or the path of a file.
        readings: options that replace those of the file.
        amendments: ids or paths, applied after those of the file.
        root: the project to look in; by default the one in the current folder, else the shipped one.

    Raises:
        InvalidInput: with every problem found, each at its place.
    """
    source, home = find_file(name, root)
    return read_scenario(source, home=home, readings=readings, amendments=amendments, root=root)
