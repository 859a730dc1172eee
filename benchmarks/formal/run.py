"""Measure the searches on CSR(N, K) side by side with SPIN's, and write docs/background/benchmarks-formal.md.

    python benchmarks/formal/run.py [--rounds 5] [--members 9 11 13] [--output FILE]

Verdicts and numbers of states are compared first; if they differ, nothing is measured. Each figure is the median over
rounds in which the programs take turns, in seconds of CPU of whole processes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "background" / "benchmarks-formal.md"
SMALL = (3, 5, 7)
"""The sizes at which `check` searches in plain Python."""
CLAIMS = (
    {"stage": "notified", "objection": True, "approved": False},
    {"stage": "sitting_on_it", "sitting": False},
    {"stage": "opening", "sitting": False},
)


def cpu(command: list[str], cwd: str | None = None) -> tuple[float, str]:
    """Return the CPU seconds of a process, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode:
        raise SystemExit(f"{command}: {run.stderr or run.stdout}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, run.stdout


def worker(form: str, members: int, cases: int, *, bypass: bool) -> dict[str, Any]:
    """Check one model in this process; return what was found, and the CPU seconds since the imports."""
    import csr

    if form == "shipped":
        return shipped()
    if form == "small":
        return small(members)
    if form == "all-readings":
        return all_readings()
    began = time.process_time()
    if form == "cases":
        from duecourse.properties.composition import AtMost, compose, explore

        procedure = csr.counted(members, bypass=bypass)
        read = time.process_time()
        found = explore(
            compose(procedure, cases), [AtMost(1, ("opening", "sitting_on_it"))], 10_000_000
        )
        return {
            "states": found.configurations,
            "moves": found.moves,
            "good": found.finished and found.dead_end is None and found.exclusions == (None,),
            "reading": read - began,
            "search": time.process_time() - read,
        }
    from duecourse.kernels.reach import Masks
    from duecourse.model.enumerated import enumerated
    from duecourse.properties.compiled import Search

    make = {
        "kept": csr.kept,
        "counted": csr.counted,
        "one-by-one": lambda n, bypass: enumerated(csr.counted(n, bypass=bypass)),
    }
    table = csr.table(make[form](members, bypass=bypass))
    goals = [
        Masks(
            sum(table.fields[name].mask for name in each if name in table.fields),
            sum(
                table.fields[name].code(value)
                for name, value in each.items()
                if name in table.fields
            ),
            (),
        )
        for each in CLAIMS
    ]
    search = Search(table, goals)
    loaded = time.process_time()
    search.run(10_000_000)
    explored = time.process_time()
    stages = table.procedure.stage
    trapped = search.trapped(
        lambda rule: stages[rule.target].final and not stages[rule.source].final
    )
    ways = [search.goal(number) for number in range(len(goals))]
    return {
        "states": search.reach.count,
        "moves": search.reach.moves,
        "good": search.reach.finished and search.stuck() is None and ways == [None] * len(goals),
        "can_end": trapped is None,
        "witness": len(ways[0]) if ways[0] else None,
        "search": explored - loaded,
        "ending": time.process_time() - explored,
    }


def small(members: int) -> dict[str, Any]:
    """Check one case the way `check` does where a table is small: without anything compiled."""
    import csr

    from duecourse.properties.explore import HAND_OVER, Exploration

    began = time.process_time()
    table = csr.table(csr.kept(members))
    read = time.process_time()
    exploration = Exploration(table)
    moves, fields, stages = exploration.moves, table.fields, table.procedure.stage
    assert len(moves) < HAND_OVER
    bad = [
        (
            sum(fields[name].mask for name in each if name in fields),
            sum(fields[name].code(value) for name, value in each.items() if name in fields),
        )
        for each in CLAIMS
    ]
    wrong = any(at & mask == value for at in moves for mask, value in bad)
    stuck = any(not onward and not table.is_final(at) for at, onward in moves.items())
    able = exploration.able(
        lambda rule, _: stages[rule.target].final and not stages[rule.source].final
    )
    return {
        "states": exploration.size[0],
        "moves": exploration.size[1],
        "good": exploration.finished and not wrong and not stuck,
        "can_end": all(at in able or table.is_final(at) for at in moves),
        "reading": read - began,
        "search": time.process_time() - read,
    }


def shipped() -> dict[str, Any]:
    """Check every shipped procedure against every property, twice: the second time nothing is compiled or imported."""
    import duecourse as dc

    ids = ("measures-2020", "measures-2022", "trial-2017")
    dc.check(dc.load("trial-2017"), dc.load_properties())
    read = time.process_time()
    procedures, properties = [dc.load(name) for name in ids], dc.load_properties()
    began = time.process_time()
    reports = [
        dc.check(each, [one for one in properties if one.concerns(each)]) for each in procedures
    ]
    return {
        "states": sum(each.configurations for each in reports),
        "claims": max(len(each.results) for each in reports),
        "verdicts": sum(len(each.results) for each in reports),
        "reading": began - read,
        "search": time.process_time() - began,
    }


def all_readings() -> dict[str, Any]:
    """Check the text of 2022 under all readings, without reading the files; seconds of the clock, for it uses all cores."""
    import duecourse as dc
    from duecourse.properties.readings import check_readings

    procedure = dc.load("measures-2022")
    properties = [one for one in dc.load_properties() if one.concerns(procedure)]
    check_readings(procedure, properties[:1])
    began = time.perf_counter()
    report = check_readings(procedure, properties)
    return {
        "states": report.configurations,
        "claims": len(properties),
        "decided": sum(each.reason == "" for each in report.results),
        "search": time.perf_counter() - began,
    }


def ours(form: str, members: int = 0, cases: int = 1, *, bypass: bool = False) -> dict[str, Any]:
    """Check one model in a process of its own."""
    own = [sys.executable, str(HERE / "run.py"), "--worker", form]
    whole, printed = cpu([*own, str(members), str(cases), str(int(bypass))])
    return {**json.loads(printed.splitlines()[-1]), "whole": whole}


def spin(members: int, cases: int = 1, *, bypass: bool = False) -> dict[str, Any]:
    """Check one model with SPIN: generate, compile, search."""
    from other_tools import promela

    depth = min(4 * 3**members * cases + 10_000, 50_000_000)
    bits = max(18, (4 * 3 ** (members * cases)).bit_length() + 1)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "csr.pml").write_text(promela(members, cases, bypass=bypass), "utf-8")
        generate, _ = cpu(["spin", "-a", "csr.pml"], folder)
        flags = ["-O2", "-DSAFETY", "-DNOREDUCE", "-DNOBOUNDCHECK", "-DMEMLIM=12000"]
        compile_, _ = cpu(["gcc", *flags, "-o", "pan", "pan.c"], folder)
        search, printed = cpu(["./pan", f"-m{depth}", f"-w{min(bits, 25)}"], folder)
    states = re.search(r"(\d+) states, stored", printed)
    moves = re.search(r"(\d+) transitions", printed)
    assert states is not None
    assert moves is not None
    return {
        "states": int(states[1]),
        "moves": int(moves[1]),
        "good": "errors: 0" in printed and "max search depth too small" not in printed,
        "search": search,
        "whole": generate + compile_ + search,
    }


def storm(members: int) -> dict[str, Any] | None:
    """Return what Storm finds through stormpy; None where there is none (DUECOURSE_STORM names its Python)."""
    python = os.environ.get("DUECOURSE_STORM")
    if not python:
        return None
    from other_tools import prism

    code = (
        "import sys, stormpy\n"
        "m = stormpy.build_model(stormpy.parse_prism_program(sys.argv[1]))\n"
        "good = not any('bad' in m.labeling.get_labels_of_state(s) for s in range(m.nr_states))\n"
        "print(m.nr_states, good)"
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "csr.prism")
        file.write_text(prism(members), "utf-8")
        whole, printed = cpu([python, "-c", code, str(file)])
    states, good = printed.splitlines()[-1].split()
    return {"states": int(states), "good": good == "True", "whole": whole}


def agree(*, with_spin: bool) -> list[str]:
    """Compare verdicts and numbers of states; stop where they differ."""
    said: list[str] = []
    for members in (1, 2, 3, 5):
        want = 4 * 3**members + 26
        found = ours("kept", members)
        assert (found["states"], found["good"], found["can_end"]) == (want, True, True), found
        wrong = ours("kept", members, bypass=True)
        assert (wrong["good"], wrong["witness"]) == (False, 7 + 2 * members), wrong
        assert ours("small", members)["can_end"]
        counted = ours("counted", members)
        assert (counted["states"], counted["good"]) == (6 * members + 30, True), counted
        assert ours("counted", members, bypass=True)["witness"] == 7 + 2 * members
        assert ours("one-by-one", members)["good"]
        if with_spin:
            theirs = spin(members)
            assert (theirs["states"], theirs["good"]) == (want, True), theirs
            assert not spin(members, bypass=True)["good"]
        other = storm(members)
        assert other is None or (other["states"], other["good"]) == (want, True), other
    said.append("N = 1, 2, 3, 5: the same verdicts, and 4·3^N + 26 states")
    if with_spin:
        theirs, mine = spin(2, 2), unsorted(2, 2)
        assert theirs["states"] == mine, (theirs, mine)
        said.append(f"N = 2, K = 2, each reply kept, cases not sorted: {mine} states in both")
    return said


def unsorted(members: int, cases: int) -> int:
    """Return the number of states of cases that are not sorted, as SPIN has them."""
    import csr

    from duecourse.model.compile import compile_table
    from duecourse.model.liveness import Observed
    from duecourse.properties.composition import Composition

    watched = Observed(
        lambda _, stage: {"sitting", *(csr.HISTORY if stage == "notified" else ())}, {}
    )
    table = compile_table(csr.kept(members), observed=watched)
    composition = Composition(table, cases, symmetric=False)
    found = set(composition.initial)
    queue = list(found)
    for at in queue:
        for _, _, to in composition.moves(at):
            if to not in found:
                found.add(to)
                queue.append(to)
    return len(found)


def measured(jobs: dict[str, Any], rounds: int) -> dict[str, dict[str, float]]:
    """Run jobs in turn, after one turn that is not counted; return the median of every figure."""
    seen: dict[str, list[dict[str, float]]] = {name: [] for name in jobs}
    for turn in range(rounds + 1):
        for name, job in jobs.items():
            found = job()
            if turn:
                seen[name].append(found)
            print(turn, name, found, file=sys.stderr, flush=True)
    return {
        name: {key: statistics.median(float(each[key] or 0) for each in found) for key in found[0]}
        for name, found in seen.items()
    }


def _first_line(*command: str) -> str:
    printed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return printed.strip().splitlines()[0].replace(" -- ", ", ")


def main() -> None:
    """Measure, or be one of the processes that are measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worker", nargs="+")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--members", type=int, nargs="+", default=[9, 11, 13])
    parser.add_argument("--output", type=Path, default=PAGE)
    parser.add_argument("--note", default="", help="what else is to be said of the machine")
    options = parser.parse_args()
    sys.path.insert(0, str(HERE))
    if options.worker:
        defaults = ["", "0", "1", "0"]
        form, members, cases, bypass = options.worker + defaults[len(options.worker) :]
        print(json.dumps(worker(form, int(members), int(cases), bypass=bypass == "1")))
        return
    from page import written

    with_spin = bool(shutil.which("spin") and shutil.which("gcc"))
    agreed = agree(with_spin=with_spin)
    jobs: dict[str, Any] = {}
    for members in SMALL:
        jobs[f"small {members}"] = lambda n=members: ours("small", n)
        if with_spin:
            jobs[f"spin {members}"] = lambda n=members: spin(n)
    for members in options.members:
        jobs[f"kept {members}"] = lambda n=members: ours("kept", n)
        if with_spin:
            jobs[f"spin {members}"] = lambda n=members: spin(n)
    if os.environ.get("DUECOURSE_STORM"):
        agreed.append("N = 1, 2, 3, 5: Storm, the same")
        jobs[f"storm {options.members[0]}"] = lambda: storm(options.members[0]) or {}
    for cases in (1, 2, 3):
        jobs[f"cases {cases}"] = lambda k=cases: ours("cases", 13, k)
    jobs["one-by-one 13"] = lambda: ours("one-by-one", 13)
    jobs["shipped"] = lambda: ours("shipped")
    jobs["all-readings"] = lambda: ours("all-readings")
    found = measured(jobs, options.rounds)
    machine = ", ".join(
        [
            f"{platform.machine()}, {os.cpu_count()} cores",
            f"Python {platform.python_version()}",
            *(f"{package} {version(package)}" for package in ("duecourse", "numpy", "numba")),
            *([_first_line("spin", "-V"), _first_line("gcc", "--version")] if with_spin else []),
            *([options.note] if options.note else []),
        ]
    )
    options.output.write_text(
        written(found, agreed, options.members, options.rounds, machine, with_spin=with_spin),
        "utf-8",
    )


if __name__ == "__main__":
    main()
