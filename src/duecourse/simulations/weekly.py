"""What one replication did over time: the staff week by week, and how often each step was taken.

The staff is told for the whole run, the warm-up included; the steps after the warm-up only.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.log import Log

WEEK = 5
"""Working days between two points."""


def weekly(log: Log, scenario: Scenario) -> dict[str, tuple[float, ...]]:
    """Return of each pool `pool.ID.utilisation`, in each week, and `pool.ID.queue`, at its beginning."""
    length = log.days.length
    weeks = math.ceil(length / WEEK)
    busy = {pool.id: [0.0] * weeks for pool in scenario.pools}
    changes = {pool.id: [0] * (weeks + 1) for pool in scenario.pools}
    for kind, of, since, until in _spans(log):
        if kind == "work":
            for week, part in _parts(since, min(until, float(length))):
                busy[of][week] += part
        else:
            changes[of][min(math.ceil(since / WEEK), weeks)] += 1
            changes[of][min(math.ceil(until / WEEK), weeks)] -= 1
    found: dict[str, tuple[float, ...]] = {}
    for pool in scenario.pools:
        days = [min(WEEK, length - week * WEEK) for week in range(weeks)]
        shares = (
            part / (pool.size * worked) for part, worked in zip(busy[pool.id], days, strict=True)
        )
        found[f"pool.{pool.id}.utilisation"] = tuple(shares)
        found[f"pool.{pool.id}.queue"] = tuple(map(float, _sums(changes[pool.id][:weeks])))
    return found


def flows(log: Log, scenario: Scenario) -> dict[str, float]:
    """Return how often a year each `step.ID` is taken and each `stage.ID` is entered."""
    begin = float(log.days.since_start(scenario.warm_up))
    counts: Counter[str] = Counter()
    for event in log.events:
        if event.time < begin:
            continue
        if event.event == "step":
            counts[f"step.{event.step}"] += 1
            if event.stage != event.to:
                counts[f"stage.{event.to}"] += 1
        elif event.event == "arrival":
            counts[f"stage.{scenario.procedure.initial}"] += 1
    years = scenario.years - scenario.warm_up
    procedure = scenario.procedure
    names = [
        *(f"stage.{stage.id}" for stage in procedure.stages),
        *(f"step.{step.id}" for step in procedure.steps),
    ]
    return {name: counts[name] / years for name in names}


def _spans(log: Log) -> Iterator[tuple[str, str, float, float]]:
    """Yield waits and pieces of work: which, in what pool, from when to when; to the end where it cuts them off."""
    asked: dict[int, tuple[str, float]] = {}
    working: dict[int, tuple[str, float]] = {}
    for event in log.events:
        case, pool, time = event.case, event.subject, event.time
        if event.event == "ask":
            asked[case] = pool, time
        elif event.event == "start":
            yield "wait", pool, asked.pop(case)[1], time
            working[case] = pool, time
        elif event.event in {"finish", "drop"}:
            if case in working:
                yield "work", pool, working.pop(case)[1], time
            else:
                yield "wait", pool, asked.pop(case)[1], time
    for kind, open_ended in (("wait", asked), ("work", working)):
        for pool, since in open_ended.values():
            yield kind, pool, since, math.inf if kind == "work" else log.days.length + WEEK


def _parts(since: float, until: float) -> Iterator[tuple[int, float]]:
    """Yield the weeks that a time touches, each with how much of it lies there."""
    week = int(since // WEEK)
    while week * WEEK < until:
        yield week, min(until, (week + 1) * WEEK) - max(since, week * WEEK)
        week += 1


def _sums(changes: list[int]) -> Iterator[int]:
    level = 0
    for change in changes:
        level += change
        yield level
