"""What the tests share: `tests.strategies` can be imported from wherever they are run, and proofs say what they covered."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from duecourse.cli import GARBAGE

if TYPE_CHECKING:
    import pytest

ROOT = str(Path(__file__).resolve().parents[1])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

os.environ["DUECOURSE_CACHE"] = ""  # tests write below tmp_path only, and test what compiles
gc.set_threshold(
    GARBAGE, 20, 20
)  # as the command does; a third of the time went into looking for garbage


def pytest_collection_finish() -> None:
    """Leave what was loaded to read the tests out of the search for garbage: it stays until the end."""
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what each proof covered: a test records it as its property "covered"."""
    for report in terminalreporter.getreports("passed"):
        for name, value in getattr(report, "user_properties", ()):
            if name == "covered":
                terminalreporter.write_line(f"covered: {value}")
