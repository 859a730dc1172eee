"""The compiled search finds what the plain one finds, in the same order, or says that it did not."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from tests.strategies import chosen_procedures

import duecourse as dc
from duecourse.errors import InvalidInput
from duecourse.kernels.reach import MAX_BITS, Masks, Reach, Rules
from duecourse.model.compile import compile_table
from duecourse.properties import compiled, explore
from duecourse.properties.compiled import Search, lazy_moves
from duecourse.properties.explore import Exploration

if TYPE_CHECKING:
    from duecourse.model.procedure import Procedure
    from duecourse.model.table import Rule, Table

SHIPPED = ("measures-2020", "measures-2022", "trial-2017", "no-commission-2022")


def depths(table: Table) -> dict[int, int]:
    """Return how many steps lead to each configuration, by the definition."""
    found: dict[int, int] = {}
    layer, depth = set(table.initial), 0
    while layer:
        found |= dict.fromkeys(layer, depth)
        layer = {to for x in layer for _, to in table.moves(x)} - found.keys()
        depth += 1
    return found


def same(table: Table) -> None:
    plain, reach = Exploration(table), Search(table).run(2_000_000).reach
    assert reach.finished
    assert plain.finished
    assert reach.configurations() == list(plain.moves)
    assert (reach.expanded, reach.moves) == plain.size
    assert {x: len(reach.way(n)) for n, x in enumerate(reach.configurations())} == depths(table)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_texts(name: str) -> None:
    same(compile_table(dc.load(name)))


@given(chosen_procedures(panels=2))
@settings(max_examples=60, deadline=None)
def test_random_procedures(drawn: tuple[Procedure, dict[str, str]]) -> None:
    try:
        table = compile_table(*drawn)
    except InvalidInput as error:  # a guard that comes out in too many ways is refused
        assume("too-many-ways" not in str(error))
        raise
    same(table)
    search = Search(table).run(2_000_000)
    exploration = Exploration(table)

    def ends(rule: Rule) -> bool:
        stages = table.procedure.stage
        return stages[rule.target].final and not stages[rule.source].final

    stuck = {x for x, moves in exploration.moves.items() if not moves and not table.is_final(x)}
    way = exploration.path_to(stuck.__contains__)
    assert (search.stuck() and len(search.stuck() or ())) == (way and len(way))
    able = exploration.able(lambda rule, _: int(ends(rule)))
    trapped = {x for x in exploration.moves if x not in able and not table.is_final(x)}
    way = exploration.path_to(trapped.__contains__)
    found = search.trapped(ends)
    assert (found is None) == (way is None)
    assert found is None or way is None or len(found) == len(way)


@given(chosen_procedures())
@settings(max_examples=30, deadline=None)
def test_a_configuration_of_two_words_is_as_good_as_one_of_one(
    drawn: tuple[Procedure, dict[str, str]],
) -> None:
    """Rules are moved up so that their fields lie across the border of the words."""
    table = compile_table(*drawn)
    up = 58
    low = table.fields["stage"].mask
    width = low.bit_length()

    def moved(x: int) -> int:
        negative = x < 0
        x = abs(x)
        return (-1 if negative else 1) * ((x & low) | (x >> width << up))

    groups = [
        [
            Masks(
                moved(rule.guard_mask),
                moved(rule.guard_value),
                tuple(map(moved, rule.nonzero)),
                moved(rule.clear),
                moved(rule.put),
                rule.add >> width << up,
            )
            for rule in table.rules.get(str(name), ())
        ]
        for name in table.fields["stage"].values
    ]
    bits = max(table.bits - width + up, 64)
    if bits > MAX_BITS:
        return
    reach = Reach(Rules(groups, low, bits, [True] * len(groups)), [*map(moved, table.initial)])
    assert reach.rules.wide
    assert reach.run(2_000_000)
    assert reach.configurations() == [moved(x) for x in Exploration(table).moves]


def test_a_bound_gives_an_unfinished_search_never_a_wrong_one() -> None:
    table = compile_table(dc.load("measures-2022"))
    for limit in (1, 17, 4_000):
        reach = Search(table).run(limit).reach
        assert not reach.finished
        assert reach.configurations() == list(Exploration(table, limit).moves)


def test_where_memory_is_short_the_search_is_unfinished_and_python_goes_on() -> None:
    """A counter of 18 bits outgrows the first arrays."""
    rules = Rules([[Masks(0, 0, (), 0, 0, 2)]], 1, 18, [True, True])
    reach = Reach(rules, [0])
    assert not reach.run(10**6, memory=1_000)
    assert reach.full
    assert not reach.finished
    assert lazy_moves(compile_table(dc.load("trial-2017")), 10**6, memory=10**9) is not None


def test_a_configuration_that_is_too_wide_is_refused() -> None:
    with pytest.raises(ValueError, match="127 bits"):
        Rules([[]], 0, 127, [True])


def test_the_hand_over_changes_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    table = compile_table(dc.load("measures-2020"))
    plain = Exploration(table)
    monkeypatch.setattr(explore, "HAND_OVER", 100)
    faster = Exploration(table)

    assert isinstance(faster.moves, compiled.LazyMoves)
    assert list(faster.moves.items()) == list(plain.moves.items())
    assert (faster.size, faster.finished) == (plain.size, plain.finished)
    assert faster.moves.get(-1) is None


@pytest.mark.slow
@pytest.mark.parametrize("name", ["measures-2022", "no-commission-2022"])
def test_the_hand_over_changes_no_verdict(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    properties = dc.load_properties()
    plain = dc.check(dc.load(name), properties).results
    monkeypatch.setattr(explore, "HAND_OVER", 100)

    assert dc.check(dc.load(name), properties).results == plain


@pytest.mark.slow
def test_checking_the_shipped_texts_does_not_load_the_compiler() -> None:
    code = """
import sys, duecourse as dc
for name in ("measures-2020", "measures-2022", "trial-2017"):
    dc.check(dc.load(name), dc.load_properties())
print("numba" in sys.modules)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
