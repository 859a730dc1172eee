"""Puts a procedure's picture together: title, legend, lanes, limits, boxes, arrows and notes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from duecourse.report.diagram.conditions import BESIDE, Condition, conditions
from duecourse.report.diagram.content import Content
from duecourse.report.diagram.draw import BAR, bar, box, hue, paragraph, tie
from duecourse.report.diagram.face import WIDTH, height, set_lines
from duecourse.report.diagram.graph import Graph, graph, lettered
from duecourse.report.diagram.grid import Grid, grid
from duecourse.report.diagram.lanes import circled
from duecourse.report.diagram.limits import WIDTH as LIMIT_WIDTH
from duecourse.report.diagram.limits import Limit, limits
from duecourse.report.diagram.notes import legend, notes
from duecourse.report.diagram.routes import nudged, routes
from duecourse.report.diagram.scene import Area, Circle, Group, Rect, Scene, Stroke
from duecourse.report.diagram.sheet import Sheet
from duecourse.report.words import in_force, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from duecourse.model.procedure import Label, Lang, Procedure
    from duecourse.report.diagram.face import Line
    from duecourse.report.diagram.graph import Node

MARGIN = 28.0
LEAST = 620.0
LIMIT_GAP = 14.0
MOST_NUDGES = 4
LABEL_ABOVE = 3.0


def picture(procedure: Procedure, lang: Lang, figures: Mapping[str, Label] | None = None) -> Scene:
    """Return the picture of a procedure under its default readings, every thing at its place."""
    return _Picture(procedure, lang, figures or {}).scene()


class _Picture:
    def __init__(self, procedure: Procedure, lang: Lang, figures: Mapping[str, Label]) -> None:
        self.procedure, self.lang = procedure, lang
        self.graph, self.grid = _placed(procedure, lang, figures)
        self.content = Content(self.graph, lang, figures)
        self.faces = {name: self.content.face(node) for name, node in self.graph.nodes.items()}
        self.heights = {name: face.height for name, face in self.faces.items()}
        self.aside = {node.name for node in self.graph.nodes.values() if node.home and node.stays}
        self.conditions = conditions(self.graph, lang)
        self.below: dict[str, float] = {}
        for (source, _), each in self.conditions.items():
            room = height(each.lines) + LABEL_ABOVE if each.lines else 0.0
            self.below[source] = max(self.below.get(source, 0.0), room)
        rooms = {edge: each.width for edge, each in self.conditions.items()}
        self.routes = routes(self.graph.edges, self.grid, WIDTH, rooms)
        for _ in range(MOST_NUDGES):
            if clashing := self.sheet().clashes:
                self.routes = nudged(self.routes, clashing)

    def scene(self) -> Scene:
        flat = self.sheet()
        placed = list(_beside(list(limits(self.graph, self.lang)), flat, self.boxes()))
        aside = max((area.right for _, area, _ in placed), default=0.0)
        left = MARGIN + (aside + LIMIT_GAP if placed else 0)
        width = max(flat.right + left + MARGIN, LEAST)
        head, top = self.head(width - 2 * MARGIN)
        names, body = self.lane_names(flat, left, top + 8)
        sheet = self.sheet(left, body)
        drawn = [
            *head,
            *self.bands(sheet, top + 8),
            *names,
            *self.arrows(sheet),
            *self.nodes(sheet),
            *(bar(limit, _moved(area, MARGIN, body), length) for limit, area, length in placed),
        ]
        lowest = max([sheet.bottom, *(body + area.bottom for _, area, _ in placed)])
        below, bottom = notes(self.graph, self.lang, MARGIN, lowest + 26, width - 2 * MARGIN)
        title = self.procedure.label.text(self.lang)
        tongue = "zh" if self.lang == "zh" else "en"
        return Scene(width, bottom + MARGIN, title, self.about(), tongue, (*drawn, *below))

    def sheet(self, left: float = 0, top: float = 0) -> Sheet:
        return Sheet(
            self.grid, self.heights, self.aside, self.routes, self.below, left=left, top=top
        )

    def boxes(self) -> dict[str, str]:
        """Return of each step that leads on the node in which it stands."""
        return {
            step: node.name
            for node in self.graph.nodes.values()
            for step in node.steps
            if node.name not in self.aside
        }

    def head(self, width: float) -> tuple[list[Group], float]:
        """Return title and legend, and where they end."""
        procedure, lang = self.procedure, self.lang
        title = set_lines(procedure.label.text(lang), "title", width)
        subtitle = procedure.text.text(lang)
        period = in_force(procedure.in_force, lang)
        if not any(str(each.year) in subtitle for each in procedure.in_force if each):
            subtitle += say(lang, f" · in force: {period}", f" · 施行：{period}")
        if procedure.amended_by:
            subtitle += say(lang, " · amended by: ", " · 修改：") + ", ".join(procedure.amended_by)
        items, top = paragraph([*title, *set_lines(subtitle, "subtitle", width)], MARGIN, MARGIN)
        keys, top = legend(self.graph, lang, MARGIN, top + 12, width)
        return [Group(tuple(items)), keys], top

    def lane_names(self, flat: Sheet, left: float, top: float) -> tuple[list[Group], float]:
        """Return the heads of the lanes, and where they end."""
        groups, ends = [], [top + 30]
        for number, _ in enumerate(self.graph.lanes):
            begin, end = flat.lane(number)
            if end > begin:
                face = self.lane_face(number, end - begin - 24)
                items, bottom = paragraph(face, left + begin + 12, top + 12)
                groups.append(Group(tuple(items)))
                ends.append(bottom)
        if left > MARGIN:
            heading = (
                "Time limits · 期限"
                if self.lang == "both"
                else say(self.lang, "Time limits", "期限")
            )
            items, _ = paragraph(set_lines(heading, "lane", left), MARGIN, top + 12)
            groups.append(Group(tuple(items)))
        return groups, max(ends) + 8

    def lane_face(self, number: int, width: float) -> list[Line]:
        face: list[Line] = []
        for actor in self.graph.lanes[number].actors:
            main, below = self.content.both(self.procedure.actor[actor].label)
            mark = circled(self.content.number[actor])
            face += set_lines(f"{mark} {main}", "lane", width, above=3 if face else 0)
            face += set_lines(below, "lane-zh", width)
        return face

    def bands(self, sheet: Sheet, top: float) -> Iterator[Group]:
        """Yield the grounds of the lanes, each with a strip of its colour on top."""
        for number, _ in enumerate(self.graph.lanes):
            begin, end = sheet.lane(number)
            ground = Area(begin, top, end - begin, sheet.bottom - top)
            css = "dc-band" if number % 2 == 0 else "dc-other"
            strip = Area(begin, top, end - begin, 4)
            yield Group((Rect(ground, css), Rect(strip, hue(number))))

    def arrows(self, sheet: Sheet) -> Iterator[Group]:
        for number, route in enumerate(self.routes):
            points = sheet.points(number)
            label = self.conditions.get((route.source, route.target), Condition((), ""))
            x, y = points[0]
            items, _ = paragraph(label.lines, x + BESIDE, y + LABEL_ABOVE)
            yield Group((Stroke(points, "dc-line", arrow=True), *items), label.hover)
        for node in self.graph.nodes.values():
            if node.home and node.stays and not node.letter:
                yield tie(sheet.area(f"stage {node.home[0]}"), sheet.area(node.name))
        start = f"stage {self.procedure.initial}"
        if start in self.grid.row:
            area = sheet.area(start)
            entered = any(route.target == start for route in self.routes)
            x, y = area.x + 22 if entered else area.middle, area.y
            yield Group(
                (
                    Circle(x, y - 20, 5, "dc-ink"),
                    Stroke(((x, y - 18), (x, y)), "dc-line", arrow=True),
                )
            )

    def nodes(self, sheet: Sheet) -> Iterator[Group]:
        for name, node in self.graph.nodes.items():
            final = bool(node.stage) and self.procedure.stage[node.stage].final
            yield box(node, self.faces[name], sheet.area(name), final=final)

    def about(self) -> str:
        """Return a paragraph for who cannot see the picture."""
        reach, procedure = self.graph.reach, self.procedure
        ends = [
            procedure.stage[each].label.en
            for each in procedure.stage
            if each in reach.stages and procedure.stage[each].final
        ]
        return (
            f"{procedure.text.en}. {len(reach.stages)} stages and {len(reach.sources)} steps in lanes "
            f"of who acts, under the readings chosen. A case begins in "
            f"“{procedure.stage[procedure.initial].label.en}” and can end in: {'; '.join(ends) or 'no stage'}."
        )


def _placed(procedure: Procedure, lang: Lang, figures: Mapping[str, Label]) -> tuple[Graph, Grid]:
    """Return the graph and where its nodes stand; boxes too far from their one stage get a letter."""
    whole = graph(procedure)
    content = Content(whole, lang, figures)
    where = grid(whole, {name: content.face(node).height for name, node in whole.nodes.items()})
    used = {letter for letters in whole.letters.values() for letter in letters}
    fresh = (letter for letter in lettered() if letter not in used)
    nodes, letters = dict(whole.nodes), dict(whole.letters)
    for name, node in whole.nodes.items():
        if node.home and not node.letter and not _neighbours(node, where):
            letter = next(fresh)
            nodes[name] = replace(node, letter=letter)
            letters[node.home[0]] = (*letters.get(node.home[0], ()), letter)
    return replace(whole, nodes=nodes, letters=letters), where


def _neighbours(node: Node, where: Grid) -> bool:
    home = f"stage {node.home[0]}"
    same_row = where.row[home] == where.row[node.name]
    return same_row and abs(where.column[home] - where.column[node.name]) == 1


def _beside(
    found: Sequence[Limit], sheet: Sheet, boxes: dict[str, str]
) -> Iterator[tuple[Limit, Area, float]]:
    """Yield the limits with the place of bar and text, and the length of the bar; none overlap."""
    ends: list[float] = []
    spans = {limit.clock: _span(limit, sheet, boxes) for limit in found}
    for limit in sorted(found, key=lambda limit: spans[limit.clock]):
        top, bottom = spans[limit.clock]
        tall = max(bottom - top, height(limit.lines) + 6)
        column = next((at for at, end in enumerate(ends) if end <= top), len(ends))
        ends[column : column + 1] = [top + tall + 10]
        x = column * (LIMIT_WIDTH + BAR + 14) + 3
        yield limit, Area(x, top, LIMIT_WIDTH + BAR + 4, tall), bottom - top


def _span(limit: Limit, sheet: Sheet, boxes: dict[str, str]) -> tuple[float, float]:
    areas = [sheet.area(f"stage {stage}") for stage in limit.stages]
    top, bottom = min(area.y for area in areas), max(area.bottom for area in areas)
    for step in filter(boxes.__contains__, limit.stops):
        stop = sheet.area(boxes[step])
        middle = stop.y + stop.height / 2
        bottom = max(bottom, middle)
    return top, bottom


def _moved(area: Area, right: float, down: float) -> Area:
    return Area(area.x + right, area.y + down, area.width, area.height)
