"""A claim as a deterministic automaton over what the steps of a case make true.

The same monitor runs in exploration, beside random cases, beside every simulated case and over logs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from duecourse.model.expression import Compare, Constant, Variable, atoms, simplify, variables
from duecourse.model.liveness import Observed
from duecourse.properties.automaton import Colour
from duecourse.properties.derivatives import joined
from duecourse.properties.happenings import HAPPENINGS, is_variable, static_values
from duecourse.properties.watching import Watching

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from duecourse.model.expression import Expression
    from duecourse.model.procedure import Procedure
    from duecourse.model.table import Rule, Table
    from duecourse.properties.automaton import Automaton
    from duecourse.properties.derivatives import Part


@dataclass(frozen=True)
class Monitor:
    """A claim over the steps of one case, bound to no procedure yet.

    Attributes:
        parts: what it claims, each judging the sequence of letters; bit i of a letter says whether proposition i holds
            at a step. All must be satisfied.
        propositions: guards over what a step is and leads to (see `duecourse.properties.watching`).
        twin: one of these accepts a case in which what the claim speaks of has happened; a claim that no case triggers
            holds vacuously. Empty where the claim always has something to say.
    """

    parts: tuple[Part, ...]
    propositions: tuple[Expression, ...]
    twin: tuple[Part, ...] = ()

    @cached_property
    def automaton(self) -> Automaton:
        """The claim as one automaton over all its propositions.

        Raises:
            TooLargeError: it has too many states.
        """
        return joined(self.parts, len(self.propositions))

    def pieces(self) -> tuple[Monitor, ...]:
        """Return one monitor for each part: the claim is violated where one of them is."""
        return tuple(self._piece(part) for part in self.parts)

    def twin_pieces(self) -> tuple[Monitor, ...]:
        """Return one monitor for each part of the twin: the claim is triggered where one of them is satisfied."""
        return tuple(self._piece(part) for part in self.twin)

    def _piece(self, part: Part) -> Monitor:
        own = replace(part, places=tuple(range(len(part.places))))
        return Monitor((own,), tuple(self.propositions[place] for place in part.places))

    @cached_property
    def named(self) -> frozenset[str]:
        """Everything its propositions name."""
        return frozenset(name for each in self.propositions for name in variables(each))

    @cached_property
    def actors(self) -> frozenset[str]:
        """The actors it names."""
        return frozenset(name[3:] for name in self.named if name.startswith("by "))

    def looks(self, procedure: Procedure) -> Callable[[str, str], frozenset[str]]:
        """Return which variables it looks at after a step that leads to a stage."""
        asked = {name for name in self.named if is_variable(procedure, name)}
        if not asked:
            return lambda _step, _target: frozenset()

        members = {
            f"{panel.id}.pending": [f"{panel.id}.pending.{each.actor}" for each in panel.electorate]
            for panel in procedure.panels
        }

        # what a step does is not known from its id: it may, under a condition
        done = {name for name in self.named if name.rpartition(" ")[0] in HAPPENINGS}
        certain = self.named - done

        def look(step: str, target: str) -> frozenset[str]:
            known = static_values(procedure, step, target, certain)
            left = (simplify(each, known) for each in self.propositions)
            names = frozenset(name for each in left for name in variables(each)) & asked
            return names.union(*(members.get(name, ()) for name in names))

        return look

    @cached_property
    def compared(self) -> dict[str, int]:
        """The largest number that it compares each variable with."""
        found: dict[str, int] = {}
        for each in self.propositions:
            for atom in atoms(each):
                match atom:
                    case Compare(_, Variable(name), Constant(int(value))):
                        found[name] = max(found.get(name, 0), value)
                    case _:
                        pass
        return found

    def bind(self, table: Table) -> Watching:
        """Return the monitor bound to a table, which must keep what it looks at (`observed`)."""
        return Watching(self, table)


def observed(monitors: Iterable[Monitor], procedure: Procedure) -> Observed | None:
    """Return what monitors look at in a procedure besides its own guards; None where that is nothing."""
    relevant = [
        monitor
        for monitor in monitors
        if any(is_variable(procedure, name) for name in monitor.named)
    ]
    if not relevant:
        return None
    looks = [monitor.looks(procedure) for monitor in relevant]
    compared: dict[str, int] = {}
    for monitor in relevant:
        for name, number in monitor.compared.items():
            compared[name] = max(compared.get(name, 0), number)

    def look(step: str, target: str) -> Collection[str]:
        return frozenset[str]().union(*(one(step, target) for one in looks))

    return Observed(look, compared)


class Watch:
    """A monitor beside one running case.

    Args:
        watching: the monitor, bound to the table that the case walks.
    """

    def __init__(self, watching: Watching) -> None:
        self.watching = watching
        self.states: tuple[int, ...] = (watching.initial,)
        self.over = False

    def take(self, rule: Rule, to: int, actor: str = "") -> None:
        """Take a step that leads to a configuration; without an actor it may have been any who may take it."""
        moves = self.watching.moves
        after = {new for state in self.states for new in moves(state, rule, to, actor)}
        self.states = tuple(sorted(after))
        self.over = self.watching.table.procedure.stage[rule.target].final

    @property
    def violated(self) -> bool:
        """Whether the claim is violated: for good, or because the case is over and does not satisfy it."""
        watching = self.watching
        return any(
            watching.violated(state) or (self.over and not watching.accepting(state))
            for state in self.states
        )

    @property
    def colour(self) -> Colour:
        """The verdict so far; where it depends on who took a step, the worst."""
        order = list(Colour)
        return max(map(self.watching.colour, self.states), key=order.index)
