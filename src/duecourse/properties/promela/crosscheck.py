"""The checker and SPIN on the same procedure: the same configurations, the same moves, the same verdicts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.model.compile import compile_table
from duecourse.properties.explore import Exploration
from duecourse.properties.judge import UNDATED, Judge
from duecourse.properties.promela.backward import fails
from duecourse.properties.promela.claim import Asked
from duecourse.properties.promela.model import Model
from duecourse.properties.promela.run import Move, SpinError, graph, searches
from duecourse.properties.property import Kind
from duecourse.properties.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from duecourse.model.procedure import Procedure
    from duecourse.properties.promela.claim import Question
    from duecourse.properties.promela.run import Graph
    from duecourse.properties.property import Property
    from duecourse.properties.verdict import Result

NOT_ASKED = {
    Kind.EVENTUALLY: "who is fair to whom is not said in the model",
    Kind.WITHIN: "speaks of days, and the model has none",
    Kind.AT_MOST: "speaks of days, and the model has none",
}
_REACHED = (Kind.CAN_ALWAYS_END, Kind.CAN_ALWAYS_CONCLUDE, Kind.CAN_ALWAYS)


@dataclass(frozen=True, slots=True)
class Effort:
    """How much may be spent on SPIN.

    Attributes:
        timeout: how many seconds each of its programs has.
        workers: how many searches are made at once.
    """

    timeout: float = 120.0
    workers: int = 1


EFFORT = Effort()


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that both were asked.

    Attributes:
        name: the property, or what was counted.
        ours, spin: what the checker and SPIN say; empty where they were not asked.
        agree: whether it is the same; None where SPIN was not asked or did not finish.
        reason: why it was not asked, or where they differ.
    """

    name: str
    ours: str
    spin: str
    agree: bool | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Crosscheck:
    """What both say of a procedure.

    Attributes:
        procedure, readings: what was checked, under which readings.
        rows: one for each thing that was asked.
        unfinished: whether SPIN did not finish something.
    """

    procedure: Procedure
    readings: Mapping[str, str]
    rows: tuple[Row, ...]
    unfinished: bool

    @property
    def exit_code(self) -> int:
        """1 if they disagree, 3 if something was not finished, else 0."""
        if any(row.agree is False for row in self.rows):
            return 1
        return 3 if self.unfinished else 0


def crosscheck(
    procedure: Procedure,
    properties: Iterable[Property],
    readings: Mapping[str, str] | None = None,
    *,
    forget: bool = True,
    effort: Effort = EFFORT,
) -> Crosscheck:
    """Ask the checker and SPIN the same.

    Args:
        procedure: what is checked.
        properties: the claims; those that SPIN cannot be asked are named with the reason.
        readings: options by reading; defaults for the others.
        forget: whether each stage forgets what cannot matter there, in both.
        effort: how long SPIN may take.

    Raises:
        InvalidInput: an unknown reading or option.
    """
    both = _Crosscheck(procedure, dict(readings or {}), forget=forget, timeout=effort.timeout)
    return both.result(tuple(properties), effort.workers)


def differences(model: Model, exploration: Exploration, found: Graph) -> tuple[str, ...]:
    """Return where the graph that SPIN printed is not the one that was explored; nothing where they are equal."""
    ours, moves = _ours(model, exploration)
    theirs = found.states
    words: list[str] = []
    for name, only in (("the checker", ours - theirs), ("SPIN", theirs - ours)):
        if only:
            stage, values = min(only)
            words.append(f"{len(only):,} configurations only in {name}, one of them {stage}")
            words[-1] = words[-1].replace(f" {stage}", f" {_told(model, stage, values)}", 1)
    for name, more in (("the checker", moves - found.moves), ("SPIN", found.moves - moves)):
        if more:
            move = min(more)
            step = model.procedure.steps[move.step].id
            told = f"{step} in {_told(model, move.source, move.before)}"
            words.append(f"{len(more):,} moves only in {name}, one of them {told}")
    return tuple(words)


def _ours(
    model: Model, exploration: Exploration
) -> tuple[frozenset[tuple[int, tuple[int, ...]]], frozenset[Move]]:
    """Return the configurations and moves of the checker as SPIN would print them."""
    procedure, table = model.procedure, exploration.table
    stages = {each.id: index for index, each in enumerate(procedure.stages)}
    steps = {each.id: index for index, each in enumerate(procedure.steps)}
    clocks = {each.id: index for index, each in enumerate(procedure.clocks)}

    def state(packed: int) -> tuple[int, tuple[int, ...]]:
        known = table.unpack(packed)
        values = (known.get(name, model.domains[name][0]) for name in model.variables)
        return stages[str(known["stage"])], tuple(model.words.number(each) for each in values)

    states = {packed: state(packed) for packed in exploration.moves}
    moves = {
        Move(
            *states[packed],
            steps[rule.step],
            -1 if rule.lapse_of is None else clocks[rule.lapse_of],
            *states[to],
        )
        for packed, found in exploration.moves.items()
        for rule, to in found
    }
    return frozenset(states.values()), frozenset(moves)


def _told(model: Model, stage: int, values: tuple[int, ...]) -> str:
    named = zip(model.variables, values, strict=True)
    told = ", ".join(f"{name}={value}" for name, value in named if value)
    return f"{model.procedure.stages[stage].id} ({told})"


class _Crosscheck:
    """One comparison while it runs."""

    def __init__(
        self, procedure: Procedure, readings: dict[str, str], *, forget: bool, timeout: float
    ) -> None:
        self.procedure, self.readings = procedure, readings
        self.forget, self.timeout = forget, timeout
        self.unfinished = False
        self.model = Model(procedure, readings, forget=forget)
        self.graph: Graph | None = None
        self.dead_end: str | None = None

    def result(self, properties: tuple[Property, ...], workers: int) -> Crosscheck:
        rows = list(self.sizes())
        asked = [each for each in properties if each.kind not in NOT_ASKED]
        judge = Judge(self.procedure, asked, self.readings, 10**9)
        results = {each.property.id: each for each in judge.results()}
        with ThreadPoolExecutor(workers) as pool:  # what takes time are the programs
            rows += pool.map(lambda each: self.row(each, results.get(each.id)), properties)
        return Crosscheck(self.procedure, self.model.readings, tuple(rows), self.unfinished)

    def sizes(self) -> Iterator[Row]:
        """Yield what the plain graph shows."""
        table = compile_table(self.procedure, self.readings, forget=self.forget)
        exploration = Exploration(table, 10**9)
        states, moves = exploration.size
        text = self.model.text()
        try:
            whole, dead = searches(text, self.timeout, "-E -A", "-A")
            self.graph = graph(text, self.timeout)
        except SpinError as error:
            yield self.failed("configurations", f"{states:,}", error)
            return
        self.dead_end = dead.error
        # where facts are unknown, the state before they are known is one more
        stored = whole.stored - bool(self.model.unknown)
        yield Row("configurations", f"{states:,}", f"{stored:,}", stored == states)
        told = differences(self.model, exploration, self.graph)
        reason = "; ".join(told) or "compared one by one, with all variables"
        different = len(_ours(self.model, exploration)[1])
        if different != moves:
            reason += f"; {moves - different:,} moves are made by two rules of the table"
        yield Row("moves", f"{different:,}", f"{len(self.graph.moves):,}", not told, reason)

    def failed(self, name: str, ours: str, error: SpinError) -> Row:
        self.unfinished = True
        return Row(name, ours, "not finished", None, str(error).splitlines()[-1])

    def row(self, each: Property, result: Result | None) -> Row:
        """Return the verdicts on one property."""
        if result is None:
            return Row(each.id, "", "", None, NOT_ASKED[each.kind])
        ours = "holds" if result.verdict is Verdict.HOLDS else "violated"
        if result.verdict is Verdict.INCONCLUSIVE and result.reason != UNDATED:
            return Row(each.id, "inconclusive", "", None, result.reason)
        ours += ", vacuously" if result.vacuous else ""
        try:
            spin = self.verdict(each)
        except SpinError as error:
            return self.failed(each.id, ours, error)
        if spin is None:
            return Row(each.id, ours, "", None, "the graph was not finished")
        reason = "on the graph; no dates fit it" if result.verdict is Verdict.INCONCLUSIVE else ""
        if each.kind in _REACHED:
            reason = "no formula of linear time: searched backwards in the graph that SPIN printed"
        return Row(each.id, ours, spin, spin == ours, reason)

    def verdict(self, each: Property) -> str | None:
        """Return what SPIN says of a property; None where it could not say it."""
        if each.kind is Kind.NO_DEAD_END:
            return None if self.dead_end is None else _said(bool(self.dead_end))
        if each.kind in _REACHED:
            found = self.graph
            if each.monitor is not None:
                found = graph(self.asking(each, "violated").text(), self.timeout)
            return None if found is None else _said(fails(self.procedure, found, each))
        if each.kind is Kind.SOMETIMES:
            return _said(not self.occurs(each, "satisfied"))
        if self.occurs(each, "violated"):
            return "violated"
        assert each.monitor is not None
        triggered = not each.monitor.twin or self.occurs(each, "triggered")
        return "holds" if triggered else "holds, vacuously"

    def asking(self, each: Property, question: Question) -> Model:
        """Return the model with a claim woven in."""
        assert each.monitor is not None
        asked = Asked(each.id, each.monitor, question)
        return Model(self.procedure, self.readings, forget=self.forget, asked=asked)

    def occurs(self, each: Property, question: Question) -> bool:
        """Return whether SPIN finds what the assertion of a claim denies."""
        (found,) = searches(self.asking(each, question).text(), self.timeout, "-E")
        if not found.error and not found.finished:
            raise SpinError("the search was not completed")
        return bool(found.error)


def _said(violated: bool) -> str:  # noqa: FBT001  (a word for a truth value)
    return "violated" if violated else "holds"
