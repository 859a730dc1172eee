"""What no formula of linear time says, searched in the graph that SPIN printed: can a goal still be reached?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.properties.promela.run import State
from duecourse.properties.property import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from duecourse.model.procedure import Procedure
    from duecourse.properties.promela.run import Graph, Move
    from duecourse.properties.property import Property


def fails(procedure: Procedure, found: Graph, each: Property) -> bool:
    """Return whether a case can come, before the goal, where the review goes on and the goal is out of reach."""
    numbers = {step.id: number for number, step in enumerate(procedure.steps)}
    left_out = {numbers[name] for name in each.without if name in numbers}
    goal = _goal(procedure, found, each)
    before: dict[State, list[State]] = {}
    able = set[State]()
    for move in found.moves:
        if move.step not in left_out:
            before.setdefault((move.target, move.after), []).append((move.source, move.before))
            if goal(move):
                able.add((move.source, move.before))
    queue = list(able)
    while queue:
        for state in before.get(queue.pop(), ()):
            if state not in able:
                able.add(state)
                queue.append(state)
    come = found.states if each.kind is not Kind.CAN_ALWAYS else _before(found, goal)
    return any(not procedure.stages[at].final for at, _ in come - able)


def _before(found: Graph, goal: Callable[[Move], bool]) -> frozenset[State]:
    """Return the configurations that can be reached without the goal."""
    after: dict[State, list[State]] = {}
    for move in found.moves:
        if not goal(move):
            after.setdefault((move.source, move.before), []).append((move.target, move.after))
    seen = set(found.first)
    queue = list(seen)
    while queue:
        for state in after.get(queue.pop(), ()):
            if state not in seen:
                seen.add(state)
                queue.append(state)
    return frozenset(seen)


def _goal(procedure: Procedure, found: Graph, each: Property) -> Callable[[Move], bool]:
    """Return what tells whether a move brings the goal about."""
    if each.kind is Kind.CAN_ALWAYS:
        return lambda move: move not in found.unmarked
    conclusions = {
        (step, source)
        for outcome in procedure.outcomes
        if outcome.conclusion
        for step in outcome.steps
        for source in (outcome.sources or procedure.step[step].sources)
    }

    def ends(move: Move) -> bool:
        source, target = procedure.stages[move.source], procedure.stages[move.target]
        if source.final or not target.final:
            return False
        step = procedure.steps[move.step].id
        return each.kind is Kind.CAN_ALWAYS_END or (step, source.id) in conclusions

    return ends
