"""Ways through the table to an outcome, under one choice of readings, where a later text may take the case over."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from duecourse.model.compile import compile_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from duecourse.model.migration import Migration
    from duecourse.model.procedure import Procedure
    from duecourse.model.table import Rule, Table

Way = tuple[str, ...]


@dataclass(frozen=True)
class Texts:
    """The texts that may govern a case, under one choice of readings.

    Attributes:
        procedure: the text under which the case begins.
        readings: the options chosen; each text takes those that it knows.
        migration: how a later text takes the case over; None where it does not.
    """

    procedure: Procedure
    readings: Mapping[str, str]
    migration: Migration | None = None

    def known(self, text: Procedure) -> dict[str, str]:
        """Return the readings that a text knows."""
        return {name: each for name, each in self.readings.items() if name in text.reading}

    @cached_property
    def full(self) -> Mapping[str, Table]:
        """The table of each text with every variable kept, since another text may ask for it."""
        texts = [self.procedure, *([self.migration.target] if self.migration else [])]
        return {text.id: compile_table(text, self.known(text), forget=False) for text in texts}

    @cached_property
    def small(self) -> Mapping[str, Table]:
        """The table of each text, small enough to search."""
        return {
            id_: compile_table(each.procedure, each.readings) for id_, each in self.full.items()
        }

    @property
    def first(self) -> Table:
        """The table of the text under which the case begins."""
        return self.full[self.procedure.id]


@dataclass(frozen=True)
class Ways:
    """The ways of a case to one outcome.

    Attributes:
        texts: the texts with their readings.
        through: the step with which the case is opened to the public.
        outcome: the id of the outcome, in each text.
        hints: ways found under other readings, by text and stage; they are tried before a search.
    """

    texts: Texts
    through: str
    outcome: str
    hints: dict[tuple[str, str], list[Way]] = field(default_factory=dict, repr=False)

    def first(self) -> Way | None:
        """Return the steps of a way through the opening to the outcome; None where there is none."""
        table = self.texts.first
        for start in table.initial:
            opening = self._known(table, start, whole=True) or self._opened(table, start)
            if opening is not None:
                return opening
        return None

    def onward(self, table: Table, packed: int) -> Way | None:
        """Return the steps of a way from a configuration (every variable kept) to the outcome; None where there is none."""
        return self._known(table, packed) or self._searched(table, packed)

    def _known(self, table: Table, packed: int, *, whole: bool = False) -> Way | None:
        ways = self.hints.get((table.procedure.id, table.stage(packed)), [])
        return next((way for way in ways if self._leads(table, packed, way, whole=whole)), None)

    def _opened(self, table: Table, start: int) -> Way | None:
        small = self.texts.small[table.procedure.id]
        opening = search(
            small, small.pack(table.unpack(start)), lambda rule: rule.step == self.through
        )
        packed: int | None = start
        for step in opening or ():
            move = None if packed is None else table.move(packed, step)
            packed = move and move[1]
        after = None if opening is None or packed is None else self.onward(table, packed)
        return opening and after and self._noted(table, start, (*opening, *after))

    def _searched(self, table: Table, packed: int) -> Way | None:
        small = self.texts.small[table.procedure.id]
        found = search(
            small,
            small.pack(table.unpack(packed)),
            lambda rule: leads_to(rule, self.outcome, small),
        )
        return found and self._noted(table, packed, found)

    def _noted(self, table: Table, packed: int, way: Way) -> Way:
        self.hints.setdefault((table.procedure.id, table.stage(packed)), []).append(way)
        return way

    def _leads(self, table: Table, packed: int, way: Way, *, whole: bool) -> bool:
        rule: Rule | None = None
        for step in way:
            move = table.move(packed, step)
            if move is None:
                return False
            rule, packed = move
        arrives = rule is not None and leads_to(rule, self.outcome, table)
        return arrives and (not whole or self.through in way)


def leads_to(rule: Rule, outcome: str, table: Table) -> bool:
    """Return whether a step ends the review with an outcome."""
    procedure = table.procedure
    ends = procedure.stage[rule.target].final and not procedure.stage[rule.source].final
    return ends and any(
        rule.step in each.steps and (not each.sources or rule.source in each.sources)
        for each in procedure.outcomes
        if each.id == outcome
    )


def search(table: Table, start: int, arrived: Callable[[Rule], bool]) -> Way | None:
    """Return the steps of a shortest way from a configuration to a step, without lapses; None where there is none."""
    queue = deque([start])
    came: dict[int, tuple[int, str] | None] = {start: None}
    while queue:
        at = queue.popleft()
        for rule, to in table.moves(at):
            if rule.lapse_of is not None:
                continue
            if arrived(rule):
                return (*_way(came, at), rule.step)
            if to not in came:
                came[to] = (at, rule.step)
                queue.append(to)
    return None


def _way(came: Mapping[int, tuple[int, str] | None], to: int) -> Way:
    steps: list[str] = []
    last = came[to]
    while last is not None:
        steps.append(last[1])
        last = came[last[0]]
    return tuple(reversed(steps))
