"""Who can reply on which day: the members of a panel with the days on which they joined and left."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput

if TYPE_CHECKING:
    from pathlib import Path

_FORM = "write lines such as AT = 1995-01-01 or UK = { from = 1973-01-01, until = 2020-01-31 }"


@dataclass(frozen=True)
class Electorate:
    """Who can reply on which day.

    Attributes:
        terms: for each member the first and the last day.
    """

    terms: tuple[tuple[str, date, date], ...]

    def on(self, day: date) -> frozenset[str]:
        """Return who can reply if asked on a day."""
        return _members(self, day)


@lru_cache(maxsize=50_000)
def _members(electorate: Electorate, day: date) -> frozenset[str]:
    return frozenset(name for name, first, last in electorate.terms if first <= day <= last)


def read_electorate(path: Path) -> Electorate:
    """Return the electorate that a TOML file with one table `[member]` tells.

    Raises:
        InvalidInput: it cannot be read, or is not of this form.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInput(f"cannot read {path}: {error.strerror or error}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidInput(f"{path} is no TOML file: {error}") from None
    members = data.get("member")
    if not isinstance(members, dict) or not members or set(data) != {"member"}:
        raise InvalidInput(f"{path}: an electorate is one table [member]; {_FORM}")
    terms = []
    for name, said in members.items():
        table = said if isinstance(said, dict) else {"from": said}
        first, last = table.get("from", date.min), table.get("until", date.max)
        known = set(table) <= {"from", "until"}
        if not known or type(first) is not date or type(last) is not date or last < first:
            raise InvalidInput(f"{path}: the days of {name[:80]} are not understood; {_FORM}")
        terms.append((name, first, last))
    return Electorate(tuple(terms))
