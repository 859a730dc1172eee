"""The shape of the files: pydantic models at the border, from which the JSON Schema for editors is generated."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import core_schema

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
FileId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Text = Annotated[str, Field(min_length=1, max_length=4_000)]
Guard = Annotated[
    str, Field(min_length=1, max_length=4_000, description="a guard of the expression language")
]
SPAN = r"^[0-9]{1,4} (working|calendar) days?$|^[0-9]{1,3} calendar months?$"
SpanText = Annotated[
    str, Field(pattern=SPAN, description="such as '10 working days' or '3 calendar months'")
]
CITE = r"^[A-Za-z0-9][A-Za-z0-9.-]{0,15}( \((Q|B\+|B-|I)\))?$"
CiteText = Annotated[str, Field(pattern=CITE, description="an article, such as '12' or '12 (B+)'")]
MarkText = Literal["Q", "B+", "B-", "I"]


class Shape(BaseModel):
    """Strict: no unknown key, no coercion."""

    model_config = ConfigDict(extra="forbid", strict=True)


class LabelShape(Shape):
    """A text in two languages."""

    en: Text
    zh: str = Field(default="", max_length=4_000)


class ElementShape(Shape):
    """What every element has."""

    id: Id
    label: LabelShape
    cites: list[CiteText] = Field(default=[], max_length=40)


class _TableOf:
    """Allows a plain string where a table with one necessary key is meant."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:  # noqa: ANN401  (pydantic's own signature)
        def table(value: object) -> object:
            return {self.key: value} if isinstance(value, str) else value

        return core_schema.no_info_before_validator_function(table, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> Any:  # noqa: ANN401  (pydantic's own signature)
        inner = handler(schema)
        return {"anyOf": [handler.resolve_ref_schema(inner)["properties"][self.key], inner]}


class _OneOrMore:
    """Allows one value where a list is meant."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:  # noqa: ANN401  (pydantic's own signature)
        def listed(value: object) -> object:
            return value if isinstance(value, list) else [value]

        return core_schema.no_info_before_validator_function(listed, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> Any:  # noqa: ANN401  (pydantic's own signature)
        inner = handler(schema)
        return {"anyOf": [inner["items"], inner]}


OneOrMore = _OneOrMore()


class OnTable(Shape):
    """A step as an occasion, under a condition."""

    step: str
    when: Guard = "true"


class EffectTable(Shape):
    """A branch of a step."""

    stage: str
    when: Guard = "true"
    do: list[Text] = Field(default=[], max_length=40)


On = Annotated[OnTable, _TableOf("step")]
BranchShape = Annotated[EffectTable, _TableOf("stage")]


class CalendarTable(Shape):
    """A calendar under a condition over readings."""

    id: FileId
    when: Guard = "true"


CalendarShape = Annotated[CalendarTable, _TableOf("id")]


class InForce(Shape):
    """From when to when a text applies."""

    since: dt.date | None = None
    until: dt.date | None = None


class ProcedureShape(Shape):
    """The head of a procedure file."""

    id: FileId
    label: LabelShape
    text: LabelShape
    in_force: InForce = InForce()
    initial: str
    measured_from: list[str] = Field(min_length=1, max_length=20)
    calendar: Annotated[list[CalendarShape], OneOrMore] = Field(min_length=1, max_length=10)
    first_day_counts: Guard = "false"


class ArticleShape(Shape):
    """One article."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,15}$")]
    label: LabelShape
    mark: MarkText


class ActorShape(ElementShape):
    """An actor, with the names of its units where it is a collective one."""

    members: list[LabelShape] = Field(default=[], max_length=1_000)


class FactShape(ElementShape):
    """A fact: `values` for an enumeration, `range` for whole numbers, `counter` for an unbounded one, else yes or no."""

    values: list[Id] | None = Field(default=None, min_length=2, max_length=64)
    range: list[int] | None = Field(default=None, min_length=2, max_length=2)
    counter: bool = False
    shared: bool = False
    initial: bool | int | str


class DefinitionShape(ElementShape):
    """A condition with a name of its own, for guards to use; it may use the definitions before it."""

    means: Guard


class StageShape(ElementShape):
    """A stage."""

    final: bool = False


class ReplyShape(Shape):
    """That a step is a member's reply."""

    panel: str
    value: str


class StepShape(ElementShape):
    """A step."""

    actor: Annotated[list[str], OneOrMore] = Field(min_length=1, max_length=20)
    from_: Annotated[list[str], OneOrMore] = Field(alias="from", min_length=1, max_length=200)
    to: Annotated[list[BranchShape], OneOrMore] = Field(default=[], max_length=20)
    when: Guard = "true"
    do: list[Text] = Field(default=[], max_length=40)
    reply: ReplyShape | None = None


class ExtensionShape(Shape):
    """An extension of a clock; `by = "unlimited"` where the text sets no cap."""

    step: str
    by: Annotated[str, Field(pattern=SPAN + r"|^unlimited$")]
    when: Guard = "true"


class ClockShape(ElementShape):
    """A clock."""

    binds: Annotated[list[str], OneOrMore] = Field(min_length=1, max_length=20)
    limit: SpanText
    starts: Annotated[list[On], OneOrMore] = Field(min_length=1, max_length=100)
    stops: Annotated[list[On], OneOrMore] = Field(min_length=1, max_length=100)
    extensions: list[ExtensionShape] = Field(default=[], max_length=20)
    on_lapse: Annotated[list[On], OneOrMore] = Field(default=[], max_length=20)


class ElectorateShape(Shape):
    """A class of panel members."""

    actor: str
    count: Annotated[int, Field(ge=0, le=1_000)] | str
    when: Guard = "true"


class SilenceShape(Shape):
    """What silence counts as; `counts_as = "nothing"` drops the silent member."""

    counts_as: str
    when: Guard = "true"


class PanelShape(ElementShape):
    """A panel."""

    electorate: list[ElectorateShape] = Field(min_length=1, max_length=20)
    replies: list[Id] = Field(min_length=1, max_length=10)
    opens: Annotated[list[On], OneOrMore] = Field(min_length=1, max_length=20)
    closes: Annotated[list[On], OneOrMore] = Field(min_length=1, max_length=50)
    silence: list[SilenceShape] = Field(default=[], max_length=10)


class StoppedTable(Shape):
    """A clock that a suspension stops."""

    clock: str
    when: Guard = "true"


StoppedShape = Annotated[StoppedTable, _TableOf("clock")]


class SuspensionShape(ElementShape):
    """A suspension."""

    begins: Annotated[list[On], OneOrMore] = Field(min_length=1, max_length=50)
    ends: Annotated[list[On], OneOrMore] = Field(min_length=1, max_length=50)
    stops: Annotated[list[StoppedShape], OneOrMore] = Field(default=[], max_length=50)
    permits: list[str] | None = Field(default=None, max_length=500)


class OptionShape(Shape):
    """One option of a reading."""

    id: Id
    label: LabelShape


class ReadingShape(Shape):
    """A reading; the first option is the default unless `default` names another."""

    id: Id
    ref: Annotated[str, Field(pattern=r"^[A-Z][0-9]{1,3}$")]
    question: LabelShape
    cites: list[CiteText] = Field(min_length=1, max_length=40)
    options: list[OptionShape] = Field(min_length=1, max_length=12)
    migration: bool = False
    default: str | None = None


class OutcomeShape(ElementShape):
    """A way for a case to end."""

    by: Annotated[list[str], OneOrMore] = Field(min_length=1, max_length=50)
    from_: Annotated[list[str], OneOrMore] = Field(alias="from", default=[], max_length=50)
    conclusion: bool = False


class NotModelledShape(Shape):
    """A clause that is left out."""

    cites: list[CiteText] = Field(min_length=1, max_length=40)
    reason: LabelShape


SHAPES: dict[str, type[Shape]] = {
    "article": ArticleShape,
    "actor": ActorShape,
    "fact": FactShape,
    "definition": DefinitionShape,
    "stage": StageShape,
    "step": StepShape,
    "clock": ClockShape,
    "panel": PanelShape,
    "suspension": SuspensionShape,
    "reading": ReadingShape,
    "outcome": OutcomeShape,
    "not_modelled": NotModelledShape,
}
"""The kinds of elements of a procedure, by the name of their table."""


class ProcedureFile(Shape):
    """A file in `model/` that holds a whole procedure."""

    procedure: ProcedureShape
    article: list[ArticleShape] = []
    actor: list[ActorShape] = []
    fact: list[FactShape] = []
    definition: list[DefinitionShape] = []
    stage: list[StageShape] = []
    step: list[StepShape] = []
    clock: list[ClockShape] = []
    panel: list[PanelShape] = []
    suspension: list[SuspensionShape] = []
    reading: list[ReadingShape] = []
    outcome: list[OutcomeShape] = []
    not_modelled: list[NotModelledShape] = []


class AmendmentShape(Shape):
    """The head of an amendment file."""

    id: FileId
    of: FileId
    label: LabelShape
    source: LabelShape
    dated: dt.date | None = None


def json_schema(file: type[Shape] = ProcedureFile, kind: str = "procedure") -> dict[str, Any]:
    """Return the JSON Schema of a kind of file, by default of procedures, for editors (`#:schema`)."""
    schema = file.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": f"duecourse {kind}",
    }


def schema_text(file: type[Shape] = ProcedureFile, kind: str = "procedure") -> str:
    """Return a JSON Schema as it is committed in `docs/reference/KIND.schema.json`."""
    return json.dumps(json_schema(file, kind), indent=2, ensure_ascii=False) + "\n"
