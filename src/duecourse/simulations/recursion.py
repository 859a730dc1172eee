"""The departure recursion over the replications of one plan: the results of the compiled engine, without its agenda."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from duecourse.kernels import courses as to
from duecourse.kernels import layout as at
from duecourse.kernels.engines import recursion
from duecourse.kernels.memory import Course
from duecourse.simulations.arrays import signed, table
from duecourse.simulations.compiled import CompiledOffice, doubled
from duecourse.simulations.course import Courses
from duecourse.simulations.engines import Engine
from duecourse.simulations.grown import Grown
from duecourse.simulations.plan import Plan
from duecourse.simulations.records import Records
from duecourse.simulations.walking import NoCourseError

if TYPE_CHECKING:
    from duecourse.scenarios.scenario import Scenario


class Recursion(CompiledOffice):
    """Runs the replications of one plan, visit by visit; where it must not, the agenda does.

    Where work takes no time at all, what follows it may come before what an instant has begun with: such a replication is
    left to the agenda, which knows what comes first.

    Args:
        plan: what is simulated; `duecourse.simulations.engines.meets` must find nothing in its scenario.

    Attributes:
        left: how many replications were left to the agenda.

    Raises:
        NoCourseError: its courses cannot be walked beforehand.
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        courses = Courses(self.grown)
        lowered, rules = self.grown.lowered, self.grown.rules
        pools = len(plan.scenario.pools)
        changes: list[list[int]] = []
        self.firsts = np.zeros((pools, to.POOL_COLUMNS), np.int64)
        for pool, days in enumerate(lowered.staff_changes):
            group = int(rules.pools[pool, at.G_FIRST])
            self.firsts[pool, [to.CHANGE, to.GROUP]] = len(changes), group
            changes += [[day * at.TICKS, int(rules.sizes[row, group])] for day, row in days]
            self.firsts[pool, to.LAST_CHANGE] = len(changes)
        self.course = Course(
            places=courses.places,
            starts=courses.starts,
            ways=courses.ways,
            shares=courses.shares,
            asked=courses.asked,
            changes=table(changes, 2),
            visits=np.zeros((256, to.VISIT_COLUMNS), np.int64),
            pools=self.firsts.copy(),
            ends=np.zeros((pools, lowered.most_at_work + 1), np.int64),
            soon=np.zeros(len(plan.streams), np.int64),
            lines=np.zeros((4_096, at.LOG_COLUMNS + 1), np.int64),
            times=np.zeros((256, 2), np.int64),
            untold=np.zeros((len(lowered.steps), 2), np.int64),
        )
        kinds = courses.places[:, to.KIND]
        asked = int(courses.asked[:, 1].sum()) if len(courses.asked) else 0
        self.left = 0
        self.most = 3 * len(kinds) + asked + 1
        self.scalars = lowered.scalars(0, 0)
        self.scalars[at.ROOM_LINES] = self.most
        self.counted = plan.days.since_start(plan.scenario.warm_up) * at.TICKS

    def run(
        self, seed: int, replication: int, *, quiet: bool = False, first: int | None = None
    ) -> Records:
        """Return every line of one replication, in the order of the agenda; none of them where it is `quiet`.

        A run that ends when the `first` cases are over is one for the agenda.
        """
        if first is not None:
            return super().run(seed, replication, quiet=quiet, first=first)
        if quiet:
            self.times(seed, replication)
            return Records(self.grown.lowered, replication, self.course.lines[:0, :-1])
        lines = self._recur(to.LOG, seed, replication)
        if lines is None:
            return super().run(seed, replication)
        order = np.lexsort((lines[:, -1], lines[:, at.TIME]))
        return Records(self.grown.lowered, replication, lines[order, :-1])

    def lines(self, seed: int, replication: int) -> Records:
        """Return what indicators are computed from; it stands until the next replication."""
        lines = self._recur(to.LINES, seed, replication)
        if lines is None:
            return super().run(seed, replication)
        return Records(self.grown.lowered, replication, lines[:, :-1], self.course.untold)

    def times(self, seed: int, replication: int) -> Any:  # noqa: ANN401  (an array)
        """Return of each case when it came and when it ended, in ticks, or `NONE`; it stands until the next replication."""
        if self._recur(to.TIMES, seed, replication) is None:
            return times_of(super().run(seed, replication))
        return self.course.times[: self.state.scalars[at.CASES]]

    def _recur(self, how: int, seed: int, replication: int) -> Any:  # noqa: ANN401  (an array)
        """Return the lines that are told of a replication; None where it is one for the agenda."""
        state, course = self.state, self.course
        state.streams[:] = 0
        state.scalars[:] = self.scalars
        state.scalars[[at.SEED, at.REPLICATION]] = signed(seed), signed(replication)
        course.soon[:] = at.NEVER
        for number, time in self._arrivals():
            course.soon[number] = time
        course.pools[:] = self.firsts
        course.untold[:] = 0
        rules = self.grown.rules
        while (status := recursion(rules, state, self.course, how, self.counted)) == at.ROOM:
            self._wider()
        if status != at.DONE:
            self.left += 1
            return None
        return self.course.lines[: state.scalars[at.LINES]]

    def _wider(self) -> None:
        """Double every array that is nearly full."""
        course, scalars = self.course, self.state.scalars
        changes: dict[str, Any] = {}
        if scalars[at.LINES] + self.most > len(course.lines):
            changes["lines"] = doubled(course.lines)
        if scalars[at.PENDING] + 1 >= len(course.visits):
            changes["visits"] = doubled(course.visits)
        if scalars[at.CASES] == len(course.times):
            changes["times"] = doubled(course.times)
        self.course = course._replace(**changes)


def office_of(plan: Plan, engine: Engine, like: CompiledOffice | None = None) -> CompiledOffice:
    """Return what runs the replications of a plan: the recursion where that is the engine and the plan has courses.

    Args:
        plan: what is simulated.
        engine: what it is asked to run on.
        like: see `duecourse.simulations.compiled.CompiledOffice`.
    """
    if engine is Engine.RECURSION:
        try:
            return Recursion(plan)
        except NoCourseError:
            pass
    return CompiledOffice(plan, like)


def why_not(scenario: Scenario) -> str | None:
    """Return why the courses of a scenario cannot be walked beforehand; None where they can."""
    try:
        Courses(Grown(Plan(scenario)))
    except NoCourseError as reason:
        return str(reason)
    return None


def times_of(records: Records) -> Any:  # noqa: ANN401  (an array)
    """Return when each case came and ended, from all lines."""
    lines = records.lines
    line, case = lines[:, at.WHO] & 15, lines[:, at.WHO] >> 4
    came = lines[line == at.ARRIVED, at.TIME]
    found = np.stack([came, np.full(len(came), at.NONE)], axis=1)
    final = np.array([stage.final for stage in records.lowered.plan.procedure.stages])
    what = lines[:, at.WHAT]
    stage, then = what & 0xFFF, what >> 12 & 0xFFF
    ends = (line == at.STEP) & final[then] & ~final[stage]
    found[case[ends], 1] = lines[ends, at.TIME]
    return found
