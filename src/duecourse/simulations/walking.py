"""How cases walk from one situation to the next where chance has no say: on the rows of the table, in the order of a life.

The rows are those from which the compiled engine takes its steps, and the order is that of `duecourse.kernels.life`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from duecourse.kernels import layout as at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.simulations.grown import Grown
    from duecourse.simulations.plan import Plan


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


AFTER = -1
"""The mode of a case that has nothing more to do."""

_PARTS = {
    at.WORK: (at.T_POOL, at.DELAY),
    at.DELAY: (at.T_DELAY, at.MEET_MODE),
    at.MEET_MODE: (at.T_MEETING, at.PANEL),
}
"""Parts of an activity that it may not have: the column that says so, and the next part."""


class Walk:
    """A plan on which cases walk.

    Attributes:
        grown: the plan in numbers; its rules grow on the way, so that they must be asked for anew after every step.
    """

    def __init__(self, grown: Grown) -> None:
        self.grown, self.lowered = grown, grown.lowered
        self._homes = dict(self._purposes())
        self._later = _reachable(grown.plan)
        self._replied: dict[object, tuple[int, int]] = {}

    def replied(self, where: Where, asked: tuple[tuple[int, int], ...]) -> tuple[int, int]:
        """Return the configuration and the monitors after all replies, which must not depend on their order."""
        key = where.kind, where.row, where.watched, asked
        if key not in self._replied:
            self._replied[key] = self._after_all(where, asked)
        return self._replied[key]

    def _after_all(self, where: Where, asked: tuple[tuple[int, int], ...]) -> tuple[int, int]:
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
        mode, rules = where.mode, self.grown.rules
        if mode == at.BEGINS:
            end = int(rules.kinds[where.kind, at.K_BEGINS_END])
            return self.in_turn(where, end, replace(where, mode=at.ENTER))
        if mode == at.ENTER:
            first = int(rules.stages[where.kind, self.stage(where), 0])
            then = AFTER if first < 0 else at.TRY
            return self.entered(replace(where, mode=then, task=max(first, 0), repeated=0))
        if mode in {at.TRY, AFTER}:
            return where if mode == AFTER else self.trying(where)
        row = rules.tasks[where.task].tolist()
        if mode == at.BEGIN:
            return self.in_turn(where, row[at.T_BEGIN_END], replace(where, mode=at.WORK))
        if mode == at.TAKE:
            then_try = replace(where, mode=at.TRY, repeated=where.repeated + 1)
            return self.in_turn(where, row[at.T_TAKE_END], then_try)
        return self.in_activity(where, row)

    def in_turn(self, where: Where, end: int, after: Where) -> Where:
        """Return the situation after the next step of a list, or after the whole list."""
        if where.index < end:
            return self.taken(where, int(self.grown.rules.lists[where.index]), where.mode)
        return after

    def in_activity(self, where: Where, row: list[int]) -> Where:
        """Return the next part of an activity, if it has not this one."""
        mode = where.mode
        if mode in _PARTS:
            column, following = _PARTS[mode]
            if row[column] < 0:
                return replace(where, mode=following)
            if where.asked is not None:
                raise NoCourseError(
                    "cases do something else before all members of a panel have replied"
                )
        elif mode == at.PANEL and (where.asked is None or where.asked[0] != row[at.T_PANEL]):
            return replace(where, mode=at.END_MODE)
        elif mode == at.END_MODE and row[at.T_CHOOSE_END] == row[at.T_CHOOSE]:
            return self.ending(where, row)
        return where

    def trying(self, where: Where) -> Where:
        """Return the activity that a case comes to next, if chance has no say in it."""
        rules, task = self.grown.rules, where.task
        if task == rules.stages[where.kind, self.stage(where), 1]:
            if not where.over:
                raise NoCourseError("a case stays in a stage for ever")
            return replace(where, mode=AFTER)
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
                    for column in (
                        at.T_CHANCE,
                        at.T_EFFORT_PURPOSE,
                        at.T_DELAY_PURPOSE,
                        at.T_CHOICE,
                    ):
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
