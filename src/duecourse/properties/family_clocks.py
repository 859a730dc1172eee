"""Every behaviour with its clocks, under every choice of readings: when a lapse is possible, and what a step does to time."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from duecourse.model.expression import variables
from duecourse.model.reading_set import NONE, TooManyError
from duecourse.properties.timed import ClockedGraph

if TYPE_CHECKING:
    from duecourse.model.featured import FeaturedTable
    from duecourse.model.reading_set import ReadingSet
    from duecourse.model.table import Rule
    from duecourse.properties.timed import Event, Marks, Node

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


class ClockedFamily:
    """The configurations of a timed featured table with the clocks that run in them.

    Args:
        table: its rules say what they do to clocks.
        marks: what is looked for at a step (`ClockedGraph.marks`).
    """

    def __init__(self, table: FeaturedTable, marks: Marks | None = None) -> None:
        self.table, self.marks = table, marks
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
            graph = ClockedGraph(replace(self.table.common, readings=defaults | chosen), self.marks)
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
