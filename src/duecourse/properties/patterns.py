"""What is usually claimed, by name: the patterns of Dwyer, Avrunin and Corbett, their scopes, and the DECLARE templates.

Each is a formula of LTLf, with a *trigger*: a formula that says that what the pattern speaks of occurs. A pattern that
holds while its trigger never does holds vacuously. Where two propositions hold at one position they count as in order:
`p leads to s` and `p only after s` are satisfied by a position where both hold.

A scope judges a pattern on segments of the trace, each as if it were a trace of its own. A segment includes the
position that begins it and ends before the one that ends it. `before R` has one, which ends at the first R, if there
is one; `after Q` has one, from the first Q; `between Q and R` and `after Q until R` have any number, each from the
first Q since the last R, the one to the next R, which must come, the other to the next R or the end of the trace. A
position where Q and R hold begins no segment. Where there is no segment nothing is claimed.

References:
    M. B. Dwyer, G. S. Avrunin, J. C. Corbett: Patterns in property specifications for finite-state verification.
    ICSE 1999 (the patterns and scopes).
    G. De Giacomo, R. De Masellis, M. Montali: Reasoning on LTL on finite traces. AAAI 2014, and C. Di Ciccio,
    M. Montali: Declarative process specifications. 2022 (the templates).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from duecourse.properties.ltlf import Formula, atom, parse_ltlf

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_COUNT = 30


@dataclass(frozen=True, slots=True)
class Pattern:
    """A claim by its form.

    Attributes:
        name: what it is called.
        formula: what it claims.
        trigger: what it speaks of occurs; None where it speaks of every trace.
    """

    name: str
    formula: Formula
    trigger: Formula | None = None


PATTERNS: Mapping[str, tuple[str, str]] = {
    "absence": ("G !p", ""),
    "universality": ("G p", ""),
    "existence": ("F p", ""),
    "precedence": ("!p W s", "F p"),
    "response": ("G(p -> F s)", "F p"),
    "precedence chain (2 causes, 1 effect)": ("!p W (s & !p & WX(!p W t))", "F p"),
    "precedence chain (1 cause, 2 effects)": ("F(p & X F t) -> !p W s", "F(p & X F t)"),
    "response chain (1 stimulus, 2 responses)": ("G(p -> F(s & X F t))", "F p"),
    "response chain (2 stimuli, 1 response)": ("G(p & X F t -> X F(t & F s))", "F(p & X F t)"),
    "absence after": ("G(q -> WX G !p)", "F q"),
    "absence after, unless": ("G(q -> WX(!p W (r & !p)))", "F q"),
    "absence after, unless, renewed": (
        "G(q -> WX(!p W (r & !p)) & G(s -> WX(!p W (r & !p))))",
        "F q",
    ),
}
"""The formula and the trigger of each pattern, over the letters of its statement; no trigger is an empty text."""

TEMPLATES: Mapping[str, tuple[str, str]] = {
    "init": ("p", ""),
    "end": ("F(p & last)", ""),
    "choice": ("F p | F q", ""),
    "exclusive_choice": ("(F p | F q) & !(F p & F q)", ""),
    "responded_existence": ("F p -> F q", "F p"),
    "coexistence": ("F p <-> F q", "F p | F q"),
    "response": ("G(p -> F q)", "F p"),
    "precedence": ("!q W p", "F q"),
    "succession": ("G(p -> F q) & (!q W p)", "F p | F q"),
    "alternate_response": ("G(p -> X(!p U q))", "F p"),
    "alternate_precedence": ("(!q W p) & G(q -> WX(!q W p))", "F q"),
    "alternate_succession": ("G(p -> X(!p U q)) & (!q W p) & G(q -> WX(!q W p))", "F p | F q"),
    "chain_response": ("G(p -> X q)", "F p"),
    "chain_precedence": ("!q & G(X q -> p)", "F q"),
    "chain_succession": ("G(p -> X q) & !q & G(X q -> p)", "F p | F q"),
    "not_coexistence": ("!(F p & F q)", "F p | F q"),
    "not_succession": ("G(p -> !F q)", "F p"),
    "not_chain_succession": ("G(p -> !X q)", "F p"),
}
"""The formula and the trigger of each DECLARE template over its arguments, the first p and the second q."""

COUNTED = ("existence", "absence", "exactly")
"""The templates that take a number before their proposition."""


def pattern(name: str, **letters: int) -> Pattern:
    """Return a pattern of `PATTERNS` over numbered propositions.

    >>> str(pattern("response", p=0, s=1).formula)
    'G(p0 -> F p1)'
    """
    return _built(name, PATTERNS[name], tuple(letters.items()))


def template(name: str, *arguments: int) -> Pattern:
    """Return a template of `TEMPLATES` over numbered propositions.

    >>> str(template("chain_response", 0, 1).formula)
    'G(p0 -> X p1)'
    """
    return _built(name, TEMPLATES[name], tuple(zip("pq", arguments, strict=False)))


def arity(name: str) -> int:
    """Return how many propositions a template takes."""
    return 1 if name in {*COUNTED, "init", "end"} else 2


def bounded(bound: str, count: int, index: int) -> Pattern:
    """Return a bounded existence: `at least`, `at most` or `exactly` so many positions where a proposition holds.

    >>> str(bounded("at most", 1, 0).formula)
    '!F(p0 & X F p0)'

    Raises:
        ValueError: the bound is above `MAX_COUNT`.
    """
    if not 0 <= count <= MAX_COUNT:
        message = f"{count} is out of range; what is counted is counted from 0 to {MAX_COUNT}"
        raise ValueError(message)
    enough, more = _at_least(count, index), negation(_at_least(count + 1, index))
    if bound == "at least":
        return Pattern("bounded existence", enough)
    if bound == "at most":
        return Pattern("bounded existence", more, Formula("F", (atom(index),)))
    return Pattern("bounded existence", Formula("&", (enough, more)))


def counted(name: str, count: int, index: int) -> Pattern:
    """Return the template `existence`, `absence` (fewer than so many) or `exactly`.

    >>> counted("absence", 2, 0).formula == bounded("at most", 1, 0).formula
    True

    Raises:
        ValueError: the number is 0 or above `MAX_COUNT`.
    """
    if count == 0:
        message = f"{name}(0, …) says nothing of use; count from 1"
        raise ValueError(message)
    bound = {"existence": "at least", "absence": "at most", "exactly": "exactly"}[name]
    found = bounded(bound, count - (name == "absence"), index)
    return Pattern(name, found.formula, found.trigger)


def conjunction(*patterns: Pattern) -> Pattern:
    """Return the claim that all patterns hold; it is triggered where one of them is."""
    if len(patterns) == 1:
        return patterns[0]
    triggers = [each.trigger for each in patterns if each.trigger is not None]
    any_trigger = triggers[0] if len(triggers) == 1 else Formula("|", tuple(triggers))
    return Pattern(
        " and also ".join(each.name for each in patterns),
        Formula("&", tuple(each.formula for each in patterns)),
        any_trigger if len(triggers) == len(patterns) else None,
    )


class Scope(StrEnum):
    """On which part of a trace a pattern is judged."""

    GLOBALLY = "globally"
    BEFORE = "before"
    AFTER = "after"
    BETWEEN = "between"
    AFTER_UNTIL = "after-until"


def scoped(
    of: Pattern, scope: Scope, start: Formula | None = None, end: Formula | None = None
) -> Pattern:
    """Return a pattern in a scope; its trigger is that in some segment the pattern's own trigger occurs.

    Args:
        of: the pattern.
        scope: the kind of scope.
        start: what begins a segment, for `after`, `between` and `after-until`.
        end: what ends one, for `before`, `between` and `after-until`.

    >>> str(scoped(pattern("absence", p=0), Scope.BEFORE, end=atom(1)).formula)
    'F p1 -> !p0 W p1'
    """
    if scope is Scope.GLOBALLY:
        return of
    trigger = of.trigger or Formula("true")
    name = f"{of.name} {scope}"
    if start is None:
        assert end is not None
        comes = Formula("F", (end,))
        claimed = Formula("->", (comes, cut(of.formula, end)))
        return Pattern(name, claimed, _and(comes, cut(trigger, end)))
    none = negation(start)
    if end is None:
        claimed = Formula("W", (none, _and(start, of.formula)))
        return Pattern(name, claimed, Formula("U", (none, _and(start, trigger))))
    begins = _and(start, negation(end))
    segment, witness = cut(of.formula, end, inside=True), cut(trigger, end, inside=True)
    if scope is Scope.BETWEEN:
        comes = Formula("F", (end,))
        segment, witness = Formula("->", (comes, segment)), _and(comes, witness)
    following = Formula("W", (negation(begins), _and(begins, segment)))
    some = Formula("U", (negation(begins), _and(begins, witness)))
    return Pattern(
        name,
        _and(following, Formula("G", (Formula("->", (end, following)),))),
        Formula("|", (some, Formula("F", (_and(end, some),)))),
    )


def cut(  # noqa: C901  (one case for each operator)
    formula: Formula, end: Formula, *, inside: bool = False
) -> Formula:
    """Return the formula that says of a trace what the given one says of its part before the first `end`.

    Args:
        formula: what is said of the part.
        end: a Boolean combination of atoms.
        inside: it is judged only where `end` does not hold.
    """
    here = Formula("true") if inside else negation(end)
    parts = formula.parts

    def within(part: Formula) -> Formula:
        return cut(part, end, inside=True)

    match formula.kind:
        case "true" | "false":
            found = formula
        case "!" | "&" | "|" | "->" | "<->":
            found = Formula(formula.kind, tuple(cut(part, end, inside=inside) for part in parts))
        case "atom":
            found = _and(here, formula)
        case "last":
            found = _and(here, Formula("|", (formula, Formula("X", (end,)))))
        case "X":
            found = _and(here, Formula("X", (_and(negation(end), within(parts[0])),)))
        case "WX":
            later = Formula("WX", (_or(end, within(parts[0])),))
            found = later if inside else _or(end, later)
        case "F":
            found = Formula("U", (negation(end), _and(negation(end), within(parts[0]))))
        case "G":
            found = Formula("W", (within(parts[0]), end))
        case "W":
            found = Formula("W", (within(parts[0]), _or(end, within(parts[1]))))
        case "U":
            left, right = (_and(negation(end), within(part)) for part in parts)
            found = Formula("U", (left, right))
        case "R":
            dual = Formula("U", tuple(map(negation, parts)))
            found = negation(cut(dual, end, inside=inside))
    return found


def negation(part: Formula) -> Formula:
    """Return the negation, without a double one."""
    return part.parts[0] if part.kind == "!" else Formula("!", (part,))


def _and(*parts: Formula) -> Formula:
    said = tuple(part for part in parts if part.kind != "true")
    return Formula("true") if not said else said[0] if len(said) == 1 else Formula("&", said)


def _or(*parts: Formula) -> Formula:
    return Formula("|", parts)


def _at_least(count: int, index: int) -> Formula:
    found = Formula("true")
    for _ in range(count):
        later = () if found.kind == "true" else (Formula("X", (found,)),)
        found = Formula("F", (_and(atom(index), *later),))
    return found


@lru_cache(maxsize=1024)
def _built(name: str, texts: tuple[str, str], places: tuple[tuple[str, int], ...]) -> Pattern:
    formula, trigger = texts
    letters = dict(places)
    return Pattern(
        name, parse_ltlf(formula, letters), parse_ltlf(trigger, letters) if trigger else None
    )
