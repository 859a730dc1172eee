"""Replaying a case: each event is taken where the text permits it, each limit lapses on its day."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput, Problem, nearest
from duecourse.model.case import Event, faults
from duecourse.model.case_report import CaseReport, Change, Entry, Kind
from duecourse.model.clocks import next_lapse
from duecourse.model.course import Course
from duecourse.model.machine import IllegalStepError
from duecourse.model.migration import Treatment, migrate
from duecourse.model.rounds import Rounds
from duecourse.model.standing import (
    Lapse,
    chosen_readings,
    permitted_steps,
    remarks,
    running_clocks,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from duecourse.model.case import Case
    from duecourse.model.case_report import ChangeKind
    from duecourse.model.migration import Migration, Moved
    from duecourse.model.procedure import Label, Outcome, Step
    from duecourse.model.table import Rule


def replay(
    case: Case, readings: Mapping[str, str] | None = None, on: date | None = None
) -> CaseReport:
    """Return where a case stands on a day, and how it came there.

    Args:
        case: the case with its events.
        readings: options by reading; they go before those of the case.
        on: the day of the report, by default that of the last event; later events are left out. Steps may still be
            taken on that day, so that what is due on it is not overdue.

    Raises:
        IllegalStepError: a step that was not permitted, at its place in the file, with what was permitted.
        InvalidInput: an unknown reading or option, no day at all, or a day beyond the calendar.
    """
    chosen = {**case.readings, **(readings or {})}
    refuse_unknown_readings(case, chosen)
    events = [event for event in case.events if on is None or event.on <= on]
    day = on or (events[-1].on if events else None)
    if day is None:
        raise InvalidInput(f'the case "{case.id}" has no events; say on which day it is looked at')
    course = Replay(case, chosen)
    course.follow(events, day)
    return course.report(day, later=len(case.events) - len(events))


def refuse_unknown_readings(case: Case, readings: Mapping[str, str]) -> None:
    """Raise where a reading is known to none of the texts that may govern the case."""
    known = {*case.procedure.reading, *(case.migration.target.reading if case.migration else ())}
    for name in readings:
        if name not in known:
            raise InvalidInput(f'{case.procedure.id} has no reading "{name}"{nearest(name, known)}')


def located(error: InvalidInput, event: Event) -> InvalidInput:
    """Return an error at the place of an event, where it has no place of its own, such as one of the calendar."""
    if error.problems:
        return error
    at = event.place
    return InvalidInput([Problem(at.file, at.line, at.column, "calendar", str(error))])


def pending_migration(case: Case, readings: Mapping[str, str]) -> Migration | None:
    """Return how a later text takes the case over while it is pending; None where it does not, or began before."""
    migration = case.migration
    if migration is None or not migration.applies(readings) or not case.events:
        return None
    return migration if case.events[0].on < migration.on else None


class Replay:
    """A case as it is replayed.

    Args:
        case: the case.
        readings: options by reading; the default stands for every other.
        course: one of the same text and readings that is used again, where many cases are replayed.

    Attributes:
        course: the case as it stands.
        rounds: who has replied.
        history: what happened so far.
        lapses: the breaches so far.
        ended: how and when the review ended.
    """

    def __init__(
        self, case: Case, readings: Mapping[str, str], course: Course | None = None
    ) -> None:
        self.case, self.readings = case, readings
        if course is None:
            course = Course(case.procedure, readings, case.facts)
        else:
            course.begin(case.facts)
        self.course = course
        self.rounds = Rounds()
        self.history: list[Entry] = []
        self.lapses: list[Lapse] = []
        self.ended: tuple[Outcome | None, date] | None = None
        self.migration = pending_migration(case, readings)

    def follow(self, events: Iterable[Event], day: date) -> None:
        """Take the case through some events, and through every lapse that was due before a day.

        Raises:
            IllegalStepError: a step that was not permitted, at its place in the file.
            InvalidInput: a day beyond the calendar.
        """
        for event in events:
            try:
                self.advance(event.on)
                self.happen(event)
            except InvalidInput as error:
                raise located(error, event) from None
        self.advance(day)

    def advance(self, day: date) -> None:
        """Let every limit lapse that was due before a day, and the later text take over on its own."""
        migration = self.migration
        if migration is not None and migration.on <= day:
            self.lapse(migration.on)
            if self.ended is None:
                self.change_text(migration)
            self.migration = None
        self.lapse(day)

    def lapse(self, before: date) -> None:
        """Let limits lapse, earliest first; of one day first those at which the law takes a step."""
        while found := self.next_lapse(before):
            due, clock, rule = found
            if rule is None:
                self.breach(clock, due)
            else:
                self.course.ledger.record_lapse(clock)
                step = self.course.procedure.step[rule.step]
                self.take(
                    rule, self.entry(Kind.LAPSE, Event(self.no_earlier(due), rule.step), step)
                )

    def next_lapse(self, before: date) -> tuple[date, str, Rule | None] | None:
        """Return the first lapse that was due before a day: its day, its clock, the step that the law takes, if any."""
        course = self.course
        return next_lapse(course.procedure.clocks, course.ledger.lapses(before), course.lapse)

    def no_earlier(self, due: date) -> date:
        """Return the day of a lapse: a later text with a shorter limit can be due before it was there."""
        return max(due, self.history[-1].on)

    def breach(self, name: str, due: date) -> None:
        """Write down that a limit was not kept."""
        course = self.course
        clock, run = course.procedure.clock[name], course.ledger.running[name]
        binds = course.actors(clock.binds)
        course.ledger.record_lapse(name)
        self.lapses.append(Lapse(clock, binds, run.started, due, course.ledger.calendar))
        day = self.no_earlier(due)
        self.history.append(Entry(Kind.BREACH, day, clock.label, course.stage, binds, clock.cites))

    def happen(self, event: Event) -> None:
        """Take the step of an event.

        Raises:
            IllegalStepError: it is not permitted, or no step at all.
        """
        for fault in faults(event, self.course.procedure):
            raise self.illegal(event, fault.code, fault.message)
        step = self.course.procedure.step[event.step]
        if step.reply is not None:
            self.reply(event, step)
            return
        rule = self.course.rule(step.id)
        if rule is None:
            raise self.refused(event, step)
        self.take(rule, self.entry(Kind.STEP, event, step))

    def reply(self, event: Event, step: Step) -> None:
        """Count the replies of an event, or record them as late."""
        assert step.reply is not None
        panel, units = step.reply.panel, self.course.procedure.actor[step.actors[0]]
        for member in self.rounds.members(event, step, self.course):
            before = self.rounds.replied(panel, units, member) if member else None
            if before is not None and member is not None:
                rule_broken = "a member replies once a round"
                message = f"{member.en} replied already in this round, on {before}; {rule_broken}"
                raise self.illegal(event, "replied-twice", message)
            rule = self.course.rule(step.id)
            if rule is not None:
                self.take(rule, self.entry(Kind.STEP, event, step, member))
            elif panel in self.rounds.latest and not self.course.machine.values[f"{panel}.open"]:
                self.history.append(self.entry(Kind.LATE_REPLY, event, step, member))
            else:
                raise self.refused(event, step)
            self.rounds.record(step, units, member, event.on)

    def entry(self, kind: Kind, event: Event, step: Step, member: Label | None = None) -> Entry:
        """Return the entry of an event, before the step is taken."""
        return Entry(
            kind,
            event.on,
            step.label,
            self.course.stage,
            self.course.actors([event.actor] if event.actor else step.actors),
            step.cites,
            step,
            member=member,
            note=event.note,
            source=event.source,
        )

    def take(self, rule: Rule, entry: Entry) -> None:
        """Take a step and write it down; what it did is added to the entry."""
        changes = self.course.take(rule, entry.on)
        self.rounds.open(rule, entry.on)
        if self.course.ends(rule):
            self.ended = (self.course.outcome(rule), entry.on)
        self.history.append(replace(entry, stage=self.course.stage, changes=changes))
        self.close_breaches(entry.on)

    def close_breaches(self, day: date) -> None:
        """Write down of the breaches whose clocks no longer run that they end on a day."""
        running = self.course.ledger.running
        for lapse in self.lapses:
            run = running.get(lapse.clock.id)
            if lapse.until is None and (run is None or run.started != lapse.started):
                lapse.until = day

    def change_text(self, migration: Migration) -> None:
        """Let the later text take the case over."""
        old = self.course
        new = Course(migration.target, self.readings, {})
        moved = migrate(migration, old.values, old.ledger, new.machine.readings)
        new.take_over(moved)
        self.course = new
        changes = tuple(_taken_over(old, new, moved, migration))
        self.history.append(
            Entry(
                Kind.CHANGE_OF_TEXT,
                migration.on,
                migration.label,
                new.stage,
                (),
                migration.cites,
                changes=changes,
            )
        )
        for lapse in self.lapses:
            run = new.ledger.running.get(lapse.clock.id)
            if lapse.until is None and (run is None or not run.lapsed):
                lapse.until = migration.on

    def refused(self, event: Event, step: Step) -> IllegalStepError:
        """Return the error for a step that is not permitted."""
        articles = ", ".join(map(str, step.cites))
        reason = self.course.machine.reason(step.id)
        message = (
            f'"{step.id}" ({step.label.en}; {articles}) is not permitted on {event.on}: {reason}'
        )
        return self.illegal(event, "illegal-step", message)

    def illegal(self, event: Event, code: str, message: str) -> IllegalStepError:
        """Return the error for an event, with what was permitted instead."""
        instead = [
            f"{each.step.id} ({' or '.join(actor.id for actor in each.actors)}, {', '.join(map(str, each.step.cites))})"
            for each in permitted_steps(self.course)
        ]
        stage = self.course.stage
        over = f"the review is over: {stage.label.en}" if stage.final else ""
        allowed = "; ".join(filter(None, [over, ", ".join(instead)])) or "nothing"
        at = event.place
        text = f"{message}; permitted instead: {allowed}"
        return IllegalStepError([Problem(at.file, at.line, at.column, code, text)])

    def report(self, on: date, later: int) -> CaseReport:
        """Return where the case stands on a day; `later` events were left out."""
        course, ledger = self.course, self.course.ledger
        outcome, ended = self.ended or (None, None)
        return CaseReport(
            id=self.case.id,
            label=self.case.label,
            procedure=course.procedure,
            on=on,
            stage=course.stage,
            outcome=outcome,
            ended=ended,
            history=tuple(self.history),
            clocks=tuple(running_clocks(course, on)),
            active=tuple(
                (course.procedure.suspension[name], day) for name, day in ledger.active.items()
            ),
            breaches=tuple(each.breach(on) for each in self.lapses),
            permitted=tuple(permitted_steps(course)),
            rounds=tuple(self.rounds.report(course)),
            readings=tuple(chosen_readings(self.case, course, self.readings)),
            remarks=() if self.ended else tuple(remarks(self.case, course, on)),
            later=later,
        )


def _taken_over(old: Course, new: Course, moved: Moved, migration: Migration) -> Iterator[Change]:
    for clock, carry in moved.clocks.items():
        run = old.ledger.running[clock]
        if carry.treatment is Treatment.DROPPED:
            yield Change("stopped", old.procedure.clock[clock], None, old.used(run, migration.on))
        else:
            target = new.procedure.clock[carry.to]
            kind: ChangeKind = "carried" if carry.treatment is Treatment.CARRIED else "started"
            yield Change(
                kind,
                target,
                new.due(carry.to),
                new.used(new.ledger.running[carry.to], migration.on),
            )
