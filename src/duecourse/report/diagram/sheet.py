"""Rows, columns, channels and gutters measured out: where on the sheet everything lies."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from duecourse.report.diagram.face import WIDTH
from duecourse.report.diagram.scene import Area
from duecourse.report.diagram.spans import Span, spans
from duecourse.report.diagram.tracks import Level, clashes, tracks

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from duecourse.report.diagram.grid import Grid
    from duecourse.report.diagram.routes import Route

GUTTER = 18.0
BORDER = 26.0
CHANNEL = 17.0
TURN = 6.0
TRACK = 8.0
BELOW_BOX = 9.0

Point = tuple[float, float]


class Sheet:
    """Where the boxes and arrows of a picture lie.

    Args:
        grid: the rows and columns.
        heights: of the boxes.
        aside: the boxes without arrows; a tall one may reach into the rows above and below its own.
        routes: the ways of the arrows.
        below: how much height something needs right below a box, beside the arrows that leave it.
        left, top: where the picture begins.

    Attributes:
        clashes: the arrows that lie on another one.
    """

    def __init__(  # noqa: PLR0913  (what is measured, and from where)
        self,
        grid: Grid,
        heights: Mapping[str, float],
        aside: Collection[str],
        routes: Sequence[Route],
        below: Mapping[str, float],
        *,
        left: float = 0,
        top: float = 0,
    ) -> None:
        self.grid, self.heights, self.routes = grid, heights, routes
        self.left, self.top = left, top
        self.strips = [0.0] * (grid.rows + 1)
        for name, strip in below.items():
            at = grid.row[name] + 1
            self.strips[at] = max(self.strips[at], strip)
        self._measure_columns()
        levels = self._levels()
        self.tracks = [tracks(each) for each in levels]
        self.clashes = {
            arrow
            for each, found in zip(levels, self.tracks, strict=True)
            for arrow in clashes(each, found)
        }
        self._measure_channels()
        self.row_heights = [0.0] * grid.rows
        for name, height in heights.items():
            if name not in aside:
                row = grid.row[name]
                self.row_heights[row] = max(self.row_heights[row], height)
        self.spans: dict[str, Span] = spans(self, aside, levels)
        self._measure_rows()

    def area(self, name: str) -> Area:
        """Return where a box lies: level with the middle of its row, as far as its rows allow."""
        row, height = self.grid.row[name], self.heights[name]
        top = self.rows[row] + (self.row_heights[row] - height) / 2
        if name in self.spans:
            span = self.spans[name]
            lowest = self.rows[span.last] + self.row_heights[span.last] - height
            top = max(min(top, lowest), self.rows[span.first])
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
        points = [(source.middle + route.leaves, source.bottom)]
        for channel, (x, onward) in self._turns(number):
            y = self._track_y(channel, number)
            if abs(x - onward) > 0.5:  # noqa: PLR2004  (less cannot be seen)
                points += [(x, y), (onward, y)]
        return (*points, (target.middle + route.enters, target.y))

    def _turns(self, number: int) -> list[tuple[int, tuple[float, float]]]:
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

    def _levels(self) -> list[list[Level]]:
        """Return the level parts of the arrows in each channel."""
        found: list[list[Level]] = [[] for _ in range(self.grid.rows + 1)]
        for number, route in enumerate(self.routes):
            first, last = self.grid.row[route.source] + 1, self.grid.row[route.target]
            for channel, (x, onward) in self._turns(number):
                ups: tuple[float, ...] = (x,)
                downs: tuple[float, ...] = (onward,)
                if last < first:
                    ups, downs = ((x, onward), ()) if channel == first else ((), (x, onward))
                if abs(x - onward) > 0.5:  # noqa: PLR2004  (as in `points`)
                    found[channel].append(Level(number, ups, downs))
        return found

    def _measure_columns(self) -> None:
        self.used = [0] * (self.grid.columns + 1)
        for route in self.routes:
            if route.run is not None and route.run.kind == "gutter":
                self.used[route.run.gutter] = max(self.used[route.run.gutter], route.run.track + 1)
        borders = {edge for lane in self.grid.lanes for edge in lane}
        self.gutters = [
            (BORDER if at in borders else GUTTER) + TRACK * count
            for at, count in enumerate(self.used)
        ]
        self.columns = [self._gutter_left(at) + self.gutters[at] for at in range(self.grid.columns)]
        self.right = self._gutter_left(self.grid.columns) + self.gutters[-1]

    def _measure_channels(self) -> None:
        self.channel_heights = [
            strip + CHANNEL + (TURN + TRACK * max(level.values()) if level else 0)
            for strip, level in zip(self.strips, self.tracks, strict=True)
        ]
        self.channel_heights[0] += TURN

    def _measure_rows(self) -> None:
        both = [
            channel + row
            for channel, row in zip(self.channel_heights, [*self.row_heights, 0], strict=True)
        ]
        self.channels = [self.top, *(self.top + each for each in accumulate(both))]
        self.rows = [
            start + height
            for start, height in zip(self.channels, self.channel_heights, strict=False)
        ]
        self.bottom = self.channels[-1]

    def _gutter_left(self, gutter: int) -> float:
        return self.left + sum(self.gutters[:gutter]) + gutter * WIDTH

    def _track_x(self, gutter: int, track: int) -> float:
        middle = self._gutter_left(gutter) + self.gutters[gutter] / 2
        return middle + (track - (self.used[gutter] - 1) / 2) * TRACK

    def _track_y(self, channel: int, number: int) -> float:
        track = TRACK * self.tracks[channel].get(number, 0)
        return self.channels[channel] + self.strips[channel] + BELOW_BOX + track

    def _middle(self, name: str) -> float:
        return self.columns[self.grid.column[name]] + WIDTH / 2
