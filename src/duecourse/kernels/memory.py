"""The arrays of the compiled engine; what stands where in them is told in `duecourse.kernels.layout`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Narrow = NDArray[np.int32]
    Floats = NDArray[np.float64]


class Rules(NamedTuple):
    """A plan in numbers; nothing here changes while the engine runs.

    Attributes:
        table: for each configuration whether its row is known, then the move of each step, the move of the lapse of
            each clock, and how many members of each class are outstanding.
        moves, ops: what a move does.
        letters: a hash table from (state of the monitors, letter of a move, actor) to the next state.
        kinds, stages: the classes of cases; for (kind, stage) its first task and the one after its last.
        tasks, odds: activities, and how likely they are.
        lists, shares: lists of steps, and the probabilities up to each.
        wishes, wish_odds, extensions: incidents and extensions; for (kind, clock) the first and the one after the last.
        voters, voter_odds, panels, keys, lines: classes of members; silence, the share of the neutral, persistence,
            the propensity where it is the same for all cases (below 0: not so); for (kind, panel) the first and the one after the last; what names members to chance; the member
            behind each key.
        laws, values: distributions.
        actors: for (kind, step) who takes it.
        clocks, spans: limits and extensions.
        days, working, months: for each day its working-day index, whether it is worked, its month and day; the
            working days in order; for each month its first day and its length.
        pools, paces, able, sizes: pools; of each group the share of full time; for (skill, group) whether it has it;
            the head-counts of all groups, where one changes.
        rooms, meetings: bodies, and the days on which they meet.
        streams, weights, known, forks, ends, ways: arrivals; the weights and the inner time of days; the days and classes of
            known arrivals; draws among classes.
        openings, said, asked: the cases with which a run begins; how their members replied; who is asked again.
        blank: a case before it arrives.
    """

    table: Narrow
    moves: Numbers
    ops: Numbers
    letters: Numbers
    kinds: Numbers
    stages: Numbers
    tasks: Numbers
    odds: Floats
    lists: Numbers
    shares: Floats
    wishes: Numbers
    wish_odds: Floats
    extensions: Numbers
    voters: Numbers
    voter_odds: Floats
    panels: Numbers
    keys: Numbers
    lines: Numbers
    laws: Numbers
    values: Floats
    actors: Numbers
    clocks: Numbers
    spans: Numbers
    days: Numbers
    working: Numbers
    months: Numbers
    pools: Numbers
    paces: Floats
    able: Numbers
    sizes: Numbers
    rooms: Numbers
    meetings: Numbers
    streams: Numbers
    weights: Floats
    known: Numbers
    forks: Numbers
    ends: Floats
    ways: Numbers
    openings: Numbers
    said: Numbers
    asked: Numbers
    blank: Numbers


class State(NamedTuple):
    """A run under way.

    Attributes:
        scalars: its numbers.
        heap: the agenda.
        cases, counts: every case, and how often it asked chance for each purpose.
        log: the lines.
        nodes: suspensions, extensions and held replies in lists.
        desks, queue, working: for each pool its counts; who waits, by (rank, due day, ticks, case); who may be interrupted.
        there, busy, held, scratch: of each group, how many members are there, at work, held, and would be at work.
        chosen: whose work is about to be interrupted.
        rooms, waiting: for each meeting who waits, in order.
        streams: where each stream stands.
        in_line: for each panel member when it is done with what it was asked.
    """

    scalars: Numbers
    heap: Numbers
    cases: Numbers
    counts: Narrow
    log: Numbers
    nodes: Numbers
    desks: Numbers
    queue: Numbers
    working: Numbers
    there: Numbers
    busy: Numbers
    held: Numbers
    scratch: Numbers
    chosen: Numbers
    rooms: Numbers
    waiting: Numbers
    streams: Numbers
    in_line: Numbers


class Course(NamedTuple):
    """What cases may do, and a run under way.

    Attributes:
        places: see `duecourse.kernels.courses`.
        starts: for each class of cases the place at which it begins, and the first at which something is decided.
        ways, shares: where choices lead, both likewise, and the probabilities up to each.
        asked: who is asked, for each panel: the class of members and how many.
        changes: instants and head-counts, pool by pool.
        visits: those asked for and not begun, a heap.
        pools, ends: the pools, and when the work under way in each ends, a heap.
        soon: when the next case of each stream arrives.
        lines: what is told: the columns of the log, and the place in the total order of the instant.
        times: of each case, when it came and ended.
        untold: of each step, how often it was taken without being told, before and after the warm-up.
    """

    places: Numbers
    starts: Numbers
    ways: Numbers
    shares: Floats
    asked: Numbers
    changes: Numbers
    visits: Numbers
    pools: Numbers
    ends: Numbers
    soon: Numbers
    lines: Numbers
    times: Numbers
    untold: Numbers


_DTYPES = {"Numbers": np.int64, "Narrow": np.int32, "Floats": np.float64}
_ONE = {
    Rules: "odds lists shares wish_odds keys lines values working paces meetings ends ways asked blank",
    State: "scalars there busy held scratch chosen in_line",
    Course: "shares soon",
}
_THREE = {Rules: "stages extensions panels", State: "queue waiting", Course: ""}


def nothing(of: Any) -> Any:  # noqa: ANN401  (Rules, State or Course)
    """Return rules, a state or a course without any numbers: of the types that the engines are compiled for."""
    one, three = _ONE[of].split(), _THREE[of].split()
    axes = {name: 1 if name in one else 3 if name in three else 2 for name in of._fields}
    kinds = of.__annotations__
    return of(*(np.zeros((0,) * axes[each], _DTYPES[_named(kinds[each])]) for each in of._fields))


def _named(annotation: Any) -> str:  # noqa: ANN401
    return str(getattr(annotation, "__forward_arg__", annotation))
