"""The cases of the compiled engine: the steps they take, the panels that reply, what ends where a step leads elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels import chance
from duecourse.kernels import layout as at
from duecourse.kernels.agenda import note, on_grid, push
from duecourse.kernels.compiling import part, placed, shared
from duecourse.kernels.staff import call, due_moved, leave_hands, place_of, release, take_out
from duecourse.kernels.statutory import later, move_clocks

if TYPE_CHECKING:
    from duecourse.kernels.memory import Floats, Narrow, Numbers, Rules, State

_compiled = shared(
    vars(chance),
    ("mix", "root", "uniform_of", "ratio", "normal_quantile", "between", "triangular", "quantile"),
)
root, uniform_of, quantile = (
    _compiled["root"],
    _compiled["uniform_of"],
    _compiled["quantile"],
)
between, normal_quantile = _compiled["between"], _compiled["normal_quantile"]


@part
def draw(cases: Numbers, counts: Narrow, case: int, purpose: int, place: int) -> float:
    """Return the number for a purpose; each time the case asks for it, another."""
    count = counts[case, place]
    counts[case, place] = count + 1
    key = np.uint64(cases[case, at.KEY])
    return float(uniform_of(key, np.uint64(purpose), np.uint64(count)))


@part
def lasting(laws: Numbers, values: Floats, law: int, u: float) -> int:
    """Return the quantile of a law in ticks."""
    first, count = laws[law, at.L_FIRST], laws[law, at.L_COUNT]
    return on_grid(quantile(laws[law, at.L_KIND], values, first, count, u))


@part
def variate(rules: Rules, law: int, u: float) -> int:
    """Return the quantile of a law in ticks."""
    return lasting(rules.laws, rules.values, law, u)


@part
def soonest(scalars: Numbers, cases: Numbers, case: int) -> int:
    """Return when somebody can act next: now, or the next day where a lapse has closed this one."""
    now = scalars[at.NOW]
    return int(now + (cases[case, at.LAST_LAPSE] == now))


@part
def due_after(
    scalars: Numbers,
    cases: Numbers,
    days: Numbers,
    working: Numbers,
    case: int,
    delay: int,
    calendar: int,
) -> int:
    """Return when something is due that happens after a delay, in working days or in calendar days."""
    now = scalars[at.NOW]
    time = later(days, working, scalars[at.BASE], now, delay) if calendar else now + delay
    return max(time, soonest(scalars, cases, case))


@part
def resume(scalars: Numbers, cases: Numbers, heap: Numbers, case: int, token: int) -> None:
    """Wake a case as soon as somebody can act, unless it has gone on meanwhile."""
    if token != cases[case, at.TOKEN] or not cases[case, at.AWAKE]:
        return
    time = soonest(scalars, cases, case)
    if time > scalars[at.NOW]:
        push(scalars, heap, time, at.COMPLETE, case, at.AWAKEN, token)
    else:
        cases[case, at.TOKEN] += 1
        cases[case, at.AWAKE] = 0
        scalars[at.WOKEN] = 1


@part
def heard(scalars: Numbers, cases: Numbers, heap: Numbers, case: int, panel: int) -> None:
    """Let a case go on if this is the panel that it waits for."""
    if cases[case, at.LISTENING] == panel:
        cases[case, at.LISTENING] = at.NONE
        resume(scalars, cases, heap, case, cases[case, at.TOKEN])


@placed
def opinion(rules: Rules, state: State, case: int, payload: int) -> int:
    """Return the step that a member takes who replies now; NO_STEP where there is none for what it says."""
    voter, member, count = payload >> 45, (payload >> 29) & 0xFFFF, payload & (2**29 - 1)
    key, voters = np.uint64(state.cases[case, at.KEY]), rules.voters
    shared_purpose = np.uint64(voters[voter, at.V_PROPENSITY_PURPOSE])
    own_purpose = np.uint64(voters[voter, at.V_VOTE_PURPOSE])
    name = np.uint64(rules.keys[voters[voter, at.V_KEYS] + member])
    persistence, constant = rules.voter_odds[voter, 2], rules.voter_odds[voter, 3]
    if constant == 0 and persistence < 0 and voters[voter, at.V_NEUTRAL] == at.NONE:
        return int(voters[voter, at.V_SUPPORT])  # whatever is drawn
    step, objection = at.NONE, voters[voter, at.V_OBJECTION]
    remembers = persistence >= 0 and case < len(rules.openings)
    for number in range(1 if persistence >= 0 else count, count + 1):
        then = voter
        if remembers and number < count:
            then = asked_then(rules, case, voter, number)
            constant = rules.voter_odds[then, 3]
        elif remembers:
            constant = rules.voter_odds[voter, 3]
        if constant >= 0:
            propensity = constant
        else:
            u = uniform_of(key, shared_purpose, np.uint64(number))
            table, size = voters[then, at.V_PROPENSITY], voters[then, at.V_PROPENSITY_SIZE]
            propensity = between(rules.values, table, size, normal_quantile(u))
        if persistence >= 0 and number > 1 and step == objection:
            propensity = persistence
        own = uniform_of(key, own_purpose, name + np.uint64(number))
        neutral = propensity + (1 - propensity) * rules.voter_odds[voter, 1]
        if own < propensity:
            step = objection
        elif own < neutral and voters[voter, at.V_NEUTRAL] != at.NONE:
            step = voters[voter, at.V_NEUTRAL]
        else:
            step = voters[voter, at.V_SUPPORT]
        if remembers and number < count:
            known = objected_then(rules, case, voter, member, number)
            if known != at.NONE:
                step = objection if known == 1 else at.NONE
    return step


@part
def asked_then(rules: Rules, case: int, voter: int, number: int) -> int:
    """Return the class of members as it was asked in an earlier round of a case with which the run began."""
    said, field = rules.said, rules.voters[voter, at.V_FIELD]
    for each in range(rules.openings[case, at.N_SAID], rules.openings[case, at.N_SAID_END]):
        if (
            said[each, at.B_MEMBER] == at.NONE
            and said[each, at.B_FIELD] == field
            and number <= said[each, at.B_ROUND]
        ):
            return int(said[each, at.B_WHAT])
    return voter


@part
def objected_then(rules: Rules, case: int, voter: int, member: int, number: int) -> int:
    """Return whether a member is known to have objected in a round before the run; NONE where that is not known."""
    said, field = rules.said, rules.voters[voter, at.V_FIELD]
    for each in range(rules.openings[case, at.N_SAID], rules.openings[case, at.N_SAID_END]):
        if (
            said[each, at.B_MEMBER] == member
            and said[each, at.B_FIELD] == field
            and said[each, at.B_ROUND] == number
        ):
            return int(said[each, at.B_WHAT])
    return at.NONE


@placed
def ask(rules: Rules, state: State, case: int, panel: int, again: int) -> None:
    """Ask the members of a panel; when each of them replies is settled by chance.

    From the class of members `again` on, those of an open round who have not replied are asked again; NONE for a new round.
    """
    scalars, cases = state.scalars, state.cases
    block = scalars[at.PANEL_AT] + panel * at.PANEL_COLUMNS
    kind = cases[case, at.KIND]
    start, last = rules.panels[kind, panel, 0], rules.panels[kind, panel, 1]
    if again >= 0:
        start, last = again, again + last - start
    else:
        cases[case, block + at.ROUND] += 1
        cases[case, block + at.OUTSTANDING] = 0
    count = cases[case, block + at.ROUND]
    key = np.uint64(cases[case, at.KEY])
    row = cases[case, at.CONFIGURATION]
    fields = 1 + scalars[at.STEPS] + scalars[at.CLOCKS]
    voters, earliest = rules.voters, soonest(scalars, cases, case)
    for voter in range(start, last):
        first = voters[voter, at.V_KEYS]
        # The first of the names may be left out, so that the others keep their numbers.
        place, end = voters[voter, at.V_ASKED], voters[voter, at.V_ASKED_END]
        if again < 0:
            asked = rules.table[row, fields + voters[voter, at.V_FIELD]]
            cases[case, block + at.OUTSTANDING] += asked
            end = voters[voter, at.V_KEYS_END] - first
            place = end - asked
        for each in range(place, end):
            member = rules.asked[each] if again >= 0 else each
            index = np.uint64(rules.keys[first + member]) + np.uint64(count)
            law, late = voters[voter, at.V_LATENCY], voters[voter, at.V_LATE]
            effort = voters[voter, at.V_EFFORT]
            if late >= 0 and rules.voter_odds[voter, 0] > 0:
                purpose = np.uint64(voters[voter, at.V_SILENCE_PURPOSE])
                if uniform_of(key, purpose, index) < rules.voter_odds[voter, 0]:
                    law, effort = late, at.NONE
            purpose = np.uint64(voters[voter, at.V_LATENCY_PURPOSE])
            delay = variate(rules, law, uniform_of(key, purpose, index))
            if effort >= 0:
                purpose = np.uint64(voters[voter, at.V_EFFORT_PURPOSE])
                line, now = rules.lines[first + member], scalars[at.NOW]
                done = max(state.in_line[line], now)
                done += variate(rules, effort, uniform_of(key, purpose, index))
                state.in_line[line] = done
                delay += done - now
            time = max(scalars[at.NOW] + delay, earliest)
            load = (voter << 45) | (member << 29) | count
            push(scalars, state.heap, time, at.COMPLETE, case, at.REPLY, load)


@placed
def move_panels(rules: Rules, state: State, case: int, move: int) -> None:
    """Do what a step does to panels."""
    scalars, cases, heap = state.scalars, state.cases, state.heap
    first, last = rules.moves[move, at.M_FIRST], rules.moves[move, at.M_LAST]
    if rules.moves[move, at.M_ENDS]:
        for panel in range(scalars[at.PANELS]):
            cases[case, scalars[at.PANEL_AT] + panel * at.PANEL_COLUMNS + at.OUTSTANDING] = 0
            heard(scalars, cases, heap, case, panel)
    else:
        for op in range(first, last):
            if rules.ops[op, at.O_KIND] == at.OP_CLOSE:
                panel = rules.ops[op, at.O_NAME]
                cases[case, scalars[at.PANEL_AT] + panel * at.PANEL_COLUMNS + at.OUTSTANDING] = 0
                heard(scalars, cases, heap, case, panel)
    for op in range(first, last):
        if rules.ops[op, at.O_KIND] == at.OP_OPEN or rules.ops[op, at.O_KIND] == at.OP_ASK:
            ask(rules, state, case, rules.ops[op, at.O_NAME], rules.ops[op, at.O_BY])
    if rules.moves[move, at.M_RESUMES]:
        nodes, node = state.nodes, cases[case, at.HELD_FIRST]
        time = soonest(scalars, cases, case)
        while node >= 0:
            push(scalars, heap, time, at.COMPLETE, case, at.REPLY, nodes[node, 0])
            following = nodes[node, 2]
            nodes[node, 2] = scalars[at.FREE_NODE]
            scalars[at.FREE_NODE] = node
            scalars[at.NODES_USED] -= 1
            scalars[at.HELD_REPLIES] -= 1
            node = following
        cases[case, at.HELD_FIRST] = at.NONE


@part
def letter_place(letters: Numbers, key: int) -> int:
    """Return where the next state of the monitors stands for a state and a letter, or should stand."""
    size = len(letters) - 1
    place = np.int64((np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32)) & size
    while letters[place, 0] != key and letters[place, 0] != at.NONE:
        place = (place + 1) & size
    return int(place)


@part
def letter_key(watched: int, letter: int, actor: int) -> int:
    """Return the key of a state of the monitors, a letter and an actor."""
    return (watched << 36) | (letter << 12) | actor


@placed
def enter(rules: Rules, state: State, case: int, move: int, subject: int) -> int:
    """Do everything that a step does: to the configuration, the clocks, the panels, the log; return how to go on."""
    scalars, cases, moves = state.scalars, state.cases, rules.moves
    step, stage = moves[move, at.M_STEP], moves[move, at.M_STAGE]
    was = cases[case, at.STAGE]
    cases[case, at.CONFIGURATION] = moves[move, at.M_TARGET]
    cases[case, at.STAGE] = stage
    line = moves[move, at.M_LINE]
    note(scalars, state.log, case, line, was | stage << 12 | step << 24, subject)
    status = at.DONE
    if moves[move, at.M_LETTER] >= 0 and cases[case, at.WATCHED] >= 0:
        actor = rules.actors[cases[case, at.KIND], step]
        key = letter_key(cases[case, at.WATCHED], moves[move, at.M_LETTER], actor)
        found = rules.letters[letter_place(rules.letters, key), 1]
        cases[case, at.WATCHED] = found >> 1
        if found & 1:
            status = at.VIOLATED
    if moves[move, at.M_ENDS]:
        cases[case, at.OVER] = 1
        if case < scalars[at.FOLLOWED]:
            scalars[at.UNFINISHED] -= 1
    if moves[move, at.M_TIMED]:
        earliest = soonest(scalars, cases, case)
        status = max(status, move_clocks(rules, state, case, move, earliest))
        due_moved(rules, state, case)
    if stage != was and cases[case, at.CARRIED]:
        leave_hands(rules, state, case)
    if moves[move, at.M_PANELS]:
        move_panels(rules, state, case, move)
    return status


@part
def finish(rules: Rules, state: State, case: int) -> None:
    """Set free the members who did the job of a case, or take it out of the queue."""
    scalars, cases, desks, queue = state.scalars, state.cases, state.desks, state.queue
    task, pools, busy = cases[case, at.JOB_TASK], rules.pools, state.busy
    desk = rules.tasks[task, at.T_POOL]
    if cases[case, at.JOB_STARTED]:
        members = scalars[at.MEMBER_AT]
        release(cases, desks, state.working, pools, busy, members, desk, case)
    else:
        rank, asked = rules.tasks[task, at.T_PLACE], cases[case, at.JOB_ASKED]
        place = place_of(desks, queue, desk, rank, cases[case, at.JOB_DUE], asked, case)
        take_out(desks, queue, desk, place)
    cases[case, at.JOB] = 0
    call(scalars, state.heap, desks, pools, state.there, busy, desk)


@placed
def leave(rules: Rules, state: State, case: int) -> None:
    """End what a case was doing in the stage that it has left, and let it begin with the next as soon as it can."""
    scalars, cases, heap = state.scalars, state.cases, state.heap
    cases[case, at.TOKEN] += 1
    cases[case, at.AWAKE] = 0
    cases[case, at.LISTENING] = at.NONE
    if cases[case, at.JOB]:
        task, stage = cases[case, at.JOB_TASK], cases[case, at.STAGE]
        note(scalars, state.log, case, at.DROPPED, stage | stage << 12, task)
        finish(rules, state, case)
    cases[case, at.MEETING_ROOM] = at.NONE
    cases[case, at.PLACE] = at.NONE
    time = soonest(scalars, cases, case)
    if time > scalars[at.NOW]:
        scalars[at.WOKEN] = 0
        push(scalars, heap, time, at.COMPLETE, case, at.GO_ON, cases[case, at.TOKEN])
    else:
        cases[case, at.TOKEN] += 1
        cases[case, at.MODE] = at.ENTER
        scalars[at.WOKEN] = 1
