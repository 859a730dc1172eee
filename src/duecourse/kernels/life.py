"""What a case of the compiled engine does in each stage, up to the next step that it takes or the next thing that it waits for.

This is `Case.life` of `duecourse.simulations.process`, which SimPy suspends where it waits; here the case keeps its place in
the columns MODE, TASK, REPEATED and INDEX.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.kernels import layout as at
from duecourse.kernels.agenda import note, push
from duecourse.kernels.compiling import placed
from duecourse.kernels.staff import call, due_of, put
from duecourse.kernels.standing import draw, due_after, variate

if TYPE_CHECKING:
    from duecourse.kernels.memory import Rules, State

STOP = -10
"""Less than this, a result of `live` says why the engine must stop: STOP - status."""


@placed
def live(rules: Rules, state: State, case: int) -> int:
    """Let a case go on; return the move that it makes now, NONE if it makes none, or why the engine must stop."""
    scalars, heap, cases, counts = state.scalars, state.heap, state.cases, state.counts
    log, desks, table, lists = state.log, state.desks, rules.table, rules.lists
    tasks, wishes, now = rules.tasks, rules.wishes, scalars[at.NOW]
    move = at.NONE
    scalars[at.FOLLOWING] = at.LIFE
    kind = cases[case, at.KIND]
    row = cases[case, at.CONFIGURATION]
    if table[row, 0] == 0:
        scalars[at.NEED] = row
        return STOP - at.ROW
    mode = cases[case, at.MODE]
    task = cases[case, at.TASK]
    if mode == at.BEGINS:
        index = cases[case, at.INDEX]
        if index < rules.kinds[kind, at.K_BEGINS_END]:
            move = table[row, 1 + lists[index]]
            if move < 0:
                return STOP - at.ODD
        else:
            cases[case, at.MODE] = at.WISHES
            mode = at.WISHES
    taken_up = mode == at.TAKEN_UP
    if mode == at.WISHES or taken_up:
        first, last = rules.kinds[kind, at.K_INCIDENTS], rules.kinds[kind, at.K_INCIDENTS_END]
        if taken_up:
            first = rules.openings[case, at.N_INCIDENTS]
            last = rules.openings[case, at.N_INCIDENTS_END]
        for wish in range(first, last):
            u = draw(
                cases,
                counts,
                case,
                wishes[wish, at.W_CHANCE],
                wishes[wish, at.W_CHANCE_AT],
            )
            if u < rules.wish_odds[wish]:
                u = draw(
                    cases,
                    counts,
                    case,
                    wishes[wish, at.W_DELAY_PURPOSE],
                    wishes[wish, at.W_DELAY_AT],
                )
                delay = variate(rules, wishes[wish, at.W_DELAY], u)
                calendar = wishes[wish, at.W_CALENDAR]
                time = due_after(scalars, cases, rules.days, rules.working, case, delay, calendar)
                push(scalars, heap, time, at.COMPLETE, case, at.HAPPEN, wish)
        cases[case, at.MODE] = at.ENTER
        mode = at.ENTER
    if mode == at.ENTER:
        stage = cases[case, at.STAGE]
        first, last = rules.stages[kind, stage, 0], rules.stages[kind, stage, 1]
        if taken_up and first >= 0:
            first, last = rules.openings[case, at.N_TASKS], rules.openings[case, at.N_TASKS_END]
        if first < 0:
            cases[case, at.ALIVE] = 0
            scalars[at.FOLLOWING] = at.IDLE
        else:
            task = first
            cases[case, at.TASK], cases[case, at.LAST_TASK] = first, last
            cases[case, at.REPEATED] = 0
            cases[case, at.MODE] = at.TRY
            mode = at.TRY
    if mode == at.TRY:
        if task == cases[case, at.LAST_TASK]:
            if not cases[case, at.OVER]:
                return STOP - at.ODD
            cases[case, at.ALIVE] = 0
            scalars[at.FOLLOWING] = at.IDLE
        else:
            odds = rules.odds[task]
            if cases[case, at.REPEATED] < tasks[task, at.T_REPEAT] and (
                odds >= 1
                or draw(
                    cases,
                    counts,
                    case,
                    tasks[task, at.T_CHANCE],
                    tasks[task, at.T_CHANCE_AT],
                )
                < odds
            ):
                cases[case, at.INDEX] = tasks[task, at.T_BEGIN]
                cases[case, at.MODE] = at.BEGIN
                mode = at.BEGIN
            else:
                cases[case, at.TASK] = task + 1
                cases[case, at.REPEATED] = 0
    if mode == at.BEGIN:
        index = cases[case, at.INDEX]
        if index < tasks[task, at.T_BEGIN_END]:
            move = table[row, 1 + lists[index]]
            if move < 0:
                return STOP - at.ODD
        else:
            cases[case, at.MODE] = at.WORK
            mode = at.WORK
    if mode == at.WORK:
        desk = tasks[task, at.T_POOL]
        if desk >= 0:
            waiting = desks[desk, at.P_TAIL] - desks[desk, at.P_HEAD]
            waiting += desks[desk, at.P_WORKING]
            if 2 * (waiting + 1) > state.queue.shape[1]:
                return STOP - at.ROOM
            u = draw(
                cases,
                counts,
                case,
                tasks[task, at.T_EFFORT_PURPOSE],
                tasks[task, at.T_EFFORT_AT],
            )
            effort = variate(rules, tasks[task, at.T_EFFORT], u)
            if effort >= 2**46:
                return STOP - at.ODD
            scalars[at.SERIAL] += 1
            due = 0
            if rules.pools[desk, at.G_BY_DUE]:
                due = due_of(cases, scalars[at.CLOCK_AT], scalars[at.CLOCKS], case)
            cases[case, at.JOB] = scalars[at.SERIAL]
            cases[case, at.JOB_TASK] = task
            cases[case, at.JOB_STARTED] = 0
            asked = tasks[task, at.T_ASKED]
            if asked == at.NO_DAY:
                asked = now
            cases[case, at.JOB_DUE], cases[case, at.JOB_ASKED] = due, asked
            cases[case, at.EFFORT], cases[case, at.EFFORT_PACE] = effort, 0
            cases[case, at.TURN] = 0
            stage = cases[case, at.STAGE]
            note(scalars, log, case, at.ASKED, stage | stage << 12, task)
            put(desks, state.queue, desk, tasks[task, at.T_PLACE], due, asked, case)
            call(scalars, heap, desks, rules.pools, state.there, state.busy, desk)
            cases[case, at.AWAKE] = 1
            scalars[at.FOLLOWING] = at.IDLE
        cases[case, at.MODE] = at.DELAY
        mode = at.DELAY if scalars[at.FOLLOWING] == at.LIFE else at.NONE
    if mode == at.DELAY:
        cases[case, at.MODE] = at.MEET_MODE
        if tasks[task, at.T_DELAY] >= 0:
            u = draw(
                cases,
                counts,
                case,
                tasks[task, at.T_DELAY_PURPOSE],
                tasks[task, at.T_DELAY_AT],
            )
            delay = variate(rules, tasks[task, at.T_DELAY], u)
            calendar = tasks[task, at.T_CALENDAR]
            time = due_after(scalars, cases, rules.days, rules.working, case, delay, calendar)
            token = cases[case, at.TOKEN]
            push(scalars, heap, time, at.COMPLETE, case, at.RESUME, token)
            cases[case, at.AWAKE] = 1
            scalars[at.FOLLOWING] = at.IDLE
        mode = at.MEET_MODE if scalars[at.FOLLOWING] == at.LIFE else at.NONE
    if mode == at.MEET_MODE:
        room = tasks[task, at.T_MEETING]
        if room >= 0 and state.rooms[room, at.Q_LAST] == state.waiting.shape[1]:
            return STOP - at.ROOM
        cases[case, at.MODE] = at.PANEL
        if room >= 0:
            place = state.rooms[room, at.Q_LAST]
            scalars[at.STAMP] += 1
            cases[case, at.MEETING_ROOM] = room
            cases[case, at.PLACE] = scalars[at.STAMP]
            state.waiting[room, place, 0] = case
            state.waiting[room, place, 1] = scalars[at.STAMP]
            state.rooms[room, at.Q_LAST] = place + 1
            cases[case, at.AWAKE] = 1
            scalars[at.FOLLOWING] = at.IDLE
        mode = at.PANEL if scalars[at.FOLLOWING] == at.LIFE else at.NONE
    if mode == at.PANEL:
        cases[case, at.MEETING_ROOM] = at.NONE
        cases[case, at.MODE] = at.END_MODE
        panel = tasks[task, at.T_PANEL]
        if panel >= 0:
            block = scalars[at.PANEL_AT] + panel * at.PANEL_COLUMNS
            if cases[case, block + at.OUTSTANDING] > 0:
                cases[case, at.LISTENING] = panel
                cases[case, at.AWAKE] = 1
                scalars[at.FOLLOWING] = at.IDLE
            else:
                cases[case, at.LISTENING] = at.NONE
        mode = at.END_MODE if scalars[at.FOLLOWING] == at.LIFE else at.NONE
    if mode == at.END_MODE:
        first, last = tasks[task, at.T_CHOOSE], tasks[task, at.T_CHOOSE_END]
        cases[case, at.MODE] = at.CHOICE
        mode = at.CHOICE
        if last > first:
            u = draw(
                cases,
                counts,
                case,
                tasks[task, at.T_CHOICE],
                tasks[task, at.T_CHOICE_AT],
            )
            while first < last - 1 and u >= rules.shares[first]:
                first += 1
            cases[case, at.CHOSEN] = lists[first]
        elif tasks[task, at.T_FIRST_OF_END] > tasks[task, at.T_FIRST_OF]:
            first, last = tasks[task, at.T_FIRST_OF], tasks[task, at.T_FIRST_OF_END]
            cases[case, at.CHOSEN] = lists[first]
            while first < last and table[row, 1 + lists[first]] < 0:
                first += 1
            if first < last:
                cases[case, at.CHOSEN] = lists[first]
        else:
            cases[case, at.INDEX] = tasks[task, at.T_TAKE]
            cases[case, at.MODE] = at.TAKE
            mode = at.TAKE
    if mode == at.CHOICE:
        move = table[row, 1 + cases[case, at.CHOSEN]]
        if move < 0:
            return STOP - at.ODD
    if mode == at.TAKE:
        index = cases[case, at.INDEX]
        if index < tasks[task, at.T_TAKE_END]:
            move = table[row, 1 + lists[index]]
            if move < 0:
                return STOP - at.ODD
        else:
            cases[case, at.REPEATED] += 1
            cases[case, at.MODE] = at.TRY
            mode = at.TRY
    return move
