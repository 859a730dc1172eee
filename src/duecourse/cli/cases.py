"""`case`: one case on the calendar, or what the dates of a published case require."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from duecourse.cli.files import chosen, language, one_of
from duecourse.errors import InvalidInput
from duecourse.model.case_file import read_case
from duecourse.model.case_json import case_dict
from duecourse.model.library import case_files
from duecourse.model.published import study
from duecourse.model.replay import replay
from duecourse.report.case_text import case_text
from duecourse.report.published_text import published_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duecourse.model.library import Folder


def replayed(
    name: str, on: str | None, readings: Iterable[str], format_: str, lang: str
) -> tuple[str, int]:
    """Return how a case stands, and the exit code: 1 if a limit was not kept."""
    one_of("format", format_, ("text", "json"))
    tongue = language(lang)
    case = read_case(_file(name))
    day, options = _day(on), chosen(readings)
    if case.published is not None:
        found = study(case, options, day)
        text = _json(found.to_dict()) if format_ == "json" else published_text(found, tongue)
        return text, 0
    report = replay(case, options, day)
    text = _json(case_dict(report)) if format_ == "json" else case_text(report, tongue)
    return text, int(bool(report.breaches))


def _file(name: str) -> Folder | str:
    """Return the file of a case: a path, or the id of a published case."""
    if name.endswith(".toml") or "/" in name:
        return name
    known = case_files()
    one_of("published case", name, known)
    return known[name]


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f'"{text}" is no day; write it as 2022-07-01') from None


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2)
