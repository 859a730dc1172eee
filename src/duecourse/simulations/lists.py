"""What people do in numbers, for the compiled engine: lists that activities, members and incidents are written into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.kernels import layout as at
from duecourse.simulations.arrays import signed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from duecourse.scenarios.law import Law
    from duecourse.simulations.plan import Plan, Task, Voter, Wish


class Lists:
    """The lists, and what names stand for; the names of attributes are those of `duecourse.kernels.memory.Rules`.

    Attributes:
        stages, steps, clocks, panels, suspensions, kinds: the number of each, by id.
        purposes: for each purpose of chance its column in the counts of a case.
        fields: the columns of the members who have not replied, by the name of the variable.
        tasks, voters: in the order of their numbers.
        asked: the numbers of members who are asked again, of open rounds.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        procedure = plan.procedure
        self.stages = {each.id: number for number, each in enumerate(procedure.stages)}
        self.steps = {each.id: number for number, each in enumerate(procedure.steps)}
        self.clocks = {each.id: number for number, each in enumerate(procedure.clocks)}
        self.panels = {each.id: number for number, each in enumerate(procedure.panels)}
        self.suspensions = {each.id: number for number, each in enumerate(procedure.suspensions)}
        self.kinds = {each: number for number, each in enumerate(plan.kinds)}
        self.purposes: dict[int | str, int] = {}
        self.fields: dict[str, int] = {}
        self.tasks: list[Task] = []
        self.task_rows: list[list[int]] = []
        self.voters: list[Voter] = []
        self.voter_rows: list[list[int]] = []
        self.keys: list[int] = []
        self.law_rows: list[list[int]] = []
        self.values: list[float] = []
        self.lists: list[int] = []
        self.shares: list[float] = []
        self.wishes: list[tuple[list[int], float]] = []
        self.asked: list[int] = []
        self.skills = {"": 0}
        self._laws: dict[int, int] = {}
        self._kept: list[Law] = []

    def add_task(self, task: Task) -> None:
        """Write an activity."""
        activity, steps = task.activity, self.steps
        self.tasks.append(task)
        chance = task.chance if task.probability < 1 else None
        effort = task.effort_purpose if task.effort else None
        delay = task.delay_purpose if task.delay else None
        choice = task.choice if task.choose else None
        chosen = self.listed(steps[step] for step, _ in task.choose or ())
        reached = 0.0
        for place, (_, share) in enumerate(task.choose or ()):
            reached += share
            self.shares[chosen[0] + place] = reached
        row = [
            activity.repeat,
            *self.purpose(chance),
            *self.listed(steps[step] for step in activity.begin),
            task.pool,
            task.rank,
            -1 if task.begun else task.rank,
            at.NO_DAY if task.asked is None else round(task.asked * at.TICKS),
            task.team,
            self.skills.setdefault(task.skill, len(self.skills)),
            self.law(task.effort),
            *self.purpose(effort),
            self.law(task.delay),
            *self.purpose(delay),
            int(task.calendar_days),
            -1 if activity.meeting is None else self.plan.meetings[activity.meeting],
            -1 if activity.panel is None else self.panels[activity.panel],
            *chosen,
            *self.purpose(choice),
            *self.listed(steps[step] for step in activity.first_of),
            *self.listed(steps[step] for step in activity.take),
        ]
        self.task_rows.append(row)

    def add_voter(self, panel: str, voter: Voter, asked: Sequence[int] = ()) -> None:
        """Write a class of members; of an open round, with the numbers of those who are asked again."""
        self.voters.append(voter)
        opinion = voter.opinion
        first, propensity = len(self.keys), len(self.values)
        self.keys += map(signed, voter.keys)
        field = f"{panel}.pending.{voter.actor}"
        self.values += voter.propensity
        self.asked += asked
        neutral = -1 if opinion.neutral is None else self._reply(voter, opinion.neutral)
        row = [
            self.panels[panel],
            self.fields.setdefault(field, len(self.fields)),
            first,
            len(self.keys),
            self.law(voter.latency),
            self.law(voter.late),
            propensity,
            len(voter.propensity),
            signed(voter.propensity_purpose),
            signed(voter.latency_purpose),
            signed(voter.silence_purpose),
            signed(voter.vote_purpose),
            self._reply(voter, opinion.objection),
            neutral,
            self._reply(voter, opinion.support),
            self.law(voter.effort),
            signed(voter.effort_purpose),
            len(self.asked) - len(asked),
            len(self.asked),
        ]
        self.voter_rows.append(row)

    def _reply(self, voter: Voter, value: str) -> int:
        """Return the step of a reply; -2 where there is none, at which the engine stops."""
        return self.steps[voter.steps[value]] if value in voter.steps else -2

    def wished(self, wishes: Sequence[Wish]) -> tuple[int, int]:
        """Write incidents or extensions; return the first and the one after the last."""
        first = len(self.wishes)
        for wish in wishes:
            delay = wish.delay_purpose if wish.delay else None
            # an extension counts by its name, not by its purpose
            column = wish.chance if wish.delay else f"extension {wish.id}"
            row = [
                self.steps[wish.step],
                signed(wish.chance),
                self.purposes.setdefault(column, len(self.purposes)),
                self.law(wish.delay),
                *self.purpose(delay),
                int(wish.calendar_days),
                wish.days_before,
            ]
            self.wishes.append((row, wish.probability))
        return first, len(self.wishes)

    def purpose(self, purpose: int | None) -> tuple[int, int]:
        """Return a purpose of chance as a signed number, and its column."""
        if purpose is None:
            return 0, 0
        return signed(purpose), self.purposes.setdefault(purpose, len(self.purposes))

    def listed(self, steps: Iterable[int]) -> tuple[int, int]:
        """Write a list of steps; return the first and the one after the last."""
        first = len(self.lists)
        self.lists += steps
        self.shares += [0.0] * (len(self.lists) - first)
        return first, len(self.lists)

    def law(self, law: Law | None) -> int:
        """Return the number of a law; -1 where there is none."""
        if law is None:
            return -1
        if id(law) not in self._laws:
            self._laws[id(law)] = len(self.law_rows)
            self._kept.append(law)
            self.law_rows.append([int(law.kind), len(self.values), len(law.values)])
            self.values += law.values
        return self._laws[id(law)]
