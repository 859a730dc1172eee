"""The compiled search on a table: what it takes from the table, and its answers in the table's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels.reach import MAX_BITS, MAX_BYTES, Masks, Reach, Rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from duecourse.model.table import Rule, Table


def bits_of(table: Table) -> int:
    """Return how many bits a configuration of a table has."""
    return max(field.mask.bit_length() for field in table.fields.values())


def fits(table: Table) -> bool:
    """Return whether the compiled search can take a table: its configurations are narrow enough."""
    return bits_of(table) <= MAX_BITS


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
            Rules(groups, stage.mask >> stage.shift, bits_of(table), final), table.initial, goals
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
    """The configurations found by a search, with their moves, which are worked out when they are asked for."""

    def __init__(self, search: Search) -> None:
        self.table, self.reach = search.table, search.reach
        states = self.reach.states[: self.reach.expanded]
        self.order = np.lexsort(states.T)
        self.keys_in_order = states[self.order]

    def __len__(self) -> int:
        return self.reach.expanded

    def __iter__(self) -> Iterator[int]:
        for number in range(self.reach.expanded):
            yield self.reach.configuration(number)

    def __contains__(self, packed: object) -> bool:
        return isinstance(packed, int) and self._found(packed)

    def __getitem__(self, packed: int) -> tuple[tuple[Rule, int], ...]:
        if not self._found(packed):
            raise KeyError(packed)
        return tuple(self.table.moves(packed))

    def _found(self, packed: int) -> bool:
        low, high = 0, len(self.keys_in_order)
        while low < high:
            middle = (low + high) // 2
            if self.reach.configuration(int(self.order[middle])) < packed:
                low = middle + 1
            else:
                high = middle
        return low < len(self.order) and self.reach.configuration(int(self.order[low])) == packed


def _masks(rule: Rule) -> Masks:
    return Masks(rule.guard_mask, rule.guard_value, rule.nonzero, rule.clear, rule.put, rule.add)
