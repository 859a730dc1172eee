"""Two texts side by side, breadth first: wherever only one can go on, or time goes otherwise, they differ."""

from __future__ import annotations

from collections import deque
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from duecourse.properties.change import Change, Difference, Side
from duecourse.properties.observable import Alphabet, Letter, Observable
from duecourse.properties.renaming import NOTHING
from duecourse.properties.witness import Witness, witness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.model.table import Table
    from duecourse.properties.clock_bits import Event
    from duecourse.properties.renaming import Renaming

MAX_PAIRS = 500_000
MAX_SUSPECTS = 6
"""How many traces are tried to confirm one difference."""

MAX_LATER = 60
"""How many longer traces are tried where a difference of clocks does not show at once."""

Pair = tuple[int, int]


class Comparing:
    """Two texts side by side.

    Args:
        a, b: the tables.
        names: the names of the second in terms of the first.
        first: the first table as observed from an earlier comparison, to be used again where it fits.
        limit: after how many pairs of states the search gives up.
    """

    def __init__(
        self,
        a: Table,
        b: Table,
        names: Renaming = NOTHING,
        first: Observable | None = None,
        limit: int = MAX_PAIRS,
    ) -> None:
        self.names, self.limit = names, limit
        split = _differing_actors(a, b, names)
        alphabet = first.alphabet if first else Alphabet()
        fits = first is not None and first.table is a and not split and not first.split
        self.one = (
            first
            if fits and first is not None
            else Observable(a, alphabet, names.of_first(), split)
        )
        self.two = Observable(b, alphabet, names, split)
        ranks = _conflicting(self.one.lapsing(), self.two.lapsing())
        if ranks:
            self.one = Observable(a, alphabet, names.of_first(), split, ranks[0])
            self.two = Observable(b, alphabet, names, split, ranks[1])
        self.steps = (_steps(self.one), _steps(self.two))
        self.start: Pair = (self.one.initial, self.two.initial)
        self.came: dict[Pair, tuple[Pair, int | None, int | None] | None] = {self.start: None}
        self.beyond: set[Pair] = set()
        self.suspects: dict[object, int] = {}
        self.done: set[object] = set()
        self.meanings = alphabet.meanings
        self.finished = True

    def differences(self) -> Iterator[Difference]:
        """Yield every difference once, and again where a later trace confirms it."""
        if self.one.is_final(self.one.initial) != self.two.is_final(self.two.initial):
            yield self._at_once()
        queue = deque([self.start])
        passed: deque[tuple[Pair, int | None, int | None]] = deque()
        while queue or passed:
            if (
                not queue
            ):  # only when nothing is left that both texts can do is a step of one of them passed
                from_, code_a, code_b = passed.popleft()
                self._go(from_, code_a, code_b, queue, passing=True)
                continue
            pair = queue.popleft()
            ways: list[tuple[int | None, int | None]] = []
            for suspect, way in self._ways(pair):
                ways.extend(() if way is None else (way,))
                if suspect is not None and not self._consequence(suspect, pair):
                    yield from self._examined(suspect, pair)
            passed.extend((pair, *way) for way in ways if None in way)
            both = (way for way in ways if None not in way)
            beyond = pair in self.beyond
            if not all(self._go(pair, *way, queue, passing=beyond) for way in both):
                return

    def _ways(
        self, pair: Pair
    ) -> Iterator[tuple[_Suspect | None, tuple[int | None, int | None] | None]]:
        """Yield how to go on from a pair of states, with what is different on the way."""
        one, two = self.one.moves(pair[0]), self.two.moves(pair[1])
        if one.keys() == two.keys():
            yield from ((None, (code, code)) for code in one)
            return
        yield from ((None, (code, code)) for code in sorted(one.keys() & two.keys()))
        yield from self._apart(pair, one, two)

    def _go(
        self,
        pair: Pair,
        code_a: int | None,
        code_b: int | None,
        queue: deque[Pair],
        *,
        passing: bool,
    ) -> bool:
        """Go on to a pair of states that was not visited; return whether there is room."""
        to = (
            pair[0] if code_a is None else self.one.moves(pair[0])[code_a],
            pair[1] if code_b is None else self.two.moves(pair[1])[code_b],
        )
        if to in self.came:
            return True
        if len(self.came) >= self.limit:
            self.finished = False
            return False
        self.came[to] = (pair, code_a, code_b)
        if passing:
            self.beyond.add(to)
        queue.append(to)
        return True

    def _consequence(self, suspect: _Suspect, pair: Pair) -> bool:
        """Return whether a step is possible only because a step was passed that led to another stage."""
        return (
            pair in self.beyond
            and suspect.change.aspect == "step"
            and suspect.known
            and self.one.stages(pair[0]) != self.two.stages(pair[1])
        )

    def _at_once(self) -> Difference:
        """The difference of two texts of which one begins where the review is over."""
        change = Change(
            "end", "", *(sorted(each.is_final(each.initial)) for each in (self.one, self.two))
        )
        found = witness(self.one, self.two, ())
        stages = self.one.stages(self.one.initial), self.two.stages(self.two.initial)
        letter = Letter("", ())
        return Difference(
            change, "a", letter, *stages, known=True, passed=(), length=0, witness=found
        )

    def _apart(
        self, pair: Pair, one: dict[int, int], two: dict[int, int]
    ) -> Iterator[tuple[_Suspect | None, tuple[int | None, int | None] | None]]:
        """Yield where a pair of states goes apart, and how to go on there."""
        only_a = _by_letter(self.meanings, one.keys() - two.keys())
        only_b = _by_letter(self.meanings, two.keys() - one.keys())
        every_a, every_b = _by_letter(self.meanings, {*one}), _by_letter(self.meanings, {*two})
        for letter, codes in only_a.items():
            if letter not in every_b:
                yield self._alone(pair, "a", letter, codes[0])
                continue
            for code_a, code_b in product(codes, only_b.get(letter, every_b[letter])):
                yield from self._events(pair, code_a, code_b)
        for letter, codes in only_b.items():
            if letter not in every_a:
                yield self._alone(pair, "b", letter, codes[0])
            elif letter not in only_a:
                for code_a, code_b in product(every_a[letter], codes):
                    yield from self._events(pair, code_a, code_b)

    def _alone(
        self, pair: Pair, side: Side, letter: Letter, code: int
    ) -> tuple[_Suspect, tuple[int | None, int | None] | None]:
        """Return that only one text allows a step, and how to go on past it, where that makes sense."""
        first = side == "a"
        known = letter.step in self.steps[1 if first else 0]
        said = (letter.actors, letter.value, letter.lapse)
        change = Change("step", letter.step, said if first else None, None if first else said)
        way: tuple[int | None, int | None] | None = None
        if not known or (letter.value and self._same_stage(pair)):
            way = (code, None) if first else (None, code)
        return _Suspect(change, side, code, None, known), way

    def _same_stage(self, pair: Pair) -> bool:
        return self.one.stages(pair[0]) == self.two.stages(pair[1])

    def _events(
        self, pair: Pair, code_a: int, code_b: int
    ) -> Iterator[tuple[_Suspect | None, tuple[int | None, int | None]]]:
        letter, event_a = self.meanings[code_a]
        event_b = self.meanings[code_b][1]
        running = [
            text.running(state) for text, state in zip((self.one, self.two), pair, strict=True)
        ]
        found = list(_changes(letter, event_a, event_b, running))
        for change in found:
            yield _Suspect(change, "a", code_a, code_b, known=True), (code_a, code_b)
        if not found:
            yield None, (code_a, code_b)

    def _examined(self, suspect: _Suspect, pair: Pair) -> Iterator[Difference]:
        done = self.done
        text, state = (self.one, pair[0]) if suspect.side == "a" else (self.two, pair[1])
        where = text.stages(state) if suspect.change.aspect == "step" else ()
        key = (suspect.change, where if suspect.known else ())
        tried = self.suspects.get(key, 0)
        if key in done or tried >= MAX_SUSPECTS:
            return
        self.suspects[key] = tried + 1
        found, side = self._confirmed(suspect, pair)
        if found is not None:
            done.add(key)
        elif tried:
            return
        yield self._difference(suspect, pair, side, found)

    def _difference(
        self, suspect: _Suspect, pair: Pair, side: Side, found: Witness | None
    ) -> Difference:
        word = self._word(pair)
        texts = (self.one, self.two) if side == "a" else (self.two, self.one)
        states = pair if side == "a" else (pair[1], pair[0])
        steps = dict.fromkeys(
            self.meanings[code][0].step
            for a, b in word
            for code in ((a if b is None else b),)
            if code is not None and (a is None or b is None)
        )
        return Difference(
            change=suspect.change,
            side=side,
            letter=self.meanings[suspect.code][0],
            stages=texts[0].stages(states[0]),
            other_stages=texts[1].stages(states[1]),
            known=suspect.known,
            passed=tuple(steps),
            length=sum((a if side == "a" else b) is not None for a, b in word) + 1,
            witness=found,
        )

    def _confirmed(self, suspect: _Suspect, pair: Pair) -> tuple[Witness | None, Side]:
        """Search for a dated case: the one suspected, that of the other text, or a longer one of either."""
        word = self._word(pair)
        if suspect.other is None:
            last = (suspect.code, suspect.code)
            return self._witness(suspect.side, [*word, last]), suspect.side
        to = self.one.moves(pair[0])[suspect.code], self.two.moves(pair[1])[suspect.other]
        queue = deque([(to, [*word, (suspect.code, suspect.other)])])
        seen = {to}
        sides: tuple[Side, Side] = ("a", "b")
        while queue:
            here, longer = queue.popleft()
            for side in sides:
                found = self._witness(side, longer)
                if found is not None:
                    return found, side
            one, two = self.one.moves(here[0]), self.two.moves(here[1])
            for code in sorted(one.keys() & two.keys()):
                after = (one[code], two[code])
                if after not in seen and len(seen) < MAX_LATER:
                    seen.add(after)
                    queue.append((after, [*longer, (code, code)]))
        return None, suspect.side

    def _witness(self, side: Side, word: list[tuple[int | None, int | None]]) -> Witness | None:
        if side == "a":
            return witness(self.one, self.two, word)
        return witness(self.two, self.one, [(b, a) for a, b in word])

    def _word(self, pair: Pair) -> list[tuple[int | None, int | None]]:
        word: list[tuple[int | None, int | None]] = []
        last = self.came[pair]
        while last is not None:
            word.append((last[1], last[2]))
            last = self.came[last[0]]
        return word[::-1]


class _Suspect(NamedTuple):
    """A difference of what is observed that no dated case has shown yet: whose code, and the other's of the same letter."""

    change: Change
    side: Side
    code: int
    other: int | None
    known: bool


def _changes(
    letter: Letter, a: Event, b: Event, running: list[tuple[frozenset[str], frozenset[str]]]
) -> Iterator[Change]:
    """Yield what differs between the events of one step; what follows from an earlier difference is left out."""
    (runs_a, frozen_a), (runs_b, frozen_b) = running
    if (a.turn, a.outcome) != (b.turn, b.outcome):
        yield Change("end", letter.step, _ending(a), _ending(b))
        return
    limits_a, limits_b = dict(a.started), dict(b.started)
    for clock in sorted({*limits_a, *limits_b}):
        limit_a, limit_b = limits_a.get(clock), limits_b.get(clock)
        if limit_a is not None and limit_b is not None and limit_a != limit_b:
            yield Change("limit", clock, limit_a, limit_b)
        elif limit_a != limit_b and (clock in runs_a) == (clock in runs_b):
            yield Change("start", clock, limit_a, limit_b)
    both = (runs_a & runs_b) - {*limits_a, *limits_b}
    for clock in sorted(both & ({*a.gone} ^ {*b.gone})):
        yield Change("stop", clock, clock in a.gone or None, clock in b.gone or None)
    both -= {*a.gone, *b.gone}
    for clock in sorted(both):
        spans = [tuple(span for name, span in each.extended if name == clock) for each in (a, b)]
        if spans[0] != spans[1]:
            yield Change("extension", clock, spans[0] or None, spans[1] or None)
    in_step = {c for c in both if (c in frozen_a) == (c in frozen_b)} | (
        {*limits_a} & {*limits_b} - runs_a - runs_b
    )
    for clock in sorted(in_step & ({*a.paused} ^ {*b.paused})):
        yield Change("pause", clock, clock in a.paused or None, clock in b.paused or None)
    for clock in sorted(in_step & ({*a.resumed} ^ {*b.resumed})):
        yield Change("resume", clock, clock in a.resumed or None, clock in b.resumed or None)


def _ending(event: Event) -> str | None:
    if event.turn > 0:
        return event.outcome or "ended"
    return "taken up again" if event.turn < 0 else None


def _by_letter(meanings: list[tuple[Letter, Event]], codes: set[int]) -> dict[Letter, list[int]]:
    found: dict[Letter, list[int]] = {}
    for code in sorted(codes):
        found.setdefault(meanings[code][0], []).append(code)
    return found


def _steps(text: Observable) -> frozenset[str]:
    """Return the steps that a text has, in the names of the first."""
    return frozenset(text.names.step.get(step, step) for step in text.table.procedure.step)


def _differing_actors(a: Table, b: Table, names: Renaming) -> frozenset[str]:
    """Return the steps that both texts have and for which they name different actors."""
    actors: list[dict[str, set[frozenset[str]]]] = []
    for table, called in ((a, names.of_first()), (b, names)):
        found: dict[str, set[frozenset[str]]] = {}
        for step in table.procedure.steps:
            name = called.step.get(step.id, step.id)
            found.setdefault(name, set()).add(
                frozenset(called.actor.get(each, each) for each in step.actors)
            )
        actors.append(found)
    return frozenset(
        name
        for name in actors[0].keys() & actors[1].keys()
        if actors[0][name] != actors[1][name] or len(actors[0][name]) > 1
    )


def _conflicting(a: list[str], b: list[str]) -> tuple[list[str], list[str]] | None:
    """Return the clocks whose lapses both texts give an effect, where they are not declared in the same order."""
    common = {*a} & {*b}
    orders = [each for each in a if each in common], [each for each in b if each in common]
    return None if orders[0] == orders[1] else orders
