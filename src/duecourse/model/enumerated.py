"""A procedure with the members of its panels one by one: to prove that counting them loses nothing, and to compare."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from duecourse.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from duecourse.model.procedure import Actor, Electorate, On, Procedure, Step


_O = TypeVar("_O", bound="On")


def enumerated(procedure: Procedure) -> Procedure:
    """Return the same procedure with each class of n members split into n classes of one.

    A class `member` becomes `member__1`, `member__2`, …, and each of its reply steps becomes one step for each of them.

    Raises:
        InvalidInput: the size of a class is a fact of the case.
    """
    sizes = _sizes(procedure)
    steps = {step.id: _split(step, sizes) for step in procedure.steps}
    names = {old: [step.id for step in new] for old, new in steps.items()}
    return replace(
        procedure,
        actors=tuple(each for actor in procedure.actors for each in _units(actor, sizes)),
        steps=tuple(each for new in steps.values() for each in new),
        measured_from=_named(procedure.measured_from, names),
        clocks=tuple(
            replace(
                each,
                starts=_on(each.starts, names),
                stops=_on(each.stops, names),
                extensions=tuple(
                    replace(one, step=name) for one in each.extensions for name in names[one.step]
                ),
                on_lapse=_on(each.on_lapse, names),
            )
            for each in procedure.clocks
        ),
        panels=tuple(
            replace(
                each,
                electorate=tuple(
                    new for one in each.electorate for new in _seats(one, sizes[one.actor])
                ),
                opens=_on(each.opens, names),
                closes=_on(each.closes, names),
            )
            for each in procedure.panels
        ),
        suspensions=tuple(
            replace(
                each,
                begins=_on(each.begins, names),
                ends=_on(each.ends, names),
                permits=None if each.permits is None else _named(each.permits, names),
            )
            for each in procedure.suspensions
        ),
        outcomes=tuple(
            replace(each, steps=_named(each.steps, names)) for each in procedure.outcomes
        ),
    )


def member_of(name: str) -> str:
    """Return the class of a member, or the step that a member's step was split from."""
    return name.partition("__")[0]


def _sizes(procedure: Procedure) -> dict[str, int]:
    """Return the greatest number of members of each class."""
    sizes: dict[str, int] = {}
    for panel in procedure.panels:
        for each in panel.electorate:
            if isinstance(each.count, str):
                raise InvalidInput(
                    f'how many members the class "{each.actor}" of "{panel.id}" has is told by the fact "{each.count}"; '
                    "only classes of a fixed size can be taken apart"
                )
            sizes[each.actor] = max(sizes.get(each.actor, 0), each.count)
    return sizes


def _split(step: Step, sizes: Mapping[str, int]) -> list[Step]:
    if step.reply is None:
        return [step]
    actor = step.actors[0]
    if actor not in sizes:
        return [step]
    return [
        replace(step, id=f"{step.id}__{number}", actors=(f"{actor}__{number}",))
        for number in range(1, sizes[actor] + 1)
    ]


def _units(actor: Actor, sizes: Mapping[str, int]) -> list[Actor]:
    units = [
        replace(actor, id=f"{actor.id}__{number}", members=())
        for number in range(1, sizes.get(actor.id, 0) + 1)
    ]
    return [actor, *units]


def _seats(each: Electorate, size: int) -> list[Electorate]:
    """Return one class for each member; those beyond the number under this condition are not asked."""
    return [
        replace(each, actor=f"{each.actor}__{number}", count=int(number <= int(each.count)))
        for number in range(1, size + 1)
    ]


def _on(occasions: Iterable[_O], names: Mapping[str, list[str]]) -> tuple[_O, ...]:
    return tuple(replace(each, step=name) for each in occasions for name in names[each.step])


def _named(old: Iterable[str], names: Mapping[str, list[str]]) -> tuple[str, ...]:
    return tuple(new for each in old for new in names[each])
