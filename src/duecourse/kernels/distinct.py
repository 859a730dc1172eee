"""The distinct ones of many numbers, without sorting where they lie close together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[Any]
    Places = NDArray[np.int64]

_FAR = 4
"""How many times as many places as numbers are still looked at one by one."""
_FEW = 4_096


def distinct(numbers: Numbers) -> tuple[Numbers, Places]:
    """Return the distinct numbers, ascending, and the place of each number among them.

    Args:
        numbers: integers, in one dimension.
    """
    if not len(numbers):
        return numbers, np.empty(0, np.int64)
    low = numbers.min()
    if int(numbers.max()) - int(low) > _FAR * len(numbers) + _FEW:
        found, places = np.unique(numbers, return_inverse=True)
        return found, places.reshape(-1)
    above = (numbers - low).astype(np.int64)
    there = np.zeros(int(above.max()) + 1, np.bool_)
    there[above] = True
    found = np.flatnonzero(there).astype(numbers.dtype) + low
    return found, (np.cumsum(there) - 1)[above]


def distinct_rows(columns: list[Numbers]) -> tuple[int, Places]:
    """Return how many distinct rows there are, and the place of each row among them, by the first column, then the next.

    Args:
        columns: integers, each of one length.
    """
    found, places = distinct(columns[0])
    count = len(found)
    for column in columns[1:]:
        further, beside = distinct(column)
        found, places = distinct(places * len(further) + beside)
        count = len(found)
    return count, places


def firsts(count: int, places: Places) -> Places:
    """Return, for each of so many places, where it comes first."""
    found = np.empty(count, np.int64)
    found[places[::-1]] = np.arange(len(places) - 1, -1, -1)
    return found
