"""The lanes of a picture: actors who always act together share one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from duecourse.model.procedure import Procedure, Step


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane: its actors, and whether it is the law's, which acts by lapse of time."""

    actors: tuple[str, ...]
    law: bool = False


def lanes(procedure: Procedure, steps: Sequence[Step]) -> tuple[Lane, ...]:
    """Return the lanes of the actors who take the given steps, the law's last.

    Two actors share a lane if one of them takes at least half of its steps jointly with the other,
    or if both belong to one panel.
    """
    acting = [
        actor.id for actor in procedure.actors if any(actor.id in step.actors for step in steps)
    ]
    leader = {actor: actor for actor in acting}
    for one, other in combinations(acting, 2):
        if _belong_together(one, other, procedure, steps):
            old, new = leader[other], leader[one]
            leader = {each: new if to == old else to for each, to in leader.items()}
    found = [
        Lane(members, law=_only_lapses(members, procedure, steps))
        for first in acting
        if (members := tuple(each for each in acting if leader[each] == leader[first]))[0] == first
    ]
    return tuple(sorted(found, key=lambda lane: lane.law))


def _belong_together(one: str, other: str, procedure: Procedure, steps: Iterable[Step]) -> bool:
    panels = ({each.actor for each in panel.electorate} for panel in procedure.panels)
    if any({one, other} <= panel for panel in panels):
        return True
    mine = {step.id for step in steps if one in step.actors}
    theirs = {step.id for step in steps if other in step.actors}
    return 2 * len(mine & theirs) >= min(len(mine), len(theirs)) and bool(mine & theirs)


def _only_lapses(members: Iterable[str], procedure: Procedure, steps: Iterable[Step]) -> bool:
    taken = {step.id for step in steps if {*members} & {*step.actors}}
    return taken <= procedure.lapse_steps


def circled(number: int) -> str:
    """Return a number in a circle, as actors are numbered.

    >>> circled(1), circled(21)
    ('①', '(21)')
    """
    return chr(0x245F + number) if number <= 20 else f"({number})"  # noqa: PLR2004  (Unicode has 20)
