"""What can happen at all when every reading has its default: the part of a procedure that is drawn.

Facts are followed value by value but without the order of steps, so what is left out is certainly
impossible; something that is drawn may still turn out to be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.model.checks import guard_domains
from duecourse.model.cubes import satisfiable
from duecourse.model.expression import conjunction, negation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from duecourse.model.expression import Effect, Expression
    from duecourse.model.procedure import Branch, On, Procedure, Step, Value


@dataclass(frozen=True, slots=True)
class Reach:
    """What is possible under the default readings.

    Attributes:
        stages: the stages that a case can come to.
        sources: of each possible step, the stages in which it can be taken, in its own order.
        targets: of each possible step, the stages it can lead to; empty where the case stays.
        domains: the values that every name in a guard can have.
    """

    stages: frozenset[str]
    sources: dict[str, tuple[str, ...]]
    targets: dict[str, tuple[str, ...]]
    domains: dict[str, tuple[Value, ...]]

    def possible(self, guard: Expression) -> bool:
        """Return whether a guard can hold."""
        return satisfiable(guard, self.domains)

    def steps(self, occasions: Iterable[On]) -> tuple[str, ...]:
        """Return the possible steps among some occasions whose condition can hold."""
        taken = (on for on in occasions if on.step in self.sources and self.possible(on.when))
        return tuple(dict.fromkeys(on.step for on in taken))


def reach(procedure: Procedure) -> Reach:
    """Return what is possible in a procedure under its default readings."""
    search = _Search(procedure)
    while search.widen():
        pass
    sources = {
        step.id: tuple(stage for stage in step.sources if stage in search.stages)
        for step in procedure.steps
        if search.taken(step)
    }
    targets = {
        step.id: tuple(dict.fromkeys(branch.stage for branch in search.branches(step)))
        for step in procedure.steps
        if step.id in sources
    }
    return Reach(frozenset(search.stages), sources, targets, search.domains)


def branch_guards(step: Step) -> Iterator[tuple[Branch, Expression]]:
    """Yield the branches of a step, each with what holds before the step when it is the one taken."""
    before: Expression = step.when
    for branch in step.branches:
        yield branch, conjunction(before, branch.when)
        before = conjunction(before, negation(branch.when))


class _Search:
    def __init__(self, procedure: Procedure) -> None:
        self.procedure = procedure
        self.stages = {procedure.initial}
        self.every = dict(guard_domains(procedure))
        self.domains = dict(self.every)
        self.domains |= {each.id: (each.default,) for each in procedure.readings}
        self.domains |= {f"{each.id}.active": (False,) for each in procedure.suspensions}
        for fact in procedure.facts:
            self.domains[fact.id] = fact.values if fact.initial is None else (fact.initial,)

    def widen(self) -> bool:
        """Add what the possible steps bring about; return whether that was anything new."""
        before = (len(self.stages), sum(map(len, self.domains.values())))
        for step in filter(self.taken, self.procedure.steps):
            self.apply(step.effects)
            for branch in self.branches(step):
                self.stages.add(branch.stage)
                self.apply(branch.effects)
            self.suspend(step)
        return before != (len(self.stages), sum(map(len, self.domains.values())))

    def taken(self, step: Step) -> bool:
        if not self.stages & {*step.sources} or not satisfiable(step.when, self.domains):
            return False
        if step.id not in self.procedure.lapse_steps:
            return True
        lapses = (on for clock in self.procedure.clocks for on in clock.on_lapse)
        return any(on.step == step.id and satisfiable(on.when, self.domains) for on in lapses)

    def branches(self, step: Step) -> list[Branch]:
        return [branch for branch, guard in branch_guards(step) if satisfiable(guard, self.domains)]

    def apply(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            values = self.domains[effect.fact]
            if effect.add:
                self.domains[effect.fact] = self.every[effect.fact]
            elif effect.value not in values:
                self.domains[effect.fact] = (*values, effect.value)

    def suspend(self, step: Step) -> None:
        for each in self.procedure.suspensions:
            begins = (on for on in each.begins if on.step == step.id)
            if any(satisfiable(on.when, self.domains) for on in begins):
                self.domains[f"{each.id}.active"] = (False, True)
