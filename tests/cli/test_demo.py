"""`demo`: one screen of answers, one report, nothing asked for."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from duecourse.cli import demo
from duecourse.errors import InvalidInput
from duecourse.scenarios import load_scenario

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from duecourse.model.library import Folder
    from duecourse.scenarios import Scenario


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, str]:
    """A demo of short runs: what it prints, what it says beside it, and its report."""

    def shorter(name: str, *, root: Folder | None = None) -> Scenario:
        return load_scenario(name, root=root).lasting(1.2, 0.2)

    output = tmp_path_factory.mktemp("demo") / "report.html"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "load_scenario", shorter)
        patch.setattr(demo, "REPLICATIONS", 2)
        patch.setattr(demo, "LOOKED_INTO", 1)
        patch.setattr(demo, "WORKERS", 1)
        patch.setenv("NO_COLOR", "1")
        out, err = captured(output)
    return out, err, output.read_text(encoding="utf-8")


def captured(output: Path) -> tuple[str, str]:
    import contextlib
    import io

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        demo.run(output, seed=4)
    return out.getvalue(), err.getvalue()


def test_it_fits_one_screen_without_colours_where_nobody_looks_on(
    screen: tuple[str, str, str],
) -> None:
    lines = screen[0].splitlines()

    assert len(lines) <= 45
    assert [line for line in lines if len(line) > 101 and "report.html" not in line] == []
    assert "\x1b" not in screen[0]
    assert [line for line in lines if line != line.rstrip()] == []


def test_it_gives_verdicts_a_bypass_bounds_a_caseload_the_report_and_what_is_next(
    screen: tuple[str, str, str],
) -> None:
    out, _, _ = screen

    assert re.findall(r"^([A-Z]{4,})\b", out, re.MULTILINE) == [
        "CHECKED", "BYPASS", "BOUNDS", "CASELOAD", "REPORT", "NEXT",
    ]  # fmt: skip
    assert re.search(r"s9_literal +holds\* +holds +holds$", out, re.MULTILINE)
    assert "s9_literal violated, by a shortest case of 48 steps:" in out
    # sums of law/measures.md section 6
    assert "70 = 10 (8) + 30 (10) + 15 (10) + 15 (11)" in out
    assert "115 = 10 (8) + 30 (10) + 15 (10) + 15 (11) + 45 (13)" in out
    assert "160 = 10 (9) + 30 (11) + 15 (11) + 15 (12) + 90 (14)" in out
    assert "late, 45 → 90 WD: Special review" in out
    assert "† all workload numbers are assumptions" in out
    assert re.search(r"report\.html \(\d+ kB", out)
    assert out.count("\n  duecourse ") == 3


def test_the_screen_shows_the_numbers_of_the_report(screen: tuple[str, str, str]) -> None:
    out, _, html = screen
    report = html[html.index("Side by side") :]

    for on_screen, in_report in (
        ("cases ended a year", "cases ended a year"),
        ("Ordinary conclusion, median WD", "Ordinary conclusion: median, WD"),
        ("late, 15 WD: Written replies", "late: Written replies"),
        ("share with a special review", "share with a special review"),
    ):
        screened = re.search(rf"{on_screen}.*?  (\S+(?: %)?) \[.*?  (\S+(?: %)?) \[", out)
        reported = re.search(rf"{in_report}.*?</tr>", report)
        assert screened is not None
        assert reported is not None
        assert re.findall(r">([^<>]+) <span class=.ci", reported[0])[:2] == list(screened.groups())


def test_progress_goes_to_standard_error(screen: tuple[str, str, str]) -> None:
    out, err, _ = screen

    assert "simulating 2 replications" in err
    assert re.search(r"done in \d+\.\d s", err)
    assert "simulating" not in out


def test_a_place_that_cannot_be_written_is_refused_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def worked(*_: object, **__: object) -> None:
        pytest.fail("work was done first")

    monkeypatch.setattr(demo, "load", worked)
    monkeypatch.setattr(demo, "load_scenario", worked)
    for output in (tmp_path / "nowhere" / "report.html", tmp_path):
        with pytest.raises(InvalidInput, match="name a file in a folder that exists"):
            demo.run(output, seed=1)


@pytest.mark.slow
@pytest.mark.long
def test_the_whole_demo_twice_gives_the_same_report_but_for_its_date(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    reports = []
    for salt in ("0", "1"):
        folder = tmp_path / salt
        folder.mkdir()
        began = time.perf_counter()
        run = subprocess.run(
            [sys.executable, "-m", "duecourse", "demo"],
            cwd=folder,
            env={**os.environ, "PYTHONHASHSEED": salt},
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        record_property("covered", f"demo in {time.perf_counter() - began:.1f} s (budget 20 s)")
        assert {each.name for each in folder.iterdir()} == {"report.html"}
        lines = (folder / "report.html").read_text(encoding="utf-8").splitlines()
        reports.append([line for line in lines if 'id="date"' not in line])

    assert reports[0] == reports[1]
