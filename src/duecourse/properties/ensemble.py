"""Many claims beside one running case, as one: what they make of a step is worked out once and then looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.properties.monitor import observed
from duecourse.properties.property import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duecourse.model.liveness import Observed
    from duecourse.model.procedure import Procedure
    from duecourse.model.table import Rule, Table
    from duecourse.properties.property import Property


class Ensemble:
    """The states of several monitors as one state, a number; 0 is where every case begins.

    Args:
        properties: what is watched; only those of the kind `always` can be seen to fail in a single case.
        table: the table that the cases walk; it must keep what the properties look at (`looked_at`).

    Attributes:
        mask: the bits of a configuration that some property looks at.
    """

    def __init__(self, properties: Sequence[Property], table: Table) -> None:
        watched = watchable(properties)
        self.ids = tuple(each.id for each in watched)
        self.watchings = tuple(each.monitor.bind(table) for each in watched if each.monitor)
        self.table = table
        self.mask = 0
        for watching in self.watchings:
            self.mask |= watching.mask
        first = tuple(watching.initial for watching in self.watchings)
        self._states = [first]
        self._numbers = {first: 0}
        self._known: dict[tuple[int, int, int, str], tuple[int, str]] = {}

    def step(self, state: int, rule: Rule, to: int, actor: str) -> tuple[int, str]:
        """Return the state after a step, and the id of a property that it violates (empty where it violates none)."""
        key = state, id(rule), to & self.mask, actor
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._step(state, rule, to, actor)
        return found

    def _step(self, state: int, rule: Rule, to: int, actor: str) -> tuple[int, str]:
        final = self.table.procedure.stage[rule.target].final
        after: list[int] = []
        violated = ""
        for name, watching, old in zip(self.ids, self.watchings, self._states[state], strict=True):
            (new,) = watching.moves(old, rule, to, actor)
            after.append(new)
            # what the step does not move it cannot violate, but for the claims that wait for the end
            moved = new != old and watching.violated(new)
            if moved or (final and not watching.accepting(new)):
                violated = violated or name
        joined = tuple(after)
        if joined not in self._numbers:
            self._numbers[joined] = len(self._states)
            self._states.append(joined)
        return self._numbers[joined], violated


def watchable(properties: Sequence[Property]) -> tuple[Property, ...]:
    """Return the properties that a single case can violate."""
    return tuple(each for each in properties if each.kind is Kind.ALWAYS and each.monitor)


def looked_at(properties: Sequence[Property], procedure: Procedure) -> Observed | None:
    """Return what the watchable ones among properties look at in a procedure besides its own guards."""
    monitors = [each.monitor for each in watchable(properties) if each.monitor]
    return observed(monitors, procedure)
