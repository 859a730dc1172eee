"""The names that guards and effects may use, and what they range over."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from duecourse.model.grammar import STAGE, Domain
from duecourse.model.syntax import KEYWORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from duecourse.model.procedure import Fact, Panel, Procedure, Reading, Suspension, Value

MAX_DOMAIN = 1_024

NAMED = frozenset({"fact", "reading", "panel", "clock", "suspension", "definition"})
"""The kinds of elements whose ids share one space of names."""

RESERVED = KEYWORDS | {STAGE}
"""What no such element may be called: the words of the grammar, and the name of the stage in a configuration."""

COUNTS = frozenset({"pending", "asked", "open"})
"""What every panel counts; no reply may be called so."""


def scope_of(
    facts: Iterable[Fact],
    readings: Iterable[Reading],
    panels: Iterable[Panel],
    suspensions: Iterable[Suspension],
) -> dict[str, Domain]:
    """Return the names that guards may use, with their domains."""
    facts = tuple(facts)
    scope = {fact.id: Domain(fact.values, assignable=True) for fact in facts}
    scope |= {
        reading.id: Domain(tuple(option.id for option in reading.options)) for reading in readings
    }
    highest = highest_counts(facts)
    for panel in panels:
        size = Domain(numbers(min(panel_size(panel, highest), MAX_DOMAIN)))
        scope |= {f"{panel.id}.{name}": size for name in ("pending", "asked", *panel.replies)}
        scope[f"{panel.id}.open"] = Domain((False, True))
    return scope | {f"{each.id}.active": Domain((False, True)) for each in suspensions}


def guard_domains(procedure: Procedure) -> Mapping[str, tuple[Value, ...]]:
    """Return the values of every name that a guard may use."""
    scope = scope_of(procedure.facts, procedure.readings, procedure.panels, procedure.suspensions)
    return {name: domain.values for name, domain in scope.items()}


def highest_counts(facts: Iterable[Fact]) -> dict[str, int]:
    """Return the highest value of every fact that can hold a number of panel members."""
    return {
        fact.id: int(fact.values[-1])
        for fact in facts
        if type(fact.values[0]) is int and fact.values[0] >= 0 and not fact.unbounded
    }


def panel_size(panel: Panel, highest: Mapping[str, int]) -> int:
    """Return the greatest number of members that a panel can have."""
    per_actor: dict[str, int] = {}
    for each in panel.electorate:
        count = each.count if isinstance(each.count, int) else highest.get(each.count, 0)
        per_actor[each.actor] = max(per_actor.get(each.actor, 0), count)
    return sum(per_actor.values())


@lru_cache(maxsize=64)
def numbers(highest: int) -> tuple[int, ...]:
    """Return 0 to `highest`; shared, for a large panel has many counts."""
    return tuple(range(highest + 1))
