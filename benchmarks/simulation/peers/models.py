"""What the programs in Python share: the numbers of the models, and what a program prints. The standard library only."""

from __future__ import annotations

import json
import math
import sys
import time
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    Found = dict[str, object]
    Run = Callable[[str, float, int], tuple[int, Sequence[float]]]


def lognormal(mean: float, cv: float) -> tuple[float, float]:
    """Return mean and standard deviation of the logarithm."""
    variance = math.log(1 + cv * cv)
    return math.log(mean) - variance / 2, math.sqrt(variance)


ACCEPTANCE = lognormal(1.4, 0.5)
REVIEW = lognormal(8.695652, 0.5)
SUPPLEMENT = lognormal(20.0, 0.8)
REPLY = lognormal(7.0, 0.5)
SPECIAL = lognormal(31.372549, 0.6)
CLERKS, REVIEWERS, SPECIALISTS, DEPARTMENTS = 2, 10, 4, 13
EXIT, AGAIN, OBJECTION = 0.15, 0.15, 0.12
PERIOD = 30.0
"""Days from one meeting to the next."""
DESKS, GAP, SERVICE = 5, 0.25, 1.0
"""M/M/5: servers, mean days between two customers, mean service."""

_quantile = NormalDist().inv_cdf


def last_reply(random: Random) -> float:
    """Draw the greatest of thirteen replies: the thirteenth root of a uniform number is the greatest of thirteen."""
    mean, deviation = REPLY
    u = 1.0 - random.random()
    return math.exp(mean + deviation * _quantile(min(u ** (1 / DEPARTMENTS), 1 - 2**-53)))


def peak() -> float:
    """Return the most memory that this process has had, in MB; what started it does not count."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return float(status.split("VmHWM:")[1].split()[0]) / 1024


def main(run: Run) -> None:
    """Run a model as often as each line of the standard input says, and print what was found.

    Args:
        run: returns for a model, days and a seed how many cases arrived, and the time in the system of each that ended.
    """
    model, days = sys.argv[1], float(sys.argv[2])

    def simulated(runs: int, seed: int) -> Found:
        cases, ended, means = 0, 0, []
        began = time.process_time()
        for number in range(runs):
            arrived, times = run(model, days, seed + number)
            cases += arrived
            ended += len(times)
            means.append(math.fsum(times) / len(times))
        spent = time.process_time() - began
        return {"cases": cases, "ended": ended, "means": means, "seconds": spent}

    answer(simulated)


def answer(simulated: Callable[[int, int], Found]) -> None:
    """Print what is found for each line of the standard input, RUNS SEED, and the memory that the process has had."""
    before = peak()
    for line in sys.stdin:
        runs, seed = map(int, line.split())
        found = simulated(runs, seed)
        most = peak()
        print(json.dumps({**found, "peak": most, "grown": most - before}), flush=True)
