"""`check --all-readings` and `bounds --all-readings`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from duecourse.cli.files import chosen, language, one_of
from duecourse.errors import InvalidInput
from duecourse.model.library import load, own_texts
from duecourse.model.reading_set import TooManyError
from duecourse.properties.explore import MAX_CONFIGURATIONS
from duecourse.properties.readings import check_readings
from duecourse.properties.readings_bounds import bounds_readings
from duecourse.report.readings_bounds_text import readings_bounds_json, readings_bounds_text
from duecourse.report.readings_text import readings_json, readings_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from duecourse.properties.property import Property


def checked_under_all(
    names: Sequence[str],
    amend: Iterable[str],
    readings: Iterable[str],
    properties: Sequence[Property],
    format_: str,
    limit: int | None,
    lang: str,
    *,
    wanted: bool,
    story: bool,
) -> tuple[str, int]:
    """Return what checking under all readings found, and the exit code.

    Raises:
        InvalidInput: an unknown name, format or language.
    """
    one_of("format", format_, ("text", "json"))
    tongue = language(lang)
    ids = names or own_texts()
    held = chosen(readings)
    amendments = tuple(amend)
    reports = []
    for name in ids:
        procedure = load(name, amendments)
        asked = [each for each in properties if wanted or each.concerns(procedure)]
        reports.append(check_readings(procedure, asked, held, limit=limit or MAX_CONFIGURATIONS))
    codes = {report.exit_code for report in reports}
    code = 1 if 1 in codes else max(codes, default=0)
    if format_ == "json":
        return json.dumps(readings_json(reports, code), ensure_ascii=False, indent=2), code
    added = "".join(f" -a {each}" for each in amendments)
    return "\n\n".join(
        readings_text(report, tongue, name=f"{name}{added}", story=story)
        for name, report in zip(ids, reports, strict=True)
    ), code


def bounded_under_all(
    name: str, amend: Iterable[str], readings: Iterable[str], format_: str, lang: str
) -> tuple[str, int]:
    """Return the bounds under all readings, and the exit code.

    Raises:
        InvalidInput: an unknown name, format or language, or a procedure too large for it.
    """
    one_of("format", format_, ("text", "json"))
    tongue = language(lang)
    amendments = tuple(amend)
    try:
        found = bounds_readings(load(name, amendments), chosen(readings))
    except TooManyError as error:
        raise InvalidInput(f"bounds under all readings: {error}") from None
    if format_ == "json":
        return json.dumps(readings_bounds_json(found), ensure_ascii=False, indent=2), 0
    added = "".join(f" -a {each}" for each in amendments)
    return readings_bounds_text(found, tongue, name=f"{name}{added}"), 0


def refuse_expected(*, as_expected: bool) -> None:
    """Refuse `--as-expected` with `--all-readings`: verdicts are expected under the default readings.

    Raises:
        InvalidInput: both are asked for.
    """
    if as_expected:
        raise InvalidInput("--as-expected speaks of one choice of readings, not of all of them")
