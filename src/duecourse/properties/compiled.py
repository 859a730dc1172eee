"""The compiled search on a table: what it takes from the table, and its answers in the table's words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from duecourse.kernels.reach import MAX_BITS, MAX_BYTES, Masks, Reach, Rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from duecourse.model.table import Rule, Table


def fits(table: Table) -> bool:
    """Return whether the compiled search can take a table: its configurations are narrow enough."""
    return table.bits <= MAX_BITS


class Search:
    """A compiled search over every behaviour of a table.

    Args:
        table: what is explored.
        goals: conditions on configurations; the first configuration in which each holds is noted.
    """

    def __init__(self, table: Table, goals: Sequence[Masks] = ()) -> None:
        self.table = table
        stage = table.fields["stage"]
        self.rules: list[Rule] = [
            rule for name in stage.values for rule in table.rules.get(str(name), ())
        ]
        groups = [
            [_masks(rule) for rule in table.rules.get(str(name), ())] for name in stage.values
        ]
        final = [table.procedure.stage[str(name)].final for name in stage.values]
        self.reach = Reach(
            Rules(groups, stage.mask >> stage.shift, table.bits, final), table.initial, goals
        )

    def run(self, limit: int, memory: int = MAX_BYTES) -> Search:
        """Search up to a number of configurations and of bytes; return itself."""
        self.reach.run(limit, memory)
        return self

    def way(self, number: int) -> tuple[Rule, ...]:
        """Return the fewest steps to a configuration, by its number."""
        return tuple(self.rules[each] for each in self.reach.way(number))

    def stuck(self) -> tuple[Rule, ...] | None:
        """Return the fewest steps to a dead end; None where there is none."""
        found = self.reach.dead_end
        return None if found is None else self.way(found)

    def goal(self, goal: int) -> tuple[Rule, ...] | None:
        """Return the fewest steps to a configuration in which a goal holds; None where there is none."""
        found = self.reach.first(goal)
        return None if found is None else self.way(found)

    def trapped(self, ends: Callable[[Rule], bool]) -> tuple[Rule, ...] | None:
        """Return the fewest steps to a configuration from which no step that ends can be reached; None without one.

        A configuration in which the review is over is not looked at.
        """
        stage = self.table.fields["stage"]
        for number in self.reach.unable([ends(rule) for rule in self.rules]):
            if not self.table.procedure.stage[
                str(stage.read(self.reach.configuration(int(number))))
            ].final:
                return self.way(int(number))
        return None


class LazyMoves(Mapping[int, "tuple[tuple[Rule, int], ...]"]):
    """The configurations found by a search, with their moves, which are worked out when they are asked for.

    Attributes:
        search: what found them.
        size: the number of configurations and of moves.
        finished: whether every reachable configuration was found.
    """

    def __init__(self, search: Search) -> None:
        self.table, reach = search.table, search.reach
        self.search = search
        self.size, self.finished = (reach.expanded, reach.moves), reach.finished

    @cached_property
    def found(self) -> dict[int, None]:
        """The configurations, breadth first."""
        return dict.fromkeys(self.search.reach.configurations())

    def __len__(self) -> int:
        return self.size[0]

    def __iter__(self) -> Iterator[int]:
        return iter(self.found)

    def __contains__(self, packed: object) -> bool:
        return packed in self.found

    def __getitem__(self, packed: int) -> tuple[tuple[Rule, int], ...]:
        if packed not in self.found:
            raise KeyError(packed)
        return tuple(self.table.moves(packed))


def lazy_moves(table: Table, limit: int, memory: int = MAX_BYTES) -> LazyMoves | None:
    """Return what a compiled search finds; None where the table is too wide for it, or memory too small."""
    if not fits(table):
        return None
    search = Search(table).run(limit, memory)
    return None if search.reach.full else LazyMoves(search)


def _masks(rule: Rule) -> Masks:
    return Masks(rule.guard_mask, rule.guard_value, rule.nonzero, rule.clear, rule.put, rule.add)
