"""The benchmark of the simulation: what counts as agreement, and that no time is told without it."""

from __future__ import annotations

import importlib
import json
import shutil
import statistics
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from scipy import stats

if TYPE_CHECKING:
    from types import ModuleType

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks" / "simulation"
if not FOLDER.is_dir():
    pytest.skip("the benchmarks stand outside the tests", allow_module_level=True)

RUNS = [34.0, 35.5, 36.0, 34.5, 35.0, 36.5, 33.5, 35.0]


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> dict[str, ModuleType]:
    monkeypatch.syspath_prepend(str(FOLDER))
    return {name: importlib.import_module(name) for name in ("agreement", "page")}


def row(key: str, time: float, means: list[float], model: str = "replies") -> dict[str, Any]:
    found = {"times": [time, 9 * time, time / 9], "means": [means], "cases": 40_000}
    return {
        "model": model,
        "key": key,
        "label": f"engine {key}",
        **found,
        "lines": 9,
        "peak": 7.0,
        "grown": 1.0,
    }


def record(*rows: dict[str, Any]) -> dict[str, Any]:
    starts = dict.fromkeys(("first", "python", "numpy", "numba", "duecourse", "later"), 1.0)
    return {
        "machine": "an abacus",
        "rounds": 3,
        "versions": {},
        "starts": starts,
        "draws": {"uniform": 4.0, "lognormal": 30.0},
        "rows": rows,
    }


def test_the_joint_interval_is_the_one_of_welch(programs: dict[str, ModuleType]) -> None:
    other = [33.0, 37.0, 35.5, 34.0]
    independent = stats.ttest_ind(RUNS, other, equal_var=False).confidence_interval(0.99)
    margin = programs["agreement"].half_width(RUNS, other, 0.99)
    assert margin == pytest.approx((independent.high - independent.low) / 2)


def test_the_interval_to_theory_is_the_one_of_student(programs: dict[str, ModuleType]) -> None:
    independent = stats.ttest_1samp(RUNS, 0).confidence_interval(0.99)
    margin = programs["agreement"].half_width(RUNS, [], 0.99)
    assert margin == pytest.approx((independent.high - independent.low) / 2)


def test_theory_is_erlangs(programs: dict[str, ModuleType]) -> None:
    """Wait of M/M/5 at 0.8: 0.55411 (tables of Erlang C), and a day of service."""
    assert pytest.approx(1.55411, abs=5e-6) == programs["agreement"].THEORY


def test_an_engine_that_agrees_has_its_median_and_ratio(programs: dict[str, ModuleType]) -> None:
    ours, simpy = row("compiled", 3.0, RUNS), row("simpy", 90.0, [each + 0.1 for each in RUNS])
    page = programs["page"].written(record(ours, simpy))
    assert "| engine simpy | 40,000 | 35.10 | +0.10 ±" in page
    assert "| 90.00 | 1 | 7 | 1 |" in page
    assert "SimPy's time / its time | at least 34 | 30.0 | missed |" in page


def test_the_time_of_an_engine_whose_mean_differs_is_not_told(
    programs: dict[str, ModuleType],
) -> None:
    wrong = row("simpy", 91.0, [each + 3.0 for each in RUNS])
    page = programs["page"].written(record(row("compiled", 3.0, RUNS), wrong))
    assert "means differ" in page
    assert "91" not in page
    assert "at least 34 | not measured |" in page


def test_another_way_of_duecourse_must_give_the_same_run_for_run(
    programs: dict[str, ModuleType],
) -> None:
    """A difference that no interval would see is seen; without means, a line more or less is."""
    ours = row("compiled", 3.0, RUNS)
    close = row("watched", 4.0, [*RUNS[:-1], RUNS[-1] + 1e-6])
    longer = {**row("unlogged", 2.0, []), "means": [[]], "lines": 10}
    agreements = programs["agreement"].agreements
    same = row("watched", 4.0, RUNS[:2])
    assert [each.agrees for each in agreements([ours, close, longer, same])] == [
        True,
        False,
        False,
        True,
    ]


def test_what_could_not_be_run_says_why(programs: dict[str, ModuleType]) -> None:
    missing = {"model": "mm5", "key": "simmer", "label": "simmer", "missing": "There is no R."}
    assert "simmer: NOT RUN. There is no R." in programs["page"].written(record(missing))


@pytest.mark.skipif(shutil.which("gcc") is None, reason="there is no C compiler")
@pytest.mark.parametrize("program", ["loop", "recursion"])
def test_the_programs_in_c_give_the_mean_of_theory(
    programs: dict[str, ModuleType], program: str, tmp_path: Path
) -> None:
    """20 runs of 20,000 customers: fails with a probability of 1e-4 over the seed, which is fixed."""
    target = tmp_path / program
    source = FOLDER / "peers" / f"{program}.c"
    subprocess.run(["gcc", "-O1", "-o", target, source, "-lm"], check=True)
    run = subprocess.run(
        [target, "mm5", "4998"], input="20 1\n", capture_output=True, text=True, check=True
    )
    means = json.loads(run.stdout)["means"]
    agreement = programs["agreement"]
    margin = agreement.half_width(means, [], 1 - 1e-4)
    assert abs(statistics.fmean(means) - agreement.THEORY) <= margin
    assert margin < 0.05 * agreement.THEORY
