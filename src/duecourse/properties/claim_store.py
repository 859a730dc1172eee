"""Claims compiled to automata, and kept between runs: a text that was compiled before is only read back.

What is kept is data, never code, in one file of the user's own cache folder. It counts only if nobody else could have
written it and this very compiler made it; without it, or where it cannot be written, everything is compiled anew.
"""

from __future__ import annotations

import json
import os
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duecourse.model.expression import Compare, Constant, Variable
from duecourse.properties.automaton import MAX_CELLS, MAX_PROPOSITIONS, Automaton
from duecourse.properties.derivatives import Part, parts_of
from duecourse.properties.proposition import Proposition

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST = 2_000
"""How many claims are kept; those that were added last."""
MAX_BYTES = 2**24
VARIABLE = "DUECOURSE_CACHE"
"""Names the folder; nothing is kept where it is empty."""
_COMPILER = (
    "automaton claim claim_grammar claim_store decisions derivatives ltlf patterns proposition"
)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A claim with its automata.

    Attributes:
        pattern: what it is called.
        propositions: what it says of single steps, by the bits of a letter.
        parts: the automata of what it joins by `and`; all must accept.
        twin: of what it speaks of, joined by `or`; empty where it speaks of every case.
    """

    pattern: str
    propositions: tuple[Proposition, ...]
    parts: tuple[Part, ...]
    twin: tuple[Part, ...]


class ClaimStore:
    """Compiles claims, each text once.

    Args:
        folder: where they are kept; nowhere if None.
    """

    def __init__(self, folder: Path | None) -> None:
        self.file: Path | None = None
        self.compiler = ""
        self.kept: dict[str, Any] = {}
        self.new = False
        if folder is not None:
            with suppress(
                OSError
            ):  # its own text may be missing, in an archive say: then nothing is kept
                self.compiler = _compiler()
                self.file = folder / "claims.json"
        if self.file is not None:
            with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
                self.kept = _read(self.file, self.compiler)

    def compiled(self, text: str, definitions: Mapping[str, str]) -> Compiled:
        """Return a claim compiled.

        Args:
            text: the claim.
            definitions: propositions with a name of their own.

        Raises:
            ClaimError: it is no claim.
            TooLargeError: its automaton would be too large.
        """
        said = json.dumps([text, sorted(definitions.items())], ensure_ascii=True)
        key = sha256(said.encode()).hexdigest()
        if key in self.kept:
            with suppress(ValueError, TypeError, KeyError, IndexError):
                return _compiled(self.kept[key])
        found = _compile(text, tuple(definitions.items()))
        if self.file is not None:
            self.kept[key] = _plain(found)
            self.new = True
        return found

    def save(self) -> None:
        """Keep what was compiled since it was read, in the place of the file as a whole; if that fails, do nothing."""
        if self.file is None or not self.new:
            return
        last = dict(islice(self.kept.items(), max(len(self.kept) - MOST, 0), None))
        text = json.dumps({"compiler": self.compiler, "claims": last}, separators=(",", ":"))
        if len(text) > MAX_BYTES:
            return
        with suppress(OSError):
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            number, name = tempfile.mkstemp(dir=self.file.parent)  # for its owner alone
            try:
                with os.fdopen(number, "w", encoding="ascii") as out:
                    out.write(text)
                Path(name).replace(self.file)
            except OSError:
                Path(name).unlink()
                raise
            self.new = False


def cache_folder() -> Path | None:
    """Return the folder that `DUECOURSE_CACHE` names, else `duecourse` in the user's own; None where there is none."""
    named = os.environ.get(VARIABLE)
    if named is not None:
        return Path(named) if named else None
    own = os.environ.get("LOCALAPPDATA" if os.name == "nt" else "XDG_CACHE_HOME")
    if own and Path(own).is_absolute():
        return Path(own) / "duecourse"
    try:
        return Path.home() / ".cache" / "duecourse"
    except RuntimeError:
        return None


@lru_cache(maxsize=MOST)
def _compile(text: str, definitions: tuple[tuple[str, str], ...]) -> Compiled:
    from duecourse.properties.claim import parse_claim  # loads and builds the grammar

    claim = parse_claim(text, definitions=dict(definitions))
    twin = () if claim.twin is None else parts_of(claim.twin, "|")
    return Compiled(claim.pattern, claim.propositions, parts_of(claim.formula, "&"), twin)


def _compiler() -> str:
    """Return what tells this compiler from any other: a digest of its text."""
    digest = sha256()
    for name in _COMPILER.split():
        digest.update(files("duecourse.properties").joinpath(f"{name}.py").read_bytes())
    return digest.hexdigest()


def _read(file: Path, compiler: str) -> dict[str, Any]:
    with file.open("rb") as opened:
        status = os.fstat(opened.fileno())
        mine = not hasattr(os, "getuid") or status.st_uid == os.getuid()
        shared = os.name != "nt" and status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        if not mine or shared or status.st_size > MAX_BYTES:
            return {}
        data = json.loads(opened.read())
    return dict(data["claims"]) if data["compiler"] == compiler else {}


def _plain(claim: Compiled) -> dict[str, Any]:
    return {
        "pattern": claim.pattern,
        "propositions": [_plain_proposition(each) for each in claim.propositions],
        "parts": [_plain_part(each) for each in claim.parts],
        "twin": [_plain_part(each) for each in claim.twin],
    }


def _compiled(data: Mapping[str, Any]) -> Compiled:
    return Compiled(
        data["pattern"],
        tuple(map(_proposition, data["propositions"])),
        tuple(map(_part, data["parts"])),
        tuple(map(_part, data["twin"])),
    )


def _plain_proposition(each: Proposition) -> list[Any]:
    compare = None
    if each.compare is not None:
        left, right = each.compare.left, each.compare.right
        compare = [each.compare.op, _plain_term(left), _plain_term(right)]
    parts = [_plain_proposition(part) for part in each.parts]
    return [each.kind, each.names, parts, compare, each.offset]


def _proposition(data: list[Any]) -> Proposition:
    kind, names, parts, compare, offset = data
    said = None
    if compare is not None:
        op, left, right = compare
        said = Compare(op, _term(left), _term(right))
    return Proposition(kind, tuple(names), tuple(map(_proposition, parts)), said, offset)


def _plain_term(term: Constant | Variable) -> list[Any]:
    return ["value", term.value] if isinstance(term, Constant) else ["name", term.name]


def _term(data: list[Any]) -> Constant | Variable:
    kind, said = data
    return Constant(said) if kind == "value" else Variable(said)


def _plain_part(part: Part) -> list[Any]:
    return [part.automaton.next, sorted(part.automaton.accepting), part.places]


def _part(data: list[Any]) -> Part:
    rows, accepting, places = data
    count = len(places)
    if not rows or count > MAX_PROPOSITIONS or len(rows) << count > MAX_CELLS:
        raise ValueError(places)
    states = range(len(rows))
    if any(len(row) != 1 << count or not set(row) <= set(states) for row in rows):
        raise ValueError(rows)
    return Part(Automaton(tuple(map(tuple, rows)), frozenset(accepting), count), tuple(places))
