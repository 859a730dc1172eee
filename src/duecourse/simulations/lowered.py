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
from duecourse.simulations.lists import Lists
from duecourse.simulations.opened import Opened
from duecourse.simulations.streams import ARRIVAL, Fork

if TYPE_CHECKING:
    from duecourse.calendar import Span
    from duecourse.simulations.plan import Kind, Plan
    from duecourse.simulations.streams import Stream, Way


class Lowered(Lists):
    """The lists that a plan is written into, and what names stand for.

    Attributes:
        static: the arrays of `duecourse.kernels.memory.Rules` that do not grow, by name.
        opened: the cases with which a run begins.
        members: how many members there are at most in all panels of a class of cases.
        groups: the groups of all pools, in order, each with its pool.
        task_pools, task_teams: the pool and the team of each activity; nothing at the end.
        ordinals: the dates of the working days of the run as numbers.
        staff_changes: for each pool the days on which a head-count changes, with the row of the head-counts.
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.actor_names: dict[str, int] = {}
        self.members = 0
        self._spans: dict[Span, int] = {}
        self._weights: list[tuple[float, float]] = []
        self._known: list[tuple[int, int]] = []
        self._forks: dict[int, int] = {}
        self._fork_rows: list[list[int]] = []
        self._ends: list[float] = []
        self._ways: list[int] = []
        self._lines: dict[tuple[str, int], int] = {}
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
        stages, extensions, panels = self._activities(), self._extensions(), self._panels()
        self.most_wishes = len(self.wishes)
        self.opened = Opened(self)
        clocks = [[self.span(each.limit), stopped_by(plan, each.id)] for each in procedure.clocks]
        staff = self._staff()
        actors = [
            [self._actor(kind.actors[step]) for step in self.steps] for kind in plan.kinds.values()
        ]
        self._all_spans()
        days, working, months = calendar_tables(plan.days.calendar)
        for voter in self.voters:
            self._actor(voter.actor)
        return {
            "kinds": table(kinds, at.KIND_COLUMNS),
            "stages": stages,
            "tasks": table(self.task_rows, at.TASK_COLUMNS),
            "odds": np.array([task.probability for task in self.tasks], np.float64),
            "lists": np.array(self.lists, np.int64),
            "shares": np.array(self.shares, np.float64),
            "wishes": table([row for row, _ in self.wishes], at.WISH_COLUMNS),
            "wish_odds": np.array([odds for _, odds in self.wishes], np.float64),
            "extensions": extensions,
            "voters": table(self.voter_rows, at.VOTER_COLUMNS),
            "voter_odds": np.array([odds(each) for each in self.voters], np.float64).reshape(-1, 4),
            "panels": panels,
            "keys": np.array(self.keys, np.int64),
            "lines": np.array(self._key_lines(), np.int64),
            "laws": table(self.law_rows, 3),
            "values": np.array(self.values, np.float64),
            "actors": table(actors, len(self.steps)),
            "clocks": table(clocks, 2),
            "spans": table([[span.count, UNITS[span.unit]] for span in self._spans], 2),
            "days": days,
            "working": working,
            "months": months,
            **staff,
            **self.opened.static,
            "blank": blank(
                len(self.clocks),
                len(self.panels),
                max((len(pool.groups) for pool in plan.scenario.pools), default=0),
            ),
        }

    def _activities(self) -> Any:  # noqa: ANN401  (an array)
        """Write what is done in each stage; return for each class and stage where its activities stand."""
        kinds = self.plan.kinds.values()
        stages = np.full((len(kinds), len(self.stages), 2), -1, np.int64)
        for number, kind in enumerate(kinds):
            for stage, found in kind.tasks.items():
                first = len(self.tasks)
                stages[number, self.stages[stage]] = first, first + len(found)
                for task in found:
                    self.add_task(task)
        return stages

    def _panels(self) -> Any:  # noqa: ANN401  (an array)
        """Write who replies; return for each class and panel where the classes of its members stand."""
        kinds = self.plan.kinds.values()
        panels = np.zeros((len(kinds), len(self.panels), 2), np.int64)
        for number, kind in enumerate(kinds):
            for panel, asked in kind.voters.items():
                first = len(self.voters)
                panels[number, self.panels[panel]] = first, first + len(asked)
                for voter in asked:
                    self.add_voter(panel, voter)
            members = sum(len(each.keys) for asked in kind.voters.values() for each in asked)
            self.members = max(self.members, members)
        return panels

    def _all_spans(self) -> None:
        """Number every span that a clock may have."""
        plan = self.plan
        extensions = (each for clock in plan.procedure.clocks for each in clock.extensions)
        for extension in extensions:
            if extension.by is not None:
                self.span(extension.by)
        for run in (run for each in plan.openings for run in each.running.values()):
            for span in run.spans:
                self.span(span)

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
                [[group.able(skill) for _, group in self.groups] for skill in self.skills],
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
                found[number, self.clocks[clock]] = self.wished(wishes)
        return found

    @property
    def numbering(self) -> tuple[dict[str, int], dict[str, int], dict[Span, int]]:
        """The numbers that do not follow from the procedure alone: of fields, actors and spans."""
        return self.fields, self.actor_names, self._spans

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
        wishes = self.most_wishes
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
        begins = self.listed(self.steps[step] for step in kind.begins)
        return [0, initial, *begins, *self.wished(kind.incidents)]

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
            self.law(stream.gap),
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

    def _actor(self, name: str) -> int:
        return self.actor_names.setdefault(name, len(self.actor_names))
