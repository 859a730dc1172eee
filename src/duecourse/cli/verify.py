"""`check` and `bounds`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from duecourse.cli.check_formats import FORMATS, formatted
from duecourse.cli.files import chosen, language, one_of
from duecourse.errors import InvalidInput
from duecourse.model.library import load, own_texts, project_root
from duecourse.model.names import names_in_reach
from duecourse.properties.check import check
from duecourse.properties.explore import MAX_CONFIGURATIONS
from duecourse.properties.property_file import load_properties

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from duecourse.properties.check import Report
    from duecourse.properties.property import Property


def checked(
    names: Sequence[str],
    amend: Iterable[str],
    readings: Iterable[str],
    wanted: Iterable[str],
    format_: str,
    limit: int | None,
    lang: str,
    *,
    as_expected: bool,
    all_readings: bool = False,
    story: bool = False,
    instances: int | None = None,
    at_most: Iterable[str] = (),
) -> tuple[str, int]:
    """Return what checking found, and the exit code."""
    if instances is not None:
        if all_readings or as_expected:
            raise InvalidInput("--instances goes with neither --all-readings nor --as-expected")
        from duecourse.cli.side_by_side import checked_side_by_side

        properties = _selected(tuple(wanted)) if wanted else ()
        return checked_side_by_side(
            names, amend, readings, properties, at_most, instances, format_, limit, lang
        )
    if at_most:
        raise InvalidInput("--at-most counts cases side by side; say how many with --instances")
    if all_readings:
        from duecourse.cli.all_readings import checked_under_all, refuse_expected

        refuse_expected(as_expected=as_expected)
        properties = _selected(tuple(wanted))
        return checked_under_all(
            names,
            amend,
            readings,
            properties,
            format_,
            limit,
            lang,
            wanted=bool(wanted),
            story=story,
        )
    one_of("format", format_, FORMATS)
    tongue = language(lang)
    ids = names or own_texts()
    options = chosen(readings)
    properties = _selected(tuple(wanted))
    amendments = tuple(amend)
    reports = [
        check(
            procedure,
            [each for each in properties if wanted or each.concerns(procedure)],
            options,
            limit=limit or MAX_CONFIGURATIONS,
        )
        for procedure in (load(name, amendments) for name in ids)
    ]
    code = _worst(reports, as_expected=as_expected)
    return formatted(reports, code, format_, tongue, as_expected=as_expected), code


def bounded(
    name: str, amend: Iterable[str], readings: Iterable[str], format_: str, lang: str
) -> str:
    """Return the bounds of a procedure."""
    from duecourse.properties.bounds import bounds
    from duecourse.report.bounds_text import bounds_json, bounds_text

    one_of("format", format_, ("text", "json"))
    tongue = language(lang)
    found = bounds(load(name, tuple(amend)), chosen(readings))
    if format_ == "json":
        return json.dumps(bounds_json(found), ensure_ascii=False, indent=2)
    return bounds_text(found, tongue)


def _selected(wanted: Sequence[str]) -> tuple[Property, ...]:
    root = project_root()
    properties = load_properties(root, known=names_in_reach(root))
    for name in wanted:
        one_of("property", name, [each.id for each in properties])
    return tuple(each for each in properties if not wanted or each.id in wanted)


def _worst(reports: Sequence[Report], *, as_expected: bool) -> int:
    codes = {
        report.exit_code_as_expected if as_expected else report.exit_code for report in reports
    }
    return 1 if 1 in codes else max(codes, default=0)
