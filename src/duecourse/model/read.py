"""From merged tables to a `Procedure`: names resolved, guards type-checked, all mistakes reported at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from duecourse.model import dynamics, vocabulary
from duecourse.model import procedure as p
from duecourse.model import schema as s
from duecourse.model.checks import static_problems
from duecourse.model.context import Context, label
from duecourse.model.saturation import saturated
from duecourse.model.scope import highest_counts, scope_of
from duecourse.model.shapes import shaped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duecourse.model.layers import Entry, Layers


def interpret(layers: Layers) -> p.Procedure:
    """Return the procedure that the tables describe.

    Raises:
        InvalidInput: with every problem found in shape, names, types and, if those are right, statics.
    """
    context = Context(layers)
    head = shaped(s.ProcedureShape, layers.head, context.problems)
    facts = context.each("fact", vocabulary.fact)
    readings = context.each("reading", vocabulary.reading)
    _declare(context, facts, readings)
    result = _procedure(context, head or _NO_HEAD, layers, facts, readings)
    result = replace(result, facts=saturated(result, context.problems))
    context.problems.refuse()
    context.problems.extend(each for each in static_problems(result) if each.severity == "error")
    context.problems.refuse()
    return result


def _declare(context: Context, facts: tuple[p.Fact, ...], readings: tuple[p.Reading, ...]) -> None:
    """Put every name in scope that guards may use, definitions apart."""
    context.facts = frozenset(fact.id for fact in facts)
    context.highest = highest_counts(facts)
    panels = context.each("panel", dynamics.outline)
    suspensions = tuple(
        p.Suspension(id=each.id, begins=(), ends=(), stops=())
        for each, _ in context.shapes["suspension"]
    )
    context.scope = scope_of(facts, readings, panels, suspensions)


def _procedure(
    context: Context,
    head: s.ProcedureShape,
    layers: Layers,
    facts: tuple[p.Fact, ...],
    readings: tuple[p.Reading, ...],
) -> p.Procedure:
    entry = layers.head
    definitions = context.each("definition", vocabulary.definition)
    if head is not _NO_HEAD:
        context.names("stage", [head.initial], entry, "initial")
        context.names("step", head.measured_from, entry, "measured_from")
    return p.Procedure(
        id="+".join((head.id, *(each.id for each in layers.amendments))),
        label=_titled(label(head.label), [label(each.label) for each in layers.amendments]),
        text=label(head.text),
        in_force=(head.in_force.since, head.in_force.until),
        initial=head.initial,
        measured_from=tuple(head.measured_from),
        calendars=_calendars(context, head, entry),
        first_day_counts=context.guard(head.first_day_counts, entry, "first_day_counts"),
        articles=context.each("article", vocabulary.article),
        actors=context.each("actor", vocabulary.actor),
        facts=facts,
        stages=context.each("stage", vocabulary.stage),
        steps=context.each("step", dynamics.step),
        clocks=context.each("clock", dynamics.clock),
        panels=context.each("panel", dynamics.panel),
        suspensions=context.each("suspension", dynamics.suspension),
        outcomes=context.each("outcome", vocabulary.outcome),
        not_modelled=context.each("not_modelled", vocabulary.left_out),
        readings=readings,
        definitions=definitions,
        amended_by=tuple(each.id for each in layers.amendments),
        source=entry.source.text,
    )


def _calendars(
    context: Context, head: s.ProcedureShape, entry: Entry
) -> tuple[p.CalendarChoice, ...]:
    found: list[p.CalendarChoice] = []
    for index, each in enumerate(head.calendar):
        at = ("calendar", index) if isinstance(entry.data.get("calendar"), list) else ("calendar",)
        found.append(p.CalendarChoice(each.id, context.guard(each.when, entry, *at, "when")))
    return tuple(found)


_NO_HEAD = s.ProcedureShape(
    id="none",
    label=s.LabelShape(en="none"),
    text=s.LabelShape(en="none"),
    initial="none",
    measured_from=["none"],
    calendar=[s.CalendarTable(id="none")],
)
"""Stands in for a head without its shape, so that the problems of the elements are found too."""


def _titled(title: p.Label, amendments: Sequence[p.Label]) -> p.Label:
    """Return the title of an amended text: its own, then what amends it."""
    zh = " + ".join(each.zh for each in (title, *amendments)) if title.zh else ""
    return p.Label(" + ".join(each.en for each in (title, *amendments)), zh)
