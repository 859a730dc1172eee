"""How single cases went: their stages, suspensions and limits, from the log of one replication."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.simulations.plan import Plan
from duecourse.simulations.tallies import outcomes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.model.table import Op
    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.log import Event, Log

SHOWN = 3
"""So many ways to end are shown, one case for each, and the longest case besides."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something that lasted.

    Attributes:
        kind: `stage`, `suspension` or `clock`.
        name: which, by id.
        since, until: in working days since the start of the run.
        past: of a clock, the working days by which it was stopped past its due date; else 0.
    """

    kind: str
    name: str
    since: float
    until: float
    past: float = 0.0


@dataclass(frozen=True, slots=True)
class Timeline:
    """One case from its arrival to the end of the review."""

    case: int
    case_class: str
    outcome: str
    parts: tuple[Part, ...]

    @property
    def since(self) -> float:
        """When it came."""
        return self.parts[0].since

    @property
    def until(self) -> float:
        """When its review ended."""
        return max(part.until for part in self.parts)


def timelines(log: Log, scenario: Scenario) -> list[Timeline]:
    """Return a few cases of a replication that came after the warm-up.

    For each of the first outcomes of the procedure that occur, conclusions before others, the first case that ended
    so, and the case that took longest.
    """
    counted = log.days.since_start(scenario.warm_up)
    found = [each for each in _all(log, scenario) if each.since >= counted]
    first: dict[str, Timeline] = {}
    for each in found:
        first.setdefault(each.outcome, each)
    outcomes = sorted(scenario.procedure.outcomes, key=lambda outcome: not outcome.conclusion)
    chosen = [first[outcome.id] for outcome in outcomes if outcome.id in first][:SHOWN]
    longest = max(found, key=lambda each: each.until - each.since, default=None)
    if longest is not None and longest not in chosen:
        chosen.append(longest)
    return chosen


def _all(log: Log, scenario: Scenario) -> Iterator[Timeline]:
    """Yield the cases that ended, in the order of arrival."""
    told = _Told(scenario)
    by_case: dict[int, list[Event]] = {}
    for event in log.events:
        by_case.setdefault(event.case, []).append(event)
    for events in by_case.values():
        found = told.timeline(events)
        if found is not None:
            yield found


class _Told:
    """Reads the events of single cases, whose steps it takes again in the table of the scenario."""

    def __init__(self, scenario: Scenario) -> None:
        self.plan = Plan(scenario)
        self.finals = {stage.id for stage in scenario.procedure.stages if stage.final}
        self.outcomes = outcomes(scenario)

    def timeline(self, events: list[Event]) -> Timeline | None:
        """Return a case as its parts; None where it has not ended, or did not begin in this run."""
        last = next((at for at, event in enumerate(events) if event.to in self.finals), None)
        if last is None:
            return None
        end = events[last]
        done = self._done(events[: last + 1])
        if done is None:
            return None
        parts = [
            *_stages(events[: last + 1]),
            *self._paused(done, end.time),
            # the clocks that the last step stops have their lines behind it
            *self._ran(done, [event for event in events if event.time <= end.time]),
        ]
        outcome = self.outcomes.get((end.step, end.stage), "")
        return Timeline(end.case, end.kind, outcome, tuple(parts))

    def _done(self, events: list[Event]) -> list[tuple[float, Op]] | None:
        """Return what the steps of a case did to clocks and suspensions, and when."""
        if events[0].event != "arrival":
            return None
        packed = self.plan.kinds[events[0].kind].first
        found: list[tuple[float, Op]] = []
        for event in events:
            if event.event == "step":
                moves = self.plan.table.moves(packed)
                taken = next((each for each in moves if each[0].step == event.step), None)
                if taken is None:
                    return None
                rule, packed = taken
                found += [(event.time, op) for op in rule.ops]
        return found

    def _paused(self, done: list[tuple[float, Op]], end: float) -> Iterator[Part]:
        """Yield the suspensions; one that nothing ended lasts to the end of the review."""
        for suspension in self.plan.procedure.suspensions:
            since: float | None = None
            for time, op in done:
                if op.name == suspension.id and op.kind == "end" and since is not None:
                    yield Part("suspension", op.name, since, time)
                    since = None
                elif op.name == suspension.id and op.kind == "begin" and since is None:
                    since = time
            if since is not None:
                yield Part("suspension", suspension.id, since, end)

    def _ran(self, done: list[tuple[float, Op]], events: list[Event]) -> Iterator[Part]:
        """Yield the runs of clocks from their starts to their stops."""
        for clock in self.plan.procedure.clocks:
            began = [time for time, op in done if op.kind == "start" and op.name == clock.id]
            for event in events:
                if event.event == "stop" and event.subject == clock.id and began:
                    past = event.value if event.breach else 0.0
                    yield Part("clock", clock.id, began.pop(0), event.time, past)


def _stages(events: list[Event]) -> Iterator[Part]:
    """Yield the visits to stages, one after the other."""
    since = events[0].time
    for event in events:
        if event.event == "step" and event.stage != event.to:
            yield Part("stage", event.stage, since, event.time)
            since = event.time
