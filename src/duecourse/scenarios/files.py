"""Where scenario files are: by id in a project's folder, by path, or beside another file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput, nearest
from duecourse.model.library import project_root
from duecourse.model.source import load
from duecourse.shipped import shipped

if TYPE_CHECKING:
    from duecourse.model.library import Folder
    from duecourse.model.source import Source


def scenario_files(root: Folder | None = None, folder: str = "scenarios") -> dict[str, Folder]:
    """Return the files of a project and, below them, of the shipped one, by name without `.toml`."""
    return {name: home / f"{name}.toml" for name, home in _homes(root, folder).items()}


def find_file(
    name: str, root: Folder | None = None, folder: str = "scenarios"
) -> tuple[Source, Folder]:
    """Return the source of a file of a project's folder, by id or by path, and the folder it is in.

    Raises:
        InvalidInput: there is none.
    """
    if name.endswith(".toml") or "/" in name or "\\" in name:
        return load(Path(name), name), Path(name).parent
    homes = _homes(root, folder)
    if name not in homes:
        one = folder.removesuffix("s")
        raise InvalidInput(f'no {one} "{name[:80]}"{nearest(name, homes)}')
    return load(homes[name] / f"{name}.toml", f"{folder}/{name}.toml"), homes[name]


def find_beside(name: str, home: Folder, root: Folder | None = None) -> tuple[Source, Folder]:
    """Return the source of a scenario by its id, from the same folder if it is there, and its folder."""
    path = home / f"{name}.toml"
    if path.is_file():
        return load(path, f"{name}.toml"), home
    return find_file(name, root)


def _homes(root: Folder | None, folder: str) -> dict[str, Folder]:
    found: dict[str, Folder] = {}
    for project in dict.fromkeys((root or project_root(), shipped())):
        home = project / folder
        names = sorted(each.name for each in home.iterdir()) if home.is_dir() else []
        for name in names:
            if name.endswith(".toml"):
                found.setdefault(name.removesuffix(".toml"), home)
    return found
