"""What a claim says of one position of a trace: Boolean combinations of steps, facts and happenings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duecourse.model.expression import Compare


@dataclass(frozen=True, slots=True)
class Proposition:
    """What a position of a trace may make true; two that say the same are equal wherever they stand.

    Attributes:
        kind: `name` (a step or a fact), `compare`, `true`, `false`, `not`, `and`, `or`, or a word of `EVENTS`.
        names: the names that it speaks of: one for `name`, one or several (any of them) for a word of `EVENTS`.
        parts: what `not`, `and` and `or` join.
        compare: the comparison.
        offset: where it begins in the claim; what a definition means stands where its name does.
        depth: how deep it is nested.
    """

    kind: str
    names: tuple[str, ...] = ()
    parts: tuple[Proposition, ...] = ()
    compare: Compare | None = None
    offset: int = field(default=0, compare=False)
    depth: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "depth", 1 + max((part.depth for part in self.parts), default=0))

    def __str__(self) -> str:
        if self.kind in {"and", "or"}:
            inner = (
                f"({part})" if part.kind in {"and", "or"} else str(part) for part in self.parts
            )
            return f" {self.kind} ".join(inner)
        if self.kind == "not":
            (part,) = self.parts
            return f"not ({part})" if part.kind in {"and", "or"} else f"not {part}"
        if self.compare is not None:
            return str(self.compare)
        names = self.names[0] if len(self.names) == 1 else f"({', '.join(self.names)})"
        return (
            self.names[0]
            if self.kind == "name"
            else f"{self.kind} {names}"
            if self.names
            else self.kind
        )
