"""Shortest cases of one choice of readings, found in the graph of all of them.

A choice takes the moves that exist under it, in the order in which a search on its own table takes them; that table is
the common one with the rules of the choice alone, so that a case found here is replayed and told as any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.properties.explore import Exploration
from duecourse.properties.judge import Judge

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from duecourse.model.procedure import Procedure
    from duecourse.model.table import Rule
    from duecourse.properties.family import Family
    from duecourse.properties.watching import Watching


@dataclass(frozen=True, kw_only=True)
class FamilyWalk(Exploration):
    """The behaviours of one choice, every one of them known.

    Attributes:
        family: those of all choices.
    """

    family: Family

    @property
    def finished(self) -> bool:
        """Whether every reachable configuration was found."""
        return True


class FamilyJudge(Judge):
    """Finds shortest cases of claims that one choice of readings is known to violate.

    Args:
        procedure: what is judged.
        choice: an option of every reading.
        limit: after how many configurations a search gives up.
        plain: the behaviours of all choices.
        clocked: the same in time, made where it is needed.
    """

    def __init__(
        self,
        procedure: Procedure,
        choice: Mapping[str, str],
        limit: int,
        plain: Family,
        clocked: Callable[[], Family],
    ) -> None:
        super().__init__(procedure, (), choice, limit)
        self.__dict__["plain"] = self.walk(plain)
        self.clocked = clocked

    def walk(self, family: Family) -> FamilyWalk:
        """Return the behaviours of the choice."""
        table = family.table.under(self.readings)
        return FamilyWalk(table, self.limit, family=family)

    def violation(self, exploration: Exploration, watching: Watching) -> tuple[Rule, ...] | None:
        """Return a shortest case that violates a part of a claim; None where there is none."""
        assert isinstance(exploration, FamilyWalk)
        return exploration.family.violation(watching.monitor, self.readings)

    def in_time(self, exploration: Exploration) -> Exploration:
        """Return the behaviours in which a lapse happens only where its clock can lapse."""
        return self.timely.setdefault(id(exploration), self.walk(self.clocked()))
