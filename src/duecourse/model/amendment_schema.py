"""The shape of amendment files, made of the shapes of what they add, replace and remove; for editors only.

`duecourse.model.layers` applies amendments before anything is shaped, so that a replaced element is read whole.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, create_model

from duecourse.model.schema import SHAPES, AmendmentShape, Id, Shape


class Changed:
    """Of an element that is changed only its name is necessary, and the keys that change.

    Args:
        names: the keys that tell which element is meant.
    """

    def __init__(self, *names: str) -> None:
        self.names = names or ("id",)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> Any:  # noqa: ANN401  (pydantic's own signature)
        whole = handler.resolve_ref_schema(handler(schema))
        title = whole["title"].removesuffix("Shape") + "Change"
        return {**whole, "title": title, "required": list(self.names), "properties": _bare(whole)}


def _bare(table: dict[str, Any]) -> dict[str, Any]:
    """Return the keys of a table without their defaults: what is left out of a change stays as it was."""
    return {
        key: {name: each for name, each in value.items() if name != "default"}
        for key, value in table["properties"].items()
    }


class RemovalShape(Shape):
    """An element that is removed."""

    id: str


class DefaultShape(Shape):
    """Another default of a reading."""

    id: Id
    default: str


_NAMED = {kind: shape for kind, shape in SHAPES.items() if "id" in shape.model_fields}
_Added = create_model(
    "Added",
    __base__=Shape,
    **{kind: (list[shape], []) for kind, shape in SHAPES.items()},  # type: ignore[call-overload, valid-type]  # the fields are computed
)
_Replaced = create_model(
    "Replaced",
    __base__=Shape,
    **{kind: (list[Annotated[shape, Changed()]], []) for kind, shape in _NAMED.items()},  # type: ignore[call-overload, valid-type]  # as above
)
_Removed = create_model(
    "Removed",
    __base__=Shape,
    **dict.fromkeys(_NAMED, (list[RemovalShape], [])),  # type: ignore[call-overload]  # as above
)


class SetShape(Shape):
    """Defaults of readings."""

    reading: list[DefaultShape] = Field(default=[])


class AmendmentFile(Shape):
    """A file in `model/amendments/`: its head and its operations on named elements."""

    amendment: AmendmentShape
    add: _Added = Field(default={})  # type: ignore[valid-type]  # made by `create_model`
    replace: _Replaced = Field(default={})  # type: ignore[valid-type]  # as above
    remove: _Removed = Field(default={})  # type: ignore[valid-type]  # as above
    set: SetShape = Field(default={})  # type: ignore[assignment]  # only the schema is used
