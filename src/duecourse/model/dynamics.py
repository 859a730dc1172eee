"""What moves a case: steps, clocks, panels and suspensions, built from their tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.calendar import Span, Unit
from duecourse.model import procedure as p
from duecourse.model.scope import COUNTS, MAX_DOMAIN, panel_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duecourse.model import schema as s
    from duecourse.model.context import Context
    from duecourse.model.layers import Entry


def span(text: str) -> Span:
    """Return the span that a text such as '10 working days' names."""
    count, unit = text.split(" ", 1)
    return Span(int(count), Unit(unit.removesuffix("s")))


def step(context: Context, shape: s.StepShape, entry: Entry) -> p.Step:
    """Return a step."""
    context.names("actor", shape.actor, entry, "actor")
    context.names("stage", shape.from_, entry, "from")
    return p.Step(
        **context.element(shape, entry),
        actors=tuple(shape.actor),
        sources=tuple(dict.fromkeys(shape.from_)),
        when=context.guard(shape.when, entry, "when"),
        branches=tuple(_branches(context, shape.to, entry)),
        effects=context.effects(shape.do, entry, "do"),
        reply=_reply(context, shape, entry),
    )


def _branches(context: Context, shapes: Sequence[s.EffectTable], entry: Entry) -> list[p.Branch]:
    found: list[p.Branch] = []
    for index, each in enumerate(shapes):
        at = ("to", index) if isinstance(entry.data.get("to"), list) else ("to",)
        context.names("stage", [each.stage], entry, *at, "stage")
        when = context.guard(each.when, entry, *at, "when")
        found.append(p.Branch(each.stage, when, context.effects(each.do, entry, *at, "do")))
    return found


def _reply(context: Context, shape: s.StepShape, entry: Entry) -> p.Reply | None:
    if shape.reply is None:
        return None
    context.names("panel", [shape.reply.panel], entry, "reply", "panel")
    panel = context.panels.get(shape.reply.panel)
    if panel is not None:
        context.known(
            shape.reply.value, panel.replies, f'reply of "{panel.id}"', entry, "reply", "value"
        )
        classes = [each.actor for each in panel.electorate]
        context.known(shape.actor[0], classes, f'member of "{panel.id}"', entry, "actor")
    if len(shape.actor) != 1:
        message = "a reply has one actor, the class of members that gives it"
        context.problems.append(entry.problem("shape", message, "actor"))
    return p.Reply(shape.reply.panel, shape.reply.value)


def clock(context: Context, shape: s.ClockShape, entry: Entry) -> p.Clock:
    """Return a clock."""
    context.names("actor", shape.binds, entry, "binds")
    extensions: list[p.Extension] = []
    for index, each in enumerate(shape.extensions):
        context.names("step", [each.step], entry, "extensions", index, "step")
        by = None if each.by == "unlimited" else span(each.by)
        when = context.guard(each.when, entry, "extensions", index, "when")
        extensions.append(p.Extension(each.step, by, when))
    return p.Clock(
        **context.element(shape, entry),
        binds=tuple(shape.binds),
        limit=span(shape.limit),
        starts=context.occasions(shape.starts, entry, "starts"),
        stops=context.occasions(shape.stops, entry, "stops"),
        extensions=tuple(extensions),
        on_lapse=context.occasions(shape.on_lapse, entry, "on_lapse"),
    )


def outline(context: Context, shape: s.PanelShape, entry: Entry) -> p.Panel:
    """Return a panel as far as guards need it: its classes of members, its replies, its size."""
    context.distinct(shape.replies, entry, "replies")
    for index, reply in enumerate(shape.replies):
        if reply in COUNTS:
            message = f'"{reply}" is what every panel counts; choose another name for the reply'
            context.problems.append(entry.problem("reserved", message, "replies", index))
    for index, each in enumerate(shape.electorate):
        at = ("electorate", index)
        context.names("actor", [each.actor], entry, *at, "actor")
        if isinstance(each.count, str):
            context.names("fact", [each.count], entry, *at, "count")
            if each.count in context.facts and each.count not in context.highest:
                rule = "the number of members is a number, or a fact with a range from 0 on"
                message = f'"{each.count}" is no such fact: {rule}'
                context.problems.append(entry.problem("type", message, *at, "count"))
    electorate = tuple(p.Electorate(each.actor, each.count) for each in shape.electorate)
    replies = tuple(shape.replies)
    panel = p.Panel(id=shape.id, electorate=electorate, replies=replies, opens=(), closes=())
    size = panel_size(panel, context.highest)
    if size >= MAX_DOMAIN:
        message = f'"{shape.id}" can have {size} members; a panel has fewer than {MAX_DOMAIN}'
        context.problems.append(entry.problem("range", message, "electorate"))
    return panel


def panel(context: Context, shape: s.PanelShape, entry: Entry) -> p.Panel:
    """Return a panel."""
    electorate = tuple(
        p.Electorate(
            each.actor, each.count, context.guard(each.when, entry, "electorate", index, "when")
        )
        for index, each in enumerate(shape.electorate)
    )
    return p.Panel(
        **context.element(shape, entry),
        electorate=electorate,
        replies=tuple(shape.replies),
        opens=context.occasions(shape.opens, entry, "opens"),
        closes=context.occasions(shape.closes, entry, "closes"),
        silence=tuple(_silence(context, shape, entry)),
    )


def _silence(context: Context, shape: s.PanelShape, entry: Entry) -> list[p.Silence]:
    found: list[p.Silence] = []
    for index, each in enumerate(shape.silence):
        at = ("silence", index)
        context.known(each.counts_as, [*shape.replies, "nothing"], "reply", entry, *at, "counts_as")
        counts_as = None if each.counts_as == "nothing" else each.counts_as
        found.append(p.Silence(counts_as, context.guard(each.when, entry, *at, "when")))
    return found


def suspension(context: Context, shape: s.SuspensionShape, entry: Entry) -> p.Suspension:
    """Return a suspension."""
    context.names("step", shape.permits or (), entry, "permits")
    stops: list[p.Stopped] = []
    for index, each in enumerate(shape.stops):
        at = ("stops", index) if isinstance(entry.data.get("stops"), list) else ("stops",)
        context.names("clock", [each.clock], entry, *at, "clock")
        stops.append(p.Stopped(each.clock, context.guard(each.when, entry, *at, "when")))
    return p.Suspension(
        **context.element(shape, entry),
        begins=context.occasions(shape.begins, entry, "begins"),
        ends=context.occasions(shape.ends, entry, "ends"),
        stops=tuple(stops),
        permits=None if shape.permits is None else tuple(shape.permits),
    )
