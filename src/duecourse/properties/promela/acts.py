"""What a step does, in Promela: the reply, the effects, the panels, the suspensions, in the order of the semantics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.model.expression import (
    FALSE,
    TRUE,
    Compare,
    Constant,
    Or,
    Variable,
    evaluate,
)
from duecourse.properties.promela.words import comment, identifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from duecourse.model.expression import Effect, Expression
    from duecourse.model.procedure import Extension, On, Panel, Procedure, Step
    from duecourse.properties.promela.words import Words

Kind = tuple[str, str]
"""What happens to what: open a panel, begin a suspension, start a clock."""

SAID = {
    "start": "starts",
    "stop": "stops",
    "extend": "extends",
    "open": "opens",
    "close": "closes",
    "begin": "begins",
    "end": "ends",
}


class Acts:
    """What the steps of one procedure do.

    Args:
        procedure: whose steps.
        words: how its words are said.
        watched: what a claim asks of steps.
    """

    def __init__(self, procedure: Procedure, words: Words, watched: frozenset[Kind]) -> None:
        self.procedure, self.words, self.watched = procedure, words, watched
        self.occasions: dict[tuple[Kind, str], Expression] = {}
        self.kinds: dict[Kind, None] = {}
        lists: list[tuple[str, str, Iterable[On | Extension]]] = []
        for panel in procedure.panels:
            lists += [("close", panel.id, panel.closes), ("open", panel.id, panel.opens)]
        for each in procedure.suspensions:
            lists += [("end", each.id, each.ends), ("begin", each.id, each.begins)]
        for clock in procedure.clocks:
            lists += [("start", clock.id, clock.starts), ("stop", clock.id, clock.stops)]
            lists += [("extend", clock.id, clock.extensions)]
        for kind, name, occasions in lists:
            for on in occasions:
                self.note((kind, name), on)

    def note(self, kind: Kind, on: On | Extension) -> None:
        """Note an occasion; where a step is listed twice, either condition will do."""
        self.kinds[kind] = None
        old = self.occasions.get((kind, on.step))
        self.occasions[kind, on.step] = on.when if old is None else Or((old, on.when))

    def when(self, kind: Kind, step: str) -> Expression:
        """Return under which condition a step does something."""
        return self.occasions.get((kind, step), FALSE)

    def needs_flag(self, kind: Kind) -> bool:
        """Return whether something is told by a flag: it is conditional, or a claim asks for it."""
        if kind in self.watched:
            return True
        mine = [when for (each, _), when in self.occasions.items() if each == kind]
        return kind[0] in {"open", "close", "begin", "end"} and any(when != TRUE for when in mine)

    @property
    def flags(self) -> list[Kind]:
        """What is told by flags."""
        return [kind for kind in self.kinds if self.needs_flag(kind)]

    def flag(self, kind: str, name: str) -> str | None:
        """Return the flag that says that a step does something; None where none does."""
        known = (kind, name) in self.kinds
        return told(kind, name) if known else None

    def declarations(self) -> Iterator[str]:
        """Yield the flags and the sizes of panels, as they are before a step."""
        for kind, name in self.flags:
            yield f"hidden byte {told(kind, name)};"
        for panel in self.procedure.panels:
            for actor, count in self.electorate(panel).items():
                if isinstance(count, str):
                    yield f"hidden short {_asked(panel, actor)};"

    def electorate(self, panel: Panel) -> dict[str, int | str]:
        """Return how many members of each class are asked under the readings: a number or a fact."""
        chosen: dict[str, int | str] = {}
        for each in panel.electorate:
            if each.actor not in chosen and evaluate(each.when, self.words.readings):
                chosen[each.actor] = each.count
        return chosen

    def replying(self, step: Step) -> Iterator[Expression]:
        """Yield that a member who can give the reply is outstanding, where a step is a reply."""
        if step.reply is not None:
            name = f"{step.reply.panel}.pending.{step.actors[0]}"
            known = name in self.words.domains
            yield Compare(">", Variable(name), Constant(0)) if known else FALSE

    def act(self, step: Step, branch: Iterable[Effect]) -> Iterator[str]:
        """Yield the statements of a step that takes a branch."""
        yield f"\tDid = STEP_{step.id}; Over = false;"
        yield from self.judged(step)
        if step.reply is not None and list(self.replying(step)) != [FALSE]:
            pending = identifier(f"{step.reply.panel}.pending.{step.actors[0]}")
            yield f"\t{pending} = {pending} - 1;"
            yield from self.count_up(f"{step.reply.panel}.{step.reply.value}")
        for effect in (*step.effects, *branch):
            yield from self.effect(effect)
        for panel in self.procedure.panels:
            yield from self.under(("close", panel.id), step, self.close(panel))
            yield from self.under(("open", panel.id), step, self.open(panel))
        for each in self.procedure.suspensions:
            active = identifier(f"{each.id}.active")
            yield from self.under(("end", each.id), step, [f"{active} = false;"])
            yield from self.under(("begin", each.id), step, [f"{active} = true;"])

    def judged(self, step: Step) -> Iterator[str]:
        """Yield what is judged in the configuration before the step."""
        for kind in self.flags:
            when = self.when(kind, step.id)
            if kind in self.watched or when not in {TRUE, FALSE}:
                yield f"\t{told(*kind)} = ({self.words.guard(when)});"
        for panel in self.procedure.panels:
            if self.when(("open", panel.id), step.id) == FALSE:
                continue
            for actor, count in self.electorate(panel).items():
                if isinstance(count, str):
                    yield f"\t{_asked(panel, actor)} = {identifier(count)};"

    def under(self, kind: Kind, step: Step, statements: Iterable[str]) -> Iterator[str]:
        """Yield statements under the condition on which a step does something."""
        when = self.when(kind, step.id)
        if when == TRUE:
            yield from (f"\t{each}" for each in statements)
        elif when != FALSE:
            yield f"\tif\n\t:: {told(*kind)} ->"
            yield from (f"\t\t{each}" for each in statements)
            yield "\t\tskip\n\t:: else -> skip\n\tfi;"

    def effect(self, effect: Effect) -> Iterator[str]:
        """Yield what an effect does to its fact."""
        name = identifier(effect.fact)
        if not effect.add:
            yield f"\t{name} = {self.words.value(effect.value)};"
        elif self.procedure.fact[effect.fact].unbounded:
            yield from self.count_up(effect.fact)
        else:
            yield f"\t{name} = {name} {'+' if effect.value == 1 else '-'} 1;"

    def count_up(self, variable: str) -> Iterator[str]:
        """Yield a count up to the largest value that is told apart."""
        top = self.words.domains[variable][-1]
        name = identifier(variable)
        yield f"\t{name} = ({name} < {top} -> {name} + 1 : {top});"

    def open(self, panel: Panel) -> Iterator[str]:
        """Yield the beginning of a round."""
        for reply in panel.replies:
            yield f"{identifier(f'{panel.id}.{reply}')} = 0;"
        asked: list[str] = []
        for actor, count in self.electorate(panel).items():
            size = _asked(panel, actor) if isinstance(count, str) else str(count)
            yield f"{identifier(f'{panel.id}.pending.{actor}')} = {size};"
            asked.append(size)
        yield f"{identifier(f'{panel.id}.asked')} = {' + '.join(asked) or '0'};"
        yield f"{identifier(f'{panel.id}.open')} = true;"

    def close(self, panel: Panel) -> Iterator[str]:
        """Yield the end of a round: who has not replied is dropped, or counted as silence stands."""
        readings = self.words.readings
        silent = next((s.counts_as for s in panel.silence if evaluate(s.when, readings)), None)
        pending = [identifier(each) for each in self.words.pending(panel.id)]
        if silent is not None and pending:
            variable = f"{panel.id}.{silent}"
            name, top = identifier(variable), self.words.domains[variable][-1]
            total = " + ".join([name, *pending])
            yield comment(f"silence counts as {silent}")
            yield f"{name} = ({total} < {top} -> {total} : {top});"
        for each in pending:
            yield f"{each} = 0;"
        yield f"{identifier(f'{panel.id}.open')} = false;"


def _asked(panel: Panel, actor: str) -> str:
    return f"Asked_{panel.id}_Of_{actor}"


def told(kind: str, name: str) -> str:
    """Return the flag that says what a step does: `Opens_consultation`."""
    return f"{SAID[kind].capitalize()}_{name}"
