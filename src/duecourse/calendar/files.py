"""One calendar file: read safely, with all of its problems at once.

A stranger's file is bounded in size and depth before it is parsed, and nothing in it is run.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from duecourse.calendar.days import Label
from duecourse.errors import InvalidInput, Problem, nearest

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

Days = dict[date, str]

MAX_BYTES = 1_000_000
MAX_PROBLEMS = 20
MAX_DOTS = 60
MAX_RANGE = timedelta(days=100)
MAX_BITS = 32
YEARS = range(1900, 2200)
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class File:
    """A calendar file, not read yet, and the name that messages give it."""

    name: str
    path: Traversable


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What one calendar file says; `off` and `make_up` by the year of their table."""

    file: File
    id: str
    label: Label
    base: str
    weekend: frozenset[int] | None
    takes_off: bool
    takes_make_up: bool
    published: range
    estimated: range
    festivals: dict[str, Label]
    off: dict[int, Days] = field(default_factory=dict)
    make_up: dict[int, Days] = field(default_factory=dict)


def read(file: File, *, overlay: bool = False) -> Layer:
    """Return what a calendar file, or an overlay, says.

    Raises:
        InvalidInput: with every problem of the file.
    """
    return _Reader(file, _text(file)).layer(overlay=overlay)


def _text(file: File) -> str:
    def problem(code: str, message: str, line: int = 1) -> InvalidInput:
        return InvalidInput([Problem(file.name, line, 1, code, message)])

    try:
        if not file.path.is_file():
            raise problem("unreadable", "there is no file of this name")
        with file.path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise problem("unreadable", f"cannot be read: {error.strerror or error}") from None
    if len(content) > MAX_BYTES:
        raise problem(
            "too-large", f"larger than {MAX_BYTES:,} bytes, the most that is read of one file"
        )
    try:
        text = content.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = content[error.start]
        raise problem(
            "encoding", f"byte 0x{byte:02x} is not UTF-8; save the file as UTF-8", line
        ) from None
    for number, line_text in enumerate(text.split("\n"), 1):
        # tomllib needs time that grows with the square of the parts of a dotted name
        if line_text.count(".") > MAX_DOTS:
            raise problem("toml", f"more than {MAX_DOTS} dots in one line; break the line", number)
    return text


def _toml(name: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        message, line = "brackets nested too deeply", 1
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        message = re.sub(r" \(at .*\)$", "", str(error))[:200]
    except ValueError:
        message, line = "a number of more digits than can be read", 1
    raise InvalidInput([Problem(name, line, 1, "toml", message)])


_Where = tuple[str | int, ...]

_TYPES = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    list: "a list",
    dict: "a table",
}
_LABEL = {"en": str, "zh": str}
_OVERLAY = {
    "label": _LABEL,
    "published": object,
    "festival": {"*": _LABEL},
    "year": [
        {"year": int, "notice": list, "source": list, "mark": str, "off": list, "make_up": list}
    ],
}
_SHAPE = _OVERLAY | {
    "id": str,
    "base": str,
    "weekend": list,
    "off": bool,
    "make_up": bool,
    "estimate": {"years": object, "off": list},
}


class _Reader:
    """Turns the content of one file into a layer, and notes every problem on the way."""

    def __init__(self, file: File, text: str) -> None:
        self.file = file
        self.text = text
        self.problems: dict[tuple[_Where, str], None] = {}
        self.number: dict[int, int] = {}

    def layer(self, *, overlay: bool) -> Layer:
        shape = _OVERLAY if overlay else _SHAPE
        table = self.clean(_toml(self.file.name, self.text), shape, ())
        estimate = table.get("estimate", {})
        layer = Layer(
            file=self.file,
            id=table.get("id", ""),
            label=_label(table.get("label", {})),
            base=table.get("base", ""),
            weekend=self.weekend(table["weekend"]) if "weekend" in table else None,
            takes_off=table.get("off", True),
            takes_make_up=table.get("make_up", True),
            published=self.years(table.get("published"), ("published",)),
            estimated=self.years(estimate.get("years"), ("estimate", "years")),
            festivals={name: _label(each) for name, each in table.get("festival", {}).items()},
        )
        self.tables(table.get("year", []), layer)
        self.estimate(estimate.get("off", []), layer)
        if not overlay:
            self.require(table, layer)
        self.compare(layer, root=not overlay and not layer.base)
        self.refuse()
        return layer

    def wrong(self, where: _Where, message: str) -> None:
        self.problems[where, message] = None

    def refuse(self) -> None:
        """Raise what was found, the first problems with their lines."""
        shown = [self.placed(*each) for each in islice(self.problems, MAX_PROBLEMS)]
        if len(self.problems) > MAX_PROBLEMS:
            shown.append(self.placed((), f"and {len(self.problems) - MAX_PROBLEMS} more problems"))
        if shown:
            raise InvalidInput(shown)

    def placed(self, where: _Where, message: str) -> Problem:
        """Return the problem with its line, found by looking for the words of `where` in turn."""
        lines = self.text.split("\n")
        at = 0
        for part in where:
            if part == "year":
                continue
            if isinstance(part, int):
                heads = [n for n, line in enumerate(lines) if _YEAR_TABLE.match(line)]
                at = heads[part] if part < len(heads) else at
            else:
                word = re.compile(rf"(?<![\w-]){re.escape(part)}(?![\w-])")
                at = next((n for n in range(at, len(lines)) if word.search(lines[n])), at)
        return Problem(self.file.name, at + 1, 1, "calendar", message)

    def clean(self, value: Any, shape: Any, where: _Where) -> Any:  # noqa: ANN401  (any TOML)
        """Return `value` without the parts that are not of `shape`."""
        kind: type = shape if isinstance(shape, type) else type(shape)
        if kind is object:
            return value
        fits = type(value) is kind
        if not fits:
            name = where[-1] if isinstance(where[-1], str) else f"{where[-2]} {where[-1] + 1}"
            self.wrong(where, f"{name} is {shown(value)}, but must be {_TYPES[kind]}")
            return kind()
        if isinstance(shape, list):
            return [self.clean(each, shape[0], (*where, n)) for n, each in enumerate(value)]
        if not isinstance(shape, dict):
            return value
        shapes = dict.fromkeys(value, shape["*"]) if "*" in shape else shape
        for key in value:
            if key not in shapes:
                hint = nearest(key, shapes) if len(self.problems) < MAX_PROBLEMS else ""
                self.wrong((*where, key[:80]), f"{shown(key)} means nothing here{hint}")
        return {
            key: self.clean(value[key], shapes[key], (*where, key))
            for key in value
            if key in shapes
        }

    def weekend(self, names: list[Any]) -> frozenset[int]:
        for name in names:
            if name not in WEEK:
                rule = f"is no day of the week: {', '.join(WEEK)}"
                self.wrong(("weekend",), f"{shown(name)} {rule}")
        days = frozenset(number for number, name in enumerate(WEEK) if name in names)
        if len(days) == len(WEEK):
            self.wrong(("weekend",), "no working day is left; take a day out of the weekend")
        return days

    def years(self, value: object, where: _Where) -> range:
        """Return the years of `2027` or `"2020..2026"`; none if there is no value."""
        if value is None:
            return range(0)
        written = str(value) if isinstance(value, str) or value in YEARS else ""
        found = re.fullmatch(r"(\d{4})(?:\.\.(\d{4}))?", written)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
        if first in YEARS and last in YEARS and first <= last:
            return range(first, last + 1)
        rule = f'2027 or "2020..2026", from {YEARS[0]} to {YEARS[-1]}'
        self.wrong(where, f"{shown(value)} is neither a year nor a range of years; write {rule}")
        return range(0)

    def tables(self, tables: list[dict[str, Any]], layer: Layer) -> None:
        """Add the days of the [[year]] tables to the layer."""
        for number, table in enumerate(tables):
            where, year = ("year", number), table.get("year", 0)
            if year not in YEARS:
                self.wrong(where, f"a [[year]] needs its year, from {YEARS[0]} to {YEARS[-1]}")
                continue
            if year in layer.off:
                self.wrong(where, f"there is a [[year]] for {year} already; put the two together")
                continue
            self.number[year] = number
            window = (date(year - 1, 12, 1), date(year, 12, 31))
            off = self.days(table.get("off", []), (*where, "off"), window)
            make_up = self.days(table.get("make_up", []), (*where, "make_up"), window)
            layer.off[year], layer.make_up[year] = off, make_up
            for day in sorted(off.keys() & make_up.keys()):
                self.wrong(
                    (*where, "make_up"), f"{day} is in off and in make_up; take it out of one"
                )

    def estimate(self, entries: list[Any], layer: Layer) -> None:
        """Add the days off that are expected in the years without a schedule."""
        if years := layer.estimated:
            window = (date(years[0], 1, 1), date(years[-1], 12, 31))
            for day, festival in self.days(entries, ("estimate", "off"), window).items():
                layer.off.setdefault(day.year, {})[day] = festival

    def days(self, entries: list[Any], where: _Where, window: tuple[date, date]) -> Days:
        """Return the days of a list of days, ranges, and tables of these with a festival."""
        found: Days = {}
        for entry in entries:
            festival, values = "", entry
            if isinstance(entry, dict):
                named = self.clean(entry, {"festival": str, "days": object}, where)
                festival, values = named.get("festival", ""), named.get("days")
            for value in values if isinstance(values, list) else [values]:
                found.update(dict.fromkeys(self.stretch(value, where, window), festival))
        return found

    def stretch(self, value: object, where: _Where, window: tuple[date, date]) -> list[date]:
        """Return the days from the first to the last of a range, or the one day."""
        first, last = _ends(value)
        if not first or not last:
            rule = 'is no day; write 2027-02-05, or "2027-02-05..2027-02-11" for a range'
        elif first > last:
            rule = "ends before it begins"
        elif not window[0] <= first <= last <= window[1]:
            rule = f"is not within {window[0]} to {window[1]}; move it to the table of its year"
        elif last - first > MAX_RANGE:
            rule = f"is longer than {MAX_RANGE.days} days; split it if it is meant"
        else:
            return [first + timedelta(days) for days in range((last - first).days + 1)]
        self.wrong((*where, str(value)[:22]), f"{shown(value)} {rule}")
        return []

    def require(self, table: dict[str, Any], layer: Layer) -> None:
        """Note the keys that a calendar lacks."""
        for key in ("id", "label", *(() if layer.base else ("weekend", "published"))):
            if key not in table:
                hint = "a file that only changes another calendar is given as an overlay"
                self.wrong((), f'a calendar needs "{key}"; {hint}')

    def compare(self, layer: Layer, *, root: bool) -> None:
        """Note where the years of the tables and the published ones differ, and idle make-up days."""
        for year in layer.published:
            if year not in layer.off:
                self.wrong(("published",), f"{year} is published, but there is no [[year]] for it")
        for year, number in self.number.items() if root else ():
            if year not in layer.published:
                self.wrong(("year", number), f"{year} is not among the published years")
            for day in layer.make_up[year]:
                if day.weekday() not in (layer.weekend or ()):
                    name = WEEK[day.weekday()].capitalize()
                    where = ("year", number, "make_up", str(day))
                    self.wrong(where, f"{day} is a {name}, which is worked anyway")


_YEAR_TABLE = re.compile(r"\s*\[\[\s*year\s*\]\]")
_RANGE = re.compile(r"(\d{4}-\d\d-\d\d)(?:\.\.(\d{4}-\d\d-\d\d))?")


def _label(names: dict[str, str]) -> Label:
    return Label(names.get("en", ""), names.get("zh", ""))


def _ends(value: object) -> tuple[date, date] | tuple[None, None]:
    """Return the first and the last day of a day or a range; None for what is neither."""
    if type(value) is date:
        return value, value
    found = _RANGE.fullmatch(value) if isinstance(value, str) else None
    try:
        first, last = (found[1], found[2] or found[1]) if found else ("", "")
        return date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return None, None


def shown(value: object) -> str:
    """Return a value as a message shows it: short, on one line, whatever it is."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return f'"{repr(value[:40])[1:-1]}"'
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) or (isinstance(value, int) and value.bit_length() <= MAX_BITS):
        return str(value).lower()
    return _TYPES[type(value)]
