"""Several cases of one procedure side by side, with facts that they share.

A configuration is the shared values and the cases' own configurations, sorted: which case is which does not matter.
One case takes a step at a time; it reads and sets the shared facts as if they were its own.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations_with_replacement, product
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput, nearest
from duecourse.model.compile import compile_table
from duecourse.model.liveness import Observed
from duecourse.properties.monitor import observed
from duecourse.properties.property import Kind
from duecourse.properties.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from duecourse.model.procedure import Procedure, Value
    from duecourse.model.table import Rule, Table
    from duecourse.properties.monitor import Monitor
    from duecourse.properties.property import Property
    from duecourse.properties.watching import Watching

MAX_INSTANCES = 32
MAX_SHARED = 4_096
HAND_OVER = 20_000
"""After how many configurations the compiled search takes over: about as long as loading it takes."""

Local = tuple[int, tuple[int, ...]]
"""The configuration of one case without what is shared, and the states of the claims that watch it."""
Configuration = tuple[int, tuple[Local, ...]]
"""The shared values, as bits, and the cases."""


def compose(
    procedure: Procedure,
    instances: int,
    readings: Mapping[str, str] | None = None,
    claims: Sequence[Property] = (),
) -> Composition:
    """Return several cases of a procedure side by side.

    Args:
        procedure: what each case follows.
        instances: how many cases there are.
        readings: options by reading; defaults for the others.
        claims: properties of kind *always*, each watched in every case.

    Raises:
        InvalidInput: an unknown reading, too many cases or shared values, or a claim of another kind.
    """
    if not 1 <= instances <= MAX_INSTANCES:
        raise InvalidInput(f"{instances} cases side by side; from 1 to {MAX_INSTANCES}")
    for each in claims:
        if each.kind is not Kind.ALWAYS:
            raise InvalidInput(
                f'"{each.id}" is no claim of kind always; side by side nothing else is watched'
            )
    monitors = tuple(each.monitor for each in claims if each.monitor is not None)
    table = compile_table(procedure, readings, observed=_looked_at(procedure, monitors))
    found = Composition(table, instances, tuple(monitor.bind(table) for monitor in monitors))
    if len(found.shared_values) > MAX_SHARED:
        raise InvalidInput(
            f"the shared facts have {len(found.shared_values)} combinations of values; at most {MAX_SHARED}"
        )
    return found


def _looked_at(procedure: Procedure, monitors: Sequence[Monitor]) -> Observed:
    """Return what is never forgotten: the shared facts, which other cases may read, and what the claims look at."""
    shared = {fact.id for fact in procedure.facts if fact.shared}
    watched = observed(monitors, procedure)
    if watched is None:
        return Observed(lambda _step, _stage: shared, {})
    return Observed(lambda step, stage: {*watched.looks(step, stage), *shared}, watched.compared)


@dataclass(frozen=True)
class Composition:
    """Several cases side by side.

    Attributes:
        table: what each case follows, with the shared facts never forgotten.
        instances: how many cases there are.
        watchings: the claims that watch every case.
        symmetric: whether cases are kept sorted; off only to prove that it changes nothing.
    """

    table: Table
    instances: int
    watchings: tuple[Watching, ...] = ()
    symmetric: bool = field(default=True, kw_only=True)

    @cached_property
    def shared_mask(self) -> int:
        """The bits of a configuration that all cases have in common."""
        facts = self.table.procedure.facts
        shared = [fact.id for fact in facts if fact.shared and fact.id in self.table.fields]
        return sum(self.table.fields[name].mask for name in shared)

    @cached_property
    def shared_values(self) -> tuple[int, ...]:
        """Every combination of values of the shared facts, as bits."""
        facts = self.table.procedure.facts
        fields = [
            self.table.fields[fact.id]
            for fact in facts
            if fact.shared and fact.id in self.table.fields
        ]
        chosen = product(*([each.code(value) for value in each.values] for each in fields))
        return tuple(map(sum, chosen))

    @cached_property
    def initial(self) -> tuple[Configuration, ...]:
        """Where the cases begin: with the same shared values, otherwise each for itself."""
        states = tuple(watching.initial for watching in self.watchings)
        by_shared: dict[int, list[Local]] = {}
        for packed in self.table.initial:
            own = by_shared.setdefault(packed & self.shared_mask, [])
            own.append((packed & ~self.shared_mask, states))
        found: list[Configuration] = []
        for shared, own in by_shared.items():
            chosen: Iterable[tuple[Local, ...]] = (
                combinations_with_replacement(sorted(own), self.instances)
                if self.symmetric
                else product(own, repeat=self.instances)
            )
            found += [(shared, cases) for cases in chosen]
        return tuple(found)

    def steps(self, shared: int, local: Local) -> Iterator[tuple[Rule, int, Local]]:
        """Yield what one case can do: the rule, the shared values after it, the case after it."""
        packed, states = local
        for rule, to in self.table.moves(packed | shared):
            after = [
                tuple(watching.moves(state, rule, to))
                for watching, state in zip(self.watchings, states, strict=True)
            ]
            for chosen in product(*after):
                yield rule, to & self.shared_mask, (to & ~self.shared_mask, chosen)

    def moves(self, configuration: Configuration) -> Iterator[tuple[int, Rule, Configuration]]:
        """Yield every step of every case: the case's place, the rule, and where all stand after it."""
        shared, cases = configuration
        for index, local in enumerate(cases):
            if self.symmetric and index and cases[index - 1] == local:
                continue  # an equal case did the same
            for rule, now, after in self.steps(shared, local):
                others = (*cases[:index], after, *cases[index + 1 :])
                yield index, rule, (now, tuple(sorted(others)) if self.symmetric else others)

    def is_over(self, local: Local) -> bool:
        """Return whether one case is over."""
        return self.table.is_final(local[0])

    def violates(self, claim: int, local: Local) -> bool:
        """Return whether one case violates a claim: for good, or by being over before it is satisfied."""
        watching, state = self.watchings[claim], local[1][claim]
        return watching.violated(state) or (self.is_over(local) and not watching.accepting(state))

    def values(self, configuration: Configuration) -> tuple[dict[str, Value], ...]:
        """Return the stage and the variables of each case, by name."""
        shared, cases = configuration
        return tuple(self.table.unpack(packed | shared) for packed, _ in cases)


@dataclass(frozen=True, slots=True)
class AtMost:
    """That at most so many cases are in some stages at once."""

    most: int
    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Composed:
    """What was found of several cases side by side.

    Attributes:
        configurations, moves: how many were found.
        finished: whether everything was.
        dead_end: the fewest steps to where some case is not over and none can take a step; None without one.
        claims: for each claim, the fewest steps to a case that violates it.
        exclusions: for each exclusion, the fewest steps to where it is broken.
    """

    configurations: int
    moves: int
    finished: bool
    dead_end: tuple[tuple[int, Rule], ...] | None
    claims: tuple[tuple[tuple[int, Rule], ...] | None, ...]
    exclusions: tuple[tuple[tuple[int, Rule], ...] | None, ...]

    def verdict(self, way: tuple[tuple[int, Rule], ...] | None) -> Verdict:
        """Return the verdict that a way means, or that there is none.

        A way without a lapse can be gone in a day. Whether one with a lapse can be dated is not found out here.
        """
        if way is None:
            return Verdict.HOLDS if self.finished else Verdict.INCONCLUSIVE
        lapses = any(rule.lapse_of is not None for _, rule in way)
        return Verdict.INCONCLUSIVE if lapses else Verdict.VIOLATED


def explore(
    composition: Composition,
    exclusions: Sequence[AtMost] = (),
    limit: int = 2_000_000,
    after: int = HAND_OVER,
) -> Composed:
    """Explore every behaviour of several cases side by side.

    Args:
        composition: the cases.
        exclusions: what else must hold at every moment.
        limit: after how many configurations the search gives up.
        after: from how many configurations on the compiled search takes over, where it can.

    Raises:
        InvalidInput: an exclusion names an unknown stage.
    """
    refuse_stages(composition.table.procedure, exclusions)
    found = _Plain(composition, exclusions)
    if found.run(min(limit, after)) or limit <= after or not composition.symmetric:
        return found.result()
    from duecourse.properties.composed import compiled

    faster = compiled(composition, exclusions, limit)
    if faster is not None:
        return faster
    found.run(limit)
    return found.result()


def refuse_stages(procedure: Procedure, exclusions: Sequence[AtMost]) -> None:
    """Refuse unknown stages.

    Raises:
        InvalidInput: the first of them.
    """
    for each in exclusions:
        for stage in each.stages:
            if stage not in procedure.stage:
                raise InvalidInput(
                    f'{procedure.id} has no stage "{stage}"{nearest(stage, procedure.stage)}'
                )


class _Plain:
    """The search in Python."""

    def __init__(self, composition: Composition, exclusions: Sequence[AtMost]) -> None:
        self.composition, self.exclusions = composition, exclusions
        self.order = list(composition.initial)
        self.came: dict[Configuration, tuple[Configuration, int, Rule] | None]
        self.came = dict.fromkeys(self.order)
        self.head = self.moves = 0
        self.dead_end: Configuration | None = None
        self.claims: list[Configuration | None] = [None] * len(composition.watchings)
        self.broken: list[Configuration | None] = [None] * len(exclusions)
        self.cache: dict[tuple[int, Local], tuple[tuple[Rule, int, Local], ...]] = {}

    def run(self, limit: int) -> bool:
        """Search on up to a number of configurations; return whether everything was found."""
        while self.head < len(self.order) and self.head < limit:
            at = self.order[self.head]
            self.head += 1
            self.judge(at)
            moved = False
            for index, rule, to in self.composition.moves(at):
                moved = True
                self.moves += 1
                if to not in self.came:
                    self.came[to] = (at, index, rule)
                    self.order.append(to)
            if not moved and self.dead_end is None:
                over = all(map(self.composition.is_over, at[1]))
                self.dead_end = None if over else at
        return self.head == len(self.order)

    def judge(self, at: Configuration) -> None:
        """Note the first configuration that breaks a claim or an exclusion."""
        for claim, known in enumerate(self.claims):
            if known is None and any(self.composition.violates(claim, each) for each in at[1]):
                self.claims[claim] = at
        if not self.exclusions:
            return
        stages = Counter(self.composition.table.stage(packed) for packed, _ in at[1])
        for number, each in enumerate(self.exclusions):
            if (
                self.broken[number] is None
                and sum(map(stages.get, each.stages, [0] * len(each.stages))) > each.most
            ):
                self.broken[number] = at

    def result(self) -> Composed:
        return Composed(
            configurations=self.head,
            moves=self.moves,
            finished=self.head == len(self.order),
            dead_end=self.way(self.dead_end),
            claims=tuple(map(self.way, self.claims)),
            exclusions=tuple(map(self.way, self.broken)),
        )

    def way(self, end: Configuration | None) -> tuple[tuple[int, Rule], ...] | None:
        """Return the steps to a configuration, each with its case by number."""
        if end is None:
            return None
        acts: list[tuple[Local, Local, Rule]] = []
        chain: list[tuple[Configuration, int, Rule]] = []
        at = end
        while (came := self.came[at]) is not None:
            chain.append(came)
            at = came[0]
        following = [*(each[0] for each in reversed(chain)), end][1:]
        for (before, index, rule), now in zip(reversed(chain), following, strict=True):
            acts.append((before[1][index], _new(before[1], index, now[1]), rule))
        return named(at[1], acts)


def _new(before: Sequence[Local], index: int, after: Sequence[Local]) -> Local:
    """Return how a case stands after its step."""
    left = Counter(after)
    left.subtract(Counter((*before[:index], *before[index + 1 :])))
    return next(local for local, count in left.items() if count > 0)


def named(
    start: Collection[Local], acts: Sequence[tuple[Local, Local, Rule]]
) -> tuple[tuple[int, Rule], ...]:
    """Return steps of sorted cases as steps of cases with numbers, from 1 in the order in which they begin to move."""
    standing = list(start)
    numbers: dict[int, int] = {}
    found: list[tuple[int, Rule]] = []
    for before, after, rule in acts:
        places = [place for place, local in enumerate(standing) if local == before]
        place = min(places, key=lambda each: (each not in numbers, each))
        numbers.setdefault(place, len(numbers) + 1)
        standing[place] = after
        found.append((numbers[place], rule))
    return tuple(found)
