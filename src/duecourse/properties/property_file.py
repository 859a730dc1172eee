"""The files in `properties/`: read, with every mistake at its place in the text of a claim."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from duecourse.errors import InvalidInput, Problem, nearest
from duecourse.model.expression import variables
from duecourse.model.layers import Entry
from duecourse.model.library import own_procedures, project_root
from duecourse.model.procedure import Label
from duecourse.model.schema import Id, LabelShape, Shape, Text
from duecourse.model.shapes import shaped
from duecourse.model.source import KEY, load
from duecourse.properties.automaton import TooLargeError
from duecourse.properties.claim_grammar import ClaimError
from duecourse.properties.claim_store import ClaimStore, cache_folder
from duecourse.properties.monitor import Monitor
from duecourse.properties.naming import expression, unknown_names
from duecourse.properties.property import Expected, Kind, Measure, Property
from duecourse.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from duecourse.model.names import Names
    from duecourse.model.source import Source
    from duecourse.properties.claim_store import Compiled

    Folder = Path | Traversable

TRACKED = ("running ", "stops ", "extends ")
ClaimText = Annotated[
    str, Field(min_length=1, max_length=4_000, description="see docs/reference/properties.md")
]
Cites = dict[str, list[str]]


class PropertyShape(Shape):
    """What every property has."""

    id: Id
    sentence: LabelShape
    cites: Cites = Field(default={})
    expect: dict[str, Expected] = Field(default={})
    reason: LabelShape | None = None


class ClaimShape(PropertyShape):
    """A claim about single cases: every case satisfies it, or some complete case does."""

    kind: Literal["always", "sometimes"]
    claim: ClaimText


class StructuralShape(PropertyShape):
    """A property of the graph of all cases."""

    kind: Literal["no dead end", "can always end", "can always conclude"]
    without: list[Id] = Field(default=[])


class GoalShape(PropertyShape):
    """A goal that can always still come about, or that comes about in the end."""

    kind: Literal["can always", "eventually"]
    goal: ClaimText
    without: list[Id] = Field(default=[])
    fair: list[Id] = Field(default=[])


class WithinShape(PropertyShape):
    """A term between two events, if every limit is kept."""

    kind: Literal["within"]
    after: ClaimText
    until: ClaimText
    days: int = Field(ge=0, le=100_000)
    measure: Measure = "counted"
    without: list[Id] = Field(default=[])


class AtMostShape(PropertyShape):
    """The working days that an outcome takes, if every limit is kept."""

    kind: Literal["at most"]
    outcome: list[Id] = Field(min_length=1)
    days: int = Field(ge=0, le=100_000)
    measure: Measure = "counted"
    without: list[Id] = Field(default=[])


class DefinitionShape(Shape):
    """A proposition with a name of its own, for the claims of its file."""

    id: Id
    means: Text


AnyShape = ClaimShape | StructuralShape | GoalShape | WithinShape | AtMostShape


class PropertyFile(Shape):
    """A file in `properties/`."""

    definition: list[DefinitionShape] = Field(default=[])
    property: list[AnyShape] = Field(default=[])


_SHAPES: Mapping[str, type[AnyShape]] = {
    "always": ClaimShape,
    "sometimes": ClaimShape,
    "no dead end": StructuralShape,
    "can always end": StructuralShape,
    "can always conclude": StructuralShape,
    "can always": GoalShape,
    "eventually": GoalShape,
    "within": WithinShape,
    "at most": AtMostShape,
}


def load_properties(
    root: Folder | None = None, *, known: Names | None = None
) -> tuple[Property, ...]:
    """Return the properties in a project's `properties/` folder, in the order of file names.

    A project without a procedure of its own works on the shipped ones, so its properties stand before the shipped ones
    and in place of those with the same id.

    Args:
        root: the project; by default the one in the current folder, else the shipped one. Where it has no property
            files, the shipped ones are returned.
        known: the names that any procedure in reach has; a property that names something else is refused.

    Raises:
        InvalidInput: with every problem in every file.
    """
    root = root or project_root()
    problems: list[Problem] = []
    store = ClaimStore(cache_folder())
    found = _declared(root, known, problems, store)
    if root != shipped() and not (found and own_procedures(root)):
        below = _declared(shipped(), known, problems, store)
        found = {**found, **{name: each for name, each in below.items() if name not in found}}
    store.save()
    if problems:
        raise InvalidInput(sorted(problems))
    return tuple(found.values())


def _declared(
    root: Folder, known: Names | None, problems: list[Problem], store: ClaimStore
) -> dict[str, Property]:
    """Return the properties in one folder by id; what is wrong with them is added to `problems`."""
    seen: dict[str, Property] = {}
    folder = root.joinpath("properties")
    files = (
        [file for file in folder.iterdir() if file.name.endswith(".toml")]
        if folder.is_dir()
        else []
    )
    for file in sorted(files, key=lambda file: file.name):
        for each in read_properties(load(file), problems, known, store):
            if each.id in seen:
                at = each.place
                message = f'the property "{each.id}" is declared twice'
                problems.append(Problem(at.file, at.line, at.column, "duplicate", message))
            seen[each.id] = each
    return seen


def read_properties(
    source: Source,
    problems: list[Problem],
    known: Names | None = None,
    store: ClaimStore | None = None,
) -> list[Property]:
    """Return the properties of one file; what is wrong with it is added to `problems`."""
    rule = "a property file holds [[property]] and [[definition]]"
    problems.extend(
        source.problem((key,), "unknown-table", f'unknown table "{key}"; {rule}')
        for key in source.data
        if key not in {"property", "definition"}
    )
    reader = _Reader(problems, known, store or ClaimStore(None))
    for entry in _tables(source, "definition", problems):
        reader.define(entry)
    found = [reader.property(entry) for entry in _tables(source, "property", problems)]
    return [each for each in found if each is not None]


def _tables(source: Source, key: str, problems: list[Problem]) -> list[Entry]:
    tables = source.data.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        message = f"must be written as [[{key}]], once per {key}"
        problems.append(source.problem((key,), "shape", message))
        return []
    return [Entry(table, source, (key, i)) for i, table in enumerate(tables)]


class _Reader:
    """Reads the tables of one file."""

    def __init__(self, problems: list[Problem], known: Names | None, store: ClaimStore) -> None:
        self.problems, self.known, self.store = problems, known, store
        self.definitions: dict[str, str] = {}

    def define(self, entry: Entry) -> None:
        """Read a definition."""
        shape = shaped(DefinitionShape, entry, self.problems)
        if shape is not None:
            self.definitions[shape.id] = shape.means
            self.claim(entry, "means", f"eventually ({shape.means})", shift=len("eventually ("))

    def property(self, entry: Entry) -> Property | None:
        """Read a property."""
        shape = self.shape(entry)
        if shape is None:
            return None
        self.cites(entry, shape.cites)
        base = Property(
            id=shape.id,
            sentence=_label(shape.sentence),
            kind=Kind(shape.kind),
            cites={name: tuple(articles) for name, articles in shape.cites.items()},
            expect=dict(shape.expect),
            reason=None if shape.reason is None else _label(shape.reason),
            place=entry.place(),
        )
        match shape:
            case ClaimShape():
                claim = self.claim(entry, "claim", shape.claim)
                return self.watched(base, claim, shape.claim)
            case GoalShape():
                fair, without = self.steps(entry, "fair"), self.steps(entry, "without")
                claim = self.goal(entry, "goal", shape.goal, by_clocks=False)
                return self.watched(replace(base, fair=fair, without=without), claim, shape.goal)
            case WithinShape():
                text = f"{shape.after} … {shape.until}"
                first = self.goal(entry, "after", shape.after)
                last = self.goal(entry, "until", shape.until)
                term = replace(
                    base,
                    days=shape.days,
                    measure=shape.measure,
                    without=self.steps(entry, "without"),
                )
                return self.term(term, first, last, text)
            case AtMostShape():
                outcomes = self.ids(entry, "outcome", "outcome")
                without = self.steps(entry, "without")
                return replace(
                    base,
                    outcomes=outcomes,
                    days=shape.days,
                    measure=shape.measure,
                    without=without,
                    names=without,
                )
            case StructuralShape():
                without = self.steps(entry, "without")
                return replace(base, without=without, names=without)

    def shape(self, entry: Entry) -> AnyShape | None:
        """Return the table in the shape that its kind has."""
        kind = entry.data.get("kind")
        if isinstance(kind, str) and kind not in _SHAPES:
            message = f'no kind of property is called "{kind[:80]}"{nearest(kind, _SHAPES)}'
            self.problems.append(entry.problem("unknown-kind", message, "kind"))
            return None
        return shaped(_SHAPES.get(str(kind), ClaimShape), entry, self.problems)

    def cites(self, entry: Entry, cites: Cites) -> None:
        """Report the procedures and articles in the citations that nothing in reach has."""
        if self.known is None:
            return
        for procedure, articles in cites.items():
            known = self.known.articles.get(procedure)
            if known is None:
                hint = nearest(procedure, self.known.articles)
                message = f'no procedure in reach is called "{procedure[:80]}"{hint}'
                self.problems.append(
                    entry.problem("unknown-name", message, "cites", procedure, KEY)
                )
                continue
            for index, article in enumerate(articles):
                if article not in known:
                    message = (
                        f'no article "{article[:80]}" in "{procedure}"{nearest(article, known)}'
                    )
                    self.problems.append(
                        entry.problem("unknown-article", message, "cites", procedure, index)
                    )

    def steps(self, entry: Entry, key: str) -> frozenset[str]:
        """Return the steps in a list."""
        return frozenset(self.ids(entry, key, "step"))

    def ids(self, entry: Entry, key: str, kind: str) -> tuple[str, ...]:
        """Return the ids in a list; unknown ones are problems."""
        found = tuple(entry.data.get(key, ()))
        for index, name in enumerate(found):
            for message in unknown_names(self.known, kind, (name,)):
                self.problems.append(entry.problem("unknown-name", message, key, index))
        return found

    def goal(self, entry: Entry, key: str, text: str, *, by_clocks: bool = True) -> Compiled | None:
        """Return the claim that something happens; a goal in the graph without days cannot ask whether a clock runs."""
        start = "eventually ("
        claim = self.claim(entry, key, f"{start}{text})", shift=len(start))
        if claim is not None and not by_clocks:
            for each in claim.propositions:
                asked = [n for n in variables(expression(each, None, [])) if n.startswith(TRACKED)]
                if asked:
                    message = f'a goal cannot ask for "{asked[0]}"; name the step that does it'
                    self.problems.append(entry.problem("claim", message, key))
                    return None
        return claim

    def claim(self, entry: Entry, key: str, text: str, shift: int = 0) -> Compiled | None:
        """Parse a claim; what is wrong with it, and with what it names, is a problem at its place."""
        length = len(str(entry.data.get(key, "")))
        try:
            claim = self.store.compiled(text, self.definitions)
        except ClaimError as error:
            at = min(max(error.offset - shift, 0), length)
            self.problems.append(entry.problem_inside("claim", str(error), at, key))
            return None
        except TooLargeError as error:
            self.problems.append(entry.problem("claim", str(error), key))
            return None
        wrong: list[tuple[int, str]] = []
        for each in claim.propositions:
            expression(each, self.known, wrong)
        for offset, message in dict.fromkeys(wrong):
            at = min(max(offset - shift, 0), length)
            self.problems.append(entry.problem_inside("unknown-name", message, at, key))
        return claim

    def watched(self, base: Property, claim: Compiled | None, text: str) -> Property | None:
        """Return a property with the monitor of its claim."""
        if claim is None:
            return None
        monitor = Monitor(
            claim.parts,
            tuple(expression(each, self.known, []) for each in claim.propositions),
            claim.twin,
        )
        return replace(
            base, claim=text, pattern=claim.pattern, monitor=monitor, names=monitor.named
        )

    def term(
        self, base: Property, first: Compiled | None, last: Compiled | None, text: str
    ) -> Property | None:
        """Return a property whose monitor tells the two ends of its term."""
        if first is None or last is None:
            return None
        ends: Sequence[Compiled] = (first, last)
        monitor = Monitor(
            first.parts,
            tuple(expression(claim.propositions[0], self.known, []) for claim in ends),
        )
        return replace(base, claim=text, pattern="term", monitor=monitor, names=monitor.named)


def _label(shape: LabelShape) -> Label:
    return Label(shape.en, shape.zh)
