"""Which engine runs a scenario: SimPy for small jobs, compiled ones for large ones, with the same events either way.

What the compiled engine does not have, it does not run: any part of a scenario that it was not built for is found here
by name, whatever it means, so that it can never give a different result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from duecourse.errors import InvalidInput, nearest
from duecourse.scenarios.capacity import Discipline
from duecourse.scenarios.law import Kind, Law

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from duecourse.model.procedure import Procedure
    from duecourse.scenarios.scenario import Scenario

LARGE = 10_000
"""Expected cases from which on the compiled engine runs.

Measured: SimPy does some 3,000 cases of the shipped baseline a second, and the compiled engine starts in half a second
where it stands in the cache. See `docs/background/benchmarks-simulation.md`.
"""

COLD = 50_000
"""Expected cases from which on the compiled engine runs where it still has to be compiled: SimPy does fewer in that time."""


class Engine(StrEnum):
    """What runs a scenario."""

    AUTO = "auto"
    SIMPY = "simpy"
    COMPILED = "compiled"
    RECURSION = "recursion"


@dataclass(frozen=True, slots=True)
class Choice:
    """Which engine runs, and why."""

    engine: Engine
    why: str

    def __str__(self) -> str:
        return f"engine: {self.engine} ({self.why})"


Wanted = Engine | str | Choice
"""Which engine is asked for, by its name, or has been chosen."""


def choose(
    scenarios: Sequence[Scenario], replications: int, wanted: Wanted = Engine.AUTO
) -> Choice:
    """Return which engine runs so many replications of each scenario; what has been chosen for them before stays chosen.

    Raises:
        InvalidInput: there is no such engine, or the compiled one is asked for and does not have all that a scenario needs.
    """
    if isinstance(wanted, Choice):
        return wanted
    try:
        engine = Engine(wanted)
    except ValueError:
        names = [each.value for each in Engine]
        message = f'engine = "{str(wanted)[:40]}": there are {", ".join(names)}'
        raise InvalidInput(message + nearest(str(wanted), names)) from None
    if engine is Engine.SIMPY:
        return Choice(engine, "as asked for")
    missing = next((found for each in scenarios for found in lacks(each)), None)
    if engine is not Engine.AUTO:
        if missing is not None:
            raise InvalidInput(f"the compiled engine does not have {missing}; use the engine simpy")
        if engine is Engine.RECURSION and (reason := unfit(scenarios)) is not None:
            raise InvalidInput(f"the recursion cannot run this: {reason}; use the engine compiled")
        return Choice(engine, "as asked for")
    if missing is not None:
        return Choice(Engine.SIMPY, f"the compiled one does not have {missing}")
    cases = round(replications * sum(map(expected_cases, scenarios)))
    if cases < LARGE:
        return Choice(
            Engine.SIMPY, f"about {cases:,} cases; the compiled one is for {LARGE:,} and more"
        )
    return _further(_large(cases), scenarios)


def _further(found: Choice, scenarios: Sequence[Scenario]) -> Choice:
    """Return the recursion where the compiled engine was chosen and it can run, else that with the reason."""
    if found.engine is Engine.SIMPY:
        return found
    reason = unfit(scenarios)
    if reason is not None:
        return Choice(Engine.COMPILED, f"{found.why}; not the recursion: {reason}")
    return Choice(Engine.RECURSION, f"{found.why}, and cases meet in first-come pools alone")


def _large(cases: int) -> Choice:
    """Return which engine runs many cases: a compiled one, unless it has to be compiled first for too few."""
    from duecourse.simulations.compiled import cold

    if not cold():
        return Choice(Engine.COMPILED, f"about {cases:,} cases; it is for {LARGE:,} and more")
    if cases < COLD:
        why = f"about {cases:,} cases; the compiled one is not compiled here yet, which takes {COLD:,}"
        return Choice(Engine.SIMPY, f"{why} to be worth it; `duecourse warm` compiles it")
    why = f"about {cases:,} cases; it is for {COLD:,} and more where it is compiled first, as now"
    return Choice(Engine.COMPILED, why)


def expected_cases(scenario: Scenario) -> float:
    """Return how many cases a scenario has in one replication, about."""
    arriving = sum(
        len(each.replayed) if each.replayed else each.per_year * scenario.years
        for each in scenario.arrivals
    )
    return arriving + (len(scenario.docket.cases) if scenario.docket else 0)


def lacks(scenario: Scenario) -> Iterator[str]:
    """Yield what a scenario needs and the compiled engine does not have, in words."""
    procedure = scenario.procedure
    for count, most, what in _limits(procedure, scenario):
        if count > most:
            yield f"room for more than {most:,} {what} ({scenario.id} has {count:,})"
    seen: set[int] = set()
    for part in _parts(scenario, seen):
        if isinstance(part, Law):
            if part.kind not in _LAWS:
                yield f"distributions of the kind {part.kind.name.lower()}"
            continue
        known = _KNOWN.get(type(part).__name__)
        if known is None:
            yield f"what `{type(part).__name__}` stands for in a scenario"
            continue
        for each in fields(part):
            if each.compare and each.name not in known and getattr(part, each.name) != _plain(each):
                yield f"`{each.name}` of `{type(part).__name__}` in a scenario"


def unfit(scenarios: Sequence[Scenario]) -> str | None:
    """Return why scenarios are not for the departure recursion; None where they are.

    Of several, the courses of the first alone are walked: they mostly differ in numbers. One whose courses cannot be
    walked is run by the agenda in any case.
    """
    reason = next((found for each in scenarios for found in meets(each)), None)
    if reason is None and scenarios:
        from duecourse.simulations.recursion import why_not

        reason = why_not(scenarios[0])
    return reason


def meets(scenario: Scenario) -> Iterator[str]:
    """Yield what keeps a scenario from the departure recursion, in words.

    The recursion is for cases that meet in first-come pools alone, and whose courses chance decides and nothing else: see
    `duecourse.simulations.course`, which finds what cannot be seen in the scenario as it stands.
    """
    procedure = scenario.procedure
    for clock in procedure.clocks:
        yield f'limits of time run ("{clock.id}")'
    for suspension in procedure.suspensions:
        yield f'cases may be suspended ("{suspension.id}")'
    for incident in scenario.incidents:
        yield f'something may happen to a case at any time ("{incident.id}")'
    if scenario.docket is not None:
        yield "it begins with open cases"
    yield from _not_first_come(scenario)
    yield from _replies(scenario)


def _not_first_come(scenario: Scenario) -> Iterator[str]:
    """Yield which staff and which meetings look at more than who came first."""
    for pool in scenario.pools:
        if len({pool.rank(sort) for sort in scenario.sorts}) > 1:
            yield f'the pool "{pool.id}" takes some cases before others'
        if pool.discipline is Discipline.EARLIEST_DUE or pool.preemptive or pool.carries:
            yield f'the pool "{pool.id}" is not first come, first served'
        if len(pool.groups) > 1:
            yield f'the members of the pool "{pool.id}" are not alike'
    for meeting in scenario.meetings:
        if meeting.agenda is not None:
            yield f'a meeting of "{meeting.id}" takes a limited number of cases'
    for activities in scenario.behaviours.values():
        for activity in activities:
            if activity.work and (activity.work.team > 1 or any(activity.work.skill.values())):
                yield f'"{activity.id}" asks for a team or a skill'


def _replies(scenario: Scenario) -> Iterator[str]:
    """Yield which replies have to do with other cases, or settle what a case does."""
    for opinion in scenario.opinions.values():
        if opinion.effort is not None:
            yield f'members of the panel "{opinion.panel}" answer one proposal at a time'
        if (
            opinion.persistence is not None
            or opinion.neutral is not None
            or any(any(each) for each in opinion.propensity.values())
        ):
            yield f'the course of a case depends on what "{opinion.panel}" replies'


def _limits(procedure: Procedure, scenario: Scenario) -> Iterator[tuple[int, int, str]]:
    """Yield how many there are of what, and how many the compiled engine can number."""
    longest = max(map(len, scenario.behaviours.values()), default=0)
    activities = sum(map(len, scenario.behaviours.values())) * len(scenario.sorts)
    cases = scenario.docket.cases if scenario.docket else ()
    rounds = sum(len(each.rounds) for each in cases)
    yield len(procedure.stages), 2**12, "stages"
    yield len(procedure.steps), 2**16, "steps"
    yield len(procedure.clocks), 2**12, "clocks"
    yield len(procedure.suspensions), 62, "suspensions"
    yield len(scenario.pools), 62, "pools"
    voters = len(scenario.opinions) * (len(scenario.sorts) + rounds)
    yield voters, 2**13, "classes of members and cases"
    yield activities + (longest + 1) * len(cases), 2**16, "activities of all classes and open cases"
    yield len(procedure.actors), 2**12, "actors"


def _parts(part: object, seen: set[int]) -> Iterator[Any]:
    """Yield the values that a scenario is made of, each once; the procedure is no part of them."""
    if id(part) in seen:
        return
    if isinstance(part, Mapping):
        for each in part.values():
            yield from _parts(each, seen)
    elif isinstance(part, tuple):
        for each in part:
            yield from _parts(each, seen)
    elif is_dataclass(part) and type(part).__name__ not in _PASSED_OVER:
        seen.add(id(part))
        yield part
        if not isinstance(part, Law):
            for field in fields(part):
                yield from _parts(getattr(part, field.name), seen)


def _plain(field: Any) -> object:  # noqa: ANN401  (a field of any dataclass)
    """Return the value of a field that asks for nothing; a field without one always asks for something."""
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


_LAWS = frozenset(Kind(number) for number in range(7))
_PASSED_OVER = frozenset({"Procedure", "Label", "Note", "Place", "Cost", "Taken"})
_KNOWN = {
    name: frozenset(words.split())
    for name, words in {
        "Scenario": "id label procedure readings start years warm_up classes arrivals pools meetings behaviours "
        "incidents extensions opinions notes file source files docket",
        "Docket": "source on cases over coming later remarks filed",
        "OpenCase": "id kind arrived entered first values taken running active breached rounds said position asked begun",
        "OpenRound": "number opened replies silent",
        "Position": "index rest again begun since",
        "Run": "clock started spans unlimited suspended stopped_since ended lapsed",
        "Span": "count unit",
        "CaseClass": "id label party begins facts attributes",
        "Arrivals": "id per_year shares gaps months weekdays changes replayed",
        "Change": "since until times classes",
        "Pool": "id label groups precedence discipline weights preemptive carries cost",
        "Group": "id size schedule leave full_time skills",
        "Leave": "since until members",
        "Meeting": "id label every first agenda dates monthly",
        "Activity": "id probability repeat begin work delay meeting panel take choose first_of",
        "Work": "pool effort team skill",
        "Delay": "law unit",
        "Incident": "id step probability after",
        "ExtensionPolicy": "id step clock days_before probability",
        "Opinion": "panel actor latency silence late objection mean correlation propensity neutral neutral_share "
        "support persistence effort",
    }.items()
}
