"""Two procedures told apart the slow way: every word of steps and days on the live machine with its ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

from duecourse.model.clocks import Ledger, next_lapse, open_ledger
from duecourse.model.compile import compile_table
from duecourse.model.machine import CaseMachine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.model.procedure import Procedure
    from duecourse.model.table import Rule

MONDAY = date(2023, 2, 13)
Observed = tuple[Any, ...]


@dataclass
class Case:
    values: dict[str, Any]
    day: date
    ledger: Ledger
    closed: bool = False

    def key(self) -> Observed:
        running = tuple(sorted((name, repr(run)) for name, run in self.ledger.running.items()))
        active = tuple(sorted(self.ledger.active.items()))
        return tuple(sorted(self.values.items())), self.day, running, active, self.closed

    def copy(self) -> Case:
        old = self.ledger
        fixed = old.procedure, old.readings, old.calendar, old.first_day_counts
        ledger = Ledger(*fixed, dict(old.running), [], dict(old.active))
        return Case(dict(self.values), self.day, ledger, self.closed)


class Live:
    """One procedure; cases are loaded into its machine in turn."""

    def __init__(self, procedure: Procedure) -> None:
        self.procedure = procedure
        self.table = compile_table(procedure)
        self.machine = CaseMachine(procedure)

    def begin(self) -> list[Case]:
        unknown = [fact for fact in self.procedure.facts if fact.initial is None]
        cases: list[Case] = []
        for chosen in product(*(fact.values for fact in unknown)):
            facts = dict(zip((fact.id for fact in unknown), chosen, strict=True))
            machine = CaseMachine(self.procedure, None, facts)
            ledger = open_ledger(self.procedure, machine.readings)
            cases.append(Case({**machine.values, "stage": machine.stage}, MONDAY, ledger))
        return cases

    def next(self, case: Case) -> Iterator[tuple[Observed, Case]]:
        yield self.night(case.copy())
        if case.closed:
            return
        self.machine.load(case.values)
        for step in self.machine.permitted():
            if step not in self.procedure.lapse_steps:
                after = case.copy()
                ending = self.take(after, step)
                found = self.procedure.step[step]
                value = found.reply.value if found.reply else None
                for actor in found.actors:
                    yield ("step", step, actor, value, ending), after

    def take(self, case: Case, step: str, lapse_of: str | None = None) -> Observed:
        packed = self.table.pack(case.values)
        rule = next(
            rule
            for rule, _ in self.table.moves(packed)
            if rule.step == step and rule.lapse_of == lapse_of
        )
        self.machine.load(case.values)
        self.machine.take(step)
        case.values = {**self.machine.values, "stage": self.machine.stage}
        final = {stage.id: stage.final for stage in self.procedure.stages}
        ends = final[rule.target] and not final[rule.source]
        case.ledger.apply(rule.ops, case.day, ends=ends)
        outcomes = [
            outcome.id
            for outcome in self.procedure.outcomes
            if ends
            and step in outcome.steps
            and (not outcome.sources or rule.source in outcome.sources)
        ]
        return final[rule.target], *outcomes

    def night(self, case: Case) -> tuple[Observed, Case]:
        """The end of a day: what lapses, then the next one."""
        tomorrow = case.day + timedelta(1)
        seen: list[Observed] = []

        def effect(clock: str) -> Rule | None:
            rules = self.table.moves(self.table.pack(case.values))
            return next((rule for rule, _ in rules if rule.lapse_of == clock), None)

        while found := next_lapse(self.procedure.clocks, case.ledger.lapses(tomorrow), effect):
            _, clock, rule = found
            case.ledger.record_lapse(clock)
            if rule is None:
                seen.append(("breach", clock))
            else:
                seen.append(("law", rule.step, self.take(case, rule.step, clock)))
        case.day = tomorrow
        return ("night", *seen), case


def apart(a: Procedure, b: Procedure, depth: int) -> tuple[Observed, ...] | None:
    """Return a shortest word of steps and nights that only one of the procedures has; None up to a depth."""
    one, two = Live(a), Live(b)
    queue: list[tuple[tuple[Observed, ...], list[Case], list[Case]]] = [
        ((), one.begin(), two.begin())
    ]
    known: set[object] = set()
    while queue:
        word, cases_a, cases_b = queue.pop(0)
        if len(word) == depth:
            continue
        after_a, after_b = _after(one, cases_a), _after(two, cases_b)
        for other in [*after_a, *after_b]:
            if other not in after_a or other not in after_b:
                return (*word, other)
        for letter, found in after_a.items():
            others = after_b[letter]
            keys = [frozenset(each.key() for each in cases) for cases in (found, others)]
            key = (len(word), *keys)
            if key not in known:
                known.add(key)
                queue.append(((*word, letter), found, others))
    return None


def _after(live: Live, cases: list[Case]) -> dict[Observed, list[Case]]:
    found: dict[Observed, dict[Observed, Case]] = {}
    for case in cases:
        for letter, after in live.next(case):
            found.setdefault(letter, {})[after.key()] = after
    return {letter: list(each.values()) for letter, each in found.items()}
