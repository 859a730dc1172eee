"""Run every example: the docstrings of src, and the Python and console blocks of all Markdown.

A Markdown file is one story: its blocks share their names and one empty folder, in order.
tests/test_project.py proves that wrong examples are found.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from doctest import ELLIPSIS, OutputChecker
from pathlib import Path
from runpy import run_path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sybil import Sybil
from sybil.parsers.myst import CodeBlockParser, PythonCodeBlockParser
from sybil.parsers.rest import DocTestParser

if TYPE_CHECKING:
    from sybil import Example

COMMANDS = Path(sys.executable).parent
here = run_path(str(Path(__file__).with_name("tests") / "command.py"))["duecourse"]
os.environ["DUECOURSE_CACHE"] = ""  # nothing is written outside the folder of an example


def transcript(example: Example) -> str | None:
    """Run each line ``$ duecourse …`` of a console block and compare what it prints.

    ``...`` in the expected output stands for anything, as in a doctest. What a command writes to
    stderr counts only where the line ends in ``2>&1``. Any exit code but 0 is a last line of the
    output: ``[exit 1]``. The first command of a document starts as a process, as a reader would
    start it, and the others run in this one: most of what they cost is to start Python.
    """
    first = "_folder" not in example.namespace
    if first:
        example.namespace["_folder"] = TemporaryDirectory()
    folder = example.namespace["_folder"]
    before, *commands = ("\n" + str(example.parsed)).split("\n$ ")
    if before.strip() or not commands:
        return "a console block begins with '$ ' and a command"
    for command in commands:
        line, _, expected = command.partition("\n")
        line, merged = line.removesuffix(" 2>&1"), line.endswith(" 2>&1")
        program, *arguments = shlex.split(line)
        if program != "duecourse":
            return f"a console block runs duecourse and nothing else, not {program!r}"
        run = started if first else here
        code, out, err = run(*arguments, cwd=folder.name, merged=merged)
        first = False
        printed = out.strip("\n") + (f"\n[exit {code}]" if code else "")
        if not OutputChecker().check_output(expected.strip("\n"), printed.strip("\n"), ELLIPSIS):
            return f"$ {line}\nexpected:\n{expected}\nprinted:\n{printed}\n{err}"
    return None


def started(*arguments: str, cwd: str, merged: bool) -> tuple[int, str, str]:
    """Run the command as a shell does."""
    run = subprocess.run(  # noqa: S603  (the documents are ours)
        [COMMANDS / "duecourse", *arguments],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if merged else subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )
    return run.returncode, run.stdout, run.stderr or ""


def leave(namespace: dict[str, Any]) -> None:
    """Remove the folder in which the commands of one document ran."""
    folder = namespace.pop("_folder", None)
    if folder is not None:
        folder.cleanup()


pytest_collect_file = (
    Sybil(path="src", parsers=[DocTestParser()], pattern="*.py")
    + Sybil(
        parsers=[
            PythonCodeBlockParser(),
            CodeBlockParser(language="console", evaluator=transcript),
        ],
        pattern="*.md",
        teardown=leave,
    )
).pytest()
