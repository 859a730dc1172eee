"""Verdicts under all readings at once, against the ordinary check of each choice by itself, and against plain searches."""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.strategies import LABEL, procedures, read_tables

import duecourse as dc
from duecourse.model.featured import FeaturedTable, compile_featured
from duecourse.model.procedure import Label, Procedure
from duecourse.model.reading_set import ReadingSpace
from duecourse.model.source import Source
from duecourse.model.table import Rule, Table, combinations
from duecourse.model.variants import choose_readings
from duecourse.properties import behaviours, family_blocks
from duecourse.properties.check import Result, Verdict, check
from duecourse.properties.explore import Exploration
from duecourse.properties.family import Family
from duecourse.properties.property import Kind, Property
from duecourse.properties.property_file import read_properties
from duecourse.properties.readings import check_readings
from duecourse.properties.readings_report import Failing, ReadingsResult
from duecourse.properties.trace import Trace
from duecourse.report.readings_text import readings_json, readings_text

STRUCTURAL = [
    Property(id=kind.name.lower(), sentence=Label(kind.value), kind=kind)
    for kind in (Kind.NO_DEAD_END, Kind.CAN_ALWAYS_END, Kind.CAN_ALWAYS_CONCLUDE)
]


def never(of: list[str], after: list[str], until: list[str]) -> Property:
    """Return the claim that none of some steps follows one of others, unless one of a third kind comes between."""
    between = f" unless ({' or '.join(until)}) comes between" if until else ""
    table = {
        "id": "never",
        "sentence": {"en": "never"},
        "kind": "always",
        "claim": f"({' or '.join(of)}) never follows ({' or '.join(after)}){between}",
    }
    problems: list[Any] = []
    (found,) = read_properties(Source("drawn.toml", "", {"property": [table]}), problems)
    assert not problems
    return found


def cases_of(failing: Failing) -> Trace:
    assert failing.result.witness is not None
    return failing.result.witness


def member(conditions: list[Any], choice: Mapping[str, str]) -> bool:
    return any(each.holds(choice) for each in conditions)


def assert_agrees(found: ReadingsResult, ordinary: Result, choice: Mapping[str, str]) -> None:
    """Say the same; only a lapse that comes too late, though its clock runs, may leave either side undecided."""
    failing = member([each.condition for each in found.fails], choice)
    undecided = member(list(found.undecided), choice)
    if ordinary.verdict is Verdict.INCONCLUSIVE or undecided:
        assert found.verdict is not Verdict.HOLDS
        return
    assert failing == (ordinary.verdict is Verdict.VIOLATED)
    if not failing:
        assert member(list(found.vacuous), choice) == ordinary.vacuous


CLAIMS = st.sampled_from(
    [
        ("always", "never {a}"),
        ("always", "{a} never follows {b}"),
        ("always", "{a} only after {b}"),
        ("always", "{a} leads to {b}"),
        ("always", "{a} at most 1 times"),
        ("always", "ltlf: F ({a} | {b})"),
        ("sometimes", "ltlf: F {a}"),
        ("sometimes", "ltlf: F ({a} & F {b})"),
        ("can always", "{a} or {b}"),
        ("eventually", "{a} or {b}"),
    ]
)


@st.composite
def claims(draw: st.DrawFn, procedure: Procedure) -> Property:
    """Draw a property of any of the forms that are decided on the graph of a procedure."""
    steps = st.sampled_from([step.id for step in procedure.steps])
    kind, words = draw(CLAIMS)
    table = {
        "id": "drawn",
        "sentence": {"en": "drawn"},
        "kind": kind,
        "claim" if kind in {"always", "sometimes"} else "goal": words.format(
            a=draw(steps), b=draw(steps)
        ),
    }
    if kind == "eventually":
        table["fair"] = draw(st.lists(steps, max_size=2, unique=True))
    if kind == "can always":
        table["without"] = draw(st.lists(steps, max_size=1))
    problems: list[Any] = []
    found = read_properties(Source("drawn.toml", "", {"property": [table]}), problems)
    assert not problems, problems
    return found[0]


@pytest.mark.slow
@settings(max_examples=150)
@given(procedures(), st.data())
def test_under_each_choice_the_verdict_is_that_of_the_ordinary_check(
    procedure: Procedure, data: st.DataObject
) -> None:
    drawn = [data.draw(claims(procedure)) for _ in range(3)]
    properties = [
        *(replace(each, id=f"drawn_{number}") for number, each in enumerate(drawn)),
        *STRUCTURAL,
    ]
    report = check_readings(procedure, properties)
    for choice in combinations(procedure):
        full = choose_readings(procedure, choice)
        for found, ordinary in zip(
            report.results, check(procedure, properties, choice).results, strict=True
        ):
            assert_agrees(found, ordinary, full)


# --- from everywhere one can; for ever without ----------------------------------------------------------------------


def components(graph: Mapping[int, list[int]]) -> Iterator[set[int]]:
    """Yield the strongly connected components of a small graph, by reachability both ways."""
    after = {node: closure(graph, node) for node in graph}
    left = set(graph)
    while left:
        node = left.pop()
        found = {other for other in after[node] if node in after[other]} | {node}
        left -= found
        yield found


def closure(graph: Mapping[int, list[int]], start: int) -> set[int]:
    found: set[int] = set()
    queue = [start]
    for node in queue:
        for to in graph[node]:
            if to not in found:
                found.add(to)
                queue.append(to)
    return found


def evaded(
    table: Table, goal: Callable[[Rule, int], bool], fair: set[str], without: set[str]
) -> bool:
    """Return whether a case can end, get stuck or go on for ever without the goal: by every set of places to go round in.

    A set that a case can go round in fairly is strongly connected, and takes each fair step that is possible in it.
    """
    moves = {
        x: [(r, to) for r, to in found if r.step not in without]
        for x, found in Exploration(table).moves.items()
    }
    graph = {x: [to for r, to in found if not goal(r, to)] for x, found in moves.items()}
    start = set(table.initial).union(*(closure(graph, x) for x in table.initial))
    if any(table.is_final(x) or not moves[x] for x in start):
        return True
    pieces = list(components({x: graph[x] for x in start}))
    while pieces:
        inside = pieces.pop()
        within = [(x, r) for x in inside for r, to in moves[x] if to in inside and not goal(r, to)]
        put_off = {step for step in fair if step not in {r.step for _, r in within}}
        barred = {x for x in inside if any(r.step in put_off for r, _ in moves[x])}
        if within and not barred:
            return True
        rest = inside - barred
        if barred and rest:
            pieces += components({x: [to for to in graph[x] if to in rest] for x in rest})
    return False


@settings(max_examples=60)
@given(procedures(panels=0), st.data())
def test_for_ever_without_a_goal_and_always_able_to_reach_it_choice_by_choice(
    procedure: Procedure, data: st.DataObject
) -> None:
    names = [step.id for step in procedure.steps]
    goals = set(data.draw(st.lists(st.sampled_from(names), max_size=3)))
    fair = set(data.draw(st.lists(st.sampled_from(names), max_size=2)))
    without = set(data.draw(st.lists(st.sampled_from(names), max_size=1)))
    family = Family(compile_featured(procedure, timed=False), {}, 100_000)
    space = family.space

    def goal(rule: Rule, _: int) -> bool:
        return rule.step in goals

    evading = family.evading(goal, 0, fair, without)
    off = family.trapped(family.reached, family.able(goal, 0, without))
    for choice in combinations(procedure):
        full = choose_readings(procedure, choice)
        table = dc.compile_table(procedure, choice)
        assert space.contains(evading, full) == evaded(table, goal, fair, without)
        able = Exploration(table).able(goal, dict.fromkeys(without, 1))
        stuck = [x for x in table.reachable() if x not in able and not table.is_final(x)]
        assert any(space.contains(int(under), full) for under in off) == bool(stuck)


# --- two readings that only together break something ----------------------------------------------------------------


def crossing() -> dict[str, Any]:
    """Return a text in which the bypass needs one reading to open the door and another to go through it."""

    def step(name: str, source: str, to: str, when: str = "true") -> dict[str, Any]:
        return {
            "id": name,
            "label": LABEL,
            "actor": "office",
            "from": [source],
            "to": [{"stage": to, "when": "true", "do": []}],
            "when": when,
            "do": [],
        }

    def reading(name: str, *options: str) -> dict[str, Any]:
        return {
            "id": name,
            "ref": "R1",
            "question": LABEL,
            "cites": ["1"],
            "options": [{"id": each, "label": LABEL} for each in options],
        }

    return {
        "procedure": {
            "id": "crossing",
            "label": LABEL,
            "text": LABEL,
            "initial": "s0",
            "measured_from": ["object"],
            "calendar": "prc",
        },
        "article": [{"id": "1", "label": LABEL, "mark": "Q"}],
        "actor": [{"id": "office", "label": LABEL}],
        "stage": [
            {"id": each, "label": LABEL, "final": each == "over"}
            for each in ("s0", "s1", "s2", "over")
        ],
        "reading": [reading("door", "shut", "open", "ajar"), reading("guard", "awake", "asleep")],
        "step": [
            step("object", "s0", "s1"),
            step("enter", "s1", "s2", "door != shut"),
            step("turn_back", "s1", "over", "door == shut"),
            step("pass_by", "s2", "over", "guard == asleep or door == open"),
            step("arrest", "s2", "over", "guard == awake and door == ajar"),
        ],
        "outcome": [{"id": "over", "label": LABEL, "by": ["turn_back", "pass_by", "arrest"]}],
    }


BYPASS = never(["pass_by"], ["object"], [])


def test_a_bypass_that_needs_two_readings_is_said_in_irredundant_conditions_with_the_nearest_case() -> (
    None
):
    report = check_readings(read_tables(crossing()), [BYPASS])

    (result,) = report.results
    assert [str(each.condition) for each in result.fails] == [
        "door = open",
        "door = open or ajar, guard = asleep",
    ]
    assert (report.choices, result.failing, result.open) == (6, 3, 0)
    assert [len(cases_of(each).steps) for each in result.fails] == [3, 3]
    assert report.exit_code == 1


def test_readings_that_are_held_are_not_said_again() -> None:
    report = check_readings(read_tables(crossing()), [BYPASS], {"door": "ajar"})

    assert report.choices == 2
    assert [str(each.condition) for each in report.results[0].fails] == ["guard = asleep"]
    assert report.results[0].fails[0].readings == {"door": "ajar", "guard": "asleep"}


def test_some_successor_would_not_be_seen_by_the_oracle_as_right(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With "under some reading" for every step, a way that no single choice allows counts as one: the tests notice."""
    procedure = read_tables(crossing())
    monkeypatch.setattr(ReadingSpace, "intersection", lambda _, a, b: a if b else b)
    (found,) = check_readings(procedure, [BYPASS]).results

    def compare() -> None:
        for choice in combinations(procedure):
            (ordinary,) = check(procedure, [BYPASS], choice).results
            assert_agrees(found, ordinary, choose_readings(procedure, choice))

    with pytest.raises(AssertionError):
        compare()


# --- the shipped texts ----------------------------------------------------------------------------------------------

PROPERTIES = dc.load_properties()
FLAGSHIP = ["s9_literal", "s9_law", "no_dead_end", "can_always_end", "can_always_conclude"]


@pytest.fixture(scope="module")
def reports() -> Mapping[str, Any]:
    wanted = [each for each in PROPERTIES if each.id in FLAGSHIP]
    return {
        name: check_readings(dc.load(name), wanted) for name in ("measures-2020", "measures-2022")
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "choices"), [("measures-2020", 71_663_616), ("measures-2022", 143_327_232)]
)
def test_what_breaks_the_measures_of_all_readings(
    reports: Mapping[str, Any], name: str, choices: int
) -> None:
    report = reports[name]
    said = {
        each.property.id: [str(failing.condition) for failing in each.fails]
        for each in report.results
    }

    assert report.choices == choices
    assert said == {
        "s9_literal": ["commission_refusal = opposite", "consistency = all_equal"],
        "s9_law": ["commission_refusal = opposite"],
        "no_dead_end": [],
        "can_always_end": [],
        "can_always_conclude": ["commission_refusal = ends_case"],
    }
    assert all(each.open == 0 for each in report.results)
    literal = report.results[0]
    assert literal.failing * 9 == choices * 5  # 1 - 2/3 * 2/3


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("name", ["measures-2020", "measures-2022"])
def test_sampled_choices_agree_with_the_ordinary_check_of_every_property(name: str) -> None:
    procedure = dc.load(name)
    wanted = [
        each
        for each in PROPERTIES
        if each.concerns(procedure) and each.kind not in {Kind.WITHIN, Kind.AT_MOST}
    ]
    report = check_readings(procedure, wanted)
    rng = random.Random(20_220_215)
    for _ in range(8):
        choice = {
            each.id: rng.choice([option.id for option in each.options])
            for each in procedure.readings
        }
        for found, ordinary in zip(
            report.results, check(procedure, wanted, choice).results, strict=True
        ):
            assert_agrees(found, ordinary, choice)


def test_text_and_json_name_the_condition_the_case_and_how_to_see_it(
    reports: Mapping[str, Any],
) -> None:
    text = readings_text(reports["measures-2022"])
    data = json.loads(json.dumps(readings_json([reports["measures-2022"]], 1)))

    assert "commission_refusal = opposite (R12)" in text
    assert "duecourse check measures-2022 -p s9_law -r commission_refusal=opposite" in text
    assert "5 properties: 2 hold under every reading, 3 violated under some." in text
    assert "notifies the party" not in text
    assert "notifies the party" in readings_text(reports["measures-2022"], story=True)
    assert "在部分解读之下被违反" in readings_text(reports["measures-2022"], "zh")
    assert (data["schema"], data["exit_code"]) == ("duecourse/check-readings/1", 1)
    (report,) = data["reports"]
    law = next(each for each in report["results"] if each["property"] == "s9_law")
    assert law["fails"][0]["condition"] == {"commission_refusal": ["opposite"]}
    assert law["fails"][0]["witness"][-1]["step"] == "notify_conclusion"


def test_a_search_that_is_cut_short_is_inconclusive_and_is_not_begun_again_for_each_property(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun = []

    def counted(procedure: Procedure, **options: Any) -> FeaturedTable:  # noqa: ANN401  (passed on)
        begun.append(procedure)
        return compile_featured(procedure, **options)

    for module in (behaviours, family_blocks):
        monkeypatch.setattr(module, "compile_featured", counted)
    report = check_readings(dc.load("measures-2022"), PROPERTIES, limit=100)

    days = {each.without for each in PROPERTIES if each.kind in behaviours.TIMES}
    assert len(begun) == 1 + len(
        days
    )  # claims about cases, and those about days by what they leave out
    assert {each.verdict for each in report.results} == {Verdict.INCONCLUSIVE}
    assert report.exit_code == 3
    assert "stopped after 100 configurations" in report.results[0].reason


def test_a_claim_that_a_case_can_leave_unsatisfied_is_never_said_to_hold() -> None:
    """The ordinary check of single choices finds cases that end before a filing is answered."""
    procedure = dc.load("measures-2022")
    wanted = [each for each in dc.load_properties() if each.id == "answer_to_every_filing"]
    rng = random.Random(1)
    choices = [
        {each.id: rng.choice([option.id for option in each.options]) for each in procedure.readings}
        for _ in range(5)
    ]
    ordinary = {check(procedure, wanted, choice).results[0].verdict for choice in choices}
    (found,) = check_readings(procedure, wanted).results

    assert Verdict.VIOLATED in ordinary
    assert found.verdict is not Verdict.HOLDS
