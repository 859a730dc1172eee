"""The shape of a whole scenario file, one that stands alone or one that extends another; for editors only.

`duecourse.scenarios.extend` merges files before anything is shaped, so that a replaced table is read whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, create_model

from duecourse.model.amendment_schema import Changed
from duecourse.model.schema import FileId, Id, LabelShape, Shape
from duecourse.scenarios import schema
from duecourse.scenarios.schema import ActivityShape, ScenarioShape, StageShape

if TYPE_CHECKING:
    from collections.abc import Mapping


class BehaviourShape(StageShape):
    """What is done in a stage, as the file has it."""

    activity: list[ActivityShape] = Field(default=[], max_length=50)  # type: ignore[assignment]  # read one by one


class AddedActivityShape(ActivityShape):
    """An activity that another scenario adds to a stage."""

    stage: Id
    before: Id | None = None


class ExtensionHeadShape(Shape):
    """The head of a scenario that extends another: what it does not say is as there."""

    id: FileId
    label: LabelShape
    extends: FileId


_OWN = {"id", "label", "extends"}
_Head = create_model(
    "ExtendingShape",
    __base__=ExtensionHeadShape,
    **{
        name: (field.annotation, None)
        for name, field in ScenarioShape.model_fields.items()
        if name not in _OWN
    },  # type: ignore[call-overload]  # the fields are computed
)
_WHOLE: dict[str, type[Shape]] = {
    **schema.SHAPES,
    "stage": BehaviourShape,
    "activity": AddedActivityShape,
}
_NAMES = {"reply": ("panel", "actor"), "activity": ("stage", "id")}


class RemovedShape(Shape):
    """A table that is removed."""

    id: str


class RemovedActivityShape(Shape):
    """An activity that is removed."""

    stage: str
    id: str


class RemovedReplyShape(Shape):
    """A way of replying that is removed."""

    panel: str
    actor: str


_REMOVED: dict[str, type[Shape]] = {"reply": RemovedReplyShape, "activity": RemovedActivityShape}


def _tables(name: str, shapes: Mapping[str, Any]) -> type[Shape]:
    """Return the shape of the tables of one operation: a list for each kind."""
    fields: dict[str, Any] = {kind: (list[shape], []) for kind, shape in shapes.items()}  # type: ignore[valid-type]  # the shapes are computed
    return create_model(name, __base__=Shape, **fields)


_Added = _tables("Additions", _WHOLE)
_Replaced = _tables(
    "Replacements",
    {kind: Annotated[shape, Changed(*_NAMES.get(kind, ()))] for kind, shape in _WHOLE.items()},
)
_Removed = _tables("Removals", {kind: _REMOVED.get(kind, RemovedShape) for kind in _WHOLE})


class ScenarioFile(Shape):
    """A file in `scenarios/`: tables of its own, or changes to those of the scenario that it extends."""

    scenario: ScenarioShape | _Head  # type: ignore[valid-type]  # made by `create_model`
    class_: list[schema.ClassShape] = Field(alias="class", default=[])
    arrivals: list[schema.ArrivalsShape] = Field(default=[])
    pool: list[schema.PoolShape] = Field(default=[])
    meeting: list[schema.MeetingShape] = Field(default=[])
    stage: list[BehaviourShape] = Field(default=[])
    incident: list[schema.IncidentShape] = Field(default=[])
    extension: list[schema.ExtensionShape] = Field(default=[])
    reply: list[schema.ReplyShape] = Field(default=[])
    add: _Added = Field(default={})  # type: ignore[valid-type]  # made by `create_model`
    replace: _Replaced = Field(default={})  # type: ignore[valid-type]  # as above
    remove: _Removed = Field(default={})  # type: ignore[valid-type]  # as above
