"""A cache that cannot be used costs time, never a result."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numba
import pytest

from duecourse.kernels.compiling import Compiled, compiled

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def double(x: int) -> int:
    return 2 * x


def test_a_cache_that_breaks_is_passed_over_with_a_message() -> None:
    def make(cached: bool) -> Callable[[int], int]:  # noqa: FBT001
        if cached:
            raise OSError("read-only")
        return compiled(double, cached=False)

    function = Compiled(make)
    with pytest.warns(
        UserWarning, match=r"cache of compiled code cannot be used \(OSError: read-only\)"
    ):
        assert function(4) == 8
    assert function(5) == 10  # without another message


def test_an_error_that_is_not_the_caches_is_told() -> None:
    def wrong(x: int) -> int:
        return x.nothing  # type: ignore[attr-defined, no-any-return]

    with pytest.raises(numba.core.errors.TypingError):
        Compiled(lambda cached: compiled(wrong, cached=cached))(1)


@pytest.mark.slow
def test_a_cache_of_rubbish_gives_the_same_results(tmp_path: Path) -> None:
    code = """
from duecourse.kernels.reach import Masks, Reach, Rules
reach = Reach(Rules([[Masks(0, 0, (), 3, 1), Masks(3, 1, (1,), 3, 2)]], 0, 2, [True]), [0])
assert reach.run(100) and reach.configurations() == [0, 1, 2], reach.configurations()
"""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    run = [sys.executable, "-c", code]
    subprocess.run(run, env=environment, check=True)
    files = [*tmp_path.rglob("*.nbi"), *tmp_path.rglob("*.nbc")]
    assert files
    for file in files:
        file.write_bytes(b"rubbish")

    again = subprocess.run(run, env=environment, check=True, capture_output=True, text=True)

    assert "cache of compiled code cannot be used" in again.stderr
