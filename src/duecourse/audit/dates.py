"""The audit of a list that tells of each case only when it began, when it was due and when it ended.

The due date is worked out anew on the calendar; who was late is told by it, and where the stated deadline differs.
Suspensions and extensions are not in such a list, so that a case that is late by it may have had one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from duecourse.calendar import Span, Unit
from duecourse.errors import InvalidInput
from duecourse.model.columns import DATED, Columns, fitted, guess_columns
from duecourse.model.event_log import Listed, Log, Tally, moment, not_a_day

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from duecourse.calendar import Calendar
    from duecourse.model.procedure import Clock, Procedure

_LIMIT: Final = re.compile(r"(\d{1,5}) (working|calendar) (day|month)s?")
_UNITS: Final = {
    ("working", "day"): Unit.WORKING_DAY,
    ("calendar", "day"): Unit.CALENDAR_DAY,
    ("calendar", "month"): Unit.CALENDAR_MONTH,
}


@dataclass(frozen=True, slots=True)
class Dated:
    """One case of the list.

    Attributes:
        due: the due date, worked out; `stated` is the one in the list.
        days_late: working days from the due date to the end, or to the day of the audit.
        differs: calendar days from the due date worked out to the stated one; 0 where none is stated.
    """

    row: int
    case: str
    start: date
    due: date
    stated: date | None
    end: date | None
    days_late: int
    differs: int
    estimated: bool

    @property
    def late(self) -> bool:
        """Whether the case ended after its due date, or has not ended and is past it."""
        return self.days_late > 0


@dataclass(frozen=True, kw_only=True)
class DatesAudit:
    """What an audit of dates found.

    Attributes:
        cases: every case that could be judged.
        on: the day as of which open cases are judged; None where the list has no day.
    """

    log: str
    procedure: Procedure | None
    clock: Clock | None
    limit: Span
    calendar: str
    first_day_counts: bool
    columns: Columns
    on: date | None
    rows: int
    listed: tuple[Listed, ...]
    cases: tuple[Dated, ...]
    remarks: tuple[str, ...] = ()

    @property
    def used(self) -> int:
        """How many rows were judged."""
        return len(self.cases)

    @cached_property
    def findings(self) -> tuple[Dated, ...]:
        """The cases that were late or whose stated deadline is another."""
        return tuple(each for each in self.cases if each.late or each.differs)

    @cached_property
    def differing(self) -> tuple[Dated, ...]:
        """The cases whose stated deadline is another."""
        return tuple(each for each in self.cases if each.differs)

    @property
    def stated(self) -> int:
        """How many cases have a stated deadline."""
        return sum(each.stated is not None for each in self.cases)

    @property
    def in_time(self) -> int:
        """How many cases ended in time."""
        return sum(each.end is not None and not each.late for each in self.cases)

    @property
    def late(self) -> int:
        """How many cases ended late."""
        return sum(each.end is not None and each.late for each in self.cases)

    @property
    def open_in_time(self) -> int:
        """How many cases have not ended and are not overdue."""
        return sum(each.end is None and not each.late for each in self.cases)

    @property
    def open_late(self) -> int:
        """How many cases have not ended and are overdue."""
        return sum(each.end is None and each.late for each in self.cases)

    @property
    def exit_code(self) -> int:
        """1 where there are findings, 0 where there are none, 3 where nothing could be judged."""
        if not self.cases:
            return 3
        return int(bool(self.findings))

    def to_dict(self) -> dict[str, Any]:
        """Return the audit as plain values for JSON, of the form `duecourse/audit-dates/1`."""
        from duecourse.audit.audit_json import dates_dict

        return dates_dict(self)


def parse_limit(text: str) -> Span:
    """Return the limit that a text names.

    >>> str(parse_limit("15 working days")), str(parse_limit("3 calendar months"))
    ('15 working days', '3 calendar months')

    Raises:
        InvalidInput: it is of another form.
    """
    found = _LIMIT.fullmatch(text.strip())
    unit = _UNITS.get((found[2], found[3])) if found else None
    if found is None or unit is None:
        forms = '"15 working days", "30 calendar days" or "3 calendar months"'
        raise InvalidInput(f'"{text[:80]}" is no limit; write it as {forms}')
    return Span(int(found[1]), unit)


def audit_dates(  # noqa: PLR0913  (one for each option of the command)
    path: Path,
    limit: Span,
    calendar: Calendar,
    *,
    columns: Columns | None = None,
    procedure: Procedure | None = None,
    clock: Clock | None = None,
    first_day_counts: bool = False,
    on: date | None = None,
    encoding: str = "utf-8",
) -> DatesAudit:
    """Return who was late by a limit, and whose stated deadline is another one.

    Args:
        path: a CSV file with a head and a row for each case.
        limit: the limit; that of `clock` where one is given.
        calendar: counts the days.
        columns: which column says what: case, start, and due or end or both.
        procedure: the text that the limit is from.
        clock: the clock that the limit is from.
        first_day_counts: whether the first day is counted.
        on: the day as of which cases without an end are judged; by default the latest day in the list.
        encoding: of the file.

    Raises:
        InvalidInput: the file is no such list, or a column is missing.
    """
    log = Log(path, encoding)
    chosen = columns or guess_columns(log.header, DATED)
    fitted(chosen, log.header, ("case", "start"))
    if "due" not in chosen.of and "end" not in chosen.of:
        raise InvalidInput("name the column of the deadline (due=…), of the end (end=…), or both")
    tally = Tally()
    rows = list(_rows(log, chosen, calendar, tally))
    last = on or max((end or start for _, _, start, _, end in rows), default=None)
    cases: list[Dated] = []
    for row, case, start, stated, end in rows:
        assert last is not None
        try:
            due = calendar.due(start, limit, first_day_counts=first_day_counts, last_day_works=True)
        except InvalidInput as error:
            tally.listed.append(Listed(row, "calendar", str(error).partition(";")[0]))
            continue
        judged = end or (last if "end" in chosen.of else due)
        cases.append(
            Dated(
                row=row,
                case=case,
                start=start,
                due=due,
                stated=stated,
                end=end,
                days_late=calendar.elapsed(due, judged),
                differs=(stated - due).days if stated else 0,
                estimated=calendar.is_estimated(start, due),
            )
        )
    return DatesAudit(
        log=str(path),
        procedure=procedure,
        clock=clock,
        limit=limit,
        calendar=calendar.id,
        first_day_counts=first_day_counts,
        columns=chosen,
        on=last,
        rows=tally.rows,
        listed=tuple(sorted(tally.listed)),
        cases=tuple(cases),
        remarks=tuple(log.remarks),
    )


_Row = tuple[int, str, "date", "date | None", "date | None"]


def _rows(log: Log, columns: Columns, calendar: Calendar, tally: Tally) -> Iterator[_Row]:
    """Yield the rows that can be judged; the others are listed."""
    places = {
        role: [log.header.index(name) for name in names] for role, names in columns.of.items()
    }
    seen: dict[str, int] = {}
    for row, cells in log.rows(tally):
        case = "/".join(cells[each].strip() for each in places["case"])
        texts = {role: cells[places[role][0]] for role in DATED[1:] if role in places}
        days = {role: found.date() for role, text in texts.items() if (found := moment(text))}
        unread = [role for role, text in texts.items() if text.strip() and role not in days]
        fault = None
        if not case.strip("/"):
            fault = Listed(row, "no-case", "no case is named")
        elif case in seen:
            reason = f"case {case[:80]} stands in row {seen[case]} already"
            fault = Listed(row, "duplicate", reason)
        elif unread or "start" not in days:
            role = unread[0] if unread else "start"
            fault = Listed(row, "date", f"{role}: {not_a_day(texts[role])}")
        elif not all(calendar.first <= day <= calendar.last for day in days.values()):
            span = f"{calendar.first} to {calendar.last}"
            fault = Listed(row, "calendar", f"a day outside the calendar, which goes from {span}")
        elif "end" in days and days["end"] < days["start"]:
            fault = Listed(
                row, "order", f"ended on {days['end']}, before it began: {days['start']}"
            )
        if fault is not None:
            tally.listed.append(fault)
            continue
        seen[case] = row
        yield row, case, days["start"], days.get("due"), days.get("end")
