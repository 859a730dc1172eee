"""Who files and how often, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from duecourse.model.procedure import Label, Value
    from duecourse.scenarios.law import Law


@dataclass(frozen=True, slots=True)
class CaseClass:
    """A class of cases.

    Attributes:
        party: who acts where a step may be taken by several actors.
        begins: the steps taken at the moment of arrival, in order.
        facts: the initial values that tell its first configuration from others.
        attributes: the shares of the values of each attribute, such as a sector; they add up to 1.
    """

    id: str
    label: Label
    party: str
    begins: tuple[str, ...]
    facts: Mapping[str, Value]
    attributes: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def sorts(self) -> tuple[str, ...]:
        """The class with each combination of values, such as `listing.finance.high`; else the class alone."""
        return tuple(".".join((self.id, *values)) for values in product(*self.attributes.values()))


@dataclass(frozen=True, slots=True)
class Change:
    """A time in which a stream is another one.

    Attributes:
        since, until: its first and its last date; None means from the start, and for ever.
        times: how many times as many cases arrive.
        classes: which classes this is about; none means all.
    """

    since: date | None
    until: date | None
    times: float
    classes: tuple[str, ...] = ()

    def on(self, day: date) -> bool:
        """Return whether a date lies in it."""
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )


@dataclass(frozen=True, slots=True)
class Arrivals:
    """A stream of cases: Poisson, with gaps of any law, or dates replayed.

    Attributes:
        per_year: the expected number of arrivals in a calendar year, before `changes`.
        shares: of the classes in them; they add up to 1.
        gaps: the working days between two cases, where the stream is not Poisson.
        months: a weight for each month, January first; () means all alike.
        weekdays: a weight for each day of the week, Monday first; () means all alike.
        changes: surges, lulls, new duties.
        replayed: the dates and classes of the cases, where they are known.
    """

    id: str
    per_year: float
    shares: Mapping[str, float]
    gaps: Law | None = None
    months: tuple[float, ...] = ()
    weekdays: tuple[float, ...] = ()
    changes: tuple[Change, ...] = ()
    replayed: tuple[tuple[date, str], ...] = field(default=(), repr=False)
