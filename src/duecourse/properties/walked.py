"""How a claim can stand, found out by walking: shortest ways through the configurations beside its automaton."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from duecourse.properties.automaton import Colour

if TYPE_CHECKING:
    from duecourse.model.table import Rule
    from duecourse.properties.explore import Exploration
    from duecourse.properties.watching import Watching


@dataclass(frozen=True)
class Walked:
    """How one claim can stand, each found out when it is asked (see `duecourse.properties.sweep.Swept`)."""

    exploration: Exploration
    watching: Watching

    @cached_property
    def violated(self) -> bool:
        """Whether some case violates it."""
        return violation(self.exploration, self.watching) is not None

    @cached_property
    def accepted(self) -> bool:
        """Whether some case, complete or not, satisfies it as far as it goes."""
        accepting = self.watching.accepting
        return self.exploration.way_to(self.watching, accepting, accepting) is not None

    @cached_property
    def satisfied(self) -> bool:
        """Whether some complete case satisfies it."""
        return satisfaction(self.exploration, self.watching) is not None


def violation(exploration: Exploration, watching: Watching) -> tuple[Rule, ...] | None:
    """Return a shortest case that violates a claim."""
    return exploration.way_to(
        watching,
        watching.violated,
        lambda state: not watching.accepting(state),
        given_up=Colour.SATISFIED,
    )


def satisfaction(exploration: Exploration, watching: Watching) -> tuple[Rule, ...] | None:
    """Return a shortest complete case that satisfies a claim."""
    return exploration.way_to(
        watching, lambda _: False, watching.accepting, given_up=Colour.VIOLATED
    )
