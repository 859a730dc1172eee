"""Measure how far `duecourse` reaches, through its command, and write docs/background/benchmarks-scale.md.

    python benchmarks/simulation/scale.py [--share 1.0] [--output FILE]

`--share` makes the large runs smaller. Every figure is of a whole process as a user starts it: its CPU time, that of the workers that it starts, and the most memory that one of them held.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "background" / "benchmarks-scale.md"
PROJECT = HERE / "project"
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
    runs = str(max(round(8 * share), 2))
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
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--output", type=Path, default=PAGE)
    chosen = parser.parse_args()
    ran(["warm"])
    parts: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for part in (large, growth):
            parts += part(chosen.share, Path(folder))
            chosen.output.write_text("\n".join([*heading(), *parts]), encoding="utf-8")
            print(f"wrote {chosen.output}, {part.__name__}", flush=True)


def heading() -> list[str]:
    """Return the top of the page."""
    machine = (
        f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
    )
    return [
        "# Benchmarks of scale",
        "",
        "Written by `python benchmarks/simulation/scale.py`; do not edit.",
        "",
        f"Machine: {machine}; a load of {os.getloadavg()[0]:.0f} when it ended: where that is more than the processors, seconds by the clock say little, and those of CPU are some too many.",
        "Each figure is of one run.",
        "",
    ]


if __name__ == "__main__":
    main()
