"""How wide a text is, in columns of a terminal or in ems of a picture, and where it breaks."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Measure = Callable[[str], float]

ELLIPSIS = "…"

# Advance widths of Noto Sans, the widest face of the stack that is common; hundredths of an em.
_NARROW = {26: " '`ijl", 28: "!,.:;·", 31: "()-|’", 35: "[]If{}t/\\“”", 42: '"r?_', 48: "csz"}
_WIDE = {64: "ACKRUhnuD#B", 76: "&GHN", 80: "OQw", 93: "%@MWm", 100: "…—"}
_HUNDREDTHS = {
    character: width
    for widths in (_NARROW, _WIDE)
    for width, characters in widths.items()
    for character in characters
}
_USUAL = 60
_BOLD = 1.07

# A break may follow a space, and stand before or after each Chinese character, except that no line
# begins with closing punctuation or ends with opening punctuation.
_CLOSING = "，。、；：？！）】》”’%）,.;:?!)]}…·"
_OPENING = "（【《“‘([{"
_TOKEN = re.compile(r"\s+|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+|.", re.DOTALL)


def columns(text: str) -> int:
    """Return how many columns a text takes in a terminal.

    >>> columns("Art. 9 预判")
    11
    """
    return sum(_columns(character) for character in text)


def ems(text: str) -> float:
    """Return about how wide a text is in a proportional face, in units of its size; never too little.

    >>> ems("预判")
    2.0
    """
    return sum(_ems(character) for character in text)


def bold_ems(text: str) -> float:
    """Return about how wide a text is in the bold weight of that face."""
    return sum(_ems(character) * (_BOLD if character.isascii() else 1) for character in text)


def wrap(text: str, limit: float, measure: Measure = columns) -> list[str]:
    """Return the lines of a text, none wider than the limit unless one character alone is.

    >>> wrap("the time for comments is over", 15)
    ['the time for', 'comments is', 'over']
    >>> wrap("书面回复意见（十五日）", 12)
    ['书面回复意见', '（十五日）']
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text, limit, measure):
        if line and measure((line + piece).rstrip()) > limit:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def shorten(text: str, limit: float, measure: Measure = columns) -> str:
    """Return the text, cut with an ellipsis where it is wider than the limit."""
    if measure(text) <= limit:
        return text
    while text and measure(text + ELLIPSIS) > limit:
        text = text[:-1]
    return text.rstrip() + ELLIPSIS


def _pieces(text: str, limit: float, measure: Measure) -> Iterator[str]:
    """Yield the parts between which a line may break, spaces at the end of the part before."""
    piece = ""
    for token in _TOKEN.findall(text):
        glued = token.isspace() or token[0] in _CLOSING or (piece and piece[-1] in _OPENING)
        if piece and not glued:
            yield from _bits(piece, limit, measure)
            piece = ""
        piece += " " if token.isspace() else token
    if piece:
        yield from _bits(piece, limit, measure)


def _bits(piece: str, limit: float, measure: Measure) -> Iterator[str]:
    """Yield a part as it is, or cut where no line could hold it."""
    while len(piece) > 1 and measure(piece.rstrip()) > limit:
        fits = next((n for n in range(len(piece) - 1, 1, -1) if measure(piece[:n]) <= limit), 1)
        yield piece[:fits]
        piece = piece[fits:]
    yield piece


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Cf", "Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _ems(character: str) -> float:
    if unicodedata.east_asian_width(character) in {"W", "F"} or not character.isascii():
        return _HUNDREDTHS.get(character, 100) / 100
    return _HUNDREDTHS.get(character, _USUAL) / 100
