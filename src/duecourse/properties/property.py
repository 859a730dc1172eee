"""Properties as values: what must hold, in words, with its citation and the verdict expected of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from duecourse.model.procedure import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duecourse.model.procedure import Label, Procedure
    from duecourse.properties.monitor import Monitor


class Kind(StrEnum):
    """What is claimed, of all cases.

    `ALWAYS`: every case satisfies the claim. `SOMETIMES`: some complete case satisfies it. `NO_DEAD_END`: in every
    stage that is not final, something can happen. `CAN_ALWAYS_END`: from everywhere a case can still end.
    `CAN_ALWAYS_CONCLUDE`: it can still end with a conclusion. `CAN_ALWAYS`: from everywhere, until the review is over,
    the goal can still come about. `EVENTUALLY`: it comes about, whatever happens, if the fair steps are not put off for
    ever. `WITHIN`: if every limit is kept, one thing follows another within so many days. `AT_MOST`: if every limit is
    kept, an outcome takes at most so many days.
    """

    ALWAYS = "always"
    SOMETIMES = "sometimes"
    NO_DEAD_END = "no dead end"
    CAN_ALWAYS_END = "can always end"
    CAN_ALWAYS_CONCLUDE = "can always conclude"
    CAN_ALWAYS = "can always"
    EVENTUALLY = "eventually"
    WITHIN = "within"
    AT_MOST = "at most"


Expected = Literal["holds", "holds vacuously", "violated"]
Measure = Literal["counted", "elapsed"]


@dataclass(frozen=True, slots=True)
class Property:
    """A named claim over all cases of a procedure.

    Attributes:
        id, sentence: its name, and what it claims in words.
        kind: the form of the claim.
        claim: the claim, the goal, or the two ends of the term, as they are written.
        pattern: what the claim is called by its form.
        monitor: judges one case; for `CAN_ALWAYS` and `EVENTUALLY` it is satisfied by the goal; for `WITHIN` its first
            two propositions are the ends of the term; None for the other kinds.
        cites: for each procedure, the articles it rests on.
        expect: for each procedure or amendment, the verdict expected of it; elsewhere it is expected to hold.
        names: everything it names.
        without: steps that are left out of the search (a party that never withdraws, say).
        fair: steps that are not put off for ever: where one can be taken again and again, it is taken.
        outcomes, days, measure: for `AT_MOST` and `WITHIN`: how the case ends, in how many working days, counted while
            a clock runs or elapsed.
        reason: why it is expected to be violated, in words.
    """

    id: str
    sentence: Label
    kind: Kind
    claim: str = ""
    pattern: str = ""
    monitor: Monitor | None = field(default=None, compare=False)
    cites: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)
    expect: Mapping[str, Expected] = field(default_factory=dict, compare=False)
    names: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    fair: frozenset[str] = frozenset()
    outcomes: tuple[str, ...] = ()
    days: int = 0
    measure: Measure = "counted"
    reason: Label | None = None
    place: Place = field(default=Place(), compare=False)

    def expected(self, procedure: Procedure) -> Expected | None:
        """Return the verdict expected of a procedure: by its id, by an amendment in it, else by the text it amends."""
        base = procedure.id.split("+", 1)[0]
        for name in (procedure.id, *reversed(procedure.amended_by), base):
            if name in self.expect:
                return self.expect[name]
        return None

    def concerns(self, procedure: Procedure) -> bool:
        """Return whether it speaks of a procedure: it cites nothing, or an article of this text or the one amended."""
        return not self.cites or procedure.id.split("+", 1)[0] in self.cites

    def articles(self, procedure: Procedure) -> tuple[str, ...]:
        """Return the articles it rests on in a procedure."""
        return tuple(self.cites.get(procedure.id.split("+", 1)[0], ()))
