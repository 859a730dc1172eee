"""How Promela says what a procedure says: names, types, guards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.model.expression import And, Compare, Constant, Not, Or, Variable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from duecourse.model.expression import Expression, Value
    from duecourse.model.procedure import Element, Procedure

BYTE, SHORT = 255, 32_767

_PROMELA = """
active assert atomic bit bool break byte chan c_code c_decl c_expr c_state c_track cond_expr d_proctype d_step do else
empty enabled end eval false fi for full get_p goto hidden if in init inline int len local ltl mtype nempty never nfull
notrace np_ od of pc_value pid printf printm priority proctype progress provided run select set_p short show skip timeout
trace true typedef unless unsigned void xr xs"""
_VERIFIER = """
auto case char const continue default double enum extern float long main now register return signed sizeof static struct
switch uchar uint uint32 union ushort volatile while"""
KEYWORDS = frozenset((_PROMELA + _VERIFIER).split())
"""Ids are written in small letters; every other name of a model has a capital in it, so no two are the same."""


def identifier(name: str) -> str:
    """Return a variable as an identifier.

    >>> identifier("departments"), identifier("consultation.pending.members"), identifier("short")
    ('departments', 'consultation_Pending_Members', 'short_Id')
    """
    first, *rest = name.split(".")
    if not rest and first in KEYWORDS:
        return f"{first}_Id"
    return "_".join([first, *(each.capitalize() for each in rest)])


def constant(kind: str, name: str) -> str:
    """Return the name of a constant: the stage `considering` as `STAGE_considering`."""
    return f"{kind}_{name}"


def comment(text: str) -> str:
    """Return a comment of one line."""
    return "/* " + " ".join(text.replace("*/", "* /").replace("/*", "/ *").split()) + " */"


def cited(element: Element) -> str:
    """Return the name of an element, its articles and its label."""
    articles = ", ".join(map(str, element.cites)) or "no article"
    return f"{element.id}: {articles}. {element.label.en}"


def type_of(values: Sequence[Value]) -> str:
    """Return the smallest type that holds all values; a word is held as its number."""
    if any(isinstance(each, str) for each in values):
        return "short"
    if any(isinstance(each, bool) for each in values):
        return "bool"
    numbers = [each for each in values if isinstance(each, int)]
    low, high = min(numbers, default=0), max(numbers, default=0)
    if low >= 0 and high <= BYTE:
        return "byte"
    return "short" if max(-low, high) <= SHORT else "int"


class Words:
    """What the words of one procedure become under one choice of readings.

    Attributes:
        domains: the values of every variable.
        strings: the number of every word that is a value: of an enumeration, or an option of a reading.
    """

    def __init__(
        self,
        procedure: Procedure,
        readings: Mapping[str, str],
        domains: Mapping[str, tuple[Value, ...]],
    ) -> None:
        self.procedure, self.readings, self.domains = procedure, readings, domains
        found: dict[str, None] = {}
        for fact in procedure.facts:
            found |= dict.fromkeys(each for each in fact.values if isinstance(each, str))
        for reading in procedure.readings:
            found |= dict.fromkeys(option.id for option in reading.options)
        self.strings = {name: number for number, name in enumerate(found)}

    def value(self, value: Value) -> str:
        """Return a constant."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str):
            # what the procedure does not know is equal to nothing that it knows
            known = value in self.strings
            return constant("VALUE", value) if known else str(len(self.strings))
        return str(value) if value >= 0 else f"({value})"

    def number(self, value: Value) -> int:
        """Return the number that stands for a value in a state vector."""
        return self.strings[value] if isinstance(value, str) else int(value)

    def pending(self, panel: str) -> list[str]:
        """Return the variables that count the members of a panel who have not replied."""
        return [name for name in self.domains if name.startswith(f"{panel}.pending.")]

    def variable(self, name: str) -> str:
        """Return a variable, a reading, or the sum that a panel's `pending` is."""
        if name in self.readings:
            return constant("READING", name)
        if name in self.domains:
            return identifier(name)
        panel, dot, count = name.partition(".")
        if dot and panel in self.procedure.panel and count == "pending":
            parts = [identifier(each) for each in self.pending(panel)]
            return f"({' + '.join(parts)})" if parts else "0"
        raise KeyError(name)

    def guard(self, guard: Expression, name: Callable[[str], str] | None = None) -> str:
        """Return a guard as an expression.

        Args:
            guard: the guard.
            name: how a variable is said; by default as `variable` does.
        """
        said = name or self.variable
        match guard:
            case Constant(value):
                return self.value(bool(value))
            case Variable(called):
                return said(called)
            case Compare(op, left, right):
                return f"{self._term(left, said)} {op} {self._term(right, said)}"
            case Not(part):
                return f"!({self.guard(part, said)})"
            case And(parts):
                return " && ".join(f"({self.guard(part, said)})" for part in parts)
            case Or(parts):
                return " || ".join(f"({self.guard(part, said)})" for part in parts)

    def _term(self, term: Constant | Variable, said: Callable[[str], str]) -> str:
        return self.value(term.value) if isinstance(term, Constant) else said(term.name)
