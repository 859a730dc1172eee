"""From a scenario file to a `Scenario`: names resolved against its procedure, all mistakes at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeVar

from duecourse.errors import InvalidInput, nearest
from duecourse.model import library
from duecourse.model.compile import compile_table
from duecourse.model.layers import Entry
from duecourse.model.procedure import Label
from duecourse.model.schema import Shape
from duecourse.model.shapes import shaped
from duecourse.model.variants import choose_readings
from duecourse.scenarios import scenario as s
from duecourse.scenarios import schema
from duecourse.scenarios.law import beta_table
from duecourse.scenarios.values import OTHERWISE, Values
from duecourse.scenarios.walk import walk_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from duecourse.model.library import Folder
    from duecourse.model.procedure import Procedure
    from duecourse.model.source import Source

_S = TypeVar("_S", bound=Shape)
_T = TypeVar("_T")


def read_scenario(
    source: Source,
    *,
    readings: Mapping[str, str] | None = None,
    amendments: Sequence[str] = (),
    root: Folder | None = None,
) -> s.Scenario:
    """Return the scenario in a file.

    Args:
        source: the file.
        readings: options that replace those of the file.
        amendments: applied after those of the file.
        root: the project in which procedures and amendments are looked up.

    Raises:
        InvalidInput: with every problem: of shape, of names, and of steps that the law does not
            allow where the scenario asks for them.
    """
    return _Reader(source, readings or {}, tuple(amendments), root).scenario()


class _Reader:
    def __init__(
        self,
        source: Source,
        readings: Mapping[str, str],
        amendments: tuple[str, ...],
        root: Folder | None,
    ) -> None:
        self.source, self.root = source, root
        self.values = Values(())
        self.problems = self.values.problems
        self.notes: list[s.Note] = []
        self.head, self.head_entry = self.read_head()
        self.procedure = self.read_procedure((*self.head.amendments, *amendments))
        self.readings = self.read_readings(readings)
        self.entries = {kind: list(self.tables(kind)) for kind in schema.SHAPES}
        self.values.classes = tuple(self.ids("class"))

    # --- the head ---------------------------------------------------------------------------------

    def read_head(self) -> tuple[schema.ScenarioShape, Entry]:
        for key in self.source.data:
            if key not in {*schema.SHAPES, "scenario"}:
                hint = nearest(key, {*schema.SHAPES, "scenario"})
                message = f'unknown table "{key[:80]}"{hint}'
                self.problems.append(self.source.problem((key,), "unknown-table", message))
        data = self.source.data.get("scenario")
        if not isinstance(data, dict):
            message = "no [scenario] table; a scenario file begins with one"
            raise InvalidInput([*self.problems, self.source.problem((), "missing", message)])
        entry = Entry(data, self.source, ("scenario",))
        head = shaped(schema.ScenarioShape, entry, self.problems)
        if head is None:
            raise InvalidInput(sorted(self.problems))
        if head.warm_up >= head.years:
            rule = f"a warm-up of {head.warm_up:g} years leaves nothing of {head.years:g} years"
            self.values.wrong(entry, "range", rule, ("warm_up",))
        return head, entry

    def read_procedure(self, amendments: tuple[str, ...]) -> Procedure:
        try:
            return library.load(self.head.procedure, amendments, self.root)
        except InvalidInput as error:
            if error.problems:
                raise
            at = self.head_entry.problem("procedure", str(error), "procedure")
            raise InvalidInput(sorted([*self.problems, at])) from None

    def read_readings(self, more: Mapping[str, str]) -> dict[str, str]:
        chosen = choose_readings(
            self.procedure, more
        )  # those asked for outside the file have no place
        for name, option in self.head.readings.items():
            try:
                found = choose_readings(self.procedure, {name: option})
            except InvalidInput as error:
                self.values.wrong(self.head_entry, "reading", str(error), ("readings", name))
            else:
                chosen[name] = chosen[name] if name in more else found[name]
        return chosen

    # --- the tables -------------------------------------------------------------------------------

    def tables(self, kind: str) -> Iterator[Entry]:
        tables = self.source.data.get(kind, [])
        if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
            message = f"must be written as [[{kind}]], once per element"
            self.problems.append(self.source.problem((kind,), "shape", message))
            return
        seen: set[object] = set()
        for index, table in enumerate(tables):
            entry = Entry(table, self.source, (kind, index))
            name = table.get("id")
            if name is not None and str(name) in seen:
                self.values.wrong(entry, "duplicate", f'two tables [[{kind}]] "{name}"', ("id",))
            seen.add(str(name))
            yield entry

    def ids(self, kind: str) -> list[str]:
        return [str(entry.data.get("id")) for entry in self.entries[kind]]

    def each(
        self, kind: str, shape: type[_S], build: Callable[[_S, Entry], _T | None]
    ) -> tuple[_T, ...]:
        found = ((shaped(shape, entry, self.problems), entry) for entry in self.entries[kind])
        built = [build(each, entry) for each, entry in found if each is not None]
        return tuple(each for each in built if each is not None)

    def sourced(self, shape: schema.SourcedShape, entry: Entry, what: str) -> None:
        """Note where the numbers of a table come from; a table without that is a problem."""
        if shape.source:
            self.notes.append(s.Note(what, "source", shape.source, entry.place()))
        elif shape.assumption:
            self.notes.append(s.Note(what, "assumption", shape.assumption, entry.place()))
        else:
            rule = (
                'add source = "…" where they are published, else assumption = "…" with the reason'
            )
            self.values.wrong(
                entry, "unsourced", f"the numbers of {what} come from nowhere: {rule}"
            )

    def steps(self, names: Sequence[str], entry: Entry, *where: str | int) -> tuple[str, ...]:
        self.values.names("step", names, self.procedure.step, entry, *where)
        for name in names:
            if name in self.procedure.lapse_steps:
                rule = "the law takes it when a time limit lapses, nobody can"
                self.values.wrong(entry, "lapse-step", f'"{name}" is no decision: {rule}', where)
        return tuple(names)

    # --- the scenario -----------------------------------------------------------------------------

    def scenario(self) -> s.Scenario:
        if not self.entries["class"]:
            message = "no [[class]]: a scenario says which classes of cases there are"
            self.problems.append(self.source.problem((), "missing", message))
        if not self.entries["arrivals"]:
            message = "no [[arrivals]]: a scenario says how many cases there are"
            self.problems.append(self.source.problem((), "missing", message))
        result = s.Scenario(
            id=self.head.id,
            label=_label(self.head.label),
            procedure=self.procedure,
            readings=self.readings,
            start=self.head.start,
            years=self.head.years,
            warm_up=self.head.warm_up,
            classes=self.each("class", schema.ClassShape, self.case_class),
            arrivals=self.each("arrivals", schema.ArrivalsShape, self.arrivals),
            pools=self.each("pool", schema.PoolShape, self.pool),
            meetings=self.each("meeting", schema.MeetingShape, self.meeting),
            behaviours=dict(self.each("stage", schema.StageShape, self.behaviour)),
            incidents=self.each("incident", schema.IncidentShape, self.incident),
            extensions=self.each("extension", schema.ExtensionShape, self.extension),
            opinions=dict(self.each("reply", schema.ReplyShape, self.opinion)),
            notes=(),
            source=self.source.text,
        )
        object.__setattr__(result, "notes", tuple(self.notes))
        if not self.problems:
            places = {kind: self.entries[kind] for kind in ("class", "stage")}
            table = compile_table(self.procedure, self.readings)
            self.problems.extend(walk_problems(result, table, places, self.head_entry))
        if self.problems:
            raise InvalidInput(sorted(set(self.problems)))
        return result

    def case_class(self, shape: schema.ClassShape, entry: Entry) -> s.CaseClass:
        if shape.id in {OTHERWISE, "law"}:
            self.values.wrong(entry, "reserved", f'"{shape.id}" cannot name a class', ("id",))
        self.values.names("actor", [shape.party], self.procedure.actor, entry, "party")
        for name in shape.facts:
            self.values.names("fact", [name], self.procedure.fact, entry, "facts", name)
        begins = self.steps(shape.begins, entry, "begins")
        return s.CaseClass(shape.id, _label(shape.label), shape.party, begins, shape.facts)

    def arrivals(self, shape: schema.ArrivalsShape, entry: Entry) -> s.Arrivals:
        self.sourced(shape, entry, f"arrivals {shape.id}")
        for name in shape.shares:
            self.values.names("class", [name], self.values.classes, entry, "shares", name)
        total = math.fsum(shape.shares.values())
        if abs(total - 1) > 1e-9:  # noqa: PLR2004  (what adding decimals can miss)
            self.values.wrong(
                entry, "sum", f"the shares add up to {total:g}, not to 1", ("shares",)
            )
        return s.Arrivals(shape.id, shape.per_year, dict(shape.shares))

    def pool(self, shape: schema.PoolShape, entry: Entry) -> s.Pool:
        self.sourced(shape, entry, f"pool {shape.id}")
        return s.Pool(shape.id, _label(shape.label), shape.size)

    def meeting(self, shape: schema.MeetingShape, entry: Entry) -> s.Meeting:
        self.sourced(shape, entry, f"meeting {shape.id}")
        return s.Meeting(shape.id, _label(shape.label), shape.every, shape.first, shape.agenda)

    def incident(self, shape: schema.IncidentShape, entry: Entry) -> s.Incident:
        self.sourced(shape, entry, f"incident {shape.id}")
        self.steps([shape.step], entry, "step")
        after = s.Delay(self.values.law(shape.after, entry, "after"), s.DayUnit(shape.unit))
        probability = self.values.probability(shape.probability, entry, "probability")
        return s.Incident(shape.id, shape.step, probability, after)

    def extension(self, shape: schema.ExtensionShape, entry: Entry) -> s.ExtensionPolicy | None:
        self.sourced(shape, entry, f"extension {shape.id}")
        self.steps([shape.step], entry, "step")
        self.values.names("clock", [shape.clock], self.procedure.clock, entry, "clock")
        probability = self.values.probability(shape.probability, entry, "probability")
        clock = self.procedure.clock.get(shape.clock)
        if clock is not None and all(each.step != shape.step for each in clock.extensions):
            steps = [each.step for each in clock.extensions]
            rule = f'"{shape.step}" does not extend "{clock.id}"{nearest(shape.step, steps)}'
            self.values.wrong(entry, "extension", rule, ("step",))
        return s.ExtensionPolicy(shape.id, shape.step, shape.clock, shape.days_before, probability)

    # --- what is done in a stage ------------------------------------------------------------------

    def behaviour(
        self, shape: schema.StageShape, entry: Entry
    ) -> tuple[str, tuple[s.Activity, ...]]:
        self.values.names("stage", [shape.id], self.procedure.stage, entry, "id")
        found: list[s.Activity] = []
        for index, data in enumerate(shape.activity):
            inner = Entry(data, entry.source, (*entry.path, "activity", index))
            activity = shaped(schema.ActivityShape, inner, self.problems)
            if activity is not None:
                found.append(self.activity(activity, inner, shape.id))
                if any(each.id == activity.id for each in found[:-1]):
                    message = f'two activities "{activity.id}" in "{shape.id}"'
                    self.values.wrong(inner, "duplicate", message, ("id",))
        return shape.id, tuple(found)

    def activity(self, shape: schema.ActivityShape, entry: Entry, stage: str) -> s.Activity:
        self.refuse_contradictions(shape, entry)
        if any(
            each is not None
            for each in (shape.probability, shape.effort, shape.delay, shape.choose)
        ):
            self.sourced(shape, entry, f"activity {stage}.{shape.id}")
        work = delay = choose = None
        if shape.work is not None:
            self.values.names("pool", [shape.work], self.ids("pool"), entry, "work")
            work = s.Work(shape.work, self.values.law(shape.effort, entry, "effort"))
        if shape.delay is not None and shape.unit is not None:
            delay = s.Delay(self.values.law(shape.delay, entry, "delay"), s.DayUnit(shape.unit))
        if shape.meeting is not None:
            self.values.names("meeting", [shape.meeting], self.ids("meeting"), entry, "meeting")
        if shape.panel is not None:
            self.values.names("panel", [shape.panel], self.procedure.panel, entry, "panel")
        if shape.choose is not None:
            choose = self.values.choice(shape.choose, self.known_step(entry), entry, "choose")
        probability = 1.0 if shape.probability is None else shape.probability
        return s.Activity(
            id=shape.id,
            probability=self.values.probability(probability, entry, "probability"),
            repeat=shape.repeat,
            begin=self.steps(shape.begin, entry, "begin"),
            work=work,
            delay=delay,
            meeting=shape.meeting,
            panel=shape.panel,
            take=self.steps(shape.take, entry, "take"),
            choose=choose,
            first_of=self.steps(shape.first_of, entry, "first_of"),
        )

    def known_step(self, entry: Entry) -> Callable[[str], bool]:
        def known(step: str) -> bool:
            self.steps([step], entry, "choose")
            return step in self.procedure.step

        return known

    def refuse_contradictions(self, shape: schema.ActivityShape, entry: Entry) -> None:
        pairs = (("work", "effort"), ("delay", "unit"))
        for one, other in pairs:
            for present, absent in ((one, other), (other, one)):
                if getattr(shape, present) is not None and getattr(shape, absent) is None:
                    rule = f'"{present}" needs "{absent}" beside it'
                    self.values.wrong(entry, "missing", rule, (present,))
        ways = [key for key in ("take", "choose", "first_of") if getattr(shape, key)]
        if len(ways) > 1:
            rule = f"an activity ends in one way: {' or '.join(ways)}"
            self.values.wrong(entry, "shape", rule, (ways[1],))

    # --- replies ----------------------------------------------------------------------------------

    def opinion(self, shape: schema.ReplyShape, entry: Entry) -> tuple[tuple[str, str], s.Opinion]:
        self.sourced(shape, entry, f"reply {shape.panel}.{shape.actor}")
        values = self.values
        values.names("panel", [shape.panel], self.procedure.panel, entry, "panel")
        values.names("actor", [shape.actor], self.procedure.actor, entry, "actor")
        panel = self.procedure.panel.get(shape.panel)
        replies = panel.replies if panel else ()
        said: list[tuple[tuple[str, ...], str]] = [(("support",), shape.support)]
        said.append((("objection", "counts_as"), shape.objection.counts_as))
        if shape.neutral is not None:
            said.append((("neutral", "counts_as"), shape.neutral.counts_as))
        for where, reply in said if panel else ():
            values.names("reply", [reply], replies, entry, *where)
        mean = values.probability(shape.objection.mean, entry, "objection", "mean")
        if (shape.silence is None) != (shape.late is None):
            rule = (
                '"silence" and "late" go together: who lets the time pass, and when they reply then'
            )
            values.wrong(
                entry, "missing", rule, ("silence",) if shape.silence is not None else ("late",)
            )
        neutral = shape.neutral.share if shape.neutral is not None else 0.0
        silence = 0.0 if shape.silence is None else shape.silence
        correlation = shape.objection.correlation
        return (shape.panel, shape.actor), s.Opinion(
            panel=shape.panel,
            actor=shape.actor,
            latency=values.law(shape.latency, entry, "latency"),
            silence=values.probability(silence, entry, "silence"),
            late=None if shape.late is None else values.law(shape.late, entry, "late"),
            objection=shape.objection.counts_as,
            mean=mean,
            correlation=correlation,
            propensity={name: beta_table(each, correlation) for name, each in mean.items()},
            neutral=None if shape.neutral is None else shape.neutral.counts_as,
            neutral_share=values.probability(neutral, entry, "neutral", "share"),
            support=shape.support,
        )


def _label(shape: Any) -> Label:  # noqa: ANN401  (a label of any of the shapes)
    return Label(shape.en, shape.zh)
