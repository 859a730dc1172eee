"""Guards taken apart: the cubes are disjoint, cover what they must, and say the truth; sums are what they sum up to."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.strategies import DOMAINS, assignments, expressions

from duecourse.model.cubes import Budget, TooManyCubesError, satisfiable, split, total
from duecourse.model.expression import (
    FALSE,
    TRUE,
    And,
    Compare,
    Constant,
    Expression,
    Or,
    Variable,
    conjunction,
    evaluate,
    negation,
    variables,
)

if TYPE_CHECKING:
    from duecourse.model.cubes import Cube
    from duecourse.model.expression import Operator, Value


def covers(cube: Cube, values: dict[str, Value]) -> bool:
    return all(values[name] in members for name, members in cube.items())


@given(st.lists(expressions, min_size=1, max_size=3))
def test_every_assignment_that_the_guard_allows_lies_in_exactly_one_cube_which_tells_the_truth(
    goals: list[Expression],
) -> None:
    cubes = list(split(goals, DOMAINS))

    for values in assignments():
        truths = [truth for cube, truth in cubes if covers(cube, values)]
        expected = tuple(evaluate(goal, values) for goal in goals)
        assert truths == ([expected] if expected[0] else [])


@given(expressions)
def test_a_guard_is_satisfiable_where_some_assignment_makes_it_true(expression: Expression) -> None:
    found = any(evaluate(expression, values) for values in assignments())

    assert satisfiable(expression, DOMAINS) is found


@given(expressions, st.permutations(DOMAINS["rounds"]))
def test_the_order_of_a_domain_does_not_matter(expression: Expression, order: list[Value]) -> None:
    domains = {**DOMAINS, "rounds": tuple(order)}

    assert satisfiable(expression, domains) is satisfiable(expression, DOMAINS)


@given(expressions)
def test_nothing_is_promised_beyond_the_budget(expression: Expression) -> None:
    assume(list(variables(expression)))

    assert satisfiable(expression, DOMAINS, Budget(work=0))
    with pytest.raises(TooManyCubesError):
        list(split([TRUE, expression], DOMAINS, Budget(work=0)))


def test_a_large_domain_is_cut_only_where_a_constant_cuts_it() -> None:
    domains: dict[str, tuple[Value, ...]] = {"n": tuple(range(1_000))}
    middle = And(
        (Compare(">", Variable("n"), Constant(10)), Compare("<=", Variable("n"), Constant(20)))
    )

    cubes = [cube["n"] for cube, _ in split([TRUE, middle], domains)]

    assert sorted(map(len, cubes)) == [10, 11, 979]  # 11 to 20, 0 to 10, 21 to 999


def test_a_guard_that_is_hard_to_refute_does_not_hang() -> None:
    # five pigeons in four holes, each alone: false, and seen only by trying
    sits = [[Variable(f"p{i}{h}") for h in range(4)] for i in range(5)]
    some = [Or(tuple(each)) for each in sits]
    alone = [
        negation(conjunction(sits[i][h], sits[j][h]))
        for h in range(4)
        for i in range(5)
        for j in range(i)
    ]
    domains: dict[str, tuple[Value, ...]] = {
        each.name: (False, True) for row in sits for each in row
    }
    guard = conjunction(*some, *alone)

    assert not satisfiable(guard, domains)
    assert satisfiable(guard, domains, Budget(work=1_000))


def test_too_many_variables_are_refused_before_they_are_tried() -> None:
    names = [f"b{i}" for i in range(200)]
    domains: dict[str, tuple[Value, ...]] = dict.fromkeys(names, (False, True))
    guard = conjunction(*map(Variable, names))

    with pytest.raises(TooManyCubesError):
        list(split([guard], domains))
    assert satisfiable(guard, domains)


SIZES: dict[str, tuple[Value, ...]] = {"a": (0, 1, 2, 3), "b": (0, 1), "c": (0, 1, 2)}


@pytest.mark.parametrize("parts", [(), ("a",), ("b", "a"), ("a", "b", "c")])
@pytest.mark.parametrize("op", ["==", "!=", "<", "<=", ">", ">="])
@pytest.mark.parametrize("bound", range(-1, 8))
def test_a_sum_compared_is_the_sum_of_the_counts_compared(
    parts: tuple[str, ...], op: Operator, bound: int
) -> None:
    condition = total(parts, op, bound, SIZES)

    for chosen in product(*(SIZES[name] for name in parts)):
        values = dict(zip(parts, chosen, strict=True))
        expected = evaluate(Compare(op, Constant(sum(map(int, chosen))), Constant(bound)), {})
        assert evaluate(condition, values) is expected


def test_a_sum_of_large_counts_is_split_on_all_but_the_largest() -> None:
    domains: dict[str, tuple[Value, ...]] = {"members": tuple(range(1_001)), "others": (0, 1, 2)}

    condition = total(("members", "others"), "<=", 500, domains)

    assert isinstance(condition, Or)
    assert len(condition.parts) == 3


def test_a_sum_that_can_be_reached_in_too_many_ways_is_refused() -> None:
    domains: dict[str, tuple[Value, ...]] = {f"class{i}": tuple(range(51)) for i in range(20)}

    with pytest.raises(TooManyCubesError):
        total(tuple(domains), "==", 500, domains)
    assert total(tuple(domains), "<", 0, domains) == FALSE
