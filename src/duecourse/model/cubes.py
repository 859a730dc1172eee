"""Guards taken apart into cubes: the finitely many ways in which a set of conditions can come out.

Each variable's domain is cut into the classes of values that no comparison in sight tells apart; a cube chooses one
class per variable that matters. Cubes of one call never overlap, and together they cover every assignment.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from duecourse.model.expression import (
    FALSE,
    TRUE,
    Compare,
    Constant,
    Expression,
    Or,
    Variable,
    atoms,
    conjunction,
    evaluate,
    negation,
    simplify,
    variables,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from duecourse.model.expression import Operator
    from duecourse.model.procedure import Value

Classes = tuple[tuple["Value", ...], ...]
Cube = dict[str, tuple["Value", ...]]

MAX_CUBES = 20_000
MAX_VARIABLES = 150
MAX_WORK = 100_000


class TooManyCubesError(Exception):
    """Conditions that come out in more ways than can be listed."""


class Budget:
    """How much work may still be spent on taking conditions apart; the unit is one look at one comparison."""

    def __init__(self, work: int = MAX_WORK, cubes: int = MAX_CUBES) -> None:
        self.work, self.cubes = work, cubes

    def spend(self, work: int, cubes: int = 0) -> None:
        """Take work off the budget.

        Raises:
            TooManyCubesError: there is not that much left.
        """
        self.work -= work
        self.cubes -= cubes
        if self.work < 0 or self.cubes < 0:
            raise TooManyCubesError


def split(
    goals: Sequence[Expression],
    domains: Mapping[str, tuple[Value, ...]],
    budget: Budget | None = None,
) -> Iterator[tuple[Cube, tuple[bool, ...]]]:
    """Yield the cubes on which the first goal holds, with the truth of every goal there.

    Args:
        goals: conditions; the first is the guard, and cubes on which it fails are not yielded.
        domains: the values of every variable in the goals.
        budget: what may be spent; by default that of one call alone.

    Raises:
        TooManyCubesError: beyond the budget, or beyond `MAX_VARIABLES` variables.
    """
    budget = budget or Budget()
    tests: dict[str, list[Compare]] = defaultdict(list)
    for goal in goals:
        for atom in atoms(goal):
            for name in variables(atom):
                tests[name].append(atom)
    if len(tests) > MAX_VARIABLES:
        raise TooManyCubesError
    classes = {name: _classes(name, domains[name], found, budget) for name, found in tests.items()}
    yield from _split(tuple(simplify(goal, {}) for goal in goals), classes, {}, budget)


def satisfiable(
    condition: Expression,
    domains: Mapping[str, tuple[Value, ...]],
    budget: Budget | None = None,
) -> bool:
    """Return whether some assignment makes the condition true; assumed so where there are too many to try."""
    if isinstance(condition, Constant):
        return bool(condition.value)
    try:
        return next(split((condition,), domains, budget), None) is not None
    except TooManyCubesError:
        return True


def _split(
    goals: tuple[Expression, ...], classes: Mapping[str, Classes], cube: Cube, budget: Budget
) -> Iterator[tuple[Cube, tuple[bool, ...]]]:
    if goals[0] == FALSE:
        return
    names = [name for goal in goals for name in variables(goal)]
    if not names:
        budget.spend(len(goals), cubes=1)
        yield cube, tuple(goal == TRUE for goal in goals)
        return
    name = names[0]
    budget.spend((len(names) + len(goals)) * len(classes[name]))
    for members in classes[name]:
        fixed = {name: members[0]}
        yield from _split(
            tuple(simplify(goal, fixed) for goal in goals), classes, {**cube, name: members}, budget
        )


def _classes(
    name: str, values: tuple[Value, ...], tests: Sequence[Compare], budget: Budget
) -> Classes:
    """Return the classes of values of a variable that the tests cannot tell apart."""
    if any(isinstance(each.left, Variable) and isinstance(each.right, Variable) for each in tests):
        budget.spend(len(values))
        return tuple((value,) for value in values)
    runs = _runs(values, tests)
    budget.spend(len(runs) * len(tests))
    groups: dict[tuple[bool, ...], list[Value]] = {}
    for run in runs:
        truth = tuple(evaluate(test, {name: run[0]}) for test in tests)
        groups.setdefault(truth, []).extend(run)
    return tuple(map(tuple, groups.values()))


def _runs(values: tuple[Value, ...], tests: Sequence[Compare]) -> list[tuple[Value, ...]]:
    """Return the values in runs that no test cuts: ascending numbers between the constants, else each value alone."""
    numbers = [int(value) for value in values if type(value) is int]
    if numbers != sorted(numbers) or len(numbers) < len(values):
        return [(value,) for value in values]
    constants = [
        int(side.value)
        for test in tests
        for side in (test.left, test.right)
        if isinstance(side, Constant)
    ]
    edges = {bisect_left(numbers, cut) for each in constants for cut in (each, each + 1)}
    cuts = sorted(edges | {0, len(values)})
    return [values[start:end] for start, end in pairwise(cuts)]


def total(
    parts: Sequence[str], op: Operator, bound: int, domains: Mapping[str, tuple[Value, ...]]
) -> Expression:
    """Return the comparison of a sum of counts with a constant, as a condition on the single counts.

    Raises:
        TooManyCubesError: the sum can be reached in too many ways.
    """
    match op:
        case "!=":
            return negation(total(parts, "==", bound, domains))
        case ">":
            return negation(total(parts, "<=", bound, domains))
        case "<":
            return total(parts, "<=", bound - 1, domains)
        case ">=":
            return negation(total(parts, "<=", bound - 1, domains))
        case _:
            ordered = sorted(parts, key=lambda name: len(domains[name]))
            ways = list(_ways(ordered, op, bound, domains))
            return FALSE if not ways else ways[0] if len(ways) == 1 else Or(tuple(ways))


MAX_WAYS = 2_000


def _ways(
    parts: Sequence[str], op: Operator, bound: int, domains: Mapping[str, tuple[Value, ...]]
) -> Iterator[Expression]:
    """Yield conditions that exclude each other and make the counts sum up to the bound, or stay below it."""
    queue: list[tuple[int, tuple[Expression, ...]]] = [(bound, ())]
    for index, name in enumerate(parts):
        last = index == len(parts) - 1
        longer: list[tuple[int, tuple[Expression, ...]]] = []
        for left, chosen in queue:
            if last:
                if left >= 0 and (op == "<=" or left <= int(domains[name][-1])):
                    longer.append((0, (*chosen, Compare(op, Variable(name), Constant(left)))))
                continue
            longer.extend(
                (left - int(value), (*chosen, Compare("==", Variable(name), Constant(value))))
                for value in domains[name]
                if int(value) <= left
            )
            if len(longer) > MAX_WAYS:
                raise TooManyCubesError
        queue = longer
    if parts:
        yield from (conjunction(*chosen) for _, chosen in queue)
    elif (bound == 0) if op == "==" else (bound >= 0):
        yield TRUE
