"""The compiled fixpoint of sets over a graph, against the plain one, on random graphs with automata beside them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from duecourse.kernels.graphs import Automaton, Graph
from duecourse.kernels.sets import Sets
from duecourse.model.reading_set import ALL, NONE, ReadingSpace
from duecourse.properties.fixpoint import spread

SPACE = ReadingSpace({"a": ["0", "1"], "b": ["0", "1", "2"]})
CUBES = [
    NONE,
    ALL,
    *(SPACE.cube({"a": [x]}) for x in "01"),
    *(SPACE.cube({"a": [x], "b": list(y)}) for x in "01" for y in ("0", "12", "02")),
]


@settings(max_examples=150)
@given(st.data())
def test_it_is_the_plain_least_fixpoint(data: st.DataObject) -> None:
    nodes, states, rules, kinds = (data.draw(st.integers(1, most)) for most in (6, 3, 3, 2))
    number = st.integers(0, 1_000)
    edges = data.draw(
        st.lists(st.tuples(*(st.integers(0, n - 1) for n in (nodes, nodes, rules))), max_size=14)
    )
    edges.sort()
    under = [data.draw(st.sampled_from(CUBES)) for _ in range(rules)]
    kind = [data.draw(number) % kinds for _ in range(nodes)]
    symbol = [data.draw(st.integers(-1, 1)) for _ in range(rules * kinds)]
    after = {
        (s, q): sorted(data.draw(st.sets(st.integers(0, states - 1), max_size=2)))
        for s in range(2)
        for q in range(states)
    }
    goes_on = [data.draw(st.booleans()) for _ in range(states)]
    allowed = [data.draw(st.sampled_from(CUBES)) for _ in range(nodes)]
    first = np.zeros((nodes, states), np.int32)
    first[0, 0] = data.draw(st.sampled_from(CUBES))

    graph = Graph(
        np.searchsorted([edge[0] for edge in edges], range(nodes + 1)).astype(np.int64),
        np.array([edge[1] for edge in edges], np.int32),
        np.array([edge[2] for edge in edges], np.int32),
    )
    leads = np.cumsum([0, *(len(after[s, q]) for s in range(2) for q in range(states))])
    found = Sets((SPACE.intersection, SPACE.union, SPACE.difference)).spread(
        graph,
        Automaton(
            np.array(kind, np.int32),
            np.array(symbol, np.int32),
            leads.astype(np.int64),
            np.array([to for each in after.values() for to in each], np.int32),
            np.array(goes_on),
        ),
        np.array(under, np.int32),
        first,
        np.array(allowed, np.int32),
    )

    def successors(place: tuple[int, int]) -> list[tuple[tuple[int, int], int]]:
        node, state = place
        return [
            ((to, q), SPACE.intersection(under[rule], allowed[to]))
            for source, to, rule in edges
            if source == node and goes_on[state] and symbol[rule * kinds + kind[to]] >= 0
            for q in after[symbol[rule * kinds + kind[to]], state]
        ]

    start = {(0, 0): int(first[0, 0])}
    plain = spread(SPACE, start, successors, 1_000)
    assert {place: int(found[place]) for place in np.ndindex(nodes, states) if found[place]} == {
        place: under for place, under in plain.items() if under != NONE
    }
