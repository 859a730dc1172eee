"""Writing so that it lasts: to a name of its own, synced to the disk, renamed; the folder is synced too."""

from __future__ import annotations

import json
import os
import secrets
from contextlib import contextmanager
from hashlib import sha256
from shutil import rmtree
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PART = ".part-"
"""How the name of what is being written begins."""


def replaced(path: Path, text: str) -> None:
    """Write a file whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    part = _part(path.parent)
    try:
        part.write_text(text, encoding="utf-8")
        made(part)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    made(path.parent)


@contextmanager
def committed(folder: Path) -> Iterator[Path]:
    """Give a folder to write into, which gets its name when all is written; one that has the name already stays.

    Raises:
        OSError: it cannot be written.
    """
    part = _part(folder.parent)
    part.mkdir()
    try:
        yield part
        for file in sorted(part.iterdir()):
            made(file)
        made(part)
        try:
            part.rename(folder)
        except OSError:
            if not folder.is_dir():  # then another process was faster, and wrote the same
                raise
        made(folder.parent)
    finally:
        rmtree(part, ignore_errors=True)


def removed(folder: Path) -> None:
    """Remove a folder: first its name, in one step, then what is in it.

    Raises:
        OSError: it cannot be removed.
    """
    part = _part(folder.parent)
    folder.rename(part)
    made(folder.parent)
    rmtree(part)


def made(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk.

    Raises:
        OSError: the disk does not take it.
    """
    if os.name != "posix" and path.is_dir():  # elsewhere a folder cannot be opened
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sealed(value: Mapping[str, Any]) -> str:
    """Return a JSON value as the content of a file that holds its own SHA-256."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f'{{"sha256":"{sha256(text.encode()).hexdigest()}","value":{text}}}\n'


def unsealed(file: Path) -> dict[str, Any] | None:
    """Return the value in such a file; None where any byte of it is not as it was written."""
    try:
        text = file.read_text(encoding="utf-8")
        value: dict[str, Any] = json.loads(text)["value"]
        return value if sealed(value) == text else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _part(folder: Path) -> Path:
    """Return a name that no other process uses."""
    return folder / f"{PART}{os.getpid()}-{secrets.token_hex(4)}"
