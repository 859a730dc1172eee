"""Draws the single things of a picture: boxes with their lines, signs, letters, limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.report.diagram.face import CHIP, PAD, SIGN, STYLES, height
from duecourse.report.diagram.scene import Area, Circle, Group, Rect, Stroke, Text
from duecourse.report.diagram.svg import LANE_HUES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from duecourse.report.diagram.face import Face, Glyph, Line
    from duecourse.report.diagram.graph import Node
    from duecourse.report.diagram.limits import Limit
    from duecourse.report.diagram.scene import Item

STRIPE = 4.0
BAR = 6.0
BASELINE = 0.76


def hue(lane: int) -> str:
    """Return the class that gives a shape the colour of a lane."""
    return f"dc-lane{lane % LANE_HUES}"


def box(node: Node, face: Face, area: Area, *, final: bool) -> Group:
    """Return a stage or a box of steps with what stands on it."""
    if not node.stage:
        css, radius = ("dc-stays" if node.stays else "dc-box"), 3.0
        stripe = Area(area.x, area.y + 3, STRIPE, area.height - 6)
        shapes: list[Item] = [Rect(area, css, radius), Rect(stripe, hue(node.lane), 1.5)]
    elif final:
        inner = Area(area.x + 4, area.y + 4, area.width - 8, area.height - 8)
        shapes = [Rect(area, "dc-ring", area.height / 2), Rect(inner, "dc-end", inner.height / 2)]
    else:
        shapes = [Rect(area, "dc-stage", 12.0)]
    written = lines(face.lines, area, centred=bool(node.stage))
    return Group((*shapes, *written), face.hover, "dc-node", area)


def lines(
    face: Sequence[Line], area: Area, *, centred: bool = False, pad: float = PAD
) -> Iterator[Item]:
    """Yield lines of text from the top of an area, with their letters and signs."""
    top = area.y + (area.height - height(face)) / 2 if centred else area.y + pad - 2
    for line in face:
        style = STYLES[line.style]
        base = (
            top
            + line.above
            + style.leading * BASELINE
            + (line.height - line.above - style.leading) / 2
        )
        if centred:
            x = area.middle - (len(line.chips) - 1) * (CHIP + 2) / 2
        else:
            x = area.x + pad + (CHIP / 2 if line.chips else 0)
        on_end = line.style.startswith("end")
        yield from circle_letters(line.chips, x, base - style.size * 0.36, on_end=on_end)
        left = x + (CHIP + 2) * len(line.chips) - CHIP / 2 + 2 if line.chips else area.x + pad
        if line.glyph:
            yield from glyph(line.glyph, left, base)
            left += SIGN
        if line.text:
            yield Text(area.middle if centred else left, base, line.text, style, centred)
        top += line.height


def circle_letters(
    letters: Sequence[str], x: float, y: float, *, on_end: bool = False
) -> Iterator[Item]:
    """Yield letters in circles in a row; the first circle has its middle at the point."""
    ground, ink = ("dc-end-text", "dc-end") if on_end else ("dc-chip", "dc-chip-text")
    style = STYLES["chip"]
    style = type(style)(ink, style.size, style.leading, style.bold)
    for at, letter in enumerate(letters):
        middle = x + at * (CHIP + 2)
        yield Circle(middle, y, CHIP / 2, ground)
        yield Text(middle, y + style.size * 0.35, letter, style, centred=True)


def glyph(sign: Glyph, x: float, base: float) -> Iterator[Item]:
    """Yield a small sign: limits stop, run again, or get longer."""
    top = base - 8
    if sign == "pause":
        yield Rect(Area(x, top, 3, 8.5), "dc-sign", 1)
        yield Rect(Area(x + 5, top, 3, 8.5), "dc-sign", 1)
    elif sign == "resume":
        yield Stroke(((x + 1, top), (x + 8, top + 4.2), (x + 1, top + 8.5)), "dc-mark")
    else:
        yield Stroke(((x, top + 4.2), (x + 9, top + 4.2)), "dc-mark")
        yield Stroke(((x + 4.5, top), (x + 4.5, top + 8.5)), "dc-mark")


def tie(stage: Area, beside: Area) -> Group:
    """Return the dotted line between a stage and the box of steps that can be taken in it."""
    left, right = sorted((stage, beside), key=lambda area: area.x)
    y = stage.y + stage.height / 2
    return Group((Stroke(((left.right, y), (right.x, y)), "dc-tie"),))


def bar(limit: Limit, area: Area, length: float) -> Group:
    """Return the bar of a limit with what stands beside it; the area is that of both."""
    stem = Area(area.x, area.y, BAR, length)
    caps = (
        Rect(Area(area.x - 3, area.y, BAR + 6, 2.5), "dc-clock"),
        Rect(Area(area.x - 3, area.y + length - 2.5, BAR + 6, 2.5), "dc-clock"),
    )
    room = Area(area.x + BAR + 8, area.y, area.width - BAR - 8, area.height)
    written = lines(limit.lines, room, pad=2)
    return Group((Rect(stem, "dc-clock", 1), *caps, *written), limit.hover, "dc-limit", area)


def paragraph(face: Iterable[Line], x: float, top: float) -> tuple[list[Item], float]:
    """Return lines of text from a place downwards, and where they end."""
    face = tuple(face)
    items = list(lines(face, Area(x, top, 0, 0), pad=0))
    return items, top + height(face)
