"""The shape of scenario files: pydantic models at the border, made into values by `read`."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import Field

from duecourse.model.schema import FileId, Id, LabelShape, OneOrMore, Shape

Steps = Annotated[list[str], OneOrMore]
Noted = Annotated[str, Field(min_length=8, max_length=2_000)]
Days = Literal["working days", "calendar days"]
Shares = Annotated[
    dict[str, Annotated[float, Field(ge=0, le=1)]], Field(min_length=1, max_length=100)
]
Weight = Annotated[float, Field(ge=0, le=1_000)]
HeadCount = Annotated[int, Field(ge=0, le=100_000)]
NthDay = Annotated[int, Field(ge=-23, le=23)]
ColumnName = Annotated[str, Field(min_length=1, max_length=100)]
FILE_NAME = r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}(/[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}){0,9}$"
"""A path below a folder; no part of it can lead out of the folder."""
FileName = Annotated[
    str,
    Field(
        pattern=FILE_NAME,
        max_length=200,
        description="a CSV file below the folder of the scenario file",
    ),
]


class SourcedShape(Shape):
    """A table with numbers: a published source, or the word that it is assumed and why."""

    source: Noted | None = None
    assumption: Noted | None = None


class ScenarioShape(Shape):
    """The head of a scenario file."""

    id: FileId
    label: LabelShape
    procedure: str
    amendments: list[str] = Field(default=[], max_length=20)
    readings: dict[str, str] = Field(default={}, max_length=100)
    start: dt.date
    years: Annotated[float, Field(gt=0, le=50)]
    warm_up: Annotated[float, Field(ge=0)] = 0.0
    docket: Annotated[str, Field(min_length=1, max_length=400)] | None = None


class ClassShape(Shape):
    """A class of cases."""

    id: Id
    label: LabelShape
    party: str
    begins: Steps = Field(min_length=1, max_length=100)
    facts: dict[str, bool | int | str] = Field(default={}, max_length=100)
    attributes: dict[str, Shares] = Field(default={}, max_length=5)


class ChangeShape(Shape):
    """A time in which more or fewer cases arrive."""

    from_: Annotated[dt.date | None, Field(alias="from")] = None
    until: dt.date | None = None
    times: Annotated[float, Field(ge=0, le=1_000)]
    classes: Steps = Field(default=[], max_length=100)


class ReplayShape(Shape):
    """A table of the dates and classes of cases."""

    file: FileName
    date: ColumnName = "date"
    class_: Annotated[ColumnName, Field(alias="class")] = "class"


class ArrivalsShape(SourcedShape):
    """A stream of cases."""

    id: Id
    per_year: Annotated[float, Field(ge=0, le=1_000_000)] | None = None
    gaps: Any = None
    replay: ReplayShape | None = None
    shares: Shares | None = None
    months: list[Weight] = Field(default=[], max_length=12)
    weekdays: list[Weight] = Field(default=[], max_length=7)
    changes: list[ChangeShape] = Field(default=[], max_length=100)


class HeadCountShape(Shape):
    """The head-count from a date on."""

    from_: Annotated[dt.date, Field(alias="from")]
    size: HeadCount


class LeaveShape(Shape):
    """Members who are away."""

    from_: Annotated[dt.date, Field(alias="from")]
    until: dt.date
    members: Annotated[int, Field(ge=1, le=100_000)]


class CostShape(Shape):
    """What staff costs."""

    amount: Annotated[float, Field(ge=0, le=1e12)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    per: Literal["day worked", "day employed"]


class MembersShape(Shape):
    """Members who are alike."""

    size: HeadCount | None = None
    schedule: list[HeadCountShape] = Field(default=[], max_length=1_000)
    leave: list[LeaveShape] = Field(default=[], max_length=1_000)
    full_time: Annotated[float, Field(gt=0, le=1)] | None = None
    skills: Annotated[list[Id], OneOrMore] = Field(default=[], max_length=50)


class GroupShape(MembersShape):
    """A group of a pool."""

    id: Id


class PoolShape(SourcedShape, MembersShape):
    """A pool of staff."""

    id: Id
    label: LabelShape
    size: Annotated[int, Field(ge=1, le=100_000)] | None = None
    group: list[GroupShape] = Field(default=[], max_length=50)
    precedence: Steps = Field(default=[], max_length=100)
    discipline: Literal["first_come", "earliest_due", "risk_first"] = "first_come"
    weights: Any = None
    preemptive: bool = False
    carries: Annotated[int, Field(ge=1, le=100_000)] | None = None
    cost: CostShape | None = None


class MeetingShape(SourcedShape):
    """A body that meets."""

    id: Id
    label: LabelShape
    every: Annotated[int, Field(ge=1, le=10_000)] | None = None
    first: Annotated[int, Field(ge=0, le=10_000)] | None = None
    dates: list[dt.date] = Field(default=[], max_length=5_000)
    monthly: list[NthDay] = Field(default=[], max_length=20)
    agenda: Annotated[int, Field(ge=1, le=10_000)] | None = None


class StageShape(Shape):
    """What is done in a stage."""

    id: Id
    activity: list[dict[str, Any]] = Field(default=[], max_length=50)


class ActivityShape(SourcedShape):
    """One thing that happens in a stage."""

    id: Id
    probability: Any = None
    repeat: Annotated[int, Field(ge=1, le=100)] = 1
    begin: Steps = Field(default=[], max_length=100)
    work: str | None = None
    effort: Any = None
    team: Annotated[int, Field(ge=1, le=1_000)] = 1
    skill: Any = None
    delay: Any = None
    unit: Days | None = None
    meeting: str | None = None
    panel: str | None = None
    take: Steps = Field(default=[], max_length=100)
    choose: Any = None
    first_of: Steps = Field(default=[], max_length=100)


class IncidentShape(SourcedShape):
    """A step at a moment of somebody's own."""

    id: Id
    step: str
    probability: Any
    after: Any
    unit: Days


class ExtensionShape(SourcedShape):
    """When a clock is extended."""

    id: Id
    step: str
    clock: str
    days_before: Annotated[int, Field(ge=0, le=1_000)]
    probability: Any


class ObjectionShape(Shape):
    """How likely members object, and how much alike."""

    mean: Any
    correlation: Annotated[float, Field(ge=0, lt=1)] | None = None
    sigma: Annotated[float, Field(ge=0, le=10)] | None = None
    persistence: Any = None
    counts_as: str


class NeutralShape(Shape):
    """How many of those who do not object do not support either."""

    share: Any
    counts_as: str


class ReplyShape(SourcedShape):
    """How one class of panel members replies."""

    panel: str
    actor: str
    effort: Any = None
    latency: Any
    silence: Any = None
    late: Any = None
    objection: ObjectionShape
    neutral: NeutralShape | None = None
    support: str


SHAPES: dict[str, type[Shape]] = {
    "class": ClassShape,
    "arrivals": ArrivalsShape,
    "pool": PoolShape,
    "meeting": MeetingShape,
    "stage": StageShape,
    "incident": IncidentShape,
    "extension": ExtensionShape,
    "reply": ReplyShape,
}
"""The tables of a scenario file besides its head, by name."""
