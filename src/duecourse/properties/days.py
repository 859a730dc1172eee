"""The day-by-day graph of statutory time: digital clocks over the automaton of clock events.

Time that passes takes days from every running clock that no suspension stops, and is possible only while each of them
has days left, so that every path is free of breaches. Longest and shortest paths give exact bounds.

Not every day needs to be looked at. What is asked of durations is linear in the time between events, so an extreme one
has no event that could be moved by a day either way: each is tied to the beginning by events at the same time, by days
that must pass after a lapse, and by clocks that run out. So time passes until a clock runs out, or until a clock has as
many days left as other clocks need to run out one after the other while it runs; the latter is so because no more than
two clocks tick together, and where more do, every day is looked at.
"""

from __future__ import annotations

from collections import deque
from functools import cached_property
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from duecourse.errors import InvalidInput
from duecourse.properties.graphs import components

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from duecourse.calendar import Span
    from duecourse.properties.timed import Event, Moment

MOST_TOGETHER = 2
"""Up to how many clocks may tick together for days to be passed over."""

UNLIMITED = -1
"""The days left of a clock that was extended without any limit, or again and again."""


class State(NamedTuple):
    """A moment with the days that its running clocks have left.

    Attributes:
        moment: its number in the automaton.
        left: the running clocks with the days they have left, by name.
        day_over: whether a lapse has closed the day, so that nobody acts before the next.
    """

    moment: int
    left: tuple[tuple[str, int], ...]
    day_over: bool


class Edge(NamedTuple):
    """Time that passes (no event) or an event; `days` is what it adds to counted time, `elapsed` to all time.

    `to` is a state or the outcome reached.
    """

    days: int
    event: Event | None
    to: State | str
    elapsed: int = 0


Path = list[tuple[State, Edge]]


class DayGraph:
    """The reachable states, with longest and shortest paths to each outcome.

    Args:
        automaton: the moments of a procedure; the first is where a case begins.
        limits: the working days of each clock.
        lengths: the working days of each span that an extension adds.
        unlimited: whether extensions without a limit may be used.
    """

    most = 2_000_000
    """How many states are looked at; so many take about 2 GB."""

    def __init__(
        self,
        automaton: Sequence[Moment],
        limits: Mapping[str, int],
        lengths: Mapping[Span, int],
        *,
        unlimited: bool,
    ) -> None:
        self.automaton, self.limits, self.lengths, self.unlimited = (
            automaton,
            limits,
            lengths,
            unlimited,
        )
        self.start = State(0, (), day_over=False)

    @cached_property
    def endless(self) -> frozenset[tuple[int, Event, str]]:
        """The extensions by a span that can be granted again and again on one day: moment, event and clock.

        They lie on a loop of moments in which the clock runs on and which needs no lapse, so that no day need pass.
        """
        found: set[tuple[int, Event, str]] = set()
        clocks = {
            clock
            for moment in self.automaton
            for event, _ in moment.events
            for clock, by in event.extended
            if by is not None
        }
        for clock in clocks:
            onward = {
                moment.id: [
                    (event, to)
                    for event, to in moment.events
                    if to is not None
                    and event.lapse is None
                    and clock not in event.stopped | event.started
                ]
                for moment in self.automaton
                if clock in moment.running
            }
            graph = {at: [to for _, to in moves if to in onward] for at, moves in onward.items()}
            for members in components(graph):
                found |= {
                    (at, event, clock)
                    for at in members
                    for event, to in onward[at]
                    if to in members and any(name == clock for name, _ in event.extended)
                }
        return frozenset(found)

    def grows(self, clock: str, days: int) -> bool:
        """Return whether a clock that is extended again and again is followed when it has so many days left."""
        return days <= self.most_left[clock]

    @cached_property
    def most_left(self) -> dict[str, int]:
        """For each clock more days than it has left on any way that takes no loop of moments twice."""
        once = {
            (clock, by) for m in self.automaton for e, _ in m.events for clock, by in e.extended
        }
        return {
            clock: limit
            + len(self.automaton)
            * sum(self.lengths[by] for name, by in once if name == clock and by)
            for clock, limit in self.limits.items()
        }

    @cached_property
    def edges(self) -> dict[State, tuple[Edge, ...]]:
        """Every reachable state with what can happen next.

        Raises:
            InvalidInput: there are more than `most`.
        """
        found: dict[State, tuple[Edge, ...]] = {}
        queue = deque([self.start])
        while queue:
            state = queue.popleft()
            if state not in found:
                found[state] = (*self._passing(state), *self._events(state))
                queue.extend(edge.to for edge in found[state] if isinstance(edge.to, State))
                if len(found) > self.most:
                    self.give_up()
        return found

    def give_up(self) -> None:
        """Say that there are too many states."""
        raise InvalidInput(
            f"the days left of its clocks come in more than {self.most:,} ways, so that no bound was found;"
            " look for an extension that a lapse grants again and again, or for very long limits"
        )

    @cached_property
    def reached(self) -> frozenset[str]:
        """The outcomes that can be reached without a breach."""
        return frozenset(
            edge.to for edges in self.edges.values() for edge in edges if isinstance(edge.to, str)
        )

    def least(self, outcome: str) -> int:
        """Return the fewest working days to an outcome that can be reached (Dijkstra 1959)."""
        best = {self.start: 0}
        queue = [(0, self.start)]
        costs: list[int] = []
        while queue:
            far, state = heappop(queue)
            if far > best[state]:
                continue
            for edge in self.edges[state]:
                cost = far + edge.elapsed
                if edge.to == outcome:
                    costs.append(cost)
                elif isinstance(edge.to, State) and cost < best.get(edge.to, cost + 1):
                    best[edge.to] = cost
                    heappush(queue, (cost, edge.to))
        return min(costs)

    def greatest(self, outcome: str) -> tuple[int, Path] | list[set[State]]:
        """Return the most counted days to an outcome with a path that takes them, or the loops that add days for ever."""
        useful = self._leading_to(outcome)
        parts = list(components({state: self._within(state, useful) for state in useful}))
        number = {state: index for index, members in enumerate(parts) for state in members}
        loops = [
            members
            for index, members in enumerate(parts)
            if any(
                e.days and number.get(e.to) == index
                for s in members
                for e in self.edges[s]
                if isinstance(e.to, State)
            )
        ]
        if loops:
            return loops
        value: list[int] = []
        exits: list[tuple[State, Edge]] = []
        for members in parts:  # every component comes after those it leads to
            options = [
                (
                    edge.days + (value[number[edge.to]] if isinstance(edge.to, State) else 0),
                    state,
                    edge,
                )
                for state in sorted(members)
                for edge in self.edges[state]
                if edge.to == outcome
                or (isinstance(edge.to, State) and edge.to in useful and edge.to not in members)
            ]
            most, state, edge = max(options, key=lambda option: option[0])
            value.append(most)
            exits.append((state, edge))
        return value[number[self.start]], list(self._path(number, parts, exits))

    def _path(
        self,
        number: Mapping[State, int],
        parts: Sequence[set[State]],
        exits: Sequence[tuple[State, Edge]],
    ) -> Iterator[tuple[State, Edge]]:
        at: State | str = self.start
        while isinstance(at, State):
            state, edge = exits[number[at]]
            yield from self._walk(at, state, parts[number[at]])
            yield state, edge
            at = edge.to

    def _walk(self, start: State, end: State, members: set[State]) -> list[tuple[State, Edge]]:
        """Return a path inside one component."""
        came: dict[State, tuple[State, Edge] | None] = {start: None}
        queue = deque([start])
        while end not in came:
            state = queue.popleft()
            for edge in self.edges[state]:
                if isinstance(edge.to, State) and edge.to in members and edge.to not in came:
                    came[edge.to] = (state, edge)
                    queue.append(edge.to)
        path: list[tuple[State, Edge]] = []
        last = came[end]
        while last is not None:
            path.append(last)
            last = came[last[0]]
        return path[::-1]

    def _within(self, state: State, useful: set[State]) -> list[State]:
        return [
            edge.to
            for edge in self.edges[state]
            if isinstance(edge.to, State) and edge.to in useful
        ]

    def _leading_to(self, outcome: str) -> set[State]:
        before: dict[State | str, list[State]] = {}
        for state, edges in self.edges.items():
            for edge in edges:
                before.setdefault(edge.to, []).append(state)
        found: set[State] = set()
        queue: list[State | str] = [outcome]
        while queue:
            for state in before.get(queue.pop(), ()):
                if state not in found:
                    found.add(state)
                    queue.append(state)
        return found

    def _passing(self, state: State) -> Iterator[Edge]:
        """Yield the passing of time where it matters: while a clock runs, or to begin the day after a lapse."""
        moment = self.automaton[state.moment]
        ticking = moment.running - moment.frozen
        if ticking:
            for days in self.delays(state, ticking):
                left = tuple(
                    (clock, have - days if clock in ticking and have > 0 else have)
                    for clock, have in state.left
                )
                yield Edge(days, None, State(state.moment, left, day_over=False), days)
        elif state.day_over:
            yield Edge(0, None, state._replace(day_over=False), 1)

    def delays(self, state: State, ticking: frozenset[str]) -> list[int]:
        """Return for how many days time may have to pass in a state until the next event."""
        bounded = [(clock, have) for clock, have in state.left if clock in ticking and have >= 0]
        if not bounded:
            return [1]
        most = min(have for _, have in bounded)
        found = {1} if state.day_over else set()
        for clock, have in bounded:
            at = self.stations.get(clock)
            if at is None or have > at[-1]:
                return list(range(1, most + 1))
            found.update(have - left for left in at)
        return sorted(days for days in found if 1 <= days <= most)

    @cached_property
    def stations(self) -> Mapping[str, tuple[int, ...]]:
        """For each clock, how many days it may have left when time stops passing, ascending; a clock without may have any.

        None, and every sum of what clocks need to run out that tick together with it; one day more where one of them
        lapses, for nobody acts on that day afterwards.
        """
        together: dict[str, set[str]] = {}
        for moment in self.automaton:
            ticking = moment.running - moment.frozen
            if len(ticking) > MOST_TOGETHER:
                return {}
            for clock in ticking:
                together.setdefault(clock, set()).update(ticking - {clock})
        longer: dict[str, set[int]] = {}
        for moment in self.automaton:
            for event, _ in moment.events:
                for clock, by in event.extended:
                    longer.setdefault(clock, set()).update([self.lengths[by]] if by else [])
        found: dict[str, tuple[int, ...]] = {}
        for clock, others in together.items():
            most = self.limits[clock] + 2 * sum(longer.get(clock, ()))
            steps = {self.limits[other] + more for other in others for more in (0, 1)}
            steps |= {length for other in others for length in longer.get(other, ())}
            sums = {0}
            for have in (queue := [0]):
                new = {have + step for step in steps if have + step <= most} - sums
                sums |= new
                queue.extend(new)
            found[clock] = (*sorted(sums - {most}), most)
        return found

    def _events(self, state: State) -> Iterator[Edge]:
        left = dict(state.left)
        for event, target in self.automaton[state.moment].events:
            if event.lapse is None and state.day_over:
                continue
            if event.lapse is not None and left.get(event.lapse) != 0:
                continue
            again = {
                clock for clock, _ in event.extended if (state.moment, event, clock) in self.endless
            }
            if not self.unlimited and (again or any(by is None for _, by in event.extended)):
                continue
            if target is None:
                yield Edge(0, event, str(event.outcome))
            else:
                over = state.day_over or event.lapse is not None
                after = self._left(left, event)
                if all(self.grows(clock, days) for clock, days in after if clock in again):
                    yield Edge(0, event, State(target, after, over))
                if again:
                    endless = tuple(
                        (clock, UNLIMITED if clock in again else days) for clock, days in after
                    )
                    yield Edge(0, event, State(target, endless, over))

    def _left(self, left: Mapping[str, int], event: Event) -> tuple[tuple[str, int], ...]:
        after = {clock: days for clock, days in left.items() if clock not in event.stopped}
        for clock, by in event.extended:
            if clock in after:
                endless = by is None or after[clock] == UNLIMITED
                after[clock] = (
                    UNLIMITED if endless or by is None else after[clock] + self.lengths[by]
                )
        after |= {clock: self.limits[clock] for clock in event.started}
        return tuple(sorted(after.items()))
