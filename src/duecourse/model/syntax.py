"""The syntax of guards and effects: small, closed, parsed by Lark; what the names mean is `duecourse.model.grammar`'s.

guard   comparison, `and`, `or`, `not`, parentheses over facts, readings, panel counts, suspensions and literals
effect  `fact = value`, `fact += 1`, `fact -= 1`
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Literal

from lark import Lark, Token, Transformer, UnexpectedInput, v_args

MAX_LENGTH = 2_000
MAX_DEPTH = 40

KEYWORDS = frozenset({"and", "or", "not", "true", "false"})

Start = Literal["guard", "effect"]


class ExpressionError(Exception):
    """A guard or effect that is not of the grammar or the declared types.

    Args:
        message: what was found, and the way out.
        column: where, counting from 1 in the whole text.
        code: the kind of mistake.
        name: the name that is not known, where that is the mistake.
    """

    def __init__(self, message: str, column: int, code: str, name: str = "") -> None:
        self.message, self.column, self.code, self.name = message, column, code, name
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Raw:
    """A parsed node whose names have no meaning yet; `column` counts from 1 in the whole text."""

    kind: str
    column: int
    text: str = ""
    parts: tuple[Raw, ...] = ()


def parse(text: str, start: Start) -> Raw:
    """Parse a guard or an effect.

    Raises:
        ExpressionError: it is too long, too deep or not of the grammar.
    """
    _refuse_hostile(text)
    try:
        return _parser().parse(text, start=start)  # type: ignore[return-value]  # the transformer makes Raw of the tree
    except UnexpectedInput as error:
        ended = getattr(getattr(error, "token", None), "type", "") == "$END"
        at = len(text) if ended else getattr(error, "pos_in_stream", 0)
        message, at = _syntax_message(text, start, at)
        raise ExpressionError(message, at + 1, "syntax") from None


_GRAMMAR = r"""
guard: or_
?or_: and_ ("or" and_)*
?and_: not_ ("and" not_)*
?not_: "not" not_ -> negated | comparison
?comparison: term (OPERATOR term)?
?term: NUMBER -> number | TRUTH -> truth | NAME -> name | "(" or_ ")"
effect: NAME ASSIGN value
value: NUMBER -> number | TRUTH -> truth | NAME -> name
ASSIGN: "=" | "+=" | "-="
OPERATOR: "==" | "!=" | "<=" | ">=" | "<" | ">"
TRUTH.2: /(true|false)\b/
NUMBER: /-?[0-9]{1,9}\b/
NAME: /(?!(?:and|or|not|true|false)\b)[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?/
%ignore /[ \t\n]+/
"""


@v_args(inline=True)
class _Build(Transformer[Token, Raw]):
    """Makes nodes of what Lark finds; each method is called with the children of the rule it is named after."""

    def guard(self, part: Raw) -> Raw:
        """Return the one condition of a guard."""
        return part

    def or_(self, *parts: Raw) -> Raw:
        """Return a disjunction."""
        return Raw("or", parts[0].column, parts=parts)

    def and_(self, *parts: Raw) -> Raw:
        """Return a conjunction."""
        return Raw("and", parts[0].column, parts=parts)

    def negated(self, part: Raw) -> Raw:
        """Return a negation."""
        return Raw("not", part.column, parts=(part,))

    def comparison(self, left: Raw, op: Token, right: Raw) -> Raw:
        """Return a comparison."""
        return Raw("compare", _column(op), str(op), (left, right))

    def number(self, token: Token) -> Raw:
        """Return a whole number."""
        return Raw("number", _column(token), str(token))

    def truth(self, token: Token) -> Raw:
        """Return true or false."""
        return Raw("truth", _column(token), str(token))

    def name(self, token: Token) -> Raw:
        """Return a name."""
        return Raw("name", _column(token), str(token))

    def effect(self, name: Token, assign: Token, value: Raw) -> Raw:
        """Return an effect."""
        return Raw("effect", _column(assign), str(assign), (self.name(name), value))


def _column(token: Token) -> int:
    return (token.start_pos or 0) + 1


@cache
def _parser() -> Lark:
    return Lark(
        _GRAMMAR,
        start=["guard", "effect"],
        parser="lalr",
        transformer=_Build(),
        maybe_placeholders=False,
    )


_NEGATIONS = re.compile(rf"(?:\bnot\b[\s(]*+){{{MAX_DEPTH + 1}}}")


def _refuse_hostile(text: str) -> None:
    if len(text) > MAX_LENGTH:
        message = f"{len(text)} characters are too many for one expression (at most {MAX_LENGTH}); split the step or use a definition"
        raise ExpressionError(message, 1, "too-long")
    depth = 0
    for column, character in enumerate(text, start=1):
        depth += (character == "(") - (character == ")")
        if depth > MAX_DEPTH:
            message = f"parentheses nested deeper than {MAX_DEPTH}; write it flat"
            raise ExpressionError(message, column, "too-deep")
    negations = _NEGATIONS.search(text)
    if negations:
        message = f"more than {MAX_DEPTH} negations of each other; write it flat"
        raise ExpressionError(message, negations.start() + 1, "too-deep")


_WAYS_OUT = {
    "guard": "facts, readings, numbers, ==, !=, <, <=, >, >=, and, or, not",
    "effect": "`fact = value`, `fact += 1` or `fact -= 1`",
}


_SIGNS = {
    "≥": ">=",
    "≧": ">=",
    "⩾": ">=",
    "=>": ">=",
    "≤": "<=",
    "≦": "<=",
    "⩽": "<=",
    "=<": "<=",
    "≠": "!=",
    "<>": "!=",
    "!==": "!=",
    "===": "==",
    "&": "and",
    "&&": "and",
    "∧": "and",
    "且": "and",
    "|": "or",
    "||": "or",
    "∨": "or",
    "或": "or",
    "!": "not",
    "¬": "not",
    "非": "not",
}
"""What people write in a guard, and how the language writes it."""

_SIGN = re.compile(r"[=<>!&|＝＜＞！＆｜≥≧⩾≤≦⩽≠∧∨¬]+|[且或非]")
_QUOTED = re.compile(r"""["'“”‘’「」『』＂＇]([^"'“”‘’「」『』＂＇]*)["'“”‘’「」『』＂＇]?""")
_VALUE = re.compile(r"[a-z0-9_-]+")


def _syntax_message(text: str, start: Start, at: int) -> tuple[str, int]:
    """Return what cannot be read, with the way out, and where it begins."""
    rest = text[at:]
    if not rest.strip():
        return f"the {start} ends too early: {text[-30:]!r}; it may use {_WAYS_OUT[start]}", at
    quoted = _QUOTED.match(rest)
    if quoted:
        way = f"; write {quoted[1]}" if _VALUE.fullmatch(quoted[1]) else ", by its id"
        return f"a value stands without quotation marks{way}", at
    for sign in _SIGN.finditer(text):
        way = _way(sign[0], start)
        if way and sign.start() <= at < sign.end():
            return way, sign.start()
    plain = unicodedata.normalize("NFKC", rest[0])
    if plain != rest[0]:
        return f"full-width or look-alike character {rest[0]!r}; write {plain[:4]!r}", at
    return f"cannot read {rest[:20]!r} here; the {start} may use {_WAYS_OUT[start]}", at


def _way(sign: str, start: Start) -> str:
    """Return what is wrong with a sign and how it is written, empty where nothing is."""
    plain = unicodedata.normalize("NFKC", sign)
    if start == "guard":
        if sign == "=":
            return "a guard compares with '==', a single '=' is an effect"
        plain = _SIGNS.get(plain, "==" if plain == "=" else plain)
    if plain == sign:
        return ""
    if sign.isascii():
        return f"{sign!r} is no sign of the language; write {plain!r}"
    return f"full-width or look-alike character{'s' if len(sign) > 1 else ''} {sign!r}; write {plain!r}"
