"""What the boxes of a picture say: labels in both languages, articles, who acts, what it does to limits."""

from __future__ import annotations

from dataclasses import dataclass
from os.path import commonprefix
from typing import TYPE_CHECKING

from duecourse.report.diagram.face import Face, Glyph, Line, set_lines
from duecourse.report.diagram.lanes import circled
from duecourse.report.words import citations, listed, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from duecourse.model.procedure import Cite, Element, Label, Lang, Procedure, Step
    from duecourse.report.diagram.graph import Graph, Node

FAMILY = 3
"""From so many steps on, those whose labels begin alike are told together."""
FAMILY_LINES = 3
LABEL_LINES = 5


@dataclass(frozen=True, slots=True)
class Family:
    """Steps that one entry of a box tells: usually one, or several whose labels begin alike."""

    steps: tuple[Step, ...]
    label: Label


class Content:
    """Writes the faces of the boxes of one picture."""

    def __init__(self, graph: Graph, lang: Lang) -> None:
        self.graph, self.lang = graph, lang
        self.procedure: Procedure = graph.procedure
        self.number = {actor.id: at for at, actor in enumerate(self.acting(), start=1)}

    def acting(self) -> list[Element]:
        """Return the actors of the picture in the order of its lanes."""
        return [self.procedure.actor[each] for lane in self.graph.lanes for each in lane.actors]

    def face(self, node: Node) -> Face:
        """Return the face of a node."""
        if node.stage:
            return self.stage(node)
        return self.panel(node) if node.panel else self.steps(node)

    def both(self, label: Label) -> tuple[str, str]:
        """Return the main text and the one below it, empty where one language is asked for."""
        if self.lang == "both":
            return label.en, label.zh
        return label.text(self.lang), ""

    def stage(self, node: Node) -> Face:
        stage = self.procedure.stage[node.stage]
        style = "end" if stage.final else "stage"
        main, below = self.both(stage.label)
        lines = [*set_lines(main, style, most=LABEL_LINES)]
        lines += set_lines(below, f"{style}-zh", most=LABEL_LINES)
        letters = self.graph.letters.get(node.stage, ())
        if letters:
            lines.append(Line("", style, chips=letters, above=2))
        cites = citations(stage.cites, self.lang)
        return Face(tuple(lines), f"{_plain(stage.label)}\n{cites} [{stage.id}]")

    def steps(self, node: Node) -> Face:
        lines: list[Line] = []
        for family in families([self.procedure.step[each] for each in node.steps]):
            above = 5.0 if lines else 0.0
            chips = (node.letter,) if node.letter and not lines else ()
            lines += self.entry(family, chips, above)
        return Face(tuple(lines), "\n".join(self.hover(node)))

    def entry(self, family: Family, chips: tuple[str, ...], above: float) -> Iterator[Line]:
        first, several = family.steps[0], len(family.steps) > 1
        cites = tuple(dict.fromkeys(cite for step in family.steps for cite in step.cites))
        eyebrow = self.eyebrow(cites, first, len(family.steps))
        yield Line(eyebrow, "eyebrow", chips, self.glyph(first), above)
        main, below = self.both(family.label)
        most = FAMILY_LINES if several else LABEL_LINES
        yield from set_lines(main, "step", most=most)
        yield from set_lines(below, "step-zh", most=most)

    def eyebrow(self, cites: Sequence[Cite], step: Step, count: int) -> str:
        lane = self.graph.lanes[self.lane(step)]
        who = "".join(circled(self.number[actor]) for actor in step.actors)
        parts = [
            citations(cites, self.lang),
            who if len(lane.actors) > 1 else "",
            f"× {count}" if count > 1 else "",
        ]
        return "  ".join(part for part in parts if part)

    def lane(self, step: Step) -> int:
        lanes = self.graph.lanes
        return next(at for at, lane in enumerate(lanes) if step.actors[0] in lane.actors)

    def glyph(self, step: Step) -> Glyph:
        """Return the sign of a step that stops limits, lets them run again, or lengthens one."""
        reach = self.graph.reach
        for each in self.procedure.suspensions:
            if step.id in reach.steps(each.begins):
                return "pause"
            if step.id in reach.steps(each.ends) and reach.steps(each.begins):
                return "resume"
        longer = (on for clock in self.procedure.clocks for on in clock.extensions)
        return "longer" if any(on.step == step.id for on in longer) else ""

    def panel(self, node: Node) -> Face:
        panel = self.procedure.panel[node.panel]
        steps = [self.procedure.step[each] for each in node.steps]
        cites = citations(panel.cites, self.lang)
        chips = (node.letter,) if node.letter else ()
        count = say(self.lang, f"{len(steps)} steps", f"{len(steps)}个步骤")
        lines = [Line(f"{cites}  × {len(steps)}", "eyebrow", chips)]
        main, below = self.both(panel.label)
        lines += set_lines(main, "stage", most=LABEL_LINES)
        lines += set_lines(below, "stage-zh", most=LABEL_LINES)
        lines += set_lines(self.electorate(node.panel), "step", above=4)
        for text, style in zip(self.replies(steps), ("step", "step-zh"), strict=True):
            lines += set_lines(text, style, above=2)
        return Face(
            tuple(lines), "\n".join([f"{_plain(panel.label)} ({count})", *self.hover(node)])
        )

    def electorate(self, panel: str) -> str:
        """Return who is asked and how many, such as '13 × ⑤ + 0 to 2 × ⑥'."""
        reach = self.graph.reach
        asked: dict[str, str] = {}
        for each in self.procedure.panel[panel].electorate:
            if reach.possible(each.when):
                values = (each.count,) if isinstance(each.count, int) else reach.domains[each.count]
                low, high = min(map(int, values)), max(map(int, values))
                number = str(low) if low == high else f"{low}–{high}"
                asked.setdefault(each.actor, f"{number} × {self.who(each.actor)}")
        return " + ".join(asked.values())

    def who(self, actor: str) -> str:
        if actor in self.number:
            return circled(self.number[actor])
        return self.both(self.procedure.actor[actor].label)[0]

    def replies(self, steps: Sequence[Step]) -> tuple[str, str]:
        """Return the possible replies in words, without what all their labels begin with."""
        labels = {step.reply.value: step.label for step in steps if step.reply}
        english = [label.text("zh" if self.lang == "zh" else "en") for label in labels.values()]
        chinese = [label.zh for label in labels.values() if label.zh]
        below = listed(_differing(chinese), "zh") if self.lang == "both" and chinese else ""
        return " / ".join(_differing(english)), below

    def hover(self, node: Node) -> Iterator[str]:
        """Yield one line for each step: its label, who takes it, its articles, its id."""
        for each in node.steps:
            step = self.procedure.step[each]
            who = listed((self.procedure.actor[actor].label.en for actor in step.actors), "en")
            yield f"{_plain(step.label)}: {who}, {citations(step.cites, 'en')} [{step.id}]"


def families(steps: Sequence[Step]) -> Iterator[Family]:
    """Yield the steps one by one, those of a family together: same word in the id, labels alike."""
    by_word: dict[tuple[str, tuple[str, ...]], list[Step]] = {}
    for step in steps:
        by_word.setdefault((step.id.split("_")[0], step.actors), []).append(step)
    for together in by_word.values():
        shared = _shared_words([step.label.en for step in together])
        if len(together) < FAMILY or not shared:
            yield from (Family((step,), step.label) for step in together)
        else:
            yield Family(tuple(together), _family_label(together, shared))


def _family_label(steps: Sequence[Step], shared: str) -> Label:
    rest = [step.label.en.removeprefix(shared).strip(" :") for step in steps]
    chinese = [step.label.zh for step in steps]
    begin = commonprefix(chinese)
    ends = [text.removeprefix(begin) for text in chinese]
    zh = f"{begin.rstrip('：')}：{'；'.join(ends)}" if all(chinese) else ""
    return type(steps[0].label)(f"{shared.rstrip(' :')}: {'; '.join(rest)}", zh)


def _shared_words(texts: Sequence[str]) -> str:
    """Return the words with which all texts begin."""
    shared = commonprefix([text.split() for text in texts])
    return " ".join(shared)


def _differing(texts: Sequence[str]) -> list[str]:
    """Return the texts without the words, or before a colon the part, that they all begin with."""
    texts = list(dict.fromkeys(texts))
    begin = commonprefix(texts)
    cut = max(begin.rfind(mark) for mark in ("：", ": ")) + 1
    return [text[cut:].strip() for text in texts]


def _plain(label: Label) -> str:
    return label.text("both")
