"""Guards as values: evaluated, simplified, negated and measured, each against the plain truth table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import DOMAINS, assignments, expressions

from duecourse.model.expression import (
    TRUE,
    And,
    Compare,
    Constant,
    Effect,
    Not,
    Or,
    Variable,
    atoms,
    conjunction,
    evaluate,
    false_parts,
    measure,
    negation,
    simplify,
    variables,
)

if TYPE_CHECKING:
    from duecourse.model.expression import Expression, Value


def truth(expression: Expression) -> list[bool]:
    return [evaluate(expression, values) for values in assignments()]


@given(expressions)
def test_negation_turns_every_value_round(expression: Expression) -> None:
    assert truth(negation(expression)) == [not each for each in truth(expression)]


@given(expressions, expressions)
def test_conjunction_holds_where_both_do(one: Expression, other: Expression) -> None:
    both = [a and b for a, b in zip(truth(one), truth(other), strict=True)]

    assert truth(conjunction(one, other)) == both


@given(expressions, st.sampled_from(assignments()), st.sets(st.sampled_from(sorted(DOMAINS))))
def test_simplifying_with_some_values_keeps_the_truth_for_the_others(
    expression: Expression, values: dict[str, Value], names: set[str]
) -> None:
    fixed = {name: values[name] for name in names}

    simplified = simplify(expression, fixed)

    assert names.isdisjoint(variables(simplified))
    assert [evaluate(simplified, {**each, **fixed}) for each in assignments()] == [
        evaluate(expression, {**each, **fixed}) for each in assignments()
    ]


@given(expressions, st.sampled_from(assignments()))
def test_simplifying_with_all_values_leaves_a_constant(
    expression: Expression, values: dict[str, Value]
) -> None:
    assert simplify(expression, values) == Constant(evaluate(expression, values))


@given(expressions, st.sampled_from(assignments()))
def test_the_reasons_of_a_refusal_are_false_and_there_are_some(
    expression: Expression, values: dict[str, Value]
) -> None:
    reasons = false_parts(expression, values)

    assert bool(reasons) is not evaluate(expression, values)
    assert not any(evaluate(each, values) for each in reasons)


@given(expressions)
def test_the_measure_counts_the_leaves_and_the_levels(expression: Expression) -> None:
    def leaves_of(part: Expression) -> int:
        match part:
            case Not(inner):
                return leaves_of(inner)
            case And(parts) | Or(parts):
                return sum(map(leaves_of, parts))
            case _:
                return 1

    def levels_of(part: Expression) -> int:
        match part:
            case Not(inner):
                return 1 + levels_of(inner)
            case And(parts) | Or(parts):
                return 1 + max(map(levels_of, parts))
            case _:
                return 0

    assert measure(expression) == (leaves_of(expression), levels_of(expression))


def test_the_atoms_of_a_guard_are_its_comparisons_in_reading_order() -> None:
    rounds = Compare("<", Variable("rounds"), Constant(2))
    guard = And((Not(Variable("ready")), Or((rounds, TRUE))))

    assert list(atoms(guard)) == [Compare("==", Variable("ready"), TRUE), rounds]
    assert list(variables(guard)) == ["ready", "rounds"]


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (Not(Or((Variable("a"), And((Variable("b"), Variable("c")))))), "not (a or (b and c))"),
        (Compare(">=", Variable("n"), Constant(2)), "n >= 2"),
        (TRUE, "true"),
        (Constant("grant"), "grant"),
    ],
)
def test_a_guard_prints_as_it_is_written(expression: Expression, text: str) -> None:
    assert str(expression) == text


@pytest.mark.parametrize(
    ("effect", "text"),
    [
        (Effect("ready", add=False, value=True), "ready = true"),
        (Effect("result", add=False, value="grant"), "result = grant"),
        (Effect("rounds", add=True, value=1), "rounds += 1"),
        (Effect("rounds", add=True, value=-1), "rounds -= 1"),
    ],
)
def test_an_effect_prints_as_it_is_written(effect: Effect, text: str) -> None:
    assert str(effect) == text
