"""Nodes put together that the same things can happen after, under each choice of readings (bisimulation over events).

What nobody observes is passed over: a node does at once what it can do after any number of silent moves. Nodes that
then do the same, and get to nodes that do the same, are one (partition refinement by signatures: Blom and Orzan 2003).
The sequences of events from a node are those of its block, choice by choice, so that everything which depends on the
sequences alone may be computed on the blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from duecourse.model.reading_set import NONE

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from duecourse.model.reading_set import ReadingSet, ReadingSpace

N = TypeVar("N", bound="Hashable")
L = TypeVar("L", bound="Hashable")
Sig = tuple[tuple[int, "ReadingSet"], ...]
"""What can happen, by number, each under which choices of readings; ascending, so that equal ones are equal."""


@dataclass(frozen=True)
class Quotient(Generic[N, L]):
    """The blocks of a graph.

    Attributes:
        block: the block of each node.
        events: for each block, what can happen, to which block it leads, and under which choices of readings.
    """

    block: Mapping[N, int]
    events: Mapping[int, tuple[tuple[L, int, ReadingSet], ...]]


class _Signatures:
    """Signatures as numbers, with what was computed of them."""

    def __init__(self, space: ReadingSpace) -> None:
        self.space = space
        self.all: list[Sig] = [()]
        self.known: dict[Sig, int] = {(): 0}
        self.joined: dict[tuple[int, int], int] = {}
        self.cut: dict[tuple[int, int], int] = {}

    def number(self, items: Mapping[int, ReadingSet]) -> int:
        """Return the number of a signature."""
        sig = tuple(sorted(items.items()))
        found = self.known.get(sig)
        if found is None:
            found = self.known[sig] = len(self.all)
            self.all.append(sig)
        return found

    def union(self, a: int, b: int) -> int:
        """Return what can happen in either."""
        if b in {a, 0}:
            return a
        if a == 0:
            return b
        key = (a, b) if a < b else (b, a)
        found = self.joined.get(key)
        if found is None:
            items = dict(self.all[a])
            for name, under in self.all[b]:
                items[name] = self.space.union(items.get(name, NONE), under)
            found = self.joined[key] = self.number(items)
        return found

    def restricted(self, a: int, under: ReadingSet) -> int:
        """Return what can happen of it under some choices of readings."""
        key = (a, under)
        found = self.cut.get(key)
        if found is None:
            items = {
                name: both
                for name, each in self.all[a]
                if (both := self.space.intersection(each, under)) != NONE
            }
            found = self.cut[key] = self.number(items)
        return found


def quotient(
    nodes: Sequence[N],
    moves: Callable[[N], Sequence[tuple[L | None, N, ReadingSet]]],
    kind: Callable[[N], Hashable],
    space: ReadingSpace,
) -> Quotient[N, L]:
    """Return the coarsest blocks in which nodes of one kind do the same under each choice of readings.

    Args:
        nodes: the nodes.
        moves: what can happen in a node (None where nobody observes it), where it leads, and under which choices.
        kind: what else tells nodes apart.
        space: the choices of readings.
    """
    index = {node: number for number, node in enumerate(nodes)}
    events: list[list[tuple[L, int, ReadingSet]]] = []
    silent: list[list[tuple[int, ReadingSet]]] = []
    for node in nodes:
        loud: dict[tuple[L, int], ReadingSet] = {}
        quiet: dict[int, ReadingSet] = {}
        for label, to, under in moves(node):
            if label is not None:
                key = (label, index[to])
                loud[key] = space.union(loud.get(key, NONE), under)
            elif to != node:
                quiet[index[to]] = space.union(quiet.get(index[to], NONE), under)
        events.append([(label, to, under) for (label, to), under in loud.items()])
        silent.append(list(quiet.items()))
    order = _postorder(silent)
    kinds: dict[Hashable, int] = {}
    block = [kinds.setdefault(kind(node), len(kinds)) for node in nodes]
    count = len(kinds)
    while True:
        names: dict[tuple[L, int], int] = {}
        signatures = _Signatures(space)
        found = _found(events, silent, order, block, names, signatures)
        fresh: dict[tuple[int, int], int] = {}
        after = [fresh.setdefault((block[n], found[n]), len(fresh)) for n in range(len(nodes))]
        if len(fresh) == count:
            said = list(names)
            return Quotient(
                {node: block[number] for node, number in index.items()},
                {
                    block[n]: tuple(
                        (*said[name], under) for name, under in signatures.all[found[n]]
                    )
                    for n in range(len(nodes))
                },
            )
        block, count = after, len(fresh)


def _found(  # noqa: PLR0913, PLR0917  (one round of the refinement, and all it stands on)
    events: Sequence[Sequence[tuple[L, int, ReadingSet]]],
    silent: Sequence[Sequence[tuple[int, ReadingSet]]],
    order: Sequence[int],
    block: Sequence[int],
    names: dict[tuple[L, int], int],
    signatures: _Signatures,
) -> list[int]:
    """Return the signature of every node: what it can do, at once or after silent moves (least fixpoint)."""
    space = signatures.space
    found: list[int] = []
    for own in events:
        items: dict[int, ReadingSet] = {}
        for label, to, under in own:
            name = names.setdefault((label, block[to]), len(names))
            items[name] = space.union(items.get(name, NONE), under)
        found.append(signatures.number(items))
    changed = True
    while changed:
        changed = False
        for node in order:
            sig = found[node]
            for to, under in silent[node]:
                sig = signatures.union(sig, signatures.restricted(found[to], under))
            if sig != found[node]:
                found[node] = sig
                changed = True
    return found


def _postorder(silent: Sequence[Sequence[tuple[int, ReadingSet]]]) -> list[int]:
    """Return the nodes in an order in which those that a node silently leads to mostly stand before it."""
    order: list[int] = []
    seen = [False] * len(silent)
    for root in range(len(silent)):
        if seen[root]:
            continue
        seen[root] = True
        work = [(root, iter(silent[root]))]
        while work:
            node, following = work[-1]
            for to, _ in following:
                if not seen[to]:
                    seen[to] = True
                    work.append((to, iter(silent[to])))
                    break
            else:
                work.pop()
                order.append(node)
    return order
