"""What bounding under all readings found: for each outcome which choices of readings give which bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duecourse.model.procedure import Outcome, Procedure
    from duecourse.model.reading_set import Condition
    from duecourse.properties.bounds import Cause
    from duecourse.properties.clauses import Clause


@dataclass(frozen=True, slots=True)
class Under:
    """The readings under which something is so.

    Attributes:
        conditions: conditions that together say which, none of them redundant.
        choices: how many choices they are.
    """

    conditions: tuple[Condition, ...]
    choices: int


@dataclass(frozen=True, slots=True)
class ReadingsBound:
    """One bound on the counted time to an outcome, with the clauses that make it and the readings that give it.

    Attributes:
        counted: the most counted days; None where there is no bound.
        without: the most counted days if nothing in `unbounded` is used; None where only that leads to the outcome.
        unbounded: why `counted` has no bound.
        clauses: the addends of `counted`, or of `without` where there is no bound.
        least_of_spans: what `clauses` come to at the least, where limits in other units than working days are among them.
        under: the readings that give it.
        readings: of these one nearest to the defaults, as the options that depart from them.
    """

    counted: int | None
    without: int | None
    unbounded: tuple[Cause, ...]
    clauses: tuple[Clause, ...]
    least_of_spans: int | None
    under: Under
    readings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OutcomeBounds:
    """The bounds on the time to one outcome under all readings.

    Attributes:
        outcome: how the case ends.
        rows: the greatest counted time, nearest to the defaults first.
        least: the fewest days, each under which readings.
        open_ended: what leaves elapsed time without a bound, each under which readings.
        limited: the readings under which nothing does, so that elapsed time has the bound of counted time.
        impossible: the conditions under which the outcome cannot be reached without a breach.
    """

    outcome: Outcome
    rows: tuple[ReadingsBound, ...]
    least: tuple[tuple[int, Under], ...]
    open_ended: tuple[tuple[Cause, Under], ...]
    limited: Under
    impossible: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class ReadingsBounds:
    """The bounds of a procedure under all readings.

    Attributes:
        procedure, fixed: what was bounded, with the options of the readings that were held.
        choices: how many choices of readings were in question.
        outcomes: one for each outcome that some choice can reach.
        configurations: how many configurations there were.
        seconds: how long it took.
    """

    procedure: Procedure
    fixed: Mapping[str, str]
    choices: int
    outcomes: tuple[OutcomeBounds, ...]
    configurations: int
    seconds: float
