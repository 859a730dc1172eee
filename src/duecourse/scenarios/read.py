"""From a scenario file to a `Scenario`: names resolved against its procedure, all mistakes at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from duecourse.errors import InvalidInput, nearest
from duecourse.model.compile import compile_table
from duecourse.model.layers import Entry
from duecourse.model.procedure import Label
from duecourse.model.shapes import shaped
from duecourse.scenarios import scenario as s
from duecourse.scenarios import schema
from duecourse.scenarios.law import beta_table
from duecourse.scenarios.tables import Tables
from duecourse.scenarios.values import OTHERWISE
from duecourse.scenarios.walk import walk_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from duecourse.model.library import Folder
    from duecourse.model.source import Source


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


class _Reader(Tables):
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
        first = tuple(shape.precedence)
        self.values.names("class", first, self.values.classes, entry, "precedence")
        for index, name in enumerate(first):
            if name in first[:index]:
                rule = f'"{name}" stands there already, and comes first but once'
                self.values.wrong(entry, "duplicate", rule, ("precedence", index))
        return s.Pool(shape.id, _label(shape.label), shape.size, first)

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
        what = f"reply {shape.panel}.{shape.actor}"
        if any(note.what == what for note in self.notes):
            rule = f'a second [[reply]] of "{shape.actor}" in "{shape.panel}"'
            self.values.wrong(entry, "duplicate", rule, ("actor",))
        self.sourced(shape, entry, what)
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
