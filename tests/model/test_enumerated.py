"""Members counted and members one by one: the counted graph is the other one with members of a class told apart no more."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.small_procedure import small
from tests.strategies import LEFT_TO_CHANCE, read_tables, tables

from duecourse.errors import InvalidInput
from duecourse.model.compile import compile_table
from duecourse.model.enumerated import enumerated, member_of
from duecourse.properties.explore import Exploration

if TYPE_CHECKING:
    from duecourse.model.procedure import Procedure
    from duecourse.model.table import Table


def counted(one_by_one: Table, table: Table, packed: int) -> int:
    """Return the counted configuration of one in which members are told apart."""
    values: Counter[str] = Counter()
    rest: dict[str, Any] = {}
    for name, value in one_by_one.unpack(packed).items():
        if ".pending." in name:
            values[member_of(name)] += int(value)
        else:
            rest[name] = value
    return table.pack({**rest, **values})


def quotient(procedure: Procedure, readings: dict[str, str] | None = None) -> None:
    """Forgetting is off on both sides: then a configuration holds every variable."""
    table = compile_table(procedure, readings, forget=False)
    one_by_one = compile_table(enumerated(procedure), readings, forget=False)
    there = Exploration(one_by_one, 20_000)
    if not there.finished:
        return
    image = {packed: counted(one_by_one, table, packed) for packed in there.moves}
    assert set(image.values()) == set(Exploration(table).moves)
    for packed, moves in there.moves.items():
        mine = {(member_of(rule.step), image[to]) for rule, to in moves}
        assert mine == {(rule.step, to) for rule, to in table.moves(image[packed])}


def test_the_small_procedure() -> None:
    quotient(small())


@st.composite
def of_fixed_size(draw: Any) -> Procedure:  # noqa: ANN401
    data = draw(tables())
    for panel in data["panel"]:
        for each in panel["electorate"]:
            if isinstance(each["count"], str):
                each["count"] = draw(st.integers(0, 3))
    try:
        return read_tables(data)
    except InvalidInput as error:
        if {each.code for each in error.problems} <= LEFT_TO_CHANCE | {"reply", "never"}:
            return small()
        raise


@given(of_fixed_size(), st.data())
@settings(max_examples=60, deadline=None)
def test_random_procedures(procedure: Procedure, data: st.DataObject) -> None:
    readings = {
        each.id: data.draw(st.sampled_from([option.id for option in each.options]))
        for each in procedure.readings
    }
    quotient(procedure, readings)


def test_a_class_whose_size_is_a_fact_cannot_be_taken_apart() -> None:
    import duecourse as dc

    with pytest.raises(InvalidInput, match="is told by the fact"):
        enumerated(dc.load("measures-2022"))
