"""The cases with which a run begins in numbers, for the compiled engine: where each stands, and what is left of it to do.

All of it is what `duecourse.simulations.opening` found: the reference engine takes up the very same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from duecourse.kernels import layout as at
from duecourse.simulations.arrays import table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from duecourse.calendar import Span
    from duecourse.kernels.memory import Rules
    from duecourse.simulations.lists import Lists
    from duecourse.simulations.opening import Opening

Numbers = Any
"""An array."""


class Opened:
    """The open cases of a plan, then those filed on its first day, by their numbers.

    Args:
        lists: into which it writes what is left to do.

    Attributes:
        rows: of each case, what `duecourse.kernels.layout` says of an opening; the moves are not known yet.
        asks: of each case its open panels, each with the first of its classes of members.
        said: how members replied in the past, and the classes of members of open rounds.
        keys: what names each case to chance.
    """

    def __init__(self, lists: Lists) -> None:
        self.lists = lists
        self.openings, filed = lists.plan.openings, lists.plan.filed
        self.asks: list[list[tuple[int, int]]] = []
        self.said: list[tuple[int, int, int, int]] = []
        self.rows = [self._opening(number, each) for number, each in enumerate(self.openings)]
        self.rows += [[at.NONE, lists.kinds[kind.id], 0, 0, 0, 0, 0, 0] for kind, _ in filed]
        self.asks += [[] for _ in filed]
        self.filed = [kind for kind, _ in filed]
        self.keys = [*(each.key for each in self.openings), *(key for _, key in filed)]
        self.ages = [each.age for each in self.openings]
        self.ids = [each.id for each in self.openings]

    def _opening(self, number: int, opening: Opening) -> list[int]:
        lists, first, said = self.lists, len(self.lists.tasks), len(self.said)
        for task in opening.tasks:
            lists.add_task(task)
        self.asks.append([])
        for each in opening.rounds:
            self.asks[-1].append((lists.panels[each.panel], len(lists.voters)))
            for voter, members in each.asked:
                field = lists.fields[f"{each.panel}.pending.{voter.actor}"]
                self.said.append((field, each.number, at.NONE, len(lists.voters)))
                lists.add_voter(each.panel, voter, members)
        for (panel, count, actor, member), objected in opening.objected.items():
            field = lists.fields[f"{panel}.pending.{actor}"]
            self.said.append((field, count, member, int(objected)))
        return [
            at.NONE,
            lists.kinds[opening.kind.id] | number << 16,
            first,
            len(lists.tasks),
            *lists.wished(opening.incidents),
            said,
            len(self.said),
        ]

    @property
    def static(self) -> dict[str, Numbers]:
        """The arrays of `duecourse.kernels.memory.Rules`, by name."""
        return {
            "openings": table(self.rows, at.OPENING_COLUMNS),
            "said": table(self.said, 4),
            "asked": np.array(self.lists.asked, np.int64),
        }

    def standing(
        self, rules: Rules, number: Callable[[int], int], span: Callable[[Span], int]
    ) -> tuple[Numbers, Numbers]:
        """Return the cases as they stand before they are taken up, and the nodes of their lists.

        Args:
            rules: the plan in numbers.
            number: numbers configurations.
            span: numbers spans.
        """
        cases, nodes = np.tile(rules.blank, (len(self.rows), 1)), _Nodes()
        for row, opening in zip(cases, self.openings, strict=False):
            self._stand(row, opening, nodes, span)
            row[at.CONFIGURATION] = number(opening.packed)
        for row, kind in zip(cases[len(self.openings) :], self.filed, strict=True):
            row[at.KIND] = self.lists.kinds[kind.id]
            row[at.INDEX] = rules.kinds[row[at.KIND], at.K_BEGINS]
            row[at.CONFIGURATION] = number(kind.first)
            row[at.STAGE] = self.lists.stages[self.lists.plan.procedure.initial]
        return cases, table(nodes.rows, 3)

    def _stand(
        self, row: Numbers, opening: Opening, nodes: _Nodes, span: Callable[[Span], int]
    ) -> None:
        lists = self.lists
        row[at.KIND], row[at.STAGE] = lists.kinds[opening.kind.id], lists.stages[opening.stage]
        row[at.WATCHED] = at.NONE if opening.watched is None else opening.watched
        row[at.MODE] = at.TAKEN_UP
        for name in opening.active:
            row[at.ACTIVE] |= 1 << lists.suspensions[name]
        clocks = at.CASE_COLUMNS + len(lists.clocks)
        panels = clocks + len(lists.clocks) * at.CLOCK_COLUMNS
        for place, (name, run) in enumerate(opening.running.items()):
            assert run.spans[0] == lists.plan.procedure.clock[name].limit
            block = clocks + lists.clocks[name] * at.CLOCK_COLUMNS
            row[at.CASE_COLUMNS + place] = lists.clocks[name]
            row[block + at.RUNS], row[block + at.BEGAN] = 1, self._day(run.started)
            row[block + at.UNLIMITED], row[block + at.HAS_LAPSED] = run.unlimited, run.lapsed
            row[block + at.BREACHED] = name in opening.breached
            if run.stopped_since is not None:
                row[block + at.STOPPED_SINCE] = self._day(run.stopped_since)
            pauses = [(self._day(began), self._day(over)) for began, over in run.suspended]
            nodes.put(row, block + at.FIRST_PAUSE, pauses)
            nodes.put(row, block + at.FIRST_EXTENSION, [(span(by), 0) for by in run.spans[1:]])
        row[at.RUNNING] = len(opening.running)
        for panel, count in opening.counts.items():
            row[panels + lists.panels[panel] * at.PANEL_COLUMNS + at.ROUND] = count
        for each in opening.rounds:
            block = panels + lists.panels[each.panel] * at.PANEL_COLUMNS
            row[block + at.OUTSTANDING] = sum(len(members) for _, members in each.asked)
            assert row[block + at.ROUND] == each.number

    def _day(self, day: date) -> int:
        """Return a date as a day of the calendar."""
        return (day - self.lists.plan.days.calendar.first).days

    def ops(self) -> Iterator[list[tuple[int, int, int]]]:
        """Yield what taking up each case does: it asks again the members of open panels."""
        for asks in self.asks:
            yield [(at.OP_ASK, panel, voter) for panel, voter in asks]

    def moves(self, cases: Numbers, first: int) -> Iterator[list[int]]:
        """Yield the taking up of each case as a move to where it stands; `first` is the number of the first op."""
        for number, (row, asks) in enumerate(zip(cases, self.asks, strict=True)):
            taken = number < len(self.openings)
            line = at.TAKEN if taken else at.ARRIVED
            place, stage = int(row[at.CONFIGURATION]), int(row[at.STAGE])
            last = first + len(asks)
            yield [0, place, stage, taken, bool(asks), 0, 0, first, last, at.NONE, line]
            first = last


class _Nodes:
    """The nodes of lists, as `duecourse.kernels.statutory.append` makes them."""

    def __init__(self) -> None:
        self.rows: list[list[int]] = []

    def put(self, row: Numbers, first: int, values: list[tuple[int, int]]) -> None:
        """Put values into the list whose ends stand in two columns of a case."""
        for a, b in values:
            if row[first] < 0:
                row[first] = len(self.rows)
            else:
                self.rows[row[first + 1]][2] = len(self.rows)
            row[first + 1] = len(self.rows)
            self.rows.append([a, b, at.NONE])
