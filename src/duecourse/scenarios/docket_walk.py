"""Proof that what a scenario does with open cases is allowed from where they stand, before anything is simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.model.layers import Entry
from duecourse.model.source import parse
from duecourse.scenarios.extend import Layers
from duecourse.scenarios.walk import MOST, Walk

if TYPE_CHECKING:
    from duecourse.model.table import Table
    from duecourse.scenarios.docket import Position
    from duecourse.scenarios.scenario import Scenario


class DocketWalk(Walk):
    """The walk over the law, from open cases on.

    Args:
        scenario: what is done with them.
        table: its procedure, compiled under its readings.
    """

    def __init__(self, scenario: Scenario, table: Table) -> None:
        nowhere = Entry({"choose": {}}, parse(b"", scenario.id), ())
        activities = {name: [nowhere] * len(each) for name, each in scenario.behaviours.items()}
        super().__init__(scenario, table, Layers(nowhere, {"class": [], "stage": []}, activities))
        self.stages = dict.fromkeys(activities, nowhere)
        self.proved: dict[str, set[tuple[int, int]]] = {}
        self.surroundings: dict[str, dict[int, frozenset[int]]] = {}
        self.wrongs: list[str] = []

    def faults(self, kind: str, packed: int, position: Position) -> list[str]:
        """Return what is wrong with going on from a configuration and a position in its stage; empty if nothing is.

        The walk ends with the first step that is wrong.
        """
        self.wrongs, self.seen = [], 0
        self.beside = self.side_steps(kind)
        self.around = self.surroundings.setdefault(kind, {})
        self.walk(kind, list(self.first_moves(kind, packed, position)))
        return list(dict.fromkeys(self.wrongs))

    def first_moves(self, kind: str, packed: int, position: Position) -> list[tuple[int, int]]:
        """Return where what is left of the activity may lead, each with the position there."""
        stage, index = self.table.stage(packed), position.index
        found = []
        if not position.begun and position.rest.probability[kind] < 1:
            found.append((packed, index + 1))
        for to in self.outcomes(kind, packed, position.rest, stage, index):
            if self.table.stage(to) != stage:
                found.append((to, 0))
            else:
                found.append((to, index + 1))
                if position.again:
                    found.append((to, index))
        return found

    def walk(self, kind: str, queue: list[tuple[int, int]]) -> None:
        """Walk on from there; what was walked before without finding anything is not walked again."""
        proved = self.proved.setdefault(kind, set())
        known = set(queue)
        for now, position in queue:
            if (now, position) in proved:
                continue
            if len(known) > MOST:
                self.wrongs.append(f"not proved to be legal: more than {MOST} configurations")
                return
            for then in self.after(kind, now, position):
                if then not in known:
                    known.add(then)
                    queue.append(then)
            if self.wrongs:
                return
        if not self.wrongs:
            proved |= known

    def wrong(
        self,
        code: str,  # noqa: ARG002  (as the walk of a scenario has it)
        message: str,
        entry: Entry,  # noqa: ARG002
        *where: str | int,  # noqa: ARG002
        once: str = "",  # noqa: ARG002
    ) -> None:
        """Note what is wrong; it belongs to the open case, wherever in the scenario it shows."""
        self.wrongs.append(message)
