"""The compiled fixpoints over a graph with an automaton beside it, against the plain one, on random graphs."""

from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from duecourse.kernels.cones import Cones
from duecourse.kernels.graphs import Automaton, Graph
from duecourse.kernels.sets import Aim, spread
from duecourse.kernels.walks import shortest
from duecourse.model.reading_set import ALL, NONE, ReadingSpace
from duecourse.properties import fixpoint
from duecourse.properties.family_sets import FamilySets
from duecourse.properties.functions import Functions

SPACE = ReadingSpace({"a": ["0", "1"], "b": ["0", "1", "2"]})
CUBES = [
    NONE,
    ALL,
    *(SPACE.cube({"a": [x]}) for x in "01"),
    *(SPACE.cube({"a": [x], "b": list(y)}) for x in "01" for y in ("0", "12", "02")),
]
SEEDS = st.integers(0, 2**32 - 1)
CHOICES = [chosen for chosen, _ in SPACE.choices(["a", "b"])]


class Drawn:
    """A random graph with an automaton beside it; all cases begin in node 0 and state 0.

    Where another one is given, the automaton stands beside its graph.
    """

    edges: list[tuple[int, int, int]]
    automaton: Automaton
    last: NDArray[np.bool_]

    def __init__(self, seed: int, beside: "Drawn | None" = None) -> None:
        # evenly drawn: what Hypothesis draws by itself is mostly so small that hardly a mistake could show
        chance = Random(seed)
        self.nodes, self.states = chance.randint(2, 6), chance.randint(1, 3)
        self.nodes = beside.nodes if beside else self.nodes
        nodes, states, rules, kinds = self.nodes, self.states, 3, 2
        edges = sorted(
            (chance.randrange(nodes), chance.randrange(nodes), chance.randrange(rules))
            for _ in range(chance.randint(nodes, 14))
        )
        edges = self.edges = beside.edges if beside else edges
        self.under = np.array(chance.choices(CUBES[1:], k=rules), np.int32)
        kind = [chance.randrange(kinds) for _ in range(nodes)]
        symbol = chance.choices((-1, 0, 1, 2, 3), k=rules * kinds)
        if beside:  # the same moves of the same kinds
            kind = beside.automaton.kinds.tolist()
            theirs = beside.automaton.symbols.tolist()
            symbol = [
                max(own, 0) if each >= 0 else -1 for own, each in zip(symbol, theirs, strict=True)
            ]
        after = {
            (s, q): sorted(chance.sample(range(states), chance.choice((1, 1, min(states, 2)))))
            for s in range(4)
            for q in range(states)
        }
        goes_on = chance.choices((True, True, True, False), k=states)
        self.allowed = np.array(chance.choices([*CUBES, ALL, ALL], k=nodes), np.int32)
        self.first = np.zeros(nodes, np.int32)
        self.first[0] = chance.choice([*CUBES, ALL, ALL])
        aims = chance.choices((0, 0, 1, 2), k=states)
        last = beside.last.tolist() if beside else chance.choices((True, False), k=nodes)
        self.wanted = {
            (node, state)
            for node in range(nodes)
            for state in range(states)
            if aims[state] == 2 or (aims[state] == 1 and last[node])
        }
        self.graph = Graph(
            np.searchsorted([edge[0] for edge in edges], range(nodes + 1)).astype(np.int64),
            np.array([edge[1] for edge in edges], np.int32),
            np.array([edge[2] for edge in edges], np.int32),
        )
        leads = np.cumsum([0, *(len(after[s, q]) for s in range(4) for q in range(states))])
        self.automaton = Automaton(
            np.array(kind, np.int32),
            np.array(symbol, np.int32),
            leads.astype(np.int64),
            np.array([to for each in after.values() for to in each], np.int32),
            np.array(goes_on),
        )
        self.aims, self.last = np.array(aims, np.int8), np.array(last)

        def successors(
            place: tuple[int, int],
            allowed: NDArray[np.int32] | None = None,
            *,
            mixed: bool = False,
        ) -> list[tuple[tuple[int, int], int]]:
            node, state = place
            return [
                (
                    (to, q),
                    SPACE.intersection(
                        ALL if mixed else int(self.under[rule]),
                        ALL if allowed is None else int(allowed[to]),
                    ),
                )
                for source, to, rule in edges
                if source == node and goes_on[state] and symbol[rule * kinds + kind[to]] >= 0
                for q in after[symbol[rule * kinds + kind[to]], state]
            ]

        self.successors = successors

    def plain(
        self, allowed: NDArray[np.int32] | None = None, *, mixed: bool = False
    ) -> dict[tuple[int, int], int]:
        """Return what the plain fixpoint reaches; mixed, whatever the choices on the edges."""
        found = fixpoint.spread(
            SPACE,
            {(0, 0): int(self.first[0])},
            lambda place: self.successors(place, allowed, mixed=mixed),
            1_000,
        )
        return {place: under for place, under in found.items() if under != NONE}

    def aim(self) -> Aim:
        """Return the aim, with what is shown at the beginning."""
        shown = int(self.first[0]) if (0, 0) in self.wanted else NONE
        return Aim(self.aims, self.last, shown, int(self.first[0]))


@settings(max_examples=300)
@given(SEEDS)
def test_it_is_the_plain_least_fixpoint(seed: int) -> None:
    drawn = Drawn(seed)
    found = FamilySets(SPACE).spread(
        drawn.graph, drawn.automaton, drawn.under, drawn.first, drawn.allowed
    )
    reached = {place: int(found[place]) for place in np.ndindex(found.shape) if found[place]}
    assert reached == drawn.plain(drawn.allowed)


@settings(max_examples=300)
@given(SEEDS, SEEDS)
def test_what_is_shown_is_what_the_plain_fixpoint_shows_with_and_without_a_cone(
    seed: int, other: int
) -> None:
    one = Drawn(seed)
    both = one, Drawn(other, one)
    cones = Cones(
        one.graph,
        [each.automaton for each in both],
        len(one.under),
        [each.first != NONE for each in both],
        [each.aims for each in both],
        one.last,
    )
    for place, drawn in enumerate(both):
        shown = (under for at, under in drawn.plain().items() if at in drawn.wanted)
        plain = SPACE.any_of(shown)
        sets = FamilySets(SPACE)
        arguments = (drawn.graph, drawn.automaton, drawn.under, drawn.first)
        assert sets.showing(*arguments, drawn.aim())[0] == plain
        reached = set(drawn.plain(mixed=True))
        assert cones.reached(place) == bool(reached & drawn.wanted)
        assert cones.size(place) == len(reached)
        aim = drawn.aim()
        aim.cone = cones.leading(place)
        assert sets.showing(*arguments, aim)[0] == plain
        places = {(node, state) for node in range(drawn.nodes) for state in range(drawn.states)}
        assert {each for each in places if int(aim.cone[each[0]]) >> each[1] & 1} == leading(
            reached, drawn
        )


def leading(reached: set[tuple[int, int]], drawn: Drawn) -> set[tuple[int, int]]:
    """Return the places from which something wanted can be reached, whatever the choices on the edges."""
    found = reached & drawn.wanted
    while True:
        more = {
            place
            for place in reached - found
            if any(to in found for to, _ in drawn.successors(place, mixed=True))
        }
        if not more:
            return found
        found |= more


@settings(max_examples=300)
@given(SEEDS, st.sampled_from(CHOICES))
def test_a_walk_is_as_short_as_can_be_and_is_there_where_the_choice_shows_it(
    seed: int, choice: dict[str, str]
) -> None:
    drawn = Drawn(seed)
    drawn.first[0] = ALL
    taken = np.array([SPACE.contains(int(under), choice) for under in drawn.under])
    found = shortest(drawn.graph, drawn.automaton, 1, taken, drawn.aims, drawn.last)
    # layer by layer
    layers: list[set[tuple[int, int]]] = [{(0, 0)}]
    seen: set[tuple[int, int]] = {(0, 0)}
    while layers[-1] and not layers[-1] & drawn.wanted:
        after = {
            to
            for place in layers[-1]
            for to, under in drawn.successors(place)
            if SPACE.contains(under, choice)
        }
        layers.append(after - seen)
        seen |= after
    assert (found is None) == (not layers[-1])
    if found is not None:
        assert len(found) == len(layers) - 1
        assert all(taken[rule] for rule in found)


def test_it_goes_on_where_there_was_no_room_for_a_node() -> None:
    space = ReadingSpace({name: ["0", "1", "2"] for name in "abcdef"})
    cubes = [space.cube({x: ["0"], y: ["1"]}) for x in "abcdef" for y in "abcdef" if x != y]
    count = len(cubes)
    # a row of nodes; the plain result is the same equation, node by node
    graph = Graph(
        np.array([*range(count + 1), count], np.int64),
        np.arange(1, count + 1, dtype=np.int32),
        np.arange(count, dtype=np.int32),
    )
    one = Automaton(
        np.zeros(count + 1, np.int32),
        np.zeros(count, np.int32),
        np.array([0, 1]),
        np.zeros(1, np.int32),
        np.ones(1, np.bool_),
    )
    allowed = [space.complement(cube) for cube in cubes]
    first = [NONE, *cubes]
    functions = Functions(space)
    arguments = (functions.all_of(allowed), functions.all_of(first))
    room = functions.size
    functions.levels, functions.children = functions.levels[:room], functions.children[:room]
    found = spread(functions, graph, one, *arguments)
    plain = NONE
    for way, own in zip([ALL, *allowed], first, strict=True):
        plain = space.union(space.intersection(plain, way), own)
    assert functions.set(int(found[-1, 0])) == plain
    assert functions.size > room


def test_a_walk_takes_no_move_that_its_choice_has_not() -> None:
    # two moves from node 0: straight to node 2, and by way of node 1
    graph = Graph(
        np.array([0, 2, 3, 3]), np.array([2, 1, 2], np.int32), np.array([0, 1, 2], np.int32)
    )
    one = Automaton(
        np.zeros(3, np.int32),
        np.zeros(3, np.int32),
        np.array([0, 1]),
        np.zeros(1, np.int32),
        np.ones(1, np.bool_),
    )
    last, aims = np.array([False, False, True]), np.ones(1, np.int8)
    ways = {
        taken: shortest(graph, one, 1, np.array(taken), aims, last)
        for taken in ((True, True, True), (False, True, True), (False, True, False))
    }
    assert list(ways.values()) == [[0], [1, 2], None]
