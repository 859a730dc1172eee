"""A procedure folded with a choice of readings: every step from every stage, and the variables that matter in each.

Readings are constants here: what they decide disappears from the guards. `duecourse.model.compile` makes rules of this.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput, nearest
from duecourse.model.cubes import total
from duecourse.model.expression import (
    FALSE,
    TRUE,
    And,
    Compare,
    Constant,
    Expression,
    Not,
    Or,
    Variable,
    atoms,
    conjunction,
    negation,
    simplify,
    variables,
)
from duecourse.model.procedure import Branch
from duecourse.model.table import Op

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from duecourse.model.procedure import Panel, Procedure, Step, Value


def choose_readings(procedure: Procedure, readings: Mapping[str, str]) -> dict[str, str]:
    """Return the option for every reading: the one named, else the default.

    Raises:
        InvalidInput: an unknown reading or option.
    """
    for name, option in readings.items():
        if name not in procedure.reading:
            raise InvalidInput(
                f'{procedure.id} has no reading "{name}"{nearest(name, procedure.reading)}'
            )
        options = [each.id for each in procedure.reading[name].options]
        if option not in options:
            raise InvalidInput(
                f'the reading "{name}" has no option "{option}"{nearest(option, options)}'
            )
    return {each.id: readings.get(each.id, each.default) for each in procedure.readings}


@dataclass(frozen=True, slots=True)
class Variant:
    """One step from one stage, folded with the readings: its guard and everything that depends on conditions.

    Attributes:
        guard: when it can be taken.
        branches: where it leads, first match first.
        ops: what it does to clocks, suspensions and panels, each with its condition.
        lapse_of: the clock whose lapse takes it.
    """

    step: Step
    source: str
    guard: Expression
    branches: tuple[Branch, ...]
    ops: tuple[tuple[Op, Expression], ...]
    lapse_of: str | None


class Folded:
    """A procedure with its readings fixed.

    Attributes:
        domains: the values of every variable of a configuration; saturated counts are cut.
        classes: for each panel, how many members of each class are asked: a number or the fact that holds it.
        variants: every step from every stage it can be taken from, folded.
    """

    def __init__(self, procedure: Procedure, readings: dict[str, str]) -> None:
        self.procedure, self.readings = procedure, readings
        self.domains: dict[str, tuple[Value, ...]] = {
            fact.id: fact.values for fact in procedure.facts
        }
        self.domains |= {f"{each.id}.active": (False, True) for each in procedure.suspensions}
        self.classes = {panel.id: self.electorate(panel) for panel in procedure.panels}
        for panel in procedure.panels:
            size = sum(self.most(count) for count in self.classes[panel.id].values())
            for actor, count in self.classes[panel.id].items():
                self.domains[f"{panel.id}.pending.{actor}"] = tuple(range(self.most(count) + 1))
            for name in ("asked", *panel.replies):
                self.domains[f"{panel.id}.{name}"] = tuple(range(size + 1))
            self.domains[f"{panel.id}.open"] = (False, True)
        self.variants = [variant for step in procedure.steps for variant in self.folded(step)]
        self.saturate()

    def electorate(self, panel: Panel) -> dict[str, int | str]:
        """Return how many members of each class are asked: a number or the fact that holds it."""
        chosen: dict[str, int | str] = {}
        for each in panel.electorate:
            if simplify(each.when, self.readings) == TRUE:
                chosen.setdefault(each.actor, each.count)
        return chosen

    def most(self, count: int | str) -> int:
        return count if isinstance(count, int) else int(self.procedure.fact[count].values[-1])

    def fold(self, condition: Expression) -> Expression:
        """Return a condition with readings fixed and panel totals written as conditions on the classes of members."""
        return self.classwise(simplify(condition, self.readings))

    def classwise(self, condition: Expression) -> Expression:
        match condition:
            case Compare(op, Variable(name), Constant(value)) if name.endswith(".pending"):
                panel = name.removesuffix(".pending")
                parts = [f"{name}.{actor}" for actor in self.classes[panel]]
                if op in {"!=", ">"} and value == 0:
                    return negation(total(parts, "==", 0, self.domains))
                return total(parts, op, int(value), self.domains)
            case Not(part):
                return negation(self.classwise(part))
            case And(parts):
                return conjunction(*map(self.classwise, parts))
            case Or(parts):
                return Or(tuple(map(self.classwise, parts)))
            case _:
                return condition

    def folded(self, step: Step) -> Iterator[Variant]:
        """Yield the step from each of its stages, with readings folded in; nothing where it can never be taken."""
        guard = conjunction(self.fold(step.when), *self.permitted(step))
        if step.reply is not None:
            pending = Variable(f"{step.reply.panel}.pending.{step.actors[0]}")
            known = pending.name in self.domains
            guard = conjunction(guard, Compare(">", pending, Constant(0)) if known else FALSE)
        lapses: list[tuple[str | None, Expression]] = [
            (clock.id, self.fold(on.when))
            for clock in self.procedure.clocks
            for on in clock.on_lapse
            if on.step == step.id
        ]
        for lapse_of, condition in lapses or [(None, TRUE)]:
            full = conjunction(guard, condition)
            if full == FALSE:
                continue
            for source in step.sources:
                branches = step.branches or (Branch(source),)
                yield Variant(step, source, full, tuple(branches), tuple(self.ops(step)), lapse_of)

    def permitted(self, step: Step) -> Iterator[Expression]:
        for suspension in self.procedure.suspensions:
            ends = {on.step for on in suspension.ends}
            if (
                suspension.permits is not None
                and step.id not in ends
                and step.id not in suspension.permits
            ):
                yield Not(Variable(f"{suspension.id}.active"))

    def ops(self, step: Step) -> Iterator[tuple[Op, Expression]]:
        """Yield what the step does besides its effects: stops and ends first, then extensions, then starts."""
        procedure = self.procedure
        found = [
            (Op("stop", clock.id), on.when)
            for clock in procedure.clocks
            for on in clock.stops
            if on.step == step.id
        ]
        found += [
            (Op("end", each.id), on.when)
            for each in procedure.suspensions
            for on in each.ends
            if on.step == step.id
        ]
        found += [
            (Op("close", each.id), on.when)
            for each in procedure.panels
            for on in each.closes
            if on.step == step.id
        ]
        found += [
            (Op("extend", clock.id, e.by), e.when)
            for clock in procedure.clocks
            for e in clock.extensions
            if e.step == step.id
        ]
        found += [
            (Op("open", each.id), on.when)
            for each in procedure.panels
            for on in each.opens
            if on.step == step.id
        ]
        found += [
            (Op("begin", each.id), on.when)
            for each in procedure.suspensions
            for on in each.begins
            if on.step == step.id
        ]
        found += [
            (Op("start", clock.id), on.when)
            for clock in procedure.clocks
            for on in clock.starts
            if on.step == step.id
        ]
        for op, when in found:
            folded = self.fold(when)
            if folded != FALSE:
                yield op, folded

    def conditions(self, variant: Variant) -> list[Expression]:
        """Return the guard, the branch conditions and the conditions of the ops, in this order."""
        return [
            variant.guard,
            *(self.fold(branch.when) for branch in variant.branches),
            *(when for _, when in variant.ops),
        ]

    def saturate(self) -> None:
        """Cut the reply counts one above the largest constant that a guard compares them with."""
        seen = [
            atom
            for variant in self.variants
            for condition in self.conditions(variant)
            for atom in atoms(condition)
        ]
        for panel in self.procedure.panels:
            for value in panel.replies:
                name = f"{panel.id}.{value}"
                tests = [atom for atom in seen if name in variables(atom)]
                if any(
                    isinstance(atom.left, Variable) and isinstance(atom.right, Variable)
                    for atom in tests
                ):
                    continue
                tops = [int(atom.right.value) for atom in tests if isinstance(atom.right, Constant)]
                needed = max((top + 1 for top in tops), default=0)
                self.domains[name] = self.domains[name][: needed + 1]

    def reads(self, variant: Variant) -> set[str]:
        names = {name for condition in self.conditions(variant) for name in variables(condition)}
        for op, _ in variant.ops:
            if op.kind == "open":
                names |= {
                    count for count in self.classes[op.name].values() if isinstance(count, str)
                }
            if op.kind == "close" and self.silence(op.name) is not None:
                names |= {f"{op.name}.pending.{actor}" for actor in self.classes[op.name]}
        return names

    def silence(self, panel: str) -> str | None:
        """Return the reply that silence counts as when the panel closes; None where it counts for nothing."""
        for each in self.procedure.panel[panel].silence:
            if simplify(each.when, self.readings) == TRUE:
                return each.counts_as
        return None

    def kills(self, variant: Variant, branch: Branch) -> set[str]:
        names = {
            effect.fact for effect in (*variant.step.effects, *branch.effects) if not effect.add
        }
        for op, when in variant.ops:
            if when == TRUE and op.kind == "open":
                names |= {name for name in self.domains if name.startswith(f"{op.name}.")}
            if when == TRUE and op.kind == "close":
                names |= {
                    name
                    for name in self.domains
                    if name.startswith(f"{op.name}.pending.") or name == f"{op.name}.open"
                }
            if when == TRUE and op.kind in {"begin", "end"}:
                names.add(f"{op.name}.active")
        if self.ends(variant.source, branch.stage):
            names |= self.ended().keys()
        return names

    def ends(self, source: str, target: str) -> bool:
        """Return whether a step between these stages ends the review, and with it every suspension and panel."""
        return self.procedure.stage[target].final and not self.procedure.stage[source].final

    def ended(self) -> dict[str, Value]:
        """Return what the end of the review sets: no suspension lasts, no panel is open, nobody is asked any more."""
        names = [
            name
            for name in self.domains
            if name.endswith((".active", ".open")) or ".pending." in name
        ]
        return {name: self.domains[name][0] for name in names}

    def live_variables(self) -> dict[str, frozenset[str]]:
        """Return, for each stage, the variables that may be read before they are set again (least fixpoint)."""
        live: dict[str, frozenset[str]] = {stage.id: frozenset() for stage in self.procedure.stages}
        changed = True
        while changed:
            changed = False
            for variant in self.variants:
                needed = self.reads(variant)
                for branch in variant.branches:
                    needed |= live[branch.stage] - self.kills(variant, branch)
                if not needed <= live[variant.source]:
                    live[variant.source] |= needed
                    changed = True
        return live
