"""A TOML file with the place of every value in it.

Values come from `tomllib`, places from tree-sitter; neither runs anything. Size and depth are bounded before parsing.
"""

from __future__ import annotations

import re
import stat
import tomllib
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

import tree_sitter_toml
from tree_sitter import Language, Parser

from duecourse.errors import InvalidInput, Problem
from duecourse.model.limits import MAX_DEPTH, refuse_bombs
from duecourse.model.procedure import Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

    from tree_sitter import Node

Path = tuple[str | int, ...]

MAX_BYTES = 524_288
MAX_LIST = 1_000

KEY = "\0"
"""Ends the path of a key itself, where the path without it is that of the value."""


@dataclass(frozen=True)
class Source:
    """The content of one file: its values, and where each of them stands."""

    file: str
    text: str
    data: dict[str, Any]

    def place(self, path: Path) -> Place:
        """Return the place of a value, or of the nearest thing around it."""
        for length in range(len(path), 0, -1):
            for known in (
                path[:length],
                (*path[:length], 0),
            ):  # an array of tables stands at its first
                if known in self._offsets:
                    return self._at(self._offsets[known])
        return Place(self.file)

    def place_inside(self, path: Path, index: int) -> Place:
        """Return the place of a character of a string, `index` counting from 0."""
        if path not in self._offsets:
            return self.place(path)
        start = self._offsets[path]
        # a character of a string takes at most 10 bytes of the file: \UXXXXXXXX
        written = self._raw[start : start + 10 * index + 10].decode(errors="ignore")
        escaped = self._raw[start - 1 : start] == b'"' or self._raw[start - 2 : start] == b'"\n'
        units = _UNIT.finditer(written) if escaped else re.finditer(".", written, re.DOTALL)
        seen = -1
        for unit in units:
            seen += not _CONTINUATION.fullmatch(unit[0])
            if seen == index:
                return self._at(start + len(written[: unit.start()].encode()))
        return self._at(start + len(written.encode()))

    def problem(self, path: Path, code: str, message: str) -> Problem:
        """Return a problem at the place of a value."""
        at = self.place(path)
        return Problem(self.file, at.line, at.column, code, message)

    @cached_property
    def _raw(self) -> bytes:
        return self.text.encode()

    @cached_property
    def _lines(self) -> list[int]:
        """Where each line begins, in bytes."""
        return [0, *(found.end() for found in re.finditer(b"\n", self._raw))]

    @cached_property
    def _offsets(self) -> dict[Path, int]:
        """Where each key, each table and the first character inside each string begins, in bytes."""
        return dict(_offsets(self._raw))

    def _at(self, offset: int) -> Place:
        line = bisect_right(self._lines, offset)
        column = len(self._raw[self._lines[line - 1] : offset].decode(errors="replace")) + 1
        return Place(self.file, line, column)


_UNIT = re.compile(r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}|\\[ \t]*\n\s*|\\.|.", re.DOTALL)
_CONTINUATION = re.compile(r"\\[ \t]*\n\s*")


def load(path: FilePath | Traversable, name: str | None = None) -> Source:
    """Read a TOML file.

    Raises:
        InvalidInput: the file is missing, too large, not UTF-8, nested too deeply, or not TOML.
    """
    file = name or str(path)
    try:
        if isinstance(path, FilePath):
            _refuse_pipe(path, file)
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        message = f"cannot be read: {reason}; give the path of a TOML file"
        raise InvalidInput([Problem(file, 1, 1, "unreadable", message)]) from None
    return parse(content, file)


def _refuse_pipe(path: FilePath, file: str) -> None:
    """Refuse what is neither a file nor a folder: opening a pipe nobody writes to never returns."""
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        message = "cannot be read: it is a pipe or a device; give the path of a TOML file"
        raise InvalidInput([Problem(file, 1, 1, "unreadable", message)])


def parse(content: bytes, file: str) -> Source:
    """Return the source in `content`; `file` is the name that messages give it.

    Raises:
        InvalidInput: see `load`.
    """
    if len(content) > MAX_BYTES:
        message = f"larger than {MAX_BYTES // 1024} KiB, the most that is read of one file; a procedure fits in a fraction of that"
        raise InvalidInput([Problem(file, 1, 1, "too-large", message)])
    try:
        text = content.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        start = content.rfind(b"\n", 0, error.start) + 1
        column = len(content[start : error.start].decode("utf-8")) + 1
        message = f"byte 0x{content[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise InvalidInput([Problem(file, line, column, "encoding", message)]) from None
    return Source(file, text, _values(text, file))


def _values(text: str, file: str) -> dict[str, Any]:
    refuse_bombs(text, file)
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        end = (text.count("\n") + 1, len(text) - text.rfind("\n"))
        line, column = (int(found[1]), int(found[2])) if found else end
        message = re.sub(r" \(at .*\)$", "", str(error)) + _found(text, line)
        raise InvalidInput([Problem(file, line, column, "toml", message)]) from None


_FULL_WIDTH = dict(zip("＝［］｛｝“”，．＃＂", '=[]{}"",.#"', strict=True))


def _found(text: str, line: int) -> str:
    """Return what the line at fault holds, or that it has full-width punctuation, which Chinese keyboards produce."""
    lines = text.split("\n")
    at_fault = lines[line - 1] if line <= len(lines) else ""
    found = next((each for each in at_fault if each in _FULL_WIDTH), None)
    if found is None:
        return f"; the line is {at_fault[:60]!r}"
    return f"; the line holds full-width {found!r}, TOML needs {_FULL_WIDTH[found]!r}"


def _offsets(raw: bytes) -> Iterator[tuple[Path, int]]:
    parser = Parser(Language(tree_sitter_toml.language()))
    counts: dict[Path, int] = {}
    headed: set[Path] = set()
    for node in parser.parse(raw).root_node.children:
        if node.type == "pair":
            yield from _pair(node, (), raw)
        elif node.type in {"table", "table_array_element"}:
            prefix = _prefix(_keys(node), counts, array=node.type == "table_array_element")
            for length in range(1, len(prefix) + 1):
                if prefix[:length] not in headed:
                    headed.add(prefix[:length])
                    yield prefix[:length], node.start_byte
            for child in node.children:
                if child.type == "pair":
                    yield from _pair(child, prefix, raw)


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


def _pair(node: Node, prefix: Path, raw: bytes) -> Iterator[tuple[Path, int]]:
    path = prefix + _keys(node)
    yield (*path, KEY), node.start_byte
    value = next(child for child in reversed(node.named_children) if child.type != "comment")
    yield from _value(value, path, raw)


def _value(node: Node, path: Path, raw: bytes) -> Iterator[tuple[Path, int]]:
    if len(path) > MAX_DEPTH:
        return
    yield path, _content(node, raw)
    if node.named_child_count > MAX_LIST:  # no list of a procedure is that long
        return
    if node.type == "array":
        values = [child for child in node.named_children if child.type != "comment"]
        for index, child in enumerate(values):
            yield from _value(child, (*path, index), raw)
    elif node.type == "inline_table":
        for child in node.named_children:
            if child.type == "pair":
                yield from _pair(child, path, raw)


def _content(node: Node, raw: bytes) -> int:
    """Return where a value begins; for a string, behind its opening quotes and the line break that TOML trims."""
    start = node.start_byte
    if node.type != "string":
        return start
    if raw[start : start + 3] not in {b'"""', b"'''"}:
        return start + 1
    return start + 3 + (raw[start + 3 : start + 4] == b"\n")


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
