"""When cases of the compiled engine arrive, and of which class: as `duecourse.simulations.streams` has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels import layout as at
from duecourse.kernels.agenda import note, on_grid, push
from duecourse.kernels.compiling import placed
from duecourse.kernels.standing import root, uniform_of, variate

if TYPE_CHECKING:
    from duecourse.kernels.memory import Rules, State


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
    return int(way)


@placed
def next_arrival(rules: Rules, state: State, stream: int, key: int) -> int:
    """Return when the next case of a stream arrives; after every run if it never does."""
    streams, gap = state.streams, rules.streams[stream, at.A_GAP]
    if gap < 0:
        known = rules.streams[stream, at.A_KNOWN] + streams[stream, at.X_COUNT]
        if known >= rules.streams[stream, at.A_KNOWN_END]:
            return at.NEVER
        return int(rules.known[known, 0]) * at.TICKS
    u = uniform_of(key, np.uint64(state.scalars[at.ARRIVAL_PURPOSE]), np.uint64(0))
    streams[stream, at.X_INNER] += variate(rules, gap, u)
    days, first = rules.streams[stream, at.A_DAYS], rules.streams[stream, at.A_WEIGHTS]
    if days == 0:
        return int(streams[stream, at.X_INNER])
    inner, day = streams[stream, at.X_INNER] / at.TICKS, streams[stream, at.X_DAY]
    while day < days and rules.weights[first + day + 1, 1] <= inner:
        day += 1
    streams[stream, at.X_DAY] = day
    if day == days:
        return at.NEVER
    return on_grid(day + (inner - rules.weights[first + day, 1]) / rules.weights[first + day, 0])


@placed
def arrive(rules: Rules, state: State, stream: int) -> int:
    """Let the next case of a stream arrive, and announce the one after it; return its number."""
    scalars, cases, counts = state.scalars, state.cases, state.counts
    number = scalars[at.CASES]
    scalars[at.CASES] = number + 1
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
    note(scalars, state.log, number, at.ARRIVED, stage | stage << 12, kind)
    state.streams[stream, at.X_COUNT] = count + 1
    key = root(seed, replication, name + np.uint64(count + 1))
    time = next_arrival(rules, state, stream, key)
    push(scalars, state.heap, time, at.ARRIVAL, stream, at.ARRIVE, at.NOTHING)
    return int(number)
