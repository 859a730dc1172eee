"""Checking: every property against every behaviour of a procedure, with three verdicts, never a Boolean."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from duecourse.model.checks import static_problems
from duecourse.model.compile import compile_table
from duecourse.properties.explore import MAX_CONFIGURATIONS, Exploration
from duecourse.properties.property import Kind, Property
from duecourse.properties.trace import Trace, dated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from duecourse.errors import Problem
    from duecourse.model.procedure import Procedure
    from duecourse.model.table import Rule


class Verdict(StrEnum):
    """What a search found: two answers, or that it was not finished."""

    HOLDS = "holds"
    VIOLATED = "violated"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Result:
    """The verdict on one property.

    Attributes:
        property: what was checked.
        verdict: what was found.
        vacuous: it holds because what it speaks of cannot happen.
        witness: a shortest case that violates it, dated and replayed.
        visited: configurations, with the states of the monitor, that were visited.
        reason: why the search was inconclusive.
        expected: whether this is the verdict that the property's file expects; None where it expects nothing, and where
            the search was inconclusive.
    """

    property: Property
    verdict: Verdict
    visited: int
    vacuous: bool = False
    witness: Trace | None = None
    reason: str = ""
    expected: bool | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What checking a procedure found.

    Attributes:
        procedure, readings: what was checked, under which readings.
        results: one for each property.
        findings: what the text alone shows: stages, steps, clocks and facts without use.
        configurations, moves: the size of the graph that was explored.
        finished: whether all of it was explored.
        seconds: how long it took.
    """

    procedure: Procedure
    readings: Mapping[str, str]
    results: tuple[Result, ...]
    findings: tuple[Problem, ...]
    configurations: int
    moves: int
    finished: bool
    seconds: float

    @property
    def exit_code(self) -> int:
        """0 if everything holds, 1 if something is violated or found, 3 if something is inconclusive."""
        verdicts = {result.verdict for result in self.results}
        if Verdict.VIOLATED in verdicts or self.findings:
            return 1
        return 3 if Verdict.INCONCLUSIVE in verdicts else 0

    @property
    def exit_code_as_expected(self) -> int:
        """0 if every verdict is the expected one, 1 if one differs, 3 if something is inconclusive; findings count not."""
        if any(map(_differs, self.results)):
            return 1
        return 3 if any(r.verdict is Verdict.INCONCLUSIVE for r in self.results) else 0


def _differs(result: Result) -> bool:
    """Return whether a verdict is not the expected one; where the file expects nothing, the property is to hold."""
    if result.expected is None:
        return result.verdict is Verdict.VIOLATED
    return not result.expected


def check(
    procedure: Procedure,
    properties: Iterable[Property],
    readings: Mapping[str, str] | None = None,
    *,
    limit: int = MAX_CONFIGURATIONS,
) -> Report:
    """Check properties against every behaviour of a procedure under one choice of readings.

    Args:
        procedure: what is checked.
        properties: the claims.
        readings: options by reading; defaults for the others.
        limit: after how many configurations the search gives up and says so.

    Raises:
        InvalidInput: an unknown reading or option.
    """
    began = time.perf_counter()
    exploration = Exploration(compile_table(procedure, readings), limit)
    results = tuple(_result(exploration, each) for each in properties)
    configurations, moves = exploration.size
    return Report(
        procedure=procedure,
        readings=exploration.table.readings,
        results=results,
        findings=tuple(static_problems(procedure)),
        configurations=configurations,
        moves=moves,
        finished=exploration.finished,
        seconds=time.perf_counter() - began,
    )


def _result(exploration: Exploration, each: Property) -> Result:
    found = _found(exploration, each)
    wanted = each.expected(exploration.table.procedure)
    if found.verdict is Verdict.INCONCLUSIVE:
        return found
    said = "holds vacuously" if found.vacuous else found.verdict.value
    return replace(found, expected=None if wanted is None else wanted == said)


def _found(exploration: Exploration, each: Property) -> Result:
    visited, triggered = exploration.size[0], True
    if each.monitor is not None:
        way, triggered, visited = exploration.violation(each.monitor)
    else:
        way = _structural(exploration, each)
    result = Result(each, Verdict.INCONCLUSIVE, visited=visited)
    if way is None and exploration.finished:
        return replace(result, verdict=Verdict.HOLDS, vacuous=not triggered)
    if not exploration.finished and (way is None or each.kind is not Kind.ALWAYS):
        reason = f"stopped after {exploration.limit} configurations; raise the limit"
        return replace(result, reason=reason)
    witness = dated(exploration.table, way or ())
    if witness is None:
        reason = "the case found needs a lapse that cannot happen in time"
        return replace(result, reason=reason)
    return replace(result, verdict=Verdict.VIOLATED, witness=witness)


def _structural(exploration: Exploration, each: Property) -> tuple[Rule, ...] | None:
    """Return the fewest steps to a configuration that fails a structural property."""
    table = exploration.table
    if each.kind is Kind.NO_DEAD_END:
        stuck = {x for x, moves in exploration.moves.items() if not moves and not table.is_final(x)}
        return exploration.path_to(stuck.__contains__) if stuck else None
    stages = table.procedure.stage
    conclusions = {
        (step, o.sources) for o in table.procedure.outcomes if o.conclusion for step in o.steps
    }

    def ends(rule: Rule, _: int) -> bool:
        if stages[rule.source].final or not stages[rule.target].final:
            return False
        if each.kind is Kind.CAN_ALWAYS_END:
            return True
        return any(
            rule.step == step and (not sources or rule.source in sources)
            for step, sources in conclusions
        )

    able = exploration.able(ends, each.without)
    failing = {x for x in exploration.moves if x not in able and not table.is_final(x)}
    return exploration.path_to(failing.__contains__) if failing else None
