"""The models as one writes them by hand in SimPy. Prints what it found as JSON.

    echo RUNS SEED | python simpy_by_hand.py replies|maximum|thirteen|mm5 DAYS

"replies" is model (b) with every department's reply an event; "maximum" has one event for each consultation, and
one draw for it; "thirteen" draws every reply.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import simpy
from models import (
    ACCEPTANCE,
    AGAIN,
    CLERKS,
    DEPARTMENTS,
    DESKS,
    EXIT,
    GAP,
    OBJECTION,
    PERIOD,
    REPLY,
    REVIEW,
    REVIEWERS,
    SERVICE,
    SPECIAL,
    SPECIALISTS,
    SUPPLEMENT,
    last_reply,
    main,
)

if TYPE_CHECKING:
    from collections.abc import Generator

    Life = Generator[simpy.Event, object, None]


class Office:
    """One run of model (b)."""

    def __init__(self, model: str, days: float, seed: int) -> None:
        self.random = Random(seed)
        self.environment = simpy.Environment()
        self.acceptance = simpy.Resource(self.environment, CLERKS)
        self.preliminary = simpy.Resource(self.environment, REVIEWERS)
        self.special = simpy.Resource(self.environment, SPECIALISTS)
        self.council = self.environment.event()
        ways = {"replies": self.replies, "maximum": self.last, "thirteen": self.greatest}
        self.consultation = ways[model]
        self.cases = 0
        self.times: list[float] = []
        self.environment.process(self.arrivals())
        self.environment.process(self.meetings())
        self.environment.run(days)

    def arrivals(self) -> Life:
        """Let cases arrive."""
        while True:
            yield self.environment.timeout(self.random.expovariate(1.0))
            self.cases += 1
            self.environment.process(self.case())

    def meetings(self) -> Life:
        """Let the council meet."""
        while True:
            yield self.environment.timeout(PERIOD)
            self.council.succeed()
            self.council = self.environment.event()

    def work(self, pool: simpy.Resource, law: tuple[float, float]) -> Life:
        """Have a member of a pool do some work."""
        with pool.request() as member:
            yield member
            yield self.environment.timeout(self.random.lognormvariate(*law))

    def replies(self) -> Life:
        """Wait for the last of thirteen replies, each an event."""
        replies = [
            self.environment.timeout(self.random.lognormvariate(*REPLY)) for _ in range(DEPARTMENTS)
        ]
        yield self.environment.all_of(replies)

    def last(self) -> Life:
        """Wait for the last reply."""
        yield self.environment.timeout(last_reply(self.random))

    def greatest(self) -> Life:
        """Wait for the last of thirteen replies, without an event for the others."""
        draw = self.random.lognormvariate
        yield self.environment.timeout(max(draw(*REPLY) for _ in range(DEPARTMENTS)))

    def case(self) -> Life:
        """Live the life of a case."""
        began, chance = self.environment.now, self.random.random
        yield from self.work(self.acceptance, ACCEPTANCE)
        if chance() >= EXIT:
            if chance() < AGAIN:
                yield from self.work(self.preliminary, REVIEW)
                yield self.environment.timeout(self.random.lognormvariate(*SUPPLEMENT))
            yield from self.work(self.preliminary, REVIEW)
            yield from self.consultation()
            if chance() < OBJECTION:
                yield from self.work(self.special, SPECIAL)
                yield from self.consultation()
                yield self.council
        self.times.append(self.environment.now - began)


class Queue:
    """One run of M/M/5."""

    def __init__(self, days: float, seed: int) -> None:
        self.random = Random(seed)
        self.environment = simpy.Environment()
        self.desks = simpy.Resource(self.environment, DESKS)
        self.cases = 0
        self.times: list[float] = []
        self.environment.process(self.arrivals())
        self.environment.run(days)

    def arrivals(self) -> Life:
        """Let customers arrive."""
        while True:
            yield self.environment.timeout(self.random.expovariate(1 / GAP))
            self.cases += 1
            self.environment.process(self.customer())

    def customer(self) -> Life:
        """Wait, be served, and leave."""
        began = self.environment.now
        with self.desks.request() as desk:
            yield desk
            yield self.environment.timeout(self.random.expovariate(1 / SERVICE))
        self.times.append(self.environment.now - began)


def run(model: str, days: float, seed: int) -> tuple[int, list[float]]:
    """Run a model once."""
    office = Queue(days, seed) if model == "mm5" else Office(model, days, seed)
    return office.cases, office.times


if __name__ == "__main__":
    main(run)
