"""Random scenarios of small random procedures, of every kind of element that the workload language has.

They are built as values: what the reader would refuse because a case could come to an illegal step is drawn too, for both
engines must stop there, after the same events.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from tests.strategies import LABEL, choices, read_tables, tables

from duecourse.errors import InvalidInput
from duecourse.model.expression import TRUE
from duecourse.model.procedure import Label
from duecourse.scenarios.capacity import Discipline, Group, Leave, Meeting, Pool
from duecourse.scenarios.demand import Arrivals, CaseClass, Change
from duecourse.scenarios.law import beta_table, law
from duecourse.scenarios.scenario import (
    Activity,
    DayUnit,
    Delay,
    ExtensionPolicy,
    Incident,
    Opinion,
    Scenario,
    Work,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from duecourse.model.procedure import Procedure, Step
    from duecourse.scenarios.law import Law

    Draw = Callable[[st.SearchStrategy[Any]], Any]

START = date(2022, 1, 4)
NAME = Label("Drawn")
TABLES = tuple(beta_table(mean, 0.25) for mean in (0.1, 0.5))
WRITTEN: tuple[dict[str, Any], ...] = (
    {"law": "deterministic", "value": 0},
    {"law": "deterministic", "value": 1},
    {"law": "deterministic", "value": 2.5},
    {"law": "exponential", "mean": 1.5},
    {"law": "lognormal", "mean": 3, "cv": 1.2},
    {"law": "uniform", "low": 0, "high": 2},
    {"law": "triangular", "low": 0, "mode": 1, "high": 9},
    {"law": "empirical", "values": [0, 1, 1, 4.25]},
    {"law": "gamma", "mean": 2, "cv": 0.7},
)
LAWS = tuple(law(each) for each in WRITTEN)
SLOW = LAWS[
    1:5
]  # something takes time in every stage, so that no case goes round for ever at one instant


@st.composite
def scenarios(draw: Draw) -> Scenario:
    """Return random scenarios of random procedures under random readings."""
    procedure = draw(rich_procedures())
    return Drawing(draw, procedure, draw(choices(procedure))).scenario()


@st.composite
def rich_procedures(draw: Draw) -> Procedure:
    """Return random procedures with clocks of every unit, extensions, and suspensions that stop clocks."""
    data = draw(tables(panels=2))
    names = [step["id"] for step in data["step"] if step["actor"] == "office"]
    occasions = st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)
    for index in range(draw(st.integers(0, 2))):
        unit = draw(st.sampled_from(["working days", "calendar days", "calendar months"]))
        extension = {
            "step": draw(st.sampled_from(names)),
            "by": draw(st.sampled_from([f"3 {unit}", "unlimited"])),
        }
        data["clock"].append(
            {
                "id": f"term{index}",
                "label": LABEL,
                "binds": "office",
                "limit": f"{draw(st.integers(1, 4))} {unit}",
                "starts": draw(occasions),
                "stops": draw(occasions),
                "extensions": [extension] if draw(st.booleans()) else [],
                "on_lapse": draw(occasions) if draw(st.booleans()) else [],
            }
        )
    clocks = [each["id"] for each in data["clock"]]
    for each in data["suspension"]:
        if clocks:
            each["stops"] = draw(st.lists(st.sampled_from(clocks), unique=True))
    try:
        return read_tables(data)
    except InvalidInput:
        return draw(st.nothing())  # type: ignore[no-any-return]


@dataclass
class Drawing:
    """One scenario while it is drawn."""

    draw: Draw
    procedure: Procedure
    readings: dict[str, str]

    def scenario(self) -> Scenario:
        self.classes = [self.case_class(index) for index in range(self.draw(st.integers(1, 2)))]
        self.sorts = [sort for each in self.classes for sort in each.sorts]
        self.pools = [self.pool(index) for index in range(self.draw(st.integers(1, 2)))]
        return Scenario(
            id="drawn",
            label=NAME,
            procedure=self.procedure,
            readings=self.readings,
            start=START,
            years=self.draw(st.sampled_from([0.15, 0.4])),
            warm_up=0.0,
            classes=tuple(self.classes),
            arrivals=(self.arrivals(),),
            pools=tuple(self.pools),
            meetings=(self.meeting(),),
            behaviours={
                stage.id: self.activities(stage.id)
                for stage in self.procedure.stages
                if self.draw(st.integers(0, 5)) > (4 if stage.final else 0)
            },
            incidents=tuple(self.incident(index) for index in range(self.draw(st.integers(0, 2)))),
            extensions=tuple(self.extensions()),
            opinions={
                (panel.id, each.actor): self.opinion(panel.id, each.actor)
                for panel in self.procedure.panels
                for each in panel.electorate
            },
            notes=(),
        )

    def one(self, values: Any) -> Any:  # noqa: ANN401  (whatever is drawn)
        return self.draw(st.sampled_from(list(values)))

    def by_sort(self, values: Any) -> dict[str, Any]:  # noqa: ANN401  (whatever is drawn)
        """Return a value for every class; often the same one."""
        if self.draw(st.booleans()):
            return dict.fromkeys(self.sorts, self.one(values))
        return {sort: self.one(values) for sort in self.sorts}

    def law(self, laws: tuple[Law, ...] = LAWS) -> dict[str, Law]:
        return self.by_sort(laws)

    # --- who files ------------------------------------------------------------------------------------

    def case_class(self, index: int) -> CaseClass:
        first = [step.id for step in self.procedure.steps if self.procedure.initial in step.sources]
        return CaseClass(
            id=f"class{index}",
            label=NAME,
            party=self.one(["office", "members"]),
            begins=tuple(self.draw(st.lists(st.sampled_from(first), max_size=1))) if first else (),
            facts={
                fact.id: self.one(fact.values)
                for fact in self.procedure.facts
                if fact.initial is None
            },
            attributes=self.one([{}, {}, {"sector": {"x": 0.3, "y": 0.7}}]),
        )

    def arrivals(self) -> Arrivals:
        shares = {each.id: 1 / len(self.classes) for each in self.classes}
        kind = self.one(["poisson", "poisson", "gaps", "replayed"])
        if kind == "replayed":
            days = self.draw(st.lists(st.integers(0, 60), max_size=40))
            dated = tuple((START + timedelta(day), self.one(shares)) for day in days)
            return Arrivals("filed", 0.0, {}, replayed=dated)
        change = Change(date(2022, 2, 1), date(2022, 2, 20), self.one([0.0, 0.5, 3.0]))
        return Arrivals(
            "filed",
            self.one([60, 200]),
            shares,
            gaps=self.one(SLOW) if kind == "gaps" else None,
            months=self.one([(), (), (1.0, 2.0, 0.5) * 4]),
            weekdays=self.one([(), (2.0, 1.0, 1.0, 1.0, 0.5, 0.0, 0.0)]),
            changes=self.one([(), (change,)]),
        )

    # --- who is there ---------------------------------------------------------------------------------

    def pool(self, index: int) -> Pool:
        groups = tuple(self.group(number) for number in range(self.draw(st.integers(1, 2))))
        discipline = self.one(Discipline)
        weights = self.by_sort([1.0, 2.0]) if discipline is Discipline.RISK_FIRST else {}
        return Pool(
            id=f"pool{index}",
            label=NAME,
            groups=groups,
            precedence=tuple(self.draw(st.permutations(["class0", "y"]))[:1])
            if not weights
            else (),
            discipline=discipline,
            weights=weights,
            preemptive=self.draw(st.booleans()),
            carries=self.one([None, None, 1, 2]),
        )

    def group(self, number: int) -> Group:
        return Group(
            id=f"group{number}",
            size=self.draw(st.integers(1, 3)),
            schedule=self.one([(), (), ((date(2022, 1, 20), 1), (date(2022, 2, 9), 3))]),
            leave=self.one([(), (Leave(date(2022, 1, 24), date(2022, 2, 8), 1),)]),
            full_time=self.one([1.0, 1.0, 0.5, 0.3]),
            skills=self.one([(), ("reads",)]),
        )

    def meeting(self) -> Meeting:
        agenda = self.one([None, 1, 3])
        kind = self.one(["every", "dates", "monthly"])
        if kind == "every":
            return Meeting(
                "body", NAME, self.draw(st.integers(1, 6)), self.draw(st.integers(0, 3)), agenda
            )
        if kind == "dates":
            dates = tuple(START + timedelta(7 * week) for week in range(12))
            return Meeting("body", NAME, 0, 0, agenda, dates=dates)
        return Meeting("body", NAME, 0, 0, agenda, monthly=(1, -2))

    # --- what is done ---------------------------------------------------------------------------------

    def activities(self, stage: str) -> tuple[Activity, ...]:
        """Draw what is done in a stage; the last activity comes back until the case leaves."""
        count = self.draw(st.integers(1, 3))
        return tuple(self.activity(stage, index, last=index == count - 1) for index in range(count))

    def activity(self, stage: str, index: int, *, last: bool) -> Activity:
        steps = [each.id for each in self.procedure.steps if _free(each, stage)]
        sure = [each.id for each in self.procedure.steps if _free(each, stage) and _sure(each)]
        if self.draw(st.integers(0, 9)) == 0:
            sure = steps  # as it may be against the law
        some = st.lists(st.sampled_from(sure), max_size=2) if sure else st.just([])
        end = self.one(["take", "first_of", "first_of", "choose"]) if sure else "nothing"
        panels = [None, *(panel.id for panel in self.procedure.panels)]
        chosen = tuple((step, 1 / len(sure)) for step in sure)
        asked = tuple(self.draw(st.permutations(steps)))
        return Activity(
            id=f"activity{index}",
            probability=dict.fromkeys(self.sorts, 1.0) if last else self.by_sort([1.0, 1.0, 0.6]),
            repeat=1_000 if last else self.one([1, 1, 3]),
            begin=tuple(self.draw(some)) if index and self.draw(st.booleans()) else (),
            work=self.work() if self.draw(st.booleans()) else None,
            delay=self.delay(SLOW) if last or not index or self.draw(st.booleans()) else None,
            meeting=self.one([None, None, "body"]),
            panel=self.one(panels),
            take=tuple(self.draw(some)) if end == "take" else (),
            choose=dict.fromkeys(self.sorts, chosen) if end == "choose" else None,
            first_of=(*asked, *sure[:1]) if end == "first_of" else (),
        )

    def work(self) -> Work:
        pool = self.one(self.pools)
        return Work(
            pool=pool.id,
            effort=self.law(),
            team=self.one([1, 1, 2]),
            skill=self.by_sort(["", "", "reads"]) if self.draw(st.booleans()) else {},
        )

    def delay(self, laws: tuple[Law, ...] = LAWS) -> Delay:
        return Delay(self.law(laws), self.one(DayUnit))

    def incident(self, index: int) -> Incident:
        step = self.one([each.id for each in self.procedure.steps if each.reply is None])
        return Incident(f"incident{index}", step, self.by_sort([0.0, 0.5, 1.0]), self.delay())

    def extensions(self) -> list[ExtensionPolicy]:
        return [
            ExtensionPolicy(
                f"extension{index}",
                extension.step,
                clock.id,
                self.draw(st.integers(0, 3)),
                self.by_sort([0.0, 0.5, 1.0]),
            )
            for index, (clock, extension) in enumerate(
                (clock, extension)
                for clock in self.procedure.clocks
                for extension in clock.extensions
            )
        ]

    def opinion(self, panel: str, actor: str) -> Opinion:
        silent = self.draw(st.booleans())
        neutral = self.one([None, "no"])
        return Opinion(
            panel=panel,
            actor=actor,
            latency=self.law(),
            silence=self.by_sort([0.0, 0.4]),
            late=self.law() if silent else None,
            objection="no",
            mean=dict.fromkeys(self.sorts, 0.5),
            correlation=0.25,
            propensity=self.by_sort(TABLES),
            neutral=neutral,
            neutral_share=self.by_sort([0.0, 0.5]),
            support="yes",
            persistence=self.by_sort([0.2, 0.9]) if self.draw(st.booleans()) else None,
            effort=self.law() if self.draw(st.booleans()) else None,
        )


def _sure(step: Step) -> bool:
    """Whether a step has no condition; a suspension may forbid it all the same."""
    ways = [branch.when for branch in step.branches] or [TRUE]
    return step.when == TRUE and TRUE in ways


def _free(step: Step, stage: str) -> bool:
    return step.reply is None and stage in step.sources
