"""What can be wrong, and how it is said.

Three wrongs are kept apart: an input is *invalid* (`InvalidInput`, exit code 2), a property is *violated* (a result,
never an exception), a search is *inconclusive* (a result too).
"""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in one place: where, which rule, what was found and the way out.

    Prints as `file:line:column: error[code]: message`, the form that editors and CI systems link.
    """

    file: str
    line: int
    column: int
    code: str
    message: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return (
            f"{self.file}:{self.line}:{self.column}: {self.severity}[{self.code}]: {self.message}"
        )


class InvalidInput(Exception):  # noqa: N818  (named for what the user meets, not for the mechanism)
    """An input that cannot be used: it carries every problem that was found, not only the first.

    Args:
        problems: the problems, or a single message without a place.
    """

    def __init__(self, problems: Iterable[Problem] | str) -> None:
        self.problems: tuple[Problem, ...] = () if isinstance(problems, str) else tuple(problems)
        text = problems if isinstance(problems, str) else "\n".join(map(str, self.problems))
        super().__init__(text)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint that names the closest known name, or all of them when they are few.

    >>> nearest("ofice", ["office", "operator"])
    '; did you mean "office"?'
    >>> nearest("x", ["office", "operator"])
    '; known: office, operator'
    """
    names = sorted(set(known))
    at = bisect(names, name)  # of very many names only the neighbours are compared
    close = get_close_matches(name[:80], names[max(at - 200, 0) : at + 200], n=1)
    if close:
        return f'; did you mean "{close[0]}"?'
    if not names:
        return "; none is declared"
    return "; known: " + ", ".join(names[:12]) + (", …" if len(names) > 12 else "")  # noqa: PLR2004
