"""One way in which a case may have gone: a set of configurations that its clocks do not tell apart, and these clocks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from duecourse.audit.deviation import Overrun
from duecourse.errors import InvalidInput
from duecourse.model.clocks import next_lapse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from duecourse.audit.places import Move, Places
    from duecourse.model.clocks import Ledger, Run


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A lapse that is a breach, with the event that stopped its clock at last."""

    run: Run
    due: date
    ended: Run | None = None
    row: int | None = None

    def overrun(self, ledger: Ledger, on: date) -> Overrun:
        """Return by how much the limit was missed, as it stands on a day."""
        calendar, run = ledger.calendar, self.ended or self.run
        until = self.ended.ended if self.ended else None
        end = max(until or on, self.due)
        pauses = [*run.suspended, *([(run.stopped_since, end)] if run.stopped_since else [])]
        free = sum(
            calendar.elapsed(began, min(over, end)) for began, over in pauses if began > self.due
        )
        return Overrun(
            clock=ledger.procedure.clock[run.clock],
            due=self.due,
            until=until,
            days=calendar.elapsed(self.due, end) - free,
            estimated=calendar.is_estimated(run.started, end),
        )


@dataclass(slots=True)
class Strand:
    """Where a case may be, with its clocks.

    Attributes:
        places: the number of the set of configurations.
        ledger: the clocks.
        lapses: the breaches so far.
        by_law: the steps that the law took at a lapse and that the log has not told of.
        opened: the panels that were ever opened.
    """

    table: Places
    places: int
    ledger: Ledger
    lapses: list[Lapsed] = field(default_factory=list)
    by_law: list[str] = field(default_factory=list)
    opened: set[str] = field(default_factory=set)
    due: dict[str, date] = field(default_factory=dict)
    next: date | None = None

    def fork(self, places: int) -> Strand:
        """Return another strand with the same past."""
        ledger = replace(
            self.ledger,
            running=dict(self.ledger.running),
            history=[],
            active=dict(self.ledger.active),
        )
        return replace(
            self,
            places=places,
            ledger=ledger,
            lapses=[*self.lapses],
            by_law=[*self.by_law],
            opened={*self.opened},
            due=dict(self.due),
        )

    def advance(self, day: date) -> list[Strand]:
        """Let every limit lapse that was due before a day; return the strands that come of it."""
        done: list[Strand] = []
        waiting = [self]
        while waiting:
            strand = waiting.pop()
            if strand.next is None or strand.next >= day:
                done.append(strand)
            else:
                waiting += strand.lapse(day)
        return done

    def lapse(self, day: date) -> list[Strand]:
        """Let the first limit lapse that was due before a day; return the strands that come of it."""
        due = {name: on for name, on in self.due.items() if on < day}

        def effect(clock: str) -> str | None:
            return self.table.lapse_step(self.places, clock) or None

        found = next_lapse(self.ledger.procedure.clocks, due, effect)
        assert found is not None
        on, clock, _ = found
        moves, rest = self.table.lapse(self.places, clock)
        step = self.table.lapse_step(self.places, clock)
        strands: list[Strand] = []
        for move in moves:
            strand = self.fork(move.places)
            strand.ledger.record_lapse(clock)
            strand.by_law.append(step)
            strand.apply(move, on, None)
            strand.settle()
            strands.append(strand)
        if rest is not None:
            strand = self.fork(rest) if strands else self
            strand.lapses.append(Lapsed(strand.ledger.running[clock], on))
            strand.ledger.record_lapse(clock)
            strand.places = rest
            strand.settle()
            strands.append(strand)
        return strands

    def take(self, moves: Iterable[Move], day: date, row: int | None) -> list[Strand]:
        """Take a step; return the strands that come of it."""
        first, *others = moves
        forks = [(self.fork(move.places), move) for move in others]
        for strand, move in [(self, first), *forks]:
            strand.places = move.places
            strand.apply(move, day, row)
        return [self, *(strand for strand, _ in forks)]

    def apply(self, move: Move, day: date, row: int | None) -> None:
        """Do to the clocks and panels what a step does."""
        for op in move.ops:
            if op.kind == "open":
                self.opened.add(op.name)
        if not move.timed:
            return
        over = len(self.ledger.history)
        self.ledger.apply(move.ops, day, ends=move.ends)
        self.stopped(self.ledger.history[over:], row)
        self.settle()

    def stopped(self, runs: Iterable[Run], row: int | None) -> None:
        """Note which of the breaches are over."""
        for run in runs:
            for index, each in enumerate(self.lapses):
                same = each.run.clock == run.clock and each.run.started == run.started
                if same and each.ended is None and run.lapsed:
                    self.lapses[index] = replace(each, ended=run, row=row)

    def drop(self, clocks: Iterable[str], day: date) -> None:
        """Stop clocks that cannot run where the case was taken up again."""
        for clock in clocks:
            run = self.ledger.running.pop(clock, None)
            if run is not None:
                self.stopped([replace(run, ended=day)], None)
        self.settle()

    def settle(self) -> None:
        """Work out what is due next."""
        self.due = dict(self._dues())
        self.next = min(self.due.values(), default=None)

    def _dues(self) -> Iterator[tuple[str, date]]:
        ledger = self.ledger
        for name, run in ledger.running.items():
            if run.lapsed:
                continue
            try:
                due = run.due(ledger.calendar, first_day_counts=ledger.first_day_counts)
            except InvalidInput:  # later than the calendar goes, and so than any day of the log
                continue
            if due is not None:
                yield name, due

    def standing(self) -> list[Lapsed]:
        """Return the breaches with their runs as they stand, suspensions that began since included."""
        running: Mapping[str, Run] = self.ledger.running
        return [
            replace(each, run=running[each.run.clock])
            if each.ended is None
            and each.run.clock in running
            and running[each.run.clock].started == each.run.started
            else each
            for each in self.lapses
        ]
