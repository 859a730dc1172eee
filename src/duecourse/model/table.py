"""A procedure compiled: packed configurations and the flat list of rules that is its one meaning.

A configuration is one integer: the stage and every variable that still matters there, each in a bit field of its own.
A rule fires where `x & GM == GV` and each of its non-zero masks meets `x`; it leads to `((x & ~EM) | EV) + AD`.
Everything that explores, simulates or audits runs on these rules; `duecourse.model.machine` is proved equal to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from duecourse.calendar import Span
    from duecourse.model.procedure import Procedure, Value

OpKind = Literal["start", "stop", "extend", "begin", "end", "open", "close"]


@dataclass(frozen=True, slots=True)
class Op:
    """What a step does besides changing the configuration: to a clock, a suspension or a panel.

    Attributes:
        kind: start, stop or extend a clock; begin or end a suspension; open or close a panel.
        name: the clock, suspension or panel.
        by: the length of an extension; None where it has no limit.
    """

    kind: OpKind
    name: str
    by: Span | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """The bits of one variable: its values in order, the position of the lowest bit, the mask over all its bits."""

    name: str
    values: tuple[Value, ...]
    shift: int
    mask: int

    def code(self, value: Value) -> int:
        """Return the bits that stand for a value."""
        return self.values.index(value) << self.shift

    def read(self, packed: int) -> Value:
        """Return the value in a packed configuration."""
        return self.values[(packed & self.mask) >> self.shift]


@dataclass(frozen=True, slots=True)
class Rule:
    """One way for one step to be taken.

    Attributes:
        step: the id of the step.
        source, target: the stages it leads from and to.
        guard_mask, guard_value: it fires only where `x & guard_mask == guard_value` …
        nonzero: … and `x & mask` is not 0 for each of these masks.
        clear, put, add: its successor is `((x & ~clear) | put) + add`.
        ops: what it does to clocks, suspensions and panels.
        lapse_of: the clock whose lapse takes this step; None where an actor takes it.
    """

    step: str
    source: str
    target: str
    guard_mask: int
    guard_value: int
    nonzero: tuple[int, ...]
    clear: int
    put: int
    add: int
    ops: tuple[Op, ...]
    lapse_of: str | None = None

    def fires(self, packed: int) -> bool:
        """Return whether the step can be taken this way."""
        if packed & self.guard_mask != self.guard_value:
            return False
        return all(packed & mask for mask in self.nonzero)

    def successor(self, packed: int) -> int:
        """Return the configuration it leads to."""
        return ((packed & ~self.clear) | self.put) + self.add


_Candidate = tuple[Rule, int, int, tuple[int, ...], int, int, int]
"""A rule with what decides whether it fires and where it leads: guard, non-zero masks, what is kept, put and added."""


class _Candidates(dict[int, tuple[_Candidate, ...]]):
    """The rules that can fire where the stage and what most rules ask for have some values, in their order.

    Attributes:
        mask: the bits of a configuration by which they are found.
    """

    often = 4
    """A variable is among them if every so-many-th rule asks for it: more would make many short lists."""

    def __init__(self, table: Table) -> None:
        super().__init__()
        rules = [rule for found in table.rules.values() for rule in found]
        masks = (
            field.mask
            for field in table.fields.values()
            if field.name == "stage"
            or sum(1 for rule in rules if rule.guard_mask & field.mask) * self.often > len(rules)
        )
        self.mask = sum(masks)
        self._stage = table.fields["stage"]
        self._rules = {self._stage.code(stage): rules for stage, rules in table.rules.items()}

    def __missing__(self, key: int) -> tuple[_Candidate, ...]:
        self[key] = found = tuple(
            (each, each.guard_mask, each.guard_value, each.nonzero, ~each.clear, each.put, each.add)
            for each in self._rules[key & self._stage.mask]
            if not (each.guard_value ^ key) & each.guard_mask & self.mask
        )
        return found


@dataclass(frozen=True)
class Table:
    """The compiled procedure under one choice of readings.

    Attributes:
        procedure: what it was compiled from.
        readings: the option chosen for every reading.
        fields: the variables in a configuration, the stage first.
        live: for each stage, the variables that still matter there; the others are held at their first value.
        rules: for each stage, the rules that lead from it, in the order of the procedure's steps.
        initial: the configurations a case can begin in.
    """

    procedure: Procedure
    readings: Mapping[str, str]
    fields: Mapping[str, Field]
    live: Mapping[str, frozenset[str]]
    rules: Mapping[str, tuple[Rule, ...]]
    initial: tuple[int, ...]

    @cached_property
    def bits(self) -> int:
        """How many bits a configuration has."""
        return max(field.mask.bit_length() for field in self.fields.values())

    @cached_property
    def _stage_mask(self) -> int:
        return self.fields["stage"].mask

    @cached_property
    def _moves(self) -> _Candidates:
        return _Candidates(self)

    @cached_property
    def _kept(self) -> dict[int, tuple[tuple[Rule, int], ...]]:
        return {}

    @cached_property
    def _final(self) -> frozenset[int]:
        """The codes of the final stages."""
        code = self.fields["stage"].code
        return frozenset(code(each.id) for each in self.procedure.stages if each.final)

    def moves(self, packed: int) -> Iterator[tuple[Rule, int]]:
        """Yield every rule that fires in a configuration, with the configuration it leads to."""
        found = self._moves
        for rule, mask, value, nonzero, keep, put, add in found[packed & found.mask]:
            if packed & mask == value:
                for some in nonzero:
                    if not packed & some:
                        break
                else:
                    yield rule, ((packed & keep) | put) + add

    def kept_moves(self, packed: int) -> tuple[tuple[Rule, int], ...]:
        """Return the same, and keep it: for those who go through all configurations of a table after each other."""
        found = self._kept.get(packed)
        if found is None:
            found = self._kept[packed] = tuple(self.moves(packed))
        return found

    def move(self, packed: int, step: str) -> tuple[Rule, int] | None:
        """Return how a step is taken in a configuration, or None where it cannot be."""
        return next(((rule, to) for rule, to in self.moves(packed) if rule.step == step), None)

    def stage(self, packed: int) -> str:
        """Return the stage of a configuration."""
        return str(self.fields["stage"].read(packed))

    def is_final(self, packed: int) -> bool:
        """Return whether the review is over in a configuration."""
        return packed & self._stage_mask in self._final

    def unpack(self, packed: int) -> dict[str, Value]:
        """Return the stage and the variables that matter there, by name."""
        live = self.live[self.stage(packed)]
        return {
            name: field.read(packed)
            for name, field in self.fields.items()
            if name == "stage" or name in live
        }

    def pack(self, values: Mapping[str, Value]) -> int:
        """Return the configuration with these values: counts saturated, forgotten variables at their first value."""
        packed = self.fields["stage"].code(values["stage"])
        for name in self.live[str(values["stage"])]:
            field = self.fields[name]
            value = values[name]
            top = field.values[-1]
            if (
                isinstance(value, int)
                and not isinstance(value, bool)
                and isinstance(top, int)
                and value > top
            ):
                value = top
            packed |= field.code(value)
        return packed

    def reachable(self) -> dict[int, tuple[int, Rule] | None]:
        """Return every configuration that can be reached, breadth first, with the move that first led there."""
        found: dict[int, tuple[int, Rule] | None] = dict.fromkeys(self.initial)
        queue = list(found)
        for packed in queue:
            for rule, to in self.moves(packed):
                if to not in found:
                    found[to] = (packed, rule)
                    queue.append(to)
        return found


def deviations(procedure: Procedure) -> Iterator[dict[str, str]]:
    """Yield the default choice of readings (empty), then every choice that departs from it in one reading."""
    yield {}
    for reading in procedure.readings:
        for option in reading.options[1:]:
            yield {reading.id: option.id}


def combinations(procedure: Procedure) -> Iterator[dict[str, str]]:
    """Yield every choice of readings; their number is the product of the options."""
    names = [reading.id for reading in procedure.readings]
    for chosen in product(
        *([option.id for option in reading.options] for reading in procedure.readings)
    ):
        yield dict(zip(names, chosen, strict=True))
