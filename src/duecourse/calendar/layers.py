"""Calendars by name or path: what they are based on, and what is laid over them."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from duecourse.calendar.days import FORMAT, Calendar
from duecourse.calendar.files import File, Layer, read, shown
from duecourse.errors import InvalidInput, Problem, nearest
from duecourse.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.resources.abc import Traversable
    from os import PathLike

    from duecourse.calendar.files import Days


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

    Example:
        >>> from datetime import date
        >>> prc = load_calendar("prc")
        >>> prc.counted_from(date(2023, 4, 28), 5)
        datetime.date(2023, 5, 9)

        Five working days after Friday 28 April 2023: the holiday lasts to 3 May, and Saturday
        6 May is worked for it.
    """
    if isinstance(name_or_path, str) and _is_name(name_or_path) and not folder and not overlays:
        return _shipped(name_or_path)
    chain = _chain(_located(name_or_path, folder), folder)
    return _combined(chain, [read(_located(each, folder), overlay=True) for each in overlays])


@lru_cache(maxsize=16)
def _shipped(name: str) -> Calendar:
    """Return a calendar that comes with duecourse, read once."""
    return _combined(_chain(_located(name, None), None), [])


def _is_name(given: str) -> bool:
    return not (given.endswith(".toml") or "/" in given or "\\" in given)


def _located(given: str | PathLike[str], folder: Traversable | None) -> File:
    """Return the file that a name or a path means."""
    name = str(given)
    if not isinstance(given, str) or not _is_name(name):
        return File(name, Path(given))
    homes = [home / "model" / "calendars" for home in (folder, shipped()) if home]
    files = {
        each.name: each for home in reversed(homes) if home.is_dir() for each in home.iterdir()
    }
    if f"{name}.toml" in files:
        return File(f"model/calendars/{name}.toml", files[f"{name}.toml"])
    known = (file.removesuffix(".toml") for file in files if file.endswith(".toml"))
    raise InvalidInput(
        f"no calendar is named {shown(name)}{nearest(name, known)}; "
        "a file is given by its path, which ends in .toml"
    )


def _chain(top: File, folder: Traversable | None) -> list[Layer]:
    """Read a calendar and what it is based on, the lowest first."""
    layers = [read(top)]
    while layers[0].base:
        file, base = layers[0].file, layers[0].base
        try:
            beside = Path(str(file.path)).parent / Path(base).name
            under = _located(beside if base.endswith(".toml") else base, folder)
        except InvalidInput as error:
            raise InvalidInput([Problem(file.name, 1, 1, "calendar", f"base: {error}")]) from None
        if str(under.path) in [str(layer.file.path) for layer in layers]:
            names = [*(each.file.name for each in reversed(layers)), under.name]
            circle = " -> ".join(Path(name).name for name in names)
            raise InvalidInput(f"calendars based on each other: {circle}; take one `base` out")
        layers.insert(0, read(under))
    return layers


def _combined(chain: list[Layer], overlays: list[Layer]) -> Calendar:
    """Lay the layers over each other.

    A published schedule is read as the calendar reads notices (without make-up days, say); single
    days that a layer adds to years of another are its own word and always hold.
    """
    top, layers = chain[-1], [*chain, *overlays]
    off: Days = {}
    make_up: Days = {}
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


def _lay(layer: Layer, years: Iterable[int], off: Days, make_up: Days) -> None:
    """Add the days of some years of a layer; what it says of a day replaces what was said before."""
    for year in years:
        for day, festival in layer.off.get(year, {}).items():
            off[day] = festival
            make_up.pop(day, None)
        for day, festival in layer.make_up.get(year, {}).items():
            make_up[day] = festival
            off.pop(day, None)


def _refuse_gaps(layers: list[Layer], years: set[int]) -> None:
    """Raise unless the years are covered without a hole and every table lies within them."""
    covered = f"{min(years)} to {max(years)}"
    gaps = [year for year in range(min(years), max(years)) if year not in years]
    if gaps:
        raise InvalidInput(
            f'the calendar "{layers[-1].file.name}" covers {covered} without {gaps[0]}; '
            f"add the schedule of {gaps[0]}, {FORMAT}"
        )
    for layer in layers:
        for year in layer.off:
            if year not in years:
                raise InvalidInput(
                    f"{layer.file.name}: the year {year} lies outside {covered}; if the file gives "
                    f"the whole schedule of {year}, write published = {year}, {FORMAT}"
                )
