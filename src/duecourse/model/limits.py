"""What is refused of a file before any parser sees it: depth and length that no procedure needs and no parser survives."""

from __future__ import annotations

import re

from duecourse.errors import InvalidInput, Problem

MAX_DEPTH = 20
MAX_WORD = 100

# An unterminated multi-line string reaches to the end, so that no text is scanned twice.
_STILL = rf"""
    (?: "{{3}} [^"\\]*+ (?: (?:\\.|"{{1,2}}(?!")) [^"\\]*+ )*+ (?:"{{3,5}}|\\?\Z)
    | '{{3}} [^']*+ (?: '{{1,2}}(?!') [^']*+ )*+ (?:'{{3,5}}|\Z)
    | " [^"\\\n]*+ (?: \\[^\n] [^"\\\n]*+ )*+ "
    | ' [^'\n]*+ '
    | \# [^\n]*+
    | [ \t\r]++
    | [\w+-]{{1,{MAX_WORD}}}+ (?![\w+-])
    )"""
"""What changes no depth and ends no dotted name: strings, comments, blanks, and words that are not too long."""

# what is still is taken together with what stands before it, for most of a text is
_TOKEN = re.compile(
    rf"""(?P<still> {_STILL}++ ) | (?P<word> [\w+-]++ )
    | (?: (?P<dot> \. ) | (?P<open> [\[{{] ) | (?P<close> [\]}}] ) | (?P<other> . ) ) {_STILL}*+""",
    re.DOTALL | re.VERBOSE,
)


def refuse_bombs(text: str, file: str) -> None:
    """Refuse a TOML text whose brackets nest, whose dotted names run on, or whose bare words are endless.

    The parser of the standard library recurses over the first, needs time and memory that grow with the square of the
    second, and the numbers among the third print no more.

    Raises:
        InvalidInput: at the place where it goes too far.
    """
    depth = dots = 0
    for token in _TOKEN.finditer(text):
        match token.lastgroup:
            case "still":
                continue
            case "word":
                message = f"a word of more than {MAX_WORD} characters"
                raise _refused(text, file, token.start(), "too-long", message)
            case "dot":
                dots += 1
            case "open":
                depth, dots = depth + 1, 0
            case "close":
                depth, dots = depth - 1, 0
            case _:
                dots = 0
        if depth > MAX_DEPTH:
            message = f"brackets nested deeper than {MAX_DEPTH}; no table of a procedure is"
            raise _refused(text, file, token.start(), "too-deep", message)
        if dots >= MAX_DEPTH:
            message = f"a dotted name of more than {MAX_DEPTH} parts; no name of a procedure has"
            raise _refused(text, file, token.start(), "too-deep", message)


def _refused(text: str, file: str, at: int, code: str, message: str) -> InvalidInput:
    line = text.count("\n", 0, at) + 1
    column = at - text.rfind("\n", 0, at)
    return InvalidInput([Problem(file, line, column, code, message)])
