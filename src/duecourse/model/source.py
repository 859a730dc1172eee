"""A TOML file with the place of every value in it.

Values come from `tomllib`, places from tree-sitter; neither runs anything. Size and depth are bounded before parsing.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import tree_sitter_toml
from tree_sitter import Language, Parser

from duecourse.errors import InvalidInput, Problem
from duecourse.model.procedure import Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path as FilePath

    from tree_sitter import Node

Path = tuple[str | int, ...]

MAX_BYTES = 1_048_576
MAX_DEPTH = 20


@dataclass(frozen=True)
class Source:
    """The content of one file: its values, and where each of them stands."""

    file: str
    text: str
    data: dict[str, Any]

    @cached_property
    def places(self) -> dict[Path, tuple[int, int]]:
        """Line and column (from 1) of every key and table, and of the first character inside every string."""
        return dict(_places(self.text))

    def place(self, path: Path) -> Place:
        """Return the place of a value, or of the nearest thing around it."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.places:
                return Place(self.file, *self.places[path[:length]])
        return Place(self.file)

    def problem(self, path: Path, code: str, message: str) -> Problem:
        """Return a problem at the place of a value."""
        at = self.place(path)
        return Problem(self.file, at.line, at.column, code, message)


def load(path: FilePath | Traversable, name: str | None = None) -> Source:
    """Read a TOML file.

    Raises:
        InvalidInput: the file is missing, too large, not UTF-8, nested too deeply, or not TOML.
    """
    file = name or str(path)
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidInput(
            [Problem(file, 1, 1, "unreadable", f"cannot be read: {error.strerror or error}")]
        ) from None
    return parse(content, file)


def parse(content: bytes, file: str) -> Source:
    """Return the source in `content`; `file` is the name that messages give it.

    Raises:
        InvalidInput: see `load`.
    """
    if len(content) > MAX_BYTES:
        message = f"larger than {MAX_BYTES // 1024} KiB, the most that is read of one file; a procedure fits in a tenth of that"
        raise InvalidInput([Problem(file, 1, 1, "too-large", message)])
    try:
        text = content.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - (content.rfind(b"\n", 0, error.start) + 1) + 1
        message = f"byte 0x{content[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise InvalidInput([Problem(file, line, column, "encoding", message)]) from None
    return Source(file, text, _values(text, file))


def _values(text: str, file: str) -> dict[str, Any]:
    _refuse_depth(text, file)
    dotted = _LONG_KEY.search(text)
    if dotted:
        line = text.count("\n", 0, dotted.start()) + 1
        raise InvalidInput(
            [Problem(file, line, 1, "too-deep", f"a dotted name of more than {MAX_DEPTH} parts")]
        )
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line, column = (int(found[1]), int(found[2])) if found else (text.count("\n") + 1, 1)
        message = re.sub(r" \(at .*\)$", "", str(error)) + _look_alike(text, line)
        raise InvalidInput([Problem(file, line, column, "toml", message)]) from None
    except (RecursionError, ValueError, OverflowError) as error:
        raise InvalidInput(
            [Problem(file, 1, 1, "toml", f"not readable as TOML: {type(error).__name__}")]
        ) from None


# tomllib needs time and memory that grow with the square of the parts of a dotted key
_LONG_KEY = re.compile(r"""(?<![\w"'-])(?:["']?[\w-]++["']?[ \t]*+\.[ \t]*+){20}""")

_FULL_WIDTH = dict(zip("＝［］｛｝“”，．＃＂", '=[]{}"",.#"', strict=True))


def _look_alike(text: str, line: int) -> str:
    """Return a hint when the line at fault holds full-width punctuation, which Chinese keyboards produce."""
    lines = text.split("\n")
    found = next(
        (each for each in (lines[line - 1] if line <= len(lines) else "") if each in _FULL_WIDTH),
        None,
    )
    return (
        f"; the line holds full-width {found!r}, TOML needs {_FULL_WIDTH[found]!r}" if found else ""
    )


def _refuse_depth(text: str, file: str) -> None:
    """Refuse brackets nested beyond any use before a recursive parser sees them; strings may count, none gets near."""
    depth = 0
    for position, character in enumerate(text):
        if character in "[{":
            depth += 1
            if depth > MAX_DEPTH * 3:
                line = text.count("\n", 0, position) + 1
                raise InvalidInput(
                    [
                        Problem(
                            file,
                            line,
                            1,
                            "too-deep",
                            f"brackets nested deeper than {MAX_DEPTH * 3}",
                        )
                    ]
                )
        elif character in "]}":
            depth = max(depth - 1, 0)
        elif character == "\n" and depth and text[position + 1 : position + 2] == "[":
            depth = 0


def _places(text: str) -> Iterator[tuple[Path, tuple[int, int]]]:
    raw = text.encode()
    lines = raw.split(b"\n")
    parser = Parser(Language(tree_sitter_toml.language()))
    counts: dict[Path, int] = {}
    for node in parser.parse(raw).root_node.children:
        if node.type == "pair":
            yield from _pair(node, (), lines)
        elif node.type in {"table", "table_array_element"}:
            prefix = _prefix(_keys(node), counts, array=node.type == "table_array_element")
            yield prefix, _position(node, lines)
            for child in node.children:
                if child.type == "pair":
                    yield from _pair(child, prefix, lines)


def _prefix(keys: Path, counts: dict[Path, int], *, array: bool) -> Path:
    """Return the path of a table header: `[[a]]` opens a new entry, `[a.b]` below an array means its last entry."""
    prefix: Path = ()
    for key in keys[:-1]:
        prefix += (key,)
        if prefix in counts:
            prefix += (counts[prefix] - 1,)
    prefix += keys[-1:]
    if array:
        counts[prefix] = counts.get(prefix, 0) + 1
        prefix += (counts[prefix] - 1,)
    return prefix


def _pair(node: Node, prefix: Path, lines: list[bytes]) -> Iterator[tuple[Path, tuple[int, int]]]:
    path = prefix + _keys(node)
    value = node.named_children[-1]
    yield from _value(value, path, lines)


def _value(node: Node, path: Path, lines: list[bytes]) -> Iterator[tuple[Path, tuple[int, int]]]:
    if len(path) > MAX_DEPTH:
        return
    line, column = _position(node, lines)
    yield path, (line, column + (node.type == "string"))
    if node.type == "array":
        values = [child for child in node.named_children if child.type != "comment"]
        for index, child in enumerate(values):
            yield from _value(child, (*path, index), lines)
    elif node.type == "inline_table":
        for child in node.named_children:
            if child.type == "pair":
                yield from _pair(child, path, lines)


def _keys(node: Node) -> Path:
    """Return the key in front of a pair or in a table header, dotted keys taken apart."""
    keys: list[str] = []
    stack = [
        child
        for child in node.named_children
        if child.type in {"bare_key", "quoted_key", "dotted_key"}
    ][:1]
    while stack:
        key = stack.pop()
        if key.type == "dotted_key":
            stack.extend(reversed(key.named_children))
        else:
            keys.append((key.text or b"").decode().strip("\"'"))
    return tuple(keys)


def _position(node: Node, lines: list[bytes]) -> tuple[int, int]:
    row, column = node.start_point
    return row + 1, len(lines[row][:column].decode(errors="replace")) + 1
