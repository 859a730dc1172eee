"""A featured table whose configurations tell which clocks run: a lapse is a move only where its clock can lapse.

Each clock that some rule lapses gets a bit that says whether it runs and one that says whether it was extended without
limit, and each suspension that stops one a bit that says whether it is under way. So what a lapse needs is a guard like
any other, and every search over tables serves for behaviours in time as well.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from duecourse.model.expression import TRUE, simplify, variables
from duecourse.model.featured import FeaturedTable
from duecourse.model.reading_set import ALL, NONE, ReadingSpace, TooManyError
from duecourse.model.table import Field

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from duecourse.model.reading_set import ReadingSet
    from duecourse.model.table import Rule, Table

MAX_CELLS = 1_000
"""How many choices of the readings that say which clocks a suspension stops are told apart."""

Stops = tuple[frozenset[str], "ReadingSet"]
"""Suspensions, each of which stops a clock, and the choices of readings under which it is just these."""


class _Bits(NamedTuple):
    running: Mapping[str, int]
    endless: Mapping[str, int]
    active: Mapping[str, int]

    @property
    def all(self) -> int:
        """Every bit."""
        return sum(bit for bits in self for bit in bits.values())


def in_time(table: Table) -> Table:
    """Return the table of one choice of readings with the same moves but for lapses that cannot happen."""
    space = ReadingSpace({name: (option,) for name, option in table.readings.items()})
    rules = {stage: tuple((rule, ALL) for rule in found) for stage, found in table.rules.items()}
    return with_clocks(FeaturedTable(space, table, rules)).common


def with_clocks(table: FeaturedTable) -> FeaturedTable:
    """Return a table with the same moves but for lapses that cannot happen: their clocks do not run, or not out.

    A lapse is possible where its clock runs, no suspension stops it, and it was not extended without limit.

    Args:
        table: a table whose rules say what they do to clocks and suspensions.

    Raises:
        TooManyError: suspensions stop clocks in too many ways.
    """
    rules = [rule for found in table.common.rules.values() for rule in found]
    lapsing = sorted({rule.lapse_of for rule in rules if rule.lapse_of is not None})
    stops = {clock: _stops(table, clock) for clock in lapsing}
    stopping = sorted({name for found in stops.values() for names, _ in found for name in names})
    free = table.common.bits
    fields = dict(table.common.fields)
    made: list[dict[str, int]] = []
    for word, names in (("running", lapsing), ("endless", lapsing), ("active", stopping)):
        made.append({})
        for name in names:
            made[-1][name] = 1 << free
            field = Field(f"{word} {name}", (False, True), free, 1 << free)
            fields[field.name] = field
            free += 1
    bits = _Bits(*made)
    clocked = {
        stage: tuple(
            each for rule, under in found for each in _clocked(table, rule, under, bits, stops)
        )
        for stage, found in table.rules.items()
    }
    bare = {stage: tuple(rule for rule, _ in found) for stage, found in clocked.items()}
    return FeaturedTable(table.space, replace(table.common, fields=fields, rules=bare), clocked)


def _stops(table: FeaturedTable, clock: str) -> tuple[Stops, ...]:
    """Return which suspensions stop a clock, under which choices."""
    space = table.space
    conditions = {
        each.id: [stop.when for stop in each.stops if stop.clock == clock]
        for each in table.procedure.suspensions
    }
    named = sorted(
        {name for found in conditions.values() for when in found for name in variables(when)}
    )
    found: dict[frozenset[str], ReadingSet] = {}
    for number, (chosen, under) in enumerate(space.choices(named)):
        if number >= MAX_CELLS:
            raise TooManyError(f"suspensions stop clocks in more than {MAX_CELLS} ways")
        names = frozenset(
            name
            for name, found_ in conditions.items()
            if any(simplify(when, chosen) == TRUE for when in found_)
        )
        found[names] = space.union(found.get(names, NONE), under)
    return tuple(found.items())


def _clocked(
    table: FeaturedTable,
    rule: Rule,
    under: ReadingSet,
    bits: _Bits,
    stops: Mapping[str, tuple[Stops, ...]],
) -> Iterator[tuple[Rule, ReadingSet]]:
    """Yield a rule with what it does to clocks; a lapse once for each way in which its clock can be stopped."""
    clear, put = _effect(table.common, rule, bits)
    changed = replace(rule, clear=rule.clear | clear | put, put=rule.put | put)
    clock = rule.lapse_of
    if clock is None:
        yield changed, under
        return
    for names, choices in stops[clock]:
        here = table.space.intersection(under, choices)
        if here == NONE:
            continue
        idle = bits.endless[clock] | sum(bits.active[name] for name in names)
        yield (
            replace(
                changed,
                guard_mask=rule.guard_mask | idle | bits.running[clock],
                guard_value=rule.guard_value | bits.running[clock],
            ),
            here,
        )


def _effect(table: Table, rule: Rule, bits: _Bits) -> tuple[int, int]:
    """Return the bits of clocks and suspensions that a rule clears and puts: in the order of its operations."""
    stages = table.procedure.stage
    if stages[rule.target].final and not stages[rule.source].final:
        return bits.all, 0
    clear = put = 0
    for op in rule.ops:
        running, endless = bits.running.get(op.name, 0), bits.endless.get(op.name, 0)
        active = bits.active.get(op.name, 0)
        match op.kind:
            case "start":
                clear, put = clear | endless, (put | running) & ~endless
            case "stop":
                clear, put = clear | running | endless, put & ~(running | endless)
            case "extend" if op.by is None:
                put |= endless
            case "begin":
                put |= active
            case "end":
                clear, put = clear | active, put & ~active
            case _:
                pass
    return clear & ~put, put
