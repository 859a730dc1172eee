"""What the names in a claim stand for: propositions as guards, and what no procedure has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.errors import nearest
from duecourse.model.expression import (
    FALSE,
    TRUE,
    Compare,
    Or,
    Variable,
    conjunction,
    negation,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from duecourse.model.expression import Expression
    from duecourse.model.names import Names
    from duecourse.properties.proposition import Proposition

OWNERS = {
    "by": "actor",
    "in": "stage",
    "starts": "clock",
    "stops": "clock",
    "extends": "clock",
    "lapses": "clock",
    "running": "clock",
    "opens": "panel",
    "closes": "panel",
    "begins": "suspension",
    "ends": "suspension",
}


def expression(
    proposition: Proposition, known: Names | None, wrong: list[tuple[int, str]]
) -> Expression:
    """Return a proposition as a guard (see `duecourse.properties.watching`).

    Args:
        proposition: what a claim says.
        known: the names that some procedure in reach has; None to believe every name.
        wrong: what no procedure has is added, with its offset in the claim.
    """
    match proposition.kind:
        case "true" | "false":
            return TRUE if proposition.kind == "true" else FALSE
        case "not":
            return negation(expression(proposition.parts[0], known, wrong))
        case "and":
            return conjunction(*(expression(part, known, wrong) for part in proposition.parts))
        case "or":
            parts = tuple(expression(part, known, wrong) for part in proposition.parts)
            return parts[0] if len(parts) == 1 else Or(parts)
        case _:
            wrong += [(proposition.offset, each) for each in _unknown(proposition, known)]
            return proposition.compare or _either(proposition)


def _either(proposition: Proposition) -> Expression:
    """Return a name, or that one of several names has something happen to it."""
    kind = "" if proposition.kind == "name" else f"{proposition.kind} "
    named = tuple(Variable(f"{kind}{name}") for name in proposition.names)
    return named[0] if len(named) == 1 else Or(named)


def _unknown(proposition: Proposition, known: Names | None) -> Iterator[str]:
    if known is None:
        return
    if proposition.compare is not None:
        yield from _compared(proposition.compare, known)
    elif proposition.kind == "name":
        yield from _named(proposition.names[0], known)
    else:
        yield from unknown_names(known, OWNERS[proposition.kind], proposition.names)


def unknown_names(known: Names | None, kind: str, names: Iterable[str]) -> Iterator[str]:
    """Yield a message for each name that no procedure in reach has an element of this kind of."""
    if known is None:
        return
    ids = known.panels.keys() if kind == "panel" else known.ids[kind]
    article = "an" if kind[0] in "aeiou" else "a"
    for name in names:
        if name not in ids:
            yield f'no procedure has {article} {kind} "{name}"{nearest(name, ids)}'


def _named(name: str, known: Names) -> Iterator[str]:
    attributes = set(known.attributes())
    words = {*known.ids["step"], *known.facts, *attributes}
    if name not in words:
        yield f'no procedure has a step, fact or attribute "{name}"{nearest(name, words)}'
    elif known.facts.get(name):
        values = ", ".join(sorted(known.facts[name]))
        yield f'"{name}" is no yes or no: compare it with one of {values}'


def _compared(compare: Compare, known: Names) -> Iterator[str]:
    assert isinstance(compare.left, Variable)
    name = compare.left.name
    words = {*known.facts, *known.attributes()}
    if name not in words:
        hint = " (a step is named alone)" if name in known.ids["step"] else nearest(name, words)
        yield f'no procedure has a fact or attribute "{name}"{hint}'
        return
    values = known.facts.get(name, set())
    if isinstance(compare.right, Variable):
        yield "a claim compares with a number, a value, true or false"
    elif isinstance(compare.right.value, str):
        word = compare.right.value
        if word not in values:
            hint = nearest(word, values) if values else "; it is a number, or true or false"
            yield f'"{name}" has no value "{word}"{hint}'
