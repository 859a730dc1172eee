"""Linear temporal logic on finite traces (LTLf; De Giacomo, Vardi 2013), and its automata.

A formula is judged at a position of a trace, or at its end, after the last position; the empty trace has only its end.
There an atom is false, `X f`, `F f`, `f U g` and `last` are false, and `WX f`, `G f`, `f W g` and `f R g` are true;
`not`, `and`, `or` are classical everywhere. So `X f` says that there is a next position and f holds there, `WX f` that
f holds there if there is one, `F f` that f holds at this position or a later one, `G f` that it holds at all of them.

The automaton is built by derivatives (Brzozowski 1964; progression, Bacchus, Kabanza 1998): what must hold of the rest
of the trace after a letter is a Boolean combination of subformulas, kept in disjunctive normal form without absorbed
clauses. There are finitely many of those, so the construction ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Literal

from lark import Lark, Token, Transformer, UnexpectedInput, v_args

from duecourse.properties.automaton import Automaton, TooLargeError, check_size, minimal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_LENGTH = 4_000
MAX_DEPTH = 200
MAX_WORK = 1_000_000

Kind = Literal[
    "true", "false", "atom", "last", "!", "&", "|", "->", "<->", "X", "WX", "F", "G", "U", "W", "R"
]
_STRENGTH = {"<->": 0, "->": 1, "|": 2, "&": 3, "U": 4, "W": 4, "R": 4}


class FormulaError(ValueError):
    """A text that is no formula.

    Args:
        message: what was found, and the way out.
        offset: where, counting from 0.
    """

    def __init__(self, message: str, offset: int) -> None:
        self.offset = offset
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula over numbered propositions.

    Attributes:
        kind: its operator, as it is written.
        parts: what the operator joins: two or more for `&` and `|`, two or one for the others.
        index: the number of the proposition of an atom.
        depth: how deep it is nested; an atom has depth 1.
    """

    kind: Kind
    parts: tuple[Formula, ...] = ()
    index: int = 0
    depth: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "depth", 1 + max((part.depth for part in self.parts), default=0))

    def __str__(self) -> str:
        return self.text({})

    def text(self, names: Mapping[int, str]) -> str:
        """Return the formula as it is written; a proposition without a name is `p` and its number."""
        if self.kind == "atom":
            return names.get(self.index, f"p{self.index}")
        if not self.parts:
            return self.kind
        strength = _STRENGTH.get(self.kind, 5)
        parts = [
            f"({part.text(names)})"
            if _STRENGTH.get(part.kind, 6) <= strength
            else part.text(names)
            for part in self.parts
        ]
        if len(parts) > 1:
            return f" {self.kind} ".join(parts)
        bare = self.kind == "!" or parts[0][0] == "("
        return f"{self.kind}{'' if bare else ' '}{parts[0]}"


def atom(index: int) -> Formula:
    """Return the formula that the proposition of this number holds now."""
    return Formula("atom", index=index)


def propositions(formula: Formula) -> int:
    """Return how many propositions a letter must tell of: one more than the highest number in the formula."""
    below = max(map(propositions, formula.parts), default=0)
    return formula.index + 1 if formula.kind == "atom" else below


RULES = r"""
?ltlf: implication ("<->" implication)* -> equivalence
?implication: alternatives ("->" implication)?
?alternatives: conjuncts (("|" | "or") conjuncts)*
?conjuncts: temporal (("&" | "and") temporal)*
?temporal: prefixed ((UNTIL | WEAK_UNTIL | RELEASE) temporal)?
?prefixed: ("!" | "not") prefixed -> negation
    | (NEXT | WEAK_NEXT | FINALLY | GLOBALLY) prefixed -> unary
    | ("true" | TRUTH) -> truth
    | "(" ltlf ")"
    | ltlf_atom
"""
