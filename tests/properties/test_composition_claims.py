"""Claims that watch every one of several cases."""

from __future__ import annotations

import pytest

import duecourse as dc
from duecourse.errors import InvalidInput
from duecourse.properties.composed import compiled
from duecourse.properties.composition import compose, explore
from duecourse.properties.property import Kind
from duecourse.properties.verdict import Verdict

ALWAYS = [each for each in dc.load_properties() if each.kind is Kind.ALWAYS]


@pytest.mark.parametrize("name", ["trial-2017", "no-commission-2022"])
def test_one_case_side_by_side_with_none_is_judged_as_by_itself(name: str) -> None:
    procedure = dc.load(name)
    wanted = (
        ALWAYS if name == "trial-2017" else [e for e in ALWAYS if e.id in {"s9_law", "s9_literal"}]
    )
    results = dc.check(procedure, wanted).results
    for each, result in zip(wanted, results, strict=True):
        (way,) = explore(compose(procedure, 1, claims=[each])).claims
        assert (way is not None) == (result.verdict is Verdict.VIOLATED), each.id
        if way is not None and result.witness is not None:
            assert len(way) == len(result.witness.steps)


def test_a_claim_is_watched_in_each_of_two_cases() -> None:
    procedure = dc.load("trial-2017")
    broken = [
        each.property
        for each in dc.check(procedure, ALWAYS).results
        if each.verdict is Verdict.VIOLATED
    ]
    for each in broken or ALWAYS[:2]:
        composition = compose(procedure, 2, claims=[each])
        plain = explore(composition)
        faster = compiled(composition, (), 100_000)
        assert faster is not None
        assert (plain.configurations, plain.moves) == (faster.configurations, faster.moves)
        assert [way and len(way) for way in plain.claims] == [
            way and len(way) for way in faster.claims
        ]
        assert (plain.claims[0] is not None) == bool(broken)


def test_other_kinds_are_not_watched() -> None:
    other = next(each for each in dc.load_properties() if each.kind is Kind.NO_DEAD_END)

    with pytest.raises(InvalidInput, match="is no claim of kind always"):
        compose(dc.load("trial-2017"), 2, claims=[other])
