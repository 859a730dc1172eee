"""A featured table made small for questions about time: configurations put together that clocks cannot tell apart."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from duecourse.model.featured import FeaturedTable
from duecourse.model.reading_set import NONE
from duecourse.model.table import Rule, Table
from duecourse.properties.quotient import quotient
from duecourse.properties.timed import ClockedGraph

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from duecourse.model.reading_set import ReadingSet
    from duecourse.model.table import Op

_TIMED = {"start", "stop", "extend", "begin", "end"}


class _Label(NamedTuple):
    """What a step is to clocks: all that is observed of it."""

    ops: tuple[Op, ...]
    lapse: str | None
    measured: bool
    outcome: str | None


@dataclass(frozen=True)
class Blocks(Table):
    """A table whose configurations are numbers of blocks; no variable of theirs can be read.

    Attributes:
        after: for each block, the rules that lead from it; one is at hand for each block it leads to.
        ended: the block of the cases that are over.
    """

    after: Mapping[int, tuple[tuple[Rule, int], ...]] = field(default_factory=dict)
    ended: int = -1

    def moves(self, packed: int) -> Iterator[tuple[Rule, int]]:
        """Yield every rule of a block, with the block it leads to."""
        yield from self.after.get(packed, ())

    def is_final(self, packed: int) -> bool:
        """Return whether the review is over in a block."""
        return packed == self.ended


def in_blocks(table: FeaturedTable, found: Mapping[int, ReadingSet]) -> FeaturedTable:
    """Return a timed featured table with the configurations in blocks that clocks cannot tell apart.

    Args:
        table: a table whose rules say what they do to clocks.
        found: its configurations, each with the choices of readings under which it can be reached.
    """
    common, space = table.common, table.space
    graph = ClockedGraph(common)
    labels: dict[int, _Label | None] = {}
    standing: dict[_Label, Rule] = {}

    def label(rule: Rule) -> _Label | None:
        """Return what a rule is to clocks; None where it is nothing."""
        key = id(rule)
        if key not in labels:
            ops = tuple(op for op in rule.ops if op.kind in _TIMED)
            measured = rule.step in common.procedure.measured_from
            made = _Label(ops, rule.lapse_of, measured, graph.outcome(rule))
            labels[key] = made if any(made) else None
            standing.setdefault(made, rule)
        return labels[key]

    def moves(packed: int) -> list[tuple[_Label | None, int, ReadingSet]]:
        if common.is_final(packed):
            return []
        return [
            (label(rule), to, under)
            for rule, to, under in table.moves(packed)
            if space.intersection(under, found[packed]) != NONE
        ]

    blocks = quotient(list(found), moves, common.is_final, space)
    rules: list[tuple[Rule, ReadingSet]] = []
    after: dict[int, list[tuple[Rule, int]]] = {}
    for block, events in blocks.events.items():
        for each, to, under in events:
            rule = replace(standing[each])  # one of its own, so that it has its own choices
            rules.append((rule, under))
            after.setdefault(block, []).append((rule, to))
    ended = {blocks.block[packed] for packed in found if common.is_final(packed)}
    small = Blocks(
        procedure=common.procedure,
        readings=common.readings,
        fields=common.fields,
        live=common.live,
        rules={"": tuple(rule for rule, _ in rules)},
        initial=tuple({blocks.block[packed] for packed in common.initial}),
        after={block: tuple(leads) for block, leads in after.items()},
        ended=next(iter(ended), -1),
    )
    return FeaturedTable(space, small, {"": tuple(rules)})
