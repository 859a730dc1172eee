"""Loops on which days can be added for ever, under all choices at once, against each choice by itself."""

from random import Random

import numpy as np
import pytest

from duecourse.kernels.diagrams import ZERO
from duecourse.kernels.ways import Ways
from duecourse.model.reading_set import ALL, ReadingSpace
from duecourse.properties.family_days import going_on
from duecourse.properties.functions import Functions

SPACE = ReadingSpace({"a": ["0", "1"], "b": ["0", "1", "2"]})
CUBES = [
    ALL,
    *(SPACE.cube({"a": [x]}) for x in "01"),
    *(SPACE.cube({"a": [x], "b": list(y)}) for x in "01" for y in ("0", "12", "02")),
]
CHOICES = [chosen for chosen, _ in SPACE.choices(["a", "b"])]
NODES = 12


def for_ever(ways: Ways, taken: list[int], adding: list[bool], through: list[bool]) -> set[int]:
    """Return the nodes from which some edges lead to a loop with an edge that adds and a node that is asked for."""
    onto: dict[int, set[int]] = {node: set() for node in range(NODES)}
    for edge in taken:
        onto[int(ways.sources[edge])].add(int(ways.to[edge]))
    reach: dict[int, set[int]] = {}
    for node in range(NODES):
        reach[node] = {node}
        for at in (queue := [node]):
            more = onto[at] - reach[node]
            reach[node] |= more
            queue.extend(sorted(more))
    good: set[int] = set()
    for edge in taken:
        first, last = int(ways.sources[edge]), int(ways.to[edge])
        loop = {node for node in reach[last] if first in reach[node]}
        if adding[edge] and first in loop and any(through[node] for node in loop):
            good |= loop
    return {node for node in range(NODES) if reach[node] & good}


@pytest.mark.parametrize("seeds", [range(150), range(150, 300)])
def test_days_are_added_for_ever_where_the_loops_of_a_choice_add_them(seeds: range) -> None:
    for seed in seeds:
        chance = Random(seed)
        edges = np.array([chance.choices(range(NODES), k=2) for _ in range(26)]).T
        part = Ways(NODES, edges[0], edges[1]).part
        inner = part[edges[0]] == part[edges[1]]
        ways = Ways(NODES, edges[0][inner], edges[1][inner])
        sets = chance.choices(CUBES, k=len(ways.to))
        adding = chance.choices((True, False, False), k=len(ways.to))
        through = chance.choices((True, False), k=NODES) if seed % 2 else None
        functions = Functions(SPACE)
        found = going_on(
            functions,
            ways,
            functions.all_of(sets),
            np.array(adding, np.bool_),
            np.full(NODES, ZERO, np.int32),
            None if through is None else np.array(through),
        )
        for choice in CHOICES:
            taken = [e for e, under in enumerate(sets) if SPACE.contains(under, choice)]
            wanted = for_ever(ways, taken, adding, through or [True] * NODES)
            assert set(np.flatnonzero(functions.under(found, choice) >= 0).tolist()) == wanted
