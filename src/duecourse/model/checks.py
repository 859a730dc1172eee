"""What can be seen to be wrong with a procedure by looking at it, before any behaviour is explored.

Errors make a procedure ill-defined and refuse it; warnings are findings that `duecourse check` reports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from duecourse.errors import Problem
from duecourse.model.cubes import satisfiable
from duecourse.model.expression import (
    Compare,
    Constant,
    Expression,
    Variable,
    atoms,
    conjunction,
    variables,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from duecourse.model.expression import Effect
    from duecourse.model.procedure import Clock, Place, Procedure, Step, Value


def static_problems(procedure: Procedure) -> list[Problem]:
    """Return every error and warning that the text of a procedure shows, in the order of its file."""
    domains = guard_domains(procedure)
    found = [
        *_readings_only(procedure),
        *_automatic(procedure, domains),
        *_overflows(procedure, domains),
        *_outcomes(procedure),
        *_panels(procedure),
        *_graph(procedure),
        *_guards(procedure, domains),
        *_clocks(procedure, domains),
        *_unread(procedure),
    ]
    return sorted(found)


def guard_domains(procedure: Procedure) -> Mapping[str, tuple[Value, ...]]:
    """Return the values of every name that a guard may use."""
    from duecourse.model.read import scope_of  # noqa: PLC0415  (the reader calls these checks)

    scope = scope_of(procedure.facts, procedure.readings, procedure.panels, procedure.suspensions)
    return {name: domain.values for name, domain in scope.items()}


def guards(procedure: Procedure) -> Iterator[tuple[Expression, Place]]:
    """Yield every condition in a procedure with the place of the element it belongs to."""
    for step in procedure.steps:
        yield step.when, step.place
        yield from ((branch.when, step.place) for branch in step.branches)
    for clock in procedure.clocks:
        yield from ((on.when, clock.place) for on in (*clock.starts, *clock.stops, *clock.on_lapse))
        yield from ((extension.when, clock.place) for extension in clock.extensions)
    for panel in procedure.panels:
        yield from ((on.when, panel.place) for on in (*panel.opens, *panel.closes))
        yield from ((each.when, panel.place) for each in panel.electorate)
        yield from ((silence.when, panel.place) for silence in panel.silence)
    for suspension in procedure.suspensions:
        yield from ((on.when, suspension.place) for on in (*suspension.begins, *suspension.ends))
        yield from ((stop.when, suspension.place) for stop in suspension.stops)
    yield from ((choice.when, procedure.stages[0].place) for choice in procedure.calendars)
    yield procedure.first_day_counts, procedure.stages[0].place


def reachable_stages(procedure: Procedure) -> set[str]:
    """Return the stages that steps lead to from the initial one, whatever their guards."""
    found = {procedure.initial}
    queue = [procedure.initial]
    while queue:
        stage = queue.pop()
        for step in procedure.steps:
            if stage in step.sources:
                for branch in step.branches:
                    if branch.stage not in found:
                        found.add(branch.stage)
                        queue.append(branch.stage)
    return found


def _at(
    place: Place, code: str, message: str, severity: Literal["error", "warning"] = "error"
) -> Problem:
    return Problem(place.file, place.line, place.column, code, message, severity)


def _readings_only(procedure: Procedure) -> Iterator[Problem]:
    """Electorates, the value of silence, calendars and what a suspension stops are fixed by readings alone."""
    conditions = [
        (each.when, panel.place) for panel in procedure.panels for each in panel.electorate
    ]
    conditions += [
        (silence.when, panel.place) for panel in procedure.panels for silence in panel.silence
    ]
    conditions += [(stop.when, each.place) for each in procedure.suspensions for stop in each.stops]
    conditions += [
        (choice.when, procedure.stages[0].place)
        for choice in procedure.calendars
        if procedure.stages
    ]
    for condition, place in conditions:
        for name in variables(condition):
            if name not in procedure.reading:
                yield _at(
                    place,
                    "readings-only",
                    f'"{name}" is no reading; this condition may depend on readings alone',
                )
    for condition, place in guards(procedure):
        for atom in atoms(condition):
            if isinstance(atom.left, Variable) and isinstance(atom.right, Variable):
                names = [
                    name for name in (atom.left.name, atom.right.name) if name.endswith(".pending")
                ]
                if names:
                    yield _at(
                        place,
                        "type",
                        f'compare "{names[0]}" with a number; only other counts can be compared with each other',
                    )


def _automatic(procedure: Procedure, domains: Mapping[str, tuple[Value, ...]]) -> Iterator[Problem]:
    """A step of the law belongs to one lapse, and no lapse may take two steps."""
    owners: dict[str, Clock] = {}
    for clock in procedure.clocks:
        for index, on in enumerate(clock.on_lapse):
            if on.step in owners:
                yield _at(
                    clock.place,
                    "automatic",
                    f'the step "{on.step}" is taken by two lapses; give each a step of its own',
                )
            owners[on.step] = clock
            for other in clock.on_lapse[index + 1 :]:
                a, b = procedure.step[on.step], procedure.step[other.step]
                both = conjunction(on.when, other.when, a.when, b.when)
                if {*a.sources} & {*b.sources} and satisfiable(both, domains):
                    yield _at(
                        clock.place,
                        "automatic",
                        f'when "{clock.id}" lapses, "{a.id}" and "{b.id}" could both be taken; make their conditions exclude each other',
                    )


def _overflows(procedure: Procedure, domains: Mapping[str, tuple[Value, ...]]) -> Iterator[Problem]:
    """A counting step must be guarded so that it cannot leave the range of its fact."""
    for step in procedure.steps:
        for guard, effect in _counting(step):
            fact = procedure.fact[effect.fact]
            if fact.unbounded:
                continue
            edge = fact.values[-1] if effect.value == 1 else fact.values[0]
            if satisfiable(
                conjunction(guard, Compare("==", Variable(fact.id), Constant(edge))), domains
            ):
                rule = f"{fact.id} {'<' if effect.value == 1 else '>'} {edge}"
                yield _at(
                    step.place,
                    "range",
                    f'"{step.id}" could take "{fact.id}" beyond {edge}; add "{rule}" to its guard',
                )


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
    for step in procedure.steps:
        ends = any(procedure.stage[branch.stage].final for branch in step.branches)
        if not ends:
            continue
        for source in step.sources:
            if procedure.stage[source].final:
                continue
            owners = [
                each.id
                for each in procedure.outcomes
                if step.id in each.steps and (not each.sources or source in each.sources)
            ]
            if len(owners) != 1:
                found = f"by {' and '.join(owners)}" if owners else "by none"
                yield _at(
                    step.place,
                    "outcome",
                    f'"{step.id}" from "{source}" ends the case; it must be listed by exactly one outcome, it is listed {found}',
                )


def _panels(procedure: Procedure) -> Iterator[Problem]:
    for panel in procedure.panels:
        for actor in dict.fromkeys(each.actor for each in panel.electorate):
            replies = {
                step.reply.value
                for step in procedure.steps
                if step.reply and step.reply.panel == panel.id and actor in step.actors
            }
            for value in panel.replies:
                if value not in replies:
                    yield _at(
                        panel.place,
                        "reply",
                        f'no step lets "{actor}" reply "{value}" to "{panel.id}"',
                        "warning",
                    )


def _graph(procedure: Procedure) -> Iterator[Problem]:
    reached = reachable_stages(procedure)
    left = {
        stage
        for step in procedure.steps
        for stage in step.sources
        if any(branch.stage != stage for branch in step.branches)
    }
    for stage in procedure.stages:
        if stage.id not in reached:
            yield _at(
                stage.place, "unreachable", f'no step leads to the stage "{stage.id}"', "warning"
            )
        if not stage.final and stage.id not in left:
            yield _at(
                stage.place,
                "dead-end",
                f'no step leaves the stage "{stage.id}", and it is not final',
                "warning",
            )
    for step in procedure.steps:
        if not reached & {*step.sources}:
            yield _at(
                step.place,
                "never",
                f'the step "{step.id}" can never happen: no stage it is taken from can be reached',
                "warning",
            )


def _guards(procedure: Procedure, domains: Mapping[str, tuple[Value, ...]]) -> Iterator[Problem]:
    for step in procedure.steps:
        if not satisfiable(step.when, domains):
            yield _at(
                step.place,
                "never",
                f'the guard of "{step.id}" can never hold: {step.when}',
                "warning",
            )
        for branch in step.branches:
            if not satisfiable(conjunction(step.when, branch.when), domains):
                yield _at(
                    step.place,
                    "never",
                    f'"{step.id}" can never lead to "{branch.stage}": {branch.when} contradicts its guard',
                    "warning",
                )


def _clocks(procedure: Procedure, domains: Mapping[str, tuple[Value, ...]]) -> Iterator[Problem]:
    reached = reachable_stages(procedure)
    for clock in procedure.clocks:
        for what, occasions in (("starts", clock.starts), ("stops", clock.stops)):
            possible = [
                on
                for on in occasions
                if reached & {*procedure.step[on.step].sources} and satisfiable(on.when, domains)
            ]
            if not possible:
                yield _at(clock.place, "clock", f'the clock "{clock.id}" never {what}', "warning")


def _unread(procedure: Procedure) -> Iterator[Problem]:
    read = {name for condition, _ in guards(procedure) for name in variables(condition)}
    read |= {
        each.count
        for panel in procedure.panels
        for each in panel.electorate
        if isinstance(each.count, str)
    }
    for fact in procedure.facts:
        if fact.id not in read:
            yield _at(fact.place, "unread", f'nothing reads the fact "{fact.id}"', "warning")
    for reading in procedure.readings:
        if reading.id not in read and len(reading.options) > 1 and not reading.migration:
            yield _at(
                reading.place, "unread", f'nothing reads the reading "{reading.id}"', "warning"
            )
