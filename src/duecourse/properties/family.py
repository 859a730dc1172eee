"""Every behaviour under every choice of readings: fixpoints over sets of choices, never one successor for all.

Each configuration has the set of choices under which something is true of it: that it can be reached, that a goal can
be reached from it, that a claim stands in some state there. The sets are exact: they are least or greatest fixpoints of
the same equations that a single choice has, solved for all choices at once (Classen et al. 2013).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels.cones import MOST_STATES, Cone
from duecourse.kernels.graphs import Automaton, Graph
from duecourse.kernels.reach import MAX_BITS
from duecourse.kernels.sets import Aim
from duecourse.kernels.walks import shortest
from duecourse.kernels.ways import grouped
from duecourse.model.reading_set import ALL, NONE, TooManyError
from duecourse.properties.compiled import Search, fits
from duecourse.properties.family_sets import FamilySets
from duecourse.properties.showing import Judged, Quality
from duecourse.properties.watching import happening

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from numpy.typing import NDArray

    from duecourse.model.featured import FeaturedTable
    from duecourse.model.reading_set import ReadingSet
    from duecourse.model.table import Rule
    from duecourse.properties.monitor import Monitor
    from duecourse.properties.watching import Symbol, Watching

    Numbers = NDArray[np.int64]
    Indices = NDArray[np.int32]
    Goal = Callable[[Rule, int], bool]

_EVERY = np.zeros(1, np.int32)


@dataclass(frozen=True, slots=True)
class Shown:
    """What watching every behaviour showed.

    Attributes:
        under: the choices of readings under which some case shows it.
        visited: how many pairs of configuration and state of the claim were visited.
    """

    under: ReadingSet
    visited: int


@dataclass(frozen=True)
class Asked:
    """What a fixpoint is asked for.

    Attributes:
        graph: the moves.
        rules: how many rules they have.
        automaton: the automaton beside them.
        first: for each configuration, under which choices it is reached at the beginning, in the first state.
        aim: what is looked for.
    """

    graph: Graph
    rules: int
    automaton: Automaton
    first: Indices
    aim: Aim

    @cached_property
    def cone(self) -> Cone | None:
        """Where a way to what is looked for may lead, whatever the readings; None where there are too many states."""
        if len(self.automaton.goes_on) > MOST_STATES:
            return None
        return Cone(self.graph, self.automaton, self.rules, self.first != NONE, self.aim)


def _automaton(judged: Judged, kinds: Indices, symbols: Indices, *, covered: bool) -> Automaton:
    """Return a claim as an automaton; where its first state is covered, without the moves that stay in it."""
    leads, after = [0], []
    for symbol in judged.alphabet:
        for state in judged.states:
            after += [
                judged.number[to]
                for to in judged.watching.after(state, symbol)
                if not (covered and state == to == judged.watching.initial)
            ]
            leads.append(len(after))
    return Automaton(
        kinds,
        symbols,
        np.array(leads, np.int64),
        np.array(after, np.int32),
        ~(judged.now | judged.never),
    )


class Family:
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
        self.sets = FamilySets(self.space)
        self._automata: dict[Monitor, tuple[Automaton, NDArray[np.int8]]] = {}

    @property
    def size(self) -> int:
        """How many configurations there are."""
        return self.graph.size

    def within_of(self, other: Family) -> Numbers:
        """Return, for each configuration, which one of another family it is, which has the lowest of its variables."""
        bits = other.table.common.bits
        masks = np.array([((1 << bits) - 1) & ((1 << 63) - 1), ((1 << bits) - 1) >> 63], np.uint64)
        theirs = other.search.reach.states[: other.size]
        ours = self.search.reach.states[: self.size, : theirs.shape[1]] & masks[: theirs.shape[1]]
        _, numbers = np.unique(np.concatenate((theirs, ours)), axis=0, return_inverse=True)
        numbers = numbers.reshape(-1)
        place = np.empty(other.size, np.int64)
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
        stays = Automaton(kinds, symbols, np.array([0, 1]), _EVERY, np.ones(1, np.bool_))
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
        masks = np.array([mask & ((1 << 63) - 1), mask >> 63], np.uint64)[: words.shape[1]]
        _, where, kinds = np.unique(words & masks, axis=0, return_index=True, return_inverse=True)
        examples = [self.search.reach.configuration(int(each)) for each in where]
        return kinds.reshape(-1).astype(np.int32), examples

    def pairs(self, kinds: Indices, count: int) -> Numbers:
        """Return which rules lead to which kinds of configurations: `rule * count + kind`, ascending."""
        if count == 1:
            return np.arange(len(self.rules))
        seen = np.zeros(len(self.rules) * count, np.bool_)
        seen[self.graph.rule.astype(np.int64) * count + kinds[self.graph.to]] = True
        return np.flatnonzero(seen)

    # --- claims about cases --------------------------------------------------------------------------------------

    def shown(self, monitor: Monitor, quality: Quality) -> Shown:
        """Return under which choices some case shows something of a claim."""
        asked = self.asked(monitor, quality)
        cone = asked.cone if quality is Quality.VIOLATED else None
        if cone is not None:
            if not cone.reached:
                return Shown(asked.aim.shown, cone.size)
            asked.aim.cone = cone.leading()
        return Shown(
            *self.sets.showing(self.graph, asked.automaton, self.under, asked.first, asked.aim)
        )

    def asked(self, monitor: Monitor, quality: Quality) -> Asked:
        """Return what a fixpoint has to find out to know under which choices some case shows something of a claim."""
        watching = monitor.bind(self.table.common)
        kinds, examples = self.kinds(watching.mask)
        symbols, alphabet = self.symbols(watching, kinds, examples)
        judged = Judged(watching, quality, alphabet)
        covered = judged.covered
        automaton = _automaton(judged, kinds, symbols, covered=covered)
        first = self.reached if covered else self.first
        aim = Aim(judged.aims, self.final, every=self.within)
        aim.shown = self.first_shown(judged.aims[0], first)
        if covered:
            first = np.zeros_like(self.reached)
            places = self.sources_of(automaton)
            first[places] = self.reached[places]
        return Asked(self.graph, len(self.rules), automaton, first, aim)

    def violation(
        self, monitor: Monitor, choice: Mapping[str, str]
    ) -> tuple[Rule, ...] | None:
        """Return a shortest case of one choice that violates a claim, as a search on its own table finds it."""
        if monitor not in self._automata:
            watching = monitor.bind(self.table.common)
            kinds, examples = self.kinds(watching.mask)
            symbols, alphabet = self.symbols(watching, kinds, examples)
            judged = Judged(watching, Quality.VIOLATED, alphabet)
            automaton = _automaton(judged, kinds, symbols, covered=False)
            self._automata[monitor] = automaton, judged.aims
        automaton, aims = self._automata[monitor]
        taken = [self.space.contains(under, choice) for under in self.under.tolist()]
        begin = len(self.table.common.initial)
        found = shortest(self.graph, automaton, begin, np.array(taken), aims, self.final)
        return None if found is None else tuple(self.rules[rule] for rule in found)

    def may_show(self, monitor: Monitor, quality: Quality) -> bool:
        """Return whether some mixture of choices shows something of a claim: if none does, no choice does."""
        asked = self.asked(monitor, quality)
        return asked.aim.shown != NONE or asked.cone is None or asked.cone.reached

    def first_shown(self, aim: int, reached: Indices) -> ReadingSet:
        """Return the choices under which something is shown by the first state of a claim alone.

        Args:
            aim: where that state shows it (`Judged.aims`).
            reached: for each configuration, the choices under which it is reached in that state.
        """
        return self.any_of(*([reached] if aim == 2 else [reached[self.final]] if aim == 1 else []))

    def sources_of(self, automaton: Automaton) -> Numbers:
        """Return the configurations from which some move leads on from the first state of an automaton."""
        leads = np.diff(automaton.leads).reshape(-1, len(automaton.goes_on))[:, 0] > 0
        wanted = np.where(automaton.symbols >= 0, leads[automaton.symbols], False)  # noqa: FBT003
        by_rule = wanted.reshape(len(self.rules), -1)
        edges, starts = self.edges_by_rule
        found = [
            edges[starts[rule] : starts[rule + 1]] for rule in np.flatnonzero(by_rule.any(axis=1))
        ]
        if not found:
            return np.empty(0, np.int64)
        some = np.concatenate(found)
        meant = by_rule[self.graph.rule[some], automaton.kinds[self.graph.to[some]]]
        leading = np.zeros(self.size, np.bool_)
        leading[self.graph.sources[some[meant]]] = True
        return np.flatnonzero(leading)

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
        numbers = {int(each) for part in parts for each in np.unique(part)}
        return self.space.any_of(sorted(numbers))

    def each(
        self, operation: Callable[[int, int], int], first: Indices, second: Indices
    ) -> Indices:
        """Return an operation on two sets, for each place."""
        both = (first.astype(np.int64) << 32) | second.astype(np.int64)
        pairs = np.unique(both)
        results = [operation(int(pair >> 32), int(pair & 0xFFFFFFFF)) for pair in pairs.tolist()]
        found: Indices = np.array(results, np.int32)[np.searchsorted(pairs, both)]
        return found

    # --- claims about the graph ----------------------------------------------------------------------------------

    def taken(self, goal: Goal, mask: int) -> tuple[Indices, Indices]:
        """Return the kinds of configurations, and for each rule and kind 1 if the move is wanted, else 0.

        Args:
            goal: tells of a rule and the configuration it leads to whether the move is wanted.
            mask: the bits of the configuration that it looks at.
        """
        kinds, examples = self.kinds(mask)
        count = len(examples)
        wanted = np.zeros(len(self.rules) * count, np.int32)
        for pair in self.pairs(kinds, count).tolist():
            rule, kind = divmod(pair, count)
            wanted[pair] = goal(self.rules[rule], examples[kind])
        return kinds, wanted

    def without(self, steps: Collection[str]) -> Indices:
        """Return, for each rule, the choices under which it exists where some steps are never taken."""
        left_out = np.array([rule.step in steps for rule in self.rules], np.bool_)
        return np.where(left_out, NONE, self.under).astype(np.int32)

    def able(self, goal: Goal, mask: int, steps: Collection[str] = ()) -> Indices:
        """Return, for each configuration, the choices under which a wanted move can still be reached from it.

        Args:
            goal: tells of a rule and the configuration it leads to whether the move is wanted.
            mask: the bits of the configuration that it looks at.
            steps: steps that are never taken.
        """
        kinds, wanted = self.taken(goal, mask)
        graph = self.graph
        asked = wanted[
            graph.rule.astype(np.int64) * (len(wanted) // len(self.rules)) + kinds[graph.to]
        ]
        back = graph.reversed(asked.astype(np.bool_))
        first = np.zeros(back.size, np.int32)
        first[-1] = ALL
        stays = Automaton(
            np.zeros(back.size, np.int32),
            np.zeros(len(self.rules), np.int32),
            np.array([0, 1]),
            _EVERY,
            np.ones(1, np.bool_),
        )
        return self.sets.spread(back, stays, self.without(steps), first)[:-1, 0]

    def avoiding(self, goal: Goal, mask: int) -> Indices:
        """Return the choices under which each configuration can be reached before any wanted move."""
        kinds, wanted = self.taken(goal, mask)
        return self.reach(self.under, (kinds, -wanted))

    def trapped(self, reached: Indices, able: Indices) -> Indices:
        """Return, for each configuration in which the review is not over, where it is reached but not able."""
        return np.where(self.final, NONE, self.each(self.space.difference, reached, able)).astype(
            np.int32
        )

    @cached_property
    def left(self) -> Indices:
        """The choices under which each configuration can be left by some step."""
        return self.leaving(self.under)

    def leaving(self, under: Indices) -> Indices:
        """Return the choices under which each configuration has some move that is taken."""
        back = self.graph.reversed(np.ones(len(self.graph.to), np.bool_))
        first = np.zeros(back.size, np.int32)
        first[-1] = ALL
        once = Automaton(
            np.zeros(back.size, np.int32),
            np.zeros(len(self.rules), np.int32),
            np.array([0, 1, 1]),
            np.ones(1, np.int32),
            np.array([True, False]),
        )
        return self.sets.spread(back, once, under, first)[:-1, 1]

    def evading(
        self, goal: Goal, mask: int, fair: Iterable[str], steps: Collection[str]
    ) -> ReadingSet:
        """Return the choices under which a case can go on for ever, or end, or get stuck, before any wanted move.

        Fairness is strong: a step in `fair` that can be taken again and again is taken again and again. What cannot lie
        on a fair loop is taken away until nothing changes (Kesten, Pnueli, Raviv 1998): that without a predecessor, and
        that in which a fair step can be taken but which no such step leads to.

        Args:
            goal: tells of a rule and the configuration it leads to whether the move is wanted.
            mask: the bits of the configuration that it looks at.
            fair: steps that are not put off for ever.
            steps: steps that are never taken.
        """
        space = self.space
        moves = self.without(steps)
        kinds, wanted = self.taken(goal, mask)
        count = len(wanted) // len(self.rules)
        reached = self.reach(moves, (kinds, -wanted))
        stuck = self.each(space.difference, reached, self.leaving(moves))
        found = self.any_of(np.where(self.final, reached, stuck))
        staying = np.where(self.final, NONE, reached).astype(np.int32)
        steps_of = np.array([rule.step for rule in self.rules])
        # from any place (state 0) by a step that counts to state 1, and on from there where that is asked for
        while True:
            before = staying
            for step in sorted(fair):
                is_it = np.repeat(steps_of == step, count)
                possible = self.leaving(np.where(steps_of == step, moves, NONE).astype(np.int32))
                symbols = np.where(wanted == 1, -1, is_it.astype(np.int32))
                after = self._onward(kinds, symbols, moves, staying, on=True)
                idle = self.each(space.difference, staying, possible)
                staying = self.each(space.union, idle, after)
            while True:
                symbols = np.where(wanted == 1, -1, 1).astype(np.int32)
                after = self._onward(kinds, symbols, moves, staying, on=False)
                if np.array_equal(after, staying):
                    break
                staying = after
            if np.array_equal(staying, before):
                return space.union(found, self.any_of(staying))

    def _onward(
        self, kinds: Indices, symbols: Indices, under: Indices, staying: Indices, *, on: bool
    ) -> Indices:
        """Return what is reached, inside a set of places, from any of them by a move of symbol 1, and on from there."""
        # symbol 0 leads on from state 1 alone, symbol 1 from both
        automaton = Automaton(
            kinds,
            symbols.astype(np.int32),
            np.array([0, 0, 1, 2, 3]),
            np.ones(3, np.int32),
            np.array([True, on]),
        )
        return self.sets.spread(self.graph, automaton, under, staying, staying)[:, 1]
