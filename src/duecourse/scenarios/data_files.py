"""Tables of data beside a scenario file: read safely, each problem at its line."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from duecourse.errors import InvalidInput, Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    from duecourse.model.library import Folder

MAX_BYTES = 8_000_000
MAX_ROWS = 200_000
MAX_PROBLEMS = 20


@dataclass
class DataFiles:
    """The folder of a scenario file, from which its CSV files are read.

    Attributes:
        texts: the files that were read, by the name that the scenario gives them.
    """

    home: Folder
    texts: dict[str, str] = field(default_factory=dict)

    def numbers(self, file: str, column: str) -> list[float]:
        """Return the durations in a column.

        Raises:
            InvalidInput: the file or a line of it cannot be read, or a number is none or below 0.
        """
        return [float(value) for _, value in self._rows(file, {column: _duration})]

    def cases(self, file: str, date: str, case_class: str) -> list[tuple[int, dt.date, str]]:
        """Return the lines of the cases in a file, with their dates and classes; errors as above."""
        rows = self._rows(file, {date: _date, case_class: str.strip})
        return [(line, day, name) for line, day, name in rows]

    def _rows(self, file: str, columns: dict[str, Callable[[str], Any]]) -> list[tuple[Any, ...]]:
        """Return the values in some columns, each row behind the number of its line."""
        reader = csv.reader(io.StringIO(self._text(file)), strict=True)
        problems: list[Problem] = []
        found: list[tuple[Any, ...]] = []
        try:
            places = _places(file, next(reader, []), list(columns))
            for row in filter(None, reader):
                line = reader.line_num
                if len(found) == MAX_ROWS:
                    raise InvalidInput([_problem(file, line, f"more than {MAX_ROWS:,} rows")])
                parts = (row[place] if place < len(row) else "" for place in places)
                try:
                    parse = zip(columns.values(), parts, strict=True)
                    found.append((line, *(read(part) for read, part in parse)))
                except ValueError as error:
                    problems.append(_problem(file, line, str(error)))
                if len(problems) == MAX_PROBLEMS:
                    break
        except csv.Error as error:
            problems.append(_problem(file, reader.line_num, f"is no CSV: {error}"))
        if not found and not problems:
            problems.append(_problem(file, 1, "has no row below its first line"))
        if problems:
            raise InvalidInput(problems)
        return found

    def _text(self, file: str) -> str:
        if file not in self.texts:
            self.texts[file] = _read(self.home, file)
        return self.texts[file]


def _read(home: Folder, file: str) -> str:
    path = home.joinpath(*file.split("/"))
    if not path.is_file():  # a pipe that nobody writes to would never end
        raise InvalidInput(
            f'there is no file "{file}" beside the scenario; give its path from the folder of the scenario file'
        )
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise InvalidInput(
                f'"{file}" is larger than {MAX_BYTES:,} bytes, the most that is read'
            )
        return content.decode("utf-8-sig")
    except OSError as error:
        raise InvalidInput(f'"{file}" cannot be read: {error.strerror or error}') from None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"byte 0x{content[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise InvalidInput([Problem(file, line, 1, "encoding", message)]) from None


def _places(file: str, head: list[str], wanted: list[str]) -> list[int]:
    names = [name.strip() for name in head]
    missing = [
        _problem(file, 1, f'no column "{name[:80]}"{nearest(name, names)}')
        for name in wanted
        if name not in names
    ]
    if missing:
        raise InvalidInput(missing)
    return [names.index(name) for name in wanted]


def _duration(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise ValueError(f'"{text[:40]}" is no number of 0 or more')
    return value


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f'"{text[:40]}" is no date such as 2022-02-15') from None


def _problem(file: str, line: int, message: str) -> Problem:
    return Problem(file, line, 1, "data", message)
