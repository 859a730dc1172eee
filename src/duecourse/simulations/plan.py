"""A scenario made ready to run: its table, its days, and every purpose of chance as a number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput
from duecourse.model.clocks import open_ledger
from duecourse.model.compile import compile_table
from duecourse.properties.ensemble import Ensemble, looked_at
from duecourse.scenarios.scenario import DayUnit
from duecourse.scenarios.walk import initial_configurations
from duecourse.simulations.days import Days
from duecourse.simulations.head_count import head_counts
from duecourse.simulations.meeting_days import meeting_days
from duecourse.simulations.opening import openings, past_steps
from duecourse.simulations.randomness import purpose
from duecourse.simulations.streams import streams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duecourse.model.clocks import Ledger
    from duecourse.model.table import Rule, Table
    from duecourse.properties.property import Property
    from duecourse.scenarios.demand import CaseClass
    from duecourse.scenarios.law import Law
    from duecourse.scenarios.scenario import (
        Activity,
        Delay,
        ExtensionPolicy,
        Incident,
        Opinion,
        Scenario,
    )


@dataclass(frozen=True, slots=True)
class Move:
    """One step from one configuration, with all that follows from it.

    Attributes:
        rule: the rule of the table.
        target: the configuration it leads to.
        stage: the stage it leads to.
        timed: whether it touches clocks or suspensions.
        opens, closes: the panels it opens and closes.
        ends: whether it ends the review.
        resumes: whether it ends a suspension.
    """

    rule: Rule
    target: int
    stage: str
    timed: bool
    opens: tuple[str, ...]
    closes: tuple[str, ...]
    ends: bool
    resumes: bool


class Moves:
    """The table behind a cache: the same few configurations come back in every case."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._known: dict[tuple[int, str], Move | None] = {}
        self._lapses: dict[tuple[int, str], Move | None] = {}
        self._finals = frozenset(each.id for each in table.procedure.stages if each.final)

    def move(self, packed: int, step: str) -> Move | None:
        """Return how a step is taken in a configuration; None where the law does not allow it."""
        key = packed, step
        if key not in self._known:
            found = self.table.move(packed, step)
            self._known[key] = None if found is None else self.made(*found)
        return self._known[key]

    def lapse(self, packed: int, clock: str) -> Move | None:
        """Return the step that the law takes when a clock lapses; None where a lapse is a breach."""
        key = packed, clock
        if key not in self._lapses:
            moves = self.table.moves(packed)
            found = next(((rule, to) for rule, to in moves if rule.lapse_of == clock), None)
            self._lapses[key] = None if found is None else self.made(*found)
        return self._lapses[key]

    def made(self, rule: Rule, target: int) -> Move:
        """Return a rule that leads to a configuration as a move."""
        kinds = {op.kind for op in rule.ops}
        ends = rule.target in self._finals and rule.source not in self._finals
        return Move(
            rule=rule,
            target=target,
            stage=rule.target,
            timed=ends or bool(kinds - {"open", "close"}),
            opens=tuple(op.name for op in rule.ops if op.kind == "open"),
            closes=tuple(op.name for op in rule.ops if op.kind == "close"),
            ends=ends,
            resumes="end" in kinds,
        )


@dataclass(frozen=True, slots=True)
class Task:
    """An activity for one class, with the purposes of its random numbers, and its rank in its pool.

    Attributes:
        asked: when an open case asked for its work, before the start of the run; None where it asks when it comes to it.
        begun: whether an open case was at work on it before the start.
    """

    name: str
    activity: Activity
    probability: float
    chance: int
    pool: int
    rank: int
    team: int
    skill: str
    effort: Law | None
    effort_purpose: int
    delay: Law | None
    delay_purpose: int
    calendar_days: bool
    choose: tuple[tuple[str, float], ...] | None
    choice: int
    asked: float | None = None
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """An incident or an extension policy for one class, with its purposes."""

    id: str
    step: str
    probability: float
    chance: int
    delay: Law | None = None
    delay_purpose: int = 0
    calendar_days: bool = False
    days_before: int = 0


@dataclass(frozen=True, slots=True)
class Voter:
    """One class of panel members for one class of cases.

    Attributes:
        keys: a number for each member, from its name where it has one: it stays the same when
            others join.
        names: the members, for the log.
        persistence: the probability to object again; None where members do not remember.
        effort: what a member works on one proposal at a time; None where it answers all at once.
        steps: the step of each reply.
    """

    actor: str
    opinion: Opinion
    latency: Law
    late: Law | None
    silence: float
    propensity: tuple[float, ...]
    neutral_share: float
    persistence: float | None
    effort: Law | None
    effort_purpose: int
    propensity_purpose: int
    latency_purpose: int
    silence_purpose: int
    vote_purpose: int
    keys: tuple[int, ...]
    names: tuple[str, ...]
    steps: dict[str, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """A class of cases, or what its attributes make of it, with everything that its cases do."""

    id: str
    first: int
    begins: tuple[str, ...]
    tasks: dict[str, tuple[Task, ...]]
    incidents: tuple[Wish, ...]
    extensions: dict[str, tuple[Wish, ...]]
    voters: dict[str, tuple[Voter, ...]]
    actors: dict[str, str]


class Plan:
    """What all replications of a scenario share.

    Args:
        scenario: what is simulated.
        properties: what watches every case.
        like: a plan under the same properties; where it is of the same procedure and readings too, its table, and what its
            monitors have come to know of that, serve this one.

    Attributes:
        meeting_days: the working days on which each body meets.
        head_counts: for each pool, the days on which its head-counts change, with those of its groups.
        openings, past: the open cases of the docket, and the steps that they have taken.
        filed: what is filed on the first day besides, and what names it to chance.
    """

    def __init__(
        self, scenario: Scenario, properties: Sequence[Property] = (), like: Plan | None = None
    ) -> None:
        self.scenario = scenario
        self.procedure = scenario.procedure
        if like is not None and like.under(scenario):
            self.table: Table = like.table
            self.ensemble: Ensemble = like.ensemble
            self.moves: Moves = like.moves
        else:
            looks = looked_at(properties, scenario.procedure)
            self.table = compile_table(scenario.procedure, scenario.readings, observed=looks)
            self.ensemble = Ensemble(properties, self.table)
            self.moves = Moves(self.table)
        self._ledger = open_ledger(scenario.procedure, scenario.readings)
        self.days = Days(self._ledger.calendar, scenario.start, scenario.years)
        self.pools = {pool.id: index for index, pool in enumerate(scenario.pools)}
        self.meetings = {each.id: index for index, each in enumerate(scenario.meetings)}
        self.meeting_days = tuple(meeting_days(each, self.days) for each in scenario.meetings)
        self.head_counts = tuple(head_counts(pool, self.days) for pool in scenario.pools)
        self.kinds = {
            sort: self._kind(each, sort) for each in scenario.classes for sort in each.sorts
        }
        self.streams = streams(scenario, self.days, self.kinds)
        self.openings = openings(self, scenario.docket)
        self.past = tuple(past_steps(self, scenario.docket))
        filed = scenario.docket.filed if scenario.docket else ()
        self.filed = tuple((self.kinds[name], purpose(f"filed.{name}")) for name in filed)

    def under(self, scenario: Scenario) -> bool:
        """Return whether a scenario is one of the same procedure and the same readings."""
        return self.scenario.readings == scenario.readings and self.procedure == scenario.procedure

    def ledger(self) -> Ledger:
        """Return the empty ledger of a new case."""
        return replace(self._ledger, running={}, history=[], active={})

    def _kind(self, each: CaseClass, name: str) -> Kind:
        scenario = self.scenario
        first = initial_configurations(self.table, each)
        if len(first) != 1:
            raise InvalidInput(f'the class "{name}" does not say in which configuration it begins')
        tasks = {
            stage: tuple(self._task(stage, activity, name) for activity in activities)
            for stage, activities in scenario.behaviours.items()
        }
        wishes = (_incident(incident, name) for incident in scenario.incidents)
        extensions: dict[str, list[Wish]] = {}
        for policy in scenario.extensions:
            wish = _extension(policy, name)
            if wish.probability > 0:
                extensions.setdefault(policy.clock, []).append(wish)
        voters: dict[str, list[Voter]] = {}
        for opinion in scenario.opinions.values():
            if f"{opinion.panel}.pending.{opinion.actor}" in self.table.fields:
                voters.setdefault(opinion.panel, []).append(self._voter(opinion, name))
        return Kind(
            id=name,
            first=first[0],
            begins=each.begins,
            tasks=tasks,
            incidents=tuple(wish for wish in wishes if wish.probability > 0),
            extensions={clock: tuple(found) for clock, found in extensions.items()},
            voters={panel: tuple(found) for panel, found in voters.items()},
            actors={
                step.id: each.party if each.party in step.actors else step.actors[0]
                for step in self.procedure.steps
            },
        )

    def _task(self, stage: str, activity: Activity, name: str) -> Task:
        prefix = f"{stage}.{activity.id}"
        pool = self.pools[activity.work.pool] if activity.work else -1
        return Task(
            name=activity.id,
            activity=activity,
            probability=activity.probability[name],
            chance=purpose(f"{prefix}.chance"),
            pool=pool,
            rank=self.scenario.pools[pool].rank(name) if activity.work else 0,
            team=activity.work.team if activity.work else 1,
            skill=activity.work.skill.get(name, "") if activity.work else "",
            effort=activity.work.effort[name] if activity.work else None,
            effort_purpose=purpose(f"{prefix}.effort"),
            delay=activity.delay.law[name] if activity.delay else None,
            delay_purpose=purpose(f"{prefix}.delay"),
            calendar_days=_calendar_days(activity.delay),
            choose=activity.choose[name] if activity.choose else None,
            choice=purpose(f"{prefix}.choice"),
        )

    def _voter(self, opinion: Opinion, name: str) -> Voter:
        prefix = f"{opinion.panel}.{opinion.actor}"
        most = int(self.table.fields[f"{opinion.panel}.pending.{opinion.actor}"].values[-1])
        labels = [label.en for label in self.procedure.actor[opinion.actor].members]
        # The law may ask fewer than it names (R8 leaves out the first, where the Office itself sits).
        labels = labels[len(labels) - most :] if len(labels) >= most else []
        names = labels or [f"{opinion.actor} {number + 1}" for number in range(most)]
        steps = {
            step.reply.value: step.id
            for step in self.procedure.steps
            if step.reply and step.reply.panel == opinion.panel and step.actors[0] == opinion.actor
        }
        return Voter(
            actor=opinion.actor,
            opinion=opinion,
            latency=opinion.latency[name],
            late=opinion.late[name] if opinion.late else None,
            silence=opinion.silence[name],
            propensity=opinion.propensity[name],
            neutral_share=opinion.neutral_share[name],
            persistence=None if opinion.persistence is None else opinion.persistence[name],
            effort=None if opinion.effort is None else opinion.effort[name],
            effort_purpose=purpose(f"{prefix}.effort"),
            propensity_purpose=purpose(f"{opinion.panel}.propensity"),
            latency_purpose=purpose(f"{prefix}.latency"),
            silence_purpose=purpose(f"{prefix}.silence"),
            vote_purpose=purpose(f"{prefix}.vote"),
            keys=tuple(purpose(each) for each in names),
            names=tuple(names),
            steps=steps,
        )


def _incident(incident: Incident, name: str) -> Wish:
    return Wish(
        id=incident.id,
        step=incident.step,
        probability=incident.probability[name],
        chance=purpose(f"incident.{incident.id}.chance"),
        delay=incident.after.law[name],
        delay_purpose=purpose(f"incident.{incident.id}.after"),
        calendar_days=_calendar_days(incident.after),
    )


def _extension(policy: ExtensionPolicy, name: str) -> Wish:
    return Wish(
        id=policy.id,
        step=policy.step,
        probability=policy.probability[name],
        chance=purpose(f"extension.{policy.id}.chance"),
        days_before=policy.days_before,
    )


def _calendar_days(delay: Delay | None) -> bool:
    return delay is not None and delay.unit is DayUnit.CALENDAR
