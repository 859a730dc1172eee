"""From a formula on finite traces to its automaton, by derivatives (see `duecourse.properties.ltlf`)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal

from duecourse.properties.automaton import Automaton, TooLargeError, check_size, minimal
from duecourse.properties.decisions import Decisions, Joining
from duecourse.properties.ltlf import Formula, Kind, propositions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MAX_WORK = 2_000_000


def automaton(formula: Formula, count: int | None = None) -> Automaton:
    """Return the minimal automaton of the traces that satisfy a formula, the empty trace among them.

    The parts of a conjunction are built one by one, each over the propositions that it speaks of, and put together.

    Args:
        formula: over propositions 0, 1, …
        count: how many propositions a letter tells of; by default as many as the formula needs.

    Raises:
        TooLargeError: it has too many states or propositions, or building it takes more than a fixed amount of work.
    """
    count = propositions(formula) if count is None else count
    check_size(1, count)
    return joined(parts_of(formula, "&"), count)


def joined(parts: Sequence[Part], count: int) -> Automaton:
    """Return the automaton of what all parts accept, over letters of so many propositions.

    Raises:
        TooLargeError: it has too many states or propositions.
    """
    letters = range(1 << count)
    return _product([(part.automaton, tuple(map(part.letter, letters))) for part in parts], count)


@dataclass(frozen=True)
class Part:
    """The automaton of a part of a formula, over the propositions that this part speaks of.

    Attributes:
        automaton: over its own propositions.
        places: the numbers that these have in the whole formula.
    """

    automaton: Automaton
    places: tuple[int, ...]

    @cached_property
    def _letters(self) -> dict[int, int]:
        return {}

    def letter(self, whole: int) -> int:
        """Return what a letter of the whole formula is to this part."""
        found = self._letters.get(whole)
        if found is None:
            found = sum(1 << at for at, place in enumerate(self.places) if whole >> place & 1)
            self._letters[whole] = found
        return found


def parts_of(formula: Formula, joint: Literal["&", "|"]) -> tuple[Part, ...]:
    """Return the automata of the parts that a formula joins, one where it joins none in this way.

    Raises:
        TooLargeError: see `automaton`.
    """
    parts: list[Part] = []
    for each in formula.parts if formula.kind == joint else (formula,):
        numbers: dict[int, int] = {}
        compact = _renumbered(each, numbers)
        check_size(1, len(numbers))
        parts.append(Part(_by_derivatives(compact, len(numbers)), tuple(numbers)))
    return tuple(parts)


def _renumbered(formula: Formula, numbers: dict[int, int]) -> Formula:
    """Return a formula with its propositions numbered in the order in which it names them."""
    if formula.kind == "atom":
        return replace(formula, index=numbers.setdefault(formula.index, len(numbers)))
    return replace(formula, parts=tuple(_renumbered(part, numbers) for part in formula.parts))


def _product(built: Sequence[tuple[Automaton, tuple[int, ...]]], count: int) -> Automaton:
    """Return the automaton of what all parts accept.

    Args:
        built: each part with what its letters are, by the letters of the whole.
        count: how many propositions a letter of the whole tells of.
    """
    kinds = list(zip(*(letters for _, letters in built), strict=True))
    first = (0,) * len(built)
    numbers = {first: 0}
    rows: list[list[int]] = []
    for state in (queue := [first]):
        known: dict[tuple[int, ...], int] = {}
        for kind in dict.fromkeys(kinds):
            after = tuple(
                part.next[at][letter]
                for (part, _), at, letter in zip(built, state, kind, strict=True)
            )
            if after not in numbers:
                numbers[after] = len(numbers)
                check_size(len(numbers), count)
                queue.append(after)
            known[kind] = numbers[after]
        rows.append([known[kind] for kind in kinds])
    accepting = {
        number
        for state, number in numbers.items()
        if all(at in part.accepting for (part, _), at in zip(built, state, strict=True))
    }
    return minimal(rows, accepting, count)


@lru_cache(maxsize=1024)
def _by_derivatives(formula: Formula, count: int) -> Automaton:
    derivatives = _Derivatives()
    initial = derivatives.normal(derivatives.node(formula, holds=True))
    numbers = {initial: 0}
    successors: list[int] = []
    accepting: set[int] = set()
    for state in (queue := [initial]):
        if derivatives.at_end(state):
            accepting.add(len(successors))
        after = derivatives.after(state)
        for each in derivatives.decisions.values(after):
            if each not in numbers:
                numbers[each] = len(numbers)
                check_size(len(numbers), count)
                queue.append(each)
        successors.append(after)
    rows = [derivatives.decisions.row(after, count, numbers) for after in successors]
    return minimal(rows, accepting, count)


_Node = tuple[str, int, tuple[int, ...]]
_Normal = frozenset[int]
"""Clauses, one of which must hold; a clause is a set of nodes, all of which must: bit n is set for node n."""
_TRUE: _Normal = frozenset({0})
_FALSE: _Normal = frozenset()
_DUAL: Mapping[Kind, str] = {
    "&": "|", "|": "&", "X": "WX", "WX": "X", "F": "G", "G": "F", "U": "R", "R": "U",
    "true": "false", "false": "true", "atom": "!",
}  # fmt: skip


class _Derivatives:
    """The closure of one formula as numbered nodes in negation normal form, and their derivatives.

    Nodes in clauses are atoms, negated atoms (`!`) and temporal formulas, never `&` or `|`. A derivative is found for
    all letters at once: it is the number of one of `decisions`, whose values say what must hold of the rest.
    """

    def __init__(self) -> None:
        self.nodes: list[_Node] = []
        self.numbers: dict[_Node, int] = {}
        self.known: dict[tuple[int, bool], int] = {}
        self.normals: dict[int, _Normal] = {}
        self.decisions: Decisions[_Normal] = Decisions()
        self.derived: dict[int, int] = {}
        self.clauses: dict[int, int] = {}
        self.all_of = Joining("and", self.both, _TRUE, _FALSE)
        self.any_of = Joining("or", self.either, _FALSE, _TRUE)
        self.holding_at_end = 0
        self.work = 0
        self.something = self.add("F", self.add("true"))
        self.nothing = self.add("G", self.add("false"))
        self.contradiction = 1 << self.something | 1 << self.nothing

    def add(self, kind: str, *parts: int, index: int = 0) -> int:
        """Return the number of a node."""
        node = (kind, index, parts)
        if node not in self.numbers:
            self.holding_at_end |= (kind in {"!", "WX", "G", "W", "R"}) << len(self.nodes)
            self.numbers[node] = len(self.nodes)
            self.nodes.append(node)
        return self.numbers[node]

    def node(self, formula: Formula, *, holds: bool) -> int:
        """Return the node of a formula, or of its negation."""
        key = (id(formula), holds)
        if key in self.known:
            return self.known[key]
        yes = [self.node(part, holds=holds) for part in formula.parts]
        no = [self.node(part, holds=not holds) for part in formula.parts]
        match formula.kind:
            case "!":
                found = no[0]
            case "->":
                found = self.add("|" if holds else "&", no[0], yes[1])
            case "<->" if holds:
                found = self.add("|", self.add("&", *yes), self.add("&", *no))
            case "<->":
                found = self.add("|", self.add("&", yes[0], no[1]), self.add("&", no[0], yes[1]))
            case "last" if holds:
                found = self.add("&", self.add("WX", self.add("false")), self.something)
            case "last":
                found = self.add("|", self.add("X", self.add("true")), self.nothing)
            case "W" if not holds:
                found = self.add("U", yes[1], self.add("&", *yes))
            case kind:
                found = self.add(kind if holds else _DUAL[kind], *yes, index=formula.index)
        self.known[key] = found
        return found

    def normal(self, number: int) -> _Normal:
        """Return the clauses of a node."""
        if number not in self.normals:
            kind, _, parts = self.nodes[number]
            match kind:
                case "true":
                    found = _TRUE
                case "false":
                    found = _FALSE
                case "&":
                    found = self.both(map(self.normal, parts))
                case "|":
                    found = self.either(map(self.normal, parts))
                case _:
                    found = frozenset({1 << number})
            self.normals[number] = found
        return self.normals[number]

    def at_end(self, state: _Normal) -> bool:
        """Return whether what must hold does so if nothing follows."""
        return any(not clause & ~self.holding_at_end for clause in state)

    def after(self, state: _Normal) -> int:
        """Return what must hold of the rest after a letter, if this must hold before it."""
        return self.decisions.join(self.any_of, map(self.after_clause, state))

    def after_clause(self, clause: int) -> int:
        """Return what must hold of the rest after a letter, if this clause must hold before it."""
        found = self.clauses.get(clause)
        if found is None:
            members = (number for number in range(clause.bit_length()) if clause >> number & 1)
            found = self.decisions.join(self.all_of, map(self.derivative, members))
            self.clauses[clause] = found
        return found

    def derivative(self, number: int) -> int:
        """Return what must hold of the rest after a letter for a node to hold before it."""
        found = self.derived.get(number)
        if found is None:
            found = self.derived[number] = self._derivative(number)
        return found

    def _derivative(self, number: int) -> int:  # noqa: C901  (one case for each operator)
        kind, index, parts = self.nodes[number]
        constant, join = self.decisions.constant, self.decisions.join
        true, false, itself = map(constant, (_TRUE, _FALSE, frozenset({1 << number})))
        now = [self.derivative(part) for part in parts] if kind not in {"X", "WX"} else []
        match kind:
            case "true" | "false":
                found = true if kind == "true" else false
            case "atom":
                found = self.decisions.ask(index, false, true)
            case "!":
                found = self.decisions.ask(index, true, false)
            case "&":
                found = join(self.all_of, now)
            case "|":
                found = join(self.any_of, now)
            case "X":
                found = constant(self.both(map(self.normal, (*parts, self.something))))
            case "WX":
                found = constant(self.either(map(self.normal, (*parts, self.nothing))))
            case "F":
                found = join(self.any_of, (now[0], itself))
            case "G":
                found = join(self.all_of, (now[0], itself))
            case "R":
                found = join(self.all_of, (now[1], join(self.any_of, (now[0], itself))))
            case _:
                found = join(self.any_of, (now[1], join(self.all_of, (now[0], itself))))
        return found

    def both(self, states: Iterable[_Normal]) -> _Normal:
        """Return the conjunction."""
        found = _TRUE
        for state in states:
            self.spend(len(found) * len(state))
            found = self.absorbed({one | other for one in found for other in state})
        return found

    def either(self, states: Iterable[_Normal]) -> _Normal:
        """Return the disjunction."""
        return self.absorbed(frozenset[int]().union(*states))

    def absorbed(self, clauses: set[int] | frozenset[int]) -> _Normal:
        """Return the clauses without contradictions and without those that say more than another."""
        if len(clauses) < 2:  # noqa: PLR2004  (a clause absorbs another)
            return frozenset(each for each in clauses if self.possible(each))
        kept: list[int] = []
        for clause in sorted(clauses, key=int.bit_count):
            if not self.possible(clause):
                continue
            for each in kept:
                if each & clause == each:
                    break
            else:
                kept.append(clause)
        self.spend(len(clauses) * (len(kept) + 1))
        return frozenset(kept)

    def possible(self, clause: int) -> bool:
        """Return whether a clause does not contradict itself: something must follow, and nothing must."""
        return clause & self.contradiction != self.contradiction

    def spend(self, work: int) -> None:
        """Count work done, and stop when it is too much."""
        self.work += work
        if self.work > MAX_WORK:
            message = "the claim is too entangled for one automaton; make two claims of it"
            raise TooLargeError(message)
