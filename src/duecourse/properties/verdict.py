"""What was found of a property: one of three verdicts, with what shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duecourse.properties.clauses import Clause
    from duecourse.properties.property import Property
    from duecourse.properties.trace import Trace


class Verdict(StrEnum):
    """What a search found: two answers, or that it was not finished."""

    HOLDS = "holds"
    VIOLATED = "violated"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Result:
    """The verdict on one property.

    Attributes:
        property: what was checked.
        verdict: what was found.
        vacuous: it holds because what it speaks of cannot happen.
        witness: a shortest case that violates it, dated and replayed; for `sometimes` one that satisfies it.
        visited: configurations that were visited, or those of the shortest violation with the states of the monitor.
        turns: the numbers of its steps (from 1) after which the claim stands differently: `True` where the next step can
            violate it, or it is violated, `False` where it no longer can.
        loop: how many steps at the end of the witness repeat for ever.
        days: for a term or an outcome, the most working days found; None where there is no bound or nothing to measure.
        clauses: what makes these days, by article.
        reason: why the search was inconclusive, or a term has no bound.
        expected: whether this is the verdict that the property's file expects; None where it expects nothing, and where
            the search was inconclusive.
        known: it is violated, and its file expects that of the text itself, before any amendment.
    """

    property: Property
    verdict: Verdict
    visited: int
    vacuous: bool = False
    witness: Trace | None = None
    turns: Mapping[int, bool] = field(default_factory=dict)
    loop: int = 0
    days: int | None = None
    clauses: tuple[Clause, ...] = ()
    reason: str = ""
    expected: bool | None = None
    known: bool = False
