"""Every behaviour of a table, breadth first: reachable configurations, shortest ways, what can still be reached."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from functools import cached_property
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from duecourse.model.table import Rule, Table
    from duecourse.properties.automaton import Colour
    from duecourse.properties.compiled import LazyMoves
    from duecourse.properties.watching import Watching

T = TypeVar("T")

MAX_CONFIGURATIONS = 2_000_000
HAND_OVER = 50_000
"""After how many configurations the compiled search takes over: what it saves then outweighs loading it."""


class _Told:
    """What a search knows of a state of a claim.

    Attributes:
        wanted: whether it is looked for anywhere.
        at_the_end: whether it is looked for where the review is over.
        given_up: whether nothing that is looked for follows it.
        after: the states after each kind of move, each with what is known of it.
        leaving: the kinds, as bits, that may lead to another state: those of which it is not known that they do not.
        met: the configurations met in it.
    """

    __slots__ = ("after", "at_the_end", "given_up", "leaving", "met", "wanted")

    def __init__(self, *, wanted: bool, at_the_end: bool, given_up: bool) -> None:
        self.wanted, self.at_the_end, self.given_up = wanted, at_the_end, given_up
        self.after: dict[int, tuple[tuple[int, _Told], ...]] = {}
        self.leaving = -1
        self.met: set[int] = set()


class _Telling(dict[int, _Told]):
    """What a search knows of each state of a claim, found out when it is met; see `Exploration.way_to`."""

    def __init__(
        self,
        watching: Watching,
        wanted: Callable[[int], bool],
        at_the_end: Callable[[int], bool],
        given_up: Colour | None,
    ) -> None:
        super().__init__()
        self.watching, self.wanted, self.at_the_end = watching, wanted, at_the_end
        self.given_up = given_up

    def __missing__(self, state: int) -> _Told:
        self[state] = found = _Told(
            wanted=self.wanted(state),
            at_the_end=self.at_the_end(state),
            given_up=self.given_up is not None and self.watching.colour(state) is self.given_up,
        )
        return found

    def after(self, state: int, number: int, steps: Steps) -> tuple[tuple[int, _Told], ...]:
        """Find out the states after a kind of move in a state, and whether it is left."""
        here, states = self[state], self.watching.moves(state, *steps.kinds[number])
        found = here.after[number] = tuple((each, self[each]) for each in states)
        if states == (state,):
            here.leaving &= ~(1 << number)
        return found


_Met = tuple[int, int, int, "_Met | None"]
"""What a search met: a state of a claim, a configuration, the kind of move that led there, and what it met before."""


class Steps(dict[int, tuple[tuple[int, int], ...]]):
    """The moves of each configuration by what they are: the number of a kind, and where they lead.

    Moves are of one kind where the same rule is taken and where they lead looks the same.

    Attributes:
        mask: the bits by which it is told what a configuration looks like.
        kinds: the rule of each kind, with a configuration that it leads to.
    """

    def __init__(self, moves: Mapping[int, tuple[tuple[Rule, int], ...]], mask: int) -> None:
        super().__init__()
        self.mask = mask
        self.kinds: list[tuple[Rule, int]] = []
        self._moves = moves
        self._numbers: dict[tuple[int, int], int] = {}
        self._which: dict[int, int] = {}

    def __missing__(self, packed: int) -> tuple[tuple[int, int], ...]:
        moves, mask, numbers = self._moves.get(packed, ()), self.mask, self._numbers
        try:
            if mask:
                steps = tuple([(numbers[id(rule), to & mask], to) for rule, to in moves])
            else:
                steps = tuple([(numbers[id(rule), 0], to) for rule, to in moves])
        except KeyError:
            for rule, to in moves:
                if numbers.setdefault((id(rule), to & mask), len(self.kinds)) == len(self.kinds):
                    self.kinds.append((rule, to))
            return self[packed]
        if isinstance(self._moves, dict):  # what a compiled search found is too much to keep twice
            self[packed] = steps
        return steps

    def which(self, packed: int, moves: Iterable[tuple[int, int]]) -> int:
        """Return the kinds of the moves of a configuration, as bits."""
        found = self._which.get(packed)
        if found is None:
            found = 0
            for number, _ in moves:
                found |= 1 << number
            if packed in self:
                self._which[packed] = found
        return found

    def way(self, numbers: Iterable[int]) -> tuple[Rule, ...]:
        """Return the rules of kinds."""
        return tuple(self.kinds[number][0] for number in numbers)

    def way_of(self, met: _Met) -> tuple[Rule, ...]:
        """Return how a search came to what it met."""
        numbers: list[int] = []
        *_, number, before = met
        while before is not None:
            numbers.append(number)
            *_, number, before = before
        return self.way(reversed(numbers))


@dataclass(frozen=True)
class Exploration:
    """The reachable configurations of a table, with every move between them.

    Attributes:
        table: what was explored.
        limit: after how many configurations the search gives up.
    """

    table: Table
    limit: int = MAX_CONFIGURATIONS

    @cached_property
    def moves(self) -> Mapping[int, tuple[tuple[Rule, int], ...]]:
        """Every configuration found, in breadth-first order, with its moves."""
        found: dict[int, tuple[tuple[Rule, int], ...]] = {}
        queue = deque(self.table.initial)
        seen = set(self.table.initial)
        while queue and len(found) < self.limit:
            if len(found) == HAND_OVER and (faster := self._compiled()) is not None:
                return faster
            packed = queue.popleft()
            found[packed] = self.table.kept_moves(packed)
            for _, to in found[packed]:
                if to not in seen:
                    seen.add(to)
                    queue.append(to)
        return found

    @property
    def lazy(self) -> LazyMoves | None:
        """What the compiled search found; None where it was not needed."""
        return None if isinstance(self.moves, dict) else cast("LazyMoves", self.moves)

    def _compiled(self) -> LazyMoves | None:
        """Return the same configurations in the same order, found by the compiled search, where it can."""
        from duecourse.properties.compiled import lazy_moves

        return lazy_moves(self.table, self.limit)

    @cached_property
    def finished(self) -> bool:
        """Whether every reachable configuration was found."""
        if self.lazy is not None:
            return self.lazy.finished
        return all(to in self.moves for moves in self.moves.values() for _, to in moves)

    @cached_property
    def size(self) -> tuple[int, int]:
        """The number of configurations and of moves."""
        if self.lazy is not None:
            return self.lazy.size
        return len(self.moves), sum(map(len, self.moves.values()))

    @cached_property
    def rank(self) -> Mapping[int, int]:
        """The place of each configuration in an order in which, loops apart, each comes before those it leads to."""
        seen: set[int] = set()
        order: list[int] = []
        for root in self.table.initial:
            if root in seen:
                continue
            seen.add(root)
            work = [(root, iter(self.moves.get(root, ())))]
            while work:
                packed, moves = work[-1]
                for _, to in moves:
                    if to not in seen:
                        seen.add(to)
                        work.append((to, iter(self.moves.get(to, ()))))
                        break
                else:
                    work.pop()
                    order.append(packed)
        return {packed: place for place, packed in enumerate(reversed(order))}

    def steps(self, mask: int) -> Steps:
        """Return the moves by what they are to whoever looks at some bits of where they lead."""
        for known in self._steps:
            if known.mask & mask == mask:
                return known
        self._steps.append(Steps(self.moves, mask))
        return self._steps[-1]

    @cached_property
    def _steps(self) -> list[Steps]:
        return []

    def path_to(
        self,
        goal: Callable[[int], bool],
        avoid: Callable[[Rule, int], bool] | None = None,
        mask: int = 0,
    ) -> tuple[Rule, ...] | None:
        """Return the fewest steps to a configuration with some quality; None where none has it.

        Args:
            goal: tells whether a configuration has it.
            avoid: tells of moves that are not taken.
            mask: the bits that `avoid` looks at of where a move leads.
        """
        steps = self.steps(mask)
        came: dict[int, tuple[int, int] | None] = dict.fromkeys(self.table.initial)
        if any(map(goal, came)):
            return ()
        barred: dict[int, bool] = {}
        queue = deque(came)
        while queue:
            packed = queue.popleft()
            for number, to in steps[packed]:
                if to in came:
                    continue
                if number not in barred:
                    barred[number] = avoid is not None and avoid(*steps.kinds[number])
                if not barred[number]:
                    came[to] = packed, number
                    if goal(to):
                        return steps.way(_way(came, to))
                    queue.append(to)
        return None

    def way_to(
        self,
        watching: Watching,
        wanted: Callable[[int], bool],
        at_the_end: Callable[[int], bool],
        given_up: Colour | None = None,
    ) -> tuple[Rule, ...] | None:
        """Return the fewest steps after which a claim stands as wanted; None where it never does.

        Args:
            watching: the claim, bound to this table.
            wanted: tells of a state of the claim whether it is wanted anywhere.
            at_the_end: tells of one whether it is wanted where the review is over.
            given_up: the verdict after which no wanted state follows.
        """
        table, steps = self.table, self.steps(watching.mask)
        told = _Telling(watching, wanted, at_the_end, given_up)
        first = told[watching.initial]
        if first.wanted or (first.at_the_end and any(map(table.is_final, table.initial))):
            return ()
        first.met.update(table.initial)
        queue: list[_Met] = [(watching.initial, packed, -1, None) for packed in table.initial]
        for at in queue:
            state, packed, *_ = at
            here = told[state]
            if here.given_up:
                continue
            moves = steps[packed]
            if not steps.which(packed, moves) & here.leaving:
                # whatever happens, the claim stands as before
                if self._go_on(here, at, moves, queue):
                    return steps.way_of(queue[-1])
                continue
            for number, to in moves:
                for new, there in here.after.get(number) or told.after(state, number, steps):
                    if to not in there.met:
                        there.met.add(to)
                        queue.append((new, to, number, at))
                        if there.wanted or (there.at_the_end and table.is_final(to)):
                            return steps.way_of(queue[-1])
        return None

    def _go_on(
        self, here: _Told, at: _Met, moves: Iterable[tuple[int, int]], queue: list[_Met]
    ) -> bool:
        """Take all moves of a configuration, none of which changes the state; stop where the last is what is looked for."""
        met, state, final = here.met, at[0], self.table.is_final if here.at_the_end else None
        for number, to in moves:
            if to not in met:
                met.add(to)
                queue.append((state, to, number, at))
                if final is not None and final(to):
                    return True
        return False

    def able(
        self,
        ends: Callable[[Rule, int], int],
        without: Mapping[str, int] | None = None,
        mask: int = 0,
    ) -> Mapping[int, int]:
        """Return which of some moves can still be reached from each configuration (one backward search for all).

        Args:
            ends: tells of a move which of them it is: bit i is set if it is the i-th.
            without: for steps that are never taken on the way to some of them, the bits of these.
            mask: the bits that `ends` looks at of where a move leads.

        Returns:
            For each configuration from which any can, an integer whose bit i is set where the i-th can.
        """
        steps = self.steps(mask)
        every = [(packed, steps[packed]) for packed in self.moves]
        allowed = [~(without or {}).get(rule.step, 0) for rule, _ in steps.kinds]
        goals = [ends(*kind) & lets for kind, lets in zip(steps.kinds, allowed, strict=True)]
        found: dict[int, int] = {}
        before: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for packed, moves in every:
            mine = 0
            for number, to in moves:
                mine |= goals[number]
                before[to].append((packed, allowed[number]))
            if mine:
                found[packed] = mine
        return self._spread_back(found, before)

    def _spread_back(
        self, found: dict[int, int], before: Mapping[int, list[tuple[int, int]]]
    ) -> Mapping[int, int]:
        """Give each configuration the bits of those it leads to, as far as the moves between them let them through."""
        rank = self.rank
        queue = [(-rank[packed], packed) for packed in found]
        heapify(queue)
        waiting = set(found)
        while queue:
            _, packed = heappop(queue)
            waiting.discard(packed)
            here = found[packed]
            for source, allowed in before.get(packed, ()):
                known = found.get(source, 0)
                if here & allowed & ~known:
                    found[source] = known | here & allowed
                    if source not in waiting:
                        waiting.add(source)
                        heappush(queue, (-rank[source], source))
        return found


def _way(came: Mapping[int, tuple[int, T] | None], end: int) -> tuple[T, ...]:
    moves: list[T] = []
    last = came[end]
    while last is not None:
        moves.append(last[1])
        last = came[last[0]]
    return tuple(reversed(moves))
