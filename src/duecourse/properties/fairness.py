"""Whether something comes about in every case that goes on: unending loops under stated fairness.

A case that never reaches the goal ends, gets stuck or goes round a loop for ever. A loop counts only if it is fair: a
step named as fair that can be taken again and again on it is taken on it (strong fairness; the search removes, from a
strongly connected part, the configurations in which a fair step could be taken that the part never takes, and looks
again: Emerson, Lei 1987).
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from duecourse.properties.graphs import components

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from duecourse.model.table import Rule
    from duecourse.properties.explore import Exploration

    Goal = Callable[[Rule, int], bool]
    Way = tuple[Rule, ...]


def evasion(
    exploration: Exploration, goal: Goal, fair: Collection[str], without: Collection[str]
) -> tuple[Way, Way] | None:
    """Return a shortest way to where the goal is evaded, with the loop that evades it; None where nothing evades it.

    The loop is empty where the case is over, or can do nothing more, without the goal.

    Args:
        exploration: every configuration, with its moves.
        goal: tells whether a move brings the goal about.
        fair: steps that are not put off for ever.
        without: steps that are never taken.
    """
    moves = {
        packed: [(rule, to) for rule, to in found if rule.step not in without]
        for packed, found in exploration.moves.items()
    }
    evading = {packed: [m for m in found if not goal(*m)] for packed, found in moves.items()}
    came: dict[int, tuple[int, Rule] | None] = dict.fromkeys(exploration.table.initial)
    queue = deque(came)
    over: int | None = None
    while queue and over is None:
        packed = queue.popleft()
        if exploration.table.is_final(packed) or not moves[packed]:
            over = packed
        for rule, to in evading[packed]:
            if to not in came:
                came[to] = (packed, rule)
                queue.append(to)
    if over is not None:
        return _back(came, over), ()
    inside = {packed: [(r, to) for r, to in evading[packed] if to in came] for packed in came}
    loop = _fair_part(inside, moves, frozenset(fair))
    if loop is None:
        return None
    first = min(loop, key=lambda packed: len(_back(came, packed)))
    needed = {rule.step for x in loop for rule, _ in moves[x]} & set(fair)
    return _back(came, first), _round(loop, inside, first, needed)


def _fair_part(
    graph: dict[int, list[tuple[Rule, int]]],
    moves: dict[int, list[tuple[Rule, int]]],
    fair: frozenset[str],
) -> set[int] | None:
    """Return a strongly connected part on which a case can go round for ever fairly."""
    pieces = [set(graph)]
    while pieces:
        piece = pieces.pop()
        following = {x: [to for _, to in graph[x] if to in piece] for x in piece}
        for members in components(following):
            taken = {rule.step for x in members for rule, to in graph[x] if to in members}
            if not taken:
                continue
            put_off = fair - taken
            bad = {x for x in members if any(rule.step in put_off for rule, _ in moves[x])}
            if not bad:
                return members
            if members - bad:
                pieces.append(members - bad)
    return None


def _round(
    part: set[int], graph: dict[int, list[tuple[Rule, int]]], start: int, needed: set[str]
) -> Way:
    """Return a loop from a configuration back to it inside a strongly connected part that takes the steps needed."""
    way: list[Rule] = []
    here, left = start, set(needed)
    while left or here != start or not way:
        came: dict[int, tuple[int, Rule] | None] = {here: None}
        queue = deque([here])
        found: tuple[int, Rule, int] | None = None
        while found is None:
            packed = queue.popleft()
            for rule, to in graph[packed]:
                if (
                    to in part
                    and found is None
                    and (rule.step in left or (not left and to == start))
                ):
                    found = packed, rule, to
                if to in part and to not in came:
                    came[to] = (packed, rule)
                    queue.append(to)
        way += [*_back(came, found[0]), found[1]]
        left -= {rule.step for rule in way}
        here = found[2]
    return tuple(way)


def _back(came: dict[int, tuple[int, Rule] | None], end: int) -> Way:
    rules: list[Rule] = []
    last = came[end]
    while last is not None:
        rules.append(last[1])
        last = came[last[0]]
    return tuple(reversed(rules))
