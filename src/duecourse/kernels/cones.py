"""What can matter in a graph with automata beside it, whatever the sets on its edges: bits that flow, compiled.

The states that can stand beside a node are the bits of one number, those of several automata next to each other. What no
bit reaches no set reaches either, so that a fixpoint of sets need only look where bits come from the beginning and can go
on to what is wanted.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels.compiling import Compiled, whole
from duecourse.kernels.distinct import distinct_rows, firsts
from duecourse.kernels.graphs import ANYWHERE, AT_LAST

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from duecourse.kernels.graphs import Automaton, Graph

    Bits = NDArray[np.uint64]
    Numbers = NDArray[np.int64]
    Indices = NDArray[np.int32]

MOST_STATES = 64
"""How many states have a bit."""

_BIT, _NONE = np.uint64(1), np.uint64(0)


def _flow(cached: bool) -> Callable[..., Any]:  # noqa: FBT001
    def flow(
        starts: Numbers,
        to: Indices,
        rule: Indices,
        kinds: Indices,
        symbols: Indices,
        kinds_each: int,
        stays: Bits,
        leads: Numbers,
        bits: Bits,
        images: Bits,
        back: bool,  # noqa: FBT001
        within: Bits,
        found: Bits,
        fresh: Bits,
    ) -> None:
        more = True
        while more:
            more = False
            for step in range(len(found)):
                at = len(found) - 1 - step if back else step
                new = fresh[at]
                if new == _NONE:
                    continue
                fresh[at] = _NONE
                for edge in range(starts[at], starts[at + 1]):
                    target = to[edge]
                    missing = within[target] & ~found[target]
                    if missing == _NONE:
                        continue
                    symbol = symbols[rule[edge] * kinds_each + kinds[at if back else target]]
                    if symbol < 0:
                        continue
                    image = new & stays[symbol]
                    for place in range(leads[symbol], leads[symbol + 1]):
                        if new & bits[place] != _NONE:
                            image |= images[place]
                    image &= missing
                    if image != _NONE:
                        found[target] |= image
                        fresh[target] |= image
                        more = True

    return whole(flow, cached=cached)


FLOW = Compiled(_flow)
"""Lets bits flow along edges until nothing more is found."""


class Cones:
    """Where bits come from the beginning and can go on to what is wanted, for some automata at once.

    Args:
        graph: the moves.
        automata: those beside them, of at most `MOST_STATES` states in all; nodes are of the same kinds to all of them.
        rules: how many rules the moves have.
        first: of each automaton, for each node, whether it is there at the beginning, in the first state.
        aims: of each automaton, for each state, where it is looked for.
        last: for each node, whether it is one of the last.
    """

    def __init__(
        self,
        graph: Graph,
        automata: Sequence[Automaton],
        rules: int,
        first: Sequence[NDArray[np.bool_]],
        aims: Sequence[NDArray[np.int8]],
        last: NDArray[np.bool_],
    ) -> None:
        self.graph, self.automata, self.rules = graph, automata, rules
        self.order, self.widths = graph.order, [len(each.goes_on) for each in automata]
        self.below = [sum(self.widths[:place]) for place in range(len(automata))]
        count, symbols = distinct_rows([each.symbols for each in automata])
        self.examples = firsts(count, symbols)
        nowhere = automata[0].symbols[self.examples] < 0
        self.symbols = np.where(nowhere[symbols], -1, symbols).astype(np.int32)
        begun = np.zeros(graph.size, np.uint64)
        always = at_last = _NONE
        for there, states, below in zip(first, aims, self.below, strict=True):
            begun |= there[self.order].astype(np.uint64) << np.uint64(below)
            always |= _bits(states == ANYWHERE, below)
            at_last |= _bits(states == AT_LAST, below)
        everywhere = np.full(graph.size, ~_NONE, np.uint64)
        self.forward = self._flowing(graph.laid, begun, everywhere, back=False)
        self.wanted = self.forward & (always | np.where(last[self.order], at_last, _NONE))
        self._reached = np.bitwise_or.reduce(self.wanted, initial=_NONE)

    def reached(self, place: int) -> bool:
        """Return whether anything wanted of an automaton is reached."""
        return bool(self._reached & self._own(place))

    def size(self, place: int) -> int:
        """Return how many pairs of a node and a state of an automaton are reached."""
        return int(np.bitwise_count(self.forward & self._own(place)).sum())

    def leading(self, place: int) -> Bits:
        """Return, for each node, the states of an automaton from which something wanted is reached, or that are it, as bits."""
        found: Bits = np.empty_like(self.wanted)
        found[self.order] = (self._leading & self._own(place)) >> np.uint64(self.below[place])
        return found

    @cached_property
    def _leading(self) -> Bits:
        return self._flowing(self.graph.laid.backward, self.wanted, self.forward, back=True)

    def _own(self, place: int) -> np.uint64:
        """Return the bits of an automaton."""
        return np.uint64(((1 << self.widths[place]) - 1) << self.below[place])

    def _flowing(self, graph: Graph, begun: Bits, within: Bits, *, back: bool) -> Bits:
        kinds_each, found = len(self.symbols) // self.rules, begun.copy()
        FLOW(
            graph.starts,
            graph.to,
            graph.rule,
            self.automata[0].kinds[self.order],
            self.symbols,
            kinds_each,
            *_changes(self._images(back=back)),
            back,
            within,
            found,
            begun.copy(),
        )
        return found

    def _images(self, *, back: bool) -> Bits:
        """Return what each state becomes by each symbol, as bits; backwards, what becomes it."""
        parts = []
        for each, width, below in zip(self.automata, self.widths, self.below, strict=True):
            rows = np.repeat(np.arange(len(each.leads) - 1), np.diff(each.leads))
            keep = each.goes_on[rows % width]
            rows, after = rows[keep], each.after[keep]
            images = np.zeros(len(each.leads) - 1, np.uint64)
            states = rows % width
            onto = rows - states + after if back else rows
            bits = _BIT << (states if back else after).astype(np.uint64)
            np.bitwise_or.at(images, onto, bits << np.uint64(below))
            parts.append(images.reshape(-1, width)[each.symbols[self.examples]])
        return np.concatenate(parts, axis=1)


def _bits(states: NDArray[np.bool_], below: int) -> np.uint64:
    """Return some states of an automaton as bits."""
    return np.uint64(sum(1 << (below + int(state)) for state in np.flatnonzero(states)))


def _changes(images: Bits) -> tuple[Bits, Numbers, Bits, Bits]:
    """Return, for each symbol, the bits that stay as they are, and where the others begin; these, and what they become."""
    places = _BIT << np.arange(images.shape[1], dtype=np.uint64)
    same = images == places
    stays = np.where(same, places, _NONE).sum(axis=1, dtype=np.uint64)
    symbols, states = np.nonzero(~same & (images != _NONE))
    leads = np.searchsorted(symbols, np.arange(len(images) + 1))
    return stays, leads, places[states], images[symbols, states]
