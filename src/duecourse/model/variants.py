"""A procedure folded with a choice of readings: every step from every stage, with everything that depends on conditions.

Readings are constants here: what they decide disappears from the guards. `duecourse.model.compile` makes rules of this.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput, Problem, nearest
from duecourse.model.conditions import head
from duecourse.model.cubes import TooManyCubesError, total
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
from duecourse.model.procedure import Branch, Extension
from duecourse.model.scope import numbers
from duecourse.model.table import Op

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from duecourse.model.procedure import On, Panel, Procedure, Step, Value

MAX_VARIANTS = 20_000
MAX_VARIABLES = 1_000


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

    @property
    def conditions(self) -> list[Expression]:
        """The guard, the conditions of the branches and those of the ops, in this order."""
        return [
            self.guard,
            *(branch.when for branch in self.branches),
            *(when for _, when in self.ops),
        ]


class Folded:
    """A procedure with its readings fixed.

    Attributes:
        domains: the values of every variable of a configuration; saturated counts are cut.
        compared: for variables that are looked at besides, the largest number they are compared with.
        classes: for each panel, how many members of each class are asked: a number or the fact that holds it.
        variants: every step from every stage it can be taken from, folded.

    Raises:
        InvalidInput: there are too many variables, steps from stages, or ways in which conditions come out.
    """

    def __init__(
        self,
        procedure: Procedure,
        readings: dict[str, str],
        compared: Mapping[str, int] | None = None,
    ) -> None:
        self.procedure, self.readings, self.compared = procedure, readings, compared or {}
        self.classes = {panel.id: self.electorate(panel) for panel in procedure.panels}
        self.domains = self.variables()
        self.occasions = _occasions(procedure)
        self.lapses = _lapses(procedure)
        self.barring = [
            (each.id, {*each.permits, *(on.step for on in each.ends)})
            for each in procedure.suspensions
            if each.permits is not None
        ]
        self.refuse_size()
        self.variants = [variant for step in procedure.steps for variant in self.folded(step)]
        self.saturate()

    def variables(self) -> dict[str, tuple[Value, ...]]:
        """Return the values of every variable of a configuration, panels by class of members."""
        procedure = self.procedure
        domains: dict[str, tuple[Value, ...]] = {fact.id: fact.values for fact in procedure.facts}
        domains |= {f"{each.id}.active": (False, True) for each in procedure.suspensions}
        for panel in procedure.panels:
            most = {actor: self.most(count) for actor, count in self.classes[panel.id].items()}
            for actor, count in most.items():
                domains[f"{panel.id}.pending.{actor}"] = numbers(count)
            for name in ("asked", *panel.replies):
                domains[f"{panel.id}.{name}"] = numbers(sum(most.values()))
            domains[f"{panel.id}.open"] = (False, True)
        return domains

    def refuse_size(self) -> None:
        """Refuse what would not fit: a configuration is one integer, and each step from each stage at least one rule."""
        name = self.procedure.id
        if len(self.domains) > MAX_VARIABLES:
            raise self.too_large(
                f"{name} has {len(self.domains)} variables; a case has at most {MAX_VARIABLES}"
            )
        found = sum(len(step.sources) for step in self.procedure.steps)
        if found > MAX_VARIANTS:
            raise self.too_large(
                f"{name} takes its steps from {found} stages in all; at most {MAX_VARIANTS}"
            )

    def too_large(self, message: str) -> InvalidInput:
        """Return the refusal of a procedure that would not fit."""
        at = head(self.procedure)
        return InvalidInput([Problem(at.file, at.line, at.column, "too-large", message)])

    def electorate(self, panel: Panel) -> dict[str, int | str]:
        """Return how many members of each class are asked: a number or the fact that holds it."""
        chosen: dict[str, int | str] = {}
        for each in panel.electorate:
            if simplify(each.when, self.readings) == TRUE:
                chosen.setdefault(each.actor, each.count)
        return chosen

    def most(self, count: int | str) -> int:
        """Return the highest number of members of a class."""
        return count if isinstance(count, int) else int(self.procedure.fact[count].values[-1])

    def fold(self, condition: Expression) -> Expression:
        """Return a condition with readings fixed and panel totals written as conditions on the classes of members."""
        return simplify(self.classwise(simplify(condition, self.readings)), {})

    def classwise(self, condition: Expression) -> Expression:
        """Return a condition with every panel total written as a condition on the classes of members."""
        match condition:
            case Compare(op, Variable(name), Constant(value)) if name.endswith(".pending"):
                panel = name.removesuffix(".pending")
                parts = [f"{name}.{actor}" for actor in self.classes[panel]]
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
        try:
            guard = conjunction(self.fold(step.when), *self.permitted(step), *self.replying(step))
            ops = tuple(self.ops(step))
            branches = tuple(
                replace(branch, when=self.fold(branch.when)) for branch in step.branches
            )
            lapses: list[tuple[str | None, Expression]] = [
                (clock, self.fold(when)) for clock, when in self.lapses.get(step.id, ())
            ]
        except TooManyCubesError:
            raise too_many(step) from None
        for lapse_of, condition in lapses or [(None, TRUE)]:
            full = conjunction(guard, condition)
            if full != FALSE:
                for source in step.sources:
                    yield Variant(step, source, full, branches or (Branch(source),), ops, lapse_of)

    def permitted(self, step: Step) -> Iterator[Expression]:
        """Yield that no suspension lasts which does not permit the step."""
        for suspension, permits in self.barring:
            if step.id not in permits:
                yield Not(Variable(f"{suspension}.active"))

    def replying(self, step: Step) -> Iterator[Expression]:
        """Yield that the reply of a member is outstanding, where the step is one."""
        if step.reply is not None:
            pending = Variable(f"{step.reply.panel}.pending.{step.actors[0]}")
            known = pending.name in self.domains
            yield Compare(">", pending, Constant(0)) if known else FALSE

    def ops(self, step: Step) -> Iterator[tuple[Op, Expression]]:
        """Yield what the step does besides its effects: stops and ends first, then extensions, then starts."""
        for op, when in self.occasions.get(step.id, ()):
            folded = self.fold(when)
            if folded != FALSE:
                yield op, folded

    def saturate(self) -> None:
        """Cut the reply counts one above the largest constant that a guard compares them with."""
        tests: dict[str, list[Compare]] = defaultdict(list)
        for variant in self.variants:
            for condition in variant.conditions:
                for atom in atoms(condition):
                    for name in variables(atom):
                        tests[name].append(atom)
        for panel in self.procedure.panels:
            for value in panel.replies:
                name = f"{panel.id}.{value}"
                constants = [
                    int(atom.right.value)
                    for atom in tests[name]
                    if isinstance(atom.left, Variable) and isinstance(atom.right, Constant)
                ]
                if len(constants) == len(tests[name]):
                    if name in self.compared:
                        constants.append(self.compared[name])
                    needed = max([0, *(constant + 1 for constant in constants)])
                    self.domains[name] = self.domains[name][: needed + 1]

    def silence(self, panel: str) -> str | None:
        """Return the reply that silence counts as when the panel closes; None where it counts for nothing."""
        for each in self.procedure.panel[panel].silence:
            if simplify(each.when, self.readings) == TRUE:
                return each.counts_as
        return None

    def ends(self, source: str, target: str) -> bool:
        """Return whether a step between these stages ends the review, and with it every suspension and panel."""
        return self.procedure.stage[target].final and not self.procedure.stage[source].final

    def ended(self) -> dict[str, Value]:
        """Return what the end of the review sets: no suspension lasts, no panel is open, nobody is asked any more."""
        names = [f"{each.id}.active" for each in self.procedure.suspensions]
        for panel, classes in self.classes.items():
            names += [f"{panel}.open", *(f"{panel}.pending.{actor}" for actor in classes)]
        return {name: self.domains[name][0] for name in names}


def too_many(step: Step) -> InvalidInput:
    """Return the refusal of a step whose conditions cannot be listed."""
    message = f'the conditions of the step "{step.id}" come out in too many ways; split it into several steps'
    at = step.place
    return InvalidInput([Problem(at.file, at.line, at.column, "too-many-ways", message)])


def _occasions(procedure: Procedure) -> dict[str, list[tuple[Op, Expression]]]:
    """Return for each step what it does besides its effects, in the order in which it happens."""
    found: dict[str, list[tuple[Op, Expression]]] = defaultdict(list)
    lists: Iterable[tuple[Op, Iterable[On | Extension]]] = chain(
        ((Op("stop", each.id), each.stops) for each in procedure.clocks),
        ((Op("end", each.id), each.ends) for each in procedure.suspensions),
        ((Op("close", each.id), each.closes) for each in procedure.panels),
        ((Op("extend", each.id), each.extensions) for each in procedure.clocks),
        ((Op("open", each.id), each.opens) for each in procedure.panels),
        ((Op("begin", each.id), each.begins) for each in procedure.suspensions),
        ((Op("start", each.id), each.starts) for each in procedure.clocks),
    )
    for op, occasions in lists:
        for on in occasions:
            lengthened = replace(op, by=on.by) if isinstance(on, Extension) else op
            found[on.step].append((lengthened, on.when))
    return found


def _lapses(procedure: Procedure) -> dict[str, list[tuple[str, Expression]]]:
    """Return for each step that the law itself takes the clock whose lapse takes it, and its condition."""
    found: dict[str, list[tuple[str, Expression]]] = defaultdict(list)
    for clock in procedure.clocks:
        for on in clock.on_lapse:
            found[on.step].append((clock.id, on.when))
    return found
