"""The log of the compiled engine: numbers that are told as events when somebody asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from duecourse.kernels import layout as at
from duecourse.simulations.agenda import TICKS
from duecourse.simulations.log import Event, Log

if TYPE_CHECKING:
    from duecourse.simulations.lowered import Lowered

EVENTS = ("arrival", "step", "lapse", "stop", "late", "ask", "start", "finish", "drop", "interrupt")
"""The events by the number of their line."""


class Records:
    """What happened in one replication.

    Attributes:
        lowered: what the numbers stand for.
        lines: the lines of the log (see `duecourse.kernels.layout`).
    """

    def __init__(self, lowered: Lowered, replication: int, lines: Any) -> None:  # noqa: ANN401  (an array)
        self.lowered, self.replication, self.lines = lowered, replication, lines

    def log(self) -> Log:
        """Return the log as events."""
        return Log(self.replication, self.lowered.plan.days, tuple(self._events()))

    def _events(self) -> list[Event]:
        lowered, lines = self.lowered, self.lines
        plan = lowered.plan
        stages, steps = list(lowered.stages), list(lowered.steps)
        clocks, kinds = list(lowered.clocks), list(plan.kinds.values())
        pools = [pool.id for pool in plan.scenario.pools]
        paces = [group.full_time for _, group in lowered.groups]
        times = (lines[:, at.TIME] / TICKS).tolist()
        who, what, more = lines[:, at.WHO], lines[:, at.WHAT], lines[:, at.MORE]
        of_case: list[Any] = []
        found: list[Event] = []
        for time, case, line, stage, to, step, flags, x, y in zip(
            times,
            (who >> 4).tolist(),
            (who & 15).tolist(),
            (what & 0xFFF).tolist(),
            (what >> 12 & 0xFFF).tolist(),
            (what >> 24 & 0xFFFF).tolist(),
            (what >> 40).tolist(),
            (more & 0xFFFF).tolist(),
            (more >> 16).tolist(),
            strict=True,
        ):
            if line == at.ARRIVED:
                of_case.append(kinds[x])
            kind = of_case[case]
            actor = name = activity = subject = ""
            value = 0.0
            if line == at.STEP:
                name = steps[step]
                actor = kind.actors[name]
                if x > len(clocks):
                    subject = lowered.voters[x - 1 - len(clocks)].names[y]
                elif x:
                    subject = clocks[x - 1]
            elif line in {at.LAPSED, at.STOPPED}:
                subject, value = clocks[x], float(y)
            elif line == at.LATE:
                voter = lowered.voters[x]
                actor, name, subject = voter.actor, steps[step], voter.names[y]
            elif line != at.ARRIVED:
                task = lowered.tasks[x]
                pace = flags >> 2
                value = y / TICKS * paces[pace - 1] if pace else y / TICKS
                activity, subject = task.name, pools[task.pool]
            found.append(
                Event(
                    case,
                    kind.id,
                    time,
                    EVENTS[line],
                    actor,
                    name,
                    stages[stage],
                    stages[to],
                    activity,
                    subject,
                    value,
                    bool(flags & 1),
                    bool(flags & 2),
                )
            )
        return found
