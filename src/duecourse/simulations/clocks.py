"""The statutory time of a simulated case: its ledger, and what the agenda has to know of it."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput
from duecourse.model.clocks import next_lapse
from duecourse.simulations.agenda import TICK, Phase
from duecourse.simulations.randomness import uniform_of

if TYPE_CHECKING:
    from duecourse.model.clocks import Run
    from duecourse.simulations.opening import Opening
    from duecourse.simulations.plan import Move, Wish
    from duecourse.simulations.process import Case


class Clocks:
    """The clocks of one case. They see days only: instant t is day floor(t).

    Attributes:
        last_lapse: the instant of the last lapse; it closed the day for the case.
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self.ledger = case.office.plan.ledger()
        self.due: dict[str, int] = {}
        self.breached: set[str] = set()
        self.asked: dict[str, int] = {}
        self.last_lapse = -1.0

    def take_up(self, opening: Opening) -> None:
        """Go on with the clocks of an open case."""
        self.ledger.running.update(opening.running)
        self.ledger.active.update(opening.active)
        self.breached.update(opening.breached)
        for clock in self.ledger.running:
            self.announce(clock, taken_up=True)

    def apply(self, move: Move) -> None:
        """Record what a step does to clocks and suspensions, and announce what follows."""
        case, ledger = self.case, self.ledger
        over = len(ledger.history)
        day = case.office.plan.days.date(floor(case.office.now))
        ledger.apply(move.rule.ops, day, ends=move.ends)
        for run in ledger.history[over:]:
            self.stopped(run)
        for clock in ledger.running:
            self.announce(clock)
        case.due_moved()

    def stopped(self, run: Run) -> None:
        """Write into the log that a clock stopped, and by how many working days it was past its limit."""
        breach = run.clock in self.breached
        self.breached.discard(run.clock)
        self.due.pop(run.clock, None)
        over = self.overrun(run) if breach else 0
        self.case.note("stop", subject=run.clock, value=float(over), breach=breach)

    def overrun(self, run: Run) -> int:
        """Return the working days from the due date to the stop, less those of later suspensions."""
        calendar = self.ledger.calendar
        due = run.due(calendar, first_day_counts=self.ledger.first_day_counts)
        if due is None or run.ended is None:
            return 0
        free = sum(calendar.elapsed(began, over) for began, over in run.suspended if began > due)
        return calendar.elapsed(due, run.ended) - free

    def announce(self, clock: str, *, taken_up: bool = False) -> None:
        """Put the lapse of a clock on the agenda, and the day on which its extension is thought of.

        With the clock of a case that is taken up, an extension that was to be thought of before the start is not.
        """
        due = self.due_day(clock)
        if due == self.due.get(clock):
            return
        if due is None:
            self.due.pop(clock)
            return
        self.due[clock] = due
        case, office = self.case, self.case.office
        for wish in case.kind.extensions.get(clock, ()):
            if taken_up and due < wish.days_before:
                continue
            time = max(float(due - wish.days_before), case.soonest)
            office.agenda.add(time, Phase.COMPLETE, case.number, self.extend, clock, due, wish)
        time = max(due + 1 - TICK, office.now)
        office.agenda.add(time, Phase.LAPSE, case.number, self.lapse, clock, due)

    def due_day(self, clock: str) -> int | None:
        """Return the working day on which a running clock is due; None without one in the calendar."""
        try:
            due = self.ledger.due(clock)
        except InvalidInput:
            return None
        return None if due is None else self.case.office.plan.days.day(due)

    def lapse(self, clock: str, due: int) -> None:
        """Let a clock lapse at the end of its due day, and whatever else of the case is due by then."""
        while self.still(clock, due):
            waiting = {each: day for each, day in self.due.items() if day <= due}
            waiting = {each: day for each, day in waiting.items() if self.still(each, day)}
            found = next_lapse(self.ledger.procedure.clocks, waiting, self.effect)
            assert found is not None
            _, first, move = found
            self.take_effect(first, move)

    def effect(self, clock: str) -> Move | None:
        """Return the step that the law takes if a clock lapses now; None where that is a breach."""
        return self.case.moves.lapse(self.case.packed, clock)

    def take_effect(self, clock: str, move: Move | None) -> None:
        """Record a lapse: the law takes its step, else it is a breach."""
        case = self.case
        self.ledger.record_lapse(clock)
        self.last_lapse = case.office.now
        case.note("lapse", subject=clock, breach=move is None)
        if move is None:
            self.breached.add(clock)
        else:
            stage = case.stage
            case.enter(move, subject=clock)
            case.leave(stage)

    def extend(self, clock: str, due: int, wish: Wish) -> None:
        """Extend a clock that is about to lapse, if chance and the law have it so."""
        if not self.still(clock, due) or not self.case.may(wish.step):
            return
        count = self.asked.get(wish.id, 0)
        self.asked[wish.id] = count + 1
        if uniform_of(self.case.key, wish.chance, count) < wish.probability:
            self.case.take_beside(wish.step)

    def still(self, clock: str, due: int) -> bool:
        """Return whether a clock runs, is due on this day and has not lapsed."""
        run = self.ledger.running.get(clock)
        return run is not None and not run.lapsed and self.due.get(clock) == due
