"""Reading a docket: every open case replayed up to the first day, every case that cannot be used listed with the reason."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput, Problem, nearest
from duecourse.model.case_report import Kind
from duecourse.model.clocks import open_ledger
from duecourse.model.compile import compile_table
from duecourse.model.course import Course
from duecourse.model.event_log import Log
from duecourse.model.replay import Replay
from duecourse.scenarios.docket import Docket, OpenCase, OpenRound, Taken
from duecourse.scenarios.docket_file import Reading, log_columns, read_folder, read_log, the_class
from duecourse.scenarios.docket_stages import read_stages
from duecourse.scenarios.docket_walk import DocketWalk
from duecourse.scenarios.position import position

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from duecourse.model.case import Case
    from duecourse.model.case_report import Entry
    from duecourse.model.columns import Columns
    from duecourse.scenarios.docket_file import Told
    from duecourse.scenarios.scenario import Scenario


def read_docket(path: Path, scenario: Scenario, columns: Columns | None = None) -> Docket:
    """Return the open cases with which a scenario begins.

    Args:
        path: a folder of case files; or a CSV file, a log with a row for each step, or a list with a row for each case
            and the stage where it stands.
        scenario: its procedure and readings govern the cases; its start is the day up to which they are replayed.
        columns: of a log, by default by their usual names.

    Raises:
        InvalidInput: with every row and every case that cannot be used, each at its place.
    """
    found = Reading()
    if path.is_dir():
        read_folder(path, found)
    else:
        log = Log(path)
        if columns is None and "stage" in log.header and "time" not in log_columns(log.header).of:
            table = compile_table(scenario.procedure, scenario.readings)
            read_stages(log, scenario, table, found)
        else:
            read_log(log, scenario, columns, found)
    return _Docketing(path, scenario, found).docket()


class _Docketing:
    def __init__(self, path: Path, scenario: Scenario, found: Reading) -> None:
        self.path, self.scenario, self.found = path, scenario, found
        self.table = compile_table(scenario.procedure, scenario.readings)
        self.walk = DocketWalk(scenario, self.table)
        calendar = open_ledger(scenario.procedure, scenario.readings).calendar
        self.start = calendar.roll_forward(scenario.start)
        self.courses: dict[int, Course] = {}
        self.over = self.coming = self.later = 0

    def docket(self) -> Docket:
        """Return the docket, or every reason why there is none."""
        cases = []
        seen: dict[str, Told] = {}
        for told in self.found.told:
            if told.case.id in seen:
                other = seen[told.case.id].case.place
                rule = (
                    f'the case "{told.case.id}" is told already ({other.file}, line {other.line})'
                )
                self.wrong(told, "twice", rule)
                continue
            seen[told.case.id] = told
            try:
                case = self.open_case(told)
            except InvalidInput as error:
                self.found.problems += error.problems or [_problem(told.case, "case", str(error))]
            else:
                cases += [] if case is None else [case]
        self.crowded(cases)
        if self.found.problems:
            raise InvalidInput(sorted(set(self.found.problems)))
        return Docket(
            source=str(self.path),
            on=self.start,
            cases=tuple(sorted(cases, key=lambda each: (each.arrived, each.id))),
            over=self.over,
            coming=self.coming,
            later=self.later,
            remarks=tuple(self.found.remarks),
        )

    def wrong(self, told: Told, code: str, message: str) -> None:
        self.found.problems.append(_problem(told.case, code, message))

    def open_case(self, told: Told) -> OpenCase | None:
        """Return one case as it stands at the start; None where it is over by then or has not begun.

        Raises:
            InvalidInput: it cannot be taken up, with the reason.
        """
        case = told.case
        events = [each for each in case.events if each.on < self.start]
        self.later += len(case.events) - len(events)
        if not events:
            self.coming += 1
            return None
        replay = self.replayed(self.governed(case), told)
        if replay.ended is not None:
            self.over += 1
            return None
        kind = self.kind(told, replay)
        taken = tuple(_taken(replay.history))
        return self.placed(told, replay, kind, taken)

    def governed(self, case: Case) -> Case:
        """Return a case under the text that the scenario simulates, or under one that it takes over."""
        procedure = self.scenario.procedure
        base = procedure.id.split("+")[0]
        if case.procedure.id in {procedure.id, base}:
            return replace(case, procedure=procedure, migration=None)
        later = case.migration
        if later is not None and later.target.id in {procedure.id, base}:
            return replace(case, migration=replace(later, target=procedure))
        message = f"it is a case of {case.procedure.id}, the scenario simulates {procedure.id}"
        raise InvalidInput([_problem(case, "procedure", message)])

    def replayed(self, case: Case, told: Told) -> Replay:
        """Return a case replayed up to the start.

        Raises:
            IllegalStepError: a step that the law did not permit.
        """
        readings = {**case.readings, **self.scenario.readings}
        key = id(case.procedure)
        if key not in self.courses:
            self.courses[key] = Course(case.procedure, readings, {})
        replay = Replay(case, readings, self.courses[key])
        replay.follow((each for each in case.events if each.on < self.start), self.start)
        if replay.course is not self.courses[key]:
            pass  # another text took over; its course is the case's own
        elif told.by_law:
            self.check_law(told, replay)
        if replay.ended is None and replay.course.procedure is not self.scenario.procedure:
            text = replay.course.procedure.id
            message = f"on {self.start} it is still under {text}, not under the scenario's text"
            raise InvalidInput([_problem(case, "procedure", message)])
        return replay

    def check_law(self, told: Told, replay: Replay) -> None:
        """Refuse a log in which the law took other steps than it takes."""
        ours = [(each.step.id, each.on) for each in replay.history if _by_law(each) and each.step]
        for event in told.by_law:
            if event.on >= self.start:
                self.later += 1
            elif (event.step, event.on) in ours:
                ours.remove((event.step, event.on))
            else:
                message = f'the law does not take "{event.step}" on {event.on}: no time limit with this effect lapses then'
                place = event.place
                raise InvalidInput([Problem(place.file, place.line, 1, "lapse-step", message)])

    def kind(self, told: Told, replay: Replay) -> str:
        """Return the class of a case: as it is told, else by the steps at its arrival."""
        classes = self.scenario.sorts
        if told.kind:
            if told.kind not in classes:
                message = f'no class is called "{told.kind[:80]}"{nearest(told.kind, classes)}'
                raise InvalidInput([_problem(told.case, "class", message)])
            return told.kind
        found = the_class({each.step.id for each in replay.history if each.step}, self.scenario)
        if found is None:
            message = f'its steps do not tell its class; write class = "NAME" into [case], one of {", ".join(classes)}'
            raise InvalidInput([_problem(told.case, "class", message)])
        return found

    def placed(self, told: Told, replay: Replay, kind: str, taken: tuple[Taken, ...]) -> OpenCase:
        """Return the case with its position among the activities of its stage."""
        course, scenario = replay.course, self.scenario
        stage = course.stage.id
        if stage not in scenario.behaviours:
            message = f'it stands in "{stage}", where the scenario does not say what is done'
            raise InvalidInput([_problem(told.case, "stage", message)])
        activities = scenario.behaviours[stage]
        names = [each.id for each in activities]
        if told.activity and told.activity not in names:
            message = (
                f'"{stage}" has no activity "{told.activity[:80]}"{nearest(told.activity, names)}'
            )
            raise InvalidInput([_problem(told.case, "activity", message)])
        here, entered = _in_stage(taken)
        found = position(activities, here, told.activity)
        if found is None:
            message = (
                f'all that the scenario does in "{stage}" is done, and the case is still there'
            )
            raise InvalidInput([_problem(told.case, "stage", message)])
        if told.asked or told.begun:
            self.check_days(told)
            found = replace(found, begun=True)
        packed = self.table.pack(course.values)
        faults = self.walk.faults(kind, packed, found)
        if faults:
            problems = [
                _problem(told.case, "illegal", f"from where it stands: {each}") for each in faults
            ]
            raise InvalidInput(problems)
        migrated = any(each.kind is Kind.CHANGE_OF_TEXT for each in replay.history)
        return OpenCase(
            id=told.case.id,
            kind=kind,
            arrived=told.arrived or self.arrived(kind, replay),
            entered=entered,
            first=course.beginning,
            values=course.values,
            taken=() if migrated else taken,
            running=dict(course.ledger.running),
            active=dict(course.ledger.active),
            breached=frozenset(each.clock.id for each in replay.lapses if each.until is None),
            rounds=dict(_rounds(replay)),
            said={(panel, each.number): dict(each.said) for panel, each in replay.rounds.all()},
            position=found,
            asked=told.asked,
            begun=told.begun,
            place=told.case.place,
        )

    def check_days(self, told: Told) -> None:
        for name, day in (("asked", told.asked), ("begun", told.begun)):
            if day is not None and day >= self.start:
                message = f"{name} on {day}, which is not before the start, {self.start}"
                raise InvalidInput([_problem(told.case, "date", message)])

    def arrived(self, kind: str, replay: Replay) -> date:
        """Return the day of the last of the steps at the arrival, else of the first step."""
        begins = next(each.begins for each in self.scenario.classes if kind in each.sorts)
        days = {each.step.id: each.on for each in reversed(replay.history) if each.step}
        return max((days[step] for step in begins if step in days), default=replay.history[0].on)

    def crowded(self, cases: list[OpenCase]) -> None:
        """Note it where more work is begun than a pool has people."""
        for pool in self.scenario.pools:
            begun = [
                each
                for each in cases
                if each.begun is not None
                and each.position.rest.work is not None
                and each.position.rest.work.pool == pool.id
            ]
            for each in begun[pool.size :]:
                message = f'work of {len(begun)} cases is begun in the pool "{pool.id}", which has {pool.size} people'
                at = each.place
                self.found.problems.append(Problem(at.file, at.line, 1, "begun", message))


def _taken(history: list[Entry]) -> Iterator[Taken]:
    for each in history:
        if each.step is not None and each.kind in {Kind.STEP, Kind.LAPSE}:
            actor = each.actors[0].id if len(each.actors) == 1 else ""
            yield Taken(each.step.id, each.on, each.stage.id, actor, _by_law(each))


def _by_law(entry: Entry) -> bool:
    return entry.kind is Kind.LAPSE


def _in_stage(taken: tuple[Taken, ...]) -> tuple[list[Taken], date]:
    """Return the steps since the case entered its stage, and the day on which it did."""
    here: list[Taken] = []
    entered, before = taken[0].on, ""
    for each in taken:
        if each.stage != before:
            here, entered, before = [], each.on, each.stage
        else:
            here.append(each)
    return here, entered


def _rounds(replay: Replay) -> Iterator[tuple[str, OpenRound]]:
    """Yield the open panels with who has replied in their latest round."""
    course = replay.course
    for panel in course.procedure.panels:
        latest = replay.rounds.latest.get(panel.id)
        if latest is None or not course.values[f"{panel.id}.open"]:
            continue
        silent = {
            each.actor: tuple(
                label.en
                for label in replay.rounds.silent(panel.id, course.procedure.actor[each.actor])
            )
            for each in panel.electorate
        }
        yield panel.id, OpenRound(latest.number, latest.opened, dict(latest.given), silent)


def _problem(case: Case, code: str, message: str) -> Problem:
    at = case.place
    return Problem(at.file, at.line, at.column, code, f'case "{case.id}": {message}')
