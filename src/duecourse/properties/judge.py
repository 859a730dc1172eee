"""Judging: each kind of property by the analysis that is exact for it, all on one compiled procedure."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from duecourse.model.compile import compile_table
from duecourse.properties.bounds import Bounding
from duecourse.properties.clocked_table import in_time
from duecourse.properties.explore import Exploration
from duecourse.properties.fairness import evasion
from duecourse.properties.goals import any_goal, ending_of, goal_of
from duecourse.properties.marking import Marking
from duecourse.properties.monitor import observed
from duecourse.properties.property import Kind, Property
from duecourse.properties.sweep import sweep
from duecourse.properties.terms import longest_term
from duecourse.properties.trace import dated
from duecourse.properties.verdict import Result, Verdict
from duecourse.properties.walked import Walked, satisfaction, violation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from duecourse.model.procedure import Procedure
    from duecourse.model.table import Rule, Table
    from duecourse.properties.bounds import Bound
    from duecourse.properties.monitor import Monitor
    from duecourse.properties.sweep import Swept
    from duecourse.properties.watching import Watching

_CASES = (Kind.ALWAYS, Kind.SOMETIMES)
_GOALS = (Kind.CAN_ALWAYS, Kind.EVENTUALLY)
_REACHING = (Kind.CAN_ALWAYS, Kind.CAN_ALWAYS_END, Kind.CAN_ALWAYS_CONCLUDE)
_TIMES = (Kind.WITHIN, Kind.AT_MOST)
FEW = 12
"""Up to how many claims are cheaper to watch each by itself."""


class Judge:
    """Finds the verdicts of properties on one procedure under one choice of readings.

    Args:
        procedure: what is judged.
        properties: the claims.
        readings: options by reading; defaults for the others.
        limit: after how many configurations a search gives up.

    Raises:
        InvalidInput: an unknown reading or option.
    """

    def __init__(
        self,
        procedure: Procedure,
        properties: Sequence[Property],
        readings: Mapping[str, str],
        limit: int,
    ) -> None:
        self.procedure, self.properties = procedure, properties
        self.readings, self.limit = readings, limit
        self.timely: dict[int, Exploration] = {}
        self.able: dict[int, Mapping[int, int]] = {}

    @cached_property
    def plain(self) -> Exploration:
        """Every behaviour."""
        return Exploration(compile_table(self.procedure, self.readings), self.limit)

    def results(self) -> list[Result]:
        """Return the result of each property, in their order."""
        found: dict[str, Result] = {}
        for properties in self.groups():
            if properties:
                found |= self.cases(properties)
        for without in {each.without for each in self.of(_TIMES)}:
            found |= self.times([p for p in self.of(_TIMES) if p.without == without])
        return [found.get(each.id) or self.structural(each) for each in self.properties]

    def of(self, kinds: Iterable[Kind]) -> list[Property]:
        """Return the properties of some kinds."""
        wanted = set(kinds)
        return [each for each in self.properties if each.kind in wanted]

    def groups(self) -> tuple[list[Property], list[Property]]:
        """Return the claims about cases that look only at steps, and those that look at configurations too."""
        plain: list[Property] = []
        looking: list[Property] = []
        for each in self.of(_CASES):
            (looking if self.looks([each]) else plain).append(each)
        return plain, looking

    def looks(self, properties: Iterable[Property]) -> bool:
        """Return whether properties look at variables that the procedure might forget."""
        return observed(_monitors(properties), self.procedure) is not None

    def exploration(self, properties: Sequence[Property]) -> Exploration:
        """Return every behaviour with what the properties look at."""
        watched = observed(_monitors(properties), self.procedure)
        if watched is None:
            return self.plain
        table = compile_table(self.procedure, self.readings, observed=watched)
        return Exploration(table, self.limit)

    @cached_property
    def looking(self) -> Exploration:
        """Every behaviour with all that claims about cases and goals look at."""
        return self.exploration(
            [each for each in self.of((*_CASES, *_GOALS)) if self.looks([each])]
        )

    def cases(self, properties: Sequence[Property]) -> dict[str, Result]:
        """Return the results of claims about single cases."""
        exploration = self.looking if self.looks(properties) else self.plain
        table = exploration.table
        watched: dict[Monitor, Watching] = {}

        def bound(monitors: Iterable[Monitor]) -> list[Watching]:
            return [watched.setdefault(each, each.bind(table)) for each in monitors]

        claims: list[tuple[Property, list[Watching], list[Watching]]] = []
        for each, monitor in zip(properties, _monitors(properties), strict=True):
            whole = each.kind is Kind.SOMETIMES
            pieces = bound((monitor,) if whole else monitor.pieces())
            claims.append((each, pieces, bound(monitor.twin_pieces())))
        found = self.standing(exploration, list(watched.values()))
        return {
            each.id: self.case(exploration, each, pieces, twins, found)
            for each, pieces, twins in claims
        }

    def standing(
        self, exploration: Exploration, watchings: Sequence[Watching]
    ) -> Mapping[int, Swept | Walked]:
        """Return how claims can stand, by identity: many are watched in one pass, few each by itself as far as needed."""
        if len(watchings) > FEW:
            return dict(zip(map(id, watchings), sweep(exploration, watchings), strict=True))
        return {id(watching): Walked(exploration, watching) for watching in watchings}

    def case(
        self,
        exploration: Exploration,
        each: Property,
        pieces: Sequence[Watching],
        twins: Sequence[Watching],
        found: Mapping[int, Swept | Walked],
    ) -> Result:
        """Return the result of a claim about single cases.

        Args:
            exploration: every behaviour.
            each: the claim.
            pieces: its parts, bound to the table; for `sometimes` the whole.
            twins: the parts of its twin.
            found: what was found of each of them, by identity.
        """
        result = Result(each, Verdict.HOLDS, visited=exploration.size[0])
        if each.kind is Kind.SOMETIMES:
            (whole,) = pieces
            if not found[id(whole)].satisfied:
                verdict = Verdict.VIOLATED if exploration.finished else Verdict.INCONCLUSIVE
                return self.unfinished(exploration, replace(result, verdict=verdict))
            witness = dated(exploration.table, satisfaction(exploration, whole) or ())
            if witness is None:
                return replace(result, verdict=Verdict.INCONCLUSIVE, reason=UNDATED)
            return replace(result, witness=witness)
        violated = [piece for piece in pieces if found[id(piece)].violated]
        if not violated:
            if not exploration.finished:
                return self.unfinished(exploration, result)
            triggered = not twins or any(found[id(twin)].accepted for twin in twins)
            return replace(result, vacuous=not triggered)
        return self.broken(exploration, result, [piece.monitor for piece in violated])

    def broken(self, exploration: Exploration, result: Result, pieces: Iterable[Monitor]) -> Result:
        """Return the result of a claim of which some parts may be violated, with a shortest case that does it.

        Where the shortest case of all cannot be dated only lapses count that can happen, and without them it may hold.
        """
        table = exploration.table
        ways = [(self.violation(exploration, p), p) for p in (p.bind(table) for p in pieces)]
        found = [(way, piece) for way, piece in ways if way is not None]
        if not found:
            return self.unfinished(exploration, result)
        way, piece = min(found, key=lambda one: len(one[0]))
        turned = replace(result, turns=_turns(piece, way, _start(table, way)))
        shown = self.shown(table, turned, way)
        if shown.reason != UNDATED or self.is_timely(exploration):
            return shown
        return self.broken(self.in_time(exploration), result, [piece.monitor for _, piece in found])

    def violation(self, exploration: Exploration, watching: Watching) -> tuple[Rule, ...] | None:
        """Return a shortest case that violates a part of a claim; None where there is none."""
        return violation(exploration, watching)

    def in_time(self, exploration: Exploration) -> Exploration:
        """Return the behaviours in which a lapse happens only where its clock can lapse."""
        found = self.timely.get(id(exploration))
        if found is None:
            found = Exploration(in_time(exploration.table), self.limit)
            self.timely[id(exploration)] = found
        return found

    def is_timely(self, exploration: Exploration) -> bool:
        """Return whether lapses happen in an exploration only where they can."""
        return any(each is exploration for each in self.timely.values())

    def shown(self, table: Table, result: Result, way: Sequence[Rule], loop: int = 0) -> Result:
        """Return a violation with its witness; inconclusive where it cannot be dated."""
        witness = dated(table, way)
        if witness is None:
            return replace(result, verdict=Verdict.INCONCLUSIVE, reason=UNDATED)
        return replace(result, verdict=Verdict.VIOLATED, witness=witness, loop=loop)

    def unfinished(self, exploration: Exploration, result: Result) -> Result:
        """Return the result with why it is inconclusive, if it is."""
        if exploration.finished:
            return result
        reason = f"stopped after {exploration.limit} configurations; raise the limit"
        return replace(result, verdict=Verdict.INCONCLUSIVE, reason=reason)

    def explored(self, each: Property) -> Exploration:
        """Return every behaviour with what a property of the graph looks at."""
        return self.looking if each.kind in _GOALS and self.looks([each]) else self.plain

    def structural(self, each: Property) -> Result:
        """Return the result of a property of the graph of all cases."""
        exploration = self.explored(each)
        result = Result(each, Verdict.HOLDS, visited=exploration.size[0])
        if not exploration.finished:
            return self.unfinished(exploration, result)
        if each.kind is Kind.EVENTUALLY:
            return self.evaded(exploration, each, result)
        way = self.failing(exploration, each, exploration)
        if way is None:
            return result
        shown = self.shown(exploration.table, result, way)
        if shown.reason != UNDATED or exploration.lazy is not None:
            return shown
        timely = self.in_time(exploration)
        way = self.failing(exploration, each, timely)
        return (
            self.unfinished(timely, result)
            if way is None
            else self.shown(timely.table, result, way)
        )

    def evaded(self, exploration: Exploration, each: Property, result: Result) -> Result:
        """Return the result of a claim that something comes about whatever happens."""
        goal, _ = goal_of(each, exploration.table)
        found = evasion(exploration, goal, each.fair, each.without)
        if found is None:
            return self.unfinished(exploration, result)
        way, loop = found
        shown = self.shown(exploration.table, result, (*way, *loop), len(loop))
        if shown.reason != UNDATED or self.is_timely(exploration):
            return shown
        return self.evaded(self.in_time(exploration), each, result)

    def failing(
        self, exploration: Exploration, each: Property, walked: Exploration
    ) -> tuple[Rule, ...] | None:
        """Return the fewest steps to a configuration that fails a structural property.

        Args:
            exploration: every behaviour.
            each: the property.
            walked: where the way is looked for: among all behaviours, or those in time.
        """
        table = exploration.table
        if exploration.lazy is not None and not each.without:
            if each.kind is Kind.NO_DEAD_END:
                return exploration.lazy.search.stuck()
            if each.kind is not Kind.CAN_ALWAYS:
                ending = ending_of(self.procedure, each.kind)
                return exploration.lazy.search.trapped(lambda rule: ending(rule, 0))
        bits = (1 << table.bits) - 1
        if each.kind is Kind.NO_DEAD_END:
            stuck = {x for x, m in exploration.moves.items() if not m and not table.is_final(x)}
            return walked.path_to(lambda x: x & bits in stuck) if stuck else None
        able, bit = self.abilities(exploration, each)
        failing = {
            x for x in exploration.moves if not able.get(x, 0) & bit and not table.is_final(x)
        }
        if not failing:
            return None
        avoid, mask = goal_of(each, walked.table) if each.kind is Kind.CAN_ALWAYS else (None, 0)
        return walked.path_to(lambda x: x & bits in failing, avoid, mask)

    def abilities(self, exploration: Exploration, each: Property) -> tuple[Mapping[int, int], int]:
        """Return what can still be reached from where, for all properties like one together, and the bit of this one."""
        alike = [one for one in self.of(_REACHING) if self.explored(one) is exploration]
        found = self.able.get(id(exploration))
        if found is None:
            without: dict[str, int] = {}
            for place, one in enumerate(alike):
                for step in one.without:
                    without[step] = without.get(step, 0) | 1 << place
            goal, mask = any_goal(alike, exploration.table)
            found = exploration.able(goal, without, mask)
            self.able[id(exploration)] = found
        return found, 1 << alike.index(each)

    def times(self, properties: Sequence[Property]) -> dict[str, Result]:
        """Return the results of claims about working days that leave out the same steps."""
        terms = [each for each in properties if each.kind is Kind.WITHIN]
        watched = observed(_monitors(terms), self.procedure)
        table = (
            self.plain.table
            if watched is None
            else compile_table(self.procedure, self.readings, observed=watched)
        )
        marking = Marking(table, terms)
        bounding = Bounding(table, marking if terms else None, properties[0].without)
        return {
            each.id: (
                self.term(bounding, each)
                if each.kind is Kind.WITHIN
                else self.duration(bounding, each)
            )
            for each in properties
        }

    def term(self, bounding: Bounding, each: Property) -> Result:
        """Return the result of a claim about the days from one event to another."""
        found = longest_term(bounding.all, f"{each.id} first", f"{each.id} last")
        result = Result(each, Verdict.HOLDS, visited=len(bounding.all.edges), days=found.days)
        if not found.begins:
            return replace(result, vacuous=True)
        result = replace(result, clauses=tuple(bounding.clauses(found.path, found.since)))
        if each.measure == "elapsed" and found.waiting is not None:
            reason = "days for which no limit is set can pass in between"
            return replace(result, verdict=Verdict.VIOLATED, days=None, reason=reason)
        if found.days is None:
            reason = "days can be added for ever: an extension without limit, or a loop"
            return replace(result, verdict=Verdict.VIOLATED, reason=reason)
        return result if found.days <= each.days else replace(result, verdict=Verdict.VIOLATED)

    def duration(self, bounding: Bounding, each: Property) -> Result:
        """Return the result of a claim about the days that outcomes take."""
        rows: list[Bound] = [
            bounding.row(outcome)
            for outcome in self.procedure.outcomes
            if outcome.id in each.outcomes and outcome.id in bounding.all.reached
        ]
        result = Result(each, Verdict.HOLDS, visited=len(bounding.all.edges))
        if not rows:
            return replace(result, vacuous=True)
        figures = [row.counted if each.measure == "counted" else row.elapsed for row in rows]
        for row, figure in zip(rows, figures, strict=True):
            if figure is None:
                causes = (*row.unbounded, *(row.open_ended if each.measure == "elapsed" else ()))
                names = ", ".join(cause.label.en for cause in causes)
                reason = f"{row.outcome.label.en} has no bound: {names}"
                return replace(result, verdict=Verdict.VIOLATED, clauses=row.clauses, reason=reason)
        most, row = max(
            ((figure or 0, row) for figure, row in zip(figures, rows, strict=True)),
            key=lambda one: one[0],
        )
        verdict = Verdict.HOLDS if most <= each.days else Verdict.VIOLATED
        return replace(result, verdict=verdict, days=most, clauses=row.clauses)


UNDATED = "the case found needs a lapse that cannot happen in time"


def _start(table: Table, way: Sequence[Rule]) -> int:
    """Return a configuration in which a case that goes this way can begin."""
    for packed in table.initial:
        at = packed
        for rule in way:
            if not rule.fires(at):
                break
            at = rule.successor(at)
        else:
            return packed
    raise ValueError(way)


def _turns(watching: Watching, way: Sequence[Rule], packed: int) -> dict[int, bool]:
    """Return after which steps of a violation the claim stands differently."""
    turns: dict[int, bool] = {}
    states = [watching.initial]
    for number, rule in enumerate(way, start=1):
        packed = rule.successor(packed)
        after = [new for state in states for new in watching.moves(state, rule, packed)]
        bad = [new for new in after if watching.violated(new)]
        before = any(map(watching.at_stake, states))
        states = bad or after
        now = bool(bad) or any(map(watching.at_stake, states))
        if now != before or bad:
            turns[number] = now
    return turns


def _monitors(properties: Iterable[Property]) -> list[Monitor]:
    return [each.monitor for each in properties if each.monitor is not None]
