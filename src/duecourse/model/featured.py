"""A procedure compiled under every choice of readings at once: each rule with the choices under which it exists.

A featured transition system (Classen, Heymans, Schobbens, Legay, Raskin 2010) with readings for features. A step is
folded under each choice of the readings that it asks for, and equal rules are put together.

The layout is common to all choices: the largest domain of a variable, and a variable is kept where it may be read
under any choice. Either is exact under each choice by itself, for what a choice does not need is only kept longer:
counts saturate above a larger constant than its guards compare with, and a variable that it never reads is remembered.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING

from duecourse.model.compile import compile_folded
from duecourse.model.expression import (
    FALSE,
    Compare,
    Constant,
    Expression,
    Variable,
    atoms,
    variables,
)
from duecourse.model.liveness import kills, reads
from duecourse.model.reading_set import NONE, ReadingSet, ReadingSpace, TooManyError
from duecourse.model.scope import numbers
from duecourse.model.slices import steps_that_matter
from duecourse.model.variants import Folded

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from duecourse.model.liveness import Observed
    from duecourse.model.procedure import Panel, Procedure, Step, Value
    from duecourse.model.table import Rule, Table

MAX_CHOICES = 10_000
"""How many choices of the readings that one step asks for are compiled, each by itself."""

_OF_CLOCKS = {"start", "stop", "extend"}

Move = tuple["Rule", int, ReadingSet]
"""A rule, the configuration it leads to, and the choices of readings under which it exists."""


@dataclass(frozen=True)
class FeaturedTable:
    """The compiled procedure under every choice of readings.

    Attributes:
        space: the choices of readings, whose sets `rules` names.
        common: the layout of configurations and every rule, whatever the readings; it is the table of no choice.
        rules: for each stage, the rules that lead from it, each with the choices under which it exists.
    """

    space: ReadingSpace
    common: Table
    rules: Mapping[str, tuple[tuple[Rule, ReadingSet], ...]]

    @property
    def procedure(self) -> Procedure:
        """What was compiled."""
        return self.common.procedure

    @cached_property
    def _rules_by_code(self) -> dict[int, tuple[tuple[Rule, ReadingSet], ...]]:
        stage = self.common.fields["stage"]
        return {stage.code(name): rules for name, rules in self.rules.items()}

    @cached_property
    def _stage_mask(self) -> int:
        return self.common.fields["stage"].mask

    def under(self, choice: Mapping[str, str]) -> Table:
        """Return the table of one choice of readings: what exists under it, in the layout common to all."""
        rules = {
            stage: tuple(rule for rule, under in found if self.space.contains(under, choice))
            for stage, found in self.rules.items()
        }
        return replace(self.common, rules=rules, readings=dict(choice))

    def moves(self, packed: int) -> Iterator[Move]:
        """Yield every rule that fires in a configuration under some choice of readings."""
        for rule, under in self._rules_by_code[packed & self._stage_mask]:
            if packed & rule.guard_mask == rule.guard_value and all(
                packed & mask for mask in rule.nonzero
            ):
                yield rule, ((packed & ~rule.clear) | rule.put) + rule.add, under


def compile_featured(
    procedure: Procedure,
    *,
    observed: Observed | None = None,
    visible: Collection[str] | None = None,
    timed: bool = True,
) -> FeaturedTable:
    """Return the table of a procedure under every choice of its readings.

    Args:
        procedure: what to compile.
        observed: what else is looked at besides the guards, by the properties that watch, say; it is not forgotten.
        visible: the steps that are looked at; what cannot matter to them, to stages or to time is left out. None where
            every step is.
        timed: whether rules say what they do to clocks, suspensions and panels (`Rule.ops`); otherwise readings that
            only concern clocks tell no rules apart.

    Raises:
        InvalidInput: guards that come out in too many ways.
        TooManyError: a step asks for more choices of readings than `MAX_CHOICES`.
    """
    pieces = _Pieces(procedure, observed, visible, timed=timed)
    live = _live(procedure, pieces.found, observed.looks if observed else None)
    rules: dict[str, list[tuple[Rule, ReadingSet]]] = {each.id: [] for each in procedure.stages}
    common = compile_folded(pieces.empty, live)
    for folded, under in pieces.found:
        for stage, found in compile_folded(folded, live).rules.items():
            rules[stage].extend((rule if timed else replace(rule, ops=()), under) for rule in found)
    merged = {stage: _merged(found, pieces.space) for stage, found in rules.items()}
    bare = {stage: tuple(rule for rule, _ in found) for stage, found in merged.items()}
    return FeaturedTable(pieces.space, replace(common, rules=bare), merged)


class _Base(Folded):
    """The procedure under its default readings, of which only what no reading changes is used."""

    def __init__(self, procedure: Procedure, readings: dict[str, str], *, timed: bool) -> None:
        super().__init__(procedure, readings)
        if not timed:
            self.occasions = {
                step: [(op, when) for op, when in found if op.kind not in _OF_CLOCKS]
                for step, found in self.occasions.items()
            }


class _Folding(Folded):
    """One step folded under one choice of the readings it asks for; `domains` are those of every choice."""

    def __init__(
        self,
        base: Folded,
        readings: dict[str, str],
        domains: dict[str, tuple[Value, ...]],
        steps: Iterable[Step],
    ) -> None:
        self.procedure, self.readings, self.compared = base.procedure, readings, base.compared
        self.classes = {panel.id: self.electorate(panel) for panel in base.procedure.panels}
        self.domains = domains
        self.occasions, self.lapses, self.barring = base.occasions, base.lapses, base.barring
        self.variants = [variant for step in steps for variant in self.folded(step)]

    def replying(self, step: Step) -> Iterator[Expression]:
        """Yield that the reply of a member is outstanding; no member of a class that is not asked has one."""
        if step.reply is not None and step.actors[0] not in self.classes[step.reply.panel]:
            yield FALSE
            return
        yield from super().replying(step)


class _Pieces:
    """Every step folded under each choice of the readings it asks for."""

    def __init__(
        self,
        procedure: Procedure,
        observed: Observed | None,
        visible: Collection[str] | None,
        *,
        timed: bool,
    ) -> None:
        self.procedure, self.timed = procedure, timed
        self.compared: Mapping[str, int] = observed.compared if observed else {}
        defaults = {each.id: each.default for each in procedure.readings}
        self.base = _Base(procedure, defaults, timed=timed)
        self.domains = self._domains()
        steps = self._steps(visible, observed)
        asked = {step.id: self._asked(step) for step in steps}
        self.space = ReadingSpace(
            {each.id: [option.id for option in each.options] for each in procedure.readings},
            _order(procedure, asked),
        )
        self.empty = _Folding(self.base, defaults, self.domains, ())
        self.found: list[tuple[_Folding, ReadingSet]] = []
        for step in steps:
            names = asked[step.id]
            if prod(len(procedure.reading[name].options) for name in names) > MAX_CHOICES:
                raise TooManyError(
                    f'the step "{step.id}" asks for more than {MAX_CHOICES} choices of readings'
                )
            for chosen, under in self.space.choices(sorted(names)):
                folded = _Folding(self.base, defaults | chosen, self.domains, (step,))
                self.found.append((folded, under))
        self._saturate()

    def _steps(
        self, visible: Collection[str] | None, observed: Observed | None
    ) -> tuple[Step, ...]:
        steps = self.procedure.steps
        if visible is None:
            return steps
        looked_at = {
            name
            for step in steps
            for stage in self.procedure.stages
            for name in (observed.looks(step.id, stage.id) if observed else ())
        }
        kept = steps_that_matter(self.base, visible, looked_at, timed=self.timed)
        return tuple(step for step in steps if step.id in kept)

    def _domains(self) -> dict[str, tuple[Value, ...]]:
        """Return the values of every variable under any choice, before counts are cut."""
        domains = self.base.variables()
        for panel in self.procedure.panels:
            most: dict[str, int] = {}
            for each in panel.electorate:
                most[each.actor] = max(most.get(each.actor, 0), self.base.most(each.count))
            for actor, count in most.items():
                domains[f"{panel.id}.pending.{actor}"] = numbers(count)
            for name in ("asked", *panel.replies):
                domains[f"{panel.id}.{name}"] = numbers(sum(most.values()))
        return domains

    def _saturate(self) -> None:
        """Cut the reply counts one above the largest constant that a guard compares them with under any choice."""
        tests: dict[str, set[Compare]] = defaultdict(set)
        for folded, _ in self.found:
            for variant in folded.variants:
                for condition in variant.conditions:
                    for atom in atoms(condition):
                        for name in variables(atom):
                            tests[name].add(atom)
        for panel in self.procedure.panels:
            for name in (f"{panel.id}.{value}" for value in panel.replies):
                constants = [
                    int(atom.right.value)
                    for atom in tests[name]
                    if isinstance(atom.left, Variable) and isinstance(atom.right, Constant)
                ]
                if len(constants) == len(tests[name]):
                    if name in self.compared:
                        constants.append(self.compared[name])
                    needed = max([0, *(constant + 1 for constant in constants)])
                    self.domains[name] = self.domains[name][: needed + 1]

    def _asked(self, step: Step) -> frozenset[str]:
        """Return the readings on which it depends whether and how a step is taken."""
        conditions = [step.when, *(branch.when for branch in step.branches)]
        conditions += [when for _, when in self.base.occasions.get(step.id, ())]
        conditions += [when for _, when in self.base.lapses.get(step.id, ())]
        named = {name for condition in conditions for name in variables(condition)}
        touched = {name.removesuffix(".pending") for name in named if name.endswith(".pending")}
        touched |= {
            op.name
            for op, _ in self.base.occasions.get(step.id, ())
            if op.kind in {"open", "close"}
        }
        if step.reply is not None:
            touched.add(step.reply.panel)
        for panel in self.procedure.panels:
            if panel.id in touched:
                named |= {name for when in _about(panel) for name in variables(when)}
        return frozenset(named & set(self.procedure.reading))


def _about(panel: Panel) -> Iterator[Expression]:
    yield from (each.when for each in panel.electorate)
    yield from (each.when for each in panel.silence)


def _order(procedure: Procedure, asked: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """Return the readings in the order in which steps ask for them, so that those of one step stand together."""
    names = [each.id for each in procedure.readings]
    found = [name for readings in asked.values() for name in names if name in readings]
    return tuple(dict.fromkeys([*found, *names]))


def _live(
    procedure: Procedure,
    pieces: Iterable[tuple[_Folding, ReadingSet]],
    looks: Callable[[str, str], Collection[str]] | None,
) -> dict[str, frozenset[str]]:
    """Return, for each stage, the variables that may be read before they are set again under any choice."""
    flows: dict[str, set[tuple[str, frozenset[str]]]] = defaultdict(set)
    live: dict[str, set[str]] = {stage.id: set() for stage in procedure.stages}
    for folded, _ in pieces:
        for variant in folded.variants:
            live[variant.source] |= reads(folded, variant)
            for branch in variant.branches:
                if looks is not None:
                    live[branch.stage].update(looks(variant.step.id, branch.stage))
                killed = frozenset(kills(folded, variant, branch))
                flows[branch.stage].add((variant.source, killed))
    queue = dict.fromkeys(live)
    while queue:
        target, _ = queue.popitem()
        for source, killed in flows[target]:
            needed = live[target] - killed - live[source]
            if needed:
                live[source] |= needed
                queue[source] = None
    return {stage: frozenset(names) for stage, names in live.items()}


def _merged(
    found: Iterable[tuple[Rule, ReadingSet]], space: ReadingSpace
) -> tuple[tuple[Rule, ReadingSet], ...]:
    """Return the rules without repetition, each with the choices of all its repetitions."""
    merged: dict[Rule, ReadingSet] = {}
    for rule, under in found:
        merged[rule] = space.union(merged.get(rule, NONE), under)
    return tuple(merged.items())
