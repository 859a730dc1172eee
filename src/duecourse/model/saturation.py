"""Unbounded counters cut where no guard can tell any more: exact, since they are only counted up, reset and compared."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from duecourse.errors import Problem
from duecourse.model.conditions import effects_of, guards
from duecourse.model.expression import Compare, Constant, atoms, variables
from duecourse.model.scope import MAX_DOMAIN

if TYPE_CHECKING:
    from duecourse.model.procedure import Fact, Procedure


def saturated(procedure: Procedure, problems: list[Problem]) -> tuple[Fact, ...]:
    """Return the facts, each unbounded counter cut one above the largest constant that a guard compares it with.

    What would make the cut inexact is added to `problems`: counting down, and comparing with anything but a constant.
    """
    tests: dict[str, list[Compare]] = {fact.id: [] for fact in procedure.facts if fact.unbounded}
    if not tests:
        return procedure.facts
    for condition, _ in guards(procedure):
        for atom in atoms(condition):
            for name in variables(atom):
                if name in tests:
                    tests[name].append(atom)
    downward = {
        effect.fact
        for step in procedure.steps
        for effect in effects_of(step)
        if effect.add and effect.value == -1
    }
    return tuple(
        _cut(fact, tests[fact.id], problems, down=fact.id in downward) if fact.unbounded else fact
        for fact in procedure.facts
    )


def _cut(fact: Fact, tests: list[Compare], problems: list[Problem], *, down: bool) -> Fact:
    constants = [int(each.right.value) for each in tests if isinstance(each.right, Constant)]
    top = max([0, *constants]) + 1
    rule = ""
    if down:
        rule = "is counted down; give it a range instead"
    elif len(constants) < len(tests):
        rule = "is compared with something that can vary; give it a range instead"
    elif top >= MAX_DOMAIN:
        rule = f"is compared with {top - 1}; what counts so far has a range of its own, at most {MAX_DOMAIN} values"
    if rule:
        message = f'the unbounded counter "{fact.id}" {rule}'
        at = fact.place
        problems.append(Problem(at.file, at.line, at.column, "counter", message))
        return fact
    return replace(fact, values=tuple(range(top + 1)))
