"""Which steps of a procedure can matter to a question: the others change nothing that is ever asked (program slicing).

A step matters if somebody looks at it, if it leads to another stage, or if it writes what a step that matters reads.
What is left out can be taken or not, before and after any step that matters, and nobody notices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.model.conditions import effects_of
from duecourse.model.expression import variables

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from duecourse.model.expression import Expression
    from duecourse.model.procedure import Panel, Step
    from duecourse.model.variants import Folded

_TIMED = {"start", "stop", "extend", "begin", "end"}


def steps_that_matter(
    folded: Folded, visible: Collection[str], looked_at: Collection[str] = (), *, timed: bool
) -> frozenset[str]:
    """Return the steps that can matter, under whatever readings.

    Args:
        folded: the procedure, under any choice of readings.
        visible: the steps that somebody looks at.
        looked_at: the variables that somebody looks at.
        timed: whether what happens to clocks and suspensions matters.
    """
    procedure = folded.procedure
    slice_ = _Slice(folded, timed=timed)
    kept = [
        step
        for step in procedure.steps
        if step.id in visible or slice_.leaves(step) or (timed and slice_.moves_time(step))
    ]
    read = {_owner(name) for name in looked_at}
    left = [step for step in procedure.steps if step not in kept]
    for step in kept:  # grows as more is read
        read |= slice_.read_by(step)
        more = [each for each in left if slice_.written_by(each) & read]
        kept += more
        left = [each for each in left if each not in more]
    return frozenset(step.id for step in kept)


class _Slice:
    def __init__(self, folded: Folded, *, timed: bool) -> None:
        self.folded, self.procedure, self.timed = folded, folded.procedure, timed

    def leaves(self, step: Step) -> bool:
        """Return whether a step can lead to another stage."""
        return any(branch.stage != source for branch in step.branches for source in step.sources)

    def moves_time(self, step: Step) -> bool:
        """Return whether a step can touch a clock or a suspension, is taken by a lapse, or begins statutory time."""
        ops = self.folded.occasions.get(step.id, ())
        return (
            any(op.kind in _TIMED for op, _ in ops)
            or step.id in self.folded.lapses
            or step.id in self.procedure.measured_from
        )

    def read_by(self, step: Step) -> set[str]:
        """Return the facts, panels and suspensions on which it depends whether and how a step is taken."""
        found = {_owner(name) for when in self._conditions(step) for name in variables(when)}
        found |= {name for name, permits in self.folded.barring if step.id not in permits}
        if step.reply is not None:
            found.add(step.reply.panel)
        for op, _ in self.folded.occasions.get(step.id, ()):
            if op.kind == "close":
                found.add(op.name)
            elif op.kind == "open":
                found |= _counts(self.procedure.panel[op.name])
        return found

    def written_by(self, step: Step) -> set[str]:
        """Return the facts, panels and suspensions that a step can change."""
        found = {effect.fact for effect in effects_of(step)}
        if step.reply is not None:
            found.add(step.reply.panel)
        return found | {op.name for op, _ in self.folded.occasions.get(step.id, ())}

    def _conditions(self, step: Step) -> Iterator[Expression]:
        yield step.when
        yield from (branch.when for branch in step.branches)
        yield from (when for _, when in self.folded.lapses.get(step.id, ()))
        for op, when in self.folded.occasions.get(step.id, ()):
            if self.timed or op.kind not in {"start", "stop", "extend"}:
                yield when


def _counts(panel: Panel) -> set[str]:
    return {each.count for each in panel.electorate if isinstance(each.count, str)}


def _owner(name: str) -> str:
    """Return the fact, panel or suspension that a variable belongs to."""
    return name.partition(".")[0]
