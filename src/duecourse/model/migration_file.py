"""Reading a migration file, checked against both texts; all mistakes at once, each at its place."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from pydantic import Field

from duecourse.errors import InvalidInput, Problem, nearest
from duecourse.model.expression import TRUE, Expression
from duecourse.model.grammar import Domain, ExpressionError, parse_guard
from duecourse.model.layers import Entry
from duecourse.model.library import load as load_procedure
from duecourse.model.library import project_root
from duecourse.model.migration import Carry, Migration, Treatment
from duecourse.model.procedure import Cite, Label, Mark, Procedure
from duecourse.model.schema import CiteText, FileId, Guard, Id, LabelShape, Shape
from duecourse.model.shapes import shaped
from duecourse.model.source import KEY
from duecourse.model.source import load as load_source
from duecourse.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.model.library import Folder
    from duecourse.model.procedure import Element, Fact, Value
    from duecourse.model.source import Source


class ClockShape(Shape):
    """What becomes of a clock."""

    id: Id
    treatment: Treatment = Field(strict=False)
    why: LabelShape
    to: Id | None = None
    from_: list[Id] = Field(alias="from", default=[], max_length=200)
    when: Guard = "true"


class MigrationShape(Shape):
    """The head of a migration file."""

    id: FileId
    label: LabelShape
    from_: FileId = Field(alias="from")
    to: FileId
    on: dt.date
    reading: Id
    option: Id
    cites: list[CiteText] = Field(min_length=1, max_length=40)


class MigrationFile(Shape):
    """A file in `model/migrations/`."""

    migration: MigrationShape
    stages: dict[Id, Id]
    facts: dict[Id, bool | int | str] = Field(default={})
    clock: list[ClockShape] = Field(default=[], max_length=500)


def find_migration(procedure: str, root: Folder | None = None) -> Migration | None:
    """Return how a later text takes over the cases pending under a procedure; None where no file says so.

    Raises:
        InvalidInput: the file that says so is not right.
    """
    for folder in dict.fromkeys((root or project_root(), shipped())):
        home = folder.joinpath("model", "migrations")
        if not home.is_dir():
            continue
        for file in sorted(home.iterdir(), key=lambda each: each.name):
            if file.name.endswith(".toml"):
                source = load_source(file, f"model/migrations/{file.name}")
                head = source.data.get("migration")
                if isinstance(head, dict) and head.get("from") == procedure:
                    return read_migration(source, root)
    return None


def read_migration(source: Source, root: Folder | None = None) -> Migration:
    """Return the migration that a file describes.

    Raises:
        InvalidInput: with every problem found.
    """
    problems: list[Problem] = []
    shape = shaped(MigrationFile, Entry(source.data, source, ()), problems)
    if shape is None:
        raise InvalidInput(problems)
    return _Reader(source, shape, root).migration()


class _Reader:
    def __init__(self, source: Source, shape: MigrationFile, root: Folder | None) -> None:
        self.source, self.shape = source, shape
        self.problems: list[Problem] = []
        self.old = self.text("from", shape.migration.from_, root)
        self.new = self.text("to", shape.migration.to, root)

    def text(self, key: str, name: str, root: Folder | None) -> Procedure:
        try:
            return load_procedure(name, root=root)
        except InvalidInput as error:
            if error.problems:
                raise
            raise InvalidInput(
                [self.source.problem(("migration", key), "unknown-name", str(error))]
            ) from None

    def wrong(self, code: str, message: str, *path: str | int) -> None:
        self.problems.append(self.source.problem(path, code, message))

    def known(self, kind: str, name: str, names: Any, text: Procedure, *path: str | int) -> bool:  # noqa: ANN401
        if name not in names:
            self.wrong(
                "unknown-name", f'{text.id} has no {kind} "{name}"{nearest(name, names)}', *path
            )
        return name in names

    def migration(self) -> Migration:
        head = self.shape.migration
        if self.known("reading", head.reading, self.new.reading, self.new, "migration", "reading"):
            options = [each.id for each in self.new.reading[head.reading].options]
            self.known("option", head.option, options, self.new, "migration", "option")
        self.stages()
        self.facts()
        self.counterparts()
        clocks = tuple(self.clocks())
        cites = tuple(self.cites(head.cites))
        if self.problems:
            raise InvalidInput(sorted(self.problems))
        return Migration(
            id=head.id,
            label=Label(head.label.en, head.label.zh),
            source=head.from_,
            target=self.new,
            on=head.on,
            reading=head.reading,
            option=head.option,
            cites=cites,
            stages=self.shape.stages,
            facts=self.shape.facts,
            clocks=clocks,
        )

    def cites(self, texts: list[str]) -> Iterator[Cite]:
        """Yield the citations of articles of the later text."""
        marks = {each.id: each.mark for each in self.new.articles}
        for index, text in enumerate(texts):
            article, _, mark = text.partition(" ")
            if self.known("article", article, marks, self.new, "migration", "cites", index):
                yield Cite(article, Mark(mark.strip("()")) if mark else marks[article])

    def stages(self) -> None:
        for old, new in self.shape.stages.items():
            at = ("stages", old)
            if self.known("stage", old, self.old.stage, self.old, *at, KEY):
                self.pending(self.old, old, *at, KEY)
            if self.known("stage", new, self.new.stage, self.new, *at):
                self.pending(self.new, new, *at)
        for stage in self.old.stages:
            if not stage.final and stage.id not in self.shape.stages:
                self.wrong(
                    "missing",
                    f'the stage "{stage.id}" of {self.old.id} is not mapped; a case may be pending in it',
                    "stages",
                )

    def pending(self, text: Procedure, stage: str, *path: str | int) -> None:
        if text.stage[stage].final:
            self.wrong("final", f'no case is pending in "{stage}": it is a final stage', *path)

    def facts(self) -> None:
        for name, value in self.shape.facts.items():
            if self.known("fact", name, self.new.fact, self.new, "facts", name, KEY):
                fact = self.new.fact[name]
                if not in_domain(fact, value):
                    self.wrong("range", out_of_domain(fact, value), "facts", name)
        for fact in self.new.facts:
            if fact.id not in self.shape.facts and not _same(fact, self.old.fact.get(fact.id)):
                self.wrong(
                    "missing",
                    f'give the fact "{fact.id}" a value: {self.old.id} does not have it, or not with these values',
                    "facts",
                )

    def counterparts(self) -> None:
        """Require a panel and a suspension of the same name and kind for each of the earlier text."""
        for panel in self.old.panels:
            new = self.new.panel.get(panel.id)
            if new is None or not set(panel.replies) <= set(new.replies):
                self.wrong(
                    "missing", self._lacks("panel", panel, "with the same replies"), "migration"
                )
        for suspension in self.old.suspensions:
            if suspension.id not in self.new.suspension:
                self.wrong("missing", self._lacks("suspension", suspension), "migration")

    def _lacks(self, kind: str, element: Element, more: str = "") -> str:
        return f'{self.new.id} has no {kind} "{element.id}" {more}'.rstrip()

    def clocks(self) -> Iterator[Carry]:
        settled: set[str] = set()
        for index, shape in enumerate(self.shape.clock):
            at = ("clock", index)
            to = shape.to or shape.id
            self.known("clock", shape.id, self.old.clock, self.old, *at, "id")
            if shape.treatment is not Treatment.DROPPED:
                self.known("clock", to, self.new.clock, self.new, *at, "to" if shape.to else "id")
            for number, stage in enumerate(shape.from_):
                self.known("stage", stage, self.old.stage, self.old, *at, "from", number)
            when = self.guard(shape.when, index)
            if not shape.from_ and when == TRUE:
                settled.add(shape.id)
            yield Carry(
                shape.id,
                shape.treatment,
                to,
                Label(shape.why.en, shape.why.zh),
                tuple(shape.from_),
                when,
            )
        for clock in self.old.clocks:
            if clock.id not in settled:
                self.wrong(
                    "missing",
                    f'say in every case what becomes of the clock "{clock.id}": a last [[clock]] without from and when',
                )

    def guard(self, text: str, index: int) -> Expression:
        scope = {
            each.id: Domain(tuple(option.id for option in each.options))
            for each in self.new.readings
        }
        try:
            return parse_guard(text, scope)
        except ExpressionError as error:
            at = self.source.place_inside(("clock", index, "when"), error.column - 1)
            self.problems.append(Problem(at.file, at.line, at.column, error.code, error.message))
            return TRUE


def in_domain(fact: Fact, value: Value) -> bool:
    """Return whether a fact can have a value; true is no 1."""
    kind = type(fact.values[0])
    return type(value) is kind and (value in fact.values or (fact.unbounded and int(value) >= 0))


def out_of_domain(fact: Fact, value: Value) -> str:
    """Return that a fact cannot have a value, and which it can."""
    shown = [str(each).lower() if isinstance(each, bool) else str(each) for each in fact.values]
    what = str(value).lower() if isinstance(value, bool) else str(value)[:60]
    return f'{what} is no value of "{fact.id}"; it has: {", ".join(shown[:12])}'


def _same(new: Fact, old: Fact | None) -> bool:
    return (
        old is not None
        and (old.unbounded == new.unbounded)
        and (old.unbounded or set(old.values) <= set(new.values))
    )
