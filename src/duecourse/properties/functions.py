"""Sets of choices of readings in the words of the compiled diagrams, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels.diagrams import NEVER, ZERO, Diagrams
from duecourse.model.reading_set import ALL, NONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from duecourse.model.reading_set import ReadingSet, ReadingSpace

    Indices = NDArray[np.int32]


class Functions(Diagrams):
    """Functions of the choices of readings, on the levels of their space.

    Args:
        space: the choices.
        bits: how many levels of two options stand above the readings, to tell numbers apart.
        cap: a greater sum counts as this.
    """

    def __init__(self, space: ReadingSpace, bits: int = 0, cap: int = 1 << 20) -> None:
        super().__init__([2] * bits + [len(space.options[name]) for name in space.order], cap)
        self.space, self.bits = space, bits
        self._of = {NONE: NEVER, ALL: ZERO}
        self._sets: dict[int, dict[int, ReadingSet]] = {}

    def of(self, under: ReadingSet) -> int:
        """Return a set of choices as a function: 0 in the set, and never elsewhere."""
        found = self._of.get(under)
        if found is None:
            level, children = self.space.parts(under)
            made = self.node(level + self.bits, [self.of(child) for child in children])
            found = self._of[under] = made
        return found

    def all_of(self, sets: Iterable[ReadingSet]) -> Indices:
        """Return sets of choices as functions."""
        return np.array([self.of(each) for each in sets], np.int32)

    def sets(self, function: int) -> dict[int, ReadingSet]:
        """Return the choices under which a function is each number that it takes; never is left out."""
        if function == NEVER:
            return {}
        if function < 0:
            return {-2 - function: ALL}
        found = self._sets.get(function)
        if found is None:
            found = self._sets[function] = {}
            name = self.space.order[int(self.levels[function]) - self.bits]
            for place, option in enumerate(self.space.options[name]):
                cube = self.space.cube({name: (option,)})
                for number, under in self.sets(int(self.children[function, place])).items():
                    more = self.space.intersection(cube, under)
                    found[number] = self.space.union(found.get(number, NONE), more)
        return found

    def under(self, functions: Indices, choice: Mapping[str, str]) -> Indices:
        """Return the number that each function is under one choice, which names every reading; -1 for never."""
        order = self.space.order
        chosen = [self.space.options[name].index(choice[name]) for name in order]
        return self.evaluated(functions, [0] * self.bits + chosen)

    def set(self, function: int) -> ReadingSet:
        """Return the choices under which a function is a number."""
        return self.space.any_of(self.sets(function).values())
