"""Files and options as a user gives them: writing without losing anything, languages, formats, readings."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from duecourse.errors import InvalidInput, nearest
from duecourse.model.procedure import Lang

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def write(path: Path, text: str) -> None:
    """Write a text file whole or not at all: to a neighbour first, then renamed.

    Raises:
        InvalidInput: it cannot be written there.
    """
    neighbour = path.with_name(f".{path.name}.part")
    try:
        neighbour.write_text(text if text.endswith("\n") else text + "\n", encoding="utf-8")
        neighbour.replace(path)
    except OSError as error:
        raise InvalidInput(f"cannot write {path}: {error.strerror or error}") from None


def language(name: str) -> Lang:
    """Return a language.

    Raises:
        InvalidInput: it is none of en, zh, both.
    """
    one_of("language", name, get_args(Lang))
    return name  # type: ignore[return-value]  # it is one of them, by the line above


def one_of(what: str, name: str, known: Iterable[str]) -> None:
    """Refuse a name that is not among the known ones.

    Raises:
        InvalidInput: with the nearest name.
    """
    known = tuple(known)
    if name not in known:
        raise InvalidInput(f'no {what} "{name}"{nearest(name, known)}')


def chosen(readings: Iterable[str]) -> dict[str, str]:
    """Return the readings given as NAME=OPTION.

    Raises:
        InvalidInput: one is not of this form.
    """
    result: dict[str, str] = {}
    for each in readings:
        name, equals, option = each.partition("=")
        if not equals:
            raise InvalidInput(
                f'"{each}" is no reading; write it as NAME=OPTION, such as silence=agreement'
            )
        result[name.strip()] = option.strip()
    return result
