"""Which column of a log says what, and which names it uses for steps and actors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from duecourse.errors import InvalidInput, nearest
from duecourse.model.source import load as load_source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

ROLES: Final = ("case", "step", "time", "actor", "event")
DATED: Final = ("case", "start", "due", "end")
FORM: Final = "write --columns case=NAME,step=NAME,time=NAME,actor=NAME"

_USUAL: Final = {
    "case": ("case", "case_id", "caseid", "case:concept:name", "案件", "案号"),
    "step": ("step", "activity", "concept:name", "步骤"),
    "time": ("date", "time", "timestamp", "on", "time:timestamp", "日期"),
    "actor": ("actor", "resource", "org:resource", "主体"),
    "start": ("start", "started", "start_date"),
    "due": ("due", "deadline", "due_date"),
    "end": ("end", "ended", "end_date"),
}
_SIMULATED: Final = {"replication", "case", "event", "date", "actor", "step", "subject"}


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a log.

    Attributes:
        of: for each role the column it is read from, by name; a case may be told by several together.
        facts: for each fact the column with its value when the case began.
    """

    of: Mapping[str, tuple[str, ...]]
    facts: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        roles = [f"{role}={'+'.join(names)}" for role, names in self.of.items()]
        return ",".join([*roles, *(f"fact:{fact}={name}" for fact, name in self.facts.items())])


@dataclass(frozen=True, slots=True)
class Names:
    """What a log calls things: its own names for steps and actors, and the steps that are none of the procedure."""

    steps: Mapping[str, str] = field(default_factory=dict)
    actors: Mapping[str, str] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    columns: Columns | None = None


def parse_columns(text: str, roles: Sequence[str] = ROLES) -> Columns:
    """Return the columns that an option names.

    >>> str(parse_columns("case=replication+case, step=step,time=date,fact:route=ROUTE"))
    'case=replication+case,step=step,time=date,fact:route=ROUTE'

    Raises:
        InvalidInput: it is not of the form ROLE=NAME,ROLE=NAME, or names a role that there is not.
    """
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    for part, equals, name in pairs:
        if not equals or not name.strip():
            raise InvalidInput(f'"{part[:80]}" names no column; {FORM}')
    return _columns([(role.strip(), name.strip()) for role, _, name in pairs], roles)


def _columns(pairs: Sequence[tuple[str, str]], roles: Sequence[str]) -> Columns:
    of: dict[str, tuple[str, ...]] = {}
    facts: dict[str, str] = {}
    for role, name in pairs:
        if role.startswith("fact:"):
            facts[role.removeprefix("fact:")] = name
        elif role in roles:
            if role in of:
                raise InvalidInput(f'--columns names "{role}" twice')
            of[role] = tuple(name.split("+")) if role == "case" else (name,)
        else:
            hint = nearest(role, [*roles, "fact:NAME"])
            raise InvalidInput(f'no column is called "{role[:80]}" here{hint}; {FORM}')
    return Columns(of, facts)


def guess_columns(header: Sequence[str], roles: Sequence[str] = ROLES) -> Columns:
    """Return the columns of a log by their usual names; of a simulated log all that it has."""
    if set(header) >= _SIMULATED and roles == ROLES:
        names = {"step": "step", "time": "date", "actor": "actor", "event": "event"}
        return Columns({"case": ("replication", "case")} | {r: (n,) for r, n in names.items()})
    lower = {name.casefold(): name for name in reversed(header)}
    of = {
        role: (lower[found],)
        for role in roles
        if (found := next((each for each in _USUAL.get(role, ()) if each in lower), None))
    }
    return Columns(of)


def fitted(columns: Columns, header: Sequence[str], needed: Sequence[str]) -> None:
    """Refuse columns that a log does not have, or that are needed and not named.

    Raises:
        InvalidInput: with the columns it has.
    """
    for role in needed:
        if role not in columns.of:
            has = ", ".join(header[:12]) + (", …" if len(header) > 12 else "")  # noqa: PLR2004
            raise InvalidInput(f"which column is the {role}? {FORM}; the log has: {has}"[:1000])
    asked = [name for names in columns.of.values() for name in names] + [*columns.facts.values()]
    for name in asked:
        if header.count(name) != 1:
            wrong = "has no column" if name not in header else "has more than one column"
            raise InvalidInput(f'the log {wrong} "{name[:80]}"{nearest(name, header)}'[:1000])


def read_names(path: Path) -> Names:
    """Return what a file says about the names in a log.

    Raises:
        InvalidInput: it is no TOML file of the form that docs/guides/auditor.md explains.
    """
    data: dict[str, Any] = load_source(path).data
    for key in data:
        known = ("columns", "steps", "actors", "ignore")
        if key not in known:
            raise InvalidInput(f'{path}: unknown table "{key}"{nearest(key, known)}')
    tables = {key: data.get(key, {}) for key in ("columns", "steps", "actors")}
    for key, table in tables.items():
        if not isinstance(table, dict) or not all(isinstance(each, str) for each in table.values()):
            raise InvalidInput(f'{path}: [{key}] holds lines of the form "name in the log" = "id"')
    ignored = data.get("ignore", [])
    if not isinstance(ignored, list) or not all(isinstance(each, str) for each in ignored):
        raise InvalidInput(f"{path}: `ignore` is a list of names of steps")
    columns = tables["columns"]
    return Names(
        tables["steps"],
        tables["actors"],
        frozenset(ignored),
        _columns([*columns.items()], (*ROLES, *DATED)) if columns else None,
    )
