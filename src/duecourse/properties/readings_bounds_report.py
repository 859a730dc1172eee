"""What bounding under all readings found: for each outcome which choices of readings give which bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duecourse.model.procedure import Outcome, Procedure
    from duecourse.model.reading_set import Condition
    from duecourse.properties.bounds import Clause


@dataclass(frozen=True, slots=True)
class ReadingsBound:
    """One bound on the counted time to an outcome, and the readings that give it.

    Attributes:
        counted: the most counted days; None where there is no bound.
        without: the most counted days if no extension without limit is used; None where there is no bound either.
        conditions: the conditions on readings that give it, none of them redundant.
        choices: how many choices of readings give it.
        readings: of these one nearest to the defaults, as the options that depart from them.
        known: whether `without` was found out.
        least: the fewest days under these readings.
        clauses: the addends of `counted`, or of `without` where there is no bound, under these readings.
    """

    counted: int | None
    without: int | None
    conditions: tuple[Condition, ...]
    choices: int
    readings: Mapping[str, str]
    known: bool = True
    least: int = 0
    clauses: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class OutcomeBounds:
    """The bounds on the counted time to one outcome under all readings.

    Attributes:
        outcome: how the case ends.
        rows: the greatest counted time, nearest to the defaults first.
        impossible: the conditions under which the outcome cannot be reached without a breach.
        open: how many choices were not decided, with the conditions in `undecided`.
    """

    outcome: Outcome
    rows: tuple[ReadingsBound, ...]
    impossible: tuple[Condition, ...]
    undecided: tuple[Condition, ...]
    open: int


@dataclass(frozen=True, slots=True)
class ReadingsBounds:
    """The bounds of a procedure under all readings.

    Attributes:
        procedure, fixed: what was bounded, with the options of the readings that were held.
        choices: how many choices of readings were in question.
        outcomes: one for each outcome that some choice can reach.
        reason: why something was not decided.
        runs: how many mixtures of choices were looked at.
        seconds: how long it took.
    """

    procedure: Procedure
    fixed: Mapping[str, str]
    choices: int
    outcomes: tuple[OutcomeBounds, ...]
    reason: str
    runs: int
    seconds: float
