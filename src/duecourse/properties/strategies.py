"""Random cases as values, for tests of one's own with Hypothesis: legal by construction, and short once they are shrunk.

Needs the `test` extra. Nothing in the command line imports this module.

A case is drawn as a list of legs. Each leg heads for one step by the fewest moves and takes it; its turns say where it
lingers and where it takes another step instead. What shrinks is the lists, so that a case that shows something becomes
the nearest way from one step that matters to the next, without a day lost.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from hypothesis import strategies as st

from duecourse.errors import InvalidInput
from duecourse.model.case import Case, Event
from duecourse.model.compile import compile_table
from duecourse.model.procedure import Label
from duecourse.properties.dating import DAY, begin
from duecourse.properties.ensemble import looked_at, watchable
from duecourse.properties.explore import Exploration
from duecourse.properties.monitor import Watch
from duecourse.properties.nearness import Nearness

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from hypothesis.vendor.pretty import RepresentationPrinter

    from duecourse.model.procedure import Procedure
    from duecourse.model.table import Rule, Table
    from duecourse.properties.dating import Walk
    from duecourse.properties.property import Property

MAX_LEGS = 8
MAX_TURNS = 4
MAX_STEPS = 120
"""Of one leg."""

LONGEST = timedelta(730)
"""After so many days nobody lingers any more."""


class Turn(NamedTuple):
    """What a leg does besides heading for its goal.

    Attributes:
        at: before which of its steps, from 0.
        wait: how many days pass.
        other: 0 to go on, else which of the steps that are permitted is taken instead.
    """

    at: int
    wait: int
    other: int


class Leg(NamedTuple):
    """A part of a case: the step it heads for, and its turns."""

    goal: str
    turns: list[Turn]


class RandomCase(Case):
    """A case that prints as its story."""

    def __repr__(self) -> str:
        lines = [f"{n:>4}  {each.on}  {each.step}" for n, each in enumerate(self.events, start=1)]
        facts = "".join(f", {name} = {value}" for name, value in self.facts.items())
        return "\n".join([f"a case of {self.procedure.id}{facts}:", *(lines or ["      nothing"])])

    def _repr_pretty_(self, printer: RepresentationPrinter, cycle: bool) -> None:  # noqa: FBT001  (as Hypothesis calls it)
        """Print the story where Hypothesis would print every field, and the whole text with them."""
        del cycle
        for number, line in enumerate(repr(self).splitlines()):
            if number:
                printer.break_()
            printer.text(line)


def cases(
    procedure: Procedure,
    properties: Iterable[Property] = (),
    readings: Mapping[str, str] | None = None,
) -> st.SearchStrategy[Case]:
    """Return a strategy for dated cases of a procedure that replay without an illegal step.

    Limits that are due lapse, as in `replay`, so that cases are late, suspended and taken on by the law itself. The case
    need not be over.

    Args:
        procedure: whose cases these are.
        properties: what the cases are to try: the steps that they name are headed for more often.
        readings: options by reading; defaults for the others. Every case carries them.
    """
    table = compile_table(procedure, readings)
    near = Nearness(Exploration(table))
    possible = near.possible
    names = {name for each in properties for name in each.names}
    named = [step for step in possible if step in names]
    anything = st.sampled_from(possible)
    goals = st.sampled_from(named) | anything if named else anything
    waits = st.just(0) | st.integers(1, 7) | st.integers(1, 100)
    turns = st.builds(Turn, st.integers(0, 20), waits, st.integers(0, 12))
    legs = st.lists(st.builds(Leg, goals, st.lists(turns, max_size=MAX_TURNS)), max_size=MAX_LEGS)
    start = st.sampled_from(sorted(table.initial))

    @st.composite
    def drawn(draw: st.DrawFn) -> Case:
        packed, path = draw(start), draw(legs)
        return _Drawn(table, near, packed).case(path, dict(readings or {}))

    return drawn()


class Watcher:
    """Tells which properties a case violates, at the speed that a search with many cases needs.

    Args:
        procedure: whose cases these are.
        properties: what is watched: those of the kind `always`, since only they can fail in a single case.
        readings: options by reading; defaults for the others.
    """

    def __init__(
        self,
        procedure: Procedure,
        properties: Iterable[Property],
        readings: Mapping[str, str] | None = None,
    ) -> None:
        self.properties = watchable(tuple(properties))
        self.table = compile_table(
            procedure, readings, observed=looked_at(self.properties, procedure)
        )
        self._bound = [(p, p.monitor.bind(self.table)) for p in self.properties if p.monitor]

    def violated(self, case: Case) -> tuple[Property, ...]:
        """Return the properties that a case violates up to its last event, in their order.

        Raises:
            InvalidInput: a step of the case is not permitted, or its first day has none.
        """
        walked = begin(self.table, _start(self.table, case))
        watches = [(each, Watch(watching)) for each, watching in self._bound]
        failed: set[str] = set()
        if case.events:
            walked.day = case.events[0].on
        for number, event in enumerate(case.events, start=1):
            known, packed = len(walked.taken), walked.packed
            _until(walked, event.on)
            rule = _rule(walked, event.step)
            if rule is None or not walked.take(rule):
                raise InvalidInput(f'step {number}, "{event.step}", is not permitted')
            for place, (_, taken) in enumerate(walked.taken[known:], start=known + 1):
                packed = taken.successor(packed)
                actor = (
                    event.actor if place == len(walked.taken) else ""
                )  # the law takes the others
                for each, watch in watches:
                    watch.take(taken, packed, actor)
                    failed |= {each.id} if watch.violated else set()
        return tuple(each for each in self.properties if each.id in failed)


class _Drawn:
    """A case while it is drawn."""

    def __init__(self, table: Table, near: Nearness, packed: int) -> None:
        self.table, self.near = table, near
        self.walked = begin(table, packed)
        self.last = self.walked.day + LONGEST
        self.first = packed

    def case(self, legs: Iterable[Leg], readings: Mapping[str, str]) -> Case:
        """Return the case that the legs make."""
        for leg in legs:
            self.go(leg)
        procedure = self.table.procedure
        values = self.table.unpack(self.first)
        unknown = [fact.id for fact in procedure.facts if fact.initial is None]
        return RandomCase(
            id="random",
            label=Label("A random case", "随机案例"),
            procedure=procedure,
            readings=readings,
            facts={name: values[name] for name in unknown if name in values},
            events=tuple(
                Event(on, rule.step) for on, rule in self.walked.taken if rule.lapse_of is None
            ),
        )

    def go(self, leg: Leg) -> None:
        """Head for the goal of a leg until it was taken, or can no longer be."""
        turns = {turn.at: turn for turn in leg.turns}
        distance = self.near.to(leg.goal)
        for number in range(MAX_STEPS):
            turn = turns.get(number)
            if turn is not None:
                self.wait(turn.wait)
            here = distance.get(self.walked.packed)
            if here is None:
                return
            other = self.permitted() if turn is not None and turn.other else []
            if turn is not None and other:
                self.take(other[(turn.other - 1) % len(other)])
                continue
            rule = self.nearer(leg.goal, distance, here)
            if rule is None or not (self.take(rule) if rule.lapse_of is None else self.lapse(rule)):
                return
            if rule.step == leg.goal:
                return

    def permitted(self) -> list[Rule]:
        """Return how each step that somebody may take can be taken now."""
        return [rule for rule, _ in self.table.moves(self.walked.packed) if rule.lapse_of is None]

    def nearer(self, goal: str, distance: Mapping[int, int], here: int) -> Rule | None:
        """Return a move that is the goal, or brings it nearer: one that somebody takes before a lapse."""
        moves = [
            rule
            for rule, to in self.table.moves(self.walked.packed)
            if rule.step == goal or distance.get(to, here) < here
        ]
        order = sorted(moves, key=lambda rule: (rule.step != goal, rule.lapse_of is not None))
        return order[0] if order else None

    def take(self, rule: Rule) -> bool:
        """Take a step, on the next day where a limit has lapsed on this one."""
        if self.walked.closed:
            self.wait(1)
            if self.walked.closed or not rule.fires(self.walked.packed):
                return False
        return self.walked.take(rule)

    def wait(self, days: int) -> None:
        """Let days pass, unless the case has gone on for very long."""
        day = self.walked.day + timedelta(days)
        if days and day <= self.last:
            _until(self.walked, day)

    def lapse(self, rule: Rule) -> bool:
        """Wait until the day after a limit is due; return whether there is such a day."""
        assert rule.lapse_of is not None
        due = self.walked.ledger.due(rule.lapse_of)
        if due is None or not self.walked.day <= due < self.last:
            return False
        _until(self.walked, due + DAY)
        return True


def _until(walked: Walk, day: date) -> None:
    """Let days pass, and every limit lapse that is due before a day."""
    while not walked.until(day):
        continue


def _rule(walked: Walk, step: str) -> Rule | None:
    moves = walked.table.moves(walked.packed)
    return next((each for each, _ in moves if each.step == step and each.lapse_of is None), None)


def _start(table: Table, case: Case) -> int:
    """Return the configuration in which a case begins.

    Raises:
        InvalidInput: there is none with its facts.
    """
    for packed in table.initial:
        values = table.unpack(packed)
        if all(values.get(name, value) == value for name, value in case.facts.items()):
            return packed
    raise InvalidInput(f'no case of {table.procedure.id} begins with the facts of "{case.id}"')
