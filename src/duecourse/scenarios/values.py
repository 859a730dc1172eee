"""Numbers, distributions and decisions that may differ by class, as a scenario file writes them.

Wherever one of them stands, a table by class may stand instead, with `otherwise` for the classes
it does not name.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from duecourse.errors import nearest
from duecourse.scenarios.law import LawError, law

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from duecourse.errors import Problem
    from duecourse.model.layers import Entry
    from duecourse.scenarios.law import Law

    Where = tuple[str | int, ...]

OTHERWISE = "otherwise"

_T = TypeVar("_T")


@dataclass
class Values:
    """Reads values, and notes what is wrong with them.

    Attributes:
        classes: the ids of the classes, in order.
        problems: what was wrong so far.
    """

    classes: tuple[str, ...]
    problems: list[Problem] = field(default_factory=list)

    def probability(self, value: object, entry: Entry, *where: str | int) -> Mapping[str, float]:
        """Return a probability by class."""

        def one(each: object, *at: str | int) -> float:
            if isinstance(each, int | float) and not isinstance(each, bool) and 0 <= each <= 1:
                return float(each)
            rule = "is no probability: write a number from 0 to 1, or a table of them by class"
            self.wrong(entry, "range", f"{_short(each)} {rule}", at)
            return 0.0

        return self.by_class(value, one, entry, where, lambda each: isinstance(each, dict))

    def law(self, value: object, entry: Entry, *where: str | int) -> Mapping[str, Law]:
        """Return a distribution by class."""

        def one(each: object, *at: str | int) -> Law:
            try:
                return law(each if isinstance(each, dict) else {"law": each})
            except LawError as error:
                at = (*at, error.key) if error.key and isinstance(each, dict) else at
                self.wrong(entry, "law", str(error), at)
                return law({"law": "deterministic", "value": 0})

        by_class = lambda each: isinstance(each, dict) and "law" not in each  # noqa: E731
        return self.by_class(value, one, entry, where, by_class)

    def choice(
        self, value: object, known: Callable[[str], bool], entry: Entry, *where: str | int
    ) -> Mapping[str, tuple[tuple[str, float], ...]]:
        """Return a decision by class: steps with probabilities that add up to 1."""

        def one(each: object, *at: str | int) -> tuple[tuple[str, float], ...]:
            shares = each if isinstance(each, dict) else {}
            if not shares or not all(map(_is_share, shares.values())):
                rule = (
                    "write a table of steps with probabilities, such as { pass = 0.9, fail = 0.1 }"
                )
                self.wrong(entry, "shape", f"{_short(each)} is no decision: {rule}", at)
                return ()
            total = math.fsum(shares.values())
            if abs(total - 1) > 1e-9:  # noqa: PLR2004  (what adding decimals can miss)
                self.wrong(entry, "sum", f"the probabilities add up to {total:g}, not to 1", at)
            return tuple((step, float(p)) for step, p in shares.items() if known(step))

        def nested(each: object) -> bool:
            return isinstance(each, dict) and any(isinstance(part, dict) for part in each.values())

        return self.by_class(value, one, entry, where, nested)

    def by_class(
        self,
        value: object,
        one: Callable[..., _T],
        entry: Entry,
        where: Where,
        differs: Callable[[object], bool],
    ) -> dict[str, _T]:
        """Return the value for every class, from one value or from a table by class."""
        if not differs(value):
            single = one(value, *where)
            return dict.fromkeys(self.classes, single)
        table: dict[str, Any] = value  # type: ignore[assignment]  # `differs` holds of tables only
        for name in table:
            if name not in {*self.classes, OTHERWISE}:
                hint = nearest(name, (*self.classes, OTHERWISE))
                self.wrong(entry, "unknown-name", f'no class "{name[:80]}"{hint}', (*where, name))
        found = {name: one(table[name], *where, name) for name in table}
        missing = [name for name in self.classes if name not in table and OTHERWISE not in table]
        if missing:
            rule = f'add "{missing[0]}" or "{OTHERWISE}"'
            self.wrong(entry, "missing", f"nothing is said of {', '.join(missing)}; {rule}", where)
            return {}
        return {name: found[name if name in table else OTHERWISE] for name in self.classes}

    def names(
        self, kind: str, names: Iterable[str], known: Iterable[str], entry: Entry, *where: str | int
    ) -> None:
        """Note the names that are not known; in a list, each at its own place."""
        known = tuple(known)
        listed = isinstance(entry.data.get(str(where[0])), list) if where else False
        for index, name in enumerate(names):
            if name not in known:
                at = (*where, index) if listed else where
                self.wrong(
                    entry, "unknown-name", f'no {kind} "{name[:80]}"{nearest(name, known)}', at
                )

    def wrong(self, entry: Entry, code: str, message: str, where: Where = ()) -> None:
        """Note a problem at the place of a value."""
        self.problems.append(entry.problem(code, message, *where))


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _short(value: object) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"  # noqa: PLR2004
