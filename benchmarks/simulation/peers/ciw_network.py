"""The models as networks of Ciw. Prints what it found as JSON.

    echo RUNS SEED | python ciw_network.py maximum|mm5 DAYS

What is an equal law is written as one: Ciw has no fork and join, so a consultation is a node with infinitely many servers
whose service time is that of the last reply, and the wait for a meeting is one whose service lasts to the next meeting.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import ciw
from models import (
    ACCEPTANCE,
    AGAIN,
    CLERKS,
    DESKS,
    EXIT,
    GAP,
    OBJECTION,
    PERIOD,
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
    from collections.abc import Sequence

FIRST, REVISED, LAST, EXTRA, SECOND, MEETING = range(2, 8)
"""The nodes of model (b) after acceptance: preliminary review, supplement, consultation, special review, again, council."""


class LastReply(ciw.dists.Distribution):
    """The greatest of thirteen replies."""

    def sample(self, t: float | None = None, ind: object = None) -> float:  # noqa: ARG002  (Ciw's)
        """Draw it."""
        return last_reply(random)  # type: ignore[arg-type]


class ToMeeting(ciw.dists.Distribution):
    """What is left to the next meeting."""

    def sample(self, t: float | None = None, ind: object = None) -> float:  # noqa: ARG002  (Ciw's)
        """Return it."""
        assert t is not None
        return PERIOD - t % PERIOD


def route(_: object, __: object) -> list[int]:
    """Draw the way of a case through the nodes after the first."""
    chance = random.random
    if chance() < EXIT:
        return []
    again = [FIRST, REVISED] if chance() < AGAIN else []
    more = [EXTRA, SECOND, MEETING] if chance() < OBJECTION else []
    return [*again, FIRST, LAST, *more]


def office() -> ciw.network.Network:
    """Return model (b)."""
    law, endless = ciw.dists.Lognormal, float("inf")
    nodes = 7
    return ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(1.0), *[None] * (nodes - 1)],
        service_distributions=[
            law(*ACCEPTANCE),
            law(*REVIEW),
            law(*SUPPLEMENT),
            LastReply(),
            law(*SPECIAL),
            LastReply(),
            ToMeeting(),
        ],
        number_of_servers=[CLERKS, REVIEWERS, endless, endless, SPECIALISTS, endless, endless],
        routing=ciw.routing.ProcessBased(route),
    )


def queue() -> ciw.network.Network:
    """Return M/M/5."""
    return ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(1 / GAP)],
        service_distributions=[ciw.dists.Exponential(1 / SERVICE)],
        number_of_servers=[DESKS],
    )


def run(model: str, days: float, seed: int) -> tuple[int, Sequence[float]]:
    """Run a model once."""
    ciw.seed(seed)
    simulation = ciw.Simulation(queue() if model == "mm5" else office())
    simulation.simulate_until_max_time(days)
    ended = simulation.nodes[-1].all_individuals
    times = [each.data_records[-1].exit_date - each.data_records[0].arrival_date for each in ended]
    return simulation.nodes[0].number_of_individuals, times


if __name__ == "__main__":
    main(run)
