"""Measure model (b), M/M/5 and the shipped baseline on every engine side by side; write docs/background/benchmarks-simulation.md.

    python benchmarks/simulation/run.py [--rounds 5] [--cases 200000] [--only NAME ...] [--environments FOLDER]
                                        [--cimba-source FOLDER] [--record FILE] [--output FILE]
    python benchmarks/simulation/run.py --from FILE [--output FILE]

The other programs are put into environments of their own first. No time counts unless the means of the very runs that were
timed agree with duecourse's, or with theory. Each figure is the median over rounds in which the programs take turns, in
microseconds of CPU for each case, without starting the program or compiling it. With `--from` the page is written anew
from what `--record` kept.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from environments import LICENCES, Tool, made
from page import written
from rows import PER_RUN, SCENARIOS, Row, rows

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "background" / "benchmarks-simulation.md"
ENVIRONMENTS = HERE / ".environments"
DAYS = 4_998
"""Working days of the scenarios' twenty years, which the others simulate too."""
Found = dict[str, Any]


class Program:
    """A program that runs, and simulates when it is told to.

    Each row has one of its own from the first round to the last, so that it starts and compiles once, and its memory is its own.
    """

    def __init__(self, row: Row, tools: dict[str, Tool]) -> None:
        self.row = row
        self.rounds: list[Found] = []
        self.broken = ""
        own = (sys.executable, str(HERE / "ours.py"), SCENARIOS[row.model], row.form)
        command = (*tools[row.tool].command, row.form, str(DAYS)) if row.tool else own
        self.told = tempfile.TemporaryFile("w+")  # noqa: SIM115  (`close` closes it)
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=self.told, text=True, encoding="utf-8"
        )

    def measure(self, cases: int, number: int) -> None:
        """Let it simulate once; every round has random numbers of its own."""
        if self.broken:
            return
        runs = max(round(cases * self.row.share / PER_RUN[self.row.model]), 1)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(f"{runs} {1 + 1_000 * number}\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if answer:
            self.rounds.append(json.loads(answer))
            return
        self.told.seek(0)
        complaint = self.told.read().strip().splitlines() or ["without a word"]
        self.broken = f"It stopped: {complaint[-1]}"
        if not self.row.tool:
            raise SystemExit(f"{self.row}: {self.broken}")

    def close(self) -> None:
        """Let it end."""
        if self.process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.close()
        self.process.wait(60)
        self.told.close()

    def found(self) -> Found:
        """Return what it gave over all rounds."""
        if self.broken:
            return {"missing": self.broken}
        return {
            "times": [each["seconds"] / each["cases"] * 1e6 for each in self.rounds],
            "means": [each["means"] for each in self.rounds],
            "cases": sum(each["cases"] for each in self.rounds),
            "lines": sum(each.get("lines", 0) for each in self.rounds),
            "peak": max(each["peak"] for each in self.rounds),
            "grown": max(each["grown"] for each in self.rounds),
        }


def start(code: str, *, cached: bool = True) -> float:
    """Return the CPU seconds of a process of Python, the whole of it."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ}
        if not cached:
            environment["NUMBA_CACHE_DIR"] = folder
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True, env=environment)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def starts() -> dict[str, float]:
    """Return what starting takes, and the parts of it, each with all before it."""
    warm = "from duecourse.simulations.compiled import warm; warm()"
    parts = {
        "python": "pass",
        "numpy": "import numpy",
        "duecourse": "import numpy, duecourse.simulations.compiled",
    }
    return {
        "first": start(warm, cached=False),
        **{name: start(code) for name, code in parts.items()},
        "later": start(warm),
    }


def machine() -> str:
    """Return what this was measured on."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    gcc = subprocess.run(["gcc", "-dumpfullversion"], capture_output=True, text=True, check=False)
    return (
        f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB of memory, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}, numpy {version('numpy')}, "
        f"numba {version('numba')}, gcc {gcc.stdout.strip()}"
    )


def record(rounds: int, cases: int, only: list[str], tools: dict[str, Tool]) -> Found:
    """Run everything; return what the page is written from."""
    wanted = [each for each in rows() if not only or {each.model, each.tool, each.key} & set(only)]
    ready = [each for each in wanted if not each.tool or tools[each.tool].command]
    with contextlib.ExitStack() as stack:
        programs = {
            each: stack.enter_context(contextlib.closing(Program(each, tools))) for each in ready
        }
        for number in range(rounds):
            # every other round goes backwards, so that none always follows the same
            for program in list(programs.values())[:: 1 - 2 * (number % 2)]:
                program.measure(cases, number)
            print(f"round {number + 1} of {rounds}", file=sys.stderr)
    return {
        "machine": machine(),
        "rounds": rounds,
        "versions": {
            name: f"{tool.name} ({LICENCES[name]})"
            for name, tool in tools.items()
            if name in LICENCES and tool.command
        },
        "starts": starts(),
        "draws": json.loads(
            subprocess.check_output([sys.executable, str(HERE / "ours.py"), "draws"])
        ),
        "rows": [
            {
                "model": each.model,
                "key": each.key,
                "label": each.label,
                **(
                    programs[each].found()
                    if each in programs
                    else {"missing": tools[each.tool].missing}
                ),
            }
            for each in wanted
        ],
    }


def main() -> None:
    """Measure or read what was measured; write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cases", type=int, default=200_000, help="of a round, for a fast engine")
    parser.add_argument("--only", nargs="*", default=[], help="models, programs or rows")
    parser.add_argument("--environments", type=Path, default=ENVIRONMENTS)
    parser.add_argument("--cimba-source", type=Path, help="a checkout of the library Cimba")
    parser.add_argument("--record", type=Path, help="keep what was measured")
    parser.add_argument("--from", dest="source", type=Path, help="what was kept")
    parser.add_argument("--output", type=Path, default=PAGE)
    chosen = parser.parse_args()
    if chosen.source:
        found = json.loads(chosen.source.read_text(encoding="utf-8"))
    else:
        source = chosen.cimba_source and chosen.cimba_source.resolve()
        tools = made(chosen.environments.resolve(), source)
        found = record(chosen.rounds, chosen.cases, chosen.only, tools)
    if chosen.record:
        chosen.record.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    chosen.output.write_text(written(found), encoding="utf-8")
    print(f"wrote {chosen.output}")


if __name__ == "__main__":
    main()
