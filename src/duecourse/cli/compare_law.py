"""`diff`: what changed from one text to another, as behaviour."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from duecourse import load_properties
from duecourse.cli.files import chosen, language, one_of
from duecourse.model.library import load, project_root
from duecourse.properties.difference import MAX_PAIRS
from duecourse.properties.renaming import renaming
from duecourse.properties.revision import paired_readings, revise
from duecourse.report.diff_json import diff_json
from duecourse.report.diff_text import diff_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def differing(
    a: str,
    b: str,
    readings: Iterable[str],
    readings_a: Iterable[str],
    readings_b: Iterable[str],
    rename: Iterable[str],
    hide: Iterable[str],
    mapping: Path | None,
    format_: str,
    limit: int | None,
    lang: str,
    *,
    same_readings: bool,
    with_bounds: bool,
    with_properties: bool,
    stories: bool,
) -> tuple[str, int]:
    """Return what changed from one text to another, and the exit code."""
    one_of("format", format_, ("text", "json"))
    tongue = language(lang)
    old = load(a)
    new = old if a == b else load(b)
    of_old, of_new = paired_readings(old, new, chosen(readings), same=same_readings)
    properties = load_properties(project_root()) if with_properties else None
    found = revise(
        old,
        new,
        (of_old | chosen(readings_a), of_new | chosen(readings_b)),
        names=renaming(old, new, rename, hide, mapping),
        properties=properties,
        with_bounds=with_bounds,
        limit=limit or MAX_PAIRS,
    )
    code = found.comparison.exit_code
    if format_ == "json":
        return json.dumps(diff_json(found), ensure_ascii=False, indent=2), code
    return diff_text(found, tongue, stories=stories), code
