"""Every behaviour under every choice of readings: fixpoints over sets of choices, never one successor for all.

Each configuration has the set of choices under which something is true of it: that it can be reached, that a goal can
be reached from it, that a case can go on for ever there. The sets are exact: they are least or greatest fixpoints of
the same equations that a single choice has, solved for all choices at once (Classen et al. 2013).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeVar

from duecourse.model.reading_set import ALL, NONE, TooManyError
from duecourse.properties.explore import MAX_CONFIGURATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Mapping

    from duecourse.model.featured import FeaturedTable, Move
    from duecourse.model.reading_set import ReadingSet
    from duecourse.model.table import Rule

N = TypeVar("N", bound="Hashable")
Sets = dict[int, "ReadingSet"]
"""For configurations, the choices of readings under which something is true of them."""


class Watching(Protocol):
    """A property as an automaton beside a case; states are numbers.

    Attributes:
        initial: the state before the first step.
    """

    @property
    def initial(self) -> int:
        """Return the state before the first step."""

    def moves(self, state: int, rule: Rule, to: int) -> tuple[int, ...]:
        """Return the states after a step: several where it may be taken by several actors that are told apart."""

    def violated(self, state: int) -> bool:
        """Return whether the property is violated for good."""

    def accepting(self, state: int) -> bool:
        """Return whether the property is satisfied if the case ends here."""

    def triggered(self, state: int) -> bool:
        """Return whether the property has something to say."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What watching every behaviour showed.

    Attributes:
        failing: the choices of readings under which the property is violated.
        unsatisfied: the choices under which some case is over before the property is satisfied.
        triggered: the choices under which it has something to say (those that fail are among them).
        visited: how many pairs of configuration and state of the property were visited.
    """

    failing: ReadingSet
    unsatisfied: ReadingSet
    triggered: ReadingSet
    visited: int


@dataclass(frozen=True)
class Family:
    """The behaviours of a featured table.

    Attributes:
        table: what is explored.
        limit: after how many configurations the search is given up.
    """

    table: FeaturedTable
    limit: int = MAX_CONFIGURATIONS
    _moves: dict[int, tuple[Move, ...]] = field(default_factory=dict, repr=False)

    def moves(self, packed: int) -> tuple[Move, ...]:
        """Return every rule that fires in a configuration, where it leads, and under which readings it exists."""
        found = self._moves.get(packed)
        if found is None:
            found = self._moves[packed] = tuple(self.table.moves(packed))
        return found

    @cached_property
    def reached(self) -> Sets:
        """The choices under which each configuration can be reached."""
        return self.reach()

    @cached_property
    def reached_by_actors(self) -> Sets:
        """The choices under which each configuration can be reached without a lapse, so on one and the same day."""
        return self.reach(lapses=False)

    def reach(self, *, lapses: bool = True) -> Sets:
        """Return the choices under which each configuration can be reached.

        Args:
            lapses: whether the law may take its steps.

        Raises:
            TooManyError: more configurations than `limit`, or sets with more nodes than their space allows.
        """

        def successors(packed: int) -> Iterable[tuple[int, ReadingSet]]:
            for rule, to, under in self.moves(packed):
                if lapses or rule.lapse_of is None:
                    yield to, under

        starts = dict.fromkeys(self.table.common.initial, ALL)
        return self.spread(starts, successors)

    def spread(
        self,
        starts: Mapping[N, ReadingSet],
        successors: Callable[[N], Iterable[tuple[N, ReadingSet]]],
    ) -> dict[N, ReadingSet]:
        """Return what can be reached from some nodes, each under which choices (least fixpoint, by differences).

        Raises:
            TooManyError: more nodes than `limit`, or sets with more nodes than their space allows.
        """
        space = self.table.space
        found = dict(starts)
        fresh = dict(starts)
        queue = deque(starts)
        after: dict[N, tuple[tuple[N, ReadingSet], ...]] = {}
        while queue:
            node = queue.popleft()
            new = fresh.pop(node)
            moves = after.get(node)
            if moves is None:
                moves = after[node] = tuple(successors(node))
            for to, under in moves:
                here = space.intersection(new, under)
                if here == NONE:
                    continue
                known = found.get(to, NONE)
                more = space.difference(here, known)
                if more == NONE:
                    continue
                found[to] = space.union(known, more)
                if to in fresh:
                    fresh[to] = space.union(fresh[to], more)
                else:
                    fresh[to] = more
                    queue.append(to)
            if len(found) > self.limit:
                raise TooManyError(f"stopped after {self.limit} configurations; raise the limit")
        return found

    def watched(
        self, watching: Watching, within: ReadingSet = ALL, *, lapses: bool = True
    ) -> Watched:
        """Return under which choices a property is violated, and under which it has something to say.

        Args:
            watching: the property.
            within: the choices in question.
            lapses: whether the law may take its steps.

        Raises:
            TooManyError: the search was not finished.
        """

        def successors(pair: tuple[int, int]) -> Iterable[tuple[tuple[int, int], ReadingSet]]:
            packed, state = pair
            if watching.violated(state):
                return
            for rule, to, under in self.moves(packed):
                if lapses or rule.lapse_of is None:
                    for after in watching.moves(state, rule, to):
                        yield (to, after), under

        starts = {(packed, watching.initial): within for packed in self.table.common.initial}
        found = self.spread(starts, successors)
        space = self.table.space
        final = self.table.common.is_final
        return Watched(
            failing=space.any_of({x for (_, s), x in found.items() if watching.violated(s)}),
            unsatisfied=space.any_of(
                {x for (at, s), x in found.items() if final(at) and not watching.accepting(s)}
            ),
            triggered=space.any_of({x for (_, s), x in found.items() if watching.triggered(s)}),
            visited=len(found),
        )

    def dead_ends(self) -> Sets:
        """Return the configurations, not final, that can be reached and left by no step, each under which choices."""
        space = self.table.space
        found: Sets = {}
        for packed, reached in self.reached.items():
            if not self.table.common.is_final(packed):
                left = space.any_of({under for _, _, under in self.moves(packed)})
                stuck = space.difference(reached, left)
                if stuck != NONE:
                    found[packed] = stuck
        return found

    def able(self, ends: Callable[[Rule, int], bool], without: Collection[str] = ()) -> Sets:
        """Return the choices under which some move with a quality can still be reached from each configuration.

        Args:
            ends: tells whether a move is one that is looked for.
            without: steps that are never taken.
        """
        space = self.table.space
        before: dict[int, list[tuple[int, ReadingSet]]] = {}
        starts: Sets = {}
        for packed in self.reached:
            for rule, to, under in self.moves(packed):
                if rule.step not in without:
                    before.setdefault(to, []).append((packed, under))
                    if ends(rule, to):
                        starts[packed] = space.union(starts.get(packed, NONE), under)
        return self.spread(starts, lambda packed: before.get(packed, ()))

    def unable(self, ends: Callable[[Rule, int], bool], without: Collection[str] = ()) -> Sets:
        """Return the configurations, not final, that can be reached and from which no such move can be.

        It is the negation of "from everywhere one can": AG EF (Clarke and Emerson 1981), for each choice by itself.

        Args:
            ends: tells whether a move is one that is looked for.
            without: steps that are never taken.
        """
        able = self.able(ends, without)
        space = self.table.space
        found: Sets = {}
        for packed, reached in self.reached.items():
            if not self.table.common.is_final(packed):
                failing = space.difference(reached, able.get(packed, NONE))
                if failing != NONE:
                    found[packed] = failing
        return found

    def endless(self, goal: Callable[[Rule, int], bool], fair: Collection[str] = ()) -> Sets:
        """Return the configurations that can be reached and from which a case can go on for ever without a goal.

        Such a case ends in a loop (a lasso). Fairness is weak: a step in `fair` that can be taken at every moment from
        some moment on is taken again and again. A case that stops, in a dead end or by its own choice, is not endless.

        Args:
            goal: tells whether a move is one that the case is to avoid.
            fair: the steps that are not put off for ever.
        """
        space = self.table.space
        avoiding = {
            packed: tuple(move for move in self.moves(packed) if not goal(move[0], move[1]))
            for packed in self.reached
        }
        before: dict[int, list[tuple[int, ReadingSet]]] = {}
        for packed, moves in avoiding.items():
            for _, to, under in moves:
                before.setdefault(to, []).append((packed, under))
        staying = dict(self.reached)
        while True:
            smaller = staying
            for step in sorted(fair) or [""]:
                just = self._just(avoiding, smaller, step)
                able = self.spread(just, lambda packed: before.get(packed, ()))
                smaller = {
                    packed: both
                    for packed, under in smaller.items()
                    if (both := space.intersection(under, able.get(packed, NONE))) != NONE
                }
            if smaller == staying:
                return staying
            staying = smaller

    def _just(self, avoiding: Mapping[int, tuple[Move, ...]], staying: Sets, step: str) -> Sets:
        """Return where a move that stays among some configurations is just to a step: takes it, or finds it barred."""
        space = self.table.space
        found: Sets = {}
        for packed, moves in avoiding.items():
            here = staying.get(packed, NONE)
            if here == NONE:
                continue
            possible = space.any_of({u for rule, _, u in self.moves(packed) if rule.step == step})
            for rule, to, under in moves:
                free = under if rule.step == step else space.difference(under, possible)
                both = space.intersection(space.intersection(here, free), staying.get(to, NONE))
                if both != NONE:
                    found[packed] = space.union(found.get(packed, NONE), both)
        return found
