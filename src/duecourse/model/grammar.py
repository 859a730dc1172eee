"""The grammar of guards and effects: small, closed, parsed by Lark and type-checked against declared names.

Nothing here is ever handed to the Python interpreter (`docs/reference/language.md` explains the language):

    guard   comparison, `and`, `or`, `not`, parentheses over facts, readings, panel counts, suspensions and literals
    effect  `fact = value`, `fact += 1`, `fact -= 1`
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from lark import Lark, Token, Transformer, UnexpectedInput, v_args

from duecourse.errors import nearest
from duecourse.model.expression import (
    Compare,
    Constant,
    Effect,
    Expression,
    Not,
    Operator,
    Or,
    Value,
    Variable,
    conjunction,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_LENGTH = 2_000
MAX_DEPTH = 40


@dataclass(frozen=True, slots=True)
class Domain:
    """What a name stands for: its values in order, and for a definition the condition it abbreviates.

    An unbounded counter ends in its saturation point.
    """

    values: tuple[Value, ...]
    assignable: bool = False
    means: Expression | None = None

    @property
    def kind(self) -> Literal["bool", "int", "enum"]:
        """The type of the values."""
        first = self.values[0]
        return "bool" if isinstance(first, bool) else "int" if isinstance(first, int) else "enum"


class ExpressionError(Exception):
    """A guard or effect that is not of the grammar or the declared types; `column` counts from 1 in its text."""

    def __init__(self, message: str, column: int, code: str = "expression") -> None:
        self.message, self.column, self.code = message, column, code
        super().__init__(message)


def parse_guard(text: str, scope: Mapping[str, Domain]) -> Expression:
    """Parse and type-check a guard.

    >>> scope = {"rounds": Domain((0, 1, 2)), "silence": Domain(("wait", "agreement"))}
    >>> str(parse_guard("rounds < 2 and silence == wait", scope))
    'rounds < 2 and silence == wait'

    Raises:
        ExpressionError: with the column and the way out.
    """
    return _Resolver(scope).boolean(_parse(text, "guard"))


def parse_effect(text: str, scope: Mapping[str, Domain]) -> Effect:
    """Parse and type-check an effect.

    >>> str(parse_effect("rounds += 1", {"rounds": Domain((0, 1, 2), assignable=True)}))
    'rounds += 1'

    Raises:
        ExpressionError: with the column and the way out.
    """
    return _Resolver(scope).effect(_parse(text, "effect"))


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


@dataclass(frozen=True, slots=True)
class _Raw:
    """A parsed but unresolved node; `column` counts from 1."""

    kind: str
    column: int
    text: str = ""
    parts: tuple[_Raw, ...] = ()


@v_args(inline=True)
class _Build(Transformer[Token, _Raw]):
    def guard(self, part: _Raw) -> _Raw:
        return part

    def or_(self, *parts: _Raw) -> _Raw:
        return _Raw("or", parts[0].column, parts=parts)

    def and_(self, *parts: _Raw) -> _Raw:
        return _Raw("and", parts[0].column, parts=parts)

    def negated(self, part: _Raw) -> _Raw:
        return _Raw("not", part.column, parts=(part,))

    def comparison(self, left: _Raw, op: Token, right: _Raw) -> _Raw:
        return _Raw("compare", op.column or 1, str(op), (left, right))

    def number(self, token: Token) -> _Raw:
        return _Raw("number", token.column or 1, str(token))

    def truth(self, token: Token) -> _Raw:
        return _Raw("truth", token.column or 1, str(token))

    def name(self, token: Token) -> _Raw:
        return _Raw("name", token.column or 1, str(token))

    def effect(self, name: Token, assign: Token, value: _Raw) -> _Raw:
        return _Raw(
            "effect",
            assign.column or 1,
            str(assign),
            (_Raw("name", name.column or 1, str(name)), value),
        )


@cache
def _parser() -> Lark:
    return Lark(
        _GRAMMAR,
        start=["guard", "effect"],
        parser="lalr",
        transformer=_Build(),
        maybe_placeholders=False,
    )


def _parse(text: str, start: str) -> _Raw:
    _refuse_hostile(text)
    try:
        return _parser().parse(text, start=start)  # type: ignore[return-value]
    except UnexpectedInput as error:
        ended = getattr(getattr(error, "token", None), "type", "") == "$END"
        column = len(text) + 1 if ended else max(getattr(error, "column", 1), 1)
        raise ExpressionError(_syntax_message(text, start, column), column, "syntax") from None


def _refuse_hostile(text: str) -> None:
    if len(text) > MAX_LENGTH:
        message = f"{len(text)} characters are too many for one expression (at most {MAX_LENGTH}); split the step or use a fact"
        raise ExpressionError(message, 1, "too-long")
    depth = 0
    for column, character in enumerate(text, start=1):
        depth += (character == "(") - (character == ")")
        if depth > MAX_DEPTH:
            raise ExpressionError(
                f"parentheses nested deeper than {MAX_DEPTH}; write it flat", column, "too-deep"
            )
    if text.count("not") > MAX_DEPTH:
        raise ExpressionError(f"more than {MAX_DEPTH} negations; write it flat", 1, "too-deep")


def _syntax_message(text: str, start: str, column: int) -> str:
    rest = text[column - 1 :]
    if not rest.strip() or column > len(text):
        return f"the {start} ends too early: {text[-30:]!r}"
    plain = unicodedata.normalize("NFKC", rest[0])
    if plain != rest[0]:
        return f"full-width or look-alike character {rest[0]!r}; write {plain!r}"
    if start == "guard" and rest[0] == "=" and rest[:2] != "==":
        return "a guard compares with '==', a single '=' is an effect"
    way_out = (
        "facts, readings, numbers, ==, !=, <, <=, >, >=, and, or, not"
        if start == "guard"
        else "`fact = value`, `fact += 1` or `fact -= 1`"
    )
    return f"cannot read {rest[:20]!r} here; the {start} may use {way_out}"


class _Resolver:
    """Gives names their meaning and checks types; the first mistake of an expression is reported."""

    def __init__(self, scope: Mapping[str, Domain]) -> None:
        self.scope = scope

    def boolean(self, raw: _Raw) -> Expression:
        match raw.kind:
            case "and":
                return conjunction(*map(self.boolean, raw.parts))
            case "or":
                return Or(tuple(map(self.boolean, raw.parts)))
            case "not":
                return Not(self.boolean(raw.parts[0]))
            case "compare":
                return self.comparison(raw)
            case "truth":
                return Constant(raw.text == "true")
            case "name" if self.domain(raw).kind == "bool":
                return self.scope[raw.text].means or Variable(raw.text)
            case "name":
                raise ExpressionError(
                    f'"{raw.text}" is no yes-or-no fact; compare it with a value',
                    raw.column,
                    "type",
                )
            case _:
                raise ExpressionError(f"{raw.text} is no condition", raw.column, "type")

    def domain(self, raw: _Raw) -> Domain:
        if raw.text not in self.scope:
            hint = nearest(raw.text, self.scope)
            raise ExpressionError(f'unknown name "{raw.text}"{hint}', raw.column, "unknown-name")
        return self.scope[raw.text]

    def comparison(self, raw: _Raw) -> Expression:
        left, right = raw.parts
        for part in (left, right):
            if part.kind not in {"name", "number", "truth"}:
                raise ExpressionError("only a name or a value can be compared", raw.column, "type")
        if left.kind != "name" or left.text not in self.scope:
            if right.kind == "name" and right.text in self.scope:
                return self.comparison(
                    _Raw("compare", raw.column, _MIRROR[raw.text], (right, left))
                )
            if left.kind != "name":
                raise ExpressionError(
                    f"{left.text} {raw.text} {right.text} compares two values; one side must be a fact",
                    raw.column,
                    "type",
                )
        domain = self.domain(left)
        if domain.means is not None or (
            right.text in self.scope and self.scope[right.text].means is not None
        ):
            raise ExpressionError(
                "a definition is used as it stands or with `not`, it is not compared",
                raw.column,
                "type",
            )
        if domain.kind != "int" and raw.text not in {"==", "!="}:
            raise ExpressionError(f'"{left.text}" has no order; use == or !=', raw.column, "type")
        op: Operator = raw.text  # type: ignore[assignment]
        if right.kind == "name" and right.text in self.scope:
            if self.scope[right.text].kind != domain.kind:
                raise ExpressionError(
                    f'"{left.text}" and "{right.text}" are of different types', raw.column, "type"
                )
            return Compare(op, Variable(left.text), Variable(right.text))
        return Compare(op, Variable(left.text), Constant(self.value(right, left.text, domain)))

    def value(self, raw: _Raw, name: str, domain: Domain) -> Value:
        value: Value = (
            raw.text == "true"
            if raw.kind == "truth"
            else int(raw.text)
            if raw.kind == "number"
            else raw.text
        )
        if (type(value) is type(domain.values[0])) and (
            value in domain.values or domain.kind == "int"
        ):
            return value
        if domain.kind == "enum" and isinstance(value, str):
            hint = nearest(value, map(str, domain.values))
            raise ExpressionError(
                f'"{raw.text}" is no value of "{name}"{hint}', raw.column, "unknown-value"
            )
        expected = {"bool": "true or false", "int": "a whole number", "enum": "one of its values"}[
            domain.kind
        ]
        raise ExpressionError(f'"{name}" takes {expected}, not {raw.text}', raw.column, "type")

    def effect(self, raw: _Raw) -> Effect:
        name, right = raw.parts
        domain = self.domain(name)
        if not domain.assignable:
            raise ExpressionError(
                f'"{name.text}" cannot be set by a step; only facts can', name.column, "not-a-fact"
            )
        if raw.text == "=":
            value = self.value(right, name.text, domain)
            if value not in domain.values:
                low, high = domain.values[0], domain.values[-1]
                raise ExpressionError(
                    f'{value} is outside the range {low} to {high} of "{name.text}"',
                    right.column,
                    "range",
                )
            return Effect(name.text, add=False, value=value)
        if domain.kind != "int" or right.text != "1":
            raise ExpressionError(
                "only a whole-number fact can be counted, by exactly 1", raw.column, "type"
            )
        return Effect(name.text, add=True, value=1 if raw.text == "+=" else -1)


_MIRROR = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
