"""The open cases of a docket made ready to run: where each stands in the table, and the law of what is left to do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput, Problem
from duecourse.simulations.log import Event
from duecourse.simulations.randomness import purpose
from duecourse.simulations.residual import (
    propensities_given,
    rest_of,
    share_over,
    silent_still,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from duecourse.model.clocks import Run
    from duecourse.scenarios.docket import Docket, OpenCase, OpenRound
    from duecourse.simulations.days import Days
    from duecourse.simulations.plan import Kind, Plan, Task, Voter, Wish


@dataclass(frozen=True, slots=True)
class OpenPanel:
    """An open round: its panel, its number, and the members of each class who have not replied."""

    panel: str
    number: int
    asked: tuple[tuple[Voter, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class Opening:
    """An open case, ready to be taken up.

    Attributes:
        id: of the docket.
        key: what names it to chance.
        packed, stage: where it stands.
        watched: the state of the properties; None where an earlier text governed its beginning: they do not watch it.
        age: the working days since its arrival.
        running, active, breached: its clocks and suspensions.
        counts: how many rounds each panel has had.
        rounds: its open panels.
        objected: by panel, round, class of members and member, whether one that is known to have replied objected.
        incidents: what people may still want to do.
        tasks: what is left to do in its stage.
    """

    id: str
    kind: Kind
    key: int
    packed: int
    stage: str
    watched: int | None
    age: float
    running: Mapping[str, Run]
    active: Mapping[str, date]
    breached: frozenset[str]
    counts: Mapping[str, int]
    rounds: tuple[OpenPanel, ...]
    objected: Mapping[tuple[str, int, str, int], bool]
    incidents: tuple[Wish, ...]
    tasks: tuple[Task, ...]


def openings(plan: Plan, docket: Docket | None) -> tuple[Opening, ...]:
    """Return the open cases of a docket in its order.

    Raises:
        InvalidInput: the docket is of another day, or cases have violated a property already.
    """
    if docket is None:
        return ()
    if docket.on != plan.days.start:
        raise InvalidInput(f"the docket is of {docket.on}, the run begins on {plan.days.start}")
    problems: list[Problem] = []
    found = [_Opener(plan, each, problems).opening() for each in docket.cases]
    if problems:
        raise InvalidInput(sorted(problems))
    return tuple(found)


def past_steps(plan: Plan, docket: Docket | None) -> Iterator[tuple[Event, date]]:
    """Yield the steps of open cases before the start, as lines of a log with their days."""
    for number, case in enumerate(docket.cases if docket else ()):
        stage = str(case.first["stage"])
        actors = plan.kinds[case.kind].actors
        for taken in case.taken:
            yield (
                Event(
                    case=number,
                    kind=case.kind,
                    time=-past(plan.days, taken.on),
                    event="past",
                    actor=taken.actor or actors[taken.step],
                    step=taken.step,
                    stage=stage,
                    to=taken.stage,
                    activity="",
                    subject="",
                    value=0.0,
                    breach=False,
                    late=False,
                ),
                taken.on,
            )
            stage = taken.stage


class _Opener:
    def __init__(self, plan: Plan, case: OpenCase, problems: list[Problem]) -> None:
        self.plan, self.case, self.problems = plan, case, problems
        self.kind = plan.kinds[case.kind]

    def opening(self) -> Opening:
        case, plan = self.case, self.plan
        packed = plan.table.pack(case.values)
        return Opening(
            id=case.id,
            kind=self.kind,
            key=purpose(f"docket.{case.id}"),
            packed=packed,
            stage=case.stage,
            watched=self.watched(packed),
            age=past(plan.days, case.arrived),
            running=case.running,
            active=case.active,
            breached=case.breached,
            counts=dict(sorted(case.said)),
            rounds=tuple(self.panel(name, each) for name, each in case.rounds.items()),
            objected=dict(self.objected()),
            incidents=tuple(self.incidents()),
            tasks=self.tasks(),
        )

    def watched(self, packed: int) -> int | None:
        """Return what the properties make of the past of the case."""
        plan, case = self.plan, self.case
        if not case.taken:
            return None
        here, state = plan.table.pack(case.first), 0
        for taken in case.taken:
            rule, here = next(
                (rule, to)
                for rule, to in plan.table.moves(here)
                if rule.step == taken.step and (rule.lapse_of is not None) == taken.by_law
            )
            actor = taken.actor or self.kind.actors[taken.step]
            state, violated = plan.ensemble.step(state, rule, here, actor)
            if violated:
                at = case.place
                message = f'case "{case.id}": "{taken.step}" on {taken.on} violates the property {violated}'
                self.problems.append(Problem(at.file, at.line, at.column, "property", message))
                return None
        assert here == packed, case.id
        return state

    # --- what is left -------------------------------------------------------------------------------

    def tasks(self) -> tuple[Task, ...]:
        """Return what is left of the activity under way, then the others of the stage."""
        place = self.case.position
        base, *others = self.kind.tasks[self.case.stage][place.index :]
        if not place.begun:
            return (self.again(base, place.again + 1), *others)
        first = replace(self.lasted(base), activity=replace(place.rest, repeat=1), probability=1.0)
        more = [self.again(base, place.again)] if place.again else []
        return (first, *more, *others)

    def again(self, task: Task, times: int) -> Task:
        return replace(task, activity=replace(task.activity, repeat=times))

    def lasted(self, task: Task) -> Task:
        """Return a task as what is known of the past has it: its place in the queue, the law of its rest."""
        case, days = self.case, self.plan.days
        begun, since = case.begun, case.position.since
        if task.effort is not None:
            if begun is not None:
                rest = rest_of(task.effort, past(days, begun))
                return replace(task, effort=rest, begun=True, asked=-past(days, begun))
            asked = case.asked or since
            return task if asked is None else replace(task, asked=-past(days, asked))
        since = begun or since
        if task.delay is None or since is None:
            return task
        lasted = past(days, since, calendar_days=task.calendar_days)
        return replace(task, delay=rest_of(task.delay, lasted))

    def incidents(self) -> Iterator[Wish]:
        """Yield what people may still want to do of their own accord, given that they have not done it yet."""
        done = {each.step for each in self.case.taken}
        for wish in self.kind.incidents:
            if wish.delay is None or wish.step in done:
                continue
            lasted = past(self.plan.days, self.case.arrived, calendar_days=wish.calendar_days)
            over = share_over(wish.delay, lasted)
            rest = wish.probability * (1 - over)
            if rest > 0:
                probability = rest / (1 - wish.probability * over)
                yield replace(wish, probability=probability, delay=rest_of(wish.delay, lasted))

    def objected(self) -> Iterator[tuple[tuple[str, int, str, int], bool]]:
        """Yield of every member that is known to have replied in a round whether it objected."""
        for (panel, number), said in self.case.said.items():
            for voter in self.kind.voters.get(panel, ()):
                objection = voter.steps[voter.opinion.objection]
                for member, name in enumerate(voter.names):
                    step = said.get((voter.actor, name))
                    if step is not None:
                        yield (panel, number, voter.actor, member), step == objection

    # --- panels -------------------------------------------------------------------------------------

    def panel(self, panel: str, each: OpenRound) -> OpenPanel:
        voters = self.kind.voters.get(panel, ())
        replies = {
            voter.actor: (
                sum(each.replies.get(step, 0) for step in voter.steps.values()),
                each.replies.get(voter.steps[voter.opinion.objection], 0),
            )
            for voter in voters
        }
        tables = propensities_given({voter.actor: voter.propensity for voter in voters}, replies)
        lasted = past(self.plan.days, each.opened)
        return OpenPanel(
            panel,
            each.number,
            tuple(
                (self.voter(voter, tables[voter.actor], lasted), self.silent(panel, each, voter))
                for voter in voters
            ),
        )

    def voter(self, voter: Voter, propensity: tuple[float, ...], lasted: float) -> Voter:
        late, silence = voter.late, voter.silence
        if late is not None:
            silence = silent_still(silence, voter.latency, late, lasted)
            late = rest_of(late, lasted)
        latency = rest_of(voter.latency, lasted)
        return replace(voter, latency=latency, late=late, silence=silence, propensity=propensity)

    def silent(self, panel: str, each: OpenRound, voter: Voter) -> tuple[int, ...]:
        """Return the numbers of the members who have not replied; of those not named, the last."""
        pending = int(self.case.values[f"{panel}.pending.{voter.actor}"])
        named = {name: number for number, name in enumerate(voter.names)}
        known = [named[name] for name in each.silent.get(voter.actor, ()) if name in named]
        if len(known) == pending:
            return tuple(known)
        return tuple(range(len(voter.keys) - pending, len(voter.keys)))


def past(days: Days, day: date, *, calendar_days: bool = False) -> float:
    """Return how many days lie between a day of the past and the start of a run, in working days or in calendar days."""
    if calendar_days:
        return float((days.start - day).days)
    return float(-days.day(day))
