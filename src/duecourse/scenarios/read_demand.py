"""From the tables `class` and `arrivals` of a scenario file to values."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput, Problem, nearest
from duecourse.model.procedure import Label
from duecourse.scenarios.demand import Arrivals, CaseClass, Change
from duecourse.scenarios.values import OTHERWISE, spread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duecourse.model.layers import Entry
    from duecourse.scenarios import schema
    from duecourse.scenarios.law import Law
    from duecourse.scenarios.tables import Tables

RESERVED = {OTHERWISE, "law"}
MOST_CASES = 1_000_000
"""Of one stream in one year, at most."""

WORKING_DAYS = 250.0
"""Of a year, about; where gaps are given, only to say how many cases a year they come to."""


def case_class(tables: Tables, shape: schema.ClassShape, entry: Entry) -> CaseClass:
    """Return a class of cases."""
    values = tables.values
    if shape.id in RESERVED:
        values.wrong(entry, "reserved", f'"{shape.id}" cannot name a class', ("id",))
    values.names("actor", [shape.party], tables.procedure.actor, entry, "party")
    for name in shape.facts:
        values.names("fact", [name], tables.procedure.fact, entry, "facts", name)
    begins = tables.steps(shape.begins, entry, "begins")
    for name, shares in shape.attributes.items():
        _attribute(tables, name, shares, entry)
    label = Label(shape.label.en, shape.label.zh)
    return CaseClass(shape.id, label, shape.party, begins, shape.facts, shape.attributes)


def _attribute(tables: Tables, name: str, shares: Mapping[str, float], entry: Entry) -> None:
    values = tables.values
    where = ("attributes", name)
    for value in shares:
        if (
            value in RESERVED
            or value in values.classes
            or not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", value)
        ):
            rule = "small letters, digits and _, and no class"
            values.wrong(
                entry, "form", f'"{value[:40]}" cannot be a value: {rule}', (*where, value)
            )
        other = next((each for each in _attributes_with(tables, value) if each != name), None)
        if other is not None:
            rule = f'also a value of "{other}"; a value tells which attribute is meant'
            values.wrong(entry, "duplicate", f'"{value}" is {rule}', (*where, value))
    if shares:
        spread(values, shares, "the shares", entry, *where)


def _attributes_with(tables: Tables, value: str) -> list[str]:
    """Return the attributes, of any class, that have a value."""
    found = []
    for entry in tables.entries["class"]:
        written = entry.data.get("attributes")
        if isinstance(written, dict):
            found += [
                name for name, each in written.items() if isinstance(each, dict) and value in each
            ]
    return found


def arrivals(tables: Tables, shape: schema.ArrivalsShape, entry: Entry) -> Arrivals:
    """Return a stream of cases."""
    tables.sourced(shape, entry, f"arrivals {shape.id}")
    _one_way(tables, shape, entry)
    if shape.replay is not None:
        return _replayed(tables, shape, shape.replay, entry)
    shares = dict(shape.shares or {})
    for name in shares:
        tables.values.names("class", [name], tables.values.classes, entry, "shares", name)
    if shares:
        spread(tables.values, shares, "the shares", entry, "shares")
    gaps = None if shape.gaps is None else _gaps(tables, shape.gaps, entry)
    rate = shape.per_year or 0.0
    found = Arrivals(
        id=shape.id,
        per_year=rate if gaps is None else WORKING_DAYS / gaps.mean if gaps.mean else 0.0,
        shares=shares,
        gaps=gaps,
        months=_weights(tables, shape.months, 12, entry, "months"),
        weekdays=_weights(tables, shape.weekdays, 7, entry, "weekdays"),
        changes=tuple(_change(tables, each, entry, n) for n, each in enumerate(shape.changes)),
    )
    return _refuse_floods(tables, found, entry)


def _one_way(tables: Tables, shape: schema.ArrivalsShape, entry: Entry) -> None:
    """Note it if a stream says in no way, or in several, when its cases come."""
    ways = [key for key in ("per_year", "gaps", "replay") if getattr(shape, key) is not None]
    wrong = tables.values.wrong
    if not ways:
        rule = 'say when cases come: "per_year" (Poisson), "gaps" (a distribution) or "replay" (a CSV file)'
        wrong(entry, "missing", rule, ("id",))
    elif len(ways) > 1:
        rule = f"cases come in one way: {' or '.join(ways)}"
        wrong(entry, "shape", rule, (ways[1],))
    if shape.replay is None and shape.shares is None:
        wrong(
            entry, "missing", '"shares" is missing; say how the cases divide into classes', ("id",)
        )
    for key in ("shares", "months", "weekdays", "changes") if shape.replay is not None else ():
        if getattr(shape, key):
            wrong(
                entry, "shape", f'"{key}" says nothing where dates are replayed; remove it', (key,)
            )


def _refuse_floods(tables: Tables, found: Arrivals, entry: Entry) -> Arrivals:
    """Note a stream of more cases than anybody can simulate, at its peak; return it."""
    peak = found.per_year * math.prod(max(each.times, 1.0) for each in found.changes)
    if peak > MOST_CASES:
        key = "changes" if found.per_year <= MOST_CASES else "gaps"
        rule = f"{peak:g} cases a year, more than the {MOST_CASES:,.0f} that are simulated"
        tables.values.wrong(entry, "range", rule, (key,))
    return found


def _gaps(tables: Tables, written: object, entry: Entry) -> Law:
    found = tables.values.single_law(written, entry, "gaps")
    if found.mean <= 0:
        tables.values.wrong(
            entry, "range", "gaps of 0 days would bring cases without end", ("gaps",)
        )
    return found


def _weights(
    tables: Tables, weights: list[float], count: int, entry: Entry, key: str
) -> tuple[float, ...]:
    if weights and (
        len(weights) not in {count, 5 if key == "weekdays" else count} or not any(weights)
    ):
        first = "January" if key == "months" else "Monday"
        rule = f"write {count} weights, {first} first" + (
            ", or 5 for Monday to Friday" if key == "weekdays" else ""
        )
        tables.values.wrong(
            entry, "shape", f"{len(weights)} weights; {rule}, not all of them 0", (key,)
        )
        return ()
    if len(weights) == count or not weights:
        return tuple(weights)
    # a weekend day that is worked in place of another is an average one
    return (*weights, *[math.fsum(weights) / len(weights)] * (count - len(weights)))


def _change(tables: Tables, shape: schema.ChangeShape, entry: Entry, index: int) -> Change:
    where = ("changes", index)
    classes = tuple(shape.classes)
    tables.values.names("class", classes, tables.values.classes, entry, *where, "classes")
    if classes and "per_year" not in entry.data:
        rule = 'only a stream with "per_year" can change for single classes'
        tables.values.wrong(entry, "shape", rule, (*where, "classes"))
    if shape.from_ is not None and shape.until is not None and shape.until < shape.from_:
        rule = f"{shape.until} is before {shape.from_}"
        tables.values.wrong(entry, "range", rule, (*where, "until"))
    return Change(shape.from_, shape.until, shape.times, classes)


def _replayed(
    tables: Tables, shape: schema.ArrivalsShape, replay: schema.ReplayShape, entry: Entry
) -> Arrivals:
    values = tables.values
    try:
        files = values.beside(entry, "replay", "file")
        rows = files.cases(replay.file, replay.date, replay.class_)
    except InvalidInput as error:
        values.unreadable(error, entry, ("replay", "file"))
        return Arrivals(shape.id, 0.0, {})
    for line, _, name in rows:
        if name not in values.classes:
            hint = nearest(name, values.classes)
            problem = Problem(replay.file, line, 1, "unknown-name", f'no class "{name[:80]}"{hint}')
            values.problems.append(problem)
    inside = [(day, name) for _, day, name in rows if tables.in_run(day)]
    if not inside:
        rule = f"no date lies in the run, which begins on {tables.head.start}"
        values.wrong(entry, "range", f"{replay.file}: {rule}", ("replay", "file"))
        return Arrivals(shape.id, 0.0, {})
    shares = {name: sum(n == name for _, n in inside) / len(inside) for name in values.classes}
    rate = len(inside) / tables.head.years
    return Arrivals(shape.id, rate, shares, replayed=tuple((day, name) for _, day, name in rows))
