"""Rows, columns, channels and gutters measured out: where on the sheet everything lies."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from duecourse.report.diagram.face import WIDTH
from duecourse.report.diagram.scene import Area
from duecourse.report.diagram.tracks import Level, tracks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duecourse.report.diagram.grid import Grid
    from duecourse.report.diagram.routes import Route

GUTTER = 22.0
BORDER = 32.0
CHANNEL = 26.0
TRACK = 8.0
BELOW_BOX = 9.0

Point = tuple[float, float]


class Sheet:
    """Where the boxes and arrows of a picture lie.

    Args:
        grid: the rows and columns.
        heights: of the boxes.
        routes: the ways of the arrows.
        left, top: where the picture begins.
    """

    def __init__(
        self,
        grid: Grid,
        heights: Mapping[str, float],
        routes: Sequence[Route],
        left: float,
        top: float,
    ) -> None:
        self.grid, self.heights, self.routes = grid, heights, routes
        self.used = self._gutter_loads()
        borders = {edge for lane in grid.lanes for edge in lane}
        self.gutters = [
            (BORDER if at in borders else GUTTER) + TRACK * count
            for at, count in enumerate(self.used)
        ]
        self.columns = [
            left + sum(self.gutters[: at + 1]) + at * WIDTH for at in range(grid.columns)
        ]
        self.left = left
        self.right = left + sum(self.gutters) + grid.columns * WIDTH
        self.top = top
        self.level = self._levels()
        self._measure_rows()

    def area(self, name: str) -> Area:
        """Return where a box lies: in the middle of its row."""
        row, height = self.grid.row[name], self.heights[name]
        top = self.rows[row] + (self.row_heights[row] - height) / 2
        return Area(self.columns[self.grid.column[name]], top, WIDTH, height)

    def lane(self, number: int) -> tuple[float, float]:
        """Return the left and right edge of a lane: in the middle of the gutters beside it."""
        first, after = self.grid.lanes[number]
        left = self._gutter_left(first) + (self.gutters[first] / 2 if first else 0)
        last = after == self.grid.columns
        right = self._gutter_left(after) + self.gutters[after] / (1 if last else 2)
        return left, right

    def points(self, number: int) -> tuple[Point, ...]:
        """Return the corners of an arrow."""
        route = self.routes[number]
        source, target = self.area(route.source), self.area(route.target)
        begin = (source.middle + route.leaves, source.bottom)
        end = (target.middle + route.enters, target.y)
        points = [begin]
        for channel, (x, onward) in self._turns(number):
            y = self._track_y(channel, number)
            if abs(x - onward) > 0.5:  # noqa: PLR2004  (less cannot be seen)
                points += [(x, y), (onward, y)]
        return (*points, end)

    def channel(self, row: int) -> float:
        """Return where the channel above a row begins."""
        return self.channels[row]

    def _turns(self, number: int) -> list[tuple[int, tuple[float, ...]]]:
        """Return the channels in which an arrow goes sideways, with from where to where."""
        route = self.routes[number]
        leaves = self._middle(route.source) + route.leaves
        enters = self._middle(route.target) + route.enters
        first, last = self.grid.row[route.source] + 1, self.grid.row[route.target]
        if route.run is None:
            return [(first, (leaves, enters))]
        upright = {"from": leaves, "to": enters}.get(route.run.kind)
        if upright is None:
            upright = self._track_x(route.run.gutter, route.run.track)
        return [(first, (leaves, upright)), (last, (upright, enters))]

    def _levels(self) -> list[dict[int, int]]:
        """Return of each channel the track of each arrow that goes sideways in it."""
        found: list[list[Level]] = [[] for _ in range(self.grid.rows + 1)]
        for number, route in enumerate(self.routes):
            first, last = self.grid.row[route.source] + 1, self.grid.row[route.target]
            back = last < first
            for channel, ends in self._turns(number):
                ups, downs = ends[:1], ends[1:]
                if back:
                    ups, downs = (ends, ()) if channel == first else ((), ends)
                found[channel].append(Level(number, ups, downs))
        return [tracks([each for each in levels if each.left < each.right]) for levels in found]

    def _gutter_loads(self) -> list[int]:
        """Return how many tracks each gutter needs."""
        used = [0] * (self.grid.columns + 1)
        for route in self.routes:
            if route.run is not None and route.run.kind == "gutter":
                used[route.run.gutter] = max(used[route.run.gutter], route.run.track + 1)
        return used

    def _measure_rows(self) -> None:
        grid = self.grid
        self.row_heights = [0.0] * grid.rows
        for name, height in self.heights.items():
            row = grid.row[name]
            self.row_heights[row] = max(self.row_heights[row], height)
        heights = [CHANNEL + TRACK * max(level.values(), default=0) for level in self.level]
        both = [channel + row for channel, row in zip(heights, [*self.row_heights, 0], strict=True)]
        self.channels = [self.top, *(self.top + each for each in accumulate(both))]
        self.rows = [start + height for start, height in zip(self.channels, heights, strict=False)]
        self.bottom = self.channels[-1]

    def _gutter_left(self, gutter: int) -> float:
        return self.left + sum(self.gutters[:gutter]) + gutter * WIDTH

    def _track_x(self, gutter: int, track: int) -> float:
        count = self.used[gutter]
        middle = self._gutter_left(gutter) + self.gutters[gutter] / 2
        return middle + (track - (count - 1) / 2) * TRACK

    def _track_y(self, channel: int, number: int) -> float:
        return self.channels[channel] + BELOW_BOX + TRACK * self.level[channel].get(number, 0)

    def _middle(self, name: str) -> float:
        return self.columns[self.grid.column[name]] + WIDTH / 2
