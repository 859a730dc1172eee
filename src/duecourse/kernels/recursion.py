"""The departure recursion: cases one pool visit at a time, without an agenda.

Where cases meet in first-come pools alone, all that one case does between two visits depends on nothing but its own random
numbers. So the visits are taken in the order in which they are asked for, (instant, case), each begins when a member is free
(Kiefer, Wolfowitz, "On the theory of queues with many servers", Transactions of the AMS 78, 1955, here with head-counts that
change), and what follows up to the case's next visit is done at once. The courses that cases may take are walked beforehand
(`duecourse.simulations.course`); every number is drawn with the key, and every duration rounded by the function, of the
agenda's engine, so that all instants are the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from duecourse.kernels import layout as at
from duecourse.kernels.agenda import on_grid
from duecourse.kernels.arrivals import class_of, next_arrival
from duecourse.kernels.compiling import part
from duecourse.kernels.courses import (
    ASKS,
    BUSY,
    COUNT,
    ENDS,
    GROUP,
    KEY,
    KIND,
    LAW,
    LINES,
    LOG,
    MEETS,
    NEXT,
    ODDS,
    OVER,
    PAUSE,
    PURPOSE,
    QUIET,
    TIMES,
    TOLD,
    VISIT,
    WAYS,
    WHEN,
    WHERE,
    WHOSE,
    A,
    B,
    C,
)
from duecourse.kernels.engines import recursion
from duecourse.kernels.grid import given
from duecourse.kernels.standing import lasting, root, uniform_of
from duecourse.kernels.statutory import later
from duecourse.kernels.visits import before, begins, put_off, rise, take_first

if TYPE_CHECKING:
    from duecourse.kernels.memory import Floats, Numbers

NEAR = 2.0**-40
"""Two numbers from which laws may, in their last bit, make durations of another order are nearer than this."""


@part
def tell(
    scalars: Numbers, lines: Numbers, time: int, who: int, what: int, more: int, order: int
) -> None:
    """Write a line."""
    line = scalars[at.LINES]
    scalars[at.LINES] = line + 1
    lines[line, at.TIME], lines[line, at.WHO] = time, who
    lines[line, at.WHAT], lines[line, at.MORE] = what, more
    lines[line, at.LOG_COLUMNS] = order


@part
def one_reply(
    voters: Numbers,
    odds: Floats,
    keys: Numbers,
    laws: Numbers,
    values: Floats,
    voter: int,
    member: int,
    count: int,
    key: Any,  # noqa: ANN401  (an unsigned number)
) -> int:
    """Return how long a member takes to reply in a round."""
    index = np.uint64(keys[voters[voter, at.V_KEYS] + member]) + np.uint64(count)
    law, late = voters[voter, at.V_LATENCY], voters[voter, at.V_LATE]
    if late >= 0 and odds[voter, 0] > 0:
        purpose = np.uint64(voters[voter, at.V_SILENCE_PURPOSE])
        if uniform_of(key, purpose, index) < odds[voter, 0]:
            law = late
    purpose = np.uint64(voters[voter, at.V_LATENCY_PURPOSE])
    return lasting(laws, values, law, uniform_of(key, purpose, index))


@part
def last_reply(
    voters: Numbers,
    odds: Floats,
    keys: Numbers,
    laws: Numbers,
    values: Floats,
    voter: int,
    asked: int,
    count: int,
    key: Any,  # noqa: ANN401  (an unsigned number)
) -> int:
    """Return how long the last of the members takes: a larger number never gives a shorter time."""
    first = voters[voter, at.V_KEYS]
    members = voters[voter, at.V_KEYS_END] - first
    alike = voters[voter, at.V_LATE] < 0 or odds[voter, 0] <= 0
    found, greatest, second = 0, 0.0, 0.0
    if alike:
        purpose = np.uint64(voters[voter, at.V_LATENCY_PURPOSE])
        for place in range(first + members - asked, first + members):
            u = uniform_of(key, purpose, np.uint64(keys[place]) + np.uint64(count))
            # without a jump that nobody can foresee, and without a thought for what is no number
            less = u if u < greatest else greatest  # noqa: FURB136
            second = less if less > second else second  # noqa: FURB136
            greatest = u if u > greatest else greatest  # noqa: FURB136
        found = lasting(laws, values, voters[voter, at.V_LATENCY], greatest)
    if not alike or second > greatest - NEAR:
        for member in range(members - asked, members):
            each = one_reply(voters, odds, keys, laws, values, voter, member, count, key)
            found = max(found, each)
    return found


@part
def _first(soon: Numbers, now: int) -> bool:
    """Return whether a case arrives before an instant."""
    for stream in range(len(soon)):
        if soon[stream] < now:
            return True
    return False


_taken = given(*recursion.likes)


def run(address: int) -> int:
    """Work on until the run is over or something is missing, and say which.

    At the address stand rules, state, course, how much is told, and the end of the warm-up in ticks.
    """
    rules, state, course, how, counted = _taken(address)
    scalars, visits, places = state.scalars, course.visits, course.places
    lines, soon, times = course.lines, course.soon, course.times
    voters, odds, keys = rules.voters, rules.voter_odds, rules.keys
    laws, values = rules.laws, rules.values
    last, most = scalars[at.END], scalars[at.ROOM_LINES]
    forth = NEXT if how != TIMES else QUIET
    node, case, now, order, key = -1, 0, 0, 0, np.uint64(0)
    visiting = False
    while True:
        if node < 0:
            # --- whatever comes first: an arrival, or the start of a visit
            if (how != TIMES and scalars[at.LINES] + most > len(lines)) or scalars[
                at.PENDING
            ] + 1 >= len(visits):
                return at.ROOM
            if scalars[at.CASES] == len(times):
                return at.ROOM
            stream = 0
            for other in range(1, len(soon)):
                if soon[other] < soon[stream]:
                    stream = other
            arrival = soon[stream] if len(soon) else last
            if scalars[at.PENDING] and visits[0, WHEN] < arrival:
                now, case = visits[0, WHEN], visits[0, WHOSE]
                node, key = visits[0, WHERE], np.uint64(visits[0, KEY])
                take_first(scalars, visits)
                visiting = True
            elif arrival >= last:
                return at.DONE
            else:
                case, now = scalars[at.CASES], arrival
                scalars[at.CASES] = case + 1
                name = np.uint64(rules.streams[stream, at.A_KEY])
                seed = np.uint64(scalars[at.SEED])
                replication = np.uint64(scalars[at.REPLICATION])
                count = state.streams[stream, at.X_COUNT]
                key = root(seed, replication, name + np.uint64(count))
                kind = class_of(rules, stream, key, count)
                state.streams[stream, at.X_COUNT] = count + 1
                following = root(seed, replication, name + np.uint64(count + 1))
                soon[stream] = next_arrival(rules, state, stream, following)
                times[case, 0], times[case, 1] = now, at.NONE
                order = at.ARRIVAL << 40 | stream
                node = course.starts[kind, forth - NEXT]
                if how != TIMES:
                    stage = rules.kinds[kind, at.K_STAGE]
                    what = stage | stage << 12
                    tell(scalars, lines, now, case * 16 + at.ARRIVED, what, kind, order)
        kind = places[node, KIND]
        if visiting:
            # --- the work begins as soon as a member is free
            visiting = False
            pool, task = places[node, A], places[node, B]
            u = uniform_of(key, np.uint64(places[node, PURPOSE]), np.uint64(places[node, COUNT]))
            effort = lasting(laws, values, places[node, LAW], u)
            pace = rules.paces[course.pools[pool, GROUP]]
            work = effort if pace == 1.0 else on_grid(effort / at.TICKS / pace)
            if work == 0 or effort >= 2**46:
                return at.ODD
            now = begins(course.pools, course.ends, course.changes, pool, now, last)
            if now < last:
                if how != TIMES:
                    what = places[node, C]
                    more = task | effort << 16
                    order = at.START << 40 | pool
                    tell(scalars, lines, now, case * 16 + at.STARTED, what, more, order)
                now += work
                rise(course.ends, pool, course.pools[pool, BUSY], now)
                course.pools[pool, BUSY] += 1
            if now < last:
                order = case
                if how != TIMES:
                    what = places[node, C]
                    tell(scalars, lines, now, case * 16 + at.FINISHED, what, task, order)
                node = places[node, forth]
            else:
                node = at.NONE
        elif kind == TOLD:
            tell(scalars, lines, now, case * 16 + at.STEP, places[node, A], at.NOTHING, order)
            node = places[node, NEXT]
        elif kind == VISIT:
            if how != TIMES:
                what, more = places[node, C], places[node, B]
                tell(scalars, lines, now, case * 16 + at.ASKED, what, more, order)
            if (scalars[at.PENDING] and before(visits, 0, now, case)) or _first(soon, now):
                put_off(scalars, visits, now, case, node, int(np.int64(key)))
                node = at.NONE
            else:
                visiting = True
        elif kind == PAUSE:
            u = uniform_of(key, np.uint64(places[node, PURPOSE]), np.uint64(places[node, COUNT]))
            then = lasting(laws, values, places[node, LAW], u)
            if places[node, A]:
                then = later(rules.days, rules.working, scalars[at.BASE], now, then)
            else:
                then += now
            if then > now:
                order = case
            elif how == LOG and order >> 40 != at.COMPLETE:
                return at.ODD
            now = max(now, then)
            node = places[node, forth] if now < last else at.NONE
        elif kind == ODDS:
            u = uniform_of(key, np.uint64(places[node, PURPOSE]), np.uint64(places[node, COUNT]))
            if u < rules.odds[places[node, A]]:
                node = places[node, forth]
            else:
                node = places[node, B + forth - NEXT]
        elif kind == WAYS:
            u = uniform_of(key, np.uint64(places[node, PURPOSE]), np.uint64(places[node, COUNT]))
            way, end = places[node, A], places[node, B]
            while way < end - 1 and u >= course.shares[way]:
                way += 1
            node = course.ways[way, forth - NEXT]
        elif kind == MEETS:
            # a meeting takes who came before it, so a case that comes to it at its instant must come in time
            room = places[node, A]
            meeting, end = rules.rooms[room, at.R_FIRST], rules.rooms[room, at.R_LAST]
            since = now if order >> 40 == at.COMPLETE else now + 1
            low, high = meeting, end
            while low < high:
                middle = (low + high) >> 1
                if rules.meetings[middle] * at.TICKS < since:
                    low = middle + 1
                else:
                    high = middle
            order = at.MEETING << 40 | case
            node = places[node, forth] if low < end else at.NONE
            if low < end:
                now = rules.meetings[low] * at.TICKS
        elif kind == ASKS:
            over = now
            for each in range(places[node, A], places[node, B]):
                voter, asked = course.asked[each, 0], course.asked[each, 1]
                count = places[node, COUNT]
                if how != LOG:
                    time = now + last_reply(
                        voters, odds, keys, laws, values, voter, asked, count, key
                    )
                    over = max(over, time)
                if how == TIMES:
                    continue
                # one by one where each is told, or where some lie beyond what is counted
                members = voters[voter, at.V_KEYS_END] - voters[voter, at.V_KEYS]
                step = voters[voter, at.V_SUPPORT]
                if how == LINES and over < last and (now >= counted or over < counted):
                    course.untold[step, int(now >= counted)] += asked
                    continue
                for member in range(members - asked, members):
                    time = now + one_reply(
                        voters, odds, keys, laws, values, voter, member, count, key
                    )
                    over = max(over, time)
                    if how == LOG and time == now and order >> 40 != at.COMPLETE:
                        return at.ODD
                    if how == LOG and time < last:
                        who, what = case * 16 + at.STEP, places[node, C] | step << 24
                        more = (1 + scalars[at.CLOCKS] + voter) | member << 16
                        tell(scalars, lines, time, who, what, more, case)
                    elif time < last:
                        course.untold[step, int(time >= counted)] += 1
            if over > now:
                order = case
            now = over
            node = places[node, forth] if now < last else at.NONE
        elif kind == OVER:
            times[case, 1] = now
            node = places[node, forth]
            if places[node, KIND] == ENDS:
                node = at.NONE
        else:
            node = at.NONE
