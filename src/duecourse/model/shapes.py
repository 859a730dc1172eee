"""Turns what pydantic says of a table into problems at places, in our words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from duecourse.errors import Problem, nearest

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_S = TypeVar("_S", bound=BaseModel)


class _Entry(Protocol):
    @property
    def data(self) -> dict[str, Any]: ...

    def problem(self, code: str, message: str, *path: str | int) -> Problem: ...


def shaped(shape: type[_S], entry: _Entry, problems: list[Problem]) -> _S | None:
    """Return the table as a value of its shape; None where it is not, with every reason added to `problems`."""
    try:
        return shape.model_validate(entry.data)
    except ValidationError as error:
        problems.extend(
            _problem(shape, entry, each) for each in error.errors(include_url=False)[:50]
        )
        return None


def _problem(shape: type[BaseModel], entry: _Entry, detail: ErrorDetails) -> Problem:
    path = _path(entry.data, detail["loc"])
    key = str(path[-1]) if path else "table"
    match detail["type"]:
        case "missing":
            return entry.problem("missing", f'"{detail["loc"][-1]}" is missing', *path)
        case "extra_forbidden":
            known = (
                [field.alias or name for name, field in shape.model_fields.items()]
                if len(path) == 1
                else []
            )
            return entry.problem(
                "unknown-key", f'unknown key "{key}"{nearest(key, known) if known else ""}', *path
            )
        case "string_pattern_mismatch":
            pattern = detail.get("ctx", {}).get("pattern", "")
            return entry.problem(
                "form",
                f"{_short(detail['input'])} is not of the form {_FORMS.get(pattern, pattern)}",
                *path,
            )
        case _:
            return entry.problem(
                "shape",
                f"{_short(detail['input'])}: {detail['msg'][:1].lower()}{detail['msg'][1:]}",
                *path,
            )


def _path(data: Any, location: tuple[str | int, ...]) -> tuple[str | int, ...]:  # noqa: ANN401
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
}
