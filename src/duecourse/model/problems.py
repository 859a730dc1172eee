"""The problems found in one reading: gathered, so that a file is told all of them at once, and bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_PROBLEMS = 100


class Problems(list[Problem]):
    """A list that stops the reading when it is full: what comes after the first hundred helps nobody."""

    def append(self, problem: Problem) -> None:
        """Add a problem.

        Raises:
            InvalidInput: it is the hundredth.
        """
        super().append(problem)
        if len(self) >= MAX_PROBLEMS:
            message = f"{MAX_PROBLEMS} problems were found and reading stopped; correct these first"
            super().append(Problem(problem.file, problem.line, problem.column, "stopped", message))
            self.refuse()

    def extend(self, problems: Iterable[Problem]) -> None:
        """Add problems one by one."""
        for problem in problems:
            self.append(problem)

    def refuse(self) -> None:
        """Refuse the input if there is any problem.

        Raises:
            InvalidInput: with every problem, in the order of the files.
        """
        if self:
            raise InvalidInput(sorted(set(self)))
