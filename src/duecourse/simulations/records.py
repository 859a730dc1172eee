"""The log of the compiled engine: numbers that are told as events when somebody asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from duecourse.kernels import layout as at
from duecourse.simulations.agenda import TICKS
from duecourse.simulations.log import Event, Log

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duecourse.simulations.lowered import Lowered

    Columns = list[Any]

EVENTS = (
    "arrival",
    "step",
    "lapse",
    "stop",
    "late",
    "ask",
    "start",
    "finish",
    "drop",
    "interrupt",
    "docket",
)
"""The events by the number of their line."""


class Records:
    """What happened in one replication.

    Attributes:
        lowered: what the numbers stand for.
        lines: the lines of the log (see `duecourse.kernels.layout`).
        untold: where replies are counted and have no line: how often each step was taken before and after the warm-up.
    """

    def __init__(
        self,
        lowered: Lowered,
        replication: int,
        lines: Any,  # noqa: ANN401  (an array)
        untold: Any = None,  # noqa: ANN401  (an array)
    ) -> None:
        self.lowered, self.replication, self.lines = lowered, replication, lines
        self.untold = np.zeros((len(lowered.steps), 2), np.int64) if untold is None else untold

    def log(self) -> Log:
        """Return the log as events."""
        rows = zip(*self._columns(), strict=True)
        plan, events = self.lowered.plan, tuple(map(Event._make, rows))
        return Log(self.replication, plan.days, events, plan.past)

    def of_first(self, cases: int) -> Records:
        """Return what happened to the first so many cases alone."""
        mine = self.lines[:, at.WHO] >> 4 < cases
        return Records(self.lowered, self.replication, self.lines[mine])

    def _columns(self) -> Columns:
        """Return the columns of the log, as `Event` has them."""
        lowered, lines = self.lowered, self.lines
        plan = lowered.plan
        what, more = lines[:, at.WHAT], lines[:, at.MORE]
        case, line = lines[:, at.WHO] >> 4, lines[:, at.WHO] & 15
        step, flags = what >> 24 & 0xFFFF, what >> 40
        x, y = more & 0xFFFF, more >> 16
        taken_up = line == at.TAKEN
        kind = x[(line == at.ARRIVED) | taken_up][case]
        stages, steps = _names(lowered.stages), _names(lowered.steps)
        actors = np.array([*lowered.actor_names, ""], object)
        actor, name = np.full(len(lines), len(actors) - 1), np.full(len(lines), len(steps) - 1)
        taken, late = line == at.STEP, line == at.LATE
        actor[taken] = self.lowered.static["actors"][kind[taken], step[taken]]
        name[taken | late] = step[taken | late]
        actor[late] = np.array([self._actor(voter.actor) for voter in lowered.voters], int)[x[late]]
        work = (line >= at.ASKED) & (line <= at.INTERRUPTED)
        activity = np.full(len(lines), len(lowered.tasks))
        activity[work] = x[work]
        activities = _names(task.name for task in lowered.tasks)
        paces = np.array([1.0, *(group.full_time for _, group in lowered.groups)])
        value = np.where(work, y / TICKS * paces[flags >> 2], 0.0)
        value[line == at.STOPPED] = y[line == at.STOPPED]
        value[taken_up] = np.array([*lowered.opened.ages, 0.0])[y[taken_up]]
        return [
            case.tolist(),
            _names(plan.kinds)[kind].tolist(),
            (lines[:, at.TIME] / TICKS).tolist(),
            np.array(EVENTS, object)[line].tolist(),
            actors[actor].tolist(),
            steps[name].tolist(),
            stages[what & 0xFFF].tolist(),
            stages[what >> 12 & 0xFFF].tolist(),
            activities[activity].tolist(),
            self._subjects(line, x, y).tolist(),
            value.tolist(),
            (flags & 1).astype(bool).tolist(),
            (flags & 2).astype(bool).tolist(),
        ]

    def _actor(self, name: str) -> int:
        names = self.lowered.actor_names
        return names.get(name, len(names))

    def _subjects(self, line: Any, x: Any, y: Any) -> Any:  # noqa: ANN401  (arrays)
        """Return the clock, the pool or the member that each line is about."""
        lowered = self.lowered
        pools = [pool.id for pool in lowered.plan.scenario.pools]
        of_tasks = [pools[task.pool] if task.pool >= 0 else "" for task in lowered.tasks]
        names: list[str] = ["", *lowered.clocks, *of_tasks, *lowered.opened.ids]
        tasks = 1 + len(lowered.clocks)
        firsts = []
        for voter in lowered.voters:
            firsts.append(len(names))
            names += voter.names
        first = np.array([*firsts, 0], int)
        place = np.zeros(len(line), int)
        clocks = len(lowered.clocks)
        of_clock = (line == at.LAPSED) | (line == at.STOPPED)
        place[of_clock] = 1 + x[of_clock]
        step = line == at.STEP
        lapse = step & (x <= clocks)
        place[lapse] = x[lapse]
        reply = step & (x > clocks)
        place[reply] = first[x[reply] - 1 - clocks] + y[reply]
        late = line == at.LATE
        place[late] = first[x[late]] + y[late]
        work = (line >= at.ASKED) & (line <= at.INTERRUPTED)
        place[work] = tasks + x[work]
        taken_up = line == at.TAKEN
        place[taken_up] = tasks + len(of_tasks) + y[taken_up]
        return np.array(names, object)[place]


def _names(names: Iterable[str]) -> Any:  # noqa: ANN401  (an array)
    """Return names as an array, with nothing at the end."""
    return np.array([*names, ""], object)
