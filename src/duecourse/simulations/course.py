"""The courses that the cases of a scenario may take, walked beforehand: for the departure recursion.

Where nothing but chance decides what a case does, and nothing but first-come pools makes it wait for others, its courses
are a finite network of places: here something is drawn, there a member of a pool is asked for. The network is walked on the
rows that the compiled engine takes its steps from, in the order in which `duecourse.kernels.life` takes them, the monitors
beside it; whatever cannot be walked so makes the scenario one for the agenda.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from duecourse.kernels import courses as to
from duecourse.kernels import layout as at
from duecourse.simulations.arrays import table
from duecourse.simulations.walking import AFTER, NoCourseError, Walk, Where

if TYPE_CHECKING:
    from duecourse.simulations.grown import Grown

MOST = 4_096
"""Places of a network, at most: beyond it the courses are too many to be walked beforehand."""


class Courses:
    """The network of places of a plan, in numbers.

    Attributes:
        grown: the plan in numbers.
        places, starts, ways, shares, asked: see `duecourse.kernels.recursion.Course`.

    Raises:
        NoCourseError: there is none.
    """

    def __init__(self, grown: Grown) -> None:
        self.grown, self.walk = grown, Walk(grown)
        self._numbers: dict[Where, int] = {}
        self._left: list[Where] = []
        self._ways: list[int] = []
        self._shares: list[float] = []
        self._asked: list[tuple[int, int]] = []
        rows: list[list[int]] = []
        starts = []
        for kind in range(len(grown.plan.kinds)):
            first = int(grown.rules.kinds[kind, at.K_FIRST])
            index = int(grown.rules.kinds[kind, at.K_BEGINS])
            starts.append(self.place(Where(kind, first, index=index)))
        while self._left:
            if len(self._numbers) > MOST:
                raise NoCourseError(f"its cases may take more than {MOST:,} courses")
            where = self._left.pop()
            number = self._numbers[where]
            rows += [[0] * to.COLUMNS for _ in range(number + 1 - len(rows))]
            rows[number] = self.row(where)
        self.places = table(rows, to.COLUMNS)
        self.shares = np.array(self._shares, np.float64)
        self.asked = table([list(each) for each in self._asked], 2)
        self.starts, self.ways = self.quiet(starts), self.quiet(self._ways)
        refuse_loops(self.places, self.ways)

    def place(self, where: Where) -> int:
        """Return the number of the place at which a case next does anything that takes time or is drawn or told."""
        where = self.walk.settled(where)
        if where not in self._numbers:
            self._numbers[where] = len(self._numbers)
            self._left.append(where)
        return self._numbers[where]

    def quiet(self, numbers: list[int]) -> Any:  # noqa: ANN401  (an array)
        """Return places, and for each the first from there that is more than a line; fill in that of all places."""
        found = np.arange(len(self.places))
        for number in range(len(found)):
            place = number
            while self.places[place, to.KIND] == to.TOLD:
                place = int(self.places[place, to.NEXT])
            found[number] = place
        self.places[:, to.QUIET] = found[self.places[:, to.NEXT]]
        odds = self.places[:, to.KIND] == to.ODDS
        self.places[odds, to.C] = found[self.places[odds, to.B]]
        return table([[each, int(found[each])] for each in numbers], 2)

    # --- one place ----------------------------------------------------------------------------------

    def row(self, where: Where) -> list[int]:
        """Return a place in numbers, and see to it that those are walked to which it leads."""
        if where.line != at.NONE:
            return self.made(to.TOLD, replace(where, line=at.NONE), a=where.line)
        if where.ended:
            return self.made(to.OVER, replace(where, ended=False))
        special = {at.TRY: self.tried, at.END_MODE: self.chosen, at.PANEL: self.heard}
        if where.mode in special:
            return special[where.mode](where)
        if where.mode == AFTER:
            return [to.ENDS] + [0] * (to.COLUMNS - 1)
        return self.part(where)

    def part(self, where: Where) -> list[int]:
        """Return the place of work, of a delay or of a meeting."""
        task, tasks = where.task, self.grown.rules.tasks
        if where.mode == at.WORK:
            stage = self.walk.stage(where)
            drawn = self.drawn(replace(where, mode=at.DELAY), at.T_EFFORT_PURPOSE)
            pool, what = int(tasks[task, at.T_POOL]), stage | stage << 12
            return self.made(to.VISIT, *drawn, law=at.T_EFFORT, a=pool, b=task, c=what)
        if where.mode == at.DELAY:
            drawn = self.drawn(replace(where, mode=at.MEET_MODE), at.T_DELAY_PURPOSE)
            calendar = int(tasks[task, at.T_CALENDAR])
            return self.made(to.PAUSE, *drawn, law=at.T_DELAY, a=calendar)
        room = int(tasks[task, at.T_MEETING])
        return self.made(to.MEETS, replace(where, mode=at.PANEL), a=room)

    def made(  # noqa: PLR0913  (the columns)
        self,
        kind: int,
        then: Where,
        purpose: int = 0,
        count: int = 0,
        *,
        law: int | None = None,
        a: int = 0,
        b: int = 0,
        c: int = 0,
    ) -> list[int]:
        """Return the numbers of a place; `law` is the column of its task that names the law."""
        number = 0 if law is None else int(self.grown.rules.tasks[then.task, law])
        return [kind, self.place(then), 0, number, purpose, count, a, b, c, 0]

    def drawn(self, where: Where, column: int) -> tuple[Where, int, int]:
        """Return a situation after a draw, the purpose of that and how often it was asked for before."""
        purpose, name = (
            int(each) for each in self.grown.rules.tasks[where.task, column : column + 2]
        )
        counts = dict(where.counts)
        count = counts.get(name, 0)
        counts[name] = count + 1
        return replace(where, counts=tuple(sorted(counts.items()))), purpose, count

    def tried(self, where: Where) -> list[int]:
        """Return the place at which it is drawn whether an activity takes place."""
        then, purpose, count = self.drawn(where, at.T_CHANCE)
        begin = int(self.grown.rules.tasks[where.task, at.T_BEGIN])
        no = self.place(replace(then, task=where.task + 1, repeated=0))
        yes = replace(then, mode=at.BEGIN, index=begin)
        return self.made(to.ODDS, yes, purpose, count, a=where.task, b=no)

    def chosen(self, where: Where) -> list[int]:
        """Return the place at which a step is drawn."""
        rules, task = self.grown.rules, where.task
        then, purpose, count = self.drawn(where, at.T_CHOICE)
        first, last = (int(rules.tasks[task, each]) for each in (at.T_CHOOSE, at.T_CHOOSE_END))
        begins = len(self._ways)
        ways = [
            self.walk.taken(then, int(rules.lists[each]), at.CHOICE) for each in range(first, last)
        ]
        places = [self.place(each) for each in ways]
        self._ways += places
        self._shares += rules.shares[first:last].tolist()
        return self.made(to.WAYS, ways[0], purpose, count, a=begins, b=len(self._ways))

    def heard(self, where: Where) -> list[int]:
        """Return the place at which a case waits for the members of a panel."""
        assert where.asked is not None
        panel, asked = where.asked
        stage, begins = self.walk.stage(where), len(self._asked)
        self._asked += asked
        row, watched = self.walk.replied(where, asked)
        then = replace(where, mode=at.END_MODE, row=row, watched=watched, asked=None)
        round_ = dict(where.rounds)[panel]
        what = stage | stage << 12
        return self.made(to.ASKS, then, 0, round_, a=begins, b=len(self._asked), c=what)


def refuse_loops(places: Any, ways: Any) -> None:  # noqa: ANN401  (arrays)
    """Refuse a network in which a case may go round without asking chance for anything new.

    Raises:
        NoCourseError: it may.
    """
    following = [
        {
            *([row[to.NEXT]] if row[to.KIND] != to.ENDS else []),
            *([row[to.B]] if row[to.KIND] == to.ODDS else []),
            *(ways[row[to.A] : row[to.B], 0].tolist() if row[to.KIND] == to.WAYS else []),
        }
        for row in places.tolist()
    ]
    before = [0] * len(following)
    for each in following:
        for place in each:
            before[place] += 1
    free = [place for place, count in enumerate(before) if count == 0]
    seen = 0
    while free:
        seen += 1
        for place in following[free.pop()]:
            before[place] -= 1
            if before[place] == 0:
                free.append(place)
    if seen < len(following):
        raise NoCourseError("a case may go round for ever")
