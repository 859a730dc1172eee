"""Fixpoints over sets of choices of readings: the compiled ones, in the words of the space of choices."""

from __future__ import annotations

from threading import local
from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels.diagrams import NEVER
from duecourse.kernels.sets import spread
from duecourse.properties.functions import Functions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from duecourse.kernels.graphs import Automaton, Graph
    from duecourse.kernels.sets import Aim
    from duecourse.model.reading_set import ReadingSet, ReadingSpace

    Indices = NDArray[np.int32]

_UNKNOWN = -(1 << 31)


class FamilySets:
    """Fixpoints of sets of choices; several threads may use it, each with diagrams of its own.

    Args:
        space: the choices.
    """

    def __init__(self, space: ReadingSpace) -> None:
        self.space = space
        self._own = local()

    @property
    def words(self) -> _Words:
        """The diagrams of this thread."""
        if not hasattr(self._own, "words"):
            self._own.words = _Words(self.space)
        words: _Words = self._own.words
        return words

    def spread(
        self,
        graph: Graph,
        automaton: Automaton,
        under: Indices,
        first: Indices,
        allowed: Indices | None = None,
    ) -> Indices:
        """Return under which choices each node is reached in each state (`duecourse.kernels.sets.spread`)."""
        words = self.words
        found = spread(
            words.functions,
            graph,
            automaton,
            words.of(under),
            words.of(first),
            None if allowed is None else words.of(allowed),
        )
        return words.back(found)

    def showing(
        self, graph: Graph, automaton: Automaton, under: Indices, first: Indices, aim: Aim
    ) -> tuple[ReadingSet, int]:
        """Return under which choices something is shown, and how many pairs of node and state were visited for that.

        Args:
            graph: the moves.
            automaton: the automaton beside them.
            under: for each rule, the choices under which it exists.
            first: for each node, under which choices it is reached at the beginning, in the first state.
            aim: what is looked for, with choices as sets of the space.
        """
        words = self.words
        aim.shown, aim.every = words.functions.of(aim.shown), words.functions.of(aim.every)
        found = spread(words.functions, graph, automaton, words.of(under), words.of(first), aim=aim)
        return words.functions.set(aim.shown), int(np.count_nonzero(found != NEVER))


class _Words:
    """Sets of choices as functions and back, for many at once."""

    def __init__(self, space: ReadingSpace) -> None:
        self.functions = Functions(space)
        self._of, self._back = np.full(2, _UNKNOWN, np.int32), np.full(2, _UNKNOWN, np.int32)

    def of(self, sets: Indices) -> Indices:
        """Return sets as functions."""
        known = self._of = _longer(self._of, int(sets.max(initial=0)) + 1)
        found = known[sets]
        for each in np.unique(sets[found == _UNKNOWN]).tolist():
            known[each] = self.functions.of(each)
        return known[sets]

    def back(self, functions: Indices) -> Indices:
        """Return functions as sets."""
        places = functions + 2
        known = self._back = _longer(self._back, int(places.max(initial=0)) + 1)
        found = known[places]
        for each in np.unique(places[found == _UNKNOWN]).tolist():
            known[each] = self.functions.set(each - 2)
        return known[places]


def _longer(known: Indices, size: int) -> Indices:
    if size <= len(known):
        return known
    more = np.full(max(size, 2 * len(known)) - len(known), _UNKNOWN, np.int32)
    return np.concatenate((known, more))
