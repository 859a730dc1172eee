"""Where a case stands on a day: the clocks that run, the limits that were not kept, the steps that are permitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.calendar import Unit
from duecourse.model.case_report import Breach, Permitted, Running
from duecourse.model.procedure import Label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from duecourse.calendar import Calendar
    from duecourse.model.case import Case
    from duecourse.model.clocks import Run
    from duecourse.model.course import Course
    from duecourse.model.procedure import Actor, Clock, Option, Reading
    from duecourse.model.table import Rule


@dataclass(slots=True)
class Lapse:
    """A lapse that is a breach; `until` is set when the clock is stopped at last."""

    clock: Clock
    binds: tuple[Actor, ...]
    started: date
    due: date
    calendar: Calendar
    until: date | None = None

    def breach(self, on: date) -> Breach:
        """Return the breach as it stands on a day."""
        end = self.until or on
        return Breach(
            clock=self.clock,
            binds=self.binds,
            due=self.due,
            until=self.until,
            overdue=self.calendar.elapsed(self.due, end),
            estimated=self.calendar.is_estimated(self.started, end),
        )


def running_clocks(course: Course, on: date) -> Iterator[Running]:
    """Yield the clocks that run, in the order of the text."""
    for clock in course.procedure.clocks:
        if clock.id in course.ledger.running:
            yield _running(course, clock, course.ledger.running[clock.id], on)


def _running(course: Course, clock: Clock, run: Run, on: date) -> Running:
    calendar, due = course.ledger.calendar, course.due(clock.id)
    used, remaining = _counted(course, run, due, on)
    return Running(
        clock=clock,
        binds=course.actors(clock.binds),
        started=run.started,
        limit=run.spans,
        unlimited=run.unlimited,
        used=used,
        remaining=None if run.unlimited else remaining,
        due=due,
        overdue=calendar.elapsed(due, on) if due else 0,
        stopped_by=tuple(
            course.procedure.suspension[each] for each in course.ledger.stoppers(clock.id)
        ),
        then=course.step_on_lapse(clock),
        estimated=calendar.is_estimated(run.started, max(due or on, on)),
    )


def _counted(course: Course, run: Run, due: date | None, on: date) -> tuple[int, int | None]:
    """Return the days used and left: working days, or calendar days where the limit is in another unit."""
    if all(span.unit is Unit.WORKING_DAY for span in run.spans):
        used = course.used(run, on)
        return used, max(sum(span.count for span in run.spans) - used, 0)
    pauses = [*run.suspended, *([(run.stopped_since, on)] if run.stopped_since else [])]
    paused = sum(max((min(over, on) - began).days, 0) for began, over in pauses)
    return (on - run.started).days - paused, max((due - on).days, 0) if due else None


def permitted_steps(course: Course) -> Iterator[Permitted]:
    """Yield the steps that somebody may take now, in the order of the text; those of the law itself are no one's."""
    for rule in course.rules():
        if rule.lapse_of is None:
            yield _permitted(course, rule)


def _permitted(course: Course, rule: Rule) -> Permitted:
    step = course.procedure.step[rule.step]
    stopped = {op.name for op in rule.ops if op.kind == "stop"}
    dues = [
        (clock.id in stopped, due, clock)
        for clock in course.procedure.clocks
        if (due := course.due(clock.id)) is not None
        and (clock.id in stopped or set(clock.binds) & set(step.actors))
    ]
    actors = course.actors(step.actors)
    if not dues:
        return Permitted(step, actors)
    ends, due, clock = min(dues, key=lambda each: (not each[0], each[1]))
    return Permitted(step, actors, due, clock, ends)


def chosen_readings(
    case: Case, course: Course, given: Mapping[str, str]
) -> Iterator[tuple[Reading, Option]]:
    """Yield the readings that are not the default, the one that decides about pending cases among them."""
    asked = dict(course.procedure.reading)
    if case.migration is not None:
        name = case.migration.reading
        asked.setdefault(name, case.migration.target.reading[name])
    for reading in asked.values():
        option = course.machine.readings.get(reading.id, given.get(reading.id, reading.default))
        if option != reading.default:
            yield reading, next(each for each in reading.options if each.id == option)


def remarks(case: Case, course: Course, on: date) -> Iterator[Label]:
    """Yield that a pending case stands under a text that is not in force, not yet or no more."""
    text = course.procedure
    since, until = text.in_force
    if since and text is case.procedure and case.events and case.events[0].on < since:
        yield Label(
            f"{text.id} is in force from {since} only; the case begins before that",
            f"{text.label.zh}自{since}起施行，案件始于此前",
        )
    if until and on > until:
        yield Label(
            f"{text.id} was in force to {until}; no later text takes the case over as it is read here",
            f"{text.label.zh}施行至{until}；按此处的解读，案件未转入新办法",
        )
