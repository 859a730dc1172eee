"""What time and clock events make of the days that clocks have left, under all readings: by kind of node, as numbers."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from duecourse.properties.days import UNLIMITED, DayGraph, State
from duecourse.properties.timed import Moment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from duecourse.calendar import Span
    from duecourse.properties.days import Edge
    from duecourse.properties.family_events import EventGraph
    from duecourse.properties.timed import Event

    Indices = NDArray[np.int32]
    Chosen = NDArray[np.bool_]


class Left(DayGraph):
    """The days left of clocks, one state for each kind of node and each way they may stand.

    Args:
        graph: the clock events.
        limits: the working days of each clock.
        lengths: the working days of each span that an extension adds.
        unlimited: whether extensions without a limit may be used.
        again: for each clock, the edges that extend it and can be taken again and again on one day under some choice.
        partly: the clocks of which some such edge cannot be taken so under every choice that has it.
        later: clocks whose days may be put off (`duecourse.properties.family_shifts`).

    Attributes:
        cut: whether days left were not followed to the end.
    """

    def __init__(  # noqa: PLR0913
        self,
        graph: EventGraph,
        limits: Mapping[str, int],
        lengths: Mapping[Span, int],
        *,
        unlimited: bool,
        again: Mapping[str, Chosen],
        partly: frozenset[str],
        later: frozenset[str],
    ) -> None:
        kind, moves = graph.kind, graph.moves
        leads: list[dict[Event, int | None]] = [{} for _ in graph.kinds]
        named = np.stack((kind[moves.sources], moves.label, kind[moves.to]), axis=1)
        for at, label, to in np.unique(named, axis=0).tolist():
            event = graph.events[label]
            if event is not None:
                leads[at][event] = None if event.outcome else to
        automaton = [
            Moment(number, each.running, each.frozen, each.begun, tuple(leads[number].items()))
            for number, each in enumerate(graph.kinds)
        ]
        super().__init__(automaton, limits, lengths, unlimited=unlimited)
        self.nodes, self.partly, self.later = graph.size, partly, later
        self.cut = False
        self._needs: dict[str, frozenset[int]] = {}
        self.__dict__["endless"] = frozenset(
            (int(kind[moves.sources[edge]]), graph.events[moves.label[edge]], clock)
            for clock, chosen in again.items()
            for edge in np.flatnonzero(chosen)
        )
        self.labels = {event: label for label, event in enumerate(graph.events)}
        self.ended = State(-1, (), day_over=False)
        self.states: list[State] = [self.ended]
        self.number = {self.ended: 0}
        self.passing: dict[int, Edge] = {}

    def numbered(self, state: State) -> int:
        """Return the number of a state."""
        found = self.number.get(state)
        if found is None:
            found = self.number[state] = len(self.states)
            self.states.append(state)
        return found

    def begin(self, kind: int) -> int:
        """Return the number of the state in which a case begins in a kind of node."""
        return self.numbered(State(kind, (), day_over=False))

    @cached_property
    def most_left(self) -> dict[str, int]:
        """For each clock more days than it has left on any way that takes no loop of nodes twice."""
        spans = {
            (clock, by) for m in self.automaton for e, _ in m.events for clock, by in e.extended
        }
        return {
            clock: limit
            + self.nodes * sum(self.lengths[by] for name, by in spans if name == clock and by)
            for clock, limit in self.limits.items()
        }

    def grows(self, clock: str, days: int) -> bool:
        """Return whether a clock that is extended again and again is followed when it has so many days left."""
        if super().grows(clock, days):
            return True
        self.cut = self.cut or clock in self.partly
        return False

    def delays(self, state: State, ticking: frozenset[str]) -> list[int]:
        """Return for how many days time may have to pass; beside others some clocks only stop it where they run out."""
        bounded = [(clock, have) for clock, have in state.left if clock in ticking and have >= 0]
        mine = self.later.intersection(clock for clock, _ in bounded)
        if not mine or (len(ticking) == 1 < len(state.left)):
            return super().delays(state, ticking)
        most = min(have for _, have in bounded)
        found = {most} | ({1} if state.day_over else set())
        if len(ticking) == 1:
            found.update(most - need for clock in mine for need in self.needs(clock))
        others = tuple((clock, have) for clock, have in bounded if clock not in mine)
        if others:
            found.update(super().delays(state._replace(left=others), ticking))
        return sorted(days for days in found if 1 <= days <= most)

    def needs(self, clock: str) -> frozenset[int]:
        """Return how many days a clock may need for one other to run out beside it, or that and a day after its lapse."""
        found = self._needs.get(clock)
        if found is None:
            ticking = [moment.running - moment.frozen for moment in self.automaton]
            others = {other for clocks in ticking if clock in clocks for other in clocks - {clock}}
            longer = {
                (name, self.lengths[by])
                for moment in self.automaton
                for event, _ in moment.events
                for name, by in event.extended
                if by is not None
            }
            needs: set[int] = set()
            for other in others:
                lengths = [days for name, days in longer if name == other]
                sums = {self.limits[other]}
                for have in (queue := list(sums)):
                    new = {have + days for days in lengths if have + days <= self.most_left[clock]}
                    queue.extend(new - sums)
                    sums |= new
                needs |= sums | {days + 1 for days in sums}
            found = self._needs[clock] = frozenset(needs)
        return found

    def row(self, number: int) -> tuple[Indices, Indices, int]:
        """Return what events make of a state, by number, and what time does.

        Returns:
            The state after each event; after each where it frees a clock of every limit, though the extension has one;
            after time has passed, the least that may have to. -1 where that cannot be.
        """
        after = np.full(len(self.labels), -1, np.int32)
        freed = after.copy()
        state = self.states[number]
        if state is self.ended:
            return after, freed, -1
        after[0] = number
        for edge in self._events(state):
            assert edge.event is not None
            label = self.labels[edge.event]
            if not isinstance(edge.to, State):
                after[label] = 0
            elif self.freed(state, edge.to, edge.event):
                freed[label] = self.numbered(edge.to)
            elif any(days > self.most_left[clock] for clock, days in edge.to.left):
                self.cut = True
            else:
                after[label] = self.numbered(edge.to)
        passing = min(self._passing(state), key=lambda edge: edge.days, default=None)
        if passing is None or not isinstance(passing.to, State):
            return after, freed, -1
        self.passing[number] = passing
        return after, freed, self.numbered(passing.to)

    @staticmethod
    def freed(before: State, after: State, event: Event) -> frozenset[str]:
        """Return the clocks that an event frees of every limit though each of its extensions has one."""
        had, have = dict(before.left), dict(after.left)
        return frozenset(
            clock
            for clock, by in event.extended
            if by is not None and have.get(clock) == UNLIMITED != had.get(clock)
        )

    def having(self, clock: str, *, endless: bool) -> Chosen:
        """Return, for each state, whether a clock runs, or runs without any limit."""
        return np.array(
            [
                any(name == clock and (days < 0 or not endless) for name, days in state.left)
                for state in self.states
            ],
            np.bool_,
        )
