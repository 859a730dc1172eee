"""Tests of the repository itself; there is none beside the tests when they run against a wheel."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]

if not (ROOT / ".ci" / "run").is_file():
    pytest.skip("these tests stand outside the repository", allow_module_level=True)

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
GATE = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
DATA = ("model", "properties", "scenarios", "simulations")
MOST_LINES = 400

# Written so that these lines do not match themselves.
REGISTRY = re.compile(r"py[p]i\.org|pythonh[o]sted|np[m]js\.(?:com|org)|deb\.de[b]ian")
MACHINE = re.compile(
    r"/wor[k]/(?:main|shared|steering|\.)|/far[m]/|/ro[o]t/|/tm[p]/(?:studio|bash_jobs)"
    r"|/hom[e]/\w|/Use[r]s/\w|[A-Z]:\\Use[r]s"
)


def source_files() -> Iterator[tuple[str, str]]:
    """Path and text of every file that a person wrote."""
    generated = {"build", "dist", "_build", "node_modules"}
    for folder, inner, names in os.walk(ROOT):
        inner[:] = [
            name
            for name in inner
            if name in {".ci", ".github"}
            or not (name.startswith((".", "__")) or name in generated or name.endswith(".egg-info"))
        ]
        for name in names:
            path = Path(folder, name)
            where = path.relative_to(ROOT).as_posix()
            if where in {".git", "report.html"} or name.startswith(".coverage"):
                continue
            try:
                yield where, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue  # a picture or a table in binary form


def lines_that_match(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{where}:{number}: {line.strip()[:120]}"
        for where, text in source_files()
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / "src").rglob("*.py")
    }

    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES} == {}


def test_the_data_folders_hold_no_python() -> None:
    assert [path for folder in DATA for path in (ROOT / folder).rglob("*.py")] == []


@pytest.mark.parametrize(
    "line",
    [
        "https://p" + "ypi.org/simple",
        "//files.pythonh" + "osted.org/x",
        "http://deb.deb" + "ian.org",
    ],
    ids=["index", "files", "apt"],
)
def test_the_search_for_registry_hosts_finds_one(line: str) -> None:
    assert REGISTRY.search(line)


@pytest.mark.parametrize("path", ["/r" + "oot/x", "/h" + "ome/ann/x", "/w" + "ork/main/x"])
def test_the_search_for_machine_paths_finds_one(path: str) -> None:
    assert MACHINE.search(path)


def test_no_registry_host_is_named() -> None:
    assert lines_that_match(REGISTRY) == []


def test_no_path_of_a_machine_is_named() -> None:
    assert lines_that_match(MACHINE) == []


def readme_command(name: str) -> str:
    (block,) = re.findall(
        rf"^<!-- run: {name} -->\n```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL
    )
    (command,) = block.splitlines()
    return str(command)


def test_readme_has_one_command_for_the_main_job_and_one_for_the_tests() -> None:
    assert readme_command("demo").endswith(" && .venv/bin/duecourse demo")
    assert readme_command("tests") == ".venv/bin/python -m pytest -n auto"


@pytest.mark.parametrize("name", ["demo", "tests"])
def test_the_gate_runs_the_command_that_readme_shows(name: str) -> None:
    assert f"{name}=$(readme {name})" in GATE
    assert re.search(rf'^stage "[^"]*" "\${name}"', GATE, re.MULTILINE)


def test_the_hooks_run_commands_of_the_gate() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    entries = re.findall(r"entry: (.+?)\}", hooks)

    assert entries
    assert [entry for entry in entries if f'"{entry}"' not in GATE] == []
    assert re.findall(r"repo: (.+)", hooks) == ["local"]


def test_continuous_integration_runs_the_gate_and_nothing_else() -> None:
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")

    assert re.findall(r"run: (.+)", workflow) == ["bash .ci/run"]


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_constraints_are_exact_and_name_every_direct_dependency() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    project = PYPROJECT["project"]
    declared = list(chain(project["dependencies"], *project["optional-dependencies"].values()))
    direct = {normalised(re.split(r"[\[<>=!~; ]", requirement)[0]) for requirement in declared}

    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.+!]+", line)] == []
    assert direct - {normalised(line.partition("==")[0]) for line in lines} == {"duecourse"}


def test_news_fragments_are_named_after_a_kind_of_change() -> None:
    kinds = "|".join(kind["directory"] for kind in PYPROJECT["tool"]["towncrier"]["type"])
    names = [path.name for path in (ROOT / "changelog.d").iterdir() if path.name != "README.md"]

    assert [name for name in names if not re.fullmatch(rf"[\w+-]+\.(?:{kinds})\.md", name)] == []


def test_the_reference_page_lists_the_public_names() -> None:
    page = ROOT / "docs" / "reference" / "api.md"
    if not page.exists():
        pytest.skip("docs/reference/api.md is not written yet")
    text = page.read_text(encoding="utf-8")
    documented = re.findall(r"^(?:\| |- |#+ )`(\w+)", text, re.MULTILINE)
    documented += re.findall(r"^\.\. auto\w+:: duecourse\.(\w+)$", text, re.MULTILINE)

    assert sorted(documented) == sorted(importlib.import_module("duecourse").__all__)


WRONG = {
    "src/package/__init__.py": '"""Wrong.\n\n>>> 1 + 1\n3\n"""\n',
    "src/package/module.py": '"""Wrong.\n\n>>> 1 + 1\n3\n"""\n',
    "src/package/deep/module.py": 'def f() -> None:\n    """Wrong.\n\n    >>> 1 + 1\n    3\n    """\n',
    "README.md": "```python\nassert 1 + 1 == 3\n```\n",
    "docs/index.md": "```python\n>>> 1 + 1\n3\n```\n",
    "docs/tutorial/first.md": "```python\nassert 1 + 1 == 3\n```\n",
    "docs/tutorial/other-command.md": "```console\n$ ls\n```\n",
    "docs/tutorial/other-output.md": "```console\n$ duecourse --help\nNothing of the kind.\n```\n",
    "docs/tutorial/other-exit-code.md": "```console\n$ duecourse no-such-verb\n```\n",
    "docs/tutorial/other-second-output.md": (
        "```console\n$ duecourse --version\n...\n$ duecourse --help\nNothing of the kind.\n```\n"
    ),
    "docs/tutorial/other-second-exit-code.md": (
        "```console\n$ duecourse --version\n...\n$ duecourse no-such-verb\n```\n"
    ),
    "model/README.md": "```python\nassert 1 + 1 == 3\n```\n",
}
RIGHT = {
    "src/package/deep/__init__.py": '"""Right.\n\n>>> 1 + 1\n2\n"""\n',
    "right.md": "```python\nx = 1\n```\n\n```python\n>>> x + 1\n2\n```\n",
    "docs/right.md": "```console\n$ duecourse --help\n...Usage:...\n```\n",
    "docs/right-again.md": (
        "```console\n$ duecourse new x\nwrote x.toml...\n$ duecourse new x 2>&1\nx.toml...\n[exit 2]\n```\n"
    ),
    "src/package/right.py": '"""Right.\n\n>>> 1 + 1\n2\n"""\n',
}


@pytest.mark.slow
def test_every_wrong_example_in_docstrings_and_markdown_fails(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    for name in ("conftest.py", "pyproject.toml", "tests/command.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    for name, text in {**WRONG, **RIGHT}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "src")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    failed = re.findall(r"^FAILED (\S+?)::", run.stdout, re.MULTILINE)
    assert sorted(failed) == sorted(WRONG), run.stdout
    assert f"{len(WRONG)} failed, {len(RIGHT) + 1} passed" in run.stdout
