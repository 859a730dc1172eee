"""What is measured: every engine on every model."""

from __future__ import annotations

from dataclasses import dataclass

PER_RUN = {"replies": 4_998, "maximum": 4_998, "mm5": 19_992, "baseline": 6_000}
"""Cases that arrive in one run of a model, about."""


@dataclass(frozen=True)
class Row:
    """One engine on one model.

    Attributes:
        model: "replies", "maximum" (model (b) with one event for each consultation), "mm5" or "baseline".
        key: what names the row in the record.
        label: what the page calls it.
        tool: the other program, or "" for duecourse.
        form: what the program calls the model, or the engine where it is duecourse.
        share: of the cases asked for, how many it simulates in a round: slow programs do fewer.
    """

    model: str
    key: str
    label: str
    tool: str
    form: str
    share: float = 1.0


ROWS = (
    Row("replies", "compiled", "duecourse, compiled, full log", "", "compiled"),
    Row("replies", "watched", "duecourse, compiled, full log, all monitors", "", "watched"),
    Row("replies", "unlogged", "duecourse, compiled, no log", "", "unlogged"),
    Row("replies", "reference", "duecourse, SimPy engine, full log", "", "reference", 0.05),
    Row("replies", "simpy", "SimPy by hand, no log", "simpy", "replies", 0.2),
    Row("replies", "cimba", "Cimba for Python, no log", "cimba", "replies"),
    Row("replies", "cimba-c", "Cimba in C, no log", "cimba-c", "replies"),
    Row("replies", "simmer", "simmer, no log", "simmer", "replies", 0.1),
    Row("replies", "loop", "C event loop, no log", "loop", "replies"),
    Row("replies", "log", "C event loop, the same log", "loop", "log"),
    Row("maximum", "path", "duecourse, recursion path", "", "recursion"),
    Row(
        "maximum",
        "thirteen",
        "SimPy by hand, the greatest of thirteen draws",
        "simpy",
        "thirteen",
        0.2,
    ),
    Row("maximum", "simpy", "SimPy by hand", "simpy", "maximum", 0.2),
    Row("maximum", "ciw", "Ciw", "ciw", "maximum", 0.2),
    Row("maximum", "cimba", "Cimba for Python", "cimba", "maximum"),
    Row("maximum", "cimba-c", "Cimba in C", "cimba-c", "maximum"),
    Row("maximum", "simmer", "simmer", "simmer", "maximum", 0.2),
    Row("maximum", "loop", "C event loop", "loop", "maximum"),
    Row("maximum", "recursion", "C recursion", "recursion", "maximum"),
    Row("mm5", "compiled", "duecourse, compiled, full log", "", "compiled"),
    Row("mm5", "unlogged", "duecourse, compiled, no log", "", "unlogged"),
    Row("mm5", "path", "duecourse, recursion path, no log", "", "recursion"),
    Row("mm5", "reference", "duecourse, SimPy engine, full log", "", "reference", 0.2),
    Row("mm5", "simpy", "SimPy by hand", "simpy", "mm5", 0.4),
    Row("mm5", "ciw", "Ciw", "ciw", "mm5", 0.4),
    Row("mm5", "cimba", "Cimba for Python", "cimba", "mm5"),
    Row("mm5", "cimba-c", "Cimba in C", "cimba-c", "mm5"),
    Row("mm5", "simmer", "simmer", "simmer", "mm5", 0.4),
    Row("mm5", "loop", "C event loop", "loop", "mm5"),
    Row("mm5", "recursion", "C recursion", "recursion", "mm5"),
    Row("baseline", "compiled", "duecourse, compiled, full log", "", "compiled"),
    Row("baseline", "reference", "duecourse, SimPy engine, full log", "", "reference", 0.02),
)


def rows() -> list[Row]:
    """Return every engine on every model; duecourse's recursion only where duecourse has it."""
    from duecourse.simulations.engines import Engine

    engines = {each.value for each in Engine}
    return [
        each for each in ROWS if each.form != "recursion" or each.tool or "recursion" in engines
    ]


SCENARIOS = {"replies": "model-b", "maximum": "model-b", "mm5": "mm5", "baseline": "baseline-2022"}
