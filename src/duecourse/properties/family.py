"""Every behaviour under every choice of readings: fixpoints over sets of choices, never one successor for all.

Each configuration has the set of choices under which something is true of it: that it can be reached, that a goal can
be reached from it, that a claim stands in some state there. The sets are exact: they are least or greatest fixpoints of
the same equations that a single choice has, solved for all choices at once (Classen et al. 2013).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from threading import RLock
from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels.cones import MOST_STATES, Cones
from duecourse.kernels.graphs import ANYWHERE, NOWHERE, Automaton
from duecourse.kernels.sets import Aim
from duecourse.kernels.walks import shortest
from duecourse.model.reading_set import ALL, NONE
from duecourse.properties.family_graph import EVERY, FamilyGraph
from duecourse.properties.showing import Judged, Quality

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from duecourse.model.featured import FeaturedTable
    from duecourse.model.reading_set import ReadingSet
    from duecourse.model.table import Rule
    from duecourse.properties.monitor import Monitor

    Numbers = NDArray[np.int64]
    Indices = NDArray[np.int32]
    Goal = Callable[[Rule, int], bool]


@dataclass(frozen=True, slots=True)
class Shown:
    """What watching every behaviour showed.

    Attributes:
        under: the choices of readings under which some case shows it.
        visited: how many pairs of configuration and state of the claim were visited.
    """

    under: ReadingSet
    visited: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a fixpoint is asked for.

    Attributes:
        automaton: the automaton beside the moves.
        first: for each configuration, under which choices it is reached at the beginning, in the first state.
        aim: what is looked for.
    """

    automaton: Automaton
    first: Indices
    aim: Aim

    @property
    def width(self) -> int:
        """How many states there are."""
        return len(self.automaton.goes_on)


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where a way to what violates a claim may lead, whatever the readings.

    Attributes:
        shown: the choices under which it is violated from the beginning.
        asked: what a fixpoint has to find out; None where there is nothing to find.
        cones: where ways may lead; None where there are too many states to tell.
        place: of the claim among those of the cones.
    """

    shown: ReadingSet
    asked: Asked | None
    cones: Cones | None = None
    place: int = 0


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


class Family(FamilyGraph):
    """The behaviours of a featured table, and what is true of them under which choices.

    Args:
        table: what is explored.
        fixed: options of readings that are held; all the others range over all their options.
        limit: after how many configurations the search is given up.

    Raises:
        TooManyError: more configurations than `limit` or than memory holds, or configurations that are too wide.
    """

    def __init__(self, table: FeaturedTable, fixed: Mapping[str, str], limit: int) -> None:
        super().__init__(table, fixed, limit)
        self._automata: dict[Monitor, tuple[Automaton, NDArray[np.int8]]] = {}
        self._outlooks: dict[Monitor, Outlook] = {}
        self._looking = RLock()

    # --- claims about cases --------------------------------------------------------------------------------------

    def shown(self, monitor: Monitor, quality: Quality) -> Shown:
        """Return under which choices some case shows something of a claim."""
        if quality is not Quality.VIOLATED:
            return self._showing(self.asked(monitor, quality))
        self.look([monitor])
        outlook = self._outlooks.pop(monitor)
        if outlook.asked is None:
            assert outlook.cones is not None
            return Shown(outlook.shown, outlook.cones.size(outlook.place))
        if outlook.cones is not None:
            outlook.asked.aim.cone = outlook.cones.leading(outlook.place)
        return self._showing(outlook.asked)

    def _showing(self, asked: Asked) -> Shown:
        return Shown(
            *self.sets.showing(self.graph, asked.automaton, self.under, asked.first, asked.aim)
        )

    def may_violate(self, monitor: Monitor) -> bool:
        """Return whether some mixture of choices violates a claim: if none does, no choice does."""
        self.look([monitor])
        outlook = self._outlooks[monitor]
        return outlook.shown != NONE or outlook.asked is not None

    def look(self, monitors: Iterable[Monitor]) -> None:
        """Find out what mixtures of choices may violate, for many claims at once."""
        with self._looking:
            alike: dict[int, list[tuple[Monitor, Asked]]] = {}
            for monitor in dict.fromkeys(monitors):
                if monitor in self._outlooks:
                    continue
                asked = self.asked(monitor, Quality.VIOLATED)
                if asked.width > MOST_STATES:
                    self._outlooks[monitor] = Outlook(asked.aim.shown, asked)
                    continue
                some = alike.setdefault(id(asked.automaton.kinds), [])
                if sum(each.width for _, each in some) + asked.width > MOST_STATES:
                    self._look(some)
                    some.clear()
                some.append((monitor, asked))
            for some in alike.values():
                self._look(some)

    def _look(self, claims: Sequence[tuple[Monitor, Asked]]) -> None:
        every = [asked for _, asked in claims]
        cones = Cones(
            self.graph,
            [each.automaton for each in every],
            len(self.rules),
            [each.first != NONE for each in every],
            [each.aim.states for each in every],
            self.final,
        )
        for place, (monitor, asked) in enumerate(claims):
            left = asked if cones.reached(place) else None
            self._outlooks[monitor] = Outlook(asked.aim.shown, left, cones, place)

    def asked(self, monitor: Monitor, quality: Quality) -> Asked:
        """Return what a fixpoint has to find out to know under which choices some case shows something of a claim."""
        judged, kinds, symbols = self.judged(monitor, quality)
        covered = judged.covered
        automaton = _automaton(judged, kinds, symbols, covered=covered)
        first = self.reached if covered else self.first
        aim = Aim(judged.aims, self.final, every=self.within)
        aim.shown = self.first_shown(judged.aims[0], first)
        if covered:
            first = np.zeros_like(self.reached)
            places = self.sources_of(automaton)
            first[places] = self.reached[places]
        return Asked(automaton, first, aim)

    def judged(self, monitor: Monitor, quality: Quality) -> tuple[Judged, Indices, Indices]:
        """Return how the states of a claim are judged, the kinds of configurations, and the symbol of each rule and kind."""
        watching = monitor.bind(self.table.common)
        kinds, examples = self.kinds(watching.mask)
        symbols, alphabet = self.symbols(watching, kinds, examples)
        return Judged(watching, quality, alphabet), kinds, symbols

    def violation(self, monitor: Monitor, choice: Mapping[str, str]) -> tuple[Rule, ...] | None:
        """Return a shortest case of one choice that violates a claim, as a search on its own table finds it."""
        if monitor not in self._automata:
            judged, kinds, symbols = self.judged(monitor, Quality.VIOLATED)
            automaton = _automaton(judged, kinds, symbols, covered=False)
            self._automata[monitor] = automaton, judged.aims
        automaton, aims = self._automata[monitor]
        taken = [self.space.contains(under, choice) for under in self.under.tolist()]
        begin = len(self.table.common.initial)
        found = shortest(self.graph, automaton, begin, np.array(taken), aims, self.final)
        return None if found is None else tuple(self.rules[rule] for rule in found)

    def first_shown(self, aim: int, reached: Indices) -> ReadingSet:
        """Return the choices under which something is shown by the first state of a claim alone.

        Args:
            aim: where that state shows it (`Judged.aims`).
            reached: for each configuration, the choices under which it is reached in that state.
        """
        if aim == NOWHERE:
            return NONE
        return self.any_of(reached if aim == ANYWHERE else reached[self.final])

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
            EVERY,
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
