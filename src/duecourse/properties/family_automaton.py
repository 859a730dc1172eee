"""Clock events of every behaviour under every choice of readings, as one small automaton, and the courses to an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from duecourse.model.featured import compile_featured
from duecourse.model.reading_set import ALL, NONE
from duecourse.properties.explore import MAX_CONFIGURATIONS
from duecourse.properties.family import Family
from duecourse.properties.family_blocks import in_blocks
from duecourse.properties.family_clocks import Clocked, ClockedFamily
from duecourse.properties.quotient import Quotient, quotient

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from duecourse.calendar import Span
    from duecourse.model.procedure import Procedure
    from duecourse.model.reading_set import ReadingSet, ReadingSpace
    from duecourse.properties.timed import Clocks, Event


class Change(NamedTuple):
    """What an event does to the days that clocks have left (see `duecourse.properties.timed.Event`)."""

    lapse: str | None
    stopped: Clocks
    extended: tuple[tuple[str, Span | None], ...]
    started: Clocks


@dataclass(frozen=True)
class Course:
    """The clock events that lead to one outcome, with no more told apart than days depend on.

    Attributes:
        space: the choices of readings.
        all: every choice.
        starts: the blocks in which a case begins, each under which choices.
        events: for each block, what can happen, where it leads (None: to the outcome), and under which choices.
        ticking: for each block, the clocks that run and are not stopped by a suspension.
    """

    space: ReadingSpace
    all: ReadingSet
    starts: Mapping[int, ReadingSet]
    events: Mapping[int, tuple[tuple[Change, int | None, ReadingSet], ...]]
    ticking: Mapping[int, Clocks]


@dataclass(frozen=True)
class FamilyAutomaton:
    """The automaton of clock events of all choices of readings.

    Attributes:
        family: the behaviours with clocks that it was made of.
        starts: the blocks in which a case begins, each under which choices.
        events: for each block, what can happen, where it leads, and under which choices.
        kinds: for each block, the clocks that run, and those of them that a suspension stops.
        size: how many configurations, blocks of configurations and blocks with clocks there were on the way.
    """

    family: Family
    starts: Mapping[int, ReadingSet]
    events: Mapping[int, tuple[tuple[Event, int, ReadingSet], ...]]
    kinds: Mapping[int, tuple[Clocks, Clocks]]
    size: tuple[int, int, int]

    @property
    def space(self) -> ReadingSpace:
        """The choices of readings."""
        return self.family.table.space

    def course(self, outcome: str) -> Course:
        """Return what leads to an outcome, under every choice."""
        space = self.space
        before: dict[int, list[tuple[int, ReadingSet]]] = {}
        last: dict[int, ReadingSet] = {}
        for block, events in self.events.items():
            for event, to, under in events:
                if event.outcome is None:
                    before.setdefault(to, []).append((block, under))
                elif event.outcome == outcome:
                    last[block] = space.union(last.get(block, NONE), under)
        leading = self.family.spread(last, lambda block: before.get(block, ()))
        reached = self.family.spread(self.starts, self._onward)
        care = {
            block: both
            for block, under in leading.items()
            if (both := space.intersection(under, reached.get(block, NONE))) != NONE
        }
        over = -1

        def moves(block: int) -> list[tuple[Change | None, int, ReadingSet]]:
            return [
                (self._change(block, event, to), onward, both)
                for event, to, under in self.events.get(block, ())
                if event.outcome in {None, outcome}
                for onward in (to if event.outcome is None else over,)
                if onward == over or onward in care
                for both in (space.intersection(under, leading.get(onward, ALL)),)
                if space.intersection(both, care[block]) != NONE
            ]

        def kind(block: int) -> tuple[Clocks, Clocks] | None:
            return None if block == over else self.kinds[block]

        small = quotient([*care, over], moves, kind, space)
        starts: dict[int, ReadingSet] = {}
        for block, under in self.starts.items():
            if block in care:
                at = small.block[block]
                starts[at] = space.union(starts.get(at, NONE), under)
        end = small.block[over]
        return Course(
            space=space,
            all=ALL,
            starts=starts,
            events={
                block: tuple((each, None if to == end else to, under) for each, to, under in events)
                for block, events in small.events.items()
            },
            ticking={
                small.block[block]: self.kinds[block][0] - self.kinds[block][1] for block in care
            },
        )

    def _onward(self, block: int) -> Iterable[tuple[int, ReadingSet]]:
        return ((to, under) for event, to, under in self.events[block] if event.outcome is None)

    def _change(self, block: int, event: Event, to: int) -> Change | None:
        """Return what an event does to days; None where it does nothing."""
        if event.outcome is not None:
            return Change(event.lapse, frozenset(), (), frozenset())
        made = Change(event.lapse, event.stopped, event.extended, event.started)
        return made if any(made) or self.kinds[block] != self.kinds[to] else None


def family_automaton(procedure: Procedure, limit: int = MAX_CONFIGURATIONS) -> FamilyAutomaton:
    """Return the automaton of the clock events of a procedure under every choice of its readings.

    Raises:
        InvalidInput: guards that come out in too many ways.
        TooManyError: more configurations than `limit`.
    """
    table = compile_featured(procedure, visible=())
    family = Family(table, limit)
    small = in_blocks(table, family.reached)
    clocked = ClockedFamily(Family(small, limit))
    blocks, found = _clocked_blocks(clocked)
    space = table.space
    starts: dict[int, ReadingSet] = {}
    for at, under in clocked.starts(ALL).items():
        number = blocks.block[at]
        starts[number] = space.union(starts.get(number, NONE), under)
    kinds = {blocks.block[at]: _kind(clocked, at) for at in found}
    size = (len(family.reached), len(small.common.rules[""]), len(found))
    return FamilyAutomaton(family, starts, blocks.events, kinds, size)


def _kind(clocked: ClockedFamily, at: Clocked) -> tuple[Clocks, Clocks]:
    return at.node.running, clocked.cells[at.cell][0].frozen(at.node)


def _clocked_blocks(
    clocked: ClockedFamily,
) -> tuple[Quotient[Clocked, Event], Mapping[Clocked, ReadingSet]]:
    """Return the nodes with clocks in blocks that time cannot tell apart, and the nodes."""
    space, final = clocked.table.space, clocked.table.common.is_final

    def onward(at: Clocked) -> Iterator[tuple[Clocked, ReadingSet]]:
        if not final(at.node.packed):
            yield from ((to, under) for _, _, to, under in clocked.moves(at))

    found = clocked.family.spread(clocked.starts(ALL), onward)

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
        return (*_kind(clocked, at), at.node.begun, final(at.node.packed))

    return quotient(list(found), moves, kind, space), found
