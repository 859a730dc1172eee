"""A plan in numbers, for the compiled engine: everything that does not grow while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from duecourse.kernels import layout as at
from duecourse.scenarios.capacity import Discipline
from duecourse.simulations.arrays import (
    MOST_OPS,
    UNITS,
    blank,
    calendar_tables,
    odds,
    signed,
    stopped_by,
    table,
)
from duecourse.simulations.streams import ARRIVAL, Fork

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from duecourse.calendar import Span
    from duecourse.scenarios.law import Law
    from duecourse.simulations.plan import Kind, Plan, Task, Voter, Wish
from duecourse.simulations.streams import Stream, Way


class Lowered:
    """The lists that a plan is written into, and what names stand for.

    Attributes:
        static: the arrays of `duecourse.kernels.layout.Rules` that do not grow, by name.
        purposes: for each purpose of chance its column in the counts of a case.
        fields: the columns of the members who have not replied, by the name of the variable.
        tasks, voters: in the order of their numbers.
        members: how many members there are at most in all panels of a class of cases.
        groups: the groups of all pools, in order, each with its pool.
        task_pools, task_teams: the pool and the team of each activity; nothing at the end.
        ordinals: the dates of the working days of the run as numbers.
        staff_changes: for each pool the days on which a head-count changes, with the row of the head-counts.
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
        self.actor_names: dict[str, int] = {}
        self.purposes: dict[int | str, int] = {}
        self.fields: dict[str, int] = {}
        self.tasks: list[Task] = []
        self.voters: list[Voter] = []
        self.members = 0
        self._laws: dict[int, int] = {}
        self._kept: list[Law] = []
        self._law_rows: list[list[int]] = []
        self._values: list[float] = []
        self._lists: list[int] = []
        self._shares: list[float] = []
        self._wishes: list[tuple[list[int], float]] = []
        self._spans: dict[Span, int] = {}
        self._weights: list[tuple[float, float]] = []
        self._known: list[tuple[int, int]] = []
        self._forks: dict[int, int] = {}
        self._fork_rows: list[list[int]] = []
        self._ends: list[float] = []
        self._ways: list[int] = []
        self._lines: dict[tuple[str, int], int] = {}
        self._skills = {"": 0}
        self.groups = [(pool, group) for pool in plan.scenario.pools for group in pool.groups]
        self.static = self._arrays()
        tasks = self.tasks
        self.task_pools = np.array([*(each.pool for each in tasks), -1], np.int64)
        self.task_teams = np.array([*(each.team for each in tasks), 1], np.int64)
        dates = map(plan.days.date, range(plan.days.length))
        self.ordinals = np.array([each.toordinal() for each in dates], np.int64)

    # --- the whole ------------------------------------------------------------------------------------

    def _arrays(self) -> dict[str, Any]:
        plan, procedure = self.plan, self.plan.procedure
        kinds = [self._kind(kind) for kind in plan.kinds.values()]
        stages = np.full((len(kinds), len(self.stages), 2), -1, np.int64)
        tasks: list[list[int]] = []
        for number, kind in enumerate(plan.kinds.values()):
            for stage, found in kind.tasks.items():
                stages[number, self.stages[stage]] = len(tasks), len(tasks) + len(found)
                tasks += [self._task(task) for task in found]
        extensions, panels = (
            self._extensions(),
            np.zeros((len(kinds), len(self.panels), 2), np.int64),
        )
        voters: list[list[int]] = []
        keys: list[int] = []
        for number, kind in enumerate(plan.kinds.values()):
            for panel, asked in kind.voters.items():
                panels[number, self.panels[panel]] = len(voters), len(voters) + len(asked)
                voters += [self._voter(panel, voter, keys) for voter in asked]
            members = sum(len(each.keys) for asked in kind.voters.values() for each in asked)
            self.members = max(self.members, members)
        clocks = [[self.span(each.limit), stopped_by(plan, each.id)] for each in procedure.clocks]
        staff = self._staff()
        actors = [
            [self._actor(kind.actors[step]) for step in self.steps] for kind in plan.kinds.values()
        ]
        for each in procedure.clocks:
            for extension in each.extensions:
                if extension.by is not None:
                    self.span(extension.by)
        days, working, months = calendar_tables(plan.days.calendar)
        for voter in self.voters:
            self._actor(voter.actor)
        return {
            "kinds": table(kinds, at.KIND_COLUMNS),
            "stages": stages,
            "tasks": table(tasks, at.TASK_COLUMNS),
            "odds": np.array([task.probability for task in self.tasks], np.float64),
            "lists": np.array(self._lists, np.int64),
            "shares": np.array(self._shares, np.float64),
            "wishes": table([row for row, _ in self._wishes], at.WISH_COLUMNS),
            "wish_odds": np.array([odds for _, odds in self._wishes], np.float64),
            "extensions": extensions,
            "voters": table(voters, at.VOTER_COLUMNS),
            "voter_odds": np.array([odds(each) for each in self.voters], np.float64).reshape(-1, 4),
            "panels": panels,
            "keys": np.array(keys, np.int64),
            "lines": np.array(self._key_lines(), np.int64),
            "laws": table(self._law_rows, 3),
            "values": np.array(self._values, np.float64),
            "actors": table(actors, len(self.steps)),
            "clocks": table(clocks, 2),
            "spans": table([[span.count, UNITS[span.unit]] for span in self._spans], 2),
            "days": days,
            "working": working,
            "months": months,
            **staff,
            "blank": blank(
                len(self.clocks),
                len(self.panels),
                max((len(pool.groups) for pool in plan.scenario.pools), default=0),
            ),
        }

    def _staff(self) -> dict[str, Any]:
        """Return who is there, when bodies meet, and when cases arrive."""
        plan = self.plan
        streams = [self._stream(each) for each in plan.streams]
        sizes = self._head_counts()
        pools = self._pools()
        rooms: list[list[int]] = []
        met: list[int] = []
        for meeting, on in zip(plan.scenario.meetings, plan.meeting_days, strict=True):
            agenda = -1 if meeting.agenda is None else meeting.agenda
            rooms.append([agenda, len(met), len(met) + len(on)])
            met += on
        return {
            "pools": table(pools, at.POOL_COLUMNS),
            "paces": np.array([group.full_time for _, group in self.groups], np.float64),
            "able": table(
                [[group.able(skill) for _, group in self.groups] for skill in self._skills],
                len(self.groups),
            ),
            "sizes": table(sizes, len(self.groups)),
            "rooms": table(rooms, 3),
            "meetings": np.array(met, np.int64),
            "streams": table(streams, at.STREAM_COLUMNS),
            "weights": np.array(self._weights, np.float64).reshape(-1, 2),
            "known": table(self._known, 2),
            "forks": table(self._fork_rows, 3),
            "ends": np.array(self._ends, np.float64),
            "ways": np.array(self._ways, np.int64),
        }

    def _extensions(self) -> Any:  # noqa: ANN401  (an array)
        kinds = self.plan.kinds.values()
        found = np.zeros((len(kinds), len(self.clocks), 2), np.int64)
        for number, kind in enumerate(kinds):
            for clock, wishes in kind.extensions.items():
                found[number, self.clocks[clock]] = self._wished(wishes)
        return found

    def span(self, span: Span) -> int:
        """Return the number of a span."""
        return self._spans.setdefault(span, len(self._spans))

    def scalars(self, seed: int, replication: int) -> Any:  # noqa: ANN401  (an array)
        """Return the numbers that a run begins with."""
        plan = self.plan
        found = np.zeros(at.SCALARS, np.int64)
        clocks = len(self.clocks)
        found[at.END] = plan.days.length * at.TICKS
        found[at.FREE_NODE] = at.NONE
        found[at.SEED], found[at.REPLICATION] = signed(seed), signed(replication)
        found[at.BASE] = plan.days.calendar.index(plan.days.start)
        found[at.FIRST_DAY] = plan.ledger().first_day_counts
        found[at.STEPS], found[at.CLOCKS] = len(self.steps), clocks
        found[at.FIELDS], found[at.PANELS] = len(self.fields), len(self.panels)
        found[at.CLOCK_AT] = at.CASE_COLUMNS + clocks
        found[at.PANEL_AT] = found[at.CLOCK_AT] + clocks * at.CLOCK_COLUMNS
        found[at.MEMBER_AT] = found[at.PANEL_AT] + len(self.panels) * at.PANEL_COLUMNS
        found[at.ARRIVAL_PURPOSE] = signed(ARRIVAL)
        found[at.ROOM_LINES] = 8 + 2 * clocks + MOST_OPS + self.most_at_work
        wishes = len(self._wishes)
        found[at.ROOM_ENTRIES] = 16 + clocks * (1 + wishes) + wishes + MOST_OPS * self.members
        found[at.ROOM_NODES] = 16 + (MOST_OPS + 1) * (clocks + 1)
        return found

    @property
    def most_at_work(self) -> int:
        """How many pieces of work may be under way in one pool, at most."""
        counts = [sum(sizes) for pool in self.plan.head_counts for _, sizes in pool]
        return max(counts, default=0) + 1

    # --- the parts ------------------------------------------------------------------------------------

    def _kind(self, kind: Kind) -> list[int]:
        initial = self.stages[self.plan.procedure.initial]
        begins = self._listed(self.steps[step] for step in kind.begins)
        return [0, initial, *begins, *self._wished(kind.incidents)]

    def _task(self, task: Task) -> list[int]:
        activity, steps = task.activity, self.steps
        self.tasks.append(task)
        chance = task.chance if task.probability < 1 else None
        effort = task.effort_purpose if task.effort else None
        delay = task.delay_purpose if task.delay else None
        choice = task.choice if task.choose else None
        chosen = self._listed(steps[step] for step, _ in task.choose or ())
        reached = 0.0
        for place, (_, share) in enumerate(task.choose or ()):
            reached += share
            self._shares[chosen[0] + place] = reached
        return [
            activity.repeat,
            *self._purpose(chance),
            *self._listed(steps[step] for step in activity.begin),
            task.pool,
            task.rank,
            task.team,
            self._skills.setdefault(task.skill, len(self._skills)),
            self._law(task.effort),
            *self._purpose(effort),
            self._law(task.delay),
            *self._purpose(delay),
            int(task.calendar_days),
            -1 if activity.meeting is None else self.plan.meetings[activity.meeting],
            -1 if activity.panel is None else self.panels[activity.panel],
            *chosen,
            *self._purpose(choice),
            *self._listed(steps[step] for step in activity.first_of),
            *self._listed(steps[step] for step in activity.take),
        ]

    def _voter(self, panel: str, voter: Voter, keys: list[int]) -> list[int]:
        self.voters.append(voter)
        opinion = voter.opinion
        first = len(keys)
        keys += map(signed, voter.keys)
        field = f"{panel}.pending.{voter.actor}"
        propensity = len(self._values)
        self._values += voter.propensity
        neutral = -1 if opinion.neutral is None else self._reply(voter, opinion.neutral)
        return [
            self.panels[panel],
            self.fields.setdefault(field, len(self.fields)),
            first,
            len(keys),
            self._law(voter.latency),
            self._law(voter.late),
            propensity,
            len(voter.propensity),
            signed(voter.propensity_purpose),
            signed(voter.latency_purpose),
            signed(voter.silence_purpose),
            signed(voter.vote_purpose),
            self._reply(voter, opinion.objection),
            neutral,
            self._reply(voter, opinion.support),
            self._law(voter.effort),
            signed(voter.effort_purpose),
        ]

    def _key_lines(self) -> list[int]:
        """Return for each key of each voter the number of the member, who is the same in all classes of cases."""
        return [
            self._lines.setdefault((voter.actor, key), len(self._lines))
            for voter in self.voters
            for key in voter.keys
        ]

    def _stream(self, stream: Stream) -> list[int]:
        known, first = len(self._known), len(self._weights)
        self._known += [(day, self._way(way)) for day, way in stream.known]
        if stream.weights:
            self._weights += zip((*stream.weights, 0.0), stream.clock, strict=True)
        return [
            0 if stream.way is None else self._way(stream.way),
            self._law(stream.gap),
            signed(stream.key),
            first,
            len(stream.weights),
            known,
            len(self._known),
        ]

    def _way(self, way: Way) -> int:
        """Return the number of a class, or of a draw among classes as a number below 0."""
        if not isinstance(way, Fork):
            return self.kinds[way.id]
        if id(way) not in self._forks:
            ways = [self._way(each) for each in way.ways]
            self._forks[id(way)] = len(self._fork_rows)
            first = len(self._ways)
            self._fork_rows.append([signed(way.purpose), first, first + len(ways)])
            self._ends += way.ends
            self._ways += ways
        return -1 - self._forks[id(way)]

    def _pools(self) -> list[list[int]]:
        found: list[list[int]] = []
        first = 0
        for pool in self.plan.scenario.pools:
            last = first + len(pool.groups)
            by_due = pool.discipline is Discipline.EARLIEST_DUE
            carries = -1 if pool.carries is None else pool.carries
            found.append([first, last, int(by_due), int(pool.preemptive), carries])
            first = last
        return found

    def _head_counts(self) -> list[list[int]]:
        """Return a row of head-counts for each change of a pool; the groups of other pools do not count in it."""
        rows: list[list[int]] = []
        self.staff_changes: list[list[tuple[int, int]]] = []
        first = 0
        for pool, counts in zip(self.plan.scenario.pools, self.plan.head_counts, strict=True):
            changes: list[tuple[int, int]] = []
            for day, sizes in counts:
                row = [0] * len(self.groups)
                row[first : first + len(sizes)] = sizes
                changes.append((day, len(rows)))
                rows.append(row)
            self.staff_changes.append(changes)
            first += len(pool.groups)
        return rows

    def _reply(self, voter: Voter, value: str) -> int:
        """Return the step of a reply; -2 where there is none, at which the engine stops."""
        return self.steps[voter.steps[value]] if value in voter.steps else -2

    def _wished(self, wishes: Sequence[Wish]) -> tuple[int, int]:
        first = len(self._wishes)
        for wish in wishes:
            delay = wish.delay_purpose if wish.delay else None
            # an extension counts by its name, not by its purpose
            column = wish.chance if wish.delay else f"extension {wish.id}"
            row = [
                self.steps[wish.step],
                signed(wish.chance),
                self.purposes.setdefault(column, len(self.purposes)),
                self._law(wish.delay),
                *self._purpose(delay),
                int(wish.calendar_days),
                wish.days_before,
            ]
            self._wishes.append((row, wish.probability))
        return first, len(self._wishes)

    def _purpose(self, purpose: int | None) -> tuple[int, int]:
        if purpose is None:
            return 0, 0
        return signed(purpose), self.purposes.setdefault(purpose, len(self.purposes))

    def _listed(self, steps: Iterable[int]) -> tuple[int, int]:
        first = len(self._lists)
        self._lists += steps
        self._shares += [0.0] * (len(self._lists) - first)
        return first, len(self._lists)

    def _law(self, law: Law | None) -> int:
        if law is None:
            return -1
        if id(law) not in self._laws:
            self._laws[id(law)] = len(self._law_rows)
            self._kept.append(law)
            self._law_rows.append([int(law.kind), len(self._values), len(law.values)])
            self._values += law.values
        return self._laws[id(law)]

    def _actor(self, name: str) -> int:
        return self.actor_names.setdefault(name, len(self.actor_names))
