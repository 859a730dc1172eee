"""Many claims watched in one pass over the configurations: which states of which monitor meet which configuration.

Every state of every monitor has a bit of its own, and each configuration carries the bits of the states that some way to
it leads to. What a step does to the bits depends only on what it is to the claims, so it is looked up, not computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from duecourse.properties.watching import happening

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duecourse.model.table import Rule
    from duecourse.properties.explore import Exploration
    from duecourse.properties.watching import Symbol, Watching


@dataclass(frozen=True, slots=True)
class Swept:
    """What a pass found of one claim.

    Attributes:
        violated: whether some case violates it: for good, or by being over before it is satisfied.
        accepted: whether some case, complete or not, satisfies it as far as it goes.
        satisfied: whether some complete case satisfies it.
        states: how many states of its monitor were met.
    """

    violated: bool
    accepted: bool
    satisfied: bool
    states: int


class _Block:
    """The states of one monitor: each with its bit among those of all monitors."""

    def __init__(self, watching: Watching) -> None:
        self.watching = watching
        self.bits: dict[int, int] = {}
        self.symbols: list[Symbol] = []
        self.relations: dict[Symbol, tuple[int, tuple[tuple[int, int], ...]]] = {}

    def close(self, first: int) -> int:
        """Give a bit to every state that any of the symbols can lead to; return the next free bit."""
        queue = [self.watching.initial]
        self.bits[queue[0]] = 1 << first
        free = first + 1
        for state in queue:
            for symbol in self.symbols:
                for after in self.watching.after(state, symbol):
                    if after not in self.bits:
                        self.bits[after] = 1 << free
                        free += 1
                        queue.append(after)
        for symbol in self.symbols:
            self.relations[symbol] = self._relation(symbol)
        return free

    def _relation(self, symbol: Symbol) -> tuple[int, tuple[tuple[int, int], ...]]:
        """Return the bits that a symbol leaves alone, and for each of the others what it becomes."""
        kept, moved = 0, []
        for state, bit in self.bits.items():
            image = 0
            for after in self.watching.after(state, symbol):
                image |= self.bits[after]
            if image == bit:
                kept |= bit
            else:
                moved.append((bit, image))
        return kept, tuple(moved)

    def where(self, quality: str) -> int:
        """Return the bits of the states with a quality that the watching tells of."""
        judge = getattr(self.watching, quality)
        return sum(bit for state, bit in self.bits.items() if judge(state))


def sweep(exploration: Exploration, watchings: Sequence[Watching]) -> tuple[Swept, ...]:
    """Watch claims over every behaviour of a table at once.

    Args:
        exploration: the configurations of the table that the claims are bound to.
        watchings: the claims.
    """
    blocks = [_Block(watching) for watching in watchings]
    mask = 0
    for watching in watchings:
        mask |= watching.mask
    keys: dict[tuple[int, int], tuple[Rule, int]] = {}
    for moves in exploration.moves.values():
        for rule, to in moves:
            keys.setdefault((id(rule), to & mask), (rule, to))
    symbols: dict[tuple[int, int], list[Symbol]] = {}
    for key, (rule, to) in keys.items():
        names = happening(rule)
        symbols[key] = [watching.symbol_of(rule, to, names) for watching in watchings]
    free = 0
    for index, block in enumerate(blocks):
        block.symbols = list(dict.fromkeys(found[index] for found in symbols.values()))
        free = block.close(free)
    effects = {
        key: _effect([block.relations[symbol] for block, symbol in zip(blocks, found, strict=True)])
        for key, found in symbols.items()
    }
    everywhere, at_the_end = _spread(exploration, effects, mask, blocks)
    results: list[Swept] = []
    for block in blocks:
        accepting = block.where("accepting")
        mine = sum(block.bits.values())
        violated = everywhere & block.where("violated") or at_the_end & mine & ~accepting
        satisfied = at_the_end & accepting
        met = (everywhere & mine).bit_count()
        results.append(Swept(bool(violated), bool(everywhere & accepting), bool(satisfied), met))
    return tuple(results)


def _effect(
    relations: Sequence[tuple[int, tuple[tuple[int, int], ...]]],
) -> tuple[int, tuple[tuple[int, int], ...]]:
    kept = 0
    moved: list[tuple[int, int]] = []
    for stays, changes in relations:
        kept |= stays
        moved.extend(changes)
    return kept, tuple(moved)


def _spread(
    exploration: Exploration,
    effects: Mapping[tuple[int, int], tuple[int, tuple[tuple[int, int], ...]]],
    mask: int,
    blocks: Sequence[_Block],
) -> tuple[int, int]:
    """Return the bits that meet any configuration, and those that meet one in which the review is over."""
    table = exploration.table
    first = sum(block.bits[block.watching.initial] for block in blocks)
    reached = dict.fromkeys(table.initial, first)
    waiting = dict(reached)
    rank = exploration.rank
    queue = [(rank[packed], packed) for packed in reached]
    heapify(queue)
    edges = {
        packed: tuple((*effects[id(rule), to & mask], to) for rule, to in moves)
        for packed, moves in exploration.moves.items()
    }
    while queue:
        _, packed = heappop(queue)
        bits = waiting.pop(packed)
        for kept, moved, to in edges.get(packed, ()):
            image = bits & kept
            for bit, becomes in moved:
                if bits & bit:
                    image |= becomes
            new = image & ~reached.get(to, 0)
            if new:
                reached[to] = reached.get(to, 0) | new
                if to in waiting:
                    waiting[to] |= new
                else:
                    waiting[to] = new
                    heappush(queue, (rank.get(to, 0), to))
    everywhere = at_the_end = 0
    for packed, bits in reached.items():
        everywhere |= bits
        if table.is_final(packed):
            at_the_end |= bits
    return everywhere, at_the_end
