"""Reading a case file, checked against the texts that may govern the case; all mistakes at once, each at its place."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

from pydantic import Field

from duecourse.errors import InvalidInput, Problem, nearest
from duecourse.model.case import Case, Event, Milestone, Published, faults
from duecourse.model.layers import Entry
from duecourse.model.library import load as load_procedure
from duecourse.model.migration_file import find_migration, in_domain, out_of_domain
from duecourse.model.procedure import Label
from duecourse.model.schema import FileId, Id, LabelShape, OneOrMore, Shape, Text
from duecourse.model.shapes import shaped
from duecourse.model.source import KEY
from duecourse.model.source import load as load_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from duecourse.model.library import Folder
    from duecourse.model.migration import Migration
    from duecourse.model.procedure import Procedure, Reading
    from duecourse.model.source import Path as Path_
    from duecourse.model.source import Source

_S = TypeVar("_S", bound=Shape)

MAX_EVENTS = 5_000


class CaseShape(Shape):
    """The head of a case file."""

    id: FileId
    label: LabelShape
    procedure: Annotated[str, Field(min_length=1, max_length=400)]
    readings: dict[Id, Id] = Field(default={})
    facts: dict[Id, bool | int | str] = Field(default={})
    class_: Id = Field(default="", alias="class")


class EventShape(Shape):
    """Something that happened: a step, or several of one day in their order."""

    on: dt.date
    step: Annotated[list[Id], OneOrMore] = Field(min_length=1, max_length=100)
    actor: Id = ""
    member: Annotated[list[Text], OneOrMore] = Field(default=[], max_length=1_000)
    note: Text = ""
    source: Text = ""


class MilestoneShape(Shape):
    """A public date."""

    on: dt.date
    what: LabelShape
    source: LabelShape
    conclusion: bool = False
    step: Id | None = None


class PublishedShape(Shape):
    """What is public of a case whose course was not published."""

    opened: MilestoneShape
    ended: MilestoneShape | None = None
    later: list[MilestoneShape] = Field(default=[], max_length=20)
    open_on: dt.date | None = None


class CaseFile(Shape):
    """A case file."""

    case: CaseShape
    event: list[EventShape] = Field(default=[], max_length=MAX_EVENTS)
    published: PublishedShape | None = None


def read_case(path: Folder | str, *, root: Folder | None = None) -> Case:
    """Return the case in a file.

    Args:
        path: the file.
        root: the project in which its procedure is looked up; by default the one in the current folder, else the
            shipped one.

    Raises:
        InvalidInput: with every problem found, each at its place.
    """
    return case_of(load_source(Path(path) if isinstance(path, str) else path), root)


def case_of(source: Source, root: Folder | None = None) -> Case:
    """Return the case that a source holds.

    Raises:
        InvalidInput: see `read_case`.
    """
    return _Reader(source, root).case()


class _Reader:
    def __init__(self, source: Source, root: Folder | None) -> None:
        self.source, self.root = source, root
        self.problems: list[Problem] = []

    def wrong(self, code: str, message: str, *path: str | int) -> None:
        self.problems.append(self.source.problem(path, code, message))

    def case(self) -> Case:
        for key in self.source.data:
            known = ("case", "event", "published")
            if key not in known:
                self.wrong("unknown-table", f'unknown table "{key}"{nearest(key, known)}', key, 0)
        head = self.table(CaseShape, "case")
        published = self.table(PublishedShape, "published")
        shapes = dict(self.events())
        if "case" not in self.source.data:
            self.wrong("missing", "no [case] table; a case file begins with one")
        self.refuse()
        assert head is not None
        procedure = self.procedure(head.procedure)
        migration = find_migration(procedure.id, self.root)
        self.readings(head, procedure, migration)
        self.facts(head, procedure)
        self.order(shapes)
        events: list[Event] = []
        for index, shape in shapes.items():
            for at, event in self.taken(index, shape):
                events.append(event)
                self.check(at, event, procedure, migration, head)
        if published is not None:
            self.check_published(published, procedure)
        self.refuse()
        return Case(
            id=head.id,
            label=_label(head.label),
            procedure=procedure,
            readings=head.readings,
            facts=head.facts,
            events=tuple(events),
            migration=migration,
            published=None if published is None else _published(published),
            kind=head.class_,
            place=self.source.place(("case",)),
        )

    def refuse(self) -> None:
        if self.problems:
            raise InvalidInput(sorted(set(self.problems)))

    def table(self, shape: type[_S], key: str) -> _S | None:
        data = self.source.data.get(key)
        if data is None:
            return None
        if not isinstance(data, dict):
            self.wrong("shape", f"must be written as a table, [{key}]", key)
            return None
        return shaped(shape, Entry(data, self.source, (key,)), self.problems)

    def events(self) -> Iterator[tuple[int, EventShape]]:
        tables = self.source.data.get("event", [])
        if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
            self.wrong("shape", "must be written as [[event]], once per event", "event")
            return
        if len(tables) > MAX_EVENTS:
            self.wrong("too-large", f"more than {MAX_EVENTS} events in one case", "event")
            return
        for index, data in enumerate(tables):
            shape = shaped(EventShape, Entry(data, self.source, ("event", index)), self.problems)
            if shape is not None:
                yield index, shape

    def taken(self, index: int, shape: EventShape) -> Iterator[tuple[Path_, Event]]:
        """Yield the steps of an event, each with its place in the file."""
        listed = isinstance(self.source.data["event"][index]["step"], list)
        for number, step in enumerate(shape.step):
            at: Path_ = ("event", index, "step", *([number] if listed else []))
            yield (
                at,
                Event(
                    on=shape.on,
                    step=step,
                    actor=shape.actor,
                    members=tuple(shape.member),
                    note=shape.note,
                    source=shape.source,
                    place=self.source.place(at),
                ),
            )

    def procedure(self, name: str) -> Procedure:
        try:
            return load_procedure(name, root=self.root)
        except InvalidInput as error:
            if error.problems:
                raise
            at = ("case", "procedure")
            raise InvalidInput([self.source.problem(at, "unknown-name", str(error))]) from None

    def readings(self, head: CaseShape, procedure: Procedure, later: Migration | None) -> None:
        known: dict[str, Reading] = {**(later.target.reading if later else {}), **procedure.reading}
        for name, option in head.readings.items():
            at = ("case", "readings", name)
            if name not in known:
                hint = nearest(name, known)
                self.wrong(
                    "unknown-name", f'{procedure.id} has no reading "{name}"{hint}', *at, KEY
                )
            elif option not in [each.id for each in known[name].options]:
                hint = nearest(option, [each.id for each in known[name].options])
                message = f'the reading "{name}" has no option "{option}"{hint}'
                self.wrong("unknown-name", message, *at)

    def facts(self, head: CaseShape, procedure: Procedure) -> None:
        for name, value in head.facts.items():
            at = ("case", "facts", name)
            fact = procedure.fact.get(name)
            if fact is None:
                hint = nearest(name, procedure.fact)
                self.wrong("unknown-name", f'{procedure.id} has no fact "{name}"{hint}', *at, KEY)
            elif not in_domain(fact, value):
                self.wrong("range", out_of_domain(fact, value), *at)

    def order(self, shapes: Mapping[int, EventShape]) -> None:
        for before, (index, shape) in pairwise(shapes.items()):
            if shape.on < before[1].on:
                rule = "events stand in the order of their dates"
                message = (
                    f"{shape.on} is before {before[1].on}, the date of the event above; {rule}"
                )
                self.wrong("order", message, "event", index, "on")

    def check(
        self,
        at: Path_,
        event: Event,
        procedure: Procedure,
        later: Migration | None,
        head: CaseShape,
    ) -> None:
        """Note what is wrong with an event under every text that may govern it on its day."""
        texts = [procedure]
        if later is not None and event.on >= later.on:
            texts.insert(0 if later.applies(head.readings) else 1, later.target)
        found = [list(faults(event, text)) for text in texts]
        if all(found):
            for fault in found[0]:
                place = at if fault.key == "step" else (*at[:2], fault.key)
                self.wrong(fault.code, fault.message, *place)

    def check_published(self, shape: PublishedShape, procedure: Procedure) -> None:
        step = shape.opened.step
        if step is None:
            message = '"step" is missing: the step that was taken by then at the latest'
            self.wrong("missing", message, "published", "opened")
        elif step not in procedure.step:
            message = f'{procedure.id} has no step "{step}"{nearest(step, procedure.step)}'
            self.wrong("unknown-name", message, "published", "opened", "step")
        if "event" in self.source.data:
            rule = "a [published] case has no steps with dates; leave [published] out where they are known"
            self.wrong("shape", rule, "event", 0)
        ended = shape.ended or shape.opened
        for key, day in (("ended", ended.on), ("open_on", shape.open_on)):
            if day is not None and day < shape.opened.on:
                message = f"{day} is before the opening, {shape.opened.on}"
                self.wrong("order", message, "published", key)
        if (shape.ended is None) == (shape.open_on is None):
            rule = "give either ended, or open_on: the last day on which no end was published"
            self.wrong("shape", rule, "published")


def _published(shape: PublishedShape) -> Published:
    return Published(
        _milestone(shape.opened),
        None if shape.ended is None else _milestone(shape.ended),
        tuple(map(_milestone, shape.later)),
        shape.open_on,
    )


def _milestone(shape: MilestoneShape) -> Milestone:
    return Milestone(
        shape.on, _label(shape.what), _label(shape.source), shape.conclusion, shape.step or ""
    )


def _label(shape: LabelShape) -> Label:
    return Label(shape.en, shape.zh)
