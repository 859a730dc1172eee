"""Dates for a way through a table: every limit that is due lapses, and nothing happens that the law would prevent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from duecourse.model.clocks import Ledger, next_lapse, open_ledger
from duecourse.properties.trace import Taken, Trace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duecourse.model.table import Rule, Table

MAX_TRIES = 2_000
"""How many days are tried for the steps of one way before it counts as one that cannot be dated."""

DAY = timedelta(1)


class Lapse(NamedTuple):
    """A limit that lapsed.

    Attributes:
        on: the last day of the limit.
        clock: which.
        step: the step that the law took then; None where the lapse is a breach.
    """

    on: date
    clock: str
    step: str | None


@dataclass
class Walk:
    """A case on a day, on its way through a table.

    Attributes:
        table: where it goes.
        packed: the configuration.
        day: today.
        ledger: its clocks.
        closed: whether a lapse has closed the day.
        taken: the steps so far, each with its day and its rule.
        lapses: what lapsed so far.
    """

    table: Table
    packed: int
    day: date
    ledger: Ledger
    closed: bool = False
    taken: tuple[tuple[date, Rule], ...] = ()
    lapses: tuple[Lapse, ...] = ()

    def copy(self) -> Walk:
        """Return a case in the same state, with clocks of its own."""
        old = self.ledger
        ledger = Ledger(
            old.procedure,
            old.readings,
            old.calendar,
            old.first_day_counts,
            dict(old.running),
            [],
            dict(old.active),
        )
        return Walk(self.table, self.packed, self.day, ledger, self.closed, self.taken, self.lapses)

    def take(self, rule: Rule) -> bool:
        """Take a step today; return whether that was possible."""
        if self.closed and rule.lapse_of is None:
            return False
        if not rule.fires(self.packed):
            return False
        self.packed = rule.successor(self.packed)
        stages = self.table.procedure.stage
        ends = stages[rule.target].final and not stages[rule.source].final
        self.ledger.apply(rule.ops, self.day, ends=ends)
        self.taken = (*self.taken, (self.day, rule))
        return True

    def key(self) -> tuple[object, ...]:
        """Return what the future of the case depends on."""
        ledger = self.ledger
        dues = tuple(
            sorted(
                (name, str(ledger.due(name)), run.lapsed) for name, run in ledger.running.items()
            )
        )
        return len(self.taken), self.day, self.closed, dues

    def next_due(self) -> date | None:
        """Return the day on which the next limit lapses, if nothing happens; None where none will."""
        ledger = self.ledger
        dues = [ledger.due(name) for name, run in ledger.running.items() if not run.lapsed]
        return min((due for due in dues if due is not None), default=None)

    def lapse(self) -> Rule | None:
        """Let the next of the limits lapse that are due today; return the step that the law took, None for a breach."""
        rules = {rule.lapse_of: rule for rule, _ in self.table.moves(self.packed)}
        found = next_lapse(
            self.table.procedure.clocks, self.ledger.lapses(self.day + DAY), rules.get
        )
        assert found is not None, "no limit is due"
        _, clock, rule = found
        self.ledger.record_lapse(clock)
        self.lapses = (*self.lapses, Lapse(self.day, clock, rule.step if rule else None))
        self.closed = True
        if rule is not None:
            self.take(rule)
        return rule

    def until(self, day: date) -> bool:
        """Let days pass; return False where the law takes a step before that day."""
        while (due := self.next_due()) is not None and due < day:
            self.day = max(due, self.day)
            if self.lapse() is not None:
                return False
        if self.day < day:
            self.day, self.closed = day, False
        return True

    def until_lapse(self) -> Rule | None:
        """Let days pass until the law takes a step, and return it; None where it takes none."""
        while (due := self.next_due()) is not None:
            if due > self.day:
                self.day, self.closed = due, False
            rule = self.lapse()
            if rule is not None:
                return rule
        return None


def begin(table: Table, packed: int) -> Walk:
    """Return a case on its first day: the first working day a year after the text came into force."""
    ledger = open_ledger(table.procedure, table.readings)
    since = table.procedure.in_force[0]
    wanted = date(since.year + 1, since.month, min(since.day, 28)) if since else date(2023, 1, 1)
    calendar = ledger.calendar
    first = calendar.next_working(min(max(wanted, calendar.first), calendar.published_until))
    return Walk(table, packed, first, ledger)


def walk(table: Table, rules: Sequence[Rule]) -> Walk | None:
    """Return a way with its dates, each step as early as it can be; None where it cannot happen in time.

    Days are tried for every step until those that follow can be dated: that of two limits one lapses first may need a
    day between their starts.
    """
    start = next((x for x in table.initial if _leads(x, rules)), None)
    if start is None:
        return None
    return _search(begin(table, start), rules)


def _leads(packed: int, rules: Sequence[Rule]) -> bool:
    for rule in rules:
        if not rule.fires(packed):
            return False
        packed = rule.successor(packed)
    return True


@dataclass
class _Search:
    tries: int = 0
    seen: set[tuple[object, ...]] = field(default_factory=set)


def _search(first: Walk, rules: Sequence[Rule]) -> Walk | None:
    search = _Search()
    stack = [first]
    while stack and search.tries < MAX_TRIES:
        here = stack.pop()
        while len(here.taken) < len(rules):
            search.tries += 1
            rule = rules[len(here.taken)]
            if rule.lapse_of is not None:
                if here.until_lapse() is not rule:
                    break
                continue
            later = here.copy()
            if (later.closed or later.next_due() is not None) and later.until(later.day + DAY):
                key = later.key()
                if key not in search.seen:
                    search.seen.add(key)
                    stack.append(later)
            if not here.take(rule):
                break
        else:
            return here
    return None


def told(walked: Walk) -> Trace:
    """Return a dated way as a case that can be told."""
    procedure = walked.table.procedure
    taken: list[Taken] = []
    replies = 0
    for on, rule in walked.taken:
        member = None
        if procedure.step[rule.step].reply is not None:
            member, replies = replies, replies + 1
        if any(op.kind == "open" for op in rule.ops):
            replies = 0
        taken.append(Taken(on, rule.step, member, rule.target))
    return Trace(procedure, walked.table.readings, tuple(taken))
