"""A grid has the elements of its array, in as many places as numpy's arrays have them."""

from __future__ import annotations

import pytest
from tests.kernels.tiny import arrays, tiny


@pytest.mark.parametrize(("i", "j", "k"), [(0, 0, 0), (1, 2, 1), (3, 1, 0), (3, 2, 1)])
def test_elements_are_those_of_numpy(i: int, j: int, k: int) -> None:
    ours, theirs = arrays(), arrays()
    expected = [theirs.line[i], theirs.narrow[i, j], theirs.table[i, 1], theirs.cube[i, j, k]]

    assert tiny(77, ours, i, j, k) == 100 // 77
    assert ours.found.tolist() == [*expected, 4, 3, 2]
    theirs.line[i], theirs.line[0], theirs.cube[i, j, k] = 77, -1.5, 77
    theirs.table[i, j] += 77
    for mine, other in zip(ours[:-1], theirs[:-1], strict=True):
        assert (mine == other).all()


def test_arrays_of_another_form_are_refused() -> None:
    """A kernel would read their bytes as something else."""
    ours = arrays()

    with pytest.raises(AssertionError):
        tiny(77, ours._replace(table=ours.table.T), 0, 0, 0)
    with pytest.raises(AssertionError):
        tiny(77, ours._replace(table=ours.narrow), 0, 0, 0)


def test_what_cannot_be_computed_is_told() -> None:
    with pytest.raises(ArithmeticError, match="does not compute"):
        tiny(0, arrays(), 0, 0, 0)
