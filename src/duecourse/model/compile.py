"""From a procedure and a choice of readings to its table.

Readings are constants of the table: guards are folded with them, variables that nothing reads any more disappear, and
in each stage those that cannot matter before they are set again are forgotten (live-variable analysis).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput, Problem, nearest
from duecourse.model.cubes import TooManyCubesError, split, total
from duecourse.model.expression import (
    FALSE,
    TRUE,
    And,
    Compare,
    Constant,
    Expression,
    Not,
    Or,
    Variable,
    atoms,
    conjunction,
    negation,
    simplify,
    variables,
)
from duecourse.model.procedure import Branch
from duecourse.model.table import Field, Op, Rule, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from duecourse.model.cubes import Cube
    from duecourse.model.procedure import Effect, Panel, Procedure, Step, Value

MAX_INITIAL = 4_096


def compile_table(procedure: Procedure, readings: Mapping[str, str] | None = None, *, forget: bool = True) -> Table:
    """Return the table of a procedure under a choice of readings.

    Args:
        procedure: what to compile.
        readings: options by reading; the default stands for every reading that is not named.
        forget: whether variables are forgotten where they no longer matter; off only to prove that it changes nothing.

    Raises:
        InvalidInput: an unknown reading or option, or guards that come out in too many ways.
    """
    return _Compiler(procedure, choose_readings(procedure, readings or {}), forget=forget).table()


def choose_readings(procedure: Procedure, readings: Mapping[str, str]) -> dict[str, str]:
    """Return the option for every reading: the one named, else the default.

    Raises:
        InvalidInput: an unknown reading or option.
    """
    for name, option in readings.items():
        if name not in procedure.reading:
            raise InvalidInput(f'{procedure.id} has no reading "{name}"{nearest(name, procedure.reading)}')
        options = [each.id for each in procedure.reading[name].options]
        if option not in options:
            raise InvalidInput(f'the reading "{name}" has no option "{option}"{nearest(option, options)}')
    return {each.id: readings.get(each.id, each.default) for each in procedure.readings}


@dataclass(frozen=True, slots=True)
class Variant:
    """One step from one stage, folded with the readings: its guard and everything that depends on conditions.

    Attributes:
        guard: when it can be taken.
        branches: where it leads, first match first.
        ops: what it does to clocks, suspensions and panels, each with its condition.
        lapse_of: the clock whose lapse takes it.
    """

    step: Step
    source: str
    guard: Expression
    branches: tuple[Branch, ...]
    ops: tuple[tuple[Op, Expression], ...]
    lapse_of: str | None


class _Compiler:
    def __init__(self, procedure: Procedure, readings: dict[str, str], *, forget: bool) -> None:
        self.procedure, self.readings, self.forget = procedure, readings, forget
        self.domains: dict[str, tuple[Value, ...]] = {fact.id: fact.values for fact in procedure.facts}
        self.domains |= {f"{each.id}.active": (False, True) for each in procedure.suspensions}
        self.classes = {panel.id: self.electorate(panel) for panel in procedure.panels}
        for panel in procedure.panels:
            size = sum(self.most(count) for count in self.classes[panel.id].values())
            for actor, count in self.classes[panel.id].items():
                self.domains[f"{panel.id}.pending.{actor}"] = tuple(range(self.most(count) + 1))
            for name in ("asked", *panel.replies):
                self.domains[f"{panel.id}.{name}"] = tuple(range(size + 1))
            self.domains[f"{panel.id}.open"] = (False, True)
        self.variants = [variant for step in procedure.steps for variant in self.folded(step)]
        self.saturate()

    def electorate(self, panel: Panel) -> dict[str, int | str]:
        """Return how many members of each class are asked: a number or the fact that holds it."""
        chosen: dict[str, int | str] = {}
        for each in panel.electorate:
            if simplify(each.when, self.readings) == TRUE:
                chosen.setdefault(each.actor, each.count)
        return chosen

    def most(self, count: int | str) -> int:
        return count if isinstance(count, int) else int(self.procedure.fact[count].values[-1])

    def fold(self, condition: Expression) -> Expression:
        """Return a condition with readings fixed and panel totals written as conditions on the classes of members."""
        return self.classwise(simplify(condition, self.readings))

    def classwise(self, condition: Expression) -> Expression:
        match condition:
            case Compare(op, Variable(name), Constant(value)) if name.endswith(".pending"):
                panel = name.removesuffix(".pending")
                parts = [f"{name}.{actor}" for actor in self.classes[panel]]
                if op in {"!=", ">"} and value == 0:
                    return negation(total(parts, "==", 0, self.domains))
                return total(parts, op, int(value), self.domains)
            case Not(part):
                return negation(self.classwise(part))
            case And(parts):
                return conjunction(*map(self.classwise, parts))
            case Or(parts):
                return Or(tuple(map(self.classwise, parts)))
            case _:
                return condition

    def folded(self, step: Step) -> Iterator[Variant]:
        """Yield the step from each of its stages, with readings folded in; nothing where it can never be taken."""
        guard = conjunction(self.fold(step.when), *self.permitted(step))
        if step.reply is not None:
            pending = Variable(f"{step.reply.panel}.pending.{step.actors[0]}")
            known = pending.name in self.domains
            guard = conjunction(guard, Compare(">", pending, Constant(0)) if known else FALSE)
        lapses = [(clock.id, self.fold(on.when)) for clock in self.procedure.clocks for on in clock.on_lapse if on.step == step.id]
        for clock, condition in lapses or [(None, TRUE)]:
            full = conjunction(guard, condition)
            if full == FALSE:
                continue
            for source in step.sources:
                branches = step.branches or (Branch(source),)
                yield Variant(step, source, full, tuple(branches), tuple(self.ops(step)), clock)

    def permitted(self, step: Step) -> Iterator[Expression]:
        for suspension in self.procedure.suspensions:
            ends = {on.step for on in suspension.ends}
            if suspension.permits is not None and step.id not in ends and step.id not in suspension.permits:
                yield Not(Variable(f"{suspension.id}.active"))

    def ops(self, step: Step) -> Iterator[tuple[Op, Expression]]:
        """Yield what the step does besides its effects: stops and ends first, then extensions, then starts."""
        procedure = self.procedure
        found = [(Op("stop", clock.id), on.when) for clock in procedure.clocks for on in clock.stops if on.step == step.id]
        found += [(Op("end", each.id), on.when) for each in procedure.suspensions for on in each.ends if on.step == step.id]
        found += [(Op("close", each.id), on.when) for each in procedure.panels for on in each.closes if on.step == step.id]
        found += [(Op("extend", clock.id, e.by), e.when) for clock in procedure.clocks for e in clock.extensions if e.step == step.id]
        found += [(Op("open", each.id), on.when) for each in procedure.panels for on in each.opens if on.step == step.id]
        found += [(Op("begin", each.id), on.when) for each in procedure.suspensions for on in each.begins if on.step == step.id]
        found += [(Op("start", clock.id), on.when) for clock in procedure.clocks for on in clock.starts if on.step == step.id]
        for op, when in found:
            folded = self.fold(when)
            if folded != FALSE:
                yield op, folded

    def conditions(self, variant: Variant) -> list[Expression]:
        """Return the guard, the branch conditions and the conditions of the ops, in this order."""
        return [variant.guard, *(self.fold(branch.when) for branch in variant.branches), *(when for _, when in variant.ops)]

    def saturate(self) -> None:
        """Cut the reply counts one above the largest constant that a guard compares them with."""
        seen = [atom for variant in self.variants for condition in self.conditions(variant) for atom in atoms(condition)]
        for panel in self.procedure.panels:
            for value in panel.replies:
                name = f"{panel.id}.{value}"
                tests = [atom for atom in seen if name in variables(atom)]
                if any(isinstance(atom.left, Variable) and isinstance(atom.right, Variable) for atom in tests):
                    continue
                tops = [int(atom.right.value) for atom in tests if isinstance(atom.right, Constant)]
                needed = max((top + 1 for top in tops), default=0)
                self.domains[name] = self.domains[name][: needed + 1]

    # --- which variables matter where -------------------------------------------------------------------------------

    def reads(self, variant: Variant) -> set[str]:
        names = {name for condition in self.conditions(variant) for name in variables(condition)}
        for op, _ in variant.ops:
            if op.kind == "open":
                names |= {count for count in self.classes[op.name].values() if isinstance(count, str)}
            if op.kind == "close" and self.silence(op.name) is not None:
                names |= {f"{op.name}.pending.{actor}" for actor in self.classes[op.name]}
        return names

    def silence(self, panel: str) -> str | None:
        """Return the reply that silence counts as when the panel closes; None where it counts for nothing."""
        for each in self.procedure.panel[panel].silence:
            if simplify(each.when, self.readings) == TRUE:
                return each.counts_as
        return None

    def kills(self, variant: Variant, branch: Branch) -> set[str]:
        names = {effect.fact for effect in (*variant.step.effects, *branch.effects) if not effect.add}
        for op, when in variant.ops:
            if when == TRUE and op.kind == "open":
                names |= {name for name in self.domains if name.startswith(f"{op.name}.")}
            if when == TRUE and op.kind == "close":
                names |= {name for name in self.domains if name.startswith(f"{op.name}.pending.") or name == f"{op.name}.open"}
            if when == TRUE and op.kind in {"begin", "end"}:
                names.add(f"{op.name}.active")
        if self.ends(variant.source, branch.stage):
            names |= self.ended().keys()
        return names

    def ends(self, source: str, target: str) -> bool:
        """Return whether a step between these stages ends the review, and with it every suspension and panel."""
        return self.procedure.stage[target].final and not self.procedure.stage[source].final

    def ended(self) -> dict[str, Value]:
        """Return what the end of the review sets: no suspension lasts, no panel is open, nobody is asked any more."""
        names = [name for name in self.domains if name.endswith((".active", ".open")) or ".pending." in name]
        return {name: self.domains[name][0] for name in names}

    def live_variables(self) -> dict[str, frozenset[str]]:
        """Return, for each stage, the variables that may be read before they are set again (least fixpoint)."""
        everything = frozenset(self.domains)
        if not self.forget:
            return {stage.id: everything for stage in self.procedure.stages}
        live: dict[str, frozenset[str]] = {stage.id: frozenset() for stage in self.procedure.stages}
        changed = True
        while changed:
            changed = False
            for variant in self.variants:
                needed = self.reads(variant)
                for branch in variant.branches:
                    needed |= live[branch.stage] - self.kills(variant, branch)
                if not needed <= live[variant.source]:
                    live[variant.source] |= needed
                    changed = True
        return live

    # --- rules ------------------------------------------------------------------------------------------------------

    def table(self) -> Table:
        live = self.live_variables()
        used = [name for name in self.domains if any(name in names for names in live.values())]
        self.fields = _fields({"stage": tuple(stage.id for stage in self.procedure.stages)} | {name: self.domains[name] for name in used})
        rules: dict[str, list[Rule]] = {stage.id: [] for stage in self.procedure.stages}
        for variant in self.variants:
            rules[variant.source].extend(self.rules(variant, live))
        return Table(
            procedure=self.procedure,
            readings=self.readings,
            fields=self.fields,
            live=live,
            rules={stage: tuple(found) for stage, found in rules.items()},
            initial=self.initial(live),
        )

    def initial(self, live: Mapping[str, frozenset[str]]) -> tuple[int, ...]:
        stage = self.procedure.initial
        base = self.fields["stage"].code(stage)
        choices = []
        for fact in self.procedure.facts:
            if fact.id in live[stage]:
                values = fact.values if fact.initial is None else (fact.initial,)
                choices.append([self.fields[fact.id].code(value) for value in values])
        configurations = [base + sum(codes) for _, codes in zip(range(MAX_INITIAL + 1), product(*choices), strict=False)]
        if len(configurations) > MAX_INITIAL:
            raise InvalidInput(f"{self.procedure.id} has more than {MAX_INITIAL} initial configurations; give facts an initial value")
        return tuple(configurations)

    def rules(self, variant: Variant, live: Mapping[str, frozenset[str]]) -> Iterator[Rule]:
        conditions = self.conditions(variant)
        extra = list(self.distinctions(variant))
        try:
            for cube, truth in split((*conditions, *extra), self.domains):
                branches = len(variant.branches)
                index = next((i for i in range(branches) if truth[1 + i]), None)
                if index is None:
                    continue
                branch = variant.branches[index]
                ops = tuple(op for (op, _), holds in zip(variant.ops, truth[1 + branches : len(conditions)], strict=True) if holds)
                yield from (self.rule(variant, branch, each, ops, live) for each in self.maskable(cube))
        except TooManyCubesError:
            message = f'the conditions of the step "{variant.step.id}" come out in too many ways; split it into several steps'
            at = variant.step.place
            raise InvalidInput([Problem(at.file, at.line, at.column, "too-many-ways", message)]) from None

    def distinctions(self, variant: Variant) -> Iterator[Expression]:
        """Yield conditions that no guard asks but on which the successor depends: saturation, sizes, silence."""
        counted = [effect.fact for branch in variant.branches for effect in (*variant.step.effects, *branch.effects) if effect.add]
        for name in counted:
            if self.procedure.fact[name].unbounded:
                yield _is(name, self.domains[name][-1])
        if variant.step.reply is not None:
            name = f"{variant.step.reply.panel}.{variant.step.reply.value}"
            yield _is(name, self.domains[name][-1])
        for op, _ in variant.ops:
            if op.kind == "open":
                facts = (count for count in self.classes[op.name].values() if isinstance(count, str))
                yield from (_is(fact, value) for fact in facts for value in self.domains[fact])
            silence = self.silence(op.name) if op.kind == "close" else None
            if silence is not None:
                names = [f"{op.name}.pending.{actor}" for actor in self.classes[op.name]]
                reply = f"{op.name}.{silence}"
                exact = len(self.domains[reply]) > 2  # noqa: PLR2004  (a yes-or-no count needs only zero or not)
                for name in (*names, reply):
                    yield from (_is(name, value) for value in (self.domains[name] if exact else self.domains[name][:1]))

    def rule(self, variant: Variant, branch: Branch, cube: Cube, ops: tuple[Op, ...], live: Mapping[str, frozenset[str]]) -> Rule:
        stage = self.fields["stage"]
        mask, value, nonzero = stage.mask, stage.code(variant.source), []
        masks = [self.mask_of(name, members) for name, members in cube.items() if name in self.fields]
        for each in masks:
            if isinstance(each, int):
                nonzero.append(each)
            else:
                mask, value = mask | each[0], value | each[1]
        put, add = self.changes(variant, branch, cube, ops)
        if self.ends(variant.source, branch.stage):
            put |= self.ended()
        put["stage"] = branch.stage
        for name, field in self.fields.items():
            if name != "stage" and name not in live[branch.stage]:
                put[name] = field.values[0]
                add.pop(name, None)
        kept = {name: v for name, v in put.items() if name in self.fields}
        return Rule(
            step=variant.step.id,
            source=variant.source,
            target=branch.stage,
            guard_mask=mask,
            guard_value=value,
            nonzero=tuple(nonzero),
            clear=sum(self.fields[name].mask for name in kept),
            put=sum(self.fields[name].code(v) for name, v in kept.items()),
            add=sum(amount << self.fields[name].shift for name, amount in add.items() if name in self.fields and name not in kept),
            ops=ops,
            lapse_of=variant.lapse_of,
        )

    def changes(self, variant: Variant, branch: Branch, cube: Cube, ops: Sequence[Op]) -> tuple[dict[str, Value], dict[str, int]]:
        """Return which variables a step sets, and which it counts up or down."""
        put: dict[str, Value] = {}
        add: dict[str, int] = {}
        reply = variant.step.reply
        if reply is not None:
            add[f"{reply.panel}.pending.{variant.step.actors[0]}"] = -1
            self.count(f"{reply.panel}.{reply.value}", 1, cube, add)
        for effect in (*variant.step.effects, *branch.effects):
            self.apply(effect, cube, put, add)
        for op in ops:
            if op.kind == "open":
                self.open(op.name, cube, put, add)
            elif op.kind == "close":
                self.close(op.name, cube, put, add)
            elif op.kind in {"begin", "end"}:
                put[f"{op.name}.active"] = op.kind == "begin"
        return put, add

    def apply(self, effect: Effect, cube: Cube, put: dict[str, Value], add: dict[str, int]) -> None:
        if not effect.add:
            put[effect.fact] = effect.value
            add.pop(effect.fact, None)
        elif effect.fact in put:
            put[effect.fact] = int(put[effect.fact]) + int(effect.value)
        elif self.procedure.fact[effect.fact].unbounded:
            self.count(effect.fact, int(effect.value), cube, add)
        else:
            add[effect.fact] = add.get(effect.fact, 0) + int(effect.value)

    def count(self, name: str, amount: int, cube: Cube, add: dict[str, int]) -> None:
        """Count a saturating variable up, unless the cube holds it at its top."""
        if cube.get(name) != (self.domains[name][-1],) and len(self.domains[name]) > 1:
            add[name] = add.get(name, 0) + amount

    def open(self, panel: str, cube: Cube, put: dict[str, Value], add: dict[str, int]) -> None:
        asked = 0
        for actor, count in self.classes[panel].items():
            number = count if isinstance(count, int) else int(cube[count][0])
            put[f"{panel}.pending.{actor}"] = number
            asked += number
        put[f"{panel}.asked"] = asked
        put[f"{panel}.open"] = True
        for value in self.procedure.panel[panel].replies:
            put[f"{panel}.{value}"] = 0
            add.pop(f"{panel}.{value}", None)

    def close(self, panel: str, cube: Cube, put: dict[str, Value], add: dict[str, int]) -> None:
        names = [f"{panel}.pending.{actor}" for actor in self.classes[panel]]
        silence = self.silence(panel)
        if silence is not None:
            reply = f"{panel}.{silence}"
            silent = sum(int(cube[name][0]) for name in names)
            top = self.domains[reply][-1]
            put[reply] = min(int(cube[reply][0]) + silent, int(top))
        for name in names:
            put[name] = 0
            add.pop(name, None)
        put[f"{panel}.open"] = False

    def maskable(self, cube: Cube) -> Iterator[Cube]:
        """Yield the cube in parts whose classes a mask can ask for: one value, every value, or all but the first."""
        choices: list[list[tuple[Value, ...]]] = []
        for name, members in cube.items():
            values = self.domains[name]
            simple = len(members) in {1, len(values)} or (len(members) == len(values) - 1 and values[0] not in members)
            choices.append([members] if simple else [(value,) for value in members])
        for chosen in product(*choices):
            yield dict(zip(cube, chosen, strict=True))

    def mask_of(self, name: str, members: tuple[Value, ...]) -> tuple[int, int] | int:
        """Return the mask and value that a class of values asks for, or the mask of which some bit must be set."""
        field = self.fields[name]
        if len(members) == 1:
            return field.mask, field.code(members[0])
        return (0, 0) if len(members) == len(field.values) else field.mask


def _is(name: str, value: Value) -> Expression:
    return Compare("==", Variable(name), Constant(value))


def _fields(domains: Mapping[str, tuple[Value, ...]]) -> dict[str, Field]:
    fields: dict[str, Field] = {}
    shift = 0
    for name, values in domains.items():
        width = max((len(values) - 1).bit_length(), 1)
        fields[name] = Field(name, values, shift, ((1 << width) - 1) << shift)
        shift += width
    return fields
