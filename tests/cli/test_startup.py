"""Starting costs next to nothing: no heavy library is imported before a command needs it."""

import subprocess
import sys

import pytest

HEAVY = (
    "matplotlib",
    "scipy",
    "numba",
    "hypothesis",
    "numpy",
    "simpy",
    "transitions",
    "pydantic",
    "lark",
)


def imported(code: str) -> set[str]:
    program = f"import sys\n{code}\nprint(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


def test_importing_the_package_imports_nothing_heavy() -> None:
    assert not imported("import duecourse") & set(HEAVY)


@pytest.mark.parametrize("flag", ["--help", "--version"])
def test_help_and_version_import_nothing_heavy(flag: str) -> None:
    code = f"""
from duecourse.cli import main
sys.argv = ["duecourse", {flag!r}]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""

    assert not imported(code) & set(HEAVY)


def test_the_test_sees_an_import() -> None:
    assert "pydantic" in imported("import duecourse\nduecourse.load")


def test_help_and_version_stay_under_their_cpu_budget() -> None:
    """0.4 s of CPU is the budget; the least of five starts, since a busy machine only ever adds."""
    code = """
import os, subprocess, sys
for flag in ("--help", "--version"):
    times = []
    for _ in range(5):
        before = os.times()
        subprocess.run([sys.executable, "-m", "duecourse", flag], check=True, capture_output=True)
        after = os.times()
        times.append(after.children_user + after.children_system - before.children_user - before.children_system)
    print(min(times))
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert all(float(each) < 0.4 for each in run.stdout.split())
