"""The indicators of one replication from the lines of the compiled engine: those of `duecourse.simulations.measure`, without events.

Instants are whole ticks and durations their differences, so that sums are exact in whatever order they are taken: what is
counted here in arrays is what is counted there event by event, to the last bit. What follows from the counts is computed by
the very same functions.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from duecourse.kernels import layout as at
from duecourse.simulations.agenda import TICKS
from duecourse.simulations.balance import ALL, Sweep, refuse_unless
from duecourse.simulations.estimate import quantile
from duecourse.simulations.log import Log
from duecourse.simulations.measure import Measure
from duecourse.simulations.periods import PERIOD, WEEK, told, yearly
from duecourse.simulations.spans import Spans, Stays, Work, up_to, week

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


_MOVED = (0, 0xFFF), (12, 0xFFF), (24, 0xFFFF)
"""Where the stage, the one after it and the step stand in a line."""


class _Measure(Measure):
    def __init__(self, records: Records, scenario: Scenario) -> None:
        lowered = records.lowered
        super().__init__(Log(records.replication, lowered.plan.days, ()), scenario)
        self.lowered, self.untold = lowered, records.untold
        self.told = len(records.lines)
        # columns that lie together are read many times as fast
        self.time, who, self.what, self.more = np.ascontiguousarray(records.lines.T)
        self.line, self.case = (who & 15).astype(np.int8), who >> 4
        self.x = self.more & 0xFFFF
        (self.works,) = np.nonzero((self.line >= at.ASKED) & (self.line <= at.INTERRUPTED))
        (self.steps,) = np.nonzero(self.line == at.STEP)
        self.clock_lines = np.nonzero((self.line == at.LAPSED) | (self.line == at.STOPPED))[0]
        self.bounds = round(self.begin * TICKS), round(self.end * TICKS)

    @property
    def cases(self) -> int:
        return len(self.came)

    @property
    def events(self) -> int:
        return self.told + int(self.untold.sum())

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
        self.came, self.standing = self.time[first], self.what[first] & 0xFFF
        self.from_docket = self.line[first] == at.TAKEN
        born, days = self.came.copy(), self.lowered.plan.days
        on_calendar = self.instants(self.came)
        numbers = self.more[first][self.from_docket] >> 16
        for case, number in enumerate(numbers.tolist()):
            arrived = -self.lowered.opened.ages[number]
            born[case] = round(arrived * TICKS)
            on_calendar[case] = round(days.instant(arrived) * TICKS)
        self.born, self.born_on_calendar = born, on_calendar

    def stays_of(self) -> Stays:
        """Return how cases moved."""
        what = self.what[self.steps]
        moves = self.steps[what & 0xFFF != what >> 12 & 0xFFF]
        moves = moves[np.argsort(self.case[moves], kind="stable")]
        case, stages = self.case[moves], list(self.lowered.stages)
        final = np.array([each in self.finals for each in stages])
        what = self.what[moves]
        stage, to = what & 0xFFF, what >> 12 & 0xFFF
        ends = final[to].astype(int)
        first = np.ones(len(moves), bool)
        first[1:] = case[1:] != case[:-1]
        before = np.cumsum(ends) - ends
        ended = before > before[first][np.cumsum(first) - 1] if len(moves) else first
        moves, case, first, what = moves[~ended], case[~ended], first[~ended], what[~ended]
        until = self.time[moves]
        since = np.empty(len(moves), np.int64)
        since[1:] = until[:-1]
        since[first] = self.came[case[first]]
        last = np.ones(len(moves), bool)
        last[:-1] = case[1:] != case[:-1]
        self.final = final
        stage, to, step = (what >> bits & mask for bits, mask in _MOVED)
        known = ~(first & self.from_docket[case])
        return Stays(case, since, until, stage, to, step, last, known)

    def read_cases(self) -> None:
        moved, stages = self.moved, list(self.lowered.stages)
        over = self.final[moved.to]
        self.went = np.full(len(self.came), at.NEVER)
        self.went[moved.case[over]] = moved.until[over]
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
        self.total.working, self.total.calendar = working, calendar
        ways = moved.step[concluded] * len(stages) + moved.stage[concluded]
        by: dict[str, list[int]] = {each.id: [] for each in self.scenario.procedure.outcomes}
        for way in np.unique(ways).tolist():
            found = self.outcomes.get((steps[way // len(stages)], stages[way % len(stages)]), "")
            by.setdefault(found, []).append(way)
        for outcome, own in by.items():
            those = np.isin(ways, own)
            times = self.by_outcome[outcome]
            times.working, times.calendar = working[those], calendar[those]
        self.read_stages(cases)

    def read_stages(self, cases: Array) -> None:
        """Note how long these cases were in each stage, all visits together."""
        moved, stages = self.moved, list(self.lowered.stages)
        place = np.full(len(self.came), at.NONE)
        place[cases] = np.arange(len(cases))
        rows = (place[moved.case] >= 0) & moved.known
        key = moved.stage[rows] * len(cases) + place[moved.case[rows]]
        since, until = moved.since[rows], moved.until[rows]
        size = len(stages), len(cases)
        cells = len(stages) * len(cases)
        visited = np.bincount(key, None, cells).reshape(size) > 0
        on_calendar = self.instants(until) - self.instants(since)
        # sums of ticks: exact in doubles
        sums = (
            np.bincount(key, each, cells).reshape(size) for each in (until - since, on_calendar)
        )
        working, calendar = (each.astype(np.int64) for each in sums)
        for number, stage in enumerate(stages):
            times, own = self.by_stage[stage], visited[number]
            times.working, times.calendar = working[number][own], calendar[number][own]

    def instants(self, times: Array) -> Array:
        """Return instants on the scale of calendar days, in ticks."""
        return self.lowered.ordinals[times // TICKS] * TICKS + times % TICKS

    # --- what is told of them -----------------------------------------------------------------------

    def summary(self, values: Array) -> tuple[float, float, float, float]:
        """Return what `duecourse.simulations.estimate.summary` does; their sum is exact in ticks."""
        if not len(values):
            return math.nan, math.nan, math.nan, math.nan
        ordered: Array = np.sort(values) / TICKS
        mean = int(values.sum()) / TICKS / len(values)
        told = (float(quantile(ordered, each)) for each in (0.5, 0.9, 0.95))
        return mean, *told  # type: ignore[return-value]

    def oldest(self) -> list[float]:
        """Return the age of the oldest open case at the beginning of each week, 0 where none is open."""
        order = np.argsort(self.born, kind="stable")
        came = np.append(self.born[order], at.NEVER)
        gone = np.maximum.accumulate(np.append(self.went[order], at.NEVER))
        days = np.arange(self.days.length // WEEK + 1) * (WEEK * TICKS)
        since = came[np.searchsorted(gone, days, side="right")]
        ages: list[float] = (np.where(since <= days, days - since, 0) / TICKS).tolist()
        return ages

    def backlog(self) -> list[int]:
        """Return the open cases at the beginning of each week."""
        weeks = self.days.length // WEEK + 1
        up = np.maximum(week(self.born), 0)
        down = week(self.went[self.went < at.NEVER])
        changes = np.bincount(up, None, weeks + 1) - np.bincount(down, None, weeks + 1)
        found: list[int] = np.cumsum(changes)[:weeks].tolist()
        return found

    def came_within(self) -> int:
        return int(self.inside(self.born).sum())

    def spent_within(self) -> float:
        return int(self.part(self.born, self.went).sum()) / TICKS

    def open_at_end(self) -> tuple[int, float]:
        end = self.bounds[1]
        still = self.born[(self.born < end) & (end <= self.went)]
        return len(still), int(still.min()) / TICKS if len(still) else self.end

    # --- limits and staff ---------------------------------------------------------------------------

    def read_clocks(self) -> None:
        clocks, rows = list(self.lowered.clocks), self.clock_lines
        rows = rows[self.inside(self.time[rows])]
        line, clock, breach = self.line[rows], self.x[rows], self.what[rows] >> 40 & 1 == 1
        for kind, broken, word in (
            (at.LAPSED, True, "late"),
            (at.LAPSED, False, "lapsed"),
            (at.STOPPED, False, "stopped"),
        ):
            found = np.bincount(clock[(line == kind) & (breach == broken)], None, len(clocks))
            for each, count in zip(clocks, found.tolist(), strict=True):
                self.decided[each, word] = count
        late = (line == at.STOPPED) & breach
        over = self.more[rows[late]] >> 16
        for number, value in zip(clock[late].tolist(), over.tolist(), strict=True):
            self.overruns[clocks[number]].append(float(value))

    def spans(self) -> tuple[Spans, Spans]:
        """Return all waits and all work, to the end of the run where it cuts them off."""
        order = np.argsort(self.case[self.works], kind="stable")
        rows = self.works[order]
        case, line, time, task = self.case[rows], self.line[rows], self.time[rows], self.x[rows]
        follows = np.zeros(len(rows), bool)
        follows[:-1] = case[1:] == case[:-1]
        then = np.where(follows, np.roll(line, -1), at.NONE)
        until = np.where(follows, np.roll(time, -1), self.lowered.plan.days.length * TICKS)
        pool, team = self.lowered.task_pools[task], self.lowered.task_teams[task]
        work, wait = line == at.STARTED, (line == at.ASKED) | (line == at.INTERRUPTED)
        self.left_work = np.zeros(len(rows), bool)
        self.left_work[order[np.roll(work & (then == at.DROPPED), 1)]] = True
        return (
            Spans(pool[wait], time[wait], until[wait], (then == at.STARTED)[wait]),
            Spans(pool[work], time[work], until[work], team[work]),
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
            staff.waits = waited[own & started]

    # --- over time ----------------------------------------------------------------------------------

    def periods(self) -> dict[str, tuple[float, ...]]:
        """Return what `duecourse.simulations.periods.periods` does."""
        days: Days = self.lowered.plan.days
        ends = np.array([*range(0, days.length, PERIOD), days.length]) * TICKS
        times: dict[tuple[str, str], list[float]] = {}
        each = np.ones(len(self.waits.pool), np.int64)
        for kind, spans in (("wait", self.waits._replace(members=each)), ("work", self.work)):
            for number, pool in enumerate(self.scenario.pools):
                own = spans.pool == number
                since, until, members = spans.since[own], spans.until[own], spans.members[own]
                spent = up_to(ends, until, members) - up_to(ends, since, members)
                times[kind, pool.id] = (np.diff(spent) / TICKS).tolist()
        return told(times, days, self.scenario)

    def flows(self) -> dict[str, float]:
        """Return what `duecourse.simulations.periods.flows` does."""
        stages, steps = list(self.lowered.stages), list(self.lowered.steps)
        begin = self.lowered.plan.days.since_start(self.scenario.warm_up) * TICKS
        taken = self.what[self.steps[self.time[self.steps] >= begin]]
        moved = taken[taken & 0xFFF != taken >> 12 & 0xFFF]
        counts: Counter[str] = Counter()
        took = np.bincount(taken >> 24 & 0xFFFF, None, len(steps)) + self.untold[:, 1]
        came = np.bincount(moved >> 12 & 0xFFF, None, len(stages))
        for name, found, names in (("step", took, steps), ("stage", came, stages)):
            for each, count in zip(names, found.tolist(), strict=True):
                counts[f"{name}.{each}"] = count
        filed = ~self.from_docket & (self.came >= begin)
        counts[f"stage.{self.scenario.procedure.initial}"] += int(filed.sum())
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
        work = Work(
            lowered.task_pools[task],
            found.line[rows],
            found.time[rows],
            lowered.task_teams[task],
            found.left_work,
        )
        for number, pool in enumerate(found.scenario.pools):
            own = work.pool == number
            self.pool(pool.id, Work(*(each[own] for each in work)))
        inside = found.inside
        arrived, open_before = came[~found.from_docket], came[found.from_docket] <= self.begin
        self.opened = int(
            open_before.sum() + (arrived < self.begin).sum() - (out < self.begin).sum()
        )
        self.flow["arrived"] = int(inside(arrived).sum())
        self.flow["ended"] = int(inside(out).sum())

    def pool(self, name: str, work: Work) -> None:
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
        return self.end - np.minimum(np.maximum(times, self.begin), self.end)
