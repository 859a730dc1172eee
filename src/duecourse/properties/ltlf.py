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

from lark import Lark, Token, UnexpectedInput, v_args
from lark.exceptions import VisitError
from lark.visitors import Transformer_NonRecursive

from duecourse.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_LENGTH = 4_000
MAX_DEPTH = 200

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
            f"({part.text(names)})" if _STRENGTH.get(part.kind, 6) <= strength else part.text(names)
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


LTLF_RULES = r"""
?ltlf: implication (_SAME implication)*
?implication: alternatives (_IMPLIES implication)?
?alternatives: conjuncts ((_BAR | _OR) conjuncts)*
?conjuncts: temporal ((_AMPERSAND | _AND) temporal)*
?temporal: prefixed (BINARY temporal)?
?prefixed: (_BANG | _NOT) prefixed -> negation
    | UNARY prefixed -> unary
    | (TRUTH | LAST) -> constant
    | "(" ltlf ")"
    | ltlf_atom
_SAME: "<->"
_IMPLIES: "->"
_BAR: "|"
_AMPERSAND: "&"
_BANG: "!"
BINARY: /[UWR](?![a-z0-9_])/
UNARY: /(WX|[XNFG])(?![a-z0-9_])/
TRUTH: /(true|false)\b/
LAST: /last\b/
_AND: /and\b/
_OR: /or\b/
_NOT: /not\b/
%ignore /[ \t\r\n]+/
"""
_GRAMMAR = (
    LTLF_RULES
    + r"""
ltlf_atom: NAME
NAME: /(?!(?:and|or|not|true|false|last)\b)[a-z][a-z0-9_]*/
"""
)


@v_args(inline=True)
class LtlfBuild(Transformer_NonRecursive[Token, Formula]):
    """Makes formulas of what Lark finds by `LTLF_RULES`; each method is named after a rule."""

    def ltlf(self, first: Formula, *others: Formula) -> Formula:
        """Return an equivalence."""
        for other in others:
            first = _nested("<->", first, other)
        return first

    def implication(self, left: Formula, right: Formula) -> Formula:
        """Return an implication."""
        return _nested("->", left, right)

    def alternatives(self, *parts: Formula) -> Formula:
        """Return a disjunction."""
        return _nested("|", *parts)

    def conjuncts(self, *parts: Formula) -> Formula:
        """Return a conjunction."""
        return _nested("&", *parts)

    def temporal(self, left: Formula, op: Token, right: Formula) -> Formula:
        """Return an until, a weak until or a release."""
        return _nested(op.value, left, right)

    def negation(self, part: Formula) -> Formula:
        """Return a negation."""
        return _nested("!", part)

    def unary(self, op: Token, part: Formula) -> Formula:
        """Return a formula about later positions."""
        return _nested("WX" if op == "N" else op.value, part)

    def constant(self, token: Token) -> Formula:
        """Return true, false or last."""
        return Formula(token.value)


def _nested(kind: Kind, *parts: Formula) -> Formula:
    found = Formula(kind, parts)
    if found.depth > MAX_DEPTH:
        raise FormulaError(f"operators nested deeper than {MAX_DEPTH}; write it flat", 0)
    return found


@v_args(inline=True)
class _Build(LtlfBuild):
    """Keeps names as atoms, by their place in the names that are known."""

    def __init__(self, names: Mapping[str, int]) -> None:
        super().__init__()
        self.names = names

    def ltlf_atom(self, name: Token) -> Formula:
        if name.value not in self.names:
            hint = nearest(name.value, self.names)
            raise FormulaError(f'unknown name "{name[:80]}"{hint}', name.start_pos or 0)
        return atom(self.names[name.value])


def parse_ltlf(text: str, names: Mapping[str, int]) -> Formula:
    """Parse a formula whose atoms are names of numbered propositions.

    `<->`, `->`, `|` or `or`, `&` and `and`, then `U`, `W`, `R`, then `!` or `not`, `X`, `WX` or `N`, `F`, `G`, the later
    the stronger; `->`, `U`, `W` and `R` are read from the right. Atoms are names, `true`, `false` and `last`.

    >>> str(parse_ltlf("G (ask -> F answer)", {"ask": 0, "answer": 1}))
    'G(p0 -> F p1)'

    Raises:
        FormulaError: with the offset and the way out.
    """
    if len(text) > MAX_LENGTH:
        message = f"{len(text)} characters are too many for one formula (at most {MAX_LENGTH})"
        raise FormulaError(message, MAX_LENGTH)
    try:
        return _Build(names).transform(_parser().parse(text))
    except VisitError as error:
        raise error.orig_exc from None
    except UnexpectedInput as error:
        at = offset_of(error, text)
        found = repr(text[at : at + 20]) if text[at:].strip() else "the end"
        message = f"cannot read {found} here; a formula may use names, true, false, last, !, &, |, ->, <->, X, WX, F, G, U, W, R"
        raise FormulaError(message, at) from None


def offset_of(error: UnexpectedInput, text: str) -> int:
    """Return where Lark could not go on."""
    ended = getattr(getattr(error, "token", None), "type", "") == "$END"
    at = getattr(error, "pos_in_stream", None)
    return len(text) if ended or not isinstance(at, int) else at


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, start="ltlf", parser="lalr", lexer="basic", maybe_placeholders=False)
