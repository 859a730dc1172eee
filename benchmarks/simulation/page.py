"""The page on what was measured, from the record that run.py keeps."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

from agreement import EQUAL, RISK, THEORY, agreements

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agreement import Agreement

    Found = Mapping[str, Any]

HEADS = {
    "replies": "Model (b), every reply an event",
    "maximum": "Model (b), completion times only",
    "mm5": "M/M/5",
    "baseline": "The shipped baseline",
}
TEXTS = {
    "replies": (
        "An office of two stages and thirteen departments, each of whose replies is an event "
        "(`benchmarks/simulation/project`): for duecourse an ordinary procedure and scenario, for the others a program "
        "(`benchmarks/simulation/peers`). In simmer a case is cloned for its replies; in Cimba for Python, whose processes have "
        "one timer each, it waits for them one after the other in their order, with only the next on the agenda; Ciw has no "
        "fork and join."
    ),
    "maximum": (
        "The same office with one event, or one draw, for the last of the thirteen replies: the same law of all completion "
        "times. duecourse's recursion draws a number for every reply all the same, so that its times are those of its log. "
        "In Ciw the wait for a meeting is a service that lasts to the next one."
    ),
    "mm5": (
        "Four customers a day, five servers, a day of service: for duecourse a procedure of two steps "
        "(`benchmarks/simulation/project/scenarios/mm5.toml`). Compared with theory: a mean time in the system of "
        f"{THEORY:.5f} days (Erlang C)."
    ),
    "baseline": (
        "`baseline-2022`, with its calendar, limits, meetings and correlated replies, full log, no indicators. "
        "No other program has it; that the two engines give the same events is tested event for event."
    ),
}
CONSULTATIONS = 0.85 * (1 + 0.12)
"""Consultations of a case of model (b), on average."""
WORKS = 1 + 0.85 * (1.15 + 0.15 + 0.12)
"""Its lognormal draws other than replies: work, and what the party takes to supplement."""
REPLIES = 13 * CONSULTATIONS


class Measured:
    """The record, with the times that count: those of engines that agree."""

    def __init__(self, found: Found) -> None:
        self.rows: Sequence[Found] = found["rows"]
        self.verdicts = agreements(self.rows)
        self.times = {
            (row["model"], row["key"]): statistics.median(row["times"])
            for row, verdict in zip(self.rows, self.verdicts, strict=True)
            if verdict.agrees
        }

    def ratio(self, above: tuple[str, str], below: tuple[str, str]) -> float | None:
        """Return how often the time of one engine is that of another; none where one does not count."""
        if above not in self.times or below not in self.times:
            return None
        return self.times[above] / self.times[below]


def written(found: Found) -> str:
    """Return the page."""
    measured = Measured(found)
    lines = [
        "# Benchmarks of the simulation",
        "",
        "Written by `python benchmarks/simulation/run.py`; do not edit.",
        "",
        (
            "Correctness comes first: no time counts unless the mean time from arrival to end, over the very runs that were "
            "timed, agrees with that of duecourse's full log (M/M/5: with theory). An engine agrees where the interval of the "
            "difference (Welch) holds 0. The intervals are so wide that with a probability of at most "
            f"{RISK:.0%} any engine is said to differ though none does. Other ways in which duecourse simulates are compared run for run: "
            "they must give the same means, or without a log as many cases and lines."
        ),
        "",
        f"Machine: {found['machine']}.",
        (
            f"Medians of {found['rounds']} rounds in which the programs took turns, every other round backwards, in microseconds of CPU "
            "for each case, starting and compiling left out. Slow programs simulated fewer cases, as the tables say."
        ),
        "Absolute times do not travel; ratios do.",
        "Memory is the most that the process had, and how much of it came while it simulated.",
        "",
        "The others, each in an environment of its own: "
        + "; ".join(found["versions"].values())
        + ".",
        "",
    ]
    for model in HEADS:
        lines += section(model, measured)
    lines += start(found["starts"])
    lines += targets(measured, found["starts"])
    lines += profile(measured, found)
    return "\n".join(lines)


def section(model: str, measured: Measured) -> list[str]:
    """Return a heading and the table of one model."""
    pairs = [
        pair
        for pair in zip(measured.rows, measured.verdicts, strict=True)
        if pair[0]["model"] == model
    ]
    if not pairs:
        return []
    against = "theory" if model == "mm5" else "duecourse's log"
    lines = [f"## {HEADS[model]}", "", TEXTS[model], ""]
    if model == "baseline":
        lines += ["| engine | cases | µs a case |", "|---|---|---|"]
        lines += [
            f"| {row['label']} | {row['cases']:,} | {figure(measured, row)} |" for row, _ in pairs
        ]
    else:
        lines += [
            f"| engine | cases | mean, days | less {against} | µs a case | SimPy's time / its time | MB in all | MB while simulating |",
            "|---|---|---|---|---|---|---|---|",
        ]
        lines += [line(row, verdict, measured) for row, verdict in pairs if "missing" not in row]
    lines.append("")
    for row, _ in pairs:
        if "missing" in row:
            lines += [f"{row['label']}: NOT RUN. {row['missing']}", ""]
    return lines


def figure(measured: Measured, row: Found) -> str:
    """Return the time of a row, or nothing."""
    time = measured.times.get((row["model"], row["key"]))
    return "" if time is None else f"{time:.3g}" if time < 1 else f"{time:.2f}"


def line(row: Found, verdict: Agreement, measured: Measured) -> str:
    """Return a row of a table."""
    times = f" {row['label']} | {row['cases']:,} |"
    digits = 4 if row["model"] == "mm5" else 2
    if verdict.difference is None or verdict.margin is None:
        told = "" if verdict.mean is None else f"{verdict.mean:.{digits}f}"
        same = "the same runs" if row["key"] in EQUAL else "this one"
        times += f" {told} | {same if verdict.agrees else ''} |"
    else:
        times += f" {verdict.mean:.{digits}f} | {verdict.difference:+.{digits}f} ± {verdict.margin:.{digits}f} |"
    ratio = measured.ratio((row["model"], "simpy"), (row["model"], row["key"]))
    told = figure(measured, row) if verdict.agrees else verdict.why
    often = "" if ratio is None else f"{ratio:.3g}"
    return f"|{times} {told} | {often} | {row['peak']:.0f} | {row['grown']:.0f} |"


def start(starts: Mapping[str, float]) -> list[str]:
    """Return the section on starting."""
    return [
        "## The start",
        "",
        (
            f"The first start on a machine, which compiles the engine: {starts['first']:.1f} s of CPU, the whole process; "
            f"later starts: {starts['later']:.1f} s."
        ),
        "",
    ]


def targets(measured: Measured, starts: Mapping[str, float]) -> list[str]:
    """Return the table of targets."""
    ours, watched = ("replies", "compiled"), ("replies", "watched")
    simpy, path = ("replies", "simpy"), ("maximum", "path")
    cimba, cimba_c = ("replies", "cimba"), ("replies", "cimba-c")
    ratio = measured.ratio
    baseline = ratio(("baseline", "reference"), ("baseline", "compiled"))
    asked: list[tuple[str, str, float, float | None]] = [
        ("Model (b), full log: SimPy's time / its time", "at least", 34, ratio(simpy, ours)),
        ("the same: Cimba's time for Python / its time", "at least", 2.7, ratio(cimba, ours)),
        ("the same: Cimba's time in C / its time", "at least", 2.7, ratio(cimba_c, ours)),
        ("with all monitors: SimPy's time / its time", "at least", 20, ratio(simpy, watched)),
        ("with all monitors: Cimba's time for Python / its time", "at least", 2, ratio(cimba, watched)),
        ("with all monitors: Cimba's time in C / its time", "at least", 2, ratio(cimba_c, watched)),
        ("its time / that of the C loop with the log", "at most", 2, ratio(ours, ("replies", "log"))),
        ("Completion times only: SimPy's time with thirteen draws / the recursion's", "at least", 120, ratio(("maximum", "thirteen"), path)),
        ("the same: SimPy's time with one draw / the recursion's", "at least", 120, ratio(("maximum", "simpy"), path)),
        ("The shipped baseline: SimPy engine's time / its time", "at least", 30, baseline),
        ("First start, s of CPU", "at most", 8, starts["first"]),
        ("Later starts, s of CPU", "at most", 1.5, starts["later"]),
    ]  # fmt: skip
    lines = ["## Targets", "", "| what | target | measured | |", "|---|---|---|---|"]
    for what, bound, target, value in asked:
        met = value is not None and (value >= target if bound == "at least" else value <= target)
        told = "not measured" if value is None else f"{value:.1f}"
        verdict = "" if value is None else "met" if met else "missed"
        lines.append(f"| {what} | {bound} {target:g} | {told} | {verdict} |")
    return [*lines, ""]


def profile(measured: Measured, found: Found) -> list[str]:
    """Return where the time goes, by what was measured apart."""
    lines = ["## Where the time goes", "", *engine(measured, found["draws"])]
    path = measured.times.get(("maximum", "path"))
    if path:
        lines += recursion(path, found["draws"])
    steps = {
        "python": "Python alone",
        "numpy": "and numpy",
        "duecourse": "and the modules of the engine",
        "later": "and the engine, its machine code loaded from a file",
    }
    lines += [
        "Of a later start, s of CPU, each with all before it:",
        "",
        "| part | s |",
        "|---|---|",
    ]
    lines += [f"| {told} | {found['starts'][name]:.2f} |" for name, told in steps.items()]
    return [
        *lines,
        "",
        "A first start loads numba, which writes the engine for LLVM, which makes the machine code.",
        "",
    ]


def engine(measured: Measured, draws: Mapping[str, float]) -> list[str]:
    """Return where the time of the compiled engine goes."""
    names = ("compiled", "unlogged", "watched", "log")
    whole, quiet, watched, log = (measured.times.get(("replies", name)) for name in names)
    if not (whole and quiet and watched and log):
        return []
    row = next(
        each for each in measured.rows if (each["model"], each["key"]) == ("replies", "compiled")
    )
    drawn = (WORKS + REPLIES) * draws["lognormal"] / 1e3
    return [
        "Of a case of model (b) on the compiled engine:",
        "",
        "| part | µs a case |",
        "|---|---|",
        f"| {WORKS + REPLIES:.1f} lognormal draws of {draws['lognormal']:.0f} ns | {drawn:.2f} |",
        f"| the log, {row['lines'] / row['cases']:.1f} lines: with it less without | {whole - quiet:+.2f} |",
        f"| the monitors: with them less without | {watched - whole:+.2f} |",
        f"| the rest of the {quiet:.2f} without log: agenda, pools, panels, and the table of the law and the scenario, which are read at every step | {quiet - drawn:.2f} |",
        "",
        (
            f"The C loop with the log takes {log:.2f}: its law is compiled into it, it has no table, no clocks and no rights to check, "
            "and its draws belong to the order of events instead of to cases, which saves a hash for each."
        ),
        "",
    ]


def recursion(path: float, draws: Mapping[str, float]) -> list[str]:
    """Return where the time of the recursion goes."""
    replies = REPLIES * draws["uniform"] / 1e3
    rest = (WORKS + CONSULTATIONS) * draws["lognormal"] / 1e3
    return [
        "Of a case of model (b) on the recursion path:",
        "",
        "| part | µs a case |",
        "|---|---|",
        f"| {REPLIES:.1f} uniform numbers for the replies, of {draws['uniform']:.1f} ns | {replies:.2f} |",
        f"| {WORKS + CONSULTATIONS:.1f} lognormal draws, one of them for the last reply, of {draws['lognormal']:.0f} ns | {rest:.2f} |",
        f"| the rest of the {path:.2f}: arrivals, choices, pools, putting cases into their order | {path - replies - rest:.2f} |",
        "",
    ]
