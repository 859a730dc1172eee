"""What is called otherwise in another text: the table that maps the names of one procedure to those of another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import Field

from duecourse.errors import InvalidInput, Problem, nearest
from duecourse.model.layers import Entry
from duecourse.model.schema import Id, Shape
from duecourse.model.shapes import shaped
from duecourse.model.source import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from duecourse.model.procedure import Procedure

KINDS = ("step", "clock", "actor", "outcome")
"""What can be renamed: the elements whose names a trace shows. Stages and facts never show, readings go by their id."""


@dataclass(frozen=True, slots=True)
class Renaming:
    """The names of the second text in terms of the first.

    Attributes:
        step, clock, actor, outcome: from a name of the second text to that of the first; two names may go to one.
        hidden: steps of either text that are not looked at.
    """

    step: Mapping[str, str] = field(default_factory=dict)
    clock: Mapping[str, str] = field(default_factory=dict)
    actor: Mapping[str, str] = field(default_factory=dict)
    outcome: Mapping[str, str] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return any(getattr(self, kind) for kind in KINDS) or bool(self.hidden)

    def of_first(self) -> Renaming:
        """Return what holds for the first text: its names stand for themselves."""
        return Renaming(hidden=self.hidden)


NOTHING = Renaming()


class RenamingFile(Shape):
    """A file that maps names: a table for each kind, `new = "old"`, and the steps to hide."""

    step: dict[Id, Id] = Field(default={}, max_length=5_000)
    clock: dict[Id, Id] = Field(default={}, max_length=5_000)
    actor: dict[Id, Id] = Field(default={}, max_length=5_000)
    outcome: dict[Id, Id] = Field(default={}, max_length=5_000)
    hide: list[Id] = Field(default=[], max_length=5_000)


def renaming(
    a: Procedure,
    b: Procedure,
    pairs: Iterable[str] = (),
    hide: Iterable[str] = (),
    file: Path | None = None,
) -> Renaming:
    """Return the renaming that a user asks for.

    Args:
        a: the first text.
        b: the second one, whose names are new.
        pairs: `new=old`, of steps, clocks, actors or outcomes.
        hide: steps that are not looked at.
        file: a TOML file of the form of `RenamingFile`; what is given by hand goes before it.

    Raises:
        InvalidInput: a name that neither text has, or a pair that is none.
    """
    found: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}
    hidden: set[str] = set()
    if file is not None:
        shape = _read(file)
        for kind in KINDS:
            for new, old in getattr(shape, kind).items():
                _known(kind, new, b)
                _known(kind, old, a)
                found[kind][new] = old
        hidden.update(shape.hide)
    for pair in pairs:
        new, equals, old = (part.strip() for part in pair.partition("="))
        if not equals or not new or not old:
            raise InvalidInput(f'"{pair}" is no renaming; write it as NEW=OLD')
        kind = _kind(new, b)
        _known(kind, old, a)
        found[kind][new] = old
    hidden.update(hide)
    for name in sorted(hidden):
        if name not in a.step and name not in b.step:
            known = {*a.step, *b.step}
            raise InvalidInput(f'neither text has a step "{name}"{nearest(name, known)}')
    return Renaming(**found, hidden=frozenset(hidden))


def _read(file: Path) -> RenamingFile:
    source = load(file)
    problems: list[Problem] = []
    shape = shaped(RenamingFile, Entry(source.data, source, ()), problems)
    if shape is None:
        raise InvalidInput(problems)
    return shape


def _names(kind: str, procedure: Procedure) -> list[str]:
    return [each.id for each in getattr(procedure, f"{kind}s")]


def _known(kind: str, name: str, procedure: Procedure) -> None:
    names = _names(kind, procedure)
    if name not in names:
        raise InvalidInput(f'{procedure.id} has no {kind} "{name}"{nearest(name, names)}')


def _kind(name: str, procedure: Procedure) -> str:
    for kind in KINDS:
        if name in _names(kind, procedure):
            return kind
    every = [each for kind in KINDS for each in _names(kind, procedure)]
    raise InvalidInput(
        f'{procedure.id} has no step, clock, actor or outcome "{name}"{nearest(name, every)}'
    )
