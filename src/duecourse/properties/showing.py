"""What cases can show of a claim, and what is known of that in each state of its automaton."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from duecourse.kernels.graphs import ANYWHERE, AT_LAST, NOWHERE
from duecourse.properties.automaton import Colour

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from duecourse.properties.watching import Symbol, Watching


class Quality(Enum):
    """What a case can show of a claim.

    `VIOLATED`: it violates it, for good or by being over before it is satisfied. `ACCEPTED`: it satisfies it as far as
    it goes. `SATISFIED`: it is over, and satisfies it.
    """

    VIOLATED = "violated"
    ACCEPTED = "accepted"
    SATISFIED = "satisfied"


class Judged:
    """The states of a claim, by what is known in them of something that cases can show.

    Attributes:
        states: those that any of the symbols lead to, the initial one first.
        number: the place of each.
        now: for each, whether it is shown.
        at_the_end: for each, whether it is shown if the case is over.
        never: for each, whether it is never shown.
    """

    def __init__(self, watching: Watching, quality: Quality, alphabet: list[Symbol]) -> None:
        self.watching, self.alphabet = watching, alphabet
        self.number = {watching.initial: 0}
        for state in (states := [watching.initial]):
            for symbol in alphabet:
                for after in watching.after(state, symbol):
                    if after not in self.number:
                        self.number[after] = len(states)
                        states.append(after)
        self.states = states
        accepting = np.array([watching.accepting(state) for state in states], np.bool_)
        colours = [watching.colour(state) for state in states]
        violated = np.array([colour is Colour.VIOLATED for colour in colours], np.bool_)
        satisfied = np.array([colour is Colour.SATISFIED for colour in colours], np.bool_)
        none = np.zeros(len(states), np.bool_)
        self.now, self.at_the_end, self.never = {
            Quality.VIOLATED: (violated, ~accepting, satisfied),
            Quality.ACCEPTED: (accepting, none, violated),
            Quality.SATISFIED: (none, accepting, violated),
        }[quality]

    @property
    def aims(self) -> NDArray[np.int8]:
        """For each state, where it is shown: anywhere, where the case is over, or nowhere."""
        at_the_end = np.where(self.at_the_end, AT_LAST, NOWHERE)
        return np.where(self.now, ANYWHERE, at_the_end).astype(np.int8)

    @property
    def covered(self) -> bool:
        """Whether what is shown from the initial state is shown from every other state too.

        Then a configuration counts as reached in the initial state wherever it is reached at all. Found by simulation:
        the greatest relation of states in which the second shows it where the first does, and whatever the first leads
        to is related to something that the second leads to.
        """
        after = [
            [
                [self.number[to] for to in self.watching.after(state, symbol)]
                for symbol in self.alphabet
            ]
            for state in self.states
        ]
        now, end = self.now.tolist(), self.at_the_end.tolist()
        places = range(len(self.states))
        related = {
            (one, other)
            for one in places
            for other in places
            if now[other] or (now[one] <= now[other] and end[one] <= end[other])
        }
        while True:
            smaller = {
                (one, other)
                for one, other in related
                if now[other]
                or all(
                    any((to, beside) in related for beside in besides)
                    for leads, besides in zip(after[one], after[other], strict=True)
                    for to in leads
                )
            }
            if smaller == related:
                return all((0, other) in related for other in places)
            related = smaller
