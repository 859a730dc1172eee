"""Claims on compiled procedures against a naive interpreter that forgets nothing and watches one trace at a time."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.strategies import chosen_procedures

import duecourse as dc
from duecourse.model.compile import compile_table
from duecourse.model.expression import evaluate, variables
from duecourse.model.source import parse
from duecourse.properties.automaton import Colour
from duecourse.properties.check import Verdict, check
from duecourse.properties.explore import Exploration
from duecourse.properties.fairness import evasion
from duecourse.properties.monitor import observed
from duecourse.properties.property_file import read_properties
from duecourse.properties.sweep import sweep
from duecourse.properties.walked import Walked

if TYPE_CHECKING:
    from duecourse.errors import Problem
    from duecourse.model.expression import Value
    from duecourse.model.procedure import Procedure
    from duecourse.model.table import Rule, Table
    from duecourse.properties.property import Property


def declared(**keys: object) -> Property:
    """A property from the text of its table."""
    lines = [f"{key} = {toml(value)}" for key, value in keys.items()]
    text = '[[property]]\nid = "p"\nsentence = { en = "drawn" }\n' + "\n".join(lines)
    problems: list[Problem] = []
    (found,) = read_properties(parse(text.encode(), "p.toml"), problems)
    assert not problems
    return found


def toml(value: object) -> str:
    return str(value) if isinstance(value, int) else repr(value).replace("'", '"')


# --- the oracle ---------------------------------------------------------------------------------------


class Nothing:
    """What a procedure does not have: it is not true, and no comparison with it holds."""

    __hash__ = None  # type: ignore[assignment]  # compared, never kept

    def __bool__(self) -> bool:
        return False

    def never(self, _other: object) -> bool:
        return False

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = never


NOTHING: Any = Nothing()


def judged(procedure: Procedure, readings: dict[str, str], claim: Property) -> tuple[bool, bool]:
    """Whether a claim is violated by some case, and whether some complete case satisfies it.

    Breadth first over full configurations, running clocks and states of the automaton; propositions are evaluated on
    all values, by their definition.
    """
    table = compile_table(procedure, readings, forget=False)
    monitor = claim.monitor
    assert monitor is not None
    start = [(packed, 0, frozenset[str]()) for packed in table.initial]
    seen, queue = set(start), list(start)
    violated = satisfied = False
    while queue:
        packed, state, running = queue.pop()
        violated |= monitor.automaton.colour(state) is Colour.VIOLATED
        if table.is_final(packed):
            violated |= state not in monitor.automaton.accepting
            satisfied |= state in monitor.automaton.accepting
        for rule, to in table.moves(packed):
            after = moved(table, rule, running)
            for actor in procedure.step[rule.step].actors:
                values = happening(table, rule, to, actor, running, after)
                letter = sum(
                    1 << index
                    for index, each in enumerate(monitor.propositions)
                    if evaluate(each, {name: values.get(name, NOTHING) for name in variables(each)})
                )
                new = to, monitor.automaton.next[state][letter], after
                if new not in seen:
                    seen.add(new)
                    queue.append(new)
    return violated, satisfied


def moved(table: Table, rule: Rule, running: frozenset[str]) -> frozenset[str]:
    """The clocks that run after a step: stops, then starts; none once the review is over."""
    stages = table.procedure.stage
    if stages[rule.target].final and not stages[rule.source].final:
        return frozenset()
    stopped = {op.name for op in rule.ops if op.kind == "stop"}
    return running - stopped | {op.name for op in rule.ops if op.kind == "start"}


def happening(  # noqa: PLR0913, PLR0917
    table: Table,
    rule: Rule,
    to: int,
    actor: str,
    before: frozenset[str],
    after: frozenset[str],
) -> dict[str, Value]:
    values: dict[str, Value] = dict(table.unpack(to))
    values |= {rule.step: True, f"by {actor}": True, f"in {rule.target}": True}
    for panel in table.procedure.panels:
        waiting = [v for n, v in values.items() if n.startswith(f"{panel.id}.pending.")]
        values[f"{panel.id}.pending"] = sum(map(int, waiting))
    ended = not after and before
    for clock in table.procedure.clocks:
        values[f"running {clock.id}"] = clock.id in after
        stopped = any(op.kind == "stop" and op.name == clock.id for op in rule.ops)
        over = bool(ended) and table.is_final(to) and not table.procedure.stage[rule.source].final
        values[f"stops {clock.id}"] = clock.id in before and (stopped or over)
    for op in rule.ops:
        word = {
            "open": "opens",
            "close": "closes",
            "begin": "begins",
            "end": "ends",
            "start": "starts",
        }
        if op.kind in word:
            values[f"{word[op.kind]} {op.name}"] = True
    return values


PROPOSITIONS = [
    "step0",
    "step1",
    "step2",
    "step0 or step1",
    "by office",
    "step1 and by members",
    "in s1",
    "in (s0, f0)",
    "running clock",
    "starts clock",
    "stops clock",
    "not running clock",
    "range0 == 1",
    "step0 and range0 >= 1",
    "panel0.yes >= 1",
    "panel0.pending == 0 and step1",
    "opens panel0",
    "closes panel0",
]
FORMS = [
    "never {0}",
    "eventually {0}",
    "{0} only after {1}",
    "{0} leads to {1}",
    "{0} at most once",
    "never {0} after {1} until {2}",
    "{0} never follows {1} unless {2} comes between",
    "{0} leads to {1} between {2} and {1}",
    "alternate_response({0}, {1})",
    "ltlf: G({0} -> WX !{0}) ",
]


@st.composite
def claims(draw: st.DrawFn) -> str:
    form = draw(st.sampled_from(FORMS))
    single = [each for each in PROPOSITIONS if not {"and", "or", "not"} & set(each.split())]
    words = single if form.startswith("ltlf") else PROPOSITIONS
    names = draw(st.lists(st.sampled_from(words), min_size=3, max_size=3, unique=True))
    return form.format(*(name if form.startswith("ltlf") else f"({name})" for name in names))


@settings(deadline=None, max_examples=60)
@given(chosen_procedures(), st.lists(claims(), min_size=1, max_size=4))
def test_claims_watched_together_are_judged_as_one_by_one_on_all_values(
    drawn: tuple[Procedure, dict[str, str]], texts: list[str]
) -> None:
    procedure, readings = drawn
    found = [declared(kind="always", claim=text) for text in texts]
    monitors = [each.monitor for each in found if each.monitor]
    table = compile_table(procedure, readings, observed=observed(monitors, procedure))
    exploration = Exploration(table)
    bound = [each.bind(table) for each in monitors]

    for each, watching, swept in zip(found, bound, sweep(exploration, bound), strict=True):
        assert (swept.violated, swept.satisfied) == judged(procedure, readings, each), each.claim
        walked = Walked(exploration, watching)
        ours = walked.violated, walked.accepted, walked.satisfied
        assert ours == (swept.violated, swept.accepted, swept.satisfied)


# --- what goes on for ever ----------------------------------------------------------------------------


def fair_loop_by_subsets(exploration: Exploration, goal: str, fair: set[str]) -> bool:
    """Whether the goal can be evaded: by an end without it, or on a set of configurations that is a fair loop.

    Every set of configurations is tried: it is one if each leads to each inside it and every fair step that some of
    them can take is taken inside it.
    """
    moves = exploration.moves
    reached, queue = set(exploration.table.initial), list(exploration.table.initial)
    while queue:
        for rule, to in moves[queue.pop()]:
            if rule.step != goal and to not in reached:
                reached.add(to)
                queue.append(to)
    if any(exploration.table.is_final(x) or not moves[x] for x in reached):
        return True
    for size in range(1, len(reached) + 1):
        for members in map(set, combinations(sorted(reached), size)):
            inside = {
                x: [(r, to) for r, to in moves[x] if to in members and r.step != goal]
                for x in members
            }
            if not all(inside.values()) or not _connected(inside):
                continue
            taken = {r.step for each in inside.values() for r, _ in each}
            if not ({r.step for x in members for r, _ in moves[x]} & fair) - taken:
                return True
    return False


def _connected(graph: dict[int, list[tuple[Rule, int]]]) -> bool:
    def reach(start: int) -> set[int]:
        found, queue = {start}, [start]
        while queue:
            for _, to in graph[queue.pop()]:
                if to not in found:
                    found.add(to)
                    queue.append(to)
        return found

    return all(reach(each) == set(graph) for each in graph)


@settings(deadline=None, max_examples=100)
@given(
    chosen_procedures(),
    st.sampled_from(["step0", "step1", "step2"]),
    st.sets(st.sampled_from(["step0", "step1", "step2", "step3"])),
)
def test_a_goal_is_evaded_exactly_where_some_set_of_configurations_is_a_fair_loop(
    drawn: tuple[Procedure, dict[str, str]], goal: str, fair: set[str]
) -> None:
    procedure, readings = drawn
    exploration = Exploration(compile_table(procedure, readings))
    if len(exploration.moves) > 10:
        return
    found = evasion(exploration, lambda rule, _: rule.step == goal, fair, ())

    assert (found is not None) == fair_loop_by_subsets(exploration, goal, fair)
    if found is not None and found[1]:
        way, loop = found
        assert goal not in {rule.step for rule in (*way, *loop)}
        assert loop[-1].target == (way[-1].target if way else procedure.initial)


# --- terms, by hand -----------------------------------------------------------------------------------

SECOND = ["extend_special"]


@pytest.mark.parametrize(
    ("after", "until", "days", "text"),
    [
        # Art. 9: 10 working days from the materials to the decision whether to review
        (
            "file",
            "decide_review or decide_no_review or deem_review or deem_no_review",
            10,
            "measures-2022",
        ),
        # Art. 11: 30, 15 more if complex; Art. 8 and 10 of 2020
        ("starts preliminary_clock", "stops preliminary_clock", 45, "measures-2022"),
        ("starts preliminary_clock", "stops preliminary_clock", 45, "measures-2020"),
        # Art. 12 of 2022, Art. 11 of 2020: 15 for the replies
        ("starts comments_clock", "stops comments_clock", 15, "measures-2022"),
        # Art. 14 of 2022: 90; Art. 13 of 2020: 45; the extension left out
        ("starts special_clock", "stops special_clock", 90, "measures-2022"),
        ("starts special_clock", "stops special_clock", 45, "measures-2020"),
    ],
)
def test_terms_of_the_text_by_hand(after: str, until: str, days: int, text: str) -> None:
    claim = declared(kind="within", after=after, until=until, days=days, without=SECOND)
    (result,) = check(dc.load(text), [claim]).results

    assert (result.verdict, result.days) == (Verdict.HOLDS, days)
    shorter = declared(kind="within", after=after, until=until, days=days - 1, without=SECOND)
    assert check(dc.load(text), [shorter]).results[0].verdict is Verdict.VIOLATED
