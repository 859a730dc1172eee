"""The shape of scenario files: pydantic models at the border, made into values by `read`."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import Field

from duecourse.model.schema import FileId, Id, LabelShape, OneOrMore, Shape

Steps = Annotated[list[str], OneOrMore]
Noted = Annotated[str, Field(min_length=8, max_length=2_000)]
Days = Literal["working days", "calendar days"]


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


class ClassShape(Shape):
    """A class of cases."""

    id: Id
    label: LabelShape
    party: str
    begins: Steps = Field(min_length=1, max_length=100)
    facts: dict[str, bool | int | str] = Field(default={}, max_length=100)


class ArrivalsShape(SourcedShape):
    """A stream of cases."""

    id: Id
    per_year: Annotated[float, Field(ge=0, le=1_000_000)]
    shares: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(min_length=1)


class PoolShape(SourcedShape):
    """A pool of staff."""

    id: Id
    label: LabelShape
    size: Annotated[int, Field(ge=1, le=100_000)]
    precedence: Steps = Field(default=[], max_length=100)


class MeetingShape(SourcedShape):
    """A body that meets."""

    id: Id
    label: LabelShape
    every: Annotated[int, Field(ge=1, le=10_000)]
    first: Annotated[int, Field(ge=0, le=10_000)]
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
    correlation: Annotated[float, Field(ge=0, lt=1)] = 0.0
    counts_as: str


class NeutralShape(Shape):
    """How many of those who do not object do not support either."""

    share: Any
    counts_as: str


class ReplyShape(SourcedShape):
    """How one class of panel members replies."""

    panel: str
    actor: str
    latency: Any
    silence: Any = None
    late: Any = None
    objection: ObjectionShape
    neutral: NeutralShape | None = None
    support: str


class BehaviourShape(StageShape):
    """What is done in a stage, as the file has it."""

    activity: list[ActivityShape] = Field(default=[], max_length=50)  # type: ignore[assignment]  # read one by one


class ScenarioFile(Shape):
    """A file in `scenarios/`."""

    scenario: ScenarioShape
    class_: list[ClassShape] = Field(alias="class", default=[])
    arrivals: list[ArrivalsShape] = Field(default=[])
    pool: list[PoolShape] = Field(default=[])
    meeting: list[MeetingShape] = Field(default=[])
    stage: list[BehaviourShape] = Field(default=[])
    incident: list[IncidentShape] = Field(default=[])
    extension: list[ExtensionShape] = Field(default=[])
    reply: list[ReplyShape] = Field(default=[])


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
