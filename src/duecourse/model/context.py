"""What the builders of elements share: the shaped tables, the names in scope, the marks of articles, the problems found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from duecourse.errors import nearest
from duecourse.model import procedure as p
from duecourse.model import schema as s
from duecourse.model.expression import TRUE, Effect, Expression
from duecourse.model.grammar import Domain, ExpressionError, parse_effect, parse_guard
from duecourse.model.problems import Problems
from duecourse.model.scope import NAMED, RESERVED
from duecourse.model.shapes import shaped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from duecourse.model.layers import Entry, Layers

_T = TypeVar("_T")

MAX_WRITTEN = 150_000


class Context:
    """One reading of merged tables.

    Attributes:
        problems: every mistake found so far.
        shapes: by kind, the tables that have their shape, each with its entry.
        scope: the names that guards and effects may use.
        marks: how sure the facts of each article are by default.
        panels: the shapes of the panels, by id.
        facts: the names of the facts.
        highest: the highest value of each fact that can hold a number of panel members.
    """

    def __init__(self, layers: Layers) -> None:
        self.problems = Problems()
        self.shapes: dict[str, list[tuple[Any, Entry]]] = {}
        for kind, shape in s.SHAPES.items():
            found = ((shaped(shape, entry, self.problems), entry) for entry in layers.entries[kind])
            self.shapes[kind] = [(each, entry) for each, entry in found if each is not None]
        self.scope: dict[str, Domain] = {}
        self._written = 0
        self.facts: frozenset[str] = frozenset()
        self.highest: dict[str, int] = {}
        self.panels: dict[str, s.PanelShape] = {each.id: each for each, _ in self.shapes["panel"]}
        self.marks = {each.id: p.Mark(each.mark) for each, _ in self.shapes["article"]}
        self._ids = {
            kind: dict.fromkeys(str(entry.data.get("id")) for entry in layers.entries[kind])
            for kind in s.SHAPES
        }
        self._declared = {name for kind in NAMED for name in self._ids[kind]}
        self._refuse_names(layers)

    def each(self, kind: str, build: Callable[[Context, Any, Entry], _T]) -> tuple[_T, ...]:
        """Return every element of a kind, built."""
        return tuple(build(self, shape, entry) for shape, entry in self.shapes[kind])

    def _refuse_names(self, layers: Layers) -> None:
        """Note names that are declared twice, or that the language needs for itself."""
        seen: dict[tuple[str, str], str] = {}
        for kind in s.SHAPES:
            group = "name" if kind in NAMED else kind
            for entry in layers.entries[kind]:
                name = entry.data.get("id")
                if not isinstance(name, str):
                    continue
                if (group, name) in seen:
                    message = f'"{name}" is declared twice, as {seen[group, name]} and as {kind}; rename one of them'
                    self.problems.append(entry.problem("duplicate", message, "id"))
                if kind in NAMED:
                    self.unreserved(name, entry, "id")
                seen[group, name] = kind

    def unreserved(self, name: object, entry: Entry, *path: str | int) -> None:
        """Note a name that the language needs for itself."""
        if name in RESERVED:
            message = f'"{name}" is a word of the language; choose another name'
            self.problems.append(entry.problem("reserved", message, *path))

    def distinct(self, names: Sequence[str], entry: Entry, *path: str | int) -> None:
        """Note names of one list that are the same."""
        for index, name in enumerate(names):
            if name in names[:index]:
                self.problems.append(
                    entry.problem(
                        "duplicate", f'"{name}" is listed twice; name it once', *path, index
                    )
                )

    def names(self, kind: str, names: Iterable[str], entry: Entry, *path: str | int) -> None:
        """Note names that no element of a kind has; they stand at `path`, or as a list in the key it names."""
        for index, name in enumerate(names):
            if name not in self._ids[kind]:
                listed = len(path) == 1 and isinstance(entry.data.get(str(path[0])), list)
                hint = nearest(name, self._ids[kind])
                message = f'no {kind} "{name[:80]}"{hint}'
                at = (*path, index) if listed else path
                self.problems.append(entry.problem("unknown-name", message, *at))

    def known(self, name: str, names: Sequence[str], what: str, entry: Entry, *path: Any) -> None:  # noqa: ANN401  (a path)
        """Note a name that is not in a list."""
        if name not in names:
            hint = nearest(name, names)
            self.problems.append(
                entry.problem("unknown-value", f'"{name[:80]}" is no {what}{hint}', *path)
            )

    def guard(self, text: str, entry: Entry, *path: str | int) -> Expression:
        """Return the guard that a text means; true where it is wrong, which is noted."""
        self._count(text, entry, *path)
        try:
            return parse_guard(text, self.scope)
        except ExpressionError as error:
            self._note(error, entry, *path)
            return TRUE

    def effects(self, texts: Iterable[str], entry: Entry, *path: str | int) -> tuple[Effect, ...]:
        """Return the effects that texts mean, less those that are wrong, which is noted."""
        effects: list[Effect] = []
        for index, text in enumerate(texts):
            self._count(text, entry, *path, index)
            try:
                effects.append(parse_effect(text, self.scope))
            except ExpressionError as error:
                self._note(error, entry, *path, index)
        return tuple(effects)

    def _note(self, error: ExpressionError, entry: Entry, *path: str | int) -> None:
        """Note what is wrong with an expression, unless it uses a name whose declaration is wrong and noted already."""
        if error.name.split(".")[0] not in self._declared:
            at = error.column - 1
            self.problems.append(entry.problem_inside(error.code, error.message, at, *path))

    def _count(self, text: str, entry: Entry, *path: str | int) -> None:
        """Refuse more expressions in all than can be parsed and taken apart in a second."""
        self._written += len(text)
        if self._written > MAX_WRITTEN:
            message = f"more than {MAX_WRITTEN} characters of guards and effects in one procedure; use definitions"
            self.problems.append(entry.problem("too-long", message, *path))
            self.problems.refuse()

    def occasions(self, shapes: Iterable[s.OnTable], entry: Entry, key: str) -> tuple[p.On, ...]:
        """Return the steps that a key of a clock, panel or suspension names, with their conditions."""
        found: list[p.On] = []
        for index, each in enumerate(shapes):
            at = (key, index) if isinstance(entry.data.get(key), list) else (key,)
            self.names("step", [each.step], entry, *at, "step")
            found.append(p.On(each.step, self.guard(each.when, entry, *at, "when")))
        return tuple(found)

    def element(self, shape: s.ElementShape, entry: Entry) -> dict[str, Any]:
        """Return what every element has."""
        cites = self.cites(shape.cites, entry)
        return {
            "id": shape.id,
            "label": label(shape.label),
            "cites": cites,
            "place": entry.rule_place(),
        }

    def cites(self, texts: Sequence[str], entry: Entry) -> tuple[p.Cite, ...]:
        """Return the citations that texts such as '12' or '12 (B+)' name; the mark defaults to its article's."""
        cites: list[p.Cite] = []
        for index, text in enumerate(texts):
            article, _, mark = text.partition(" ")
            if article not in self._ids["article"]:
                hint = nearest(article, self._ids["article"])
                message = f'no article "{article}" in this text{hint}'
                self.problems.append(entry.problem("unknown-article", message, "cites", index))
            default = self.marks.get(article, p.Mark.UNCERTAIN)
            cites.append(p.Cite(article, p.Mark(mark.strip("()")) if mark else default))
        return tuple(cites)


def label(shape: s.LabelShape) -> p.Label:
    """Return a text in two languages."""
    return p.Label(shape.en, shape.zh)
