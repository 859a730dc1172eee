"""What is the same for every case of an audit: the table, the names, the reasons, each worked out once."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from duecourse.audit.places import Places
from duecourse.errors import InvalidInput, nearest
from duecourse.model.case import names_of
from duecourse.model.clocks import open_ledger
from duecourse.model.compile import compile_table
from duecourse.model.machine import CaseMachine
from duecourse.properties.check import Verdict, check
from duecourse.properties.ensemble import looked_at, watchable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from duecourse.audit.deviation import CaseFindings
    from duecourse.model.clocks import Ledger
    from duecourse.model.columns import Names
    from duecourse.model.event_log import Event
    from duecourse.model.expression import Expression
    from duecourse.model.procedure import Element, Fact, Procedure, Stage, Step, Value
    from duecourse.model.table import Rule
    from duecourse.properties.property import Property

_MOST_FACTS = 100_000
NOBODY = "?"
"""Stands for an actor whom the procedure does not know."""


class Context:
    """A procedure as an audit uses it.

    Args:
        procedure: the text.
        readings: options by reading; the default stands for every reading that is not named.
        properties: what is watched; those of another kind than `always` are not judged.
        names: the log's own names for steps and actors.
        facts: the facts that the log tells, in the order of its columns.

    Raises:
        InvalidInput: a name in `names` or `facts`, a reading or an option is unknown.
    """

    def __init__(
        self,
        procedure: Procedure,
        readings: Mapping[str, str],
        properties: Sequence[Property],
        names: Names,
        facts: Sequence[str] = (),
    ) -> None:
        self.procedure, self.names = procedure, names
        self.properties = watchable(properties)
        self.property = {each.id: each for each in self.properties}
        table = compile_table(procedure, readings, observed=looked_at(self.properties, procedure))
        self.table, self.readings = table, table.readings
        self.places = Places(table, self.properties)
        self.facts: list[Fact] = []
        for name in facts:
            if name not in procedure.fact:
                raise InvalidInput(
                    f'{procedure.id} has no fact "{name}"{nearest(name, procedure.fact)}'
                )
            self.facts.append(procedure.fact[name])
        self._machine = CaseMachine(procedure, readings)
        self._first = open_ledger(procedure, self._machine.readings)
        self._initial = dict(self._machine.values)
        self._steps = _named(procedure.steps, names.steps, procedure.step)
        self._actors = _named(procedure.actors, names.actors, procedure.actor)
        for actor in procedure.actors:
            for member in actor.members:
                for name in names_of(member):
                    self._actors.setdefault(name, actor.id)
        self._lacking: dict[tuple[int, str], tuple[Expression, ...]] = {}
        self._permitted: dict[int, tuple[str, ...]] = {}
        self._ways: dict[tuple[int, str], tuple[Rule, ...]] = {}
        self._allowed: dict[str, bool] = {}
        self._begins: dict[tuple[str, ...], tuple[int, ...]] = {}

    def ledger(self) -> Ledger:
        """Return the clocks of a case that has not begun."""
        first = self._first
        return type(first)(first.procedure, first.readings, first.calendar, first.first_day_counts)

    def step(self, name: str) -> Step | None:
        """Return the step that a log calls by a name: its id, a label, or what the mapping says."""
        found = self._steps.get(name) or self._steps.get(name.casefold())
        return self.procedure.step[found] if found else None

    def actor(self, name: str, found: CaseFindings | None = None) -> str:
        """Return the actor that a log calls by a name; empty where it calls none or none that is known."""
        if not name:
            return ""
        actor = self._actors.get(name) or self._actors.get(name.casefold()) or ""
        if not actor and found is not None:
            found.unknown_actors[name[:80]] += 1
        return actor

    def hint(self, name: str) -> str:
        """Return what the name of an unknown step may have meant."""
        return nearest(name[:80], self.procedure.step)

    def allows(self, claim: str) -> bool:
        """Return whether the text itself lets a claim be violated: a case that does so departs from nothing."""
        if claim not in self._allowed:
            report = check(self.procedure, [self.property[claim]], self.readings)
            verdicts = {each.verdict for each in report.results}
            self._allowed[claim] = verdicts == {Verdict.VIOLATED}
        return self._allowed[claim]

    @property
    def allowed(self) -> frozenset[str]:
        """The claims that cases violated as the text allows."""
        return frozenset(each for each, allowed in self._allowed.items() if allowed)

    def stage(self, packed: int) -> Stage:
        """Return the stage of a configuration."""
        return self.procedure.stage[self.table.stage(packed)]

    def value(self, packed: int, name: str) -> Value | None:
        """Return the value of a variable, None where it does not matter."""
        field = self.table.fields.get(name)
        return field.read(packed) if field else None

    def beginnings(self, events: Sequence[Event], found: CaseFindings) -> tuple[int, ...]:
        """Return the configurations in which a case may have begun, by the facts that its rows tell."""
        if not self.facts:
            return self.table.initial
        told = tuple(
            next((event.facts[index] for event in events if event.facts[index]), "")
            for index in range(len(self.facts))
        )
        if told not in self._begins and len(self._begins) < _MOST_FACTS:
            self._begins[told] = tuple(self._configurations(told))
        for fact, text in zip(self.facts, told, strict=True):
            if text and _value(fact, text) is None:
                found.unknown_values[f"{fact.id}={text[:40]}"] += 1
        return self._begins.get(told) or tuple(self._configurations(told))

    def _configurations(self, told: Sequence[str]) -> Iterable[int]:
        values = {
            fact.id: value
            for fact, text in zip(self.facts, told, strict=True)
            if (value := _value(fact, text)) is not None
        }
        begins = (
            self.table.pack({**self._initial, **self.table.unpack(packed), **values})
            for packed in self.table.initial
        )
        return dict.fromkeys(begins)

    def permitted(self, configurations: Iterable[int]) -> tuple[str, ...]:
        """Return the steps that somebody may take, in the order of the text."""
        found: set[str] = set()
        for packed in configurations:
            if packed not in self._permitted:
                moves = self.table.moves(packed)
                steps = dict.fromkeys(rule.step for rule, _ in moves if rule.lapse_of is None)
                self._permitted[packed] = tuple(steps)
            found.update(self._permitted[packed])
        return tuple(each.id for each in self.procedure.steps if each.id in found)

    def lacking(self, packed: int, step: Step) -> tuple[Expression, ...]:
        """Return which parts of a guard are false; nothing where the stage already excludes the step."""
        if self.table.stage(packed) not in step.sources:
            return ()
        key = packed, step.id
        if key not in self._lacking:
            self._machine.load({**self._initial, **self.table.unpack(packed)})
            self._lacking[key] = self._machine.lacking(step.id)
        return self._lacking[key]

    def ways(self, packed: int, step: str) -> tuple[Rule, ...]:
        """Return how a step might be taken that is not permitted, one way for each stage it leads to, the nearest first.

        From the stage in which the case is where the step belongs there, else from another.
        """
        key = packed, step
        if key not in self._ways:
            stage = self.table.stage(packed)
            rules = list(self.places.rules(step))
            here = [rule for rule in rules if rule.source == stage]
            best: dict[str, tuple[int, Rule]] = {}
            for rule in here or rules:
                off = ((packed ^ rule.guard_value) & rule.guard_mask).bit_count()
                off += sum(not packed & mask for mask in rule.nonzero)
                if rule.target not in best or off < best[rule.target][0]:
                    best[rule.target] = off, rule
            ordered = sorted(best.values(), key=lambda each: each[0])
            self._ways[key] = tuple(rule for _, rule in ordered)
        return self._ways[key]

    @cached_property
    def running_in(self) -> Mapping[str, frozenset[str]]:
        """For each stage the clocks that can run there."""
        found: dict[str, set[str]] = {stage.id: set() for stage in self.procedure.stages}
        stage, changed = self.procedure.stage, True
        while changed:
            changed = False
            for rules in self.table.rules.values():
                for rule in rules:
                    ends = stage[rule.target].final and not stage[rule.source].final
                    after = set() if ends else {*found[rule.source]}
                    after -= {op.name for op in rule.ops if op.kind == "stop"}
                    after |= {op.name for op in rule.ops if op.kind == "start"}
                    if not after <= found[rule.target]:
                        found[rule.target] |= after
                        changed = True
        return {stage: frozenset(clocks) for stage, clocks in found.items()}


def _named(
    elements: Sequence[Element], given: Mapping[str, str], known: Mapping[str, object]
) -> dict[str, str]:
    """Return the id that each name stands for: ids, then what a mapping says, then labels that are no one else's."""
    found: dict[str, str] = {}
    labels: dict[str, set[str]] = {}
    for each in elements:
        found[each.id] = each.id
        for label in (each.label.en, each.label.zh):
            if label:
                labels.setdefault(label.casefold(), set()).add(each.id)
    for name, target in given.items():
        if target not in known:
            raise InvalidInput(
                f'"{name}" stands for "{target}", which is unknown{nearest(target, known)}'
            )
        found[name] = target
    for label, ids in labels.items():
        if len(ids) == 1:
            found.setdefault(label, *ids)
    return found


def _value(fact: Fact, text: str) -> Value | None:
    """Return the value of a fact that a cell tells, None where it tells none of its values."""
    if not text:
        return None
    words = {"yes": "true", "no": "false", "1": "true", "0": "false", "是": "true", "否": "false"}
    plain = text.casefold()
    for value in fact.values:
        word = str(value).casefold()
        if plain == word or (isinstance(value, bool) and words.get(plain) == word):
            return value
    return None
