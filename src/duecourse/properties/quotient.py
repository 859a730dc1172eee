"""Nodes put together that the same things can happen after, under each choice of readings (bisimulation over events).

What nobody observes is passed over: a node does at once what it can do after any number of silent moves. Nodes that
then do the same, and get to nodes that do the same, are one (partition refinement by signatures: Blom and Orzan 2003).
The sequences of events from a node are those of its block, choice by choice, so that everything which depends on the
sequences alone may be computed on the blocks.

A signature is a set of pairs of an event and a choice of readings: one diagram, with the event's number above the
readings, so that equal signatures are equal integers and silent moves are followed by the compiled fixpoint.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels.distinct import distinct
from duecourse.kernels.ways import Ways
from duecourse.properties.functions import Functions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from duecourse.model.reading_set import ReadingSpace

    Indices = NDArray[np.int32]

NUMBER_BITS = 24
"""How many bits the numbers of events may take."""


@dataclass(frozen=True)
class Moves:
    """The moves between nodes.

    Attributes:
        size: how many nodes.
        sources, to: from where each move leads, and whereto.
        label: what it is to who observes it, by number; 0 is silent.
        under: the choices of readings under which it can be made.
    """

    size: int
    sources: Indices
    to: Indices
    label: Indices
    under: Indices


def quotient(moves: Moves, kind: Indices, space: ReadingSpace) -> tuple[Indices, Moves]:
    """Return the coarsest blocks in which nodes of one kind do the same under each choice of readings.

    Args:
        moves: what can happen.
        kind: what else tells nodes apart.
        space: the choices of readings.

    Returns:
        The block of each node, and the moves of blocks: what any of their nodes can do at once, under any of the choices
        of any of them; silent ones between different blocks only.
    """
    block = _numbered(kind)
    functions = Functions(space, NUMBER_BITS)
    sets, which = distinct(moves.under)
    weight = functions.all_of(sets.tolist())[which]
    loud = np.flatnonzero(moves.label)
    quiet = np.flatnonzero((moves.label == 0) & (moves.sources != moves.to))
    ways = Ways(moves.size, moves.sources[quiet], moves.to[quiet])
    count = int(block.max(initial=-1)) + 1
    while True:
        events = moves.label[loud].astype(np.int64) * count + block[moves.to[loud]]
        named, names = distinct(events)
        cubes = functions.numbers(max(len(named), 1), NUMBER_BITS)
        own = functions.gathered(
            moves.size, moves.sources[loud], names.astype(np.int32), weight[loud], cubes
        )
        after = functions.best(ways, weight[quiet], own)
        block = _numbered((block.astype(np.int64) << 32) + after)
        new = int(block.max(initial=-1)) + 1
        if new == count:
            return block, merged(moves, block, count, space)
        count = new


def merged(moves: Moves, block: Indices, count: int, space: ReadingSpace) -> Moves:
    """Return the moves of blocks: equal ones are one, under any of the choices of any of them."""
    labels = int(moves.label.max(initial=0)) + 1
    sources, to = block[moves.sources].astype(np.int64), block[moves.to]
    sets, which = distinct(moves.under)
    key = (sources * labels + moves.label) * count + to
    kept = np.flatnonzero((moves.label > 0) | (sources != to))
    pairs = np.unique(key[kept] * len(sets) + which[kept])
    keys, starts = np.unique(pairs // max(len(sets), 1), return_index=True)
    unders = sets[pairs % max(len(sets), 1)]
    under = [space.any_of(found.tolist()) for found in np.split(unders, starts[1:]) if len(found)]
    return Moves(
        count,
        (keys // count // labels).astype(np.int32),
        (keys % count).astype(np.int32),
        (keys // count % labels).astype(np.int32),
        np.array(under, np.int32),
    )


def _numbered(keys: NDArray[np.int64] | Indices) -> Indices:
    return distinct(keys)[1].astype(np.int32)
