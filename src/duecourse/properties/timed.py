"""Statutory time over all behaviours: the deterministic automaton of everything that moves a clock.

Most steps move no clock. What durations depend on is only the sequence of the others, so the configurations between
two of them are put together (subset construction over the language of clock events) and few states remain.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from duecourse.model.expression import TRUE, simplify

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Protocol

    from duecourse.calendar import Span
    from duecourse.model.table import Rule, Table

    class Marks(Protocol):
        """What is looked for at a step.

        Attributes:
            mask: the bits that it looks at of the configuration to which the step leads.
        """

        mask: int

        def __call__(
            self, rule: Rule, to: int, before: frozenset[str], after: frozenset[str]
        ) -> frozenset[str]:
            """Return the marks of a step, by the clocks that run before and after it."""


Clocks = frozenset[str]


class Node(NamedTuple):
    """A configuration with the statutory time around it.

    Attributes:
        packed: the configuration.
        running: the clocks that run, stopped or not.
        active: the suspensions under way.
        begun: whether statutory time has begun (`measured_from`).
    """

    packed: int
    running: Clocks
    active: Clocks
    begun: bool


class Event(NamedTuple):
    """What a step does to time: the label of the automaton.

    Attributes:
        lapse: the clock whose lapse takes the step.
        stopped, extended, started: the clocks it stops, extends (by how much; None without limit) and starts.
        frozen: the running clocks that a suspension stops afterwards.
        begun: whether statutory time has begun afterwards.
        outcome: the outcome, where the step ends the case.
        marks: what else is looked for at the step (the beginning and the end of a term, say).
    """

    lapse: str | None
    stopped: Clocks
    extended: tuple[tuple[str, Span | None], ...]
    started: Clocks
    frozen: Clocks
    begun: bool
    outcome: str | None
    marks: frozenset[str] = frozenset()


_Around = tuple[Clocks, Clocks, bool]
"""The clocks that run, the suspensions under way, and whether statutory time has begun."""
_Change = tuple[Event | None, _Around, "dict[int, Node]"]
"""What a rule does to time (None where it is a lapse that cannot happen), what is around it, and the nodes known there."""


@dataclass(frozen=True)
class ClockedGraph:
    """The reachable configurations of a table with the clocks that run in them.

    Attributes:
        table: whose configurations these are.
        marks: tells what is looked for at a step that leads to a configuration, by the clocks that run before and after
            it; nothing by default.
        without: steps that are never taken.
    """

    table: Table
    marks: Marks | None = None
    without: frozenset[str] = frozenset()

    @cached_property
    def stops(self) -> Mapping[str, Clocks]:
        """For each suspension, the clocks it stops under the readings of the table."""
        readings = self.table.readings
        return {
            each.id: frozenset(
                stop.clock for stop in each.stops if simplify(stop.when, readings) == TRUE
            )
            for each in self.table.procedure.suspensions
        }

    def frozen(self, node: Node) -> Clocks:
        """Return the running clocks that a suspension stops."""
        return self._frozen(node.running, node.active)

    def _frozen(self, running: Clocks, active: Clocks) -> Clocks:
        return frozenset(clock for name in active for clock in self.stops[name] if clock in running)

    def stoppers(self, node: Node) -> frozenset[str]:
        """Return the suspensions under way that stop a running clock."""
        return frozenset(name for name in node.active if self.stops[name] & node.running)

    def initial(self) -> list[Node]:
        """Return the nodes a case begins in."""
        return [
            Node(packed, frozenset(), frozenset(), begun=False) for packed in self.table.initial
        ]

    def moves(self, node: Node) -> list[tuple[Rule, Event, Node]]:
        """Return every step that can be taken in a node, what it does to time, and where it leads.

        A lapse is possible where its clock runs and no suspension stops it.
        """
        mask = 0 if self.marks is None else self.marks.mask
        changes = self._changes.setdefault(node[1:], {})
        found: list[tuple[Rule, Event, Node]] = []
        for rule, to in self.table.kept_moves(node.packed):
            key = (id(rule), to & mask) if mask else id(rule)
            change = changes.get(key)
            if change is None:
                change = changes[key] = self._change(node, rule, to)
            event, after, nodes = change
            if event is not None:
                there = nodes.get(to)
                if there is None:
                    there = nodes[to] = Node(to, *after)
                found.append((rule, event, there))
        return found

    @cached_property
    def _changes(self) -> dict[_Around, dict[tuple[int, int] | int, _Change]]:
        """What rules (by identity) do to time, by what marks look at: the configuration makes no other difference."""
        return {}

    @cached_property
    def _nodes(self) -> dict[_Around, dict[int, Node]]:
        """The nodes that moves lead to, so that each is made once."""
        return {}

    def _change(self, node: Node, rule: Rule, to: int) -> _Change:
        event, running, active, begun = self._effect(node, rule)
        if event is not None and self.marks is not None:
            marks = self.marks(rule, to, node.running, running)
            event = event._replace(marks=marks) if marks else event
        around = running, active, begun
        return event, around, self._nodes.setdefault(around, {})

    def _effect(self, node: Node, rule: Rule) -> tuple[Event | None, Clocks, Clocks, bool]:
        frozen = self.frozen(node)
        running, active = set(node.running), set(node.active)
        impossible = rule.lapse_of is not None and (
            rule.lapse_of not in running or rule.lapse_of in frozen
        )
        if impossible or rule.step in self.without:
            return None, node.running, node.active, node.begun
        stopped: set[str] = set()
        started: set[str] = set()
        extended: list[tuple[str, Span | None]] = []
        for op in rule.ops:
            match op.kind:
                case "stop" if op.name in running:
                    running.discard(op.name)
                    stopped.add(op.name)
                case "extend" if op.name in running:
                    extended.append((op.name, op.by))
                case "start":
                    running.add(op.name)
                    started.add(op.name)
                case "begin":
                    active.add(op.name)
                case "end":
                    active.discard(op.name)
                case _:
                    pass
        outcome = self.outcome(rule)
        if outcome is not None:
            stopped |= running
            running, active = set(), set()
        begun = node.begun or rule.step in self.table.procedure.measured_from
        after = frozenset(running), frozenset(active)
        event = Event(
            rule.lapse_of,
            frozenset(stopped),
            tuple(extended),
            frozenset(started),
            self._frozen(*after),
            begun,
            outcome,
        )
        return event, *after, begun

    @cached_property
    def _outcomes(self) -> Mapping[tuple[str, str], str]:
        procedure = self.table.procedure
        return {
            (step, source): outcome.id
            for outcome in procedure.outcomes
            for step in outcome.steps
            for source in (outcome.sources or procedure.step[step].sources)
        }

    def outcome(self, rule: Rule) -> str | None:
        """Return the outcome that a rule brings about, if it ends the case."""
        stages = self.table.procedure.stage
        if stages[rule.target].final and not stages[rule.source].final:
            return self._outcomes.get((rule.step, rule.source), rule.target)
        return None

    @cached_property
    def edges(self) -> Mapping[Node, tuple[tuple[Rule, Event, Node], ...]]:
        """Every reachable node with its moves; final stages are left out, time ends there."""
        found: dict[Node, tuple[tuple[Rule, Event, Node], ...]] = {}
        queue = deque(dict.fromkeys(self.initial()))
        seen = set(queue)
        while queue:
            node = queue.popleft()
            if self.table.is_final(node.packed):
                continue
            found[node] = moves = tuple(self.moves(node))
            for _, _, to in moves:
                if to not in seen:
                    seen.add(to)
                    queue.append(to)
        return found

    def silent(self, node: Node, event: Event) -> bool:
        """Return whether a move changes nothing about time."""
        return (
            event.lapse is None
            and event.outcome is None
            and not (event.stopped or event.extended or event.started or event.marks)
            and event.begun == node.begun
            and event.frozen == self.frozen(node)
        )


@dataclass(frozen=True, slots=True)
class Moment:
    """A state of the automaton: all configurations that the same events lead to.

    Attributes:
        id: its number; 0 is where a case begins.
        running: the clocks that run in it.
        frozen: those of them that a suspension stops.
        begun: whether statutory time has begun.
        events: what can happen next, with the number of the state it leads to (None where the case ends).
    """

    id: int
    running: Clocks
    frozen: Clocks
    begun: bool
    events: tuple[tuple[Event, int | None], ...]


def moments(graph: ClockedGraph) -> tuple[Moment, ...]:
    """Return the deterministic automaton of the clock events of a graph (subset construction)."""
    silent, loud = _sorted(graph)
    start = _closure(graph.initial(), silent)
    numbers: dict[frozenset[Node], int] = {start: 0}
    result: list[Moment] = []
    queue = deque([start])
    while queue:
        members = queue.popleft()
        events: list[tuple[Event, int | None]] = []
        for event, nodes in _targets(members, loud).items():
            closed = frozenset[Node]() if event.outcome else _closure(nodes, silent)
            if closed and closed not in numbers:
                numbers[closed] = len(numbers)
                queue.append(closed)
            events.append((event, numbers[closed] if closed else None))
        one = next(iter(members))
        frozen = graph.frozen(one)
        result.append(Moment(numbers[members], one.running, frozen, one.begun, tuple(events)))
    return tuple(result)


def _sorted(
    graph: ClockedGraph,
) -> tuple[dict[Node, list[Node]], dict[Node, list[tuple[Event, Node]]]]:
    """Return where each node leads without anything happening to time, and what else can happen in it."""
    known: dict[int, bool] = {}
    silent: dict[Node, list[Node]] = {}
    loud: dict[Node, list[tuple[Event, Node]]] = {}
    for node, moves in graph.edges.items():
        still, others = silent[node], loud[node] = [], []
        for _, event, to in moves:
            quiet = known.get(id(event))
            if quiet is None:
                quiet = known[id(event)] = graph.silent(node, event)
            if quiet:
                still.append(to)
            else:
                others.append((event, to))
    return silent, loud


def _targets(
    members: frozenset[Node], loud: Mapping[Node, list[tuple[Event, Node]]]
) -> dict[Event, list[Node]]:
    """Return what can happen to time in a set of nodes, with the nodes it leads to."""
    found: dict[int, tuple[Event, list[Node]]] = {}
    for node in members:
        for event, to in loud.get(node, ()):
            found.setdefault(id(event), (event, []))[1].append(to)
    targets: dict[Event, list[Node]] = {}
    for event, nodes in found.values():
        targets.setdefault(event, []).extend(nodes)
    return targets


def _closure(nodes: Iterable[Node], silent: Mapping[Node, list[Node]]) -> frozenset[Node]:
    """Return the nodes with all that can be reached from them without anything happening to time."""
    found = set(nodes)
    queue = list(found)
    while queue:
        for to in silent.get(queue.pop(), ()):
            if to not in found:
                found.add(to)
                queue.append(to)
    return frozenset(found)
