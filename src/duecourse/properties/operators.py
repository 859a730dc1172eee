"""The first family of mistakes: what somebody who drafts a text, or writes it down here, forgets or mixes up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from duecourse.calendar import Span
from duecourse.model.expression import TRUE, And, Effect, conjunction, negation
from duecourse.model.procedure import Label, On
from duecourse.properties.mutant import (
    at,
    with_clock,
    with_panel,
    with_step,
    with_suspension,
    without_step,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.model.expression import Expression
    from duecourse.model.procedure import Clock, Procedure, Step, Suspension
    from duecourse.properties.mutant import Draft


def first_family(procedure: Procedure) -> Iterator[Draft]:
    """Yield the mistakes of the first family, element by element in the order of the file."""
    for step in procedure.steps:
        yield from _guards(procedure, step)
        yield from _effects(procedure, step)
        yield from _targets(procedure, step)
        yield from _sources(procedure, step)
        words = Label(f'drop "{step.id}"', f"删去“{step.id}”")
        yield "drop-step", step.id, words, step, without_step(procedure, step.id)
        yield from _actors(procedure, step)
        yield from _replies(procedure, step)
    for clock in procedure.clocks:
        yield from _occasions(procedure, clock)
        yield from _lengths(procedure, clock)
    yield from _panels(procedure)
    for suspension in procedure.suspensions:
        yield from _suspensions(procedure, suspension)


def parts(condition: Expression) -> tuple[Expression, ...]:
    """Return the conjuncts of a condition."""
    return (
        () if condition == TRUE else condition.parts if isinstance(condition, And) else (condition,)
    )


def _guards(procedure: Procedure, step: Step) -> Iterator[Draft]:
    conjuncts = parts(step.when)
    for index, part in enumerate(conjuncts):
        for operator, new in (("drop-guard", None), ("negate-guard", negation(part))):
            changed = replace(step, when=conjunction(*at(conjuncts, index, new)))
            condition = str(part)[:80]
            verb, verb_zh = ("drop", "删去") if new is None else ("negate", "否定")
            words = Label(
                f'{verb} "{condition}" in the guard of "{step.id}"',
                f"{verb_zh}“{step.id}”的条件“{condition}”",
            )
            yield operator, f"{step.id}.{index}", words, step, with_step(procedure, changed)


def _effects(procedure: Procedure, step: Step) -> Iterator[Draft]:
    for index, effect in enumerate(step.effects):
        changed = replace(step, effects=at(step.effects, index, None))
        words = Label(f'"{step.id}" forgets "{effect}"', f"“{step.id}”遗漏“{effect}”")
        yield "drop-effect", f"{step.id}.{index}", words, step, with_step(procedure, changed)
        fact = procedure.fact[effect.fact]
        if effect.add or len(fact.values) < 2:  # noqa: PLR2004  (nothing else to set it to)
            continue
        value = fact.values[(fact.values.index(effect.value) + 1) % len(fact.values)]
        new = Effect(effect.fact, add=False, value=value)
        changed = replace(step, effects=at(step.effects, index, new))
        words = Label(
            f'"{step.id}" does "{new}" instead of "{effect}"',
            f"“{step.id}”执行“{new}”，而不是“{effect}”",
        )
        yield "change-effect", f"{step.id}.{index}", words, step, with_step(procedure, changed)


def _targets(procedure: Procedure, step: Step) -> Iterator[Draft]:
    """Redirect to where other steps lead from the same stages, and to the stages it is taken from."""
    near = [*step.sources]
    for other in procedure.steps:
        if not {*other.sources}.isdisjoint(step.sources):
            near.extend(branch.stage for branch in other.branches)
    for index, branch in enumerate(step.branches):
        for stage in dict.fromkeys(near):
            if stage != branch.stage:
                changed = replace(
                    step, branches=at(step.branches, index, replace(branch, stage=stage))
                )
                words = Label(
                    f'"{step.id}" leads to "{stage}" instead of "{branch.stage}"',
                    f"“{step.id}”转入“{stage}”，而不是“{branch.stage}”",
                )
                name = f"{step.id}.{index}.{stage}"
                yield "redirect", name, words, step, with_step(procedure, changed)


def _sources(procedure: Procedure, step: Step) -> Iterator[Draft]:
    if len(step.sources) > 1:
        for index, stage in enumerate(step.sources):
            changed = replace(step, sources=at(step.sources, index, None))
            words = Label(
                f'"{step.id}" is not taken from "{stage}" any more',
                f"“{step.id}”不再能从“{stage}”进行",
            )
            yield "drop-source", f"{step.id}.{stage}", words, step, with_step(procedure, changed)
    # added: the stages one step before and after those it is taken from
    stages = [each.id for each in procedure.stages]
    places = [stages.index(stage) for stage in step.sources]
    for place in (min(places, default=0) - 1, max(places, default=0) + 1):
        if 0 <= place < len(stages) and stages[place] not in step.sources:
            changed = replace(step, sources=(*step.sources, stages[place]))
            words = Label(
                f'"{step.id}" is also taken from "{stages[place]}"',
                f"“{step.id}”也能从“{stages[place]}”进行",
            )
            name = f"{step.id}.{stages[place]}"
            yield "add-source", name, words, step, with_step(procedure, changed)


def _actors(procedure: Procedure, step: Step) -> Iterator[Draft]:
    if step.reply is not None or step.id in procedure.lapse_steps:
        return
    actors = [each.id for each in procedure.actors]
    for index, actor in enumerate(step.actors):
        other = actors[(actors.index(actor) + 1) % len(actors)]
        if other not in step.actors:
            changed = replace(step, actors=at(step.actors, index, other))
            words = Label(
                f'"{other}" takes "{step.id}" instead of "{actor}"',
                f"“{step.id}”由“{other}”而不是“{actor}”进行",
            )
            yield "swap-actor", f"{step.id}.{actor}", words, step, with_step(procedure, changed)
    if len(step.actors) > 1:
        for index, actor in enumerate(step.actors):
            changed = replace(step, actors=at(step.actors, index, None))
            words = Label(
                f'"{actor}" may not take "{step.id}" any more',
                f"“{actor}”不再能进行“{step.id}”",
            )
            yield "drop-actor", f"{step.id}.{actor}", words, step, with_step(procedure, changed)


def _replies(procedure: Procedure, step: Step) -> Iterator[Draft]:
    if step.reply is None:
        return
    values = procedure.panel[step.reply.panel].replies
    value = values[(values.index(step.reply.value) + 1) % len(values)]
    if value != step.reply.value:
        changed = replace(step, reply=replace(step.reply, value=value))
        words = Label(
            f'"{step.id}" counts as "{value}" instead of "{step.reply.value}"',
            f"“{step.id}”计为“{value}”，而不是“{step.reply.value}”",
        )
        yield "swap-reply", step.id, words, step, with_step(procedure, changed)


def _occasions(procedure: Procedure, clock: Clock) -> Iterator[Draft]:
    for kind, occasions in (
        ("starts", clock.starts),
        ("stops", clock.stops),
        ("on_lapse", clock.on_lapse),
    ):
        for index, on in enumerate(occasions):
            lists: dict[str, Any] = {kind: at(occasions, index, None)}
            words = _taken_out(on.step, kind, clock.id)
            changed = replace(clock, **lists)
            name = f"{clock.id}.{index}"
            yield f"drop-{kind}", name, words, clock, with_clock(procedure, changed)
    for kind, other, known in (
        ("starts", clock.stops, clock.starts),
        ("stops", clock.starts, clock.stops),
    ):
        # added: a step that is an occasion of the other kind, the first that is none of this kind
        names = {on.step for on in known}
        new = next((on for on in other if on.step not in names), None)
        if new is not None:
            more: dict[str, Any] = {kind: (*known, On(new.step))}
            changed = replace(clock, **more)
            words = Label(
                f'"{new.step}" is put into "{kind}" of "{clock.id}"',
                f"“{new.step}”被加入“{clock.id}”的“{kind}”",
            )
            yield f"add-{kind}", clock.id, words, clock, with_clock(procedure, changed)


def _lengths(procedure: Procedure, clock: Clock) -> Iterator[Draft]:
    for by in (1, -1):
        if clock.limit.count + by >= 0:
            limit = Span(clock.limit.count + by, clock.limit.unit)
            words = Label(
                f'"{clock.id}" is {limit} instead of {clock.limit}',
                f"“{clock.id}”为{limit.zh}，而不是{clock.limit.zh}",
            )
            changed = replace(clock, limit=limit)
            yield "limit", f"{clock.id}.{by:+}", words, clock, with_clock(procedure, changed)
    for index, each in enumerate(clock.extensions):
        changed = replace(clock, extensions=at(clock.extensions, index, None))
        words = Label(
            f'"{each.step}" does not extend "{clock.id}"',
            f"“{each.step}”不延长“{clock.id}”",
        )
        name = f"{clock.id}.{index}"
        yield "drop-extension", name, words, clock, with_clock(procedure, changed)
        if each.by is not None:
            twice = Span(2 * each.by.count, each.by.unit)
            longer = replace(each, by=twice)
            changed = replace(clock, extensions=at(clock.extensions, index, longer))
            words = Label(
                f'"{each.step}" extends "{clock.id}" by {longer.by} instead of {each.by}',
                f"“{each.step}”将“{clock.id}”延长{twice.zh}，而不是{each.by.zh}",
            )
            yield "double-extension", name, words, clock, with_clock(procedure, changed)


def _panels(procedure: Procedure) -> Iterator[Draft]:
    for panel in procedure.panels:
        for index, on in enumerate(panel.closes):
            changed = replace(panel, closes=at(panel.closes, index, None))
            words = Label(
                f'"{on.step}" does not close "{panel.id}"', f"“{on.step}”不结束“{panel.id}”"
            )
            yield "drop-close", f"{panel.id}.{index}", words, panel, with_panel(procedure, changed)
        for index, each in enumerate(panel.electorate):
            if isinstance(each.count, int):
                for by in (1, -1):
                    if each.count + by > 0:
                        new = replace(each, count=each.count + by)
                        changed = replace(panel, electorate=at(panel.electorate, index, new))
                        words = Label(
                            f'"{panel.id}" asks {new.count} instead of {each.count} of "{each.actor}"',
                            f"“{panel.id}”征求{new.count}个“{each.actor}”，而不是{each.count}个",
                        )
                        name = f"{panel.id}.{index}.{by:+}"
                        yield "electorate", name, words, panel, with_panel(procedure, changed)
        for index, silence in enumerate(panel.silence):
            values: list[str | None] = [None, *panel.replies]
            value = values[(values.index(silence.counts_as) + 1) % len(values)]
            changed = replace(
                panel, silence=at(panel.silence, index, replace(silence, counts_as=value))
            )
            was = silence.counts_as
            words = Label(
                f'silence in "{panel.id}" counts as {value or "nothing"} instead of {was or "nothing"}',
                f"“{panel.id}”中逾期不回复计为“{value or '无'}”，而不是“{was or '无'}”",
            )
            yield "silence", f"{panel.id}.{index}", words, panel, with_panel(procedure, changed)


def _suspensions(procedure: Procedure, suspension: Suspension) -> Iterator[Draft]:
    name = suspension.id
    for kind, occasions in (("begins", suspension.begins), ("ends", suspension.ends)):
        for index, on in enumerate(occasions):
            lists: dict[str, Any] = {kind: at(occasions, index, None)}
            words = _taken_out(on.step, kind, name)
            changed = replace(suspension, **lists)
            yield (
                f"drop-{kind}",
                f"{name}.{index}",
                words,
                suspension,
                with_suspension(procedure, changed),
            )
    for index, stop in enumerate(suspension.stops):
        changed = replace(suspension, stops=at(suspension.stops, index, None))
        words = Label(f'"{name}" does not stop "{stop.clock}"', f"“{name}”不中止“{stop.clock}”")
        yield (
            "drop-stopped",
            f"{name}.{index}",
            words,
            suspension,
            with_suspension(procedure, changed),
        )
    for index, step in enumerate(suspension.permits or ()):
        changed = replace(suspension, permits=at(suspension.permits or (), index, None))
        words = Label(
            f'"{name}" does not permit "{step}" any more', f"“{name}”期间不再允许“{step}”"
        )
        yield (
            "drop-permits",
            f"{name}.{step}",
            words,
            suspension,
            with_suspension(procedure, changed),
        )


def _taken_out(step: str, kind: str, element: str) -> Label:
    return Label(
        f'"{step}" is taken out of "{kind}" of "{element}"',
        f"“{step}”被移出“{element}”的“{kind}”",
    )
