"""Who is there to do the work, and when bodies meet, as values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from duecourse.model.procedure import Label

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@dataclass(frozen=True, slots=True)
class Leave:
    """So many members are away from one date to another, both included."""

    since: date
    until: date
    members: int


@dataclass(frozen=True, slots=True)
class Group:
    """Members of a pool who are alike.

    Attributes:
        size: how many, from the start of the run.
        schedule: from which dates on they are how many, in order.
        leave: who is away, and when.
        full_time: the share of full time that each works; work takes 1 / full_time times as long.
        skills: what they can do that others in the pool cannot.
    """

    id: str
    size: int
    schedule: tuple[tuple[date, int], ...] = ()
    leave: tuple[Leave, ...] = ()
    full_time: float = 1.0
    skills: tuple[str, ...] = ()

    def head_count(self, on: date) -> int:
        """Return how many members are there on a date."""
        size = self.size
        for since, then in self.schedule:
            size = then if since <= on else size
        return max(
            size - sum(each.members for each in self.leave if each.since <= on <= each.until), 0
        )

    @property
    def most(self) -> int:
        """The most members that there are at any time."""
        return max(self.size, *(size for _, size in self.schedule), 0)

    def able(self, skill: str) -> bool:
        """Return whether the members can do work that asks for a skill; "" asks for none."""
        return not skill or skill in self.skills

    def grown(self, by: int) -> Group:
        """Return the group with so many members more, at all times."""
        schedule = tuple((since, max(size + by, 0)) for since, size in self.schedule)
        return replace(self, size=self.size + by, schedule=schedule)


class Discipline(StrEnum):
    """Which work is taken first, among work of one rank."""

    FIRST_COME = "first_come"
    EARLIEST_DUE = "earliest_due"
    RISK_FIRST = "risk_first"


@dataclass(frozen=True, slots=True)
class Cost:
    """What staff costs, for estimation: an amount for each day worked, or for each member and working day."""

    amount: float
    currency: str
    per: Literal["day worked", "day employed"]


@dataclass(frozen=True, slots=True)
class Pool:
    """Staff who do the same work, each on one piece of work at a time.

    Attributes:
        groups: its members.
        precedence: classes, or values of attributes, whose work is taken first, in this order, before that of
            all others.
        discipline: what comes first within a rank.
        weights: under `risk_first`, the weight of each class: greater weights are taken first.
        preemptive: whether work of a lower rank interrupts work of a greater one.
        carries: how many files one member has in hand at a time; None means any number.
        cost: what its members cost, if that is declared.
    """

    id: str
    label: Label
    groups: tuple[Group, ...]
    precedence: tuple[str, ...] = ()
    discipline: Discipline = Discipline.FIRST_COME
    weights: Mapping[str, float] = field(default_factory=dict)
    preemptive: bool = False
    carries: int | None = None
    cost: Cost | None = None

    @property
    def size(self) -> int:
        """How many members it has at the start of the run, nobody being on leave."""
        return sum(group.size for group in self.groups)

    @property
    def steady(self) -> bool:
        """Whether its head-count never changes."""
        return not any(group.schedule or group.leave for group in self.groups)

    def rank(self, case_class: str) -> int:
        """Return the place of a class in the queue: the work of a lower rank is taken first."""
        if self.weights:
            heavier = {
                weight for weight in self.weights.values() if weight > self.weights[case_class]
            }
            return len(heavier)
        names = case_class.split(".")
        return next(
            (place for place, name in enumerate(self.precedence) if name in names),
            len(self.precedence),
        )


@dataclass(frozen=True, slots=True)
class Meeting:
    """A body that takes cases only when it meets: every so many days, on dates, or on days of each month.

    Attributes:
        every: working days from one meeting to the next; 0 where it meets on dates or days of the month.
        first: the working day of the first meeting, counted from the start of the run at 0.
        agenda: how many cases one meeting takes; None means any number.
        dates: the dates on which it meets.
        monthly: the working days of each month on which it meets: 1 is the first, -1 the last.
    """

    id: str
    label: Label
    every: int
    first: int
    agenda: int | None
    dates: tuple[date, ...] = ()
    monthly: tuple[int, ...] = ()

    @property
    def rhythm(self) -> Label:
        """How often it meets, in words."""
        if self.every:
            days = self.every
            return Label(f"every {days} working days", f"每{days}个工作日一次")
        if self.dates:
            return Label(f"on {len(self.dates)} dates", f"共{len(self.dates)}次，日期固定")
        days_en = ", ".join(map(str, self.monthly))
        days_zh = "、".join(f"第{n}个" if n > 0 else f"倒数第{-n}个" for n in self.monthly)
        return Label(f"on working day {days_en} of each month", f"每月{days_zh}工作日")
