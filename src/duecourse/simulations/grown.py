"""The table of a plan in numbers, row by row as the compiled engine comes to need it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from duecourse.errors import InvalidInput
from duecourse.kernels import layout as at
from duecourse.kernels.memory import Rules
from duecourse.simulations.arrays import MOST_OPS
from duecourse.simulations.lowered import Lowered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duecourse.model.table import Rule
    from duecourse.simulations.plan import Plan

_KINDS = {
    "start": at.OP_START,
    "stop": at.OP_STOP,
    "extend": at.OP_EXTEND,
    "begin": at.OP_BEGIN,
    "end": at.OP_END,
    "open": at.OP_OPEN,
    "close": at.OP_CLOSE,
}
_BEGINNING = 64


class Grown:
    """A plan in numbers; its rules grow while runs meet what no run has met before.

    Args:
        plan: what is simulated.
        like: another plan in numbers; where its law, its monitors and its numbers are the same, what it has grown to is
            where this one begins.

    Attributes:
        lowered: what does not grow.
        rules: all of it, as the engine takes it.
        configurations: the packed configurations, by number.
        standing, nodes: the cases with which a run begins, before they are taken up, and the nodes of their lists.
    """

    def __init__(self, plan: Plan, like: Grown | None = None) -> None:
        self.plan, self.lowered = plan, Lowered(plan)
        lowered = self.lowered
        self.configurations: list[int] = []
        self._numbers: dict[int, int] = {}
        self._moves: dict[tuple[int, int], int] = {}
        self._made: list[tuple[Rule, int] | None] = []
        self._letters: dict[tuple[int, int], int] = {}
        self._ops = 0
        self._words = 0
        self._mask = plan.ensemble.mask
        width = 1 + len(lowered.steps) + len(lowered.clocks) + len(lowered.fields)
        letters = np.full((_BEGINNING if plan.ensemble.ids else 2, 2), at.NONE, np.int64)
        self.rules = Rules(
            table=np.zeros((_BEGINNING, width), np.int32),
            moves=np.zeros((_BEGINNING, at.MOVE_COLUMNS), np.int64),
            ops=np.zeros((_BEGINNING, 3), np.int64),
            letters=letters,
            **lowered.static,
        )
        if like is not None and self._speaks_as(like):
            self._learn_from(like)
        for number, kind in enumerate(plan.kinds.values()):
            self.rules.kinds[number, at.K_FIRST] = self.number(kind.first)
        self._take_up()

    def _speaks_as(self, like: Grown) -> bool:
        """Return whether the numbers of another one mean the same here."""
        ours, theirs = self.plan, like.plan
        return (
            ours.table is theirs.table
            and ours.ensemble is theirs.ensemble
            and ours.scenario.docket is None
            and theirs.scenario.docket is None
            and self.lowered.numbering == like.lowered.numbering
        )

    def _learn_from(self, like: Grown) -> None:
        """Take over the configurations, moves and words of another one."""
        self.configurations = like.configurations.copy()
        self._numbers, self._moves = like._numbers.copy(), like._moves.copy()
        self._made, self._letters = like._made.copy(), like._letters.copy()
        self._ops, self._words = like._ops, like._words
        grown = ("table", "moves", "ops", "letters")
        self.rules = self.rules._replace(
            **{each: getattr(like.rules, each).copy() for each in grown}
        )

    def _take_up(self) -> None:
        """Number where the cases stand with which a run begins, and write how they are taken up."""
        opened = self.lowered.opened
        self.standing, self.nodes = opened.standing(self.rules, self.number, self.lowered.span)
        self.rules.openings[:, at.N_MOVE] = range(len(self.standing))
        for move in opened.moves(self.standing, self._ops):
            self._write_move(len(self._made), move)
            self._made.append(None)
        for ops in opened.ops():
            for op in ops:
                self._write_op(op)

    def number(self, packed: int) -> int:
        """Return the number of a configuration."""
        found = self._numbers.get(packed)
        if found is None:
            found = self._numbers[packed] = len(self.configurations)
            self.configurations.append(packed)
            self._room("table", found)
            lowered, row = self.lowered, self.rules.table[found]
            row[:] = at.NONE
            row[0] = 0
            first = 1 + len(lowered.steps) + len(lowered.clocks)
            for name, place in lowered.fields.items():
                row[first + place] = int(self.plan.table.fields[name].read(packed))
        return found

    def fill(self, number: int) -> None:
        """Write what is possible in a configuration into its row."""
        lowered = self.lowered
        for rule, to in self.plan.table.moves(self.configurations[number]):
            move = self._move(rule, to)
            row = self.rules.table[number]  # anew: a move may have made the table grow
            step = 1 + lowered.steps[rule.step]
            if row[step] < 0:
                row[step] = move
            if rule.lapse_of is not None:
                lapse = 1 + len(lowered.steps) + lowered.clocks[rule.lapse_of]
                if row[lapse] < 0:
                    row[lapse] = move
        self.rules.table[number, 0] = 1

    def watched(self, state: int, move: int, kind: int) -> tuple[int, str, str]:
        """Return the state of the monitors after a move by a case of a class, what it violates, and who took it."""
        made = self._made[move]
        assert made is not None
        rule, to = made
        actor = list(self.plan.kinds.values())[kind].actors[rule.step]
        return *self.plan.ensemble.step(state, rule, to, actor), actor

    def spell(self, watched: int, move: int, kind: int) -> None:
        """Write what the monitors make of a move by a case of a class into the table of letters."""
        rules = self.rules
        after, violated, actor = self.watched(watched, move, kind)
        if 2 * (self._words + 1) > len(rules.letters):
            old = rules.letters[rules.letters[:, 0] >= 0]
            self.rules = rules = rules._replace(
                letters=np.full((2 * len(rules.letters), 2), at.NONE, np.int64)
            )
            for key, then in old.tolist():
                _enter(rules.letters, key, then)
        letter = int(rules.moves[move, at.M_LETTER])
        number = self.lowered.actor_names[actor]
        _enter(rules.letters, watched << 36 | letter << 12 | number, after << 1 | bool(violated))
        self._words += 1

    def _move(self, rule: Rule, to: int) -> int:
        key = id(rule), to
        found = self._moves.get(key)
        if found is not None:
            return found
        if len(rule.ops) > MOST_OPS:
            raise InvalidInput(f'"{rule.step}" does more than {MOST_OPS} things at once')
        lowered, target = self.lowered, self.number(to)
        found = self._moves[key] = len(self._made)
        self._made.append((rule, to))
        move = self.plan.moves.made(rule, to)
        letter = at.NONE
        if self.plan.ensemble.ids:
            letter = self._letters.setdefault((id(rule), to & self._mask), len(self._letters))
        first = self._ops
        for op in rule.ops:
            self._write_op(self._op(op))
        row = [
            lowered.steps[rule.step],
            target,
            lowered.stages[rule.target],
            move.timed,
            bool(move.closes or move.opens or move.ends or move.resumes),
            move.ends,
            move.resumes,
            first,
            self._ops,
            letter,
            at.STEP,
        ]
        self._write_move(found, row)
        return found

    def _write_move(self, number: int, row: Sequence[int]) -> None:
        self._room("moves", number)
        self.rules.moves[number] = row

    def _write_op(self, row: Sequence[int]) -> None:
        self._room("ops", self._ops)
        self.rules.ops[self._ops] = row
        self._ops += 1

    def _op(self, op: Any) -> tuple[int, int, int]:  # noqa: ANN401
        lowered = self.lowered
        names = {
            "begin": lowered.suspensions,
            "end": lowered.suspensions,
            "open": lowered.panels,
            "close": lowered.panels,
        }.get(op.kind, lowered.clocks)
        by = at.NONE if op.by is None else lowered.span(op.by)
        return _KINDS[op.kind], names[op.name], by

    def _room(self, name: str, needed: int) -> None:
        array = getattr(self.rules, name)
        if needed == len(array):
            larger = np.zeros((2 * len(array), array.shape[1]), array.dtype)
            larger[: len(array)] = array
            self.rules = self.rules._replace(**{name: larger})


def _enter(letters: Any, key: int, then: int) -> None:  # noqa: ANN401  (an array)
    """Enter a word into the hash table, where `duecourse.kernels.standing.letter_place` looks for it."""
    size = len(letters) - 1
    place = (((key * 0x9E37_79B9_7F4A_7C15) & (2**64 - 1)) >> 32) & size
    while letters[place, 0] >= 0:
        place = (place + 1) & size
    letters[place] = key, then
