"""A procedure with one mistake in it, made on purpose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeVar

from duecourse.model.checks import static_problems
from duecourse.model.saturation import saturated

if TYPE_CHECKING:
    from duecourse.errors import Problem
    from duecourse.model.procedure import (
        Cite,
        Clock,
        Element,
        Label,
        On,
        Panel,
        Procedure,
        Stage,
        Step,
        Suspension,
    )

Family = Literal["first", "second"]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake.

    Attributes:
        id: the operator, the element and what of it, such as `drop-step:file`.
        family: "first", or "second", which is held out: nobody chooses properties by it.
        operator: the kind of mistake.
        words: what was done; elements are called by their ids.
        cites: the articles of the element.
        procedure: what came of it.
    """

    id: str
    family: Family
    operator: str
    words: Label
    cites: tuple[Cite, ...]
    procedure: Procedure


Draft = tuple[str, str, "Label", "Element", "Procedure"]
"""An operator, what identifies the mistake, the words, the element, and the procedure that came of it."""


def refusal(procedure: Procedure) -> Problem | None:
    """Return why the reader of files would refuse a procedure; None where it would not."""
    problems: list[Problem] = []
    saturated(procedure, problems)
    problems.extend(each for each in static_problems(procedure) if each.severity == "error")
    return min(problems, default=None)


def settled(procedure: Procedure) -> Procedure:
    """Return a procedure whose unbounded counters are cut where its guards need it."""
    return replace(procedure, facts=saturated(procedure, []))


_T = TypeVar("_T")
_E = TypeVar("_E", "Step", "Clock", "Panel", "Suspension", "Stage")


def swapped(elements: tuple[_E, ...], new: _E) -> tuple[_E, ...]:
    """Return elements with the one of the same id in place of the old one."""
    return tuple(new if each.id == new.id else each for each in elements)


def with_step(procedure: Procedure, step: Step) -> Procedure:
    """Return a procedure with another version of a step."""
    return replace(procedure, steps=swapped(procedure.steps, step))


def with_clock(procedure: Procedure, clock: Clock) -> Procedure:
    """Return a procedure with another version of a clock."""
    return replace(procedure, clocks=swapped(procedure.clocks, clock))


def with_panel(procedure: Procedure, panel: Panel) -> Procedure:
    """Return a procedure with another version of a panel."""
    return replace(procedure, panels=swapped(procedure.panels, panel))


def with_suspension(procedure: Procedure, suspension: Suspension) -> Procedure:
    """Return a procedure with another version of a suspension."""
    return replace(procedure, suspensions=swapped(procedure.suspensions, suspension))


def without_step(procedure: Procedure, name: str) -> Procedure:
    """Return a procedure without a step and everything that names it."""

    def kept(occasions: tuple[On, ...]) -> tuple[On, ...]:
        return tuple(on for on in occasions if on.step != name)

    return replace(
        procedure,
        steps=tuple(each for each in procedure.steps if each.id != name),
        measured_from=tuple(each for each in procedure.measured_from if each != name),
        clocks=tuple(
            replace(
                each,
                starts=kept(each.starts),
                stops=kept(each.stops),
                on_lapse=kept(each.on_lapse),
                extensions=tuple(e for e in each.extensions if e.step != name),
            )
            for each in procedure.clocks
        ),
        panels=tuple(
            replace(each, opens=kept(each.opens), closes=kept(each.closes))
            for each in procedure.panels
        ),
        suspensions=tuple(
            replace(
                each,
                begins=kept(each.begins),
                ends=kept(each.ends),
                permits=None
                if each.permits is None
                else tuple(step for step in each.permits if step != name),
            )
            for each in procedure.suspensions
        ),
        outcomes=tuple(
            replace(each, steps=tuple(step for step in each.steps if step != name))
            for each in procedure.outcomes
        ),
    )


def at(items: tuple[_T, ...], index: int, new: _T | None) -> tuple[_T, ...]:
    """Return a tuple with another item at a place, or without the one there."""
    return (*items[:index], *(() if new is None else (new,)), *items[index + 1 :])
