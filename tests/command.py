"""The command in this process: what a user would read of it, without starting Python and loading its libraries again.

That it starts as a process, and ends as one, is tested where that is the question (`cli/test_startup.py`,
`cli/test_check_exit_codes.py`, `cli/test_killed.py`) and by the first command of every document.
"""

from __future__ import annotations

import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from duecourse.cli import main


class Ran(NamedTuple):
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


def duecourse(*arguments: str, cwd: Path | str | None = None, merged: bool = False) -> Ran:
    """Run the command in a folder; with `merged`, what it writes to stderr stands in `out`, where it was written."""
    out, err = BytesIO(), BytesIO()
    printed = TextIOWrapper(out, "utf-8", write_through=True)
    told = printed if merged else TextIOWrapper(err, "utf-8", write_through=True)
    with (
        chdir(cwd or Path.cwd()),
        redirect_stdout(printed),
        redirect_stderr(told),
        patch.object(sys, "argv", ["duecourse", *arguments]),
    ):
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
    return Ran(code, *(each.getvalue().decode().replace("\r\n", "\n") for each in (out, err)))
