"""A scenario may name its docket; the file is looked up beside the file that names it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.scenarios import load_scenario
from duecourse.shipped import shipped

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """[scenario]
id = "{id}"
label = {{ en = "One of mine", zh = "我的情景" }}
extends = "{extends}"
start = 2022-06-01
{docket}
"""


def test_it_lies_beside_the_file_that_names_it_not_the_one_that_was_asked_for(
    tmp_path: Path,
) -> None:
    example = shipped().joinpath("scenarios", "dockets", "example-2022.csv")
    below = tmp_path / "scenarios"
    below.mkdir()
    (below / "open.csv").write_bytes(example.read_bytes())
    (below / "named.toml").write_text(
        HEAD.format(id="named", extends="baseline-2022", docket='docket = "open.csv"'), "utf-8"
    )
    (below / "above.toml").write_text(HEAD.format(id="above", extends="named", docket=""), "utf-8")

    for name in ("named", "above"):
        docket = load_scenario(name, root=tmp_path).docket

        assert docket is not None
        assert len(docket.cases) == len(example.read_text("utf-8").strip().splitlines()) - 1
