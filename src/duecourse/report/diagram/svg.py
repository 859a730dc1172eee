"""A scene as SVG: one file that needs no other, in light and dark, readable by eye and by machine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal
from xml.sax.saxutils import escape

from duecourse.report.diagram.scene import Circle, Rect, Stroke, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from duecourse.report.diagram.scene import Group, Item, Scene

Theme = Literal["auto", "light", "dark"]

FONTS = "Inter, 'Noto Sans', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
CORNER = 7.0
HEAD = (7.0, 3.6)

# The hues of Okabe and Ito, which people with any kind of colour vision tell apart; light and dark
# shades of them keep the contrast on the two grounds.
LANE_HUES = 7
_LIGHT: Mapping[str, str | tuple[str, ...]] = {
    "ground": "#ffffff",
    "band": "#f4f5f7",
    "other": "#fafafb",
    "rule": "#d9dce1",
    "ink": "#16191d",
    "soft": "#565d67",
    "line": "#5b636e",
    "box": "#ffffff",
    "edge": "#b4bac3",
    "end": "#20252c",
    "end-text": "#ffffff",
    "chip": "#20252c",
    "chip-text": "#ffffff",
    "lane": ("#0072b2", "#d55e00", "#009e73", "#b0508c", "#3a96c9", "#b37b00", "#5b636e"),
}
_DARK: Mapping[str, str | tuple[str, ...]] = {
    "ground": "#12151a",
    "band": "#1a1e25",
    "other": "#161a20",
    "rule": "#333a45",
    "ink": "#eef0f3",
    "soft": "#a7afbb",
    "line": "#8e97a4",
    "box": "#20252d",
    "edge": "#667180",
    "end": "#e8eaee",
    "end-text": "#14171c",
    "chip": "#e8eaee",
    "chip-text": "#14171c",
    "lane": ("#56b4e9", "#f08a3c", "#2fc79b", "#dd90bd", "#8fd0f2", "#e6b422", "#a7afbb"),
}
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SHAPES = """\
.dc text{font-family:FONTS;font-weight:400}
.dc .b{font-weight:700}
.dc .dc-line{fill:none;stroke-width:1.5}
.dc .dc-mark{fill:none;stroke-width:1.8}
.dc .dc-tie{fill:none;stroke-width:1.3;stroke-dasharray:2 3}
.dc .dc-stays{stroke-width:1.2;stroke-dasharray:5 3}
.dc .dc-box,.dc .dc-stage{stroke-width:1.2}
.dc .dc-stage{stroke-width:2}
.dc .dc-ring{fill:none;stroke-width:1.6}
.dc .dc-node:hover .dc-box,.dc .dc-node:hover .dc-stage,.dc .dc-node:hover .dc-stays{stroke-width:3}
"""


def render(scene: Scene, theme: Theme = "auto") -> str:
    """Return a scene as an SVG document.

    Args:
        scene: what to draw.
        theme: `light`, `dark`, or `auto`, which follows the reader's setting.
    """
    width, height = _number(scene.width), _number(scene.height)
    about = f'class="dc" lang="{scene.lang}" role="img" width="{width}" height="{height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {about} viewBox="0 0 {width} {height}">',
        f"<title>{_plain(scene.title)}</title>",
        f"<desc>{_plain(scene.about)}</desc>",
        f"<style>\n{_style(theme)}</style>",
        f'<rect class="dc-ground" width="{width}" height="{height}"/>',
    ]
    for group in scene.groups:
        lines += _group(group)
    return "\n".join([*lines, "</svg>"]) + "\n"


def _style(theme: Theme) -> str:
    shapes = _SHAPES.replace("FONTS", FONTS)
    if theme != "auto":
        return shapes + _colours(_DARK if theme == "dark" else _LIGHT)
    dark = _colours(_DARK)
    return f"{shapes}{_colours(_LIGHT)}@media (prefers-color-scheme:dark){{\n{dark}}}\n"


def _colours(palette: Mapping[str, str | tuple[str, ...]]) -> str:
    fills = ("ground", "band", "other", "ink", "soft", "end-text", "chip", "chip-text")
    rules = [f".dc .dc-{name}{{fill:{palette[name]}}}" for name in fills]
    rules += [
        f".dc .dc-line,.dc .dc-tie{{stroke:{palette['line']}}}",
        f".dc .dc-head{{fill:{palette['line']}}}",
        f".dc .dc-mark{{stroke:{palette['ink']}}}",
        f".dc .dc-sign,.dc .dc-clock{{fill:{palette['ink']}}}",
        f".dc .dc-rule{{fill:none;stroke:{palette['rule']}}}",
        f".dc .dc-box,.dc .dc-stays{{fill:{palette['box']};stroke:{palette['edge']}}}",
        f".dc .dc-stage{{fill:{palette['box']};stroke:{palette['ink']}}}",
        f".dc .dc-end{{fill:{palette['end']}}}",
        f".dc .dc-ring{{stroke:{palette['end']}}}",
    ]
    rules += [f".dc .dc-lane{at}{{fill:{hue}}}" for at, hue in enumerate(palette["lane"])]
    return "\n".join(rules) + "\n"


def _group(group: Group) -> Iterator[str]:
    css = f' class="{group.css}"' if group.css else ""
    yield f"<g{css}>"
    if group.hover:
        yield f"<title>{_plain(group.hover)}</title>"
    for item in group.items:
        yield from _item(item)
    yield "</g>"


def _item(item: Item) -> Iterator[str]:
    match item:
        case Rect(area, css, radius):
            place = f'x="{_number(area.x)}" y="{_number(area.y)}"'
            size = f'width="{_number(area.width)}" height="{_number(area.height)}"'
            round_ = f' rx="{_number(radius)}"' if radius else ""
            yield f'<rect class="{css}" {place} {size}{round_}/>'
        case Circle(x, y, radius, css):
            yield f'<circle class="{css}" cx="{_number(x)}" cy="{_number(y)}" r="{_number(radius)}"/>'
        case Text():
            yield _text(item)
        case Stroke(points, css, arrow):
            yield f'<path class="{css}" d="{_path(points)}"/>'
            if arrow:
                yield f'<path class="dc-head" d="{_head(points)}"/>'


def _text(item: Text) -> str:
    bold = " b" if item.style.bold else ""
    anchor = ' text-anchor="middle"' if item.centred else ""
    place = f'x="{_number(item.x)}" y="{_number(item.y)}" font-size="{_number(item.style.size)}"'
    return f'<text class="{item.style.css}{bold}" {place}{anchor}>{_plain(item.text)}</text>'


def _path(points: tuple[tuple[float, float], ...]) -> str:
    """Return a path through points with round corners."""
    parts = [f"M{_pair(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(CORNER, _length(before, corner) / 2, _length(corner, after) / 2)
        parts.append(f"L{_pair(_from(corner, before, radius))}")
        parts.append(f"Q{_pair(corner)} {_pair(_from(corner, after, radius))}")
    return "".join([*parts, f"L{_pair(points[-1])}"])


def _head(points: tuple[tuple[float, float], ...]) -> str:
    """Return an arrowhead at the last point, which is entered from above."""
    x, y = points[-1]
    long, half = HEAD
    return f"M{_pair((x, y))}L{_pair((x - half, y - long))}L{_pair((x + half, y - long))}Z"


def _length(one: tuple[float, float], other: tuple[float, float]) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _from(
    corner: tuple[float, float], towards: tuple[float, float], way: float
) -> tuple[float, float]:
    whole = _length(corner, towards) or 1
    share = way / whole
    return (
        corner[0] + (towards[0] - corner[0]) * share,
        corner[1] + (towards[1] - corner[1]) * share,
    )


def _pair(point: tuple[float, float]) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _plain(text: str) -> str:
    """Return a text for XML; characters that XML cannot hold are left out."""
    return escape(_NOT_XML.sub("", text))
