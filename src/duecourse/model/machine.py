"""A live case as a `transitions` state machine: the only module that imports `transitions`.

The machine is built from the procedure itself, not from its table, and keeps every value unreduced: its guards are
evaluated on the parsed expressions. `tests/model/test_machine.py` proves it equal to the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transitions import EventData, Machine, MachineError

from duecourse.errors import InvalidInput, nearest
from duecourse.model.expression import (
    Compare,
    Constant,
    Expression,
    Not,
    Variable,
    disjunction,
    evaluate,
    false_parts,
)
from duecourse.model.variants import choose_readings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from duecourse.model.expression import Effect
    from duecourse.model.procedure import (
        Branch,
        On,
        Panel,
        Procedure,
        Reply,
        Step,
        Suspension,
        Value,
    )


class IllegalStepError(InvalidInput):
    """A step that the procedure does not allow in the case as it stands; the message names what it allows instead."""


class CaseMachine:
    """One case of a procedure, driven by triggers that are named like its steps.

    >>> import duecourse as dc
    >>> case = CaseMachine(dc.load("measures-2022"))
    >>> case.stage
    'considering'

    Args:
        procedure: what the case runs on.
        readings: options by reading; defaults for the others.
        facts: values to begin with.
        steps: the only steps that will be asked for, where they are known; every step by default.

    Attributes:
        procedure: what the case runs on.
        readings: the option chosen for every reading.
        values: facts, panel counts and suspensions by name, unreduced.
    """

    stage: str

    def __init__(
        self,
        procedure: Procedure,
        readings: Mapping[str, str] | None = None,
        facts: Mapping[str, Value] | None = None,
        *,
        steps: Collection[str] | None = None,
    ) -> None:
        self.procedure = procedure
        self.readings = choose_readings(procedure, readings or {})
        self.values: dict[str, Value] = {}
        for fact in procedure.facts:
            self.values[fact.id] = fact.values[0] if fact.initial is None else fact.initial
        self.values |= facts or {}
        self.values |= {f"{each.id}.active": False for each in procedure.suspensions}
        for panel in procedure.panels:
            self._clear(panel)
        self._environment: Mapping[str, Value] | None = None
        self._occasions = _occasions(procedure)
        self._machine = Machine(
            model=self,
            states=[stage.id for stage in procedure.stages],
            initial=procedure.initial,
            auto_transitions=False,
            model_attribute="stage",
            queued=False,
        )
        for step in procedure.steps:
            if steps is None or step.id in steps:
                self._add(step)

    def _add(self, step: Step) -> None:
        guard = self._guard(step)
        for source in step.sources:
            for branch in step.branches or (None,):
                conditions: list[str | Callable[..., bool | None]] = (
                    [guard] if branch is None else [guard, self._holds(branch.when)]
                )
                dest = source if branch is None else branch.stage
                self._machine.add_transition(
                    step.id,
                    source,
                    dest,
                    conditions=conditions,
                    before=self._effects(step, branch, ends=self._ends(source, dest)),
                )

    @property
    def environment(self) -> Mapping[str, Value]:
        """Every name that a guard may use, with its value now."""
        if self._environment is None:
            self._environment = self._evaluated()
        return self._environment

    def _evaluated(self) -> dict[str, Value]:
        totals: dict[str, Value] = {
            f"{panel.id}.pending": sum(
                int(self.values[f"{panel.id}.pending.{each}"]) for each in _actors(panel)
            )
            for panel in self.procedure.panels
        }
        return {**self.values, **self.readings, **totals}

    def take(self, step: str) -> None:
        """Take a step.

        Raises:
            IllegalStepError: the step is unknown or not allowed now; the message says why and what is.
        """
        if step not in self.procedure.step:
            raise IllegalStepError(f'no step "{step}"{nearest(step, self.procedure.step)}')
        try:
            taken = self.trigger(step)  # type: ignore[attr-defined]  # the machine adds `trigger` to its model
        except MachineError:
            taken = False
        if not taken:
            raise IllegalStepError(self.refusal(step))

    def permitted(self) -> tuple[str, ...]:
        """Return the steps that are allowed now, lapses included, in the order of the procedure."""
        return tuple(step.id for step in self.procedure.steps if self._may(step.id))

    def _may(self, step: str) -> bool:
        """Ask the conditions of the machine's own transitions (its `may_` functions search them all for every step)."""
        event = self._machine.events.get(step)
        ways = () if event is None else event.transitions.get(self.stage, ())
        if event is None or not ways:
            return False
        state = self._machine.get_model_state(self)
        data = EventData(state, event, self._machine, self, (), {})
        return any(all(each.check(data) for each in way.conditions) for way in ways)

    def refusal(self, step: str) -> str:
        """Return why a step is not allowed now, and what is allowed instead."""
        allowed = ", ".join(self.permitted()) or "nothing"
        return f'"{step}" is not allowed: {self.reason(step)}; allowed now: {allowed}'

    def reason(self, step: str) -> str:
        """Return why a step is not allowed now: the stage, or the parts of its guard that are false."""
        found = self.procedure.step[step]
        if self.stage not in found.sources:
            return f'it is taken from {", ".join(found.sources)}, the case is in "{self.stage}"'
        parts = list(map(str, self.lacking(step)))
        if found.reply is not None and parts and parts[-1] == str(_outstanding(found.reply, found)):
            parts[-1] = f"a {found.actors[0]} of {found.reply.panel} whose reply is outstanding"
        return f"it needs {' and '.join(parts) or 'a branch whose condition holds'}"

    def lacking(self, step: str) -> tuple[Expression, ...]:
        """Return what would have to be true for a step that its stage does not exclude: the false parts of its guard."""
        found = self.procedure.step[step]
        parts = [
            part
            for condition in self._conditions(found)
            for part in false_parts(condition, self.environment)
        ]
        parts += [Not(Variable(f"{each.id}.active")) for each in self._barring(found)]
        if found.reply is not None:
            outstanding = _outstanding(found.reply, found)
            parts += [outstanding] if not evaluate(outstanding, self.values) else []
        return tuple(parts)

    def load(self, values: Mapping[str, Value]) -> None:
        """Put the case where `values` says (a stage and any variables by name); other variables keep their values."""
        self.values |= {name: value for name, value in values.items() if name != "stage"}
        self._environment = None
        self._machine.set_state(str(values["stage"]))

    def _guard(self, step: Step) -> Callable[[], bool]:
        conditions = self._conditions(step)

        def holds() -> bool:
            environment = self.environment
            if step.reply is not None and not int(
                environment.get(f"{step.reply.panel}.pending.{step.actors[0]}", 0)
            ):
                return False
            return not self._barring(step) and all(
                evaluate(each, environment) for each in conditions
            )

        return holds

    def _conditions(self, step: Step) -> list[Expression]:
        """Return the guard and, where lapses take the step, that it is so for one of the clocks."""
        occasions = (on for clock in self.procedure.clocks for on in clock.on_lapse)
        lapses = [on.when for on in occasions if on.step == step.id]
        return [step.when, *([disjunction(*lapses)] if lapses else [])]

    def _barring(self, step: Step) -> list[Suspension]:
        return [
            each
            for each in self.procedure.suspensions
            if self.values[f"{each.id}.active"]
            and each.permits is not None
            and step.id not in each.permits
            and all(on.step != step.id for on in each.ends)
        ]

    def _holds(self, condition: Expression) -> Callable[[], bool]:
        return lambda: evaluate(condition, self.environment)

    def _ends(self, source: str, dest: str) -> bool:
        return self.procedure.stage[dest].final and not self.procedure.stage[source].final

    def _effects(self, step: Step, branch: Branch | None, *, ends: bool) -> Callable[[], None]:
        effects = (*step.effects, *(branch.effects if branch else ()))

        def run() -> None:
            environment = self.environment
            self._environment = None
            if step.reply is not None:
                self._add_to(f"{step.reply.panel}.pending.{step.actors[0]}", -1)
                self._add_to(f"{step.reply.panel}.{step.reply.value}", 1)
            for effect in effects:
                self._apply(effect)
            self._consult(step, environment)
            for suspension in self.procedure.suspensions:
                if self._occurs("end", suspension.id, step, environment):
                    self.values[f"{suspension.id}.active"] = False
                if self._occurs("begin", suspension.id, step, environment):
                    self.values[f"{suspension.id}.active"] = True
            if ends:
                self._end()

        return run

    def _end(self) -> None:
        """The end of the review ends every suspension and closes every panel; replies outstanding are dropped."""
        self.values |= {f"{each.id}.active": False for each in self.procedure.suspensions}
        for panel in self.procedure.panels:
            self.values |= {f"{panel.id}.pending.{actor}": 0 for actor in _actors(panel)}
            self.values[f"{panel.id}.open"] = False

    def _occurs(self, kind: str, name: str, step: Step, environment: Mapping[str, Value]) -> bool:
        return any(
            evaluate(on.when, environment) for on in self._occasions.get((kind, name, step.id), ())
        )

    def _apply(self, effect: Effect) -> None:
        if effect.add:
            self._add_to(effect.fact, int(effect.value))
        else:
            self.values[effect.fact] = effect.value

    def _add_to(self, name: str, count: int) -> None:
        self.values[name] = int(self.values[name]) + count

    def _consult(self, step: Step, environment: Mapping[str, Value]) -> None:
        for panel in self.procedure.panels:
            if self._occurs("close", panel.id, step, environment):
                self._close(panel, environment)
            if self._occurs("open", panel.id, step, environment):
                self._open(panel, environment)

    def _open(self, panel: Panel, environment: Mapping[str, Value]) -> None:
        self._clear(panel)
        chosen: set[str] = set()
        for each in panel.electorate:
            if each.actor not in chosen and evaluate(each.when, environment):
                chosen.add(each.actor)
                count = each.count if isinstance(each.count, int) else int(environment[each.count])
                self.values[f"{panel.id}.pending.{each.actor}"] = count
                self.values[f"{panel.id}.asked"] = int(self.values[f"{panel.id}.asked"]) + count
        self.values[f"{panel.id}.open"] = True

    def _close(self, panel: Panel, environment: Mapping[str, Value]) -> None:
        silent = 0
        for actor in _actors(panel):
            silent += int(self.values[f"{panel.id}.pending.{actor}"])
            self.values[f"{panel.id}.pending.{actor}"] = 0
        counts_as = next(
            (each.counts_as for each in panel.silence if evaluate(each.when, environment)), None
        )
        if counts_as is not None:
            self.values[f"{panel.id}.{counts_as}"] = (
                int(self.values[f"{panel.id}.{counts_as}"]) + silent
            )
        self.values[f"{panel.id}.open"] = False

    def _clear(self, panel: Panel) -> None:
        self.values |= {f"{panel.id}.pending.{actor}": 0 for actor in _actors(panel)}
        self.values |= {f"{panel.id}.{name}": 0 for name in ("asked", *panel.replies)}
        self.values[f"{panel.id}.open"] = False


def _outstanding(reply: Reply, step: Step) -> Expression:
    """Return the condition that a member of the step's actor has not replied."""
    return Compare(">", Variable(f"{reply.panel}.pending.{step.actors[0]}"), Constant(0))


def _actors(panel: Panel) -> Iterable[str]:
    return dict.fromkeys(each.actor for each in panel.electorate)


def _occasions(procedure: Procedure) -> dict[tuple[str, str, str], list[On]]:
    """Return what each step opens, closes, begins and ends: (kind, panel or suspension, step) to its conditions."""
    found: dict[tuple[str, str, str], list[On]] = {}
    lists = [("open", each.id, each.opens) for each in procedure.panels]
    lists += [("close", each.id, each.closes) for each in procedure.panels]
    lists += [("begin", each.id, each.begins) for each in procedure.suspensions]
    lists += [("end", each.id, each.ends) for each in procedure.suspensions]
    for kind, name, occasions in lists:
        for on in occasions:
            found.setdefault((kind, name, on.step), []).append(on)
    return found
