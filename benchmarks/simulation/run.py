"""Measure model (b) and the shipped baseline on every engine side by side, and write docs/background/benchmarks-simulation.md.

    python benchmarks/simulation/run.py [--rounds 5] [--runs 10] [--output FILE]

Mean times in the system are compared first; if they differ, nothing is measured. Each figure is the median over rounds in
which the programs take turns, in microseconds of CPU for each case, without starting the program or compiling it.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "background" / "benchmarks-simulation.md"
DAYS = 4_998
"""Working days of the scenario's twenty years, which the others simulate too."""

Found = dict[str, Any]

NAMES = {
    "compiled": "duecourse, compiled, full log",
    "watched": "duecourse, compiled, full log, all monitors",
    "unlogged": "duecourse, compiled, no log",
    "reference": "duecourse, SimPy engine, full log",
    "simpy": "SimPy, written by hand, no log",
    "loop": "C event loop, no log",
    "log": "C event loop, the same log",
    "recursion": "C recursion, completion times only",
}


def ours(form: str, runs: int) -> Found:
    """Simulate model (b) in this process."""
    from duecourse.kernels import layout as at
    from duecourse.model.names import names_in_reach
    from duecourse.properties.property_file import load_properties
    from duecourse.scenarios import load_scenario
    from duecourse.simulations.compiled import CompiledOffice
    from duecourse.simulations.plan import Plan
    from duecourse.simulations.process import Office

    root = HERE / "project"
    scenario = load_scenario("model-b", root=root)
    properties = load_properties(root, known=names_in_reach(root)) if form == "watched" else ()
    plan = Plan(scenario, properties)
    assert plan.days.length == DAYS, plan.days.length
    if form == "reference":
        runs = max(runs // 5, 1)
        began = time.process_time()
        logs = [Office(plan, 1, number).run() for number in range(runs)]
        seconds = time.process_time() - began
        cases = sum(each.event == "arrival" for log in logs for each in log.events)
        return {"cases": cases, "seconds": seconds, "lines": sum(len(log.events) for log in logs)}
    office = CompiledOffice(plan)
    office.run(1, 10**6, quiet=form == "unlogged")  # compiles, or loads what was compiled
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds, cases, lines, means = 0.0, 0, 0, []
    for number in range(runs):
        began = time.process_time()
        records = office.run(1, number, quiet=form == "unlogged")
        seconds += time.process_time() - began
        cases += int(office.state.scalars[at.CASES])
        lines += int(office.state.scalars[at.LINES])
        if form == "compiled":
            means.append(mean_time(records.lines, office.grown.lowered.stages["closed"]))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {"cases": cases, "seconds": seconds, "lines": lines, "means": means, "grown": grown}


def mean_time(lines: Any, final: int) -> float:  # noqa: ANN401  (an array)
    """Return the mean time from arrival to end of the cases that ended."""
    from duecourse.kernels import layout as at

    line, case = lines[:, at.WHO] & 15, lines[:, at.WHO] >> 4
    arrived = lines[line == at.ARRIVED]
    ends = (line == at.STEP) & ((lines[:, at.WHAT] >> 12 & 0xFFF) == final)
    spent = lines[ends, at.TIME] - arrived[case[ends], at.TIME]
    return float(spent.mean() / at.TICKS)


def baseline(engine: str) -> Found:
    """Simulate the shipped baseline in this process; return what it takes without and with its indicators."""
    from duecourse.kernels import layout as at
    from duecourse.scenarios import load_scenario
    from duecourse.simulations.compiled import CompiledOffice
    from duecourse.simulations.plan import Plan
    from duecourse.simulations.process import Office

    plan = Plan(load_scenario("baseline-2022"))
    if engine == "reference":
        began = time.process_time()
        logs = [Office(plan, 1, number).run() for number in range(3)]
        seconds = time.process_time() - began
        return {
            "cases": sum(each.event == "arrival" for log in logs for each in log.events),
            "seconds": seconds,
        }
    office = CompiledOffice(plan)
    for number in range(30):
        office.run(1, 10**6 + number)
    seconds, cases = 0.0, 0
    for number in range(30):
        began = time.process_time()
        office.run(1, number)
        seconds += time.process_time() - began
        cases += int(office.state.scalars[at.CASES])
    return {"cases": cases, "seconds": seconds}


def start(*, cached: bool) -> float:
    """Return the CPU seconds of a process that loads the engine, or compiles it."""
    with tempfile.TemporaryDirectory() as folder:
        code = "from duecourse.simulations.compiled import warm; warm()"
        environment = {**os.environ}
        if not cached:
            environment["NUMBA_CACHE_DIR"] = folder
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True, env=environment)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def printed(command: list[str]) -> Found:
    """Return what a program prints as JSON."""
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    found: Found = json.loads(run.stdout.splitlines()[-1])
    return found


def measured(name: str, runs: int, program: str) -> Found:
    """Run one program once."""
    if name in {"loop", "log", "recursion"}:
        return printed([program, name, str(runs), str(DAYS), "1"])
    if name == "simpy":
        return printed([sys.executable, str(HERE / "by_hand.py"), str(runs), str(DAYS), "1"])
    return printed([sys.executable, str(HERE / "run.py"), "--worker", name, "--runs", str(runs)])


def agree(found: dict[str, Found]) -> list[str]:
    """Return the means with their standard errors; refuse to go on where two differ by more than four of them."""
    figures = {}
    for name in ("compiled", "simpy", "loop", "recursion"):
        means = found[name]["means"]
        figures[name] = statistics.fmean(means), statistics.stdev(means) / math.sqrt(len(means))
    mine, error = figures["compiled"]
    for name, (mean, other) in figures.items():
        if abs(mean - mine) > 4 * math.hypot(error, other):
            raise SystemExit(f"{NAMES[name]}: {mean} for {mine}; nothing is measured")
    return [f"{NAMES[name]}: {m:.2f} days ± {e:.2f}" for name, (m, e) in figures.items()]


def main() -> None:
    """Compare, measure, write the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--output", type=Path, default=PAGE)
    parser.add_argument("--worker", default="")
    chosen = parser.parse_args()
    if chosen.worker.startswith("baseline-"):
        print(json.dumps(baseline(chosen.worker.removeprefix("baseline-"))))
        return
    if chosen.worker:
        print(json.dumps(ours(chosen.worker, chosen.runs)))
        return
    with tempfile.TemporaryDirectory() as folder:
        program = str(Path(folder, "model_b"))
        source = str(HERE / "model_b.c")
        subprocess.run(["gcc", "-O3", "-o", program, source, "-lm"], check=True)
        first = {name: measured(name, 2 * chosen.runs, program) for name in NAMES}
        agreed = agree(first)
        taken: dict[str, list[float]] = {name: [] for name in NAMES}
        shipped: dict[str, list[float]] = {"compiled": [], "reference": []}
        for _ in range(chosen.rounds):
            for name in NAMES:
                found = measured(name, chosen.runs, program)
                taken[name].append(found["seconds"] / found["cases"] * 1e6)
            for name, times in shipped.items():
                own = [sys.executable, str(HERE / "run.py"), "--worker", f"baseline-{name}"]
                found = printed(own)
                times.append(found["seconds"] / found["cases"] * 1e6)
        starts = [start(cached=False), start(cached=True)]
    medians = {name: statistics.median(times) for name, times in taken.items()}
    both = {name: statistics.median(times) for name, times in shipped.items()}
    sys.path.insert(0, str(HERE))
    from page import written

    machine = f"{platform.machine()}, Python {platform.python_version()}"
    text = written(NAMES, medians, first, both, starts, agreed, chosen.rounds, machine)
    chosen.output.write_text(text, encoding="utf-8")
    print(f"wrote {chosen.output}")


if __name__ == "__main__":
    main()
