"""Sets of choices of readings against sets of tuples."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecourse.model.reading_set import ALL, NONE, ReadingSpace, TooManyError

OPTIONS = {"a": ("a0", "a1"), "b": ("b0", "b1", "b2"), "c": ("c0",), "d": ("d0", "d1", "d2")}
CHOICES = [dict(zip(OPTIONS, each, strict=True)) for each in product(*OPTIONS.values())]
members = st.frozensets(st.integers(0, len(CHOICES) - 1))


def of(space: ReadingSpace, wanted: frozenset[int]) -> int:
    return space.any_of(space.cube({k: (v,) for k, v in CHOICES[i].items()}) for i in wanted)


def listed(space: ReadingSpace, a: int) -> frozenset[int]:
    return frozenset(i for i, choice in enumerate(CHOICES) if space.contains(a, choice))


def departures(choice: dict[str, str]) -> int:
    return sum(option != OPTIONS[name][0] for name, option in choice.items())


@given(members, members, st.permutations(list(OPTIONS)))
def test_operations_are_those_of_sets(
    x: frozenset[int], y: frozenset[int], order: list[str]
) -> None:
    space = ReadingSpace(OPTIONS, order)
    a, b = of(space, x), of(space, y)

    assert listed(space, a) == x
    assert listed(space, space.union(a, b)) == x | y
    assert listed(space, space.intersection(a, b)) == x & y
    assert listed(space, space.difference(a, b)) == x - y
    assert listed(space, space.complement(a)) == frozenset(range(len(CHOICES))) - x
    assert space.subset(a, b) == (x <= y)
    assert space.count(a) == len(x)
    assert (a == b) == (x == y)
    assert (a == NONE, a == ALL) == (not x, len(x) == len(CHOICES))
    other = ReadingSpace(OPTIONS)
    assert listed(other, other.copied(a, space)) == x


@given(members.filter(bool), st.permutations(list(OPTIONS)))
def test_the_choice_picked_departs_least_from_the_defaults(
    x: frozenset[int], order: list[str]
) -> None:
    space = ReadingSpace(OPTIONS, order)
    picked = space.pick(of(space, x))

    assert CHOICES.index(picked) in x
    assert departures(picked) == min(departures(CHOICES[i]) for i in x)


@given(members, members)
def test_a_cover_says_the_set_in_prime_conditions_of_which_none_is_redundant(
    x: frozenset[int], extra: frozenset[int]
) -> None:
    space = ReadingSpace(OPTIONS)
    within = x | extra
    cover = space.cover(of(space, x), of(space, within))
    said = [{i for i, choice in enumerate(CHOICES) if each.holds(choice)} for each in cover]

    assert set().union(*said) & within == x
    for index, each in enumerate(cover):
        assert said[index] & x  # says something
        others = said[:index] + said[index + 1 :]
        assert not (said[index] & x) <= set().union(*others)  # not redundant
        for name, options in each.options:
            for option in set(OPTIONS[name]) - set(options):  # prime: one option more is too many
                wider = {
                    i
                    for i, choice in enumerate(CHOICES)
                    if all(
                        choice[other] in (*found, option)
                        if other == name
                        else choice[other] in found
                        for other, found in each.options
                    )
                }
                assert wider & within - x


def test_conditions_are_said_in_words() -> None:
    space = ReadingSpace(OPTIONS)

    (condition,) = space.cover(space.cube({"b": ("b1", "b2"), "a": ("a1",)}))

    assert str(condition) == "a = a1, b = b1 or b2"
    assert [str(each) for each in space.cover(ALL)] == [""]
    assert space.cover(NONE) == ()


def test_an_empty_set_has_nothing_to_pick() -> None:
    with pytest.raises(ValueError, match="empty"):
        ReadingSpace(OPTIONS).pick(NONE)


def test_more_than_can_be_counted_one_by_one() -> None:
    space = ReadingSpace({f"r{i}": ("x", "y", "z") for i in range(60)})

    assert space.count(space.cube({"r7": ("y",), "r50": ("x", "z")})) == 2 * 3**58
    assert space.size < 10


def test_too_many_nodes_and_readings_are_given_up() -> None:
    space = ReadingSpace(OPTIONS, limit=4)
    with pytest.raises(TooManyError, match="more than 4 nodes"):
        of(space, frozenset({1, 5, 9}))
    with pytest.raises(TooManyError, match="readings"):
        ReadingSpace({f"r{i}": ("x",) for i in range(1_000)})
