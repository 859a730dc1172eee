"""What a replay finds, as values: where a case stands, what runs, what was late, what may happen next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

from duecourse.model.case_json import case_dict
from duecourse.notebook import Shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from duecourse.calendar import Span
    from duecourse.model.procedure import (
        Actor,
        Cite,
        Clock,
        Label,
        Option,
        Outcome,
        Panel,
        Procedure,
        Reading,
        Stage,
        Step,
        Suspension,
    )

ChangeKind = Literal["started", "stopped", "extended", "suspended", "resumed", "carried"]


class Kind(StrEnum):
    """What an entry of the history records."""

    STEP = "step"
    LAPSE = "lapse"
    BREACH = "breach"
    LATE_REPLY = "late reply"
    CHANGE_OF_TEXT = "change of text"


@dataclass(frozen=True, slots=True)
class Change:
    """What an entry did to a clock.

    Attributes:
        due: the due date after it; None where the clock stopped, is suspended or has no limit.
        used: the working days counted until then.
    """

    kind: ChangeKind
    clock: Clock
    due: date | None
    used: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history.

    Attributes:
        what: the step, the lapse or the change of text in words.
        stage: where the case stood afterwards.
        actors: who acted, or for a breach who is bound; several where the file does not say which.
        step: the step that was taken; None for a breach and a change of text.
        member: the unit that replied.
        note, source: what the file adds.
    """

    kind: Kind
    on: date
    what: Label
    stage: Stage
    actors: tuple[Actor, ...]
    cites: tuple[Cite, ...]
    step: Step | None = None
    changes: tuple[Change, ...] = ()
    member: Label | None = None
    note: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Running:
    """A clock that runs, stopped by a suspension or not.

    Attributes:
        limit: its limit and the extensions granted.
        unlimited: whether it was extended without any limit; it is then never due.
        used, remaining: days of its unit (calendar days, where the limit is in months); None where it has no end.
        due: the last day; None while it is suspended or where it has no limit.
        overdue: working days past the due date.
        stopped_by: the suspensions that stop it.
        then: the step that the law takes when it lapses.
        estimated: whether its dates rest on a year whose calendar is not published.
    """

    clock: Clock
    binds: tuple[Actor, ...]
    started: date
    limit: tuple[Span, ...]
    unlimited: bool
    used: int
    remaining: int | None
    due: date | None
    overdue: int
    stopped_by: tuple[Suspension, ...]
    then: Step | None
    estimated: bool


@dataclass(frozen=True, slots=True)
class Breach:
    """A limit that was not kept.

    Attributes:
        binds: who had to keep it.
        until: the day the clock was stopped at last; None while it is still overdue.
        overdue: working days from the due date to that day, or to the day of the report.
    """

    clock: Clock
    binds: tuple[Actor, ...]
    due: date
    until: date | None
    overdue: int
    estimated: bool


@dataclass(frozen=True, slots=True)
class Permitted:
    """A step that is allowed now.

    Attributes:
        by: the last day of the clock that it stops, or else of the first clock that binds who takes it.
        clock: that clock.
        ends_clock: whether the step stops it.
    """

    step: Step
    actors: tuple[Actor, ...]
    by: date | None = None
    clock: Clock | None = None
    ends_clock: bool = False


@dataclass(frozen=True, slots=True)
class Round:
    """A panel as it was last consulted.

    Attributes:
        number: the round, counted from 1.
        opened: the day it was opened.
        open: whether replies are still awaited.
        counts: the replies of each value, silence included where it counts.
        asked, pending: how many members were asked, how many have not replied.
        outstanding: their names, where every reply names its member.
    """

    panel: Panel
    number: int
    opened: date
    open: bool
    asked: int
    pending: int
    counts: Mapping[str, int]
    outstanding: tuple[Label, ...]


@dataclass(frozen=True, kw_only=True)
class CaseReport(Shown):
    """Where a case stands at the end of a day on which steps may still be taken.

    Attributes:
        id, label: those of the case.
        procedure: the text that governs it on that day.
        on: the day.
        later: how many events of the file are dated after it.
        outcome: how the review ended, and when.
        readings: the readings that are not the default of the text, with the option chosen.
        active: the suspensions under way, each with the day it began.
        remarks: what the reader should know besides.
    """

    id: str
    label: Label
    procedure: Procedure
    on: date
    stage: Stage
    outcome: Outcome | None
    ended: date | None
    history: tuple[Entry, ...]
    clocks: tuple[Running, ...]
    active: tuple[tuple[Suspension, date], ...]
    breaches: tuple[Breach, ...]
    permitted: tuple[Permitted, ...]
    rounds: tuple[Round, ...]
    readings: tuple[tuple[Reading, Option], ...]
    remarks: tuple[Label, ...] = ()
    later: int = 0

    @property
    def estimated(self) -> bool:
        """Whether a date in the report rests on a year whose calendar is not published."""
        return any(each.estimated for each in self.clocks) or any(
            each.estimated for each in self.breaches
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values for JSON, of the form `duecourse/case/1`."""
        return case_dict(self)
