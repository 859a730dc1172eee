"""Exact bounds on statutory time under all readings at once: which choices of readings give which bound.

The behaviours on the way to an outcome are a graph of clock events with choices of readings on its edges
(`duecourse.properties.family_events`). Beside the days that clocks have left, the best way through it is found for all
choices in one fixpoint, and those for which there is no best by another (`duecourse.properties.family_days`).
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from duecourse.calendar import load_calendar
from duecourse.model.clocks import chosen_calendar, first_day_counted
from duecourse.model.expression import variables
from duecourse.model.reading_set import NONE
from duecourse.model.variants import choose_readings
from duecourse.properties.clauses import least_of_spans, span_days
from duecourse.properties.family_events import event_graph
from duecourse.properties.readings_bounds_report import (
    OutcomeBounds,
    ReadingsBound,
    ReadingsBounds,
    Under,
)
from duecourse.properties.readings_toward import Answers, solved
from duecourse.properties.readings_waits import Waits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from duecourse.model.procedure import Outcome, Procedure
    from duecourse.model.reading_set import ReadingSet
    from duecourse.properties.bounds import Cause
    from duecourse.properties.clauses import Clause
    from duecourse.properties.family_events import EventGraph
    from duecourse.properties.family_parts import Limits
    from duecourse.properties.readings_toward import Days


def bounds_readings(
    procedure: Procedure, readings: Mapping[str, str] | None = None
) -> ReadingsBounds:
    """Return the bounds on statutory time to every outcome under every choice of readings.

    Args:
        procedure: the procedure.
        readings: options of readings that are held; all the others range over all their options.

    Raises:
        InvalidInput: an unknown reading or option.
        TooManyError: the behaviours are too many.
    """
    began = time.perf_counter()
    fixed = dict(readings or {})
    choose_readings(procedure, fixed)
    bounding = Bounding(procedure, fixed)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        outcomes = tuple(pool.map(bounding.outcome, procedure.outcomes))
    return ReadingsBounds(
        procedure=procedure,
        fixed=fixed,
        choices=bounding.space.count(bounding.within),
        outcomes=tuple(each for each in outcomes if each.rows),
        configurations=bounding.graph.configurations,
        seconds=time.perf_counter() - began,
    )


def limits_under(graph: EventGraph, procedure: Procedure) -> Mapping[Limits, ReadingSet]:
    """Return the limits of clocks and the lengths of extensions in working days, each under which choices."""
    named = set(variables(procedure.first_day_counts))
    named |= {name for each in procedure.calendars for name in variables(each.when)}
    defaults = choose_readings(procedure, {})
    found: dict[Limits, ReadingSet] = {}
    for chosen, under in graph.space.choices(sorted(named & set(procedure.reading))):
        limits = _limits(procedure, defaults | chosen)
        found[limits] = graph.space.union(found.get(limits, NONE), under)
    return found


def _limits(procedure: Procedure, readings: Mapping[str, str]) -> Limits:
    """Return the limits of clocks and the lengths of extensions in working days, at the greatest."""
    calendar = load_calendar(chosen_calendar(procedure, readings))
    first_day = int(first_day_counted(procedure, readings))
    limits = tuple(
        (clock.id, max(span_days(clock.limit, calendar)[1] - first_day, 0))
        for clock in procedure.clocks
    )
    lengths = tuple(
        (each.by, span_days(each.by, calendar)[1])
        for clock in procedure.clocks
        for each in clock.extensions
        if each.by is not None
    )
    return limits, lengths


class Bounding:
    """All bounds of a procedure; its behaviours are explored once."""

    def __init__(self, procedure: Procedure, fixed: Mapping[str, str]) -> None:
        self.procedure = procedure
        self.graph = event_graph(procedure)
        self.space = self.graph.space
        self.within = self.space.cube({name: (option,) for name, option in fixed.items()})
        waits = Waits(procedure, event_graph(procedure, places=True))
        self.waits = {each.id: tuple(waits.to(each.id, self.space)) for each in procedure.outcomes}
        self.limits = limits_under(self.graph, procedure)

    def under(self, choices: ReadingSet) -> Under:
        """Return choices in words."""
        return Under(self.space.cover(choices, self.within), self.space.count(choices))

    def outcome(self, outcome: Outcome) -> OutcomeBounds:
        """Return the bounds on the way to one outcome."""
        space = self.space
        rows: dict[tuple[Days, Days, tuple[Cause, ...], tuple[Clause, ...]], ReadingSet]
        rows = defaultdict(lambda: NONE)
        least: dict[int, ReadingSet] = defaultdict(lambda: NONE)
        reached = NONE
        for answers in self.answers(outcome):
            reached = space.union(reached, answers.reached)
            for days, choices in answers.least.items():
                least[days] = space.union(least[days], choices)
            for key, choices in answers.rows():
                for clauses, some in answers.told(key, choices):
                    whole = (*key, clauses)
                    rows[whole] = space.union(rows[whole], some)
        found = [self.row(key, choices) for key, choices in rows.items()]
        waits = [
            (cause, both)
            for cause, choices in self.waits[outcome.id]
            if (both := space.intersection(choices, reached)) != NONE
        ]
        limited = space.difference(reached, space.any_of(under for _, under in waits))
        return OutcomeBounds(
            outcome=outcome,
            rows=tuple(sorted(found, key=lambda row: (len(row.readings), -row.under.choices))),
            least=tuple((days, self.under(least[days])) for days in sorted(least)),
            open_ended=tuple((cause, self.under(choices)) for cause, choices in waits),
            limited=self.under(limited),
            impossible=space.cover(space.difference(self.within, reached), self.within),
        )

    def answers(self, outcome: Outcome) -> Iterator[Answers]:
        """Yield the answers for one outcome, for each way in which limits count and each part of the choices."""
        kept = self.graph.toward(outcome.id)
        for limits, under in self.limits.items():
            within = self.space.intersection(under, self.within)
            if within != NONE:
                part = self.graph.part(kept, lambda event: event, within)
                yield from solved(self.procedure, outcome.id, part, limits, within)

    def row(
        self,
        key: tuple[Days, Days, tuple[Cause, ...], tuple[Clause, ...]],
        choices: ReadingSet,
    ) -> ReadingsBound:
        """Return a bound with the readings that give it."""
        choice = self.space.pick(choices)
        calendar = load_calendar(chosen_calendar(self.procedure, choice))
        counted, without, causes, clauses = key
        return ReadingsBound(
            counted=counted,
            without=without,
            unbounded=causes,
            clauses=clauses,
            least_of_spans=least_of_spans(clauses, calendar),
            under=self.under(choices),
            readings={
                name: option
                for name, option in choice.items()
                if option != self.procedure.reading[name].default
            },
        )
