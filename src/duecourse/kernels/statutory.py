"""The statutory time of the cases of the compiled engine: clocks, suspensions and extensions on the calendar.

The rules are those of `duecourse.model.clocks` and `duecourse.simulations.clocks`, word by word; a day is its number in the calendar.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.kernels import layout as at
from duecourse.kernels.agenda import note, push
from duecourse.kernels.compiling import part, placed

if TYPE_CHECKING:
    from duecourse.kernels.memory import Numbers, Rules, State

BEYOND = -2
"""A day after the end of the calendar."""


@part
def span_end(
    spans: Numbers,
    days: Numbers,
    working: Numbers,
    months: Numbers,
    start: int,
    span: int,
    first: int,
) -> int:
    """Return the last day of a span; `first` is 1 where its first day counts."""
    count, unit = spans[span, at.S_COUNT], spans[span, at.S_UNIT]
    if count == 0:
        return start
    if unit == at.WORKING_DAY:
        index = days[start, at.D_INDEX] - (first & days[start, at.D_WORKED]) + count - 1
        return working[index] if index < len(working) else BEYOND
    if unit == at.CALENDAR_DAY:
        day = start + count - first
    else:
        month = days[start, at.D_MONTH] + count
        if month >= len(months):
            return BEYOND
        day = months[month, 0] + min(days[start, at.D_OF_MONTH], months[month, 1]) - 1 - first
    return day if 0 <= day < len(days) else BEYOND


@part
def rolled(days: Numbers, working: Numbers, day: int) -> int:
    """Return a day if it is worked, else the next working day."""
    if day < 0 or days[day, at.D_WORKED]:
        return day
    index = days[day, at.D_INDEX]
    return working[index] if index < len(working) else BEYOND


@part
def due_on(
    cases: Numbers,
    nodes: Numbers,
    clocks: Numbers,
    spans: Numbers,
    days: Numbers,
    working: Numbers,
    months: Numbers,
    case: int,
    block: int,
    clock: int,
    first: int,
) -> int:
    """Return the due day of a run; NONE while it is suspended or has no limit, BEYOND after the calendar."""
    if cases[case, block + at.UNLIMITED]:
        return at.NONE
    limit = clocks[clock, at.C_LIMIT]
    counted = spans[limit, at.S_UNIT] == at.WORKING_DAY
    day = span_end(spans, days, working, months, cases[case, block + at.BEGAN], limit, first)
    node = cases[case, block + at.FIRST_EXTENSION]
    while node >= 0 and day >= 0:
        day = span_end(spans, days, working, months, day, nodes[node, 0], at.NOTHING)
        node = nodes[node, 2]
    if day < 0:
        return BEYOND
    last = day if counted else rolled(days, working, day)
    node = cases[case, block + at.FIRST_PAUSE]
    while node >= 0:
        if last < 0:
            return BEYOND
        began, over = nodes[node, 0], nodes[node, 1]
        if began <= last:
            if counted:
                lost = days[over, at.D_INDEX] - days[began, at.D_INDEX]
                if lost > 0:
                    index = days[day, at.D_INDEX] + lost - 1
                    if index >= len(working):
                        return BEYOND
                    day = working[index]
            else:
                day += over - began
                if day >= len(days):
                    return BEYOND
            day = max(day, over)
            last = day if counted else rolled(days, working, day)
        node = nodes[node, 2]
    since = cases[case, block + at.STOPPED_SINCE]
    if last < 0:
        return BEYOND
    return last if since < 0 or since > last else at.NONE


@part
def new_node(scalars: Numbers, nodes: Numbers, a: int, b: int) -> int:
    """Return a node of a list; there is room for it."""
    scalars[at.NODES_USED] += 1
    node = scalars[at.FREE_NODE]
    if node >= 0:
        scalars[at.FREE_NODE] = nodes[node, 2]
    else:
        node = scalars[at.NODES]
        scalars[at.NODES] = node + 1
    nodes[node, 0], nodes[node, 1], nodes[node, 2] = a, b, at.NONE
    return int(node)


@part
def append(
    scalars: Numbers, nodes: Numbers, cases: Numbers, case: int, first: int, a: int, b: int
) -> None:
    """Add a node to the list whose ends stand in the columns `first` and `first + 1` of a case."""
    node = new_node(scalars, nodes, a, b)
    if cases[case, first] < 0:
        cases[case, first] = node
    else:
        nodes[cases[case, first + 1], 2] = node
    cases[case, first + 1] = node


@part
def forget(scalars: Numbers, nodes: Numbers, cases: Numbers, case: int, first: int) -> None:
    """Set the nodes of a list free."""
    node = cases[case, first]
    while node >= 0:
        later = nodes[node, 2]
        nodes[node, 2] = scalars[at.FREE_NODE]
        scalars[at.FREE_NODE] = node
        scalars[at.NODES_USED] -= 1
        node = later
    cases[case, first] = at.NONE


@part
def later(days: Numbers, working: Numbers, base: int, now: int, delay: int) -> int:
    """Return the instant so many ticks of calendar days later; one on a day off moves to the next morning.

    Beyond the calendar it is after the end of every run.
    """
    reached = now % at.TICKS + delay
    on = working[base + now // at.TICKS - 1] + reached // at.TICKS
    if on >= len(days):
        return 2**62
    if days[on, at.D_WORKED]:
        return int(days[on, at.D_INDEX] - base) * at.TICKS + reached % at.TICKS
    index = days[on, at.D_INDEX]
    return (index + 1 - base) * at.TICKS if index < len(working) else 2**62


@placed
def stop_clock(rules: Rules, state: State, case: int, clock: int, day: int) -> int:
    """End the run of a clock and write it into the log; return how the engine must go on."""
    scalars, cases, nodes = state.scalars, state.cases, state.nodes
    block = scalars[at.CLOCK_AT] + clock * at.CLOCK_COLUMNS
    count = cases[case, at.RUNNING]
    place = 0
    while cases[case, at.CASE_COLUMNS + place] != clock:
        place += 1
    while place + 1 < count:
        cases[case, at.CASE_COLUMNS + place] = cases[case, at.CASE_COLUMNS + place + 1]
        place += 1
    cases[case, at.RUNNING] = count - 1
    breach = cases[case, block + at.BREACHED]
    over = 0
    status = at.DONE
    if breach:
        since = cases[case, block + at.STOPPED_SINCE]
        if since >= 0:
            append(scalars, nodes, cases, case, block + at.FIRST_PAUSE, since, day)
            cases[case, block + at.STOPPED_SINCE] = at.NONE
        due = due_on(
            cases,
            nodes,
            rules.clocks,
            rules.spans,
            rules.days,
            rules.working,
            rules.months,
            case,
            block,
            clock,
            scalars[at.FIRST_DAY],
        )
        if due == BEYOND:
            status = at.ODD
        elif due >= 0:
            days = rules.days
            over = max(days[day, at.D_INDEX] - days[due, at.D_INDEX], 0)
            node = cases[case, block + at.FIRST_PAUSE]
            while node >= 0:
                if nodes[node, 0] > due:
                    over -= days[nodes[node, 1], at.D_INDEX] - days[nodes[node, 0], at.D_INDEX]
                node = nodes[node, 2]
    stage = cases[case, at.STAGE]
    what = stage | stage << 12 | breach << 40
    note(scalars, state.log, case, at.STOPPED, what, clock | over << 16)
    forget(scalars, nodes, cases, case, block + at.FIRST_PAUSE)
    forget(scalars, nodes, cases, case, block + at.FIRST_EXTENSION)
    cases[case, block + at.RUNS] = 0
    cases[case, block + at.BREACHED] = 0
    cases[case, block + at.DUE] = at.NO_DAY
    return status


@placed
def settle(rules: Rules, state: State, case: int, day: int) -> None:
    """Stop and resume the running clocks as the suspensions under way demand; overlaps count once."""
    cases = state.cases
    for place in range(cases[case, at.RUNNING]):
        clock = cases[case, at.CASE_COLUMNS + place]
        block = state.scalars[at.CLOCK_AT] + clock * at.CLOCK_COLUMNS
        stopped = cases[case, at.ACTIVE] & rules.clocks[clock, at.C_STOPPED_BY]
        since = cases[case, block + at.STOPPED_SINCE]
        if stopped and since < 0:
            cases[case, block + at.STOPPED_SINCE] = day
        elif not stopped and since >= 0:
            cases[case, block + at.STOPPED_SINCE] = at.NONE
            append(state.scalars, state.nodes, cases, case, block + at.FIRST_PAUSE, since, day)


@placed
def announce(rules: Rules, state: State, case: int, soonest: int) -> None:
    """Put the lapses of the running clocks on the agenda, and the days on which extensions are thought of."""
    scalars, cases, heap = state.scalars, state.cases, state.heap
    now, base = scalars[at.NOW], scalars[at.BASE]
    for place in range(cases[case, at.RUNNING]):
        clock = cases[case, at.CASE_COLUMNS + place]
        block = scalars[at.CLOCK_AT] + clock * at.CLOCK_COLUMNS
        due = due_on(
            cases,
            state.nodes,
            rules.clocks,
            rules.spans,
            rules.days,
            rules.working,
            rules.months,
            case,
            block,
            clock,
            scalars[at.FIRST_DAY],
        )
        if due < 0:
            cases[case, block + at.DUE] = at.NO_DAY
            continue
        due = rules.days[due, at.D_INDEX] - base
        if due == cases[case, block + at.DUE]:
            continue
        cases[case, block + at.DUE] = due
        kind = cases[case, at.KIND]
        for wish in range(rules.extensions[kind, clock, 0], rules.extensions[kind, clock, 1]):
            before = rules.wishes[wish, at.W_DAYS_BEFORE]
            if due < 0 or (due < before and cases[case, at.MODE] == at.TAKEN_UP):
                continue  # over, or thought of before the run
            time = max((due - before) * at.TICKS, soonest)
            load = (wish << 42) | (clock << 30) | due
            push(scalars, heap, time, at.COMPLETE, case, at.EXTEND, load)
        time = max((due + 1) * at.TICKS - 1, now)
        push(scalars, heap, time, at.LAPSE_PHASE, case, at.LAPSE, due << 12 | clock)


@placed
def move_clocks(rules: Rules, state: State, case: int, move: int, soonest: int) -> int:
    """Do what a step does to clocks and suspensions, and announce what follows; return how to go on."""
    scalars, cases = state.scalars, state.cases
    day = rules.working[scalars[at.BASE] + scalars[at.NOW] // at.TICKS - 1]
    op, last = rules.moves[move, at.M_FIRST], rules.moves[move, at.M_LAST]
    ends = rules.moves[move, at.M_ENDS]
    status = at.DONE
    while True:
        stopped, started, changed = at.NONE, at.NONE, False
        if op < last:
            kind, name = rules.ops[op, at.O_KIND], rules.ops[op, at.O_NAME]
            block = scalars[at.CLOCK_AT] + name * at.CLOCK_COLUMNS
            if kind in (at.OP_STOP, at.OP_START):
                if cases[case, block + at.RUNS]:
                    stopped = name
                if kind == at.OP_START:
                    started = name
            elif kind == at.OP_EXTEND:
                if cases[case, block + at.RUNS]:
                    by = rules.ops[op, at.O_BY]
                    if by < 0:
                        cases[case, block + at.UNLIMITED] = 1
                    else:
                        append(
                            scalars,
                            state.nodes,
                            cases,
                            case,
                            block + at.FIRST_EXTENSION,
                            by,
                            at.NOTHING,
                        )
            elif kind == at.OP_BEGIN:
                changed = not (cases[case, at.ACTIVE] >> name) & 1
                cases[case, at.ACTIVE] |= 1 << name
            elif kind == at.OP_END:
                changed = (cases[case, at.ACTIVE] >> name) & 1 == 1
                cases[case, at.ACTIVE] &= ~(1 << name)
        elif ends and cases[case, at.RUNNING]:
            cases[case, at.ACTIVE] = 0
            stopped = cases[case, at.CASE_COLUMNS]
        else:
            break
        if stopped >= 0:
            status = max(status, stop_clock(rules, state, case, stopped, day))
        if started >= 0:
            block = scalars[at.CLOCK_AT] + started * at.CLOCK_COLUMNS
            cases[case, at.CASE_COLUMNS + cases[case, at.RUNNING]] = started
            cases[case, at.RUNNING] += 1
            cases[case, block + at.RUNS] = 1
            cases[case, block + at.BEGAN] = day
            cases[case, block + at.UNLIMITED] = 0
            cases[case, block + at.HAS_LAPSED] = 0
            held = cases[case, at.ACTIVE] & rules.clocks[started, at.C_STOPPED_BY]
            cases[case, block + at.STOPPED_SINCE] = day if held else at.NONE
        if changed:
            settle(rules, state, case, day)
        op += 1
    if ends:
        cases[case, at.ACTIVE] = 0
    announce(rules, state, case, soonest)
    return status
