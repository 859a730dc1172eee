"""What leaves elapsed time without a bound under all readings: suspensions and gaps on the way to an outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels.diagrams import GREATER, NEVER, SUM, ZERO
from duecourse.kernels.ways import Ways
from duecourse.model.reading_set import NONE
from duecourse.properties.bounds import Cause
from duecourse.properties.functions import Functions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from duecourse.model.procedure import Procedure
    from duecourse.model.reading_set import ReadingSet, ReadingSpace
    from duecourse.properties.family_events import EventGraph, Kind

    Indices = NDArray[np.int32]


class Waits:
    """The suspensions and gaps for which no limit is set.

    Args:
        procedure: whose.
        graph: its clock events, with the stages and suspensions of nodes told apart (`event_graph`).
    """

    def __init__(self, procedure: Procedure, graph: EventGraph) -> None:
        self.procedure, self.graph = procedure, graph
        self.functions = Functions(graph.space)
        self.under = self.functions.all_of(graph.moves.under.tolist())
        there = np.full(graph.size, NEVER, np.int32)
        for node, under in graph.starts.items():
            there[node] = self.functions.of(under)
        back = Ways(graph.size, graph.moves.to, graph.moves.sources)
        self.reached = self.functions.best(back, self.under, there)

    def to(self, outcome: str, space: ReadingSpace) -> Iterator[tuple[Cause, ReadingSet]]:
        """Yield what can last for ever on the way to an outcome, each under which choices of a space."""
        graph, functions = self.graph, self.functions
        ends = [event is not None and event.outcome == outcome for event in graph.events]
        last = np.flatnonzero(np.array(ends, np.bool_)[graph.moves.label])
        every = np.full(graph.size, ZERO, np.int32)
        sources, to = graph.moves.sources, graph.moves.to
        first = functions.gathered(graph.size, sources[last], to[last], self.under[last], every)
        able = functions.best(Ways(graph.size, sources, to), self.under, first)
        both = functions.each(SUM, self.reached, able)
        for cause, kinds in self.causes():
            found = NEVER
            for under in np.unique(both[np.isin(graph.kind, kinds)]).tolist():
                found = functions.both(GREATER, found, under)
            choices = functions.set(found)
            if choices != NONE:
                for told, under in self.told(cause, choices):
                    yield told, space.copied(under, self.graph.space)

    def told(self, cause: Cause, choices: ReadingSet) -> Iterator[tuple[Cause, ReadingSet]]:
        """Yield a cause; a gap apart under the readings under which a clock runs in some case of that stage."""
        clocked = self.clocked(cause.name) if cause.kind == "gap" else NONE
        space = self.graph.space
        for after, under in (
            (False, space.difference(choices, clocked)),
            (True, space.intersection(choices, clocked)),
        ):
            if under != NONE:
                yield Cause(cause.kind, cause.name, cause.label, cause.cites, after), under

    def clocked(self, stage: str) -> ReadingSet:
        """Return the choices under which a clock runs in some configuration of a stage."""
        kinds = [
            n for n, kind in enumerate(self.graph.kinds) if kind.stage == stage and kind.running
        ]
        found = NEVER
        for under in np.unique(self.reached[np.isin(self.graph.kind, kinds)]).tolist():
            found = self.functions.both(GREATER, found, under)
        return self.functions.set(found)

    def causes(self) -> Iterator[tuple[Cause, list[int]]]:
        """Yield every suspension and stage with the kinds of nodes in which time can pass for it without a limit."""
        idle = [
            (number, kind)
            for number, kind in enumerate(self.graph.kinds)
            if kind.begun and not kind.over and kind.running <= kind.frozen
        ]
        for each in self.procedure.suspensions:
            kinds = [number for number, kind in idle if each.id in _stopping(kind)]
            if kinds:
                yield Cause("suspension", each.id, each.label, each.cites), kinds
        for stage in self.procedure.stages:
            kinds = [n for n, kind in idle if not kind.frozen and kind.stage == stage.id]
            if kinds:
                yield Cause("gap", stage.id, stage.label, stage.cites), kinds


def _stopping(kind: Kind) -> frozenset[str]:
    return kind.stoppers if kind.frozen else frozenset()
