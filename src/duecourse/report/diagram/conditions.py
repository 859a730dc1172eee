"""What stands on the arrows of a picture where a step may lead to several stages: on what that depends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from duecourse.model.expression import TRUE, simplify
from duecourse.report.diagram.face import STYLES, WIDTH, Line, set_lines
from duecourse.report.words import condition, say

if TYPE_CHECKING:
    from duecourse.model.procedure import Lang, Step
    from duecourse.report.diagram.graph import Graph, Node

BESIDE = 5.0
"""How far a condition stands from its arrow."""
LEAST_ROOM = 40.0
MOST_LINES = {"en": 3, "zh": 3, "both": 2}

Edge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Condition:
    """The condition of an arrow.

    Attributes:
        lines: its short form; none where there is no room for it.
        width: how much of the lower edge of its box the arrow has, with what stands beside it.
        hover: all of it, for each step of the box.
    """

    lines: tuple[Line, ...]
    hover: str
    width: float = 0.0


def conditions(graph: Graph, lang: Lang) -> dict[Edge, Condition]:
    """Return the conditions of the arrows from boxes with more than one, under the default readings."""
    found: dict[Edge, Condition] = {}
    for node in graph.nodes.values():
        targets = [target for source, target in graph.edges if source == node.name]
        if node.steps and len(targets) > 1:
            wishes = {
                target: _condition(node, target, graph, lang, 10 * WIDTH) for target in targets
            }
            widths = _shares({target: _wish(each) for target, each in wishes.items()})
            for target, width in widths.items():
                written = _condition(node, target, graph, lang, width - 2 * BESIDE)
                found[node.name, target] = replace(written, width=width)
    return found


def _wish(whole: Condition) -> float:
    """Return how wide a condition is that does not break."""
    style = STYLES["branch"]
    return max((style.width(line.text) for line in whole.lines), default=0.0) + 2 * BESIDE + 1


def _shares(wishes: dict[str, float]) -> dict[str, float]:
    """Return how the width of a box is shared: short conditions get what they need, long ones the rest."""
    found: dict[str, float] = {}
    left = WIDTH
    for count, target in enumerate(sorted(wishes, key=wishes.__getitem__)):
        share = left / (len(wishes) - count)
        found[target] = share if count == len(wishes) - 1 else min(wishes[target], share)
        left -= found[target]
    return found


def _condition(node: Node, target: str, graph: Graph, lang: Lang, room: float) -> Condition:
    steps = [graph.procedure.step[each] for each in node.steps]
    stage = graph.nodes[target].stage
    tongues: tuple[Lang, ...] = ("en", "zh") if lang == "both" else (lang,)
    lines: list[Line] = []
    hover: list[str] = []
    for tongue in tongues:
        texts = [_text(step, stage, graph, tongue) for step in steps]
        other = say(tongue, "it depends on the step", "视步骤而定")
        short = texts[0] if len({*texts}) == 1 else other
        if room >= LEAST_ROOM:
            lines += set_lines(short, "branch", room, most=MOST_LINES[lang])
        hover += [
            f"{step.label.text(tongue)} → {graph.procedure.stage[stage].label.text(tongue)}: {text}"
            for step, text in zip(steps, texts, strict=True)
        ]
    return Condition(tuple(lines), "\n".join(hover))


def _text(step: Step, stage: str, graph: Graph, lang: Lang) -> str:
    """Return on what it depends that a step leads to a stage, in words."""
    fixed = {name: values[0] for name, values in graph.reach.domains.items() if len(values) == 1}
    guards = [simplify(each.when, fixed) for each in step.branches if each.stage == stage]
    if TRUE in guards or not guards:
        return say(lang, "otherwise", "其他情形")
    return say(lang, " or ", "，或者").join(
        condition(each, graph.procedure, lang) for each in guards
    )
