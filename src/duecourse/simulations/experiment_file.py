"""Experiments as files: names, numbers and scenarios checked, all mistakes at once."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import Field

from duecourse.errors import InvalidInput, Problem, nearest
from duecourse.model.layers import Entry
from duecourse.model.procedure import Label
from duecourse.model.schema import FileId, LabelShape, Shape
from duecourse.model.shapes import shaped
from duecourse.scenarios.changes import changed, flat, moved, numbers
from duecourse.scenarios.files import find_file
from duecourse.scenarios.library import open_file
from duecourse.scenarios.read import read_scenario
from duecourse.simulations.experiment import Demand, Experiment, Kind
from duecourse.simulations.measures import PLANNED, matching
from duecourse.simulations.staffing import Range, Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from duecourse.model.library import Folder
    from duecourse.model.source import Source
    from duecourse.scenarios.scenario import Scenario
    from duecourse.scenarios.tables import Procedures

Number = Annotated[float, Field(allow_inf_nan=False)] | int
_S = TypeVar("_S", bound=Shape)

POINTS = 1_000
"""Scenarios of one experiment, at the most."""


class ExperimentShape(Shape):
    """The head of an experiment file."""

    id: FileId
    label: LabelShape
    question: LabelShape
    kind: Literal["compare", "grid", "sensitivity", "staffing"] = "compare"
    replications: Annotated[int, Field(ge=2, le=100_000)] = 10
    seed: Annotated[int, Field(ge=0, lt=2**63)]
    level: Annotated[float, Field(gt=0, lt=1)] = 0.95
    years: Annotated[float, Field(gt=0, le=50)] | None = None
    warm_up: Annotated[float, Field(ge=0)] | None = None
    measures: Annotated[list[str], Field(min_length=1, max_length=50)] | None = None


class VariantShape(Shape):
    """One scenario of an experiment: a scenario, and what is different in it."""

    id: FileId | None = None
    label: LabelShape | None = None
    use: str
    readings: dict[str, str] = Field(default={}, max_length=100)
    amendments: list[str] = Field(default=[], max_length=20)
    pools: dict[str, Annotated[int, Field(ge=1, le=100_000)]] = Field(default={}, max_length=100)
    numbers: dict[str, Number] = Field(default={}, max_length=100)


class SensitivityShape(Shape):
    """Which numbers are moved, one at a time, and by which share of them."""

    change: Annotated[float, Field(gt=0, lt=1)] = 0.2
    numbers: Annotated[list[str], Field(min_length=1, max_length=100)]


class TargetShape(Shape):
    """What a staffing has to meet."""

    indicator: str
    at_most: Annotated[float, Field(allow_inf_nan=False)]
    tolerance: Annotated[float, Field(gt=0, allow_inf_nan=False)]


class RangeShape(Shape):
    """The sizes that a pool may have."""

    low: Annotated[int, Field(ge=1, le=100_000, alias="from")]
    high: Annotated[int, Field(ge=1, le=100_000, alias="to")]
    cost: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None


class StaffingShape(Shape):
    """Which staffings there are, and how many replications one of them may take."""

    first: Annotated[int, Field(ge=5, le=10_000)] = 20
    at_most: Annotated[int, Field(ge=5, le=100_000)] = 200
    pools: Annotated[dict[str, dict[str, Any]], Field(min_length=1, max_length=6)]


TABLES = {
    Kind.COMPARE: (),
    Kind.GRID: ("grid",),
    Kind.SENSITIVITY: ("sensitivity",),
    Kind.STAFFING: ("staffing", "target"),
}
"""What each kind has besides its head and its scenarios."""


def load_experiment(name: str, *, root: Folder | None = None) -> Experiment:
    """Return an experiment, by id (the name of its file in `simulations/`) or by path.

    Raises:
        InvalidInput: with every problem found in it, each at its place; those of a scenario it
            uses at theirs.
    """
    return read_experiment(open_file(name, root, "simulations"), root=root)


def read_experiment(source: Source, *, root: Folder | None = None) -> Experiment:
    """Return the experiment in a file.

    Raises:
        InvalidInput: see `load_experiment`.
    """
    return _Reader(source, root).experiment()


@dataclass
class _Variant:
    """A scenario of the file, and how to read it again with other numbers."""

    scenario: Scenario
    source: Source
    home: Folder
    shape: VariantShape


class _Reader:
    def __init__(self, source: Source, root: Folder | None) -> None:
        self.source, self.root = source, root
        self.procedures: Procedures = {}
        self.problems: list[Problem] = []
        data = source.data
        head, tables = data.get("experiment"), data.get("scenario")
        if not isinstance(head, dict):
            self.wrong((), "missing", "no [experiment] table")
        if not _is_list(tables):
            self.wrong((), "missing", "no [[scenario]]: say which ones are run")
        if not isinstance(head, dict) or not _is_list(tables):
            raise InvalidInput(sorted(self.problems))
        self.shape = shaped(ExperimentShape, Entry(head, source, ("experiment",)), self.problems)
        self.kind = Kind(self.shape.kind) if self.shape else Kind.COMPARE
        known = ("experiment", "scenario", *TABLES[self.kind])
        for key in data:
            if key not in known and self.shape is not None:
                hint = nearest(key, known)
                self.wrong((key,), "unknown-table", f'unknown table "{key[:80]}"{hint}')

    def experiment(self) -> Experiment:
        found = [self.variant(index) for index in range(len(self.source.data["scenario"]))]
        variants = [each for each in found if each is not None]
        self.distinct(found)
        scenarios = tuple(each.scenario for each in variants)
        changes: tuple[Mapping[str, float], ...] = ({},) * len(scenarios)
        demand = None
        if self.kind is not Kind.COMPARE and len(found) != 1:
            self.wrong(("scenario", 1), "count", f"a {self.kind} starts from one [[scenario]]")
        elif variants and self.kind in {Kind.GRID, Kind.SENSITIVITY}:
            points = list(self.points(variants[0]))
            changes = ({}, *points)
            scenarios += tuple(
                point for at in range(len(points)) for point in self.point(variants[0], at, points)
            )
        elif variants and self.kind is Kind.STAFFING:
            demand = self.demand(scenarios[0])
        if self.problems or self.shape is None:
            raise InvalidInput(sorted(set(self.problems)))
        return Experiment(
            id=self.shape.id,
            label=_label(self.shape.label),
            question=_label(self.shape.question),
            scenarios=scenarios,
            replications=self.shape.replications,
            seed=self.shape.seed,
            level=self.shape.level,
            kind=self.kind,
            measures=tuple(self.shape.measures or PLANNED),
            changes=changes,
            demand=demand,
            source=self.source.text,
        )

    # --- scenarios --------------------------------------------------------------------------------

    def variant(self, index: int) -> _Variant | None:
        """Return one scenario; None where it cannot be, with the reasons noted."""
        entry = Entry(self.source.data["scenario"][index], self.source, ("scenario", index))
        shape = shaped(VariantShape, entry, self.problems)
        if shape is None:
            return None
        try:
            source, home = find_file(shape.use, self.root)
            source = flat(source, home, self.root) if shape.numbers or self.varies else source
            found = self.read(changed(source, shape.numbers), home, shape)
        except InvalidInput as error:
            self.problems.extend(error.problems or [entry.problem("scenario", str(error), "use")])
            return None
        label = _label(shape.label) if shape.label else found.label
        named = replace(found, id=shape.id or found.id, label=label)
        return _Variant(named, source, home, shape)

    @property
    def varies(self) -> bool:
        """Whether numbers of the scenario are going to be changed."""
        return self.kind in {Kind.GRID, Kind.SENSITIVITY}

    def read(self, source: Source, home: Folder, shape: VariantShape) -> Scenario:
        found = read_scenario(
            source,
            home=home,
            readings=shape.readings,
            amendments=shape.amendments,
            root=self.root,
            known=self.procedures,
        ).staffed(**shape.pools)
        if self.shape is None:
            return found
        years = found.years if self.shape.years is None else self.shape.years
        return found.lasting(years, self.shape.warm_up)

    def distinct(self, variants: list[_Variant | None]) -> None:
        ids = [each.scenario.id for each in variants if each is not None]
        for index, each in enumerate(variants):
            if each is not None and ids.count(each.scenario.id) > 1:
                rule = f'several scenarios are called "{each.scenario.id}"; give them an id of their own'
                self.wrong(("scenario", index), "duplicate", rule)

    # --- grids and sensitivity ----------------------------------------------------------------------

    def points(self, base: _Variant) -> Iterator[Mapping[str, float]]:
        """Yield the numbers of each scenario beside the first."""
        known = numbers(changed(base.source, base.shape.numbers))
        if self.kind is Kind.GRID:
            axes = self.axes(known)
            count = math.prod(map(len, axes.values()))
            if count > POINTS:
                self.wrong(("grid",), "count", f"{count} points are more than {POINTS}")
                return
            for point in product(*axes.values()) if axes else ():
                yield dict(zip(axes, point, strict=True))
            return
        shape = self.table("sensitivity", SensitivityShape)
        if shape is None:
            return
        for name in self.varied(shape.numbers, known):
            for sign in (-1, 1):
                value = moved(name, known[name], sign * shape.change)
                if value != known[name]:
                    yield {name: value}

    def varied(self, patterns: list[str], known: Mapping[str, float]) -> dict[str, None]:
        """Return the numbers that match patterns, each once."""
        found: dict[str, None] = {}
        for index, pattern in enumerate(patterns):
            names = matching(pattern, known)
            if not names:
                hint = nearest(pattern, known)
                where = ("sensitivity", "numbers", index)
                self.wrong(where, "unknown-name", f'no number "{pattern[:80]}"{hint}')
            found.update(dict.fromkeys(names))
        return found

    def axes(self, known: Mapping[str, float]) -> dict[str, list[float]]:
        """Return the values of each axis of a grid."""
        table = self.source.data.get("grid")
        found: dict[str, list[float]] = {}
        if not isinstance(table, dict) or not table:
            self.wrong(
                ("grid",), "missing", "a grid needs [grid]: numbers by path, each a list of values"
            )
            return found
        for name, values in table.items():
            if name not in known:
                hint = nearest(name, known)
                self.wrong(("grid", name), "unknown-name", f'no number "{name[:80]}"{hint}')
            elif not isinstance(values, list) or not values or not all(map(_is_number, values)):
                self.wrong(("grid", name), "shape", "write a list of numbers, such as [2, 3, 4]")
            else:
                found[name] = values
        return found

    def point(
        self, base: _Variant, at: int, points: list[Mapping[str, float]]
    ) -> Iterator[Scenario]:
        """Yield the scenario of one point; none where it cannot be, with the reasons noted."""
        told = {name: f"{value:g}" for name, value in points[at].items()}
        try:
            source = changed(base.source, {**base.shape.numbers, **points[at]})
            found = self.read(source, base.home, base.shape)
        except InvalidInput as error:
            where = TABLES[self.kind][0]
            for problem in error.problems or (error,):
                text = problem.message if isinstance(problem, Problem) else str(problem)
                self.wrong((where,), "scenario", f"{told}: {text}")
            return
        words = ", ".join(f"{name} = {value}" for name, value in told.items())
        yield replace(found, id=f"{base.scenario.id}-{at + 1:03}", label=Label(words))

    # --- staffing ---------------------------------------------------------------------------------

    def demand(self, scenario: Scenario) -> Demand | None:
        """Return what a staffing has to meet, and which ones there are."""
        tables = self.source.data.get("target")
        if not isinstance(tables, list) or not _is_list(tables):
            self.wrong((), "missing", "no [[target]]: say what the staffing has to meet")
            return None
        targets = []
        for index, table in enumerate(tables):
            entry = Entry(table, self.source, ("target", index))
            target = shaped(TargetShape, entry, self.problems)
            if target is not None:
                targets.append(Target(target.indicator, target.at_most, target.tolerance))
        shape = self.table("staffing", StaffingShape)
        if shape is None:
            return None
        if shape.at_most < shape.first:
            rule = f"at most {shape.at_most} replications are fewer than the first {shape.first}"
            self.wrong(("staffing", "at_most"), "range", rule)
        ranges = [self.range(name, table, scenario) for name, table in shape.pools.items()]
        found = tuple(each for each in ranges if each is not None)
        return Demand(tuple(targets), found, shape.first, shape.at_most)

    def range(self, name: str, table: dict[str, Any], scenario: Scenario) -> Range | None:
        """Return the sizes that a pool may have; its cost is that of the scenario where none is given here."""
        path = ("staffing", "pools", name)
        pools = {each.id: each for each in scenario.pools}
        if name not in pools:
            hint = nearest(name, pools)
            self.wrong(path, "unknown-name", f'{scenario.id} has no pool "{name[:80]}"{hint}')
            return None
        shape = shaped(RangeShape, Entry(table, self.source, path), self.problems)
        if shape is None:
            return None
        if shape.high < shape.low:
            self.wrong((*path, "to"), "range", f"from {shape.low} to {shape.high} is no range")
        own = pools[name].cost
        usual = 1.0 if own is None else own.amount
        return Range(name, shape.low, shape.high, usual if shape.cost is None else shape.cost)

    def table(self, name: str, shape: type[_S]) -> _S | None:
        data = self.source.data.get(name)
        if not isinstance(data, dict):
            self.wrong((), "missing", f"a {self.kind} needs [{name}]")
            return None
        return shaped(shape, Entry(data, self.source, (name,)), self.problems)

    def wrong(self, path: tuple[str | int, ...], code: str, message: str) -> None:
        self.problems.append(self.source.problem(path, code, message))


def _is_list(tables: object) -> bool:
    return isinstance(tables, list) and bool(tables) and all(isinstance(t, dict) for t in tables)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value  # noqa: PLR0124  (not a number)


def _label(shape: LabelShape) -> Label:
    return Label(shape.en, shape.zh)
