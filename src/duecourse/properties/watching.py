"""A claim bound to a table: what each step makes true, and where its automaton goes.

A proposition is a guard whose variables are the variables of a configuration and, beside them, what a step is: its id,
`by ACTOR`, `in STAGE`, `starts CLOCK`, `stops CLOCK`, `extends CLOCK`, `running CLOCK`, `lapses CLOCK`, `opens PANEL`,
`closes PANEL`, `begins SUSPENSION`, `ends SUSPENSION`. It is judged at each step: the step itself, and the
configuration that it leads to. The configuration a case begins in is no position of its trace.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from duecourse.model.expression import (
    FALSE,
    TRUE,
    And,
    Compare,
    Not,
    Or,
    Variable,
    conjunction,
    evaluate,
    negation,
    simplify,
    variables,
)
from duecourse.properties.automaton import Colour
from duecourse.properties.happenings import TRACKED, happening, is_variable, static_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from duecourse.model.expression import Expression, Value
    from duecourse.model.procedure import Procedure
    from duecourse.model.table import Field, Rule, Table
    from duecourse.properties.derivatives import Part
    from duecourse.properties.monitor import Monitor


@dataclass(frozen=True, slots=True, eq=False)
class Symbol:
    """What a step is to a claim; there is one of each for a claim, so that they are told apart by identity.

    Attributes:
        letters: the propositions it makes true, as bit masks, one for each kind of actor who may take it; where clocks
            are tracked, still to be completed.
        started, stopped, extended: what it does to the clocks that are tracked.
        ends: whether it ends the review, and with it every clock.
        open: the propositions that still depend on clocks.
    """

    letters: tuple[int, ...]
    started: frozenset[str]
    stopped: frozenset[str]
    extended: frozenset[str]
    ends: bool
    open: tuple[tuple[tuple[int, Expression], ...], ...]


class State(NamedTuple):
    """Where a claim stands: the states of its parts, those of its twin, and the tracked clocks that run."""

    claim: tuple[int, ...]
    twin: tuple[int, ...]
    running: frozenset[str]


@dataclass(frozen=True)
class Watching:
    """A monitor bound to a table.

    Attributes:
        monitor: the claim.
        table: whose steps it watches; it must keep what the claim looks at (`Monitor.looks`).
    """

    monitor: Monitor
    table: Table

    @cached_property
    def _states(self) -> list[State]:
        monitor = self.monitor
        return [State((0,) * len(monitor.parts), (0,) * len(monitor.twin), frozenset())]

    @cached_property
    def _numbers(self) -> dict[State, int]:
        return {self._states[0]: 0}

    @cached_property
    def _after(self) -> dict[tuple[int, Symbol], tuple[int, ...]]:
        return {}

    @cached_property
    def _alike(self) -> dict[tuple[int, int, str], Symbol]:
        return {}

    @cached_property
    def _made(self) -> dict[tuple[object, ...], Symbol]:
        return {}

    @cached_property
    def _sorts(self) -> dict[int, int]:
        return {}

    @cached_property
    def _sort_numbers(self) -> dict[tuple[object, ...], int]:
        return {}

    @cached_property
    def _symbols(self) -> dict[tuple[int, int, str], Symbol]:
        return {}

    @cached_property
    def _colours(self) -> dict[int, Colour]:
        return {}

    @property
    def initial(self) -> int:
        """The state before the first step."""
        return 0

    @cached_property
    def propositions(self) -> tuple[Expression, ...]:
        """The propositions; a comparison of what this procedure does not have is false."""
        return tuple(_known(each, self.table.procedure) for each in self.monitor.propositions)

    @cached_property
    def tracked(self) -> frozenset[str]:
        """The clocks of which the claim asks whether they run."""
        return frozenset(
            name.rpartition(" ")[2]
            for proposition in self.propositions
            for name in variables(proposition)
            if name.rpartition(" ")[0] in TRACKED
            and name.rpartition(" ")[2] in self.table.procedure.clock
        )

    @cached_property
    def mask(self) -> int:
        """The bits of a configuration that the claim looks at."""
        names = {name for each in self.propositions for name in variables(each)}
        fields = {field.name: field for name in names for field in self._fields(name)}
        return sum(field.mask for field in fields.values())

    def _fields(self, name: str) -> tuple[Field, ...]:
        """Return the fields that make a variable: the outstanding replies of a panel are counted by class of members."""
        fields = self.table.fields
        if name in fields:
            return (fields[name],)
        if not name.endswith(".pending"):
            return ()
        return tuple(field for each, field in fields.items() if each.startswith(f"{name}."))

    def _read(self, name: str, packed: int) -> Value:
        values = [field.read(packed) for field in self._fields(name)]
        return sum(map(int, values)) if name.endswith(".pending") else values[0]

    def symbol(self, rule: Rule, to: int, actor: str = "") -> Symbol:
        """Return what a step that leads to a configuration is to the claim; without an actor, for all who may take it."""
        key = id(rule), to & self.mask, actor
        found = self._symbols.get(key)
        if found is None:
            found = self.symbol_of(rule, to, happening(rule), actor)
            self._symbols[key] = found
        return found

    def symbol_of(self, rule: Rule, to: int, names: frozenset[str], actor: str = "") -> Symbol:
        """Return the same where it is known what happens (`happening`), which many claims have in common.

        Steps of which the claim names the same are the same to it, unless it asks for actors or clocks.
        """
        sort = self._sorts.get(id(rule))
        if sort is None:
            sort = self._sorts[id(rule)] = self._sort(rule, names)
        key = sort, to & self.mask, actor
        found = self._alike.get(key)
        if found is None:
            found = self._alike[key] = self._symbol(rule, to, names, actor)
        return found

    @cached_property
    def looks_close(self) -> bool:
        """Whether the claim asks for actors or clocks."""
        return bool(self.monitor.actors or self.tracked)

    def _sort(self, rule: Rule, names: frozenset[str]) -> int:
        """Return a number for all of a rule that can make a difference to the claim: what happens, and where it looks close who may take it and what is done to clocks."""
        sort: tuple[object, ...] = (self.monitor.named & names,)
        if self.looks_close:
            procedure, tracked = self.table.procedure, self.tracked
            actors = self.monitor.actors and frozenset(procedure.step[rule.step].actors)
            ops = tuple(op for op in rule.ops if op.name in tracked) if tracked else ()
            stages = procedure.stage
            ends = bool(tracked) and stages[rule.target].final and not stages[rule.source].final
            sort = *sort, actors, ops, ends
        return self._sort_numbers.setdefault(sort, len(self._sort_numbers))

    def after(self, state: int, symbol: Symbol) -> tuple[int, ...]:
        """Return the states after a step; several where who takes it makes a difference."""
        key = state, symbol
        found = self._after.get(key)
        if found is None:
            found = self._after[key] = tuple(dict.fromkeys(self._step(state, symbol)))
        return found

    def moves(self, state: int, rule: Rule, to: int, actor: str = "") -> tuple[int, ...]:
        """Return the states after a step that leads to a configuration."""
        return self.after(state, self.symbol(rule, to, actor))

    def violated(self, state: int) -> bool:
        """Return whether the claim is violated whatever happens next."""
        return self.colour(state) is Colour.VIOLATED

    def accepting(self, state: int) -> bool:
        """Return whether the claim is satisfied if the case ends here."""
        parts = zip(self.monitor.parts, self._states[state].claim, strict=True)
        return all(at in part.automaton.accepting for part, at in parts)

    def colour(self, state: int) -> Colour:
        """Return the run-time verdict in a state."""
        found = self._colours.get(state)
        if found is None:
            parts = zip(self.monitor.parts, self._states[state].claim, strict=True)
            each = (part.automaton.colour(at) for part, at in parts)
            found = self._colours[state] = max(each, key=list(Colour).index)
        return found

    def at_stake(self, state: int) -> bool:
        """Return whether the next step can violate the claim for good."""
        parts = zip(self.monitor.parts, self._states[state].claim, strict=True)
        return any(
            part.automaton.colour(after) is Colour.VIOLATED
            for part, at in parts
            for after in set(part.automaton.next[at])
        )

    def triggered(self, state: int) -> bool:
        """Return whether what the claim speaks of has happened."""
        twin = zip(self.monitor.twin, self._states[state].twin, strict=True)
        return not self.monitor.twin or any(at in part.automaton.accepting for part, at in twin)

    def _step(self, state: int, symbol: Symbol) -> Iterator[int]:
        claim, twin, running = self._states[state]
        after = running - symbol.stopped | symbol.started if self.tracked else running
        if symbol.ends:
            after = frozenset()
        for full in self.letters(symbol, running, after):
            yield self._number(
                State(
                    _next(self.monitor.parts, claim, full),
                    _next(self.monitor.twin, twin, full),
                    after,
                )
            )

    def letters(
        self, symbol: Symbol, before: frozenset[str], after: frozenset[str]
    ) -> Iterator[int]:
        """Yield the propositions that a step makes true, for each kind of actor who may take it.

        Args:
            symbol: what the step is to the claim.
            before: the clocks that run before it.
            after: those that run after it.
        """
        for letter, still in zip(symbol.letters, symbol.open, strict=True):
            values = self._clock_values(before, after, symbol) if still else {}
            yield letter | sum(bit for bit, residual in still if evaluate(residual, values))

    def _clock_values(
        self, before: frozenset[str], after: frozenset[str], symbol: Symbol
    ) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for clock in self.tracked:
            values[f"running {clock}"] = clock in after
            values[f"stops {clock}"] = clock in before and (clock in symbol.stopped or symbol.ends)
            values[f"extends {clock}"] = clock in before and clock in symbol.extended
        return values

    def _number(self, state: State) -> int:
        if state not in self._numbers:
            self._numbers[state] = len(self._states)
            self._states.append(state)
        return self._numbers[state]

    def _symbol(self, rule: Rule, to: int, names: frozenset[str], actor: str) -> Symbol:
        letters: dict[tuple[int, tuple[tuple[int, Expression], ...]], None] = {}
        for residuals in self._residual_kinds(rule, names, actor):
            letter, still = 0, []
            for index, residual in enumerate(residuals):
                if residual == FALSE:
                    continue
                asked = set(variables(residual))
                values = {name: self._read(name, to) for name in asked if self._fields(name)}
                left = simplify(residual, values)
                if left == TRUE:
                    letter |= 1 << index
                elif left != FALSE:
                    still.append((1 << index, left))
            letters[letter, tuple(still)] = None
        tracked = self.tracked
        stages = self.table.procedure.stage

        def on(kind: str) -> frozenset[str]:
            if not tracked:
                return frozenset()
            return frozenset(op.name for op in rule.ops if op.kind == kind and op.name in tracked)

        said = (
            tuple(letter for letter, _ in letters),
            on("start"),
            on("stop"),
            on("extend"),
            bool(tracked) and stages[rule.target].final and not stages[rule.source].final,
            tuple(still for _, still in letters),
        )
        return self._made.setdefault(said, Symbol(*said))

    def _residual_kinds(
        self, rule: Rule, names: frozenset[str], actor: str
    ) -> tuple[tuple[Expression, ...], ...]:
        """Return the propositions with everything put in that is known of a rule, for each kind of actor."""
        named = self.monitor.named
        known = static_values(self.table.procedure, rule.step, rule.target, named)
        known |= dict.fromkeys(named & names, True)
        by = self.monitor.actors
        actors = (actor,) if actor or not by else self.table.procedure.step[rule.step].actors
        kinds = {
            tuple(
                simplify(each, known | {f"by {name}": name == one for name in by})
                for each in self.propositions
            )
            for one in actors
        }
        return tuple(kinds if len(kinds) == 1 else sorted(kinds, key=str))


def _next(parts: Sequence[Part], states: Sequence[int], letter: int) -> tuple[int, ...]:
    return tuple(
        part.automaton.next[state][part.letter(letter)]
        for part, state in zip(parts, states, strict=True)
    )


def _known(proposition: Expression, procedure: Procedure) -> Expression:
    """Return a proposition in which comparisons of facts and panels that a procedure does not have are false."""
    match proposition:
        case Compare(_, Variable(name), _) if not is_variable(procedure, name):
            return FALSE
        case Not(part):
            return negation(_known(part, procedure))
        case And(parts):
            return conjunction(*(_known(part, procedure) for part in parts))
        case Or(parts):
            return Or(tuple(_known(part, procedure) for part in parts))
        case _:
            return proposition
