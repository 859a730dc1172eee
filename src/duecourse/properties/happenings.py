"""What a step is in the words of propositions, as far as the step, its rule and where it leads tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duecourse.model.expression import Value
    from duecourse.model.procedure import Procedure
    from duecourse.model.table import Rule

TRACKED = ("running", "stops", "extends")
"""What can be said of a clock that depends on whether it runs."""
_OPS = {
    "start": "starts",
    "open": "opens",
    "close": "closes",
    "begin": "begins",
    "end": "ends",
}
HAPPENINGS = frozenset({*_OPS.values(), "lapses"})
"""What a step can do, beside what is tracked: known from the rule, not from the step."""


def static_values(
    procedure: Procedure, step: str, target: str, names: Iterable[str]
) -> dict[str, Value]:
    """Return the values of the names that are known from a step and the stage it leads to.

    What a procedure does not have (a step of another text, say) never happens in it.
    """
    known: dict[str, Value] = {}
    for name in names:
        kind, _, rest = name.rpartition(" ")
        if kind == "in":
            known[name] = rest == target
        elif kind == "by":
            continue
        elif kind in TRACKED:
            if rest not in procedure.clock:
                known[name] = False
        elif kind:
            known[name] = False
        elif name in procedure.step:
            known[name] = name == step
        elif not is_variable(procedure, name):
            known[name] = False
    return known


def is_variable(procedure: Procedure, name: str) -> bool:
    """Return whether a name is a variable of the configurations of a procedure."""
    owner, dot, _ = name.partition(".")
    return name in procedure.fact or bool(
        dot and (owner in procedure.panel or owner in procedure.suspension)
    )


def happening(rule: Rule) -> frozenset[str]:
    """Return what a step is, in the words of propositions, as far as a rule alone tells it."""
    found = {rule.step, f"in {rule.target}"}
    found |= {f"{_OPS[op.kind]} {op.name}" for op in rule.ops if op.kind in _OPS}
    return frozenset(found | ({f"lapses {rule.lapse_of}"} if rule.lapse_of is not None else set()))
