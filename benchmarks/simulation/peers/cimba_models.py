"""The models in the Python package cimba, compiled for the Cimba engine. Prints what it found as JSON.

    echo RUNS SEED | python cimba_models.py replies|maximum|mm5 DAYS

"replies" is model (b) with every department's reply an event; "maximum" has one event for each consultation.
A process of this package has one timer at most, so it waits for its thirteen replies one after the other, in their order:
as many events at the same times, of which only the next is on the agenda.
"""

import math
import sys
import time

import cimba as cb
from cimba import random
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
    answer,
)

REPLY_MEAN, REPLY_DEVIATION = REPLY


class Office(cb.Model):
    """Model (b)."""

    acceptance: cb.Resource = cb.Resource(capacity=CLERKS)
    preliminary: cb.Resource = cb.Resource(capacity=REVIEWERS)
    special: cb.Resource = cb.Resource(capacity=SPECIALISTS)
    each_reply: cb.Param[bool] = True
    total: float = 0.0
    cases: cb.Output[int]
    ended: cb.Output[int]
    mean: cb.Output[float]

    @cb.process
    def arrivals(self) -> None:
        """Let cases arrive."""
        while True:
            cb.hold(random.exponential(1.0))
            self.cases += 1
            cb.spawn(Case, office=self)

    @cb.on_end
    def measure(self) -> None:
        """Say what was found."""
        self.mean = self.total / self.ended


class Case(cb.Model):
    """A case."""

    office: cb.Ref[Office]
    replies: cb.Array[float] = cb.Array(DEPARTMENTS)

    @cb.function
    def consult(self, each_reply: bool) -> None:  # noqa: FBT001  (compiled code has no keywords)
        """Wait for the last reply, and for each before it where each is an event."""
        if each_reply:
            replies = self.replies
            for count in range(DEPARTMENTS):
                drawn = random.lognormal(REPLY_MEAN, REPLY_DEVIATION)
                at = count
                while at > 0 and replies[at - 1] > drawn:
                    replies[at] = replies[at - 1]
                    at -= 1
                replies[at] = drawn
            waited = 0.0
            for count in range(DEPARTMENTS):
                cb.hold(replies[count] - waited)
                waited = replies[count]
        else:
            last = random.normal(0.0, 1.0)
            for _ in range(DEPARTMENTS - 1):
                last = max(last, random.normal(0.0, 1.0))
            cb.hold(math.exp(REPLY_MEAN + REPLY_DEVIATION * last))

    @cb.process
    def life(self) -> None:
        """Live the life of a case."""
        office = self.office
        began = cb.now()
        office.acceptance.acquire(1)
        cb.hold(random.lognormal(ACCEPTANCE[0], ACCEPTANCE[1]))
        office.acceptance.release(1)
        if random.uniform() >= EXIT:
            if random.uniform() < AGAIN:
                office.preliminary.acquire(1)
                cb.hold(random.lognormal(REVIEW[0], REVIEW[1]))
                office.preliminary.release(1)
                cb.hold(random.lognormal(SUPPLEMENT[0], SUPPLEMENT[1]))
            office.preliminary.acquire(1)
            cb.hold(random.lognormal(REVIEW[0], REVIEW[1]))
            office.preliminary.release(1)
            self.consult(office.each_reply)
            if random.uniform() < OBJECTION:
                office.special.acquire(1)
                cb.hold(random.lognormal(SPECIAL[0], SPECIAL[1]))
                office.special.release(1)
                self.consult(office.each_reply)
                cb.hold(PERIOD - cb.now() % PERIOD)
        office.total += cb.now() - began
        office.ended += 1


class Queue(cb.Model):
    """M/M/5."""

    desks: cb.Resource = cb.Resource(capacity=DESKS)
    total: float = 0.0
    cases: cb.Output[int]
    ended: cb.Output[int]
    mean: cb.Output[float]

    @cb.process
    def arrivals(self) -> None:
        """Let customers arrive."""
        while True:
            cb.hold(random.exponential(GAP))
            self.cases += 1
            cb.spawn(Customer, queue=self)

    @cb.on_end
    def measure(self) -> None:
        """Say what was found."""
        self.mean = self.total / self.ended


class Customer(cb.Model):
    """A customer."""

    queue: cb.Ref[Queue]

    @cb.process
    def life(self) -> None:
        """Wait, be served, and leave."""
        queue = self.queue
        began = cb.now()
        queue.desks.acquire(1)
        cb.hold(random.exponential(SERVICE))
        queue.desks.release(1)
        queue.total += cb.now() - began
        queue.ended += 1


def main(asked: str, days: float) -> None:
    """Answer for a model, after it has been compiled by a run for nothing."""
    model = Queue() if asked == "mm5" else Office()
    if asked != "mm5":
        model.each_reply = asked == "replies"
    cb.Experiment(model, window=cb.Window(duration=10.0)).run(workers=1)

    def simulated(runs: int, seed: int) -> dict[str, object]:
        experiment = cb.Experiment(
            model, replications=runs, window=cb.Window(duration=days), seed=seed
        )
        began = time.process_time()
        found = experiment.run(workers=1)
        spent = time.process_time() - began
        assert not found.failed.any(), found.failure_reasons
        return {
            "cases": int(found[model].cases.values.sum()),
            "ended": int(found[model].ended.values.sum()),
            "means": found[model].mean.values.ravel().tolist(),
            "seconds": spent,
        }

    answer(simulated)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
