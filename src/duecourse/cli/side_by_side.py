"""`check --instances`: several cases side by side."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from duecourse.cli.files import chosen, language, one_of
from duecourse.errors import InvalidInput
from duecourse.model.library import load
from duecourse.properties.composition import AtMost, compose, explore
from duecourse.properties.explore import MAX_CONFIGURATIONS
from duecourse.properties.verdict import Verdict
from duecourse.report.composed_text import composed_json, composed_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from duecourse.properties.property import Property

_AT_MOST = re.compile(r"([0-9]{1,3})=([a-z][a-z0-9_]*(?:,[a-z][a-z0-9_]*)*)")


def checked_side_by_side(
    names: Sequence[str],
    amend: Iterable[str],
    readings: Iterable[str],
    properties: Sequence[Property],
    at_most: Iterable[str],
    instances: int,
    format_: str,
    limit: int | None,
    lang: str,
) -> tuple[str, int]:
    """Return what was found of several cases side by side, and the exit code.

    It takes one procedure; `properties` are claims of kind *always*; `at_most` holds texts like `N=STAGE,STAGE`.

    Raises:
        InvalidInput: not exactly one procedure, or an option that cannot be read.
    """
    one_of("format", format_, ("text", "json"))
    tongue = language(lang)
    if len(names) != 1:
        raise InvalidInput("--instances takes one procedure; name it")
    exclusions = tuple(map(_exclusion, at_most))
    claims = tuple(properties)
    composition = compose(load(names[0], tuple(amend)), instances, chosen(readings), claims)
    found = explore(composition, exclusions, limit or MAX_CONFIGURATIONS)
    verdicts = set(map(found.verdict, (found.dead_end, *found.claims, *found.exclusions)))
    code = 1 if Verdict.VIOLATED in verdicts else 3 if Verdict.INCONCLUSIVE in verdicts else 0
    if format_ == "json":
        data = composed_json(composition, claims, exclusions, found, code)
        return json.dumps(data, ensure_ascii=False, indent=2), code
    return composed_text(composition, claims, exclusions, found, tongue), code


def _exclusion(text: str) -> AtMost:
    match = _AT_MOST.fullmatch(text)
    if match is None:
        raise InvalidInput(
            f'--at-most "{text[:80]}"; write N=STAGE, or N=STAGE,STAGE for several stages together'
        )
    return AtMost(int(match[1]), tuple(match[2].split(",")))
