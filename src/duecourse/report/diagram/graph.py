"""What a picture shows: stages, boxes of steps, and what leads to what."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from duecourse.report.diagram.lanes import Lane, lanes
from duecourse.report.diagram.reach import Reach, reach

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from duecourse.model.procedure import Procedure, Step

MOST_ARROWS = 3
"""A step that can be taken in more stages than this is drawn once, with a letter on each of them."""


@dataclass(frozen=True, slots=True)
class Node:
    """A stage, or steps that share a box because they do the same to a case.

    Attributes:
        name: unique in the picture.
        lane: the place of its lane.
        stage: the stage, or nothing for steps.
        steps: the steps in their order, empty for a stage.
        panel: the panel whose replies the steps are, if they are.
        home: for steps without arrows to them, the stages in which they can be taken.
        letter: how those stages refer to the box, where there are several.
        stays: whether the steps leave the case where it stands.
    """

    name: str
    lane: int
    stage: str = ""
    steps: tuple[str, ...] = ()
    panel: str = ""
    home: tuple[str, ...] = ()
    letter: str = ""
    stays: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """The picture as a graph.

    Attributes:
        ties: like edges, but only for the order of things, not drawn.
        letters: of each stage, the letters of the boxes that can be taken in it.
    """

    procedure: Procedure
    reach: Reach
    lanes: tuple[Lane, ...]
    nodes: dict[str, Node]
    edges: tuple[tuple[str, str], ...]
    ties: tuple[tuple[str, str], ...]
    letters: dict[str, tuple[str, ...]] = field(default_factory=dict)


def graph(procedure: Procedure, within: Reach | None = None) -> Graph:
    """Return what a picture of a procedure shows.

    Args:
        procedure: the procedure.
        within: what is possible; by default what is under the default readings.
    """
    return _Builder(procedure, within or reach(procedure)).graph()


def lettered() -> Iterator[str]:
    """Yield a, b, c … z, a1, b1 and so on."""
    for number in count():
        yield chr(ord("a") + number % 26) + (str(number // 26) if number >= 26 else "")  # noqa: PLR2004


class _Builder:
    def __init__(self, procedure: Procedure, within: Reach) -> None:
        self.procedure, self.reach = procedure, within
        self.steps = [step for step in procedure.steps if step.id in self.reach.sources]
        self.lanes = lanes(procedure, self.steps) or (Lane(()),)
        self.lane_of = {actor: at for at, lane in enumerate(self.lanes) for actor in lane.actors}
        self.order = {stage.id: at for at, stage in enumerate(procedure.stages)}

    def graph(self) -> Graph:
        boxes = self.boxes()
        stages = [
            Node(f"stage {stage.id}", self.holder(stage.id, boxes), stage=stage.id)
            for stage in self.procedure.stages
            if stage.id in self.reach.stages
        ]
        edges: list[tuple[str, str]] = []
        ties: list[tuple[str, str]] = []
        letters: dict[str, tuple[str, ...]] = {}
        for box in boxes:
            step = box.steps[0]
            for stage in box.home if box.letter else ():
                letters[stage] = tuple(dict.fromkeys((*letters.get(stage, ()), box.letter)))
            if box.home and not box.stays:
                ties.append((f"stage {box.home[0]}", box.name))
            elif not box.home:
                edges += [(f"stage {stage}", box.name) for stage in self.reach.sources[step]]
            if not box.stays:
                edges += [(box.name, f"stage {stage}") for stage in self.reach.targets[step]]
        nodes = {node.name: node for node in (*stages, *boxes)}
        return Graph(
            self.procedure, self.reach, self.lanes, nodes, tuple(edges), tuple(ties), letters
        )

    def boxes(self) -> list[Node]:
        """Return the boxes: steps together that one lane takes, in and to the same stages."""
        together: dict[tuple[object, ...], list[Step]] = {}
        for step in self.steps:
            sources = frozenset(self.reach.sources[step.id])
            panel = step.reply.panel if step.reply else ""
            key = (self.lane(step), sources, frozenset(self.reach.targets[step.id]), panel)
            together.setdefault(key, []).append(step)
        alphabet = lettered()
        known: dict[frozenset[str], str] = {}
        return [
            self.box(number, steps, known, alphabet)
            for number, steps in enumerate(together.values())
        ]

    def box(
        self,
        number: int,
        steps: list[Step],
        known: dict[frozenset[str], str],
        alphabet: Iterator[str],
    ) -> Node:
        sources = sorted(self.reach.sources[steps[0].id], key=self.order.__getitem__)
        targets = self.reach.targets[steps[0].id]
        stays = not targets or (len(sources) == 1 and {*targets} <= {*sources})
        lone = stays or len(sources) > MOST_ARROWS
        letter = ""
        if lone and len(sources) > 1:
            key = frozenset(sources)
            letter = known[key] = known.get(key) or next(alphabet)
        return Node(
            f"steps {number}",
            self.lane(steps[0]),
            steps=tuple(step.id for step in steps),
            panel=steps[0].reply.panel if steps[0].reply else "",
            home=tuple(sources) if lone else (),
            letter=letter,
            stays=stays,
        )

    def lane(self, step: Step) -> int:
        return self.lane_of[step.actors[0]]

    def holder(self, stage: str, boxes: Iterable[Node]) -> int:
        """Return the lane in which a stage stands: of who acts next, for an end of who acted last."""
        here = [box for box in boxes if stage in self.reach.sources[box.steps[0]]]
        came = [box for box in boxes if stage in self.reach.targets[box.steps[0]]]
        wishes = (
            *(box for box in here if box.panel),
            *(box for box in here if not box.home),
            *(box for box in came if not box.home),
            *came,
            *here,
        )
        return wishes[0].lane if wishes else 0
