"""A grid has the elements of its array, in as many places as numba's own arrays have them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np
import pytest

from duecourse.kernels.grid import grids
from duecourse.kernels.memory import Rules, State, nothing
from duecourse.simulations.compiled import CompiledOffice
from duecourse.simulations.lowered import Lowered

type_of: Any = numba.typeof


class Arrays(NamedTuple):
    """One array of each form that the engine has."""

    line: np.ndarray
    narrow: np.ndarray
    table: np.ndarray
    cube: np.ndarray


@numba.njit
def read(arrays: Arrays, i: int, j: int, k: int) -> tuple[float, int, int, int]:
    found = grids(arrays)
    return found.line[i], found.narrow[i, j], found.table[i, 1], found.cube[i, j, k]


@numba.njit
def write(arrays: Arrays, i: int, j: int, k: int, value: int) -> tuple[int, int, int]:
    found = grids(arrays)
    found.line[i] = value
    found.line[0] = -1.5
    found.table[i, j] += value
    found.cube[i, j, k] = value
    return len(found.line), found.table.shape[1], found.cube.shape[2]


def arrays() -> Arrays:
    return Arrays(
        np.arange(4.0) / 8,
        np.arange(12, dtype=np.int32).reshape(4, 3),
        np.arange(12).reshape(4, 3),
        np.arange(24).reshape(4, 3, 2),
    )


@pytest.mark.parametrize(("i", "j", "k"), [(0, 0, 0), (1, 2, 1), (3, 1, 0), (3, 2, 1)])
def test_elements_are_those_of_numpy(i: int, j: int, k: int) -> None:
    ours, theirs = arrays(), arrays()
    expected = (theirs.line[i], theirs.narrow[i, j], theirs.table[i, 1], theirs.cube[i, j, k])

    assert read(ours, i, j, k) == expected
    assert write(ours, i, j, k, 77) == (4, 3, 2)
    theirs.line[i], theirs.line[0], theirs.cube[i, j, k] = 77, -1.5, 77
    theirs.table[i, j] += 77
    for mine, other in zip(ours, theirs, strict=True):
        assert (mine == other).all()


def test_the_engine_is_compiled_for_the_arrays_that_it_is_run_with() -> None:
    """Otherwise it would be compiled twice: once when it is made ready, and once more when it runs."""
    from duecourse.scenarios import load_scenario
    from duecourse.simulations.plan import Plan

    office = CompiledOffice(Plan(load_scenario("baseline-2022").lasting(0.1, 0)))

    assert isinstance(office.grown.lowered, Lowered)
    for of, given in ((Rules, office.grown.rules), (State, office.state)):
        assert type_of(given) == type_of(nothing(of))
