"""Which way each arrow takes: straight down, or along the free lanes between columns.

Everything here is counted in columns and rows; `tracks` keeps arrows apart, `layout` measures.
An arrow leaves a box below and enters a box above. Channel `r` lies above row `r`, gutter `c` to
the left of column `c`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from duecourse.report.diagram.grid import Grid

PORT = 16.0
NUDGE = 7.0
INSET = 10.0
"""How far from the left edge of its box the first arrow leaves that has something beside it."""


@dataclass(frozen=True, slots=True)
class Run:
    """The long upright part of an arrow: down a free column, or along a gutter on one of its tracks."""

    kind: Literal["from", "to", "gutter"]
    gutter: int = 0
    track: int = 0


@dataclass(frozen=True, slots=True)
class Route:
    """The way of one arrow.

    Attributes:
        source, target: the nodes.
        run: its long upright part, if the target is not in the next row.
        leaves, enters: how far from the middle of the boxes.
    """

    source: str
    target: str
    run: Run | None = None
    leaves: float = 0.0
    enters: float = 0.0


def routes(
    edges: Iterable[tuple[str, str]],
    grid: Grid,
    width: float,
    rooms: Mapping[tuple[str, str], float] | None = None,
) -> tuple[Route, ...]:
    """Return the ways of all arrows.

    Args:
        edges: source and target of each.
        grid: where the boxes stand.
        width: of the boxes, for how far apart arrows may leave one.
        rooms: of some arrows, how much of the lower edge of their box they have.
    """
    found = _Runs(grid).routes(edges)
    found = _spread(found, grid, width, leaving=True)
    found = _spaced(found, width, rooms or {})
    found = _spread(found, grid, width, leaving=False)
    return tuple(_tracked(found, grid))


def nudged(found: Sequence[Route], numbers: Collection[int]) -> tuple[Route, ...]:
    """Return the routes, some of them entering their box a little farther to the right."""
    return tuple(
        replace(route, enters=route.enters + NUDGE) if number in numbers else route
        for number, route in enumerate(found)
    )


class _Runs:
    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.occupied = grid.occupied()
        self.load = [0] * (grid.columns + 1)

    def routes(self, edges: Iterable[tuple[str, str]]) -> list[Route]:
        ordered = sorted(edges, key=lambda edge: abs(self.span(edge)))
        return [Route(one, other, self.run(one, other)) for one, other in ordered]

    def span(self, edge: tuple[str, str]) -> int:
        return self.grid.row[edge[1]] - self.grid.row[edge[0]]

    def run(self, one: str, other: str) -> Run | None:
        grid = self.grid
        top, bottom = grid.row[one] + 1, grid.row[other] - 1
        if bottom == top - 1:
            return None
        columns = (("from", grid.column[one]), ("to", grid.column[other]))
        for kind, column in columns if top <= bottom else ():
            cells = {(row, column) for row in range(top, bottom + 1)}
            if cells.isdisjoint(self.occupied):
                self.occupied |= cells
                return Run(kind)  # type: ignore[arg-type]
        gutter = min(range(grid.columns + 1), key=lambda at: self.detour(at, one, other))
        self.load[gutter] += 1
        return Run("gutter", gutter)

    def detour(self, gutter: int, one: str, other: str) -> float:
        """Return how far a way along a gutter leads aside; a crowded one counts as farther."""
        at = gutter - 0.5
        ways = abs(at - self.grid.column[one]) + abs(at - self.grid.column[other])
        return ways + 0.2 * self.load[gutter]


def _spread(found: list[Route], grid: Grid, width: float, *, leaving: bool) -> list[Route]:
    """Set where arrows leave or enter each box, in the order of where they come from or go to."""
    by_box: dict[str, list[int]] = {}
    for number, route in enumerate(found):
        by_box.setdefault(route.source if leaving else route.target, []).append(number)
    result = list(found)
    for box, numbers in by_box.items():
        where = {number: _towards(found[number], grid, leaving=leaving) for number in numbers}
        offsets = _offsets(where, 2.0 * grid.column[box], width)
        for number, offset in offsets.items():
            old = result[number]
            new = replace(old, leaves=offset) if leaving else replace(old, enters=offset)
            result[number] = new
    return result


def _spaced(
    found: list[Route], width: float, rooms: Mapping[tuple[str, str], float]
) -> list[Route]:
    """Return the routes, some of them leaving at the left of the room that they have."""
    result = list(found)
    used: dict[str, float] = {}
    for number in sorted(range(len(found)), key=lambda number: found[number].leaves):
        route = found[number]
        if room := rooms.get((route.source, route.target)):
            begin = used.get(route.source, 0.0)
            result[number] = replace(route, leaves=begin + INSET - width / 2)
            used[route.source] = begin + room
    return result


def _towards(route: Route, grid: Grid, *, leaving: bool) -> float:
    """Return where an arrow goes sideways after leaving, or comes from before entering, in half columns."""
    here, there = (route.source, route.target) if leaving else (route.target, route.source)
    if route.run is None:
        return 2.0 * grid.column[there]
    if route.run.kind == "gutter":
        return 2.0 * route.run.gutter - 1
    straight = (route.run.kind == "from") == leaving
    return 2.0 * grid.column[here if straight else there]


def _offsets(where: dict[int, float], middle: float, width: float) -> dict[int, float]:
    """Return the offset of each arrow at a box: the straight one in the middle, others beside it."""
    ordered = sorted(where, key=lambda number: (where[number], number))
    straight = [number for number in ordered if where[number] == middle]
    first = ordered.index(straight[0]) if straight else (len(ordered) - 1) / 2
    step = min(PORT, (width / 2 - 12) / max(len(ordered), 1))
    return {number: (at - first) * step for at, number in enumerate(ordered)}


def _tracked(found: list[Route], grid: Grid) -> Iterable[Route]:
    """Yield the routes with those in one gutter on different tracks wherever they would meet."""
    taken: dict[int, list[list[tuple[int, int]]]] = {}
    placed: dict[int, int] = {}
    for number in sorted(range(len(found)), key=lambda number: _length(found[number], grid)):
        run = found[number].run
        if run is not None and run.kind == "gutter":
            tracks = taken.setdefault(run.gutter, [])
            placed[number] = _first_free(tracks, _rows(found[number], grid))
    for number, route in enumerate(found):
        if number in placed and route.run is not None:
            yield replace(route, run=replace(route.run, track=placed[number]))
        else:
            yield route


def _length(route: Route, grid: Grid) -> int:
    top, bottom = _rows(route, grid)
    return bottom - top


def _rows(route: Route, grid: Grid) -> tuple[int, int]:
    """Return the first and last channel that an arrow touches."""
    ends = (grid.row[route.source] + 1, grid.row[route.target])
    return min(ends), max(ends)


def _first_free(tracks: list[list[tuple[int, int]]], rows: tuple[int, int]) -> int:
    top, bottom = rows
    for at, taken in enumerate(tracks):
        if all(bottom < other_top or other_bottom < top for other_top, other_bottom in taken):
            taken.append(rows)
            return at
    tracks.append([rows])
    return len(tracks) - 1
