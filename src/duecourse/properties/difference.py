"""What two procedures allow differently: not their words, but what can happen, when, and how it ends.

Both texts are walked side by side, breadth first, so that every difference comes with a shortest trace. Two texts are
equal where they have the same prefixes and complete traces over: who takes which step, the class and the reply of a
member, lapses and breaches, and the passing of days (`docs/semantics.md`). Citations, labels, stages and facts are not
observed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.properties.comparing import MAX_PAIRS, Comparing
from duecourse.properties.renaming import NOTHING

if TYPE_CHECKING:
    from duecourse.model.table import Table
    from duecourse.properties.change import Difference
    from duecourse.properties.renaming import Renaming

__all__ = ["MAX_PAIRS", "Comparing", "Comparison", "compare", "equal", "first_difference"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences of two tables.

    Attributes:
        a, b: what was compared.
        names: what was renamed and hidden.
        differences: in the order of the length of their cases.
        pairs: how many pairs of states were visited.
        finished: whether all were.
    """

    a: Table
    b: Table
    names: Renaming
    differences: tuple[Difference, ...]
    pairs: int
    finished: bool

    @property
    def exit_code(self) -> int:
        """0 if there is no difference, 1 if one is confirmed, 3 if the search was not finished or not all is confirmed."""
        if any(each.confirmed for each in self.differences):
            return 1
        return 0 if self.finished and not self.differences else 3


def compare(a: Table, b: Table, names: Renaming = NOTHING, *, limit: int = MAX_PAIRS) -> Comparison:
    """Return every difference in the behaviour of two procedures, each with the shortest case that shows it.

    The search goes on past a difference: where both texts still can, and past steps that only one of them has. A step is
    told once for each stage in which only one text allows it, a change of a clock once.

    Args:
        a: the first table, under its own choice of readings.
        b: the second.
        names: the names of the second text in terms of the first.
        limit: after how many pairs of states the search gives up and says so.
    """
    comparing = Comparing(a, b, names, limit=limit)
    found: dict[object, Difference] = {}
    for each in comparing.differences():
        stages = each.stages if each.change.aspect == "step" and each.known else ()
        key = (each.change, stages)
        if key not in found or each.confirmed:
            found[key] = each
    return Comparison(a, b, names, tuple(found.values()), len(comparing.came), comparing.finished)


def equal(a: Table, b: Table, names: Renaming = NOTHING) -> Difference | None:
    """Return the first difference in the behaviour of two procedures, None where they behave the same.

    A difference that no dated case confirms is returned only where no other one is found; it says so.

    Args:
        a: the first table, under its own choice of readings.
        b: the second.
        names: the names of the second text in terms of the first.

    Raises:
        InvalidInput: a reading chooses no calendar.
    """
    return first_difference(Comparing(a, b, names))


def first_difference(comparing: Comparing) -> Difference | None:
    """Return the first difference that a dated case confirms; else the first suspicion; None where there is none."""
    suspicion: Difference | None = None
    for each in comparing.differences():
        if each.confirmed:
            return each
        suspicion = suspicion or each
    return suspicion
