"""Measure how far `duecourse` reaches, through its command, and write docs/background/benchmarks-scale.md.

    python benchmarks/simulation/scale.py [--rounds 5] [--share 1.0] [--output FILE]

`--share` makes the large runs smaller. Every figure but those of the recursion is of a whole process as a user starts it: its
CPU time, that of the workers that it starts, and the most memory that one of them held.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "background" / "benchmarks-scale.md"
PROJECT = HERE / "project"
DAYS = 4_998
"""Working days of the twenty years of model (b)."""

STAFF = """
[experiment]
id = "staff-50"
label = { en = "Fifty staffings" }
question = { en = "How do fifty staffings of the baseline do over five years?" }
kind = "grid"
replications = %d
seed = 1
years = 5.0
warm_up = 1.0
measures = ["clock.preliminary_clock.late_share", "clock.screening_clock.late_share"]

[[scenario]]
use = "baseline-2022"

[grid]
"pool.desk.size" = [3, 4, 5, 6, 7]
"pool.reviewers.size" = [5, 6, 7, 8, 9, 10, 11, 12, 13, 14]
"""


class Run(NamedTuple):
    """What one command took: seconds by the clock, of CPU, and megabytes."""

    wall: float
    cpu: float
    memory: float

    def row(self) -> str:
        """Return it as cells of a table."""
        return f"{self.wall:.1f} | {self.cpu:.1f} | {self.memory:.0f}"


def ran(arguments: list[str], folder: Path = PROJECT) -> Run:
    """Run `duecourse` to its end."""
    command = [sys.executable, "-m", "duecourse", *arguments]
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - began
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


# --- the recursion ----------------------------------------------------------------------------------


def recursion(runs: int) -> dict[str, float]:
    """Return what completion times of model (b) take in this process, in microseconds of CPU a case, and the agenda with them."""
    from duecourse.kernels import layout as at
    from duecourse.scenarios import load_scenario
    from duecourse.simulations.compiled import CompiledOffice
    from duecourse.simulations.plan import Plan
    from duecourse.simulations.recursion import Recursion

    plan = Plan(load_scenario("model-b", root=PROJECT))
    fast, agenda = Recursion(plan), CompiledOffice(plan)
    fast.times(1, 10**6)
    fast.lines(1, 10**6)
    agenda.run(1, 10**6, quiet=True)
    found = {}
    for name, told in (
        ("times", lambda number: fast.times(1, number)),
        ("lines", lambda number: fast.lines(1, number)),
        ("agenda", lambda number: agenda.run(1, number, quiet=True)),
    ):
        office, cases, began = (agenda if name == "agenda" else fast), 0, time.process_time()
        for number in range(runs):
            told(number)
            cases += int(office.state.scalars[at.CASES])
        found[name] = (time.process_time() - began) / cases * 1e6
    return found


def each_case(command: list[str]) -> float:
    """Return the microseconds a case that a program prints."""
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return float(found["seconds"] / found["cases"] * 1e6)


def compared(rounds: int, runs: int) -> dict[str, float]:
    """Return medians over rounds in which the programs take turns."""
    taken: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        program = str(Path(folder, "model_b"))
        subprocess.run(["gcc", "-O3", "-o", program, HERE / "model_b.c", "-lm"], check=True)
        for _ in range(rounds):
            own = [sys.executable, str(HERE / "scale.py"), "--worker", "--runs", str(runs)]
            text = subprocess.run(own, capture_output=True, text=True, check=True).stdout
            found = dict(json.loads(text))
            found["C"] = each_case([program, "recursion", str(runs), str(DAYS), "1"])
            for name in ("by_hand", "by_hand_maximum"):
                hand = [
                    sys.executable,
                    str(HERE / f"{name}.py"),
                    str(max(runs // 10, 1)),
                    str(DAYS),
                    "1",
                ]
                found[name] = each_case(hand)
            for name, value in found.items():
                taken.setdefault(name, []).append(value)
    return {name: statistics.median(values) for name, values in taken.items()}


def recursion_lines(found: dict[str, float]) -> list[str]:
    """Return the part of the page on the recursion."""
    names = {
        "times": "duecourse, recursion, completion times only",
        "lines": "duecourse, recursion, all that indicators need",
        "agenda": "duecourse, agenda, no log",
        "by_hand_maximum": "SimPy, by hand, one event for each consultation",
        "by_hand": "SimPy, by hand, every reply an event",
        "C": "C recursion",
    }
    one, all_ = found["by_hand_maximum"], found["by_hand"]
    rows = [
        f"| {label} | {found[name]:.2f} | {one / found[name]:.0f} | {all_ / found[name]:.0f} |"
        for name, label in names.items()
    ]
    return [
        "## The departure recursion",
        "",
        "Model (b), microseconds of CPU for each case; the ratios are to SimPy with one event for each consultation, as the recursion computes it, and to SimPy with every reply an event.",
        "",
        "| engine | µs a case | one event | every reply |",
        "|---|---|---|---|",
        *rows,
        "",
        "Half of the recursion's time goes into quantiles of the laws, which are the agenda's to the last bit; the rest is the walk from place to place, the pools, and who comes next.",
        "",
    ]


# --- the large runs ---------------------------------------------------------------------------------


def large(share: float, folder: Path) -> list[str]:
    """Return the part of the page on the large runs."""
    runs = max(round(2_000 * share), 2)
    ten = ran(["simulate", "model-b", "--replications", str(runs)])
    counts = [max(round(each * share), 2) for each in (100, 500)]
    memory = [ran(["simulate", "model-b", "--replications", str(each)]) for each in counts]
    counts, memory = [*counts, runs], [*memory, ten]
    repeated = max(round(100 * share), 2)
    (folder / "staff-50.toml").write_text(STAFF % repeated, encoding="utf-8")
    staff = ran(["run", "staff-50.toml", "--workers", "2"], folder)
    rows = [f"| {each:,} | {run.row()} |" for each, run in zip(counts, memory, strict=True)]
    return [
        "## Large runs",
        "",
        "| command | seconds | CPU seconds | MB |",
        "|---|---|---|---|",
        f"| `simulate model-b --replications {runs}`: {runs * 5_000 / 1e6:g} million cases, one process | {ten.row()} |",
        f"| `run staff-50.toml --workers 2`: 50 staffings x {repeated} replications x 5 years x 300 cases, all monitors on | {staff.row()} |",
        "",
        "Memory of `simulate model-b` by the number of replications, each of 5,000 cases:",
        "",
        "| replications | seconds | CPU seconds | MB |",
        "|---|---|---|---|",
        *rows,
        "",
    ]


# --- growth -----------------------------------------------------------------------------------------

NAMED = '[[{kind}]]\nid = "{id}"\nlabel = {{ en = "{id}" }}\n{more}\n'
ASSUMED = 'assumption = "the benchmark\'s"'


def chain(folder: Path, *, cases: int, stages: int, members: int, pools: int) -> Path:
    """Write an office of so many stages, each with work of one of so many pools, and a panel of so many members at the end."""
    names = [f"s{number}" for number in range(stages)]
    cites = 'cites = ["1"]\n'

    def part(kind: str, name: str, more: str = "") -> str:
        return NAMED.format(kind=kind, id=name, more=cites + more)

    def step(name: str, source: str, target: str, more: str = "") -> str:
        return part("step", name, f'actor = "office"\nfrom = "{source}"\nto = "{target}"\n{more}')

    places = [*names, "asked"]
    procedure = "".join(
        [
            (
                '[procedure]\nid = "chain"\nlabel = { en = "Chain" }\ntext = { en = "None" }\ninitial = "outside"\n'
                'measured_from = ["file"]\ncalendar = "prc"\n[[article]]\nid = "1"\nmark = "I"\nlabel = { en = "All" }\n'
            ),
            part("actor", "office"),
            part("actor", "members"),
            *(part("stage", each) for each in ("outside", *places)),
            part("stage", "done", "final = true\n"),
            step("file", "outside", places[0]),
            *(step(f"go{at}", one, then) for at, (one, then) in enumerate(pairwise(places))),
            step("end", "asked", "done", 'when = "board.pending == 0"\n'),
            part(
                "step",
                "reply",
                'actor = "members"\nfrom = "asked"\nreply = { panel = "board", value = "yes" }\n',
            ),
            part(
                "panel",
                "board",
                f'electorate = [{{ actor = "members", count = {members} }}]\nreplies = ["yes"]\nopens = ["go{stages - 1}"]\ncloses = ["end"]\n',
            ),
            part("outcome", "over", 'by = "end"\nconclusion = true\n'),
        ]
    )
    (folder / "chain.toml").write_text(procedure, encoding="utf-8")
    size = max(round(1.3 * stages / pools), 1)
    scenario = "".join(
        [
            (
                '[scenario]\nid = "office"\nlabel = { en = "Office" }\nprocedure = "chain.toml"\nstart = 2015-01-05\nyears = 10.0\nwarm_up = 0.0\n'
                '[[class]]\nid = "case"\nlabel = { en = "Case" }\nparty = "office"\nbegins = ["file"]\n'
            ),
            f'[[arrivals]]\nid = "cases"\nper_year = {cases / 10}\nshares = {{ case = 1.0 }}\n{ASSUMED}\n',
            *(
                NAMED.format(kind="pool", id=f"p{each}", more=f"size = {size}\n{ASSUMED}")
                for each in range(pools)
            ),
            (
                f'[[reply]]\npanel = "board"\nactor = "members"\nlatency = {{ law = "lognormal", mean = 7.0, cv = 0.5 }}\n'
                f'objection = {{ mean = 0.0, correlation = 0.0, counts_as = "yes" }}\nsupport = "yes"\n{ASSUMED}\n'
            ),
            *(
                f'[[stage]]\nid = "{name}"\n[[stage.activity]]\nid = "work"\nwork = "p{number % pools}"\n'
                f'effort = {{ law = "lognormal", mean = {2_500 / cases}, cv = 0.5 }}\ntake = "go{number}"\n{ASSUMED}\n'
                for number, name in enumerate(names)
            ),
            '[[stage]]\nid = "asked"\n[[stage.activity]]\nid = "replies"\npanel = "board"\ntake = "end"\n',
        ]
    )
    path = folder / "office.toml"
    path.write_text(scenario, encoding="utf-8")
    return path


SHAPE = {"cases": 5_000, "stages": 4, "members": 4, "pools": 2}
AXES = {
    "cases": (1_250, 5_000, 20_000, 80_000),
    "stages": (2, 4, 8, 16),
    "members": (1, 4, 16, 64),
    "pools": (1, 2, 4),
}


def growth(share: float, folder: Path) -> list[str]:
    """Return the part of the page on growth."""
    rows = []
    runs = str(max(round(10 * share), 2))
    for name, values in AXES.items():
        for value in values:
            path = chain(folder, **{**SHAPE, name: value})
            cells = [
                ran(["simulate", str(path), "--replications", runs, "--engine", engine], folder)
                for engine in ("compiled", "recursion")
            ]
            rows.append(
                f"| {name} | {value:,} | {cells[0].cpu:.1f} | {cells[1].cpu:.1f} | {max(each.memory for each in cells):.0f} |"
            )
    path = chain(folder, **SHAPE)
    many = str(max(round(100 * share), 4))
    for workers in ("1", "2"):
        run = ran(
            [
                "simulate",
                str(path),
                "--replications",
                many,
                "--workers",
                workers,
                "--engine",
                "compiled",
            ],
            folder,
        )
        rows.append(
            f"| workers, {many} replications | {workers} | {run.cpu:.1f} ({run.wall:.1f} by the clock) | | {run.memory:.0f} |"
        )
    return [
        "## Growth",
        "",
        f"{runs} replications of ten years of an office with {SHAPE['cases']:,} cases in a chain of {SHAPE['stages']} stages, the work of which {SHAPE['pools']} pools do, and a panel of {SHAPE['members']} members at its end; one of these numbers is changed at a time.",
        "CPU seconds of the whole command, its start of one or two seconds and all indicators included.",
        "",
        "| what | how many | agenda | recursion | MB |",
        "|---|---|---|---|---|",
        *rows,
        "",
    ]


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--output", type=Path, default=PAGE)
    parser.add_argument("--worker", action="store_true")
    chosen = parser.parse_args()
    if chosen.worker:
        print(json.dumps(recursion(chosen.runs)))
        return
    ran(["warm"])
    folder = Path(tempfile.mkdtemp())
    try:
        parts = [
            recursion_lines(compared(chosen.rounds, chosen.runs)),
            large(chosen.share, folder),
            growth(chosen.share, folder),
        ]
    finally:
        shutil.rmtree(folder)
    load = os.getloadavg()[0]
    text = [
        "# Benchmarks of scale",
        "",
        "Written by `python benchmarks/simulation/scale.py`; do not edit.",
        "",
        f"Machine: {platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}; {load:.0f} other processes wanted to run when it ended, so that seconds by the clock say little and those of CPU much.",
        f"Medians of {chosen.rounds} rounds for the recursion, one run for all else.",
        "",
        *(line for part in parts for line in part),
    ]
    chosen.output.write_text("\n".join(text), encoding="utf-8")
    print(f"wrote {chosen.output}")


if __name__ == "__main__":
    main()
