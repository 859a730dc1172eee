"""Claims: what is written means what it says, and what is no claim is refused at its place."""

from __future__ import annotations

import time
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from duecourse.properties.claim import parse_claim
from duecourse.properties.claim_grammar import (
    KEYWORDS,
    MAX_LENGTH,
    MAX_PARENTHESES,
    ClaimError,
)
from duecourse.properties.proposition import Proposition


@pytest.mark.parametrize(
    ("text", "pattern", "formula", "twin"),
    [
        ("never p or q", "absence", "G !(p or q)", None),
        ("always x >= 1 and not by a", "universality", "G(x >= 1 and not by a)", None),
        ("eventually in (a, b)", "existence", "F(in (a, b))", None),
        ("p at most once", "bounded existence", "!F(p & X F p)", "F p"),
        ("p at least twice", "bounded existence", "F(p & X F p)", None),
        ("p exactly 1 time", "bounded existence", "F p & !F(p & X F p)", None),
        ("p only after s", "precedence", "!p W s", "F p"),
        ("p leads to s", "response", "G(p -> F s)", "F p"),
        ("p leads directly to s", "chain_response", "G(p -> X s)", "F p"),
        ("p only directly after s", "chain_precedence", "!p & G(X p -> s)", "F p"),
        ("p never directly follows q", "not_chain_succession", "G(q -> !X p)", "F q"),
        ("p never follows q", "absence after", "G(q -> WX G !p)", "F q"),
        ("globally: never p", "absence", "G !p", None),
        ("before r, never p", "absence before", "F r -> !p W r", "F r & !r U !r"),
        ("never p after q", "absence after", "!q W (q & G !p)", "!q U q"),
        ("never p and also q leads to r", "absence and also response", "G !p & G(q -> F r)", None),
        ("coexistence(p, q)", "coexistence", "F p <-> F q", "F p | F q"),
        ("existence(p)", "existence", "F p", None),
        ("absence(2, p)", "absence", "!F(p & X F p)", "F p"),
        ("ltlf: G(p -> x == 1 U last)", "ltlf", "G(p -> (x == 1) U last)", None),
        ("ltlf: p and\nnot starts c", "ltlf", "p & !(starts c)", None),
    ],
)
def test_a_statement_means_its_formula(
    text: str, pattern: str, formula: str, twin: str | None
) -> None:
    claim = parse_claim(text)
    names = {
        i: f"({each})" if " " in str(each) else str(each)
        for i, each in enumerate(claim.propositions)
    }
    assert (claim.pattern, claim.text()) == (pattern, formula)
    if twin is None or pattern == "absence before":
        assert (claim.twin is None) == (twin is None)
    else:
        assert claim.twin is not None
        assert claim.twin.text(names) == twin
    assert claim.automaton.propositions == len(claim.propositions)
    assert (claim.twin_automaton is None) == (claim.twin is None)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("p leads to s then t", "ltlf: G(p -> F(s & X F t))"),
        ("p then t leads to s", "ltlf: G(p & X F t -> X F(t & F s))"),
        ("p only after s then t", "ltlf: !p W (s & !p & WX(!p W t))"),
        ("p then t only after s", "ltlf: F(p & X F t) -> !p W s"),
        ("never p between q and r", "between q and r: never p"),
        ("p leads to s after q until r", "after q until r, p leads to s"),
        ("succession(p, q)", "p leads to q and also q only after p"),
        ("never\n\n  p  ", "never p"),
    ],
)
def test_two_ways_to_say_the_same(text: str, same: str) -> None:
    one, other = parse_claim(text), parse_claim(same)
    if one.propositions == other.propositions:
        assert one.automaton == other.automaton
    else:
        order = [one.propositions.index(each) for each in other.propositions]
        for length in range(5):
            for letters in product(range(1 << len(order)), repeat=length):
                moved = [
                    sum((each >> i & 1) << order[i] for i in range(len(order))) for each in letters
                ]
                assert other.automaton.accepts(letters) == one.automaton.accepts(moved)


def violates(steps: tuple[str, ...]) -> bool:
    """Judge by four states: free, guarded after q, granted by r until q or s, violated by p while guarded."""
    moves = {
        ("free", "q"): "guarded", ("guarded", "r"): "granted", ("guarded", "p"): "violated",
        ("granted", "q"): "guarded", ("granted", "s"): "guarded",
    }  # fmt: skip
    state = "free"
    for step in steps:
        state = moves.get((state, step), state)
    return state == "violated"


@pytest.mark.parametrize(
    ("text", "steps", "states"),
    [
        ("p never follows q unless r comes between", "pqr", 3),
        ("p never follows q unless r comes between, renewed by s", "pqrs", 4),
    ],
)
def test_never_follows_is_the_automaton_free_guarded_granted_violated(
    text: str, steps: str, states: int
) -> None:
    claim = parse_claim(text)
    bit = {str(each): 1 << index for index, each in enumerate(claim.propositions)}
    assert len(claim.automaton.next) == states
    for length in range(8):
        for trace in product(steps, repeat=length):
            assert claim.automaton.accepts(bit[each] for each in trace) != violates(trace)


def test_equal_propositions_share_a_number_and_keep_their_place() -> None:
    claim = parse_claim("(a or b) leads to (a  or b) and also c leads to a or b")

    assert list(map(str, claim.propositions)) == ["a or b", "c"]
    assert [part.offset for part in claim.propositions[0].parts] == [1, 6]


def test_a_definition_is_written_out_where_it_is_named() -> None:
    definitions = {"objects": "by member or late", "late": "not x.active"}
    claim = parse_claim("never objects", definitions=definitions)

    (found,) = claim.propositions
    assert str(found) == "by member or not x.active"
    assert {part.offset for part in found.parts} == {6}
    assert found == Proposition("or", parts=found.parts)


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("", 0, "the claim is empty, expected a proposition, after, always"),
        ("nevr p", 5, 'found \'p\', .*; did you mean "never" for "nevr"?'),
        ("never", 5, "the claim ends too early, expected a proposition"),
        ("p leads s", 8, "found 's', expected directly or to"),
        ("never p）", 7, r"look-alike character '）'; write '\)'"),
        ("p at most x times", 10, "found 'x', expected a number, once or twice"),
        ("p at most 99 times", 10, "99 is out of range; .* from 0 to 30"),
        ("p at most -1 times", 10, "-1 is out of range"),
        ("existence(0, p)", 10, "says nothing of use; count from 1"),
        ("successions(p, q)", 0, 'unknown template "successions"; did you mean "succession"?'),
        ("response(p)", 0, "response takes 2 propositions"),
        ("response(2, p)", 0, "response takes 2 propositions"),
        ("absence(p, 2)", 0, "absence takes a number and 1 proposition"),
        ("between a or b and c: never d", 10, "found 'or', expected and"),
        ("never (p", 8, r"ends too early, expected '\)'"),
        ("never P", 6, "found 'P', which no claim contains"),
        ("never d", 6, 'in the definition "d": the definitions d -> e -> d mean each other'),
        ("never f", 6, 'in the definition "f": found '),
        ("never g", 6, "has more than 500 parts"),
        ("ltlf: " + " & ".join(f"p{i}" for i in range(11)), 56, "at most 10 propositions"),
        ("never " + "not " * 200 + "p", 0, "nested deeper"),
        ("ltlf: " + "!" * 3_000 + "p", 0, "nested deeper"),
        ("never " + "(" * 41 + "p", 6 + MAX_PARENTHESES, "parentheses nested deeper than 40"),
        ("p" * 10**6, MAX_LENGTH, "1000000 characters are too many"),
        ("(" * 10**5, MAX_LENGTH, "100000 characters are too many"),
    ],
)
def test_what_is_no_claim_is_refused_at_its_place_within_a_second(
    text: str, offset: int, message: str
) -> None:
    definitions = {"d": "e", "e": "not d", "f": "a b", "g": "h and h"}
    definitions |= {f"h{'h' * i}": f"h{'h' * i}h or h{'h' * i}h" for i in range(20)}
    began = time.perf_counter()
    with pytest.raises(ClaimError, match=message) as refused:
        parse_claim(text, definitions=definitions)
    assert time.perf_counter() - began < 1
    if "not " * 9 not in text:
        assert refused.value.offset == offset


WORDS = st.lists(
    st.sampled_from(
        [*sorted(KEYWORDS), *"pqrs", "(", ")", ",", ":", "==", "X", "U", "G", "!", "->", "3", "a.b"]
    ),
    max_size=14,
).map(" ".join)


@given(st.text(max_size=60) | WORDS | WORDS.map(lambda text: "ltlf: " + text))
@example("never 0")
@example("renewed by")
@example("and also")
def test_any_text_is_a_claim_or_a_claim_error(text: str) -> None:
    try:
        claim = parse_claim(text, definitions={"p": text, "q": "r and not s"})
    except ClaimError as error:
        assert 0 <= error.offset <= len(text)  # noqa: PT017
    else:
        assert len(claim.propositions) <= 10
