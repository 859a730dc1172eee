"""One replication, compiled: the agenda worked off entry by entry, as `duecourse.simulations.process` does it.

Work is done in small steps, each of which takes at most one step of the procedure. Before each the engine sees to it
that there is room for whatever the step may write and that the rows it reads are known; otherwise it returns, and goes
on from the same place when it is called again.
"""

from __future__ import annotations

import numpy as np

from duecourse.kernels import layout as at
from duecourse.kernels.agenda import note, pop, push
from duecourse.kernels.arrivals import arrive
from duecourse.kernels.engines import engine
from duecourse.kernels.grid import given
from duecourse.kernels.life import STOP, live
from duecourse.kernels.staff import call, dispatch
from duecourse.kernels.standing import (
    enter,
    finish,
    heard,
    leave,
    letter_key,
    letter_place,
    opinion,
    resume,
    uniform_of,
)
from duecourse.kernels.statutory import append

FROM_LIFE, FROM_REPLY, FROM_INCIDENT, FROM_EXTENSION, FROM_LAPSE, FROM_DOCKET = range(6)


_taken = given(*engine.likes)


def run(address: int) -> int:
    """Work on until the run is over or something is missing, and say which; at the address stand rules and state."""
    rules, state = _taken(address)
    scalars, heap, cases, counts = state.scalars, state.heap, state.cases, state.counts
    log, desks, table, wishes = state.log, state.desks, rules.table, rules.wishes
    lines, entries, nodes = len(log), len(heap), len(state.nodes)
    quiet = scalars[at.QUIET]
    while True:
        if (
            (not quiet and scalars[at.LINES] + scalars[at.ROOM_LINES] > lines)
            or scalars[at.PENDING] + scalars[at.HELD_REPLIES] + scalars[at.ROOM_ENTRIES] > entries
            or scalars[at.NODES_USED] + scalars[at.ROOM_NODES] > nodes
        ):
            return at.ROOM
        if scalars[at.SEQUENCE] > at.MOST_ENTRIES - scalars[at.ROOM_ENTRIES]:
            return at.FULL
        doing = scalars[at.UNDER_WAY]
        now = scalars[at.NOW]
        if doing == at.IDLE:
            if scalars[at.PENDING] == 0 or scalars[at.UNFINISHED] == 0:
                return at.DONE
            pop(scalars, heap)
            scalars[at.WOKEN] = 0
            scalars[at.UNDER_WAY] = doing = at.EVENT
            now = scalars[at.NOW]
        case, load = scalars[at.CASE], scalars[at.PAYLOAD]
        move, subject, origin = at.NONE, 0, FROM_LIFE
        following = at.IDLE  # what is under way after this

        if doing == at.LIFE:
            move = live(rules, state, case)
            if move < at.NONE:
                return STOP - move
            following = scalars[at.FOLLOWING]

        elif doing == at.EVENT:
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
                    append(scalars, state.nodes, cases, case, at.HELD_FIRST, load, at.NOTHING)
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
                scalars[at.CASE] = arrive(rules, state, case)
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
            elif action == at.TAKE_UP:
                move = rules.openings[case, at.N_MOVE]
                subject = rules.openings[case, at.N_SUBJECT]
                origin, following = FROM_DOCKET, at.LIFE
            elif action == at.MEET:
                scalars[at.LEFT] = rules.rooms[load >> 32, at.R_AGENDA]
                following = at.MEETING_HELD

        elif doing == at.DISPATCHING:
            if dispatch(rules, state, case):
                following = at.DISPATCHING

        elif doing == at.LAPSING:
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
                        or day == at.NO_DAY
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
            if letter >= 0 and cases[case, at.WATCHED] >= 0:
                actor = rules.actors[cases[case, at.KIND], rules.moves[move, at.M_STEP]]
                word = letter_key(cases[case, at.WATCHED], letter, actor)
                if rules.letters[letter_place(rules.letters, word), 0] < 0:
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
                    outstanding = scalars[at.PANEL_AT] + panel * at.PANEL_COLUMNS + at.OUTSTANDING
                    if not cases[case, outstanding]:
                        heard(scalars, cases, heap, case, panel)
        if following == at.IDLE and scalars[at.WOKEN]:
            scalars[at.WOKEN] = 0
            following = at.LIFE
        scalars[at.UNDER_WAY] = following
