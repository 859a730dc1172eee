"""The agenda of the compiled engine gives what is due first, whatever waits in which slot: a sorted list says the same."""

from __future__ import annotations

from bisect import insort

import hypothesis.strategies as st
from hypothesis import given
from tests.kernels.queueing import queue, queueing

from duecourse.kernels import layout as at

ROUND = at.SLOTS << at.SLOT_BITS
delays = st.one_of(
    st.integers(0, 3),
    st.integers(0, 4 << at.SLOT_BITS),
    st.integers(0, 3 * ROUND),
    st.sampled_from([1 << at.SLOT_BITS, ROUND - 1, ROUND, ROUND + 1, 2 * ROUND]),
    st.just(-1),
    st.just(-1),
)
doings = st.lists(st.tuples(delays, st.integers(0, 5), st.integers(-3, 9)), max_size=80)
begun = st.lists(st.tuples(st.integers(0, 2 * ROUND), st.integers(0, 5), st.integers(-3, 9)))


@given(begun, doings)
def test_what_is_due_first_comes_first(
    begun: list[tuple[int, int, int]], done: list[tuple[int, int, int]]
) -> None:
    """In the order of `docs/semantics.md`: by instant, phase, number, and the order in which they were put in."""
    done = [*begun, *done, *[(-1, 0, 0)] * len(begun + done)]
    left: list[tuple[int, int, int, int]] = []
    expected, now = [], 0
    for number, (later, phase, whose) in enumerate(done):
        if later >= 0:
            insort(left, (now + later, phase, whose, number))
        elif left:
            now, _, _, which = left.pop(0)
            expected.append([now, which])
    found = queue(done, len(begun))

    count = queueing(found)

    assert found.out[:count].tolist() == expected
    assert found.scalars[[at.PENDING, at.NEAR, at.FAR]].tolist() == [0, 0, 0]


def test_what_is_due_after_the_end_is_not_noted() -> None:
    found = queue([(5, 0, 0), (10, 0, 0), (11, 0, 0), (-1, 0, 0), (-1, 0, 0)])
    found.scalars[at.END] = 10

    assert queueing(found) == 1
    assert found.out[0].tolist() == [5, 0]
