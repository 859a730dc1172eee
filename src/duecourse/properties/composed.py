"""The compiled search over several cases side by side, in the words of a composition."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels.product import Cases, SideBySide
from duecourse.kernels.reach import MAX_BYTES
from duecourse.kernels.search import DEAD_END, HEAD, MOVES
from duecourse.properties.composition import Composed, named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duecourse.model.table import Rule
    from duecourse.properties.composition import AtMost, Composition, Local

MAX_LOCAL = 100_000


def compiled(
    composition: Composition, exclusions: Sequence[AtMost], limit: int, memory: int = MAX_BYTES
) -> Composed | None:
    """Return what a compiled search finds; None where the cases are too large for it."""
    tables = _Tables(composition)
    if not tables.fits:
        return None
    cases = tables.cases(exclusions)
    initial = [
        (tables.shared_number(shared), *sorted(tables.numbers[each] for each in locals_))
        for shared, locals_ in composition.initial
    ]
    try:
        search = SideBySide(cases, composition.instances, initial, len(tables.shared))
    except ValueError:
        return None
    finished = search.run(limit, memory)
    claims = len(composition.watchings)
    ways = [tables.way(search, int(number)) for number in search.reached]
    return Composed(
        configurations=int(search.progress[HEAD]),
        moves=int(search.progress[MOVES]),
        finished=finished,
        dead_end=tables.way(search, int(search.progress[DEAD_END])),
        claims=tuple(ways[:claims]),
        exclusions=tuple(ways[claims:]),
    )


class _Tables:
    """The configurations that one case can have, whatever the others make of the shared facts, and its moves."""

    def __init__(self, composition: Composition) -> None:
        self.composition = composition
        self.shared = sorted(composition.shared_values)
        self.numbers: dict[Local, int] = {}
        for _, cases in composition.initial:
            for local in cases:
                self.numbers.setdefault(local, len(self.numbers))
        self.order = list(self.numbers)
        self.moves: dict[tuple[int, int], list[tuple[Rule, int, int]]] = {}
        self.fits = self.close()

    def close(self) -> bool:
        """Find every configuration of one case; return False where there are too many."""
        for number, local in enumerate(self.order):  # grows while it is gone through
            if len(self.order) * len(self.shared) > MAX_LOCAL:
                return False
            for index, shared in enumerate(self.shared):
                found = self.moves[index, number] = []
                for rule, now, after in self.composition.steps(shared, local):
                    if after not in self.numbers:
                        self.numbers[after] = len(self.order)
                        self.order.append(after)
                    found.append((rule, self.shared_number(now), self.numbers[after]))
        return True

    def shared_number(self, shared: int) -> int:
        return bisect_left(self.shared, shared)

    def cases(self, exclusions: Sequence[AtMost]) -> Cases:
        """Return the arrays."""
        composition, table = self.composition, self.composition.table
        keys = [(i, n) for i in range(len(self.shared)) for n in range(len(self.order))]
        self.flat = [(key, move) for key in keys for move in self.moves[key]]
        marks = [
            [int(composition.violates(claim, local)) for local in self.order]
            for claim in range(len(composition.watchings))
        ]
        stages = [table.stage(packed) for packed, _ in self.order]
        marks += [[int(stage in each.stages) for stage in stages] for each in exclusions]
        most = [0] * len(composition.watchings) + [each.most for each in exclusions]
        return Cases(
            locals=len(self.order),
            starts=np.cumsum([0, *(len(self.moves[key]) for key in keys)], dtype=np.int64),
            to_local=np.array([to for _, (_, _, to) in self.flat], np.int32),
            to_shared=np.array([now for _, (_, now, _) in self.flat], np.int32),
            over=np.array([composition.is_over(local) for local in self.order], np.bool_),
            marks=np.array(marks, np.int64).reshape(len(marks), len(self.order)),
            most=np.array(most, np.int64),
        )

    def way(self, search: SideBySide, end: int) -> tuple[tuple[int, Rule], ...] | None:
        """Return the steps to a configuration by its number, each with its case."""
        if end < 0:
            return None
        acts: list[tuple[Local, Local, Rule]] = []
        while (parent := int(search.parents[end])) >= 0:
            (_, before), (rule, _, after) = self.flat[int(search.by[end])]
            acts.append((self.order[before], self.order[after], rule))
            end = parent
        return named([self.order[each] for each in search.unpacked(end)[1:]], acts[::-1])
