"""`demo`: the main job, from the files that come with the library to one report."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.text import Text

from duecourse.cli.files import write
from duecourse.cli.watching import watches
from duecourse.errors import InvalidInput
from duecourse.model.library import load
from duecourse.properties.bounds import bounds
from duecourse.properties.check import check
from duecourse.properties.property_file import load_properties
from duecourse.report.demo_text import demo_text
from duecourse.report.html_page import page
from duecourse.report.spread import spread
from duecourse.report.study import Input, Study, read_input
from duecourse.scenarios import load_scenario
from duecourse.shipped import shipped
from duecourse.simulations import compare, replicate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from duecourse.report.spread import Spread
    from duecourse.scenarios import Scenario

TEXTS = ("trial-2017", "measures-2020", "measures-2022")
BYPASS = "no-commission-2022"
SCENARIOS = ("baseline-2020", "baseline-2022")
REPLICATIONS = 10
LOOKED_INTO = 3
"""Of so many replications the single cases are kept, for the plots of their durations."""

WORKERS = 2
STYLES = {
    r"(?m)^[A-Z]{4,}(?: †)?(?=  |$)": "bold",
    r"\bholds\b(?!\*)": "green",
    r"\bholds\*": "yellow",
    r"\bviolated\b": "bold red",
    r"\[[^\]]*\]": "dim",
    r"(?m)^  duecourse .*?(?=  )": "cyan",
}


def run(output: Path, *, seed: int) -> None:
    """Check, bound, simulate and compare the texts, print a summary and write the report.

    Raises:
        InvalidInput: the report cannot be written there.
    """
    if not output.parent.is_dir() or output.is_dir():
        raise InvalidInput(f"cannot write {output}: name a file in a folder that exists")
    began = time.perf_counter()
    with _Teller() as tell:
        study = studied(seed, tell)
        tell("writing the report")
        html = page(study, datetime.now().astimezone().date())
        write(output, html)
    text = Text(demo_text(study, str(output), len(html.encode())))
    for pattern, style in STYLES.items():
        text.highlight_regex(pattern, style)
    Console(highlight=False, soft_wrap=True).print(text)
    Console(stderr=True, highlight=False).print(f"done in {time.perf_counter() - began:.1f} s")


CORE = ("s9_literal", "s9_law", "no_dead_end", "can_always_end", "can_always_conclude")
"""The properties that the demo tells of, and that watch its cases."""


def studied(seed: int, tell: Callable[[str], None]) -> Study:
    """Return the study: the simulation goes on in other processes while the law is looked at here."""
    root = shipped()
    tell("reading the law and the scenarios")
    texts = {name: load(name, root=root) for name in (*TEXTS, BYPASS)}
    properties = [each for each in load_properties(root) if each.id in CORE]
    a, b = (load_scenario(name, root=root) for name in SCENARIOS)
    with ThreadPoolExecutor(1) as aside:
        comparing = aside.submit(
            compare,
            a,
            b,
            replications=REPLICATIONS,
            seed=seed,
            workers=WORKERS,
            properties=watches((a, b), properties),
        )
        tell(f"checking {len(properties)} properties of {len(texts)} texts")
        checks = tuple(check(texts[name], properties) for name in TEXTS)
        bypass = check(texts[BYPASS], properties)
        tell("summing up statutory time")
        found = bounds(a.procedure, a.readings), bounds(b.procedure, b.readings)
        tell(f"simulating {REPLICATIONS} replications of {a.years:g} years under two texts")
        spreads = _spread(a, seed), _spread(b, seed)
        comparison = comparing.result()
    return Study(checks, bypass, found, comparison, spreads, _inputs())


def _spread(scenario: Scenario, seed: int) -> Spread:
    logs = (replicate(scenario, seed=seed, replication=number) for number in range(LOOKED_INTO))
    return spread(scenario, logs)


def _inputs() -> tuple[Input, ...]:
    root = shipped()
    properties = sorted(
        f"properties/{each.name}"
        for each in root.joinpath("properties").iterdir()
        if each.name.endswith(".toml")
    )
    names = (
        *(f"model/{name}.toml" for name in TEXTS),
        f"model/amendments/{BYPASS}.toml",
        "model/calendars/prc.toml",
        *properties,
        *(f"scenarios/{name}.toml" for name in SCENARIOS),
    )
    return tuple(read_input(root, name) for name in names)


class _Teller:
    """Says on standard error what is being done: in place where somebody looks on, else line by line."""

    def __init__(self) -> None:
        self.console = Console(stderr=True, highlight=False)
        self.status = self.console.status("") if self.console.is_terminal else None

    def __call__(self, what: str) -> None:
        if self.status is None:
            self.console.print(f"{what} …")
            return
        self.status.update(f"{what} …")
        self.status.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.status is not None:
            self.status.stop()
