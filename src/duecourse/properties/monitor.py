"""A property as a deterministic monitor over the steps of one case.

The same monitor runs in exploration, beside random cases, beside every simulated case and over logs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Monitor:
    """A deterministic automaton over steps; steps it does not name leave its state alone.

    Attributes:
        states: what each state means, in words.
        moves: from a state (its index) by a step to a state.
        violated: the states in which the property is violated for good.
        triggered: the states in which the property has something to say; a property never triggered holds vacuously.
    """

    states: tuple[str, ...]
    moves: Mapping[tuple[int, str], int]
    violated: frozenset[int]
    triggered: frozenset[int]

    def step(self, state: int, step: str) -> int:
        """Return the state after a step."""
        return self.moves.get((state, step), state)

    def run(self, steps: Iterable[str]) -> int:
        """Return the state after a sequence of steps from the beginning."""
        state = 0
        for step in steps:
            state = self.step(state, step)
        return state


@dataclass(slots=True)
class Watch:
    """A monitor beside one running case.

    Attributes:
        monitor: what it watches for.
        state: where it stands.
    """

    monitor: Monitor
    state: int = 0

    def step(self, step: str) -> bool:
        """Take a step; return whether the property still holds."""
        self.state = self.monitor.step(self.state, step)
        return self.state not in self.monitor.violated


def absence(
    *,
    of: Collection[str],
    after: Collection[str],
    until: Collection[str] = (),
    renewed_by: Collection[str] = (),
) -> Monitor:
    """Return the monitor of "none of these steps after one of those, until one of these others".

    The pattern absence with scope after-until (Dwyer, Avrunin, Corbett 1999). What `until` grants lasts until the next
    step in `after` or `renewed_by`: an approval concerns what was decided before it, nothing later.

    >>> monitor = absence(of=["notify"], after=["object"], until=["approve"], renewed_by=["propose"])
    >>> [monitor.run(steps) in monitor.violated for steps in (
    ...     ["notify"], ["object", "notify"], ["object", "approve", "notify"],
    ...     ["object", "approve", "propose", "notify"])]
    [False, True, False, True]
    """
    free, guarded, granted, violated = range(4)
    moves: dict[tuple[int, str], int] = {}
    for step in after:
        moves |= {(free, step): guarded, (granted, step): guarded}
    moves |= {(granted, step): guarded for step in renewed_by}
    moves |= {(guarded, step): granted for step in until}
    moves |= {(guarded, step): violated for step in of}
    words = ("nothing yet", "forbidden now", "allowed again", "violated")
    return Monitor(words, moves, frozenset({violated}), frozenset({guarded, granted, violated}))
