"""Several cases side by side: sorted cases are all cases, and the compiled search is the plain one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from tests.strategies import LABEL, chosen_procedures, procedures, read_tables

from duecourse.errors import InvalidInput
from duecourse.properties.composed import compiled
from duecourse.properties.composition import AtMost, Composition, compose, explore

if TYPE_CHECKING:
    from duecourse.model.procedure import Procedure
    from duecourse.properties.composition import Configuration


def room(**fact: object) -> Procedure:
    """Return the small procedure with one room in common, taken by `apply` and left by `refuse`."""

    def step(name: str, source: str, target: str, **more: object) -> dict[str, object]:
        return {"id": name, "label": LABEL, "actor": "office", "from": source, "to": target, **more}

    return read_tables(
        {
            "procedure": {
                "id": "room",
                "label": LABEL,
                "text": LABEL,
                "initial": "before",
                "measured_from": ["enter"],
                "calendar": "prc",
            },
            "article": [{"id": "1", "label": LABEL, "mark": "Q"}],
            "actor": [{"id": "office", "label": LABEL}],
            "stage": [
                {"id": "before", "label": LABEL},
                {"id": "inside", "label": LABEL},
                {"id": "after", "label": LABEL, "final": True},
            ],
            "fact": [{"id": "taken", "label": LABEL, "initial": False, "shared": True} | fact],
            "step": [
                step("enter", "before", "inside", when="not taken", do=["taken = true"]),
                step("leave", "inside", "after", do=["taken = false"]),
            ],
            "outcome": [{"id": "left", "label": LABEL, "by": "leave"}],
        }
    )


INSIDE = AtMost(1, ("inside",))


def test_a_room_in_common_holds_one_case() -> None:
    """Of two cases: both before, one inside and the other before or after, and so on: 5 sorted configurations."""
    found = explore(compose(room(), 2), [INSIDE, AtMost(0, ("inside",))])

    assert (found.configurations, found.finished, found.dead_end) == (5, True, None)
    assert found.exclusions[0] is None
    assert [(case, rule.step) for case, rule in found.exclusions[1] or ()] == [(1, "enter")]


def test_a_room_of_ones_own_holds_nobody_back() -> None:
    found = explore(compose(room(shared=False), 2), [INSIDE])

    assert [(case, rule.step) for case, rule in found.exclusions[0] or ()] == [
        (1, "enter"),
        (2, "enter"),
    ]


def test_cases_that_hold_each_other_up_are_at_a_dead_end() -> None:
    found = explore(compose(room(initial=True), 2))

    assert found.dead_end == ()


def sort(configuration: Configuration) -> Configuration:
    return configuration[0], tuple(sorted(configuration[1]))


def every(composition: Composition) -> set[Configuration]:
    found = set(composition.initial)
    queue = list(found)
    for at in queue:
        for _, _, to in composition.moves(at):
            if to not in found:
                found.add(to)
                queue.append(to)
    return found


def with_shared(procedure: Procedure) -> Procedure:
    facts = tuple(replace(each, shared=not each.unbounded) for each in procedure.facts)
    return replace(procedure, facts=(*facts[:1], *procedure.facts[1:]))


@given(procedures())
@settings(max_examples=25, deadline=None)
def test_sorted_cases_are_all_cases(drawn: Procedure) -> None:
    composition = compose(with_shared(drawn), 2)
    if len(composition.initial) * len(composition.table.fields) > 60:
        return
    if explore(composition, limit=2_000).finished is False:
        return
    unsorted = Composition(composition.table, 2, symmetric=False)

    both = every(unsorted)

    assert {sort(each) for each in both} == every(composition)
    for at in both:
        steps = {(rule.step, sort(to)) for _, rule, to in unsorted.moves(at)}
        assert steps == {(rule.step, to) for _, rule, to in composition.moves(sort(at))}


@given(chosen_procedures())
@settings(max_examples=25, deadline=None)
def test_the_compiled_search_finds_the_same(drawn: tuple[Procedure, dict[str, str]]) -> None:
    procedure, readings = drawn
    composition = compose(with_shared(procedure), 2, readings)
    asked = [AtMost(1, ("s0",)), AtMost(0, (procedure.stages[-1].id,))]
    plain = explore(composition, asked, 20_000, after=20_000)
    if not plain.finished:
        return
    faster = compiled(composition, asked, 20_000)

    assert faster is not None
    assert (faster.configurations, faster.moves) == (plain.configurations, plain.moves)
    assert faster.finished
    for mine, theirs in zip(
        (faster.dead_end, *faster.exclusions), (plain.dead_end, *plain.exclusions), strict=True
    ):
        assert (mine and len(mine)) == (theirs and len(theirs))
        assert (mine is None) == (theirs is None)


def test_what_is_wrong_is_refused() -> None:
    with pytest.raises(InvalidInput, match="33 cases side by side; from 1 to 32"):
        compose(room(), 33)
    with pytest.raises(InvalidInput, match='no stage "insid"; did you mean "inside"'):
        explore(compose(room(), 2), [AtMost(1, ("insid",))])
    with pytest.raises(InvalidInput, match="what cases share has a limit"):
        room(counter=True, initial=0)
