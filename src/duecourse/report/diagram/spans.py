"""Lets a tall box without arrows reach over several rows, so that it does not push them apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.report.diagram.face import WIDTH

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from duecourse.report.diagram.routes import Route
    from duecourse.report.diagram.sheet import Sheet
    from duecourse.report.diagram.tracks import Level

CLEAR = 8.0


@dataclass(frozen=True, slots=True)
class Span:
    """The rows over which a box reaches."""

    first: int
    last: int


def spans(
    sheet: Sheet, aside: Collection[str], levels: Sequence[Sequence[Level]]
) -> dict[str, Span]:
    """Return the rows of each box aside; a row in which one finds no room becomes higher.

    Args:
        sheet: columns, channels and the heights that the rows have without these boxes.
        aside: the boxes.
        levels: the level parts of the arrows in each channel, which no box may cover.
    """
    room = _Room(sheet, levels)
    return {
        name: room.span(name)
        for name in sorted(aside, key=lambda name: (-sheet.heights[name], name))
    }


class _Room:
    def __init__(self, sheet: Sheet, levels: Sequence[Sequence[Level]]) -> None:
        self.sheet, self.levels = sheet, levels
        self.taken = sheet.grid.occupied()
        for route in sheet.routes:
            self.taken.update(_run_cells(route, sheet))

    def span(self, name: str) -> Span:
        """Return the rows of a box and take them."""
        row, column = self.sheet.grid.row[name], self.sheet.grid.column[name]
        span = Span(row, row)
        while (lacking := self.lacking(name, span)) > 0:
            wider = [
                each
                for each in (Span(span.first, span.last + 1), Span(span.first - 1, span.last))
                if self.is_free(each, span, column)
            ]
            if not wider:
                self.sheet.row_heights[row] += lacking
                break
            span = min(wider, key=lambda each: abs(each.first + each.last - 2 * row))
        self.taken |= {(each, column) for each in range(span.first, span.last + 1)}
        return span

    def lacking(self, name: str, span: Span) -> float:
        """Return how much higher a box is than its rows with the channels between them."""
        rows = sum(self.sheet.row_heights[span.first : span.last + 1])
        channels = sum(self.sheet.channel_heights[span.first + 1 : span.last + 1])
        return self.sheet.heights[name] - rows - channels

    def is_free(self, wider: Span, span: Span, column: int) -> bool:
        """Return whether the row that a wider span adds is free, and the channel on the way to it."""
        row = wider.last if wider.last > span.last else wider.first
        channel = row if wider.last > span.last else row + 1
        if not 0 <= row < self.sheet.grid.rows or (row, column) in self.taken:
            return False
        left = self.sheet.columns[column] - CLEAR
        right = left + WIDTH + 2 * CLEAR
        return not any(each.left < right and left < each.right for each in self.levels[channel])


def _run_cells(route: Route, sheet: Sheet) -> Iterable[tuple[int, int]]:
    """Return the cells through which an arrow runs down a column."""
    if route.run is None or route.run.kind == "gutter":
        return []
    grid = sheet.grid
    column = grid.column[route.source if route.run.kind == "from" else route.target]
    return [(row, column) for row in range(grid.row[route.source] + 1, grid.row[route.target])]
