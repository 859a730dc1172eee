"""Rules of SARIF: one for each property, in its own words and both languages, and one for each kind of finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.properties.property import Property

Object = dict[str, Any]


def property_rule(claim: Property) -> Object:
    """Return the rule for a property; its help says what is claimed, on which articles it rests, what is expected."""
    sentence = claim.sentence
    text = "\n\n".join(filter(None, [sentence.en, sentence.zh, *_facts(claim)]))
    parts = [f"**{sentence.en}**", sentence.zh and f"**{sentence.zh}**"]
    if claim.claim:
        parts.append(f"```text\n{claim.claim.strip()}\n```")
    parts.extend(f"- {each}" for each in _facts(claim, claimed=False))
    return {
        "id": claim.id,
        "shortDescription": {"text": sentence.en},
        "fullDescription": {"text": sentence.text("both")},
        "help": {"text": text, "markdown": "\n\n".join(filter(None, parts))},
        "defaultConfiguration": {"level": "error"},
        "properties": {
            "tags": ["duecourse", claim.kind.value],
            "precision": "very-high",
            "cites": {name: list(articles) for name, articles in claim.cites.items()},
        },
    }


def finding_rule(code: str) -> Object:
    """Return the rule for a kind of finding in a text."""
    words = code.replace("-", " ")
    text = f"The text of a procedure shows without any search: {words}."
    return {
        "id": f"text/{code}",
        "shortDescription": {"text": words},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": "warning"},
        "properties": {"tags": ["duecourse", "text"]},
    }


def _facts(claim: Property, *, claimed: bool = True) -> Iterator[str]:
    if claimed and claim.claim:
        yield f"claim: {' '.join(claim.claim.split())}"
    for name, articles in claim.cites.items():
        yield f"{name}: Art. {', '.join(articles)} · 第{'、'.join(articles)}条"
    for name, verdict in claim.expect.items():
        yield f"expected of {name}: {verdict}"
    if claim.reason is not None:
        yield claim.reason.text("both")
