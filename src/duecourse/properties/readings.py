"""Checking under all readings at once: which choices of readings break a property, as conditions, each with a case.

Each kind of property is decided for all choices together by the analysis that decides it for one
(`duecourse.properties.judge`), with sets of choices where that has yes or no. What fails is looked at again among the
behaviours in time, where a lapse happens only if its clock can lapse. Each condition is then shown by the ordinary check
of one choice that meets it, the nearest to the defaults.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from threading import RLock
from typing import TYPE_CHECKING

from duecourse.model.reading_set import NONE, ReadingSpace, TooManyError
from duecourse.model.variants import choose_readings
from duecourse.properties.behaviours import TIMES, Behaviours
from duecourse.properties.check import Result, Verdict, as_expected, check
from duecourse.properties.explore import MAX_CONFIGURATIONS
from duecourse.properties.family_walk import FamilyJudge
from duecourse.properties.goals import ending_of, goal_of
from duecourse.properties.property import Kind, Property
from duecourse.properties.readings_report import Failing, ReadingsReport, ReadingsResult
from duecourse.properties.readings_terms import term_of
from duecourse.properties.showing import Quality

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from duecourse.model.procedure import Procedure
    from duecourse.model.reading_set import Condition, ReadingSet
    from duecourse.model.table import Rule
    from duecourse.properties.family import Family, Indices, Shown
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
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        tasks = pool.map(checking.all_found, tasks_of(asked))
        known = {id(one.property): one for each in tasks for one in each}
    results = checking.shown([known[id(each)] for each in asked])
    family = checking.behaviours.explored
    return ReadingsReport(
        procedure=procedure,
        fixed=fixed,
        choices=space.count(space.cube({name: (option,) for name, option in fixed.items()})),
        results=results,
        configurations=family.size if family else 0,
        nodes=family.space.size if family else 0,
        seconds=time.perf_counter() - began,
    )


def tasks_of(properties: Iterable[Property]) -> list[list[Property]]:
    """Return properties in tasks that may be done beside each other, so ordered that the shortest come last.

    Claims about the same working days are one task. What comes first makes what all others of its kind rest on.
    """
    timed: dict[object, list[Property]] = {}
    others: list[list[Property]] = []
    for each in properties:
        if each.kind in TIMES:
            key = term_of(each) if each.kind is Kind.WITHIN else each.kind
            timed.setdefault((each.without, key), []).append(each)
        else:
            others.append([each])
    first, *rest = timed.values() or [[]]
    return [first, *others[:1], *rest, *others[1:]]


@dataclass(frozen=True, slots=True)
class _Found:
    """What is known of a property before its cases are shown.

    Attributes:
        property: the property.
        failing: the choices under which it fails; None where that could not be found out.
        triggered: the choices under which it has something to say.
        visited: configurations, with the states of the property, that were visited.
        reason: why it could not be found out.
        shown: gives the result under one choice of them without a check of its own.
        pieces: the parts of a claim about cases that some choice violates.
    """

    property: Property
    failing: ReadingSet | None
    triggered: ReadingSet = NONE
    visited: int = 0
    reason: str = ""
    shown: Callable[[Mapping[str, str]], Result] | None = None
    pieces: tuple[Monitor, ...] = ()


class _Checking:
    """All properties of one check; the behaviours are explored once."""

    def __init__(
        self,
        procedure: Procedure,
        properties: Sequence[Property],
        fixed: Mapping[str, str],
        limit: int,
    ) -> None:
        self.procedure, self.fixed, self.limit = procedure, fixed, limit
        self.doubting = RLock()
        self.properties = tuple(properties)
        self.behaviours = Behaviours(procedure, self.properties, fixed, limit)

    @property
    def family(self) -> Family:
        """The behaviours, with every step, where a lapse may happen at any time.

        Raises:
            TooManyError: there are too many.
        """
        return self.behaviours.family

    @property
    def clocked(self) -> Family:
        """The behaviours in time."""
        return self.behaviours.clocked

    @property
    def doubtful(self) -> Collection[Monitor]:
        """The parts of claims about cases that some mixture of choices violates: all others hold."""
        with self.doubting:
            return self._doubtful

    @cached_property
    def _doubtful(self) -> Collection[Monitor]:
        claims = [each.monitor for each in self.properties if each.kind is Kind.ALWAYS]
        pieces = [piece for each in claims if each is not None for piece in each.pieces()]
        self.family.look(pieces)
        return dict.fromkeys(piece for piece in pieces if self.family.may_violate(piece)).keys()

    def violated(self, piece: Monitor) -> Shown:
        """Return under which choices a doubtful part is violated among the behaviours in time."""
        with self.doubting:
            clocked = self._looked
        return clocked.shown(piece, Quality.VIOLATED)

    @cached_property
    def _looked(self) -> Family:
        self.clocked.look(self.doubtful)
        return self.clocked

    @property
    def space(self) -> ReadingSpace:
        """The choices of readings."""
        return self.family.space

    def all_found(self, properties: Iterable[Property]) -> list[_Found]:
        """Return the choices under which properties fail."""
        return [self.found(each) for each in properties]

    def found(self, each: Property) -> _Found:
        """Return the choices under which a property fails."""
        try:
            return self.decided(each)
        except TooManyError as error:
            return _Found(each, None, reason=str(error))

    def decided(self, each: Property) -> _Found:
        match each.kind:
            case Kind.ALWAYS:
                return self.always(each)
            case Kind.SOMETIMES:
                return self.sometimes(each)
            case Kind.EVENTUALLY:
                return self.eventually(each)
            case Kind.WITHIN | Kind.AT_MOST:
                return self.timed(each)
            case _:
                return self.structural(each)

    def timed(self, each: Property) -> _Found:
        """Return what is known of a claim about working days."""
        times = self.behaviours.times(each.without)
        found = times.found(each)
        return _Found(
            each,
            self.family.space.copied(found.failing, times.space),
            self.family.space.copied(found.triggered, times.space),
            found.visited,
            shown=found.shown,
        )

    def always(self, each: Property) -> _Found:
        assert each.monitor is not None
        # what no mixture of choices can break holds; what may break is looked at among the behaviours in time
        failing, visited = NONE, self.family.size
        violated: list[Monitor] = []
        for piece in each.monitor.pieces():
            if piece in self.doubtful:
                found = self.violated(piece)
                failing = self.space.union(failing, found.under)
                visited += found.visited
                violated += [piece] if found.under != NONE else []
        triggered = self.family.within
        if each.monitor.twin:
            triggered = NONE
            for piece in each.monitor.twin_pieces():
                found = self.family.shown(piece, Quality.ACCEPTED)
                triggered = self.space.union(triggered, found.under)
                visited += found.visited
        triggered = self.space.union(triggered, failing)
        return _Found(each, failing, triggered, visited, pieces=tuple(violated))

    def sometimes(self, each: Property) -> _Found:
        assert each.monitor is not None
        found = self.clocked.shown(each.monitor, Quality.SATISFIED)
        within = self.family.within
        return _Found(each, self.space.difference(within, found.under), within, found.visited)

    def eventually(self, each: Property) -> _Found:
        failing = NONE
        for family in (self.family, self.clocked):
            goal, mask = goal_of(each, family.table.common)
            failing = family.evading(goal, mask, each.fair, each.without)
            if failing == NONE:
                break
        return _Found(each, failing, self.family.within, self.family.size)

    def structural(self, each: Property) -> _Found:
        """Return what is known of a property of the graph of all cases."""
        family = self.family
        goal, mask = self.goal(each)
        first = each.kind is Kind.CAN_ALWAYS

        def reached(one: Family) -> Indices:
            return one.avoiding(goal, mask) if first else one.reached

        able = (
            family.left if each.kind is Kind.NO_DEAD_END else family.able(goal, mask, each.without)
        )
        failing = family.any_of(family.trapped(reached(family), able))
        if failing != NONE:
            clocked = self.clocked
            failing = clocked.any_of(
                clocked.trapped(reached(clocked), able[clocked.within_of(family)])
            )
        return _Found(each, failing, family.within, family.size)

    def goal(self, each: Property) -> tuple[Callable[[Rule, int], bool], int]:
        """Return what tells whether a move brings about what must always remain possible, and the bits it looks at."""
        if each.kind is Kind.CAN_ALWAYS:
            return goal_of(each, self.family.table.common)
        return ending_of(self.procedure, each.kind), 0

    # --- what is said --------------------------------------------------------------------------------------------

    def shown(self, found: Sequence[_Found]) -> tuple[ReadingsResult, ...]:
        """Return the results: each condition with the ordinary check of one choice that meets it."""
        conditions = {
            index: self.conditions(one.failing)
            for index, one in enumerate(found)
            if one.failing is not None
        }
        asked: dict[tuple[tuple[str, str], ...], list[_Found]] = {}
        for index, each in conditions.items():
            for _, _, choice in each:
                asked.setdefault(tuple(choice.items()), []).append(found[index])
        checked: dict[tuple[tuple[tuple[str, str], ...], str], Result] = {}
        for key, some in asked.items():
            for result in self.checked(dict(key), some):
                checked[key, result.property.id] = result
        return tuple(
            self.result(
                one,
                [
                    (condition, under, checked[tuple(choice.items()), one.property.id])
                    for condition, under, choice in conditions.get(index, ())
                ],
            )
            for index, one in enumerate(found)
        )

    def checked(self, choice: Mapping[str, str], found: Sequence[_Found]) -> Iterator[Result]:
        """Yield the results of properties that fail under a choice, each with a shortest case where there is one."""
        left: list[Property] = []
        judge = FamilyJudge(self.procedure, choice, self.limit, self.family, lambda: self.clocked)
        for one in {one.property.id: one for one in found}.values():
            each = one.property
            if one.shown is not None:
                yield as_expected(self.procedure, one.shown(choice))
            elif each.kind is Kind.SOMETIMES:
                result = Result(each, Verdict.VIOLATED, visited=one.visited)
                yield as_expected(self.procedure, result)
            elif each.kind is Kind.ALWAYS:
                some = Result(each, Verdict.HOLDS, visited=one.visited)
                yield as_expected(self.procedure, judge.broken(judge.plain, some, one.pieces))
            else:
                left.append(each)
        if left:
            yield from check(self.procedure, left, choice, limit=self.limit).results

    def conditions(self, failing: ReadingSet) -> list[tuple[Condition, ReadingSet, dict[str, str]]]:
        """Return an irredundant cover: each condition, the choices that meet it, and the nearest to the defaults."""
        space = self.space
        found = []
        for condition in space.cover(failing, self.family.within):
            under = space.intersection(space.condition(condition), failing)
            found.append((condition, under, space.pick(under)))
        return found

    def result(
        self, found: _Found, shown: Sequence[tuple[Condition, ReadingSet, Result]]
    ) -> ReadingsResult:
        if found.failing is None:
            verdict = Verdict.INCONCLUSIVE
            return ReadingsResult(found.property, verdict, reason=found.reason)
        space, within = self.space, self.family.within
        fails: list[Failing] = []
        sure = NONE
        for condition, under, result in shown:
            if result.verdict is Verdict.HOLDS:
                raise AssertionError(
                    f"{found.property.id}: violated where {condition}, but the check of one such choice holds"
                )
            if result.verdict is Verdict.VIOLATED:
                sure = space.union(sure, under)
                departing = self.departures(space.pick(under))
                fails.append(Failing(condition, space.count(under), departing, result))
        left = space.difference(found.failing, sure)
        vacuous = space.difference(within, found.triggered)
        verdict = Verdict.HOLDS if left == NONE else Verdict.INCONCLUSIVE
        return ReadingsResult(
            property=found.property,
            verdict=Verdict.VIOLATED if fails else verdict,
            fails=tuple(fails),
            failing=space.count(sure),
            undecided=space.cover(left, within),
            open=space.count(left),
            vacuous=space.cover(vacuous, within),
            visited=found.visited,
            reason=""
            if left == NONE
            else "the cases found need a lapse that cannot happen in time",
        )

    def departures(self, choice: Mapping[str, str]) -> dict[str, str]:
        """Return the options of a choice that depart from the defaults."""
        return {
            name: option
            for name, option in choice.items()
            if option != self.procedure.reading[name].default
        }
