"""Replies of the members of a panel, case by case, as a fit reads them from rows of a table.

Two forms are read: one row per case, with how many were asked and how many objected (or which of
them did); or one row per case and member, with the reply. What "objected" means is the caller's:
comments can be fitted as well.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from duecourse.errors import InvalidInput, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from duecourse.simulations.fit.electorate import Electorate

ROLES: Final = ("case", "date", "asked", "objected", "by", "excluded", "member", "reply", "round")
FORM: Final = (
    "write --columns case=NAME,date=NAME,asked=NAME,objected=NAME or, with a row for each member, "
    "case=NAME,date=NAME,member=NAME,reply=NAME"
)
MOST_ASKED: Final = 1_000


class Refused(NamedTuple):
    """A row that was not used: its number as a spreadsheet shows it, and why."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class PanelCase:
    """One round of a panel in one case.

    Attributes:
        on: the day on which the members were asked.
        asked: how many of them could reply.
        objected: how many of them did object.
        members: who was asked; empty where the data do not tell.
        objectors: who of them objected; empty where the data do not tell.
        round: the number of the round, from 1.
    """

    case: str
    on: date
    asked: int
    objected: int
    members: frozenset[str] = frozenset()
    objectors: frozenset[str] = frozenset()
    round: int = 1


@dataclass(slots=True)
class PanelData:
    """What a table holds.

    Attributes:
        cases: the first round of every case, in the order of their days.
        later: the rounds after the first.
        refused: the rows that cannot be used, in order.
        left_out: how many rows the caller asked to leave out, by what they say.
        rows: how many rows there were.
    """

    cases: list[PanelCase] = field(default_factory=list)
    later: list[PanelCase] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    rows: int = 0

    def between(self, first: date | None, last: date | None) -> list[PanelCase]:
        """Return the cases from a day to a day, both included."""
        return [
            each
            for each in self.cases
            if (first is None or each.on >= first) and (last is None or each.on <= last)
        ]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a table is to be read.

    Attributes:
        columns: the column of each role.
        objections: the replies that count as an objection, where replies are words.
        electorate: who can reply from which day to which; None where the table tells.
        without: members that are left out everywhere.
        leave_out: rows to leave out: the column and the values.
    """

    columns: Mapping[str, str]
    objections: frozenset[str] = frozenset()
    electorate: Electorate | None = None
    without: frozenset[str] = frozenset()
    leave_out: Mapping[str, frozenset[str]] = field(default_factory=dict)


def parse_columns(text: str) -> dict[str, str]:
    """Return the column of each role that an option names.

    >>> parse_columns("case=id, date=start,asked=n,objected=k")
    {'case': 'id', 'date': 'start', 'asked': 'n', 'objected': 'k'}

    Raises:
        InvalidInput: it is not of the form ROLE=NAME,ROLE=NAME, or names a role that there is not.
    """
    found: dict[str, str] = {}
    for part in filter(str.strip, text.split(",")):
        role, equals, name = (each.strip() for each in part.partition("="))
        if not equals or not name:
            raise InvalidInput(f'"{part[:80]}" names no column; {FORM}')
        if role not in ROLES:
            raise InvalidInput(f'no column is called "{role[:80]}" here{nearest(role, ROLES)}')
        if role in found:
            raise InvalidInput(f'--columns names "{role}" twice')
        found[role] = name
    return found


def checked(wanted: Wanted, header: Sequence[str]) -> Wanted:
    """Return how to read a table that has these columns; one called like its role needs no mention.

    Raises:
        InvalidInput: a column that is needed is not there, or two ways to read are mixed.
    """
    columns = {role: role for role in ROLES if role in header} | dict(wanted.columns)
    for name in [*columns.values(), *wanted.leave_out]:
        if header.count(name) != 1:
            wrong = "has no column" if name not in header else "has more than one column"
            raise InvalidInput(f'the table {wrong} "{name[:80]}"{nearest(name, header)}')
    by_member = "member" in columns
    needed = ["case", "date"]
    if by_member:
        needed.append("reply")
        if not wanted.objections:
            raise InvalidInput("which replies are objections? give --objection VALUE,…")
        if mixed := [role for role in ("asked", "objected", "by") if role in wanted.columns]:
            raise InvalidInput(f"a table with a row for each member has no column {mixed[0]}")
    else:
        needed.append("by" if "by" in columns else "objected")
        if wanted.electorate is None:
            needed.append("asked")
        elif "asked" in columns:
            columns.pop("asked")
    for role in needed:
        if role not in columns:
            raise InvalidInput(f"which column is {role}? {FORM}; it has: {', '.join(header)[:500]}")
    _nameable(wanted, columns)
    return Wanted(
        columns, wanted.objections, wanted.electorate, wanted.without, dict(wanted.leave_out)
    )


def _nameable(wanted: Wanted, columns: Mapping[str, str]) -> None:
    """Refuse to leave members out where the table does not name them."""
    if (
        wanted.without
        and "member" not in columns
        and ("by" not in columns or wanted.electorate is None)
    ):
        raise InvalidInput(
            "--without needs to know who objected and who was asked: a row for each member, or the "
            "column `by` and --electorate"
        )


def read_panel(
    header: Sequence[str], rows: Iterable[tuple[int, Sequence[str]]], wanted: Wanted
) -> PanelData:
    """Return the cases of a table; rows that cannot be used are listed in it with the reason.

    Args:
        header: the names of the columns.
        rows: number and cells of every row, as many as there are columns.
        wanted: how to read it.

    Raises:
        InvalidInput: a column that is needed is missing.
    """
    wanted = checked(wanted, header)
    places = {role: header.index(name) for role, name in wanted.columns.items()}
    tests = [(header.index(name), name, values) for name, values in wanted.leave_out.items()]
    data = PanelData()
    reader = _Members(wanted, data) if "member" in places else _Cases(wanted, data)
    for row, cells in rows:
        data.rows += 1
        if said := next((f"{name}={cells[at]}" for at, name, v in tests if cells[at] in v), None):
            data.left_out[said] += 1
            continue
        try:
            reader.take(row, {role: cells[at].strip() for role, at in places.items()})
        except ValueError as error:
            data.refused.append(Refused(row, str(error)))
    reader.finish()
    data.cases.sort(key=lambda each: (each.on, each.case))
    data.refused.sort()
    return data


class _Cases:
    """Reads a table with one row for each case, and for each of its rounds."""

    def __init__(self, wanted: Wanted, data: PanelData) -> None:
        self.wanted, self.data = wanted, data
        self.seen: dict[tuple[str, int], int] = {}

    def take(self, row: int, cells: Mapping[str, str]) -> None:
        on, round_ = _day(cells["date"]), _round(cells)
        name = _name(cells["case"])
        if (name, round_) in self.seen:
            raise ValueError(f'"{name}" is in row {self.seen[name, round_]} already')
        asked, members = self._asked(cells, on)
        objectors: frozenset[str] = frozenset()
        if "by" in cells:
            objectors = frozenset(cells["by"].split()) - self.wanted.without
            if members and (strange := sorted(objectors - members)):
                raise ValueError(f"{', '.join(strange)[:80]} could not reply on {on}")
            objected = len(objectors)
            if (
                "objected" in cells
                and not self.wanted.without
                and _count(cells["objected"]) != objected
            ):
                raise ValueError(f"{cells['objected']} objected, but {objected} are named")
        else:
            objected = _count(cells["objected"])
        if not asked:
            raise ValueError("nobody was asked")
        if objected > asked:
            raise ValueError(f"{objected} objected, but {asked} were asked")
        self.seen[name, round_] = row
        case = PanelCase(name, on, asked, objected, members, objectors, round_)
        (self.data.cases if round_ == 1 else self.data.later).append(case)

    def _asked(self, cells: Mapping[str, str], on: date) -> tuple[int, frozenset[str]]:
        electorate = self.wanted.electorate
        if electorate is None:
            asked = _count(cells["asked"])
            if asked > MOST_ASKED:
                raise ValueError(f"{asked} were asked; at most {MOST_ASKED:,} can be")
            return asked, frozenset()
        members = electorate.on(on) - self.wanted.without - {cells.get("excluded", "")}
        return len(members), members

    def finish(self) -> None:
        """Nothing is left to do."""


class _Members:
    """Reads a table with one row for each case and member, and for each round."""

    def __init__(self, wanted: Wanted, data: PanelData) -> None:
        self.wanted, self.data = wanted, data
        self.found: dict[tuple[str, int], dict[str, bool]] = {}
        self.days: dict[tuple[str, int], date] = {}

    def take(self, row: int, cells: Mapping[str, str]) -> None:  # noqa: ARG002  (as the other reader)
        on, key = _day(cells["date"]), (_name(cells["case"]), _round(cells))
        member = cells["member"]
        if not member:
            raise ValueError("no member is named")
        if member in self.wanted.without:
            self.data.left_out[f"member {member}"] += 1
            return
        electorate = self.wanted.electorate
        if electorate is not None and member not in electorate.on(on):
            raise ValueError(f"{member[:80]} could not reply on {on}")
        if self.days.get(key, on) != on:
            raise ValueError(f'"{key[0]}" has the day {self.days[key]} in another row')
        replies = self.found.setdefault(key, {})
        if member in replies:
            raise ValueError(f'{member[:80]} replies twice in "{key[0]}"')
        if len(replies) == MOST_ASKED:
            raise ValueError(f"more than {MOST_ASKED:,} members were asked")
        replies[member] = cells["reply"] in self.wanted.objections
        self.days[key] = on

    def finish(self) -> None:
        """Make cases of what was read."""
        for (name, round_), replies in self.found.items():
            objectors = frozenset(member for member, objects in replies.items() if objects)
            case = PanelCase(
                name,
                self.days[name, round_],
                len(replies),
                len(objectors),
                frozenset(replies),
                objectors,
                round_,
            )
            (self.data.cases if round_ == 1 else self.data.later).append(case)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise ValueError(
            f'"{text[:80]}" is no day; write it as 2024-01-05' if text else "no day is named"
        ) from None


def _name(text: str) -> str:
    if not text:
        raise ValueError("no case is named")
    return text[:500]


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004  (a billion)
        raise ValueError(f'"{text[:80]}" is no count')
    return int(text)


def _round(cells: Mapping[str, str]) -> int:
    if "round" not in cells:
        return 1
    found = _count(cells["round"])
    if not found:
        raise ValueError("rounds are counted from 1")
    return found
