"""Days over the clock events of every choice of readings: exactly, and from below and above in far fewer states.

Exactly, a state has the days that each running clock has left (`duecourse.properties.days`). Two graphs are smaller:

- from below: days pass until a running clock has none left, or none pass, or one does where a lapse has closed the day.
  Every way of it is a way of the exact graph, so its days can be counted.
- from above: each day is charged to one clock, the first in order among those that tick, and a clock pays at once all
  that it has; whether the others have days left, or a day is over, is not asked. No way of the exact graph counts more.

Where both say the same, that is the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from duecourse.properties.days import UNLIMITED
from duecourse.properties.lengths import Ways

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from duecourse.calendar import Span
    from duecourse.model.reading_set import ReadingSet
    from duecourse.properties.family_automaton import Course

Left = tuple[tuple[str, int], ...]
"""The running clocks with the days they have left, by name."""


SINGLE = False


class Standing(NamedTuple):
    """Where a case stands: `day_over` where a lapse has closed the day, so that nobody acts before the next."""

    block: int
    left: Left
    day_over: bool


Lead = tuple[int, "Standing | None", "ReadingSet"]
"""Days that pass or an event: the counted days, where it leads (None: to the outcome), and under which choices."""


@dataclass(frozen=True)
class FamilyDays:
    """The days on the courses to one outcome.

    Attributes:
        course: the clock events that lead to the outcome, under every choice.
        limits: the working days of each clock.
        lengths: the working days of each span that an extension adds.
        unlimited: whether extensions without a limit may be used.
    """

    course: Course
    limits: Mapping[str, int]
    lengths: Mapping[Span, int]
    unlimited: bool

    def exact(self, within: ReadingSet, limit: int) -> Ways[Standing]:
        """Return the ways day by day."""
        return self._ways(within, limit, self._day_by_day)

    def below(self, within: ReadingSet, limit: int) -> Ways[Standing]:
        """Return some of the ways: none that is not possible."""
        return self._ways(within, limit, self._in_leaps)

    def above(self, within: ReadingSet, limit: int) -> Ways[Standing]:
        """Return ways that count at least as much as each that is possible."""
        return self._ways(within, limit, self._at_once)

    def _ways(self, within, limit, leads):  # type: ignore[no-untyped-def]
        space = self.course.space
        starts = {
            Standing(block, (), day_over=False): both
            for block, under in self.course.starts.items()
            if (both := space.intersection(under, within))
        }
        return Ways(space, starts, leads, limit)

    def _day_by_day(self, at: Standing) -> Iterator[Lead]:
        ticking = self.course.ticking[at.block]
        if (ticking or at.day_over) and all(days for clock, days in at.left if clock in ticking):
            yield self._passed(at, 1 if ticking else 0)
        yield from self._events(at, charged=False)

    def _in_leaps(self, at: Standing) -> Iterator[Lead]:
        ticking = self.course.ticking[at.block]
        having = [days for clock, days in at.left if clock in ticking]
        if (ticking or at.day_over) and all(having):
            bounded = [days for days in having if days != UNLIMITED]
            if bounded:
                yield self._passed(at, min(bounded))
            else:
                yield self._passed(at, 1 if ticking else 0)
            if SINGLE and at.day_over and ticking:
                yield self._passed(at, 1)
        yield from self._events(at, charged=False)

    def _at_once(self, at: Standing) -> Iterator[Lead]:
        ticking = self.course.ticking[at.block]
        paying = [each for each in at.left if each[0] in ticking and each[1] != UNLIMITED]
        if paying:
            clock, days = max(paying, key=lambda each: (self.limits[each[0]], each[0]))
            if days:
                left = tuple((name, 0 if name == clock else has) for name, has in at.left)
                yield days, at._replace(left=left), self.course.all
                return
        elif ticking:
            yield 1, at, self.course.all
        yield from self._events(at, charged=True)

    def _passed(self, at: Standing, days: int) -> Lead:
        ticking = self.course.ticking[at.block]
        left = tuple(
            (clock, has - days if clock in ticking and has > 0 else has) for clock, has in at.left
        )
        return days, Standing(at.block, left, day_over=False), self.course.all

    def _events(self, at: Standing, *, charged: bool) -> Iterator[Lead]:
        left = dict(at.left)
        for event, to, under in self.course.events[at.block]:
            if event.lapse is None:
                if at.day_over:
                    continue
            elif left.get(event.lapse, UNLIMITED) == UNLIMITED or (
                left[event.lapse] and not charged
            ):
                continue
            if not self.unlimited and any(by is None for _, by in event.extended):
                continue
            if to is None:
                yield 0, None, under
                continue
            after = {clock: days for clock, days in left.items() if clock not in event.stopped}
            for clock, by in event.extended:
                if clock in after:
                    endless = by is None or after[clock] == UNLIMITED
                    after[clock] = (
                        UNLIMITED if endless or by is None else after[clock] + self.lengths[by]
                    )
            after |= {clock: self.limits[clock] for clock in event.started}
            over = not charged and (at.day_over or event.lapse is not None)
            yield 0, Standing(to, tuple(sorted(after.items())), over), under
