"""What one report tells: verdicts, bounds, a bypass, a caseload, and the files it all comes from."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from duecourse.properties.bounds import Bound, Bounds
    from duecourse.properties.check import Report, Result
    from duecourse.report.spread import Spread
    from duecourse.simulations.comparison import Comparison


@dataclass(frozen=True, slots=True)
class Input:
    """A file that went into a study, by its place in the project and the SHA-256 of its bytes."""

    name: str
    sha256: str
    text: str = ""


@dataclass(frozen=True)
class Study:
    """Everything that a report tells.

    Attributes:
        checks: of the texts, one after the other.
        bypass: of a text in which something was broken on purpose.
        bounds: of the texts that are compared.
        comparison: of the two scenarios; the first goes with the first of `bounds`.
        spreads: the durations of single cases in both.
        inputs: the files.
    """

    checks: tuple[Report, ...]
    bypass: Report
    bounds: tuple[Bounds, Bounds]
    comparison: Comparison
    spreads: tuple[Spread, Spread]
    inputs: tuple[Input, ...]

    @property
    def violation(self) -> Result | None:
        """The first violated property of the broken text."""
        return next((each for each in self.bypass.results if each.witness is not None), None)

    @property
    def conclusions(self) -> tuple[tuple[Bounds, Bound], ...]:
        """The bounds on the time to each conclusion."""
        return tuple(
            (found, row)
            for found in self.bounds
            for row in found.rows
            if row.outcome.conclusion and row.clauses
        )


def read_input(root: Path | Traversable, name: str) -> Input:
    """Return a file of a project as an input."""
    content = root.joinpath(*name.split("/")).read_bytes()
    return Input(name, sha256(content).hexdigest(), content.decode())
