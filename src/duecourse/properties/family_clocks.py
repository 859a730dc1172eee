"""Every behaviour with its clocks, under every choice of readings: when a lapse is possible, and what a step does to time."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

from duecourse.model.expression import variables
from duecourse.model.reading_set import NONE, TooManyError
from duecourse.properties.timed import ClockedGraph

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from duecourse.model.reading_set import ReadingSet
    from duecourse.model.table import Rule
    from duecourse.properties.family import Family
    from duecourse.properties.timed import Event, Node

MAX_CELLS = 1_000
"""How many ways in which suspensions stop clocks are told apart."""


class Clocked(NamedTuple):
    """A configuration with its clocks, under the readings of one cell.

    Attributes:
        cell: the number of the cell: choices of readings under which suspensions stop the same clocks.
        node: the configuration, the clocks that run and the suspensions under way.
    """

    cell: int
    node: Node


class Hunted(Protocol):
    """What a case is to show, watched step by step.

    Attributes:
        initial: the state before the first step.
    """

    @property
    def initial(self) -> int:
        """Return the state before the first step."""

    def moves(self, state: int, rule: Rule, to: int) -> tuple[int, ...]:
        """Return the states after a step."""

    def shown(self, packed: int, state: int) -> ReadingSet:
        """Return the choices of readings under which a configuration shows it; `packed` in the layout of its table."""


class Place(NamedTuple):
    """Where a case with clocks stands: `endless` are the running clocks that were extended without limit."""

    at: Clocked
    endless: frozenset[str]
    state: int


class ClockedFamily:
    """The configurations of a timed featured table with the clocks that run in them.

    Args:
        family: the behaviours, of a table whose rules say what they do to clocks.
    """

    def __init__(self, family: Family) -> None:
        self.family, self.table = family, family.table
        self._under = {
            id(rule): under for found in self.table.rules.values() for rule, under in found
        }
        self._known: dict[Clocked, tuple[tuple[Rule, Event, Clocked, ReadingSet], ...]] = {}

    @cached_property
    def cells(self) -> tuple[tuple[ClockedGraph, ReadingSet], ...]:
        """The graphs of each way in which suspensions stop clocks, with the choices of readings that make it.

        Raises:
            TooManyError: more than `MAX_CELLS`.
        """
        procedure, space = self.table.procedure, self.table.space
        named = {
            name
            for suspension in procedure.suspensions
            for stop in suspension.stops
            for name in variables(stop.when)
        }
        defaults = {each.id: each.default for each in procedure.readings}
        found: dict[tuple[tuple[str, frozenset[str]], ...], tuple[ClockedGraph, ReadingSet]] = {}
        for number, (chosen, under) in enumerate(space.choices(sorted(named))):
            if number >= MAX_CELLS:
                raise TooManyError(f"suspensions stop clocks in more than {MAX_CELLS} ways")
            graph = ClockedGraph(replace(self.table.common, readings=defaults | chosen))
            key = tuple(sorted(graph.stops.items()))
            known = found.get(key, (graph, NONE))
            found[key] = (known[0], space.union(known[1], under))
        return tuple(found.values())

    def starts(self, within: ReadingSet) -> dict[Clocked, ReadingSet]:
        """Return where a case begins under some choices of readings."""
        space = self.table.space
        return {
            Clocked(cell, node): both
            for cell, (graph, under) in enumerate(self.cells)
            if (both := space.intersection(under, within)) != NONE
            for node in graph.initial()
        }

    def moves(self, at: Clocked) -> tuple[tuple[Rule, Event, Clocked, ReadingSet], ...]:
        """Return every step that can be taken, what it does to time, where it leads, and under which readings."""
        found = self._known.get(at)
        if found is None:
            graph = self.cells[at.cell][0]
            found = self._known[at] = tuple(
                (rule, event, Clocked(at.cell, to), self._under[id(rule)])
                for rule, event, to in graph.moves(at.node)
            )
        return found

    def shown(self, hunted: Hunted, within: ReadingSet) -> ReadingSet:
        """Return the choices under which a case that can be dated shows something.

        A lapse is possible where its clock runs, no suspension stops it, and its limit has an end.

        Raises:
            TooManyError: the search was not finished.
        """
        space = self.table.space
        found = self.family.spread(
            self._places(hunted, within),
            lambda place: ((to, under) for _, to, under in self._steps(hunted, place)),
        )
        return space.any_of(
            space.intersection(hunted.shown(place.at.node.packed, place.state), under)
            for place, under in found.items()
        )

    def way(self, hunted: Hunted, choice: Mapping[str, str]) -> tuple[Rule, ...] | None:
        """Return the fewest steps with which a case shows it under one choice of readings; None where none does."""
        space = self.table.space
        chosen = space.cube({name: (option,) for name, option in choice.items()})
        came: dict[Place, tuple[Place, Rule] | None] = dict.fromkeys(self._places(hunted, chosen))
        for place in (queue := list(came)):
            if space.contains(hunted.shown(place.at.node.packed, place.state), choice):
                return _rules(came, place)
            for rule, to, under in self._steps(hunted, place):
                if to not in came and space.contains(under, choice):
                    came[to] = (place, rule)
                    queue.append(to)
        return None

    def _places(self, hunted: Hunted, within: ReadingSet) -> dict[Place, ReadingSet]:
        return {
            Place(at, frozenset(), hunted.initial): under
            for at, under in self.starts(within).items()
        }

    def _steps(self, hunted: Hunted, place: Place) -> Iterator[tuple[Rule, Place, ReadingSet]]:
        for rule, event, to, under in self.moves(place.at):
            if event.lapse is not None and event.lapse in place.endless:
                continue
            endless = place.endless - event.stopped
            endless |= {name for name, by in event.extended if by is None}
            endless -= event.started
            for state in hunted.moves(place.state, rule, to.node.packed):
                yield rule, Place(to, frozenset(endless & to.node.running), state), under


def _rules(came: Mapping[Place, tuple[Place, Rule] | None], end: Place) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    last = came[end]
    while last is not None:
        rules.append(last[1])
        last = came[last[0]]
    return tuple(reversed(rules))
