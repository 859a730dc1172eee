"""Every name that a procedure in reach has, by kind: what a property may speak of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from duecourse.model.library import catalogue
from duecourse.model.source import load as load_source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from duecourse.model.procedure import Procedure

    Folder = Path | Traversable

KINDS = ("step", "actor", "stage", "clock", "suspension", "outcome")


@dataclass(frozen=True)
class Names:
    """The names of all elements.

    Attributes:
        ids: for each of `KINDS`, the ids.
        facts: the facts, each with the values of its enumeration; empty where it is a number or yes or no.
        panels: the panels, each with its replies.
        articles: the articles of each procedure, those that its amendments add among them.
    """

    ids: dict[str, set[str]] = field(default_factory=lambda: {kind: set() for kind in KINDS})
    facts: dict[str, set[str]] = field(default_factory=dict)
    panels: dict[str, set[str]] = field(default_factory=dict)
    articles: dict[str, set[str]] = field(default_factory=dict)

    def attributes(self) -> Iterator[str]:
        """Yield the attributes of panels and suspensions, such as `consultation.pending`."""
        for panel, replies in self.panels.items():
            yield from (
                f"{panel}.{each}" for each in ("asked", "open", "pending", *sorted(replies))
            )
        yield from (f"{each}.active" for each in sorted(self.ids["suspension"]))

    def add_file(self, data: dict[str, Any], procedure: str) -> None:
        """Add what a file declares, adds or replaces, without interpreting it.

        Args:
            data: the file.
            procedure: the id of the procedure that it says, or amends in the end.
        """
        articles = self.articles.setdefault(procedure, set())
        for tables in (data, data.get("add"), data.get("replace")):
            if not isinstance(tables, dict):
                continue
            found = tables.get("article")
            for each in found if isinstance(found, list) else ():
                if isinstance(each, dict):
                    articles.add(str(each.get("id")))
            for kind in (*KINDS, "fact", "panel"):
                elements = tables.get(kind)
                for each in elements if isinstance(elements, list) else ():
                    if isinstance(each, dict):
                        self._add(kind, str(each.get("id")), each)

    def _add(self, kind: str, name: str, table: dict[str, Any]) -> None:
        if kind in self.ids:
            self.ids[kind].add(name)
            return
        owner, key = (self.facts, "values") if kind == "fact" else (self.panels, "replies")
        values = table.get(key)
        owner.setdefault(name, set()).update(map(str, values if isinstance(values, list) else ()))


def names_in_reach(root: Folder | None = None) -> Names:
    """Return the names in the files of a project and the shipped one, without interpreting them."""
    names = Names()
    entries = catalogue(root)
    for entry in entries.values():
        base = entry
        for _ in entries:  # amendments of each other end nowhere: the reader says so
            base = entries.get(base.of, base)
        names.add_file(load_source(entry.file, str(entry.file)).data, base.id)
    return names


def names_of(procedure: Procedure) -> Names:
    """Return the names of one procedure."""
    names = Names()
    for kind in KINDS:
        names.ids[kind].update(getattr(procedure, kind))
    for fact in procedure.facts:
        words = {str(value) for value in fact.values if isinstance(value, str)}
        names.facts[fact.id] = words
    for panel in procedure.panels:
        names.panels[panel.id] = set(panel.replies)
    names.articles[procedure.id.split("+", 1)[0]] = {each.id for each in procedure.articles}
    return names
