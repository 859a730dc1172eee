"""Model (b) as one writes it by hand in SimPy: every department's reply is an event. Prints what it found as JSON.

python by_hand.py RUNS DAYS SEED
"""

from __future__ import annotations

import json
import math
import sys
import time
from random import Random
from typing import TYPE_CHECKING

import simpy

if TYPE_CHECKING:
    from collections.abc import Generator

    Life = Generator[simpy.Event, object, None]


def lognormal(mean: float, cv: float) -> tuple[float, float]:
    """Return mean and standard deviation of the logarithm."""
    variance = math.log(1 + cv * cv)
    return math.log(mean) - variance / 2, math.sqrt(variance)


ACCEPTANCE = lognormal(1.4, 0.5)
REVIEW = lognormal(8.695652, 0.5)
SUPPLEMENT = lognormal(20.0, 0.8)
REPLY = lognormal(7.0, 0.5)
SPECIAL = lognormal(31.372549, 0.6)
DEPARTMENTS = 13
EXIT, AGAIN, OBJECTION = 0.15, 0.15, 0.12


class Office:
    """One run."""

    def __init__(self, seed: int, days: float) -> None:
        self.random = Random(seed)
        self.environment = simpy.Environment()
        self.acceptance = simpy.Resource(self.environment, 2)
        self.preliminary = simpy.Resource(self.environment, 10)
        self.special = simpy.Resource(self.environment, 4)
        self.council = self.environment.event()
        self.cases = 0
        self.times: list[float] = []
        self.days = days
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
            yield self.environment.timeout(30)
            self.council.succeed()
            self.council = self.environment.event()

    def work(self, pool: simpy.Resource, law: tuple[float, float]) -> Life:
        """Have a member of a pool do some work."""
        with pool.request() as member:
            yield member
            yield self.environment.timeout(self.random.lognormvariate(*law))

    def consultation(self) -> Life:
        """Wait for the last reply."""
        replies = [
            self.environment.timeout(self.random.lognormvariate(*REPLY)) for _ in range(DEPARTMENTS)
        ]
        yield self.environment.all_of(replies)

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


def main(runs: int, days: float, seed: int) -> None:
    """Simulate, and print what was found."""
    began = time.process_time()
    offices = [Office(seed + run, days) for run in range(runs)]
    spent = time.process_time() - began
    times = [each for office in offices for each in office.times]
    cases = sum(office.cases for office in offices)
    means = [math.fsum(office.times) / len(office.times) for office in offices]
    print(json.dumps({"cases": cases, "ended": len(times), "means": means, "seconds": spent}))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
