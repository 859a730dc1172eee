"""Staff and meetings: who is served next is decided here, in the total order, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Protocol

from duecourse.simulations.agenda import Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from duecourse.scenarios.scenario import Meeting, Pool
    from duecourse.simulations.agenda import Agenda


class Waiting(Protocol):
    """What a queue needs to know of a case."""

    number: int


@dataclass(slots=True)
class Job:
    """One piece of work of a case: `effort` in ticks' time, its `rank` in the queue, and where it stands."""

    case: Waiting
    activity: str
    effort: float
    rank: int = 0
    started: bool = False
    over: bool = False


@dataclass(slots=True)
class Desk:
    """A pool at work: the free members take the jobs that wait, by rank, then first come first served.

    Jobs of one rank asked for at one instant come in the order of their cases. Members take jobs in the phase
    `start`, after everything else of the instant.
    """

    pool: Pool
    number: int
    agenda: Agenda
    start: Callable[[Desk, Job, float], None]
    busy: int = 0
    called: bool = False
    queue: list[tuple[int, float, int, int, Job]] = field(default_factory=list)
    _asked: int = 0

    def ask(self, job: Job, now: float) -> None:
        """Let a job wait for a member."""
        self._asked += 1
        heappush(self.queue, (job.rank, now, job.case.number, self._asked, job))
        self.call(now)

    def finish(self, job: Job, now: float) -> None:
        """Set free the member who did a job, or take the job out of the queue."""
        job.over = True
        if job.started:
            self.busy -= 1
            self.call(now)

    def call(self, now: float) -> None:
        """See to it that free members look for work at the end of this instant."""
        if self.queue and not self.called and self.busy < self.pool.size:
            self.called = True
            self.agenda.add(now, Phase.START, self.number, self.dispatch, now)

    def dispatch(self, now: float) -> None:
        """Let free members take the jobs that wait."""
        self.called = False
        while self.queue and self.busy < self.pool.size:
            job = heappop(self.queue)[4]
            if not job.over:
                job.started = True
                self.busy += 1
                self.start(self, job, now)


@dataclass(slots=True)
class Room:
    """A body that meets: it takes the cases that wait for it, first come first served."""

    meeting: Meeting
    number: int
    agenda: Agenda
    attend: Callable[[Waiting, int], None]
    waiting: dict[Waiting, int] = field(default_factory=dict)

    def schedule(self, time: float) -> None:
        """Announce a meeting."""
        self.agenda.add(time, Phase.MEETING, -1 - self.number, self.meet, time)

    def meet(self, now: float) -> None:
        """Call up the cases of this meeting, each as an event of its own, and announce the next."""
        called = list(self.waiting.items())[: self.meeting.agenda]
        for case, token in called:
            del self.waiting[case]
            self.agenda.add(now, Phase.MEETING, case.number, self.attend, case, token)
        self.schedule(now + self.meeting.every)
