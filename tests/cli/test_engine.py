"""Which engine runs is said when it is asked for, changes nothing that is printed, and needs no sound cache."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from duecourse.cli.app import app
from duecourse.cli.engine import prepared
from duecourse.cli.keeping import Keeping
from duecourse.errors import InvalidInput
from duecourse.scenarios import load_scenario
from duecourse.simulations import Engine

if TYPE_CHECKING:
    from pathlib import Path

SMALL = ("simulate", "baseline-2022", "--replications", "2", "--years", "0.3", "--warm-up", "0")


def run(*arguments: str) -> tuple[str, str]:
    """Run a verb that succeeds; return what goes to standard output and to standard error."""
    found = CliRunner().invoke(app, arguments)
    assert found.exit_code == 0, found.output
    return found.stdout, found.stderr


def test_explain_says_which_engine_runs_and_why() -> None:
    _, told = run(*SMALL, "--explain")

    assert told.splitlines()[0].startswith(
        "engine: simpy (about 180 cases; the compiled one is for"
    )


@pytest.mark.slow
def test_both_engines_print_the_same() -> None:
    by_simpy, _ = run(*SMALL, "--engine", "simpy")
    compiled, told = run(*SMALL, "--engine", "compiled", "--explain")

    assert compiled == by_simpy
    assert told.splitlines()[0] == "engine: compiled (as asked for)"


def test_an_engine_that_there_is_not_is_refused_before_anything_is_simulated() -> None:
    scenario = load_scenario("baseline-2022")

    with pytest.raises(InvalidInput, match='did you mean "compiled"'):
        prepared((scenario,), 10, Keeping(engine="compild"))
    assert prepared((scenario,), 10, Keeping(engine="simpy")).engine is Engine.SIMPY


@pytest.mark.long
def test_a_cache_of_rubbish_costs_time_and_a_note_but_no_result(tmp_path: Path) -> None:
    """The first start fills the cache, the second finds rubbish in it."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}

    def start(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "duecourse", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True)

    assert "the compiled engine is ready" in start("warm").stdout
    files = [*tmp_path.rglob("*.native")]
    assert files
    for file in files:
        file.write_bytes(b"rubbish")
    again = start(*SMALL, "--engine", "compiled")

    assert "note: the cache of compiled code cannot be used" in again.stderr
    assert again.stdout == run(*SMALL, "--engine", "simpy")[0]
