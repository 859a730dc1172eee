"""The table of all readings against the table of each choice: the same steps, step by step."""

import pytest
from hypothesis import given, settings
from tests.strategies import procedures

import duecourse as dc
from duecourse.model.featured import FeaturedTable, compile_featured
from duecourse.model.procedure import Procedure
from duecourse.model.table import Rule, Table, combinations
from duecourse.model.variants import choose_readings
from duecourse.properties.fixpoint import reached as reached_under

Label = tuple[str, str | None, str, tuple[object, ...]]


def label(rule: Rule) -> Label:
    return rule.step, rule.lapse_of, rule.target, rule.ops


def assert_same_behaviour(
    single: Table, table: FeaturedTable, under: dict[int, int], limit: int = 100_000
) -> None:
    """Walk both tables side by side: every step of one is a step of the other, under this choice of readings."""
    space = table.space
    pairs = list(zip(sorted(map(str, single.initial)), single.initial, strict=True))
    queue = [(a, b) for _, a in pairs for b in table.common.initial if alike(single, table, a, b)]
    assert {a for a, _ in queue} == set(single.initial)
    seen = set(queue)
    for a, b in queue:
        assert len(seen) < limit
        assert space.contains(under[b], single.readings)
        ours = {label(rule): to for rule, to in single.moves(a)}
        theirs = {
            label(rule): to
            for rule, to, exists in table.moves(b)
            if space.contains(exists, single.readings)
        }
        assert ours.keys() == theirs.keys()
        for each, to in ours.items():
            if (to, theirs[each]) not in seen:
                seen.add((to, theirs[each]))
                queue.append((to, theirs[each]))
    reached = {b for _, b in seen}
    assert reached == {
        packed for packed, found in under.items() if space.contains(found, single.readings)
    }


def alike(single: Table, table: FeaturedTable, a: int, b: int) -> bool:
    ours, theirs = single.unpack(a), table.common.unpack(b)
    return all(theirs[name] == value for name, value in ours.items() if name in theirs)


@settings(max_examples=60)
@given(procedures())
def test_under_each_choice_it_is_the_table_of_that_choice(procedure: Procedure) -> None:
    table = compile_featured(procedure)
    under = reached_under(table, 100_000)
    for choice in combinations(procedure):
        assert_same_behaviour(dc.compile_table(procedure, choice), table, under)


@pytest.mark.slow
@pytest.mark.parametrize(
    "readings",
    [
        {},
        {"silence": "abstention", "voters": "without_cac", "results": "with_conditional"},
        {"silence": "agreement", "commission_refusal": "opposite", "supplements": "at_most_one"},
    ],
)
def test_and_so_it_is_for_the_measures(readings: dict[str, str]) -> None:
    procedure = dc.load("measures-2022")
    table = compile_featured(procedure)
    space = table.space
    held = space.cube({k: (v,) for k, v in choose_readings(procedure, readings).items()})
    single = {
        stage: tuple((rule, under) for rule, under in rules if space.intersection(under, held))
        for stage, rules in table.rules.items()
    }
    held_table = FeaturedTable(space, table.common, single)
    under = reached_under(held_table, 1_000_000)
    assert_same_behaviour(dc.compile_table(procedure, readings), held_table, under)
