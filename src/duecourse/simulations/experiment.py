"""Experiments: which scenarios are compared, how often they run and with which seed, as a file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from duecourse.errors import InvalidInput, Problem, nearest
from duecourse.model.layers import Entry
from duecourse.model.procedure import Label
from duecourse.model.schema import FileId, LabelShape, Shape
from duecourse.model.shapes import shaped
from duecourse.scenarios.library import load_scenario, open_file
from duecourse.simulations.execute import processes
from duecourse.simulations.gather import made_comparison
from duecourse.simulations.run import simulate_all

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from duecourse.model.library import Folder
    from duecourse.model.source import Source
    from duecourse.properties.property import Property
    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.execute import Executor
    from duecourse.simulations.result import Comparison, Result
    from duecourse.simulations.store import Store


class ExperimentShape(Shape):
    """The head of an experiment file."""

    id: FileId
    label: LabelShape
    question: LabelShape
    replications: Annotated[int, Field(ge=2, le=100_000)]
    seed: Annotated[int, Field(ge=0, lt=2**63)]
    level: Annotated[float, Field(gt=0, lt=1)] = 0.95
    years: Annotated[float, Field(gt=0, le=50)] | None = None
    warm_up: Annotated[float, Field(ge=0)] | None = None


class VariantShape(Shape):
    """One scenario of an experiment: a scenario, and what is different in it."""

    id: FileId | None = None
    label: LabelShape | None = None
    use: str
    readings: dict[str, str] = Field(default={}, max_length=100)
    amendments: list[str] = Field(default=[], max_length=20)
    pools: dict[str, Annotated[int, Field(ge=1, le=100_000)]] = Field(default={}, max_length=100)


@dataclass(frozen=True)
class Experiment:
    """What is to be found out, and how.

    Attributes:
        scenarios: the first is what the others are compared with.
        replications, seed, level: see `duecourse.simulations.simulate`.
    """

    id: str
    label: Label
    question: Label
    scenarios: tuple[Scenario, ...]
    replications: int
    seed: int
    level: float
    source: str = field(default="", compare=False, repr=False)

    def run(
        self,
        *,
        workers: int = 1,
        properties: Sequence[Property] = (),
        store: Store | None = None,
        progress: Callable[[int, int], None] | None = None,
        executor: Executor = processes,
    ) -> Findings:
        """Simulate every scenario under common random numbers; arguments as in `simulate`."""
        results = simulate_all(
            self.scenarios,
            replications=self.replications,
            seed=self.seed,
            workers=workers,
            level=self.level,
            properties=properties,
            store=store,
            progress=progress,
            executor=executor,
        )
        comparisons = tuple(made_comparison(results[0], each) for each in results[1:])
        return Findings(self, results, comparisons)


@dataclass(frozen=True)
class Findings:
    """What an experiment gave.

    Attributes:
        results: one for each scenario.
        comparisons: the first scenario with each of the others.
    """

    experiment: Experiment
    results: tuple[Result, ...]
    comparisons: tuple[Comparison, ...]


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
    problems: list[Problem] = []
    known = ("experiment", "scenario")
    problems.extend(
        source.problem((key,), "unknown-table", f'unknown table "{key[:80]}"{nearest(key, known)}')
        for key in source.data
        if key not in known
    )
    head = source.data.get("experiment")
    tables = source.data.get("scenario")
    if not isinstance(head, dict):
        problems.append(source.problem((), "missing", "no [experiment] table"))
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        problems.append(source.problem((), "missing", "no [[scenario]]: say which ones are run"))
    if not isinstance(head, dict) or not isinstance(tables, list):
        raise InvalidInput(sorted(problems))
    entry = Entry(head, source, ("experiment",))
    shape = shaped(ExperimentShape, entry, problems)
    scenarios = []
    for index, table in enumerate(tables):
        if isinstance(table, dict):
            at = Entry(table, source, ("scenario", index))
            scenarios.append(_variant(at, shape, root, problems))
    ids = [each.id for each in scenarios if each is not None]
    for index, each in enumerate(scenarios):
        if (
            each is not None
            and each.id in ids[: ids.index(each.id)] + ids[ids.index(each.id) + 1 :]
        ):
            rule = f'several scenarios are called "{each.id}"; give them an id of their own'
            problems.append(source.problem(("scenario", index), "duplicate", rule))
    if problems or shape is None:
        raise InvalidInput(sorted(set(problems)))
    return Experiment(
        id=shape.id,
        label=Label(shape.label.en, shape.label.zh),
        question=Label(shape.question.en, shape.question.zh),
        scenarios=tuple(each for each in scenarios if each is not None),
        replications=shape.replications,
        seed=shape.seed,
        level=shape.level,
        source=source.text,
    )


def _variant(
    entry: Entry, head: ExperimentShape | None, root: Folder | None, problems: list[Problem]
) -> Scenario | None:
    """Return one scenario of an experiment; None where it cannot be, with the reasons noted."""
    shape = shaped(VariantShape, entry, problems)
    if shape is None:
        return None
    try:
        found = load_scenario(
            shape.use, readings=shape.readings, amendments=shape.amendments, root=root
        )
        found = found.staffed(**shape.pools)
        if head is not None:
            years = found.years if head.years is None else head.years
            found = found.lasting(years, head.warm_up)
    except InvalidInput as error:
        problems.extend(error.problems or [entry.problem("scenario", str(error), "use")])
        return None
    label = Label(shape.label.en, shape.label.zh) if shape.label else found.label
    return replace(found, id=shape.id or found.id, label=label)
