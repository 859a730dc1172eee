"""Many claims watched in one pass over the configurations: which states of which monitor meet which configuration.

Every state of every monitor has a bit of its own, and each configuration carries the bits of the states that some way to
it leads to. What a step does to the bits depends only on what it is to the claims, so it is looked up, not computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from duecourse.properties.happenings import happening

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duecourse.model.table import Op, Rule
    from duecourse.properties.explore import Exploration, Steps
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
        self.mine = 0
        self.usual: Symbol | None = None
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
        self.mine = (1 << free) - (1 << first)
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
    steps = exploration.steps(mask)
    for packed in exploration.moves:
        _ = steps[packed]
    effects = _effects(blocks, steps.kinds)
    everywhere, at_the_end = _spread(exploration, steps, effects, blocks)
    results: list[Swept] = []
    for block in blocks:
        accepting = block.where("accepting")
        violated = everywhere & block.where("violated") or at_the_end & block.mine & ~accepting
        satisfied = at_the_end & accepting
        met = (everywhere & block.mine).bit_count()
        results.append(Swept(bool(violated), bool(everywhere & accepting), bool(satisfied), met))
    return tuple(results)


class _Effect:
    """What a step does to the bits: it leaves most alone, and moves the others."""

    def __init__(self, kept: int, moved: tuple[tuple[int, int], ...]) -> None:
        self.kept, self.moved = kept, moved
        self.asked = sum(bit for bit, _ in moved)
        self.known: dict[int, int] = {}

    def image(self, asked: int) -> int:
        """Return what those of the bits become that are not left alone, and keep it in `known`."""
        found = 0
        for bit, becomes in self.moved:
            if asked & bit:
                found |= becomes
        self.known[asked] = found
        return found


def _effects(blocks: Sequence[_Block], kinds: Sequence[tuple[Rule, int]]) -> list[_Effect]:
    """Return what each kind of step does to the bits of all monitors; give each of their states its bit."""
    symbols = _symbols(blocks, kinds)
    free = 0
    for index, block in enumerate(blocks):
        block.usual = _usual(block, index, kinds, symbols)
        found = (each[index] for each in symbols if index in each)
        block.symbols = list(dict.fromkeys(found if block.usual is None else (block.usual, *found)))
        free = block.close(free)
    usual = [block.relations[block.usual] for block in blocks if block.usual is not None]
    kept = sum(stays for stays, _ in usual)
    moved = [change for _, changes in usual for change in changes]
    made: dict[tuple[int, tuple[tuple[int, int], ...]], _Effect] = {}
    effects: list[_Effect] = []
    for each in symbols:
        special = [blocks[index].relations[symbol] for index, symbol in each.items()]
        own = sum(blocks[index].mine for index in each)
        effect = (
            kept & ~own | sum(stays for stays, _ in special),
            (
                *(change for change in moved if not change[0] & own),
                *(change for _, changes in special for change in changes),
            ),
        )
        effects.append(made.get(effect) or made.setdefault(effect, _Effect(*effect)))
    return effects


def _symbols(
    blocks: Sequence[_Block], kinds: Sequence[tuple[Rule, int]]
) -> list[dict[int, Symbol]]:
    """Return what each kind of step is to the claims, by their index, but for claims that name nothing of what happens at it."""
    naming: dict[str, list[int]] = {}
    asking: list[int] = []
    looking: list[int] = []
    for index, block in enumerate(blocks):
        watching = block.watching
        if watching.mask:
            looking.append(index)
        elif watching.looks_close:
            asking.append(index)
        else:
            for name in watching.monitor.named:
                naming.setdefault(name, []).append(index)
    alike: dict[tuple[frozenset[str], tuple[Op, ...]], dict[int, Symbol]] = {}
    found: list[dict[int, Symbol]] = []
    for rule, to in kinds:
        # what happens tells the step and the stage it leads to, so that nothing else of a rule makes a difference
        names = happening(rule)
        known = alike.get((names, rule.ops))
        if known is None:
            touched = {*asking, *(index for name in names for index in naming.get(name, ()))}
            known = alike[names, rule.ops] = {
                index: blocks[index].watching.symbol_of(rule, to, names) for index in touched
            }
        seen = {index: blocks[index].watching.symbol_of(rule, to, names) for index in looking}
        found.append({**known, **seen} if seen else known)
    return found


def _usual(
    block: _Block,
    index: int,
    kinds: Sequence[tuple[Rule, int]],
    symbols: Sequence[Mapping[int, Symbol]],
) -> Symbol | None:
    """Return what a step is to a claim at which nothing happens that it names; None where there is no such step."""
    for (rule, to), known in zip(kinds, symbols, strict=True):
        if index not in known:
            return block.watching.symbol_of(rule, to, happening(rule))
    return None


def _spread(
    exploration: Exploration,
    steps: Steps,
    effects: Sequence[_Effect],
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
    while queue:
        _, packed = heappop(queue)
        bits = waiting.pop(packed)
        for number, to in steps[packed]:
            effect = effects[number]
            asked = bits & effect.asked
            image = bits
            if asked:
                moved = effect.known.get(asked)
                image = bits & effect.kept | (effect.image(asked) if moved is None else moved)
            old = reached.get(to, 0)
            both = image | old
            if both != old:
                reached[to] = both
                if to in waiting:
                    waiting[to] |= both ^ old
                else:
                    waiting[to] = both ^ old
                    heappush(queue, (rank.get(to, 0), to))
    everywhere = at_the_end = 0
    for packed, bits in reached.items():
        everywhere |= bits
        if table.is_final(packed):
            at_the_end |= bits
    return everywhere, at_the_end
