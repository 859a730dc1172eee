"""What can be seen to be wrong with a procedure by looking at it, before any behaviour is explored.

Errors make a procedure ill-defined and refuse it; warnings are findings that `duecourse check` reports.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from duecourse.errors import Problem
from duecourse.model.conditions import guards
from duecourse.model.cubes import Budget, satisfiable
from duecourse.model.expression import conjunction, variables
from duecourse.model.scope import guard_domains
from duecourse.model.soundness import errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from duecourse.model.procedure import Place, Procedure, Value

    Domains = Mapping[str, tuple[Value, ...]]

__all__ = ["guard_domains", "reachable_stages", "static_problems"]

MAX_WORK = 40_000


def static_problems(procedure: Procedure) -> list[Problem]:
    """Return every error and warning that the text of a procedure shows, in the order of its file.

    Guards that are too intricate to be taken apart within the work allowed are taken to be satisfiable.
    """
    domains = guard_domains(procedure)
    budget = Budget(MAX_WORK)
    found = [
        *errors(procedure, domains, budget),
        *_replies(procedure),
        *_graph(procedure),
        *_guards(procedure, domains, budget),
        *_clocks(procedure, domains, budget),
        *_unread(procedure),
    ]
    return sorted(found)


def reachable_stages(procedure: Procedure) -> set[str]:
    """Return the stages that steps lead to from the initial one, whatever their guards."""
    leads: dict[str, set[str]] = defaultdict(set)
    for step in procedure.steps:
        for source in step.sources:
            leads[source].update(branch.stage for branch in step.branches)
    found = {procedure.initial}
    queue = [procedure.initial]
    while queue:
        new = leads[queue.pop()] - found
        found |= new
        queue.extend(new)
    return found


def _warning(place: Place, code: str, message: str) -> Problem:
    return Problem(place.file, place.line, place.column, code, message, "warning")


def _replies(procedure: Procedure) -> Iterator[Problem]:
    """Every class of members can give every reply."""
    given = {
        (step.reply.panel, step.actors[0], step.reply.value)
        for step in procedure.steps
        if step.reply
    }
    for panel in procedure.panels:
        for actor in dict.fromkeys(each.actor for each in panel.electorate):
            for value in panel.replies:
                if (panel.id, actor, value) not in given:
                    message = f'no step lets "{actor}" reply "{value}" to "{panel.id}"'
                    yield _warning(panel.place, "reply", message)


def _graph(procedure: Procedure) -> Iterator[Problem]:
    """Every stage can be reached and left, and every step taken, whatever the guards."""
    reached = reachable_stages(procedure)
    left: set[str] = set()
    for step in procedure.steps:
        targets = {branch.stage for branch in step.branches}
        left.update(source for source in step.sources if targets - {source})
    for stage in procedure.stages:
        if stage.id not in reached:
            message = f'no step leads to the stage "{stage.id}"'
            yield _warning(stage.place, "unreachable", message)
        if not stage.final and stage.id not in left:
            message = f'no step leaves the stage "{stage.id}", and it is not final'
            yield _warning(stage.place, "dead-end", message)
    for step in procedure.steps:
        if reached.isdisjoint(step.sources):
            message = (
                f'the step "{step.id}" can never happen: no stage it is taken from can be reached'
            )
            yield _warning(step.place, "never", message)


def _guards(procedure: Procedure, domains: Domains, budget: Budget) -> Iterator[Problem]:
    """Every guard can hold, and every branch be chosen."""
    for step in procedure.steps:
        if not satisfiable(step.when, domains, budget):
            message = f'the guard of "{step.id}" can never hold: {str(step.when)[:200]}'
            yield _warning(step.place, "never", message)
        for branch in step.branches:
            if not satisfiable(conjunction(step.when, branch.when), domains, budget):
                message = f'"{step.id}" can never lead to "{branch.stage}": {str(branch.when)[:200]} contradicts its guard'
                yield _warning(step.place, "never", message)


def _clocks(procedure: Procedure, domains: Domains, budget: Budget) -> Iterator[Problem]:
    """Every clock can start and stop."""
    reached = reachable_stages(procedure)
    for clock in procedure.clocks:
        for what, occasions in (("starts", clock.starts), ("stops", clock.stops)):
            if not any(
                not reached.isdisjoint(procedure.step[on.step].sources)
                and satisfiable(on.when, domains, budget)
                for on in occasions
            ):
                message = f'the clock "{clock.id}" never {what}'
                yield _warning(clock.place, "clock", message)


def _unread(procedure: Procedure) -> Iterator[Problem]:
    """Every fact and every reading decides something."""
    read = {name for condition, _ in guards(procedure) for name in variables(condition)}
    counts = {str(each.count) for panel in procedure.panels for each in panel.electorate}
    for fact in procedure.facts:
        if fact.id not in read and fact.id not in counts:
            yield _warning(fact.place, "unread", f'nothing reads the fact "{fact.id}"')
    for reading in procedure.readings:
        if reading.id not in read and len(reading.options) > 1 and not reading.migration:
            message = f'nothing reads the reading "{reading.id}"'
            yield _warning(reading.place, "unread", message)
