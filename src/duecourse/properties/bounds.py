"""Exact bounds on statutory time: the least and greatest counted and elapsed working days to each outcome.

Over all breach-free behaviours, day by day (the digital clocks of `docs/semantics.md`), from the step with which
statutory time begins. Counted time is the days on which some clock runs; elapsed time adds the days on which a
suspension stops them all and the days for which the text sets no limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from duecourse.calendar import load_calendar
from duecourse.model.clocks import chosen_calendar, first_day_counted
from duecourse.model.compile import compile_table
from duecourse.notebook import Shown
from duecourse.properties.clauses import Addends, Clause, least_of_spans, span_days
from duecourse.properties.days import DayGraph
from duecourse.properties.timed import ClockedGraph, moments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from duecourse.model.procedure import Cite, Label, Outcome, Procedure
    from duecourse.model.table import Table
    from duecourse.properties.days import Path, State
    from duecourse.properties.timed import Marks, Node


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a time has no bound.

    Attributes:
        kind: "extension" without limit or granted again and again, "loop" that brings new time, "suspension" or "gap" for which no limit is set.
        name: the step, clock, suspension or stage it is about.
        label, cites: the words and the articles.
        after_clock: for a gap, whether it opens only once a clock of that stage has stopped.
    """

    kind: str
    name: str
    label: Label
    cites: tuple[Cite, ...]
    after_clock: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """The statutory time to one outcome, in working days.

    Attributes:
        outcome: how the case ends.
        least: the fewest days it can take.
        counted: the most counted days; None where there is no bound.
        unbounded: why `counted` has no bound.
        without: the most counted days if nothing in `unbounded` is used; None where only that leads to the outcome.
        clauses: the addends of `counted`, or of `without` where there is no bound.
        elapsed: the most elapsed days; None where there is no bound.
        open_ended: why `elapsed` has no bound, besides `unbounded`.
        least_of_spans: what `clauses` come to at the least, where limits in other units than working days are among them.
    """

    outcome: Outcome
    least: int
    counted: int | None
    unbounded: tuple[Cause, ...]
    without: int | None
    clauses: tuple[Clause, ...]
    elapsed: int | None
    open_ended: tuple[Cause, ...]
    least_of_spans: int | None = None


@dataclass(frozen=True, slots=True)
class Bounds(Shown):
    """The bounds of a procedure under one choice of readings, for every outcome that can be reached."""

    procedure: Procedure
    readings: Mapping[str, str]
    rows: tuple[Bound, ...]

    def row(self, outcome: str) -> Bound:
        """Return the bound of one outcome.

        Raises:
            KeyError: the outcome cannot be reached without a breach.
        """
        for row in self.rows:
            if row.outcome.id == outcome:
                return row
        raise KeyError(outcome)


def bounds(procedure: Procedure, readings: Mapping[str, str] | None = None) -> Bounds:
    """Return the bounds on statutory time to every outcome that a breach-free case can reach.

    >>> import duecourse as dc
    >>> dc.bounds(dc.load("measures-2020")).row("ordinary_conclusion").counted
    70

    Args:
        procedure: the procedure.
        readings: options by reading; defaults for the others.

    Raises:
        InvalidInput: an unknown reading or option.
    """
    return Bounding(compile_table(procedure, readings)).bounds()


class Bounding:
    """Everything that bounds are computed from.

    Args:
        table: the procedure under one choice of readings.
        marks: what is looked for at a step that leads to a configuration (`ClockedGraph.marks`).
        without: steps that are never taken.
    """

    def __init__(
        self,
        table: Table,
        marks: Marks | None = None,
        without: frozenset[str] = frozenset(),
    ) -> None:
        self.procedure = procedure = table.procedure
        self.readings = table.readings
        self.graph = ClockedGraph(table, marks, without)
        self.automaton = moments(self.graph)
        self.calendar = load_calendar(chosen_calendar(procedure, table.readings))
        self.first_day = int(first_day_counted(procedure, table.readings))
        self.all = self.days(1, unlimited=True)
        self.capped = self.days(1, unlimited=False)

    def days(self, which: int, *, unlimited: bool) -> DayGraph:
        """Return the day graph with every span at its least (0) or greatest (1) number of working days."""
        clocks = self.procedure.clocks
        lengths = {
            e.by: span_days(e.by, self.calendar)[which]
            for c in clocks
            for e in c.extensions
            if e.by is not None
        }
        limits = {
            clock.id: max(span_days(clock.limit, self.calendar)[which] - self.first_day, 0)
            for clock in clocks
        }
        return DayGraph(self.automaton, limits, lengths, unlimited=unlimited)

    def bounds(self) -> Bounds:
        """Return the bounds of every outcome that can be reached."""
        rows = tuple(
            self.row(outcome)
            for outcome in self.procedure.outcomes
            if outcome.id in self.all.reached
        )
        return Bounds(self.procedure, self.readings, rows)

    def row(self, outcome: Outcome) -> Bound:
        """Return the bounds of one outcome."""
        found = self.all.greatest(outcome.id)
        causes: tuple[Cause, ...] = ()
        bounded = found
        if isinstance(found, list):
            bounded = (
                self.capped.greatest(outcome.id) if outcome.id in self.capped.reached else found
            )
            causes = tuple(self.causes(found, bounded))
        without, path = bounded if isinstance(bounded, tuple) else (None, [])
        counted = without if isinstance(found, tuple) else None
        open_ended = tuple(self.open_ended(outcome))
        clauses = tuple(self.clauses(path))
        return Bound(
            outcome=outcome,
            least=self.all.least(outcome.id),
            counted=counted,
            unbounded=causes,
            without=without,
            clauses=clauses,
            elapsed=None if open_ended else counted,
            open_ended=open_ended,
            least_of_spans=least_of_spans(clauses, self.calendar),
        )

    def causes(self, loops: list[set[State]], capped: object) -> Iterator[Cause]:
        """Yield why days can be added for ever: extensions without limit, then the loops that remain without them."""
        used = {c for members in loops for state in members for c, days in state.left if days < 0}
        again = {
            (clock, by)
            for _, event, endless in self.all.endless
            for clock, by in event.extended
            if clock == endless
        }
        for clock in self.procedure.clocks:
            if clock.id in used:
                for extension in clock.extensions:
                    if extension.by is None or (clock.id, extension.by) in again:
                        step = self.procedure.step[extension.step]
                        yield Cause("extension", step.id, step.label, step.cites)
        remaining = capped if isinstance(capped, list) else []
        restarted = {c for members in remaining for state in members for c, _ in state.left}
        for clock in self.procedure.clocks:
            if clock.id in restarted:
                yield Cause("loop", clock.id, clock.label, clock.cites)

    def clauses(self, path: Path, since: int = 0) -> Iterator[Clause]:
        """Yield the addends of a path (`Addends.clauses`)."""
        addends = Addends(self.procedure, self.calendar, self.first_day, self.automaton)
        return addends.clauses(path, since)

    def open_ended(self, outcome: Outcome) -> Iterator[Cause]:
        """Yield the suspensions and gaps, on the way to an outcome, for which no limit is set."""
        useful = self.leading_to(outcome)
        found: dict[str, Cause] = {}
        for number, causes in self._idle.items():
            if number in useful:
                for cause in causes:
                    found.setdefault(f"{cause.kind} {cause.name}", cause)
        order = [f"suspension {each.id}" for each in self.procedure.suspensions]
        order += [f"gap {stage.id}" for stage in self.procedure.stages]
        yield from (found[key] for key in order if key in found)

    @cached_property
    def _idle(self) -> dict[int, Iterable[Cause]]:
        """For each node in which no running clock ticks, by its place, why time passes in it."""
        return {
            number: self.waiting(node)
            for number, node in enumerate(self.graph.edges)
            if node.begun and node.running <= self.graph.frozen(node)
        }

    def waiting(self, node: Node) -> Iterable[Cause]:
        """Return why time passes in a node in which no running clock ticks."""
        frozen = self.graph.frozen(node)
        if frozen:
            stoppers = [
                self.procedure.suspension[name]
                for name in node.active
                if self.graph.stops[name] & frozen
            ]
            return [Cause("suspension", each.id, each.label, each.cites) for each in stoppers]
        stage = self.procedure.stage[self.graph.table.stage(node.packed)]
        return [Cause("gap", stage.id, stage.label, stage.cites, stage.id in self.clocked_stages)]

    @cached_property
    def clocked_stages(self) -> frozenset[str]:
        """The stages in which a clock runs in some configuration."""
        stage = self.graph.table.stage
        return frozenset(stage(node.packed) for node in self.graph.edges if node.running)

    def leading_to(self, outcome: Outcome) -> set[int]:
        """Return the nodes from which an outcome can be reached, by their places among all."""
        before, ending = self._sources
        queue = list(ending.get(outcome.id, ()))
        found = set(queue)
        while queue:
            for each in before[queue.pop()]:
                if each not in found:
                    found.add(each)
                    queue.append(each)
        return found

    @cached_property
    def _sources(self) -> tuple[list[list[int]], dict[str, set[int]]]:
        """Of each node those that lead to it, and of each outcome those that end so, by their places among all."""
        nodes = list(self.graph.edges)
        place = {node: number for number, node in enumerate(nodes)}
        before: list[list[int]] = [[] for _ in nodes]
        ending: dict[str, set[int]] = {}
        for number, node in enumerate(nodes):
            for _, event, to in self.graph.edges[node]:
                if to in place:
                    before[place[to]].append(number)
                if event.outcome is not None:
                    ending.setdefault(event.outcome, set()).add(number)
        return before, ending
