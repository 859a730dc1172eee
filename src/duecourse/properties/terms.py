"""Terms between two events: the most counted days from the one until the other, over all breach-free cases.

"Within 15 working days" is a claim about the text, not about an office: if every limit is kept, the second event comes
no later than that, or the review is over. Days are those of `duecourse.properties.days`: one tick, one working day.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.properties.days import DayGraph, Edge, State
from duecourse.properties.graphs import components

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from duecourse.properties.days import Path


@dataclass(frozen=True, slots=True)
class Term:
    """The longest term between two events.

    Attributes:
        days: the most counted days; None where there is no bound, or where the first event never happens.
        begins: whether the first event ever happens.
        path: a way that takes these days, from the beginning of the case; up to the loop where there is no bound.
        since: from which of its edges the term runs.
        waiting: a state of the term in which no clock runs, or every running clock is stopped, so that the elapsed
            days have no bound; None where there is none.
    """

    days: int | None
    begins: bool
    path: Path
    since: int = 0
    waiting: State | None = None


def longest_term(graph: DayGraph, first: str, last: str) -> Term:
    """Return the longest term from an event marked `first` until one marked `last`, or the end of the review.

    Longest path where no loop adds days (strongly connected components, each after those it leads to); else unbounded.
    """
    starts = [
        (state, edge)
        for state, edges in graph.edges.items()
        for edge in edges
        if _marked(edge, first) and not _marked(edge, last)
    ]
    inside = _reachable(graph, [edge.to for _, edge in starts if isinstance(edge.to, State)], last)
    if not starts:
        return Term(None, begins=False, path=[])
    waiting = next((state for state in inside if not _ticking(graph, state)), None)
    found = _longest(graph, inside, last)
    if isinstance(found, State):
        return Term(None, begins=True, path=_way(graph, {found}), waiting=waiting)
    number, best = found
    state, edge = max(
        starts, key=lambda one: best[number[one[1].to]][0] if isinstance(one[1].to, State) else 0
    )
    path = [*_way(graph, {state}), (state, edge)]
    since = len(path)
    days = best[number[edge.to]][0] if isinstance(edge.to, State) else 0
    at = edge.to
    while isinstance(at, State):
        _, leaves, by = best[number[at]]
        if leaves is None or by is None:
            break
        path += [*_way(graph, {leaves}, at, last), (leaves, by)]
        at = by.to
    return Term(days, begins=True, path=path, since=since, waiting=waiting)


_Best = tuple[int, "State | None", "Edge | None"]
"""The most days from a part of the graph on, with the state and the edge by which that way leaves it."""


def _longest(
    graph: DayGraph, inside: Mapping[State, None], last: str
) -> tuple[dict[State, int], list[_Best]] | State:
    """Return the part of each state with the most days from each part on; a state of a loop that adds days."""
    following: dict[State, list[tuple[Edge, State]]] = {
        state: [
            (edge, edge.to)
            for edge in graph.edges[state]
            if isinstance(edge.to, State) and edge.to in inside and not _marked(edge, last)
        ]
        for state in inside
    }
    successors = {state: [to for _, to in edges] for state, edges in following.items()}
    parts = list(components(successors))
    number = {state: index for index, members in enumerate(parts) for state in members}
    best: list[_Best] = []
    for index, members in enumerate(parts):
        most: _Best = (0, None, None)
        for state in sorted(members):
            for edge, to in following[state]:
                if number[to] != index:
                    days = edge.days + best[number[to]][0]
                    most = (days, state, edge) if days > most[0] else most
                elif edge.days:
                    return state
        best.append(most)
    return number, best


def _marked(edge: Edge, mark: str) -> bool:
    return edge.event is not None and mark in edge.event.marks


def _ticking(graph: DayGraph, state: State) -> bool:
    moment = graph.automaton[state.moment]
    return bool(moment.running - moment.frozen)


def _reachable(graph: DayGraph, begin: Sequence[State], last: str) -> dict[State, None]:
    found = dict.fromkeys(begin)
    queue = deque(found)
    while queue:
        for edge in graph.edges[queue.popleft()]:
            if isinstance(edge.to, State) and edge.to not in found and not _marked(edge, last):
                found[edge.to] = None
                queue.append(edge.to)
    return found


def _way(
    graph: DayGraph, goals: set[State], begin: State | None = None, last: str | None = None
) -> Path:
    """Return a shortest way to one of some states, from where a case begins or from another state."""
    start = begin or graph.start
    keep: Callable[[Edge], bool] = lambda edge: last is None or not _marked(edge, last)  # noqa: E731
    came: dict[State, tuple[State, Edge] | None] = {start: None}
    queue = deque([start])
    found = start if start in goals else None
    while found is None:
        state = queue.popleft()
        for edge in graph.edges[state]:
            if isinstance(edge.to, State) and edge.to not in came and keep(edge):
                came[edge.to] = (state, edge)
                queue.append(edge.to)
                if edge.to in goals:
                    found = edge.to
    path: Path = []
    last_step = came[found]
    while last_step is not None:
        path.append(last_step)
        last_step = came[last_step[0]]
    return path[::-1]
