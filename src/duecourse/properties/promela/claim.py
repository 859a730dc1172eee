"""A claim in Promela: its propositions, its automaton and the tracked clocks, woven in after each step."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from duecourse.model.expression import FALSE, And, Compare, Not, Or, Variable
from duecourse.properties.automaton import Colour
from duecourse.properties.promela.acts import SAID
from duecourse.properties.promela.words import BYTE, comment, constant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from duecourse.model.expression import Expression
    from duecourse.model.procedure import Procedure
    from duecourse.properties.automaton import Automaton
    from duecourse.properties.derivatives import Part
    from duecourse.properties.monitor import Monitor
    from duecourse.properties.promela.words import Words

Question = Literal["violated", "satisfied", "triggered"]
"""What an assertion denies: that a case violates a claim, that a complete case satisfies it, that one triggers it."""

HAPPENINGS = {word: kind for kind, word in SAID.items()}
_TRACKED = ("running", "stops", "extends")


@dataclass(frozen=True, slots=True)
class Asked:
    """What SPIN is asked of a claim.

    Attributes:
        name: the id of the claim, for comments.
        monitor: the claim.
        question: what the assertion denies.
    """

    name: str
    monitor: Monitor
    question: Question = "violated"


@dataclass(frozen=True)
class Claim:
    """A claim woven into the model of a procedure.

    Attributes:
        asked: the claim, and what is asked of it.
        procedure: into which procedure.
        words: how its words are said.
    """

    asked: Asked
    procedure: Procedure
    words: Words

    @property
    def monitor(self) -> Monitor:
        """The claim itself."""
        return self.asked.monitor

    @property
    def parts(self) -> tuple[Part, ...]:
        """The automata that run beside the steps."""
        return self.monitor.twin if self.asked.question == "triggered" else self.monitor.parts

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
        told = f"the claim {self.asked.name}: where its automata stand, which clocks run"
        yield comment(told)
        for number, part in enumerate(self.parts):
            wide = len(part.automaton.next) > BYTE
            yield f"{'short' if wide else 'byte'} Claim_{number} = 0;"
        for clock in self.tracked:
            yield f"bool Running_{clock} = false;"
            yield f"hidden byte Ran_{clock};"
        for index in range(len(self.monitor.propositions)):
            yield f"hidden byte Holds_{index};"

    def watching(self, kept: Callable[[str, str], str | None]) -> Iterator[str]:
        """Yield what happens after each step.

        Args:
            kept: the flag that says that a step does something; None where no step does.
        """
        for clock in self.tracked:
            stopped, started = kept("stop", clock) or "false", kept("start", clock) or "false"
            yield f"\tRan_{clock} = Running_{clock};"
            yield f"\tRunning_{clock} = !Over && ((Running_{clock} && !({stopped})) || ({started}));"
        for index, proposition in enumerate(self.monitor.propositions):
            yield f"\t{comment(str(proposition))}"
            yield f"\tHolds_{index} = ({self.proposition(proposition, kept)});"
        for number, part in enumerate(self.parts):
            if len(part.automaton.next) > 1:
                yield "\tif"
                for state, row in enumerate(part.automaton.next):
                    way = _decided(row, part.places)
                    yield f"\t:: Claim_{number} == {state} -> Claim_{number} = {way}"
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
        }[self.asked.question]

    @property
    def bad(self) -> str:
        """What the assertion denies, as an expression."""
        accepting = [
            f"({_one_of(f'Claim_{number}', part.automaton.accepting)})"
            for number, part in enumerate(self.parts)
        ]
        if self.asked.question == "triggered":
            return " || ".join(accepting)
        if self.asked.question == "satisfied":
            return " && ".join(["Finished", *accepting])
        lost = [
            _one_of(f"Claim_{number}", _lost(part.automaton))
            for number, part in enumerate(self.parts)
        ]
        return f"{' || '.join(lost)} || (Finished && !({' && '.join(accepting)}))"

    def proposition(self, proposition: Expression, kept: Callable[[str, str], str | None]) -> str:
        """Return a proposition; what this procedure does not have never happens in it."""

        def said(name: str) -> str:
            word, _, rest = name.rpartition(" ")
            if not word:
                return self.named(name)
            if word in _TRACKED:
                return self.tracking(word, rest, kept) if rest in self.tracked else "false"
            if word in HAPPENINGS:
                return kept(HAPPENINGS[word], rest) or "false"
            register, kind, elements = {
                "in": ("Target", "STAGE", self.procedure.stage),
                "by": ("By", "ACTOR", self.procedure.actor),
                "lapses": ("Lapsed", "CLOCK", self.procedure.clock),
            }[word]
            return f"({register} == {constant(kind, rest)})" if rest in elements else "false"

        return self.words.guard(self.without_unknown(proposition), said)

    def named(self, name: str) -> str:
        """Return a step or a variable."""
        if name in self.procedure.step:
            return f"(Did == {constant('STEP', name)})"
        return self.words.variable(name) if self.known(name) else "false"

    @staticmethod
    def tracking(word: str, clock: str, kept: Callable[[str, str], str | None]) -> str:
        """Return whether a clock runs after the step, or ran before it and is stopped or extended by it."""
        if word == "running":
            return f"Running_{clock}"
        if word == "stops":
            return f"(Ran_{clock} && (({kept('stop', clock) or 'false'}) || Over))"
        return f"(Ran_{clock} && ({kept('extend', clock) or 'false'}))"

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


def _lost(automaton: Automaton) -> Iterator[int]:
    return (
        state for state in range(len(automaton.next)) if automaton.colour(state) is Colour.VIOLATED
    )


def _decided(row: tuple[int, ...], places: tuple[int, ...]) -> str:
    """Return the next state as a decision over the propositions, the last one first; equal halves are not told apart."""
    if len(set(row)) == 1:
        return str(row[0])
    half = len(row) // 2
    low, high, rest = row[:half], row[half:], places[:-1]
    if low == high:
        return _decided(low, rest)
    return f"(Holds_{places[-1]} -> {_decided(high, rest)} : {_decided(low, rest)})"
