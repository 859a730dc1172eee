"""Where a case may be: sets of configurations, each with the states of the claims beside it, as numbers.

Of a case whose log does not tell every fact that is unknown at its start, all configurations are kept that are
consistent with what it did. What a step makes of a set is worked out once and then looked up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from duecourse.properties.automaton import Colour

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from duecourse.model.table import Op, Rule, Table
    from duecourse.properties.property import Property
    from duecourse.properties.watching import Watching

_TIMED: Final = frozenset({"start", "stop", "extend", "begin", "end"})
_ORDER: Final = list(Colour)


class Place(NamedTuple):
    """A configuration and the number of the states of the claims."""

    packed: int
    watched: int


class Move(NamedTuple):
    """What a step does to those configurations of a set in which it does the same to clocks and panels.

    Attributes:
        places: the set after it.
        ops: what it does to clocks, suspensions and panels.
        timed: whether clocks or suspensions have to be told.
        ends: whether it ends the review.
    """

    places: int
    ops: tuple[Op, ...]
    timed: bool
    ends: bool


class Places:
    """The sets of configurations of one table that were met, by number."""

    def __init__(self, table: Table, properties: Sequence[Property]) -> None:
        self.table = table
        self.properties = properties
        self.watchings: tuple[Watching, ...] = tuple(
            each.monitor.bind(table) for each in properties if each.monitor
        )
        self._mask = 0
        for watching in self.watchings:
            self._mask |= watching.mask
        first: tuple[tuple[int, ...], ...] = tuple((each.initial,) for each in self.watchings)
        self._states: list[tuple[tuple[int, ...], ...]] = [first]
        self._state_numbers = {first: 0}
        self._sets: list[tuple[Place, ...]] = []
        self._numbers: dict[tuple[Place, ...], int] = {}
        self._moves: dict[tuple[int, str, str], tuple[Move, ...]] = {}
        self._watched: dict[tuple[int, int, int, str], int] = {}
        self._colours: dict[int, list[tuple[Colour, Colour]]] = {}
        self._lapses: dict[tuple[int, str], tuple[tuple[Move, ...], int | None]] = {}

    def number(self, places: Iterable[Place]) -> int:
        """Return the number of a set."""
        key = tuple(sorted(set(places)))
        if key not in self._numbers:
            self._numbers[key] = len(self._sets)
            self._sets.append(key)
        return self._numbers[key]

    def begin(self, configurations: Iterable[int]) -> int:
        """Return the set in which a case begins."""
        return self.number(Place(packed, 0) for packed in configurations)

    def of(self, number: int) -> tuple[Place, ...]:
        """Return the members of a set."""
        return self._sets[number]

    def final(self, number: int) -> bool:
        """Return whether the review is over in every configuration of a set."""
        return all(self.table.is_final(each.packed) for each in self.of(number))

    def moves(self, number: int, step: str, actor: str) -> tuple[Move, ...]:
        """Return how somebody takes a step where it is permitted; nothing where it is so nowhere."""
        key = number, step, actor
        found = self._moves.get(key)
        if found is None:
            ways = (
                (place, rule, to)
                for place in self.of(number)
                for rule, to in self.table.moves(place.packed)
                if rule.step == step and rule.lapse_of is None
            )
            found = self._moves[key] = tuple(self._grouped(ways, actor))
        return found

    def lapse(self, number: int, clock: str) -> tuple[tuple[Move, ...], int | None]:
        """Return the steps that the law takes at a lapse, and the set of configurations in which it takes none."""
        key = number, clock
        found = self._lapses.get(key)
        if found is None:
            ways = [
                (place, rule, to)
                for place in self.of(number)
                for rule, to in self.table.moves(place.packed)
                if rule.lapse_of == clock
            ]
            rest = set(self.of(number)) - {place for place, _, _ in ways}
            none = self.number(rest) if rest else None
            found = self._lapses[key] = tuple(self._grouped(ways, "")), none
        return found

    def lapse_step(self, number: int, clock: str) -> str:
        """Return the step that the law takes at a lapse somewhere in a set; empty where that is a breach."""
        for place in self.of(number):
            for rule, _ in self.table.moves(place.packed):
                if rule.lapse_of == clock:
                    return rule.step
        return ""

    def forced(self, number: int, rule: Rule, actor: str) -> Move:
        """Return what a step does that is taken by a rule though its guard does not hold."""
        ways = ((place, rule, self.successor(rule, place.packed)) for place in self.of(number))
        (found,) = self._grouped(ways, actor)
        return found

    def successor(self, rule: Rule, packed: int) -> int:
        """Return where a rule leads from a configuration that its guard excludes: no count leaves its range."""
        before = (packed & ~rule.clear) | rule.put
        if not rule.add:
            return before
        lawful = (packed & ~rule.guard_mask) | rule.guard_value
        for mask in rule.nonzero:
            lawful |= 0 if lawful & mask else mask & -mask
        counted = (lawful & ~rule.clear) | rule.put
        after = counted + rule.add
        for each in self.table.fields.values():
            change = ((after & each.mask) >> each.shift) - ((counted & each.mask) >> each.shift)
            if change:
                code = ((before & each.mask) >> each.shift) + change
                code = min(max(code, 0), len(each.values) - 1)
                before = (before & ~each.mask) | (code << each.shift)
        return before

    def rules(self, step: str) -> Iterator[Rule]:
        """Yield every way in which somebody takes a step, from whichever stage."""
        for rules in self.table.rules.values():
            yield from (rule for rule in rules if rule.step == step and rule.lapse_of is None)

    def colours(self, number: int) -> list[tuple[Colour, Colour]]:
        """Return for every claim the best and the worst verdict that it may have."""
        known = self._colours.get(number)
        if known is not None:
            return known
        found: list[tuple[Colour, Colour]] = []
        for index, watching in enumerate(self.watchings):
            colours = [
                watching.colour(state)
                for place in self.of(number)
                for state in self._states[place.watched][index]
            ]
            colours.sort(key=_ORDER.index)
            found.append((colours[0], colours[-1]))
        self._colours[number] = found
        return found

    def _grouped(self, ways: Iterable[tuple[Place, Rule, int]], actor: str) -> Iterator[Move]:
        groups: dict[tuple[tuple[Op, ...], bool], list[Place]] = {}
        stage = self.table.procedure.stage
        for place, rule, to in ways:
            ends = stage[rule.target].final and not stage[rule.source].final
            after = Place(to, self._watch(place.watched, rule, to, actor))
            groups.setdefault((rule.ops, ends), []).append(after)
        for (ops, ends), places in groups.items():
            timed = ends or any(op.kind in _TIMED for op in ops)
            yield Move(self.number(places), ops, timed, ends)

    def _watch(self, watched: int, rule: Rule, to: int, actor: str) -> int:
        key = watched, id(rule), to & self._mask, actor
        found = self._watched.get(key)
        if found is None:
            after = tuple(
                tuple(
                    sorted({new for old in states for new in watching.moves(old, rule, to, actor)})
                )
                for watching, states in zip(self.watchings, self._states[watched], strict=True)
            )
            if after not in self._state_numbers:
                self._state_numbers[after] = len(self._states)
                self._states.append(after)
            found = self._watched[key] = self._state_numbers[after]
        return found
