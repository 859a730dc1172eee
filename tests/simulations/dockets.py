"""Dockets for tests: what a run gave up to some day, read back as the open cases of that day."""

from __future__ import annotations

import csv
import re
from math import floor
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput
from duecourse.scenarios.docket_read import read_docket
from duecourse.simulations.plan import Plan
from duecourse.simulations.process import Case, Office

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from duecourse.scenarios import Scenario
    from duecourse.scenarios.docket import Docket
    from duecourse.simulations.log import Log
    from duecourse.simulations.plan import Kind

_CASE = re.compile(r'case "([^"]+)"')


class Watched(Office):
    """A replication that remembers its cases."""

    def __init__(self, plan: Plan, seed: int) -> None:
        super().__init__(plan, seed, 0)
        self.found: list[Case] = []

    def begin(self, number: int, kind: Kind, key: int) -> None:
        case = Case(self, kind, number, key)
        self.found.append(case)
        case.process = self.environment.process(case.life())
        self.awake = True


def stopped_on(scenario: Scenario, day: int, seed: int = 5) -> tuple[Log, list[Case]]:
    """Run a scenario up to the beginning of a working day; return its log and its cases as they stand."""
    plan = Plan(scenario)
    plan.days.length = day
    office = Watched(plan, seed)
    return office.run(), office.found


def written(log: Log, path: Path) -> Path:
    """Write a log as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        log.write_csv(file)
    return path


def docket_of(scenario: Scenario, log: Log, day: int, path: Path) -> tuple[Scenario, Docket]:
    """Read a log as the docket of a working day."""
    start = log.days.date(day)
    later = scenario.starting(start)
    return later, read_docket(written(log, path), later)


def as_folder(scenario: Scenario, log: Log, cases: Sequence[int], folder: Path) -> Path:
    """Write cases of a log as case files; what the law does by itself at a lapse is left out."""
    folder.mkdir()
    clocks = {each.id for each in scenario.procedure.clocks}
    texts: dict[int, list[str]] = {}
    for event in log.events:
        if event.case not in cases:
            continue
        if event.event == "arrival":
            head = (
                f'[case]\nid = "c{event.case}"\nlabel = {{ en = "A case" }}\nclass = "{event.kind}"'
            )
            texts[event.case] = [f'{head}\nprocedure = "{scenario.procedure.id}"\n']
        elif event.event == "step" and event.subject not in clocks:
            on = log.days.date(floor(event.time))
            text = f'[[event]]\non = {on}\nactor = "{event.actor}"\nstep = "{event.step}"\n'
            member = f'member = "{event.subject}"\n' if event.subject else ""
            texts[event.case].append(text + member)
    for number, parts in texts.items():
        (folder / f"c{number}.toml").write_text("\n".join(parts), encoding="utf-8")
    return folder


def without_walk(scenario: Scenario, path: Path) -> Docket | None:
    """Read a docket of a scenario that may come to an illegal step; leave out cases that cannot be taken up.

    None where none can be.
    """
    left_out: set[str] = set()
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    place = header.index("case")
    while len(left_out) < len({row[place] for row in rows}):
        kept = [header, *(row for row in rows if f"0/{row[place]}" not in left_out)]
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(kept)
        try:
            return read_docket(path, scenario)
        except InvalidInput as error:
            named = {found for each in error.problems for found in _CASE.findall(each.message)}
            if not named - left_out:
                return None
            left_out |= named
    return None
