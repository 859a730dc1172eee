"""Checking under all readings at once: which choices of readings break a property, as conditions, each with a case.

A case without lapses can always be dated, on one day, so what it shows is certain. For the choices that fail by a lapse
only, the lapse is looked for among the behaviours with clocks; where there is none the answer is inconclusive.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from duecourse.model.compile import compile_table
from duecourse.model.featured import compile_featured
from duecourse.model.reading_set import ALL, NONE, ReadingSpace, TooManyError
from duecourse.model.variants import choose_readings
from duecourse.properties.check import Verdict, check
from duecourse.properties.explore import MAX_CONFIGURATIONS
from duecourse.properties.family import Family
from duecourse.properties.family_clocks import ClockedFamily
from duecourse.properties.monitor import observed
from duecourse.properties.property import Kind, Property
from duecourse.properties.readings_report import Failing, ReadingsReport, ReadingsResult
from duecourse.properties.trace import Trace, dated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from duecourse.model.featured import FeaturedTable
    from duecourse.model.liveness import Observed
    from duecourse.model.procedure import Procedure
    from duecourse.model.reading_set import ReadingSet
    from duecourse.model.table import Rule
    from duecourse.properties.family import Sets, Watching
    from duecourse.properties.monitor import Monitor


def check_readings(
    procedure: Procedure,
    properties: Iterable[Property],
    readings: Mapping[str, str] | None = None,
    *,
    limit: int = MAX_CONFIGURATIONS,
) -> ReadingsReport:
    """Check properties against every behaviour of a procedure under every choice of its readings.

    Args:
        procedure: what is checked.
        properties: the claims.
        readings: options of readings that are held; all the others range over all their options.
        limit: after how many configurations the search gives up and says so.

    Raises:
        InvalidInput: an unknown reading or option.
    """
    began = time.perf_counter()
    fixed = dict(readings or {})
    choose_readings(procedure, fixed)
    asked = tuple(properties)
    space = ReadingSpace(
        {each.id: [option.id for option in each.options] for each in procedure.readings}
    )
    checking = _Checking(procedure, asked, fixed, limit)
    results = tuple(checking.result(each) for each in asked)
    family = checking.family if checking.compiled else None
    return ReadingsReport(
        procedure=procedure,
        fixed=fixed,
        choices=space.count(space.cube({name: (option,) for name, option in fixed.items()})),
        results=results,
        configurations=len(family.reached) if family and checking.explored else 0,
        nodes=family.table.space.size if family else 0,
        seconds=time.perf_counter() - began,
    )


@dataclass(frozen=True, slots=True)
class _Hunt:
    """A property as a hunt for what violates it (`duecourse.properties.family_clocks.Hunted`)."""

    watching: Watching | None
    bad: Sets = field(default_factory=dict)
    translated: Callable[[int], int] = int

    @property
    def initial(self) -> int:
        return 0 if self.watching is None else self.watching.initial

    def moves(self, state: int, rule: Rule, to: int) -> tuple[int, ...]:
        if self.watching is None:
            return (state,)
        return () if self.watching.violated(state) else self.watching.moves(state, rule, to)

    def shown(self, packed: int, state: int) -> ReadingSet:
        if self.watching is not None:
            return ALL if self.watching.violated(state) else NONE
        return self.bad.get(self.translated(packed), NONE)


@dataclass(frozen=True, slots=True)
class _Found:
    """The choices that fail on the graph without dates, those of them that need no lapse, and how to hunt for one."""

    family: Family
    failing: ReadingSet
    certain: ReadingSet
    triggered: ReadingSet
    visited: int
    hunt: _Hunt


class _Checking:
    """All properties of one check; the families are explored once."""

    def __init__(
        self,
        procedure: Procedure,
        properties: Sequence[Property],
        fixed: Mapping[str, str],
        limit: int,
    ) -> None:
        self.procedure, self.fixed, self.limit = procedure, fixed, limit
        self.properties = tuple(properties)
        self.visible = {name for each in properties for name in {*each.names, *each.without}}

    @property
    def compiled(self) -> bool:
        """Whether there is a family."""
        return "family" in self.__dict__

    @property
    def explored(self) -> bool:
        """Whether every configuration was found."""
        return "reached" in self.family.__dict__

    @cached_property
    def family(self) -> Family:
        """The behaviours, without the steps that matter to no property."""
        table = compile_featured(self.procedure, visible=self.visible, timed=False)
        return Family(table, self.limit)

    @cached_property
    def whole(self) -> Family:
        """The behaviours with every step."""
        return Family(compile_featured(self.procedure, observed=self.observed), self.limit)

    @cached_property
    def observed(self) -> Observed | None:
        """What the properties look at."""
        monitors = [each.monitor for each in self.properties if each.monitor is not None]
        return observed(monitors, self.procedure)

    def result(self, each: Property) -> ReadingsResult:
        try:
            return self.decided(each)
        except TooManyError as error:
            return ReadingsResult(each, Verdict.INCONCLUSIVE, reason=str(error))

    def decided(self, each: Property) -> ReadingsResult:
        found = self.watched(each) if each.kind is Kind.ALWAYS else self.structural(each)
        space = found.family.table.space
        within = self.within(space)
        certain = found.certain
        lapsing = space.difference(found.failing, certain)
        reason = ""
        if lapsing != NONE:
            try:
                certain = space.union(certain, self.dated(each, found, lapsing))
            except TooManyError as error:
                reason = str(error)
        fails: list[Failing] = []
        sure = NONE
        for condition in space.cover(certain, within):
            meeting = space.intersection(space.condition(condition), certain)
            choice = space.pick(meeting)
            witness = self.witness(each, found, choice)
            if witness is not None:
                sure = space.union(sure, meeting)
                fails.append(
                    Failing(condition, space.count(meeting), self.departures(choice), witness)
                )
        left = space.difference(found.failing, sure)
        if left != NONE:
            reason = reason or "the cases found need a lapse that cannot happen in time"
        vacuous = space.difference(within, found.triggered)
        verdict = Verdict.HOLDS if left == NONE else Verdict.INCONCLUSIVE
        return ReadingsResult(
            property=each,
            verdict=Verdict.VIOLATED if fails else verdict,
            fails=tuple(fails),
            failing=space.count(sure),
            undecided=space.cover(left, within),
            open=space.count(left),
            vacuous=space.cover(vacuous, within),
            visited=found.visited,
            reason=reason,
        )

    def within(self, space: ReadingSpace) -> ReadingSet:
        return space.cube({name: (option,) for name, option in self.fixed.items()})

    def departures(self, choice: Mapping[str, str]) -> dict[str, str]:
        return {
            name: option
            for name, option in choice.items()
            if option != self.procedure.reading[name].default
        }

    def watched(self, each: Property) -> _Found:
        if each.monitor is None:
            raise TooManyError("this form of property is not checked under all readings")
        family = self.family if self.overlooks(each.monitor) else self.whole
        watching = each.monitor.bind(family.table.common)
        found = family.watched(watching, self.within(family.table.space))
        if family.table.space.difference(found.unsatisfied, found.failing) != NONE:
            raise TooManyError("under some readings a case is over before the claim is satisfied")
        certain = (
            NONE
            if found.failing == NONE
            else family.watched(watching, found.failing, lapses=False).failing
        )
        return _Found(
            family, found.failing, certain, found.triggered, found.visited, _Hunt(watching)
        )

    def overlooks(self, monitor: Monitor) -> bool:
        """Return whether a property speaks of steps alone and a step that it does not name never changes its state."""
        if not monitor.named <= set(self.procedure.step):
            return False
        unnamed = [
            rule
            for rules in self.family.table.common.rules.values()
            for rule in rules
            if rule.step not in monitor.named
        ]
        watching = monitor.bind(self.family.table.common)
        states = [watching.initial]
        for state in states:
            for rules in self.family.table.common.rules.values():
                for rule in rules:
                    states += [
                        to for to in watching.moves(state, rule, rule.put) if to not in states
                    ]
        return bool(unnamed) and all(
            watching.moves(state, unnamed[0], unnamed[0].put) == (state,) for state in states
        )

    def structural(self, each: Property) -> _Found:
        family, bad = self.family, self.bad(self.family, each)
        if bad and each.kind is Kind.NO_DEAD_END:
            # a step that matters to nobody else may still be the one that can be taken
            family = self.whole
            bad = self.bad(family, each)
        space = family.table.space
        within = self.within(space)
        bad = {packed: space.intersection(under, within) for packed, under in bad.items()}
        certain = (
            space.intersection(under, family.reached_by_actors.get(packed, NONE))
            for packed, under in bad.items()
        )
        return _Found(
            family,
            space.any_of(bad.values()),
            space.any_of(certain),
            within,
            len(family.reached),
            _Hunt(None, bad),
        )

    def bad(self, family: Family, each: Property) -> Sets:
        """Return the configurations that fail a structural property, each under which choices."""
        if each.kind is Kind.NO_DEAD_END:
            return family.dead_ends()
        stages = self.procedure.stage
        conclusions = {
            (step, source)
            for outcome in self.procedure.outcomes
            if outcome.conclusion
            for step in outcome.steps
            for source in outcome.sources or self.procedure.step[step].sources
        }

        def ends(rule: Rule, _: int) -> bool:
            if stages[rule.source].final or not stages[rule.target].final:
                return False
            return each.kind is Kind.CAN_ALWAYS_END or (rule.step, rule.source) in conclusions

        if each.kind not in {Kind.CAN_ALWAYS_END, Kind.CAN_ALWAYS_CONCLUDE}:
            raise TooManyError("this form of property is not checked under all readings")
        return family.unable(ends, each.without)

    @cached_property
    def clocked(self) -> ClockedFamily:
        """The behaviours with their clocks."""
        table = compile_featured(self.procedure, visible=self.visible, observed=None)
        return ClockedFamily(Family(table, self.limit))

    @cached_property
    def clocked_whole(self) -> ClockedFamily:
        """The behaviours with their clocks and every step."""
        table = compile_featured(self.procedure, observed=self.observed)
        return ClockedFamily(Family(table, self.limit))

    def dated(self, each: Property, found: _Found, lapsing: ReadingSet) -> ReadingSet:
        """Return the choices, of those that fail by a lapse only, for which the lapse can happen in time."""
        clocked, hunt = self.timed_hunt(each, found)
        ours, theirs = found.family.table.space, clocked.table.space
        shown = clocked.shown(hunt, theirs.copied(lapsing, ours))
        return ours.copied(shown, theirs)

    def timed_hunt(self, each: Property, found: _Found) -> tuple[ClockedFamily, _Hunt]:
        clocked = self.clocked if found.family is self.family else self.clocked_whole
        plain, timed = found.family.table, clocked.table
        bad = {
            packed: timed.space.copied(under, plain.space)
            for packed, under in found.hunt.bad.items()
        }

        def translated(packed: int) -> int:
            return plain.common.pack(timed.common.unpack(packed))

        watching = None if found.hunt.watching is None else self.bound(each, timed)
        return clocked, _Hunt(watching, bad, translated)

    def bound(self, each: Property, table: FeaturedTable) -> Watching | None:
        """Return a property bound to a table."""
        return None if each.monitor is None else each.monitor.bind(table.common)

    def witness(self, each: Property, found: _Found, choice: Mapping[str, str]) -> Trace | None:
        """Return a dated case that violates a property under one choice of readings."""
        (result,) = check(self.procedure, [each], choice, limit=self.limit).results
        if result.witness is not None:
            return result.witness
        clocked, hunt = self.timed_hunt(each, found)
        way = clocked.way(hunt, choice)
        return None if way is None else _retraced(self.procedure, choice, way)


def _retraced(procedure: Procedure, choice: Mapping[str, str], way: Sequence[Rule]) -> Trace | None:
    """Return the steps of a way as a dated case of the procedure under one choice of readings."""
    table = compile_table(procedure, choice)
    for start in table.initial:
        packed = start
        rules: list[Rule] = []
        for wanted in way:
            move = next(
                (
                    (rule, to)
                    for rule, to in table.moves(packed)
                    if (rule.step, rule.lapse_of) == (wanted.step, wanted.lapse_of)
                ),
                None,
            )
            if move is None:
                break
            rules.append(move[0])
            packed = move[1]
        if len(rules) == len(way):
            trace = dated(table, rules)
            if trace is not None:
                return trace
    return None
