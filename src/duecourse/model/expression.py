"""Guards and effects as values: evaluated, folded, taken apart, never handed to the Python interpreter."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

Value = bool | int | str
Operator = Literal["==", "!=", "<", "<=", ">", ">="]

_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal: true, false, an integer, or a value of an enumeration."""

    value: Value

    def __str__(self) -> str:
        return str(self.value).lower() if isinstance(self.value, bool) else str(self.value)


@dataclass(frozen=True, slots=True)
class Variable:
    """A fact, a reading, or an attribute such as `consultation.pending` or `supplement.active`."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison of two terms."""

    op: Operator
    left: Constant | Variable
    right: Constant | Variable

    def __str__(self) -> str:
        return f"{self.left} {self.op} {self.right}"


@dataclass(frozen=True, slots=True)
class Not:
    """Negation."""

    part: Expression

    def __str__(self) -> str:
        return f"not {_inner(self.part)}"


@dataclass(frozen=True, slots=True)
class And:
    """Conjunction of two or more parts."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        return " and ".join(map(_inner, self.parts))


@dataclass(frozen=True, slots=True)
class Or:
    """Disjunction of two or more parts."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        return " or ".join(map(_inner, self.parts))


Expression = Constant | Variable | Compare | Not | And | Or
TRUE = Constant(value=True)
FALSE = Constant(value=False)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a step does to one fact: sets it to a value, or adds 1 or -1."""

    fact: str
    add: bool
    value: Value

    def __str__(self) -> str:
        if not self.add:
            return f"{self.fact} = {Constant(self.value)}"
        return f"{self.fact} {'+=' if self.value == 1 else '-='} 1"


def evaluate(expression: Expression, values: Mapping[str, Value]) -> bool:
    """Return whether a guard holds when every variable in it has a value."""
    match expression:
        case Constant(value):
            return bool(value)
        case Variable(name):
            return bool(values[name])
        case Compare(op, left, right):
            return _OPERATORS[op](_term(left, values), _term(right, values))
        case Not(part):
            return not evaluate(part, values)
        case And(parts):
            return all(evaluate(part, values) for part in parts)
        case Or(parts):
            return any(evaluate(part, values) for part in parts)


def simplify(expression: Expression, values: Mapping[str, Value]) -> Expression:
    """Return the guard with the variables that have a value replaced by it, as small as that makes it."""
    match expression:
        case Constant():
            return expression
        case Variable(name):
            return (TRUE if values[name] else FALSE) if name in values else expression
        case Compare(op, left, right):
            return _compared(op, _fix(left, values), _fix(right, values))
        case Not(part):
            return negation(simplify(part, values))
        case And(parts):
            return conjunction(*(simplify(part, values) for part in parts))
        case Or(parts):
            return disjunction(*(simplify(part, values) for part in parts))


def conjunction(*parts: Expression) -> Expression:
    """Return the conjunction of the parts, flattened and without constants."""
    return _joined(And, parts)


def disjunction(*parts: Expression) -> Expression:
    """Return the disjunction of the parts, flattened and without constants."""
    return _joined(Or, parts)


def _joined(kind: type[And | Or], parts: Iterable[Expression]) -> Expression:
    flat: dict[Expression, None] = {}
    decides = kind is Or  # the constant that decides the whole; the other one says nothing
    for part in parts:
        if isinstance(part, Constant):
            if bool(part.value) is decides:
                return TRUE if decides else FALSE
        elif isinstance(part, kind):
            flat.update(dict.fromkeys(part.parts))
        else:
            flat[part] = None
    if not flat:
        return FALSE if decides else TRUE
    return next(iter(flat)) if len(flat) == 1 else kind(tuple(flat))


def negation(part: Expression) -> Expression:
    """Return the negation of a guard, pushed through conjunctions so that double negations vanish."""
    match part:
        case Constant(value):
            return FALSE if value else TRUE
        case Not(inner):
            return inner
        case And(parts):
            return Or(tuple(negation(each) for each in parts))
        case Or(parts):
            return conjunction(*(negation(each) for each in parts))
        case _:
            return Not(part)


def variables(expression: Expression) -> Iterator[str]:
    """Yield the names of the variables in a guard, in reading order, with repetitions."""
    match expression:
        case Variable(name):
            yield name
        case Compare(_, left, right):
            yield from variables(left)
            yield from variables(right)
        case Not(part):
            yield from variables(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from variables(part)
        case Constant():
            return


def atoms(expression: Expression) -> Iterator[Compare]:
    """Yield the comparisons in a guard; a bare Boolean variable counts as `name == true`."""
    match expression:
        case Compare():
            yield expression
        case Variable():
            yield Compare("==", expression, TRUE)
        case Not(part):
            yield from atoms(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from atoms(part)
        case Constant():
            return


def measure(expression: Expression) -> tuple[int, int]:
    """Return how many comparisons a guard makes, and how deep it is nested."""
    match expression:
        case Not(part):
            size, depth = measure(part)
            return size, depth + 1
        case And(parts) | Or(parts):
            measures = [measure(part) for part in parts]
            return sum(size for size, _ in measures), 1 + max(depth for _, depth in measures)
        case _:
            return 1, 0


def false_parts(expression: Expression, values: Mapping[str, Value]) -> tuple[Expression, ...]:
    """Return the smallest parts of a guard that are false and make it false: the reason why a step is refused."""
    if evaluate(expression, values):
        return ()
    match expression:
        case And(parts):
            return tuple(reason for part in parts for reason in false_parts(part, values))
        case _:
            return (expression,)


def _term(term: Constant | Variable, values: Mapping[str, Value]) -> Value:
    return term.value if isinstance(term, Constant) else values[term.name]


def _fix(term: Constant | Variable, values: Mapping[str, Value]) -> Constant | Variable:
    if isinstance(term, Variable) and term.name in values:
        return Constant(values[term.name])
    return term


def _compared(
    op: Operator, left: Constant | Variable, right: Constant | Variable
) -> Constant | Compare:
    if isinstance(left, Constant) and isinstance(right, Constant):
        return Constant(_OPERATORS[op](left.value, right.value))
    return Compare(op, left, right)


def _inner(part: Expression) -> str:
    return f"({part})" if isinstance(part, (And, Or)) else str(part)
