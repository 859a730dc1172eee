"""Everything that can be observed of a procedure, as a deterministic automaton (subset construction).

What is observed: who takes which step, with which reply; the lapse that takes a step; what happens to the clocks, which
shows when days pass; how the case ends. Stages, facts, labels and articles are not. The states are sets of
configurations, for unknown facts and renamed steps leave open in which of them a case is.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from duecourse.properties.clock_bits import NO_EVENT, ClockBits, Event
from duecourse.properties.renaming import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from duecourse.model.table import Rule, Table
    from duecourse.properties.renaming import Renaming

Node = tuple[int, int]
"""A configuration with the clocks that run and the suspensions that last (one bit each)."""


class Letter(NamedTuple):
    """A step as it is observed, in the names of the first text.

    Attributes:
        step: its id; empty where it is hidden.
        actors: who may take it; for a reply the class of members.
        value: the reply, else empty.
        lapse: the clock whose lapse takes it, else empty.
    """

    step: str
    actors: tuple[str, ...]
    value: str = ""
    lapse: str = ""


class Alphabet:
    """Numbers for pairs of a letter and an event, the same for both texts of a comparison."""

    def __init__(self) -> None:
        self.codes: dict[tuple[Letter, Event], int] = {}
        self.meanings: list[tuple[Letter, Event]] = []

    def code(self, letter: Letter, event: Event) -> int:
        """Return the number of a letter with an event."""
        found = self.codes.get((letter, event))
        if found is None:
            found = self.codes[letter, event] = len(self.meanings)
            self.meanings.append((letter, event))
        return found


class _Move(NamedTuple):
    """A rule, laid out for speed; `plain` are its codes where it does nothing to time."""

    guard_mask: int
    guard_value: int
    nonzero: tuple[int, ...]
    kept: int
    put: int
    add: int
    number: int
    plain: tuple[int, ...] | None


class Observable:
    """What can be observed of a table, built as far as it is looked at.

    Args:
        table: the procedure under one choice of readings.
        alphabet: shared with what it is compared with.
        names: its names in terms of the other text.
        split: the steps whose actors are told apart, because the two texts name different ones.
        ranks: the clocks whose lapses the two texts order differently, in the order of this one.
    """

    def __init__(
        self,
        table: Table,
        alphabet: Alphabet,
        names: Renaming = NOTHING,
        split: frozenset[str] = frozenset(),
        ranks: Sequence[str] = (),
    ) -> None:
        self.table, self.alphabet, self.names, self.split = table, alphabet, names, split
        self.clocks = ClockBits(table, names, ranks)
        self.outcomes = {
            (step, source): names.outcome.get(each.id, each.id)
            for each in table.procedure.outcomes
            for step in each.steps
            for source in (each.sources or table.procedure.step[step].sources)
        }
        self.rules: list[Rule] = []
        self.hiding = False
        self._events: dict[tuple[int, int], tuple[tuple[int, ...], int] | None] = {}
        self._stage_mask = table.fields["stage"].mask
        self._moves = {
            table.fields["stage"].code(stage): tuple(self._compiled(rules))
            for stage, rules in table.rules.items()
        }
        self.states: list[tuple[Node, ...]] = []
        self._single: dict[Node, int] = {}
        self._numbers: dict[frozenset[Node], int] = {}
        self._found: list[dict[int, int] | None] = []
        self.initial = self._state({(packed, 0) for packed in table.initial})

    def lapsing(self) -> list[str]:
        """Return the clocks whose lapse has an effect, in the order of the procedure."""
        found = {rule.lapse_of for rule in self.rules}
        return [called for each, called in self.clocks.called.items() if each in found]

    def letters(self, rule: Rule) -> tuple[Letter, ...]:
        """Return a step as it is observed; nothing where it is hidden."""
        step = self.table.procedure.step[rule.step]
        if step.id in self.names.hidden:
            return ()
        name = self.names.step.get(step.id, step.id)
        lapse = "" if rule.lapse_of is None else self.clocks.called[rule.lapse_of]
        value = step.reply.value if step.reply else ""
        actors = tuple(sorted({self.names.actor.get(each, each) for each in step.actors}))
        if name in self.split:
            return tuple(Letter(name, (actor,), value, lapse) for actor in actors)
        return (Letter(name, actors, value, lapse),)

    def turn(self, rule: Rule) -> int:
        """Return 1 where a step ends the review, -1 where it takes it up again, else 0."""
        stages = self.table.procedure.stage
        return int(stages[rule.target].final) - int(stages[rule.source].final)

    def outcome(self, rule: Rule) -> str | None:
        """Return the outcome that a rule brings about if it ends the case; None where no outcome counts it."""
        return self.outcomes.get((rule.step, rule.source))

    def _compiled(self, rules: Iterable[Rule]) -> Iterator[_Move]:
        for rule in rules:
            letters = self.letters(rule)
            self.hiding = self.hiding or not letters
            timed = (
                rule.lapse_of is not None
                or any(op.kind not in {"open", "close"} for op in rule.ops)
                or self.turn(rule) != 0
            )
            codes = tuple(self.alphabet.code(letter, NO_EVENT) for letter in letters)
            guard = rule.guard_mask, rule.guard_value, rule.nonzero
            change = ~rule.clear, rule.put, rule.add
            yield _Move(*guard, *change, len(self.rules), None if timed else codes)
            self.rules.append(rule)

    def fires(self, node: Node) -> Iterator[tuple[int, tuple[int, ...], Node]]:
        """Yield what can happen in a configuration: the number of the rule, its codes (none: unseen), where it leads."""
        packed, mask = node
        for move in self._moves[packed & self._stage_mask]:
            if packed & move.guard_mask != move.guard_value:
                continue
            if move.nonzero and not all(packed & each for each in move.nonzero):
                continue
            to = ((packed & move.kept) | move.put) + move.add
            if move.plain is not None:
                yield move.number, move.plain, (to, mask)
                continue
            key = (move.number, mask)
            if key not in self._events:
                self._events[key] = self._timed(self.rules[move.number], mask)
            found = self._events[key]
            if found is not None:
                yield move.number, found[0], (to, found[1])

    def _timed(self, rule: Rule, mask: int) -> tuple[tuple[int, ...], int] | None:
        """Return the codes of a step with the clocks as they are, and the clocks after it; None where it cannot be."""
        if rule.lapse_of is not None and not self.clocks.ticks(rule.lapse_of, mask):
            return None
        turn = self.turn(rule)
        event, after = Event(turn=turn, outcome=self.outcome(rule)), 0
        if turn <= 0:
            event, after = self.clocks.event(rule, mask, turn)
        letters = self.letters(rule)
        if not letters and event != NO_EVENT:
            letters = (Letter("", ()),)
        return tuple(self.alphabet.code(letter, event) for letter in letters), after

    def _state(self, nodes: set[Node]) -> int:
        if self.hiding:
            self._close(nodes)
        if len(nodes) == 1:
            (node,) = nodes
            number = self._single.get(node)
            if number is None:
                number = self._single[node] = self._add((node,))
            return number
        key = frozenset(nodes)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = self._add(tuple(sorted(nodes)))
        return number

    def _add(self, nodes: tuple[Node, ...]) -> int:
        self.states.append(nodes)
        self._found.append(None)
        return len(self.states) - 1

    def _close(self, nodes: set[Node]) -> None:
        """Add what can be reached by hidden steps that do nothing to time."""
        queue = list(nodes)
        while queue:
            for _, codes, to in self.fires(queue.pop()):
                if not codes and to not in nodes:
                    nodes.add(to)
                    queue.append(to)

    def moves(self, state: int) -> dict[int, int]:
        """Return what can be observed next, with the states it leads to."""
        found = self._found[state]
        if found is None:
            targets: dict[int, set[Node]] = {}
            for node in self.states[state]:
                for _, codes, to in self.fires(node):
                    for code in codes:
                        if code in targets:
                            targets[code].add(to)
                        else:
                            targets[code] = {to}
            found = {code: self._state(nodes) for code, nodes in targets.items()}
            self._found[state] = found
        return found

    def is_final(self, state: int) -> tuple[bool, ...]:
        """Return whether the case can be open in a state, and whether it can be over."""
        return tuple(sorted({self.table.is_final(packed) for packed, _ in self.states[state]}))

    def stages(self, state: int) -> tuple[str, ...]:
        """Return the stages in which the case can be in a state."""
        return tuple(dict.fromkeys(self.table.stage(packed) for packed, _ in self.states[state]))

    def running(self, state: int) -> tuple[frozenset[str], frozenset[str]]:
        """Return the clocks that can run in a state, and those of them that a suspension can stop."""
        masks = {mask for _, mask in self.states[state]}
        running = {name for mask in masks for name in self.clocks.named(mask)}
        frozen = {name for mask in masks for name in self.clocks.named(self.clocks.frozen(mask))}
        return frozenset(running), frozenset(frozen)

    def way(self, codes: Sequence[int]) -> list[tuple[int, Rule]]:
        """Return the fewest steps that are observed so, hidden ones among them.

        Returns:
            Pairs of the number of the observation, from 0, and the rule; a hidden step has the number of the next one.

        Raises:
            ValueError: no case is observed so.
        """
        came: dict[tuple[int, Node], tuple[tuple[int, Node], int] | None] = {
            (0, (packed, 0)): None for packed in self.table.initial
        }
        queue = deque(came)
        while queue:
            here = queue.popleft()
            layer, node = here
            if layer == len(codes):
                return self._back(came, here)
            for number, possible, to in self.fires(node):
                after = (layer + (codes[layer] in possible), to)
                if (not possible or codes[layer] in possible) and after not in came:
                    came[after] = (here, number)
                    queue.append(after)
        raise ValueError(codes)

    def _back(
        self,
        came: dict[tuple[int, Node], tuple[tuple[int, Node], int] | None],
        end: tuple[int, Node],
    ) -> list[tuple[int, Rule]]:
        way: list[tuple[int, Rule]] = []
        last = came[end]
        while last is not None:
            (layer, _), number = last
            way.append((layer, self.rules[number]))
            last = came[last[0]]
        return way[::-1]
