"""Deterministic finite automata over propositions: a claim about a whole case, judged step by step.

A *letter* is what one position of a trace makes true: an integer whose bit i is set where proposition i holds there.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

MAX_PROPOSITIONS = 10
MAX_STATES = 4_096
MAX_CELLS = 2**19


class TooLargeError(ValueError):
    """A claim whose automaton would be too large to build or to keep."""


class Colour(StrEnum):
    """What is known of a claim while a case runs (the four run-time verdicts of Bauer, Leucker, Schallhart 2010).

    `SATISFIED`, `VIOLATED`: whatever happens next. `SO_FAR_SATISFIED`, `SO_FAR_VIOLATED`: if the case ended here; what
    happens next may change it.
    """

    SATISFIED = "satisfied"
    SO_FAR_SATISFIED = "satisfied so far"
    SO_FAR_VIOLATED = "violated so far"
    VIOLATED = "violated"


@dataclass(frozen=True, slots=True)
class Automaton:
    """A complete deterministic automaton with as few states as any that accepts the same traces.

    State 0 is the initial one, and the states are numbered in the order in which a breadth-first search by letters
    meets them; so two automata over the same propositions accept the same traces exactly where they are equal. Made by
    `minimal`.

    Attributes:
        next: from a state by a letter to a state.
        accepting: the states in which the claim is satisfied if the case ends there.
        propositions: how many propositions a letter tells of.
    """

    next: tuple[tuple[int, ...], ...]
    accepting: frozenset[int]
    propositions: int

    def colour(self, state: int) -> Colour:
        """Return the verdict in a state; it is final where no letter leaves the state, for the automaton is minimal."""
        final = all(to == state for to in self.next[state])
        if state in self.accepting:
            return Colour.SATISFIED if final else Colour.SO_FAR_SATISFIED
        return Colour.VIOLATED if final else Colour.SO_FAR_VIOLATED

    def run(self, letters: Iterable[int], state: int = 0) -> int:
        """Return the state after a trace, from the initial state or another."""
        for letter in letters:
            state = self.next[state][letter]
        return state

    def accepts(self, letters: Iterable[int]) -> bool:
        """Return whether the claim is satisfied by a trace that ends here.

        >>> once = minimal([(0, 1), (1, 2), (2, 2)], {1}, 1)
        >>> once.accepts([0, 1, 0]), once.accepts([1, 1])
        (True, False)
        """
        return self.run(letters) in self.accepting


def minimal(
    rows: Sequence[Sequence[int]], accepting: Collection[int], propositions: int
) -> Automaton:
    """Return the minimal automaton for a complete one: unreachable states dropped, equivalent ones merged.

    Args:
        rows: from a state by a letter to a state; state 0 is initial.
        accepting: its accepting states.
        propositions: how many propositions a letter tells of; each row has 2 to the power of that many letters.

    Raises:
        TooLargeError: it has more than `MAX_STATES` states, `MAX_PROPOSITIONS` propositions or `MAX_CELLS` moves.
        ValueError: it is not complete.
    """
    check_size(len(rows), propositions)
    if not rows or any(len(row) != 1 << propositions for row in rows):
        message = f"an automaton over {propositions} propositions has {1 << propositions} moves from each of its states"
        raise ValueError(message)
    if any(not 0 <= to < len(rows) for row in rows for to in row):
        message = f"a move leads to a state that is none of the {len(rows)}"
        raise ValueError(message)
    order = _reached(rows)
    place = {state: index for index, state in enumerate(order)}
    kept = [tuple(place[to] for to in rows[state]) for state in order]
    block = _blocks(kept, {place[state] for state in accepting if state in place})
    first = {block[state]: state for state in reversed(range(len(kept)))}
    merged = [tuple(block[to] for to in kept[first[each]]) for each in range(len(first))]
    numbered = _reached(merged, block[0])
    number = {state: index for index, state in enumerate(numbered)}
    accepted = {block[place[state]] for state in accepting if state in place}
    return Automaton(
        tuple(tuple(number[to] for to in merged[state]) for state in numbered),
        frozenset(number[state] for state in accepted),
        propositions,
    )


def check_size(states: int, propositions: int) -> None:
    """Refuse an automaton that is too large.

    Raises:
        TooLargeError: with the limit, and the way out.
    """
    if propositions > MAX_PROPOSITIONS:
        message = f"the claim speaks of {propositions} propositions, at most {MAX_PROPOSITIONS} can be told apart; join some with `or`, or make two claims of it"
        raise TooLargeError(message)
    if states > MAX_STATES or states << propositions > MAX_CELLS:
        limit = min(MAX_STATES, MAX_CELLS >> propositions)
        message = f"the claim needs an automaton of more than {limit} states over {propositions} propositions; make two claims of it"
        raise TooLargeError(message)


def _reached(rows: Sequence[Sequence[int]], initial: int = 0) -> list[int]:
    """Return the states that can be reached, in breadth-first order."""
    found = dict.fromkeys([initial])
    queue = deque(found)
    while queue:
        for to in rows[queue.popleft()]:
            if to not in found:
                found[to] = None
                queue.append(to)
    return list(found)


def _blocks(rows: Sequence[Sequence[int]], accepting: set[int]) -> list[int]:
    """Return for each state the number of its class of equivalent states (Hopcroft 1971), by distinct letters only."""
    inverse = [_sources(column) for column in dict.fromkeys(zip(*rows, strict=True))]
    halves = (accepting, set(range(len(rows))) - accepting)
    blocks = [half for half in halves if half]
    block = [0 if state in blocks[0] else 1 for state in range(len(rows))]
    waiting = set(range(len(blocks)))
    while waiting:
        splitter = tuple(blocks[waiting.pop()])
        for sources in inverse:
            touched: dict[int, set[int]] = {}
            for to in splitter:
                for state in sources.get(to, ()):
                    touched.setdefault(block[state], set()).add(state)
            for old, part in touched.items():
                if len(part) == len(blocks[old]):
                    continue
                blocks[old] -= part
                if old not in waiting and len(part) > len(blocks[old]):
                    part, blocks[old] = blocks[old], part  # noqa: PLW2901  (the smaller half is the new block)
                for state in part:
                    block[state] = len(blocks)
                waiting.add(len(blocks))
                blocks.append(part)
    return block


def _sources(column: Iterable[int]) -> dict[int, list[int]]:
    """Return from which states one letter leads to each state."""
    sources: dict[int, list[int]] = {}
    for state, to in enumerate(column):
        sources.setdefault(to, []).append(state)
    return sources
