"""A scenario as values: a procedure, who files, how the work is done and how people decide.

Everything that may depend on the class of a case is resolved here for every class.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from duecourse.errors import InvalidInput, nearest
from duecourse.model.procedure import Place

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from duecourse.model.procedure import Label, Procedure
    from duecourse.scenarios.capacity import Meeting, Pool
    from duecourse.scenarios.demand import Arrivals, CaseClass
    from duecourse.scenarios.docket import Docket
    from duecourse.scenarios.law import Law


class DayUnit(StrEnum):
    """In what an outside delay is given."""

    WORKING = "working days"
    CALENDAR = "calendar days"


@dataclass(frozen=True, slots=True)
class Note:
    """Where the numbers of one table come from.

    Attributes:
        what: the table, such as `pool reviewers`.
        kind: a published source, or an assumption.
        text: the source, or the reason for the assumption.
    """

    what: str
    kind: Literal["source", "assumption"]
    text: str
    place: Place = field(default=Place(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Work:
    """Work in a pool.

    Attributes:
        effort: the person-days of each member that it needs, by class.
        team: how many members work on it together.
        skill: what they must be able to do, by class; "" is nothing special.
    """

    pool: str
    effort: Mapping[str, Law]
    team: int = 1
    skill: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delay:
    """Time that passes without anybody of the staff, by class, in the unit given."""

    law: Mapping[str, Law]
    unit: DayUnit


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing that happens to a case in a stage. Its parts come in the order of the attributes.

    A step that leads to another stage ends it; what is done there follows.

    Attributes:
        id: its name within the stage; random numbers belong to `stage.id`.
        probability: that it happens at all, by class.
        repeat: how often it may happen in a row; each time anew with this probability.
        begin: steps taken at its beginning.
        work: the work of a pool that it needs.
        delay: the time that it takes others.
        meeting: the body whose next meeting it waits for.
        panel: the panel whose replies it waits for, until all are in or the panel is closed.
        take: steps taken at its end, in order.
        choose: the decision at its end: one of these steps, with probabilities, by class.
        first_of: the steps of which the law allows one at its end: the first allowed is taken.
    """

    id: str
    probability: Mapping[str, float]
    repeat: int = 1
    begin: tuple[str, ...] = ()
    work: Work | None = None
    delay: Delay | None = None
    meeting: str | None = None
    panel: str | None = None
    take: tuple[str, ...] = ()
    choose: Mapping[str, tuple[tuple[str, float], ...]] | None = None
    first_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Incident:
    """A step that somebody takes at a moment of their own, such as a withdrawal, if the law allows it then.

    Attributes:
        probability: that somebody will want to, by class.
        after: how long after the arrival.
    """

    id: str
    step: str
    probability: Mapping[str, float]
    after: Delay


@dataclass(frozen=True, slots=True)
class ExtensionPolicy:
    """When the staff extends a clock: so many working days before it is due, with this probability."""

    id: str
    step: str
    clock: str
    days_before: int
    probability: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Opinion:
    """How the members of one class of a panel reply.

    A case draws one propensity per round; each member objects with that probability, so objections are
    correlated (a beta-binomial number of them where the propensity has a beta distribution).

    Attributes:
        latency: working days from the opening of the panel to the reply, by class.
        silence: the probability that a member lets the time pass.
        late: working days from the opening to the reply of such a member.
        objection: the reply that counts as objection.
        mean: its mean probability, by class.
        correlation: between two members of one case.
        propensity: the quantile table of the distribution of the propensity, by class.
        neutral: the reply that is neither, or None.
        neutral_share: of those who do not object.
        support: the reply of all others.
        persistence: the probability that a member which objected in the round before objects again, by class;
            None means that it does so as any other.
        effort: the days that a member works on each proposal, one at a time; None means that it
            answers any number at once.
    """

    panel: str
    actor: str
    latency: Mapping[str, Law]
    silence: Mapping[str, float]
    late: Mapping[str, Law] | None
    objection: str
    mean: Mapping[str, float]
    correlation: float
    propensity: Mapping[str, tuple[float, ...]] = field(repr=False)
    neutral: str | None
    neutral_share: Mapping[str, float]
    support: str
    persistence: Mapping[str, float] | None = None
    effort: Mapping[str, Law] | None = None


@dataclass(frozen=True)
class Scenario:
    """A procedure under a workload and a capacity.

    Attributes:
        readings: the option for every reading.
        start: the first day.
        years: how long it runs, in calendar years.
        warm_up: how many of them are left out of every estimate.
        behaviours: what is done in each stage, in order.
        opinions: how panel members reply, by panel and class of members.
        notes: where the numbers come from.
        docket: the open cases with which it begins; None where it begins empty.
        file, source: the name of the file, and its text.
        files: the names and texts of the other files that it rests on: those that it extends, and data.
    """

    id: str
    label: Label
    procedure: Procedure
    readings: Mapping[str, str]
    start: date
    years: float
    warm_up: float
    classes: tuple[CaseClass, ...]
    arrivals: tuple[Arrivals, ...]
    pools: tuple[Pool, ...]
    meetings: tuple[Meeting, ...]
    behaviours: Mapping[str, tuple[Activity, ...]]
    incidents: tuple[Incident, ...]
    extensions: tuple[ExtensionPolicy, ...]
    opinions: Mapping[tuple[str, str], Opinion]
    notes: tuple[Note, ...]
    docket: Docket | None = None
    file: str = field(default="", compare=False, repr=False)
    source: str = field(default="", compare=False, repr=False)
    files: tuple[tuple[str, str], ...] = field(default=(), compare=False, repr=False)

    @property
    def sorts(self) -> tuple[str, ...]:
        """The classes, each with every combination of values of its attributes."""
        return tuple(sort for each in self.classes for sort in each.sorts)

    def staffed(self, **sizes: int) -> Scenario:
        """Return the scenario with other sizes of pools, as in `scenario.staffed(reviewers=9)`.

        A schedule of head-counts is moved with the size, up or down; leave stays as it is.

        Raises:
            InvalidInput: there is no such pool, it has several groups, or a size is below 1.
        """
        known = {pool.id: pool for pool in self.pools}
        for name, size in sizes.items():
            if name not in known:
                raise InvalidInput(f'{self.id} has no pool "{name}"{nearest(name, known)}')
            if size < 1:
                raise InvalidInput(f'the pool "{name}" cannot have {size} people; it needs one')
            if len(known[name].groups) > 1:
                rule = "say in the file how many each has"
                raise InvalidInput(f'the pool "{name}" has several groups; {rule}')
            (group,) = known[name].groups
            known[name] = replace(known[name], groups=(group.grown(size - group.size),))
        return replace(self, pools=tuple(known.values()))

    def lasting(self, years: float, warm_up: float | None = None) -> Scenario:
        """Return the scenario with another length and, if given, another warm-up, in years."""
        warm_up = self.warm_up if warm_up is None else warm_up
        if not 0 <= warm_up < years:
            raise InvalidInput(f"a warm-up of {warm_up:g} years leaves nothing of {years:g} years")
        return replace(self, years=years, warm_up=warm_up)

    def starting(self, day: date) -> Scenario:
        """Return the scenario with another first day.

        Raises:
            InvalidInput: it begins with a docket, which is of one day.
        """
        if self.docket is not None and day != self.start:
            raise InvalidInput(f"the docket of {self.id} is of {self.docket.on}, not of {day}")
        return replace(self, start=day)

    def beginning_with(self, docket: Docket) -> Scenario:
        """Return the scenario with open cases on its first day, and without a warm-up: it does not begin empty."""
        return replace(self, docket=docket, warm_up=0.0)
