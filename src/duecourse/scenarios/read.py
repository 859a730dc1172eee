"""From a scenario file to a `Scenario`: names resolved against its procedure, all mistakes at once."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duecourse.errors import InvalidInput, nearest
from duecourse.model.compile import compile_table
from duecourse.model.procedure import Label
from duecourse.model.shapes import shaped
from duecourse.scenarios import read_capacity, read_demand, schema
from duecourse.scenarios import scenario as s
from duecourse.scenarios.docket_read import read_docket
from duecourse.scenarios.law import beta_table, logit_normal_table
from duecourse.scenarios.staffing import staffing_problems
from duecourse.scenarios.tables import Tables
from duecourse.scenarios.walk import walk_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from duecourse.model.layers import Entry
    from duecourse.model.library import Folder
    from duecourse.model.source import Source
    from duecourse.scenarios.tables import Procedures


def read_scenario(  # noqa: PLR0913  (all but the first by name)
    source: Source,
    *,
    home: Folder | None = None,
    readings: Mapping[str, str] | None = None,
    amendments: Sequence[str] = (),
    root: Folder | None = None,
    known: Procedures | None = None,
) -> s.Scenario:
    """Return the scenario in a file.

    Args:
        source: the file.
        home: the folder in which the files that it names are looked up; by default the one it is in.
        readings: options that replace those of the file.
        amendments: applied after those of the file.
        root: the project in which procedures and amendments are looked up.
        known: procedures of that project that were read before; those read now are added.

    Raises:
        InvalidInput: with every problem: of shape, of names, and of steps that the law does not
            allow where the scenario asks for them.
    """
    home = home or Path(source.file).parent
    known = {} if known is None else known
    return _Reader(source, readings or {}, tuple(amendments), root, home, known).scenario()


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
            classes=self.each("class", schema.ClassShape, partial(read_demand.case_class, self)),
            arrivals=self.each(
                "arrivals", schema.ArrivalsShape, partial(read_demand.arrivals, self)
            ),
            pools=self.each("pool", schema.PoolShape, partial(read_capacity.pool, self)),
            meetings=self.each(
                "meeting", schema.MeetingShape, partial(read_capacity.meeting, self)
            ),
            behaviours=dict(self.each("stage", schema.StageShape, self.behaviour)),
            incidents=self.each("incident", schema.IncidentShape, self.incident),
            extensions=self.each("extension", schema.ExtensionShape, self.extension),
            opinions=dict(self.each("reply", schema.ReplyShape, self.opinion)),
            notes=(),
            file=self.source.file,
            source=self.source.text,
            files=tuple(self.others()),
        )
        object.__setattr__(result, "notes", tuple(self.notes))
        self.problems.extend(staffing_problems(result, self.layers.activities))
        if not self.problems:
            table = compile_table(self.procedure, self.readings)
            self.problems.extend(walk_problems(result, table, self.layers))
        if self.problems:
            raise InvalidInput(sorted(set(self.problems)))
        if self.head.docket is None:
            return result
        return result.beginning_with(read_docket(self._docket(self.head.docket), result))

    def _docket(self, file: str) -> Path:
        """Return where the open cases are, from the folder of the file that names them."""
        naming = next(each for each in self.layers.sources if "docket" in each.data["scenario"])
        return Path(str(self.layers.homes[naming.file])) / file

    def others(self) -> Iterator[tuple[str, str]]:
        """Yield the names and texts of the other files that the scenario rests on."""
        for below in self.layers.sources[1:]:
            yield below.file, below.text
        for files in self.values.files.values():
            yield from files.texts.items()

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
        for inner in self.layers.activities.get(shape.id, []):
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
            work = s.Work(
                pool=shape.work,
                effort=self.values.law(shape.effort, entry, "effort"),
                team=shape.team,
                skill=self.values.word(shape.skill or "", self.skills(), entry, "skill"),
            )
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

    def skills(self) -> list[str]:
        """Return the skills that some group of some pool has, as far as they are well written."""
        found: list[str] = []
        for entry in self.entries["pool"]:
            groups = entry.data.get("group", [])
            for each in (entry.data, *(groups if isinstance(groups, list) else ())):
                skills = each.get("skills", []) if isinstance(each, dict) else []
                listed = skills if isinstance(skills, list) else [skills]
                found += [skill for skill in listed if isinstance(skill, str)]
        return list(dict.fromkeys(found))

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
        for key in ("team", "skill"):
            if key in entry.data and shape.work is None:
                self.values.wrong(entry, "missing", f'"{key}" needs "work" beside it', (key,))
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
        correlation = shape.objection.correlation or 0.0
        sigma, again = shape.objection.sigma, shape.objection.persistence
        if sigma is not None and shape.objection.correlation is not None:
            rule = '"correlation" (beta) and "sigma" (normal logit) both say how cases differ; write one'
            values.wrong(entry, "shape", rule, ("objection", "sigma"))
        return (shape.panel, shape.actor), s.Opinion(
            panel=shape.panel,
            actor=shape.actor,
            latency=values.law(shape.latency, entry, "latency"),
            silence=values.probability(silence, entry, "silence"),
            late=None if shape.late is None else values.law(shape.late, entry, "late"),
            objection=shape.objection.counts_as,
            mean=mean,
            correlation=correlation,
            propensity={
                name: beta_table(each, correlation)
                if sigma is None
                else logit_normal_table(each, sigma)
                for name, each in mean.items()
            },
            neutral=None if shape.neutral is None else shape.neutral.counts_as,
            neutral_share=values.probability(neutral, entry, "neutral", "share"),
            support=shape.support,
            persistence=None
            if again is None
            else values.probability(again, entry, "objection", "persistence"),
            effort=None if shape.effort is None else values.law(shape.effort, entry, "effort"),
        )


def _label(shape: Any) -> Label:  # noqa: ANN401  (a label of any of the shapes)
    return Label(shape.en, shape.zh)
