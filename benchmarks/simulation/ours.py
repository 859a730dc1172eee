"""What duecourse does of the benchmark, in a process of its own. Prints what it found as JSON.

    echo RUNS FIRST | python ours.py model-b|mm5|baseline-2022 FORM
    python ours.py draws

The forms: "compiled" with the full log, "watched" with all properties of the project watching every case too, "unlogged"
without a log, "reference" on SimPy, and "recursion" without an agenda where duecourse has that. The runs are numbered from FIRST on.
"""

from __future__ import annotations

import json
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
from peers.models import answer

from duecourse.kernels import chance
from duecourse.kernels import layout as at
from duecourse.kernels.chance import LOGNORMAL
from duecourse.kernels.compiling import shared
from duecourse.model.names import names_in_reach
from duecourse.properties.property_file import load_properties
from duecourse.scenarios import load_scenario
from duecourse.simulations.compiled import CompiledOffice
from duecourse.simulations.plan import Plan
from duecourse.simulations.process import Office

if TYPE_CHECKING:
    from collections.abc import Callable

    from duecourse.scenarios.scenario import Scenario

ROOT = Path(__file__).resolve().parent / "project"
DAYS = 4_998
"""Working days of the scenarios' twenty years, which the others simulate too."""
UNKEPT = 10**6
"""A replication that is run once for nothing, which compiles or loads the engine and finds the size of its arrays."""

Found = dict[str, Any]


def scenario_of(model: str) -> Scenario:
    """Return a scenario of the benchmark, or one that is shipped."""
    if model == "baseline-2022":
        return load_scenario(model)
    return load_scenario(model, root=ROOT)


def reference(plan: Plan, runs: range) -> Found:
    """Simulate on SimPy, the engine that the compiled one has to equal."""
    began = time.process_time()
    logs = [Office(plan, 1, number).run() for number in runs]
    spent = time.process_time() - began
    means = []
    for log in logs:
        came = {each.case: each.time for each in log.events if each.event == "arrival"}
        ends = [each for each in log.events if each.event == "step" and each.to == "closed"]
        times = [each.time - came[each.case] for each in ends]
        means.append(sum(times) / len(times) if times else 0.0)
    cases = sum(each.event == "arrival" for log in logs for each in log.events)
    return {"cases": cases, "seconds": spent, "means": means, "lines": sum(map(lines_of, logs))}


def lines_of(log: Any) -> int:  # noqa: ANN401  (of duecourse)
    """Return how many lines a log has."""
    return len(log.events)


def compiled(office: CompiledOffice, runs: range, *, quiet: bool) -> Found:
    """Simulate on the compiled engine."""
    seconds, cases, lines, means = 0.0, 0, 0, []
    for number in runs:
        began = time.process_time()
        records = office.run(1, number, quiet=quiet)
        seconds += time.process_time() - began
        cases += int(office.state.scalars[at.CASES])
        lines += int(office.state.scalars[at.LINES])
        if not quiet and "closed" in office.grown.lowered.stages:
            means.append(mean_time(records.lines, office.grown.lowered.stages["closed"]))
    return {"cases": cases, "seconds": seconds, "lines": lines, "means": means}


def mean_time(lines: Any, final: int) -> float:  # noqa: ANN401  (an array)
    """Return the mean time from arrival to end of the cases that ended."""
    line, case = lines[:, at.WHO] & 15, lines[:, at.WHO] >> 4
    arrived = lines[line == at.ARRIVED]
    ends = (line == at.STEP) & ((lines[:, at.WHAT] >> 12 & 0xFFF) == final)
    spent = lines[ends, at.TIME] - arrived[case[ends], at.TIME]
    return float(spent.mean() / at.TICKS)


def recursion(office: Any, runs: range) -> Found:  # noqa: ANN401  (of duecourse, which may not have it)
    """Simulate on the recursion, which gives when each case came and ended and nothing else."""
    seconds, cases, means = 0.0, 0, []
    for number in runs:
        began = time.process_time()
        times = office.times(1, number)
        seconds += time.process_time() - began
        ended = times[times[:, 1] != at.NONE]
        cases += len(times)
        means.append(float((ended[:, 1] - ended[:, 0]).mean() / at.TICKS))
    return {"cases": cases, "seconds": seconds, "means": means}


def draws(count: int = 2_000_000) -> Found:
    """Return the nanoseconds of CPU that compiled code takes to draw a uniform number, and a lognormal one from its own."""
    names = ("ratio", "normal_quantile", "between", "triangular", "quantile", "uniform_of")
    functions = shared(vars(chance), names)
    quantile, uniform_of = functions["quantile"], functions["uniform_of"]

    def uniform(count: int, _: Any) -> float:  # noqa: ANN401  (an array)
        found = 0.0
        for number in range(count):
            found += uniform_of(np.uint64(number), np.uint64(7), np.uint64(0))
        return found

    def lognormal(count: int, values: Any) -> float:  # noqa: ANN401  (an array)
        found = 0.0
        for number in range(count):
            u = uniform_of(np.uint64(number), np.uint64(7), np.uint64(0))
            found += quantile(LOGNORMAL, values, 0, 2, u)
        return found

    times = {}
    for function in (uniform, lognormal):
        ready, values = numba.njit(function), np.array([1.8, 0.47])
        ready(1, values)
        began = time.process_time()
        ready(count, values)
        times[function.__name__] = (time.process_time() - began) / count * 1e9
    return times


def prepared(model: str, form: str) -> Callable[[range], Found]:
    """Return what simulates, after a run for nothing: the engine compiled or loaded, and its arrays as large as it needs."""
    scenario = scenario_of(model)
    watched = form == "watched"
    properties = load_properties(ROOT, known=names_in_reach(ROOT)) if watched else ()
    plan = Plan(scenario, [each for each in properties if each.concerns(scenario.procedure)])
    assert model == "baseline-2022" or plan.days.length == DAYS, plan.days.length
    if form == "reference":
        return partial(reference, plan)
    if form == "recursion":
        from duecourse.simulations.recursion import Recursion

        path = Recursion(plan)
        path.times(1, UNKEPT)
        return partial(recursion, path)
    quiet, office = form == "unlogged", CompiledOffice(plan)
    for number in range(30 if model == "baseline-2022" else 1):
        office.run(1, UNKEPT + number, quiet=quiet)
    return partial(compiled, office, quiet=quiet)


def main(model: str, form: str) -> None:
    """Simulate as often as asked, and print what was found."""
    simulated = prepared(model, form)
    answer(lambda runs, first: simulated(range(first, first + runs)))


if __name__ == "__main__":
    if sys.argv[1] == "draws":
        print(json.dumps(draws()))
    else:
        main(sys.argv[1], sys.argv[2])
