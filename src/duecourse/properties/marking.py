"""Where the terms of properties begin and end: marks on the events of the automaton of statutory time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duecourse.model.table import Rule, Table
    from duecourse.properties.property import Property


class Marking:
    """Tells at which steps the terms of properties begin and end."""

    def __init__(self, table: Table, terms: Sequence[Property]) -> None:
        self.bound = [
            (each.id, monitor.bind(table))
            for each, monitor in ((each, each.monitor) for each in terms)
            if monitor is not None
        ]
        self.mask = 0
        for _, watching in self.bound:
            self.mask |= watching.mask
        self.known: dict[tuple[int, int, frozenset[str], frozenset[str]], frozenset[str]] = {}

    def __call__(
        self, rule: Rule, to: int, before: frozenset[str], after: frozenset[str]
    ) -> frozenset[str]:
        """Return the marks of a step, by the clocks that run before and after it."""
        key = id(rule), to & self.mask, before, after
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = frozenset(self._marks(rule, to, before, after))
        return found

    def _marks(
        self, rule: Rule, to: int, before: frozenset[str], after: frozenset[str]
    ) -> set[str]:
        marks: set[str] = set()
        for name, watching in self.bound:
            letters = list(watching.letters(watching.symbol(rule, to), before, after))
            marks |= {f"{name} first"} if any(letter & 1 for letter in letters) else set()
            marks |= {f"{name} last"} if all(letter & 2 for letter in letters) else set()
        return marks
