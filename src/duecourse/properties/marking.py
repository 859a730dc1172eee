"""Where the terms of properties begin and end: marks on the events of the automaton of statutory time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.model.expression import FALSE, simplify
from duecourse.properties.happenings import HAPPENINGS, static_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from duecourse.model.procedure import Procedure
    from duecourse.model.table import Rule, Table
    from duecourse.properties.property import Property
    from duecourse.properties.watching import Symbol

Symbols = tuple[tuple[int, "Symbol"], ...]
"""What a step is to the terms that it may begin or end, each by its place."""

_FIRST, _LAST = 1, 2


def first_mark(name: str) -> str:
    """Return the mark of the steps with which the term of a property begins."""
    return f"{name} first"


def last_mark(name: str) -> str:
    """Return the mark of the steps with which the term of a property ends."""
    return f"{name} last"


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
            found = self.known[key] = self.marks(self.symbols(rule, to), before, after)
        return found

    def symbols(self, rule: Rule, to: int) -> Symbols:
        """Return what a step that leads to a configuration is to the terms that it may begin or end."""
        found = (
            (place, watching.symbol(rule, to)) for place, (_, watching) in enumerate(self.bound)
        )
        return tuple((place, symbol) for place, symbol in found if _matters(symbol))

    def marks(
        self, symbols: Symbols, before: frozenset[str], after: frozenset[str]
    ) -> frozenset[str]:
        """Return the marks of a step by what it is to terms, and by the clocks that run before and after it."""
        marks: set[str] = set()
        for place, symbol in symbols:
            name, watching = self.bound[place]
            letters = list(watching.letters(symbol, before, after))
            marks |= {first_mark(name)} if any(letter & _FIRST for letter in letters) else set()
            marks |= {last_mark(name)} if all(letter & _LAST for letter in letters) else set()
        return frozenset(marks)


def _matters(symbol: Symbol) -> bool:
    return any(letter & (_FIRST | _LAST) for letter in symbol.letters) or any(symbol.open)


def marking_steps(terms: Iterable[Property], procedure: Procedure) -> frozenset[str]:
    """Return the steps at which the term of some property may begin or end, as far as that is known without a case."""
    found: set[str] = set()
    for each in terms:
        if each.monitor is None:
            continue
        named = each.monitor.named
        certain = {name for name in named if name.rpartition(" ")[0] not in HAPPENINGS}
        for step in procedure.steps:
            stages = {branch.stage for branch in step.branches} or set(step.sources)
            values = [static_values(procedure, step.id, stage, certain) for stage in stages]
            ends = each.monitor.propositions[:2]
            if any(simplify(end, known) != FALSE for end in ends for known in values):
                found.add(step.id)
    return frozenset(found)
