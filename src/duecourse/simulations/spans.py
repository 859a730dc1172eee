"""Spans of time in arrays of ticks: waits, work and stays, and how much of them lies where."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from duecourse.simulations.agenda import TICKS
from duecourse.simulations.periods import WEEK

Array = Any


class Spans(NamedTuple):
    """Waits, or pieces of work: in which pool, from when to when, of how many members; a wait, how many began of it."""

    pool: Array
    since: Array
    until: Array
    members: Array


class Work(NamedTuple):
    """The lines on work: the pool, the line, when, the team, and whether work under way was left there."""

    pool: Array
    line: Array
    time: Array
    team: Array
    left: Array


class Stays(NamedTuple):
    """Every time that a case left a stage, in the order of the cases: until it ended; and whether it is known since when it was there."""

    case: Array
    since: Array
    until: Array
    stage: Array
    to: Array
    step: Array
    last: Array
    known: Array


def up_to(ends: Array, times: Array, members: Array) -> Array:
    """Return for each end the sum of the instants up to it, and of it for each instant after it, as often as they have members."""
    place = np.searchsorted(ends, times)
    before = np.cumsum(np.bincount(place, times * members, len(ends)))
    after = members.sum() - np.cumsum(np.bincount(place, members, len(ends)))
    return before + ends * after


def week(times: Array) -> Array:
    """Return the first week that begins at an instant or after it."""
    return -(-times // (WEEK * TICKS))
