"""Other numbers in a scenario file, by path: what an experiment varies.

A path goes the way of the file, with the id of an entry in place of its number: `pool.desk.size`,
`arrivals.filings.per_year`, `stage.screening.activity.first_look.effort.mean`, and by panel and actor
`reply.opinions.members.silence`. The file is read again with the other values, so that a change gets the same checks
as the file itself.
"""

from __future__ import annotations

import math
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from duecourse.errors import InvalidInput, nearest
from duecourse.scenarios.extend import read_layers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from duecourse.errors import Problem
    from duecourse.model.library import Folder
    from duecourse.model.source import Source

Place = tuple[str | int, ...]

HEAD = "scenario"
SHARED = ("shares", "choose")
"""Tables of shares that add up to 1: where one is changed, the others keep their proportions."""


def flat(source: Source, home: Folder, root: Folder | None = None) -> Source:
    """Return a file with all that it takes over from the one that it extends, so that this can be changed too.

    Raises:
        InvalidInput: it cannot be read as a scenario.
    """
    head = source.data.get(HEAD)
    if not isinstance(head, dict) or "extends" not in head:
        return source
    problems: list[Problem] = []
    layers = read_layers(source, home, root, problems)
    if problems:
        raise InvalidInput(sorted(set(problems)))
    own = {key: value for key, value in layers.head.data.items() if key != "extends"}
    data: dict[str, Any] = {HEAD: own}
    for kind, entries in layers.entries.items():
        if entries:
            data[kind] = [dict(each.data) for each in entries]
    for stage in data.get("stage", ()):
        activities = layers.activities.get(str(stage.get("id")), [])
        stage["activity"] = [
            {key: value for key, value in each.data.items() if key != "stage"}
            for each in activities
        ]
    return replace(source, data=data)


def numbers(source: Source) -> dict[str, float]:
    """Return every number of a scenario file by its path, in the order of the file; its head is left out."""
    return {path: value for path, _, value in _numbers(source.data)}


def changed(source: Source, values: Mapping[str, float]) -> Source:
    """Return a file with other numbers.

    Raises:
        InvalidInput: a path leads to no number.
    """
    places = {path: place for path, place, _ in _numbers(source.data)}
    data = deepcopy(source.data)
    for path, value in values.items():
        if path not in places:
            raise InvalidInput(f'{source.file} has no number "{path[:80]}"{nearest(path, places)}')
        _put(data, places[path], value)
    return replace(source, data=data)


def moved(path: str, value: float, by: float) -> float:
    """Return a number changed by a share of it: whole ones by at least 1 and to no less than 1, probabilities within 1."""
    if isinstance(value, int):
        step = max(round(abs(value * by)), 1)
        return max(value + (step if by > 0 else -step), min(value, 1))
    found = value * (1 + by)
    return min(found, 1.0) if _is_probability(path) else found


def _is_probability(path: str) -> bool:
    parts = path.split(".")
    named = {"probability", "silence", "share", "correlation", "objection", *SHARED}
    return not named.isdisjoint(parts[2:])


def _numbers(data: Mapping[str, Any]) -> Iterator[tuple[str, Place, float]]:
    for kind, entries in data.items():
        if kind != HEAD and isinstance(entries, list):
            yield from _inside(entries, kind, (kind,))


def _inside(value: object, path: str, place: Place) -> Iterator[tuple[str, Place, float]]:
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield path, place, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _inside(each, f"{path}.{key}", (*place, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            if isinstance(each, dict):
                yield from _inside(each, f"{path}.{_name(each, index)}", (*place, index))


def _name(entry: Mapping[str, Any], index: int) -> str:
    """Return what a path calls an entry of a list."""
    if isinstance(entry.get("id"), str):
        return str(entry["id"])
    if "panel" in entry and "actor" in entry:
        return f"{entry['panel']}.{entry['actor']}"
    return str(index)


def _put(data: dict[str, Any], place: Place, value: float) -> None:
    table: Any = data
    for part in place[:-1]:
        table = table[part]
    if not set(SHARED).isdisjoint(place) and isinstance(table, dict):
        _rescale(table, str(place[-1]), value)
    table[place[-1]] = value


def _rescale(table: dict[str, Any], key: str, value: float) -> None:
    """Let the other shares keep their proportions, and all add up to 1."""
    others = [name for name in table if name != key]
    rest = math.fsum(table[name] for name in others)
    for name in others:
        table[name] = table[name] / rest * (1 - value) if rest else (1 - value) / len(others)
