"""Functions of choices as diagrams against plain tables, and best ways against trying every way."""

import random
from itertools import product

import numpy as np
import pytest

from duecourse.kernels.diagrams import (
    GREATER,
    NEVER,
    SMALLER,
    SUM,
    WITHOUT,
    Diagrams,
    leaf,
)
from duecourse.kernels.ways import Ways

OPTIONS = [2, 3, 2]
CHOICES = list(product(*(range(count) for count in OPTIONS)))
Plain = dict[tuple[int, ...], int | None]


def built(diagrams: Diagrams, plain: Plain, chosen: tuple[int, ...] = ()) -> int:
    if len(chosen) == len(OPTIONS):
        number = plain[chosen]
        return NEVER if number is None else leaf(number)
    level = len(chosen)
    return diagrams.node(
        level, [built(diagrams, plain, (*chosen, each)) for each in range(OPTIONS[level])]
    )


def drawn(rng: random.Random, numbers: list[int | None]) -> Plain:
    return {choice: rng.choice(numbers) for choice in CHOICES}


def plainly(op: int, a: int | None, b: int | None) -> int | None:
    if op == WITHOUT:
        return a if b is None else None
    if a is None or b is None:
        return None if op == SUM else b if a is None else a
    return {GREATER: max(a, b), SMALLER: min(a, b), SUM: a + b}[op]


@pytest.mark.parametrize("op", [GREATER, SMALLER, SUM, WITHOUT])
def test_operations_are_those_of_each_choice_and_equal_functions_are_one(op: int) -> None:
    rng, diagrams = random.Random(1), Diagrams(OPTIONS)
    for _ in range(200):
        one, two = drawn(rng, [None, 0, 1, 5]), drawn(rng, [None, 0, 3])
        wanted = {choice: plainly(op, one[choice], two[choice]) for choice in CHOICES}
        found = diagrams.both(op, built(diagrams, one), built(diagrams, two))
        assert found == built(diagrams, wanted)
        for choice in CHOICES:
            (number,) = diagrams.evaluated(np.array([found], np.int32), choice)
            assert (None if number < 0 else int(number)) == wanted[choice]


@pytest.mark.parametrize("best", [GREATER, SMALLER])
def test_the_best_way_of_each_choice_is_the_best_of_all_its_ways(best: int) -> None:
    """Without loops, by trying every way of one choice; with loops of no days the greatest is the same."""
    rng = random.Random(2)
    for _ in range(30):
        diagrams, size = Diagrams(OPTIONS), 6
        edges = [(a, b) for a in range(size) for b in range(a) if rng.random() < 0.7]
        weights = [drawn(rng, [None, 0, 1, 4]) for _ in edges]
        ways = Ways(size, np.array([a for a, _ in edges]), np.array([b for _, b in edges]))
        there = np.full(size, NEVER, np.int32)
        there[0] = leaf(0)
        functions = np.array([built(diagrams, each) for each in weights], np.int32)
        found = diagrams.best(ways, functions, there, best=best)
        for choice in CHOICES:
            plain: list[int | None] = [0]
            for node in range(1, size):
                sums = [
                    plainly(SUM, weights[number][choice], plain[to])
                    for number, (at, to) in enumerate(edges)
                    if at == node
                ]
                known = [each for each in sums if each is not None]
                pick = max if best == GREATER else min
                plain.append(pick(known) if known else None)
            numbers = diagrams.evaluated(found, choice).tolist()
            assert numbers == [-1 if each is None else each for each in plain]


def test_components_come_after_those_they_lead_to() -> None:
    """By hand: 0 and 1 form a loop that leads to 2, which leads to the loop of 3 and 4."""
    ways = Ways(5, np.array([0, 1, 1, 2, 3, 4]), np.array([1, 0, 2, 3, 4, 3]))

    assert ways.part.tolist() == [2, 2, 1, 0, 0]
    every, last = np.ones(6, np.bool_), np.array([False, False, False, False, True])
    assert ways.shortest(np.array([0]), every, last) == [0, 2, 3, 4]
