"""The tables of a scenario file, each entry with its place, before they are made into values."""

from __future__ import annotations

import math
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from duecourse.errors import InvalidInput
from duecourse.model import library
from duecourse.model.clocks import open_ledger
from duecourse.model.schema import Shape
from duecourse.model.shapes import shaped
from duecourse.model.variants import choose_readings
from duecourse.scenarios import scenario as s
from duecourse.scenarios import schema
from duecourse.scenarios.data_files import DataFiles
from duecourse.scenarios.extend import read_layers
from duecourse.scenarios.values import Values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from duecourse.model.layers import Entry
    from duecourse.model.library import Folder
    from duecourse.model.procedure import Procedure
    from duecourse.model.source import Source

MOST_SORTS = 64
"""Combinations of values of the attributes of one class, at most."""

_S = TypeVar("_S", bound=Shape)
_T = TypeVar("_T")


Procedures: TypeAlias = "dict[tuple[str, tuple[str, ...]], Procedure]"
"""Procedures of one project by their name and their amendments."""


class Tables:
    """The head of a scenario file and its tables, with the procedure they speak of; problems are noted."""

    def __init__(  # noqa: PLR0913, PLR0917
        self,
        source: Source,
        readings: Mapping[str, str],
        amendments: tuple[str, ...],
        root: Folder | None,
        home: Folder,
        known: Procedures,
    ) -> None:
        self.source, self.root, self.known = source, root, known
        self.values = Values(())
        self.problems = self.values.problems
        self.notes: list[s.Note] = []
        self.layers = read_layers(source, home, root, self.problems)
        self.values.files.update(
            {name: DataFiles(each) for name, each in self.layers.homes.items()}
        )
        self.head_entry = self.layers.head
        self.head = self.read_head()
        self.procedure = self.read_procedure((*self.head.amendments, *amendments))
        self.readings = self.read_readings(readings)
        self.calendar = open_ledger(self.procedure, self.readings).calendar
        self.check_days()
        self.entries = self.layers.entries
        for kind, entries in self.entries.items():
            self.refuse_twins(kind, entries)
        self.values.sorts = tuple(
            sort for each in self.entries["class"] for sort in self.sorts(each)
        )

    # --- the head ---------------------------------------------------------------------------------

    def read_head(self) -> schema.ScenarioShape:
        """Return the head of the file."""
        head = shaped(schema.ScenarioShape, self.head_entry, self.problems)
        if head is None:
            raise InvalidInput(sorted(self.problems))
        if head.warm_up >= head.years:
            rule = f"a warm-up of {head.warm_up:g} years leaves nothing of {head.years:g} years"
            self.values.wrong(self.head_entry, "range", rule, ("warm_up",))
        return head

    def read_procedure(self, amendments: tuple[str, ...]) -> Procedure:
        """Return the procedure with its amendments; one that was read before is not read again."""
        names = self.head.procedure, amendments
        if names in self.known:
            return self.known[names]
        try:
            return self.known.setdefault(names, library.load(*names, self.root))
        except InvalidInput as error:
            if error.problems:
                raise
            at = self.head_entry.problem("procedure", str(error), "procedure")
            raise InvalidInput(sorted([*self.problems, at])) from None

    def read_readings(self, more: Mapping[str, str]) -> dict[str, str]:
        """Return the option for every reading; those asked for outside the file have no place."""
        chosen = choose_readings(self.procedure, more)
        for name, option in self.head.readings.items():
            try:
                found = choose_readings(self.procedure, {name: option})
            except InvalidInput as error:
                self.values.wrong(self.head_entry, "reading", str(error), ("readings", name))
            else:
                chosen[name] = chosen[name] if name in more else found[name]
        return chosen

    def check_days(self) -> None:
        """Note it if the calendar does not cover the whole run."""
        calendar = self.calendar
        try:
            end = calendar.add_calendar_days(self.head.start, math.ceil(self.head.years * 366))
            calendar.roll_forward(end)
        except InvalidInput as error:
            self.values.wrong(self.head_entry, "calendar", str(error), ("start",))

    def in_run(self, day: date) -> bool:
        """Return whether a date lies in the run, as far as the file says how long it is."""
        length = timedelta(round(self.head.years * 365.25))
        return self.head.start <= day < self.head.start + length

    # --- the tables -------------------------------------------------------------------------------

    def refuse_twins(self, kind: str, entries: Sequence[Entry]) -> None:
        """Note tables of one kind with one id."""
        seen: set[object] = set()
        for entry in entries:
            name = entry.data.get("id")
            if name is not None and str(name) in seen:
                self.values.wrong(entry, "duplicate", f'two tables [[{kind}]] "{name}"', ("id",))
            seen.add(str(name))

    def sorts(self, entry: Entry) -> tuple[str, ...]:
        """Return a class with each combination of values of its attributes, as far as they are well written."""
        written = entry.data.get("attributes")
        shares = list(written.values()) if isinstance(written, dict) else []
        if not all(isinstance(each, dict) for each in shares):
            shares = []
        if math.prod(map(len, shares)) > MOST_SORTS:
            rule = f"more than {MOST_SORTS} combinations of values; leave some out"
            self.values.wrong(entry, "too-large", rule, ("attributes",))
            shares = []
        return tuple(".".join((str(entry.data.get("id")), *each)) for each in product(*shares))

    def ids(self, kind: str) -> list[str]:
        """Return the ids of the tables of a kind, in order."""
        return [str(entry.data.get("id")) for entry in self.entries[kind]]

    def each(
        self, kind: str, shape: type[_S], build: Callable[[_S, Entry], _T | None]
    ) -> tuple[_T, ...]:
        """Return the values of the tables of a kind that are well formed."""
        found = ((shaped(shape, entry, self.problems), entry) for entry in self.entries[kind])
        built = [build(each, entry) for each, entry in found if each is not None]
        return tuple(each for each in built if each is not None)

    def sourced(self, shape: schema.SourcedShape, entry: Entry, what: str) -> None:
        """Note where the numbers of a table come from; a table without that is a problem."""
        if shape.source:
            self.notes.append(s.Note(what, "source", shape.source, entry.place()))
        elif shape.assumption:
            self.notes.append(s.Note(what, "assumption", shape.assumption, entry.place()))
        else:
            rule = (
                'add source = "…" where they are published, else assumption = "…" with the reason'
            )
            self.values.wrong(
                entry, "unsourced", f"the numbers of {what} come from nowhere: {rule}"
            )

    def steps(self, names: Sequence[str], entry: Entry, *where: str | int) -> tuple[str, ...]:
        """Return the names of steps that somebody may decide to take; others are noted."""
        self.values.names("step", names, self.procedure.step, entry, *where)
        for name in names:
            if name in self.procedure.lapse_steps:
                rule = "the law takes it when a time limit lapses, nobody can"
                self.values.wrong(entry, "lapse-step", f'"{name}" is no decision: {rule}', where)
        return tuple(names)
