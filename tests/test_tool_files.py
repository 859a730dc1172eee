"""The hook for pre-commit and the action for GitHub: what they run, run here; there are none beside the tests of a wheel."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from duecourse.cli.begin import begun

ROOT = Path(__file__).resolve().parents[1]
HOOKS, ACTION = ROOT / ".pre-commit-hooks.yaml", ROOT / "action.yml"
if not ACTION.is_file():
    pytest.skip("these tests stand outside the repository", allow_module_level=True)
yaml = pytest.importorskip("yaml")

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


def read(path: Path) -> Any:  # noqa: ANN401  (whatever YAML holds)
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.fixture
def permit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    begun("permit", of="", project=True)
    amendments = tmp_path / "permit" / "model" / "amendments"
    amendments.mkdir()
    (amendments / "hasty.toml").write_text(HASTY, encoding="utf-8")
    return tmp_path / "permit"


def run(command: list[str], cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    inherited = {name: each for name, each in os.environ.items() if name != "GITHUB_WORKSPACE"}
    return subprocess.run(
        command,
        cwd=cwd,
        env={**inherited, "PATH": path, **env},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_hook_runs_for_the_files_of_a_project_and_fails_on_a_violation(permit: Path) -> None:
    (hook,) = read(HOOKS)
    command = shlex.split(hook["entry"])

    assert hook["id"] == "duecourse-check"
    assert not hook["pass_filenames"]
    names = ["model/permit.toml", "properties/permit.toml", "model/amendments/hasty.toml"]
    assert all(re.search(hook["files"], name) for name in names)
    assert not re.search(hook["files"], "docs/model/x.toml")
    assert run(command, permit).returncode == 0
    assert run([*command, "hasty"], permit).returncode == 1


def script() -> str:
    (found,) = (each for each in read(ACTION)["runs"]["steps"] if each.get("id") == "check")
    return str(found["run"])


@pytest.mark.parametrize(
    ("arguments", "code", "results"),
    [("", 0, 0), ("permit hasty", 1, 1), ("permit --limit 2", 3, 3), ("nowhere", 2, None)],
)
def test_the_action_writes_sarif_annotates_and_keeps_the_exit_code(
    permit: Path, arguments: str, code: int, results: int | None
) -> None:
    found = run(
        ["bash", "-eo", "pipefail", "-c", script()], permit, ARGUMENTS=arguments, SARIF="x.sarif"
    )

    assert found.returncode == code, found.stderr
    assert found.stdout.count("::error ") == (results or 0)
    if results is None:
        assert not (permit / "x.sarif").exists()
        assert found.stderr.count("nowhere") == 1
    else:
        log = json.loads((permit / "x.sarif").read_text(encoding="utf-8"))
        assert len(log["runs"][0]["results"]) == results


def test_every_input_of_the_action_is_used_and_none_is_pasted_into_a_script() -> None:
    action = read(ACTION)
    steps = action["runs"]["steps"]
    text = json.dumps(steps)

    assert action["runs"]["using"] == "composite"
    assert [name for name in action["inputs"] if f"inputs.{name}" not in text] == []
    assert not any("${{" in each.get("run", "") for each in steps)
    assert all(each.get("shell") for each in steps if "run" in each)
    assert "upload-sarif" in steps[-1]["uses"]
    assert steps[-1]["if"].startswith("${{ always()")
