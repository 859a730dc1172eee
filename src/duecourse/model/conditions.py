"""Everything in a procedure that is conditional, with the place it stands at."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from duecourse.model.procedure import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.model.expression import Effect, Expression
    from duecourse.model.procedure import Procedure, Step


def guards(procedure: Procedure) -> Iterator[tuple[Expression, Place]]:
    """Yield every condition in a procedure with the place of the element it belongs to."""
    for step in procedure.steps:
        yield step.when, step.place
        yield from ((branch.when, step.place) for branch in step.branches)
    for clock in procedure.clocks:
        yield from ((on.when, clock.place) for on in (*clock.starts, *clock.stops, *clock.on_lapse))
        yield from ((extension.when, clock.place) for extension in clock.extensions)
    for panel in procedure.panels:
        yield from ((on.when, panel.place) for on in (*panel.opens, *panel.closes))
    for suspension in procedure.suspensions:
        yield from ((on.when, suspension.place) for on in (*suspension.begins, *suspension.ends))
    yield from fixed(procedure)
    yield procedure.first_day_counts, head(procedure)


def fixed(procedure: Procedure) -> Iterator[tuple[Expression, Place]]:
    """Yield the conditions that readings alone decide: who votes, what silence means, what stops, which calendar."""
    for panel in procedure.panels:
        yield from ((each.when, panel.place) for each in panel.electorate)
        yield from ((silence.when, panel.place) for silence in panel.silence)
    for suspension in procedure.suspensions:
        yield from ((stop.when, suspension.place) for stop in suspension.stops)
    yield from ((choice.when, head(procedure)) for choice in procedure.calendars)


def effects_of(step: Step) -> Iterator[Effect]:
    """Yield every effect that a step can have, on whichever branch."""
    return chain(step.effects, *(branch.effects for branch in step.branches))


def head(procedure: Procedure) -> Place:
    """Return the file of a procedure as a place."""
    return Place(procedure.stages[0].place.file) if procedure.stages else Place()
