"""What makes a procedure ill-defined, and why: errors that refuse it before any behaviour is explored."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

from duecourse.errors import Problem
from duecourse.model.conditions import fixed, guards
from duecourse.model.cubes import satisfiable
from duecourse.model.expression import (
    Compare,
    Constant,
    Variable,
    atoms,
    conjunction,
    variables,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from duecourse.model.cubes import Budget
    from duecourse.model.expression import Effect, Expression
    from duecourse.model.procedure import Branch, Clock, Place, Procedure, Step, Value

    Domains = Mapping[str, tuple[Value, ...]]


def errors(procedure: Procedure, domains: Domains, budget: Budget) -> Iterator[Problem]:
    """Yield what makes a procedure ill-defined."""
    yield from _readings_only(procedure)
    yield from _pending(procedure)
    yield from _automatic(procedure, domains, budget)
    yield from _effects(procedure)
    yield from _overflows(procedure, domains, budget)
    yield from _outcomes(procedure)


def _error(place: Place, code: str, message: str) -> Problem:
    return Problem(place.file, place.line, place.column, code, message)


def _readings_only(procedure: Procedure) -> Iterator[Problem]:
    """Electorates, the value of silence, calendars and what a suspension stops are fixed by readings alone."""
    for condition, place in (*fixed(procedure), (procedure.first_day_counts, _head(procedure))):
        for name in variables(condition):
            if name not in procedure.reading:
                message = f'"{name}" is no reading; this condition is decided by readings alone, declare one'
                yield _error(place, "readings-only", message)


def _head(procedure: Procedure) -> Place:
    return procedure.stages[0].place


def _pending(procedure: Procedure) -> Iterator[Problem]:
    """How many replies are outstanding is known by class of members, so it is compared with numbers only."""
    for condition, place in guards(procedure):
        for atom in atoms(condition):
            names = list(variables(atom))
            for name in names:
                if len(names) > 1 and name.endswith(".pending"):
                    message = f'compare "{name}" with a number; only other counts can be compared with each other'
                    yield _error(place, "type", message)


def _automatic(procedure: Procedure, domains: Domains, budget: Budget) -> Iterator[Problem]:
    """A step of the law belongs to one lapse, and no lapse may take two steps."""
    owners: dict[str, Clock] = {}
    for clock in procedure.clocks:
        for on in clock.on_lapse:
            if on.step in owners:
                message = (
                    f'the step "{on.step}" is taken by two lapses; give each a step of its own'
                )
                yield _error(clock.place, "automatic", message)
            owners[on.step] = clock
        for on, other in combinations(clock.on_lapse, 2):
            a, b = procedure.step[on.step], procedure.step[other.step]
            both = conjunction(on.when, other.when, a.when, b.when)
            if a is not b and {*a.sources} & {*b.sources} and satisfiable(both, domains, budget):
                message = f'when "{clock.id}" lapses, "{a.id}" and "{b.id}" could both be taken; make their conditions exclude each other'
                yield _error(clock.place, "automatic", message)


def _effects(procedure: Procedure) -> Iterator[Problem]:
    """A fact that a step counts is not touched by it a second time: the order would matter, and the range."""
    for step in procedure.steps:
        for effects, _ in _ways(step):
            touched = Counter(effect.fact for effect in effects)
            for fact in dict.fromkeys(effect.fact for effect in effects if effect.add):
                if touched[fact] > 1:
                    message = f'"{step.id}" counts "{fact}" and changes it a second time; one effect per fact'
                    yield _error(step.place, "effect", message)


def _ways(step: Step) -> Iterator[tuple[tuple[Effect, ...], Branch | None]]:
    """Yield what a step can do to facts, by branch."""
    for branch in step.branches or (None,):
        yield (*step.effects, *(branch.effects if branch else ())), branch


def _overflows(procedure: Procedure, domains: Domains, budget: Budget) -> Iterator[Problem]:
    """A counting step must be guarded so that it cannot leave the range of its fact."""
    for step in procedure.steps:
        for guard, effect in dict.fromkeys(_counting(step)):
            fact = procedure.fact[effect.fact]
            if fact.unbounded:
                continue
            edge = fact.values[-1] if effect.value == 1 else fact.values[0]
            at_edge = Compare("==", Variable(fact.id), Constant(edge))
            if satisfiable(conjunction(at_edge, guard), domains, budget):
                rule = f"{fact.id} {'<' if effect.value == 1 else '>'} {edge}"
                message = (
                    f'"{step.id}" could take "{fact.id}" beyond {edge}; add "{rule}" to its guard'
                )
                yield _error(step.place, "range", message)


def _counting(step: Step) -> Iterator[tuple[Expression, Effect]]:
    for effect in step.effects:
        if effect.add:
            yield step.when, effect
    for branch in step.branches:
        for effect in branch.effects:
            if effect.add:
                yield conjunction(step.when, branch.when), effect


def _outcomes(procedure: Procedure) -> Iterator[Problem]:
    """Every step into a final stage from a stage that is not is counted by exactly one outcome."""
    listed: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
    for outcome in procedure.outcomes:
        for name in dict.fromkeys(outcome.steps):
            listed[name].append((outcome.id, frozenset(outcome.sources)))
    for step in procedure.steps:
        if not any(procedure.stage[branch.stage].final for branch in step.branches):
            continue
        for source in step.sources:
            owners = [name for name, sources in listed[step.id] if not sources or source in sources]
            if not procedure.stage[source].final and len(owners) != 1:
                found = f"by {' and '.join(owners[:5])}" if owners else "by none"
                message = f'"{step.id}" from "{source}" ends the case; it must be listed by exactly one outcome, it is listed {found}'
                yield _error(step.place, "outcome", message)
