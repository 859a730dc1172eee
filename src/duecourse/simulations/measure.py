"""From the log of one replication to its indicators.

Only what happens after the warm-up counts: cases that end, limits that are kept or missed, work
that is done, then. Cases still open at the end of the run have no duration yet and are left out of
the durations; the backlog shows them.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from math import floor
from typing import TYPE_CHECKING

from duecourse.simulations.balance import check_balance
from duecourse.simulations.estimate import STATISTICS, summary
from duecourse.simulations.head_count import cost_of, staffed_days, teams
from duecourse.simulations.periods import WEEK, flows, periods
from duecourse.simulations.tallies import Staff, Times, outcomes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.days import Days
    from duecourse.simulations.log import Event, Log


@dataclass(frozen=True)
class Sample:
    """What one replication gave.

    Attributes:
        values: the indicators by name (see `duecourse.simulations.result`); not a number where the
            replication has no case to tell.
        trials: of each share, how many cases or limits it is a share of.
        backlog: the open cases at each point of the weekly grid, from the start of the run.
        cases, events: how many there were.
        periods, flows: the staff over time, and how often steps are taken (see `duecourse.simulations.periods`).
        oldest: the age of the oldest open case at each point of the weekly grid, 0 where none is open.
    """

    values: dict[str, float]
    trials: dict[str, int]
    backlog: Sequence[int]
    cases: int
    events: int
    periods: Mapping[str, Sequence[float]] = field(default_factory=dict)
    flows: Mapping[str, float] = field(default_factory=dict)
    oldest: Sequence[float] = ()

    def __post_init__(self) -> None:
        """Hold every series in an array: thousands of replications wait in memory for the last one."""
        told = {name: array("d", series) for name, series in self.periods.items()}
        backlog, oldest = array("q", self.backlog), array("d", self.oldest)
        for name, held in (("backlog", backlog), ("oldest", oldest), ("periods", told)):
            object.__setattr__(self, name, held)


def measure(log: Log, scenario: Scenario, window: tuple[float, float] | None = None) -> Sample:
    """Return the indicators of one replication.

    Args:
        log: its events.
        scenario: what was simulated.
        window: the working days that count, from the first up to the second; without it all after the warm-up.

    Raises:
        EngineError: cases, or the time that they spend, are not conserved: an error of duecourse.
    """
    found = Measure(log, scenario, window)
    sample = found.sample()
    check_balance(log, scenario, (found.begin, found.end), sample)
    return replace(sample, periods=periods(log, scenario), flows=flows(log, scenario))


class Measure:
    """The indicators of one replication while its log is read."""

    def __init__(
        self, log: Log, scenario: Scenario, window: tuple[float, float] | None = None
    ) -> None:
        self.log, self.scenario = log, scenario
        self.days: Days = log.days
        whole = float(self.days.since_start(scenario.warm_up)), float(self.days.length)
        self.begin, self.end = window or whole
        self.years = scenario.years - scenario.warm_up
        if window is not None:
            self.years = (self.end - self.begin) / self.days.per_year
        self.finals = {each.id for each in scenario.procedure.stages if each.final}
        self.outcomes = outcomes(scenario)
        self.arrived: list[float] = []
        self.since: list[float] = []
        self.entered: list[float] = []
        self.at: list[str] = []
        self.present: dict[str, float] = defaultdict(float)
        self.stays: list[dict[str, tuple[float, float]]] = []
        self.ended: dict[int, float] = {}
        self.total = Times()
        self.by_outcome: dict[str, Times] = defaultdict(Times)
        self.by_stage: dict[str, Times] = defaultdict(Times)
        self.decided: Counter[tuple[str, str]] = Counter()
        self.overruns: dict[str, list[float]] = defaultdict(list)
        self.staff = {pool.id: Staff() for pool in scenario.pools}
        self.asked: dict[int, float] = {}
        self.started: dict[int, float] = {}
        self.team = teams(scenario)
        self.teams: dict[int, int] = {}
        self.values: dict[str, float] = {}
        self.trials: dict[str, int] = {}

    def sample(self) -> Sample:
        """Return all of them."""
        self.read()
        backlog, oldest = self.backlog(), self.oldest()
        self.flow(oldest)
        self.times()
        self.limits()
        self.pools()
        return Sample(
            self.values,
            self.trials,
            tuple(backlog),
            self.cases,
            self.events,
            oldest=tuple(oldest),
        )

    @property
    def cases(self) -> int:
        """How many cases there were."""
        return len(self.arrived)

    @property
    def events(self) -> int:
        """How many events there were."""
        return len(self.log.events)

    def read(self) -> None:
        """Read the log."""
        reactions: dict[str, Callable[[Event], None]] = {
            "arrival": self.arrival,
            "docket": self.taken_up,
            "step": self.step,
            "lapse": self.lapse,
            "stop": self.stop,
            "ask": self.ask,
            "start": self.start,
            "interrupt": self.interrupt,
            "finish": self.finish,
            "drop": self.finish,
        }
        for event in self.log.events:
            reaction = reactions.get(event[3])
            if reaction is not None:
                reaction(event)
        self.censor()

    # --- one event --------------------------------------------------------------------------------

    def arrival(self, event: Event) -> None:
        """Count a case from now on."""
        self.arrived.append(event.time)
        self.since.append(event.time)
        self.entered.append(event.time)
        self.at.append(self.scenario.procedure.initial)
        self.stays.append({})

    def taken_up(self, event: Event) -> None:
        """Count a case that was open at the start from its arrival; since when it is in its stage is not counted."""
        self.arrived.append(-event.value)
        self.since.append(math.nan)
        self.entered.append(event.time)
        self.at.append(event.stage)
        self.stays.append({})

    def step(self, event: Event) -> None:
        """Note that a case left a stage, and whether it ended."""
        case, time, stage, to = event.case, event.time, event.stage, event.to
        if stage == to or case in self.ended:
            return
        began = self.since[case]
        self.present[stage] += self.within(self.entered[case], time)
        if not math.isnan(began):
            working, calendar = self.stays[case].get(stage, (0.0, 0.0))
            stay = working + time - began, calendar + self.instant(time) - self.instant(began)
            self.stays[case][stage] = stay
        self.since[case] = self.entered[case] = time
        self.at[case] = to
        if to in self.finals:
            self.ended[case] = time
            if self.counts(time):
                self.conclude(case, time, self.outcomes.get((event.step, stage), ""))

    def conclude(self, case: int, time: float, outcome: str) -> None:
        """Note how long a case took that ended within the window."""
        began = self.arrived[case]
        working, calendar = time - began, self.instant(time) - self.instant(began)
        for times in (self.total, self.by_outcome[outcome]):
            times.working.append(working)
            times.calendar.append(calendar)
        for stage, stay in self.stays[case].items():
            self.by_stage[stage].working.append(stay[0])
            self.by_stage[stage].calendar.append(stay[1])

    def instant(self, time: float) -> float:
        """Return an instant on the scale of calendar days."""
        day = floor(time)
        return self.days.date(day).toordinal() + (time - day)

    def lapse(self, event: Event) -> None:
        """Count a limit that lapsed."""
        if self.counts(event.time):
            self.decided[event.subject, "late" if event.breach else "lapsed"] += 1

    def stop(self, event: Event) -> None:
        """Count a limit that was kept, or note by how much it was missed."""
        if not self.counts(event.time):
            return
        if event.breach:
            self.overruns[event.subject].append(event.value)
        else:
            self.decided[event.subject, "stopped"] += 1

    def ask(self, event: Event) -> None:
        """Note since when a case waits for a pool."""
        self.asked[event.case] = event.time

    def start(self, event: Event) -> None:
        """Note how long it waited."""
        asked = self.asked.pop(event.case)
        staff = self.staff[event.subject]
        staff.queued += self.within(asked, event.time)
        if self.counts(event.time):
            staff.waits.append(event.time - asked)
        self.started[event.case] = event.time
        self.teams[event.case] = self.team.get((event.stage, event.activity), 1)

    def interrupt(self, event: Event) -> None:
        """Note that it waits again."""
        self.finish(event)
        self.asked[event.case] = event.time

    def finish(self, event: Event) -> None:
        """Note how long it was worked on, or waited in vain."""
        staff = self.staff[event.subject]
        if event.case in self.started:
            worked = self.within(self.started.pop(event.case), event.time)
            staff.busy += worked * self.teams[event.case]
        else:
            staff.queued += self.within(self.asked.pop(event.case), event.time)

    def counts(self, time: float) -> bool:
        """Return whether what happens at an instant counts."""
        return self.begin <= time < self.end

    def within(self, since: float, until: float) -> float:
        """Return how much of a time counts."""
        return max(min(until, self.end) - max(since, self.begin), 0.0)

    # --- after the last event ---------------------------------------------------------------------

    def censor(self) -> None:
        """Count work and waiting that the end of the run cut off."""
        pool = {e.case: e.subject for e in self.log.events if e.event in {"ask", "start"}}
        for case, since in self.started.items():
            self.staff[pool[case]].busy += self.within(since, self.end) * self.teams[case]
        for case, since in self.asked.items():
            self.staff[pool[case]].queued += self.within(since, self.end)
        for case, since in enumerate(self.entered):
            if case not in self.ended:
                self.present[self.at[case]] += self.within(since, self.end)

    def oldest(self) -> list[float]:
        """Return the age of the oldest open case at the beginning of each week, 0 where none is open."""
        order = sorted(range(len(self.arrived)), key=lambda case: self.arrived[case])
        found, first = [], 0
        for week in range(self.days.length // WEEK + 1):
            day = float(week * WEEK)
            while first < len(order) and self.ended.get(order[first], math.inf) <= day:
                first += 1
            waiting = first < len(order) and self.arrived[order[first]] <= day
            found.append(day - self.arrived[order[first]] if waiting else 0.0)
        return found

    def backlog(self) -> list[int]:
        """Return the open cases at the beginning of each week."""
        changes = [0] * (self.days.length // WEEK + 2)
        for time in self.arrived:
            changes[max(math.ceil(time / WEEK), 0)] += 1
        for time in self.ended.values():
            changes[math.ceil(time / WEEK)] -= 1
        level, found = 0, []
        for change in changes[: self.days.length // WEEK + 1]:
            level += change
            found.append(level)
        return found

    def flow(self, oldest: list[float]) -> None:
        """Tell what came, went and was there."""
        ended = len(self.total.working)
        window = self.end - self.begin
        self.values["arrivals"] = self.came_within() / self.years
        self.values["throughput"] = ended / self.years
        self.values["backlog.mean"] = self.spent_within() / window
        weeks = [age for week, age in enumerate(oldest) if self.counts(week * WEEK)]
        still, earliest = self.open_at_end()
        self.values["backlog.end"] = float(still)
        self.values["backlog.oldest"] = summary(weeks)[0]
        self.values["backlog.oldest_end"] = self.end - earliest
        for outcome in self.scenario.procedure.outcomes:
            count = len(self.by_outcome[outcome.id].working)
            self.share(f"outcome.{outcome.id}.share", count, ended)
        for stage in self.scenario.behaviours:
            self.share(f"stage.{stage}.share", len(self.by_stage[stage].working), ended)
            self.values[f"stage.{stage}.present"] = self.present[stage] / window

    def came_within(self) -> int:
        """Return how many cases arrived within the window."""
        return sum(map(self.counts, self.arrived))

    def spent_within(self) -> float:
        """Return how long all cases were open within the window, together."""
        return sum(
            self.within(time, self.ended.get(case, self.end))
            for case, time in enumerate(self.arrived)
        )

    def open_at_end(self) -> tuple[int, float]:
        """Return how many cases are open at the end of the window, and when the oldest arrived; else its end."""
        last = [
            time
            for case, time in enumerate(self.arrived)
            if time < self.end <= self.ended.get(case, math.inf)
        ]
        return len(last), min(last, default=self.end)

    def summary(self, values: Sequence[float]) -> tuple[float, float, float, float]:
        """Return what is told of durations."""
        return summary(values)

    def times(self) -> None:
        """Tell how long cases took."""
        self.durations("time", self.total)
        for outcome in self.scenario.procedure.outcomes:
            self.durations(f"outcome.{outcome.id}", self.by_outcome[outcome.id])
        for stage in self.scenario.behaviours:
            self.durations(f"stage.{stage}", self.by_stage[stage])

    def durations(self, name: str, times: Times) -> None:
        """Tell one kind of durations."""
        for unit, values in (("working", times.working), ("calendar", times.calendar)):
            for statistic, value in zip(STATISTICS, self.summary(values), strict=True):
                self.values[f"{name}.{unit}.{statistic}"] = value

    def limits(self) -> None:
        """Tell how often limits were kept, missed, and by how much."""
        for clock in self.scenario.procedure.clocks:
            late = self.decided[clock.id, "late"]
            lapsed = self.decided[clock.id, "lapsed"]
            # a clock that the law stops at its lapse has both a line `lapse` and a line `stop`
            runs = late + max(self.decided[clock.id, "stopped"], lapsed)
            self.values[f"clock.{clock.id}.runs"] = runs / self.years
            self.share(f"clock.{clock.id}.late_share", late, runs)
            self.share(f"clock.{clock.id}.lapsed_share", lapsed, runs)
            mean, _, q90, _ = summary(self.overruns[clock.id])
            self.values[f"clock.{clock.id}.overrun"] = mean
            self.values[f"clock.{clock.id}.overrun_q90"] = q90

    def pools(self) -> None:
        """Tell how busy the staff was."""
        window = self.end - self.begin
        for pool in self.scenario.pools:
            staff = self.staff[pool.id]
            there = staffed_days(pool, self.days, self.begin, self.end)
            self.values[f"pool.{pool.id}.utilisation"] = staff.busy / there if there else math.nan
            self.values[f"pool.{pool.id}.wait"] = self.summary(staff.waits)[0]
            self.values[f"pool.{pool.id}.queue"] = staff.queued / window
        self.costs()

    def costs(self) -> None:
        """Note what the pools cost a year, of those that say it."""
        found = {
            pool.id: cost_of(pool, self.days, self.staff[pool.id].busy, (self.begin, self.end))
            for pool in self.scenario.pools
            if pool.cost is not None
        }
        for name, cost in found.items():
            self.values[f"pool.{name}.cost"] = cost / self.years
        if found:
            self.values["cost"] = math.fsum(found.values()) / self.years

    def share(self, name: str, part: int, whole: int) -> None:
        """Tell a share, and of how many it is one."""
        self.values[name] = part / whole if whole else math.nan
        self.trials[name] = whole
