"""Checking: every property against every behaviour of a procedure, with three verdicts, never a Boolean."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from duecourse.model.checks import static_problems
from duecourse.notebook import Shown
from duecourse.properties.explore import MAX_CONFIGURATIONS
from duecourse.properties.judge import Judge
from duecourse.properties.verdict import Result, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from duecourse.errors import Problem
    from duecourse.model.procedure import Procedure
    from duecourse.properties.property import Property

__all__ = ["Report", "Result", "Verdict", "check", "differs"]


@dataclass(frozen=True, slots=True)
class Report(Shown):
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
        """0 if everything holds, 1 if something is violated or found, 3 if something is inconclusive.

        A violation that the property file expects of the text itself, before any amendment, counts not.
        """
        verdicts = {result.verdict for result in self.results if not result.known}
        if Verdict.VIOLATED in verdicts or self.findings:
            return 1
        return 3 if Verdict.INCONCLUSIVE in verdicts else 0

    @property
    def exit_code_as_expected(self) -> int:
        """0 if every verdict is the expected one, 1 if one differs, 3 if something is inconclusive; findings count not."""
        if any(map(differs, self.results)):
            return 1
        return 3 if any(r.verdict is Verdict.INCONCLUSIVE for r in self.results) else 0


def differs(result: Result) -> bool:
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
    judge = Judge(procedure, tuple(properties), readings or {}, limit)
    results = tuple(as_expected(procedure, found) for found in judge.results())
    exploration = judge.plain
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


def as_expected(procedure: Procedure, found: Result) -> Result:
    """Return a result with whether the property file expects it."""
    if found.verdict is Verdict.INCONCLUSIVE:
        return found
    wanted = found.property.expected(procedure)
    said = "holds vacuously" if found.vacuous else found.verdict.value
    base = procedure.id.split("+", 1)[0]
    known = found.verdict is Verdict.VIOLATED and found.property.expect.get(base) == "violated"
    return replace(found, expected=None if wanted is None else wanted == said, known=known)
