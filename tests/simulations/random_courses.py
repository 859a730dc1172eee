"""Random scenarios whose cases meet in first-come pools alone: what the departure recursion is for.

The procedure stands; the stages of it that a case visits, what is done there, how long it takes and who does it are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from tests.simulations.random_scenarios import LAWS, NAME, SLOW, START, Drawing

from duecourse.model.layers import base_layer
from duecourse.model.read import interpret
from duecourse.model.source import parse
from duecourse.scenarios.law import law
from duecourse.scenarios.scenario import Activity, Opinion, Scenario, Work

if TYPE_CHECKING:
    from tests.simulations.random_scenarios import Draw

    from duecourse.model.procedure import Procedure
    from duecourse.scenarios.capacity import Meeting, Pool

STAGES = "abc"
HEAD = """
[procedure]
id = "courses"
label = { en = "Courses" }
text = { en = "None" }
initial = "outside"
measured_from = ["file"]
calendar = "prc"

[[article]]
id = "1"
mark = "I"
label = { en = "All of it" }

[[fact]]
id = "returned"
label = { en = "It came back once" }
cites = ["1"]
initial = false

[[panel]]
id = "board"
label = { en = "Board" }
cites = ["1"]
electorate = [{ actor = "members", count = 3 }, { actor = "experts", count = 2 }]
replies = ["yes"]
opens = ["ask"]
closes = ["end", "return"]

[[outcome]]
id = "over"
label = { en = "Over" }
cites = ["1"]
by = ["end", "close"]
conclusion = true
"""
NAMED = '\n[[{kind}]]\nid = "{id}"\nlabel = {{ en = "{id}" }}\ncites = ["1"]\n{more}\n'
PARTS = (
    *(("actor", each, "") for each in ("office", "members", "experts")),
    *(("stage", each, "") for each in ("outside", *STAGES, "asked")),
    ("stage", "done", "final = true"),
    ("step", "file", 'actor = "office"\nfrom = "outside"\nto = "a"'),
    ("step", "to_b", 'actor = "office"\nfrom = "a"\nto = "b"'),
    ("step", "to_c", 'actor = "office"\nfrom = ["a", "b"]\nto = "c"'),
    ("step", "note", 'actor = "office"\nfrom = ["a", "b", "c"]'),
    ("step", "close", 'actor = "office"\nfrom = ["a", "b", "c"]\nto = "done"'),
    ("step", "ask", 'actor = "office"\nfrom = ["a", "b", "c"]\nto = "asked"'),
    *(
        (
            "step",
            f"{each}_reply",
            f'actor = "{each}"\nfrom = "asked"\nreply = {{ panel = "board", value = "yes" }}',
        )
        for each in ("members", "experts")
    ),
    ("step", "end", 'actor = "office"\nfrom = "asked"\nto = "done"\nwhen = "board.pending == 0"'),
    (
        "step",
        "return",
        'actor = "office"\nfrom = "asked"\nto = "a"\nwhen = "board.pending == 0 and not returned"\ndo = ["returned = true"]',
    ),
)
WAYS = {
    "a": ("to_b", "to_c", "ask", "close"),
    "b": ("to_c", "ask", "close"),
    "c": ("ask", "close"),
}
QUICK = tuple(
    law(each)
    for each in ({"law": "deterministic", "value": 1}, {"law": "exponential", "mean": 0.4})
)
NO_ZERO = (*SLOW, *QUICK)


def procedure(members: int = 3) -> Procedure:
    """Return the procedure, with so many members of the larger class of its panel."""
    parts = "".join(NAMED.format(kind=kind, id=name, more=more) for kind, name, more in PARTS)
    head = HEAD.replace("count = 3", f"count = {members}")
    return interpret(base_layer(parse((head + parts).encode(), "courses.toml")))


PROCEDURE = procedure()


LARGE = procedure(70)


@st.composite
def courses(draw: Draw) -> Scenario:
    """Return random scenarios for the recursion; now and then with more configurations than tables begin with."""
    return _Courses(draw, draw(st.sampled_from([*[PROCEDURE] * 19, LARGE])), {}).scenario()


@dataclass
class _Courses(Drawing):
    """One scenario while it is drawn."""

    def scenario(self) -> Scenario:
        self.classes = [
            replace(self.case_class(index), begins=("file",))
            for index in range(self.draw(st.integers(1, 2)))
        ]
        self.sorts = [sort for each in self.classes for sort in each.sorts]
        self.pools = [self.pool(index) for index in range(self.draw(st.integers(1, 3)))]
        streams = range(self.draw(st.integers(1, 2)))
        return Scenario(
            id="drawn",
            label=NAME,
            procedure=self.procedure,
            readings=self.readings,
            start=START,
            years=self.draw(st.sampled_from([0.15, 0.6])),
            warm_up=self.draw(st.sampled_from([0.0, 0.1])),
            classes=tuple(self.classes),
            arrivals=tuple(replace(self.arrivals(), id=f"filed{number}") for number in streams),
            pools=tuple(self.pools),
            meetings=(self.meeting(),),
            behaviours={stage: self.activities(stage) for stage in (*STAGES, "asked")},
            incidents=(),
            extensions=(),
            opinions={
                ("board", each): self.opinion("board", each) for each in ("members", "experts")
            },
            notes=(),
        )

    def pool(self, index: int) -> Pool:
        plain = super().pool(index)
        return replace(
            plain,
            groups=plain.groups[:1],
            precedence=(),
            discipline=self.one(type(plain.discipline)).FIRST_COME,
            weights={},
            preemptive=False,
            carries=None,
        )

    def meeting(self) -> Meeting:
        return replace(super().meeting(), agenda=None)

    def activities(self, stage: str) -> tuple[Activity, ...]:
        if stage == "asked":
            steps = self.one([("end",), ("return", "end")])
            return (
                Activity("replies", dict.fromkeys(self.sorts, 1.0), panel="board", first_of=steps),
            )
        before = self.draw(st.integers(0, 2))
        return (
            *(self.activity(stage, each, last=False) for each in range(before)),
            self.leaving(stage),
        )

    def activity(self, stage: str, index: int, *, last: bool) -> Activity:
        del stage, last
        return Activity(
            id=f"activity{index}",
            probability=self.by_sort([1.0, 0.6]),
            repeat=self.one([1, 1, 2]),
            begin=self.one([(), ("note",)]),
            work=self.work() if self.draw(st.booleans()) else None,
            delay=self.delay(LAWS) if self.draw(st.booleans()) else None,
            meeting=self.one([None, None, "body"]),
            take=self.one([(), (), ("note", "note")]),
        )

    def leaving(self, stage: str) -> Activity:
        """The activity by which a case leaves a stage."""
        ways = self.draw(st.lists(st.sampled_from(WAYS[stage]), min_size=1, unique=True))
        chosen = tuple((step, 1 / len(ways)) for step in ways)
        plain = self.activity(stage, 9, last=True)
        return replace(
            plain,
            probability=dict.fromkeys(self.sorts, 1.0),
            repeat=1,
            take=(),
            choose=dict.fromkeys(self.sorts, chosen),
        )

    def work(self) -> Work:
        return Work(pool=self.one(self.pools).id, effort=self.law(NO_ZERO))

    def opinion(self, panel: str, actor: str) -> Opinion:
        return replace(
            super().opinion(panel, actor),
            objection="yes",
            propensity=dict.fromkeys(self.sorts, (0.0, 0.0)),
            neutral=None,
            persistence=None,
            effort=None,
        )
