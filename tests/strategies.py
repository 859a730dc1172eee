"""Random guards and small random procedures for Hypothesis, of every kind of element the language has.

Procedures are built through the reader, so that a procedure is drawn only if its files could say it:

    from tests.strategies import procedures, choices

    @given(procedures().flatmap(lambda each: st.tuples(st.just(each), choices(each))))
    def test_...(drawn): ...

What is drawn is well-defined by construction: counting steps are guarded, every step into a final stage has its
outcome. A procedure that the static checks refuse all the same is not drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from duecourse.errors import InvalidInput
from duecourse.model.expression import FALSE, TRUE, And, Compare, Constant, Not, Or, Variable
from duecourse.model.layers import base_layer
from duecourse.model.read import interpret
from duecourse.model.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from duecourse.model.expression import Expression, Value
    from duecourse.model.procedure import Procedure

    Draw = Callable[[st.SearchStrategy[Any]], Any]
    Table = dict[str, Any]

LABEL = {"en": "drawn"}

LEFT_TO_CHANCE = {"counter", "automatic"}
"""The mistakes that a drawn procedure may have: such a one is not used."""

# --- guards ------------------------------------------------------------------------------------------

DOMAINS: dict[str, tuple[Value, ...]] = {
    "ready": (False, True),
    "open": (False, True),
    "rounds": (0, 1, 2),
    "other": (0, 1, 2),
    "result": ("grant", "refuse"),
}
numbers = st.sampled_from([Variable("rounds"), Variable("other")])
leaves: st.SearchStrategy[Expression] = st.one_of(
    st.sampled_from([TRUE, FALSE, Variable("ready"), Variable("open")]),
    st.builds(
        Compare,
        st.sampled_from(["==", "!=", "<", "<=", ">", ">="]),
        numbers,
        st.one_of(numbers, st.integers(-1, 3).map(Constant)),
    ),
    st.builds(
        Compare,
        st.sampled_from(["==", "!="]),
        st.just(Variable("result")),
        st.sampled_from(["grant", "refuse"]).map(Constant),
    ),
)
expressions: st.SearchStrategy[Expression] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
    ),
    max_leaves=8,
)


def assignments() -> list[dict[str, Value]]:
    return [dict(zip(DOMAINS, values, strict=True)) for values in product(*DOMAINS.values())]


# --- procedures --------------------------------------------------------------------------------------


def procedures(*, panels: int = 1) -> st.SearchStrategy[Procedure]:
    """Return small random procedures, with at most so many panels."""
    return tables(panels=panels).flatmap(_interpreted)


def choices(procedure: Procedure) -> st.SearchStrategy[dict[str, str]]:
    """Return choices of readings."""
    return st.fixed_dictionaries(
        {
            each.id: st.sampled_from([option.id for option in each.options])
            for each in procedure.readings
        }
    )


@st.composite
def chosen_procedures(draw: Draw, *, panels: int = 1) -> tuple[Procedure, dict[str, str]]:
    """Return small random procedures, each with a choice of readings."""
    procedure = draw(procedures(panels=panels))
    return procedure, draw(choices(procedure))


@st.composite
def tables(draw: Draw, *, panels: int = 1) -> Table:
    """Return the tables of small random procedure files."""
    return _File(draw, panels).tables()


def read_tables(data: Table) -> Procedure:
    """Return the procedure that the tables of a file say, without a file."""
    return interpret(base_layer(Source("drawn.toml", "", data)))


def _interpreted(data: Table) -> st.SearchStrategy[Procedure]:
    try:
        return st.just(read_tables(data))
    except InvalidInput as error:
        if {each.code for each in error.problems} <= LEFT_TO_CHANCE:
            return st.nothing()
        raise


@dataclass
class _File:
    """One file while it is drawn."""

    draw: Draw
    most_panels: int
    stages: list[str] = field(default_factory=list)
    finals: list[str] = field(default_factory=list)
    facts: list[Table] = field(default_factory=list)
    readings: list[Table] = field(default_factory=list)
    panels: list[Table] = field(default_factory=list)
    suspensions: list[Table] = field(default_factory=list)
    definitions: list[Table] = field(default_factory=list)
    steps: list[Table] = field(default_factory=list)
    clocks: list[Table] = field(default_factory=list)

    def tables(self) -> Table:
        self.stages = [f"s{i}" for i in range(self.draw(st.integers(1, 3)))]
        self.finals = [f"f{i}" for i in range(self.draw(st.integers(1, 2)))]
        self.facts = [self.fact(i) for i in range(self.draw(st.integers(1, 3)))]
        self.readings = [self.reading(i) for i in range(self.draw(st.integers(0, 2)))]
        self.panels = [self.panel(i) for i in range(self.draw(st.integers(0, self.most_panels)))]
        self.suspensions = [{"id": f"hold{i}"} for i in range(self.draw(st.integers(0, 1)))]
        if self.draw(st.booleans()):
            self.definitions = [{"id": "defined", "label": LABEL, "means": self.guard(depth=2)}]
        self.steps = [self.step(i) for i in range(self.draw(st.integers(3, 7)))]
        self.steps += [step for panel in self.panels for step in self.replies(panel)]
        names = [step["id"] for step in self.steps]
        for panel in self.panels:
            panel["opens"] = self.occasions(names[:3])
            panel["closes"] = self.occasions(names)
        for each in self.suspensions:
            self.suspend(each, names)
        if self.draw(st.booleans()):
            self.clocks = [self.clock(names)]
        ending = [step["id"] for step in self.steps if self.ends(step)]
        return {
            "procedure": {
                "id": "drawn",
                "label": LABEL,
                "text": LABEL,
                "initial": "s0",
                "measured_from": [names[0]],
                "calendar": "prc",
            },
            "article": [{"id": "1", "label": LABEL, "mark": "Q"}],
            "actor": [{"id": each, "label": LABEL} for each in ("office", "members", "others")],
            "stage": [
                {"id": each, "label": LABEL, "final": each in self.finals}
                for each in (*self.stages, *self.finals)
            ],
            "fact": self.facts,
            "reading": self.readings,
            "definition": self.definitions,
            "panel": self.panels,
            "suspension": self.suspensions,
            "step": self.steps,
            "clock": self.clocks,
            "outcome": [{"id": "over", "label": LABEL, "by": ending}] if ending else [],
        }

    def fact(self, index: int) -> Table:
        kind = self.draw(st.sampled_from(["bool", "enum", "range", "counter"]))
        table: Table = {"id": f"{kind}{index}", "label": LABEL}
        values: list[Any] = [False, True]
        if kind == "enum":
            values = table["values"] = [f"v{i}" for i in range(self.draw(st.integers(2, 3)))]
        elif kind == "range":
            low = self.draw(st.integers(-1, 1))
            high = low + self.draw(st.integers(1, 3))
            table["range"], values = [low, high], list(range(low, high + 1))
        elif kind == "counter":
            table["counter"], values = True, [0]
        table["initial"] = self.draw(st.sampled_from([*values, *(["unknown"] if index else [])]))
        return table

    def reading(self, index: int) -> Table:
        options = [f"r{index}_{i}" for i in range(self.draw(st.integers(2, 3)))]
        return {
            "id": f"reading{index}",
            "ref": f"R{index + 1}",
            "question": LABEL,
            "cites": ["1"],
            "options": [{"id": each, "label": LABEL} for each in options],
        }

    def panel(self, index: int) -> Table:
        counts = [
            each["id"] for each in self.facts if each.get("range", [-1])[0] >= 0 and "range" in each
        ]
        electorate: list[Table] = []
        for actor in self.draw(st.sampled_from([["members"], ["members", "others"]])):
            count = self.draw(st.sampled_from([1, 2, 3, *counts]))
            electorate.append({"actor": actor, "count": count, "when": self.of_readings()})
        silence = [
            {"counts_as": each, "when": self.of_readings()}
            for each in self.draw(st.lists(st.sampled_from(["yes", "no", "nothing"]), max_size=2))
        ]
        return {
            "id": f"panel{index}",
            "label": LABEL,
            "electorate": electorate,
            "replies": ["yes", "no"],
            "silence": silence,
        }

    def of_readings(self) -> str:
        atoms = [
            f"{each['id']} {op} {option['id']}"
            for each in self.readings
            for option in each["options"]
            for op in ("==", "!=")
        ]
        return str(self.draw(st.sampled_from(["true", *atoms])))

    def atoms(self) -> list[str]:
        atoms = [
            f"{each['id']} {op} {option['id']}"
            for each in self.readings
            for option in each["options"]
            for op in ("==", "!=")
        ]
        ranges = [each["id"] for each in self.facts if "range" in each]
        for each in self.facts:
            atoms += self.about(each)
        atoms += [f"{a} {op} {b}" for a in ranges for b in ranges for op in ("==", "<") if a != b]
        for panel in self.panels:
            name = panel["id"]
            counts = [f"{name}.{each}" for each in ("pending", "asked", "yes", "no")]
            atoms += [
                f"{each} {op} {n}" for each in counts for op in ("==", ">", "<=") for n in (0, 1, 2)
            ]
            atoms += [f"{name}.open", f"{name}.yes > {name}.no", f"{name}.yes == {name}.asked"]
        atoms += [f"{each['id']}.active" for each in self.suspensions]
        return atoms + [each["id"] for each in self.definitions]

    def about(self, fact: Table) -> list[str]:
        name = fact["id"]
        if "values" in fact:
            return [f"{name} {op} {value}" for value in fact["values"] for op in ("==", "!=")]
        if "range" in fact or "counter" in fact:
            numbers = (0, 1, 2, 3)
            return [
                f"{name} {op} {n}" for n in numbers for op in ("==", "!=", "<", "<=", ">", ">=")
            ]
        return [name, f"{name} == false"]

    def guard(self, depth: int = 2) -> str:
        atoms = self.atoms()
        if not atoms or self.draw(st.integers(0, 2)):
            return "true"
        leaf = st.sampled_from(atoms)
        grown = st.recursive(
            leaf,
            lambda inner: st.one_of(
                inner.map(lambda each: f"not ({each})"),
                st.lists(inner, min_size=2, max_size=3).map(lambda each: f"({' and '.join(each)})"),
                st.lists(inner, min_size=2, max_size=3).map(lambda each: f"({' or '.join(each)})"),
            ),
            max_leaves=2 * depth,
        )
        return str(self.draw(grown))

    def step(self, index: int) -> Table:
        guard, effects = self.effects()
        return {
            "id": f"step{index}",
            "label": LABEL,
            "actor": "office",
            "from": self.sources(),
            "to": self.branches(effects),
            "when": " and ".join([f"({self.guard()})", *guard]),
            "do": effects,
        }

    def sources(self) -> list[str]:
        everywhere = [self.stages, self.stages, [*self.stages, *self.finals], ["s0"]]
        return list(self.draw(st.sampled_from([*everywhere, self.stages[-1:], self.finals])))

    def branches(self, effects: list[str]) -> list[Table]:
        targets = self.draw(st.lists(st.sampled_from([*self.stages * 3, *self.finals]), max_size=3))
        touched = {effect.split(" ")[0] for effect in effects}
        found: list[Table] = []
        for target in targets:
            sets = [
                f"{each['id']} = {_text(self.draw(st.sampled_from(_settable(each))))}"
                for each in self.facts
                if each["id"] not in touched and self.draw(st.integers(0, 3)) == 0
            ]
            found.append({"stage": target, "when": self.guard(), "do": sets})
        return found

    def effects(self) -> tuple[list[str], list[str]]:
        """Draw at most one effect per fact, with the guard that keeps a counted one in its range."""
        guards: list[str] = []
        effects: list[str] = []
        for each in self.facts:
            kind = self.draw(st.sampled_from(["none", "none", "set", "up", "down"]))
            name = each["id"]
            if kind == "none" or (kind == "down" and "counter" in each):
                continue
            if kind == "set" or not ("range" in each or "counter" in each):
                effects.append(f"{name} = {_text(self.draw(st.sampled_from(_settable(each))))}")
                continue
            effects.append(f"{name} {'+=' if kind == 'up' else '-='} 1")
            if "range" in each:
                guards.append(
                    f"{name} < {each['range'][1]}"
                    if kind == "up"
                    else f"{name} > {each['range'][0]}"
                )
        return guards, effects

    def replies(self, panel: Table) -> list[Table]:
        return [
            {
                "id": f"{panel['id']}_{each['actor']}_{reply}",
                "label": LABEL,
                "actor": each["actor"],
                "from": self.stages,
                "to": self.branches([]) if self.draw(st.integers(0, 3)) == 0 else [],
                "when": self.guard(depth=1),
                "reply": {"panel": panel["id"], "value": reply},
            }
            for each in panel["electorate"]
            for reply in panel["replies"]
        ]

    def occasions(self, names: list[str]) -> list[Table]:
        steps = self.draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
        return [{"step": each, "when": self.guard(depth=1)} for each in steps]

    def suspend(self, suspension: Table, names: list[str]) -> None:
        suspension |= {
            "label": LABEL,
            "begins": self.occasions(names),
            "ends": self.occasions(names),
        }
        if self.draw(st.booleans()):
            suspension["permits"] = self.draw(st.lists(st.sampled_from(names), unique=True))

    def clock(self, names: list[str]) -> Table:
        on_lapse = self.occasions([each["id"] for each in self.steps if each["actor"] == "office"])
        return {
            "id": "clock",
            "label": LABEL,
            "binds": "office",
            "limit": "10 working days",
            "starts": self.occasions(names),
            "stops": self.occasions(names),
            "on_lapse": on_lapse if self.draw(st.booleans()) else [],
        }

    def ends(self, step: Table) -> bool:
        return any(branch["stage"] in self.finals for branch in step["to"])


def _settable(fact: Table) -> list[Any]:
    if "values" in fact:
        return list(fact["values"])
    if "range" in fact:
        return list(range(fact["range"][0], fact["range"][1] + 1))
    return [0] if "counter" in fact else [False, True]


def _text(value: object) -> str:
    return str(value).lower()
