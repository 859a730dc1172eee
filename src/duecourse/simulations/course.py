"""The courses that the cases of a scenario may take, walked beforehand: for the departure recursion.

Where nothing but chance decides what a case does, and nothing but first-come pools makes it wait for others, its courses
are a finite network of places: here something is drawn, there a member of a pool is asked for. The network is walked on the
rows that the compiled engine takes its steps from, in the order in which `duecourse.kernels.life` takes them, the monitors
beside it; whatever cannot be walked so makes the scenario one for the agenda.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from duecourse.kernels import layout as at
from duecourse.kernels import recursion as to
from duecourse.simulations.arrays import table
from duecourse.simulations.grown import Grown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.simulations.plan import Plan

MOST = 4_096
"""Places of a network, at most: beyond it the courses are too many to be walked beforehand."""


class NoCourseError(Exception):
    """The courses of a scenario cannot be walked beforehand; the message says why."""


@dataclass(frozen=True, slots=True)
class Where:
    """A situation of a case: all that decides how it goes on, but for its random numbers.

    Attributes:
        kind, row, watched, over: its class, its configuration, the state of the monitors, whether its review has ended.
        mode, task, repeated, index: where it is in its life, as `duecourse.kernels.life` has it.
        counts: how often it has asked chance for what it may ask again, by the column of each purpose.
        rounds: how often each panel was opened.
        asked: the panel that has been opened and is not listened to yet, and how many of each class of members.
        line: the step just taken, which is yet to be told.
        ended: whether it ended the review.
    """

    kind: int
    row: int
    watched: int = 0
    over: bool = False
    mode: int = at.BEGINS
    task: int = 0
    repeated: int = 0
    index: int = 0
    counts: tuple[tuple[int, int], ...] = ()
    rounds: tuple[tuple[int, int], ...] = ()
    asked: tuple[int, tuple[tuple[int, int], ...]] | None = None
    line: int = at.NONE
    ended: bool = False


class Courses:
    """The network of places of a plan, in numbers.

    Attributes:
        grown: the plan in numbers.
        places, starts, ways, shares, asked: see `duecourse.kernels.recursion.Course`.

    Raises:
        NoCourseError: there is none.
    """

    def __init__(self, grown: Grown) -> None:
        self.grown, self.lowered = grown, grown.lowered
        self._numbers: dict[Where, int] = {}
        self._left: list[Where] = []
        self._ways: list[int] = []
        self._shares: list[float] = []
        self._asked: list[tuple[int, int]] = []
        self._homes = dict(self._purposes())
        self._later = _reachable(grown.plan)
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
        where = self.settled(where)
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
        mode, tasks, task = where.mode, self.grown.rules.tasks, where.task
        if mode == at.TRY:
            return self.tried(where)
        if mode == at.END_MODE:
            return self.chosen(where)
        if mode == at.PANEL:
            return self.heard(where)
        stage = self.stage(where)
        if mode == at.WORK:
            name, law, then = at.T_EFFORT_PURPOSE, at.T_EFFORT, replace(where, mode=at.DELAY)
            pool = int(tasks[task, at.T_POOL])
            what = self.drawn(then, name)
            return self.made(to.VISIT, *what, law=law, a=pool, b=task, c=stage | stage << 12)
        if mode == at.DELAY:
            then = replace(where, mode=at.MEET_MODE)
            what = self.drawn(then, at.T_DELAY_PURPOSE)
            calendar = int(tasks[task, at.T_CALENDAR])
            return self.made(to.PAUSE, *what, law=at.T_DELAY, a=calendar)
        if mode == at.MEET_MODE:
            room = int(tasks[task, at.T_MEETING])
            return self.made(to.MEETS, replace(where, mode=at.PANEL), a=room)
        return [to.ENDS] + [0] * (to.COLUMNS - 1)

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
        purpose, name = (int(each) for each in self.grown.rules.tasks[where.task, column : column + 2])
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
        ways = [self.taken(then, int(rules.lists[each]), at.CHOICE) for each in range(first, last)]
        places = [self.place(each) for each in ways]
        self._ways += places
        self._shares += rules.shares[first:last].tolist()
        return self.made(to.WAYS, ways[0], purpose, count, a=begins, b=len(self._ways))

    def heard(self, where: Where) -> list[int]:
        """Return the place at which a case waits for the members of a panel."""
        assert where.asked is not None
        panel, asked = where.asked
        stage, begins = self.stage(where), len(self._asked)
        self._asked += asked
        row, watched = self.replied(where, asked)
        then = replace(where, mode=at.END_MODE, row=row, watched=watched, asked=None)
        round_ = dict(where.rounds)[panel]
        what = stage | stage << 12
        return self.made(to.ASKS, then, 0, round_, a=begins, b=len(self._asked), c=what)

    def replied(self, where: Where, asked: tuple[tuple[int, int], ...]) -> tuple[int, int]:
        """Return the configuration and the monitors after all replies, which must not depend on their order."""
        level = {tuple(count for _, count in asked): (where.row, where.watched)}
        for _ in range(sum(count for _, count in asked)):
            following: dict[tuple[int, ...], tuple[int, int]] = {}
            for left, (row, watched) in level.items():
                for place, (voter, _) in enumerate(asked):
                    if left[place] == 0:
                        continue
                    after = self.reply(where, row, watched, voter)
                    fewer = (*left[:place], left[place] - 1, *left[place + 1 :])
                    if following.setdefault(fewer, after) != after:
                        raise NoCourseError("what follows depends on the order of the replies")
            level = following
        (found,) = level.values()
        return found

    def reply(self, where: Where, row: int, watched: int, voter: int) -> tuple[int, int]:
        """Return the configuration and the monitors after one reply."""
        move = self.move(row, int(self.grown.rules.voters[voter, at.V_SUPPORT]))
        rules = self.grown.rules  # anew: they may have grown
        stage, timed, panels = rules.moves[move, [at.M_STAGE, at.M_TIMED, at.M_PANELS]].tolist()
        if stage != self.stage(where) or timed or panels:
            raise NoCourseError("a reply does more than to be counted")
        return int(rules.moves[move, at.M_TARGET]), self.watch(watched, move, where.kind)

    # --- what takes no time and no chance -----------------------------------------------------------

    def settled(self, where: Where) -> Where:
        """Return the situation in which a case next does something, from one in which it may have nothing to do."""
        while where.line == at.NONE and not where.ended:
            further = self.further(where)
            if further is where:
                return where
            where = further
        return where

    def further(self, where: Where) -> Where:
        """Return what follows at once, or the same situation where nothing does."""
        rules, task, index = self.grown.rules, where.task, where.index
        row = rules.tasks[task].tolist() if task < len(rules.tasks) else []
        match where.mode:
            case at.BEGINS:
                if index < rules.kinds[where.kind, at.K_BEGINS_END]:
                    return self.taken(where, int(rules.lists[index]), at.BEGINS)
                return replace(where, mode=at.ENTER)
            case at.ENTER:
                first = int(rules.stages[where.kind, self.stage(where), 0])
                mode = at.AFTER if first < 0 else at.TRY
                return self.entered(replace(where, mode=mode, task=max(first, 0), repeated=0))
            case at.TRY:
                return self.trying(where)
            case at.BEGIN:
                if index < row[at.T_BEGIN_END]:
                    return self.taken(where, int(rules.lists[index]), at.BEGIN)
                return replace(where, mode=at.WORK)
            case at.WORK if row[at.T_POOL] < 0:
                return replace(where, mode=at.DELAY)
            case at.DELAY if row[at.T_DELAY] < 0:
                return replace(where, mode=at.MEET_MODE)
            case at.MEET_MODE if row[at.T_MEETING] < 0:
                return replace(where, mode=at.PANEL)
            case at.WORK | at.DELAY | at.MEET_MODE if where.asked is not None:
                raise NoCourseError("cases do something else before they wait for the replies of a panel")
            case at.PANEL if where.asked is None or where.asked[0] != row[at.T_PANEL]:
                return replace(where, mode=at.END_MODE)
            case at.END_MODE if row[at.T_CHOOSE_END] == row[at.T_CHOOSE]:
                return self.ending(where, row)
            case at.TAKE:
                if index < row[at.T_TAKE_END]:
                    return self.taken(where, int(rules.lists[index]), at.TAKE)
                return replace(where, mode=at.TRY, repeated=where.repeated + 1)
            case _:
                return where

    def trying(self, where: Where) -> Where:
        """Return the activity that a case comes to next, if chance has no say in it."""
        rules, task = self.grown.rules, where.task
        if task == rules.stages[where.kind, self.stage(where), 1]:
            if not where.over:
                raise NoCourseError("a case stays in a stage for ever")
            return replace(where, mode=at.AFTER)
        if where.repeated >= rules.tasks[task, at.T_REPEAT]:
            return replace(where, task=task + 1, repeated=0)
        if rules.odds[task] < 1:
            return where
        return replace(where, mode=at.BEGIN, index=int(rules.tasks[task, at.T_BEGIN]))

    def ending(self, where: Where, row: list[int]) -> Where:
        """Return what follows the work, the delay, the meeting and the panel of an activity."""
        lists = self.grown.rules.lists
        first, last = row[at.T_FIRST_OF], row[at.T_FIRST_OF_END]
        if last == first:
            return replace(where, mode=at.TAKE, index=row[at.T_TAKE])
        steps = lists[first:last].tolist()
        possible = (each for each in steps if self.known(where.row)[1 + each] >= 0)
        return self.taken(where, next(possible, steps[0]), at.CHOICE)

    def taken(self, where: Where, step: int, mode: int) -> Where:
        """Return the situation after a step that a case takes in a mode."""
        if where.asked is not None:
            raise NoCourseError("cases take a step before all members of a panel have replied")
        move = self.move(where.row, step)
        rules = self.grown.rules
        was, stage = self.stage(where), int(rules.moves[move, at.M_STAGE])
        ends = bool(rules.moves[move, at.M_ENDS])
        where = replace(
            where,
            row=int(rules.moves[move, at.M_TARGET]),
            watched=self.watch(where.watched, move, where.kind),
            over=where.over or ends,
            line=was | stage << 12 | step << 24,
            ended=ends,
        )
        where = self.opened(where, move)
        if mode == at.BEGINS:
            return replace(where, index=where.index + 1)
        if stage != was:
            return replace(where, mode=at.ENTER)
        if mode == at.CHOICE:
            return replace(where, mode=at.TRY, repeated=where.repeated + 1)
        return replace(where, mode=mode, index=where.index + 1)

    def opened(self, where: Where, move: int) -> Where:
        """Return the situation after a step has opened the panels that it opens."""
        rules = self.grown.rules
        first, last = (int(rules.moves[move, each]) for each in (at.M_FIRST, at.M_LAST))
        for kind, panel, _ in rules.ops[first:last].tolist():
            if kind not in {at.OP_OPEN, at.OP_CLOSE}:
                raise NoCourseError("limits of time run, or are suspended")
            if kind == at.OP_CLOSE:
                continue
            if where.asked is not None:
                raise NoCourseError("several panels are asked at once")
            fields = 1 + len(self.lowered.steps) + len(self.lowered.clocks)
            begin, end = (int(each) for each in rules.panels[where.kind, panel])
            voters = [
                (each, int(rules.table[where.row, fields + int(rules.voters[each, at.V_FIELD])]))
                for each in range(begin, end)
            ]
            asked = tuple(each for each in voters if each[1] > 0)
            rounds = dict(where.rounds)
            rounds[panel] = rounds.get(panel, 0) + 1
            where = replace(
                where,
                rounds=tuple(sorted(rounds.items())),
                asked=(panel, asked) if asked else None,
            )
        return where

    def entered(self, where: Where) -> Where:
        """Return a situation without the counts of what is never asked for again from its stage on."""
        later = self._later[self.stage(where)]
        kept = tuple(each for each in where.counts if self._homes[each[0]] in later)
        return replace(where, counts=kept)

    # --- the table ----------------------------------------------------------------------------------

    def stage(self, where: Where) -> int:
        """Return the stage of a situation."""
        packed = self.grown.configurations[where.row]
        return self.lowered.stages[self.grown.plan.table.stage(packed)]

    def known(self, row: int) -> Any:  # noqa: ANN401  (an array)
        """Return the moves of a configuration."""
        if not self.grown.rules.table[row, 0]:
            self.grown.fill(row)
        return self.grown.rules.table[row]

    def move(self, row: int, step: int) -> int:
        """Return the move of a step."""
        move = int(self.known(row)[1 + step]) if step >= 0 else at.NONE
        if move < 0:
            raise NoCourseError("a case comes to a step that the law does not allow")
        return move

    def watch(self, watched: int, move: int, kind: int) -> int:
        """Return the state of the monitors after a move."""
        if self.grown.rules.moves[move, at.M_LETTER] < 0:
            return watched
        after, violated, _ = self.grown.watched(watched, move, kind)
        if violated:
            raise NoCourseError(f"a case may violate {violated}")
        return after

    def _purposes(self) -> Iterator[tuple[int, int]]:
        """Yield for each purpose of an activity the stage that it belongs to."""
        rules = self.grown.rules
        for stages in rules.stages:
            for stage, (first, last) in enumerate(stages.tolist()):
                for task in range(max(first, 0), last):
                    for column in (at.T_CHANCE, at.T_EFFORT_PURPOSE, at.T_DELAY_PURPOSE, at.T_CHOICE):
                        if rules.tasks[task, column]:
                            yield int(rules.tasks[task, column + 1]), stage


def _reachable(plan: Plan) -> dict[int, frozenset[int]]:
    """Return for each stage those that may come after it, itself among them."""
    numbers = {each.id: number for number, each in enumerate(plan.procedure.stages)}
    after: dict[int, set[int]] = {number: {number} for number in numbers.values()}
    for step in plan.procedure.steps:
        targets = {numbers[branch.stage] for branch in step.branches}
        for source in step.sources:
            after[numbers[source]] |= targets
    for _ in numbers:
        for found in after.values():
            found.update(*(after[each] for each in tuple(found)))
    return {stage: frozenset(found) for stage, found in after.items()}


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
