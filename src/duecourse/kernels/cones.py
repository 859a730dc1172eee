"""What can matter in a graph with an automaton beside it, whatever the sets on its edges: bits that flow, compiled.

The states of the automaton that can stand beside a node are the bits of one number. What no bit reaches no set reaches
either, so that a fixpoint of sets need only look where bits come from the beginning and can go on to what is wanted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels.compiling import Compiled, whole
from duecourse.kernels.graphs import ANYWHERE, AT_LAST

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from numpy.typing import NDArray

    from duecourse.kernels.graphs import Automaton, Graph
    from duecourse.kernels.sets import Aim

    Bits = NDArray[np.uint64]
    Numbers = NDArray[np.int64]
    Indices = NDArray[np.int32]

MOST_STATES = 64
"""How many states of an automaton have a bit."""

_BIT, _NONE = np.uint64(1), np.uint64(0)


def _flow(cached: bool) -> Callable[..., Any]:  # noqa: FBT001
    def flow(
        starts: Numbers,
        to: Indices,
        rule: Indices,
        kinds: Indices,
        symbols: Indices,
        kinds_each: int,
        images: Bits,
        width: int,
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
                    if within[target] & ~found[target] == _NONE:
                        continue
                    symbol = symbols[rule[edge] * kinds_each + kinds[at if back else target]]
                    if symbol < 0:
                        continue
                    image, row = _NONE, symbol * width
                    for state in range(width):
                        if (new >> np.uint64(state)) & _BIT:
                            image |= images[row + state]
                    image &= within[target] & ~found[target]
                    if image != _NONE:
                        found[target] |= image
                        fresh[target] |= image
                        more = True

    return whole(flow, cached=cached)


FLOW = Compiled(_flow)
"""Lets bits flow along edges until nothing more is found."""


class Cone:
    """Where bits come from the beginning and can go on to what is wanted.

    Args:
        graph: the moves.
        automaton: the automaton beside them, of at most `MOST_STATES` states.
        first: for each node, whether it is there at the beginning, in the first state.
        rules: how many rules the moves have.
        aim: what is wanted.

    Attributes:
        reached: whether anything wanted is reached.
    """

    def __init__(
        self,
        graph: Graph,
        automaton: Automaton,
        rules: int,
        first: NDArray[np.bool_],
        aim: Aim,
    ) -> None:
        self.graph, self.automaton, self.rules = graph, automaton, rules
        width = len(automaton.goes_on)
        self.width = width
        self.places = _BIT << np.arange(width, dtype=np.uint64)
        count = len(automaton.leads) - 1
        rows = np.repeat(np.arange(count), np.diff(automaton.leads))
        keep = automaton.goes_on[rows % width]
        self.rows, self.after = rows[keep], automaton.after[keep]
        self.count = count
        everywhere = np.full(graph.size, ~_NONE, np.uint64)
        self.order = graph.order
        begun = first[self.order].astype(np.uint64)
        self.forward = self._flowing(graph.laid, begun, everywhere, back=False)
        always, last = (
            self.places[aim.states == each].sum(dtype=np.uint64) for each in (ANYWHERE, AT_LAST)
        )
        self.wanted = self.forward & (always | np.where(aim.last[self.order], last, _NONE))
        self.reached = bool(self.wanted.any())

    @property
    def size(self) -> int:
        """How many pairs of a node and a state are reached."""
        return int(np.bitwise_count(self.forward).sum())

    def leading(self) -> Bits:
        """Return, for each node, the states from which something wanted is reached, or that are it, as bits."""
        found: Bits = np.empty_like(self.wanted)
        found[self.order] = self._flowing(
            self.graph.laid.backward, self.wanted, self.forward, back=True
        )
        return found

    def _flowing(self, graph: Graph, begun: Bits, within: Bits, *, back: bool) -> Bits:
        images = np.zeros(self.count, np.uint64)
        if back:
            rows = self.rows // self.width * self.width + self.after
            np.bitwise_or.at(images, rows, self.places[self.rows % self.width])
        else:
            np.bitwise_or.at(images, self.rows, self.places[self.after])
        automaton, found = self.automaton, begun.copy()
        kinds_each = len(automaton.symbols) // self.rules
        FLOW(
            graph.starts,
            graph.to,
            graph.rule,
            automaton.kinds[self.order],
            automaton.symbols,
            kinds_each,
            images,
            self.width,
            back,
            within,
            found,
            begun.copy(),
        )
        return found
