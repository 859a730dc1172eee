"""SPIN as a program: a model is compiled and searched in a folder of its own, which is removed afterwards."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

DEPTH = 1_000_000
_STORED = re.compile(r"^ *(\d+) states, stored", re.MULTILINE)
_ERRORS = re.compile(r"errors: (\d+)")
_FAULT = re.compile(r"^pan:\d+: (.*?)(?: \(at depth \d+\))?$", re.MULTILINE)
_INCOMPLETE = ("Search not completed", "max search depth too small", "out of memory")


State = tuple[int, tuple[int, ...]]
"""A configuration as SPIN prints it: the number of the stage, and the variables."""


class SpinError(Exception):
    """SPIN or the C compiler refuses a model; the message is theirs."""


class TooLongError(SpinError):
    """The search was not finished in time."""


class Move(NamedTuple):
    """One move as SPIN prints it: numbers of the model's own constants."""

    source: int
    before: tuple[int, ...]
    step: int
    lapsed: int
    target: int
    after: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """What a search by SPIN found.

    Attributes:
        error: whether it stopped at an error, and which; empty where there is none.
        stored: how many states it stored.
        finished: whether it went through all of them.
    """

    error: str
    stored: int
    finished: bool


@dataclass(frozen=True)
class Graph:
    """Every state and move that SPIN printed.

    Attributes:
        first: the states in which a case begins: the number of the stage, and the variables.
        moves: all moves.
        unmarked: the moves at which, whoever makes them, the claim's first proposition need not hold.
        search: what the search said of itself.
    """

    first: frozenset[State]
    moves: frozenset[Move]
    unmarked: frozenset[Move]
    search: Search

    @property
    def states(self) -> frozenset[State]:
        """Every state that was printed."""
        return self.first | {(move.target, move.after) for move in self.moves}


def missing() -> tuple[str, ...]:
    """Return the programs that are needed and not installed."""
    return tuple(name for name in ("spin", "gcc") if shutil.which(name) is None)


def version() -> str:
    """Return what SPIN calls itself."""
    found = subprocess.run(["spin", "-V"], capture_output=True, text=True, check=False)  # noqa: S607
    return found.stdout.strip()


def searches(text: str, timeout: float, *options: str) -> list[Search]:
    """Search one model several times: `-E` for violated assertions, `-A` for dead ends, both for neither.

    Raises:
        SpinError: the model is refused, or a search is not finished in time.
    """
    with TemporaryDirectory(prefix="duecourse-spin-") as folder:
        _build(Path(folder), text, timeout)
        return [_read(_pan(Path(folder), each.split(), timeout)) for each in options]


def graph(text: str, timeout: float) -> Graph:
    """Return every state and move of a model.

    Raises:
        SpinError: the model is refused, or the search is not finished in time.
    """
    with TemporaryDirectory(prefix="duecourse-spin-") as folder:
        _build(Path(folder), text, timeout, ("-DDUMP",))
        output = _pan(Path(folder), ["-E", "-A"], timeout)
    first: set[State] = set()
    moves: set[Move] = set()
    unmarked: set[Move] = set()
    for line in output.splitlines():
        if line.startswith("I "):
            at, *values = map(int, line[2:].split())
            first.add((at, tuple(values)))
        elif line.startswith("M "):
            left, right = line[2:].split(">")
            source, *before = map(int, left.split())
            step, lapsed, target, *after, mark = map(int, right.split())
            move = Move(source, tuple(before), step, lapsed, target, tuple(after))
            moves.add(move)
            if not mark:
                unmarked.add(move)
    return Graph(frozenset(first), frozenset(moves), frozenset(unmarked), _read(output))


def _build(folder: Path, text: str, timeout: float, options: Sequence[str] = ()) -> None:
    (folder / "model.pml").write_text(text, encoding="utf-8")
    # the names of the two programs are all that is fixed here; where they stand is the user's affair
    made = _run(folder, ["spin", "-o2", *options, "-a", "model.pml"], timeout)
    if not (folder / "pan.c").is_file() or "rror" in made:
        raise SpinError(made.strip() or "spin made no verifier")
    flags = ["-O0", "-w", "-DSAFETY", "-DVECTORSZ=65536"]
    made = _run(folder, ["gcc", *flags, "-o", "pan", "pan.c"], timeout)
    if not (folder / "pan").is_file():
        raise SpinError(made.strip())


def _pan(folder: Path, options: Sequence[str], timeout: float) -> str:
    return _run(folder, [str(folder / "pan"), f"-m{DEPTH}", *options], timeout)


def _run(folder: Path, command: Sequence[str], timeout: float) -> str:
    try:
        done = subprocess.run(  # noqa: S603  (programs of the user's own machine, on a model we wrote)
            command,
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TooLongError(f"not finished in {timeout:g} seconds") from None
    return done.stdout + done.stderr


def _read(output: str) -> Search:
    stored, errors = _STORED.search(output), _ERRORS.search(output)
    if stored is None or errors is None:
        raise SpinError(output.strip()[-400:] or "the verifier said nothing")
    fault = _FAULT.search(output)
    incomplete = any(each in output for each in _INCOMPLETE)
    error = (fault[1] if fault else "an error") if int(errors[1]) else ""
    return Search(error, int(stored[1]), not incomplete)
