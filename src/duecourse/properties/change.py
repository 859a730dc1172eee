"""One difference in the behaviour of two texts: what differs, where, and the case that shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from duecourse.properties.observable import Letter
    from duecourse.properties.witness import Witness

Side = Literal["a", "b"]
Aspect = Literal["step", "limit", "start", "stop", "extension", "pause", "resume", "end"]


class Change(NamedTuple):
    """What differs, without where.

    Attributes:
        aspect: a step that only one text allows; or what is different of a clock; or how the review ends.
        name: the step, the clock, or the step that ends the review.
        a, b: what the texts say, None where they say nothing: the actors who may take the step, the limit, the
            extension, the outcome.
    """

    aspect: Aspect
    name: str
    a: object
    b: object


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference in behaviour, with the shortest case that shows it.

    Attributes:
        change: what differs.
        side: whose case it is.
        letter: the step with which it differs.
        stages: the stages before that step in the text whose case it is.
        other_stages: the stages of the other text after the same steps.
        known: whether the other text has that step at all.
        passed: steps on the way that only one of the texts has; the comparison went on past them.
        length: how many steps the case has.
        witness: the dated case; None where it could not be dated or confirmed.
    """

    change: Change
    side: Side
    letter: Letter
    stages: tuple[str, ...]
    other_stages: tuple[str, ...]
    known: bool
    passed: tuple[str, ...]
    length: int
    witness: Witness | None = field(default=None, compare=False)

    @property
    def confirmed(self) -> bool:
        """Whether a dated case shows it."""
        return self.witness is not None
