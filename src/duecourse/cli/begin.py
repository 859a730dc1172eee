"""`new`: the beginning of an amendment or a project, from templates that are checked like everything else."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from duecourse.cli.files import one_of, write
from duecourse.errors import InvalidInput
from duecourse.model.library import catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

PROJECT = {
    "README.md": "README.md",
    "procedure.toml": "model/@ID@.toml",
    "properties.toml": "properties/@ID@.toml",
}
"""The templates of a project, and where each goes in its folder."""


def begun(name: str, *, of: str, project: bool) -> str:
    """Write the files of a new amendment or project, and return what to do next.

    Raises:
        InvalidInput: the name cannot be an id, what it amends is unknown, or something is already there.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", name):
        raise InvalidInput(
            f'"{name}" cannot be an id; use small letters, digits and -, such as my-change'
        )
    return _project(name) if project else _amendment(name, of)


def _amendment(name: str, of: str) -> str:
    known = catalogue()
    one_of("procedure or amendment", of, known)
    if name in known:
        raise InvalidInput(
            f'there is already {_article(known[name].kind)} "{name}"; choose another id'
        )
    folder = Path("model/amendments") if Path("model").is_dir() else Path()
    file = folder / f"{name}.toml"
    _put(file, _template("amendment.toml", {"ID": name, "OF": of, "FILE": file.as_posix()}))
    return f"wrote {file}; edit it, then: duecourse check {file}"


def _project(name: str) -> str:
    root = Path(name)
    if root.exists():
        raise InvalidInput(f'"{name}" is already there; choose another name or remove it')
    for template, place in PROJECT.items():
        _put(root / place.replace("@ID@", name), _template(template, {"ID": name}))
    for folder in ("scenarios", "simulations"):
        (root / folder).mkdir(parents=True)
    return f"wrote {name}/; next: cd {name} && duecourse check {name}"


def _template(name: str, values: Mapping[str, str]) -> str:
    text = files("duecourse").joinpath("cli", "templates", name).read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text


def _put(file: Path, text: str) -> None:
    if file.exists():
        raise InvalidInput(f"{file} is already there; it is left as it is")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput(f"cannot make {file.parent}: {error.strerror or error}") from None
    write(file, text)


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
