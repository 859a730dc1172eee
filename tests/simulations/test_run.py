from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import defaultdict
from statistics import fmean
from typing import TYPE_CHECKING

import pytest

from duecourse.errors import InvalidInput
from duecourse.model.source import parse
from duecourse.scenarios import load_scenario
from duecourse.simulations import compare, replicate, simulate
from duecourse.simulations.experiment_file import load_experiment, read_experiment
from duecourse.simulations.log import COLUMNS
from duecourse.simulations.measure import measure
from duecourse.simulations.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from duecourse.scenarios import Scenario


def short(name: str = "baseline-2022") -> Scenario:
    return load_scenario(name).lasting(1.0, 0.25)


@pytest.mark.slow
def test_one_and_two_workers_give_the_same_result_and_the_same_log_bytes(tmp_path: Path) -> None:
    stores = [Store(tmp_path / name) for name in ("one", "two")]
    one, two = (
        simulate(short(), replications=4, seed=3, workers=number + 1, store=store)
        for number, store in enumerate(stores)
    )

    assert json.dumps(one.to_dict()) == json.dumps(two.to_dict())
    files = [
        {
            path.relative_to(store.folder): path.read_bytes()
            for path in store.folder.rglob("*")
            if path.is_file()
        }
        for store in stores
    ]
    assert len(files[0]) == 2 + 4 * 3
    assert files[0] == files[1]


def test_a_program_from_standard_input_is_run_by_one_worker_with_a_warning() -> None:
    """Fresh processes cannot import it: they died, and the program waited for them for ever."""
    program = """
from duecourse.scenarios import load_scenario
from duecourse.simulations import simulate
found = simulate(load_scenario("baseline-2022").lasting(0.3, 0.1), replications=2, workers=2)
print(found.replications)
"""
    run = subprocess.run(
        [sys.executable, "-"],
        input=program,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (run.returncode, run.stdout) == (0, "2\n"), run.stderr
    assert "RuntimeWarning: one worker does all: the others would read the program" in run.stderr


def test_more_replications_leave_the_first_ones_as_they_are() -> None:
    few, many = (simulate(short(), replications=n, seed=3) for n in (2, 3))

    first = {name: each[:2] for name, each in many.samples.items()}
    assert repr(first) == repr(few.samples)  # by text, since what is not a number equals nothing


def test_a_result_tells_what_was_run_and_is_json() -> None:
    calls: list[tuple[int, int]] = []
    found = simulate(short(), replications=2, seed=3, progress=lambda *done: calls.append(done))
    data = json.loads(json.dumps(found.to_dict(), allow_nan=False))

    assert calls == [(1, 2), (2, 2)]
    assert data["schema"] == "duecourse/simulation/1"
    assert (data["scenario"], data["seed"], data["replications"]) == ("baseline-2022", 3, 2)
    assert (data["start"], data["end"], data["counted_from"]) == (
        "2022-02-15",
        "2023-02-15",
        "2022-05-17",
    )
    assert len(data["notes"]) == len(found.scenario.notes)
    assert data["estimates"].keys() == found.estimates.keys()
    assert data["backlog"]["dates"][0] == "2022-02-15"
    assert len(found.backlog.mean) == len(found.backlog.dates) == len(data["backlog"]["low"])


def test_the_views_hold_the_named_estimates() -> None:
    found = simulate(short(), replications=2, seed=3)

    assert found.time["calendar"].q90 == found["time.calendar.q90"]
    assert found.stages["screening"].working.mean == found["stage.screening.working.mean"]
    assert found.outcomes["no_review_needed"].share == found["outcome.no_review_needed.share"]
    assert found.clocks["screening_clock"].late_share == found["clock.screening_clock.late_share"]
    assert found.pools["desk"].utilisation == found["pool.desk.utilisation"]
    with pytest.raises(InvalidInput, match='no indicator "trhoughput"; did you mean "throughput"'):
        found["trhoughput"]


def test_a_year_that_is_not_published_marks_the_result_as_estimated() -> None:
    assert not simulate(short(), replications=1).estimated
    assert simulate(load_scenario("baseline-2022").lasting(6, 1), replications=1).estimated


def test_indicators_equal_a_recount_from_the_log() -> None:
    """Without a warm-up, from the lines of the log, by another way."""
    scenario = load_scenario("baseline-2022").lasting(2.0, 0.0)
    log = replicate(scenario, seed=9)
    sample = measure(log, scenario)
    columns = log.columns()
    arrived = {
        case: time
        for case, time, event in zip(
            columns["case"], columns["time"], columns["event"], strict=True
        )
        if event == "arrival"
    }
    finals = {stage.id for stage in scenario.procedure.stages if stage.final}
    ended = {e.case: e.time for e in log.events if e.event == "step" and e.to in finals}
    special = {e.case for e in log.events if e.step == "notify_special_review"}
    busy: dict[str, float] = defaultdict(float)
    for event in log.events:
        sign = {"start": -1, "finish": 1, "drop": 1}.get(event.event, 0)
        open_work = event.event != "drop" or any(
            e.case == event.case and e.event == "start" and e.activity == event.activity
            for e in log.events
        )
        busy[event.subject] += sign * event.time * open_work
    for case in arrived:
        work = [e for e in log.events if e.case == case and e.event in {"start", "finish", "drop"}]
        if work and work[-1].event == "start":
            busy[work[-1].subject] += log.days.length

    assert sample.values["arrivals"] == pytest.approx(len(arrived) / 2)
    assert sample.values["throughput"] == pytest.approx(len(ended) / 2)
    assert sample.values["time.working.mean"] == pytest.approx(
        fmean(ended[case] - arrived[case] for case in ended)
    )
    assert sample.values["stage.special_review.share"] == pytest.approx(
        len(special & ended.keys()) / len(ended)
    )
    present = sum(ended.get(case, log.days.length) - time for case, time in arrived.items())
    assert sample.values["backlog.mean"] == pytest.approx(present / log.days.length)
    for pool in scenario.pools:
        assert sample.values[f"pool.{pool.id}.utilisation"] == pytest.approx(
            busy[pool.id] / pool.size / log.days.length
        )
    for clock in ("screening_clock", "comments_clock"):
        late = sum(e.event == "lapse" and e.subject == clock for e in log.events)
        kept = sum(e.event == "stop" and e.subject == clock and not e.breach for e in log.events)
        assert sample.values[f"clock.{clock}.late_share"] == pytest.approx(late / (late + kept))


def test_the_warm_up_is_left_out(toy: Callable[..., Scenario]) -> None:
    """Work of 20 days: cases that end in a warm-up of half a year are not among the ended ones."""
    activity = 'work = "desk"\neffort = { law = "deterministic", value = 20 }\ntake = "decide"'
    whole, later = (toy(activity, years=1, warm_up=w, size=50) for w in (0, 0.5))
    log = replicate(whole)
    half = log.days.since_start(0.5)
    ends = [e.time for e in log.events if e.step == "decide"]

    assert measure(log, later).trials["outcome.decision.share"] == sum(t >= half for t in ends)
    assert measure(log, whole).trials["outcome.decision.share"] == len(ends)
    assert measure(log, later).values["throughput"] == 2 * sum(t >= half for t in ends)


# --- comparisons ------------------------------------------------------------------------------------


def test_a_scenario_compared_with_itself_differs_nowhere() -> None:
    found = compare(short(), short(), replications=3)

    for name, each in found.differences.items():
        assert each.difference.replications == 0 or each.difference.mean == 0.0, name
        assert not each.clear


def test_common_random_numbers_narrow_the_interval_of_a_difference() -> None:
    """With the same numbers the interval of the difference is narrower than that of either mean."""
    few, many = short(), short().staffed(desk=7)
    found = compare(few, many, replications=6)["time.working.mean"]

    assert found.difference.mean == pytest.approx(found.b.mean - found.a.mean)
    assert found.difference.half_width < found.a.half_width / 2


def test_what_only_one_scenario_has_is_not_compared() -> None:
    found = compare(short("baseline-2020"), short(), replications=2)

    assert found.to_dict()["schema"] == "duecourse/comparison/1"
    with pytest.raises(InvalidInput, match=r'no indicator "pool\.x\.wait" in both scenarios'):
        found["pool.x.wait"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"replications": 0}, "replications = 0: at least 1 is needed"),
        ({"workers": 0}, "workers = 0: at least 1 is needed"),
        ({"seed": -1}, "seed = -1: it goes from 0 to 2^64 - 1"),
        ({"level": 95}, "level = 95: it lies between 0 and 1"),
    ],
)
def test_settings_out_of_range_are_refused(settings: dict[str, int], message: str) -> None:
    with pytest.raises(InvalidInput) as error:
        simulate(short(), **settings)  # type: ignore[arg-type]  # one setting each, of its own type

    assert message in str(error.value)


def test_the_log_has_its_columns_in_their_order() -> None:
    log = replicate(short())
    columns = log.columns()

    assert tuple(columns) == COLUMNS
    assert columns["date"][0] == log.days.date(int(columns["time"][0])).isoformat()
    assert {len(column) for column in columns.values()} == {len(log.events)}


# --- experiments ------------------------------------------------------------------------------------


def test_the_shipped_experiment_compares_2020_with_2022() -> None:
    experiment = load_experiment("text-2020-2022")

    assert [each.procedure.id for each in experiment.scenarios] == [
        "measures-2020",
        "measures-2022",
    ]
    assert experiment.replications >= 2


EXPERIMENT = """
[experiment]
id = "what-if"
label = { en = "What if" }
question = { en = "What if silence agreed?" }
replications = 2
seed = 4
years = 1.0
warm_up = 0.25

[[scenario]]
use = "baseline-2022"

[[scenario]]
id = "silent"
use = "baseline-2022"
readings = { silence = "agreement" }
pools = { desk = 7 }
"""


def test_an_experiment_runs_its_variants_side_by_side() -> None:
    found = read_experiment(parse(EXPERIMENT.encode(), "e.toml")).run()
    (comparison,) = found.comparisons

    assert [each.scenario.id for each in found.results] == ["baseline-2022", "silent"]
    assert found.results[1].scenario.readings["silence"] == "agreement"
    assert found.results[1].pools["desk"].size == 7
    assert comparison["clock.comments_clock.late_share"].b.mean == 0
    assert comparison["clock.comments_clock.lapsed_share"].difference.mean > 0


def test_mistakes_in_an_experiment_have_their_places() -> None:
    text = EXPERIMENT.replace('"silent"', '"baseline-2022"').replace("desk = 7", "dessk = 7")
    text = text.replace("seed = 4", "sed = 4").replace('use = "baseline-2022"', 'use = "base"', 1)
    with pytest.raises(InvalidInput) as error:
        read_experiment(parse(text.encode(), "e.toml"))
    found = "\n".join(map(str, error.value.problems))

    assert re.search(
        r'^e\.toml:7:\d+: error\[unknown-key\]: unknown key "sed"', found, re.MULTILINE
    )
    assert '"seed" is missing' in found
    assert 'e.toml:12:8: error[scenario]: no scenario "base"' in found
    assert 'has no pool "dessk"; did you mean "desk"?' in found
