"""The life of a case, as the procedure tells it: the only module that imports `simpy`.

A case is a SimPy process that walks the table: every step goes through it, so that a simulated case
cannot take a step that the law does not allow. What happens when is decided by our own agenda
(`duecourse.simulations.agenda`), which one SimPy process, `Office.drain`, works off entry by entry in the total
order (time, phase, case, sequence). An entry wakes at most one case, and `drain` lets that case run
until it waits again before it takes the next entry. So SimPy never has two processes to choose
from: all that is asked of it is that what was triggered first at one instant happens first, which it
documents. Its own order of events decides nothing, and an engine that works off the same agenda without
SimPy gives the same log. (The alternative, to leave time to SimPy and to sort what falls on one
instant, would have to know of all events of an instant before the first of them happens.)

A lapse happens at the last instant of the due day, after everything else of that instant.
"""

from __future__ import annotations

from math import inf
from operator import attrgetter
from typing import TYPE_CHECKING

import simpy

from duecourse.simulations.agenda import TICK, Agenda, Phase, on_grid
from duecourse.simulations.clocks import Clocks
from duecourse.simulations.log import Event, Log
from duecourse.simulations.panels import Panels
from duecourse.simulations.pools import Desk, Job
from duecourse.simulations.randomness import root, variate
from duecourse.simulations.rooms import Room
from duecourse.simulations.standing import OURS, EngineError, Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from duecourse.simulations.head_count import HeadCounts
    from duecourse.simulations.opening import Opening
    from duecourse.simulations.plan import Kind, Plan, Task, Wish
    from duecourse.simulations.streams import Stream

    Life = Generator[simpy.Event, None, None]


class Office:
    """One replication: the agenda, the staff, the cases and the log.

    Args:
        plan: what is simulated.
        seed, replication: what chance depends on besides the cases.
        first: the run ends when the first so many cases are over; by default at its end only.
    """

    def __init__(self, plan: Plan, seed: int, replication: int, first: int | None = None) -> None:
        self.plan, self.seed, self.replication = plan, seed, replication
        self.environment = simpy.Environment()
        self.agenda = Agenda()
        self.now = 0.0
        self.events: list[Event] = []
        self.cases = 0
        self.awake = False
        self.first, self.unfinished = first or 0, first
        scenario = plan.scenario
        self.desks = [
            Desk(pool, number, self.agenda, self.started, self.interrupted)
            for number, pool in enumerate(scenario.pools)
        ]
        self.rooms = [
            Room(plan.meeting_days[number], each.agenda, number, self.agenda, _attend)
            for number, each in enumerate(scenario.meetings)
        ]
        self.lines: dict[tuple[str, int], float] = {}

    def run(self) -> Log:
        """Return the log of the whole run."""
        for opening in self.plan.openings:
            self.agenda.add(0.0, Phase.COMPLETE, self.cases, self.take_up, self.cases, opening)
            self.cases += 1
        for kind, name in self.plan.filed:
            key = root(self.seed, self.replication, name)
            self.agenda.add(0.0, Phase.COMPLETE, self.cases, self.begin, self.cases, kind, key)
            self.cases += 1
        for number, stream in enumerate(self.plan.streams):
            self.announce(number, stream, 0, 0, 0.0)
        for room in self.rooms:
            room.schedule(0)
        for desk, counts in zip(self.desks, self.plan.head_counts, strict=True):
            self.schedule(desk, counts)
        self.environment.process(self.drain())
        self.environment.run()
        return Log(self.replication, self.plan.days, tuple(self.events), self.plan.past)

    def drain(self) -> Life:
        """Work off the agenda until the end of the run."""
        agenda, environment, end = self.agenda, self.environment, self.plan.days.length
        while agenda and self.unfinished != 0:
            time, _, _, _, action, values = agenda.next()
            if time >= end:
                return
            if time > self.now:
                yield environment.timeout(time - self.now)
                self.now = time
            action(*values)
            if self.awake:
                self.awake = False
                yield environment.timeout(0)

    def take_up(self, number: int, opening: Opening) -> None:
        """Go on with a case that is open at the start."""
        key = root(self.seed, self.replication, opening.key)
        case = Case(self, opening.kind, number, key)
        case.process = self.environment.process(case.further_life(opening))
        self.awake = True

    def begin(self, number: int, kind: Kind, key: int) -> None:
        """Begin the life of a case."""
        case = Case(self, kind, number, key)
        case.process = self.environment.process(case.life())
        self.awake = True

    def ended(self, number: int) -> None:
        """Note that a case is over."""
        if self.unfinished is not None and number < self.first:
            self.unfinished -= 1

    def announce(self, number: int, stream: Stream, count: int, day: int, inner: float) -> None:
        """Note when the next case of a stream arrives; `count` cases have, the last at an inner time on a day."""
        key = root(self.seed, self.replication, (stream.key + count) % 2**64)
        found = stream.next(key, count, day, inner)
        if found is not None:
            time, day, inner = found
            self.agenda.add(
                time, Phase.ARRIVAL, number, self.arrive, number, stream, count, key, day, inner
            )

    def arrive(  # noqa: PLR0913, PLR0917  (where the stream stands)
        self, number: int, stream: Stream, count: int, key: int, day: int, inner: float
    ) -> None:
        """Note the arrival of a case, and when the next one of its stream arrives."""
        self.cases += 1
        self.begin(self.cases - 1, stream.kind(key, count), key)
        self.announce(number, stream, count + 1, day, inner)

    def schedule(self, desk: Desk, counts: HeadCounts) -> None:
        """Announce the changes of the head-counts of a pool; those of day 0 hold from the start."""
        for day, sizes in counts:
            if day:
                time = float(day)
                self.agenda.add(time, Phase.SCHEDULE, desk.number, desk.staff, sizes, time)
            else:
                desk.staff(sizes, 0.0)

    def started(self, desk: Desk, job: Job) -> None:
        """Note that members of a pool have begun or resumed a job, and when they end it."""
        case = job.case
        assert isinstance(case, Case)
        case.note("start", activity=job.activity, subject=desk.pool.id, value=job.effort)
        if desk.pool.carries is not None:
            case.carried.add(desk)
        end = self.now + job.left
        self.agenda.add(end, Phase.COMPLETE, case.number, case.worked, job, job.turn)

    def interrupted(self, desk: Desk, job: Job) -> None:
        """Note that the members of a pool have left a job for another."""
        case = job.case
        assert isinstance(case, Case)
        case.note("interrupt", activity=job.activity, subject=desk.pool.id, value=job.effort)


class Case(Standing):
    """One case and its life: what it does in each stage, and what it waits for."""

    def __init__(self, office: Office, kind: Kind, number: int, key: int) -> None:
        super().__init__(office, kind, number, key)
        self.clocks = Clocks(self)
        self.panels = Panels(self)
        self.process: simpy.Process
        self.wake: simpy.Event | None = None
        self.token = 0
        self.job: tuple[Desk, Job] | None = None
        self.room: Room | None = None
        self.carried: set[Desk] = set()
        self.left: tuple[Task, ...] = ()

    # --- the procedure ----------------------------------------------------------------------------

    def life(self) -> Life:
        """Arrive, then do what there is to do in each stage, until nothing is."""
        self.note("arrival")
        for step in self.kind.begins:
            self.take(step)
        self.wish(self.kind.incidents)
        yield from self.stages()

    def further_life(self, opening: Opening) -> Life:
        """Be taken up where the case stands at the start, then do what there is left to do."""
        self.stand(opening)
        self.note("docket", subject=opening.id, value=opening.age)
        self.clocks.take_up(opening)
        self.panels.take_up(opening)
        self.wish(opening.incidents)
        self.left = opening.tasks
        yield from self.stages()

    def stages(self) -> Life:
        """Do what there is to do in each stage, until nothing is."""
        while self.stage in self.kind.tasks:
            try:
                if not (yield from self.in_stage()):
                    break
            except simpy.Interrupt:
                self.drop()  # by a lapse or an incident the case stands elsewhere now

    def in_stage(self) -> Generator[simpy.Event, None, bool]:
        """Do what there is to do in this stage; return whether the case left it."""
        stage = self.stage
        tasks, self.left = self.left or self.kind.tasks[stage], ()
        for task in tasks:
            for _ in range(task.activity.repeat):
                if task.probability < 1 and self.draw(task.chance) >= task.probability:
                    break
                yield from self.perform(task)
                if self.stage != stage:
                    return True
        if not self.over:
            raise EngineError(f'case {self.number} stays in "{stage}" for ever; {OURS}')
        return False

    def perform(self, task: Task) -> Life:
        """Do one activity, up to the step that leads to another stage."""
        activity = task.activity
        if self.take_in_turn(activity.begin):
            return
        if task.effort is not None:
            yield from self.work(task)
        if task.delay is not None:
            yield from self.pause(task)
        if activity.meeting is not None:
            yield from self.meet(activity.meeting)
        if activity.panel is not None and self.panels.listen(activity.panel):
            yield from self.wait()
        if task.choose is not None:
            self.take(self.decide(task))
        elif activity.first_of:
            self.take(next(filter(self.may, activity.first_of), activity.first_of[0]))
        else:
            self.take_in_turn(activity.take)

    # --- steps ------------------------------------------------------------------------------------

    def take_beside(self, step: str, *, subject: str = "") -> None:
        """Take a step beside what the case is doing; that ends where the stage changes."""
        stage = self.stage
        self.take(step, subject=subject)
        self.leave(stage)

    def leave(self, stage: str) -> None:
        """End what the case was doing in `stage` if it stands elsewhere now."""
        if self.stage != stage and self.process.is_alive:
            self.drop()
            self.at_soonest(self.go_on)

    def go_on(self, token: int) -> None:
        """Begin with the stage in which the case stands now."""
        if token == self.token:
            self.process.interrupt()
            self.office.awake = True

    # --- waiting ----------------------------------------------------------------------------------

    def wait(self) -> Life:
        """Wait until the agenda wakes the case."""
        self.wake = self.office.environment.event()
        yield self.wake

    @property
    def soonest(self) -> float:
        """When somebody can act next: now, or the next day where a lapse has closed this one."""
        now = self.office.now
        return now + TICK if self.clocks.last_lapse == now else now

    def at_soonest(self, action: Callable[[int], None]) -> None:
        """Do something with the case as soon as somebody can act, unless it has gone on meanwhile."""
        time = self.soonest
        if time == self.office.now:
            action(self.token)
        else:
            self.office.agenda.add(time, Phase.COMPLETE, self.number, action, self.token)

    def resume(self, token: int) -> None:
        """Wake the case as soon as somebody can act, unless it has gone on meanwhile."""
        if token == self.token and self.wake is not None:
            self.at_soonest(self.awaken)

    def awaken(self, token: int) -> None:
        """Let the case go on."""
        if token == self.token and self.wake is not None:
            self.token += 1
            wake, self.wake = self.wake, None
            wake.succeed()
            self.office.awake = True

    def work(self, task: Task) -> Life:
        """Have a member of a pool do some work."""
        assert task.effort is not None
        desk = self.office.desks[task.pool]
        effort = on_grid(variate(task.effort, self.draw(task.effort_purpose)))
        job = Job(self, task.name, effort, task.rank, task.team, task.skill)
        self.job = desk, job
        self.note("ask", activity=task.name, subject=desk.pool.id)
        desk.ask(job, self.office.now, task.asked, begun=task.begun)
        yield from self.wait()

    def worked(self, job: Job, turn: int) -> None:
        """End a piece of work and set its members free, unless it was interrupted in this turn or dropped."""
        if not job.over and job.turn == turn and job.members and self.job is not None:
            desk, self.job = self.job[0], None
            self.note("finish", activity=job.activity, subject=desk.pool.id)
            desk.finish(job, self.office.now)
            self.resume(self.token)

    def pause(self, task: Task) -> Life:
        """Let others take their time."""
        assert task.delay is not None
        delay = variate(task.delay, self.draw(task.delay_purpose))
        self.later(delay, self.resume, self.token, calendar_days=task.calendar_days)
        yield from self.wait()

    def meet(self, meeting: str) -> Life:
        """Wait for a meeting and be heard there."""
        self.room = self.office.rooms[self.office.plan.meetings[meeting]]
        self.room.waiting[self] = self.token
        yield from self.wait()
        self.room = None

    def drop(self) -> None:
        """Leave whatever the case was waiting for."""
        self.token += 1
        self.wake = None
        self.panels.listening = None
        if self.job is not None:
            desk, job = self.job
            self.job = None
            self.note("drop", activity=job.activity, subject=desk.pool.id)
            desk.finish(job, self.office.now)
        if self.room is not None:
            self.room.waiting.pop(self, None)
            self.room = None

    def later(
        self,
        delay: float,
        action: Callable[..., None],
        *values: object,
        calendar_days: bool = False,
    ) -> None:
        """Have something done after a delay, in working days or in calendar days."""
        now = self.office.now
        delay = on_grid(delay)
        time = self.office.plan.days.later(now, delay) if calendar_days else now + delay
        time = max(time, self.soonest)
        self.office.agenda.add(time, Phase.COMPLETE, self.number, action, *values)

    def due(self) -> float:
        """Return the earliest due day of the running clocks; infinite where there is none."""
        return min(self.clocks.due.values(), default=inf)

    def due_moved(self) -> None:
        """Put the work that waits in its place after a due date has moved."""
        if self.job is not None and self.job[0].by_due:
            self.job[0].moved(self.job[1])

    def leave_hands(self) -> None:
        """Leave the hands of those who carry the file: the case has left the stage."""
        for desk in sorted(self.carried, key=attrgetter("number")):
            desk.let_go(self.number, self.office.now)
        self.carried.clear()

    def wish(self, incidents: tuple[Wish, ...]) -> None:
        """Draw what people will want to do of their own accord, and when."""
        for wish in incidents:
            if self.draw(wish.chance) < wish.probability and wish.delay is not None:
                delay = variate(wish.delay, self.draw(wish.delay_purpose))
                self.later(delay, self.happen, wish, calendar_days=wish.calendar_days)

    def happen(self, wish: Wish) -> None:
        """Take the step of an incident, if the law allows it now."""
        if self.may(wish.step):
            self.take_beside(wish.step)


def _attend(case: object, token: int) -> None:
    assert isinstance(case, Case)
    case.resume(token)
