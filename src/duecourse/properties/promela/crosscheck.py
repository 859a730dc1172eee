"""The checker and SPIN on the same procedure: the same configurations, the same moves, the same verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.model.compile import compile_table
from duecourse.properties.explore import Exploration
from duecourse.properties.judge import UNDATED, Judge
from duecourse.properties.promela.model import Model
from duecourse.properties.promela.run import Move, SpinError, graph, searches
from duecourse.properties.property import Kind
from duecourse.properties.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from duecourse.model.procedure import Procedure
    from duecourse.properties.promela.claim import Question
    from duecourse.properties.promela.run import Graph
    from duecourse.properties.property import Property
    from duecourse.properties.verdict import Result

TIMEOUT = 120.0

NOT_ASKED = {
    Kind.CAN_ALWAYS: "a goal that can be reached from everywhere is no formula of linear time",
    Kind.EVENTUALLY: "who is fair to whom is not said in the model",
    Kind.WITHIN: "speaks of days, and the model has none",
    Kind.AT_MOST: "speaks of days, and the model has none",
}
_ENDS = (Kind.CAN_ALWAYS_END, Kind.CAN_ALWAYS_CONCLUDE)


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
    timeout: float = TIMEOUT,
) -> Crosscheck:
    """Ask the checker and SPIN the same.

    Args:
        procedure: what is checked.
        properties: the claims; those that SPIN cannot be asked are named with the reason.
        readings: options by reading; defaults for the others.
        forget: whether each stage forgets what cannot matter there, in both.
        timeout: how many seconds SPIN has for each search.

    Raises:
        InvalidInput: an unknown reading or option.
    """
    return _Crosscheck(procedure, dict(readings or {}), forget=forget, timeout=timeout).result(
        tuple(properties)
    )


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


def can_fail(
    procedure: Procedure, found: Graph, ends: Callable[[Move], bool], without: Iterable[str]
) -> bool:
    """Return whether, in the graph that SPIN printed, a stage that is not final has no way to an end (AG EF)."""
    left_out = {
        procedure.steps.index(procedure.step[name]) for name in without if name in procedure.step
    }
    before: dict[tuple[int, tuple[int, ...]], list[Move]] = {}
    queue: list[tuple[int, tuple[int, ...]]] = []
    for move in found.moves:
        if move.step not in left_out:
            before.setdefault((move.target, move.after), []).append(move)
            if ends(move):
                queue.append((move.source, move.before))
    able = set(queue)
    while queue:
        for move in before.get(queue.pop(), ()):
            if (move.source, move.before) not in able:
                able.add((move.source, move.before))
                queue.append((move.source, move.before))
    return any(not procedure.stages[at].final for at, _ in found.states - able)


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

    def result(self, properties: tuple[Property, ...]) -> Crosscheck:
        rows = list(self.sizes())
        asked = [each for each in properties if each.kind not in NOT_ASKED]
        judge = Judge(self.procedure, asked, self.readings, 10**9)
        results = {each.property.id: each for each in judge.results()}
        for each in properties:
            if each.kind in NOT_ASKED:
                rows.append(Row(each.id, "", "", None, NOT_ASKED[each.kind]))
            else:
                rows.append(self.row(results[each.id]))
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

    def row(self, result: Result) -> Row:
        """Return the verdicts on one property."""
        ours = "holds" if result.verdict is Verdict.HOLDS else "violated"
        if result.verdict is Verdict.INCONCLUSIVE and result.reason != UNDATED:
            return Row(result.property.id, "inconclusive", "", None, result.reason)
        ours += ", vacuously" if result.vacuous else ""
        try:
            spin = self.verdict(result.property)
        except SpinError as error:
            return self.failed(result.property.id, ours, error)
        if spin is None:
            return Row(result.property.id, ours, "", None, "the graph was not finished")
        reason = "on the graph; no dates fit it" if result.verdict is Verdict.INCONCLUSIVE else ""
        if result.property.kind in _ENDS:
            reason = "no formula of linear time: searched backwards in the graph that SPIN printed"
        return Row(result.property.id, ours, spin, spin == ours, reason)

    def verdict(self, each: Property) -> str | None:
        """Return what SPIN says of a property."""
        if each.kind is Kind.NO_DEAD_END:
            return None if self.dead_end is None else _said(bool(self.dead_end))
        if each.kind in _ENDS:
            if self.graph is None:
                return None
            ends = self.ending(each.kind)
            return _said(can_fail(self.procedure, self.graph, ends, each.without))
        if each.kind is Kind.SOMETIMES:
            return _said(not self.occurs(each, "satisfied"))
        if self.occurs(each, "violated"):
            return "violated"
        assert each.monitor is not None
        if each.monitor.twin is None or self.occurs(each, "triggered"):
            return "holds"
        return "holds, vacuously"

    def occurs(self, each: Property, question: Question) -> bool:
        """Return whether SPIN finds what the assertion of a claim denies."""
        model = Model(
            self.procedure,
            self.readings,
            forget=self.forget,
            monitor=each.monitor,
            name=each.id,
            question=question,
        )
        (found,) = searches(model.text(), self.timeout, "-E")
        if not found.error and not found.finished:
            raise SpinError("the search was not completed")
        return bool(found.error)

    def ending(self, kind: Kind) -> Callable[[Move], bool]:
        """Return what tells whether a move ends the review, or ends it with a conclusion."""
        procedure = self.procedure
        conclusions = {
            (step, source)
            for outcome in procedure.outcomes
            if outcome.conclusion
            for step in outcome.steps
            for source in (outcome.sources or procedure.step[step].sources)
        }

        def ends(move: Move) -> bool:
            source, target = procedure.stages[move.source], procedure.stages[move.target]
            if source.final or not target.final:
                return False
            step = procedure.steps[move.step].id
            return kind is Kind.CAN_ALWAYS_END or (step, source.id) in conclusions

        return ends


def _said(violated: bool) -> str:  # noqa: FBT001  (a word for a truth value)
    return "violated" if violated else "holds"
