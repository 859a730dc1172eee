"""A command that is killed and given again ends as if nothing had happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

SWEEP = """
[experiment]
id = "sweep"
label = { en = "A sweep" }
question = { en = "What if there were fewer reviewers?" }
kind = "grid"
replications = 4
seed = 7
years = 0.4
warm_up = 0.1
measures = ["time.working.mean", "backlog.mean"]

[[scenario]]
use = "baseline-2022"

[grid]
"pool.reviewers.size" = [5, 6, 7]
"""
COMMAND = (sys.executable, "-m", "duecourse", "run", "sweep.toml", "--format", "json")
PATIENCE = 300.0
"""Seconds after which a command is taken to hang: much more than it takes, since a machine may be busy."""


def kept(store: Path) -> int:
    """Return how many replications a store holds."""
    return len([each for each in store.glob("*/0*") if each.is_dir()])


def killed(command: tuple[str, ...], folder: Path, enough: int) -> bool:
    """Start a command and kill it, and all that it has started, as soon as its store holds so much; whether it was alive then."""
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, start_new_session=True
    ) as running:
        until = time.monotonic() + PATIENCE
        while (
            kept(folder / "store") < enough and running.poll() is None and time.monotonic() < until
        ):
            time.sleep(0.01)
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
    return running.returncode == -signal.SIGKILL


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_sweep_killed_twice_ends_as_one_that_was_not(tmp_path: Path, workers: str) -> None:
    """Sixteen replications, of three points and of what they are compared with: killed after three, and after nine."""
    (tmp_path / "sweep.toml").write_text(SWEEP, encoding="utf-8")
    stored = (*COMMAND, "--store", "store", "--workers", workers)
    undisturbed = subprocess.run(
        COMMAND, cwd=tmp_path, capture_output=True, timeout=PATIENCE, check=True
    )

    kills = [killed(stored, tmp_path, enough) for enough in (3, 9)]
    before = kept(tmp_path / "store")
    finished = subprocess.run(
        stored, cwd=tmp_path, capture_output=True, timeout=PATIENCE, check=True
    )

    assert kills == [True, True], "the machine is too fast for this test to show anything"
    assert 9 <= before < 16
    assert kept(tmp_path / "store") == 16
    assert finished.stdout == undisturbed.stdout
