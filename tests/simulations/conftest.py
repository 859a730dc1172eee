"""A procedure of one clerk and one panel, and scenarios of it: what queueing theory can predict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from duecourse.kernels import layout
from duecourse.model.source import parse
from duecourse.scenarios import load_scenario
from duecourse.scenarios.read import read_scenario
from duecourse.simulations.compiled import CompiledOffice
from duecourse.simulations.records import Records

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from duecourse.scenarios import Scenario

TOY = """
[procedure]
id = "toy"
label = { en = "Toy" }
text = { en = "None" }
initial = "outside"
measured_from = ["file"]
calendar = "prc"

[[article]]
id = "1"
mark = "I"
label = { en = "All of it" }

[[actor]]
id = "applicant"
label = { en = "Applicant" }
cites = ["1"]

[[actor]]
id = "clerk"
label = { en = "Clerk" }
cites = ["1"]

[[actor]]
id = "experts"
label = { en = "Experts" }
cites = ["1"]

[[stage]]
id = "outside"
label = { en = "Outside" }
cites = ["1"]

[[stage]]
id = "office"
label = { en = "In the office" }
cites = ["1"]

[[stage]]
id = "asked"
label = { en = "Experts asked" }
cites = ["1"]

[[stage]]
id = "decided"
label = { en = "Decided" }
cites = ["1"]
final = true

[[step]]
id = "file"
label = { en = "files" }
cites = ["1"]
actor = "applicant"
from = "outside"
to = "office"

[[step]]
id = "consult"
label = { en = "asks the experts" }
cites = ["1"]
actor = "clerk"
from = "office"
to = "asked"

[[step]]
id = "agree"
label = { en = "agrees" }
cites = ["1"]
actor = "experts"
from = "asked"
reply = { panel = "board", value = "yes" }

[[step]]
id = "object"
label = { en = "objects" }
cites = ["1"]
actor = "experts"
from = "asked"
reply = { panel = "board", value = "no" }

[[step]]
id = "decide"
label = { en = "decides" }
cites = ["1"]
actor = "clerk"
from = ["office", "asked"]
when = "board.pending == 0"
to = "decided"

[[panel]]
id = "board"
label = { en = "Board" }
cites = ["1"]
electorate = [{ actor = "experts", count = 13 }]
replies = ["yes", "no"]
opens = ["consult"]
closes = ["decide"]

[[clock]]
id = "answer"
label = { en = "Answer" }
cites = ["1"]
binds = "experts"
limit = "3 working days"
starts = ["consult"]
stops = ["decide"]

[[clock]]
id = "limit"
label = { en = "Limit" }
cites = ["1"]
binds = "clerk"
limit = "5 working days"
starts = ["file"]
stops = ["decide"]

[[outcome]]
id = "decision"
label = { en = "Decision" }
cites = ["1"]
by = "decide"
conclusion = true
"""

HEAD = """
[scenario]
id = "toy"
label = {{ en = "Toy" }}
procedure = '{procedure}'
start = 2021-01-04
years = {years}
warm_up = {warm_up}

[[class]]
id = "file"
label = {{ en = "File" }}
party = "applicant"
begins = ["file"]

[[arrivals]]
id = "files"
per_year = {per_year}
shares = {{ file = 1.0 }}
assumption = "given by the test"

[[pool]]
id = "desk"
label = {{ en = "Desk" }}
size = {size}
assumption = "given by the test"

[[meeting]]
id = "council"
label = {{ en = "Council" }}
every = {every}
first = 0
agenda = {agenda}
assumption = "given by the test"

[[reply]]
panel = "board"
actor = "experts"
latency = {{ law = "lognormal", mean = 7, cv = 0.5 }}
objection = {{ mean = 0.1, correlation = 0.25, counts_as = "no" }}
support = "yes"
assumption = "given by the test"

[[stage]]
id = "office"

[[stage.activity]]
id = "handling"
{activity}

[[stage]]
id = "asked"

[[stage.activity]]
id = "replies"
panel = "board"
take = "decide"
"""


@pytest.fixture
def office_file(tmp_path: Path) -> Path:
    """Return the file of a scenario of the toy procedure with one clerk."""
    procedure, file = tmp_path / "toy.toml", tmp_path / "office.toml"
    procedure.write_text(TOY, encoding="utf-8")
    activity = (
        'work = "desk"\neffort = { law = "exponential", mean = 0.8 }\ntake = "decide"\n'
        'assumption = "given by the test"\n'
    )
    text = HEAD.format(
        procedure=procedure,
        activity=activity,
        per_year=250,
        size=1,
        years=1,
        warm_up=0,
        every=1,
        agenda=9,
    )
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def toy(tmp_path: Path) -> Callable[..., Scenario]:
    """Make scenarios of the toy procedure: `toy(activity, per_year=…, size=…, years=…)`."""
    procedure = tmp_path / "toy.toml"
    procedure.write_text(TOY, encoding="utf-8")

    def make(  # noqa: PLR0913  (settings with names)
        activity: str,
        *,
        per_year: float = 250,
        size: int = 1,
        years: float = 2,
        warm_up: float = 0,
        every: int = 1,
        agenda: int = 10_000,
    ) -> Scenario:
        text = HEAD.format(
            procedure=procedure,
            activity=activity + '\nassumption = "given by the test"\n',
            per_year=per_year,
            size=size,
            years=years,
            warm_up=warm_up,
            every=every,
            agenda=agenda,
        )
        return read_scenario(parse(text.encode(), "scenario.toml"))

    return make


OFFICE = """
[scenario]
id = "office"
label = {{ en = "Office" }}
procedure = '{procedure}'
start = {start}
years = {years}

{tables}
"""

CLASSES = """
[[class]]
id = "file"
label = { en = "File" }
party = "applicant"
begins = ["file"]

[[class]]
id = "urgent"
label = { en = "Urgent" }
party = "applicant"
begins = ["file"]
"""


@pytest.fixture
def office(tmp_path: Path) -> Callable[..., Scenario]:
    """Make scenarios of the toy procedure from their tables: `office(tables, years=…)`.

    The classes `file` and `urgent` are there unless the tables have some of their own; `#!` stands for an assumption.
    """
    procedure = tmp_path / "toy.toml"
    procedure.write_text(TOY, encoding="utf-8")

    def make(tables: str, *, years: float = 1, start: str = "2021-01-04") -> Scenario:
        classes = "" if "[[class]]" in tables else CLASSES
        noted = tables.replace("#!", 'assumption = "given by the test"')
        text = OFFICE.format(procedure=procedure, years=years, start=start, tables=classes + noted)
        path = tmp_path / "office.toml"
        path.write_text(text, encoding="utf-8")
        return load_scenario(str(path))

    return make


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the compiled engine give the events up to where it stopped, instead of the error of the reference."""

    def told(self: CompiledOffice, _status: int, _seed: int, replication: int) -> Records:
        lines = int(self.state.scalars[layout.LINES])
        return Records(self.grown.lowered, replication, self.state.log[:lines])

    monkeypatch.setattr(CompiledOffice, "_told", told)
