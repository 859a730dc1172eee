"""The exit codes of `check`, in every format: 0 holds, 1 violated, 2 invalid, 3 not finished, 130 interrupted."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from tests.command import duecourse

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = ("text", "json", "junit", "sarif", "github")
CASES = [
    (("permit",), 0),
    (("hasty.toml",), 1),
    (("permit", "hasty.toml", "--limit", "2"), 3),
    (("nowhere.toml",), 2),
]
ENDS = ["holds", "violated", "unfinished", "invalid"]
HASTY = """
[amendment]
id = "hasty"
of = "permit"
label = { en = "Hasty", zh = "草率" }
source = { en = "a counter-example", zh = "反例" }

[[replace.step]]
id = "grant"
when = "true"
"""


@pytest.fixture(scope="module")
def permit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    duecourse("new", "permit", "--project", cwd=folder)
    (folder / "permit" / "hasty.toml").write_text(HASTY, encoding="utf-8")
    return folder / "permit"


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize(("arguments", "code"), CASES, ids=ENDS)
def test_the_exit_code_is_the_same_in_every_format(
    permit: Path, arguments: tuple[str, ...], code: int, format_: str
) -> None:
    found, out, err = duecourse("check", *arguments, "--format", format_, cwd=permit)

    assert found == code
    assert bool(err) == (code == 2)
    assert bool(out) == (code != 2)


@pytest.mark.parametrize(("arguments", "code"), CASES, ids=ENDS)
def test_a_process_ends_with_that_exit_code(
    permit: Path, arguments: tuple[str, ...], code: int
) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "duecourse", "check", *arguments],
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=permit,
    )

    assert run.returncode == code
    assert "Traceback" not in run.stderr
    assert bool(run.stderr) == (code == 2)
    assert bool(run.stdout) == (code != 2)


INTERRUPTED = """
import sys
import duecourse.cli.verify as verb

def interrupted(*_, **__):
    raise KeyboardInterrupt

verb.check = interrupted
sys.argv = ["duecourse", "check", "permit", "-o", "out.txt"]
from duecourse.cli import main
main()
"""


def test_an_interrupt_in_the_search_ends_with_130_and_writes_nothing(permit: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", INTERRUPTED],
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=permit,
    )

    assert (run.returncode, run.stdout) == (130, "")
    assert "Traceback" not in run.stderr
    assert not (permit / "out.txt").exists()


SLOW = """
import signal, sys, time
import duecourse.cli.verify as verb

signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background begins without

def slow(*_, **__):
    print("ready", flush=True)
    time.sleep(60)

verb.check = slow
sys.argv = ["duecourse", "check", "permit"]
from duecourse.cli import main
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for another process there")
def test_control_c_ends_with_130_at_once(permit: Path) -> None:
    began = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-c", SLOW],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        cwd=permit,
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "ready\n"
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=30)

    assert run.returncode == 130
    assert "Traceback" not in err
    assert time.monotonic() - began < 30
