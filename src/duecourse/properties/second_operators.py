"""The second family of mistakes, held out: properties are never chosen, nor operators tuned, by what it shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from duecourse.calendar import Span, Unit
from duecourse.model.expression import And, Compare, Constant, Not, Or
from duecourse.model.procedure import Label, On
from duecourse.properties.mutant import at, swapped, with_clock, with_step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.model.expression import Expression, Operator
    from duecourse.model.procedure import Clock, Procedure, Step
    from duecourse.properties.mutant import Draft

WEAKER: dict[Operator, Operator] = {
    ">": ">=",
    ">=": ">",
    "<": "<=",
    "<=": "<",
    "==": "!=",
    "!=": "==",
}


def second_family(procedure: Procedure) -> Iterator[Draft]:
    """Yield the mistakes of the second family, element by element in the order of the file."""
    for step, following in zip(procedure.steps, procedure.steps[1:], strict=False):
        yield from _swapped_targets(procedure, step, following)
    for step in procedure.steps:
        yield from _conditions(procedure, step)
        yield from _branches(procedure, step)
        yield from _another_actor(procedure, step)
    for clock in procedure.clocks:
        yield from _clock(procedure, clock)
    for fact in procedure.facts:
        if fact.initial is not None and len(fact.values) > 1:
            value = fact.values[(fact.values.index(fact.initial) + 1) % len(fact.values)]
            facts = tuple(
                replace(each, initial=value) if each.id == fact.id else each
                for each in procedure.facts
            )
            new, old = Constant(value), Constant(fact.initial)
            words = Label(
                f'"{fact.id}" begins as {new} instead of {old}',
                f"“{fact.id}”的初始值为{new}，而不是{old}",
            )
            yield "initial", fact.id, words, fact, replace(procedure, facts=facts)
    for stage in procedure.stages:
        changed = replace(stage, final=not stage.final)
        words = Label(
            f'"{stage.id}" is {"" if changed.final else "not "}final',
            f"“{stage.id}”{'是' if changed.final else '不是'}终结阶段",
        )
        stages = swapped(procedure.stages, changed)
        yield "final", stage.id, words, stage, replace(procedure, stages=stages)


def _swapped_targets(procedure: Procedure, step: Step, following: Step) -> Iterator[Draft]:
    """Two steps that stand beside each other in the file lead where the other one did."""
    if (
        step.branches
        and following.branches
        and step.branches[0].stage != following.branches[0].stage
    ):
        one, two = step.branches[0], following.branches[0]
        both = with_step(
            with_step(
                procedure,
                replace(step, branches=at(step.branches, 0, replace(one, stage=two.stage))),
            ),
            replace(following, branches=at(following.branches, 0, replace(two, stage=one.stage))),
        )
        words = Label(
            f'"{step.id}" and "{following.id}" lead where the other one did',
            f"“{step.id}”与“{following.id}”所转入的阶段对调",
        )
        yield "swap-targets", f"{step.id}.{following.id}", words, step, both


def _another_actor(procedure: Procedure, step: Step) -> Iterator[Draft]:
    """The next actor of the file may take the step as well."""
    if step.reply is not None or step.id in procedure.lapse_steps:
        return
    actors = [each.id for each in procedure.actors]
    other = actors[(actors.index(step.actors[-1]) + 1) % len(actors)]
    if other not in step.actors:
        changed = replace(step, actors=(*step.actors, other))
        words = Label(f'"{other}" may take "{step.id}" as well', f"“{other}”也能进行“{step.id}”")
        yield "another-actor", step.id, words, step, with_step(procedure, changed)


def variations(condition: Expression) -> Iterator[tuple[str, Expression]]:
    """Yield a condition with one comparison weakened, one number moved, or one conjunction made a disjunction."""
    match condition:
        case Compare(op, left, right):
            yield "comparison", Compare(WEAKER[op], left, right)
            if isinstance(right, Constant) and type(right.value) is int:
                for by in (1, -1):
                    yield "constant", Compare(op, left, Constant(right.value + by))
        case Not(part):
            for kind, each in variations(part):
                yield kind, Not(each)
        case And(parts) | Or(parts):
            if isinstance(condition, And):
                yield "and-or", Or(parts)
            for index, part in enumerate(parts):
                for kind, each in variations(part):
                    yield kind, type(condition)(at(parts, index, each))
        case _:
            return


def _conditions(procedure: Procedure, step: Step) -> Iterator[Draft]:
    for number, (kind, condition) in enumerate(variations(step.when)):
        said = str(condition)[:100]
        words = Label(f'the guard of "{step.id}" is "{said}"', f"“{step.id}”的条件为“{said}”")
        changed = with_step(procedure, replace(step, when=condition))
        yield kind, f"{step.id}.{number}", words, step, changed
    for index, branch in enumerate(step.branches):
        for number, (kind, condition) in enumerate(variations(branch.when)):
            new = at(step.branches, index, replace(branch, when=condition))
            said = str(condition)[:100]
            words = Label(
                f'"{step.id}" leads to "{branch.stage}" when "{said}"',
                f"“{step.id}”在“{said}”时转入“{branch.stage}”",
            )
            changed = with_step(procedure, replace(step, branches=new))
            yield kind, f"{step.id}.to{index}.{number}", words, step, changed


def _branches(procedure: Procedure, step: Step) -> Iterator[Draft]:
    if len(step.branches) < 2:  # noqa: PLR2004  (nothing to choose between)
        return
    for index, branch in enumerate(step.branches):
        changed = replace(step, branches=at(step.branches, index, None))
        words = Label(
            f'"{step.id}" has no branch to "{branch.stage}"',
            f"“{step.id}”没有转入“{branch.stage}”的分支",
        )
        yield "drop-branch", f"{step.id}.{index}", words, step, with_step(procedure, changed)
    for index in range(len(step.branches) - 1):
        one, two = step.branches[index : index + 2]
        order = (*step.branches[:index], two, one, *step.branches[index + 2 :])
        words = Label(
            f'"{step.id}" tries "{two.stage}" before "{one.stage}"',
            f"“{step.id}”先试“{two.stage}”再试“{one.stage}”",
        )
        changed = replace(step, branches=order)
        yield "swap-branches", f"{step.id}.{index}", words, step, with_step(procedure, changed)


def _clock(procedure: Procedure, clock: Clock) -> Iterator[Draft]:
    for index, on in enumerate(clock.starts):
        later = _next_step(procedure, procedure.step[on.step])
        if later is not None:
            changed = replace(clock, starts=at(clock.starts, index, On(later)))
            words = Label(
                f'"{clock.id}" starts with "{later}" instead of "{on.step}"',
                f"“{clock.id}”自“{later}”而不是“{on.step}”起算",
            )
            yield "later-start", f"{clock.id}.{index}", words, clock, with_clock(procedure, changed)
    if len(clock.stops) > 1:
        changed = replace(clock, stops=clock.stops[:1])
        only = clock.stops[0].step
        words = Label(f'only "{only}" stops "{clock.id}"', f"只有“{only}”使“{clock.id}”停止")
        yield "one-stop", clock.id, words, clock, with_clock(procedure, changed)
    if clock.limit.unit is Unit.WORKING_DAY:
        changed = replace(clock, limit=Span(clock.limit.count, Unit.CALENDAR_DAY))
        words = Label(
            f'"{clock.id}" is {changed.limit} instead of {clock.limit}',
            f"“{clock.id}”为{changed.limit.zh}，而不是{clock.limit.zh}",
        )
        yield "unit", clock.id, words, clock, with_clock(procedure, changed)


def _next_step(procedure: Procedure, step: Step) -> str | None:
    """Return the first step of the file that can follow a step."""
    targets = {branch.stage for branch in step.branches} or {*step.sources}
    for each in procedure.steps:
        if (
            each.id != step.id
            and targets & {*each.sources}
            and each.id not in procedure.lapse_steps
        ):
            return each.id
    return None
