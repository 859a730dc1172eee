"""Minimal automata: the same traces, no state too many, one form."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecourse.properties.automaton import (
    MAX_PROPOSITIONS,
    MAX_STATES,
    Automaton,
    Colour,
    TooLargeError,
    minimal,
)


@st.composite
def complete(draw: st.DrawFn) -> tuple[list[list[int]], set[int]]:
    size = draw(st.integers(1, 7))
    states = st.integers(0, size - 1)
    rows = draw(st.lists(st.lists(states, min_size=4, max_size=4), min_size=size, max_size=size))
    return rows, draw(st.sets(states))


def distinguishable(found: Automaton) -> set[frozenset[int]]:
    """Return the pairs of states that some trace tells apart, by the table-filling method."""
    pairs = {frozenset({a, b}) for a in range(len(found.next)) for b in range(a)}
    apart = {pair for pair in pairs if len(pair & found.accepting) == 1}
    while True:
        more = {
            pair
            for pair in pairs - apart
            if any(
                frozenset(found.next[state][letter] for state in pair) in apart
                for letter in range(4)
            )
        }
        if not more:
            return apart
        apart |= more


@given(complete())
def test_it_accepts_the_same_traces_and_tells_all_its_states_apart(
    given_: tuple[list[list[int]], set[int]],
) -> None:
    rows, accepting = given_
    found = minimal(rows, accepting, 2)

    size = len(found.next)
    assert len(distinguishable(found)) == size * (size - 1) // 2
    for length in range(5):
        for letters in product(range(4), repeat=length):
            state = 0
            for letter in letters:
                state = rows[state][letter]
            assert found.accepts(letters) == (state in accepting)


@given(complete(), st.randoms())
def test_states_in_another_order_give_an_equal_automaton(
    given_: tuple[list[list[int]], set[int]], random: object
) -> None:
    rows, accepting = given_
    order = list(range(1, len(rows)))
    random.shuffle(order)  # type: ignore[attr-defined]  # what Hypothesis draws has no type of its own
    order = [0, *order]
    place = {state: index for index, state in enumerate(order)}
    shuffled = [[place[to] for to in rows[state]] for state in order]

    assert minimal(shuffled, {place[each] for each in accepting}, 2) == minimal(rows, accepting, 2)


@given(complete())
def test_a_colour_is_final_exactly_where_no_trace_changes_the_verdict(
    given_: tuple[list[list[int]], set[int]],
) -> None:
    found = minimal(*given_, 2)
    for state in range(len(found.next)):
        reached = {state}
        for _ in found.next:
            reached |= {to for each in reached for to in found.next[each]}
        verdicts = {each in found.accepting for each in reached}
        final = found.colour(state) in {Colour.SATISFIED, Colour.VIOLATED}
        assert final == (len(verdicts) == 1)
        satisfied = found.colour(state) in {Colour.SATISFIED, Colour.SO_FAR_SATISFIED}
        assert satisfied == (state in found.accepting)


def test_too_large_an_automaton_is_refused_with_the_limit() -> None:
    with pytest.raises(TooLargeError, match="11 propositions, at most 10"):
        minimal([[0] * 2 ** (MAX_PROPOSITIONS + 1)], {0}, MAX_PROPOSITIONS + 1)
    with pytest.raises(TooLargeError, match="more than 4096 states over 1 propositions"):
        minimal([[0, 0]] * (MAX_STATES + 1), {0}, 1)
    with pytest.raises(TooLargeError, match="more than 512 states over 10 propositions"):
        minimal([[0] * 1024] * 513, {0}, 10)


def test_the_largest_chain_is_minimised() -> None:
    rows = [[state, min(state + 1, MAX_STATES - 1)] for state in range(MAX_STATES)]

    assert len(minimal(rows, {MAX_STATES - 1}, 1).next) == MAX_STATES


@pytest.mark.parametrize(
    ("rows", "message"),
    [([[0]], "2 moves from each"), ([[0, 1]], "none of the 1"), ([], "2 moves")],
)
def test_an_incomplete_automaton_is_refused(rows: list[list[int]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        minimal(rows, set(), 1)
