"""Scenario files as layers: one that extends another adds, replaces and removes tables by their names.

Everything is merged before it is interpreted, and every key keeps the place of the file it came from.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from duecourse.errors import InvalidInput, nearest
from duecourse.model.layers import Entry
from duecourse.scenarios import schema
from duecourse.scenarios.files import find_beside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.errors import Problem
    from duecourse.model.library import Folder
    from duecourse.model.source import Source

DEEPEST = 5
"""How many scenarios one may rest on."""

NAMES: dict[str, tuple[str, ...]] = {"reply": ("panel", "actor"), "activity": ("stage", "id")}
"""The keys that tell one table from others of its kind, where that is not `id`."""

KINDS = (*schema.SHAPES, "activity")
OPERATIONS = ("remove", "replace", "add")


@dataclass
class Layers:
    """The merged tables of a scenario file, not yet interpreted.

    Attributes:
        head: the table `[scenario]`.
        entries: the tables of each kind, in order.
        activities: what is done in each stage, in order.
        homes: the folder of each file.
        sources: the files, the one that was asked for first.
    """

    head: Entry
    entries: dict[str, list[Entry]]
    activities: dict[str, list[Entry]] = field(default_factory=dict)
    homes: dict[str, Folder] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)


def read_layers(
    source: Source, home: Folder, root: Folder | None, problems: list[Problem]
) -> Layers:
    """Return the tables of a scenario file, laid over those of the file that it extends.

    Raises:
        InvalidInput: it has no head, or extends what cannot be found.
    """
    return _layers(source, home, root, problems, ())


def _layers(
    source: Source,
    home: Folder,
    root: Folder | None,
    problems: list[Problem],
    above: tuple[str, ...],
) -> Layers:
    data = source.data.get("scenario")
    extends = isinstance(data, dict) and "extends" in data
    _refuse_tables(source, problems, extends=extends)
    if not isinstance(data, dict):
        message = "no [scenario] table; a scenario file begins with one"
        raise InvalidInput([*problems, source.problem((), "missing", message)])
    head = Entry(data, source, ("scenario",))
    if not extends:
        layers = Layers(head, {kind: _tables(source, (kind,), problems) for kind in schema.SHAPES})
        for stage in layers.entries["stage"]:
            layers.activities[str(stage.data.get("id"))] = _activities(stage)
    else:
        below, folder = _parent(head, home, root, problems, above)
        layers = _layers(below, folder, root, problems, (*above, str(data["extends"])))
        layers.head = _laid_over(layers.head, head, problems)
        for operation in OPERATIONS:
            for kind, change in _changes(source, operation, problems):
                _apply(layers, operation, kind, change, problems)
    layers.homes[source.file] = home
    layers.sources.insert(0, source)
    return layers


def _parent(
    head: Entry,
    home: Folder,
    root: Folder | None,
    problems: list[Problem],
    above: tuple[str, ...],
) -> tuple[Source, Folder]:
    try:
        return _found(head, home, root, above)
    except InvalidInput as error:
        if error.problems:
            raise
        at = head.problem("extends", str(error), "extends")
        raise InvalidInput(sorted([*problems, at])) from None


def _found(
    head: Entry, home: Folder, root: Folder | None, above: tuple[str, ...]
) -> tuple[Source, Folder]:
    name = head.data["extends"]
    if not isinstance(name, str):
        raise InvalidInput("write the id of a scenario")
    if name in {*above, head.data.get("id")}:
        raise InvalidInput(f'"{name}" would extend itself')
    if len(above) == DEEPEST:
        raise InvalidInput(f"more than {DEEPEST} scenarios rest on each other")
    return find_beside(name, home, root)


def _laid_over(below: Entry, head: Entry, problems: list[Problem]) -> Entry:
    for key in ("id", "label"):
        if key not in head.data:
            rule = "a scenario has its own, also where it extends another"
            problems.append(head.problem("missing", f'"{key}" is missing; {rule}'))
    data = {key: value for key, value in head.data.items() if key != "extends"}
    merged = below.amended(replace(head, data=data))
    both = below.data.get("readings"), data.get("readings")
    if all(isinstance(each, dict) for each in both):
        merged.data["readings"] = {**both[0], **both[1]}  # type: ignore[dict-item]  # both are tables
    return merged


# --- one operation ----------------------------------------------------------------------------------


def _apply(
    layers: Layers, operation: str, kind: str, change: Entry, problems: list[Problem]
) -> None:
    keys = NAMES.get(kind, ("id",))
    missing = [key for key in keys if key not in change.data]
    if missing:
        message = f'"{missing[0]}" is missing; say which {kind} to {operation}'
        problems.append(change.problem("missing", message))
        return
    name = tuple(str(change.data[key]) for key in keys)
    entries = _list(layers, kind, change, problems)
    if entries is None:
        return
    if kind == "activity":
        name = name[1:]
        change = replace(change, data={k: v for k, v in change.data.items() if k != "stage"})
    known = {
        tuple(str(entry.data.get(key)) for key in keys[-len(name) :]): entry for entry in entries
    }
    found = known.get(name)
    if operation == "add":
        _add(layers, kind, change, entries, problems, exists=found is not None)
    elif found is None:
        hint = nearest(name[-1], [each[-1] for each in known])
        message = f'no {kind} "{" ".join(name)[:80]}" to {operation}{hint}'
        problems.append(change.problem("unknown-name", message, keys[-1]))
    elif operation == "remove":
        entries.remove(found)
    else:
        entries[entries.index(found)] = found.amended(change)
        if kind == "stage" and "activity" in change.data:
            layers.activities[name[0]] = _activities(change)


def _list(layers: Layers, kind: str, change: Entry, problems: list[Problem]) -> list[Entry] | None:
    """Return the tables among which a change looks for its own; None where an activity names no stage."""
    if kind != "activity":
        return layers.entries[kind]
    stage = str(change.data["stage"])
    known = {str(entry.data.get("id")) for entry in layers.entries["stage"]}
    if stage not in known:
        message = f'no [[stage]] "{stage[:80]}"{nearest(stage, known)}'
        problems.append(change.problem("unknown-name", message, "stage"))
        return None
    return layers.activities.setdefault(stage, [])


def _add(  # noqa: PLR0913  (what is added, and to what)
    layers: Layers,
    kind: str,
    change: Entry,
    entries: list[Entry],
    problems: list[Problem],
    *,
    exists: bool,
) -> None:
    if exists:
        key = NAMES.get(kind, ("id",))[-1]
        message = (
            f'the {kind} "{str(change.data[key])[:80]}" is already there; use [[replace.{kind}]]'
        )
        problems.append(change.problem("duplicate", message, key))
        return
    place = len(entries)
    if kind == "activity" and "before" in change.data:
        ids = [entry.data.get("id") for entry in entries]
        before = change.data["before"]
        if before in ids:
            place = ids.index(before)
        else:
            message = f'no activity "{str(before)[:80]}" in this stage{nearest(str(before), map(str, ids))}'
            problems.append(change.problem("unknown-name", message, "before"))
        change = replace(change, data={k: v for k, v in change.data.items() if k != "before"})
    entries.insert(place, change)
    if kind == "stage":
        layers.activities[str(change.data["id"])] = _activities(change)


def _changes(
    source: Source, operation: str, problems: list[Problem]
) -> Iterator[tuple[str, Entry]]:
    tables = source.data.get(operation, {})
    if not isinstance(tables, dict):
        message = f"write [[{operation}.pool]] or another kind of table"
        problems.append(source.problem((operation,), "shape", message))
        return
    for kind in tables:
        if kind in KINDS:
            for change in _tables(source, (operation, kind), problems):
                yield kind, change
        else:
            message = f'no tables of kind "{kind[:80]}" to {operation}{nearest(kind, KINDS)}'
            problems.append(source.problem((operation, kind), "unknown-table", message))


# --- tables -----------------------------------------------------------------------------------------


def _refuse_tables(source: Source, problems: list[Problem], *, extends: bool) -> None:
    known = {"scenario", *(OPERATIONS if extends else schema.SHAPES)}
    for key in source.data:
        if key in known:
            continue
        if extends and key in schema.SHAPES:
            rule = f"the scenario extends another: write [[add.{key}]] or [[replace.{key}]]"
            problems.append(source.problem((key,), "unknown-table", rule))
        else:
            message = f'unknown table "{key[:80]}"{nearest(key, known)}'
            problems.append(source.problem((key,), "unknown-table", message))


def _tables(source: Source, path: tuple[str, ...], problems: list[Problem]) -> list[Entry]:
    tables: Any = source.data
    for key in path:
        tables = tables.get(key, [])
    if isinstance(tables, list) and all(isinstance(each, dict) for each in tables):
        return [Entry(table, source, (*path, index)) for index, table in enumerate(tables)]
    message = f"must be written as [[{'.'.join(path)}]], once per element"
    problems.append(source.problem(path, "shape", message))
    return []


def _activities(stage: Entry) -> list[Entry]:
    """Return the activities of a stage, as far as they are tables; the shape of the stage tells of others."""
    tables = stage.data.get("activity", [])
    if not isinstance(tables, list):
        return []
    path = (*stage.path, "activity")
    return [
        Entry(table, stage.source, (*path, index))
        for index, table in enumerate(tables)
        if isinstance(table, dict)
    ]
