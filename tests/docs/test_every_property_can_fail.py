"""Each shipped claim of kind `always` fails on some mutant of a shipped text: none of them is true of whatever is written.

`docs/background/every-property-can-fail.md` names for each one a mutant on which it fails. The long test makes these
mutants and checks them. `python tests/docs/test_every_property_can_fail.py` looks for them anew and writes the page.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import duecourse as dc
from duecourse.properties.mutant import refusal, settled
from duecourse.properties.mutation import mutants
from duecourse.properties.property import Kind
from duecourse.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from duecourse.properties.mutant import Mutant
    from duecourse.properties.property import Property

PAGE = Path(__file__).parents[2] / "docs" / "background" / "every-property-can-fail.md"
TEXTS = ("measures-2022", "measures-2020", "trial-2017")
ALWAYS = tuple(each for each in dc.load_properties(shipped()) if each.kind is Kind.ALWAYS)
NONE: dict[str, str] = {}
"""Why no mutant of either family violates a claim."""


@cache
def of(text: str) -> dict[str, Mutant]:
    return {each.id: each for each in mutants(dc.load(text), ("first", "second"))}


def violated(mutant: Mutant, claims: Sequence[Property]) -> Iterator[str]:
    if refusal(mutant.procedure) is None:
        for each in dc.check(settled(mutant.procedure), claims).results:
            if each.verdict is dc.Verdict.VIOLATED:
                yield each.property.id


def rows() -> dict[str, tuple[str, str]]:
    found = re.findall(
        r"^\| `(\w+)` \| `([\w-]+)` \| `([\w:.+-]+)` \|", PAGE.read_text("utf-8"), re.MULTILINE
    )
    return {name: (text, mutant) for name, text, mutant in found}


def test_the_page_names_each_claim_once() -> None:
    assert {*rows(), *NONE} == {each.id for each in ALWAYS}
    assert not {*rows()} & {*NONE}


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("claim", ALWAYS, ids=lambda each: each.id)
def test_the_mutant_of_the_page_violates_the_claim(claim: Property) -> None:
    if claim.id in NONE:
        return
    text, mutant = rows()[claim.id]
    (before,) = dc.check(dc.load(text), [claim]).results
    assert before.verdict is dc.Verdict.HOLDS
    assert [*violated(of(text)[mutant], [claim])] == [claim.id]


def looked_for() -> dict[str, tuple[str, Mutant]]:
    """Return a mutant for each claim: those first that change something the claim names, then all."""
    found: dict[str, tuple[str, Mutant]] = {}
    for near, text in ((near, text) for near in (True, False) for text in TEXTS):
        law = dc.load(text)
        held = [
            each.property
            for each in dc.check(law, [one for one in ALWAYS if one.concerns(law)]).results
            if each.verdict is dc.Verdict.HOLDS and each.property.id not in found
        ]
        for claim in held:
            named = {name.rpartition(" ")[2] for name in claim.names}
            for mutant in of(text).values():
                if claim.id in found:
                    break
                if (touched(mutant) in named) == near:
                    left = [each for each in held if each.id not in found] if near else [claim]
                    for name in violated(mutant, left):
                        found[name] = text, mutant
                        sys.stderr.write(f"{name} {text} {mutant.id}\n")
    return found


def touched(mutant: Mutant) -> str:
    return mutant.id.partition(":")[2].partition(".")[0]


HEAD = """\
# Every property can fail

Written by `python tests/docs/test_every_property_can_fail.py`; do not edit.

A claim that nothing could violate would say nothing.
For each shipped claim of kind *always*, this is a mistake in a shipped text (see [](mutation.md)) on which it fails, though it holds of the text itself.
`pytest -m long tests/docs/test_every_property_can_fail.py` makes each of these mistakes again and checks it.

| claim | text | mutant | what was done |
|---|---|---|---|
"""

if __name__ == "__main__":
    made = looked_for()
    lines = [
        f"| `{each.id}` | `{made[each.id][0]}` | `{made[each.id][1].id}` | {made[each.id][1].words.en} |"
        for each in ALWAYS
        if each.id in made
    ]
    missing = [f"- `{each.id}`: {NONE.get(each.id, '?')}" for each in ALWAYS if each.id not in made]
    tail = (
        "\nNo mutant of either family violates these:\n\n" + "\n".join(missing) if missing else ""
    )
    PAGE.write_text(HEAD + "\n".join(lines) + "\n" + tail + ("\n" if tail else ""), "utf-8")
