"""Where each box stands: in which row, by the order of time, and in which column of its lane."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, permutations
from typing import TYPE_CHECKING

from duecourse.report.diagram.order import longest_path, ranks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from duecourse.report.diagram.graph import Graph, Node

FEW_COLUMNS = 5
NEW_COLUMN = 1500.0
"""What another column costs beside growing rows, in pixels of height: it is as tall as the picture."""
BY_LETTER = 60.0
"""What it costs that a box away from its only stage is found by a letter."""
LEAST_CHANNEL = 20.0
AWAY = 5
"""So many rows after its stage a box may stand at most."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows and columns of a picture.

    Attributes:
        row, column: of each node by its name; no two nodes share both.
        lanes: of each lane, its first column and the one after its last.
    """

    row: dict[str, int]
    column: dict[str, int]
    lanes: tuple[tuple[int, int], ...]

    @property
    def rows(self) -> int:
        """The number of rows."""
        return max(self.row.values(), default=0) + 1

    @property
    def columns(self) -> int:
        """The number of columns."""
        return max(self.column.values(), default=0) + 1

    def occupied(self) -> set[tuple[int, int]]:
        """Return the row and column of every node."""
        return {(self.row[name], self.column[name]) for name in self.row}


def grid(graph: Graph, heights: Mapping[str, float]) -> Grid:
    """Return where the nodes of a graph stand; heights keep tall boxes in rows that are tall anyway."""
    return _Placing(graph, heights).grid()


class _Placing:
    def __init__(self, graph: Graph, heights: Mapping[str, float]) -> None:
        self.graph, self.heights = graph, heights
        self.main = [node.name for node in graph.nodes.values() if not (node.home and node.stays)]
        self.aside = [node for node in graph.nodes.values() if node.home and node.stays]
        self.ordered = (*graph.edges, *graph.ties)
        self.row = ranks(self.main, self.ordered)
        self.taken: list[list[set[int]]] = [[] for _ in graph.lanes]
        self.slot: dict[str, int] = {}

    def grid(self) -> Grid:
        for run in self.runs():
            self.place(run)
        tall = dict.fromkeys(range(max(self.row.values(), default=0) + 1), 0.0)
        for name in self.main:
            tall[self.row[name]] = max(tall[self.row[name]], self.heights[name])
        for node in sorted(self.aside, key=lambda node: len(node.home)):
            self.place_aside(node, tall)
        return self.arranged()

    def runs(self) -> Iterable[list[str]]:
        """Yield stretches of nodes in one lane that follow each other, the longest paths first."""
        left = dict.fromkeys(self.main)
        while left:
            path = longest_path(left, self.graph.edges, self.row)
            run: list[str] = []
            for name in path:
                del left[name]
                if run and self.lane(run[-1]) != self.lane(name):
                    yield run
                    run = []
                run.append(name)
            yield run

    def lane(self, name: str) -> int:
        return self.graph.nodes[name].lane

    def place(self, run: list[str]) -> None:
        rows = range(self.row[run[0]], self.row[run[-1]] + 1)
        columns = self.taken[self.lane(run[0])]
        at = next((at for at, taken in enumerate(columns) if taken.isdisjoint(rows)), len(columns))
        self.put(run[0], at, rows)
        self.slot |= dict.fromkeys(run, at)

    def put(self, name: str, at: int, rows: Iterable[int]) -> None:
        columns = self.taken[self.lane(name)]
        if at == len(columns):
            columns.append(set())
        columns[at].update(rows)

    def place_aside(self, node: Node, tall: dict[int, float]) -> None:
        """Place a box without arrows in a row of one of its stages or soon after, where it costs least."""
        columns, best = self.taken[node.lane], (float("inf"), 0, 0)
        for row, apart in self.rows_near(node):
            for at in range(len(columns) + 1):
                if at == len(columns) or row not in columns[at]:
                    growth, _ = self.growth(node, row, at, tall)
                    new = NEW_COLUMN if at == len(columns) else 0
                    best = min(best, (growth + new + apart + self.far(node, row, at), row, at))
        _, row, at = best
        growth, rows = self.growth(node, row, at, tall)
        self.row[node.name], self.slot[node.name] = row, at
        self.put(node.name, at, rows)
        tall[row] += growth

    def growth(
        self, node: Node, row: int, at: int, tall: dict[int, float]
    ) -> tuple[float, list[int]]:
        """Return by how much a row would grow for a box, and the free rows over which the box reaches."""
        rows, lacking = [row], self.heights[node.name] - tall[row]
        for further in (row + 1, row - 1):
            if lacking > 0 and further in tall and further not in self.busy(node.lane, at):
                rows.append(further)
                lacking -= tall[further] + LEAST_CHANNEL
        return max(lacking, 0.0), rows

    def rows_near(self, node: Node) -> Iterable[tuple[int, float]]:
        """Yield the rows of the stages of a box and those below them, with what it costs to be there."""
        homes = {self.row[f"stage {stage}"] for stage in node.home}
        last = max(self.row.values())
        for row in sorted({row + more for row in homes for more in range(AWAY + 1)}):
            if row <= last:
                yield row, 0.0 if row in homes else (0.0 if node.letter else BY_LETTER)

    def far(self, node: Node, row: int, at: int) -> float:
        """Return how undesirable a place is: late, away from the stage, or in the way of the eye."""
        home = f"stage {node.home[0]}"
        late = 4 * (row - self.row[home])
        between = len({row - 1, row + 1} & self.busy(node.lane, at))
        if node.letter or self.lane(home) != node.lane:
            return late + 40 * between
        return late + 30 * max(abs(self.slot[home] - at) - 1, 0)

    def busy(self, lane: int, at: int) -> set[int]:
        columns = self.taken[lane]
        return columns[at] if at < len(columns) else set()

    def arranged(self) -> Grid:
        """Return the grid with the columns of each lane in the order that makes the arrows short."""
        orders = [list(range(len(columns))) for columns in self.taken]
        for _ in range(2):
            for lane in range(len(orders)):
                choices = _choices(orders[lane])
                orders[lane] = min(choices, key=lambda order: self.cost(orders, lane, order))
        column = self.columns(orders)
        edges, start = [], 0
        for order in orders:
            edges.append((start, start + len(order)))
            start += len(order)
        return Grid(self.row, column, tuple(edges))

    def columns(self, orders: list[list[int]]) -> dict[str, int]:
        starts = [sum(map(len, orders[:lane])) for lane in range(len(orders))]
        return {
            name: starts[self.lane(name)] + orders[self.lane(name)].index(at)
            for name, at in self.slot.items()
        }

    def cost(self, orders: list[list[int]], lane: int, order: list[int]) -> float:
        column = self.columns([*orders[:lane], order, *orders[lane + 1 :]])
        arrows = sum(abs(column[one] - column[other]) for one, other in self.graph.edges)
        beside = sum(
            3 * abs(column[node.name] - column[f"stage {node.home[0]}"])
            for node in self.aside
            if not node.letter
        )
        return arrows + beside


def _choices(order: list[int]) -> list[list[int]]:
    """Return the orders to try: all of few columns, of many those with two exchanged."""
    if len(order) <= FEW_COLUMNS:
        return [list(each) for each in permutations(sorted(order))]
    found = [order]
    for one, other in combinations(range(len(order)), 2):
        swapped = order.copy()
        swapped[one], swapped[other] = swapped[other], swapped[one]
        found.append(swapped)
    return found
