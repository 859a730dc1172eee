"""Finding and loading procedures: by id in a project's `model/` folder, or by path.

A project is a folder with TOML files in `model/`, `properties/`, `scenarios/` or `simulations/`; the shipped one is the
default.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput, nearest
from duecourse.model.layers import amend, amendment_head, base_layer
from duecourse.model.read import interpret
from duecourse.model.source import Source
from duecourse.model.source import load as load_source
from duecourse.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.resources.abc import Traversable

    from duecourse.model.layers import Layers
    from duecourse.model.procedure import Procedure
    from duecourse.model.schema import AmendmentShape

    Folder = Path | Traversable


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the library: an id, what it is, its label, and for an amendment what it amends."""

    id: str
    kind: str
    file: Folder
    of: str = ""
    label: str = ""


MAX_LAYERS = 20

_FOLDERS = ("model", "model/amendments", "model/cases", "properties", "scenarios", "simulations")
"""A TOML file in one of these makes a folder a project."""


def project_root() -> Folder:
    """Return the project in the current folder if there is one, else the shipped one."""
    here = _here()
    if here is None or not any(_tomls(here / folder) for folder in _FOLDERS):
        return shipped()
    return here


def _here() -> Path | None:
    """Return the current folder; None where it has been removed."""
    try:
        return Path.cwd()
    except OSError:
        return None


def catalogue(root: Folder | None = None) -> dict[str, Entry]:
    """Return the procedures and amendments of a project and, below them, of the shipped one, by id."""
    found: dict[str, Entry] = {}
    for folder in dict.fromkeys((root or project_root(), shipped())):
        for part, kind in (("model", "procedure"), ("model/amendments", "amendment")):
            for file in _tomls(folder.joinpath(*part.split("/"))):
                head = _peek(file)
                if head and head[0] not in found:
                    found[head[0]] = Entry(head[0], kind, file, head[1], head[2])
    return found


def case_files(root: Folder | None = None) -> dict[str, Folder]:
    """Return the case files of a project and, below them, of the shipped one, by the name of the file."""
    found: dict[str, Folder] = {}
    for folder in dict.fromkeys((root or project_root(), shipped())):
        for file in _tomls(folder.joinpath("model", "cases")):
            found.setdefault(file.name.removesuffix(".toml"), file)
    return found


def own_procedures(root: Folder | None = None) -> tuple[str, ...]:
    """Return the ids of the procedures in a project itself, without the shipped ones below it."""
    return _heads(root or project_root(), "model")


def own_texts(root: Folder | None = None) -> tuple[str, ...]:
    """Return the ids of what is checked of a project: its procedures, else its amendments, else the shipped procedures."""
    folder = root or project_root()
    return (
        own_procedures(folder) or _heads(folder, "model", "amendments") or own_procedures(shipped())
    )


def _heads(root: Folder, *folder: str) -> tuple[str, ...]:
    heads = (_peek(file) for file in _tomls(root.joinpath(*folder)))
    return tuple(head[0] for head in heads if head)


def load(name: str, amendments: Iterable[str] = (), root: Folder | None = None) -> Procedure:
    """Return a procedure.

    Args:
        name: the id of a procedure or of an amendment, several joined by `+`, or the path of a file.
        amendments: ids or paths of amendments to apply to it, in order.
        root: the project to look in; by default the one in the current folder, else the shipped one.

    Raises:
        InvalidInput: with every problem found, each at its place.
    """
    known = catalogue(root)
    first, *rest = [name] if _is_path(name) else name.split("+")
    layers = _layers(_open(first, known), known, ())
    for each in (*rest, *amendments):
        source = _open(each, known)
        if "procedure" in source.data:
            message = "this file is a whole procedure, not an amendment; name it first"
            raise InvalidInput([source.problem(("procedure",), "amendment", message)])
        _refuse_another_text(layers, amendment_head(source))
        layers = amend(layers, source)
    return _interpreted(layers)


@lru_cache(maxsize=32)
def _interpreted(layers: Layers) -> Procedure:
    """Return the procedure; the same files are interpreted once, under each name that messages give them."""
    return interpret(layers)


def _refuse_another_text(layers: Layers, head: AmendmentShape) -> None:
    """Refuse an amendment of a text that is neither the procedure nor an amendment that is already applied to it."""
    base = str(layers.head.data.get("id"))
    if head.of not in {base, *(each.id for each in layers.amendments)}:
        raise InvalidInput(
            f'"{head.id}" amends {head.of}, not {base}; '
            f"give {head.of}, or write an amendment of {base}"
        )


def _layers(source: Source, known: dict[str, Entry], above: tuple[str, ...]) -> Layers:
    """Return the tables of a file: its own, or those of what it amends with its operations applied."""
    if "procedure" in source.data:
        return base_layer(source)
    head = amendment_head(source)
    if head.id in above:
        way = " of ".join((*above[above.index(head.id) :], head.id))
        message = (
            f"amendments amend each other in a circle: {way}; one of them must amend a procedure"
        )
        raise InvalidInput([source.problem(("amendment", "of"), "cycle", message)])
    if len(above) >= MAX_LAYERS:
        message = f"more than {MAX_LAYERS} amendments upon each other; join some of them"
        raise InvalidInput([source.problem(("amendment", "of"), "too-deep", message)])
    if head.of not in known:
        message = f'no procedure or amendment "{head.of}"{nearest(head.of, known)}'
        raise InvalidInput([source.problem(("amendment", "of"), "unknown-name", message)])
    file = known[head.of].file
    below = _layers(load_source(file, _name(file)), known, (*above, head.id))
    return amend(below, source)


def _open(name: str, known: dict[str, Entry]) -> Source:
    if name in known:
        return load_source(known[name].file, _name(known[name].file))
    if _is_path(name):
        return load_source(Path(name), name)
    raise InvalidInput(
        f'no procedure or amendment "{name[:80]}"{beside(name) or nearest(name, known)}'
    )


def beside(name: str) -> str:
    """Return a hint that names the file of this name in the current folder, empty where there is none."""
    try:
        found = Path(f"{name}.toml").is_file()
    except (OSError, ValueError):
        return ""
    return f'; did you mean "{name}.toml"?' if found else ""


def _is_path(name: str) -> bool:
    return name.endswith(".toml") or "/" in name or "\\" in name


def _name(file: Folder) -> str:
    """Return the name that messages give a file: relative to the current folder where that is shorter."""
    return str(file).removeprefix(f"{_here()}/")


def _tomls(folder: Folder) -> list[Folder]:
    try:
        files = list(folder.iterdir())
    except OSError:
        return []
    return sorted(
        (each for each in files if each.name.endswith(".toml")), key=lambda each: each.name
    )


_HEAD = re.compile(
    rb'^\[(procedure|amendment)\]\s*$.*?^id\s*=\s*"([^"]+)"', re.MULTILINE | re.DOTALL
)
_OF = re.compile(rb'^of\s*=\s*"([^"]+)"', re.MULTILINE)
_LABEL = re.compile(rb'^label\s*=\s*\{\s*en\s*=\s*"([^"]+)"', re.MULTILINE)


def _peek(file: Folder) -> tuple[str, str, str] | None:
    """Return the id in a file's head, what it amends and its label, without reading the rest; None without a head."""
    try:
        if not file.is_file():  # opening a pipe that nobody writes to never returns
            return None
        with file.open("rb") as stream:
            start = stream.read(4_096)
    except OSError:
        return None
    head = _HEAD.search(start)
    if head is None:
        return None
    of = _OF.search(start) if head[1] == b"amendment" else None
    label = _LABEL.search(start)
    return head[2].decode(errors="replace"), _text(of), _text(label)


def _text(found: re.Match[bytes] | None) -> str:
    return found[1].decode(errors="replace") if found else ""
