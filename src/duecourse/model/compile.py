"""From a procedure and a choice of readings to its table: each way of taking a step becomes a rule of masks.

In each stage the variables that cannot matter before they are set again are forgotten (live-variable analysis).
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput, Problem
from duecourse.model.cubes import TooManyCubesError, split
from duecourse.model.expression import Compare, Constant, Expression, Variable
from duecourse.model.table import Field, Op, Rule, Table
from duecourse.model.variants import Folded, choose_readings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from duecourse.model.cubes import Cube
    from duecourse.model.expression import Effect
    from duecourse.model.procedure import Branch, Procedure, Value
    from duecourse.model.variants import Variant

MAX_INITIAL = 4_096


def compile_table(
    procedure: Procedure, readings: Mapping[str, str] | None = None, *, forget: bool = True
) -> Table:
    """Return the table of a procedure under a choice of readings.

    Args:
        procedure: what to compile.
        readings: options by reading; the default stands for every reading that is not named.
        forget: whether variables are forgotten where they no longer matter; off only to prove that it changes nothing.

    Raises:
        InvalidInput: an unknown reading or option, or guards that come out in too many ways.
    """
    return _Compiler(procedure, choose_readings(procedure, readings or {})).table(forget=forget)


class _Compiler(Folded):
    def table(self, *, forget: bool) -> Table:
        live = (
            self.live_variables()
            if forget
            else {stage.id: frozenset(self.domains) for stage in self.procedure.stages}
        )
        used = [name for name in self.domains if any(name in names for names in live.values())]
        self.fields = _fields(
            {"stage": tuple(stage.id for stage in self.procedure.stages)}
            | {name: self.domains[name] for name in used}
        )
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
        configurations = [
            base + sum(codes)
            for _, codes in zip(range(MAX_INITIAL + 1), product(*choices), strict=False)
        ]
        if len(configurations) > MAX_INITIAL:
            raise InvalidInput(
                f"{self.procedure.id} has more than {MAX_INITIAL} initial configurations; give facts an initial value"
            )
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
                ops = tuple(
                    op
                    for (op, _), holds in zip(
                        variant.ops, truth[1 + branches : len(conditions)], strict=True
                    )
                    if holds
                )
                yield from (
                    self.rule(variant, branch, each, ops, live) for each in self.maskable(cube)
                )
        except TooManyCubesError:
            message = f'the conditions of the step "{variant.step.id}" come out in too many ways; split it into several steps'
            at = variant.step.place
            raise InvalidInput(
                [Problem(at.file, at.line, at.column, "too-many-ways", message)]
            ) from None

    def distinctions(self, variant: Variant) -> Iterator[Expression]:
        """Yield conditions that no guard asks but on which the successor depends: saturation, sizes, silence."""
        counted = [
            effect.fact
            for branch in variant.branches
            for effect in (*variant.step.effects, *branch.effects)
            if effect.add
        ]
        for name in counted:
            if self.procedure.fact[name].unbounded:
                yield _is(name, self.domains[name][-1])
        if variant.step.reply is not None:
            name = f"{variant.step.reply.panel}.{variant.step.reply.value}"
            yield _is(name, self.domains[name][-1])
        for op, _ in variant.ops:
            if op.kind == "open":
                facts = (
                    count for count in self.classes[op.name].values() if isinstance(count, str)
                )
                yield from (_is(fact, value) for fact in facts for value in self.domains[fact])
            silence = self.silence(op.name) if op.kind == "close" else None
            if silence is not None:
                names = [f"{op.name}.pending.{actor}" for actor in self.classes[op.name]]
                reply = f"{op.name}.{silence}"
                exact = len(self.domains[reply]) > 2  # noqa: PLR2004  (a yes-or-no count needs only zero or not)
                for name in (*names, reply):
                    yield from (
                        _is(name, value)
                        for value in (self.domains[name] if exact else self.domains[name][:1])
                    )

    def rule(
        self,
        variant: Variant,
        branch: Branch,
        cube: Cube,
        ops: tuple[Op, ...],
        live: Mapping[str, frozenset[str]],
    ) -> Rule:
        stage = self.fields["stage"]
        mask, value, nonzero = stage.mask, stage.code(variant.source), []
        masks = [
            self.mask_of(name, members) for name, members in cube.items() if name in self.fields
        ]
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
            add=sum(
                amount << self.fields[name].shift
                for name, amount in add.items()
                if name in self.fields and name not in kept
            ),
            ops=ops,
            lapse_of=variant.lapse_of,
        )

    def changes(
        self, variant: Variant, branch: Branch, cube: Cube, ops: Sequence[Op]
    ) -> tuple[dict[str, Value], dict[str, int]]:
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
            simple = len(members) in {1, len(values)} or (
                len(members) == len(values) - 1 and values[0] not in members
            )
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
