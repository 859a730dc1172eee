"""How a later text takes over the cases pending under an earlier one: stage to stage, and what becomes of each clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from duecourse.model.clocks import Run, open_ledger
from duecourse.model.expression import TRUE, Expression, evaluate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from duecourse.model.clocks import Ledger
    from duecourse.model.procedure import Cite, Label, Procedure, Value


class Treatment(StrEnum):
    """What becomes of a running clock: days used count, it begins anew, or it no longer runs."""

    CARRIED = "carried"
    RESTARTED = "restarted"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Carry:
    """What becomes of one clock.

    Attributes:
        clock, to: its id in the earlier and in the later text.
        stages: the stages of the earlier text for which this holds; all, where none is named.
        when: the condition over the readings of the later text under which it holds.
    """

    clock: str
    treatment: Treatment
    to: str
    why: Label
    stages: tuple[str, ...] = ()
    when: Expression = TRUE


@dataclass(frozen=True, kw_only=True)
class Migration:
    """The takeover of pending cases by a later text.

    Attributes:
        source: the id of the earlier text.
        target: the later text.
        on: the first day of the later text.
        reading, option: the reading of the later text that decides it, and the option under which this happens.
        stages: for each stage of the earlier text in which a case may be pending, the one it continues in.
        facts: the values of the facts that the earlier text does not have.
        clocks: what becomes of each clock; of several entries for one the first that holds.
    """

    id: str
    label: Label
    source: str
    target: Procedure
    on: date
    reading: str
    option: str
    cites: tuple[Cite, ...]
    stages: Mapping[str, str]
    facts: Mapping[str, Value]
    clocks: tuple[Carry, ...]

    def applies(self, readings: Mapping[str, str]) -> bool:
        """Return whether the later text takes over, under readings of which some may not be named."""
        return readings.get(self.reading, self.target.reading[self.reading].default) == self.option

    def carry(self, clock: str, stage: str, readings: Mapping[str, str]) -> Carry:
        """Return what becomes of a clock that runs in a stage of the earlier text."""
        return next(
            each
            for each in self.clocks
            if each.clock == clock
            and (not each.stages or stage in each.stages)
            and evaluate(each.when, readings)
        )


@dataclass(frozen=True, slots=True)
class Moved:
    """A case as the later text takes it over.

    Attributes:
        values: its stage and variables, for `CaseMachine.load`.
        ledger: its clocks.
        clocks: what became of each clock that ran, by its id in the earlier text.
    """

    values: Mapping[str, Value]
    ledger: Ledger
    clocks: Mapping[str, Carry]


def migrate(
    migration: Migration,
    values: Mapping[str, Value],
    ledger: Ledger,
    readings: Mapping[str, str],
) -> Moved:
    """Return a pending case as the later text takes it over.

    Facts, replies, suspensions and extensions granted keep their values; of a clock that is carried the days already
    used count towards the limit of the later text.

    Args:
        migration: from which text to which.
        values: the stage and the variables of the case, by name, under the earlier text.
        ledger: its clocks there; left as they are.
        readings: the option for every reading of the later text.
    """
    stage = str(values["stage"])
    moved = open_ledger(migration.target, readings)
    moved.active = dict(ledger.active)
    carries = {clock: migration.carry(clock, stage, readings) for clock in ledger.running}
    for clock, run in ledger.running.items():
        carry = carries[clock]
        if carry.treatment is not Treatment.DROPPED:
            moved.running[carry.to] = _taken_over(migration, carry, run, moved)
    return Moved({**values, **migration.facts, "stage": migration.stages[stage]}, moved, carries)


def _taken_over(migration: Migration, carry: Carry, run: Run, ledger: Ledger) -> Run:
    limit = migration.target.clock[carry.to].limit
    stopped = bool(ledger.stoppers(carry.to))
    if carry.treatment is Treatment.RESTARTED:
        return Run(
            carry.to, migration.on, (limit,), stopped_since=migration.on if stopped else None
        )
    new = replace(run, clock=carry.to, spans=(limit, *run.spans[1:]))
    if stopped and run.stopped_since is None:
        new = replace(new, stopped_since=migration.on)
    elif not stopped and run.stopped_since is not None:
        over = (*run.suspended, (run.stopped_since, migration.on))
        new = replace(new, stopped_since=None, suspended=over)
    due = new.due(ledger.calendar, first_day_counts=ledger.first_day_counts)
    # a limit that had lapsed runs again where the later text sets a longer one
    return replace(new, lapsed=run.lapsed and (due is None or due < migration.on))
