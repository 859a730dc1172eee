"""From the tables `pool` and `meeting` of a scenario file to values."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from duecourse.model.layers import Entry
from duecourse.model.procedure import Label
from duecourse.scenarios.capacity import Cost, Discipline, Group, Leave, Meeting, Pool

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duecourse.scenarios import schema
    from duecourse.scenarios.tables import Tables

OF_GROUPS = ("size", "schedule", "leave", "full_time", "skills")


def pool(tables: Tables, shape: schema.PoolShape, entry: Entry) -> Pool:
    """Return a pool of staff."""
    tables.sourced(shape, entry, f"pool {shape.id}")
    values = tables.values
    first = tuple(shape.precedence)
    values.names("class", first, values.keys, entry, "precedence")
    for index, name in enumerate(first):
        if name in first[:index]:
            rule = f'"{name}" stands there already, and comes first but once'
            values.wrong(entry, "duplicate", rule, ("precedence", index))
    weights: Mapping[str, float] = {}
    if shape.weights is not None:
        weights = values.number(shape.weights, entry, "weights")
    _refuse_contradictions(tables, shape, entry)
    cost = shape.cost
    return Pool(
        id=shape.id,
        label=Label(shape.label.en, shape.label.zh),
        groups=_groups(tables, shape, entry),
        precedence=first,
        discipline=Discipline(shape.discipline),
        weights=weights,
        preemptive=shape.preemptive,
        carries=shape.carries,
        cost=None if cost is None else Cost(cost.amount, cost.currency, cost.per),
    )


def _refuse_contradictions(tables: Tables, shape: schema.PoolShape, entry: Entry) -> None:
    wrong = tables.values.wrong
    risk = shape.discipline == "risk_first"
    if risk != (shape.weights is not None):
        rule = '"risk_first" and "weights" go together: the weight of each class or value of an attribute'
        wrong(entry, "missing", rule, ("discipline",) if risk else ("weights",))
    if risk and shape.precedence:
        rule = '"precedence" and "risk_first" both rank the classes; write one of them'
        wrong(entry, "shape", rule, ("precedence",))
    if shape.preemptive and not risk and not shape.precedence:
        rule = (
            'nothing ranks the work: add "precedence", or discipline = "risk_first" with "weights"'
        )
        wrong(entry, "missing", rule, ("preemptive",))
    if shape.group:
        for key in OF_GROUPS:
            if key in entry.data:
                rule = "the groups say it, each for itself; remove it here"
                wrong(entry, "shape", f'"{key}": {rule}', (key,))


def _groups(tables: Tables, shape: schema.PoolShape, entry: Entry) -> tuple[Group, ...]:
    if not shape.group:
        return (_group(tables, shape, shape.id, entry),)
    names = [each.id for each in shape.group]
    found = []
    source, path = entry.origin(("group",))
    for index, each in enumerate(shape.group):
        inner = Entry(entry.data["group"][index], source, (*path, index))
        if each.id in names[:index]:
            tables.values.wrong(
                inner, "duplicate", f'two groups "{each.id}" in "{shape.id}"', ("id",)
            )
        found.append(_group(tables, each, each.id, inner))
    return tuple(found)


def _group(tables: Tables, shape: schema.MembersShape, name: str, entry: Entry) -> Group:
    wrong = tables.values.wrong
    if shape.size is None:
        wrong(entry, "missing", '"size" is missing; add it to this table')
    dates = [each.from_ for each in shape.schedule]
    for index, (one, other) in enumerate(pairwise(dates), 1):
        if other <= one:
            rule = f"{other} is not after {one}; write the schedule in order"
            wrong(entry, "order", rule, ("schedule", index, "from"))
    for index, each in enumerate(shape.leave):
        if each.until < each.from_:
            rule = f"{each.until} is before {each.from_}"
            wrong(entry, "range", rule, ("leave", index, "until"))
    found = Group(
        id=name,
        size=shape.size or 0,
        schedule=tuple((each.from_, each.size) for each in shape.schedule),
        leave=tuple(Leave(each.from_, each.until, each.members) for each in shape.leave),
        full_time=1.0 if shape.full_time is None else shape.full_time,
        skills=tuple(shape.skills),
    )
    if shape.size is not None and found.most == 0:
        wrong(
            entry, "range", "there is never anybody in it; give it a size of at least 1", ("size",)
        )
    return found


def meeting(tables: Tables, shape: schema.MeetingShape, entry: Entry) -> Meeting:
    """Return a body that meets."""
    tables.sourced(shape, entry, f"meeting {shape.id}")
    wrong = tables.values.wrong
    ways = [key for key in ("every", "dates", "monthly") if getattr(shape, key)]
    if not ways:
        rule = 'say when it meets: "every" and "first" (working days), "dates", or "monthly" (working days of each month)'
        wrong(entry, "missing", rule, ("id",))
    elif len(ways) > 1:
        wrong(entry, "shape", f"it meets in one way: {' or '.join(ways)}", (ways[1],))
    if (shape.every is None) != (shape.first is None):
        present, absent = ("every", "first") if shape.first is None else ("first", "every")
        wrong(entry, "missing", f'"{present}" needs "{absent}" beside it', (present,))
    for index, day in enumerate(shape.monthly):
        if day == 0:
            rule = "1 is the first working day of a month, -1 the last"
            wrong(entry, "range", f"there is no working day 0; {rule}", ("monthly", index))
    _refuse_dates(tables, shape, entry)
    return Meeting(
        id=shape.id,
        label=Label(shape.label.en, shape.label.zh),
        every=shape.every or 0,
        first=shape.first or 0,
        agenda=shape.agenda,
        dates=tuple(shape.dates),
        monthly=tuple(shape.monthly),
    )


def _refuse_dates(tables: Tables, shape: schema.MeetingShape, entry: Entry) -> None:
    """Note it if a body meets twice on a date, or never in the run."""
    wrong = tables.values.wrong
    dates = shape.dates
    for index, date in enumerate(dates):
        if date in dates[:index]:
            wrong(entry, "duplicate", f"{date} stands there already", ("dates", index))
    if dates and not any(map(tables.in_run, dates)):
        rule = f"no meeting lies in the run, which begins on {tables.head.start}"
        wrong(entry, "range", rule, ("dates", 0))
