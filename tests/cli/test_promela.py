"""`export` and `crosscheck` as a user types them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from duecourse.properties.promela.run import missing

if TYPE_CHECKING:
    from pathlib import Path


def duecourse(*arguments: str, cwd: Path, path: str | None = None) -> tuple[int, str, str]:
    run = subprocess.run(
        [sys.executable, "-m", "duecourse", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env=os.environ | ({} if path is None else {"PATH": path}),
    )
    return run.returncode, run.stdout, run.stderr


def test_without_spin_nothing_is_run_and_that_is_said(tmp_path: Path) -> None:
    code, out, err = duecourse("crosscheck", "trial-2017", cwd=tmp_path, path=str(tmp_path))

    assert (code, err) == (0, "")
    assert out == (
        "NOT RUN: spin and gcc not installed; install the packages spin and gcc of your system\n"
    )


def test_a_wrong_name_is_refused_also_without_spin(tmp_path: Path) -> None:
    code, _, err = duecourse("crosscheck", "-p", "s9_laws", cwd=tmp_path, path=str(tmp_path))

    assert code == 2
    assert 'did you mean "s9_law"?' in err


@pytest.mark.skipif(bool(missing()), reason=f"not installed: {', '.join(missing())}")
def test_the_two_are_put_side_by_side_and_nothing_is_left_in_the_folder(tmp_path: Path) -> None:
    arguments = ("crosscheck", "trial-2017", "-p", "can_always_end", "-p", "no_dead_end")
    code, out, _ = duecourse(*arguments, cwd=tmp_path)
    data = json.loads(duecourse(*arguments, "--format", "json", cwd=tmp_path)[1])

    assert code == 0
    assert "4 answers compared: 4 the same, 0 different" in out
    assert data["schema"] == "duecourse/crosscheck/1"
    assert [row["agree"] for row in data["procedures"][0]["rows"]] == [True] * 4
    assert list(tmp_path.iterdir()) == []


def test_a_model_can_be_written_with_a_property_and_readings(tmp_path: Path) -> None:
    code, _, err = duecourse(
        "export", "measures-2022", "-p", "s9_law", "-r", "silence=agreement", "-o", "m.pml", cwd=tmp_path
    )  # fmt: skip
    text = (tmp_path / "m.pml").read_text("utf-8")

    assert (code, err) == (0, "wrote m.pml\n")
    assert "#define READING_silence VALUE_agreement" in text
    assert "/* the claim s9_law:" in text


@pytest.mark.parametrize("name", ["can_always_end", "can_withdraw_any_time", "no_such"])
def test_what_cannot_be_asked_in_a_model_is_refused(tmp_path: Path, name: str) -> None:
    code, out, err = duecourse("export", "measures-2022", "-p", name, cwd=tmp_path)

    assert (code, out) == (2, "")
    assert "cannot be asked of SPIN" in err or 'no property "no_such"' in err
