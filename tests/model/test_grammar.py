"""The language of guards and effects: what is written means what it says, and nothing else is understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.strategies import expressions

from duecourse.model.expression import TRUE, Compare, Constant, Effect, Not, Variable, measure
from duecourse.model.grammar import MAX_SIZE, Domain, ExpressionError, parse_effect, parse_guard
from duecourse.model.syntax import MAX_DEPTH, MAX_LENGTH

if TYPE_CHECKING:
    from collections.abc import Callable

SCOPE = {
    "ready": Domain((False, True), assignable=True),
    "open": Domain((False, True), assignable=True),
    "rounds": Domain((0, 1, 2), assignable=True),
    "other": Domain((0, 1, 2), assignable=True),
    "result": Domain(("grant", "refuse"), assignable=True),
    "board.pending": Domain((0, 1, 2, 3)),
    "speed": Domain(("slow", "fast")),
    "notready": Domain((False, True)),
}


@given(expressions)
def test_a_guard_that_is_printed_and_parsed_again_prints_the_same(expression: object) -> None:
    once = parse_guard(str(expression), SCOPE)

    assert parse_guard(str(once), SCOPE) == once


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2 > rounds", "rounds < 2"),
        ("2 >= rounds", "rounds <= 2"),
        ("grant == result", "result == grant"),
        ("ready and open or notready", "(ready and open) or notready"),
        ("not ready and open", "(not ready) and open"),
        ("ready\n\tand open", "ready and open"),
        ("ready and ready", "ready"),
        ("ready and true", "ready"),
        ("((ready))", "ready"),
    ],
)
def test_what_is_written_in_two_ways_means_one_thing(text: str, same: str) -> None:
    assert parse_guard(text, SCOPE) == parse_guard(same, SCOPE)


def test_words_of_the_language_inside_a_name_are_part_of_the_name() -> None:
    assert parse_guard("notready", SCOPE) == Variable("notready")
    assert measure(parse_guard(" or ".join(["notready"] * 100), SCOPE)) == (100, 1)  # no negations


def test_a_number_beyond_the_values_may_be_compared_but_not_set() -> None:
    assert parse_guard("rounds < 9", SCOPE) == Compare("<", Variable("rounds"), Constant(9))
    with pytest.raises(ExpressionError, match='9 is outside the range 0 to 2 of "rounds"'):
        parse_effect("rounds = 9", SCOPE)


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        ("ready = true", Effect("ready", add=False, value=True)),
        ("result = refuse", Effect("result", add=False, value="refuse")),
        ("rounds=2", Effect("rounds", add=False, value=2)),
        ("rounds -= 1", Effect("rounds", add=True, value=-1)),
    ],
)
def test_an_effect_sets_or_counts_one_fact(text: str, effect: Effect) -> None:
    assert parse_effect(text, SCOPE) == effect


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "ready.__class__",
        "lambda: 1",
        "ready if open else ready",
        "rounds + 1 > 2",
        "rounds == 1 == 1",
        "ready; open",
        "f(ready)",
        "ready[0]",
        "'grant' == result",
        "rounds < 1.5",
        "rounds < 1_0",
        "rounds < 1e3",
        "READY",
        "",
        " ",
        "()",
    ],
)
def test_nothing_but_the_language_is_understood(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse_guard(text, SCOPE)


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("ready and\nnot redy", 15, 'unknown name "redy"; did you mean "ready"?'),
        ("ready and\n\nopen)", 16, "cannot read ')' here"),
        ("ready and (open", 16, "the guard ends too early"),
        ("rounds < ", 10, "the guard ends too early"),
        ("5 < six", 5, 'unknown name "six"'),
        ("board.pendin > 0", 1, 'unknown name "board.pendin"; did you mean "board.pending"?'),
    ],
)
def test_the_column_of_a_mistake_counts_from_the_beginning_of_the_whole_text(
    text: str, column: int, message: str
) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_guard(text, SCOPE)

    assert message in caught.value.message
    assert caught.value.column == column


def test_a_name_that_is_also_a_value_of_what_it_is_compared_with_is_refused() -> None:
    scope = {**SCOPE, "fast": Domain((False, True)), "choice": Domain(("speed", "fast"))}

    for text in ("speed == fast", "fast == speed", "choice == speed"):
        with pytest.raises(ExpressionError, match="and a name of its own; rename one of them"):
            parse_guard(text, scope)


# --- definitions --------------------------------------------------------------------------------------


def defined(scope: dict[str, Domain], text: str) -> Domain:
    return Domain((False, True), means=parse_guard(text, scope))


def test_a_definition_is_written_out_where_it_is_used() -> None:
    scope = {**SCOPE, "quick": defined(SCOPE, "ready and rounds < 1")}

    assert parse_guard("not quick", scope) == Not(parse_guard("ready and rounds < 1", SCOPE))
    with pytest.raises(ExpressionError, match="used as it stands or with `not`"):
        parse_guard("quick == true", scope)


def test_what_definitions_mean_written_out_stays_below_the_limit_of_comparisons() -> None:
    scope = {**SCOPE, "d0": defined(SCOPE, "ready or not open")}
    sizes = [2, 6, 14, 30, 62, 126, 254]  # 2 more than twice the one before; 510 is too many
    for i, size in enumerate(sizes[1:]):
        scope[f"d{i + 1}"] = defined(scope, f"(d{i} and ready) or (not d{i} and open)")
        assert measure(scope[f"d{i + 1}"].means or TRUE)[0] == size

    with pytest.raises(ExpressionError, match=f"compares more than {MAX_SIZE} times"):
        parse_guard("(d6 and ready) or (not d6 and open)", scope)


def test_what_definitions_mean_written_out_stays_below_the_limit_of_depth() -> None:
    scope = {**SCOPE, "d0": defined(SCOPE, "ready")}
    for i in range(MAX_DEPTH):
        scope[f"d{i + 1}"] = defined(scope, f"not d{i}")

    with pytest.raises(ExpressionError, match=f"nested deeper than {MAX_DEPTH}"):
        parse_guard(f"not (ready and d{MAX_DEPTH})", scope)


# --- limits -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", [MAX_DEPTH, MAX_DEPTH + 1])
def test_parentheses_are_nested_as_deep_as_the_limit_and_no_deeper(depth: int) -> None:
    text = "(" * depth + "ready" + ")" * depth
    if depth == MAX_DEPTH:
        assert parse_guard(text, SCOPE) == Variable("ready")
    else:
        with pytest.raises(ExpressionError, match=f"nested deeper than {MAX_DEPTH}"):
            parse_guard(text, SCOPE)


@pytest.mark.parametrize("count", [MAX_DEPTH, MAX_DEPTH + 1])
def test_negations_are_nested_as_deep_as_the_limit_and_no_deeper(count: int) -> None:
    text = "not (" * (count // 2) + "not " * (count - count // 2) + "ready" + ")" * (count // 2)
    if count == MAX_DEPTH:
        assert measure(parse_guard(text, SCOPE)) == (1, MAX_DEPTH)
    else:
        with pytest.raises(ExpressionError, match=f"more than {MAX_DEPTH} negations"):
            parse_guard(text, SCOPE)


def test_an_expression_is_as_long_as_the_limit_and_no_longer() -> None:
    text = "true" + " " * (MAX_LENGTH - 4)

    assert parse_guard(text, SCOPE) == TRUE
    with pytest.raises(ExpressionError, match="2001 characters are too many for one expression"):
        parse_guard(text + " ", SCOPE)


@given(st.text(st.sampled_from("rounds_ready(and or not)==<>!1２＝（.\n\"'"), max_size=60))
@example("not " * 41)
@example("(" * 41)
def test_any_text_is_parsed_or_refused_with_a_column_in_it(text: str) -> None:
    for parse in (parse_guard, parse_effect):
        error = refusal(parse, text)
        assert error is None or (error.message and 1 <= error.column <= len(text) + 1)


def refusal(parse: Callable[[str, dict[str, Domain]], object], text: str) -> ExpressionError | None:
    try:
        parse(text, SCOPE)
    except ExpressionError as error:
        return error
    return None


@pytest.mark.parametrize(
    ("guard", "column", "message"),
    [
        ("rounds ≥ 2", 8, "full-width or look-alike|write '>='"),
        ("rounds ≤ 2", 8, "write '<='"),
        ("rounds ≠ 2", 8, "write '!='"),
        ("rounds ＞＝ 2", 8, "full-width or look-alike characters '＞＝'; write '>='"),
        ("rounds >＝ 2", 8, "full-width or look-alike characters '>＝'; write '>='"),
        ("rounds ＝＝ 2", 8, "write '=='"),
        ("rounds ＝ 2", 8, "write '=='"),
        ("rounds => 2", 8, "'=>' is no sign of the language; write '>='"),
        ("rounds <> 2", 8, "'<>' is no sign of the language; write '!='"),
        ("ready && ready", 7, "'&&' is no sign of the language; write 'and'"),
        ("!ready", 1, "'!' is no sign of the language; write 'not'"),
        ('route == "listing"', 10, "a value stands without quotation marks; write listing"),
        ("route == “listing”", 10, "a value stands without quotation marks; write listing"),
        ("route == '上市'", 10, "a value stands without quotation marks, by its id"),
        ("stage == open", 1, 'a condition does not read the stage; a step says with from = "…"'),
        ("open == stage", 9, "a condition does not read the stage"),
        ("ready == stage", 10, "a condition does not read the stage"),
    ],
)
def test_what_is_often_written_in_a_guard_is_answered_with_how_to_write_it(
    guard: str, column: int, message: str
) -> None:
    scope = {
        "rounds": Domain((0, 1, 2)),
        "ready": Domain((False, True)),
        "route": Domain(("listing", "other")),
    }
    with pytest.raises(ExpressionError) as caught:
        parse_guard(guard, scope)

    assert caught.value.column == column
    assert all(part in caught.value.message for part in message.split("|"))


def test_a_value_may_be_called_stage_but_an_effect_does_not_set_the_stage() -> None:
    scope = {"part": Domain(("stage", "whole"), assignable=True)}

    assert str(parse_guard("part == stage", scope)) == "part == stage"
    with pytest.raises(ExpressionError, match='a step changes the stage with to = "…"'):
        parse_effect("stage = open", scope)
