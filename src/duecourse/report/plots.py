"""A plot as a value: drawn by matplotlib, coloured by the page that shows it, its numbers beside it as a table.

Text stays text, so that the reader's own fonts set it, Chinese included. Colours are drawn as stand-ins and become
variables of the page, so that one drawing serves light and dark.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any

from duecourse.model.procedure import Label
from duecourse.report.tables import HUNDRED
from duecourse.report.wrapping import ems, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.typing import RcKeyType

    from duecourse.model.procedure import Lang
    from duecourse.report.tables import Table
    from duecourse.simulations.result import Result

WIDTH = 4.8
"""Inches; 345.6 units of the drawing, which a page shows about one and a half times as large."""

POINTS = 72
LEFT = 0.02
RIGHT = 0.975
"""The shares of the width where axes begin and end; beyond is room for half of the last number."""

FACES = "Helvetica, Arial, 'Noto Sans CJK SC', sans-serif"
"""Of a drawing that stands alone: the reader's own."""

TINY = 5.2
SMALL = 7.4
USUAL = 8.5

# Okabe and Ito's hues, which people with any kind of colour vision tell apart; the page gives each
# name a shade for light and one for dark. These are the shades for light, for a drawing on its own.
COLOURS = {
    "ink": "#16191d",
    "soft": "#565d67",
    "rule": "#d9dce1",
    "ground": "#ffffff",
    "a": "#0072b2",
    "b": "#d55e00",
    "c1": "#0072b2",
    "c2": "#009e73",
    "c3": "#8a6d00",
    "c4": "#b0508c",
    "c5": "#d55e00",
}
_STAND_INS = {name: f"#0000{index:02x}" for index, name in enumerate(COLOURS, start=1)}
_SETTINGS: dict[RcKeyType, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "duecourse",
    "font.family": ["DejaVu Sans"],  # comes with matplotlib: the same layout on every machine
    "font.size": USUAL,
    "axes.linewidth": 0.8,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
}


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a legend.

    Attributes:
        colour: a name in `COLOURS`.
        shape: `line`, `bar`, `mark` (where a limit lies) or `dot`.
    """

    colour: str
    shape: str
    label: Label


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing with everything that a reader needs to read it.

    Attributes:
        id: its name in the page.
        title: what it shows.
        unit: of the axis, and how the numbers were got.
        keys: the legend.
        note: what to look at, or to beware of.
        svg: the drawing.
        table: the numbers in it.
    """

    id: str
    title: Label
    unit: Label
    keys: tuple[Key, ...]
    note: Label
    svg: str
    table: Table


def colour(name: str) -> str:
    """Return what to draw with in place of a colour of the page."""
    return _STAND_INS[name]


def canvas(
    height: float, *, left: float = LEFT, bottom: float = 24, top: float = 6
) -> tuple[Figure, Axes]:
    """Return an empty drawing with quiet axes.

    Args:
        height: in units of the drawing, of which there are 345.6 across.
        left: the share of the width left of the axes.
        bottom: the margin below the axes, in units.
        top: the margin above them.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(_SETTINGS):
        figure = Figure(figsize=(WIDTH, height / POINTS))
        box = (left, bottom / height, RIGHT - left, 1 - (bottom + top) / height)
        axes = figure.add_axes(box)
    figure.patch.set_alpha(0)
    axes.patch.set_alpha(0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(colour("soft"))
    axes.tick_params(colors=colour("soft"), labelsize=USUAL, labelcolor=colour("soft"))
    axes.grid(axis="x", color=colour("rule"), linewidth=0.7)
    axes.set_axisbelow(True)
    return figure, axes


def drawn(figure: Figure, name: str, title: Label, lang: Lang = "both") -> str:
    """Return a drawing as an SVG element that takes its colours and fonts from the page.

    Args:
        figure: the drawing.
        name: goes before every id in it, so that several may stand in one page.
        title: what a screen reader says.
        lang: in which language it says so.
    """
    from matplotlib import rc_context

    buffer = StringIO()
    with rc_context(_SETTINGS), warnings.catch_warnings():
        # The face used for measuring has no Chinese glyphs; the reader's browser has.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
        figure.savefig(buffer, format="svg", metadata=nothing, transparent=True)
    return _themed(_freed(buffer.getvalue(), name, title, lang))


MARGIN = 7
LEADING = 1.4
"""Around what stands above a drawing of its own, and from line to line in it, in units and in sizes."""


def standalone(plot: Plot, lang: Lang = "both") -> str:
    """Return a plot as a file of its own, with its title, in the colours for light and on white."""
    found = re.sub(r"var\(--[\w-]+,(#[0-9a-f]{6})\)", r"\1", plot.svg)
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', found)
    assert box is not None
    width = float(box[1])
    head, top = _header(plot, lang, width)
    height = float(box[2]) + top
    found = found.replace(box[0], f'viewBox="0 {-top:g} {width:g} {height:g}"', 1)
    end = found.index(">") + 1
    ground = f'<rect y="{-top:g}" width="100%" height="100%" fill="{COLOURS["ground"]}"/>'
    start = found[: end - 1] + f' font-family="{FACES}">'
    return f"{start}\n{ground}\n{head}{found[end:]}\n"


def _header(plot: Plot, lang: Lang, width: float) -> tuple[str, float]:
    """Return title, unit and note above a drawing, in lines that fit into its width, and how high they are."""
    lines: list[tuple[str, float]] = []
    for label, size in ((plot.title, USUAL), (plot.unit, TINY), (plot.note, TINY)):
        for words in (label.en, label.zh) if lang == "both" and label.zh else (label.text(lang),):
            room = (width - 2 * MARGIN) / size
            lines += [(line, size) for line in wrap(words, room, ems)]
    top = MARGIN + sum(LEADING * size for _, size in lines)
    y, drawn_lines = MARGIN - top, []
    for line, size in lines:
        y += LEADING * size
        shown = line.replace("&", "&amp;").replace("<", "&lt;")
        style = f'x="{MARGIN}" y="{y - size / 3:.1f}" font-size="{size}" fill="{COLOURS["ink"]}"'
        drawn_lines.append(f"<text {style}>{shown}</text>")
    return "\n".join(drawn_lines), top


def replications(result: Result) -> Label:
    """Return how the numbers of a plot were got."""
    level = f"{result.level * HUNDRED:g} %"
    return Label(
        f"{result.replications} replications, {level} intervals",
        f"{result.replications}次重复，{level}置信区间",
    )


def hues(results: Sequence[Result]) -> str:
    """Return the colours of one scenario or of two, one letter each."""
    return "ab"[-len(results) :]


def legend(results: Sequence[Result], shape: str) -> tuple[Key, ...]:
    """Return the legend of one scenario or of two."""
    return tuple(
        Key(hue, shape, each.scenario.label)
        for hue, each in zip(hues(results), results, strict=True)
    )


def beside(label: Label, lang: Lang) -> str:
    """Return words for an axis, where both languages stand in one line."""
    return f"{label.en}  {label.zh}" if lang == "both" else label.text(lang)


def name_row(axes: Axes, lines: tuple[float, float], label: Label, lang: Lang) -> None:
    """Write the name of a row above it: English with Chinese below, or one language next to the row."""
    main, below = label.text("en" if lang == "both" else lang), label.zh if lang == "both" else ""
    first, second = lines if below else (lines[1], lines[1])
    axes.text(0, first, main, fontsize=USUAL, color=colour("ink"), va="baseline")
    if below:
        axes.text(0, second, below, fontsize=USUAL - 0.5, color=colour("soft"), va="baseline")


def _freed(svg: str, name: str, title: Label, lang: Lang) -> str:
    """Return an SVG document as an element: without head, size, font, and style for the whole page."""
    body = svg[svg.index("<svg") :].strip()
    body = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", body, count=1, flags=re.DOTALL)
    body = re.sub(r' font-family: [^;"]*;', "", body)
    used = set(re.findall(r"#([\w.-]+)[\")]", body))
    body = re.sub(
        r' id="([\w.-]+)"', lambda m: f' id="{name}-{m[1]}"' if m[1] in used else "", body
    )
    body = re.sub(r'="#([\w.-]+)"', rf'="#{name}-\1"', body)
    body = re.sub(r"url\(#([\w.-]+)\)", rf"url(#{name}-\1)", body)
    body = re.sub(r"\s*\n\s*", "\n", body)
    box = re.search(r'viewBox="[^"]*"', body)
    assert box is not None
    words = title.text(lang).replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'class="plot" role="img" aria-label="{words}" {box[0]}>'
    )
    return head + body[body.index(">") + 1 :]


def _themed(svg: str) -> str:
    for name, stand_in in _STAND_INS.items():
        svg = svg.replace(stand_in, f"var(--{name},{COLOURS[name]})")
    return svg
