"""Formulas on finite traces: the automaton and the definition agree on every short trace."""

from __future__ import annotations

import time
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecourse.properties.automaton import Automaton, TooLargeError
from duecourse.properties.derivatives import automaton
from duecourse.properties.ltlf import (
    MAX_DEPTH,
    MAX_LENGTH,
    Formula,
    FormulaError,
    atom,
    parse_ltlf,
)

NAMES = {"a": 0, "b": 1}
TRACES = [letters for length in range(6) for letters in product(range(4), repeat=length)]


def holds(formula: Formula, trace: tuple[int, ...], at: int = 0) -> bool:  # noqa: C901, PLR0911, PLR0912
    """Judge a formula by its definition: at a position, or after the last one."""
    rest = range(at, len(trace))
    parts = formula.parts
    match formula.kind:
        case "true":
            return True
        case "false":
            return False
        case "atom":
            return at < len(trace) and bool(trace[at] >> formula.index & 1)
        case "last":
            return at == len(trace) - 1
        case "!":
            return not holds(parts[0], trace, at)
        case "&":
            return all(holds(part, trace, at) for part in parts)
        case "|":
            return any(holds(part, trace, at) for part in parts)
        case "->":
            return not holds(parts[0], trace, at) or holds(parts[1], trace, at)
        case "<->":
            return holds(parts[0], trace, at) == holds(parts[1], trace, at)
        case "X":
            return at + 1 < len(trace) and holds(parts[0], trace, at + 1)
        case "WX":
            return at + 1 >= len(trace) or holds(parts[0], trace, at + 1)
        case "F":
            return any(holds(parts[0], trace, i) for i in rest)
        case "G":
            return all(holds(parts[0], trace, i) for i in rest)
        case "U" | "W":
            for i in rest:
                if holds(parts[1], trace, i):
                    return True
                if not holds(parts[0], trace, i):
                    return False
            return formula.kind == "W"
        case "R":
            return all(
                holds(parts[1], trace, i) or any(holds(parts[0], trace, j) for j in range(at, i))
                for i in rest
            )


def disagreements(formula: Formula, found: Automaton) -> list[tuple[int, ...]]:
    return [trace for trace in TRACES if found.accepts(trace) != holds(formula, trace)]


UNARY = st.sampled_from(["!", "X", "WX", "F", "G"])
BINARY = st.sampled_from(["&", "|", "->", "<->", "U", "W", "R"])
FORMULAS = st.recursive(
    st.sampled_from([atom(0), atom(1), Formula("true"), Formula("false"), Formula("last")]),
    lambda part: (
        st.builds(lambda kind, one: Formula(kind, (one,)), UNARY, part)
        | st.builds(lambda kind, one, other: Formula(kind, (one, other)), BINARY, part, part)
    ),
    max_leaves=6,
)


@given(FORMULAS)
def test_the_automaton_agrees_with_the_definition_on_all_1365_traces_up_to_length_5(
    formula: Formula,
) -> None:
    assert len(TRACES) == 1 + 4 + 16 + 64 + 256 + 1024
    assert disagreements(formula, automaton(formula, 2)) == []


@given(FORMULAS)
def test_a_formula_that_is_printed_and_parsed_is_the_same(formula: Formula) -> None:
    assert parse_ltlf(formula.text({0: "a", 1: "b"}), NAMES) == formula


@given(FORMULAS, FORMULAS)
def test_two_formulas_that_say_the_same_have_equal_automata(one: Formula, other: Formula) -> None:
    same = Formula("<->", (one, other))
    equal = automaton(one, 2) == automaton(other, 2)
    assert equal == (automaton(same, 2) == automaton(Formula("true"), 2))


@pytest.mark.parametrize(
    ("text", "empty"),
    [
        ("a", False), ("!a", True), ("X true", False), ("WX false", True), ("F true", False),
        ("G false", True), ("a U true", False), ("false W false", True), ("false R false", True),
        ("last", False), ("true", True), ("false", False),
    ],
)  # fmt: skip
def test_the_empty_trace_is_judged_as_the_module_says(text: str, empty: bool) -> None:  # noqa: FBT001
    assert automaton(parse_ltlf(text, NAMES), 2).accepts([]) is empty


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("a U b W a R b", "a U (b W (a R b))"),
        ("a -> b -> a", "a -> (b -> a)"),
        ("a | b & a U b", "a | (b & (a U b))"),
        ("not a and N b or a", "((!a) & (WX b)) | a"),
        ("! a U b", "(!a) U b"),
        ("FG a", "F (G a)"),
        ("a <-> b <-> a", "(a <-> b) <-> a"),
    ],
)
def test_operators_bind_as_documented(text: str, same: str) -> None:
    assert parse_ltlf(text, NAMES) == parse_ltlf(same, NAMES)


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("G(a -> F c)", 9, 'unknown name "c"; known: a, b'),
        ("a b", 2, r"cannot read 'b' here; a formula may use"),
        ("a U", 3, "cannot read the end here"),
        ("", 0, "cannot read the end here"),
        ("a % b", 2, "cannot read '% b' here"),
        ("Xa", 0, "cannot read 'Xa' here"),
        ("a" * (MAX_LENGTH + 1), MAX_LENGTH, "too many for one formula"),
        ("!" * MAX_LENGTH, MAX_LENGTH, "cannot read the end"),
        ("!" * MAX_DEPTH + "a", 0, "nested deeper than"),
        ("!" * (MAX_LENGTH - 1) + "a", 0, "nested deeper than"),
        ("a" + "->a" * 1_300, 0, "nested deeper than"),
        ("(" * MAX_LENGTH, MAX_LENGTH, "cannot read the end"),
    ],
)
def test_a_text_that_is_no_formula_is_refused_at_its_place(
    text: str, offset: int, message: str
) -> None:
    with pytest.raises(FormulaError, match=message) as refused:
        parse_ltlf(text, NAMES)
    assert refused.value.offset == offset


def conjunction(texts: list[str], count: int) -> Formula:
    names = {f"p{i}": i for i in range(count)}
    return parse_ltlf(" & ".join(f"({text})" for text in texts), names)


HOSTILE = [
    conjunction(["p0", *(["F(p0 & " + "X(" * 14 + "p1" + ")" * 14 + ")"])], 2),
    conjunction([f"F(p{i} & X F(p{i + 1} & X F p{i}))" for i in range(9)], 10),
    conjunction([f"F(p{i % 10} U (p{(i + 3) % 10} & X p{i % 7}))" for i in range(40)], 10),
    parse_ltlf(" <-> ".join(f"F G X F p{i % 10}" for i in range(60)), {f"p{i}": i for i in range(10)}),
    parse_ltlf("&".join(f"(X p{i % 10} | F p{i * 7 % 10} | WX WX p{i * 3 % 10})" for i in range(60)), {f"p{i}": i for i in range(10)}),
    parse_ltlf("!" + "X(a | " * 90 + "b" + ")" * 90, NAMES),
    parse_ltlf("G(a -> " + "X(b & " * 60 + "a" + ")" * 60 + ")", NAMES),
]  # fmt: skip


@pytest.mark.parametrize("formula", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_formula_ends_in_bounded_time(formula: Formula) -> None:
    began = time.perf_counter()
    try:
        automaton(formula)
    except TooLargeError as refused:
        assert "make two claims of it" in str(refused)  # noqa: PT017
    assert time.perf_counter() - began < 20


def test_too_many_propositions_are_refused_by_number() -> None:
    with pytest.raises(TooLargeError, match="11 propositions, at most 10"):
        automaton(atom(10))
