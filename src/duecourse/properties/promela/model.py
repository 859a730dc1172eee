"""A procedure as a Promela model, written from what the procedure says and not from its compiled table.

One process, one label for each stage, one option for each way to take a step there. A guard is a macro, what a step does
is an inline, with the articles beside it. What the two have in common is stated: the largest value that a count is kept
at, and the variables that are forgotten in a stage (`forget`), so that the states of both can be put side by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.model.expression import FALSE, TRUE, Not, Or, Variable, conjunction
from duecourse.model.liveness import live_variables
from duecourse.model.procedure import Branch
from duecourse.model.variants import Folded, choose_readings
from duecourse.properties.monitor import observed
from duecourse.properties.promela.acts import Acts
from duecourse.properties.promela.claim import Claim
from duecourse.properties.promela.words import (
    Words,
    cited,
    comment,
    constant,
    identifier,
    type_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from duecourse.model.expression import Expression
    from duecourse.model.procedure import Fact, Procedure, Stage, Step, Value
    from duecourse.properties.promela.claim import Asked


class Model:
    """The Promela model of a procedure under one choice of readings.

    Args:
        procedure: what is said.
        readings: options by reading; defaults for the others.
        forget: whether each stage forgets what cannot matter there, as `duecourse check` does.
        asked: a claim that is woven in, and what is asked of it; None for the procedure alone.

    Attributes:
        variables: the variables of a state vector, in its order.

    Raises:
        InvalidInput: an unknown reading or option.
    """

    def __init__(
        self,
        procedure: Procedure,
        readings: Mapping[str, str] | None = None,
        *,
        forget: bool = True,
        asked: Asked | None = None,
    ) -> None:
        self.procedure, self.forget = procedure, forget
        self.readings = choose_readings(procedure, readings or {})
        looked = None if asked is None else observed([asked.monitor], procedure)
        folded = Folded(procedure, self.readings, looked.compared if looked else {})
        self.domains: Mapping[str, tuple[Value, ...]] = folded.domains
        self.live = live_variables(folded, looked.looks if looked else None)
        self.words = Words(procedure, self.readings, self.domains)
        self.variables = tuple(self.domains)
        self.claim = None if asked is None else Claim(asked, procedure, self.words)
        self.acts = Acts(procedure, self.words, self.claim.flags if self.claim else frozenset())

    def text(self) -> str:
        """Return the whole model."""
        return "\n".join(self.lines()) + "\n"

    def lines(self) -> Iterator[str]:
        """Yield the lines of the model."""
        title = f"{self.procedure.id}: {self.procedure.label.en}"
        yield comment(f"{title}; what each line means is said in docs/semantics.md")
        yield comment("check it: spin -o2 -a FILE && gcc -o pan pan.c && ./pan")
        yield from self.constants()
        yield from self.declarations()
        yield from self.printing()
        yield from self.ending()
        for step in self.procedure.steps:
            yield from self.step(step)
        yield from self.watch()
        for stage in self.procedure.stages:
            yield from self.entering(stage)
        yield from self.process()

    def constants(self) -> Iterator[str]:
        """Yield the names of values, readings, stages, steps, actors and clocks."""
        yield "\n" + comment("values, and how silent points are read")
        for name, number in self.words.strings.items():
            yield f"#define {constant('VALUE', name)} {number}"
        for reading in self.procedure.readings:
            option = self.readings[reading.id]
            line = f"#define {constant('READING', reading.id)} {constant('VALUE', option)}"
            yield f"{line} {comment(f'{reading.ref}: {reading.label.en}')}"
        kinds = {
            "STAGE": self.procedure.stages,
            "STEP": self.procedure.steps,
            "ACTOR": self.procedure.actors,
            "CLOCK": self.procedure.clocks,
        }
        for kind, elements in kinds.items():
            if kind == "ACTOR" and not self.tells_actors:
                continue
            for number, each in enumerate(elements):
                yield f"#define {constant(kind, each.id)} {number}"
        yield "#define NO_CLOCK (-1)"

    @property
    def tells_actors(self) -> bool:
        """Whether the claim asks who takes a step."""
        return self.claim is not None and bool(self.claim.monitor.actors)

    def declarations(self) -> Iterator[str]:
        """Yield the variables: facts, panels, suspensions, then what is not part of a state."""
        yield "\n" + comment("the variables of a case; forgotten ones stand at their first value")
        for name, values in self.domains.items():
            fact = self.procedure.fact.get(name)
            label = f" {comment(cited(fact))}" if fact else ""
            yield f"{type_of(values)} {identifier(name)} = {self.words.value(self.start(name))};{label}"
        yield "\n" + comment("what the last step was; hidden: no part of a state")
        yield "hidden short Did, Target, Lapsed, By;"
        yield "hidden byte Over, Finished;"
        yield from self.acts.declarations()
        if self.claim is not None:
            yield from self.claim.declarations()

    def start(self, name: str) -> Value:
        """Return the value of a variable in which a case begins; of an unknown fact the first one."""
        first = self.domains[name][0]
        fact = self.procedure.fact.get(name)
        if fact is None or fact.initial is None or not self.kept(name, self.procedure.initial):
            return first
        return fact.initial

    def kept(self, name: str, stage: str) -> bool:
        """Return whether a variable is kept in a stage."""
        return not self.forget or name in self.live[stage]

    @property
    def unknown(self) -> list[Fact]:
        """The facts that may begin with any value."""
        found = (each for each in self.procedure.facts if each.initial is None)
        return [each for each in found if self.kept(each.id, self.procedure.initial)]

    def printing(self) -> Iterator[str]:
        """Yield what prints each state and each move when the model is compiled with -DDUMP."""
        pattern = " %d" * len(self.variables)
        values = "".join(f", now.{identifier(name)}" for name in self.variables)
        mark = "Holds_0" if self.claim is not None and self.claim.monitor.propositions else "0"
        yield "\n" + comment("with -DDUMP every first state (I) and every move (M) is printed")
        yield "#ifdef DUMP"
        yield f'#define FIRST(at) c_code {{ printf("I %d{pattern}\\n", at{values}); }};'
        yield f'#define FROM(at) c_code {{ printf("M %d{pattern}", at{values}); }};'
        yield f'#define TO(at) c_code {{ printf(" > %d %d %d{pattern} %d\\n", Did, Lapsed, at{values}, {mark}); }};'
        yield "#else"
        yield "#define FIRST(at)\n#define FROM(at)\n#define TO(at)"
        yield "#endif"

    def ending(self) -> Iterator[str]:
        """Yield what the end of the review does."""
        yield "\n" + comment("the review ends: every suspension ends, every panel closes")
        yield "inline End_review() {"
        yield "\tOver = true;"
        for each in self.procedure.suspensions:
            yield f"\t{identifier(f'{each.id}.active')} = false;"
        for panel in self.procedure.panels:
            for name in (*self.words.pending(panel.id), f"{panel.id}.open"):
                value = "false" if name.endswith(".open") else "0"
                yield f"\t{identifier(name)} = {value};"
        yield "}"

    def step(self, step: Step) -> Iterator[str]:
        """Yield a step: when it can be taken, where it leads, what it does."""
        name = step.id
        yield "\n" + comment(cited(step))
        yield f"#define Can_{name} ({self.words.guard(self.enabled(step))})"
        for number, branch in enumerate(step.branches, start=1):
            earlier = [f"!({self.words.guard(each.when)})" for each in step.branches[: number - 1]]
            when = " && ".join([*earlier, f"({self.words.guard(branch.when)})"])
            yield f"#define Leads_{name}_{number} ({when})"
        for number, effects in enumerate([each.effects for each in step.branches] or [()], 1):
            yield f"inline Do_{name}_{number}() {{"
            yield from self.acts.act(step, effects)
            yield "}"

    def enabled(self, step: Step) -> Expression:
        """Return when a step can be taken in one of its stages, its branches left out."""
        barred = [
            Not(Variable(f"{each.id}.active"))
            for each in self.procedure.suspensions
            if each.permits is not None
            and step.id not in each.permits
            and step.id not in {on.step for on in each.ends}
        ]
        return conjunction(step.when, *barred, *self.acts.replying(step))

    def lapses(self, step: Step) -> list[tuple[str, Expression]]:
        """Return the clocks whose lapse takes a step, with the conditions; none where an actor takes it."""
        conditions: dict[str, list[Expression]] = {}
        for clock in self.procedure.clocks:
            for on in clock.on_lapse:
                if on.step == step.id:
                    conditions.setdefault(clock.id, []).append(on.when)
        return [
            (clock, parts[0] if len(parts) == 1 else Or(tuple(parts)))
            for clock, parts in conditions.items()
        ]

    def watch(self) -> Iterator[str]:
        """Yield what is done after each step."""
        yield "\n" + comment("after each step")
        yield "inline Watch() {"
        if self.claim is None:
            yield "\tskip"
        else:
            yield from self.claim.watching(self.acts.flag)
        yield "}"

    def entering(self, stage: Stage) -> Iterator[str]:
        """Yield what happens when a step leads to a stage."""
        name = stage.id
        yield f"\ninline Enter_{name}() {{"
        yield f"\tTarget = {constant('STAGE', stage.id)};"
        yield f"\tFinished = {self.words.value(stage.final)};"
        yield "\tWatch();"
        if self.forget:
            for variable, values in self.domains.items():
                if variable not in self.live[stage.id]:
                    yield f"\t{identifier(variable)} = {self.words.value(values[0])};"
        yield f"\tTO({constant('STAGE', stage.id)})"
        yield "\tskip"
        yield "}"

    def process(self) -> Iterator[str]:
        """Yield the process: where a case begins, and for each stage what can happen there."""
        initial = self.procedure.stage[self.procedure.initial]
        yield "\nactive proctype Review() {"
        if self.unknown:
            yield f"\tatomic {{ {comment('what is unknown may begin with any value')}"
            for fact in self.unknown:
                name = identifier(fact.id)
                yield "\t\tif"
                for value in fact.values:
                    yield f"\t\t:: {name} = {self.words.value(value)}"
                yield "\t\tfi;"
            yield f"\t\tFIRST({constant('STAGE', initial.id)})\n\t\tskip\n\t}};"
        else:
            yield "#ifdef DUMP"
            yield f"\td_step {{ FIRST({constant('STAGE', initial.id)}) skip }};"
            yield "#endif"
        if self.claim is not None:
            finished = self.words.value(initial.final)
            yield f"\td_step {{ Finished = {finished}; assert(!({self.claim.bad})) }};"
        yield f"\tgoto {_label(initial)};"
        for stage in self.procedure.stages:
            yield from self.options(stage)
        yield "}"

    def options(self, stage: Stage) -> Iterator[str]:
        """Yield a stage: each way in which a step can be taken from it."""
        found = [
            line
            for step in self.procedure.steps
            if stage.id in step.sources
            for line in self.ways(stage, step)
        ]
        yield f"\n{_label(stage)}: {comment(cited(stage))}"
        if not found:
            yield "\tfalse;"
            return
        yield "\tdo"
        yield from found
        yield "\tod;"

    def ways(self, stage: Stage, step: Step) -> Iterator[str]:
        """Yield the ways to take a step from a stage: by branch, by the clock that lapses, by actor if that is asked."""
        name = step.id
        lapses: list[tuple[str | None, Expression]] = [*self.lapses(step)] or [(None, TRUE)]
        actors = step.actors if self.tells_actors else ("",)
        for number, branch in enumerate(step.branches or (Branch(stage.id),), start=1):
            target = self.procedure.stage[branch.stage]
            for clock, when in lapses:
                if when == FALSE:
                    continue
                parts = [f"Can_{name}"]
                parts += [f"Leads_{name}_{number}"] if step.branches else []
                parts += [f"({self.words.guard(when)})"] if when != TRUE else []
                lapsed = constant("CLOCK", clock) if clock else "NO_CLOCK"
                for actor in actors:
                    doing = [f"Lapsed = {lapsed};"]
                    doing += [f"By = {constant('ACTOR', actor)};"] if actor else []
                    doing += [f"Do_{name}_{number}();"]
                    ends = target.final and not stage.final
                    doing += ["End_review();"] if ends else []
                    doing += [f"Enter_{target.id}()"]
                    source = constant("STAGE", stage.id)
                    way = f"{' && '.join(parts)} -> FROM({source}) {' '.join(doing)}"
                    yield f"\t:: d_step {{ {way} }}; goto {_label(target)}"


def _label(stage: Stage) -> str:
    return f"{'end_' if stage.final else ''}At_{stage.id}"
