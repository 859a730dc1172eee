"""Staff at work: who is served next is decided here, in the total order, and nowhere else."""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass
from operator import attrgetter, itemgetter, lt
from typing import TYPE_CHECKING, Protocol

from duecourse.scenarios.capacity import Discipline
from duecourse.simulations.agenda import Phase, on_grid

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from duecourse.scenarios.capacity import Pool
    from duecourse.simulations.agenda import Agenda

    Key = tuple[int, float, float, int]

_KEY = itemgetter(0)
_LAST_FIRST = attrgetter("rank", "begun", "case.number")


class Waiting(Protocol):
    """What a queue needs to know of a case."""

    number: int

    def due(self) -> float:
        """Return the earliest due day of its running clocks."""


@dataclass(slots=True, eq=False)
class Job:
    """One piece of work of a case.

    Attributes:
        effort: the days of each member that are left, a multiple of a tick.
        rank: its class's, in its pool.
        team: how many members do it together.
        skill: what they must be able to do; "" is nothing special.
        key: its place in the queue.
        members: how many of each group are at it; () while it waits.
        begun, left: since when, and how long from then it takes them.
        pace: the smallest share of full time among them.
        turn: how often it was begun; an end that was announced in an earlier turn is none.
        over: whether it is done, or the case has left.
    """

    case: Waiting
    activity: str
    effort: float
    rank: int = 0
    team: int = 1
    skill: str = ""
    key: Key = (0, 0.0, 0.0, 0)
    members: Sequence[int] = ()
    begun: float = 0.0
    left: float = 0.0
    pace: float = 1.0
    turn: int = 0
    over: bool = False

    def begin(self, members: Sequence[int], pace: float, now: float) -> None:
        """Have members begin or resume it."""
        if not self.turn:
            self.left = self.effort if pace == 1.0 else on_grid(self.effort / pace)
        elif pace != self.pace:
            self.left = on_grid(self.left * self.pace / pace)
        self.members, self.pace, self.begun = members, pace, now
        self.turn += 1

    def interrupt(self, now: float) -> None:
        """Note what is left of it."""
        self.left -= now - self.begun
        self.effort = self.left * self.pace
        self.members = ()


class Desk:
    """A pool at work: who takes which of the jobs that wait, as `docs/semantics.md` says ("Staff").

    Members take jobs in the phase `start`, after everything else of the instant.

    Args:
        started: is told of a job that members have begun.
        interrupted: is told of a job that its members have left for another.

    Attributes:
        sizes, busy: of each group, how many members are there, and how many are at work.
        queue: the jobs that wait, in order.
        working: the jobs under way, where they may be interrupted.
        hand: the cases that the pool has in hand, where their number is limited.
    """

    def __init__(
        self,
        pool: Pool,
        number: int,
        agenda: Agenda,
        started: Callable[[Desk, Job], None],
        interrupted: Callable[[Desk, Job], None],
    ) -> None:
        self.pool, self.number, self.agenda = pool, number, agenda
        self.started, self.interrupted = started, interrupted
        self.sizes = [group.size for group in pool.groups]
        self.busy = [0] * len(pool.groups)
        self.queue: list[tuple[Key, Job]] = []
        self.working: list[Job] = []
        self.hand: set[int] = set()
        self.called = False
        self.by_due = pool.discipline is Discipline.EARLIEST_DUE

    # --- what waits -------------------------------------------------------------------------------

    def ask(self, job: Job, now: float, since: float | None = None, *, begun: bool = False) -> None:
        """Let a job wait for members.

        Args:
            job: the job.
            now: the instant.
            since: since when it has waited, where that is not now.
            begun: whether its members were at it before the start of the run: then it comes before all others.
        """
        rank, due = -1 if begun else job.rank, job.case.due() if self.by_due else 0.0
        job.key = rank, due, now if since is None else since, job.case.number
        self.put(job)
        self.call(now)

    def put(self, job: Job) -> None:
        """Put a job in its place in the queue."""
        insort(self.queue, (job.key, job), key=_KEY)

    def remove(self, job: Job) -> None:
        """Take a job out of the queue."""
        del self.queue[bisect_left(self.queue, job.key, key=_KEY)]

    def moved(self, job: Job) -> None:
        """Put a job in its place after a due date of its case has moved."""
        due = job.case.due()
        if due == job.key[1]:
            return
        if not job.members:
            self.remove(job)
        job.key = job.key[0], due, *job.key[2:]
        if not job.members:
            self.put(job)

    def finish(self, job: Job, now: float) -> None:
        """Set free the members who did a job, or take the job out of the queue."""
        job.over = True
        if job.members:
            self.free(job)
        else:
            self.remove(job)
        self.call(now)

    def free(self, job: Job) -> None:
        """Set free the members who are at a job."""
        for group, count in enumerate(job.members):
            self.busy[group] -= count
        if self.pool.preemptive:
            self.working.remove(job)

    def let_go(self, case: int, now: float) -> None:
        """Have a file in hand no longer: its case has left the stage."""
        self.hand.discard(case)
        self.call(now)

    def staff(self, sizes: Sequence[int], now: float) -> None:
        """Change the head-counts."""
        self.sizes[:] = sizes
        self.call(now)

    # --- who takes what ---------------------------------------------------------------------------

    def call(self, now: float) -> None:
        """See to it that members look for work at the end of this instant."""
        if self.called or not self.queue:
            return
        if self.pool.preemptive or any(map(lt, self.busy, self.sizes)):
            self.called = True
            self.agenda.add(now, Phase.START, self.number, self.dispatch, now)

    def dispatch(self, now: float) -> None:
        """Let members take the jobs that wait, in order."""
        self.called = False
        held = [0] * len(self.sizes)
        place = 0
        while place < len(self.queue):
            free = self.spare(self.busy, held)
            job = self.queue[place][1]
            if not any(free) and not self.outranks(job):
                return
            able = self.able(job, free)
            if not self.carries(job):
                place += 1
            elif sum(able) >= job.team:
                del self.queue[place]
                self.begin(job, able, now)
            elif self.outranks(job) and (chosen := self.victims(job, held)):
                del self.queue[place]
                for victim in chosen:
                    self.push_aside(victim, now)
                self.begin(job, self.able(job, self.spare(self.busy, held)), now)
            else:
                held = [one + more for one, more in zip(held, able, strict=True)]
                place += 1

    def spare(self, busy: Sequence[int], held: Sequence[int]) -> list[int]:
        """Return how many members of each group are neither at work nor held."""
        each = zip(self.sizes, busy, held, strict=True)
        return [max(size - at_work - kept, 0) for size, at_work, kept in each]

    def able(self, job: Job, free: Sequence[int]) -> list[int]:
        """Return how many of the free members of each group can do a job."""
        groups = self.pool.groups
        return [n if group.able(job.skill) else 0 for group, n in zip(groups, free, strict=True)]

    def carries(self, job: Job) -> bool:
        """Return whether a job's file is in hand, or may be taken in hand."""
        most = self.pool.carries
        return (
            most is None or job.case.number in self.hand or len(self.hand) < sum(self.sizes) * most
        )

    def begin(self, job: Job, able: Sequence[int], now: float) -> None:
        """Let members who are free and able begin a job, from the groups in order."""
        members, pace, missing = [], 1.0, job.team
        for group, count in zip(self.pool.groups, able, strict=True):
            taken = min(count, missing)
            members.append(taken)
            missing -= taken
            pace = min(pace, group.full_time) if taken else pace
        for place, taken in enumerate(members):
            self.busy[place] += taken
        job.begin(members, pace, now)
        if self.pool.preemptive:
            self.working.append(job)
        if self.pool.carries is not None:
            self.hand.add(job.case.number)
        self.started(self, job)

    # --- interruption -----------------------------------------------------------------------------

    def outranks(self, job: Job) -> bool:
        """Return whether a job may interrupt another."""
        return self.pool.preemptive and any(job.rank < each.rank for each in self.working)

    def victims(self, job: Job, held: Sequence[int]) -> list[Job]:
        """Return the work that gives way to a job; none where that would not free enough members."""
        busy, chosen = list(self.busy), []
        for each in sorted(self.working, key=_LAST_FIRST, reverse=True):
            if each.rank <= job.rank:
                break
            if any(self.able(job, each.members)):
                chosen.append(each)
                busy = [n - freed for n, freed in zip(busy, each.members, strict=True)]
                if sum(self.able(job, self.spare(busy, held))) >= job.team:
                    return chosen
        return []

    def push_aside(self, job: Job, now: float) -> None:
        """Interrupt a job: it waits again, in its place."""
        self.free(job)
        job.interrupt(now)
        self.put(job)
        self.interrupted(self, job)
