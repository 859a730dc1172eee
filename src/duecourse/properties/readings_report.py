"""What checking under all readings found: for each property the conditions on readings under which it fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.properties.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duecourse.model.procedure import Procedure
    from duecourse.model.reading_set import Condition
    from duecourse.properties.property import Property
    from duecourse.properties.verdict import Result


@dataclass(frozen=True, slots=True)
class Failing:
    """A condition on readings under which a property is violated.

    Attributes:
        condition: under every choice of readings that meets it the property is violated.
        choices: how many choices meet it.
        readings: of these one nearest to the defaults, as the options that depart from them.
        result: what the ordinary check says under `readings`: a case that violates it, or the days that are too many.
    """

    condition: Condition
    choices: int
    readings: Mapping[str, str]
    result: Result


@dataclass(frozen=True, slots=True)
class ReadingsResult:
    """The verdict on one property under every choice of readings in question.

    Attributes:
        property: what was checked.
        verdict: violated under some readings, else inconclusive under some, else it holds under every reading.
        fails: conditions that together say under which readings it is violated; none of them redundant.
        failing: how many choices they are.
        undecided: conditions under which it could not be decided, with the number of choices in `open`.
        open: how many choices were not decided.
        vacuous: conditions under which it holds only because what it speaks of cannot happen.
        visited: configurations, with the states of the property, that were visited.
        reason: why something was not decided.
    """

    property: Property
    verdict: Verdict
    fails: tuple[Failing, ...] = ()
    failing: int = 0
    undecided: tuple[Condition, ...] = ()
    open: int = 0
    vacuous: tuple[Condition, ...] = ()
    visited: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReadingsReport:
    """What checking a procedure under all readings found.

    Attributes:
        procedure: what was checked.
        fixed: the options of the readings that were held.
        choices: how many choices of readings were in question.
        results: one for each property.
        configurations: how many configurations there are, under any of the choices.
        nodes: how many nodes the sets of choices needed.
        seconds: how long it took.
    """

    procedure: Procedure
    fixed: Mapping[str, str]
    choices: int
    results: tuple[ReadingsResult, ...]
    configurations: int
    nodes: int
    seconds: float

    @property
    def exit_code(self) -> int:
        """0 if everything holds under every reading, 1 if something is violated, 3 if something is inconclusive."""
        verdicts = {result.verdict for result in self.results}
        if Verdict.VIOLATED in verdicts:
            return 1
        return 3 if Verdict.INCONCLUSIVE in verdicts else 0
