"""Clock events of every behaviour under every choice of readings, as one small graph.

Its nodes are configurations with the clocks that run, put together where no choice of readings tells them apart by
what can happen to clocks afterwards; its edges say what happens to time, and under which choices.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from duecourse.model.reading_set import ALL, NONE
from duecourse.properties.explore import MAX_CONFIGURATIONS
from duecourse.properties.family_blocks import in_blocks
from duecourse.properties.family_clocks import Clocked, ClockedFamily
from duecourse.properties.fixpoint import spread
from duecourse.properties.quotient import Moves, quotient

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from duecourse.model.procedure import Procedure
    from duecourse.model.reading_set import ReadingSet, ReadingSpace
    from duecourse.properties.property import Property
    from duecourse.properties.timed import Clocks, Event

    Indices = NDArray[np.int32]


class Kind(NamedTuple):
    """What is known of statutory time in a node.

    Attributes:
        running: the clocks that run.
        frozen: those of them that a suspension stops.
        begun: whether statutory time has begun.
        over: whether the review is over.
        stage: the stage, where stages are told apart.
        stoppers: the suspensions that stop a clock, where they are told apart.
    """

    running: Clocks
    frozen: Clocks
    begun: bool
    over: bool
    stage: str = ""
    stoppers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class EventGraph:
    """The clock events of all choices of readings.

    Attributes:
        space: the choices.
        starts: the nodes in which a case begins, each under which choices.
        kinds: the kinds of nodes.
        kind: the kind of each node, by number.
        events: what can happen to time; None, which is nothing, first.
        moves: the edges; the label of each is its event, by number.
        configurations: how many configurations there were on the way.
    """

    space: ReadingSpace
    starts: Mapping[int, ReadingSet]
    kinds: tuple[Kind, ...]
    kind: Indices
    events: tuple[Event | None, ...]
    moves: Moves
    configurations: int

    @property
    def size(self) -> int:
        """How many nodes there are."""
        return self.moves.size

    def leading_to(self, asked: NDArray[np.bool_], into: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return the nodes from which one of some nodes can be reached by some edges, under whatever readings.

        Args:
            asked: for each edge, whether it is followed.
            into: for each node, whether it is one of them.
        """
        sources, to = self.moves.sources[asked], self.moves.to[asked]
        found = into.copy()
        while True:
            more = found.copy()
            more[sources[found[to]]] = True
            if np.array_equal(more, found):
                return found
            found = more

    def part(
        self,
        kept: NDArray[np.bool_],
        renamed: Callable[[Event], Event],
        within: ReadingSet,
    ) -> EventGraph:
        """Return the graph with some of the edges only, made small again.

        Args:
            kept: for each edge, whether it is kept.
            renamed: what events count as.
            within: the choices in question; what none of them can do is left out.
        """
        space, moves = self.space, self.moves
        possible = {
            under: space.intersection(under, within) for under in np.unique(moves.under).tolist()
        }
        under = np.array([possible[each] for each in moves.under.tolist()], np.int32)
        edges = np.flatnonzero(kept & (under != NONE))
        numbers: dict[Event | None, int] = {None: 0}
        now = np.array(
            [
                numbers.setdefault(None if e is None else renamed(e), len(numbers))
                for e in self.events
            ],
            np.int32,
        )
        starts = {
            node: both
            for node, each in self.starts.items()
            if (both := space.intersection(each, within)) != NONE
        }
        fewer = Moves(
            self.size, moves.sources[edges], moves.to[edges], now[moves.label[edges]], under[edges]
        )
        return _reduced(self, starts, tuple(numbers), fewer)

    def within(self, choices: ReadingSet) -> EventGraph:
        """Return the graph as it is under some choices."""
        every = np.ones(len(self.moves.to), np.bool_)
        return self.part(every, lambda event: event, choices)

    def toward(self, outcome: str) -> NDArray[np.bool_]:
        """Return, for each edge, whether it may lie on a way to an outcome."""
        wanted = np.array([e is not None and e.outcome == outcome for e in self.events], np.bool_)
        ends = wanted[self.moves.label]
        others = self.outcomes & ~ends
        into = np.zeros(self.size, np.bool_)
        into[self.moves.to[ends]] = True
        useful = self.leading_to(~others, into)
        found: NDArray[np.bool_] = useful[self.moves.to] & ~others
        return found

    @cached_property
    def outcomes(self) -> NDArray[np.bool_]:
        """For each edge, whether it ends the case."""
        ends = np.array([e is not None and e.outcome is not None for e in self.events], np.bool_)
        found: NDArray[np.bool_] = ends[self.moves.label]
        return found


def _reduced(
    graph: EventGraph,
    starts: Mapping[int, ReadingSet],
    events: tuple[Event | None, ...],
    moves: Moves,
) -> EventGraph:
    """Return a graph with the nodes put together that do the same, and only those that can be reached."""
    space = graph.space
    reached = np.zeros(moves.size, np.bool_)
    reached[list(starts)] = True
    while True:
        more = reached.copy()
        more[moves.to[reached[moves.sources]]] = True
        if np.array_equal(more, reached):
            break
        reached = more
    place = np.cumsum(reached) - 1
    edges = np.flatnonzero(reached[moves.sources])
    kept = Moves(
        int(reached.sum()),
        place[moves.sources[edges]].astype(np.int32),
        place[moves.to[edges]].astype(np.int32),
        moves.label[edges],
        moves.under[edges],
    )
    kind = graph.kind[reached]
    block, small = quotient(kept, kind, space)
    kind_of = np.zeros(small.size, np.int32)
    kind_of[block] = kind
    begun: dict[int, ReadingSet] = {}
    for node, under in starts.items():
        number = int(block[place[node]])
        begun[number] = space.union(begun.get(number, NONE), under)
    return EventGraph(space, begun, graph.kinds, kind_of, events, small, graph.configurations)


def event_graph(
    procedure: Procedure,
    terms: Sequence[Property] = (),
    without: Collection[str] = (),
    limit: int = MAX_CONFIGURATIONS,
    *,
    places: bool = False,
) -> EventGraph:
    """Return the clock events of a procedure under every choice of its readings.

    Args:
        procedure: whose behaviours.
        terms: properties whose terms are marked in the events.
        without: steps that are never taken.
        limit: after how many configurations the search gives up.
        places: whether stages and suspensions are told apart.

    Raises:
        InvalidInput: guards that come out in too many ways.
        TooManyError: more configurations than `limit`, or wider ones than the compiled search takes.
    """
    small = in_blocks(procedure, limit, terms, without, places=places)
    clocked = ClockedFamily(small.table, small.marks if terms else None)
    space, final = small.table.space, small.table.common.is_final

    def onward(at: Clocked) -> Iterator[tuple[Clocked, ReadingSet]]:
        if not final(at.node.packed):
            yield from ((to, under) for _, _, to, under in clocked.moves(at))

    starts = clocked.starts(ALL)
    found = spread(space, starts, onward, limit)
    number = {at: place for place, at in enumerate(found)}
    events: dict[Event | None, int] = {None: 0}
    rows: list[tuple[int, int, int, ReadingSet]] = []
    kinds: dict[Kind, int] = {}
    kind: list[int] = []
    for at, reached in found.items():
        graph, over = clocked.cells[at.cell][0], final(at.node.packed)
        made = Kind(at.node.running, graph.frozen(at.node), at.node.begun, over)
        if places and not over:
            made = made._replace(
                stage=small.table.common.stage(at.node.packed), stoppers=graph.stoppers(at.node)
            )
        kind.append(kinds.setdefault(made, len(kinds)))
        for _, event, to, under in () if over else clocked.moves(at):
            if space.intersection(under, reached) != NONE:
                name = None if graph.silent(at.node, event) else event
                label = events.setdefault(name, len(events))
                rows.append((number[at], number[to], label, under))
    edges = np.array(rows, np.int32).reshape(len(rows), 4).T
    moves = Moves(len(found), edges[0], edges[1], edges[2], edges[3])
    begun = {number[at]: under for at, under in starts.items()}
    whole = EventGraph(
        space,
        begun,
        tuple(kinds),
        np.array(kind, np.int32),
        tuple(events),
        moves,
        small.configurations,
    )
    return _reduced(whole, begun, whole.events, moves)
