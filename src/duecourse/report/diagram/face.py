"""What stands on a box of the picture: lines of text, wrapped by their width, and its size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from duecourse.report.wrapping import bold_ems, ems, shorten, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH = 208.0
PAD = 9.0
CHIP = 16.0
SIGN = 13.0
ROOM = WIDTH - 2 * PAD

Glyph = Literal["", "pause", "resume", "longer"]


@dataclass(frozen=True, slots=True)
class Style:
    """A way to set text: its class in the picture, size, line height and weight."""

    css: str
    size: float
    leading: float
    bold: bool = False

    def width(self, text: str) -> float:
        """Return how wide a text is."""
        return self.size * (bold_ems if self.bold else ems)(text)


STYLES = {
    "title": Style("dc-ink", 23, 30, bold=True),
    "subtitle": Style("dc-soft", 14, 20),
    "lane": Style("dc-ink", 12.5, 17, bold=True),
    "lane-zh": Style("dc-soft", 12, 16),
    "stage": Style("dc-ink", 13, 17, bold=True),
    "stage-zh": Style("dc-ink", 12.5, 17),
    "end": Style("dc-end-text", 13, 17, bold=True),
    "end-zh": Style("dc-end-text", 12.5, 17),
    "eyebrow": Style("dc-soft", 10.5, 15, bold=True),
    "step": Style("dc-ink", 12, 15.5),
    "step-zh": Style("dc-soft", 11.5, 15.5),
    "limit": Style("dc-ink", 15, 20, bold=True),
    "note": Style("dc-soft", 11, 15),
    "branch": Style("dc-soft", 10.5, 13.5),
    "chip": Style("dc-chip-text", 10.5, 14, bold=True),
    "heading": Style("dc-ink", 12.5, 19, bold=True),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line on a box: text, letters in circles before it, a sign after it, space above it."""

    text: str
    style: str
    chips: tuple[str, ...] = ()
    glyph: Glyph = ""
    above: float = 0.0

    @property
    def height(self) -> float:
        """How much height it takes."""
        return max(STYLES[self.style].leading, CHIP + 2 if self.chips else 0) + self.above


@dataclass(frozen=True, slots=True)
class Face:
    """The lines of a box, how large they make it, and what it says when pointed at."""

    lines: tuple[Line, ...]
    hover: str
    width: float = WIDTH

    @property
    def height(self) -> float:
        """The height of the box."""
        return sum(line.height for line in self.lines) + 2 * PAD - 3


def set_lines(
    text: str, style: str, width: float = ROOM, most: int = 0, above: float = 0.0
) -> list[Line]:
    """Return a text as lines of a style, cut with an ellipsis after the most that may be (0: all)."""
    if not text:
        return []
    lines = wrap(text, width, STYLES[style].width)
    if most and len(lines) > most:
        last = shorten(lines[most - 1] + " …", width - STYLES[style].width("…"))
        lines = [*lines[: most - 1], shorten(f"{last.rstrip(' …')}…", width, STYLES[style].width)]
    return [Line(line, style, above=above if at == 0 else 0) for at, line in enumerate(lines)]


def height(lines: Iterable[Line]) -> float:
    """Return how much height some lines take."""
    return sum(line.height for line in lines)
