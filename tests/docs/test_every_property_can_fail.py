"""Each shipped claim of kind `always` fails on a mutant of a shipped text, or on a shipped text: none is true of anything.

`docs/background/every-property-can-fail.md` names for each one where it fails. The long test makes these mutants and
checks them. `python tests/docs/test_every_property_can_fail.py` looks for them anew and writes the page.
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
    from collections.abc import Iterator, Mapping, Sequence

    from duecourse.properties.mutant import Mutant
    from duecourse.properties.property import Property

PAGE = Path(__file__).parents[2] / "docs" / "background" / "every-property-can-fail.md"
pytestmark = pytest.mark.skipif(not PAGE.is_file(), reason="the pages stand outside the tests")
TEXTS = ("measures-2022", "measures-2020", "trial-2017")
ALWAYS = tuple(each for each in dc.load_properties(shipped()) if each.kind is Kind.ALWAYS)
READING = "--reading"
"""Begins what stands for the mutant where a claim fails under another reading alone."""
ITSELF = "-"
"""Stands for the mutant where a claim fails on a shipped text as it is, as its file expects."""


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
        r"^\| `(\w+)` \| `([\w-]+)` \| `?([\w:.+= -]+?)`? \|", PAGE.read_text("utf-8"), re.MULTILINE
    )
    return {name: (text, mutant) for name, text, mutant in found}


def test_the_page_names_each_claim_once() -> None:
    assert [*rows()] == [each.id for each in ALWAYS]


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("claim", ALWAYS, ids=lambda each: each.id)
def test_the_claim_fails_where_the_page_says(claim: Property) -> None:
    text, mutant = rows()[claim.id]
    kind, _, chosen = mutant.partition(" ")
    if kind == READING:
        reading, _, option = chosen.partition("=")
        (under,) = dc.check(dc.load(text), [claim], {reading: option}).results
        assert under.verdict is dc.Verdict.VIOLATED
        return
    (before,) = dc.check(dc.load(text), [claim]).results
    if mutant == ITSELF:
        assert before.verdict is dc.Verdict.VIOLATED
        return
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


def otherwise(claim: Property) -> tuple[str, str, str]:
    """Return where a claim fails that no mutant violates: a shipped text as its file expects, or a text read otherwise."""
    for text, verdict in claim.expect.items():
        if verdict == "violated":
            return text, ITSELF, dc.load(text).label.en
    for text in TEXTS:
        law = dc.load(text)
        for each in law.readings if claim.concerns(law) else ():
            for option in each.options[1:]:
                (under,) = dc.check(law, [claim], {each.id: option.id}).results
                if under.verdict is dc.Verdict.VIOLATED:
                    words = f"{each.label.en} {option.label.en}"
                    return text, f"`{READING} {each.id}={option.id}`", words
    raise AssertionError(claim.id)


def page(found: Mapping[str, tuple[str, Mutant]]) -> str:
    lines = []
    for each in ALWAYS:
        if each.id in found:
            text, mutant = found[each.id]
            lines.append(f"| `{each.id}` | `{text}` | `{mutant.id}` | {mutant.words.en} |")
        else:
            text, stands_for, words = otherwise(each)
            lines.append(f"| `{each.id}` | `{text}` | {stands_for} | {words} |")
    return HEAD + "\n".join(lines) + "\n"


HEAD = """\
# Every property can fail

Written by `python tests/docs/test_every_property_can_fail.py`; do not edit.

A claim that nothing could violate would say nothing.
For each shipped claim of kind *always* this names a mistake in a shipped text (see [](mutation.md)) on which it fails, though it holds of the text itself.
Where no mutant does it, a shipped text or amendment violates it as it stands, as its file expects, or the text does under another reading.
`pytest -m long tests/docs/test_every_property_can_fail.py` makes each of these mistakes again and checks it.

| claim | text | mutant | what was done |
|---|---|---|---|
"""

if __name__ == "__main__":
    PAGE.write_text(page(looked_for()), "utf-8")
