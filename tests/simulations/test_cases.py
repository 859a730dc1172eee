"""One row for each case: against a recount from the log, by another way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from duecourse.scenarios import load_scenario
from duecourse.scenarios.docket_read import read_docket
from duecourse.simulations import replicate
from duecourse.simulations.cases import case_columns, case_schema
from duecourse.simulations.inputs import inputs
from duecourse.simulations.measure import measure
from duecourse.simulations.parquet import join, read, write

if TYPE_CHECKING:
    from pathlib import Path

    from duecourse.scenarios import Scenario
    from duecourse.simulations import Log

SCENARIO = load_scenario("baseline-2022").lasting(1.0, 0.0)
LOG = replicate(SCENARIO, seed=3)
DAY = 122
"""The working day on which another run takes over what is open."""


def rows(log: Log, scenario: Scenario) -> list[dict[str, Any]]:
    columns = case_columns(log, scenario)
    assert columns.keys() == case_schema(scenario).keys()
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def test_every_case_is_told_once_from_its_arrival_to_its_end() -> None:
    finals = {stage.id for stage in SCENARIO.procedure.stages if stage.final}
    found = rows(LOG, SCENARIO)
    arrived = [event for event in LOG.events if event.event == "arrival"]
    ended = {e.case: e for e in reversed(LOG.events) if e.event == "step" and e.to in finals}

    assert [(row["case"], row["class"]) for row in found] == [(e.case, e.kind) for e in arrived]
    for row, arrival in zip(found, arrived, strict=True):
        assert row["arrival"] == arrival.time
        assert row["arrival_date"] == LOG.days.date(int(arrival.time)).isoformat()
        end = ended.get(arrival.case)
        assert row.get("end") == (end.time if end else None)
        assert bool(row["outcome"]) == (end is not None)
        if end is not None:
            assert row["working_days"] == end.time - arrival.time
            assert row["end_date"] == LOG.days.date(int(end.time)).isoformat()
            stays = [value for name, value in row.items() if name.startswith("stage_") and value]
            assert sum(stays) == pytest.approx(row["working_days"])


@pytest.mark.parametrize("readings", [{}, {"silence": "agreement"}])
def test_the_columns_add_up_to_the_indicators_of_the_replication(
    readings: dict[str, str],
) -> None:
    """What `measure` computes from events follows from the cases too; a lapse at which the law acts is no miss."""
    scenario = load_scenario("baseline-2022", readings=readings).lasting(1.0, 0.0)
    log = replicate(scenario, seed=3)
    sample = measure(log, scenario).values
    found = rows(log, scenario)
    ended = [row for row in found if row["end"] is not None]

    assert len(ended) == sample["throughput"]
    days = [row["calendar_days"] for row in ended]
    assert sum(days) / len(days) == pytest.approx(sample["time.calendar.mean"])
    for outcome in scenario.procedure.outcomes:
        share = sum(row["outcome"] == outcome.id for row in ended) / len(ended)
        assert share == pytest.approx(sample[f"outcome.{outcome.id}.share"])
    for clock in ("screening_clock", "comments_clock"):
        runs = [row[f"missed_{clock}"] for row in found if row[f"missed_{clock}"] is not None]
        late = sample[f"clock.{clock}.late_share"]
        assert sum(runs) / sample[f"clock.{clock}.runs"] == pytest.approx(late)
    assert sum(row["missed"] for row in found) == sum(
        event.event == "lapse" and event.breach for event in log.events
    )


def test_a_case_of_the_docket_keeps_its_id_and_came_before_the_start(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    earlier = replace(LOG, events=tuple(event for event in LOG.events if event.time < DAY))
    with file.open("w", encoding="utf-8", newline="") as stream:
        earlier.write_csv(stream)
    later = SCENARIO.lasting(0.5, 0.0).starting(LOG.days.date(DAY))
    begun = later.beginning_with(read_docket(file, later))
    found = [row for row in rows(replicate(begun, seed=3), begun) if row["docket"]]

    assert begun.docket is not None
    assert {row["docket"] for row in found} == {each.id for each in begun.docket.cases}
    assert all(row["arrival"] < 0 for row in found)
    assert all(row["arrival_date"] < begun.start.isoformat() for row in found)
    assert all(row["stage"] for row in found)
    stays = [value for row in found for name, value in row.items() if name.startswith("stage_")]
    assert all(stay is None or stay >= 0 for stay in stays)
    assert inputs(begun, 1).key != inputs(later, 1).key, (
        "a store tells runs with other dockets apart"
    )
    assert str(tmp_path) not in inputs(begun, 1).text


# --- Parquet and CSV ---------------------------------------------------------------------------------------------


def test_a_table_comes_back_as_it_was_with_nothing_where_nothing_applies(tmp_path: Path) -> None:
    schema = {"word": "VARCHAR", "day": "DATE", "x": "DOUBLE", "n": "INTEGER", "yes": "BOOLEAN"}
    columns: dict[str, list[Any]] = {
        "word": ['a "b", c', "", "中文"],
        "day": ["2022-02-15", None, "2024-02-29"],
        "x": [1 / 3, float("nan"), None],
        "n": [1, None, -3],
        "yes": [True, False, True],
    }
    path = tmp_path / "table.parquet"
    write(path, schema, columns)

    found = [[None if each is None else str(each) for each in row] for row in read(path)]
    assert found == [
        ['a "b", c', "2022-02-15", str(1 / 3), "1", "True"],
        [None, None, None, None, "False"],
        ["中文", "2024-02-29", None, "-3", "True"],
    ]
    join([path, path], tmp_path / "table.csv")
    assert (tmp_path / "table.csv").read_text(encoding="utf-8") == (
        "word,day,x,n,yes\n"
        + '"a ""b"", c",2022-02-15,0.33333,1,1\n,,,,0\n中文,2024-02-29,,-3,1\n' * 2
    )
