"""Which variables still matter in which stage: those that may be read before they are set again.

Sets of variables are bit masks here: a large procedure has a thousand variables in a thousand stages.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.model.expression import TRUE, variables

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from duecourse.model.procedure import Branch
    from duecourse.model.variants import Folded, Variant


@dataclass(frozen=True, slots=True)
class Observed:
    """What somebody else than the procedure's own guards looks at after its steps.

    Attributes:
        looks: the variables looked at after a step that leads to a stage, by the ids of the step and of the stage.
        compared: for each variable looked at, the largest number it is compared with.
    """

    looks: Callable[[str, str], Collection[str]]
    compared: Mapping[str, int]


def live_variables(
    folded: Folded, looks: Callable[[str, str], Collection[str]] | None = None
) -> dict[str, frozenset[str]]:
    """Return, for each stage, the variables that may be read before they are set again (least fixpoint).

    Args:
        folded: the procedure with its readings fixed.
        looks: what is looked at besides; see `Observed`.
    """
    bit = {name: 1 << index for index, name in enumerate(folded.domains)}
    flows: dict[str, list[tuple[str, int]]] = defaultdict(list)
    live = {stage.id: 0 for stage in folded.procedure.stages}
    for variant in folded.variants:
        live[variant.source] |= _mask(reads(folded, variant), bit)
        for branch in variant.branches:
            if looks is not None:
                live[branch.stage] |= _mask(looks(variant.step.id, branch.stage), bit)
            killed = _mask(kills(folded, variant, branch), bit)
            flows[branch.stage].append((variant.source, killed))
    queue = dict.fromkeys(live)
    while queue:
        target, _ = queue.popitem()
        for source, killed in flows[target]:
            needed = live[source] | (live[target] & ~killed)
            if needed != live[source]:
                live[source] = needed
                queue[source] = None
    return {
        stage: frozenset(name for name, one in bit.items() if mask & one)
        for stage, mask in live.items()
    }


def reads(folded: Folded, variant: Variant) -> set[str]:
    """Return the variables on which it depends whether and how a step is taken, and what it leads to."""
    names = {name for condition in variant.conditions for name in variables(condition)}
    for op, _ in variant.ops:
        if op.kind == "open":
            names |= {count for count in folded.classes[op.name].values() if isinstance(count, str)}
        if op.kind == "close" and folded.silence(op.name) is not None:
            names |= _pending(folded, op.name)
    return names


def kills(folded: Folded, variant: Variant, branch: Branch) -> set[str]:
    """Return the variables that a step sets without looking at them."""
    names = {effect.fact for effect in (*variant.step.effects, *branch.effects) if not effect.add}
    for op, when in variant.ops:
        if when != TRUE:
            continue
        if op.kind == "open":
            names |= {f"{op.name}.asked", f"{op.name}.open", *_pending(folded, op.name)}
            names |= {f"{op.name}.{reply}" for reply in folded.procedure.panel[op.name].replies}
        elif op.kind == "close":
            names |= {f"{op.name}.open", *_pending(folded, op.name)}
        elif op.kind in {"begin", "end"}:
            names.add(f"{op.name}.active")
    if folded.ends(variant.source, branch.stage):
        names |= folded.ended().keys()
    return names


def _pending(folded: Folded, panel: str) -> set[str]:
    return {f"{panel}.pending.{actor}" for actor in folded.classes[panel]}


def _mask(names: Iterable[str], bit: dict[str, int]) -> int:
    mask = 0
    for name in names:
        mask |= bit.get(name, 0)  # somebody may look at members whom the readings do not ask
    return mask
