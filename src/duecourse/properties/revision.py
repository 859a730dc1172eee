"""Two texts compared: their behaviour, their bounds, what is claimed of them, and what is said but not observed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.model.compile import compile_table
from duecourse.model.variants import choose_readings
from duecourse.properties.bounds import bounds
from duecourse.properties.check import check
from duecourse.properties.difference import MAX_PAIRS, Comparison, compare
from duecourse.properties.renaming import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from duecourse.model.procedure import Procedure
    from duecourse.properties.bounds import Bound
    from duecourse.properties.check import Result
    from duecourse.properties.property import Property
    from duecourse.properties.renaming import Renaming


@dataclass(frozen=True, slots=True)
class BoundChange:
    """The bounds of one outcome, where they differ; None where a text cannot reach it without a breach."""

    outcome: str
    a: Bound | None
    b: Bound | None


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """Two verdicts on one property."""

    a: Result
    b: Result


@dataclass(frozen=True, slots=True)
class Revision:
    """What changed from one text to another.

    Attributes:
        comparison: the difference in behaviour; it alone decides the exit code.
        outcomes: the outcomes that only one text can reach, by the text.
        binds: the clocks that bind other actors: the clock, the actors there and here. Nobody's steps differ by it.
        defaults: the readings that both texts have with another default, and that nobody chose: the reading, the
            default there and here.
        bounds: the outcomes whose bounds differ; None where they were not asked for.
        verdicts: the properties whose verdicts differ; None where they were not asked for.
        seconds: how long it took.
    """

    comparison: Comparison
    outcomes: tuple[tuple[str, ...], tuple[str, ...]]
    binds: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]
    defaults: tuple[tuple[str, str, str], ...]
    bounds: tuple[BoundChange, ...] | None
    verdicts: tuple[VerdictChange, ...] | None
    seconds: float

    @property
    def a(self) -> Procedure:
        """The first text."""
        return self.comparison.a.procedure

    @property
    def b(self) -> Procedure:
        """The second text."""
        return self.comparison.b.procedure


def paired_readings(
    a: Procedure, b: Procedure, readings: Mapping[str, str], *, same: bool = False
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the readings of both texts: those given for each text that has them, by id; the others keep their default.

    A default is what a text is taken to say where nobody chooses, so that another default is a change. With `same` a
    reading that both texts have takes the default of the first in both, where the second has that option.

    Raises:
        InvalidInput: a reading or an option that no text has.
    """
    for name in readings:
        if name not in a.reading and name not in b.reading:
            choose_readings(a, {name: readings[name]})
    chosen_a = {name: each for name, each in readings.items() if name in a.reading}
    chosen_b = {name: each for name, each in readings.items() if name in b.reading}
    if same:
        for each in b.readings:
            if each.id in a.reading and each.id not in readings:
                option = a.reading[each.id].default
                if option in {known.id for known in each.options}:
                    chosen_b[each.id] = option
    return chosen_a, chosen_b


def revise(  # noqa: PLR0913  (each is one plain choice of the user)
    a: Procedure,
    b: Procedure,
    readings: tuple[Mapping[str, str], Mapping[str, str]] | None = None,
    *,
    names: Renaming = NOTHING,
    properties: Sequence[Property] | None = None,
    with_bounds: bool = True,
    limit: int = MAX_PAIRS,
) -> Revision:
    """Return what changed from one text to another.

    Args:
        a: the first text.
        b: the second; the first again where two choices of readings are compared.
        readings: options by reading, for each text; by default those of `paired_readings`.
        names: the names of the second text in terms of the first.
        properties: the claims whose verdicts are compared; None for none.
        with_bounds: whether the bounds on statutory time are compared.
        limit: after how many pairs of states the search gives up.

    Raises:
        InvalidInput: an unknown reading or option.
    """
    began = time.perf_counter()
    of_a, of_b = readings or paired_readings(a, b, {})
    tables = compile_table(a, of_a), compile_table(b, of_b)
    comparison = compare(*tables, names, limit=limit)
    return Revision(
        comparison=comparison,
        outcomes=_endings(comparison, names),
        binds=tuple(_binds(a, b, names)),
        defaults=tuple(
            (each.id, a.reading[each.id].default, each.default)
            for each in b.readings
            if each.id in a.reading and a.reading[each.id].default != each.default
        )
        if a is not b
        else (),
        bounds=tuple(_bounds(a, b, of_a, of_b, names)) if with_bounds else None,
        verdicts=None if properties is None else tuple(_verdicts(a, b, of_a, of_b, properties)),
        seconds=time.perf_counter() - began,
    )


def _endings(comparison: Comparison, names: Renaming) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the outcomes that can be reached in only one text, whatever the limits do."""
    found: list[dict[str, None]] = []
    for table, called in ((comparison.a, {}), (comparison.b, names.outcome)):
        stages = table.procedure.stage
        owners = {
            (step, source): called.get(each.id, each.id)
            for each in table.procedure.outcomes
            for step in each.steps
            for source in (each.sources or table.procedure.step[step].sources)
        }
        ends = {
            owners.get((rule.step, rule.source))
            for packed in table.reachable()
            for rule, _ in table.moves(packed)
            if stages[rule.target].final and not stages[rule.source].final
        }
        order = dict.fromkeys(called.get(each.id, each.id) for each in table.procedure.outcomes)
        found.append({name: None for name in order if name in ends})
    return (
        tuple(name for name in found[0] if name not in found[1]),
        tuple(name for name in found[1] if name not in found[0]),
    )


def _binds(
    a: Procedure, b: Procedure, names: Renaming
) -> Iterable[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    for clock in b.clocks:
        old = a.clock.get(names.clock.get(clock.id, clock.id))
        bound = tuple(names.actor.get(each, each) for each in clock.binds)
        if old is not None and {*old.binds} != {*bound}:
            yield clock.id, old.binds, clock.binds


def _bounds(
    a: Procedure, b: Procedure, of_a: Mapping[str, str], of_b: Mapping[str, str], names: Renaming
) -> Iterable[BoundChange]:
    rows_a = {row.outcome.id: row for row in bounds(a, of_a).rows}
    rows_b = {
        names.outcome.get(row.outcome.id, row.outcome.id): row for row in bounds(b, of_b).rows
    }
    for name in dict.fromkeys((*rows_a, *rows_b)):
        row_a, row_b = rows_a.get(name), rows_b.get(name)
        if _figures(row_a) != _figures(row_b):
            yield BoundChange(name, row_a, row_b)


def _figures(row: Bound | None) -> tuple[int | None, ...] | None:
    if row is None:
        return None
    return row.least, row.counted, row.without, row.elapsed, row.least_of_spans


def _verdicts(
    a: Procedure,
    b: Procedure,
    of_a: Mapping[str, str],
    of_b: Mapping[str, str],
    properties: Sequence[Property],
) -> Iterable[VerdictChange]:
    pairs = zip(check(a, properties, of_a).results, check(b, properties, of_b).results, strict=True)
    for one, two in pairs:
        if (one.verdict, one.vacuous) != (two.verdict, two.vacuous):
            yield VerdictChange(one, two)
