"""`export` and `crosscheck`: a procedure in Promela, and what SPIN says of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from duecourse.cli.files import chosen, language, one_of
from duecourse.errors import InvalidInput
from duecourse.model.library import load, own_texts, project_root
from duecourse.model.names import names_in_reach
from duecourse.properties.promela.claim import Asked
from duecourse.properties.promela.crosscheck import NOT_ASKED, Effort, crosscheck
from duecourse.properties.promela.model import Model
from duecourse.properties.promela.run import missing, version
from duecourse.properties.property import Kind
from duecourse.properties.property_file import load_properties
from duecourse.report.crosscheck_text import crosscheck_json, crosscheck_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from duecourse.properties.promela.claim import Question
    from duecourse.properties.property import Property

NOT_RUN = "NOT RUN: {} not installed; install the packages spin and gcc of your system"


def exported(
    name: str,
    amend: Iterable[str],
    readings: Iterable[str],
    format_: str,
    wanted: str | None,
    *,
    full: bool,
) -> str:
    """Return a procedure, and one claim about it if asked, as a model for another program."""
    one_of("format", format_, ("promela",))
    procedure = load(name, tuple(amend))
    asked = _asked(wanted) if wanted else None
    return Model(procedure, chosen(readings), forget=not full, asked=asked).text().rstrip("\n")


def crosschecked(
    names: Sequence[str],
    amend: Iterable[str],
    readings: Iterable[str],
    wanted: Sequence[str],
    format_: str,
    lang: str,
    effort: Effort,
    *,
    full: bool,
) -> tuple[str, int]:
    """Return what the checker and SPIN say, and the exit code."""
    one_of("format", format_, ("text", "json"))
    tongue = language(lang)
    options, amendments = chosen(readings), tuple(amend)
    properties = _properties(wanted)
    procedures = [load(each, amendments) for each in names or own_texts()]
    lacking = missing()
    if lacking:
        return NOT_RUN.format(" and ".join(lacking)), 0
    reports = [
        crosscheck(
            procedure,
            [each for each in properties if wanted or each.concerns(procedure)],
            options,
            forget=not full,
            effort=effort,
        )
        for procedure in procedures
    ]
    codes = {each.exit_code for each in reports}
    code = 1 if 1 in codes else max(codes, default=0)
    if format_ == "json":
        found = crosscheck_json(reports, version(), code)
        return json.dumps(found, ensure_ascii=False, indent=2), code
    parts = [version(), *(crosscheck_text(each, tongue) for each in reports)]
    return "\n\n".join(parts), code


def _properties(wanted: Sequence[str]) -> tuple[Property, ...]:
    root = project_root()
    properties = load_properties(root, known=names_in_reach(root))
    for name in wanted:
        one_of("property", name, [each.id for each in properties])
    return tuple(each for each in properties if not wanted or each.id in wanted)


def _asked(wanted: str) -> Asked | None:
    """Return what is asked of a property.

    Raises:
        InvalidInput: it cannot be asked in a Promela model.
    """
    (found,) = _properties([wanted])
    if found.kind in NOT_ASKED:
        raise InvalidInput(f"{wanted} cannot be asked of SPIN: {NOT_ASKED[found.kind]}")
    if found.kind is Kind.NO_DEAD_END:
        return None  # every verifier looks for them
    if found.monitor is None or found.kind is Kind.CAN_ALWAYS:
        raise InvalidInput(
            f'{wanted} cannot be asked of SPIN: "{found.kind}" is no formula of linear time; `duecourse crosscheck` searches the graph instead'
        )
    question: Question = "satisfied" if found.kind is Kind.SOMETIMES else "violated"
    return Asked(found.id, found.monitor, question)
