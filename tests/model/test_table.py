"""The table against an interpreter that shares no code with it, and the two reductions in it against doing without.

The oracle below is the semantics written out: dictionaries, named members, unbounded counters, guards evaluated on
their syntax tree. It knows no masks, no cubes, no classes of members, no saturation and no forgetting.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, assume, given, settings
from tests.strategies import chosen_procedures, read_tables

import duecourse as dc
from duecourse.errors import InvalidInput
from duecourse.model.expression import And, Compare, Constant, Not, Or, Variable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from duecourse.model.expression import Expression
    from duecourse.model.procedure import On, Panel, Procedure, Step, Value
    from duecourse.model.table import Table

MOST = 600  # configurations of one random procedure; the few larger ones are cut off

random_settings = settings(
    max_examples=70, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def compiled(procedure: Procedure, readings: Mapping[str, str], *, forget: bool = True) -> Table:
    try:
        return dc.compile_table(procedure, readings, forget=forget)
    except InvalidInput as error:
        assume("too-many-ways" not in str(error))
        raise


def reachable(table: Table) -> dict[int, dict[str, int]] | None:
    """Return every configuration with its successors by step; None where there are more than `MOST`."""
    found: dict[int, dict[str, int]] = {}
    queue = list(dict.fromkeys(table.initial))
    for packed in queue:
        found[packed] = {}
        for rule, to in table.moves(packed):
            assert rule.step not in found[packed], f"{rule.step} fires in two ways"
            found[packed][rule.step] = to
            if to not in found and to not in queue[-50:]:
                queue.append(to)
        if len(found) > MOST:
            return None
    return found


# --- the oracle ----------------------------------------------------------------------------------------


def holds(expression: Expression, values: Mapping[str, Value]) -> bool:
    match expression:
        case Constant() | Variable():
            return valued(expression, values) is True
        case Not(part):
            return not holds(part, values)
        case And(parts):
            return all(holds(part, values) for part in parts)
        case Or(parts):
            return any(holds(part, values) for part in parts)
        case Compare(op, left, right):
            return compared(op, valued(left, values), valued(right, values))


def valued(term: Constant | Variable, values: Mapping[str, Value]) -> Value:
    return term.value if isinstance(term, Constant) else values[term.name]


def compared(op: str, left: Value, right: Value) -> bool:
    if op in {"==", "!="}:
        return (left == right) is (op == "==")
    assert isinstance(left, int)
    assert isinstance(right, int)
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[op]


Member = tuple[str, str]  # the class, and the reply given, "pending", "silent"


@dataclass(frozen=True)
class State:
    """A case, with every member of every panel by name (its place in the list)."""

    stage: str
    facts: tuple[tuple[str, Value], ...]
    members: tuple[tuple[str, tuple[Member, ...]], ...]
    flags: tuple[tuple[str, bool], ...]  # suspensions, and panels that are open

    def values(self, readings: Mapping[str, str]) -> dict[str, Value]:
        values: dict[str, Value] = {**dict(self.facts), **dict(self.flags), **readings}
        for panel, members in self.members:
            values[f"{panel}.asked"] = len(members)
            for reply in ("pending", "yes", "no"):
                values[f"{panel}.{reply}"] = sum(given == reply for _, given in members)
            for actor in ("members", "others"):
                asked = [given for each, given in members if each == actor]
                values[f"{panel}.pending.{actor}"] = asked.count("pending")
        return values


class Oracle:
    def __init__(self, procedure: Procedure, readings: Mapping[str, str]) -> None:
        self.procedure = procedure
        self.readings = {each.id: readings[each.id] for each in procedure.readings}

    def initial(self) -> Iterator[State]:
        facts: list[dict[str, Value]] = [{}]
        for fact in self.procedure.facts:
            values = fact.values if fact.initial is None else (fact.initial,)
            facts = [{**each, fact.id: value} for each in facts for value in values]
        flags = {f"{each.id}.active": False for each in self.procedure.suspensions}
        flags |= {f"{each.id}.open": False for each in self.procedure.panels}
        nobody: dict[str, tuple[Member, ...]] = {each.id: () for each in self.procedure.panels}
        for each in facts:
            yield state(self.procedure.initial, each, nobody, flags)

    def moves(self, case: State) -> Iterator[tuple[str, State]]:
        values = case.values(self.readings)
        for step in self.procedure.steps:
            if case.stage in step.sources and self.allowed(step, values):
                if step.reply is None:
                    yield from self.taken(step, case, values, None)
                    continue
                members = dict(case.members)[step.reply.panel]
                for index, member in enumerate(members):
                    if member == (step.actors[0], "pending"):
                        yield from self.taken(step, case, values, index)

    def allowed(self, step: Step, values: Mapping[str, Value]) -> bool:
        lapses = [
            on for each in self.procedure.clocks for on in each.on_lapse if on.step == step.id
        ]
        if not holds(step.when, values) or not all(holds(on.when, values) for on in lapses):
            return False
        for each in self.procedure.suspensions:
            ends = [on.step for on in each.ends]
            barred = each.permits is not None and step.id not in (*each.permits, *ends)
            if barred and values[f"{each.id}.active"]:
                return False
        return True

    def taken(
        self, step: Step, case: State, values: Mapping[str, Value], member: int | None
    ) -> Iterator[tuple[str, State]]:
        branch = next((each for each in step.branches if holds(each.when, values)), None)
        if step.branches and branch is None:
            return
        target = case.stage if branch is None else branch.stage
        facts, members, flags = dict(case.facts), dict(case.members), dict(case.flags)
        if member is not None and step.reply is not None:
            asked = list(members[step.reply.panel])
            asked[member] = (asked[member][0], step.reply.value)
            members[step.reply.panel] = tuple(asked)
        for effect in (*step.effects, *(branch.effects if branch else ())):
            old = int(facts[effect.fact]) if effect.add else 0
            facts[effect.fact] = old + int(effect.value) if effect.add else effect.value
        for panel in self.procedure.panels:
            if occurs(panel.closes, step, values):
                members[panel.id] = self.closed(panel, members[panel.id])
                flags[f"{panel.id}.open"] = False
            if occurs(panel.opens, step, values):
                members[panel.id] = self.opened(panel, values)
                flags[f"{panel.id}.open"] = True
        for each in self.procedure.suspensions:
            flags[f"{each.id}.active"] &= not occurs(each.ends, step, values)
            flags[f"{each.id}.active"] |= occurs(each.begins, step, values)
        if self.procedure.stage[target].final and not self.procedure.stage[case.stage].final:
            flags = dict.fromkeys(flags, False)
            members = {
                panel: tuple((a, "silent" if g == "pending" else g) for a, g in asked)
                for panel, asked in members.items()
            }
        yield step.id, state(target, facts, members, flags)

    def opened(self, panel: Panel, values: Mapping[str, Value]) -> tuple[Member, ...]:
        asked: list[Member] = []
        for actor in dict.fromkeys(each.actor for each in panel.electorate):
            counts = [
                each.count
                for each in panel.electorate
                if each.actor == actor and holds(each.when, self.readings)
            ]
            if counts:
                number = counts[0] if isinstance(counts[0], int) else int(values[counts[0]])
                asked += [(actor, "pending")] * number
        return tuple(asked)

    def closed(self, panel: Panel, members: tuple[Member, ...]) -> tuple[Member, ...]:
        meant = [each.counts_as for each in panel.silence if holds(each.when, self.readings)]
        silent = meant[0] if meant and meant[0] is not None else "silent"
        return tuple((actor, silent if given == "pending" else given) for actor, given in members)


def state(
    stage: str,
    facts: Mapping[str, Value],
    members: Mapping[str, tuple[Member, ...]],
    flags: Mapping[str, bool],
) -> State:
    return State(stage, tuple(facts.items()), tuple(members.items()), tuple(flags.items()))


def occurs(occasions: tuple[On, ...], step: Step, values: Mapping[str, Value]) -> bool:
    return any(on.step == step.id and holds(on.when, values) for on in occasions)


def prove_equal_to_the_oracle(
    procedure: Procedure, readings: Mapping[str, str], *, further: int = 2
) -> int:
    """Return how many cases of the oracle were compared with their configuration.

    A counter is followed `further` beyond the point where the table stops counting, then no more.
    """
    table = dc.compile_table(procedure, readings)
    oracle, found = Oracle(procedure, table.readings), reachable(table)
    if found is None:
        return 0
    limits = {each.id: int(each.values[-1]) + further for each in procedure.facts if each.unbounded}
    queue = list(dict.fromkeys(oracle.initial()))
    seen, hit, cut = set(queue), set(), False
    for case in queue:
        values = case.values(oracle.readings)
        packed = table.pack({**values, "stage": case.stage})
        hit.add(packed)
        moves = list(oracle.moves(case))
        assert packed in found, f"reached only by the oracle: {case}"
        assert {step for step, _ in moves} == set(found[packed]), str(case)
        for step, after in moves:
            then = {**after.values(oracle.readings), "stage": after.stage}
            assert table.pack(then) == found[packed][step], f"{step} from {case}"
            if any(int(then[name]) > top for name, top in limits.items()):
                cut = True
            elif after not in seen:
                seen.add(after)
                queue.append(after)
        if len(queue) > 5 * MOST:
            return len(queue)
    assert cut or hit == set(found), "reached only by the table"
    return len(queue)


@random_settings
@given(chosen_procedures(panels=1))
def test_the_table_equals_a_naive_interpreter_with_named_members_on_random_procedures(
    drawn: tuple[Procedure, dict[str, str]],
) -> None:
    compiled(*drawn)

    prove_equal_to_the_oracle(*drawn)


PANEL = {
    "procedure": {
        "id": "vote",
        "label": {"en": "vote"},
        "text": {"en": "vote"},
        "initial": "before",
        "measured_from": ["ask"],
        "calendar": "prc",
    },
    "actor": [{"id": each, "label": {"en": each}} for each in ("office", "members", "others")],
    "fact": [{"id": "invited", "label": {"en": "invited"}, "range": [0, 2], "initial": "unknown"}],
    "stage": [
        {"id": "before", "label": {"en": "before"}},
        {"id": "voting", "label": {"en": "voting"}},
        {"id": "over", "label": {"en": "over"}, "final": True},
    ],
    "panel": [
        {
            "id": "vote",
            "label": {"en": "vote"},
            "electorate": [
                {"actor": "members", "count": 3},
                {"actor": "others", "count": "invited"},
            ],
            "replies": ["yes", "no"],
            "opens": ["ask"],
            "closes": ["close"],
            "silence": [{"counts_as": "yes"}],
        }
    ],
    "step": [
        {"id": "ask", "label": {"en": "ask"}, "actor": "office", "from": "before", "to": "voting"},
        {"id": "close", "label": {"en": "close"}, "actor": "office", "from": "voting"},
        {
            "id": "decide",
            "label": {"en": "decide"},
            "actor": "office",
            "from": "voting",
            "when": "vote.pending == 0 and (vote.no > 1 or vote.yes > 2)",
            "to": "over",
        },
        *(
            {
                "id": f"{actor}_{reply}",
                "label": {"en": reply},
                "actor": actor,
                "from": "voting",
                "reply": {"panel": "vote", "value": reply},
            }
            for actor in ("members", "others")
            for reply in ("yes", "no")
        ),
    ],
    "outcome": [{"id": "decided", "label": {"en": "decided"}, "by": "decide"}],
}


def test_counting_a_panel_of_five_is_the_same_as_naming_its_members() -> None:
    # 3 members and 0 to 2 others with 3 states each: 3^3 + 3^4 + 3^5 votes, and what leads to and from them
    assert prove_equal_to_the_oracle(read_tables(PANEL), {}) > 3**3 + 3**4 + 3**5


def test_counting_is_compared_with_naming_for_every_meaning_of_silence() -> None:
    for meaning in ("yes", "no", "nothing"):
        panel = {**PANEL["panel"][0], "silence": [{"counts_as": meaning}]}  # type: ignore[index]  # a list of one
        prove_equal_to_the_oracle(read_tables({**PANEL, "panel": [panel]}), {})


def test_the_last_reply_may_close_the_panel_itself() -> None:
    closes = [
        "close",
        *({"step": f"members_{each}", "when": "vote.pending <= 2"} for each in ("yes", "no")),
    ]
    for meaning in ("yes", "no", "nothing"):
        panel = {**PANEL["panel"][0], "closes": closes, "silence": [{"counts_as": meaning}]}  # type: ignore[index]  # a list of one
        prove_equal_to_the_oracle(read_tables({**PANEL, "panel": [panel]}), {})


def test_the_oracle_notices_silence_that_counts_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Oracle, "closed", lambda _, __, members: members[:0])

    with pytest.raises(AssertionError):
        prove_equal_to_the_oracle(read_tables(PANEL), {})


@given(chosen_procedures())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_an_unbounded_counter_is_counted_no_further_than_its_guards_can_tell(
    drawn: tuple[Procedure, dict[str, str]],
) -> None:
    procedure, readings = drawn
    assume(any(fact.unbounded for fact in procedure.facts))
    wider = replace(
        procedure,
        facts=tuple(
            replace(fact, values=tuple(range(len(fact.values) + 3))) if fact.unbounded else fact
            for fact in procedure.facts
        ),
    )
    some, more = compiled(procedure, readings), compiled(wider, readings)
    assume(reachable(some) is not None and reachable(more) is not None)

    assert same_behaviour(some, more)


# --- forgetting ------------------------------------------------------------------------------------------


def behaviours(*tables: Table) -> list[frozenset[int]]:
    """Return, for each table, the behaviours it can begin with: the classes of the coarsest bisimulation.

    Two configurations are told apart by the steps that can be taken, what they do to clocks, panels and suspensions,
    and where they lead, as often as one likes: the naive refinement of one partition over all tables at once.
    """
    nodes: list[tuple[int, int]] = []
    moves: dict[tuple[int, int], list[tuple[object, tuple[int, int]]]] = {}
    for index, table in enumerate(tables):
        found = dict.fromkeys((index, packed) for packed in table.initial)
        queue = list(found)
        for node in queue:
            moves[node] = [
                ((rule.step, rule.source, rule.target, rule.ops, rule.lapse_of), (index, to))
                for rule, to in table.moves(node[1])
            ]
            new = [to for _, to in moves[node] if to not in found]
            found |= dict.fromkeys(new)
            queue += dict.fromkeys(new)
        nodes += queue
    block: dict[tuple[int, int], int] = dict.fromkeys(nodes, 0)
    count = 1
    while True:
        signatures = {
            node: (block[node], frozenset((label, block[to]) for label, to in moves[node]))
            for node in nodes
        }
        numbers = {each: i for i, each in enumerate(dict.fromkeys(signatures.values()))}
        block = {node: numbers[signatures[node]] for node in nodes}
        if len(numbers) == count:
            break
        count = len(numbers)
    return [
        frozenset(block[index, packed] for packed in table.initial)
        for index, table in enumerate(tables)
    ]


def same_behaviour(one: Table, other: Table) -> bool:
    first, second = behaviours(one, other)
    return first == second


@random_settings
@given(chosen_procedures())
def test_forgetting_changes_no_behaviour_of_random_procedures(
    drawn: tuple[Procedure, dict[str, str]],
) -> None:
    short, full = compiled(*drawn), compiled(*drawn, forget=False)
    assume(reachable(full) is not None)

    assert same_behaviour(short, full)


def same_traces(one: Table, other: Table) -> int:
    """Return in how many pairs of configurations two tables take the same steps from their single beginnings on."""
    assert len(one.initial) == len(other.initial) == 1
    seen = {(one.initial[0], other.initial[0])}
    queue = list(seen)
    for left, right in queue:
        moves = [
            {(rule.step, rule.target, rule.ops, rule.lapse_of): to for rule, to in table.moves(at)}
            for table, at in ((one, left), (other, right))
        ]
        assert moves[0].keys() == moves[1].keys(), one.unpack(left)
        for label, to in moves[0].items():
            pair = (to, moves[1][label])
            if pair not in seen:
                seen.add(pair)
                queue.append(pair)
    return len(seen)


def test_forgetting_changes_no_trace_of_the_text_of_2020(
    record_property: Callable[[str, object], None],
) -> None:
    procedure = dc.load("measures-2020")
    short, full = dc.compile_table(procedure), dc.compile_table(procedure, forget=False)

    many = same_traces(full, short)

    few = len(short.reachable())
    assert few < many / 10
    text = (
        f"measures-2020: {few:,} configurations take the steps of the {many:,} that forget nothing"
    )
    record_property("covered", text)


def test_the_comparison_of_behaviours_notices_a_variable_that_still_mattered() -> None:
    procedure = dc.load("measures-2020")
    table = dc.compile_table(procedure)
    clear = table.fields["extended"].mask
    rules = {
        stage: tuple(
            replace(rule, clear=rule.clear | clear, put=rule.put & ~clear)
            if rule.step == "propose_pass"
            else rule
            for rule in found
        )
        for stage, found in table.rules.items()
    }

    assert same_behaviour(table, table)
    assert not same_behaviour(table, replace(table, rules=rules))
    with pytest.raises(AssertionError):
        same_traces(table, replace(table, rules=rules))
