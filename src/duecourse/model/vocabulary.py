"""What a procedure names: articles, actors, facts, definitions, readings, stages, outcomes, and what it leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.model import procedure as p
from duecourse.model.context import label
from duecourse.model.grammar import Domain
from duecourse.model.scope import MAX_DOMAIN

if TYPE_CHECKING:
    from duecourse.model import schema as s
    from duecourse.model.context import Context
    from duecourse.model.layers import Entry


def article(_: Context, shape: s.ArticleShape, entry: Entry) -> p.Article:
    """Return one article."""
    return p.Article(
        id=shape.id, label=label(shape.label), place=entry.place(), mark=p.Mark(shape.mark)
    )


def actor(context: Context, shape: s.ActorShape, entry: Entry) -> p.Actor:
    """Return an actor."""
    return p.Actor(**context.element(shape, entry), members=tuple(map(label, shape.members)))


def stage(context: Context, shape: s.StageShape, entry: Entry) -> p.Stage:
    """Return a stage."""
    return p.Stage(**context.element(shape, entry), final=shape.final)


def left_out(context: Context, shape: s.NotModelledShape, entry: Entry) -> p.NotModelled:
    """Return a clause that is left out."""
    return p.NotModelled(context.cites(shape.cites, entry), label(shape.reason), entry.place())


def outcome(context: Context, shape: s.OutcomeShape, entry: Entry) -> p.Outcome:
    """Return a way for a case to end."""
    context.names("step", shape.by, entry, "by")
    context.names("stage", shape.from_, entry, "from")
    return p.Outcome(
        **context.element(shape, entry),
        steps=tuple(shape.by),
        sources=tuple(shape.from_),
        conclusion=shape.conclusion,
    )


def definition(context: Context, shape: s.DefinitionShape, entry: Entry) -> p.Definition:
    """Return a definition, and put it in scope for what stands below it."""
    means = context.guard(shape.means, entry, "means")
    context.scope[shape.id] = Domain((False, True), means=means)
    return p.Definition(**context.element(shape, entry), means=means)


def reading(context: Context, shape: s.ReadingShape, entry: Entry) -> p.Reading:
    """Return a reading, its default first."""
    ids = [option.id for option in shape.options]
    context.distinct(ids, entry, "options")
    for index, each in enumerate(ids):
        context.unreserved(each, entry, "options", index, "id")
    default = shape.default or ids[0]
    context.known(default, ids, f'option of "{shape.id}"', entry, "default")
    options = tuple(p.Option(each.id, label(each.label)) for each in shape.options)
    return p.Reading(
        id=shape.id,
        label=label(shape.question),
        cites=context.cites(shape.cites, entry),
        place=entry.place(),
        ref=shape.ref,
        options=tuple(sorted(options, key=lambda option: option.id != default)),
        migration=shape.migration,
    )


def fact(context: Context, shape: s.FactShape, entry: Entry) -> p.Fact:
    """Return a fact."""
    if [shape.values is not None, shape.range is not None, shape.counter].count(True) > 1:
        message = "a fact has values, or a range, or is a counter: only one of them"
        context.problems.append(entry.problem("shape", message))
    values = _domain(context, shape, entry)
    initial = None if shape.initial == "unknown" and "unknown" not in values else shape.initial
    if initial is not None and (initial not in values or type(initial) is not type(values[0])):
        known = ", ".join(map(_plain, values[:12])) + (", …" if len(values) > 12 else "")  # noqa: PLR2004  (as in `nearest`)
        message = f"{_plain(initial)} is not among the values: {known}"
        context.problems.append(entry.problem("range", message, "initial"))
    if shape.shared and shape.counter:
        message = "what cases share has a limit; give it a range instead of a counter"
        context.problems.append(entry.problem("shape", message, "shared"))
    return p.Fact(
        **context.element(shape, entry),
        values=values,
        initial=initial,
        unbounded=shape.counter,
        shared=shape.shared,
    )


def _domain(context: Context, shape: s.FactShape, entry: Entry) -> tuple[p.Value, ...]:
    """Return the values of a fact; a counter has 0 and 1 until it is known what its guards need."""
    if shape.values is not None:
        context.distinct(shape.values, entry, "values")
        for index, value in enumerate(shape.values):
            context.unreserved(value, entry, "values", index)
        return tuple(shape.values)
    if shape.range is None:
        return (0, 1) if shape.counter else (False, True)
    low, high = shape.range
    if not 0 <= high - low < MAX_DOMAIN:
        rule = f"a range goes up and has at most {MAX_DOMAIN} values; use counter = true for what has no limit"
        message = f"{_plain(low)} to {_plain(high)}: {rule}"
        context.problems.append(entry.problem("range", message, "range"))
        return (0, 1)
    return tuple(range(low, high + 1))


def _plain(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text[:60]
