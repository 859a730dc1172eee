"""Would we notice? Mistakes are put into a procedure one by one, and the properties are checked against each.

A mistake counts only where it can be observed: one that changes nothing anybody could see is left out, and so is one
that the reader of files refuses. What the properties do not notice is told with the shortest case that it changes.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from multiprocessing import get_context
from typing import TYPE_CHECKING

from duecourse.errors import InvalidInput
from duecourse.model.compile import compile_table
from duecourse.model.variants import choose_readings
from duecourse.properties.check import Verdict, check
from duecourse.properties.difference import Comparing, first_difference
from duecourse.properties.mutant import Mutant, refusal, settled
from duecourse.properties.observable import Alphabet, Observable
from duecourse.properties.operators import first_family
from duecourse.properties.second_operators import second_family

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from duecourse.model.procedure import Procedure
    from duecourse.properties.change import Difference
    from duecourse.properties.check import Result
    from duecourse.properties.mutant import Draft, Family
    from duecourse.properties.property import Property

MAX_MUTANT_PAIRS = 60_000

LOTS = (0, 2, 14, 54)
"""Where the lots begin in which properties are checked, until one of them notices."""

TIMED = frozenset({"within", "at most"})
"""The kinds of properties that watch the clocks."""

FAMILIES: Mapping[Family, Callable[[Procedure], Iterator[Draft]]] = {
    "first": first_family,
    "second": second_family,
}


class Fate(StrEnum):
    """What became of a mutant.

    `STILLBORN`: the reader refuses it. `EQUIVALENT`: nobody can see a difference. `UNDECIDED`: a difference is
    suspected, and no dated case shows it. `KILLED`: a property's verdict changed. `SURVIVED`: none did.
    """

    STILLBORN = "stillborn"
    EQUIVALENT = "equivalent"
    UNDECIDED = "undecided"
    KILLED = "killed"
    SURVIVED = "survived"


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of one mutant.

    Attributes:
        mutant: the mistake.
        fate: what became of it.
        killers: the properties that noticed it, of those checked when the first did.
        difference: how it shows, for those that survived or were killed.
        reason: why it was stillborn.
    """

    mutant: Mutant
    fate: Fate
    killers: tuple[str, ...] = ()
    difference: Difference | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Mutation:
    """What became of all mutants of a procedure.

    Attributes:
        procedure, readings: what was mutated.
        properties: the ids of the properties that were to notice.
        trials: one for each mutant, in the order in which they were made.
        drawn_from: how many mutants there are, where only a sample was tried.
        seconds: how long it took.
    """

    procedure: Procedure
    readings: Mapping[str, str]
    properties: tuple[str, ...]
    trials: tuple[Trial, ...]
    drawn_from: int
    seconds: float

    def of(self, family: Family) -> tuple[Trial, ...]:
        """Return the trials of one family."""
        return tuple(each for each in self.trials if each.mutant.family == family)

    def score(self, family: Family) -> tuple[int, int]:
        """Return how many mutants of a family were killed, and how many can be observed."""
        counts = Counter(each.fate for each in self.of(family))
        return counts[Fate.KILLED], counts[Fate.KILLED] + counts[Fate.SURVIVED]


def mutants(procedure: Procedure, families: Sequence[Family] = ("first",)) -> tuple[Mutant, ...]:
    """Return every mutant of a procedure, always in the same order and with the same ids."""
    found: list[Mutant] = []
    for family in families:
        for operator, name, words, element, changed in FAMILIES[family](procedure):
            found.append(
                Mutant(f"{operator}:{name}", family, operator, words, element.cites, changed)
            )
    return tuple(found)


def mutate(  # noqa: PLR0913  (each is one plain choice of the user)
    procedure: Procedure,
    properties: Sequence[Property],
    readings: Mapping[str, str] | None = None,
    *,
    families: Sequence[Family] = ("first",),
    sample: int | None = None,
    seed: int = 1,
    workers: int = 1,
    told: Callable[[int, int], None] = lambda _done, _of: None,
) -> Mutation:
    """Return which mistakes in a procedure the properties would notice.

    Args:
        procedure: what is mutated.
        properties: what is to notice.
        readings: options by reading, for the procedure and all its mutants; defaults for the others.
        families: which families of mistakes are made.
        sample: how many mutants are drawn, all if None.
        seed: of the draw.
        workers: in how many processes; the result does not depend on it but for the killers that are named.
        told: is told how many are done, and of how many.

    Raises:
        InvalidInput: an unknown reading or option.
    """
    began = time.perf_counter()
    every = mutants(procedure, families)
    chosen: Sequence[int] = range(len(every))
    if sample is not None and sample < len(every):
        chosen = sorted(random.Random(seed).sample(chosen, sample))  # noqa: S311  (no secret)
    options = dict(readings or {})
    jobs = [(index, every[index]) for index in chosen]
    trial = _Trying(procedure, tuple(properties), options)
    if workers == 1:
        trials = []
        for done, (_, mutant) in enumerate(jobs, 1):
            trials.append(trial(mutant))
            told(done, len(jobs))
    else:
        trials = _shared(trial, [mutant for _, mutant in jobs], workers, told)
    return Mutation(
        procedure,
        trial.readings,
        tuple(each.id for each in properties),
        tuple(trials),
        len(every),
        time.perf_counter() - began,
    )


class _Trying:
    """Tries mutants of one procedure; what is known of the original is worked out once."""

    def __init__(
        self, procedure: Procedure, properties: tuple[Property, ...], readings: Mapping[str, str]
    ) -> None:
        self.procedure, self.properties, self.chosen = procedure, properties, readings
        self.readings = choose_readings(procedure, readings)
        self.original: Observable | None = None
        self.verdicts: dict[str, object] = {}
        self.kills: Counter[tuple[bool, str]] = Counter()

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "original": None}

    def prepare(self) -> Observable:
        """Work out what is known of the original, where it is tried."""
        if self.original is None:
            table = compile_table(self.procedure, self.chosen)
            self.original = Observable(table, Alphabet())
            results = check(self.procedure, self.properties, self.chosen).results
            self.verdicts = {each.property.id: _said(each) for each in results}
        return self.original

    def __call__(self, mutant: Mutant) -> Trial:
        original = self.prepare()
        problem = refusal(mutant.procedure)
        if problem is not None:
            return Trial(mutant, Fate.STILLBORN, reason=problem.message)
        procedure = settled(mutant.procedure)
        try:
            table = compile_table(procedure, self.chosen)
            comparing = Comparing(original.table, table, first=original, limit=MAX_MUTANT_PAIRS)
        except InvalidInput as error:
            return Trial(mutant, Fate.STILLBORN, reason=str(error))
        difference = first_difference(comparing)
        if difference is None:
            fate = Fate.EQUIVALENT if comparing.finished else Fate.UNDECIDED
            return Trial(mutant, fate)
        killers = self.noticed(procedure, difference)
        if killers:
            return Trial(mutant, Fate.KILLED, killers, difference)
        fate = Fate.SURVIVED if difference.confirmed else Fate.UNDECIDED
        return Trial(mutant, fate, (), difference)

    def noticed(self, procedure: Procedure, difference: Difference) -> tuple[str, ...]:
        """Return the properties that notice a mistake: those first that noticed such ones, in growing lots.

        What only the clocks show is put before the properties about time, anything else before the others.
        """
        timed = difference.change.aspect not in {"step", "end"}
        order = sorted(
            self.properties,
            key=lambda each: (-self.kills[timed, each.id], (each.kind in TIMED) != timed),
        )
        for first, last in pairwise((*LOTS, max(LOTS[-1], len(order)))):
            some = order[first:last]
            if not some:
                break
            results = check(procedure, some, self.chosen).results
            killers = tuple(
                each.property.id
                for each in results
                if self.verdicts[each.property.id] != _said(each)
                and each.verdict is not Verdict.INCONCLUSIVE
            )
            if killers:
                self.kills.update((timed, name) for name in killers)
                return killers
        return ()


def _said(result: Result) -> tuple[Verdict, bool]:
    return result.verdict, result.vacuous


_trying: _Trying | None = None


def _begin(trying: _Trying) -> None:
    global _trying  # noqa: PLW0603  (one for each worker)
    _trying = trying


def _try(mutant: Mutant) -> Trial:
    assert _trying is not None
    return _trying(mutant)


def _shared(
    trying: _Trying, every: Sequence[Mutant], workers: int, told: Callable[[int, int], None]
) -> list[Trial]:
    """Try mutants in several processes; the results come in the order of the mutants."""
    trials: list[Trial] = []
    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_begin, initargs=(trying,)
    ) as pool:
        for trial in pool.map(_try, every, chunksize=4):
            trials.append(trial)
            told(len(trials), len(every))
    return trials
