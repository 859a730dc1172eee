"""A kernel that a test can wait for."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from duecourse.kernels.grid import given
from duecourse.kernels.native import Native


class Arrays(NamedTuple):
    """One array of each form that the engine has."""

    line: np.ndarray
    narrow: np.ndarray
    table: np.ndarray
    cube: np.ndarray
    found: np.ndarray


def arrays() -> Arrays:
    """Return arrays with numbers that can be told from one another."""
    return Arrays(
        np.arange(4.0) / 8,
        np.arange(12, dtype=np.int32).reshape(4, 3),
        np.arange(12).reshape(4, 3),
        np.arange(24).reshape(4, 3, 2),
        np.zeros(7),
    )


tiny = Native("tests.kernels.tiny", 0, arrays(), 0, 0, 0)
_taken = given(*tiny.likes)


def run(address: int) -> int:
    """Read an element of each array, write into some, and divide."""
    value, of, i, j, k = _taken(address)
    of.found[0], of.found[1] = of.line[i], of.narrow[i, j]
    of.found[2], of.found[3] = of.table[i, 1], of.cube[i, j, k]
    of.line[i] = value
    of.line[0] = -1.5
    of.table[i, j] += value
    of.cube[i, j, k] = value
    of.found[4], of.found[5], of.found[6] = len(of.line), of.table.shape[1], of.cube.shape[2]
    return int(100 // value)
