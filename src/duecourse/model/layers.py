"""Files as layers: a procedure and the amendments upon it, merged before anything is interpreted.

An amendment is a list of operations on named elements (`add`, `replace`, `remove`) and defaults of readings
(`set.reading`); it never repeats what it leaves alone. Every key keeps the place of the file it came from.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from duecourse.errors import InvalidInput, Problem, nearest
from duecourse.model.schema import SHAPES, AmendmentShape
from duecourse.model.shapes import shaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.model.procedure import Place
    from duecourse.model.source import Path, Source

MAX_ELEMENTS = 5_000


@dataclass(frozen=True)
class Entry:
    """One table of a file: its values, and for each key the file and path it came from."""

    data: dict[str, Any]
    source: Source
    path: Path
    keys: dict[str, tuple[Source, Path]] = field(default_factory=dict)

    def origin(self, path: Path) -> tuple[Source, Path]:
        """Return the source of a value in this table, and its path there."""
        if path and path[0] in self.keys:
            source, prefix = self.keys[str(path[0])]
            return source, prefix + path[1:]
        return self.source, self.path + path

    def place(self, *path: str | int) -> Place:
        """Return the place of a value in this table."""
        source, full = self.origin(path)
        return source.place(full)

    def problem(self, code: str, message: str, *path: str | int) -> Problem:
        """Return a problem at the place of a value in this table."""
        source, full = self.origin(path)
        return source.problem(full, code, message)

    def amended(self, change: Entry) -> Entry:
        """Return this entry with the keys of `change` in place of its own."""
        keys = {key: (change.source, (*change.path, key)) for key in change.data}
        return replace(self, data={**self.data, **change.data}, keys={**self.keys, **keys})


@dataclass(frozen=True)
class Layers:
    """The merged tables of a procedure: its head and its elements by kind, not yet interpreted."""

    head: Entry
    entries: dict[str, list[Entry]]
    amended_by: tuple[str, ...] = ()


def base_layer(source: Source) -> Layers:
    """Return the tables of a procedure file.

    Raises:
        InvalidInput: for tables that a procedure file does not have, with all of them.
    """
    problems = [
        source.problem(
            (key,), "unknown-table", f'unknown table "{key}"{nearest(key, {*SHAPES, "procedure"})}'
        )
        for key in source.data
        if key not in SHAPES and key != "procedure"
    ]
    head = source.data.get("procedure")
    if not isinstance(head, dict):
        problems.append(
            source.problem((), "missing", "no [procedure] table; a procedure file begins with one")
        )
        raise InvalidInput(problems)
    entries = {kind: list(_entries(source, (kind,), problems)) for kind in SHAPES}
    if sum(map(len, entries.values())) > MAX_ELEMENTS:
        problems.append(
            source.problem((), "too-large", f"more than {MAX_ELEMENTS} elements in one procedure")
        )
    if problems:
        raise InvalidInput(problems)
    return Layers(Entry(head, source, ("procedure",)), entries)


def amend(layers: Layers, source: Source) -> Layers:
    """Return the tables with an amendment applied.

    Raises:
        InvalidInput: an operation names what is not there, or adds what is.
    """
    problems: list[Problem] = []
    head = amendment_head(source)
    entries = {kind: list(found) for kind, found in layers.entries.items()}
    for operation in ("add", "replace", "remove", "set"):
        tables = source.data.get(operation, {})
        if not isinstance(tables, dict):
            problems.append(
                source.problem(
                    (operation,), "shape", f"write [[{operation}.step]] or another kind of element"
                )
            )
            continue
        for kind in tables:
            if kind not in SHAPES or (operation == "set" and kind != "reading"):
                problems.append(
                    source.problem(
                        (operation, kind),
                        "unknown-table",
                        f'no elements of kind "{kind}"{nearest(kind, SHAPES)}',
                    )
                )
                continue
            for change in _entries(source, (operation, kind), problems):
                _apply(operation, kind, change, entries[kind], problems)
    known = {"amendment", "add", "replace", "remove", "set"}
    problems.extend(
        source.problem((key,), "unknown-table", f'unknown table "{key}"{nearest(key, known)}')
        for key in source.data
        if key not in known
    )
    if problems:
        raise InvalidInput(problems)
    return Layers(layers.head, entries, (*layers.amended_by, head.id))


def amendment_head(source: Source) -> AmendmentShape:
    """Return the head of an amendment file.

    Raises:
        InvalidInput: there is none, or it is not of the right shape.
    """
    head = source.data.get("amendment")
    if not isinstance(head, dict):
        raise InvalidInput(
            [
                source.problem(
                    (),
                    "missing",
                    "neither a [procedure] nor an [amendment] table; one of them says what the file is",
                )
            ]
        )
    problems: list[Problem] = []
    shape = shaped(AmendmentShape, Entry(head, source, ("amendment",)), problems)
    if shape is None:
        raise InvalidInput(problems)
    return shape


def _entries(source: Source, path: Path, problems: list[Problem]) -> Iterator[Entry]:
    tables: Any = source.data
    for key in path:
        tables = tables.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        problems.append(
            source.problem(
                path,
                "shape",
                f"must be written as [[{'.'.join(map(str, path))}]], once per element",
            )
        )
        return
    for index, table in enumerate(tables):
        yield Entry(table, source, (*path, index))


def _apply(
    operation: str, kind: str, change: Entry, entries: list[Entry], problems: list[Problem]
) -> None:
    name = change.data.get("id")
    index = (
        next((i for i, entry in enumerate(entries) if entry.data.get("id") == name), None)
        if name is not None
        else None
    )
    if operation == "add":
        if index is not None:
            problems.append(
                change.problem(
                    "duplicate",
                    f'the {kind} "{name}" is already there; use [[replace.{kind}]]',
                    "id",
                )
            )
        else:
            entries.append(change)
        return
    if index is None or not isinstance(name, str):
        known = [str(entry.data.get("id")) for entry in entries]
        problems.append(
            change.problem(
                "unknown-name",
                f'no {kind} "{name}" to {operation}{nearest(str(name), known)}',
                "id",
            )
        )
    elif operation == "remove":
        del entries[index]
    else:
        entries[index] = entries[index].amended(change)
