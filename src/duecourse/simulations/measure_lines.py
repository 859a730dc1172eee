"""The indicators of one replication from the lines of the compiled engine: those of `duecourse.simulations.measure`, without events.

Instants are whole ticks and durations their differences, so that sums are exact in whatever order they are taken: what is
counted here in arrays is what is counted there event by event, to the last bit. What follows from the counts is computed by
the very same functions.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from duecourse.kernels import layout as at
from duecourse.simulations.agenda import TICKS
from duecourse.simulations.balance import ALL, Sweep, refuse_unless
from duecourse.simulations.log import Log
from duecourse.simulations.measure import Measure
from duecourse.simulations.periods import PERIOD, told, yearly

if TYPE_CHECKING:
    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.days import Days
    from duecourse.simulations.measure import Sample
    from duecourse.simulations.records import Records

    Array = Any


def measured(records: Records, scenario: Scenario) -> Sample:
    """Return the indicators of one replication.

    Raises:
        EngineError: cases, or the time that they spend, are not conserved: an error of duecourse.
    """
    found = _Measure(records, scenario)
    sample = found.sample()
    sweep = _Sweep(found)
    refuse_unless(records.replication, sweep.against(sample.values))
    return replace(sample, periods=found.periods(), flows=found.flows())


class _Spans(NamedTuple):
    """Waits, or pieces of work: in which pool, from when to when, of how many members; a wait, how many began of it."""

    pool: Array
    since: Array
    until: Array
    members: Array


class _Work(NamedTuple):
    """The lines on work: the pool, the line, when, the team, and whether work under way was left there."""

    pool: Array
    line: Array
    time: Array
    team: Array
    left: Array


class _Stays(NamedTuple):
    """Every time that a case left a stage, in the order of the cases: until it ended; and whether it is known since when it was there."""

    case: Array
    since: Array
    until: Array
    stage: Array
    to: Array
    step: Array
    last: Array
    known: Array


class _Measure(Measure):
    def __init__(self, records: Records, scenario: Scenario) -> None:
        lowered = records.lowered
        super().__init__(Log(records.replication, lowered.plan.days, ()), scenario)
        self.lowered, self.lines = lowered, records.lines
        self.line = records.lines[:, at.WHO] & 15
        self.case = records.lines[:, at.WHO] >> 4
        self.time = records.lines[:, at.TIME]
        self.x = records.lines[:, at.MORE] & 0xFFFF
        self.works = (self.line >= at.ASKED) & (self.line <= at.INTERRUPTED)
        self.bounds = round(self.begin * TICKS), round(self.end * TICKS)

    @property
    def events(self) -> int:
        return len(self.lines)

    def read(self) -> None:
        self.read_first()
        self.moved = self.stays_of()
        self.read_cases()
        self.read_clocks()
        self.waits, self.work = self.spans()
        self.read_staff()

    def inside(self, times: Array) -> Array:
        """Return which instants count."""
        return (self.bounds[0] <= times) & (times < self.bounds[1])

    def part(self, since: Array, until: Array) -> Array:
        """Return how much of each time counts."""
        begin, end = self.bounds
        return np.maximum(np.minimum(until, end) - np.maximum(since, begin), 0)

    # --- cases ------------------------------------------------------------------------------------

    def read_first(self) -> None:
        """Note when each case came, and where it stood: the open ones of a docket come first, and came before the run."""
        (first,) = np.nonzero((self.line == at.ARRIVED) | (self.line == at.TAKEN))
        self.came, self.standing = self.time[first], self.lines[first, at.WHAT] & 0xFFF
        self.from_docket = self.line[first] == at.TAKEN
        self.arrived = (self.came / TICKS).tolist()
        born, days = self.came.copy(), self.lowered.plan.days
        on_calendar = self.instants(self.came)
        numbers = self.lines[first, at.MORE][self.from_docket] >> 16
        for case, number in enumerate(numbers.tolist()):
            self.arrived[case] = -self.lowered.opened.ages[number]
            born[case] = round(self.arrived[case] * TICKS)
            on_calendar[case] = round(days.instant(self.arrived[case]) * TICKS)
        self.born, self.born_on_calendar = born, on_calendar

    def stays_of(self) -> _Stays:
        """Return how cases moved."""
        what = self.lines[:, at.WHAT]
        stage, to = what & 0xFFF, what >> 12 & 0xFFF
        (moves,) = np.nonzero((self.line == at.STEP) & (stage != to))
        moves = moves[np.argsort(self.case[moves], kind="stable")]
        case, stages = self.case[moves], list(self.lowered.stages)
        final = np.array([each in self.finals for each in stages])
        ends = final[to[moves]].astype(int)
        first = np.ones(len(moves), bool)
        first[1:] = case[1:] != case[:-1]
        before = np.cumsum(ends) - ends
        ended = before > before[first][np.cumsum(first) - 1] if len(moves) else first
        moves, case, first = moves[~ended], case[~ended], first[~ended]
        since = np.empty(len(moves), np.int64)
        since[1:] = self.time[moves][:-1]
        since[first] = self.came[case[first]]
        last = np.ones(len(moves), bool)
        last[:-1] = case[1:] != case[:-1]
        step = what[moves] >> 24 & 0xFFFF
        self.final = final
        known = ~(first & self.from_docket[case])
        return _Stays(case, since, self.time[moves], stage[moves], to[moves], step, last, known)

    def read_cases(self) -> None:
        moved, stages = self.moved, list(self.lowered.stages)
        over = self.final[moved.to]
        self.ended = dict(
            zip(moved.case[over].tolist(), (moved.until[over] / TICKS).tolist(), strict=True)
        )
        now, entered = self.standing.copy(), self.came.copy()
        now[moved.case[moved.last]] = moved.to[moved.last]
        entered[moved.case[moved.last]] = moved.until[moved.last]
        still = ~self.final[now]
        end = self.bounds[1]
        left = np.bincount(moved.stage, self.part(moved.since, moved.until), len(stages))
        present = left + np.bincount(now[still], self.part(entered[still], end), len(stages))
        for stage, ticks in zip(stages, present.tolist(), strict=True):
            self.present[stage] += ticks / TICKS
        self.read_ends(over & self.inside(moved.until))

    def read_ends(self, concluded: Array) -> None:
        """Note how long the cases took that ended within the window."""
        moved, stages, steps = self.moved, list(self.lowered.stages), list(self.lowered.steps)
        cases = moved.case[concluded]
        working = moved.until[concluded] - self.born[cases]
        calendar = self.instants(moved.until[concluded]) - self.born_on_calendar[cases]
        ways = zip(moved.step[concluded].tolist(), moved.stage[concluded].tolist(), strict=True)
        outcomes = [self.outcomes.get((steps[step], stages[stage]), "") for step, stage in ways]
        self.total.working = (working / TICKS).tolist()
        self.total.calendar = (calendar / TICKS).tolist()
        durations = zip(outcomes, self.total.working, self.total.calendar, strict=True)
        for outcome, days, calendar_days in durations:
            self.by_outcome[outcome].working.append(days)
            self.by_outcome[outcome].calendar.append(calendar_days)
        counted = np.zeros(len(self.came), bool)
        counted[cases] = True
        rows = counted[moved.case] & moved.known
        key = moved.case[rows] * len(stages) + moved.stage[rows]
        since, until = moved.since[rows], moved.until[rows]
        pairs, place = np.unique(key, return_inverse=True)
        stayed = np.bincount(place, until - since, len(pairs)) / TICKS
        calendar = self.instants(until) - self.instants(since)
        on_calendar = np.bincount(place, calendar, len(pairs)) / TICKS
        for number in np.unique(pairs % len(stages)).tolist():
            own = pairs % len(stages) == number
            self.by_stage[stages[number]].working = stayed[own].tolist()
            self.by_stage[stages[number]].calendar = on_calendar[own].tolist()

    def instants(self, times: Array) -> Array:
        """Return instants on the scale of calendar days, in ticks."""
        return self.lowered.ordinals[times // TICKS] * TICKS + times % TICKS

    # --- limits and staff ---------------------------------------------------------------------------

    def read_clocks(self) -> None:
        clocks = list(self.lowered.clocks)
        breach = self.lines[:, at.WHAT] >> 40 & 1 == 1
        counted = self.inside(self.time)
        for line, broken, word in (
            (at.LAPSED, True, "late"),
            (at.LAPSED, False, "lapsed"),
            (at.STOPPED, False, "stopped"),
        ):
            found = self.x[(self.line == line) & (breach == broken) & counted]
            for clock, count in zip(clocks, np.bincount(found, None, len(clocks)), strict=True):
                self.decided[clock, word] = int(count)
        late = (self.line == at.STOPPED) & breach & counted
        over = self.lines[late, at.MORE] >> 16
        for clock, value in zip(self.x[late].tolist(), over.tolist(), strict=True):
            self.overruns[clocks[clock]].append(float(value))

    def spans(self) -> tuple[_Spans, _Spans]:
        """Return all waits and all work, to the end of the run where it cuts them off."""
        (rows,) = np.nonzero(self.works)
        rows = rows[np.argsort(self.case[rows], kind="stable")]
        case, line, time, task = self.case[rows], self.line[rows], self.time[rows], self.x[rows]
        follows = np.zeros(len(rows), bool)
        follows[:-1] = case[1:] == case[:-1]
        then = np.where(follows, np.roll(line, -1), at.NONE)
        until = np.where(follows, np.roll(time, -1), self.lowered.plan.days.length * TICKS)
        pool, team = self.lowered.task_pools[task], self.lowered.task_teams[task]
        work, wait = line == at.STARTED, (line == at.ASKED) | (line == at.INTERRUPTED)
        left = rows[np.roll(work & (then == at.DROPPED), 1)] if len(rows) else rows
        self.left_work = np.zeros(len(self.lines), bool)
        self.left_work[left] = True
        return (
            _Spans(pool[wait], time[wait], until[wait], (then == at.STARTED)[wait]),
            _Spans(pool[work], time[work], until[work], team[work]),
        )

    def read_staff(self) -> None:
        waits, work = self.waits, self.work
        waited = waits.until - waits.since
        started = (waits.members == 1) & self.inside(waits.until)
        queued = self.part(waits.since, waits.until)
        busy = self.part(work.since, work.until) * work.members
        for number, pool in enumerate(self.scenario.pools):
            staff, own = self.staff[pool.id], waits.pool == number
            staff.queued = int(queued[own].sum()) / TICKS
            staff.busy = int(busy[work.pool == number].sum()) / TICKS
            staff.waits = (waited[own & started] / TICKS).tolist()

    # --- over time ----------------------------------------------------------------------------------

    def periods(self) -> dict[str, tuple[float, ...]]:
        """Return what `duecourse.simulations.periods.periods` does."""
        days: Days = self.lowered.plan.days
        edges = [*range(0, days.length, PERIOD), days.length]
        times: dict[tuple[str, str], list[float]] = {}
        each = np.ones(len(self.waits.pool), np.int64)
        for kind, spans in (("wait", self.waits._replace(members=each)), ("work", self.work)):
            for number, pool in enumerate(self.scenario.pools):
                own = spans.pool == number
                since, until = spans.since[own], spans.until[own]
                members = spans.members[own]
                sums = [
                    int(((np.minimum(until, x) - np.minimum(since, x)) * members).sum())
                    for x in (edge * TICKS for edge in edges)
                ]
                parts = pairwise(sums)
                times[kind, pool.id] = [(after - before) / TICKS for before, after in parts]
        return told(times, days, self.scenario)

    def flows(self) -> dict[str, float]:
        """Return what `duecourse.simulations.periods.flows` does."""
        stages, steps = list(self.lowered.stages), list(self.lowered.steps)
        begin = self.lowered.plan.days.since_start(self.scenario.warm_up) * TICKS
        what, counted = self.lines[:, at.WHAT], self.time >= begin
        taken = counted & (self.line == at.STEP)
        moved = taken & (what & 0xFFF != what >> 12 & 0xFFF)
        counts: Counter[str] = Counter()
        for name, found, names in (
            ("step", what[taken] >> 24 & 0xFFFF, steps),
            ("stage", what[moved] >> 12 & 0xFFF, stages),
        ):
            for each, count in zip(names, np.bincount(found, None, len(names)), strict=True):
                counts[f"{name}.{each}"] = int(count)
        came = counted & (self.line == at.ARRIVED)
        counts[f"stage.{self.scenario.procedure.initial}"] += int(came.sum())
        return yearly(counts, self.scenario)


class _Sweep(Sweep):
    """The same laws from the changes alone, without knowing whose they are."""

    def __init__(self, found: _Measure) -> None:
        super().__init__(found.scenario, found.lowered.plan.days, (found.begin, found.end))
        lowered, moved, came = found.lowered, found.moved, found.came
        final = found.final[moved.to]
        out = moved.until[final]
        self.note((ALL, ""), came, out)
        for stage, number in lowered.stages.items():
            entered = moved.until[(moved.to == number) & ~final]
            entered = np.concatenate([came[found.standing == number], entered])
            self.note(("stage", stage), entered, moved.until[moved.stage == number])
        rows = found.works
        task = found.x[rows]
        work = _Work(
            lowered.task_pools[task],
            found.line[rows],
            found.time[rows],
            lowered.task_teams[task],
            found.left_work[rows],
        )
        for number, pool in enumerate(found.scenario.pools):
            own = work.pool == number
            self.pool(pool.id, _Work(*(each[own] for each in work)))
        inside = found.inside
        arrived, open_before = came[~found.from_docket], came[found.from_docket] <= self.begin
        self.opened = int(
            open_before.sum() + (arrived < self.begin).sum() - (out < self.begin).sum()
        )
        self.flow["arrived"] = int(inside(arrived).sum())
        self.flow["ended"] = int(inside(out).sum())

    def pool(self, name: str, work: _Work) -> None:
        """Note the queue and the work of a pool."""
        line, time = work.line, work.time
        asked = (line == at.ASKED) | (line == at.INTERRUPTED)
        started = line == at.STARTED
        given_up = (line == at.DROPPED) & ~work.left
        over = (line == at.FINISHED) | (line == at.INTERRUPTED) | work.left
        self.note(("queue", name), time[asked], time[started | given_up])
        done = self.after(time) * work.team
        self.area["work", name] = int(done[started].sum()) - int(done[over].sum())

    def note(self, what: tuple[str, str], up: Array, down: Array) -> None:
        """Note the integral of what goes up by one at some instants, and down at others."""
        self.area[what] = int(self.after(up).sum()) - int(self.after(down).sum())

    def after(self, times: Array) -> Array:
        """Return how much of the window lies after each instant."""
        return self.end - np.clip(times, self.begin, self.end)
