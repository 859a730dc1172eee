"""Guards taken apart into cubes: the finitely many ways in which a set of conditions can come out.

Each variable's domain is cut into the classes of values that no comparison in sight tells apart; a cube chooses one
class per variable that matters. Cubes of one call never overlap, and together they cover every assignment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.model.expression import (
    FALSE,
    TRUE,
    Compare,
    Constant,
    Expression,
    Variable,
    atoms,
    evaluate,
    simplify,
    variables,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from duecourse.model.procedure import Value

Classes = tuple[tuple["Value", ...], ...]
Cube = dict[str, tuple["Value", ...]]

MAX_CUBES = 20_000


class TooManyCubesError(Exception):
    """Conditions that come out in more ways than can be listed."""


def split(
    goals: Sequence[Expression], domains: Mapping[str, tuple[Value, ...]]
) -> Iterator[tuple[Cube, tuple[bool, ...]]]:
    """Yield the cubes on which the first goal holds, with the truth of every goal there.

    Args:
        goals: conditions; the first is the guard, and cubes on which it fails are not yielded.
        domains: the values of every variable in the goals.

    Raises:
        TooManyCubesError: beyond `MAX_CUBES` cubes.
    """
    classes = {name: _classes(name, domains, goals) for goal in goals for name in variables(goal)}
    budget = iter(range(MAX_CUBES))
    yield from _split(tuple(goals), classes, {}, budget)


def satisfiable(condition: Expression, domains: Mapping[str, tuple[Value, ...]]) -> bool:
    """Return whether some assignment makes the condition true; assumed so where there are too many to try."""
    try:
        return next(split((condition,), domains), None) is not None
    except TooManyCubesError:
        return True


def _split(
    goals: tuple[Expression, ...], classes: Mapping[str, Classes], cube: Cube, budget: Iterator[int]
) -> Iterator[tuple[Cube, tuple[bool, ...]]]:
    if goals[0] == FALSE:
        return
    name = next((name for goal in goals for name in variables(goal)), None)
    if name is None:
        if next(budget, None) is None:
            raise TooManyCubesError
        yield cube, tuple(goal == TRUE for goal in goals)
        return
    for members in classes[name]:
        fixed = {name: members[0]}
        yield from _split(
            tuple(simplify(goal, fixed) for goal in goals), classes, {**cube, name: members}, budget
        )


def _classes(
    name: str, domains: Mapping[str, tuple[Value, ...]], goals: Sequence[Expression]
) -> Classes:
    """Return the classes of values of a variable that the goals cannot tell apart."""
    tests = [atom for goal in goals for atom in atoms(goal) if name in variables(atom)]
    if any(isinstance(atom.left, Variable) and isinstance(atom.right, Variable) for atom in tests):
        return tuple((value,) for value in domains[name])
    groups: dict[tuple[bool, ...], list[Value]] = {}
    for value in domains[name]:
        groups.setdefault(tuple(evaluate(atom, {name: value}) for atom in tests), []).append(value)
    return tuple(map(tuple, groups.values()))


def total(
    parts: Sequence[str], op: str, bound: int, domains: Mapping[str, tuple[Value, ...]]
) -> Expression:
    """Return the comparison of a sum of counts with a constant, as a condition on the single counts."""
    from duecourse.model.expression import Or, conjunction  # noqa: PLC0415

    ways: list[Expression] = []

    def choose(index: int, chosen: tuple[Expression, ...], amount: int) -> None:
        if index == len(parts):
            if evaluate(Compare(op, Constant(amount), Constant(bound)), {}):  # type: ignore[arg-type]
                ways.append(conjunction(*chosen))
            return
        for value in domains[parts[index]]:
            choose(
                index + 1,
                (*chosen, Compare("==", Variable(parts[index]), Constant(value))),
                amount + int(value),
            )

    choose(0, (), 0)
    return FALSE if not ways else ways[0] if len(ways) == 1 else Or(tuple(ways))
