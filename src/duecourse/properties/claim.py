"""Claims in near-English: what must hold of every case, as a formula over propositions about its steps.

`docs/reference/properties.md` explains the language. What the names in a claim stand for is the business of whoever
binds it to a procedure; here they are kept with their places in the text.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from lark import Token, v_args
from lark.exceptions import VisitError

from duecourse.errors import nearest
from duecourse.model.expression import Compare, Constant, Value, Variable
from duecourse.properties.automaton import MAX_PROPOSITIONS
from duecourse.properties.claim_grammar import (
    MAX_DEPTH,
    MAX_SIZE,
    ClaimError,
    claim_tree,
)
from duecourse.properties.derivatives import automaton
from duecourse.properties.ltlf import LtlfBuild, atom
from duecourse.properties.patterns import (
    COUNTED,
    TEMPLATES,
    Pattern,
    Scope,
    arity,
    bounded,
    conjunction,
    counted,
    pattern,
    scoped,
    template,
)
from duecourse.properties.proposition import Proposition

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from duecourse.properties.automaton import Automaton
    from duecourse.properties.ltlf import Formula


@dataclass(frozen=True)
class Claim:
    """What is claimed of every case.

    Attributes:
        formula: the claim, over the numbers of its propositions.
        propositions: what they stand for, in the order of their numbers.
        twin: a formula that says that what the claim speaks of occurs; None where it speaks of every case.
        pattern: what the claim is called by its form.
    """

    formula: Formula
    propositions: tuple[Proposition, ...]
    twin: Formula | None
    pattern: str

    @cached_property
    def automaton(self) -> Automaton:
        """The automaton of the claim.

        Raises:
            TooLargeError: it would be too large.
        """
        return automaton(self.formula, len(self.propositions))

    @cached_property
    def twin_automaton(self) -> Automaton | None:
        """The automaton of the twin, over the same letters.

        Raises:
            TooLargeError: it would be too large.
        """
        return None if self.twin is None else automaton(self.twin, len(self.propositions))

    def text(self) -> str:
        """Return the formula with its propositions written out."""
        names = {
            index: str(each) if each.kind == "name" else f"({each})"
            for index, each in enumerate(self.propositions)
        }
        return self.formula.text(names)


def parse_claim(text: str, *, definitions: Mapping[str, str] = MappingProxyType({})) -> Claim:
    """Parse a claim.

    Args:
        text: near-English, or `ltlf:` and a formula.
        definitions: propositions with a name of their own, written out where the claim names them.

    >>> claim = parse_claim("after object until approve: never notify")
    >>> claim.pattern, [str(each) for each in claim.propositions]
    ('absence after-until', ['notify', 'object', 'approve'])

    Raises:
        ClaimError: with the offset and the way out.
    """
    build = _Build(definitions)
    found = build.of(text, "claim")
    assert isinstance(found, Pattern)
    return Claim(found.formula, tuple(build.numbers), found.trigger, found.name)


_Places = tuple[Scope, "Proposition | None", "Proposition | None"]


@v_args(inline=True)
class _Build(LtlfBuild):
    """Makes patterns of what Lark finds, numbers propositions, and writes definitions out."""

    def __init__(
        self, definitions: Mapping[str, str], within: tuple[str, ...] = (), at: int | None = None
    ) -> None:
        super().__init__()
        self.definitions, self.within, self.at = definitions, within, at
        self.numbers: dict[Proposition, int] = {}
        self.size = [0]

    def of(self, text: str, start: Literal["claim", "prop"]) -> Pattern | Proposition:
        """Return what a text means."""
        tree = claim_tree(text, start)
        try:
            return self.transform(tree)  # type: ignore[return-value]  # the rules make nothing else
        except VisitError as error:
            if isinstance(error.orig_exc, ClaimError):
                raise error.orig_exc from None
            raise ClaimError(str(error.orig_exc), 0) from None  # a formula nested too deep

    def index(self, found: Proposition) -> int:
        """Return the number of a proposition."""
        number = self.numbers.setdefault(found, len(self.numbers))
        if number == MAX_PROPOSITIONS:
            message = f"a claim speaks of at most {MAX_PROPOSITIONS} propositions; join some with `or`, or make two claims of it"
            raise ClaimError(message, found.offset)
        return number

    def made(self, found: Proposition) -> Proposition:
        """Return a proposition at its place in the claim, if the claim is not too large."""
        self.size[0] += 1
        found = found if self.at is None else replace(found, offset=self.at)
        if self.size[0] > MAX_SIZE or found.depth > MAX_DEPTH:
            message = f"with its definitions written out the claim has more than {MAX_SIZE} parts or is nested deeper than {MAX_DEPTH}; make two claims of it"
            raise ClaimError(message, found.offset)
        return found

    def named(self, name: str, **letters: Proposition) -> Pattern:
        """Return a pattern over propositions, which are numbered in the order of reading."""
        return pattern(name, **{letter: self.index(each) for letter, each in letters.items()})

    def claim(self, *parts: Pattern | Token) -> Pattern:
        """Return what all sentences claim."""
        return conjunction(*(part for part in parts if isinstance(part, Pattern)))

    def suffixed(self, of: Pattern, places: _Places) -> Pattern:
        """Return a body with its scope after it."""
        scope, *ends = places
        start, end = (None if each is None else atom(self.index(each)) for each in ends)
        return scoped(of, scope, start, end)

    def prefixed(self, places: _Places, of: Pattern) -> Pattern:
        """Return a body with its scope before it."""
        return self.suffixed(of, places)

    def scope(
        self, word: Token, first: Proposition | None = None, *others: Token | Proposition
    ) -> _Places:
        """Return a scope with what begins and ends its segments."""
        last = next((each for each in others if isinstance(each, Proposition)), None)
        match word.value:
            case "before":
                return Scope.BEFORE, None, first
            case "after":
                return (Scope.AFTER if last is None else Scope.AFTER_UNTIL), first, last
            case "between":
                return Scope.BETWEEN, first, last
            case _:
                return Scope.GLOBALLY, None, None

    def simple(self, word: Token, p: Proposition) -> Pattern:
        """Return absence, universality or existence."""
        return self.named(_SIMPLE[word.value], p=p)

    def bounded(self, p: Proposition, bound: str, count: Token) -> Pattern:
        """Return a bounded existence."""
        number = {"once": 1, "twice": 2}.get(count.value)
        return _counting(bounded, bound, count if number is None else number, self.index(p), count)

    def bound(self, word: Token) -> str:
        """Return the kind of a bound."""
        return word.value if word == "exactly" else f"at {word}"

    def count(self, number: Token) -> Token:
        """Return how often."""
        return number

    def precedence(self, p: Proposition, s: Proposition) -> Pattern:
        """Return that p comes only after s."""
        return self.named("precedence", p=p, s=s)

    def two_causes(self, p: Proposition, s: Proposition, t: Proposition) -> Pattern:
        """Return that p comes only after s and then t."""
        return self.named("precedence chain (2 causes, 1 effect)", p=p, s=s, t=t)

    def two_effects(self, p: Proposition, t: Proposition, s: Proposition) -> Pattern:
        """Return that p and then t come only after s."""
        return self.named("precedence chain (1 cause, 2 effects)", p=p, t=t, s=s)

    def response(self, p: Proposition, s: Proposition) -> Pattern:
        """Return that p leads to s."""
        return self.named("response", p=p, s=s)

    def two_responses(self, p: Proposition, s: Proposition, t: Proposition) -> Pattern:
        """Return that p leads to s and then t."""
        return self.named("response chain (1 stimulus, 2 responses)", p=p, s=s, t=t)

    def two_stimuli(self, p: Proposition, t: Proposition, s: Proposition) -> Pattern:
        """Return that p and then t lead to s."""
        return self.named("response chain (2 stimuli, 1 response)", p=p, t=t, s=s)

    def directly_after(self, q: Proposition, p: Proposition) -> Pattern:
        """Return that each q comes directly after p."""
        second = self.index(q)
        return template("chain_precedence", self.index(p), second)

    def directly_to(self, p: Proposition, q: Proposition) -> Pattern:
        """Return that each p is directly followed by q."""
        return template("chain_response", self.index(p), self.index(q))

    def not_directly(self, q: Proposition, p: Proposition) -> Pattern:
        """Return that no p is directly followed by q."""
        second = self.index(q)
        return template("not_chain_succession", self.index(p), second)

    def after(self, *parts: Proposition) -> Pattern:
        """Return that p never follows q, unless r comes between, whose effect s takes back."""
        names = ("absence after", "absence after, unless", "absence after, unless, renewed")
        return self.named(names[len(parts) - 2], **dict(zip("pqrs", parts, strict=False)))

    def call(self, name: Token, *arguments: Proposition | Token) -> Pattern:
        """Return a template by its name."""
        if name.value not in {*TEMPLATES, *COUNTED}:
            hint = nearest(name.value, [*TEMPLATES, *COUNTED])
            raise ClaimError(f'unknown template "{name[:80]}"{hint}', name.start_pos or 0)
        counts = [each for each in arguments if isinstance(each, Token)]
        props = [each for each in arguments if isinstance(each, Proposition)]
        takes = f"{'a number and ' * (name in COUNTED)}{arity(name.value)} proposition{'s' * (arity(name.value) > 1)}"
        misplaced = counts and (name not in COUNTED or arguments[0] is not counts[0])
        if misplaced or len(counts) > 1 or len(props) != arity(name.value):
            raise ClaimError(f"{name} takes {takes}", name.start_pos or 0)
        numbers = [self.index(each) for each in props]
        if name in COUNTED:
            count = counts[0] if counts else 1
            return _counting(counted, name.value, count, numbers[0], counts[0] if counts else name)
        return template(name.value, *numbers)

    def temporal_body(self, formula: Formula) -> Pattern:
        """Return a formula as a pattern."""
        return Pattern("ltlf", formula)

    def ltlf_atom(self, found: Proposition) -> Formula:
        """Return a proposition in a formula."""
        return atom(self.index(found))

    def name(self, token: Token) -> Proposition:
        """Return a name, or what it is defined as."""
        offset = token.start_pos or 0
        if token.value not in self.definitions:
            return self.made(Proposition("name", (token.value,), offset=offset))
        offset = offset if self.at is None else self.at
        chain = (*self.within, token.value)
        if token.value in self.within:
            message = f"the definitions {' -> '.join(chain)} mean each other; one of them must stand without the others"
            raise ClaimError(message, offset)
        inner = _Build(self.definitions, chain, offset)
        inner.size = self.size
        try:
            found = inner.of(self.definitions[token.value], "prop")
        except ClaimError as error:
            nested = str(error) if self.within else f'in the definition "{token}": {error}'
            raise ClaimError(nested, offset) from None
        assert isinstance(found, Proposition)
        return found

    def comparison(self, name: Token, op: Token, right: Token) -> Proposition:
        """Return a comparison."""
        value: Value = right.value
        if right.type == "NUMBER":
            value = int(right)
        elif right.type == "TRUTH":
            value = right == "true"
        other = Variable(right.value) if "." in right else Constant(value)
        compare = Compare(op.value, Variable(name.value), other)
        return self.made(Proposition("compare", compare=compare, offset=name.start_pos or 0))

    def event(self, word: Token, *names: Token) -> Proposition:
        """Return what is said of an actor, a stage, a clock, a panel or a suspension."""
        said = tuple(name.value for name in names)
        return self.made(Proposition(word.value, said, offset=word.start_pos or 0))

    def truth(self, token: Token) -> Proposition:
        """Return true or false."""
        return self.made(Proposition(token.value, offset=token.start_pos or 0))

    def not_(self, part: Proposition) -> Proposition:
        """Return a negation."""
        return self.made(Proposition("not", parts=(part,), offset=part.offset))

    def and_(self, *parts: Proposition) -> Proposition:
        """Return a conjunction."""
        return self.made(Proposition("and", parts=parts, offset=parts[0].offset))

    def or_(self, *parts: Proposition) -> Proposition:
        """Return a disjunction."""
        return self.made(Proposition("or", parts=parts, offset=parts[0].offset))


_SIMPLE = {"never": "absence", "always": "universality", "eventually": "existence"}


def _counting(
    make: Callable[[str, int, int], Pattern], word: str, count: int | str, index: int, at: Token
) -> Pattern:
    try:
        return make(word, int(count), index)
    except ValueError as error:
        raise ClaimError(str(error), at.start_pos or 0) from None
