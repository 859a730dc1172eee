"""Where a case stands among the activities of its stage, from the steps that were taken there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from duecourse.scenarios.docket import Position

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from duecourse.scenarios.docket import Taken
    from duecourse.scenarios.scenario import Activity


def position(
    activities: Sequence[Activity], taken: Iterable[Taken], named: str = ""
) -> Position | None:
    """Return the first activity of which the last step is not taken; None where all are over, or there are none.

    An activity that leaves no step is taken not to have begun, unless it is `named`. Steps that belong to no activity
    (replies, incidents, extensions) tell nothing.

    Args:
        activities: of the stage, in order.
        taken: the steps since the stage was entered.
        named: the activity, where it is known.
    """
    walk = _Walk(activities)
    for each in taken:
        walk.take(each)
    if named:
        found = next((n for n, each in enumerate(activities) if each.id == named), None)
        if found is not None and found != walk.index:
            walk.go(found)
    return walk.position(named=bool(named))


@dataclass
class _Walk:
    activities: Sequence[Activity]
    index: int = 0
    times: int = 0
    done: set[str] = field(default_factory=set)
    since: date | None = None

    def take(self, step: Taken) -> None:
        """Hold a step against the activities from here on, and where none has it, against those before."""
        count = len(self.activities)
        for index in (*range(self.index, count), *range(self.index)):
            activity = self.activities[index]
            last = ends_of(activity)
            if step.step in {*activity.begin, *activity.take, *last}:
                if index != self.index:
                    self.go(index)
                self.done.add(step.step)
                if activity.begin and step.step == activity.begin[-1]:
                    self.since = step.on
                if step.step in last:
                    self.over(activity)
                return

    def go(self, index: int) -> None:
        self.index, self.times, self.done, self.since = index, 0, set(), None

    def over(self, activity: Activity) -> None:
        """Go on with the same activity where it may happen again, else with the next."""
        times = self.times + 1
        if times < activity.repeat:
            self.go(self.index)
            self.times = times
        else:
            self.go(self.index + 1)

    def position(self, *, named: bool) -> Position | None:
        if self.index >= len(self.activities):
            return None
        activity = self.activities[self.index]
        rest = replace(
            activity,
            begin=tuple(each for each in activity.begin if each not in self.done),
            take=tuple(each for each in activity.take if each not in self.done),
        )
        again = activity.repeat - self.times - 1
        begun = named or bool(self.done)
        return Position(self.index, rest, again, begun, self.since if not rest.begin else None)


def ends_of(activity: Activity) -> set[str]:
    """Return the steps of which one ends an activity."""
    if activity.choose is not None:
        return {step for choice in activity.choose.values() for step, _ in choice}
    if activity.first_of:
        return set(activity.first_of)
    return set(activity.take[-1:]) or (set() if _waits(activity) else set(activity.begin[-1:]))


def _waits(activity: Activity) -> bool:
    parts = (activity.work, activity.delay, activity.meeting, activity.panel)
    return any(each is not None for each in parts)
