"""The longest ways through a graph under every choice of readings: how much can be gained until the end, or for ever.

Nodes and edges have the choices under which they exist. Where something can be gained again and again is a greatest
fixpoint over sets of choices, inside each strongly connected part; elsewhere the most that can be gained is, for each
node, a value for each choice, and is found by relaxation from the end backwards (Bellman 1958).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

from duecourse.model.reading_set import NONE, TooManyError
from duecourse.properties.graphs import components

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence

    from duecourse.model.reading_set import ReadingSet, ReadingSpace

N = TypeVar("N", bound="Hashable")
Values = dict[int, "ReadingSet"]
"""Values, each with the choices of readings that have it; no choice has two."""


@dataclass(frozen=True, slots=True)
class Most:
    """The most that can be gained on the way to the end.

    Attributes:
        values: the choices of readings for each value.
        unbounded: the choices under which it has no bound.
        never: the choices, of those in question, under which the end is not reached.
    """

    values: Mapping[int, ReadingSet]
    unbounded: ReadingSet
    never: ReadingSet


class Ways(Generic[N]):
    """The ways from some nodes to the end.

    Args:
        space: the choices of readings.
        starts: where ways begin, each node under which choices.
        leads: what an edge of a node gains, where it leads (None: to the end), and under which choices it exists.
        limit: after how many nodes the search is given up.
    """

    def __init__(
        self,
        space: ReadingSpace,
        starts: Mapping[N, ReadingSet],
        leads: Callable[[N], Iterable[tuple[int, N | None, ReadingSet]]],
        limit: int,
    ) -> None:
        self.space, self.starts, self.leads, self.limit = space, starts, leads, limit
        self.numbers: dict[N, int] = {}
        self.edges: list[list[tuple[int, int, ReadingSet]]] = []

    @cached_property
    def reached(self) -> list[ReadingSet]:
        """The choices under which each node is reached; the first is the end.

        Raises:
            TooManyError: more nodes than `limit`.
        """
        space = self.space
        found: list[ReadingSet] = [NONE]
        nodes: list[N | None] = [None]
        self.edges.append([])
        fresh: dict[int, ReadingSet] = {}

        def arrive(node: N, under: ReadingSet) -> None:
            number = self.numbers.get(node)
            if number is None:
                number = self.numbers[node] = len(nodes)
                nodes.append(node)
                found.append(NONE)
                self.edges.append([])
                if number > self.limit:
                    raise TooManyError(f"more than {self.limit} states of days")
            come(number, under)

        def come(number: int, under: ReadingSet) -> None:
            more = space.difference(under, found[number])
            if more == NONE:
                return
            found[number] = space.union(found[number], more)
            if number in fresh:
                fresh[number] = space.union(fresh[number], more)
            else:
                fresh[number] = more
                queue.append(number)

        queue: deque[int] = deque()
        for node, under in self.starts.items():
            arrive(node, under)
        expanded: set[int] = {0}
        while queue:
            number = queue.popleft()
            new = fresh.pop(number)
            if number not in expanded:
                expanded.add(number)
                at = nodes[number]
                assert at is not None
                for gain, to, under in self.leads(at):
                    here = space.intersection(under, new)
                    if to is None:
                        self.edges[number].append((gain, 0, under))
                        found[0] = space.union(found[0], here)
                        continue
                    if to not in self.numbers and here == NONE:
                        # nobody gets there this way yet: it is numbered without being visited
                        self.numbers[to] = len(nodes)
                        nodes.append(to)
                        found.append(NONE)
                        self.edges.append([])
                    else:
                        arrive(to, here)
                    self.edges[number].append((gain, self.numbers[to], under))
                continue
            for _, onward, under in self.edges[number]:
                come(onward, space.intersection(under, new)) if onward else None
        return found

    @cached_property
    def leading(self) -> list[list[tuple[int, int, ReadingSet]]]:
        """For each node its edges to nodes from which the end is reached, under the choices that get that far."""
        space, reached = self.space, self.reached
        before: list[list[tuple[int, ReadingSet]]] = [[] for _ in reached]
        for number, edges in enumerate(self.edges):
            for _, to, under in edges:
                both = space.intersection(under, reached[number])
                if both != NONE:
                    before[to].append((number, both))
        able = [NONE] * len(reached)
        able[0] = space.any_of(self.starts.values())
        fresh = {0: able[0]}
        queue = deque([0])
        while queue:
            to = queue.popleft()
            new = fresh.pop(to)
            for number, under in before[to]:
                more = space.difference(space.intersection(new, under), able[number])
                if more == NONE:
                    continue
                able[number] = space.union(able[number], more)
                if number in fresh:
                    fresh[number] = space.union(fresh[number], more)
                else:
                    fresh[number] = more
                    queue.append(number)
        self.able = able
        return [
            [
                (gain, to, both)
                for gain, to, under in edges
                if (both := space.intersection(space.intersection(under, able[n]), able[to]))
                != NONE
            ]
            for n, edges in enumerate(self.edges)
        ]

    @cached_property
    def parts(self) -> list[set[int]]:
        """The strongly connected parts of the union of all choices, each after those it leads to."""
        return list(
            components({n: [to for _, to, _ in edges] for n, edges in enumerate(self.leading)})
        )

    @cached_property
    def unbounded(self) -> ReadingSet:
        """The choices under which something can be gained for ever, and the end still be reached."""
        found = NONE
        for members in self.parts:
            if any(gain and to in members for n in members for gain, to, _ in self.leading[n]):
                found = self.space.union(found, self._for_ever(members))
        return found

    def _for_ever(self, members: Collection[int]) -> ReadingSet:
        """Return the choices under which some node of a part is on a way inside it that gains again and again."""
        space = self.space
        gaining: list[tuple[int, int, ReadingSet]] = []
        before: dict[int, list[tuple[int, ReadingSet]]] = {n: [] for n in members}
        for n in members:
            for gain, to, under in self.leading[n]:
                if to in before:
                    before[to].append((n, under))
                    if gain:
                        gaining.append((n, to, under))
        staying = {n: self.able[n] for n in members}
        while True:
            found: dict[int, ReadingSet] = {}
            for n, to, under in gaining:
                both = space.intersection(under, staying[to])
                if both != NONE:
                    found[n] = space.union(found.get(n, NONE), both)
            fresh = dict(found)
            queue = deque(found)
            while queue:
                to = queue.popleft()
                new = fresh.pop(to)
                for n, under in before[to]:
                    known = found.get(n, NONE)
                    more = space.difference(space.intersection(new, under), known)
                    if more == NONE:
                        continue
                    found[n] = space.union(known, more)
                    if n in fresh:
                        fresh[n] = space.union(fresh[n], more)
                    else:
                        fresh[n] = more
                        queue.append(n)
            after = {n: found.get(n, NONE) for n in members}
            if after == staying:
                return space.any_of(after.values())
            staying = after

    @cached_property
    def most(self) -> Most:
        """The most that can be gained, for each choice."""
        space = self.space
        asked = space.any_of(self.starts.values())
        bounded = space.difference(asked, self.unbounded)
        values: list[Values] = [{} for _ in self.leading]
        values[0][0] = bounded
        for members in self.parts:
            if members != {0}:
                self._relax(members, values)
        found: Values = {}
        for node, under in self.starts.items():
            for value, having in values[self.numbers[node]].items():
                _raise(space, found, value, space.intersection(under, having))
        ended = space.any_of(found.values())
        return Most(found, self.unbounded, space.difference(bounded, ended))

    def _relax(self, members: Collection[int], values: Sequence[Values]) -> None:
        """Find the values of a part whose successors outside have theirs; no loop inside it gains anything."""
        space = self.space
        before: dict[int, list[tuple[int, int, ReadingSet]]] = {n: [] for n in members}
        fresh: dict[int, Values] = {}
        queue: deque[int] = deque()

        def gain_more(node: int, value: int, under: ReadingSet) -> None:
            new = _raise(space, values[node], value, under)
            if new != NONE:
                if node not in fresh:
                    fresh[node] = {}
                    queue.append(node)
                fresh[node][value] = space.union(fresh[node].get(value, NONE), new)

        for n in members:
            for gain, to, under in self.leading[n]:
                if to in before:
                    before[to].append((n, gain, under))
                    continue
                for value, having in values[to].items():
                    gain_more(n, gain + value, space.intersection(under, having))
        while queue:
            to = queue.popleft()
            for value, having in fresh.pop(to).items():
                for n, gain, under in before[to]:
                    gain_more(n, gain + value, space.intersection(under, having))


def _raise(space: ReadingSpace, values: Values, value: int, under: ReadingSet) -> ReadingSet:
    """Give some choices a value unless they have as great a one; return those for which it is new."""
    for known, having in values.items():
        if known >= value and under != NONE:
            under = space.difference(under, having)
    if under == NONE:
        return NONE
    for known in [each for each in values if each < value]:
        left = space.difference(values[known], under)
        if left == NONE:
            del values[known]
        else:
            values[known] = left
    values[value] = space.union(values.get(value, NONE), under)
    return under
