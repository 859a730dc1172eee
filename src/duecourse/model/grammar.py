"""What guards and effects mean: names resolved against the declared domains, types checked, definitions written out.

Nothing here is ever handed to the Python interpreter (`docs/reference/language.md` explains the language).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

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
    measure,
)
from duecourse.model.syntax import MAX_DEPTH, ExpressionError, Raw, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Domain", "ExpressionError", "parse_effect", "parse_guard"]

MAX_SIZE = 500

STAGE = "stage"
"""The name of the stage in a configuration: nothing else is called so, and expressions do not use it."""


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


def parse_guard(text: str, scope: Mapping[str, Domain]) -> Expression:
    """Parse and type-check a guard.

    >>> scope = {"rounds": Domain((0, 1, 2)), "silence": Domain(("wait", "agreement"))}
    >>> str(parse_guard("rounds < 2 and silence == wait", scope))
    'rounds < 2 and silence == wait'

    Raises:
        ExpressionError: with the column and the way out.
    """
    return _Resolver(scope).boolean(parse(text, "guard"))


def parse_effect(text: str, scope: Mapping[str, Domain]) -> Effect:
    """Parse and type-check an effect.

    >>> str(parse_effect("rounds += 1", {"rounds": Domain((0, 1, 2), assignable=True)}))
    'rounds += 1'

    Raises:
        ExpressionError: with the column and the way out.
    """
    return _Resolver(scope).effect(parse(text, "effect"))


class _Resolver:
    """Gives names their meaning and checks types; the first mistake of an expression is reported.

    Definitions are written out where they are used, so each of them could double what the one before it means: what is
    written out is measured and bounded while it grows.
    """

    def __init__(self, scope: Mapping[str, Domain]) -> None:
        self.scope = scope
        self.size = 0

    def boolean(self, raw: Raw, depth: int = 0) -> Expression:
        self.grow(raw, 1 if raw.kind in {"compare", "name"} else 0, depth)
        match raw.kind:
            case "and":
                return conjunction(*(self.boolean(part, depth + 1) for part in raw.parts))
            case "or":
                return Or(tuple(self.boolean(part, depth + 1) for part in raw.parts))
            case "not":
                return Not(self.boolean(raw.parts[0], depth + 1))
            case "compare":
                return self.comparison(raw)
            case "truth":
                return Constant(raw.text == "true")
            case "name":
                return self.condition(raw, depth)
            case _:
                raise ExpressionError(f"{raw.text} is no condition", raw.column, "type")

    def condition(self, raw: Raw, depth: int) -> Expression:
        """Return what a name alone means as a condition: a yes-or-no fact, or a definition written out."""
        domain = self.domain(raw)
        if domain.kind != "bool":
            message = f'"{raw.text}" is no yes-or-no fact; compare it with a value'
            raise ExpressionError(message, raw.column, "type")
        if domain.means is None:
            return Variable(raw.text)
        size, height = measure(domain.means)
        self.grow(raw, size - 1, depth + height)
        return domain.means

    def grow(self, raw: Raw, size: int, depth: int) -> None:
        self.size += size
        if self.size > MAX_SIZE:
            message = f"with its definitions written out it compares more than {MAX_SIZE} times; use a fact for a part of it"
            raise ExpressionError(message, raw.column, "too-long")
        if depth > MAX_DEPTH:
            message = f"with its definitions written out it is nested deeper than {MAX_DEPTH}; write it flat"
            raise ExpressionError(message, raw.column, "too-deep")

    def domain(self, raw: Raw) -> Domain:
        if raw.text == STAGE:
            message = (
                "a condition does not read the stage; "
                'a step says with from = "…" in which stages it is taken, or a fact remembers it'
            )
            raise ExpressionError(message, raw.column, "unknown-name", raw.text)
        if raw.text not in self.scope:
            hint = nearest(raw.text, self.scope)
            message = f'unknown name "{raw.text[:80]}"{hint}'
            raise ExpressionError(message, raw.column, "unknown-name", raw.text)
        return self.scope[raw.text]

    def comparison(self, raw: Raw) -> Expression:
        left, right = raw.parts
        self.refuse_stage(left, right)
        for part in (left, right):
            if part.kind not in {"name", "number", "truth"}:
                message = (
                    "only a name or a value can be compared; join conditions with and, or, not"
                )
                raise ExpressionError(message, raw.column, "type")
        if not self.known(left):
            if self.known(right):
                return self.comparison(Raw("compare", raw.column, _MIRROR[raw.text], (right, left)))
            if left.kind != "name" and right.kind != "name":
                message = f"{left.text} {raw.text} {right.text} compares two values; one side must be a fact"
                raise ExpressionError(message, raw.column, "type")
            self.domain(right if left.kind != "name" else left)  # unknown: says so
        domain = self.comparable(left, raw)
        op: Operator = raw.text  # type: ignore[assignment]  # the grammar has no other operator
        if not self.known(right):
            return Compare(op, Variable(left.text), Constant(self.value(right, left.text, domain)))
        other = self.comparable(right, raw)
        for name, part, values in ((left, right, domain.values), (right, left, other.values)):
            if part.text in values:
                message = f'"{part.text}" is a value of "{name.text}" and a name of its own; rename one of them'
                raise ExpressionError(message, part.column, "ambiguous")
        if other.kind != domain.kind:
            message = f'"{left.text}" and "{right.text}" are of different types; only like is compared with like'
            raise ExpressionError(message, raw.column, "type")
        return Compare(op, Variable(left.text), Variable(right.text))

    def refuse_stage(self, left: Raw, right: Raw) -> None:
        """Refuse a comparison with the stage, unless "stage" is a value of what stands on the other side."""
        for name, other in ((left, right), (right, left)):
            means = self.scope.get(other.text)
            if name.text == STAGE and (means is None or STAGE not in means.values):
                self.domain(name)

    def known(self, raw: Raw) -> bool:
        return raw.kind == "name" and raw.text in self.scope

    def comparable(self, name: Raw, raw: Raw) -> Domain:
        """Return the domain of a name in a comparison that its type allows."""
        domain = self.domain(name)
        if domain.means is not None:
            message = "a definition is used as it stands or with `not`, it is not compared"
            raise ExpressionError(message, raw.column, "type")
        if domain.kind != "int" and raw.text not in {"==", "!="}:
            message = f'"{name.text}" has no order; use == or !='
            raise ExpressionError(message, raw.column, "type")
        return domain

    def value(self, raw: Raw, name: str, domain: Domain) -> Value:
        value: Value = raw.text
        if raw.kind == "truth":
            value = raw.text == "true"
        elif raw.kind == "number":
            value = int(raw.text)
        if type(value) is type(domain.values[0]) and (
            value in domain.values or domain.kind == "int"
        ):
            return value
        if domain.kind == "enum" and isinstance(value, str):
            hint = nearest(value, map(str, domain.values))
            message = f'"{raw.text[:80]}" is no value of "{name}"{hint}'
            raise ExpressionError(message, raw.column, "unknown-value")
        message = f'"{name}" takes {_EXPECTED[domain.kind]}, not {raw.text[:80]}'
        raise ExpressionError(message, raw.column, "type")

    def effect(self, raw: Raw) -> Effect:
        name, right = raw.parts
        if name.text == STAGE:
            message = 'a step changes the stage with to = "…", not in its effects'
            raise ExpressionError(message, name.column, "not-a-fact", name.text)
        domain = self.domain(name)
        if not domain.assignable:
            message = f'"{name.text}" cannot be set by a step; only facts can'
            raise ExpressionError(message, name.column, "not-a-fact")
        if raw.text == "=":
            value = self.value(right, name.text, domain)
            if value not in domain.values:
                low, high = domain.values[0], domain.values[-1]
                message = f'{value} is outside the range {low} to {high} of "{name.text}"'
                raise ExpressionError(message, right.column, "range")
            return Effect(name.text, add=False, value=value)
        if domain.kind != "int" or right.text != "1":
            message = "only a whole-number fact can be counted, by exactly 1"
            raise ExpressionError(message, raw.column, "type")
        return Effect(name.text, add=True, value=1 if raw.text == "+=" else -1)


_MIRROR = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_EXPECTED = {"bool": "true or false", "int": "a whole number", "enum": "one of its values"}
