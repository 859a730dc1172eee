"""Numbers, distributions and decisions that may differ by class, as a scenario file writes them.

Wherever one of them stands, a table by class may stand instead, with `otherwise` for the classes
it does not name. A key of such a table is a class or a value of an attribute; what it holds may be such a table again.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from duecourse.errors import InvalidInput, nearest
from duecourse.scenarios.law import LawError, law, observed
from duecourse.scenarios.schema import FILE_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from duecourse.errors import Problem
    from duecourse.model.layers import Entry
    from duecourse.scenarios.data_files import DataFiles
    from duecourse.scenarios.law import Law

    Where = tuple[str | int, ...]

OTHERWISE = "otherwise"

FILE = re.compile(FILE_NAME)
_OF_FILES = ("law", "file", "column", "at_least", "at_most")

_T = TypeVar("_T")


@dataclass
class Values:
    """Reads values, and notes what is wrong with them.

    Attributes:
        sorts: the classes, each with every combination of values of its attributes, such as
            `listing.finance`; in order.
        files: what reads the CSV files that a scenario file names, by the name of that file.
        problems: what was wrong so far.
    """

    sorts: tuple[str, ...]
    files: dict[str, DataFiles] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def keys(self) -> tuple[str, ...]:
        """What may stand as a key in a table by class: the classes, then the values of attributes."""
        parts = [sort.split(".") for sort in self.sorts]
        return tuple(dict.fromkeys([each[0] for each in parts] + [v for p in parts for v in p[1:]]))

    @property
    def classes(self) -> tuple[str, ...]:
        """The ids of the classes, in order."""
        return tuple(dict.fromkeys(sort.split(".")[0] for sort in self.sorts))

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
            return self.single_law(each, entry, *at)

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
            spread(self, shares, "the probabilities", entry, *at)
            return tuple((step, float(p)) for step, p in shares.items() if known(step))

        def nested(each: object) -> bool:
            return isinstance(each, dict) and any(isinstance(part, dict) for part in each.values())

        return self.by_class(value, one, entry, where, nested)

    def single_law(self, value: object, entry: Entry, *where: str | int) -> Law:
        """Return one distribution."""
        written = value if isinstance(value, dict) else {"law": value}
        try:
            return self.from_file(written, entry, *where) or law(written)
        except LawError as error:
            at = (*where, error.key) if error.key and isinstance(value, dict) else where
            self.wrong(entry, "law", str(error), at)
            return law({"law": "deterministic", "value": 0})

    def from_file(self, written: Mapping[str, Any], entry: Entry, *where: str | int) -> Law | None:
        """Return the law of the observations in a CSV file; None where none is named."""
        if written.get("law") != "empirical" or "file" not in written:
            return None
        unknown = next((key for key in written if key not in _OF_FILES), None)
        if unknown is not None:
            raise LawError(f'unknown key "{unknown}"{nearest(unknown, _OF_FILES)}', unknown)
        file, column = written["file"], written.get("column")
        if not isinstance(file, str) or not FILE.fullmatch(file):
            rule = "the path of a CSV file below the folder of the scenario file"
            raise LawError(f"{_short(file)} is not {rule}", "file")
        if not isinstance(column, str):
            raise LawError(
                '"file" needs "column" beside it: the name of a column of numbers', "file"
            )
        try:
            numbers = self.beside(entry, *where).numbers(file, column)
        except InvalidInput as error:
            self.unreadable(error, entry, (*where, "file"))
            numbers = [0.0]
        bounds = {key: written[key] for key in ("at_least", "at_most") if key in written}
        return observed(numbers, bounds, f"empirical({column} of {file}, n={len(numbers)})")

    def beside(self, entry: Entry, *where: str | int) -> DataFiles:
        """Return what reads the files beside the one in which a value stands."""
        return self.files[entry.origin(where)[0].file]

    def unreadable(self, error: InvalidInput, entry: Entry, where: Where) -> None:
        """Note what is wrong with a file of data, at its own lines or else where it is named."""
        self.problems.extend(error.problems)
        if not error.problems:
            self.wrong(entry, "unreadable", str(error), where)

    def number(self, value: object, entry: Entry, *where: str | int) -> Mapping[str, float]:
        """Return a number of 0 or more by class."""

        def one(each: object, *at: str | int) -> float:
            if (
                isinstance(each, int | float)
                and not isinstance(each, bool)
                and 0 <= each < math.inf
            ):
                return float(each)
            rule = "is no weight: write a number of 0 or more, or a table of them by class"
            self.wrong(entry, "range", f"{_short(each)} {rule}", at)
            return 0.0

        return self.by_class(value, one, entry, where, lambda each: isinstance(each, dict))

    def word(
        self, value: object, known: Sequence[str], entry: Entry, *where: str | int
    ) -> Mapping[str, str]:
        """Return one of the known words by class, or "" for none of them."""

        def one(each: object, *at: str | int) -> str:
            if isinstance(each, str) and (not each or each in known):
                return each
            hint = nearest(each, known) if isinstance(each, str) else ""
            self.wrong(
                entry, "unknown-name", f"{_short(each)} is none of {', '.join(known)}{hint}", at
            )
            return ""

        return self.by_class(value, one, entry, where, lambda each: isinstance(each, dict))

    def by_class(
        self,
        value: object,
        one: Callable[..., _T],
        entry: Entry,
        where: Where,
        differs: Callable[[object], bool],
    ) -> dict[str, _T]:
        """Return the value for every sort of case, from one value or from a table by class."""
        found = self._resolved(value, one, entry, where, differs, self.sorts)
        return {sort: found[sort] for sort in self.sorts} if len(found) == len(self.sorts) else {}

    def _resolved(  # noqa: PLR0913, PLR0917  (a recursion that carries all it knows)
        self,
        value: object,
        one: Callable[..., _T],
        entry: Entry,
        where: Where,
        differs: Callable[[object], bool],
        sorts: Sequence[str],
    ) -> dict[str, _T]:
        if not differs(value):
            return dict.fromkeys(sorts, one(value, *where))
        table: dict[str, Any] = value  # type: ignore[assignment]  # `differs` holds of tables only
        keys = (*self.keys, OTHERWISE)
        for name in table:
            if name not in keys:
                hint = nearest(name, keys)
                self.wrong(entry, "unknown-name", f'no class "{name[:80]}"{hint}', (*where, name))
        by_key = {name: [sort for sort in sorts if key_of(table, sort) == name] for name in table}
        found: dict[str, _T] = {}
        for name, of in by_key.items():
            found.update(self._resolved(table[name], one, entry, (*where, name), differs, of))
        missing = [sort for sort in sorts if key_of(table, sort) is None]
        if missing:
            rule = f'add "{missing[0].split(".")[0]}" or "{OTHERWISE}"'
            self.wrong(entry, "missing", f"nothing is said of {', '.join(missing)}; {rule}", where)
        return found

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


def spread(
    values: Values, shares: Mapping[str, float], what: str, entry: Entry, *where: str | int
) -> None:
    """Note it if shares do not add up to 1."""
    total = math.fsum(shares.values())
    if abs(total - 1) > 1e-9:  # noqa: PLR2004  (what adding decimals can miss)
        values.wrong(entry, "sum", f"{what} add up to {total:g}, not to 1", where)


def key_of(table: Mapping[str, Any], sort: str) -> str | None:
    """Return the key under which a table by class speaks of a sort of case; None if it does not."""
    return next((name for name in (*sort.split("."), OTHERWISE) if name in table), None)


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _short(value: object) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"  # noqa: PLR2004
