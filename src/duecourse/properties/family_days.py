"""A day graph beside the automaton of clock events of all readings: which choices really have what a mixture of them has.

A day graph of a mixture has every way of every choice, and may have others. Here its states are gone through together
with the blocks a case may be in, each pair under the choices of readings that lead there, so that what is found has them
all along the way.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from duecourse.model.reading_set import ALL, NONE, TooManyError
from duecourse.properties.days import UNLIMITED, DayGraph, Edge, State
from duecourse.properties.fixpoint import spread
from duecourse.properties.graphs import components

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duecourse.model.reading_set import ReadingSet
    from duecourse.properties.family_words import FamilyAutomaton, Held
    from duecourse.properties.timed import Event

MAX_PLACES = 40_000
"""How many pairs of blocks and states of days are looked at, as a rule, before the choices are split."""

Place = tuple[int, Any]
"""A block, and a state of days (or one marked)."""

Places = dict[Place, "ReadingSet"]
"""Where cases can be, each under which choices."""

Edges = dict[Any, list[tuple[Edge, Any, str]]]
"""For each state, the edges, where each leads, and the clock that it frees of every limit because it can be extended
again and again; none is an empty name."""


@dataclass(frozen=True)
class FamilyDays:
    """The days on the way to an outcome under a mixture of choices.

    Attributes:
        automaton: the clock events of all choices.
        days: the day graph of the mixture.
        outcome: how the case is to end.
        begin: the blocks in which it begins, each under which choices.
    """

    automaton: FamilyAutomaton
    days: DayGraph
    outcome: str
    begin: Held

    @property
    def most_places(self) -> int:
        """How many pairs of blocks and states of days are looked at before the choices are split.

        Ten times as many where an extension has no limit: it settles all choices that have it together.
        """
        unlimited = any(
            by is None
            for moment in self.days.automaton
            for event, _ in moment.events
            for _, by in event.extended
        )
        return MAX_PLACES * (10 if unlimited else 1)

    @cached_property
    def useful(self) -> set[State]:
        """The states from which the outcome can be reached."""
        before: dict[State | str, list[State]] = {}
        for state, edges in self.days.edges.items():
            for edge in edges:
                before.setdefault(edge.to, []).append(state)
        found: set[State] = set()
        queue: list[State | str] = [self.outcome]
        for to in queue:
            for state in before.get(to, ()):
                if state not in found:
                    found.add(state)
                    queue.append(state)
        return found

    @cached_property
    def edges(self) -> Edges:
        """The edges on the way to the outcome."""
        return {
            state: [
                (edge, edge.to, _freed(state, edge))
                for edge in self.days.edges[state]
                if edge.to in self.useful or edge.to == self.outcome
            ]
            for state in self.useful
        }

    @cached_property
    def most(self) -> dict[State, int] | list[set[State]]:
        """The most counted days from each state to the outcome, or the loops that add days for ever."""
        graph = {
            state: [to for _, to, _ in edges if isinstance(to, State)]
            for state, edges in self.edges.items()
        }
        best: dict[State, int] = {}
        loops: list[set[State]] = []
        for members in components(graph):  # each after those it leads to
            options = [
                edge.days + (best[to] if isinstance(to, State) else 0)
                for state in members
                for edge, to, _ in self.edges[state]
                if to == self.outcome or to in best
            ]
            if any(e.days and to in members for state in members for e, to, _ in self.edges[state]):
                loops.append(members)
            best.update(dict.fromkeys(members, max(options)))
        return loops or best

    def attaining(self, best: Mapping[State, int]) -> ReadingSet:
        """Return the choices that have some way with the most days: it stays on edges that lose none."""
        kept = self._losing_none(best)
        return self._following(kept, self._starts, stop=True)[1]

    def longest(self, best: Mapping[State, int]) -> list[Event]:
        """Return the events of a way with the most days, of those with the fewest edges."""
        kept = self._losing_none(best)
        came: dict[State | str, tuple[State, Edge] | None] = {self.days.start: None}
        queue: list[State] = [self.days.start]
        for state in queue:
            for edge, to, _ in kept[state]:
                if to not in came:
                    came[to] = (state, edge)
                    if isinstance(to, State):
                        queue.append(to)
        word: list[Event] = []
        last = came[self.outcome]
        while last is not None:
            if last[1].event is not None:
                word.append(last[1].event)
            last = came[last[0]]
        return word[::-1]

    def _losing_none(self, best: Mapping[State, int]) -> Edges:
        return {
            state: [
                (edge, to, freed)
                for edge, to, freed in self.edges[state]
                if edge.days + (best[to] if isinstance(to, State) else 0) == best[state]
            ]
            for state in best
        }

    def waiting(self) -> ReadingSet:
        """Return the choices under which a case comes to where time passes without end, and on to the outcome."""
        edges: Edges = {}
        for state, onward in self.edges.items():
            after = [
                (edge, (to, True) if isinstance(to, State) else to, freed)
                for edge, to, freed in onward
            ]
            edges[state, True] = edges[state] = after
            if not any(edge.days and to == state for edge, to, _ in onward):
                edges[state] = [each for each in onward if isinstance(each[1], State)]
        return self._following(edges, self._starts, stop=True)[1]

    def circling(self, loops: Sequence[set[State]]) -> ReadingSet:
        """Return the choices under which a case can go round and add days as often as it likes, and then on to the outcome.

        The greatest fixpoint: from there an edge that adds days can be reached inside the loops, and leads to such a
        place (Emerson and Lei 1986).
        """
        space = self.automaton.space
        part = {state: number for number, members in enumerate(loops) for state in members}
        found, _ = self._following(self.edges, self._starts)
        held = {place: under for place, under in found.items() if place[1] in part}
        before: dict[Place, list[tuple[Place, ReadingSet]]] = {}
        adding: list[tuple[Place, Place]] = []
        for place in held:
            for edge, to, freed in self.edges[place[1]]:
                if part.get(to) != part[place[1]]:
                    continue
                for block, under in self._leads(place[0], edge, freed):
                    before.setdefault((block, to), []).append((place, under))
                    if edge.days:
                        adding.append((place, (block, to)))
        while held:
            first: Places = {}
            for place, target in adding:
                if target in held:
                    first[place] = space.union(first.get(place, NONE), held[target])
            able = spread(space, first, lambda place: before.get(place, ()), len(found) + 1)
            smaller = {
                place: both
                for place, under in able.items()
                if (both := space.intersection(under, held.get(place, NONE))) != NONE
            }
            if smaller == held:
                break
            held = smaller
        return self._following(self.edges, held, stop=True)[1]

    @property
    def _starts(self) -> Places:
        return {(block, self.days.start): under for block, under in self.begin.items()}

    def _following(
        self, edges: Edges, starts: Places, *, stop: bool = False
    ) -> tuple[Places, ReadingSet]:
        """Return where cases can be, each under which choices, and the choices under which they reach the outcome.

        Args:
            edges: where they may go.
            starts: where they are at first.
            stop: whether choices that have arrived are not followed any more.
        """
        space = self.automaton.space
        found, fresh = dict(starts), dict(starts)
        queue = deque(found)
        arrived = NONE
        while queue:
            place = queue.popleft()
            here = fresh.pop(place)
            if stop:
                here = space.difference(here, arrived)
            if here == NONE:
                continue
            for edge, to, freed in edges.get(place[1], ()):
                for block, under in self._leads(place[0], edge, freed):
                    more = space.intersection(here, under)
                    if isinstance(to, str):
                        arrived = space.union(arrived, more)
                        continue
                    after = (block, to)
                    new = space.difference(more, found.get(after, NONE))
                    if new != NONE:
                        found[after] = space.union(found.get(after, NONE), new)
                        if len(found) > self.most_places:
                            raise TooManyError(f"more than {self.most_places} blocks with days")
                        if after not in fresh:
                            queue.append(after)
                        fresh[after] = space.union(fresh.get(after, NONE), new)
        return found, arrived

    def _leads(self, block: int, edge: Edge, freed: str) -> Sequence[tuple[int, ReadingSet]]:
        """Return the blocks that an edge leads to, each under which choices."""
        if edge.event is None:
            return ((block, ALL),)
        leads = self.automaton.leads.get(block, {}).get(edge.event, ())
        if not freed:
            return leads
        again, space = self.automaton.again(freed), self.automaton.space
        return [(to, space.intersection(under, again.get(to, NONE))) for to, under in leads]


def _freed(state: State, edge: Edge) -> str:
    """Return the clock that an edge frees of every limit though each of its extensions has one; none is an empty name."""
    if edge.event is None or not isinstance(edge.to, State):
        return ""
    before, after = dict(state.left), dict(edge.to.left)
    return next(
        (
            clock
            for clock, by in edge.event.extended
            if by is not None and after.get(clock) == UNLIMITED != before.get(clock)
        ),
        "",
    )
