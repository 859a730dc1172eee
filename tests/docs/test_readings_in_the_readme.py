"""What model/README.md says of readings, tried for every option."""

from __future__ import annotations

from pathlib import Path

import pytest

import duecourse as dc

BREAKS = {
    ("consistency", "all_equal"): {"s9_literal"},
    ("commission_refusal", "opposite"): {"s9_literal", "s9_law"},
    ("commission_refusal", "ends_case"): {"can_always_conclude"},
}


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("name", ["measures-2020", "measures-2022"])
def test_alone_only_three_options_break_a_property(name: str) -> None:
    procedure = dc.load(name)
    properties = [
        each
        for each in dc.load_properties()
        if Path(each.place.file).name in {"flagship.toml", "termination.toml"}
    ]
    found = {}
    for reading in procedure.readings:
        for option in reading.options:
            results = dc.check(procedure, properties, {reading.id: option.id}).results
            broken = {r.property.id for r in results if r.verdict is not dc.Verdict.HOLDS}
            if broken:
                found[reading.id, option.id] = broken

    assert found == BREAKS
