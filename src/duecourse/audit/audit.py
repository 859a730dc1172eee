"""The audit of a log: every case against steps, clocks and properties, and what became of every row.

The log is read twice: once to see how far it goes and whether the rows of each case stand together, then case by case
where they do, and all at once where they do not.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from duecourse.audit.case_audit import CaseAudit
from duecourse.audit.context import Context
from duecourse.audit.deviation import Audit
from duecourse.model.columns import Names, fitted, guess_columns
from duecourse.model.event_log import Listed, Log, Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from duecourse.audit.deviation import CaseFindings, Deviation
    from duecourse.model.columns import Columns
    from duecourse.model.event_log import Event
    from duecourse.model.procedure import Procedure
    from duecourse.properties.automaton import Colour
    from duecourse.properties.property import Property

NEEDED: Final = ("case", "step", "time")
_EVERY: Final = 500


@dataclass(slots=True)
class _Survey:
    """What a first look at a log tells.

    Attributes:
        last: its latest day.
        together: whether the rows of each case stand together.
        backwards: whether it runs from the latest day to the earliest.
    """

    last: date | None = None
    together: bool = True
    earlier: int = 0
    later: int = 0
    cases: int = 0

    @property
    def backwards(self) -> bool:
        return self.earlier > 0 and self.later == 0


@dataclass
class _Totals:
    """What the cases have come to so far."""

    cases: int = 0
    open_cases: int = 0
    clean: int = 0
    used: int = 0
    late_replies: int = 0
    undecided: int = 0
    twice: int = 0
    outside_force: int = 0
    deviations: list[Deviation] = field(default_factory=list)
    duplicates: list[Listed] = field(default_factory=list)
    unknown_actors: Counter[str] = field(default_factory=Counter)
    unknown_values: Counter[str] = field(default_factory=Counter)
    verdicts: dict[str, Counter[tuple[bool, Colour]]] = field(default_factory=dict)

    def add(self, found: CaseFindings) -> None:
        self.cases += 1
        self.open_cases += found.open
        self.clean += not found.deviations
        self.used += found.used
        self.late_replies += found.late_replies
        self.undecided += found.undecided
        self.twice += found.twice
        self.outside_force += found.outside_force
        self.deviations += found.deviations
        self.duplicates += found.duplicates
        self.unknown_actors.update(found.unknown_actors)
        self.unknown_values.update(found.unknown_values)
        for claim, colour in found.colours.items():
            self.verdicts.setdefault(claim, Counter())[found.open, colour] += 1


def audit(  # noqa: PLR0913  (one for each option of the command)
    path: Path,
    procedure: Procedure,
    *,
    readings: Mapping[str, str] | None = None,
    properties: Sequence[Property] = (),
    columns: Columns | None = None,
    names: Names | None = None,
    on: date | None = None,
    encoding: str = "utf-8",
    progress: Callable[[int, int], None] | None = None,
) -> Audit:
    """Return what an audit of a log finds.

    Args:
        path: a CSV file with a head and a row for each event.
        procedure: the text that the cases are held against.
        readings: options by reading; the default stands for every reading that is not named.
        properties: those of the kind `always` are judged case by case.
        columns: which column says what; by default found by their usual names.
        names: the log's own names for steps and actors.
        on: the day to which limits are judged that still run; later rows are left out. By default that of the last row.
        encoding: of the file.
        progress: is told how many cases of how many are done.

    Raises:
        InvalidInput: the file is no log, a column is missing, or a name is unknown.
    """
    log = Log(path, encoding)
    known = names or Names()
    chosen = columns or known.columns or guess_columns(log.header)
    fitted(chosen, log.header, NEEDED)
    context = Context(procedure, readings or {}, properties, known, tuple(chosen.facts))
    reader = _Reader(log, chosen, context, on)
    survey = reader.survey()
    tally, totals = Tally(), _Totals()
    day = on or survey.last
    for events in reader.cases(survey, tally):
        assert day is not None
        totals.add(CaseAudit(context, events).run(day))
        if progress is not None and totals.cases % _EVERY == 0:
            progress(totals.cases, survey.cases)
    return Audit(
        log=str(path),
        procedure=procedure,
        readings=context.readings,
        columns=chosen,
        on=day,
        rows=tally.rows,
        used=totals.used,
        listed=tuple(sorted([*tally.listed, *totals.duplicates])),
        other=dict(tally.other),
        cases=totals.cases,
        open_cases=totals.open_cases,
        clean=totals.clean,
        late_replies=totals.late_replies,
        deviations=tuple(totals.deviations),
        judged=context.properties,
        not_judged=tuple(each for each in properties if each not in context.properties),
        verdicts=totals.verdicts,
        allowed=context.allowed,
        undecided=totals.undecided,
        twice=totals.twice,
        outside_force=totals.outside_force,
        unknown_actors=totals.unknown_actors,
        unknown_values=totals.unknown_values,
        actors_told="actor" in chosen.of,
        remarks=(*log.remarks, *reader.remarks(survey)),
    )


class _Reader:
    """The rows of a log as cases."""

    def __init__(self, log: Log, columns: Columns, context: Context, on: date | None) -> None:
        self.log, self.columns, self.on = log, columns, on
        self.ignored = context.names.ignored
        self.calendar = context.ledger().calendar

    def survey(self) -> _Survey:
        """Look at the whole log once."""
        latest: dict[str, date] = {}
        found, before, tally = _Survey(), "", Tally()
        for event in self.events(tally):
            day = event.on
            if event.case != before and event.case in latest:
                found.together = False
            if event.case in latest:
                found.earlier += day < latest[event.case]
                found.later += day > latest[event.case]
            if found.last is None or day > found.last:
                found.last = day
            latest[event.case] = day
            before = event.case
        found.cases = len(latest)
        if tally.until is not None and found.last is not None:
            found.last = max(found.last, min(tally.until, self.calendar.last))
        return found

    def cases(self, survey: _Survey, tally: Tally) -> Iterator[list[Event]]:
        """Yield the events of each case, in the order of the log, or against it where it runs backwards."""
        events = self.events(tally)
        cases = _neighbours(events) if survey.together else _collected(events)
        for case in cases:
            if survey.backwards:
                case.reverse()
            yield case

    def events(self, tally: Tally) -> Iterator[Event]:
        """Yield the rows that are taken into account."""
        first, last = self.calendar.first, self.calendar.last
        for event in self.log.events(self.columns, tally):
            day = event.on
            if event.step in self.ignored:
                tally.listed.append(Listed(event.row, "ignored", f'"{event.step}" is passed over'))
            elif not first <= day <= last:
                reason = f"{day} is outside the calendar, which goes from {first} to {last}"
                tally.listed.append(Listed(event.row, "calendar", reason))
            elif self.on is not None and day > self.on:
                reason = f"later than {self.on}, the day of the audit"
                tally.listed.append(Listed(event.row, "later", reason))
            else:
                yield event

    def remarks(self, survey: _Survey) -> Iterator[str]:
        """Yield what was noticed about the order of the rows."""
        if survey.backwards:
            yield "it runs from the latest row to the earliest, and was read against its order"


def _neighbours(events: Iterable[Event]) -> Iterator[list[Event]]:
    case: list[Event] = []
    for event in events:
        if case and case[0].case != event.case:
            yield case
            case = []
        case.append(event)
    if case:
        yield case


def _collected(events: Iterable[Event]) -> Iterator[list[Event]]:
    cases: dict[str, list[Event]] = {}
    for event in events:
        cases.setdefault(event.case, []).append(event)
    yield from cases.values()
