"""`run` and `plan` with a store: what it holds is not simulated again, and gives the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.cli.experiments import planned, ran
from duecourse.cli.keeping import Keeping
from duecourse.simulations.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

HEAD = """
[experiment]
id = "short"
label = { en = "Short" }
question = { en = "Does it keep what it did?" }
seed = 4
years = 0.4
warm_up = 0.1
"""
GRID = """
replications = 2

[[scenario]]
use = "baseline-2022"

[[scenario]]
id = "more"
use = "baseline-2022"
pools = { desk = 7 }
"""
STAFFING = """
kind = "staffing"
level = 0.8

[[scenario]]
use = "baseline-2022"

[[target]]
indicator = "clock.screening_clock.late_share"
at_most = 0.5
tolerance = 0.2

[staffing]
first = 5
at_most = 10

[staffing.pools]
desk = { from = 6, to = 7, cost = 1.0 }
"""


def file(tmp_path: Path, text: str) -> str:
    path = tmp_path / "short.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return str(path)


def test_an_experiment_goes_on_from_what_a_store_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping = Keeping(tmp_path / "store")
    plain = ran(file(tmp_path, GRID), None, None, 1, "json")
    first = ran(file(tmp_path, GRID), None, None, 1, "json", keeping=keeping)
    monkeypatch.setattr("duecourse.simulations.execute.log_of", None)

    again = ran(file(tmp_path, GRID), None, None, 1, "json", keeping=keeping)

    assert plain == first == again
    assert [each.numbers() for each in Store(tmp_path / "store").runs()] == [(0, 1)] * 2


def test_the_search_for_a_staffing_goes_on_from_what_a_store_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping = Keeping(tmp_path / "store")
    plain = planned(file(tmp_path, STAFFING), None, 1, None, "json")
    first = planned(file(tmp_path, STAFFING), None, 1, None, "json", keeping=keeping)
    monkeypatch.setattr("duecourse.simulations.execute.log_of", None)

    again = planned(file(tmp_path, STAFFING), None, 1, None, "json", keeping=keeping)

    assert plain == first == again
    assert Store(tmp_path / "store").runs()
