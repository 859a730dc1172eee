"""What a property of the graph of all cases is after: the moves that bring its goal about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.properties.property import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from duecourse.model.procedure import Procedure
    from duecourse.model.table import Rule, Table
    from duecourse.properties.property import Property


def goal_of(each: Property, table: Table) -> tuple[Callable[[Rule, int], bool], int]:
    """Return what tells whether a move brings a goal about, whoever takes it, and the bits that it looks at."""
    assert each.monitor is not None
    watching = each.monitor.bind(table)
    mask = watching.mask
    known: dict[tuple[int, int], bool] = {}

    def reached(rule: Rule, to: int) -> bool:
        key = id(rule), to & mask
        found = known.get(key)
        if found is None:
            letters = watching.symbol(rule, to).letters
            found = known[key] = all(letter & 1 for letter in letters)
        return found

    return reached, mask


def ending_of(procedure: Procedure, kind: Kind) -> Callable[[Rule, int], bool]:
    """Return what tells whether a move ends the review, or ends it with a conclusion."""
    stages = procedure.stage
    conclusions = {
        (step, o.sources) for o in procedure.outcomes if o.conclusion for step in o.steps
    }

    def ends(rule: Rule, _: int) -> bool:
        if stages[rule.source].final or not stages[rule.target].final:
            return False
        if kind is Kind.CAN_ALWAYS_END:
            return True
        return any(
            rule.step == step and (not sources or rule.source in sources)
            for step, sources in conclusions
        )

    return ends


def any_goal(
    properties: Sequence[Property], table: Table
) -> tuple[Callable[[Rule, int], int], int]:
    """Return what tells which goals a move brings about, and the bits that it looks at.

    Bit i is set for the goal of the i-th property.
    """
    mask = 0
    goals: list[Callable[[Rule, int], bool]] = []
    for each in properties:
        if each.kind is Kind.CAN_ALWAYS:
            goal, bits = goal_of(each, table)
            mask |= bits
        else:
            goal = ending_of(table.procedure, each.kind)
        goals.append(goal)

    def reached(rule: Rule, to: int) -> int:
        return sum(1 << i for i, goal in enumerate(goals) if goal(rule, to))

    return reached, mask
