"""`run` and `plan`: what they print, write and refuse."""

from __future__ import annotations

import csv
import json
import re
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from duecourse.cli.experiments import planned, ran
from duecourse.errors import InvalidInput
from duecourse.model.source import parse
from duecourse.simulations import load_experiment
from duecourse.simulations.experiment_file import read_experiment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Save = Callable[[str, str], str]

HEAD = """
[experiment]
id = "try"
label = { en = "A try" }
question = { en = "What would it do?" }
kind = "KIND"
replications = 2
seed = 3
years = 0.4
warm_up = 0.1
measures = ["backlog.mean", "clock.limit.late_share"]

[[scenario]]
use = "OFFICE"
"""
GRID = """
[grid]
"pool.desk.size" = [1, 2]
"arrivals.files.per_year" = [200, 300]
"""
SENSITIVITY = """
[sensitivity]
change = 0.5
numbers = ["pool.desk.size", "arrivals.files.per_year"]
"""
STAFFING = """
[[target]]
indicator = "clock.limit.late_share"
at_most = 0.3
tolerance = 0.2

[staffing]
first = 5
at_most = 8

[staffing.pools]
desk = { from = 1, to = 4 }
"""


def text_of(kind: str, tables: str, office: Path) -> str:
    return HEAD.replace("KIND", kind).replace("OFFICE", office.as_posix()) + tables


@pytest.fixture
def save(office_file: Path) -> Save:
    """Write an experiment and return its path."""

    def written(kind: str, tables: str) -> str:
        path = office_file.with_name("try.toml")
        path.write_text(text_of(kind, tables, office_file), encoding="utf-8")
        return str(path)

    return written


def test_a_grid_tells_every_point_and_its_difference_from_the_scenario_as_it_is(save: Save) -> None:
    name = save("grid", GRID)
    text = ran(name, None, None, 1)
    rows = list(csv.DictReader(StringIO(ran(name, None, None, 1, "csv"))))

    assert re.search(
        r"^  pool\.desk\.size +arrivals\.files\.per_year +mean +diff", text, re.MULTILINE
    )
    assert re.search(r"^  1 +200 +\d+\.\d \[", text, re.MULTILINE)
    assert len(rows) == 2 * 5
    assert {row["changes"] for row in rows} >= {
        "",
        "pool.desk.size = 1; arrivals.files.per_year = 200",
    }


def test_a_sensitivity_moves_numbers_one_at_a_time_the_largest_effect_first(save: Save) -> None:
    name = save("sensitivity", SENSITIVITY)
    found = json.loads(ran(name, None, None, 1, "json"))
    text = ran(name, None, None, 1)
    first = text.split("\n\n")[1].splitlines()

    assert [each["changes"] for each in found["scenarios"]] == [
        {},
        {"pool.desk.size": 2},
        {"arrivals.files.per_year": 125},
        {"arrivals.files.per_year": 375},
    ]
    assert found["schema"] == "duecourse/experiment/1"
    assert first[0].startswith("open cases, on average †: ")
    assert first[2].split()[:2] == ["arrivals.files.per_year", "125"]


def test_a_plan_recommends_and_tells_what_it_rests_on(save: Save, tmp_path: Path) -> None:
    name, plot = save("staffing", STAFFING), tmp_path / "plan.svg"
    text, code = planned(name, None, 1, plot)
    drawn = plot.read_text(encoding="utf-8")

    assert code == 0
    assert re.search(r"^  - take \d Desk: cost \d", text, re.MULTILINE)
    assert "95 % sure: it meets every target or misses it by less than the tolerance" in " ".join(
        text.split()
    )
    assert re.search(
        r"^  - 4 staffings: \d simulated, \d too small for the work", text, re.MULTILINE
    )
    assert "recommended" in text
    assert drawn.startswith("<svg")
    assert "var(--" not in drawn


def test_a_plan_is_the_same_on_two_workers_and_on_one(save: Save) -> None:
    name = save("staffing", STAFFING)
    one, two = (planned(name, None, workers, None, "json")[0] for workers in (1, 2))

    assert one == two
    assert json.loads(one)["schema"] == "duecourse/staffing/1"
    assert len(list(csv.DictReader(StringIO(planned(name, None, 1, None, "csv")[0])))) > 1


def test_a_plan_that_cannot_be_met_says_so_with_exit_code_1(save: Save) -> None:
    name = save("staffing", STAFFING.replace("0.3\n", "-0.5\n"))
    text, code = planned(name, None, 1, None)

    assert code == 1
    assert "no staffing in the ranges meets the targets: not even 4 Desk" in text


@pytest.mark.parametrize(
    ("kind", "tables", "messages"),
    [
        ("grid", "", ["a grid needs [grid]"]),
        (
            "grid",
            '[grid]\n"pool.dsk.size" = [1]\n"pool.desk.size" = 3\n',
            [
                'e.toml:16:19: error[unknown-name]: no number "pool.dsk.size"; did you mean "pool.desk.size"?',
                "e.toml:17:20: error[shape]: write a list of numbers",
            ],
        ),
        ("grid", '[grid]\n"pool.desk.size" = [0]\n', ["greater than or equal to 1"]),
        ("grid", f'[grid]\n"pool.desk.size" = {list(range(1, 1_002))}\n', ["1001 points are more"]),
        ("sensitivity", "[sensitivity]\nnumbers = ['poll.*']\n", ['no number "poll.*"']),
        ("sensitivity", GRID, ['unknown table "grid"', "a sensitivity needs [sensitivity]"]),
        ("staffing", "[staffing]\n", ["no [[target]]"]),
        (
            "staffing",
            STAFFING.replace("desk = { from = 1, to = 4 }", "dsk = { from = 1, to = 4 }"),
            ['toy has no pool "dsk"; did you mean "desk"?'],
        ),
        (
            "staffing",
            STAFFING.replace("from = 1, to = 4", "from = 4, to = 3").replace(
                "at_most = 8", "at_most = 5"
            ),
            ["from 4 to 3 is no range"],
        ),
        (
            "staffing",
            STAFFING.replace("first = 5", "first = 9"),
            ["at most 8 replications are fewer than the first 9"],
        ),
        (
            "grid",
            '\n[[scenario]]\nid = "b"\nuse = "OFFICE"\n' + GRID,
            ["a grid starts from one [[scenario]]"],
        ),
        ("what", "", ["input should be 'compare', 'grid'"]),
    ],
)
def test_mistakes_in_experiments_are_refused(
    kind: str, tables: str, messages: list[str], office_file: Path
) -> None:
    text = text_of(kind, tables.replace("OFFICE", office_file.as_posix()), office_file)
    with pytest.raises(InvalidInput) as error:
        read_experiment(parse(text.encode(), "e.toml"))

    for message in messages:
        assert message in str(error.value)


def test_run_and_plan_send_to_each_other(save: Save) -> None:
    with pytest.raises(InvalidInput, match="try asks for a staffing: duecourse plan try"):
        ran(save("staffing", STAFFING), None, None, 1)
    with pytest.raises(InvalidInput, match="try asks for no staffing: duecourse run try"):
        planned(save("grid", GRID), None, 1, None)


def test_a_target_that_is_no_indicator_gets_the_nearest_name(save: Save) -> None:
    tables = STAFFING.replace("clock.limit.late_share", "clock.limit.late")
    with pytest.raises(InvalidInput, match=r'a target has no indicator "clock\.limit\.late"'):
        planned(save("staffing", tables), None, 1, None)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sensitivity-2022", "staffing-2022", "text-2020-2022"])
def test_the_shipped_experiments_can_be_read(name: str) -> None:
    assert load_experiment(name).id == name
