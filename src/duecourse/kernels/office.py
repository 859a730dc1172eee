"""One replication, compiled: the agenda worked off entry by entry, as `duecourse.simulations.process` does it.

Work is done in small steps, each of which takes at most one step of the procedure. Before each the engine sees to it
that there is room for whatever the step may write and that the rows it reads are known; otherwise it returns, and goes
on from the same place when it is called again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from duecourse.kernels import layout as at
from duecourse.kernels.agenda import note, on_grid, pop, push
from duecourse.kernels.compiling import Compiled, compiled, placed
from duecourse.kernels.staff import call, dispatch, due_of, put
from duecourse.kernels.standing import (
    draw,
    due_after,
    enter,
    finish,
    heard,
    leave,
    letter_key,
    letter_place,
    opinion,
    resume,
    root,
    uniform_of,
    variate,
)
from duecourse.kernels.statutory import append

if TYPE_CHECKING:
    from collections.abc import Callable

    from duecourse.kernels.layout import Rules, State

FROM_LIFE, FROM_REPLY, FROM_INCIDENT, FROM_EXTENSION, FROM_LAPSE = range(5)


@placed
def class_of(rules: Rules, stream: int, key: int, count: int) -> int:
    """Return the class of a case."""
    way = rules.streams[stream, at.A_WAY]
    if rules.streams[stream, at.A_GAP] < 0:
        way = rules.known[rules.streams[stream, at.A_KNOWN] + count, 1]
    while way < 0:
        fork = -1 - way
        place, last = rules.forks[fork, at.F_FIRST], rules.forks[fork, at.F_LAST]
        u = uniform_of(key, np.uint64(rules.forks[fork, at.F_PURPOSE]), np.uint64(0))
        while place < last - 1 and u >= rules.ends[place]:
            place += 1
        way = rules.ways[place]
    return way


@placed
def next_arrival(rules: Rules, state: State, stream: int, key: int) -> int:
    """Return when the next case of a stream arrives; after every run if it never does."""
    streams, gap = state.streams, rules.streams[stream, at.A_GAP]
    if gap < 0:
        known = rules.streams[stream, at.A_KNOWN] + streams[stream, at.X_COUNT]
        if known >= rules.streams[stream, at.A_KNOWN_END]:
            return at.NEVER
        return rules.known[known, 0] * at.TICKS
    u = uniform_of(key, np.uint64(state.scalars[at.ARRIVAL_PURPOSE]), np.uint64(0))
    streams[stream, at.X_INNER] += variate(rules, gap, u)
    days, first = rules.streams[stream, at.A_DAYS], rules.streams[stream, at.A_WEIGHTS]
    if days == 0:
        return streams[stream, at.X_INNER]
    inner, day = streams[stream, at.X_INNER] / at.TICKS, streams[stream, at.X_DAY]
    while day < days and rules.weights[first + day + 1, 1] <= inner:
        day += 1
    streams[stream, at.X_DAY] = day
    if day == days:
        return at.NEVER
    return on_grid(day + (inner - rules.weights[first + day, 1]) / rules.weights[first + day, 0])


def _made(version: int, *, cached: bool) -> Callable[..., Any]:
    """Return the engine; `version` stands for the files it is compiled from, and is part of its key in the cache."""

    def run(rules: Rules, state: State) -> int:
        if version == 0:
            return at.ODD
        scalars, heap, cases, counts = state.scalars, state.heap, state.cases, state.counts
        log, desks, table, lists = state.log, state.desks, rules.table, rules.lists
        tasks, wishes = rules.tasks, rules.wishes
        lines, entries, nodes = len(log), len(heap), len(state.nodes)
        quiet = scalars[at.QUIET]
        while True:
            if (
                (not quiet and scalars[at.LINES] + scalars[at.ROOM_LINES] > lines)
                or scalars[at.PENDING] + scalars[at.HELD_REPLIES] + scalars[at.ROOM_ENTRIES]
                > entries
                or scalars[at.NODES_USED] + scalars[at.ROOM_NODES] > nodes
            ):
                return at.ROOM
            if scalars[at.SEQUENCE] > at.MOST_ENTRIES - scalars[at.ROOM_ENTRIES]:
                return at.FULL
            todo = scalars[at.TODO]
            now = scalars[at.NOW]
            if todo == at.IDLE:
                if scalars[at.PENDING] == 0:
                    return at.DONE
                pop(scalars, heap)
                scalars[at.WOKEN] = 0
                scalars[at.TODO] = todo = at.EVENT
                now = scalars[at.NOW]
            case, load = scalars[at.CASE], scalars[at.PAYLOAD]
            move, subject, origin = at.NONE, 0, FROM_LIFE
            following = at.IDLE  # what is under way after this

            if todo == at.LIFE:
                following = at.LIFE
                kind = cases[case, at.KIND]
                row = cases[case, at.CONFIGURATION]
                if table[row, 0] == 0:
                    scalars[at.NEED] = row
                    return at.ROW
                mode = cases[case, at.MODE]
                task = cases[case, at.TASK]
                if mode == at.BEGINS:
                    index = cases[case, at.INDEX]
                    if index < rules.kinds[kind, at.K_BEGINS_END]:
                        move = table[row, 1 + lists[index]]
                        if move < 0:
                            return at.ODD
                    else:
                        cases[case, at.MODE] = at.WISHES
                        mode = at.WISHES
                if mode == at.WISHES:
                    first = rules.kinds[kind, at.K_INCIDENTS]
                    for wish in range(first, rules.kinds[kind, at.K_INCIDENTS_END]):
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
                            time = due_after(
                                scalars, cases, rules.days, rules.working, case, delay, calendar
                            )
                            push(scalars, heap, time, at.COMPLETE, case, at.HAPPEN, wish)
                    cases[case, at.MODE] = at.ENTER
                    mode = at.ENTER
                if mode == at.ENTER:
                    stage = cases[case, at.STAGE]
                    first = rules.stages[kind, stage, 0]
                    if first < 0:
                        cases[case, at.ALIVE] = 0
                        following = at.IDLE
                    else:
                        task = first
                        cases[case, at.HOME] = stage
                        cases[case, at.TASK] = first
                        cases[case, at.REPEATED] = 0
                        cases[case, at.MODE] = at.TRY
                        mode = at.TRY
                if mode == at.TRY:
                    if task == rules.stages[kind, cases[case, at.HOME], 1]:
                        if not cases[case, at.OVER]:
                            return at.ODD
                        cases[case, at.ALIVE] = 0
                        following = at.IDLE
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
                            return at.ODD
                    else:
                        cases[case, at.MODE] = at.WORK
                        mode = at.WORK
                if mode == at.WORK:
                    desk = tasks[task, at.T_POOL]
                    if desk >= 0:
                        waiting = desks[desk, at.P_TAIL] - desks[desk, at.P_HEAD]
                        waiting += desks[desk, at.P_WORKING]
                        if 2 * (waiting + 1) > state.queue.shape[1]:
                            return at.ROOM
                        u = draw(
                            cases,
                            counts,
                            case,
                            tasks[task, at.T_EFFORT_PURPOSE],
                            tasks[task, at.T_EFFORT_AT],
                        )
                        effort = variate(rules, tasks[task, at.T_EFFORT], u)
                        if effort >= 2**46:
                            return at.ODD
                        scalars[at.SERIAL] += 1
                        due = 0
                        if rules.pools[desk, at.G_BY_DUE]:
                            due = due_of(cases, scalars[at.CLOCK_AT], scalars[at.CLOCKS], case)
                        cases[case, at.JOB] = scalars[at.SERIAL]
                        cases[case, at.JOB_TASK] = task
                        cases[case, at.JOB_STARTED] = 0
                        cases[case, at.JOB_DUE], cases[case, at.JOB_ASKED] = due, now
                        cases[case, at.EFFORT], cases[case, at.EFFORT_PACE] = effort, 0
                        cases[case, at.TURN] = 0
                        stage = cases[case, at.STAGE]
                        note(scalars, log, case, at.ASKED, stage | stage << 12, task)
                        put(desks, state.queue, desk, tasks[task, at.T_RANK], due, now, case)
                        call(scalars, heap, desks, rules.pools, state.there, state.busy, desk)
                        cases[case, at.AWAKE] = 1
                        following = at.IDLE
                    cases[case, at.MODE] = at.DELAY
                    mode = at.DELAY if following == at.LIFE else at.NONE
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
                        time = due_after(
                            scalars, cases, rules.days, rules.working, case, delay, calendar
                        )
                        token = cases[case, at.TOKEN]
                        push(scalars, heap, time, at.COMPLETE, case, at.RESUME, token)
                        cases[case, at.AWAKE] = 1
                        following = at.IDLE
                    mode = at.MEET_MODE if following == at.LIFE else at.NONE
                if mode == at.MEET_MODE:
                    room = tasks[task, at.T_MEETING]
                    if room >= 0 and state.rooms[room, at.Q_LAST] == state.waiting.shape[1]:
                        return at.ROOM
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
                        following = at.IDLE
                    mode = at.PANEL if following == at.LIFE else at.NONE
                if mode == at.PANEL:
                    cases[case, at.MEETING_ROOM] = at.NONE
                    cases[case, at.MODE] = at.END_MODE
                    panel = tasks[task, at.T_PANEL]
                    if panel >= 0:
                        block = scalars[at.PANEL_AT] + panel * at.PANEL_COLUMNS
                        if cases[case, block + at.OUTSTANDING] > 0:
                            cases[case, at.LISTENING] = panel
                            cases[case, at.AWAKE] = 1
                            following = at.IDLE
                        else:
                            cases[case, at.LISTENING] = at.NONE
                    mode = at.END_MODE if following == at.LIFE else at.NONE
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
                        return at.ODD
                if mode == at.TAKE:
                    index = cases[case, at.INDEX]
                    if index < tasks[task, at.T_TAKE_END]:
                        move = table[row, 1 + lists[index]]
                        if move < 0:
                            return at.ODD
                    else:
                        cases[case, at.REPEATED] += 1
                        cases[case, at.MODE] = at.TRY
                        mode = at.TRY

            elif todo == at.EVENT:
                action = scalars[at.ACTION]
                if action == at.REPLY:
                    row = cases[case, at.CONFIGURATION]
                    if table[row, 0] == 0:
                        scalars[at.NEED] = row
                        return at.ROW
                    voter, member, count = load >> 45, (load >> 29) & 0xFFFF, load & (2**29 - 1)
                    panel = rules.voters[voter, at.V_PANEL]
                    block = scalars[at.PANEL_AT] + panel * at.PANEL_COLUMNS
                    step = opinion(rules, state, case, load)
                    if step < 0:
                        return at.ODD
                    if (
                        cases[case, block + at.ROUND] != count
                        or not cases[case, block + at.OUTSTANDING]
                    ):
                        stage = cases[case, at.STAGE]
                        what = stage | stage << 12 | step << 24 | 1 << 41
                        note(scalars, log, case, at.LATE, what, voter | member << 16)
                    elif table[row, 1 + step] < 0:
                        append(scalars, state.nodes, cases, case, at.HELD_FIRST, load, 0)
                        scalars[at.HELD_REPLIES] += 1
                    else:
                        move = table[row, 1 + step]
                        subject = (1 + scalars[at.CLOCKS] + voter) | member << 16
                        origin = FROM_REPLY
                elif action == at.WORKED:
                    if (
                        cases[case, at.JOB] == load >> 19
                        and cases[case, at.JOB_STARTED]
                        and cases[case, at.TURN] == load & (2**19 - 1)
                    ):
                        stage = cases[case, at.STAGE]
                        what = stage | stage << 12
                        note(scalars, log, case, at.FINISHED, what, cases[case, at.JOB_TASK])
                        finish(rules, state, case)
                        resume(scalars, cases, heap, case, cases[case, at.TOKEN])
                elif action == at.RESUME or action == at.AWAKEN or action == at.ATTEND:
                    resume(scalars, cases, heap, case, load)
                elif action == at.DISPATCH:
                    desks[case, at.P_CALLED] = 0
                    desks[case, at.P_PLACE] = 0
                    for group in range(rules.pools[case, at.G_FIRST], rules.pools[case, at.G_LAST]):
                        state.held[group] = 0
                    following = at.DISPATCHING
                elif action == at.STAFF:
                    for group in range(rules.pools[case, at.G_FIRST], rules.pools[case, at.G_LAST]):
                        state.there[group] = rules.sizes[load, group]
                    call(scalars, heap, desks, rules.pools, state.there, state.busy, case)
                elif action == at.ARRIVE:
                    number = scalars[at.CASES]
                    if number == at.MOST_CASES:
                        return at.FULL
                    if number == len(cases):
                        return at.ROOM
                    scalars[at.CASES] = number + 1
                    stream = case
                    name = np.uint64(rules.streams[stream, at.A_KEY])
                    seed, replication = (
                        np.uint64(scalars[at.SEED]),
                        np.uint64(scalars[at.REPLICATION]),
                    )
                    count = state.streams[stream, at.X_COUNT]
                    key = root(seed, replication, name + np.uint64(count))
                    kind = class_of(rules, stream, key, count)
                    for column in range(len(rules.blank)):
                        cases[number, column] = rules.blank[column]
                    for column in range(counts.shape[1]):
                        counts[number, column] = 0
                    cases[number, at.KIND] = kind
                    cases[number, at.CONFIGURATION] = rules.kinds[kind, at.K_FIRST]
                    stage = rules.kinds[kind, at.K_STAGE]
                    cases[number, at.STAGE] = stage
                    cases[number, at.INDEX] = rules.kinds[kind, at.K_BEGINS]
                    cases[number, at.KEY] = np.int64(key)
                    note(scalars, log, number, at.ARRIVED, stage | stage << 12, kind)
                    scalars[at.CASE] = number
                    state.streams[stream, at.X_COUNT] = count + 1
                    key = root(seed, replication, name + np.uint64(count + 1))
                    time = next_arrival(rules, state, stream, key)
                    push(scalars, heap, time, at.ARRIVAL, stream, at.ARRIVE, 0)
                    following = at.LIFE
                elif action == at.LAPSE:
                    following = at.LAPSING
                elif action == at.GO_ON:
                    if load == cases[case, at.TOKEN]:
                        cases[case, at.TOKEN] += 1
                        cases[case, at.AWAKE] = 0
                        cases[case, at.MODE] = at.ENTER
                        following = at.LIFE
                elif action == at.HAPPEN:
                    row = cases[case, at.CONFIGURATION]
                    if table[row, 0] == 0:
                        scalars[at.NEED] = row
                        return at.ROW
                    move = table[row, 1 + wishes[load, at.W_STEP]]
                    origin = FROM_INCIDENT
                elif action == at.EXTEND:
                    clock, wish = (load >> 30) & 0xFFF, load >> 42
                    block = scalars[at.CLOCK_AT] + clock * at.CLOCK_COLUMNS
                    row = cases[case, at.CONFIGURATION]
                    if table[row, 0] == 0:
                        scalars[at.NEED] = row
                        return at.ROW
                    if (
                        cases[case, block + at.RUNS]
                        and not cases[case, block + at.HAS_LAPSED]
                        and cases[case, block + at.DUE] == load & (2**30 - 1)
                        and table[row, 1 + wishes[wish, at.W_STEP]] >= 0
                    ):
                        count = counts[case, wishes[wish, at.W_CHANCE_AT]]
                        key = np.uint64(cases[case, at.KEY])
                        u = uniform_of(key, np.uint64(wishes[wish, at.W_CHANCE]), np.uint64(count))
                        if u < rules.wish_odds[wish]:
                            move = table[row, 1 + wishes[wish, at.W_STEP]]
                            origin = FROM_EXTENSION
                        else:
                            counts[case, wishes[wish, at.W_CHANCE_AT]] += 1
                elif action == at.MEET:
                    scalars[at.LEFT] = rules.rooms[load >> 32, at.R_AGENDA]
                    following = at.MEETING_HELD

            elif todo == at.DISPATCHING:
                if dispatch(rules, state, case):
                    following = at.DISPATCHING

            elif todo == at.LAPSING:
                clock, due = load & 0xFFF, load >> 12
                block = scalars[at.CLOCK_AT] + clock * at.CLOCK_COLUMNS
                if (
                    cases[case, block + at.RUNS]
                    and not cases[case, block + at.HAS_LAPSED]
                    and cases[case, block + at.DUE] == due
                ):
                    following = at.LAPSING
                    row = cases[case, at.CONFIGURATION]
                    if table[row, 0] == 0:
                        scalars[at.NEED] = row
                        return at.ROW
                    earliest, clock = due, at.NONE
                    for other in range(scalars[at.CLOCKS]):
                        block = scalars[at.CLOCK_AT] + other * at.CLOCK_COLUMNS
                        day = cases[case, block + at.DUE]
                        if (
                            not cases[case, block + at.RUNS]
                            or cases[case, block + at.HAS_LAPSED]
                            or day == at.NONE
                            or day > earliest
                        ):
                            continue
                        effect = table[row, 1 + scalars[at.STEPS] + other]
                        if day < earliest or clock < 0 or (move < 0 <= effect):
                            earliest, clock, move = day, other, effect
                    subject, origin = 1 + clock, FROM_LAPSE
                    if move < 0:
                        block = scalars[at.CLOCK_AT] + clock * at.CLOCK_COLUMNS
                        cases[case, block + at.HAS_LAPSED] = 1
                        cases[case, block + at.BREACHED] = 1
                        cases[case, at.LAST_LAPSE] = now
                        stage = cases[case, at.STAGE]
                        note(scalars, log, case, at.LAPSED, stage | stage << 12 | 1 << 40, clock)

            else:
                room, count = load >> 32, load & (2**32 - 1)
                place = state.rooms[room, at.Q_FIRST]
                if scalars[at.LEFT] and place < state.rooms[room, at.Q_LAST]:
                    following = at.MEETING_HELD
                    number = state.waiting[room, place, 0]
                    state.rooms[room, at.Q_FIRST] = place + 1
                    if cases[number, at.PLACE] == state.waiting[room, place, 1]:
                        scalars[at.LEFT] -= 1
                        cases[number, at.PLACE] = at.NONE
                        token = cases[number, at.TOKEN]
                        push(scalars, heap, now, at.MEETING, number, at.ATTEND, token)
                else:
                    meeting = rules.rooms[room, at.R_FIRST] + count + 1
                    if meeting < rules.rooms[room, at.R_LAST]:
                        time = rules.meetings[meeting] * at.TICKS
                        push(scalars, heap, time, at.MEETING, -1 - room, at.MEET, load + 1)

            if move >= 0:
                letter = rules.moves[move, at.M_LETTER]
                if letter >= 0:
                    actor = rules.actors[cases[case, at.KIND], rules.moves[move, at.M_STEP]]
                    key = letter_key(cases[case, at.WATCHED], letter, actor)
                    if rules.letters[letter_place(rules.letters, key), 0] < 0:
                        scalars[at.NEED] = cases[case, at.WATCHED]
                        scalars[at.NEED_MOVE] = move
                        return at.LETTER
                was = cases[case, at.STAGE]
                if origin == FROM_REPLY:
                    panel = rules.voters[load >> 45, at.V_PANEL]
                    outstanding = scalars[at.PANEL_AT] + panel * at.PANEL_COLUMNS + at.OUTSTANDING
                    cases[case, outstanding] -= 1
                elif origin == FROM_EXTENSION:
                    counts[case, wishes[load >> 42, at.W_CHANCE_AT]] += 1
                elif origin == FROM_LAPSE:
                    clock = subject - 1
                    block = scalars[at.CLOCK_AT] + clock * at.CLOCK_COLUMNS
                    cases[case, block + at.HAS_LAPSED] = 1
                    cases[case, at.LAST_LAPSE] = now
                    note(scalars, log, case, at.LAPSED, was | was << 12, clock)
                status = enter(rules, state, case, move, subject)
                if status != at.DONE:
                    return status
                moved = cases[case, at.STAGE] != was
                if origin == FROM_LIFE:
                    mode = cases[case, at.MODE]
                    if mode == at.BEGINS:
                        cases[case, at.INDEX] += 1
                    elif moved:
                        cases[case, at.MODE] = at.ENTER
                    elif mode == at.CHOICE:
                        cases[case, at.REPEATED] += 1
                        cases[case, at.MODE] = at.TRY
                    else:
                        cases[case, at.INDEX] += 1
                else:
                    if moved and cases[case, at.ALIVE]:
                        leave(rules, state, case)
                    if origin == FROM_REPLY:
                        panel = rules.voters[load >> 45, at.V_PANEL]
                        outstanding = (
                            scalars[at.PANEL_AT] + panel * at.PANEL_COLUMNS + at.OUTSTANDING
                        )
                        if not cases[case, outstanding]:
                            heard(scalars, cases, heap, case, panel)
            if following == at.IDLE and scalars[at.WOKEN]:
                scalars[at.WOKEN] = 0
                following = at.LIFE
            scalars[at.TODO] = following

    return compiled(run, cached=cached)


engine = Compiled(lambda cached: _made(_version(), cached=cached))
"""The engine: `engine(rules, state)` works on until the run is over or something is missing, and says which."""


def _version() -> int:
    """Return a number that changes with the files the engine is compiled from: the cache looks at this file alone."""
    from hashlib import sha256
    from importlib.resources import files

    folder = files("duecourse.kernels")
    texts = sorted(
        (each.name, each.read_bytes()) for each in folder.iterdir() if each.name.endswith(".py")
    )
    digest = sha256(b"".join(text for _, text in texts)).digest()
    return int.from_bytes(digest[:7], "big") | 1
