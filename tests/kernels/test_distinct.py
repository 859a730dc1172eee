"""Numbers told apart without sorting, against numpy's sorting."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from duecourse.kernels.distinct import distinct, distinct_rows, firsts

NEAR = st.integers(-3, 40)
NUMBERS = st.lists(st.one_of(NEAR, st.integers(-(2**62), 2**62)), max_size=30)


@given(st.one_of(NUMBERS, st.lists(NEAR, max_size=30)))
def test_the_distinct_numbers_are_those_of_numpy(numbers: list[int]) -> None:
    given_ = np.array(numbers, np.int64)
    found, places = distinct(given_)
    wanted, theirs = np.unique(given_, return_inverse=True)
    assert found.tolist() == wanted.tolist()
    assert places.tolist() == theirs.reshape(-1).tolist()


@given(st.lists(st.tuples(NEAR, st.integers(0, 2**40)), min_size=1, max_size=30))
def test_rows_are_told_apart_and_first_seen_as_by_numpy(rows: list[tuple[int, int]]) -> None:
    given_ = np.array(rows, np.int64)
    count, places = distinct_rows(list(given_.T))
    wanted, where, theirs = np.unique(given_, axis=0, return_index=True, return_inverse=True)
    assert count == len(wanted)
    assert places.tolist() == theirs.reshape(-1).tolist()
    assert firsts(count, places).tolist() == where.tolist()
