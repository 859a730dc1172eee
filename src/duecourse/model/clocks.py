"""The statutory time of one case: which clocks run, until when, what stops them, what has lapsed.

A clock keeps a budget and a ledger of suspensions, never a target date: the due date follows from both
(`docs/semantics.md`, "Clocks"). The day counting itself is `duecourse.calendar`'s.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from duecourse.calendar import Calendar, Span, Unit, load_calendar
from duecourse.errors import InvalidInput
from duecourse.model.expression import TRUE, simplify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from duecourse.model.procedure import Clock, Procedure
    from duecourse.model.table import Op

Day = TypeVar("Day", date, int)
Effect = TypeVar("Effect")


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a clock, from its start to its stop.

    Attributes:
        clock: the clock's id.
        started: the day it started on; not counted itself.
        spans: the limit, then every extension.
        unlimited: whether an extension without any limit was granted; such a run is never due.
        suspended: the suspensions that are over, as (day they began, day they ended).
        stopped_since: the day from which a suspension stops it now.
        ended: the day it stopped for good; None while it runs.
        lapsed: whether its lapse was recorded.
    """

    clock: str
    started: date
    spans: tuple[Span, ...]
    unlimited: bool = False
    suspended: tuple[tuple[date, date], ...] = ()
    stopped_since: date | None = None
    ended: date | None = None
    lapsed: bool = False

    def due(self, calendar: Calendar, *, first_day_counts: bool = False) -> date | None:
        """Return the last day of the limit; None while it is suspended or where it has no limit.

        A suspension that begins when the limit is over moves nothing. One that begins on the last day leaves no day to
        count, so that the day it ends is the last.
        """
        if self.unlimited:
            return None
        day = self.started
        for index, span in enumerate(self.spans):
            day = calendar.due(day, span, first_day_counts=first_day_counts and index == 0)
        for began, over in self.suspended:
            if began <= self._last(day, calendar):
                day = max(self._moved(day, began, over, calendar), over)
        last = self._last(day, calendar)
        return last if self.stopped_since is None or self.stopped_since > last else None

    def _moved(self, day: date, began: date, over: date, calendar: Calendar) -> date:
        """Return the end of the limit moved by a suspension: working days by working days, others by calendar days."""
        if self.spans[0].unit is Unit.WORKING_DAY:
            return calendar.counted_from(day, calendar.elapsed(began, over))
        return calendar.add_calendar_days(day, (over - began).days)

    def _last(self, day: date, calendar: Calendar) -> date:
        """Return the last day of a limit that ends on `day`: one in calendar days or months ends on no day off."""
        return day if self.spans[0].unit is Unit.WORKING_DAY else calendar.roll_forward(day)

    def used(self, calendar: Calendar, on: date, *, first_day_counts: bool = False) -> int:
        """Return the working days counted so far: from its start to `on`, less those it was suspended."""
        end = self.ended or on
        suspended = sum(
            calendar.elapsed(began, min(over, end)) for began, over in self.suspended if began < end
        )
        if self.stopped_since is not None and self.stopped_since < end:
            suspended += calendar.elapsed(self.stopped_since, end)
        first = first_day_counts and calendar.is_working(self.started)
        return calendar.elapsed(self.started, end) - suspended + first


@dataclass(slots=True)
class Ledger:
    """The clocks of one case.

    Attributes:
        procedure: whose clocks and suspensions these are.
        readings: the option chosen for every reading.
        calendar: which days are working days, as the readings choose.
        first_day_counts: whether the first day of a limit is counted, as the readings choose.
        running: the runs under way, by clock.
        history: the runs that are over, in the order they ended.
        active: the suspensions under way, with the day each began.
    """

    procedure: Procedure
    readings: Mapping[str, str]
    calendar: Calendar
    first_day_counts: bool
    running: dict[str, Run] = field(default_factory=dict)
    history: list[Run] = field(default_factory=list)
    active: dict[str, date] = field(default_factory=dict)

    def apply(self, ops: Iterable[Op], day: date, *, ends: bool = False) -> None:
        """Record what a step taken on `day` does; `ends` says that it ends the review, and with it everything here."""
        for op in ops:
            match op.kind:
                case "start":
                    self._start(op.name, day)
                case "stop":
                    self._stop(op.name, day)
                case "extend":
                    self._extend(op.name, op.by)
                case "begin" if op.name not in self.active:
                    self.active[op.name] = day
                    self._settle(day)
                case "end" if op.name in self.active:
                    del self.active[op.name]
                    self._settle(day)
                case _:
                    pass
        if ends:
            self.active.clear()
            for name in tuple(self.running):
                self._stop(name, day)

    def due(self, clock: str) -> date | None:
        """Return the due date of a running clock; None where it is suspended, unlimited or not running."""
        run = self.running.get(clock)
        return (
            None if run is None else run.due(self.calendar, first_day_counts=self.first_day_counts)
        )

    def lapses(self, before: date) -> dict[str, date]:
        """Return when clocks lapse, of those that lapse at the end of a day earlier than `before` and are not recorded."""
        found: dict[str, date] = {}
        for name, run in self.running.items():
            due = (
                None
                if run.lapsed
                else run.due(self.calendar, first_day_counts=self.first_day_counts)
            )
            if due is not None and due < before:
                found[name] = due
        return found

    def record_lapse(self, clock: str) -> None:
        """Mark the lapse of a running clock as recorded; a clock lapses once per run."""
        self.running[clock] = replace(self.running[clock], lapsed=True)

    def stoppers(self, clock: str) -> list[str]:
        """Return the suspensions under way that stop a clock."""
        return [
            name
            for name in self.active
            for stop in self.procedure.suspension[name].stops
            if stop.clock == clock and simplify(stop.when, self.readings) == TRUE
        ]

    def _start(self, clock: str, day: date) -> None:
        self._stop(clock, day)
        stopped = day if self.stoppers(clock) else None
        self.running[clock] = Run(
            clock, day, (self.procedure.clock[clock].limit,), stopped_since=stopped
        )

    def _stop(self, clock: str, day: date) -> None:
        run = self.running.pop(clock, None)
        if run is not None:
            suspended = (
                run.suspended
                if run.stopped_since is None
                else (*run.suspended, (run.stopped_since, day))
            )
            self.history.append(replace(run, ended=day, suspended=suspended, stopped_since=None))

    def _extend(self, clock: str, by: Span | None) -> None:
        run = self.running.get(clock)
        if run is not None:
            self.running[clock] = (
                replace(run, unlimited=True) if by is None else replace(run, spans=(*run.spans, by))
            )

    def _settle(self, day: date) -> None:
        """Stop and resume the running clocks as the suspensions under way demand; overlaps count once."""
        for name, run in self.running.items():
            stopped = bool(self.stoppers(name))
            if stopped and run.stopped_since is None:
                self.running[name] = replace(run, stopped_since=day)
            elif not stopped and run.stopped_since is not None:
                self.running[name] = replace(
                    run, stopped_since=None, suspended=(*run.suspended, (run.stopped_since, day))
                )


def next_lapse(
    clocks: Iterable[Clock], due: Mapping[str, Day], effect: Callable[[str], Effect | None]
) -> tuple[Day, str, Effect | None] | None:
    """Return which limit lapses next, with its day and its effect; None where none is due.

    The earliest comes first; of one day, one whose lapse has an effect; among equals, the clock declared first.

    Args:
        clocks: in the order in which they are declared.
        due: the last day of each limit that lapses.
        effect: what the law does when a clock lapses as things stand; None where the lapse is a breach.
    """
    if not due:
        return None
    first = min(due.values())
    effects = {each.id: effect(each.id) for each in clocks if due.get(each.id) == first}
    name = next((each for each, found in effects.items() if found is not None), next(iter(effects)))
    return first, name, effects[name]


def chosen_calendar(procedure: Procedure, readings: Mapping[str, str]) -> str:
    """Return the id of the calendar that counts the days under a full choice of readings.

    Raises:
        InvalidInput: none applies.
    """
    for each in procedure.calendars:
        if simplify(each.when, readings) == TRUE:
            return each.id
    raise InvalidInput(f"no calendar of {procedure.id} applies under these readings")


def first_day_counted(procedure: Procedure, readings: Mapping[str, str]) -> bool:
    """Return whether the first day of a limit is counted under a full choice of readings."""
    return simplify(procedure.first_day_counts, readings) == TRUE


def open_ledger(
    procedure: Procedure, readings: Mapping[str, str], calendar: Calendar | None = None
) -> Ledger:
    """Return the empty ledger of a case under a full choice of readings.

    Args:
        procedure: whose case it is.
        readings: the option for every reading (`choose_readings`).
        calendar: counts the days; by default the one the readings choose.

    Raises:
        InvalidInput: no calendar of the procedure applies under these readings.
    """
    chosen = calendar or _calendar(chosen_calendar(procedure, readings))
    return Ledger(procedure, readings, chosen, first_day_counted(procedure, readings))


# read once: a calendar is a value, and its table of working days takes longer to build than a case to replay
_calendar = cache(load_calendar)
