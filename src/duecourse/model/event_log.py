"""Reading a log: rows of a CSV file as events, and every row that cannot be used, with its number and the reason.

A hostile file is refused before it costs time or memory: a line, a field, the number of columns are bounded.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from sys import intern
from typing import TYPE_CHECKING, Final, NamedTuple

from duecourse.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from duecourse.model.columns import Columns

MAX_LINE: Final = 1_000_000
MAX_FIELD: Final = 100_000
MAX_COLUMNS: Final = 1_000
SEPARATORS: Final = (",", ";", "\t")
_BOM: Final = "\ufeff"
_LONGEST_NAME: Final = 500
_STEPS: Final = frozenset({"", "step", "late", "past"})
"""What a simulated log calls a row that tells of a step."""


class Event(NamedTuple):
    """One row of a log, read.

    Attributes:
        row: its number as a spreadsheet shows it; the head is row 1.
        case, step, actor: as the log has them; the actor may be empty.
        at: the day and the time of day; midnight where only the day is told.
        facts: the values of the facts when the case began, in the order of `Columns.facts`.
        digest: equal for rows that are equal in every cell.
    """

    row: int
    case: str
    step: str
    actor: str
    at: datetime
    facts: tuple[str, ...]
    digest: int

    @property
    def on(self) -> date:
        """The day."""
        return self.at.date()


class Listed(NamedTuple):
    """A row that was not used: its number, a code, the reason in words."""

    row: int
    code: str
    reason: str


@dataclass(slots=True)
class Tally:
    """What became of the rows while a log was read.

    Attributes:
        rows: how many rows there are below the head, blank lines apart.
        listed: the rows that cannot be used.
        other: rows that report no step, by what they report.
        until: the day that these reach; one that tells of a lapse tells that its day is over.
    """

    rows: int = 0
    blank: int = 0
    listed: list[Listed] = field(default_factory=list)
    other: Counter[str] = field(default_factory=Counter)
    until: date | None = None

    def reaches(self, at: datetime | None, *, over: bool) -> None:
        """Note the day of a row that reports no step: the log goes at least as far, to the next day if it is `over`."""
        if at is not None and at.date() < date.max:
            day = at.date() + timedelta(over)
            self.until = day if self.until is None else max(self.until, day)


class Log:
    """A CSV file with a head.

    Attributes:
        header: the names of its columns.
        separator: what stands between its cells.
        remarks: what was noticed about its form.

    Raises:
        InvalidInput: it is no such file.
    """

    def __init__(self, path: Path, encoding: str = "utf-8") -> None:
        self.path, self.encoding = path, encoding
        self.remarks: list[str] = []
        try:
            "".encode(encoding)
        except LookupError:
            raise InvalidInput(f'no encoding "{encoding[:80]}"; such as utf-8 or gb18030') from None
        self.separator = self._separator()
        head = next(self._cells(), (1, [], ""))[1]
        self.header = [name.strip().removeprefix(_BOM) for name in head]
        if not any(self.header):
            raise InvalidInput(f"{path}: no head; the first row names the columns")

    def events(self, columns: Columns, tally: Tally) -> Iterator[Event]:
        """Yield the rows that can be used; the others go into `tally`."""
        places = {role: [self.header.index(n) for n in names] for role, names in columns.of.items()}
        case, (step,), (time,) = places["case"], places["step"], places["time"]
        actor, kind = places.get("actor", [-1])[0], places.get("event", [-1])[0]
        facts = [self.header.index(name) for name in columns.facts.values()]
        days: dict[str, datetime] = {}
        for row, cells in self.rows(tally):
            if kind >= 0 and cells[kind] not in _STEPS:
                tally.other[cells[kind][:80]] += 1
                tally.reaches(moment(cells[time]), over=cells[kind] == "lapse")
                continue
            name = "/".join([cells[each].strip() for each in case])
            done, when = cells[step].strip(), cells[time]
            at = days.get(when)
            if at is None and (at := moment(when)) is not None and len(days) < MAX_FIELD:
                days[when] = at
            if not name.strip("/"):
                tally.listed.append(Listed(row, "no-case", "no case is named"))
            elif not done:
                tally.listed.append(Listed(row, "no-step", "no step is named"))
            elif max(len(name), len(done)) > _LONGEST_NAME:
                reason = f"a name of more than {_LONGEST_NAME} characters"
                tally.listed.append(Listed(row, "long-name", reason))
            elif at is None:
                tally.listed.append(Listed(row, "date", not_a_day(when)))
            else:
                who = cells[actor].strip() if actor >= 0 else ""
                values = tuple(cells[each].strip() for each in facts)
                yield Event(
                    row, intern(name), intern(done), intern(who), at, values, hash(tuple(cells))
                )

    def rows(self, tally: Tally) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows that have a cell for each column, with their numbers."""
        width = len(self.header)
        cells_of = self._cells()
        next(cells_of, None)
        for row, cells, wrong in cells_of:
            if not cells and not wrong:
                tally.blank += 1
                continue
            tally.rows += 1
            if len(cells) > width and not any(cells[width:]):
                del cells[width:]
            if wrong:
                tally.listed.append(Listed(row, "encoding", wrong))
            elif len(cells) != width:
                reason = f"{len(cells)} cells, the head has {width}"
                tally.listed.append(Listed(row, "ragged", reason))
            else:
                yield row, cells

    def _separator(self) -> str:
        with self._open() as file:
            first = self._decoded(file.readline(MAX_LINE + 1))
        counts = {each: first.count(each) for each in SEPARATORS}
        best = max(SEPARATORS, key=counts.__getitem__)
        if best != ",":
            name = {";": "semicolons", "\t": "tabs"}[best]
            self.remarks.append(f"its cells are separated by {name}")
        if counts[best] >= MAX_COLUMNS:
            raise InvalidInput(f"{self.path}: more than {MAX_COLUMNS:,} columns")
        if first.startswith(_BOM):
            self.remarks.append("it begins with a byte order mark, which was passed over")
        if "\udc80" <= max(first, default="") <= "\udcff":
            raise InvalidInput(f"{self.path}: the head is not {self.encoding}; {_ENCODING}")
        return best

    def _open(self) -> BinaryIO:
        try:
            return self.path.open("rb")
        except OSError as error:
            raise InvalidInput(f"cannot read {self.path}: {error.strerror or error}") from None

    def _decoded(self, line: bytes) -> str:
        if line.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise InvalidInput(f"{self.path} is UTF-16; save it as CSV in UTF-8")
        if len(line) > MAX_LINE:
            what = f"a line of more than {MAX_LINE:,} bytes; is it a CSV file?"
            raise InvalidInput(f"{self.path}: {what}")
        if b"\0" in line:
            raise InvalidInput(f"{self.path}: a NUL byte; this is no CSV file of text")
        return line.decode(self.encoding, errors="surrogateescape")

    def _lines(self) -> Iterator[str]:
        with self._open() as file:
            while line := file.readline(MAX_LINE + 1):
                yield self._decoded(line)

    def _cells(self) -> Iterator[tuple[int, list[str], str]]:
        """Yield every row with its number and its cells, and what is wrong with its characters."""
        csv.field_size_limit(MAX_FIELD)
        row = 0
        try:
            for row, cells in enumerate(csv.reader(self._lines(), delimiter=self.separator), 1):
                wrong = ""
                try:
                    "".join(cells).encode()
                except UnicodeEncodeError:
                    wrong = f"characters that are not {self.encoding}; {_ENCODING}"
                yield row, cells, wrong
        except csv.Error as error:
            what = f"row {row + 1}: {error}; is a quotation mark not closed?"
            raise InvalidInput(f"{self.path}: {what}") from None


_ENCODING: Final = "save it as UTF-8, or name its encoding: --encoding gb18030"


def moment(text: str) -> datetime | None:
    """Return the day and time of day that a cell names in ISO form; None where it names none.

    >>> moment("2024-01-05"), moment("2024-01-05T23:30+08:00"), moment("05/01/2024")
    (datetime.datetime(2024, 1, 5, 0, 0), datetime.datetime(2024, 1, 5, 23, 30), None)
    """
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=None)
    except ValueError:
        return None


def not_a_day(text: str) -> str:
    """Return what is said of a cell that should name a day."""
    if not text.strip():
        return "no day is named"
    return f'"{text[:40]}" is no day; write it as 2024-01-05 or 2024-01-05T10:30'
