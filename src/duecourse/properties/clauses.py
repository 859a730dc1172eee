"""A way through the days of a case as a sum: so many working days under this limit, so many under that extension."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.calendar import Span, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from duecourse.calendar import Calendar
    from duecourse.model.procedure import Cite, Label, Procedure
    from duecourse.properties.days import Path
    from duecourse.properties.timed import Moment


@dataclass(frozen=True, slots=True)
class Clause:
    """One addend of a bound: so many working days under a clock, or under one of its extensions.

    Attributes:
        clock: the clock that runs.
        extension: the step that lengthened it, where these days are those of an extension.
        days: working days, at the greatest.
        span: what the text says, such as 10 working days or 3 calendar months.
        label, cites: the words and the articles.
    """

    clock: str
    extension: str | None
    days: int
    span: Span
    label: Label
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class Addends:
    """Everything that the addends of a way are named from.

    Attributes:
        procedure: whose clocks and extensions these are.
        calendar: says how many days a span is.
        first_day: 1 where the first day of a limit is counted, else 0.
        automaton: the moments of the states on the way.
    """

    procedure: Procedure
    calendar: Calendar
    first_day: int
    automaton: Sequence[Moment]

    def clauses(self, path: Path, since: int = 0) -> Iterator[Clause]:
        """Yield the addends of a path: each day goes to the clock that started first among those that tick.

        Args:
            path: the way from where the case begins.
            since: from which of its edges days are added up.
        """
        runs: list[_Run] = []
        current: dict[str, _Run] = {}
        for index, (state, edge) in enumerate(path):
            if edge.event is None:
                if index < since:
                    continue
                moment = self.automaton[state.moment]
                ticking = [
                    run
                    for run in runs
                    if current.get(run.clock) is run and run.clock in moment.running - moment.frozen
                ]
                if ticking:
                    ticking[0].days += edge.days
                continue
            for clock in edge.event.stopped:
                current.pop(clock, None)
            for clock, by in edge.event.extended:
                if clock in current and by is not None:
                    current[clock].spans.append((self._extension_step(clock, by), by))
            for clock in sorted(edge.event.started):
                current[clock] = _Run(clock, [(None, self.procedure.clock[clock].limit)])
                runs.append(current[clock])
        for run in runs:
            yield from self._split(run)

    def _split(self, run: _Run) -> Iterator[Clause]:
        """Yield the days of one run of a clock: its limit first, then its extensions in turn."""
        left = run.days
        for index, (step, span) in enumerate(run.spans):
            last = index == len(run.spans) - 1
            days = (
                left
                if last
                else min(
                    left, span_days(span, self.calendar)[1] - (self.first_day if index == 0 else 0)
                )
            )
            left -= days
            if days:
                element = (
                    self.procedure.clock[run.clock] if step is None else self.procedure.step[step]
                )
                yield Clause(run.clock, step, days, span, element.label, element.cites)

    def _extension_step(self, clock: str, by: Span) -> str:
        """Return the step that extends a clock by a span."""
        return next(e.step for e in self.procedure.clock[clock].extensions if e.by == by)


def least_of_spans(clauses: tuple[Clause, ...], calendar: Calendar) -> int | None:
    """Return what the clauses come to at the least, where some are not in working days."""
    if all(clause.span.unit is Unit.WORKING_DAY for clause in clauses):
        return None
    return sum(
        clause.days if clause.span.unit is Unit.WORKING_DAY else span_days(clause.span, calendar)[0]
        for clause in clauses
    )


@dataclass(slots=True)
class _Run:
    """The days of one run of a clock on a path, with its limit and the extensions granted (by which step)."""

    clock: str
    spans: list[tuple[str | None, Span]]
    days: int = 0


def span_days(span: Span, calendar: Calendar) -> tuple[int, int]:
    """Return the least and greatest number of working days that a span comes to in the published calendar."""
    return (
        (span.count, span.count)
        if span.unit is Unit.WORKING_DAY
        else calendar.span_range(span, last_day_works=True)
    )
