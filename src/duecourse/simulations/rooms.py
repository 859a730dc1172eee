"""Meetings: who is heard next is decided here, in the total order, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from duecourse.simulations.agenda import Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from duecourse.simulations.agenda import Agenda
    from duecourse.simulations.pools import Waiting


@dataclass(slots=True)
class Room:
    """A body that meets: it takes the cases that wait for it, first come first served.

    Attributes:
        days: the working days on which it meets, in order.
        agenda_limit: how many cases one meeting takes; None means any number.
        waiting: the cases that wait, in the order in which they came.
    """

    days: tuple[int, ...]
    agenda_limit: int | None
    number: int
    agenda: Agenda
    attend: Callable[[Waiting, int], None]
    waiting: dict[Waiting, int] = field(default_factory=dict)

    def schedule(self, count: int) -> None:
        """Announce a meeting; `count` have been."""
        if count < len(self.days):
            time = float(self.days[count])
            self.agenda.add(time, Phase.MEETING, -1 - self.number, self.meet, time, count)

    def meet(self, now: float, count: int) -> None:
        """Call up the cases of this meeting, each as an event of its own, and announce the next."""
        for case, token in list(self.waiting.items())[: self.agenda_limit]:
            del self.waiting[case]
            self.agenda.add(now, Phase.MEETING, case.number, self.attend, case, token)
        self.schedule(count + 1)
