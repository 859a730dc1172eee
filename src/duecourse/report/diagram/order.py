"""What comes before what in a graph that may have loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    Edges = Iterable[tuple[str, str]]


def ranks(names: Collection[str], edges: Edges) -> dict[str, int]:
    """Return of each node how many nodes lie on the longest way to it, loops cut where they close.

    Args:
        names: the nodes; the search for loops begins with the first.
        edges: the edges among them; others are ignored.

    >>> ranks(["a", "b", "c"], [("a", "b"), ("b", "c"), ("a", "c"), ("c", "a")])
    {'a': 0, 'b': 1, 'c': 2}
    """
    after = _successors(names, edges)
    backwards, closing = _search(names, after)
    rank = dict.fromkeys(names, 0)
    for name in reversed(backwards):
        for other in after[name]:
            if (name, other) not in closing:
                rank[other] = max(rank[other], rank[name] + 1)
    return rank


def longest_path(names: Collection[str], edges: Edges, rank: Mapping[str, int]) -> list[str]:
    """Return the longest way down through the nodes given.

    >>> longest_path(["a", "b", "c"], [("a", "b"), ("a", "c")], {"a": 0, "b": 1, "c": 1})
    ['a', 'b']
    """
    after = _successors(names, edges)
    length: dict[str, tuple[int, str]] = {}
    for name in sorted(names, key=lambda name: -rank[name]):
        down = [other for other in after[name] if rank[other] > rank[name]]
        best = max(down, key=lambda other: length[other][0], default="")
        length[name] = (length[best][0] + 1 if best else 1, best)
    path = [max(names, key=lambda name: length[name][0])]
    while length[path[-1]][1]:
        path.append(length[path[-1]][1])
    return path


def _successors(names: Collection[str], edges: Edges) -> dict[str, list[str]]:
    after: dict[str, list[str]] = {name: [] for name in names}
    for one, other in edges:
        if one in after and other in after and other not in after[one]:
            after[one].append(other)
    return after


def _search(
    names: Iterable[str], after: Mapping[str, list[str]]
) -> tuple[list[str], set[tuple[str, str]]]:
    """Return the nodes in the order in which a depth-first search leaves them, and the closing edges."""
    finished: dict[str, None] = {}
    closing: set[tuple[str, str]] = set()
    for root in names:
        if root in finished:
            continue
        open_: dict[str, Iterator[str]] = {root: iter(after[root])}
        while open_:
            name, rest = next(reversed(open_.items()))
            other = next(rest, None)
            if other is None:
                finished[name] = None
                del open_[name]
            elif other in open_:
                closing.add((name, other))
            elif other not in finished:
                open_[other] = iter(after[other])
    return list(finished), closing
