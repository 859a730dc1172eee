"""Clock events of every behaviour under every choice of readings, as one small automaton, and the words it has.

A *word* is a sequence of clock events. The choices of readings that have a word are found by following it through the
blocks with their sets, so a path through any simplification of the automaton can be asked which choices have it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from duecourse.model.featured import compile_featured
from duecourse.model.reading_set import ALL, NONE
from duecourse.properties.explore import MAX_CONFIGURATIONS
from duecourse.properties.family_blocks import in_blocks
from duecourse.properties.family_clocks import Clocked, ClockedFamily
from duecourse.properties.fixpoint import reached, spread
from duecourse.properties.quotient import Quotient, quotient
from duecourse.properties.timed import Moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from duecourse.model.procedure import Procedure
    from duecourse.model.reading_set import ReadingSet, ReadingSpace
    from duecourse.properties.timed import Clocks, Event

Held = dict[int, "ReadingSet"]
"""The blocks a case may be in, each under which choices of readings."""


@dataclass(frozen=True)
class FamilyAutomaton:
    """The automaton of clock events of all choices of readings.

    Attributes:
        space: the choices.
        starts: the blocks in which a case begins, each under which choices.
        events: for each block, what can happen, where it leads, and under which choices.
        kinds: for each block, the clocks that run, those of them that a suspension stops, and whether time has begun.
        size: how many configurations, blocks of configurations and blocks with clocks there were on the way.
    """

    space: ReadingSpace
    starts: Held
    events: Mapping[int, tuple[tuple[Event, int, ReadingSet], ...]]
    kinds: Mapping[int, tuple[Clocks, Clocks, bool]]
    size: tuple[int, int, int]

    @cached_property
    def leads(self) -> Mapping[int, Mapping[Event, tuple[tuple[int, ReadingSet], ...]]]:
        """For each block and event, where it leads, each under which choices."""
        found: dict[int, dict[Event, tuple[tuple[int, ReadingSet], ...]]] = {}
        for block, events in self.events.items():
            mine = found.setdefault(block, {})
            for event, to, under in events:
                mine[event] = (*mine.get(event, ()), (to, under))
        return found

    def after(self, held: Held, event: Event) -> Held:
        """Return the blocks after an event."""
        found: Held = {}
        for block, under in held.items():
            for to, more in self.leads.get(block, {}).get(event, ()):
                both = self.space.intersection(under, more)
                if both != NONE:
                    found[to] = self.space.union(found.get(to, NONE), both)
        return found

    def follow(self, held: Held, word: Iterable[Event]) -> Held:
        """Return the blocks after a word."""
        for event in word:
            held = self.after(held, event)
        return held

    def begin(self, within: ReadingSet) -> Held:
        """Return the blocks in which a case begins under some choices."""
        return self._cut(self.starts, within)

    def having(self, held: Held) -> ReadingSet:
        """Return the choices under which a case is in any of the blocks."""
        return self.space.any_of(held.values())

    def going_on(self, held: Held, loop: tuple[Event, ...]) -> Held:
        """Return the blocks from which a loop can be taken as often as one likes (the sets only shrink)."""
        while True:
            more = self.follow(held, loop)
            if more == held:
                return held
            if not more:
                return {}
            held = more

    def asked(self, outcome: str, within: ReadingSet) -> tuple[str, ...]:
        """Return the readings that decide events on the way to an outcome, the most often asked first."""
        sets = Counter(
            cut
            for block, leads in self._useful(outcome, within).items()
            for _, _, under in self.events[block]
            if leads and (cut := self.space.intersection(under, within)) not in {NONE, within}
        )
        counts: Counter[str] = Counter()
        for cut, count in sets.items():
            for name in self.space.support(cut):
                counts[name] += count
        return tuple(name for name, _ in counts.most_common())

    def deciding(self, asked: Callable[[Event], bool], within: ReadingSet) -> tuple[str, ...]:
        """Return the readings that decide where events of some kind happen, those first on which more of them depend."""
        counts: Counter[str] = Counter()
        for events in self.events.values():
            for event, _, under in events:
                cut = self.space.intersection(under, within)
                if asked(event) and cut not in {NONE, within}:
                    counts.update(self.space.support(cut))
        return tuple(name for name, _ in counts.most_common())

    def again(self, clock: str) -> Mapping[int, ReadingSet]:
        """Return the blocks from which a clock can be extended by some days again and again on one day, each under which choices.

        The greatest fixpoint: from there an extension can be reached, while the clock runs on and no limit lapses, that
        leads to such a block (Emerson and Lei 1986).
        """
        found = self._again.get(clock)
        if found is None:
            found = self._again[clock] = self._going_round(clock)
        return found

    @cached_property
    def _again(self) -> dict[str, Mapping[int, ReadingSet]]:
        return {}

    def _going_round(self, clock: str) -> Mapping[int, ReadingSet]:
        space = self.space
        inside = {block for block, (running, _, _) in self.kinds.items() if clock in running}
        before: dict[int, list[tuple[int, ReadingSet, bool]]] = {}
        for block in inside:
            for event, to, under in self.events.get(block, ()):
                if (
                    to in inside
                    and event.lapse is None
                    and clock not in event.stopped | event.started
                ):
                    extends = any(name == clock and by is not None for name, by in event.extended)
                    before.setdefault(to, []).append((block, under, extends))
        held: Held = dict.fromkeys(inside, ALL)
        while True:
            starts: Held = {}
            for to, sources in before.items():
                for block, under, extends in sources:
                    if extends:
                        both = space.intersection(under, held.get(to, NONE))
                        starts[block] = space.union(starts.get(block, NONE), both)
            starts = {block: under for block, under in starts.items() if under != NONE}
            smaller = spread(
                space,
                starts,
                lambda to: ((block, under) for block, under, _ in before.get(to, ())),
                len(inside) + 1,
            )
            smaller = {
                block: both
                for block, under in smaller.items()
                if (both := space.intersection(under, held.get(block, NONE))) != NONE
            }
            if smaller == held:
                return held
            held = smaller

    def barring(self, held: Held, word: Iterable[Event]) -> tuple[str, ...]:
        """Return the readings on which it depends that no choice has a word: those of the first event that none has."""
        for event in word:
            after = self.after(held, event)
            if not after:
                unders = [
                    under for block in held for _, under in self.leads.get(block, {}).get(event, ())
                ]
                names = Counter(name for under in unders for name in self.space.support(under))
                return tuple(name for name, _ in names.most_common())
            held = after
        return ()

    def moments(self, outcome: str, within: ReadingSet) -> tuple[Moment, ...] | None:
        """Return the deterministic automaton of the events that lead to an outcome under any of some choices.

        It has the words of each of these choices, and may have others, which mix choices.

        Returns:
            The automaton, or None where the outcome cannot be reached.
        """
        useful = self._useful(outcome, within)
        start = frozenset(block for block in self.begin(within) if block in useful)
        if not start:
            return None
        numbers = {start: 0}
        found: list[Moment] = []
        for members in (queue := [start]):
            leads: dict[Event, set[int]] = {}
            for block in members:
                for event, to in useful[block]:
                    leads.setdefault(event, set()).add(to)
            events: list[tuple[Event, int | None]] = []
            for event, blocks in leads.items():
                together = frozenset(blocks)
                if event.outcome is None and together not in numbers:
                    numbers[together] = len(numbers)
                    queue.append(together)
                events.append((event, numbers.get(together) if event.outcome is None else None))
            running, frozen, begun = self.kinds[next(iter(members))]
            found.append(Moment(numbers[members], running, frozen, begun, tuple(events)))
        return tuple(found)

    def _useful(self, outcome: str, within: ReadingSet) -> dict[int, list[tuple[Event, int]]]:
        """Return the blocks from which an outcome may be reached, with the events that lead on to it."""
        live = {
            block: [
                (event, to)
                for event, to, under in events
                if event.outcome in {None, outcome}
                and self.space.intersection(under, within) != NONE
            ]
            for block, events in self.events.items()
        }
        before: dict[int, list[int]] = {}
        queue: list[int] = []
        for block, leads in live.items():
            for event, to in leads:
                before.setdefault(to, []).append(block)
                if event.outcome is not None:
                    queue.append(block)
        useful = set(queue)
        for block in queue:
            for each in before.get(block, ()):
                if each not in useful:
                    useful.add(each)
                    queue.append(each)
        return {
            block: [
                (event, to)
                for event, to in live[block]
                if event.outcome is not None or to in useful
            ]
            for block in useful
        }

    def _cut(self, held: Held, within: ReadingSet) -> Held:
        cut = ((block, self.space.intersection(under, within)) for block, under in held.items())
        return {block: under for block, under in cut if under != NONE}


def family_automaton(procedure: Procedure, limit: int = MAX_CONFIGURATIONS) -> FamilyAutomaton:
    """Return the automaton of the clock events of a procedure under every choice of its readings.

    Raises:
        InvalidInput: guards that come out in too many ways.
        TooManyError: more configurations than `limit`.
    """
    table = compile_featured(procedure, visible=())
    configurations = reached(table, limit)
    small = in_blocks(table, configurations)
    clocked = ClockedFamily(small)
    blocks, found = _clocked_blocks(clocked, limit)
    space = table.space
    starts: Held = {}
    for at, under in clocked.starts(ALL).items():
        number = blocks.block[at]
        starts[number] = space.union(starts.get(number, NONE), under)
    kinds = {blocks.block[at]: _kind(clocked, at) for at in found}
    size = (len(configurations), len(small.common.rules[""]), len(found))
    return FamilyAutomaton(space, starts, blocks.events, kinds, size)


def _kind(clocked: ClockedFamily, at: Clocked) -> tuple[Clocks, Clocks, bool]:
    return at.node.running, clocked.cells[at.cell][0].frozen(at.node), at.node.begun


def _clocked_blocks(
    clocked: ClockedFamily, limit: int
) -> tuple[Quotient[Clocked, Event], Mapping[Clocked, ReadingSet]]:
    """Return the nodes with clocks in blocks that time cannot tell apart, and the nodes."""
    space, final = clocked.table.space, clocked.table.common.is_final

    def onward(at: Clocked) -> Iterator[tuple[Clocked, ReadingSet]]:
        if not final(at.node.packed):
            yield from ((to, under) for _, _, to, under in clocked.moves(at))

    found = spread(space, clocked.starts(ALL), onward, limit)

    def moves(at: Clocked) -> list[tuple[Event | None, Clocked, ReadingSet]]:
        if final(at.node.packed):
            return []
        graph = clocked.cells[at.cell][0]
        return [
            (None if graph.silent(at.node, event) else event, to, under)
            for _, event, to, under in clocked.moves(at)
            if space.intersection(under, found[at]) != NONE
        ]

    def kind(at: Clocked) -> tuple[Clocks, Clocks, bool, bool]:
        return (*_kind(clocked, at), final(at.node.packed))

    return quotient(list(found), moves, kind, space), found
