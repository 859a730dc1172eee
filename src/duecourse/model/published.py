"""Cases of which only the beginning and the end are public: what must have happened between for the dates to be lawful."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from duecourse.calendar import load_calendar
from duecourse.errors import InvalidInput
from duecourse.model.clocks import chosen_calendar
from duecourse.model.latest import Prospect
from duecourse.model.replay import refuse_unknown_readings
from duecourse.model.variants import choose_readings
from duecourse.model.ways import Texts, Ways

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from duecourse.model.case import Case, Milestone, Published
    from duecourse.model.migration import Migration
    from duecourse.model.procedure import Label, Option, Outcome, Procedure, Reading
    from duecourse.model.ways import Way

SCHEMA: Final = "duecourse/published/1"


@dataclass(frozen=True, slots=True)
class Row:
    """One way for the review to end, under one choice of readings; in working days after the opening.

    Attributes:
        outcome: the conclusion it is about.
        reading: the reading changed, with its option; None for the readings of the case.
        without: the latest lawful day of the conclusion if nothing is extended and every day is counted.
        extended: the same with every extension that has a cap.
        uncapped: whether an extension without any cap may be granted besides.
        days: working days from the opening to the day looked at.
        needed: the fewest days of extension or of time not counted without which that day is too late.
        beyond: what remains of them when every extension that has a cap was granted.
        taken_over: whether the later text governs the case on its way to that day.
    """

    outcome: Outcome
    reading: tuple[Reading, Option] | None
    without: date
    extended: date
    uncapped: bool
    days: int
    needed: int
    beyond: int
    taken_over: bool

    @property
    def figures(self) -> tuple[date, date, bool, int, int, int]:
        """What a reading can change."""
        return self.without, self.extended, self.uncapped, self.days, self.needed, self.beyond


@dataclass(frozen=True, kw_only=True)
class PublishedReport:
    """What the dates of a published case require, for each reading that makes a difference.

    Attributes:
        procedure: the text under which it was opened.
        end: the day looked at: the end, or the last day known to be without one.
        rows: one for each conclusion under the readings of the case, then for each reading changed alone.
        closed: the readings, changed alone, under which a conclusion cannot be reached by such an opening.
        unaffected: the readings that change nothing here.
        estimated: whether a date rests on a year whose calendar is not published.
    """

    id: str
    label: Label
    procedure: Procedure
    published: Published
    migration: Migration | None
    end: date
    readings: tuple[tuple[Reading, Option], ...]
    rows: tuple[Row, ...]
    closed: tuple[tuple[Reading, Option], ...]
    unaffected: tuple[Reading, ...]
    estimated: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values for JSON, of the form `duecourse/published/1`."""
        published = self.published
        return {
            "schema": SCHEMA,
            "case": self.id,
            "label": _label(self.label),
            "procedure": self.procedure.id,
            "taken_over_by": self.migration.target.id if self.migration else None,
            "opened": _milestone(published.opened),
            "ended": published.ended and _milestone(published.ended),
            "later": [_milestone(each) for each in published.later],
            "end": self.end.isoformat(),
            "readings": {reading.id: option.id for reading, option in self.readings},
            "rows": [_row(each) for each in self.rows],
            "closed": {reading.id: option.id for reading, option in self.closed},
            "unaffected": [each.id for each in self.unaffected],
            "estimated": self.estimated,
        }


def study(
    case: Case, readings: Mapping[str, str] | None = None, on: date | None = None
) -> PublishedReport:
    """Return what the public dates of a case require of the days between, under each reading.

    The case is taken to have been opened, at the latest, by the step that its file names. For each conclusion the latest
    lawful course is driven on the calendar; the least time of extension or of days not counted is the least that makes
    this course reach the end. A penalty decision is no conclusion: the figures then say what a conclusion on that day
    would have needed.

    Args:
        case: a published case.
        readings: options by reading; they go before those of the case.
        on: the day to look at instead of the published end.

    Raises:
        InvalidInput: the case is not a published one, or a reading or option is unknown.
    """
    chosen = {**case.readings, **(readings or {})}
    refuse_unknown_readings(case, chosen)
    return _Study(case, chosen, on).report()


class _Study:
    def __init__(self, case: Case, readings: dict[str, str], on: date | None) -> None:
        if case.published is None:
            raise InvalidInput(
                f'the case "{case.id}" is not a published one: it has steps of its own'
            )
        self.case, self.published, self.readings = case, case.published, readings
        self.opened = case.published.opened.on
        ended = case.published.ended
        last = ended.on if ended else case.published.open_on
        assert last is not None
        self.end = on or last
        self.hints: dict[str, dict[tuple[str, str], list[Way]]] = {}
        self.base: dict[str, Row] = {}

    def report(self) -> PublishedReport:
        base = list(self.rows(self.readings, None))
        figures = {row.outcome.id: row.figures for row in base}
        rows, closed, unaffected = list(base), [], []
        for reading in self.asked():
            changed = False
            for option in self.others(reading):
                found = list(self.rows({**self.readings, reading.id: option.id}, (reading, option)))
                different = [row for row in found if row.figures != figures.get(row.outcome.id)]
                rows += different
                if len(found) < len(base):
                    closed.append((reading, option))
                changed |= bool(different) or len(found) < len(base)
            if not changed:
                unaffected.append(reading)
        return PublishedReport(
            id=self.case.id,
            label=self.case.label,
            procedure=self.case.procedure,
            published=self.published,
            migration=self.migration(self.readings),
            end=self.end,
            readings=tuple(self.chosen()),
            rows=tuple(rows),
            closed=tuple(closed),
            unaffected=tuple(unaffected),
            estimated=self.estimated(rows),
        )

    def asked(self) -> Iterator[Reading]:
        """Yield the readings of the text, and the one that decides about pending cases."""
        yield from self.case.procedure.readings
        migration = self.case.migration
        if migration is not None and self.opened < migration.on <= self.end:
            yield migration.target.reading[migration.reading]

    def option(self, reading: Reading) -> str:
        return self.readings.get(reading.id, reading.default)

    def others(self, reading: Reading) -> list[Option]:
        return [each for each in reading.options if each.id != self.option(reading)]

    def chosen(self) -> Iterator[tuple[Reading, Option]]:
        for reading in self.asked():
            if self.option(reading) != reading.default:
                yield reading, next(o for o in reading.options if o.id == self.option(reading))

    def migration(self, readings: Mapping[str, str]) -> Migration | None:
        migration = self.case.migration
        if migration is None or not self.opened < migration.on <= self.end:
            return None
        return migration if migration.applies(readings) else None

    def rows(
        self, readings: Mapping[str, str], reading: tuple[Reading, Option] | None
    ) -> Iterator[Row]:
        """Yield a row for each conclusion that a case opened in this way can reach."""
        texts = Texts(self.case.procedure, readings, self.migration(readings))
        for outcome in self.case.procedure.outcomes:
            if outcome.conclusion:
                hints = self.hints.setdefault(outcome.id, {})
                ways = Ways(texts, self.published.opened.step, outcome.id, hints)
                way = ways.first()
                if way is not None:
                    row = self.row(Prospect(ways, way, self.opened), outcome)
                    self.base.setdefault(outcome.id, row)
                    yield replace(row, reading=reading)

    def row(self, prospect: Prospect, outcome: Outcome) -> Row:
        base = self.base.get(outcome.id)
        without = prospect.latest()
        needed = prospect.least_uncounted(self.end, guess=base.needed if base else 0)
        guess = base.beyond if base else 0
        return Row(
            outcome=outcome,
            reading=None,
            without=without.end,
            extended=prospect.latest(extended=True).end,
            uncapped=without.uncapped,
            days=prospect.working_days(self.opened, self.end),
            needed=needed,
            beyond=prospect.least_uncounted(self.end, extended=True, guess=guess),
            taken_over=prospect.latest(uncounted=needed).taken_over,
        )

    def estimated(self, rows: list[Row]) -> bool:
        procedure = self.case.procedure
        known = {name: each for name, each in self.readings.items() if name in procedure.reading}
        calendar = load_calendar(chosen_calendar(procedure, choose_readings(procedure, known)))
        last = max([self.end, *(max(row.without, row.extended) for row in rows)])
        return calendar.is_estimated(self.opened, last)


def _row(row: Row) -> dict[str, Any]:
    return {
        "outcome": row.outcome.id,
        "reading": row.reading and {row.reading[0].id: row.reading[1].id},
        "latest_without": row.without.isoformat(),
        "latest_extended": row.extended.isoformat(),
        "uncapped": row.uncapped,
        "working_days": row.days,
        "needed": row.needed,
        "needed_beyond_extensions": row.beyond,
        "taken_over": row.taken_over,
    }


def _milestone(each: Milestone) -> dict[str, Any]:
    return {
        "on": each.on.isoformat(),
        "what": _label(each.what),
        "source": _label(each.source),
        "conclusion": each.conclusion,
    }


def _label(label: Label) -> dict[str, str]:
    return {"en": label.en, "zh": label.zh}
