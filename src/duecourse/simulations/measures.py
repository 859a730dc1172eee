"""Which indicators a question is about: sets of their names, by pattern, and how each is measured."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from duecourse.scenarios.scenario import Scenario

PLANNED = ("time.working.mean", "time.working.median", "backlog.mean", "clock.*.late_share")
"""What a planner asks first: how long, how many are open, how many limits are missed."""

_SHARES = ("share", "utilisation")


def is_share(name: str) -> bool:
    """Return whether an indicator lies between 0 and 1, so that its precision is in points and not in per cent of it."""
    return name.endswith(_SHARES)


def selected(patterns: Sequence[str], known: Iterable[str]) -> tuple[str, ...]:
    """Return the names that match patterns such as `clock.*.late_share`, each once, pattern by pattern.

    Raises:
        InvalidInput: a pattern matches none.
    """
    names = tuple(known)
    found: dict[str, None] = {}
    for pattern in patterns:
        chosen = matching(pattern, names)
        if not chosen:
            raise InvalidInput(f'no indicator "{pattern[:80]}"{nearest(pattern, names)}')
        found.update(dict.fromkeys(chosen))
    return tuple(found)


def matching(pattern: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the names that match a pattern, in which `*` stands for any part of a name."""
    return tuple(name for name in known if fnmatchcase(name, pattern))


def compared(scenario: Scenario) -> tuple[str, ...]:
    """Return the indicators by which two scenarios are compared: the family that shares one level."""
    return tuple(_compared(scenario))


def _compared(scenario: Scenario) -> Iterator[str]:
    yield from ("arrivals", "throughput", "backlog.mean")
    if "special_review" in scenario.behaviours:
        yield "stage.special_review.share"
    for outcome in scenario.procedure.outcomes:
        yield f"outcome.{outcome.id}.working.median"
        yield f"outcome.{outcome.id}.working.q90"
    for clock in scenario.procedure.clocks:
        yield f"clock.{clock.id}.late_share"
    for pool in scenario.pools:
        yield f"pool.{pool.id}.utilisation"
        yield f"pool.{pool.id}.wait"
