"""Turns what pydantic says of a table into problems at places, in our words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from duecourse.errors import Problem, nearest
from duecourse.model.source import KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic_core import ErrorDetails

_S = TypeVar("_S", bound=BaseModel)

Path = tuple[str | int, ...]

MAX_DETAILS = 50


class _Entry(Protocol):
    @property
    def data(self) -> dict[str, Any]: ...

    def problem(self, code: str, message: str, *path: str | int) -> Problem: ...


def shaped(shape: type[_S], entry: _Entry, problems: list[Problem]) -> _S | None:
    """Return the table as a value of its shape; None where it is not, with every reason added to `problems`."""
    try:
        return shape.model_validate(entry.data)
    except ValidationError as error:
        details = error.errors(include_url=False)[:MAX_DETAILS]
        problems.extend(
            _problem(shape, entry, path, each) for path, each in _chosen(entry, details)
        )
        return None


def _chosen(entry: _Entry, details: Iterable[ErrorDetails]) -> Iterator[tuple[Path, ErrorDetails]]:
    """Yield one detail for each place, though of a value that may be this or that pydantic tells why it is neither.

    Where the type is right the rule that is broken says more than the types it might have had.
    """
    found: dict[Path, ErrorDetails] = {}
    for each in details:
        path = _path(entry.data, each["loc"])
        key = (*path, str(each["loc"][-1])) if each["type"] == "missing" else path
        if key not in found or found[key]["type"].endswith("_type"):
            found[key] = each
    for each in found.values():
        yield _path(entry.data, each["loc"]), each


def _problem(shape: type[BaseModel], entry: _Entry, path: Path, detail: ErrorDetails) -> Problem:
    key = str(path[-1]) if path else "table"
    found = _short(detail["input"])
    match detail["type"]:
        case "missing":
            missing = detail["loc"][-1]
            return entry.problem("missing", f'"{missing}" is missing; add it to this table', *path)
        case "extra_forbidden":
            names = [field.alias or name for name, field in shape.model_fields.items()]
            hint = nearest(key, names) if len(path) == 1 else "; remove it"
            return entry.problem("unknown-key", f'unknown key "{key[:80]}"{hint}', *path, KEY)
        case "string_pattern_mismatch":
            pattern = detail.get("ctx", {}).get("pattern", "")
            form = _FORMS.get(pattern, pattern)
            return entry.problem("form", f"{found} is not of the form {form}", *path)
        case _:
            rule = detail["msg"].replace(" after validation", "")
            return entry.problem("shape", f"{found}: {rule[:1].lower()}{rule[1:]}", *path)


def _path(data: Any, location: Path) -> Path:  # noqa: ANN401
    """Return the part of a pydantic location that exists in the data (its unions add names that do not)."""
    path: list[str | int] = []
    for key in location:
        if (isinstance(data, dict) and key in data) or (
            isinstance(data, list) and isinstance(key, int) and key < len(data)
        ):
            path.append(key)
            data = data[key]  # type: ignore[index]  # an index is an int where data is a list, by the test above
    return tuple(path)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"  # noqa: PLR2004


_FORMS = {
    r"^[a-z][a-z0-9_]{0,63}$": "small letters, digits and _, beginning with a letter",
    r"^[a-z0-9][a-z0-9-]{0,63}$": "small letters, digits and -",
    r"^[0-9]{1,4} (working|calendar) days?$|^[0-9]{1,3} calendar months?$": "'10 working days', '5 calendar days' or '3 calendar months'",
    r"^[0-9]{1,4} (working|calendar) days?$|^[0-9]{1,3} calendar months?$|^unlimited$": "'15 working days' or 'unlimited'",
    r"^[A-Za-z0-9][A-Za-z0-9.-]{0,15}( \((Q|B\+|B-|I)\))?$": "'12' or '12 (B+)'",
    r"^[A-Za-z0-9][A-Za-z0-9.-]{0,15}$": "'12' or '13A'",
    r"^[A-Z][0-9]{1,3}$": "'R1'",
    r"^[A-Z]{3}$": "'CNY'",
    r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}(/[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}){0,9}$": "'data/cases.csv', a path from the folder of the scenario file",
}
