"""The files that a docket is read from, each case as it is told there: case files, a log of steps, or a list of stages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from duecourse.errors import InvalidInput, Problem, nearest
from duecourse.model.case import Case, Event
from duecourse.model.case_file import read_case
from duecourse.model.columns import ROLES, Columns, fitted, guess_columns
from duecourse.model.event_log import Log, Tally
from duecourse.model.procedure import Label, Place

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from duecourse.model.event_log import Event as Row
    from duecourse.model.procedure import Fact, Value
    from duecourse.scenarios.scenario import Scenario

DOCKET_ROLES: Final = (*ROLES, "class", "member")
"""What the columns of a log of steps may say; `case`, `step`, `time` and `class` are needed."""

MAX_CASES: Final = 100_000


@dataclass(frozen=True, kw_only=True)
class Told:
    """One case as a file tells it.

    Attributes:
        kind: its class; empty where the file does not say.
        by_law: the rows of steps that the law takes by itself, with their days: they are compared with the replay.
        activity, arrived, asked, begun: see `duecourse.scenarios.docket.OpenCase`.
    """

    case: Case
    kind: str = ""
    by_law: tuple[Event, ...] = ()
    activity: str = ""
    arrived: date | None = None
    asked: date | None = None
    begun: date | None = None


@dataclass
class Reading:
    """What reading the files of a docket has given so far."""

    told: list[Told] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def wrong(self, file: str, row: int, code: str, message: str) -> None:
        """Note what is wrong with a row of a file."""
        self.problems.append(Problem(file, row, 1, code, message))


def read_folder(folder: Path, found: Reading) -> None:
    """Read every case file of a folder."""
    others = 0
    for path in sorted(folder.iterdir()):
        if path.suffix != ".toml":
            others += 1
            continue
        try:
            case = read_case(path)
        except InvalidInput as error:
            found.problems += error.problems or [Problem(str(path), 1, 1, "file", str(error))]
            continue
        if case.published is not None:
            rule = "only the public dates of this case are known, no step; it cannot be taken up"
            found.wrong(str(path), case.place.line, "published", rule)
        else:
            found.told.append(Told(case=case, kind=case.kind))
    if others:
        found.remarks.append(f"{others} other files in {folder} are no case files (.toml)")


def read_log(log: Log, scenario: Scenario, columns: Columns | None, found: Reading) -> None:
    """Read a log of steps: a row for each step of each case.

    Raises:
        InvalidInput: a column that is needed is not there.
    """
    chosen = columns or log_columns(log.header)
    fitted(chosen, log.header, ("case", "step", "time", "class"))
    extra = {role: name for role in ("class", "member") for name in chosen.of.get(role, ())}
    told = Columns(
        {role: names for role, names in chosen.of.items() if role in ROLES},
        {**extra, **chosen.facts},
    )
    tally = Tally()
    cases: dict[str, list[Row]] = {}
    for row in log.events(told, tally):
        cases.setdefault(row.case, []).append(row)
    for listed in tally.listed:
        found.wrong(str(log.path), listed.row, listed.code, listed.reason)
    if len(cases) > MAX_CASES:
        raise InvalidInput(f"{log.path}: more than {MAX_CASES:,} cases")
    found.remarks += log.remarks
    if tally.other:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(tally.other.items()))
        found.remarks.append(f"rows that report no step: {kinds}")
    reader = _LogReader(str(log.path), scenario, tuple(told.facts), found)
    for name, rows in cases.items():
        reader.case(name, sorted(rows, key=lambda each: each.at))


def log_columns(header: list[str]) -> Columns:
    """Return the columns of a log of steps by their usual names."""
    usual = guess_columns(header)
    lower = {name.casefold(): name for name in reversed(header)}
    simulated = "replication" in usual.of.get("case", ())
    wanted = {
        "class": ("class", "case_class", "案件类别"),
        "member": ("subject",) if simulated else ("member", "unit", "成员单位"),
    }
    more = {
        role: (lower[name],)
        for role, names in wanted.items()
        for name in [next((each for each in names if each in lower), "")]
        if name
    }
    facts = {name.removeprefix("fact:"): name for name in header if name.startswith("fact:")}
    return Columns({**usual.of, **more}, facts)


class _LogReader:
    def __init__(
        self, file: str, scenario: Scenario, extra: tuple[str, ...], found: Reading
    ) -> None:
        self.file, self.scenario, self.extra, self.found = file, scenario, extra, found

    def case(self, name: str, rows: list[Row]) -> None:
        """Note one case."""
        procedure = self.scenario.procedure
        told = [dict(zip(self.extra, row.facts, strict=True)) for row in rows]
        first = rows[0].row
        kinds = {each["class"] for each in told if each["class"]}
        if len(kinds) != 1:
            what = f"the classes {', '.join(sorted(kinds))}" if kinds else "no class"
            self.found.wrong(self.file, first, "class", f'the case "{name}" has {what}')
            return
        events = [
            Event(
                on=row.on,
                step=row.step,
                actor=row.actor,
                members=tuple(filter(None, [each.get("member", "")])) if self.reply(row) else (),
                place=Place(self.file, row.row),
            )
            for row, each in zip(rows, told, strict=True)
        ]
        lapses = procedure.lapse_steps
        self.found.told.append(
            Told(
                case=Case(
                    id=name,
                    label=Label(name),
                    procedure=procedure,
                    facts=self.facts(first, told),
                    events=tuple(each for each in events if each.step not in lapses),
                    place=Place(self.file, first),
                ),
                kind=kinds.pop(),
                by_law=tuple(each for each in events if each.step in lapses),
            )
        )

    def reply(self, row: Row) -> bool:
        step = self.scenario.procedure.step.get(row.step)
        return step is not None and step.reply is not None

    def facts(self, row: int, told: list[dict[str, str]]) -> dict[str, Value]:
        """Return the values of facts at the beginning, where a row of the case tells them."""
        values: dict[str, Value] = {}
        for name in self.extra:
            text = next((each[name] for each in told if each[name]), "")
            if text and name not in {"class", "member"}:
                fact = self.scenario.procedure.fact.get(name)
                value = None if fact is None else value_of(fact, text)
                if value is None:
                    self.found.wrong(self.file, row, "fact", no_value(name, text, fact))
                else:
                    values[name] = value
        return values


def value_of(fact: Fact, text: str) -> Value | None:
    """Return the value of a fact that a cell tells; None where it is none of its values."""
    low = text.strip().casefold()
    return next((each for each in fact.values if str(each).casefold() == low), None)


def no_value(name: str, text: str, fact: Fact | None) -> str:
    """Return what is wrong with the cell of a fact."""
    if fact is None:
        return f'no fact is called "{name[:80]}"'
    values = [str(each).lower() for each in fact.values]
    return f'"{text[:80]}" is no value of the fact "{name}"{nearest(text, values)}'


def the_class(steps: set[str], scenario: Scenario) -> str | None:
    """Return the class whose steps at arrival a case has taken, the one with most of them; None where several have.

    A class with attributes is not told by steps.
    """
    fits = [each for each in scenario.classes if set(each.begins) <= steps]
    most = max((len(each.begins) for each in fits), default=0)
    best = [sort for each in fits if len(each.begins) == most for sort in each.sorts]
    return best[0] if len(best) == 1 else None
