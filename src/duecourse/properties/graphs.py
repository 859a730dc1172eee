"""Strongly connected components, for the analyses that ask what can go on for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

T = TypeVar("T", bound="Hashable")


def components(graph: Mapping[T, Sequence[T]]) -> Iterator[set[T]]:
    """Yield the strongly connected components, each after those it leads to (Tarjan 1972, without recursion)."""
    index: dict[T, int] = {}
    low: dict[T, int] = {}
    stack: list[T] = []
    on_stack: set[T] = set()
    for root in graph:
        if root in index:
            continue
        work: list[tuple[T, Iterator[T]]] = [(root, iter(graph[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, successors = work[-1]
            to = next(successors, None)
            if to is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    members: set[T] = set()
                    while node not in members:
                        members.add(stack.pop())
                    on_stack -= members
                    yield members
            elif to not in index:
                index[to] = low[to] = len(index)
                stack.append(to)
                on_stack.add(to)
                work.append((to, iter(graph[to])))
            elif to in on_stack:
                low[node] = min(low[node], index[to])
