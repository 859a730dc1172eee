"""From a procedure and a choice of readings to its table: each way of taking a step becomes a rule of masks.

In each stage the variables that cannot matter before they are set again are forgotten (live-variable analysis).
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING

from duecourse.model.cubes import MAX_CUBES, Budget, TooManyCubesError, split
from duecourse.model.expression import Compare, Constant, Variable
from duecourse.model.liveness import live_variables
from duecourse.model.table import Field, Op, Rule, Table
from duecourse.model.variants import Folded, choose_readings, too_many

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from duecourse.model.cubes import Cube
    from duecourse.model.expression import Effect
    from duecourse.model.liveness import Observed
    from duecourse.model.procedure import Branch, Procedure, Value
    from duecourse.model.variants import Variant

MAX_INITIAL = 4_096


def compile_table(
    procedure: Procedure,
    readings: Mapping[str, str] | None = None,
    *,
    forget: bool = True,
    observed: Observed | None = None,
) -> Table:
    """Return the table of a procedure under a choice of readings.

    Args:
        procedure: what to compile.
        readings: options by reading; the default stands for every reading that is not named.
        forget: whether variables are forgotten where they no longer matter; off only to prove that it changes nothing.
        observed: what else is looked at besides the guards, by the properties that watch, say; it is not forgotten.

    Raises:
        InvalidInput: an unknown reading or option, or guards that come out in too many ways.
    """
    folded = Folded(
        procedure, choose_readings(procedure, readings or {}), observed.compared if observed else {}
    )
    every = {stage.id: frozenset(folded.domains) for stage in procedure.stages}
    looks = observed.looks if observed else None
    return compile_folded(folded, live_variables(folded, looks) if forget else every)


def compile_folded(folded: Folded, live: Mapping[str, frozenset[str]]) -> Table:
    """Return the table of a folded procedure that keeps, in each stage, the variables named in `live`.

    Raises:
        InvalidInput: guards that come out in too many ways.
    """
    return _Compiler(folded, live).table()


class _Compiler:
    """Makes rules of a folded procedure; `live` names the variables that are kept in each stage."""

    def __init__(self, folded: Folded, live: Mapping[str, frozenset[str]]) -> None:
        self.folded, self.procedure = folded, folded.procedure
        self.domains, self.classes, self.live = folded.domains, folded.classes, live
        used = {name for names in live.values() for name in names}
        self.fields = _fields(
            {"stage": tuple(stage.id for stage in self.procedure.stages)}
            | {name: values for name, values in self.domains.items() if name in used}
        )
        self.dead = {
            stage: sum(
                field.mask
                for name, field in self.fields.items()
                if name != "stage" and name not in names
            )
            for stage, names in live.items()
        }
        self.budget = Budget(cubes=2 * MAX_CUBES)

    def table(self) -> Table:
        rules: dict[str, list[Rule]] = {stage.id: [] for stage in self.procedure.stages}
        for variant in self.folded.variants:
            try:
                rules[variant.source].extend(self.rules(variant))
            except TooManyCubesError:
                raise too_many(variant.step) from None
        return Table(
            procedure=self.procedure,
            readings=self.folded.readings,
            fields=self.fields,
            live=self.live,
            rules={stage: tuple(found) for stage, found in rules.items()},
            initial=self.initial(),
        )

    def initial(self) -> tuple[int, ...]:
        stage = self.procedure.initial
        base = self.fields["stage"].code(stage)
        choices = [
            [
                self.fields[fact.id].code(value)
                for value in (fact.values if fact.initial is None else (fact.initial,))
            ]
            for fact in self.procedure.facts
            if fact.id in self.live[stage]
        ]
        if prod(map(len, choices)) > MAX_INITIAL:
            raise self.folded.too_large(
                f"{self.procedure.id} has more than {MAX_INITIAL} initial configurations; give facts an initial value"
            )
        return tuple(base + sum(codes) for codes in product(*choices))

    def rules(self, variant: Variant) -> Iterator[Rule]:
        conditions = variant.conditions
        branches = len(variant.branches)
        # what is never read has no field: to tell its values apart would say everything twice
        extra = (each for each in self.distinctions(variant) if str(each.left) in self.fields)
        goals = (*conditions, *extra)
        for cube, truth in split(goals, self.domains, self.budget):
            index = next((i for i in range(branches) if truth[1 + i]), None)
            if index is None:
                continue
            held = zip(variant.ops, truth[1 + branches : len(conditions)], strict=True)
            ops = tuple(op for (op, _), holds in held if holds)
            for each in self.maskable(cube):
                self.budget.spend(len(each) + 1, cubes=1)
                yield self.rule(variant, variant.branches[index], each, ops)

    def distinctions(self, variant: Variant) -> Iterator[Compare]:
        """Yield conditions that no guard asks but on which the successor depends: saturation, sizes, silence."""
        reply = variant.step.reply
        for branch in variant.branches:
            for effect in (*variant.step.effects, *branch.effects):
                if effect.add and self.procedure.fact[effect.fact].unbounded:
                    yield _is(effect.fact, self.domains[effect.fact][-1])
        if reply is not None:
            name = f"{reply.panel}.{reply.value}"
            yield _is(name, self.domains[name][-1])
        for op, _ in variant.ops:
            if op.kind == "open":
                for count in self.classes[op.name].values():
                    if isinstance(count, str):
                        yield from (_is(count, value) for value in self.domains[count])
            elif op.kind == "close":
                replied = reply is not None and reply.panel == op.name
                yield from self.silences(op.name, replied=replied)

    def silences(self, panel: str, *, replied: bool) -> Iterator[Compare]:
        """Yield what the counts depend on when a panel closes whose silent members count as a reply.

        A count that only tells none from some needs no more of the numbers it is made of; where the step that closes
        the panel is the last reply, it needs the numbers themselves.
        """
        silence = self.folded.silence(panel)
        if silence is None:
            return
        reply = f"{panel}.{silence}"
        exact = replied or len(self.domains[reply]) > 2  # noqa: PLR2004  (none, and some)
        for name in (*(f"{panel}.pending.{actor}" for actor in self.classes[panel]), reply):
            values = self.domains[name] if exact else self.domains[name][:1]
            yield from (_is(name, value) for value in values)

    def rule(self, variant: Variant, branch: Branch, cube: Cube, ops: tuple[Op, ...]) -> Rule:
        stage, live = self.fields["stage"], self.live[branch.stage]
        mask, value, nonzero = stage.mask, stage.code(variant.source), []
        for name, members in cube.items():
            if name in self.fields:
                asked = self.mask_of(name, members)
                if isinstance(asked, int):
                    nonzero.append(asked)
                else:
                    mask, value = mask | asked[0], value | asked[1]
        put, add = self.changes(variant, branch, cube, ops)
        if self.folded.ends(variant.source, branch.stage):
            put |= self.folded.ended()
        kept = {name: v for name, v in put.items() if name in live}
        return Rule(
            step=variant.step.id,
            source=variant.source,
            target=branch.stage,
            guard_mask=mask,
            guard_value=value,
            nonzero=tuple(nonzero),
            clear=self.dead[branch.stage]
            | stage.mask
            | sum(self.fields[name].mask for name in kept),
            put=stage.code(branch.stage)
            + sum(self.fields[name].code(v) for name, v in kept.items()),
            add=sum(
                amount << self.fields[name].shift
                for name, amount in add.items()
                if name in live and name not in kept
            ),
            ops=ops,
            lapse_of=variant.lapse_of,
        )

    def changes(
        self, variant: Variant, branch: Branch, cube: Cube, ops: Sequence[Op]
    ) -> tuple[dict[str, Value], dict[str, int]]:
        """Return which variables a step sets, and which it counts up or down; what is set is not counted."""
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
                self.open(op.name, cube, put)
            elif op.kind == "close":
                self.close(op.name, cube, put, add)
            elif op.kind in {"begin", "end"}:
                put[f"{op.name}.active"] = op.kind == "begin"
        return put, add

    def apply(self, effect: Effect, cube: Cube, put: dict[str, Value], add: dict[str, int]) -> None:
        if not effect.add:
            put[effect.fact] = effect.value
        elif self.procedure.fact[effect.fact].unbounded:
            self.count(effect.fact, int(effect.value), cube, add)
        else:
            add[effect.fact] = int(effect.value)

    def count(self, name: str, amount: int, cube: Cube, add: dict[str, int]) -> None:
        """Count a saturating variable up, unless the cube holds it at its top."""
        if cube.get(name) != (self.domains[name][-1],) and len(self.domains[name]) > 1:
            add[name] = amount

    def open(self, panel: str, cube: Cube, put: dict[str, Value]) -> None:
        asked = 0
        for actor, count in self.classes[panel].items():
            number = count if isinstance(count, int) else int(cube[count][0])
            put[f"{panel}.pending.{actor}"] = number
            asked += number
        put[f"{panel}.asked"] = asked
        put[f"{panel}.open"] = True
        put |= {f"{panel}.{value}": 0 for value in self.procedure.panel[panel].replies}

    def close(self, panel: str, cube: Cube, put: dict[str, Value], add: Mapping[str, int]) -> None:
        pending = [f"{panel}.pending.{actor}" for actor in self.classes[panel]]
        silence = self.folded.silence(panel)
        reply = f"{panel}.{silence}"
        if silence is not None and reply in self.fields:
            after = {name: int(cube[name][0]) + add.get(name, 0) for name in (*pending, reply)}
            put[reply] = min(sum(after.values()), int(self.domains[reply][-1]))
        put |= dict.fromkeys(pending, 0)
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


def _is(name: str, value: Value) -> Compare:
    return Compare("==", Variable(name), Constant(value))


def _fields(domains: Mapping[str, tuple[Value, ...]]) -> dict[str, Field]:
    fields: dict[str, Field] = {}
    shift = 0
    for name, values in domains.items():
        width = max((len(values) - 1).bit_length(), 1)
        fields[name] = Field(name, values, shift, ((1 << width) - 1) << shift)
        shift += width
    return fields
