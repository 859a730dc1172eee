"""The graph of every behaviour under every choice of readings: its configurations, its moves, what they look like."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels.distinct import distinct, distinct_rows, firsts
from duecourse.kernels.graphs import Automaton, Graph
from duecourse.kernels.reach import MAX_BITS
from duecourse.kernels.ways import grouped
from duecourse.model.reading_set import TooManyError
from duecourse.properties.compiled import Search, fits
from duecourse.properties.family_sets import FamilySets
from duecourse.properties.happenings import happening

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from duecourse.model.featured import FeaturedTable
    from duecourse.model.reading_set import ReadingSet
    from duecourse.properties.watching import Symbol, Watching

    Numbers = NDArray[np.int64]
    Indices = NDArray[np.int32]

EVERY = np.zeros(1, np.int32)
"""One move, which leads to the first state."""


class FamilyGraph:
    """The behaviours of a featured table.

    Args:
        table: what is explored.
        fixed: options of readings that are held; all the others range over all their options.
        limit: after how many configurations the search is given up.

    Raises:
        TooManyError: more configurations than `limit` or than memory holds, or configurations that are too wide.
    """

    def __init__(self, table: FeaturedTable, fixed: Mapping[str, str], limit: int) -> None:
        self.table, self.space = table, table.space
        self.within = self.space.cube({name: (option,) for name, option in fixed.items()})
        if not fits(table.common):
            raise TooManyError(f"a configuration takes more than {MAX_BITS} bits")
        self.search = Search(table.common).run(limit)
        reach = self.search.reach
        if reach.full or not reach.finished:
            raise TooManyError(f"stopped after {limit} configurations; raise the limit")
        self.graph = Graph(*reach.edges())
        self.rules = self.search.rules
        exists = {id(rule): under for found in table.rules.values() for rule, under in found}
        self.under = np.array([exists[id(rule)] for rule in self.rules], np.int32)
        self._kinds: dict[int, tuple[Indices, list[int]]] = {}
        self._within: dict[int, Numbers] = {}
        self.sets = FamilySets(self.space)

    @property
    def size(self) -> int:
        """How many configurations there are."""
        return self.graph.size

    def within_of(self, other: FamilyGraph) -> Numbers:
        """Return, for each configuration, which one of another family it is, which has the lowest of its variables."""
        if id(other) not in self._within:
            self._within[id(other)] = self._places_in(other)
        return self._within[id(other)]

    def _places_in(self, other: FamilyGraph) -> Numbers:
        bits = other.table.common.bits
        masks = np.array([((1 << bits) - 1) & ((1 << 63) - 1), ((1 << bits) - 1) >> 63], np.uint64)
        theirs = other.search.reach.states[: other.size]
        ours = self.search.reach.states[: self.size, : theirs.shape[1]] & masks[: theirs.shape[1]]
        count, numbers = distinct_rows(list(np.concatenate((theirs, ours)).T))
        place = np.empty(count, np.int64)
        place[numbers[: other.size]] = np.arange(other.size)
        return place[numbers[other.size :]]

    @cached_property
    def final(self) -> NDArray[np.bool_]:
        """For each configuration, whether the review is over in it."""
        stage = self.table.common.fields["stage"]
        codes = self.fields(stage.mask) >> np.uint64(stage.shift)
        stages = self.table.procedure.stage
        over = np.array([stages[str(name)].final for name in stage.values], np.bool_)
        found: NDArray[np.bool_] = over[codes.astype(np.int64)]
        return found

    def fields(self, mask: int) -> NDArray[np.uint64]:
        """Return the lowest word of every configuration, under a mask."""
        return self.search.reach.states[: self.graph.size, 0] & np.uint64(mask)

    @cached_property
    def reached(self) -> Indices:
        """The choices under which each configuration can be reached."""
        return self.reach(self.under)

    def reach(self, under: Indices, taken: tuple[Indices, Indices] | None = None) -> Indices:
        """Return the choices under which each configuration can be reached.

        Args:
            under: for each rule, the choices under which it is taken.
            taken: kinds of configurations, and for each rule and kind 0 if the move is taken, else -1.
        """
        kinds, symbols = taken or (self.nothing, np.zeros(len(self.rules), np.int32))
        stays = Automaton(kinds, symbols, np.array([0, 1]), EVERY, np.ones(1, np.bool_))
        return self.sets.spread(self.graph, stays, under, self.first)[:, 0]

    @cached_property
    def first(self) -> Indices:
        """Where cases begin: for each configuration, under which choices."""
        first = np.zeros(self.graph.size, np.int32)
        first[: len(self.table.common.initial)] = self.within
        return first

    @cached_property
    def nothing(self) -> Indices:
        """Every configuration of one kind."""
        return np.zeros(self.graph.size, np.int32)

    def kinds(self, mask: int) -> tuple[Indices, list[int]]:
        """Return what each configuration is under a mask, by number, with a configuration of each kind."""
        found = self._kinds.get(mask)
        if found is None:
            found = self._kinds[mask] = self._kinds_of(mask)
        return found

    def _kinds_of(self, mask: int) -> tuple[Indices, list[int]]:
        if not mask:
            return self.nothing, [self.search.reach.configuration(0)]
        words = self.search.reach.states[: self.graph.size]
        masks = enumerate((mask & ((1 << 63) - 1), mask >> 63))
        columns = [
            (words[:, word] & np.uint64(own)) >> np.uint64((own & -own).bit_length() - 1)
            for word, own in masks
            if own
        ]
        count, kinds = distinct_rows(columns)
        examples = [self.search.reach.configuration(each) for each in firsts(count, kinds).tolist()]
        return kinds.astype(np.int32), examples

    def pairs(self, kinds: Indices, count: int) -> Numbers:
        """Return which rules lead to which kinds of configurations: `rule * count + kind`, ascending."""
        if count == 1:
            return np.arange(len(self.rules))
        seen = np.zeros(len(self.rules) * count, np.bool_)
        seen[self.graph.rule.astype(np.int64) * count + kinds[self.graph.to]] = True
        return np.flatnonzero(seen)

    @cached_property
    def edges_by_rule(self) -> tuple[Numbers, Numbers]:
        """The moves in the order of their rules, and where those of each rule begin; a last end."""
        return grouped(self.graph.rule, len(self.rules))

    def symbols(
        self, watching: Watching, kinds: Indices, examples: list[int]
    ) -> tuple[Indices, list[Symbol]]:
        """Return what each rule and kind of configuration is to a claim, by number, and the symbols."""
        numbers: dict[Symbol, int] = {}
        count = len(examples)
        if count == 1 and not watching.looks_close:
            kinds_of, first = self.happening_kinds
            each = [
                watching.symbol_of(self.rules[rule], examples[0], self.happenings[rule])
                for rule in first
            ]
            by_kind = [numbers.setdefault(symbol, len(numbers)) for symbol in each]
            return np.array(by_kind, np.int32)[kinds_of], list(numbers)
        found = np.full(len(self.rules) * count, -1, np.int32)
        names = self.happenings
        for pair in self.pairs(kinds, count).tolist():
            rule, kind = divmod(pair, count)
            symbol = watching.symbol_of(self.rules[rule], examples[kind], names[rule])
            found[pair] = numbers.setdefault(symbol, len(numbers))
        return found, list(numbers)

    @cached_property
    def happening_kinds(self) -> tuple[Indices, list[int]]:
        """For each rule, of which kind it is by what happens; and for each kind a rule of it."""
        numbers: dict[frozenset[str], int] = {}
        kinds = [numbers.setdefault(names, len(numbers)) for names in self.happenings]
        return np.array(kinds, np.int32), [kinds.index(kind) for kind in range(len(numbers))]

    @cached_property
    def happenings(self) -> list[frozenset[str]]:
        """What each rule is, in the words of propositions."""
        return [happening(rule) for rule in self.rules]

    def any_of(self, *parts: Indices) -> ReadingSet:
        """Return the choices in any of the sets."""
        numbers = {each for part in parts for each in distinct(part)[0].tolist()}
        return self.space.any_of(sorted(numbers))

    def each(
        self, operation: Callable[[int, int], int], first: Indices, second: Indices
    ) -> Indices:
        """Return an operation on two sets, for each place."""
        some, here = distinct(first)
        others, there = distinct(second)
        pairs, which = distinct(here * len(others) + there)
        results = [
            operation(int(some[pair // len(others)]), int(others[pair % len(others)]))
            for pair in pairs.tolist()
        ]
        found: Indices = np.array(results, np.int32)[which]
        return found
