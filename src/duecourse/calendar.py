"""Which days are working days, and every sum of days: nothing else in the project adds days.

A calendar is read from a TOML file; `model/calendars/README.md` explains the format. Days are
`datetime.date`; working days, calendar days and calendar months are different units and never mixed.
"""

from __future__ import annotations

import re
import tomllib
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never

from duecourse.errors import InvalidInput, Problem, nearest
from duecourse.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from importlib.resources.abc import Traversable
    from os import PathLike

MAX_BYTES = 1_000_000
MAX_PROBLEMS = 20
MAX_DOTS = 100
MAX_RANGE = timedelta(days=100)
MAX_BITS = 32
YEARS = range(1900, 2200)
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_HELP = "see model/calendars/README.md"
_Days = dict[date, str]


class Unit(StrEnum):
    """In what a length of time is counted."""

    WORKING_DAY = "working day"
    CALENDAR_DAY = "calendar day"
    CALENDAR_MONTH = "calendar month"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time with its unit, as a statute sets it."""

    count: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.count < 0:
            raise InvalidInput(f"a span of {self} is negative; a limit is 0 or more")

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Label:
    """A name in English and Chinese."""

    en: str
    zh: str = ""


@dataclass(frozen=True)
class Calendar:
    """The working days of the dates from `first` to `last`.

    Attributes:
        published_until: up to here the schedule is published; later days are estimated, except those
            of a year that an overlay publishes.
        estimated: the years whose schedule is not published.
        weekend: the days of the week that are not worked, Monday is 0.
        off, make_up: exceptions to the week, each with the id of the holiday it belongs to or "".
        festivals: the names of these holidays.
        sources: the files it was read from, the lowest layer first.
    """

    id: str
    label: Label
    first: date
    last: date
    published_until: date
    estimated: frozenset[int]
    weekend: frozenset[int]
    off: Mapping[date, str] = field(hash=False, repr=False)
    make_up: Mapping[date, str] = field(hash=False, repr=False)
    festivals: Mapping[str, Label] = field(hash=False, repr=False, compare=False)
    sources: tuple[str, ...] = field(repr=False, compare=False)

    def is_working(self, day: date) -> bool:
        """Tell whether `day` is a working day."""
        self._offset(day)
        return day in self.make_up or (day.weekday() not in self.weekend and day not in self.off)

    def reason(self, day: date) -> Label:
        """Say why `day` is worked or not, with the holiday where one is the reason."""
        worked = self.is_working(day)
        if day in self.make_up or (not worked and day in self.off):
            name = self.festivals.get((self.make_up if worked else self.off)[day], Label("", ""))
            en, zh = ("make-up day", "调休上班") if worked else ("day off", "放假")
            return Label(f"{en}, {name.en}" if name.en else en, f"{name.zh}{zh}")
        return Label("working day", "工作日") if worked else Label("weekend", "周末")

    def elapsed(self, start: date, end: date) -> int:
        """Return the number of working days d with start < d <= end; 0 if end is not after start."""
        return max(0, self.index(end) - self.index(start))

    def counted_from(self, start: date, n: int, *, first_day_counts: bool = False) -> date:
        """Return the `n`-th working day after `start`, and `start` itself for 0.

        With `first_day_counts`, `start` is the first of them if it is a working day.
        """
        span = Span(n, Unit.WORKING_DAY)
        before = self.index(start) - (first_day_counts and self.is_working(start))
        if before + n > len(self._working):
            raise self._beyond(f"the end of {span} from {start}", self.last.year + 1)
        return self._working[before + n - 1] if n else start

    def index(self, day: date) -> int:
        """Return the number of working days from the first day of the calendar up to `day`."""
        return self._prefix[self._offset(day)]

    def day_of(self, index: int) -> date:
        """Return the working day whose `index` this is; the first working day has 1."""
        if not 1 <= index <= len(self._working):
            raise InvalidInput(
                f'there is no working day number {index} in the calendar "{self.id}": it has '
                f"{len(self._working)}, from {self.first} to {self.last}"
            )
        return self._working[index - 1]

    def next_working(self, day: date) -> date:
        """Return the first working day after `day`."""
        return self.counted_from(day, 1)

    def roll_forward(self, day: date) -> date:
        """Return `day` if it is a working day, else the next one: no period ends on a day off."""
        return day if self.is_working(day) else self.next_working(day)

    def add_calendar_days(self, start: date, n: int) -> date:
        """Return the day `n` days after `start` (before it, if negative)."""
        ordinal = start.toordinal() + n
        if not self.first.toordinal() <= ordinal <= self.last.toordinal():
            raise self._beyond(f"{start} {n:+} calendar days", self._edge(n))
        return date.fromordinal(ordinal)

    def add_months(self, start: date, n: int) -> date:
        """Return the same day `n` months later, or the last day where the month is too short.

        So ends a period of months under Art. 202 of the Civil Code. That it does not end on a day
        off (Art. 203) is a step of its own, `roll_forward`.
        """
        year, month = divmod(start.year * 12 + start.month - 1 + n, 12)
        if not self.first.year <= year <= self.last.year:
            raise self._beyond(f"{start} {n:+} calendar months", self._edge(n))
        return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))

    def due(
        self,
        start: date,
        span: Span,
        *,
        first_day_counts: bool = False,
        last_day_works: bool = False,
    ) -> date:
        """Return the last day of `span` when it starts to run on `start`.

        Args:
            start: the day of the step that starts it; not counted itself.
            span: the limit; one of 0 ends on `start`.
            first_day_counts: count `start` too, so that calendar days and months end a day earlier.
            last_day_works: let a last day that is a day off roll forward to the next working day.
        """
        self._offset(start)
        if not span.count:
            return start
        match span.unit:
            case Unit.WORKING_DAY:
                return self.counted_from(start, span.count, first_day_counts=first_day_counts)
            case Unit.CALENDAR_DAY:
                end = self.add_calendar_days(start, span.count - first_day_counts)
            case Unit.CALENDAR_MONTH:
                end = self.add_calendar_days(self.add_months(start, span.count), -first_day_counts)
            case _:
                assert_never(span.unit)
        return self.roll_forward(end) if last_day_works else end

    def span_range(
        self, span: Span, *, first_day_counts: bool = False, last_day_works: bool = False
    ) -> tuple[int, int]:
        """Return the least and the greatest number of working days that `span` comes to.

        Over all start dates for which the whole span lies before `published_until`; the arguments
        are those of `due`.
        """
        counts = set()
        day = self.first
        while day <= self.published_until:
            try:
                end = self.due(
                    day, span, first_day_counts=first_day_counts, last_day_works=last_day_works
                )
            except InvalidInput:
                break
            if end > self.published_until:
                break
            first = first_day_counts and span.count > 0 and self.is_working(day)
            counts.add(self.elapsed(day, end) + first)
            day += timedelta(1)
        if not counts:
            published = f"{self.first} to {self.published_until}"
            raise InvalidInput(f'{span}: longer than "{self.id}" is published, {published}')
        return min(counts), max(counts)

    def is_estimated(self, start: date, end: date) -> bool:
        """Tell whether a day from `start` to `end`, both included, has no published schedule."""
        for day in (start, end):
            self._offset(day)
        years = range(min(start, end).year, max(start, end).year + 1)
        return not self.estimated.isdisjoint(years)

    def year_length(self, year: int) -> int:
        """Return the number of working days of `year`."""
        if not self.first.year <= year <= self.last.year:
            raise self._beyond(f"the year {year}", year)
        new_year = date(year, 1, 1)
        return self.elapsed(new_year, date(year, 12, 31)) + self.is_working(new_year)

    @cached_property
    def _working(self) -> tuple[date, ...]:
        """The working days in order."""
        ordinals = range(self.first.toordinal(), self.last.toordinal() + 1)
        return tuple(filter(self.is_working, map(date.fromordinal, ordinals)))

    @cached_property
    def _prefix(self) -> tuple[int, ...]:
        """For each day the number of working days up to it."""
        ordinals = range(self.first.toordinal(), self.last.toordinal() + 1)
        worked = {day.toordinal() for day in self._working}
        return tuple(accumulate(ordinal in worked for ordinal in ordinals))

    def _offset(self, day: date) -> int:
        if not self.first <= day <= self.last:
            raise self._beyond(str(day), day.year)
        return day.toordinal() - self.first.toordinal()

    def _edge(self, direction: int) -> int:
        """Return the year that follows the calendar, or the one before it."""
        return self.last.year + 1 if direction > 0 else self.first.year - 1

    def _beyond(self, what: str, year: int) -> InvalidInput:
        """Return the error for a day outside the calendar, which a schedule up to `year` cures."""
        edge = self._edge(year - self.last.year)
        years = " to ".join(map(str, sorted({edge, year})))
        return InvalidInput(
            f'{what} is not covered by the calendar "{self.id}", which goes from {self.first} to '
            f"{self.last}; add {years} in an overlay file, {_HELP}"
        )


def load_calendar(
    name_or_path: str | PathLike[str],
    *,
    overlays: Iterable[str | PathLike[str]] = (),
    folder: Traversable | None = None,
) -> Calendar:
    """Read a calendar, with the calendars it is based on and the overlays laid over it.

    Args:
        name_or_path: the name of a calendar in `model/calendars`, or the path of a `.toml` file.
        overlays: files with days off and working days of years; a later one wins.
        folder: a project folder whose `model/calendars` is looked into before the shipped one.

    Raises:
        InvalidInput: a file is missing or wrong; it carries all the problems of that file.
    """
    chain = _chain(_located(name_or_path, folder), folder)
    return _combined(chain, [_read(_located(each, folder), overlay=True) for each in overlays])


@dataclass(frozen=True, slots=True)
class _File:
    """A calendar file, not read yet, and the name that messages give it."""

    name: str
    path: Traversable


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layer:
    """What one calendar file says; `off` and `make_up` by the year of their table."""

    file: _File
    id: str
    label: Label
    base: str
    weekend: frozenset[int] | None
    takes_off: bool
    takes_make_up: bool
    published: range
    estimated: range
    festivals: dict[str, Label]
    off: dict[int, _Days] = field(default_factory=dict)
    make_up: dict[int, _Days] = field(default_factory=dict)


def _located(given: str | PathLike[str], folder: Traversable | None) -> _File:
    """Return the file that a name or a path means."""
    name = str(given)
    if not isinstance(given, str) or name.endswith(".toml") or "/" in name or "\\" in name:
        return _File(name, Path(given))
    homes = [home / "model" / "calendars" for home in (folder, shipped()) if home]
    files = {
        each.name: each for home in reversed(homes) if home.is_dir() for each in home.iterdir()
    }
    if f"{name}.toml" in files:
        return _File(f"{name}.toml", files[f"{name}.toml"])
    known = (file.removesuffix(".toml") for file in files if file.endswith(".toml"))
    raise InvalidInput(
        f"no calendar is named {_shown(name)}{nearest(name, known)}; "
        "a file is given by its path, which ends in .toml"
    )


def _chain(top: _File, folder: Traversable | None) -> list[_Layer]:
    """Read a calendar and what it is based on, the lowest first."""
    layers = [_read(top)]
    while layers[0].base:
        file, base = layers[0].file, layers[0].base
        try:
            beside = Path(str(file.path)).parent / Path(base).name
            under = _File(base, beside) if base.endswith(".toml") else _located(base, folder)
        except InvalidInput as error:
            raise InvalidInput([Problem(file.name, 1, 1, "calendar", f"base: {error}")]) from None
        if str(under.path) in [str(layer.file.path) for layer in layers]:
            circle = " -> ".join([*(each.file.name for each in reversed(layers)), under.name])
            raise InvalidInput(f"calendars based on each other: {circle}; take one `base` out")
        layers.insert(0, _read(under))
    return layers


def _combined(chain: list[_Layer], overlays: list[_Layer]) -> Calendar:
    """Lay the layers over each other.

    A published schedule is read as the calendar reads notices (without make-up days, say); single
    days that a layer adds to years of another are its own word and always hold.
    """
    top, layers = chain[-1], [*chain, *overlays]
    off: _Days = {}
    make_up: _Days = {}
    estimated: set[int] = set()
    years: set[int] = set()
    for layer in layers:
        settled = {*layer.published, *layer.estimated}
        off = {day: name for day, name in off.items() if day.year not in settled}
        make_up = {day: name for day, name in make_up.items() if day.year not in settled}
        _lay(layer, settled, off, make_up)
        estimated = (estimated - settled) | {*layer.estimated}
        years |= settled
    if not all(layer.takes_off for layer in layers):
        off, estimated = {}, set()
    if not all(layer.takes_make_up for layer in layers):
        make_up = {}
    _refuse_gaps(layers, years)
    for layer in layers:
        _lay(layer, layer.off.keys() - {*layer.published, *layer.estimated}, off, make_up)
    return Calendar(
        id=top.id,
        label=top.label,
        first=date(min(years), 1, 1),
        last=date(max(years), 12, 31),
        published_until=date(min(estimated, default=max(years) + 1) - 1, 12, 31),
        estimated=frozenset(estimated),
        weekend=next(each.weekend for each in reversed(chain) if each.weekend is not None),
        off=off,
        make_up=make_up,
        festivals={name: label for layer in layers for name, label in layer.festivals.items()},
        sources=tuple(layer.file.name for layer in layers),
    )


def _lay(layer: _Layer, years: Iterable[int], off: _Days, make_up: _Days) -> None:
    """Add the days of some years of a layer; what it says of a day replaces what was said before."""
    for year in years:
        for day, festival in layer.off.get(year, {}).items():
            off[day] = festival
            make_up.pop(day, None)
        for day, festival in layer.make_up.get(year, {}).items():
            make_up[day] = festival
            off.pop(day, None)


def _refuse_gaps(layers: list[_Layer], years: set[int]) -> None:
    """Raise unless the years are covered without a hole and every table lies within them."""
    covered = f"{min(years)} to {max(years)}"
    gaps = [year for year in range(min(years), max(years)) if year not in years]
    if gaps:
        raise InvalidInput(
            f'the calendar "{layers[-1].file.name}" covers {covered} without {gaps[0]}; '
            f"add the schedule of {gaps[0]}, {_HELP}"
        )
    for layer in layers:
        for year in layer.off:
            if year not in years:
                raise InvalidInput(
                    f"{layer.file.name}: the year {year} lies outside {covered}; if the file gives "
                    f"the whole schedule of {year}, write published = {year}, {_HELP}"
                )


def _read(file: _File, *, overlay: bool = False) -> _Layer:
    return _Reader(file, _text(file)).layer(overlay=overlay)


def _text(file: _File) -> str:
    def problem(code: str, message: str, line: int = 1) -> InvalidInput:
        return InvalidInput([Problem(file.name, line, 1, code, message)])

    try:
        if not file.path.is_file():
            raise problem("unreadable", "there is no such file")
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
    except ValueError as error:
        found = re.search(r"\(at line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        message = re.sub(r" \(at .*\)$", "", str(error))[:200]
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

    def __init__(self, file: _File, text: str) -> None:
        self.file = file
        self.text = text
        self.problems: list[tuple[_Where, str]] = []

    def layer(self, *, overlay: bool) -> _Layer:
        """Return what the file says.

        Raises:
            InvalidInput: with every problem of the file.
        """
        shape = _OVERLAY if overlay else _SHAPE
        table = self.clean(_toml(self.file.name, self.text), shape, ())
        estimate = table.get("estimate", {})
        layer = _Layer(
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
        self.problems.append((where, message))

    def refuse(self) -> None:
        """Raise what was found, the first problems with their lines."""
        shown = [self.placed(*each) for each in self.problems[:MAX_PROBLEMS]]
        if more := self.problems[MAX_PROBLEMS:]:
            shown.append(self.placed((), f"and {len(more)} more problems"))
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
            self.wrong(where, f"{where[-1]} is {_shown(value)}, but must be {_TYPES[kind]}")
            return kind()
        if isinstance(shape, list):
            return [self.clean(each, shape[0], (*where, n)) for n, each in enumerate(value)]
        if not isinstance(shape, dict):
            return value
        shapes = dict.fromkeys(value, shape["*"]) if "*" in shape else shape
        for key in value:
            if key not in shapes:
                hint = nearest(key, shapes)
                self.wrong((*where, key[:80]), f"{_shown(key)} means nothing here{hint}")
        return {
            key: self.clean(value[key], shapes[key], (*where, key))
            for key in value
            if key in shapes
        }

    def weekend(self, names: list[Any]) -> frozenset[int]:
        days = {name: WEEK.index(name) for name in map(str, names) if name in WEEK}
        for name in names:
            if name not in days:
                hint = ", ".join(WEEK)
                self.wrong(("weekend",), f"{_shown(name)} is no day of the week: {hint}")
        if len(days) == len(WEEK):
            self.wrong(("weekend",), "no working day is left; take a day out of the weekend")
        return frozenset(days.values())

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
        self.wrong(where, f"{_shown(value)} is neither a year nor a range of years; write {rule}")
        return range(0)

    def tables(self, tables: list[dict[str, Any]], layer: _Layer) -> None:
        """Add the days of the [[year]] tables to the layer."""
        for number, table in enumerate(tables):
            where, year = ("year", number), table.get("year", 0)
            if year not in YEARS or year in layer.off:
                rule = "two tables" if year in layer.off else f"not {YEARS[0]} to {YEARS[-1]}"
                self.wrong(where, f"the year of this table is {_shown(year)}: {rule}")
                continue
            window = (date(year - 1, 12, 1), date(year, 12, 31))
            off = self.days(table.get("off", []), (*where, "off"), window)
            make_up = self.days(table.get("make_up", []), (*where, "make_up"), window)
            layer.off[year], layer.make_up[year] = off, make_up
            for day in sorted(off.keys() & make_up.keys()):
                self.wrong(
                    (*where, "make_up"), f"{day} is in off and in make_up; take it out of one"
                )

    def estimate(self, entries: list[Any], layer: _Layer) -> None:
        """Add the days off that are expected in the years without a schedule."""
        if years := layer.estimated:
            window = (date(years[0], 1, 1), date(years[-1], 12, 31))
            for day, festival in self.days(entries, ("estimate", "off"), window).items():
                layer.off.setdefault(day.year, {})[day] = festival

    def days(self, entries: list[Any], where: _Where, window: tuple[date, date]) -> _Days:
        """Return the days of a list of days, ranges, and tables of these with a festival."""
        found: _Days = {}
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
        self.wrong((*where, str(value)[:22]), f"{_shown(value)} {rule}")
        return []

    def require(self, table: dict[str, Any], layer: _Layer) -> None:
        """Note the keys that a calendar lacks."""
        for key in ("id", "label", *(() if layer.base else ("weekend", "published"))):
            if key not in table or table[key] in ("", {}):
                hint = "a file that only changes another calendar is given as an overlay"
                self.wrong((), f'a calendar needs "{key}"; {hint}')

    def compare(self, layer: _Layer, *, root: bool) -> None:
        """Note where the years of the tables and the published ones differ, and idle make-up days."""
        for year in layer.published:
            if year not in layer.off:
                self.wrong(("published",), f"{year} is published, but there is no [[year]] for it")
        for number, year in enumerate(layer.make_up if root else ()):
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


def _shown(value: object) -> str:
    """Return a value as a message shows it: short, on one line, whatever it is."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return f'"{repr(value[:40])[1:-1]}"'
    if type(value) is date:
        return value.isoformat()
    if isinstance(value, int) and value.bit_length() <= MAX_BITS:
        return str(value).lower()
    return _TYPES.get(type(value), "something else")
