"""The page on the language of scenarios names every key that a file may have, and every file that comes with duecourse."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from duecourse.scenarios import scenario_files, schema
from duecourse.shipped import shipped

if TYPE_CHECKING:
    from duecourse.model.schema import Shape

PAGE = (shipped() / "scenarios" / "README.md").read_text(encoding="utf-8")

TABLES: tuple[type[Shape], ...] = (
    *schema.SHAPES.values(),
    schema.ScenarioShape,
    schema.GroupShape,
    schema.ActivityShape,
    schema.ChangeShape,
    schema.ReplayShape,
    schema.HeadCountShape,
    schema.LeaveShape,
    schema.CostShape,
    schema.ObjectionShape,
    schema.NeutralShape,
)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_every_key_is_on_the_page(table: type[Shape]) -> None:
    names = [field.alias or name for name, field in table.model_fields.items()]
    written = [name for name in names if re.search(rf"(`|\b){name}(`|,| =| }})", PAGE)]

    assert set(names) - set(written) - {"activity", "group"} == set()


@pytest.mark.parametrize("name", scenario_files())
def test_every_scenario_is_on_the_page(name: str) -> None:
    assert f"`{name}.toml`" in PAGE
