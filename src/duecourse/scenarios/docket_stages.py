"""A docket that only says in which stage each case is: a row a case, made into the steps of a shortest legal course."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from duecourse.errors import InvalidInput, nearest
from duecourse.model.case import Case, Event
from duecourse.model.event_log import Tally, moment, not_a_day
from duecourse.model.procedure import Label, Place
from duecourse.scenarios.docket import Taken
from duecourse.scenarios.docket_file import Told, no_value, value_of
from duecourse.scenarios.docket_walk import DocketWalk
from duecourse.scenarios.position import position
from duecourse.scenarios.shortest import Dated, Goal, Way, clocks_in, shortest_course
from duecourse.scenarios.walk import initial_configurations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from duecourse.model.event_log import Log
    from duecourse.model.procedure import Procedure, Value
    from duecourse.model.table import Table
    from duecourse.scenarios.demand import CaseClass
    from duecourse.scenarios.docket_file import Reading
    from duecourse.scenarios.scenario import Scenario

PLAIN: Final = ("case", "class", "stage", "arrived", "activity", "asked", "begun")
KEYED: Final = ("fact", "clock", "extended", "suspension", "reply", "outstanding")


class RowError(Exception):
    """What is wrong with a row: a code and a message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def read_stages(log: Log, scenario: Scenario, table: Table, found: Reading) -> None:
    """Read a list of cases with their stages.

    Raises:
        InvalidInput: a column is not known, or one that is needed is missing.
    """
    _check_head(log, scenario.procedure)
    tally = Tally()
    reader = _StageReader(str(log.path), scenario, table)
    for row, cells in log.rows(tally):
        values = {name: cell.strip() for name, cell in zip(log.header, cells, strict=True)}
        try:
            found.told.append(reader.case(row, values))
        except RowError as error:
            found.wrong(str(log.path), row, error.code, str(error))
    for listed in tally.listed:
        found.wrong(str(log.path), listed.row, listed.code, listed.reason)
    found.remarks += log.remarks


def _check_head(log: Log, procedure: Procedure) -> None:
    known = {
        "fact": procedure.fact,
        "clock": procedure.clock,
        "extended": procedure.clock,
        "suspension": procedure.suspension,
        "reply": {each.id: each for each in procedure.steps if each.reply is not None},
        "outstanding": {
            each.actor: each for panel in procedure.panels for each in panel.electorate
        },
    }
    for name in log.header:
        prefix, colon, of = name.partition(":")
        if log.header.count(name) > 1:
            raise InvalidInput(f'{log.path}: two columns are called "{name[:80]}"')
        if colon and prefix in known:
            if of not in known[prefix]:
                hint = nearest(of, known[prefix])
                raise InvalidInput(f'{log.path}: the column "{name[:80]}" names no {prefix}{hint}')
        elif name not in PLAIN:
            hint = nearest(name, [*PLAIN, *(f"{each}:NAME" for each in KEYED)])
            raise InvalidInput(f'{log.path}: a docket has no column "{name[:80]}"{hint}')
    for name in ("case", "class", "stage"):
        if name not in log.header:
            raise InvalidInput(f'{log.path}: a docket needs the column "{name}"')


class _StageReader:
    def __init__(self, file: str, scenario: Scenario, table: Table) -> None:
        self.file, self.scenario, self.table = file, scenario, table
        self.procedure = scenario.procedure
        self.classes = {sort: each for each in scenario.classes for sort in each.sorts}
        self.walk = DocketWalk(scenario, table)
        self.courses: dict[tuple[str, Goal, str], tuple[Way, ...] | None] = {}

    def case(self, row: int, cells: Mapping[str, str]) -> Told:
        """Return the case of a row.

        Raises:
            RowError: the row cannot be used.
        """
        if not cells["case"]:
            raise RowError("no-case", "no case is named")
        if cells["class"] not in self.classes:
            hint = nearest(cells["class"], self.classes)
            raise RowError("class", f'no class is called "{cells["class"][:80]}"{hint}')
        kind = self.classes[cells["class"]]
        if cells["stage"] not in self.procedure.stage:
            hint = nearest(cells["stage"], self.procedure.stage)
            raise RowError("stage", f'no stage is called "{cells["stage"][:80]}"{hint}')
        if self.procedure.stage[cells["stage"]].final:
            raise RowError("over", f'a case in "{cells["stage"]}" is over; leave it out')
        arrived, asked, begun = (day_of(cells, name) for name in ("arrived", "asked", "begun"))
        dated = [*self.clocks(cells), *self.suspensions(cells)]
        days = sorted({day for day, _, _ in dated})
        if arrived is None and not days:
            raise RowError("arrived", "no day is given; the column arrived says when it came")
        replies = self.replies(cells)
        goal = Goal(
            stage=cells["stage"],
            facts=tuple(self.facts(cells)),
            extended=tuple(self.extended(cells)),
            dated=frozenset(Dated(days.index(day), what, name) for day, what, name in dated),
            replies=tuple(step for step, _ in replies),
        )
        course = self.course(kind, cells["class"], goal, cells.get("activity", ""))
        if course is None:
            raise RowError("no-course", self.no_course(kind, goal))
        place = Place(self.file, row)
        events = [
            Event(on=day, step=step, members=members, place=place)
            for step, day, members in _dates(course, [*days] or [arrived], replies)
        ]
        return Told(
            case=Case(
                id=cells["case"],
                label=Label(cells["case"]),
                procedure=self.procedure,
                facts=kind.facts,
                events=tuple(events),
                place=place,
            ),
            kind=cells["class"],
            activity=cells.get("activity", ""),
            arrived=arrived or days[0],
            asked=asked,
            begun=begun,
        )

    # --- the cells of a row -------------------------------------------------------------------------

    def clocks(self, cells: Mapping[str, str]) -> Iterator[tuple[date, str, str]]:
        for name in self.procedure.clock:
            started = day_of(cells, f"clock:{name}")
            if started is not None:
                yield started, "start", name

    def suspensions(self, cells: Mapping[str, str]) -> Iterator[tuple[date, str, str]]:
        """Yield the ends of every suspension: `2022-03-01/2022-03-20; 2022-04-11/` has one that goes on."""
        for name in self.procedure.suspension:
            spans = [
                each for each in cells.get(f"suspension:{name}", "").split(";") if each.strip()
            ]
            for span in spans:
                began, _, over = span.partition("/")
                for what, text in (("begin", began), ("end", over)):
                    if text.strip() or what == "begin":
                        yield day_in(text, f"suspension:{name}"), what, name

    def extended(self, cells: Mapping[str, str]) -> Iterator[tuple[str, int]]:
        for name in self.procedure.clock:
            times = number_of(cells, f"extended:{name}")
            if cells.get(f"clock:{name}"):
                yield name, times
            elif times:
                raise RowError("clock", f"extended:{name} is told of a clock that does not run")

    def facts(self, cells: Mapping[str, str]) -> Iterator[tuple[str, Value]]:
        """Yield the values of facts, and how many members have not replied."""
        for name, fact in self.procedure.fact.items():
            text = cells.get(f"fact:{name}", "")
            value = value_of(fact, text) if text else None
            if text and value is None:
                raise RowError("fact", no_value(name, text, fact))
            if value is not None:
                yield name, value
        for panel in self.procedure.panels:
            for actor in dict.fromkeys(each.actor for each in panel.electorate):
                if cells.get(f"outstanding:{actor}"):
                    count = number_of(cells, f"outstanding:{actor}")
                    yield f"{panel.id}.pending.{actor}", count

    def replies(self, cells: Mapping[str, str]) -> list[tuple[str, tuple[str, ...]]]:
        """Return a step for each reply; a cell holds their number, or the names of those who gave them."""
        found: list[tuple[str, tuple[str, ...]]] = []
        for step in self.procedure.steps:
            text = cells.get(f"reply:{step.id}", "")
            if step.reply is not None and text and not text.isdecimal():
                found += [(step.id, (each.strip(),)) for each in text.split(";") if each.strip()]
            elif text:
                found += [(step.id, ())] * min(int(text), 1_000)
        return found

    # --- how it came there --------------------------------------------------------------------------

    def course(
        self, kind: CaseClass, sort: str, goal: Goal, activity: str
    ) -> tuple[Way, ...] | None:
        """Return the shortest course to a goal from which the scenario can go on, else the shortest of all."""
        key = sort, goal, activity
        if key not in self.courses:
            first = initial_configurations(self.table, kind)[0]

            def goes_on(course: tuple[Way, ...]) -> bool:
                return self.goes_on(first, sort, course, activity)

            where = self.table, first, kind.begins, goal
            found = shortest_course(*where, goes_on) or shortest_course(*where, lambda _: True)
            self.courses[key] = found
        return self.courses[key]

    def goes_on(self, first: int, sort: str, course: tuple[Way, ...], activity: str) -> bool:
        """Return whether the scenario can go on with a case that came by a course."""
        packed, here = first, list[Taken]()
        for way in course:
            move = self.table.move(packed, way.step)
            assert move is not None
            before, packed = packed, move[1]
            stage = self.table.stage(packed)
            if stage != self.table.stage(before):
                here = []
            else:
                here.append(Taken(way.step, date.min, stage))
        activities = self.scenario.behaviours.get(self.table.stage(packed), ())
        found = position(activities, here, activity)
        return found is not None and not self.walk.faults(sort, packed, found)

    def no_course(self, kind: CaseClass, goal: Goal) -> str:
        """Return why there is no course, as far as the clocks tell it."""
        first = initial_configurations(self.table, kind)[0]
        given = {name for name, _ in goal.extended}
        sets = clocks_in(self.table, first, goal.stage)
        if not sets:
            return f'no case of class "{kind.id}" comes to "{goal.stage}"'
        if given not in sets:
            shown = " or ".join(" and ".join(sorted(each)) or "none" for each in sets[:6])
            told = " and ".join(sorted(given)) or "none"
            return f'in "{goal.stage}" the clocks that run are {shown}; the row has {told}'
        what = "facts, extensions, suspensions, replies and the order of the days"
        return f'no legal course leads to "{goal.stage}" with these {what}'


def _dates(
    course: tuple[Way, ...],
    days: list[date | None],
    replies: list[tuple[str, tuple[str, ...]]],
) -> Iterator[tuple[str, date, tuple[str, ...]]]:
    """Yield the steps with their days: that of the next step whose day is told, or of the last such one.

    A clock that was stopped on the way has then run for no day, so that its limit cannot have lapsed.
    """
    told = [way.rank for way in course]
    last = max((rank for rank in told if rank is not None), default=0)
    members = iter(who for _, who in replies)
    silent = len(course) - len(replies)
    for index, way in enumerate(course):
        rank = next((each for each in told[index:] if each is not None), last)
        day = days[rank]
        assert day is not None
        yield way.step, day, next(members) if index >= silent else ()


def day_of(cells: Mapping[str, str], column: str) -> date | None:
    """Return the day in a cell; None where it is empty."""
    text = cells.get(column, "")
    return day_in(text, column) if text else None


def day_in(text: str, column: str) -> date:
    """Return the day that a cell, or a part of it, tells."""
    at = moment(text)
    if at is None:
        raise RowError("date", f"{column}: {not_a_day(text)}")
    return at.date()


def number_of(cells: Mapping[str, str], column: str) -> int:
    """Return the number in a cell; 0 where it is empty."""
    text = cells.get(column, "") or "0"
    if not text.isdecimal() or len(text) > 3:  # noqa: PLR2004  (no clock is extended a thousand times)
        raise RowError("number", f'{column}: "{text[:40]}" is no number')
    return int(text)
