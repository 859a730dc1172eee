"""Functions of a letter as ordered decision diagrams: most letters lead to the same, and it is found once for them all.

References:
    R. E. Bryant: Graph-based algorithms for Boolean function manipulation. IEEE Transactions on Computers, 1986.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

T = TypeVar("T", bound="Hashable")


class _Decision(NamedTuple, Generic[T]):
    """A node of a diagram.

    Attributes:
        asks: the proposition that is asked; -1 where nothing is.
        low, high: the numbers of the nodes where it does not hold, and where it does.
        result: the value, where nothing is asked.
    """

    asks: int
    low: int
    high: int
    result: T | None


class Joining(NamedTuple, Generic[T]):
    """How values are joined: their order makes no difference, nor does it whether one comes twice.

    Attributes:
        name: what tells it from other ways.
        values: joins values.
        neutral: the value that adds nothing to others.
        absorbing: the value that leaves nothing of others.
    """

    name: str
    values: Callable[[Iterable[T]], T]
    neutral: T
    absorbing: T


class Decisions(Generic[T]):
    """Numbered functions from letters to values, each kept once; the highest proposition is asked first."""

    def __init__(self) -> None:
        self._decisions: list[_Decision[T]] = []
        self._numbers: dict[_Decision[T], int] = {}
        self._joined: dict[tuple[str, frozenset[int]], int] = {}

    def constant(self, result: T) -> int:
        """Return the function that has one value."""
        return self._number(_Decision(-1, -1, -1, result))

    def ask(self, index: int, low: int, high: int) -> int:
        """Return the function that is `high` where a proposition above all others in it holds, and `low` elsewhere."""
        return low if low == high else self._number(_Decision(index, low, high, None))

    def _number(self, decision: _Decision[T]) -> int:
        found = self._numbers.setdefault(decision, len(self._decisions))
        if found == len(self._decisions):
            self._decisions.append(decision)
        return found

    def join(self, how: Joining[T], functions: Iterable[int]) -> int:
        """Return the function that joins the values of any number of functions for each letter."""
        neutral, absorbing = self.constant(how.neutral), self.constant(how.absorbing)
        return self._join(how, neutral, absorbing, frozenset(functions))

    def _join(self, how: Joining[T], neutral: int, absorbing: int, members: frozenset[int]) -> int:
        if absorbing in members:
            return absorbing
        members -= {neutral}
        if len(members) < 2:  # noqa: PLR2004  (two to join)
            return next(iter(members), neutral)
        key = (how.name, members)
        found = self._joined.get(key)
        if found is None:
            known = [(each, self._decisions[each]) for each in members]
            top = max(decision.asks for _, decision in known)
            if top < 0:
                results = [one.result for _, one in known if one.result is not None]
                found = self.constant(how.values(results))
            else:
                lows: list[int] = []
                highs: list[int] = []
                for each, one in known:
                    asked = one.asks == top
                    lows.append(one.low if asked else each)
                    highs.append(one.high if asked else each)
                low = self._join(how, neutral, absorbing, frozenset(lows))
                high = self._join(how, neutral, absorbing, frozenset(highs))
                found = self.ask(top, low, high)
            self._joined[key] = found
        return found

    def values(self, function: int) -> list[T]:
        """Return the values that a function has."""
        queue = [function]
        for each in queue:
            decision = self._decisions[each]
            if decision.asks >= 0:
                queue.extend(to for to in (decision.low, decision.high) if to not in queue)
        results = (self._decisions[each].result for each in queue)
        return [result for result in results if result is not None]

    def row(self, function: int, count: int, numbers: Mapping[T, int]) -> list[int]:
        """Return the numbers of the values for every letter of so many propositions, in order."""
        if count == 0:
            result = self._decisions[function].result
            assert result is not None
            return [numbers[result]]
        decision = self._decisions[function]
        if decision.asks < count - 1:
            half = self.row(function, count - 1, numbers)
            return half + half
        return self.row(decision.low, count - 1, numbers) + self.row(
            decision.high, count - 1, numbers
        )
