"""Sets of choices of readings as decision diagrams: 10^8 choices and more, exactly, in a few nodes.

A choice takes one option of every reading. A set of choices is a node of a reduced, ordered, multi-valued decision
diagram (Bryant 1986; Srinivasan, Kam, Malik, Brayton 1990) with one level for each reading; equal sets are the same
node, so that comparing them is comparing two integers, and what was computed once is looked up afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

ReadingSet = int
"""A set of choices of readings: a node of the diagrams of one `ReadingSpace`, and meaningless in another."""

NONE: ReadingSet = 0
"""The empty set: under no choice of readings."""

ALL: ReadingSet = 1
"""The set of every choice of readings."""

MAX_NODES = 2_000_000
MAX_READINGS = 200


class TooManyError(Exception):
    """A family of behaviours that is too large to be computed; what was asked for is then inconclusive."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on readings: for each reading that it names, the options of which one is chosen.

    Attributes:
        options: the readings named, in the order of the text, each with its options in theirs; empty where the
            condition is always true.
    """

    options: tuple[tuple[str, tuple[str, ...]], ...]

    def __str__(self) -> str:
        """Return it in words, such as `consistency = all_equal or no_objection, voters = without_cac`."""
        return ", ".join(f"{name} = {' or '.join(chosen)}" for name, chosen in self.options)

    def holds(self, choice: Mapping[str, str]) -> bool:
        """Return whether a choice of readings meets it."""
        return all(choice[name] in chosen for name, chosen in self.options)


class ReadingSpace:
    """All choices of readings, and the sets of them; several threads may use it.

    Args:
        options: the options of each reading, the default first.
        order: the readings from the highest level to the lowest; those that decide together should stand together.
        limit: after how many nodes the work is given up.

    Raises:
        TooManyError: more readings than diagrams can be nested deep; later, more nodes than `limit`.
    """

    def __init__(
        self,
        options: Mapping[str, Sequence[str]],
        order: Sequence[str] | None = None,
        *,
        limit: int = MAX_NODES,
    ) -> None:
        if len(options) > MAX_READINGS:
            raise TooManyError(f"more than {MAX_READINGS} readings")
        self.options = {name: tuple(found) for name, found in options.items()}
        self.order = tuple(order if order is not None else options)
        self.limit = limit
        self._level = {name: level for level, name in enumerate(self.order)}
        self._bottom = len(self.order)
        self._nodes: list[tuple[int, tuple[int, ...]]] = [(self._bottom, ()), (self._bottom, ())]
        self._lock = Lock()
        self._made: dict[tuple[int, tuple[int, ...]], int] = {}
        self._unions: dict[tuple[int, int], int] = {}
        self._intersections: dict[tuple[int, int], int] = {}
        self._differences: dict[tuple[int, int], int] = {}

    @property
    def size(self) -> int:
        """The number of nodes made so far."""
        return len(self._nodes)

    def cube(self, chosen: Mapping[str, Collection[str]]) -> ReadingSet:
        """Return the choices that take one of the named options of each named reading.

        Raises:
            KeyError: an unknown reading.
        """
        node = ALL
        for name in sorted(chosen, key=self._level.__getitem__, reverse=True):
            level = self._level[name]
            node = self._node(
                level,
                tuple(node if option in chosen[name] else NONE for option in self.options[name]),
            )
        return node

    def condition(self, condition: Condition) -> ReadingSet:
        """Return the choices that meet a condition."""
        return self.cube(dict(condition.options))

    def union(self, a: ReadingSet, b: ReadingSet) -> ReadingSet:
        """Return the choices in either set."""
        if b in {a, NONE}:
            return a
        if a == NONE:
            return b
        if ALL in {a, b}:
            return ALL
        key = (a, b) if a < b else (b, a)
        found = self._unions.get(key)
        if found is None:
            level, pairs = self._pairs(a, b)
            found = self._unions[key] = self._node(level, tuple(self.union(x, y) for x, y in pairs))
        return found

    def intersection(self, a: ReadingSet, b: ReadingSet) -> ReadingSet:
        """Return the choices in both sets."""
        if a in {b, NONE} or b == ALL:
            return a
        if b == NONE or a == ALL:
            return b
        key = (a, b) if a < b else (b, a)
        found = self._intersections.get(key)
        if found is None:
            level, pairs = self._pairs(a, b)
            found = self._intersections[key] = self._node(
                level, tuple(self.intersection(x, y) for x, y in pairs)
            )
        return found

    def difference(self, a: ReadingSet, b: ReadingSet) -> ReadingSet:
        """Return the choices in the first set that are not in the second."""
        if a in {b, NONE} or b == ALL:
            return NONE
        if b == NONE:
            return a
        key = (a, b)
        found = self._differences.get(key)
        if found is None:
            level, pairs = self._pairs(a, b)
            found = self._differences[key] = self._node(
                level, tuple(self.difference(x, y) for x, y in pairs)
            )
        return found

    def complement(self, a: ReadingSet) -> ReadingSet:
        """Return the choices that are not in the set."""
        return self.difference(ALL, a)

    def any_of(self, sets: Iterable[ReadingSet]) -> ReadingSet:
        """Return the choices in any of the sets."""
        found = NONE
        for each in sets:
            found = self.union(found, each)
        return found

    def subset(self, a: ReadingSet, b: ReadingSet) -> bool:
        """Return whether every choice of the first set is in the second."""
        return self.difference(a, b) == NONE

    def contains(self, a: ReadingSet, choice: Mapping[str, str]) -> bool:
        """Return whether a choice, which names every reading, is in the set."""
        while a > ALL:
            level, children = self._nodes[a]
            name = self.order[level]
            a = children[self.options[name].index(choice[name])]
        return a == ALL

    def count(self, a: ReadingSet) -> int:
        """Return how many choices are in the set."""
        known: dict[int, int] = {}

        def below(node: int, level: int) -> int:
            """Count the choices for the readings from a level downwards."""
            at, children = self._nodes[node]
            if node not in known:
                known[node] = (
                    node if node <= ALL else sum(below(child, at + 1) for child in children)
                )
            skipped = 1
            for name in self.order[level:at]:
                skipped *= len(self.options[name])
            return known[node] * skipped

        return below(a, 0)

    def pick(self, a: ReadingSet) -> dict[str, str]:
        """Return a choice of the set that departs from the defaults in as few readings as can be.

        Raises:
            ValueError: the set is empty.
        """
        if a == NONE:
            raise ValueError("there is no choice in an empty set")
        known: dict[int, int | None] = {NONE: None, ALL: 0}

        def cost(node: int) -> int | None:
            """Return the fewest departures below a node; None where there is no choice."""
            if node not in known:
                found = [
                    least + (index > 0)
                    for index, child in enumerate(self._nodes[node][1])
                    if (least := cost(child)) is not None
                ]
                known[node] = min(found)
            return known[node]

        choice = {name: found[0] for name, found in self.options.items()}
        best = cost(a)
        while a > ALL:
            level, children = self._nodes[a]
            for index, child in enumerate(children):
                least = cost(child)
                if least is not None and least + (index > 0) == best:
                    choice[self.order[level]] = self.options[self.order[level]][index]
                    a, best = child, least
                    break
        return choice

    def parts(self, a: ReadingSet) -> tuple[int, tuple[ReadingSet, ...]]:
        """Return the level on which a set is decided first, and what it is below for each option there."""
        return self._nodes[a]

    def support(self, a: ReadingSet) -> frozenset[str]:
        """Return the readings on which membership depends."""
        seen: set[int] = set()
        levels: set[int] = set()
        stack = [a]
        while stack:
            node = stack.pop()
            if node > ALL and node not in seen:
                seen.add(node)
                levels.add(self._nodes[node][0])
                stack.extend(self._nodes[node][1])
        return frozenset(self.order[level] for level in levels)

    def cover(self, a: ReadingSet, within: ReadingSet = ALL) -> tuple[Condition, ...]:
        """Return conditions that together say the set: prime (none can be weakened), and none of them redundant.

        Those that hold nearest to the defaults are found first, and each leaves out as many readings as it can.

        Args:
            a: the set.
            within: the choices in question, those of the set among them; what a condition says of others is no matter.

        >>> space = ReadingSpace({"silence": ["wait", "agrees"], "voters": ["all", "some", "one"]})
        >>> [str(each) for each in space.cover(space.cube({"voters": ["some", "one"]}))]
        ['voters = some or one']
        """
        found: list[tuple[Condition, ReadingSet]] = []
        left = a
        allowed = self.union(a, self.complement(within))
        while left != NONE:
            condition = self._prime(self.pick(left), allowed)
            found.append((condition, self.condition(condition)))
            left = self.difference(left, found[-1][1])
        for each in reversed(tuple(found)):
            others = self.any_of(other for _, other in found if other != each[1])
            if self.subset(self.intersection(each[1], a), others):
                found.remove(each)
        return tuple(condition for condition, _ in found)

    def copied(self, a: ReadingSet, space: ReadingSpace) -> ReadingSet:
        """Return the set of this space that has the choices of a set of another with the same readings."""
        if a <= ALL:
            return a
        known: dict[int, ReadingSet] = {NONE: NONE, ALL: ALL}

        def copy(node: int) -> ReadingSet:
            """Return the set of the choices below a node."""
            if node not in known:
                level, children = space._nodes[node]
                name = space.order[level]
                known[node] = self.any_of(
                    self.intersection(self.cube({name: (option,)}), copy(child))
                    for option, child in zip(space.options[name], children, strict=True)
                )
            return known[node]

        return copy(a)

    def choices(self, readings: Iterable[str]) -> Iterator[tuple[dict[str, str], ReadingSet]]:
        """Yield every choice of options for some readings, with the set of choices that make it."""
        names = tuple(readings)
        for chosen in product(*(self.options[name] for name in names)):
            partial = dict(zip(names, chosen, strict=True))
            yield partial, self.cube({name: (option,) for name, option in partial.items()})

    def _prime(self, choice: Mapping[str, str], a: ReadingSet) -> Condition:
        """Return a weakest condition that holds for a choice and only within a set."""
        chosen = {name: {choice[name]} for name in self.options if name in self.support(a)}

        def widen(name: str, options: Collection[str]) -> None:
            wider = chosen | {name: chosen[name] | set(options)}
            if self.subset(self.cube(wider), a):
                chosen[name] = wider[name]

        # what stands at its default is left out first, so that a condition names what departs from it
        departing = sorted(chosen, key=lambda name: choice[name] != self.options[name][0])
        for name in departing:
            widen(name, self.options[name])
        for name in departing:
            for option in self.options[name]:
                widen(name, (option,))
        return Condition(
            tuple(
                (name, tuple(option for option in options if option in chosen[name]))
                for name, options in self.options.items()
                if name in chosen and len(chosen[name]) < len(options)
            )
        )

    def _pairs(self, a: int, b: int) -> tuple[int, Iterator[tuple[int, int]]]:
        """Return the level at which two nodes part, with their children there in pairs."""
        level_a, children_a = self._nodes[a]
        level_b, children_b = self._nodes[b]
        if level_a == level_b:
            return level_a, zip(children_a, children_b, strict=True)
        if level_a < level_b:
            return level_a, ((child, b) for child in children_a)
        return level_b, ((a, child) for child in children_b)

    def _node(self, level: int, children: tuple[int, ...]) -> int:
        """Return the node with these children: the child itself where the level does not matter."""
        first = children[0]
        if children.count(first) == len(children):
            return first
        key = (level, children)
        found = self._made.get(key)
        return self._make(key) if found is None else found

    def _make(self, key: tuple[int, tuple[int, ...]]) -> int:
        """Make a node, unless another thread has made it."""
        with self._lock:
            found = self._made.get(key)
            if found is None:
                if len(self._nodes) >= self.limit:
                    raise TooManyError(f"more than {self.limit} nodes for sets of readings")
                self._nodes.append(key)
                found = self._made[key] = len(self._nodes) - 1
            return found
