"""Properties as values, and their files: what must hold, in words, with its citation and the verdict expected of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from duecourse.errors import InvalidInput, Problem, nearest
from duecourse.model.layers import Entry
from duecourse.model.library import own_procedures, project_root
from duecourse.model.procedure import Label, Place
from duecourse.model.schema import Id, LabelShape, Shape
from duecourse.model.shapes import shaped
from duecourse.model.source import load
from duecourse.properties.monitor import Monitor, absence
from duecourse.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from duecourse.model.procedure import Procedure
    from duecourse.model.source import Source

    Folder = Path | Traversable


class Kind(StrEnum):
    """What is claimed, of all cases.

    `ALWAYS`: no case ever violates the monitor. `NO_DEAD_END`: in every stage that is not final, something can happen.
    `CAN_ALWAYS_END`: from everywhere a case can still end. `CAN_ALWAYS_CONCLUDE`: it can still end with a conclusion,
    even if nobody withdraws.
    """

    ALWAYS = "always"
    NO_DEAD_END = "no dead end"
    CAN_ALWAYS_END = "can always end"
    CAN_ALWAYS_CONCLUDE = "can always conclude"


Expected = Literal["holds", "holds vacuously", "violated"]


@dataclass(frozen=True, slots=True)
class Property:
    """A named claim over all cases of a procedure.

    Attributes:
        id, sentence: its name, and what it claims in words.
        kind: the form of the claim.
        monitor: watches for a violation; None for the structural kinds.
        cites: for each procedure, the articles it rests on.
        expect: for each procedure or amendment, the verdict expected of it; elsewhere it is expected to hold.
        steps: the steps it names.
        without: steps that are left out of the search (a party that never withdraws, say).
    """

    id: str
    sentence: Label
    kind: Kind
    monitor: Monitor | None = field(default=None, compare=False)
    cites: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)
    expect: Mapping[str, Expected] = field(default_factory=dict, compare=False)
    steps: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    place: Place = field(default=Place(), compare=False)

    def expected(self, procedure: Procedure) -> Expected | None:
        """Return the verdict expected of a procedure: by its id, by an amendment in it, else by the text it amends."""
        base = procedure.id.split("+", 1)[0]
        for name in (procedure.id, *reversed(procedure.amended_by), base):
            if name in self.expect:
                return self.expect[name]
        return None

    def articles(self, procedure: Procedure) -> tuple[str, ...]:
        """Return the articles it rests on in a procedure."""
        return tuple(self.cites.get(procedure.id.split("+", 1)[0], ()))


class AbsenceShape(Shape):
    """A property of the pattern absence after-until."""

    id: Id
    sentence: LabelShape
    kind: Literal["always"]
    never: Annotated[list[str], Field(min_length=1)]
    after: Annotated[list[str], Field(min_length=1)]
    until: list[str] = Field(default=[])
    renewed_by: list[str] = Field(default=[])
    cites: dict[str, list[str]] = Field(default={})
    expect: dict[str, Expected] = Field(default={})


class StructuralShape(Shape):
    """A property of the graph of all cases."""

    id: Id
    sentence: LabelShape
    kind: Literal["no dead end", "can always end", "can always conclude"]
    without: list[str] = Field(default=[])
    cites: dict[str, list[str]] = Field(default={})
    expect: dict[str, Expected] = Field(default={})


class PropertyFile(Shape):
    """A file in `properties/`."""

    property: list[AbsenceShape | StructuralShape] = Field(default=[])


def load_properties(
    root: Folder | None = None, *, known_steps: Iterable[str] | None = None
) -> tuple[Property, ...]:
    """Return the properties in a project's `properties/` folder, in the order of file names.

    A project without a procedure of its own works on the shipped ones, so its properties stand before the shipped ones
    and in place of those with the same id.

    Args:
        root: the project; by default the one in the current folder, else the shipped one. Where it has no property
            files, the shipped ones are returned.
        known_steps: the steps that any procedure in reach has; a property that names another is refused.

    Raises:
        InvalidInput: with every problem in every file.
    """
    root = root or project_root()
    steps = None if known_steps is None else frozenset(known_steps)
    problems: list[Problem] = []
    found = _declared(root, steps, problems)
    if root != shipped() and not (found and own_procedures(root)):
        below = _declared(shipped(), steps, problems)
        found = {**found, **{name: each for name, each in below.items() if name not in found}}
    if problems:
        raise InvalidInput(sorted(problems))
    return tuple(found.values())


def _declared(
    root: Folder, steps: frozenset[str] | None, problems: list[Problem]
) -> dict[str, Property]:
    """Return the properties in one folder by id; what is wrong with them is added to `problems`."""
    seen: dict[str, Property] = {}
    for file in sorted(_tomls(root.joinpath("properties")), key=lambda file: file.name):
        for each in read_properties(load(file), problems):
            if each.id in seen:
                message = f'the property "{each.id}" is declared twice'
                problems.append(_at(each, "duplicate", message))
            seen[each.id] = each
            if steps is not None:
                problems.extend(_unknown(each, steps))
    return seen


def read_properties(source: Source, problems: list[Problem]) -> list[Property]:
    """Return the properties of one file; what is wrong with it is added to `problems`."""
    rule = "a property file holds [[property]]"
    problems.extend(
        source.problem((key,), "unknown-table", f'unknown table "{key}"; {rule}')
        for key in source.data
        if key != "property"
    )
    tables = source.data.get("property", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        problems.append(
            source.problem(
                ("property",), "shape", "must be written as [[property]], once per property"
            )
        )
        return []
    found = (
        _property(Entry(table, source, ("property", i)), problems) for i, table in enumerate(tables)
    )
    return [each for each in found if each is not None]


def _property(entry: Entry, problems: list[Problem]) -> Property | None:
    if entry.data.get("kind") == "always":
        shape = shaped(AbsenceShape, entry, problems)
        return None if shape is None else _absence(shape, entry)
    structural = shaped(StructuralShape, entry, problems)
    if structural is None:
        return None
    without = frozenset(structural.without)
    return replace(_built(structural, entry), steps=without, without=without)


def _absence(shape: AbsenceShape, entry: Entry) -> Property:
    monitor = absence(
        of=shape.never, after=shape.after, until=shape.until, renewed_by=shape.renewed_by
    )
    steps = frozenset([*shape.never, *shape.after, *shape.until, *shape.renewed_by])
    return replace(_built(shape, entry), monitor=monitor, steps=steps)


def _built(shape: AbsenceShape | StructuralShape, entry: Entry) -> Property:
    return Property(
        id=shape.id,
        sentence=Label(shape.sentence.en, shape.sentence.zh),
        kind=Kind(shape.kind),
        cites={name: tuple(articles) for name, articles in shape.cites.items()},
        expect=dict(shape.expect),
        place=entry.place(),
    )


def _unknown(each: Property, steps: frozenset[str]) -> list[Problem]:
    return [
        _at(each, "unknown-name", f'no procedure has a step "{name}"{nearest(name, steps)}')
        for name in sorted(each.steps - steps)
    ]


def _at(each: Property, code: str, message: str) -> Problem:
    return Problem(each.place.file, each.place.line, each.place.column, code, message)


def _tomls(folder: Folder) -> list[Folder]:
    return (
        [file for file in folder.iterdir() if file.name.endswith(".toml")]
        if folder.is_dir()
        else []
    )
