"""The staff of the compiled engine: who takes which of the jobs that wait, as `duecourse.simulations.pools` has it.

The queue of a pool is a sorted stretch of an array; a case has at most one job, so that its key there is its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.kernels import layout as at
from duecourse.kernels.agenda import note, on_grid, push
from duecourse.kernels.compiling import part, placed

if TYPE_CHECKING:
    from duecourse.kernels.memory import Floats, Numbers, Rules, State


@part
def place_of(
    desks: Numbers, queue: Numbers, desk: int, rank: int, due: int, asked: int, case: int
) -> int:
    """Return the place of a key in the queue of a pool."""
    low, high = desks[desk, at.P_HEAD], desks[desk, at.P_TAIL]
    while low < high:
        middle = (low + high) >> 1
        before = queue[desk, middle, 0] - rank
        if before == 0:
            before = queue[desk, middle, 1] - due
        if before == 0:
            before = queue[desk, middle, 2] - asked
        if before == 0:
            before = queue[desk, middle, 3] - case
        if before < 0:
            low = middle + 1
        else:
            high = middle
    return int(low)


@part
def put(
    desks: Numbers, queue: Numbers, desk: int, rank: int, due: int, asked: int, case: int
) -> None:
    """Put a job in its place in the queue; there is room for it."""
    head, tail = desks[desk, at.P_HEAD], desks[desk, at.P_TAIL]
    if tail == queue.shape[1]:
        for place in range(head, tail):
            for column in range(at.QUEUE_COLUMNS):
                queue[desk, place - head, column] = queue[desk, place, column]
        tail -= head
        desks[desk, at.P_HEAD] = 0
        desks[desk, at.P_TAIL] = tail
    found = place_of(desks, queue, desk, rank, due, asked, case)
    for place in range(tail, found, -1):
        for column in range(at.QUEUE_COLUMNS):
            queue[desk, place, column] = queue[desk, place - 1, column]
    queue[desk, found, 0], queue[desk, found, 1] = rank, due
    queue[desk, found, 2], queue[desk, found, 3] = asked, case
    desks[desk, at.P_TAIL] = tail + 1


@part
def take_out(desks: Numbers, queue: Numbers, desk: int, place: int) -> None:
    """Take the job in a place out of the queue."""
    head = desks[desk, at.P_HEAD]
    if place == head:
        desks[desk, at.P_HEAD] = head + 1
    else:
        tail = desks[desk, at.P_TAIL] - 1
        for each in range(place, tail):
            for column in range(at.QUEUE_COLUMNS):
                queue[desk, each, column] = queue[desk, each + 1, column]
        desks[desk, at.P_TAIL] = tail


@part
def call(
    scalars: Numbers,
    heap: Numbers,
    desks: Numbers,
    pools: Numbers,
    there: Numbers,
    busy: Numbers,
    desk: int,
) -> None:
    """See to it that members look for work at the end of this instant."""
    if desks[desk, at.P_CALLED] or desks[desk, at.P_HEAD] == desks[desk, at.P_TAIL]:
        return
    wanted = pools[desk, at.G_PREEMPTIVE] == 1
    for group in range(pools[desk, at.G_FIRST], pools[desk, at.G_LAST]):
        wanted = wanted or busy[group] < there[group]
    if wanted:
        desks[desk, at.P_CALLED] = 1
        push(scalars, heap, scalars[at.NOW], at.START, desk, at.DISPATCH, at.NOTHING)


@part
def release(
    cases: Numbers,
    desks: Numbers,
    working: Numbers,
    pools: Numbers,
    busy: Numbers,
    members: int,
    desk: int,
    case: int,
) -> None:
    """Set free the members who are at the job of a case; `members` is where their numbers stand."""
    first = pools[desk, at.G_FIRST]
    for group in range(first, pools[desk, at.G_LAST]):
        busy[group] -= cases[case, members + group - first]
    cases[case, at.JOB_STARTED] = 0
    if pools[desk, at.G_PREEMPTIVE]:
        last = desks[desk, at.P_WORKING] - 1
        place = 0
        while working[desk, place] != case:
            place += 1
        working[desk, place] = working[desk, last]
        desks[desk, at.P_WORKING] = last


@part
def due_of(cases: Numbers, clocks_at: int, clocks: int, case: int) -> int:
    """Return the earliest due day of the running clocks of a case."""
    found = at.NEVER
    for clock in range(clocks):
        due = cases[case, clocks_at + clock * at.CLOCK_COLUMNS + at.DUE]
        if due != at.NO_DAY:
            found = min(found, due)
    return found


@placed
def due_moved(rules: Rules, state: State, case: int) -> None:
    """Put the work of a case that waits in its place after a due date has moved."""
    scalars, cases, desks, queue = state.scalars, state.cases, state.desks, state.queue
    if not cases[case, at.JOB]:
        return
    task = cases[case, at.JOB_TASK]
    desk, rank = rules.tasks[task, at.T_POOL], rules.tasks[task, at.T_PLACE]
    if not rules.pools[desk, at.G_BY_DUE]:
        return
    due, asked = cases[case, at.JOB_DUE], cases[case, at.JOB_ASKED]
    then = due_of(cases, scalars[at.CLOCK_AT], scalars[at.CLOCKS], case)
    if then == due:
        return
    cases[case, at.JOB_DUE] = then
    if not cases[case, at.JOB_STARTED]:
        take_out(desks, queue, desk, place_of(desks, queue, desk, rank, due, asked, case))
        put(desks, queue, desk, rank, then, asked, case)


@placed
def leave_hands(rules: Rules, state: State, case: int) -> None:
    """Leave the hands of those who carry the file: the case has left the stage."""
    scalars, cases, desks = state.scalars, state.cases, state.desks
    for desk in range(len(desks)):
        if (cases[case, at.CARRIED] >> desk) & 1:
            desks[desk, at.P_IN_HAND] -= 1
            call(scalars, state.heap, desks, rules.pools, state.there, state.busy, desk)
    cases[case, at.CARRIED] = 0


@placed
def outranks(rules: Rules, state: State, desk: int, rank: int) -> bool:
    """Return whether a job may interrupt another."""
    for place in range(state.desks[desk, at.P_WORKING]):
        task = state.cases[state.working[desk, place], at.JOB_TASK]
        if rank < rules.tasks[task, at.T_RANK]:
            return True
    return False


@placed
def victims(rules: Rules, state: State, desk: int, rank: int, skill: int, team: int) -> int:
    """Choose the work that gives way to a job; return how much; none where that would not free enough members."""
    cases, scratch, working = state.cases, state.scratch, state.working
    members = state.scalars[at.MEMBER_AT]
    first, last = rules.pools[desk, at.G_FIRST], rules.pools[desk, at.G_LAST]
    for group in range(first, last):
        scratch[group] = state.busy[group]
    count, seen = 0, at.NONE
    while True:
        best = at.NONE  # the greatest by (rank, begun, case) that is less than the one seen last
        for place in range(state.desks[desk, at.P_WORKING]):
            each = working[desk, place]
            if (seen < 0 or _less(rules, cases, each, seen)) and (
                best < 0 or _less(rules, cases, best, each)
            ):
                best = each
        if best < 0 or rules.tasks[cases[best, at.JOB_TASK], at.T_RANK] <= rank:
            return 0
        seen = best
        helps = False
        for group in range(first, last):
            helps = helps or (
                rules.able[skill, group] == 1 and cases[best, members + group - first] > 0
            )
        if not helps:
            continue
        state.chosen[count] = best
        count += 1
        enough = 0
        for group in range(first, last):
            scratch[group] -= cases[best, members + group - first]
            spare = state.there[group] - scratch[group] - state.held[group]
            if rules.able[skill, group] and spare > 0:
                enough += spare
        if enough >= team:
            return count


@part
def _less(rules: Rules, cases: Numbers, a: int, b: int) -> bool:
    """Return whether the work of a case comes before that of another by (rank, begun, case)."""
    one = rules.tasks[cases[a, at.JOB_TASK], at.T_RANK]
    two = rules.tasks[cases[b, at.JOB_TASK], at.T_RANK]
    if one != two:
        return bool(one < two)
    if cases[a, at.WORK_BEGUN] != cases[b, at.WORK_BEGUN]:
        return bool(cases[a, at.WORK_BEGUN] < cases[b, at.WORK_BEGUN])
    return a < b


@placed
def push_aside(rules: Rules, state: State, desk: int, case: int) -> None:
    """Interrupt the work of a case: it waits again, in its place."""
    scalars, cases, desks = state.scalars, state.cases, state.desks
    members = scalars[at.MEMBER_AT]
    release(cases, desks, state.working, rules.pools, state.busy, members, desk, case)
    cases[case, at.WORK_LEFT] -= scalars[at.NOW] - cases[case, at.WORK_BEGUN]
    cases[case, at.EFFORT] = cases[case, at.WORK_LEFT]
    cases[case, at.EFFORT_PACE] = cases[case, at.PACE]
    task, stage = cases[case, at.JOB_TASK], cases[case, at.STAGE]
    rank, due = rules.tasks[task, at.T_PLACE], cases[case, at.JOB_DUE]
    put(desks, state.queue, desk, rank, due, cases[case, at.JOB_ASKED], case)
    what = stage | stage << 12 | cases[case, at.EFFORT_PACE] << 42
    note(scalars, state.log, case, at.INTERRUPTED, what, task | cases[case, at.EFFORT] << 16)


@part
def pace_of(paces: Floats, pace: int) -> float:
    """Return the share of full time behind a number in a case; 0 is all of it."""
    return float(paces[pace - 1]) if pace > 0 else 1.0


@placed
def begin_work(rules: Rules, state: State, desk: int, case: int) -> None:
    """Let members who are free and able begin the job of a case, from the groups in order."""
    scalars, cases, desks, pools = state.scalars, state.cases, state.desks, rules.pools
    task, now = cases[case, at.JOB_TASK], scalars[at.NOW]
    skill, missing = rules.tasks[task, at.T_SKILL], rules.tasks[task, at.T_TEAM]
    first, pace, slowest = pools[desk, at.G_FIRST], 1.0, 0
    for group in range(first, pools[desk, at.G_LAST]):
        taken = 0
        if rules.able[skill, group]:
            spare = state.there[group] - state.busy[group] - state.held[group]
            taken = min(max(spare, 0), missing)
        cases[case, scalars[at.MEMBER_AT] + group - first] = taken
        missing -= taken
        state.busy[group] += taken
        if taken and rules.paces[group] < pace:
            pace, slowest = rules.paces[group], group + 1
    if cases[case, at.TURN] == 0:
        effort = cases[case, at.EFFORT]
        cases[case, at.WORK_LEFT] = effort if slowest == 0 else on_grid(effort / at.TICKS / pace)
    else:
        was = pace_of(rules.paces, cases[case, at.PACE])
        if pace != was:
            left = cases[case, at.WORK_LEFT] / at.TICKS
            cases[case, at.WORK_LEFT] = on_grid(left * was / pace)
    cases[case, at.PACE], cases[case, at.WORK_BEGUN] = slowest, now
    cases[case, at.JOB_STARTED] = 1
    cases[case, at.TURN] += 1
    if pools[desk, at.G_PREEMPTIVE]:
        state.working[desk, desks[desk, at.P_WORKING]] = case
        desks[desk, at.P_WORKING] += 1
    if pools[desk, at.G_CARRIES] >= 0 and not (cases[case, at.CARRIED] >> desk) & 1:
        cases[case, at.CARRIED] |= 1 << desk
        desks[desk, at.P_IN_HAND] += 1
    stage = cases[case, at.STAGE]
    what = stage | stage << 12 | cases[case, at.EFFORT_PACE] << 42
    note(scalars, state.log, case, at.STARTED, what, task | cases[case, at.EFFORT] << 16)
    end = now + cases[case, at.WORK_LEFT]
    load = cases[case, at.JOB] << 19 | cases[case, at.TURN]
    push(scalars, state.heap, end, at.COMPLETE, case, at.WORKED, load)


@placed
def dispatch(rules: Rules, state: State, desk: int) -> bool:
    """Look at one job that waits, the next in order; return whether there may be more to look at."""
    desks, pools, queue, cases = state.desks, rules.pools, state.queue, state.cases
    place = desks[desk, at.P_HEAD] + desks[desk, at.P_PLACE]
    if place >= desks[desk, at.P_TAIL]:
        return False
    first, last = pools[desk, at.G_FIRST], pools[desk, at.G_LAST]
    case = queue[desk, place, 3]
    task = cases[case, at.JOB_TASK]
    rank = rules.tasks[task, at.T_RANK]
    skill, team = rules.tasks[task, at.T_SKILL], rules.tasks[task, at.T_TEAM]
    free, able, members = 0, 0, 0
    for group in range(first, last):
        members += state.there[group]
        spare = state.there[group] - state.busy[group] - state.held[group]
        if spare > 0:
            free += spare
            able += spare * rules.able[skill, group]
    interrupts = pools[desk, at.G_PREEMPTIVE] == 1 and outranks(rules, state, desk, rank)
    if free == 0 and not interrupts:
        return False
    most = pools[desk, at.G_CARRIES]
    if (
        most >= 0
        and not (cases[case, at.CARRIED] >> desk) & 1
        and desks[desk, at.P_IN_HAND] >= members * most
    ):
        desks[desk, at.P_PLACE] += 1
        return True
    count = 0
    if able < team and interrupts:
        count = victims(rules, state, desk, rank, skill, team)
    if able >= team or count:
        take_out(desks, queue, desk, place)
        for each in range(count):
            push_aside(rules, state, desk, state.chosen[each])
        begin_work(rules, state, desk, case)
    else:
        for group in range(first, last):
            spare = state.there[group] - state.busy[group] - state.held[group]
            if spare > 0 and rules.able[skill, group]:
                state.held[group] += spare
        desks[desk, at.P_PLACE] += 1
    return True
