"""What every run has to keep, whatever was simulated: cases and the time that they spend are conserved.

Each law is told twice from one log: once by what single cases did (`duecourse.simulations.measure`), once here by
sweeping over instants. Times are whole ticks, so both agree exactly or something is wrong:

- flow balance: open at the beginning + arrived - ended = open at the end of the window;
- Little's law over a finite window (Stidham, "A last word on L = lambda W", Operations Research 22, 1974): the
  integral of the number present is the sum of the times that cases spend within the window, those that began before
  it or end after it included. For the whole office, for every stage, and for the queue and the work of every pool.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from duecourse.simulations.agenda import TICKS
from duecourse.simulations.head_count import staffed_days, teams
from duecourse.simulations.standing import OURS, EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.days import Days
    from duecourse.simulations.log import Event, Log
    from duecourse.simulations.measure import Sample

ALL = "cases"


def check_balance(
    log: Log, scenario: Scenario, window: tuple[float, float], sample: Sample
) -> None:
    """Refuse a run that does not conserve cases or their time.

    Raises:
        EngineError: with the law and both numbers.
    """
    sweep = Sweep(scenario, log.days, window)
    for event in log.events:
        sweep.see(event)
    sweep.finish()
    refuse_unless(log.replication, sweep.against(sample.values))


def refuse_unless(replication: int, laws: Mapping[str, tuple[int, int]]) -> None:
    """Refuse a run of which a law does not hold.

    Raises:
        EngineError: with the law and both numbers.
    """
    for what, (here, there) in laws.items():
        if here != there:
            raise EngineError(
                f"replication {replication}: {what} is {here / TICKS:g} by instants and "
                f"{there / TICKS:g} by cases; {OURS}"
            )


class Sweep:
    """Counts what is present, instant by instant, in ticks.

    Attributes:
        level: what is present now: `cases`, and by kind and id stages, queues and work.
        area: its integral over the window.
        flow: how many arrived and ended in the window.
    """

    def __init__(self, scenario: Scenario, days: Days, window: tuple[float, float]) -> None:
        self.scenario, self.days = scenario, days
        self.begin, self.end = (round(each * TICKS) for each in window)
        self.finals = {each.id for each in scenario.procedure.stages if each.final}
        self.level: Counter[tuple[str, str]] = Counter()
        self.area: Counter[tuple[str, str]] = Counter()
        self.flow: Counter[str] = Counter()
        self.changed: dict[tuple[str, str], int] = {}
        self.stage: dict[int, str] = {}
        self.working: dict[int, int] = {}
        self.teams = teams(scenario)
        self.now = 0
        self.opened = 0
        self.begun = False

    def see(self, event: Event) -> None:
        """Move on to an event and change what is present."""
        now = round(event.time * TICKS)
        if now < self.now:
            raise EngineError(f"day {event.time:g} comes after day {self.now / TICKS:g}; {OURS}")
        self.cross(now)
        self.now = now
        match event.event:
            case "arrival":
                self.change((ALL, ""), 1)
                self.stage[event.case] = self.scenario.procedure.initial
                self.change(("stage", self.stage[event.case]), 1)
                self.flow["arrived"] += self.begin <= now < self.end
            case "docket":
                self.change((ALL, ""), 1)
                self.stage[event.case] = event.stage
                self.change(("stage", event.stage), 1)
                self.opened += now >= self.begin
            case "step":
                self.step(event, now)
            case "ask":
                self.change(("queue", event.subject), 1)
            case "start":
                self.change(("queue", event.subject), -1)
                self.working[event.case] = self.teams.get((event.stage, event.activity), 1)
                self.change(("work", event.subject), self.working[event.case])
            case "finish" | "drop" | "interrupt":
                members = self.working.pop(event.case, 0)
                what = ("work", event.subject) if members else ("queue", event.subject)
                self.change(what, -members if members else -1)
                if event.event == "interrupt":
                    self.change(("queue", event.subject), 1)
            case _:
                pass

    def step(self, event: Event, now: int) -> None:
        """Move a case to another stage, or out."""
        before = self.stage.get(event.case)
        if before is None or event.stage == event.to or before in self.finals:
            return
        self.change(("stage", before), -1)
        self.stage[event.case] = event.to
        if event.to in self.finals:
            self.change((ALL, ""), -1)
            self.flow["ended"] += self.begin <= now < self.end
        else:
            self.change(("stage", event.to), 1)

    def cross(self, now: int) -> None:
        """Note how many cases are open where the window begins."""
        if not self.begun and now >= self.begin:
            self.begun = True
            self.opened = self.level[ALL, ""]

    def change(self, what: tuple[str, str], by: int) -> None:
        """Add to what is present, and its integral up to now."""
        since = max(self.changed.get(what, 0), self.begin)
        self.area[what] += self.level[what] * max(min(self.now, self.end) - since, 0)
        self.changed[what] = self.now
        self.level[what] += by
        if self.level[what] < 0:
            raise EngineError(
                f"day {self.now / TICKS:g}: fewer than none in {' '.join(what)}; {OURS}"
            )

    def finish(self) -> None:
        """Move on to the end of the window."""
        self.cross(max(self.now, self.end))
        self.now = max(self.now, self.end)
        for what in list(self.level):
            self.change(what, 0)

    def against(self, values: Mapping[str, float]) -> dict[str, tuple[int, int]]:
        """Return the laws by name, each with both of its numbers in ticks."""
        window = (self.end - self.begin) / TICKS

        def ticks(name: str) -> int:
            return round(values[name] * window * TICKS)

        left = self.opened + self.flow["arrived"] - self.flow["ended"]
        stages = sum(area for (kind, _), area in self.area.items() if kind == "stage")
        laws = {
            "the number open at the end": (left * TICKS, round(values["backlog.end"] * TICKS)),
            "the time of all cases": (self.area[ALL, ""], ticks("backlog.mean")),
            "the time in all stages": (stages, ticks("backlog.mean")),
        }
        for stage in self.scenario.behaviours:
            both = self.area["stage", stage], ticks(f"stage.{stage}.present")
            laws[f"the time in {stage}"] = both
        for pool in self.scenario.pools:
            name = pool.id
            laws[f"the waiting for {name}"] = self.area["queue", name], ticks(f"pool.{name}.queue")
            there = staffed_days(pool, self.days, self.begin / TICKS, self.end / TICKS)
            if there:
                work = round(values[f"pool.{name}.utilisation"] * there * TICKS)
                laws[f"the work of {name}"] = self.area["work", name], work
        return laws
