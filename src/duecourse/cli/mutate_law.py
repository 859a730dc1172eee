"""`mutate`: would the properties notice a mistake in a text?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from duecourse import load_properties
from duecourse.cli.files import chosen, language, one_of
from duecourse.cli.progress import progress
from duecourse.model.library import load, project_root
from duecourse.properties.mutation import mutate
from duecourse.report.mutation_text import mutation_json, mutation_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from duecourse.properties.mutant import Family

FAMILIES: dict[str, tuple[Family, ...]] = {
    "first": ("first",),
    "second": ("second",),
    "both": ("first", "second"),
}


def mutated(
    name: str,
    amend: Iterable[str],
    readings: Iterable[str],
    wanted: Sequence[str],
    family: str,
    sample: int | None,
    seed: int,
    workers: int,
    format_: str,
    lang: str,
    *,
    full: bool,
) -> str:
    """Return which mistakes in a text its properties would notice."""
    one_of("format", format_, ("text", "json"))
    one_of("family", family, FAMILIES)
    tongue = language(lang)
    procedure = load(name, tuple(amend))
    properties = load_properties(project_root())
    for each in wanted:
        one_of("property", each, [known.id for known in properties])
    with progress("mutants") as told:
        found = mutate(
            procedure,
            [
                each
                for each in properties
                if (each.id in wanted if wanted else each.concerns(procedure))
            ],
            chosen(readings),
            families=FAMILIES[family],
            sample=sample,
            seed=seed,
            workers=workers,
            told=told,
        )
    if format_ == "json":
        return json.dumps(mutation_json(found), ensure_ascii=False, indent=2)
    return mutation_text(found, tongue, full=full)
