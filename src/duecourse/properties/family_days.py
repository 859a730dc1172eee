"""The days of statutory time under all readings: the graph of clock events beside the days that clocks have left.

Every pair of a node and days left that a case may be in, with the choices of readings on the edges, so that a best way
is found for all choices in one fixpoint (`duecourse.kernels.diagrams`). No edge mixes choices: a way has the choices that
all its edges have.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels.diagrams import GREATER, NEVER, SMALLER, SUM, WITHOUT, ZERO, leaf
from duecourse.kernels.distinct import distinct
from duecourse.kernels.passing import Passing
from duecourse.kernels.ways import Ways
from duecourse.model.reading_set import TooManyError
from duecourse.properties.days import Edge
from duecourse.properties.family_left import Left
from duecourse.properties.family_shifts import again_and_again
from duecourse.properties.functions import Functions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from duecourse.calendar import Span
    from duecourse.properties.days import Path, State
    from duecourse.properties.family_events import EventGraph

    Indices = NDArray[np.int32]
    Numbers = NDArray[np.int64]
    Chosen = NDArray[np.bool_]

MAX_PAIRS = 4_000_000
"""How many pairs of nodes and days left are looked at before the choices are split."""


class FamilyDays:
    """The days of a graph of clock events.

    Args:
        graph: the clock events.
        limits: the working days of each clock.
        lengths: the working days of each span that an extension adds.
        unlimited: whether extensions without a limit may be used.
        later: clocks whose days may be put off (`duecourse.properties.family_shifts`).

    Raises:
        TooManyError: more pairs than `MAX_PAIRS`, or days left that grow without end.
    """

    def __init__(
        self,
        graph: EventGraph,
        limits: Mapping[str, int],
        lengths: Mapping[Span, int],
        *,
        unlimited: bool,
        later: frozenset[str] = frozenset(),
    ) -> None:
        self.graph, self.functions = graph, Functions(graph.space)
        functions, moves = self.functions, graph.moves
        self.taken = functions.all_of(moves.under.tolist())
        again = again_and_again(graph, functions)
        if not unlimited:
            for sets in again.values():
                self.taken = functions.each(WITHOUT, self.taken, sets)
            again = {}
        self.again = again
        partly = {
            clock
            for clock, sets in again.items()
            if (functions.each(WITHOUT, self.taken, sets)[sets != NEVER] != NEVER).any()
        }
        self.left = Left(
            graph,
            limits,
            lengths,
            unlimited=unlimited,
            again={clock: sets != NEVER for clock, sets in again.items()},
            partly=frozenset(partly),
            later=later,
        )
        freeing = np.zeros(len(moves.to), np.bool_)
        for sets in again.values():
            freeing |= sets != NEVER
        self.pairs = Passing(
            graph.size,
            moves.sources,
            moves.to,
            moves.label,
            len(graph.events),
            freeing,
            [(node, self.left.begin(int(graph.kind[node]))) for node in graph.starts],
            self.left.row,
            MAX_PAIRS,
        )
        if self.pairs.full or self.left.cut:
            raise TooManyError(f"more than {MAX_PAIRS:,} nodes with days left")
        self.starts = list(graph.starts.values())
        self._some: dict[bytes, Ways] = {}

    @property
    def size(self) -> int:
        """How many pairs there are."""
        return self.pairs.size

    @cached_property
    def ways(self) -> Ways:
        """The edges between pairs."""
        return Ways(self.size, self.pairs.sources, self.pairs.to)

    @cached_property
    def under(self) -> Indices:
        """For each edge, the choices under which it is taken."""
        pairs, functions = self.pairs, self.functions
        found = np.full(len(pairs.to), ZERO, np.int32)
        found[~pairs.passes] = self.taken[pairs.edge[~pairs.passes]]
        for edge in np.flatnonzero(pairs.frees).tolist():
            event = self.graph.events[self.graph.moves.label[pairs.edge[edge]]]
            assert event is not None
            for clock in self.left.freed(*self.states_of(edge), event):
                sets = self.again[clock]
                found[edge] = functions.both(SUM, int(found[edge]), int(sets[pairs.edge[edge]]))
        return found

    def states_of(self, edge: int) -> tuple[State, State]:
        """Return the days left before and after an edge."""
        states, pairs = self.left.states, self.pairs
        return states[pairs.left[pairs.sources[edge]]], states[pairs.left[pairs.to[edge]]]

    @cached_property
    def weights(self) -> Indices:
        """For each edge, the counted days it takes, under its choices."""
        return self.weighed(elapsed=False)

    def weighed(self, *, elapsed: bool) -> Indices:
        """Return, for each edge, the counted (or elapsed) days it takes, under its choices."""
        found = self.under.copy()
        passes = self.pairs.passes
        leaves = np.array([leaf(each) for each in self.days(elapsed=elapsed)], np.int32)
        found[passes] = leaves[self.pairs.left[self.pairs.sources[passes]]]
        return found

    def days(self, *, elapsed: bool = False) -> list[int]:
        """Return, for days left by number, the days of the time that passes in them; 0 where none does."""
        passing = self.left.passing
        none = Edge(0, None, "")
        edges = (passing.get(number, none) for number in range(len(self.left.states)))
        return [edge.elapsed if elapsed else edge.days for edge in edges]

    @cached_property
    def counting(self) -> Chosen:
        """For each edge, whether it adds counted days."""
        counted = np.array(self.days(), np.int32) > 0
        found: Chosen = self.pairs.passes & counted[self.pairs.left[self.pairs.sources]]
        return found

    def at_start(self, value: Indices, best: int = GREATER) -> int:
        """Return the best of a function of pairs over those in which a case begins."""
        functions = self.functions
        found = NEVER
        for pair, under in enumerate(self.starts):
            here = functions.both(SUM, functions.of(under), int(value[pair]))
            found = functions.both(best, found, here)
        return found

    # --- the end of the review -----------------------------------------------------------------------------------

    @cached_property
    def ends(self) -> Indices:
        """Every pair in which the review is over."""
        over = np.array([each.over for each in self.graph.kinds], np.bool_)
        return np.where(over[self.graph.kind[self.pairs.node]], ZERO, NEVER).astype(np.int32)

    @cached_property
    def least(self) -> Indices:
        """For each pair, the fewest elapsed days to the end of the review."""
        weights = self.weighed(elapsed=True)
        return self.functions.best(self.ways, weights, self.ends, best=SMALLER)

    @cached_property
    def able(self) -> Indices:
        """For each pair, the choices under which the review can come to its end from there."""
        functions = self.functions
        kinds, which = distinct(self.least)
        full = np.full(len(kinds), ZERO, np.int32)
        unable = functions.each(WITHOUT, full, kinds)
        return functions.each(WITHOUT, full, unable)[which]

    @cached_property
    def endless(self) -> Indices:
        """For each pair, the choices under which days can be added for ever before the review comes to its end."""
        return self.looping(self.able, np.ones(len(self.pairs.to), np.bool_))

    @cached_property
    def greatest(self) -> Indices:
        """For each pair, the most counted days to the end of the review, where there is a most."""
        return self.longest(self.ends, self.endless, np.ones(len(self.pairs.to), np.bool_))

    def endless_through(self, clock: str, *, unlimited: bool) -> int:
        """Return the choices under which days can be added for ever while a clock runs, or does without any limit."""
        through = self.left.having(clock, endless=unlimited)[self.pairs.left]
        inner, adding = self._inside(self.able, np.ones(len(self.pairs.to), np.bool_))
        sources = self.pairs.sources[inner]
        if not through[sources].any():
            return NEVER
        if through[sources[adding]].all():
            return self.at_start(self.endless)
        every = np.ones(len(self.pairs.to), np.bool_)
        return self.at_start(self.looping(self.able, every, through))

    # --- fixpoints -----------------------------------------------------------------------------------------------

    def longest(self, there: Indices, endless: Indices, followed: Chosen) -> Indices:
        """Return, for each pair, the most counted days on some edges and what is there, where there is a most.

        Args:
            there: what there is to reach.
            endless: for each pair, the choices for which there is none.
            followed: the edges.
        """
        functions = self.functions
        kinds, which = distinct(endless)
        full = np.full(len(kinds), ZERO, np.int32)
        mask = functions.each(WITHOUT, full, kinds)[which]
        there = functions.each(SUM, there, mask)
        return functions.best(self.some(followed), self.weights[followed], there, mask=mask)

    def some(self, followed: Chosen) -> Ways:
        """Return some of the edges between pairs."""
        if followed.all():
            return self.ways
        key = followed.tobytes()
        if key not in self._some:
            pairs = self.pairs
            self._some[key] = Ways(self.size, pairs.sources[followed], pairs.to[followed])
        return self._some[key]

    def _inside(self, held: Indices, followed: Chosen) -> tuple[Numbers, Chosen]:
        """Return the edges that lie on a loop which adds days under some mixture of choices, and which add days."""
        pairs, part = self.pairs, self.some(followed).part
        same = part[pairs.sources] == part[pairs.to]
        inner = np.flatnonzero(same & followed & (held[pairs.to] != NEVER))
        adding = self.counting[inner]
        long = np.zeros(int(part.max(initial=-1)) + 1, np.bool_)
        long[part[pairs.sources[inner[adding]]]] = True
        inner = inner[long[part[pairs.sources[inner]]]]
        return inner, self.counting[inner]

    def looping(self, held: Indices, followed: Chosen, through: Chosen | None = None) -> Indices:
        """Return, for each pair, the choices under which a case can add days for ever from there.

        The greatest fixpoint: inside the loops an edge that adds days can be reached that leads to such a pair, and one
        of some pairs is passed as well where that is asked for (Emerson and Lei 1986).

        Args:
            held: for each pair, the choices for which it counts.
            followed: the edges that are taken.
            through: the pairs one of which is passed again and again; any if None.
        """
        pairs, functions = self.pairs, self.functions
        inner, adding = self._inside(held, followed)
        if not len(inner):
            return np.full(self.size, NEVER, np.int32)
        ends = np.concatenate((pairs.sources[inner], pairs.to[inner]))
        places, number = distinct(ends)
        ways = Ways(len(places), number[: len(inner)], number[len(inner) :])
        asked = None if through is None else through[places]
        here = going_on(functions, ways, self.under[inner], adding, held[places], asked)
        found = np.full(self.size, NEVER, np.int32)
        found[places] = here
        return functions.best(self.some(followed), self.under[followed], found)

    # --- one choice ----------------------------------------------------------------------------------------------

    def way(
        self,
        value: Indices,
        choice: Mapping[str, str],
        start: int | None,
        followed: Chosen,
        last: Chosen,
    ) -> list[int]:
        """Return the edges of a way, of those with the fewest, on which one choice of readings has the most days.

        Args:
            value: for each pair, the most days (`longest`).
            choice: an option of every reading.
            start: the pair in which the way begins; None for where cases begin.
            followed: the edges.
            last: the pairs in which it may end, with no more days.
        """
        functions, pairs = self.functions, self.pairs
        most, days = functions.under(value, choice), functions.under(self.weights, choice)
        there = most[pairs.to]
        best = (days >= 0) & (there >= 0) & (days + there == most[pairs.sources])
        begin = np.array([start]) if start is not None else self.begin(choice)
        begin = begin[most[begin] == most[begin].max()]
        return self.ways.shortest(begin, best & followed, last & (most == 0))

    def before(self, choice: Mapping[str, str], wanted: Chosen) -> list[int]:
        """Return the fewest edges by which one choice comes to and takes one of some edges."""
        pairs = self.pairs
        taken = self.functions.under(self.under, choice) >= 0
        last = np.zeros(self.size, np.bool_)
        last[pairs.sources[wanted & taken]] = True
        edges = self.ways.shortest(self.begin(choice), taken, last)
        at = int(pairs.to[edges[-1]]) if edges else None
        for edge in np.flatnonzero(wanted & taken).tolist():
            source = int(pairs.sources[edge])
            if source == at or (at is None and source in self.begin(choice)):
                return [*edges, edge]
        raise ValueError("no such way")

    def begin(self, choice: Mapping[str, str]) -> Numbers:
        """Return the pairs in which a case begins under one choice."""
        space = self.graph.space
        return np.array(
            [pair for pair, under in enumerate(self.starts) if space.contains(under, choice)]
        )

    def path(self, edges: list[int]) -> Path:
        """Return edges as a path of states of days (`duecourse.properties.days`)."""
        pairs, found = self.pairs, []
        for edge in edges:
            before, after = self.states_of(edge)
            if pairs.passes[edge]:
                passing = self.left.passing[int(pairs.left[pairs.sources[edge]])]
                found.append((before, passing))
            else:
                event = self.graph.events[self.graph.moves.label[pairs.edge[edge]]]
                if event is not None:
                    found.append((before, Edge(0, event, event.outcome or after)))
        return found

    def having(self, edges: list[int]) -> int:
        """Return the choices that have all of some edges."""
        found = ZERO
        for edge in edges:
            found = self.functions.both(SUM, found, int(self.under[edge]))
        return found


def going_on(  # noqa: PLR0913, PLR0917
    functions: Functions,
    ways: Ways,
    under: Indices,
    adding: Chosen,
    here: Indices,
    through: Chosen | None = None,
) -> Indices:
    """Return, for each node of loops that do not meet, the choices under which days can be added there for ever.

    A loop of which nothing changed is done: none of the others leads into it.

    Args:
        functions: the sets of choices.
        ways: the edges of the loops.
        under: for each edge, the choices under which it is taken.
        adding: for each edge, whether it adds days.
        here: for each node, the choices in question.
        through: the nodes one of which is passed again and again; any if None.
    """
    part = ways.part
    open_ = np.ones(int(part.max(initial=-1)) + 1, np.bool_)
    while True:
        sources, to = ways.sources[adding], ways.to[adding]
        first = functions.gathered(ways.size, sources, to, under[adding], here)
        fewer = functions.each(SUM, here, functions.best(ways, under, first))
        if through is not None:
            passed = np.where(through, fewer, NEVER).astype(np.int32)
            fewer = functions.each(SUM, fewer, functions.best(ways, under, passed))
        fewer = np.where(open_[part], fewer, here).astype(np.int32)
        changed = fewer != here
        if not changed.any():
            return here
        here = fewer
        open_ = np.zeros(len(open_), np.bool_)
        open_[part[changed]] = True
        kept = open_[part[ways.sources]]
        if not kept.all():
            under, adding = under[kept], adding[kept]
            ways = Ways(ways.size, ways.sources[kept], ways.to[kept])
