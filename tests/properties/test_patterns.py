"""Patterns: hand-written traces, and scopes against cutting the trace into its segments."""

from __future__ import annotations

from itertools import product

import pytest
from tests.properties.test_ltlf import TRACES, disagreements, holds

from duecourse.properties.derivatives import automaton
from duecourse.properties.ltlf import Formula, atom
from duecourse.properties.patterns import (
    COUNTED,
    MAX_COUNT,
    PATTERNS,
    TEMPLATES,
    Pattern,
    Scope,
    arity,
    bounded,
    conjunction,
    counted,
    pattern,
    scoped,
    template,
)

LETTERS = {"p": 0, "q": 1, "r": 2, "s": 3, "t": 4}

CASES = {
    "absence": (["", "q qs"], ["p", "q p"]),
    "universality": (["", "p p"], ["q", "p q"]),
    "existence": (["p", "q p q"], ["", "q"]),
    "precedence": (["", "s p p", "sp", "q"], ["p", "p s", "q p"]),
    "response": (["", "p s", "ps", "p q s", "s"], ["p", "p s p"]),
    "precedence chain (2 causes, 1 effect)": (
        ["", "s t p", "s tp", "s", "t s t p"], ["p", "s p", "t p", "st p", "t s p", "s p t"],
    ),
    "precedence chain (1 cause, 2 effects)": (
        ["", "p", "t p", "s p t", "p p", "ps t"], ["p t", "p s t", "pt t"],
    ),
    "response chain (1 stimulus, 2 responses)": (
        ["", "p s t", "ps t", "s"], ["p", "p s", "p st", "p t s", "p s t p"],
    ),
    "response chain (2 stimuli, 1 response)": (
        ["", "p", "p t s", "p ts", "t p"], ["p t", "ps t", "p s t"],
    ),
    "absence after": (["", "p q", "pq", "q r"], ["q p", "p q r p", "pq p"]),
    "absence after, unless": (
        ["q r p", "q r p p", "p", "q r q r p"], ["q p", "q r q p", "q rp", "q p r"],
    ),
    "absence after, unless, renewed": (
        ["q r p", "s p", "q r s r p", "s q r p"], ["q p", "q r s p", "q r q p", "q s p"],
    ),
    "init": (["p", "p q"], ["", "q p"]),
    "end": (["p", "q p"], ["", "p q"]),
    "choice": (["p", "q", "p q"], ["", "r"]),
    "exclusive_choice": (["p", "q q"], ["", "p q"]),
    "responded_existence": (["", "q", "q p", "p q"], ["p"]),
    "coexistence": (["", "q p", "p q"], ["p", "q"]),
    "template response": (["", "p q", "q"], ["p", "q p"]),
    "template precedence": (["", "p q", "p"], ["q", "q p"]),
    "succession": (["", "p q", "p p q q"], ["p", "q", "q p", "p q p"]),
    "alternate_response": (["", "p q", "p q p q"], ["p", "p p q", "pq"]),
    "alternate_precedence": (["", "p q", "p q p q", "p"], ["q", "p q q"]),
    "alternate_succession": (["", "p q p q"], ["p", "q", "p p q", "p q q"]),
    "chain_response": (["", "p q", "q"], ["p", "p r q"]),
    "chain_precedence": (["", "p q", "p"], ["q", "p r q"]),
    "chain_succession": (["", "p q r p q"], ["p", "q", "p r q"]),
    "not_coexistence": (["", "p p", "q"], ["p q", "q p"]),
    "not_succession": (["", "q p", "p"], ["p q", "p r q"]),
    "not_chain_succession": (["", "p r q", "q p"], ["p q"]),
}  # fmt: skip


def built(name: str) -> Pattern:
    if name in PATTERNS:
        used = {
            letter: index
            for letter, index in LETTERS.items()
            if any(letter in text.replace("true", "") for text in PATTERNS[name])
        }
        return pattern(name, **used)
    return template(name.removeprefix("template "), 0, 1)


def trace(text: str) -> list[int]:
    return [sum(1 << LETTERS[letter] for letter in word) for word in text.split()]


ALL = [*PATTERNS, *(f"template {name}" if name in PATTERNS else name for name in TEMPLATES)]


@pytest.mark.parametrize("name", ALL)
def test_a_pattern_accepts_and_rejects_traces_written_by_hand(name: str) -> None:
    accepted, rejected = CASES[name]
    found = automaton(built(name).formula, 5)
    assert len(found.next) <= 5
    assert [text for text in accepted if not found.accepts(trace(text))] == []
    assert [text for text in rejected if found.accepts(trace(text))] == []


@pytest.mark.parametrize("name", ALL)
def test_the_automata_of_pattern_and_trigger_agree_with_the_definition(name: str) -> None:
    of = built(name)
    short = [letters for n in range(3) for letters in product(range(32), repeat=n)]
    for formula in (of.formula, of.trigger):
        if formula is not None:
            found = automaton(formula, 5)
            assert all(found.accepts(each) == holds(formula, each) for each in short)
            assert disagreements(formula, found) == []


@pytest.mark.parametrize("name", [name for name in ALL if built(name).trigger is not None])
def test_a_pattern_whose_trigger_never_occurs_holds(name: str) -> None:
    of = built(name)
    assert of.trigger is not None
    either = Formula("|", (of.formula, of.trigger))
    assert automaton(either, 5) == automaton(Formula("true"), 5)


def segments(letters: tuple[int, ...], scope: Scope) -> list[tuple[int, ...]]:
    """Cut a trace: 2 begins a segment, 4 ends it."""
    starts = [bool(letter & 2) for letter in letters]
    ends = [bool(letter & 4) for letter in letters]
    if scope is Scope.GLOBALLY:
        return [letters]
    if scope is Scope.BEFORE:
        return [letters[: ends.index(True)]] if True in ends else []
    if scope is Scope.AFTER:
        return [letters[starts.index(True) :]] if True in starts else []
    found, begun = [], None
    for at in range(len(letters)):
        if ends[at]:
            if begun is not None:
                found.append(letters[begun:at])
            begun = None
        elif starts[at] and begun is None:
            begun = at
    if begun is not None and scope is Scope.AFTER_UNTIL:
        found.append(letters[begun:])
    return found


SCOPED = [
    pattern("absence", p=0), pattern("universality", p=0), pattern("existence", p=0),
    bounded("at most", 1, 0), bounded("at least", 2, 0), bounded("exactly", 1, 0),
    *(pattern(name, p=0, s=3) for name in ("precedence", "response")),
    *(template(name, 0, 3) for name in TEMPLATES),
    pattern("absence after", p=0, q=3), pattern("absence after, unless", p=0, q=3, r=1),
    *(pattern(name, p=0, s=3, t=1) for name in PATTERNS if "chain" in name),
    Pattern("release", Formula("R", (atom(3), Formula("WX", (atom(0),))))),
    Pattern("until", Formula("!", (Formula("U", (Formula("last"), Formula("X", (atom(0),)))),))),
]  # fmt: skip
SHORT = [letters for length in range(5) for letters in product(range(16), repeat=length)]


@pytest.mark.parametrize("scope", Scope)
def test_a_scope_judges_each_segment_as_a_trace_of_its_own(scope: Scope) -> None:
    sample = [letters for letters in SHORT if len(letters) < 4] + SHORT[5000::19]
    covered = 0
    for of in SCOPED:
        found = scoped(of, scope, *_ends(scope))
        claimed = automaton(found.formula, 4)
        whole = automaton(of.formula, 4)
        trigger = None if found.trigger is None else automaton(found.trigger, 4)
        inner = automaton(of.trigger or Formula("true"), 4)
        for letters in sample:
            parts = segments(letters, scope)
            assert claimed.accepts(letters) == all(whole.accepts(part) for part in parts), of.name
            if trigger is not None:
                triggered = any(inner.accepts(part) for part in parts)
                assert trigger.accepts(letters) == triggered, of.name
            covered += 1
    print(f"{scope}: {len(SCOPED)} patterns, {covered} traces")  # noqa: T201


def _ends(scope: Scope) -> tuple[Formula | None, Formula | None]:
    starts, ends = scope not in {"globally", "before"}, scope not in {"globally", "after"}
    return atom(1) if starts else None, atom(2) if ends else None


def test_what_is_counted_is_counted() -> None:
    for count in range(4):
        least, most, exact = (
            automaton(bounded(bound, count, 0).formula, 1)
            for bound in ("at least", "at most", "exactly")
        )
        for times in range(6):
            letters = [1, 0] * times
            assert least.accepts(letters) == (times >= count)
            assert most.accepts(letters) == (times <= count)
            assert exact.accepts(letters) == (times == count)
    assert automaton(counted("absence", 3, 0).formula) == automaton(
        bounded("at most", 2, 0).formula
    )
    assert len(automaton(bounded("exactly", MAX_COUNT, 0).formula).next) == MAX_COUNT + 2
    assert [arity(name) for name in (*COUNTED, "init", "response")] == [1, 1, 1, 1, 2]


@pytest.mark.parametrize("count", [-1, MAX_COUNT + 1])
def test_a_count_out_of_range_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="from 0 to 30"):
        bounded("exactly", count, 0)


def test_a_conjunction_is_triggered_where_every_part_can_be() -> None:
    both = conjunction(pattern("response", p=0, s=1), pattern("precedence", p=1, s=0))
    assert both.name == "response and also precedence"
    assert str(both.trigger) == "F p0 | F p1"
    assert conjunction(both, pattern("absence", p=0)).trigger is None
    assert len(TRACES) == 1365
