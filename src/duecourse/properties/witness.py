"""Whether a dated case of one text can also be one of another: what turns a suspicion into a difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from duecourse.properties.dating import Walk, begin, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from duecourse.model.table import Rule
    from duecourse.properties.observable import Letter, Observable

MAX_WALKS = 64
MAX_LAPSES = 12
"""How many lapses are waited for after the last step."""

FOREVER = timedelta(3_650)


Word = Sequence[tuple[int | None, int | None]]
"""What is observed of two texts, step by step."""


class Seen(NamedTuple):
    """A step of a case as it is observed: the day, the letter, whether the review ends with it, and how."""

    on: date
    letter: Letter
    turn: int
    outcome: str | None


class Breach(NamedTuple):
    """A limit that was seen to lapse without a step: its last day, its clock."""

    on: date
    clock: str


@dataclass(frozen=True)
class Witness:
    """A dated case that only one of two texts allows.

    Attributes:
        walked: the case, its last step taken.
        steps: what is observed of it; steps that the other text does not know are left out.
        breaches: the breaches on the way, and those that show when days pass afterwards.
        waited: whether it takes days after the last step to see the difference.
        other: how the other text goes on after the same steps: the breaches there; None where it has no such case.
    """

    walked: Walk
    steps: tuple[Seen, ...]
    breaches: tuple[Breach, ...]
    waited: bool
    other: tuple[Breach, ...] | None = None


def witness(one: Observable, other: Observable, word: Word) -> Witness | None:
    """Return a dated case of one text that the other text does not have; None where none is found.

    Args:
        one: the text whose case it is.
        other: the other text.
        word: what is observed of both, step by step; None where a text stands still, since only the other has the step.
            Such steps are passed over. The last step is the one that is looked at.
    """
    codes = [code for code, _ in word if code is not None]
    way = one.way(codes)
    walked = walk(one.table, [rule for _, rule in way])
    if walked is None:
        return None
    days = {index: on for (index, _), (on, _) in zip(way, walked.taken, strict=True)}
    steps = tuple(_observed(one, word, days))
    runs = _runs(other, walked, steps)
    breaches = _breaches(one, walked)
    if not any(_breaches(other, run) == breaches for run in runs):
        seen = tuple(each for each in steps if isinstance(each, Seen))
        return Witness(walked, seen, breaches, waited=False)
    last = walked.copy()
    _wait(last)
    late = _breaches(one, last), _laws(one, last, len(walked.taken))
    follow: tuple[Breach, ...] | None = None
    for run in runs:
        before = len(run.taken)
        _wait(run)
        follow = _breaches(other, run)
        if (follow, _laws(other, run, before)) == late:
            return None
    seen = tuple(each for each in steps if isinstance(each, Seen))
    return Witness(walked, seen, late[0], waited=True, other=follow)


def _observed(one: Observable, word: Word, days: Mapping[int, date]) -> Iterator[Seen | int]:
    """Yield what the other text has to show: the steps of this one, and the codes of those that only it has."""
    index = 0
    for mine, other in word:
        if mine is None:
            assert other is not None
            yield other
            continue
        if other is not None:
            letter, event = one.alphabet.meanings[mine]
            yield Seen(days[index], letter, event.turn, event.outcome)
        index += 1


def _breaches(text: Observable, walked: Walk) -> tuple[Breach, ...]:
    called = text.names.clock
    return tuple(
        Breach(each.on, called.get(each.clock, each.clock))
        for each in walked.lapses
        if each.step is None
    )


def _laws(text: Observable, walked: Walk, since: int) -> list[tuple[date, Letter]]:
    """Return the steps that the law took after so many steps."""
    return [(on, letter) for on, rule in walked.taken[since:] for letter in text.letters(rule)]


def _wait(walked: Walk) -> None:
    """Let days pass until nothing lapses any more."""
    limit = len(walked.lapses) + MAX_LAPSES
    end = walked.day + FOREVER
    while len(walked.lapses) < limit:
        due = walked.next_due()
        if due is None or due > end:
            return
        if due > walked.day:
            walked.day, walked.closed = due, False
        walked.lapse()


def _runs(other: Observable, walked: Walk, steps: Sequence[Seen | int]) -> list[Walk]:
    """Return the cases of a text that show the same steps on the same days."""
    runs = [begin(other.table, packed) for packed in other.table.initial]
    start = begin(walked.table, walked.table.initial[0]).day
    for run in runs:
        run.day = start
    for seen in steps:
        after: list[Walk] = []
        for run in _unseen(other, runs):
            found = _own(other, run, seen) if isinstance(seen, int) else _next(other, run, seen)
            after.extend(found)
        runs = after[:MAX_WALKS]
    runs = [run for run in _unseen(other, runs) if run.until(walked.day)]
    for run in runs:
        run.closed = walked.closed
    return runs


def _unseen(other: Observable, runs: Sequence[Walk]) -> list[Walk]:
    """Return the cases, each also after steps that are hidden."""
    found = list(runs)
    if not other.hiding:
        return found
    known = {(run.packed, run.key()[1:]) for run in found}
    for run in found:
        if len(found) > MAX_WALKS:
            break
        for rule, _ in other.table.moves(run.packed):
            if rule.step in other.names.hidden and rule.lapse_of is None:
                after = run.copy()
                if after.take(rule) and (after.packed, after.key()[1:]) not in known:
                    known.add((after.packed, after.key()[1:]))
                    found.append(after)
    return found


def _own(other: Observable, run: Walk, code: int) -> list[Walk]:
    """Return a case after a step that only this text has."""
    found: list[Walk] = []
    for rule, _ in other.table.moves(run.packed):
        if other.alphabet.meanings[code][0] in other.letters(rule):
            after = run.copy()
            if after.take(rule):
                found.append(after)
    return found


def _next(other: Observable, run: Walk, seen: Seen) -> list[Walk]:
    """Return a case after a step on its day, in every way it can be taken."""
    if seen.letter.lapse:
        if not run.until(seen.on):
            return []
        while run.next_due() == run.day:
            rule = run.lapse()
            if rule is not None:
                return [run] if _same(other, rule, seen) else []
        return []
    if not run.until(seen.on) or run.closed:
        return []
    found: list[Walk] = []
    for rule, _ in other.table.moves(run.packed):
        if rule.lapse_of is None and _same(other, rule, seen):
            after = run.copy()
            if after.take(rule):
                found.append(after)
    return found


def _same(other: Observable, rule: Rule, seen: Seen) -> bool:
    if seen.letter not in other.letters(rule):
        return False
    turn = other.turn(rule)
    return turn == seen.turn and (turn <= 0 or other.outcome(rule) == seen.outcome)
