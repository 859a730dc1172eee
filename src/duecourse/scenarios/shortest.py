"""The shortest legal course to a stage in which some clocks run: how a case that is only known by its stage came there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from duecourse.model.procedure import Value
    from duecourse.model.table import Op, Rule, Table

MOST = 300_000
"""Nodes of one search, at most."""


class Dated(NamedTuple):
    """Something that has to happen on the way: its place among the days, `start`, `begin` or `end`, the clock or suspension."""

    rank: int
    kind: str
    name: str


@dataclass(frozen=True)
class Goal:
    """Where a course has to lead.

    Attributes:
        stage: the stage.
        facts: the values of facts there; those that no longer matter there are not looked at.
        extended: how often each clock that runs was extended.
        dated: what has to happen on the way: the last start of every clock that runs, and all suspensions.
        replies: steps that are taken at the end, in the stage.
    """

    stage: str
    facts: tuple[tuple[str, Value], ...]
    extended: tuple[tuple[str, int], ...]
    dated: frozenset[Dated]
    replies: tuple[str, ...]


class Way(NamedTuple):
    """A step of a course, and the rank of the day on which it has to happen; None where any day will do."""

    step: str
    rank: int | None


class _Node(NamedTuple):
    """Where a course stands: `running` has of each clock whether its start was the last one, and its extensions."""

    packed: int
    running: frozenset[tuple[str, bool, int]]
    left: frozenset[Dated]


def shortest_course(
    table: Table,
    first: int,
    begins: tuple[str, ...],
    goal: Goal,
    accept: Callable[[tuple[Way, ...]], bool],
) -> tuple[Way, ...] | None:
    """Return a shortest course to a goal, of equally short ones the first in the order of the law's steps.

    Lapses are left out: nobody can bring them about.

    Args:
        table: the law.
        first: the configuration in which the case began.
        begins: the steps at its arrival.
        goal: where it leads.
        accept: whether a course that leads there will do.

    Returns:
        The steps; None where the law has no such course.
    """
    start = _Node(first, frozenset(), goal.dated)
    came: dict[_Node, tuple[_Node, Rule] | None] = {start: None}
    queue = [start]
    for step in begins:
        queue = [to for node in queue for to in _after(table, node, goal, came, step)]
    for node in queue:
        if _reached(table, node, goal):
            course = (*_steps(came, node), *(Way(step, None) for step in goal.replies))
            if accept(course):
                return course
        if len(came) > MOST:
            return None
        queue.extend(_after(table, node, goal, came))
    return None


def clocks_in(table: Table, first: int, stage: str) -> list[frozenset[str]]:
    """Return which clocks may run together in a stage, without suspensions."""
    found: dict[frozenset[str], None] = {}
    queue = [(first, frozenset[str]())]
    known = set(queue)
    for packed, running in queue:
        if table.stage(packed) == stage:
            found[running] = None
        for rule, to in table.moves(packed):
            kinds = {op.kind for op in rule.ops}
            if rule.lapse_of is None and "begin" not in kinds and not table.is_final(to):
                stops = {op.name for op in rule.ops if op.kind == "stop"}
                starts = {op.name for op in rule.ops if op.kind == "start"}
                node = (to, (running - stops) | starts)
                if node not in known:
                    known.add(node)
                    queue.append(node)
    return list(found)


def _after(
    table: Table,
    node: _Node,
    goal: Goal,
    came: dict[_Node, tuple[_Node, Rule] | None],
    only: str | None = None,
) -> Iterator[_Node]:
    """Yield the nodes one step on that are new."""
    for rule, to in table.moves(node.packed):
        if rule.lapse_of is not None or table.is_final(to) or only not in {None, rule.step}:
            continue
        for running, left in _moved(rule.ops, node, goal):
            then = _Node(to, running, left)
            if then not in came:
                came[then] = node, rule
                yield then


_Clocks = dict[str, tuple[bool, int]]
"""Of each clock that runs, whether its start was the last one, and its extensions since."""


def _moved(
    ops: tuple[Op, ...], node: _Node, goal: Goal
) -> list[tuple[frozenset[tuple[str, bool, int]], frozenset[Dated]]]:
    """Return what a step may make of the clocks and of what is left to happen; nothing where it leads astray."""
    running = {name: (last, count) for name, last, count in node.running}
    rank = min((each.rank for each in node.left), default=-1)
    states = [(running, node.left)]
    for op in ops:
        states = [then for state in states for then in _done(op, rank, *state, goal)]
    return [
        (frozenset((name, last, count) for name, (last, count) in clocks.items()), left)
        for clocks, left in states
    ]


def _done(
    op: Op, rank: int, clocks: _Clocks, left: frozenset[Dated], goal: Goal
) -> Iterator[tuple[_Clocks, frozenset[Dated]]]:
    """Yield what one thing that a step does may make of the clocks and of what is left to happen."""
    due, before = Dated(rank, op.kind, op.name), clocks.get(op.name)
    if op.kind in {"start", "stop"} and before is not None and before[0]:
        return  # the last run of this clock is under way
    if op.kind == "start":
        if due in left:
            yield {**clocks, op.name: (True, 0)}, left - {due}
        yield {**clocks, op.name: (False, 0)}, left
    elif op.kind == "stop":
        yield {name: each for name, each in clocks.items() if name != op.name}, left
    elif op.kind == "extend" and before is not None:
        last, count = before
        if count < dict(goal.extended).get(op.name, 0) or not last:
            yield {**clocks, op.name: (last, count + last)}, left
    elif op.kind not in {"begin", "end"} or (op.kind == "begin") == _active(op.name, left, goal):
        yield clocks, left
    elif due in left:
        yield clocks, left - {due}


def _active(suspension: str, left: frozenset[Dated], goal: Goal) -> bool:
    """Return whether a suspension is under way, after what has happened on the way so far."""
    ends = [each.kind for each in goal.dated - left if each.name == suspension]
    return ends.count("begin") > ends.count("end")


def _reached(table: Table, node: _Node, goal: Goal) -> bool:
    if node.left or table.stage(node.packed) != goal.stage:
        return False
    if {(name, last, count) for name, last, count in node.running} != {
        (name, True, count) for name, count in goal.extended
    }:
        return False
    packed = node.packed
    for step in goal.replies:
        move = table.move(packed, step)
        if move is None or move[0].target != goal.stage:
            return False
        packed = move[1]
    values = table.unpack(packed)
    return all(values.get(name, value) == value for name, value in goal.facts)


def _steps(came: Mapping[_Node, tuple[_Node, Rule] | None], node: _Node) -> tuple[Way, ...]:
    found: list[Way] = []
    while (before := came[node]) is not None:
        earlier, rule = before
        done = earlier.left - node.left
        found.append(Way(rule.step, min((each.rank for each in done), default=None)))
        node = earlier
    return tuple(reversed(found))
