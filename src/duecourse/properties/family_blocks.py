"""The behaviours under all readings made small for questions about time: configurations put together that clocks cannot tell apart."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from duecourse.model.featured import FeaturedTable, compile_featured
from duecourse.model.reading_set import NONE
from duecourse.model.table import Rule, Table
from duecourse.properties.family import Family
from duecourse.properties.marking import Marking, marking_steps
from duecourse.properties.monitor import observed
from duecourse.properties.quotient import Moves, quotient
from duecourse.properties.timed import ClockedGraph

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from duecourse.model.procedure import Procedure
    from duecourse.model.table import Op
    from duecourse.properties.marking import Symbols
    from duecourse.properties.property import Property

    Indices = NDArray[np.int32]

_TIMED = {"start", "stop", "extend", "begin", "end"}


class Label(NamedTuple):
    """What a step is to clocks and to the terms of properties: all that is observed of it.

    Attributes:
        ops: what it does to clocks and suspensions.
        lapse: the clock whose lapse takes it.
        measured: whether statutory time begins with it.
        outcome: the outcome, where it ends the case.
        symbols: what it is to each term that it may begin or end.
    """

    ops: tuple[Op, ...]
    lapse: str | None
    measured: bool
    outcome: str | None
    symbols: Symbols = ()


@dataclass(frozen=True)
class Blocks(Table):
    """A table whose configurations are numbers of blocks; no variable of theirs can be read.

    Attributes:
        after: for each block, the rules that lead from it; each is one of its own for each block it leads to.
        ended: the block of the cases that are over.
        stages: the stage of each block, where stages are told apart.
    """

    after: Mapping[int, tuple[tuple[Rule, int], ...]] = field(default_factory=dict)
    ended: int = -1
    stages: Mapping[int, str] = field(default_factory=dict)

    def stage(self, packed: int) -> str:
        """Return the stage of a block; an empty name where stages are not told apart."""
        return self.stages.get(packed, "")

    def moves(self, packed: int) -> Iterator[tuple[Rule, int]]:
        """Yield every rule of a block, with the block it leads to."""
        yield from self.after.get(packed, ())

    def is_final(self, packed: int) -> bool:
        """Return whether the review is over in a block."""
        return packed == self.ended


@dataclass(frozen=True)
class Small:
    """The blocks as a timed featured table.

    Attributes:
        table: its rules say what they do to clocks.
        symbols: what each rule is to terms, by its identity.
        marking: tells by that where terms begin and end.
        configurations: how many there were.
    """

    table: FeaturedTable
    symbols: Mapping[int, Symbols]
    marking: Marking
    configurations: int

    @property
    def marks(self) -> BlockMarks:
        """Tells the marks of a rule."""
        return BlockMarks(self)


@dataclass
class BlockMarks:
    """Tells the marks of a rule by what it is to terms; the block it leads to makes no difference."""

    small: Small
    mask: int = 0

    def __call__(
        self,
        rule: Rule,
        to: int,  # noqa: ARG002
        before: frozenset[str],
        after: frozenset[str],
    ) -> frozenset[str]:
        """Return the marks of a rule, by the clocks that run before and after it."""
        return self.small.marking.marks(self.small.symbols[id(rule)], before, after)


def in_blocks(
    procedure: Procedure,
    limit: int,
    terms: Sequence[Property] = (),
    without: Collection[str] = (),
    *,
    places: bool = False,
) -> Small:
    """Return the behaviours of a procedure under every choice of readings, in blocks that clocks and terms cannot tell apart.

    Args:
        procedure: whose behaviours.
        limit: after how many configurations the search gives up.
        terms: properties whose terms are told apart.
        without: steps that are never taken.
        places: whether stages are told apart.

    Raises:
        InvalidInput: guards that come out in too many ways.
        TooManyError: more configurations than `limit`, or wider ones than the compiled search takes.
    """
    monitors = [each.monitor for each in terms if each.monitor is not None]
    table = compile_featured(
        procedure,
        observed=observed(monitors, procedure),
        visible=marking_steps(terms, procedure),
    )
    family = Family(table, {}, limit)
    marking = Marking(table.common, terms)
    labels, standing, moves = _moves(family, marking, without)
    kind = np.where(family.final, -1, _stages(family) if places else 0).astype(np.int32)
    block, small = quotient(moves, kind, family.space)
    rules = [
        # each one of its own, so that it has its own choices
        (replace(standing[label]), labels[label].symbols)
        for label in small.label.tolist()
    ]
    return Small(
        _table(family, block, small, [rule for rule, _ in rules], places=places),
        {id(rule): symbols for rule, symbols in rules},
        marking,
        family.size,
    )


def _moves(
    family: Family, marking: Marking, without: Collection[str]
) -> tuple[list[Label], Mapping[int, Rule], Moves]:
    """Return what steps are to clocks and terms, the silent ones first, a rule that stands for each, and all moves."""
    graph = ClockedGraph(family.table.common)
    measured = family.table.procedure.measured_from
    kinds, examples = family.kinds(marking.mask)
    count = len(examples)
    numbers = {Label((), None, measured=False, outcome=None): 0}
    standing: dict[int, Rule] = {}
    label = np.zeros(len(family.rules) * count, np.int32)
    for pair in family.pairs(kinds, count).tolist():
        rule = family.rules[pair // count]
        made = Label(
            tuple(op for op in rule.ops if op.kind in _TIMED),
            rule.lapse_of,
            rule.step in measured,
            graph.outcome(rule),
            marking.symbols(rule, examples[pair % count]),
        )
        label[pair] = numbers.setdefault(made, len(numbers))
        standing.setdefault(int(label[pair]), rule)
    moves = family.graph
    taken = np.array([rule.step not in without for rule in family.rules], np.bool_)
    possible = family.each(
        family.space.intersection, family.under[moves.rule], family.reached[moves.sources]
    )
    kept = np.flatnonzero(~family.final[moves.sources] & (possible != NONE) & taken[moves.rule])
    rules, to = moves.rule[kept], moves.to[kept]
    labelled = label[rules.astype(np.int64) * count + kinds[to]]
    found = Moves(family.size, moves.sources[kept], to, labelled, family.under[rules])
    return list(numbers), standing, found


def _stages(family: Family) -> Indices:
    """Return the stage of each configuration, by number."""
    stage = family.table.common.fields["stage"]
    return (family.fields(stage.mask) >> np.uint64(stage.shift)).astype(np.int32)


def _table(
    family: Family, block: Indices, moves: Moves, rules: Sequence[Rule], *, places: bool
) -> FeaturedTable:
    """Return the table of blocks with a rule for each of their moves."""
    common = family.table.common
    names = common.fields["stage"].values
    pairs = zip(block.tolist(), _stages(family).tolist(), strict=True) if places else ()
    after: dict[int, list[tuple[Rule, int]]] = {}
    for source, to, rule in zip(moves.sources.tolist(), moves.to.tolist(), rules, strict=True):
        after.setdefault(source, []).append((rule, to))
    ended = np.flatnonzero(family.final)
    small = Blocks(
        procedure=common.procedure,
        readings=common.readings,
        fields=common.fields,
        live=common.live,
        rules={"": tuple(rules)},
        initial=tuple(np.unique(block[: len(common.initial)]).tolist()),
        after={source: tuple(leads) for source, leads in after.items()},
        ended=int(block[ended[0]]) if len(ended) else -1,
        stages={each: str(names[stage]) for each, stage in pairs},
    )
    unders = tuple(zip(rules, moves.under.tolist(), strict=True))
    return FeaturedTable(family.space, small, {"": unders})
