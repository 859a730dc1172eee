"""What one replication did over time: the staff in each period, and how often each step was taken.

The staff is told for the whole run, the warm-up included; the steps after the warm-up only.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from duecourse.simulations.head_count import staffed_days, teams

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from duecourse.scenarios.capacity import Pool
    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.days import Days
    from duecourse.simulations.log import Log

WEEK = 5
"""Working days between two points of the backlog."""

PERIOD = 20
"""Working days over which the staff is told: single weeks are too restless to read."""


def periods(log: Log, scenario: Scenario) -> dict[str, tuple[float, ...]]:
    """Return of each pool `pool.ID.utilisation` and `pool.ID.queue`, the mean number of waiting cases, in each period."""
    length = log.days.length
    days = [min(PERIOD, length - at) for at in range(0, length, PERIOD)]
    names = [pool.id for pool in scenario.pools]
    times = {(kind, name): [0.0] * len(days) for kind in ("work", "wait") for name in names}
    for kind, name, since, until, members in _spans(log, teams(scenario)):
        for period, part in _parts(since, min(until, float(length))):
            times[kind, name][period] += part * members
    return told(times, log.days, scenario)


def told(
    times: Mapping[tuple[str, str], Sequence[float]], run: Days, scenario: Scenario
) -> dict[str, tuple[float, ...]]:
    """Return what `periods` does, from the working days of work and of waiting in each pool and period."""
    length = run.length
    days = [min(PERIOD, length - at) for at in range(0, length, PERIOD)]
    found: dict[str, tuple[float, ...]] = {}
    for pool in scenario.pools:
        there = _there(pool, run, days)
        for what, kind, sizes in (("utilisation", "work", there), ("queue", "wait", days)):
            parts = zip(times[kind, pool.id], sizes, strict=True)
            found[f"pool.{pool.id}.{what}"] = tuple(
                part / size if size else math.nan for part, size in parts
            )
    return found


def _there(pool: Pool, days: Days, lengths: Sequence[int]) -> list[float]:
    """Return the working days of all members in each period."""
    if pool.steady:
        size = pool.size
        return [float(size * length) for length in lengths]
    starts = range(0, days.length, PERIOD)
    periods = zip(starts, lengths, strict=True)
    return [staffed_days(pool, days, at, at + length) for at, length in periods]


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
    return yearly(counts, scenario)


def yearly(counts: Mapping[str, int], scenario: Scenario) -> dict[str, float]:
    """Return what `flows` does, from how often each step was taken and each stage entered; a Counter, say."""
    years = scenario.years - scenario.warm_up
    procedure = scenario.procedure
    names = [
        *(f"stage.{stage.id}" for stage in procedure.stages),
        *(f"step.{step.id}" for step in procedure.steps),
    ]
    return {name: counts[name] / years for name in names}


def _spans(
    log: Log, team: Mapping[tuple[str, str], int]
) -> Iterator[tuple[str, str, float, float, int]]:
    """Yield waits and pieces of work: which, in what pool, from when to when, of how many members.

    To the end where it cuts them off.
    """
    asked: dict[int, tuple[str, float]] = {}
    working: dict[int, tuple[str, float, int]] = {}
    for event in log.events:
        case, pool, time = event.case, event.subject, event.time
        if event.event == "ask":
            asked[case] = pool, time
        elif event.event == "start":
            yield "wait", pool, asked.pop(case)[1], time, 1
            working[case] = pool, time, team.get((event.stage, event.activity), 1)
        elif event.event in {"finish", "drop", "interrupt"}:
            if case in working:
                _, since, members = working.pop(case)
                yield "work", pool, since, time, members
            else:
                yield "wait", pool, asked.pop(case)[1], time, 1
            if event.event == "interrupt":
                asked[case] = pool, time
    for pool, since in asked.values():
        yield "wait", pool, since, math.inf, 1
    for pool, since, members in working.values():
        yield "work", pool, since, math.inf, members


def _parts(since: float, until: float) -> Iterator[tuple[int, float]]:
    """Yield the periods that a time touches, each with how much of it lies there."""
    period = int(since // PERIOD)
    while period * PERIOD < until:
        yield period, min(until, (period + 1) * PERIOD) - max(since, period * PERIOD)
        period += 1
