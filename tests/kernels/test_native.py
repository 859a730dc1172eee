"""Machine code is kept in a file; one that cannot be used costs time, never a result."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from typing import TYPE_CHECKING

import pytest
from tests.kernels.tiny import arrays, tiny

from duecourse.kernels import native
from duecourse.kernels.native import Native

if TYPE_CHECKING:
    from pathlib import Path


def fresh() -> Native:
    """Return the kernel as a new process has it."""
    return Native(tiny.module, *tiny.likes)


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    return tmp_path


def test_a_kernel_is_cold_until_it_is_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = fresh()
    assert first.cold()
    first.prepare()
    assert not first.cold()
    assert [each.suffix for each in folder.iterdir()] == [".native"]
    assert not fresh().cold()

    monkeypatch.setattr(Native, "_compiled", lambda _: pytest.fail("compiled again"))
    assert fresh()(7, arrays(), 0, 0, 0) == 100 // 7


def test_a_kernel_whose_text_has_changed_is_compiled_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh().prepare()
    monkeypatch.setattr(native, "_stamp", lambda: "another")

    again = fresh()
    assert again.cold()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert again(7, arrays(), 0, 0, 0) == 100 // 7
    assert [each.read_bytes().split()[0] for each in folder.iterdir()] == [b"another"]


@pytest.mark.parametrize("rubbish", [b"", b"rubbish", None])
def test_a_damaged_file_is_passed_over_with_a_message(folder: Path, rubbish: bytes | None) -> None:
    fresh().prepare()
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + b"x" if rubbish is None else rubbish)

    again = fresh()
    assert again.cold()
    with pytest.warns(UserWarning, match="was kept cannot be used .*is damaged.*compiled anew"):
        assert again(7, arrays(), 0, 0, 0) == 100 // 7
    assert not fresh().cold()


def test_a_folder_that_cannot_be_written_costs_a_message(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "file").write_bytes(b"")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(folder / "file"))

    with pytest.warns(UserWarning, match=r"cannot be used \(NotADirectoryError"):
        assert fresh()(7, arrays(), 0, 0, 0) == 100 // 7


@pytest.mark.slow
def test_a_kept_engine_is_loaded_without_numba(tmp_path: Path) -> None:
    """Loading numba takes longer than all else of a later start."""
    code = "from duecourse.simulations.compiled import warm; warm(); import sys; print('numba' in sys.modules)"
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}

    def start() -> str:
        command = [sys.executable, "-c", code]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, check=True
        ).stdout

    assert [start(), start()] == ["True\n", "False\n"]
