"""From a formula on finite traces to its automaton, by derivatives (see `duecourse.properties.ltlf`)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal

from duecourse.properties.automaton import Automaton, TooLargeError, check_size, minimal
from duecourse.properties.ltlf import Formula, Kind, propositions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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
    rows: list[list[int]] = []
    accepting: set[int] = set()
    for state in (queue := [initial]):
        if derivatives.at_end(state):
            accepting.add(len(rows))
        told = derivatives.told(state)
        to: dict[int, int] = {}
        for letter in _submasks(told):
            after = derivatives.after(state, letter)
            if after not in numbers:
                numbers[after] = len(numbers)
                check_size(len(numbers), count)
                queue.append(after)
            to[letter] = numbers[after]
        rows.append([to[letter & told] for letter in range(1 << count)])
    return minimal(rows, accepting, count)


def _submasks(mask: int) -> Iterator[int]:
    letter = mask
    while letter:
        yield letter
        letter = (letter - 1) & mask
    yield 0


_Node = tuple[str, int, tuple[int, ...]]
_Normal = frozenset[frozenset[int]]
_TRUE: _Normal = frozenset({frozenset()})
_FALSE: _Normal = frozenset()
_DUAL: Mapping[Kind, str] = {
    "&": "|", "|": "&", "X": "WX", "WX": "X", "F": "G", "G": "F", "U": "R", "R": "U",
    "true": "false", "false": "true", "atom": "!",
}  # fmt: skip


class _Derivatives:
    """The closure of one formula as numbered nodes in negation normal form, and their derivatives.

    What must hold of the rest is a set of clauses, one of which must hold; a clause is a set of nodes, all of which
    must. Nodes in clauses are atoms, negated atoms (`!`) and temporal formulas, never `&` or `|`.
    """

    def __init__(self) -> None:
        self.nodes: list[_Node] = []
        self.numbers: dict[_Node, int] = {}
        self.known: dict[tuple[Formula, bool], int] = {}
        self.masks: list[int] = []
        self.normals: dict[int, _Normal] = {}
        self.memo: dict[tuple[int, int], _Normal] = {}
        self.work = 0
        self.something = self.add("F", self.add("true"))
        self.nothing = self.add("G", self.add("false"))

    def add(self, kind: str, *parts: int, index: int = 0) -> int:
        """Return the number of a node."""
        node = (kind, index, parts)
        if node not in self.numbers:
            self.numbers[node] = len(self.nodes)
            self.nodes.append(node)
            told = 1 << index if kind in {"atom", "!"} else 0
            for part in parts if kind not in {"X", "WX"} else ():
                told |= self.masks[part]
            self.masks.append(told)
        return self.numbers[node]

    def node(self, formula: Formula, *, holds: bool) -> int:
        """Return the node of a formula, or of its negation."""
        key = (formula, holds)
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
                    found = self.both(*map(self.normal, parts))
                case "|":
                    found = self.either(*map(self.normal, parts))
                case _:
                    found = frozenset({frozenset({number})})
            self.normals[number] = found
        return self.normals[number]

    def told(self, state: _Normal) -> int:
        """Return the propositions that decide what must hold after a letter."""
        mask = 0
        for clause in state:
            for number in clause:
                mask |= self.masks[number]
        return mask

    def at_end(self, state: _Normal) -> bool:
        """Return whether what must hold does so if nothing follows."""
        true_there = {"!", "WX", "G", "W", "R"}
        return any(all(self.nodes[number][0] in true_there for number in each) for each in state)

    def after(self, state: _Normal, letter: int) -> _Normal:
        """Return what must hold of the rest after a letter, if this must hold before it."""
        clauses = (self.both(*(self.derivative(each, letter) for each in one)) for one in state)
        return self.either(*clauses)

    def derivative(self, number: int, letter: int) -> _Normal:
        """Return what must hold of the rest after a letter for a node to hold before it."""
        key = (number, letter & self.masks[number])
        if key not in self.memo:
            self.memo[key] = self._derivative(number, letter)
        return self.memo[key]

    def _derivative(self, number: int, letter: int) -> _Normal:
        kind, index, parts = self.nodes[number]
        itself = frozenset({frozenset({number})})
        now = [self.derivative(part, letter) for part in parts] if kind not in {"X", "WX"} else []
        match kind:
            case "true" | "false":
                found = _TRUE if kind == "true" else _FALSE
            case "atom" | "!":
                found = _TRUE if (letter >> index & 1) == (kind == "atom") else _FALSE
            case "&":
                found = self.both(*now)
            case "|":
                found = self.either(*now)
            case "X":
                found = self.both(self.normal(parts[0]), self.normal(self.something))
            case "WX":
                found = self.either(self.normal(parts[0]), self.normal(self.nothing))
            case "F":
                found = self.either(now[0], itself)
            case "G":
                found = self.both(now[0], itself)
            case "R":
                found = self.both(now[1], self.either(now[0], itself))
            case _:
                found = self.either(now[1], self.both(now[0], itself))
        return found

    def both(self, *states: _Normal) -> _Normal:
        """Return the conjunction."""
        found = _TRUE
        for state in states:
            self.spend(len(found) * len(state))
            found = self.absorbed({one | other for one in found for other in state})
        return found

    def either(self, *states: _Normal) -> _Normal:
        """Return the disjunction."""
        self.spend(len(states))
        return self.absorbed(frozenset().union(*states))

    def absorbed(self, clauses: set[frozenset[int]] | frozenset[frozenset[int]]) -> _Normal:
        """Return the clauses without contradictions and without those that say more than another."""
        kept: list[frozenset[int]] = []
        for clause in sorted(clauses, key=len):
            self.spend(len(kept) + 1)
            if self.something in clause and self.nothing in clause:
                continue
            if not any(one <= clause for one in kept):
                kept.append(clause)
        return frozenset(kept)

    def spend(self, work: int) -> None:
        """Count work done, and stop when it is too much."""
        self.work += work
        if self.work > MAX_WORK:
            message = "the claim is too entangled for one automaton; make two claims of it"
            raise TooLargeError(message)
