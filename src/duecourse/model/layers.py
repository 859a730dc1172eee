"""Files as layers: a procedure and the amendments upon it, merged before anything is interpreted.

An amendment is a list of operations on named elements (`add`, `replace`, `remove`) and defaults of readings
(`set.reading`); it never repeats what it leaves alone. Every key keeps the place of the file it came from.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from duecourse.errors import InvalidInput, Problem, nearest
from duecourse.model.problems import Problems
from duecourse.model.schema import SHAPES, AmendmentShape
from duecourse.model.shapes import shaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.model.procedure import Place
    from duecourse.model.source import Path, Source

MAX_ELEMENTS = 5_000

_WORDS = frozenset({"id", "label", "cites", "actor"})
"""The keys of an element that cannot make its rule wrong."""


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

    def problem_inside(self, code: str, message: str, index: int, *path: str | int) -> Problem:
        """Return a problem at the place of a character of a string in this table, `index` counting from 0."""
        source, full = self.origin(path)
        at = source.place_inside(full, index)
        return Problem(at.file, at.line, at.column, code, message)

    def rule_place(self) -> Place:
        """Return the place of what an amendment changed of the rule, its condition first; else of the whole table."""
        changed = [key for key in ("when", *self.keys) if key in self.keys and key not in _WORDS]
        return self.place(*changed[:1])

    def amended(self, change: Entry) -> Entry:
        """Return this entry with the keys of `change` in place of its own."""
        keys = {key: (change.source, (*change.path, key)) for key in change.data}
        return replace(self, data={**self.data, **change.data}, keys={**self.keys, **keys})


@dataclass(frozen=True)
class Layers:
    """The merged tables of a procedure: its head and its elements by kind, not yet interpreted.

    Attributes:
        texts: name and text of the file and of each amendment, in order; of what is read from files all else follows
            from them, so two are equal where these are.
    """

    head: Entry = field(compare=False)
    entries: dict[str, list[Entry]] = field(compare=False)
    texts: tuple[tuple[str, str], ...]
    amendments: tuple[AmendmentShape, ...] = field(default=(), compare=False)


def base_layer(source: Source) -> Layers:
    """Return the tables of a procedure file.

    Raises:
        InvalidInput: for tables that a procedure file does not have, with all of them.
    """
    problems = Problems()
    _refuse_tables(source, {*SHAPES, "procedure"}, problems)
    head = source.data.get("procedure")
    if not isinstance(head, dict):
        message = "no [procedure] table; a procedure file begins with one"
        problems.append(source.problem(("procedure",), "missing", message))
        head = {}
    entries = {kind: _entries(source, (kind,), problems) for kind in SHAPES}
    _refuse_many(entries, source, problems)
    problems.refuse()
    return Layers(Entry(head, source, ("procedure",)), entries, ((source.file, source.text),))


def amend(layers: Layers, source: Source) -> Layers:
    """Return the tables with an amendment applied.

    Raises:
        InvalidInput: an operation names what is not there, or adds what is.
    """
    problems = Problems()
    head = amendment_head(source)
    _refuse_tables(source, {"amendment", *_OPERATIONS}, problems)
    changes = list(_changes(source, problems))
    if len(changes) > MAX_ELEMENTS:
        message = f"more than {MAX_ELEMENTS} operations in one amendment; split it"
        problems.append(source.problem((), "too-large", message))
        problems.refuse()
    merged = {kind: _Merged(kind, found) for kind, found in layers.entries.items()}
    for operation, kind, change in changes:
        merged[kind].apply(operation, change, problems)
    entries = {kind: each.entries() for kind, each in merged.items()}
    _refuse_many(entries, source, problems)
    problems.refuse()
    texts = (*layers.texts, (source.file, source.text))
    return Layers(layers.head, entries, texts, (*layers.amendments, head))


def amendment_head(source: Source) -> AmendmentShape:
    """Return the head of an amendment file.

    Raises:
        InvalidInput: there is none, or it is not of the right shape.
    """
    head = source.data.get("amendment")
    if not isinstance(head, dict):
        message = (
            "neither a [procedure] nor an [amendment] table; one of them says what the file is"
        )
        raise InvalidInput([source.problem(("amendment",), "missing", message)])
    problems = Problems()
    shape = shaped(AmendmentShape, Entry(head, source, ("amendment",)), problems)
    if shape is None:
        raise InvalidInput(sorted(problems))
    return shape


_OPERATIONS = ("add", "replace", "remove", "set")


def _changes(source: Source, problems: Problems) -> Iterator[tuple[str, str, Entry]]:
    """Yield every operation of an amendment with the kind of element and the table it is written as."""
    for operation in _OPERATIONS:
        tables = source.data.get(operation, {})
        if not isinstance(tables, dict):
            message = f"write [[{operation}.step]] or another kind of element"
            problems.append(source.problem((operation,), "shape", message))
            continue
        kinds = ["reading"] if operation == "set" else list(SHAPES)
        for kind in tables:
            if kind in kinds:
                for change in _entries(source, (operation, kind), problems):
                    yield operation, kind, change
            else:
                message = f'no elements of kind "{kind[:80]}" to {operation}{nearest(kind, kinds)}'
                problems.append(source.problem((operation, kind), "unknown-table", message))


class _Merged:
    """The elements of one kind while amendments are applied: in their order, and found by id."""

    def __init__(self, kind: str, entries: list[Entry]) -> None:
        self.kind = kind
        self.slots: list[Entry | None] = list(entries)
        self.index: dict[str, int] = {}
        for position, entry in enumerate(entries):
            self.index.setdefault(str(entry.data.get("id")), position)

    def entries(self) -> list[Entry]:
        return [entry for entry in self.slots if entry is not None]

    def apply(self, operation: str, change: Entry, problems: Problems) -> None:
        name = str(change.data.get("id"))
        position = self.index.get(name) if "id" in change.data else None
        if operation == "add":
            self.add(name, position, change, problems)
        elif "id" not in change.data:
            message = f'"id" is missing; say which {self.kind} to {operation}'
            problems.append(change.problem("missing", message))
        elif position is None:
            hint = nearest(name, [each for each in self.index if each != "None"])
            message = f'no {self.kind} "{name[:80]}" to {operation}{hint}'
            problems.append(change.problem("unknown-name", message, "id"))
        elif operation == "remove":
            del self.index[name]
            self.slots[position] = None
        else:
            found = self.slots[position]
            assert found is not None, "what is removed is not in the index"
            self.slots[position] = found.amended(change)

    def add(self, name: str, position: int | None, change: Entry, problems: Problems) -> None:
        if position is None:
            self.index[name] = len(self.slots)
            self.slots.append(change)
        else:
            message = f'the {self.kind} "{name[:80]}" is already there; use [[replace.{self.kind}]]'
            problems.append(change.problem("duplicate", message, "id"))


def _refuse_tables(source: Source, known: set[str], problems: Problems) -> None:
    for key in source.data:
        if key not in known:
            message = f'unknown table "{key[:80]}"{nearest(key, known)}'
            problems.append(source.problem((key,), "unknown-table", message))


def _refuse_many(entries: dict[str, list[Entry]], source: Source, problems: Problems) -> None:
    if sum(map(len, entries.values())) > MAX_ELEMENTS:
        message = f"more than {MAX_ELEMENTS} elements in one procedure; split it"
        problems.append(source.problem((), "too-large", message))
        problems.refuse()


def _entries(source: Source, path: Path, problems: Problems) -> list[Entry]:
    tables: Any = source.data
    for key in path:
        tables = tables.get(key, [])
    if isinstance(tables, list) and all(isinstance(table, dict) for table in tables):
        return [Entry(table, source, (*path, index)) for index, table in enumerate(tables)]
    message = f"must be written as [[{'.'.join(map(str, path))}]], once per element"
    problems.append(source.problem(path, "shape", message))
    return []
