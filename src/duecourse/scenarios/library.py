"""Finding and loading scenarios: by id in a project's `scenarios/` folder, or by path."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput, nearest
from duecourse.model.library import project_root
from duecourse.model.source import load as load_source
from duecourse.scenarios.read import read_scenario
from duecourse.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duecourse.model.library import Folder
    from duecourse.model.source import Source
    from duecourse.scenarios.scenario import Scenario


def scenario_files(root: Folder | None = None, folder: str = "scenarios") -> dict[str, Folder]:
    """Return the files of a project and, below them, of the shipped one, by name without `.toml`."""
    found: dict[str, Folder] = {}
    for home in dict.fromkeys((root or project_root(), shipped())):
        inner = home / folder
        names = sorted(each.name for each in inner.iterdir()) if inner.is_dir() else []
        for name in names:
            if name.endswith(".toml"):
                found.setdefault(name.removesuffix(".toml"), inner / name)
    return found


def open_file(name: str, root: Folder | None = None, folder: str = "scenarios") -> Source:
    """Return the source of a file of a project's folder, by id or by path.

    Raises:
        InvalidInput: there is none.
    """
    if name.endswith(".toml") or "/" in name or "\\" in name:
        return load_source(Path(name), name)
    files = scenario_files(root, folder)
    if name not in files:
        one = folder.removesuffix("s")
        raise InvalidInput(f'no {one} "{name[:80]}"{nearest(name, files)}')
    return load_source(files[name], f"{folder}/{name}.toml")


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
    source = open_file(name, root)
    return read_scenario(source, readings=readings, amendments=amendments, root=root)
