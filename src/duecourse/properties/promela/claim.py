"""A claim in Promela: its propositions, its automaton and the tracked clocks, woven in after each step."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from duecourse.model.expression import FALSE, And, Compare, Not, Or, Variable
from duecourse.properties.automaton import Colour
from duecourse.properties.promela.words import comment, constant, identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from duecourse.model.expression import Expression
    from duecourse.model.procedure import Procedure
    from duecourse.properties.automaton import Automaton
    from duecourse.properties.monitor import Monitor
    from duecourse.properties.promela.words import Words

Question = Literal["violated", "satisfied", "triggered"]
"""What an assertion denies: that a case violates a claim, that a complete case satisfies it, that one triggers it."""

HAPPENINGS = {
    "starts": "start",
    "stops": "stop",
    "extends": "extend",
    "opens": "open",
    "closes": "close",
    "begins": "begin",
    "ends": "end",
}
_TRACKED = ("running", "stops", "extends")


@dataclass(frozen=True)
class Claim:
    """A claim woven into the model of a procedure.

    Attributes:
        name: its id, for comments.
        monitor: the claim.
        question: what the assertion denies.
        procedure: into which procedure.
        words: how its words are said.
    """

    name: str
    monitor: Monitor
    question: Question
    procedure: Procedure
    words: Words

    @property
    def automaton(self) -> Automaton:
        """The automaton that runs beside the steps."""
        if self.question == "triggered":
            assert self.monitor.twin is not None
            return self.monitor.twin
        return self.monitor.automaton

    @cached_property
    def tracked(self) -> list[str]:
        """The clocks of which the claim asks whether they run."""
        found = {
            name.rpartition(" ")[2]
            for name in self.monitor.named
            if name.rpartition(" ")[0] in _TRACKED
        }
        return [each.id for each in self.procedure.clocks if each.id in found]

    @cached_property
    def flags(self) -> frozenset[tuple[str, str]]:
        """What steps have to say of themselves: kinds of happenings with the clock, panel or suspension."""
        found: set[tuple[str, str]] = set()
        for name in self.monitor.named:
            word, _, rest = name.rpartition(" ")
            if word in HAPPENINGS:
                found.add((HAPPENINGS[word], rest))
        found |= {(kind, clock) for kind in ("start", "stop", "extend") for clock in self.tracked}
        return frozenset(found)

    def declarations(self) -> Iterator[str]:
        """Yield its variables."""
        yield comment(f"the claim {self.name}: the state of its automaton, the clocks that run")
        yield f"{'byte' if len(self.automaton.next) <= 1 << 8 else 'short'} claim = 0;"
        for clock in self.tracked:
            yield f"bool {identifier(f'running {clock}')} = false;"
            yield f"hidden byte {identifier(f'ran {clock}')};"
        for index in range(self.automaton.propositions):
            yield f"hidden byte p{index};"

    def watching(self, kept: Callable[[str, str], str | None]) -> Iterator[str]:
        """Yield what happens after each step.

        Args:
            kept: the flag that says that a step does something; None where no step does.
        """
        for clock in self.tracked:
            running, ran = identifier(f"running {clock}"), identifier(f"ran {clock}")
            stopped, started = kept("stop", clock) or "false", kept("start", clock) or "false"
            yield f"\t{ran} = {running};"
            yield f"\t{running} = !over && ((({running}) && !({stopped})) || ({started}));"
        for index, proposition in enumerate(self.monitor.propositions):
            yield f"\t{comment(str(proposition))}"
            yield f"\tp{index} = ({self.proposition(proposition, kept)});"
        if len(self.automaton.next) > 1:
            yield "\tif"
            for state, row in enumerate(self.automaton.next):
                yield f"\t:: claim == {state} -> claim = {_decided(row, self.automaton.propositions)}"
            yield "\tfi;"
        yield f"\t{comment(self.denial)}"
        yield f"\tassert(!({self.bad}))"

    @property
    def denial(self) -> str:
        """What the assertion denies, in words."""
        return {
            "violated": "no case violates the claim: for good, or by being over before it is satisfied",
            "satisfied": "no complete case satisfies the claim",
            "triggered": "no case triggers the claim",
        }[self.question]

    @property
    def bad(self) -> str:
        """What the assertion denies, as an expression."""
        automaton = self.automaton
        accepting = _one_of("claim", automaton.accepting)
        match self.question:
            case "triggered":
                return accepting
            case "satisfied":
                return f"finished && ({accepting})"
            case _:
                states = range(len(automaton.next))
                lost = (each for each in states if automaton.colour(each) is Colour.VIOLATED)
                return f"{_one_of('claim', lost)} || (finished && !({accepting}))"

    def proposition(self, proposition: Expression, kept: Callable[[str, str], str | None]) -> str:
        """Return a proposition; what this procedure does not have never happens in it."""

        def said(name: str) -> str:
            word, _, rest = name.rpartition(" ")
            match word:
                case "in" if rest in self.procedure.stage:
                    return f"(target == {constant('STAGE', rest)})"
                case "by" if rest in self.procedure.actor:
                    return f"(by == {constant('ACTOR', rest)})"
                case "lapses" if rest in self.procedure.clock:
                    return f"(lapsed == {constant('CLOCK', rest)})"
                case "running" if rest in self.tracked:
                    return identifier(name)
                case "stops" if rest in self.tracked:
                    return f"({identifier(f'ran {rest}')} && (({kept('stop', rest) or 'false'}) || over))"
                case "extends" if rest in self.tracked:
                    return f"({identifier(f'ran {rest}')} && ({kept('extend', rest) or 'false'}))"
                case "starts" | "opens" | "closes" | "begins" | "ends":
                    return kept(HAPPENINGS[word], rest) or "false"
                case "" if name in self.procedure.step:
                    return f"(did == {constant('STEP', name)})"
                case "" if self.known(name):
                    return self.words.variable(name)
                case _:
                    return "false"

        return self.words.guard(self.without_unknown(proposition), said)

    def known(self, name: str) -> bool:
        """Return whether a name is a variable of the procedure."""
        panel, dot, count = name.partition(".")
        pending = dot and count == "pending" and panel in self.procedure.panel
        return name in self.words.domains or bool(pending)

    def without_unknown(self, proposition: Expression) -> Expression:
        """Return a proposition in which comparisons of what the procedure does not have are false."""
        match proposition:
            case Compare(_, Variable(name), _) if not self.known(name):
                return FALSE
            case Not(part):
                return Not(self.without_unknown(part))
            case And(parts):
                return And(tuple(map(self.without_unknown, parts)))
            case Or(parts):
                return Or(tuple(map(self.without_unknown, parts)))
            case _:
                return proposition


def _one_of(name: str, numbers: Iterable[int]) -> str:
    return " || ".join(f"{name} == {each}" for each in sorted(numbers)) or "false"


def _decided(row: tuple[int, ...], propositions: int) -> str:
    """Return the next state as a decision over the propositions, the last one first; equal halves are not told apart."""
    if len(set(row)) == 1:
        return str(row[0])
    half = len(row) // 2
    low, high = row[:half], row[half:]
    if low == high:
        return _decided(low, propositions - 1)
    name = f"p{propositions - 1}"
    return f"({name} -> {_decided(high, propositions - 1)} : {_decided(low, propositions - 1)})"
