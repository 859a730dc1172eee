"""What the boxes of a picture say: labels in both languages, articles, who acts, what it does to limits."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from duecourse.report.diagram.face import CHIP, ROOM, SIGN, STYLES, Face, Glyph, Line, set_lines
from duecourse.report.diagram.lanes import circled
from duecourse.report.words import citations, listed, say
from duecourse.report.wrapping import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from duecourse.model.procedure import Element, Label, Lang, Procedure, Step
    from duecourse.report.diagram.graph import Graph, Node

FAMILY = 3
"""From so many steps on, those whose labels begin alike are told together."""
FAMILY_LINES = 4
LABEL_LINES = 5


MOST_ENTRIES = 7
ROUND_END = 18.0


@dataclass(frozen=True, slots=True)
class Family:
    """Steps that one entry of a box tells: usually one, or several whose labels begin alike."""

    steps: tuple[Step, ...]
    label: Label


class Content:
    """Writes the faces of the boxes of one picture."""

    def __init__(
        self, graph: Graph, lang: Lang, figures: Mapping[str, Label] | None = None
    ) -> None:
        self.graph, self.lang, self.figures = graph, lang, figures or {}
        self.procedure: Procedure = graph.procedure
        self.number = {actor.id: at for at, actor in enumerate(self.acting(), start=1)}

    def acting(self) -> list[Element]:
        """Return the actors of the picture in the order of its lanes."""
        return [self.procedure.actor[each] for lane in self.graph.lanes for each in lane.actors]

    def face(self, node: Node) -> Face:
        """Return the face of a node."""
        if node.stage:
            return self._stage(node)
        return self._panel(node) if node.panel else self._steps(node)

    def both(self, label: Label) -> tuple[str, str]:
        """Return the main text and the one below it, empty where one language is asked for."""
        if self.lang == "both":
            return label.en, label.zh
        return label.text(self.lang), ""

    def _label(
        self, label: Label, style: str, most: int = LABEL_LINES, room: float = ROOM
    ) -> list[Line]:
        """Return a label as lines, Chinese below English or beside it where one line holds both."""
        main, below = self.both(label)
        together = f"{main} {below}"
        if below and STYLES[style].width(together) <= room:
            return set_lines(together, style, room)
        lines = set_lines(main, style, room, most=most)
        return lines + set_lines(below, f"{style}-zh", room, most=most)

    def _stage(self, node: Node) -> Face:
        stage = self.procedure.stage[node.stage]
        style = "end" if stage.final else "stage"
        room = ROOM - (ROUND_END if stage.final else 0)
        lines = self._label(stage.label, style, room=room)
        lines += self._figure(f"stage.{node.stage}", f"{style}-zh", room)
        letters = sorted(self.graph.letters.get(node.stage, ()), key=lambda each: (len(each), each))
        for row in batched(letters, int(room // (CHIP + 2))):
            lines.append(Line("", style, chips=row, above=2))
        cites = citations(stage.cites, self.lang)
        return Face(tuple(lines), f"{stage.label.text('both')}\n{cites} [{stage.id}]")

    def _steps(self, node: Node) -> Face:
        lines: list[Line] = []
        told = list(families([self.procedure.step[each] for each in node.steps]))
        shown = told if len(told) <= MOST_ENTRIES else told[: MOST_ENTRIES - 1]
        for family in shown:
            chips = (node.letter,) if node.letter and not lines else ()
            lines += self._entry(family, chips, 5.0 if lines else 0.0)
        rest = sum(len(family.steps) for family in told[len(shown) :])
        if rest:
            text = say(self.lang, f"and {rest} more", f"另有{rest}个步骤")
            lines += set_lines(text, "eyebrow", above=5)
        return Face(tuple(lines), "\n".join(self._hover(node)))

    def _entry(self, family: Family, chips: tuple[str, ...], above: float) -> Iterator[Line]:
        first, several = family.steps[0], len(family.steps) > 1
        cites = tuple(dict.fromkeys(cite for step in family.steps for cite in step.cites))
        lane = self.graph.lanes[self._lane(first)]
        who = "".join(circled(self.number[actor]) for actor in first.actors)
        parts = [
            citations(cites, self.lang),
            who if len(lane.actors) > 1 else "",
            f"× {len(family.steps)}" if several else "",
        ]
        yield eyebrow("  ".join(filter(None, parts)), chips, self._glyph(first), above)
        yield from self._label(family.label, "step", FAMILY_LINES if several else LABEL_LINES)
        for step in family.steps if not several else ():
            yield from self._figure(f"step.{step.id}", "eyebrow", ROOM)

    def _figure(self, name: str, style: str, room: float) -> list[Line]:
        """Return what stands at a stage or a step besides its label."""
        if name not in self.figures:
            return []
        tongue: Lang = "zh" if self.lang == "zh" else "en"
        return set_lines(self.figures[name].text(tongue), style, room)

    def _lane(self, step: Step) -> int:
        lanes = self.graph.lanes
        return next(at for at, lane in enumerate(lanes) if step.actors[0] in lane.actors)

    def _glyph(self, step: Step) -> Glyph:
        """Return the sign of a step that stops limits, lets them run again, or lengthens one."""
        reach = self.graph.reach
        for each in self.procedure.suspensions:
            if step.id in reach.steps(each.begins):
                return "pause"
            if step.id in reach.steps(each.ends) and reach.steps(each.begins):
                return "resume"
        longer = (on for clock in self.procedure.clocks for on in clock.extensions)
        return "longer" if any(on.step == step.id for on in longer) else ""

    def _panel(self, node: Node) -> Face:
        panel = self.procedure.panel[node.panel]
        steps = [self.procedure.step[each] for each in node.steps]
        chips = (node.letter,) if node.letter else ()
        cites = citations(panel.cites, self.lang)
        lines = [eyebrow(f"{cites}  × {len(steps)}".strip(), chips)]
        lines += self._label(panel.label, "stage")
        lines += set_lines(self._electorate(node.panel), "step", most=LABEL_LINES, above=4)
        for text, style in zip(self._replies(steps), ("step", "step-zh"), strict=True):
            lines += set_lines(text, style, most=LABEL_LINES, above=2)
        count = f"{panel.label.text('both')} ({len(steps)} steps)"
        return Face(tuple(lines), "\n".join([count, *self._hover(node)]))

    def _electorate(self, panel: str) -> str:
        """Return who is asked and how many, such as '13 × ⑤ + 0 to 2 × ⑥'."""
        reach = self.graph.reach
        asked: dict[str, str] = {}
        for each in self.procedure.panel[panel].electorate:
            if reach.possible(each.when):
                values = (each.count,) if isinstance(each.count, int) else reach.domains[each.count]
                low, high = min(map(int, values)), max(map(int, values))
                number = str(low) if low == high else f"{low}–{high}"
                asked.setdefault(each.actor, f"{number} × {self._who(each.actor)}")
        return " + ".join(asked.values())

    def _who(self, actor: str) -> str:
        if actor in self.number:
            return circled(self.number[actor])
        return self.both(self.procedure.actor[actor].label)[0]

    def _replies(self, steps: Sequence[Step]) -> tuple[str, str]:
        """Return the possible replies in words, without what all their labels begin with."""
        labels = {step.reply.value: step.label for step in steps if step.reply}
        english = [label.text("zh" if self.lang == "zh" else "en") for label in labels.values()]
        chinese = [label.zh for label in labels.values() if label.zh]
        below = listed(_differing(chinese), "zh") if self.lang == "both" and chinese else ""
        return " / ".join(_differing(english)), below

    def _hover(self, node: Node) -> Iterator[str]:
        """Yield one line for each step: its label, who takes it, its articles, its id."""
        for each in node.steps:
            step = self.procedure.step[each]
            who = listed((self.procedure.actor[actor].label.en for actor in step.actors), "en")
            cites = citations(step.cites, "en")
            yield f"{step.label.text('both')}: {who}, {cites} [{step.id}]"


def eyebrow(text: str, chips: tuple[str, ...] = (), glyph: Glyph = "", above: float = 0.0) -> Line:
    """Return the small line over an entry, cut where it is too long."""
    taken = (CHIP + 4 if chips else 0) + (SIGN if glyph else 0)
    return Line(
        shorten(text, ROOM - taken, STYLES["eyebrow"].width), "eyebrow", chips, glyph, above
    )


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
    begin = "".join(_shared(chinese))
    ends = [text.removeprefix(begin) for text in chinese]
    zh = f"{begin.rstrip('：')}：{'；'.join(ends)}" if all(chinese) else ""
    return type(steps[0].label)(f"{shared.rstrip(' :')}: {'; '.join(rest)}", zh)


def _shared_words(texts: Sequence[str]) -> str:
    """Return the words with which all texts begin."""
    return " ".join(_shared([text.split() for text in texts]))


def _differing(texts: Sequence[str]) -> list[str]:
    """Return the texts without the words, or before a colon the part, that they all begin with."""
    texts = list(dict.fromkeys(texts))
    begin = "".join(_shared(texts))
    cut = max(begin.rfind(mark) for mark in ("：", ": ")) + 1
    return [text[cut:].strip() for text in texts]


def _shared(sequences: Sequence[Sequence[str]]) -> list[str]:
    """Return what all sequences begin with."""
    together = takewhile(lambda each: len({*each}) == 1, zip(*sequences, strict=False))
    return [each[0] for each in together]


def batched(letters: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    """Yield letters in rows of a size."""
    for start in range(0, len(letters), size):
        yield tuple(letters[start : start + size])
