"""What stands in an outline: each part of a procedure as one entry with its details in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.report.outline_details import Sentences
from duecourse.report.words import marked, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from duecourse.model.procedure import Cite, Element, Lang, Procedure


@dataclass(frozen=True, slots=True)
class Entry:
    """One part of a procedure as it stands in the outline.

    Attributes:
        kind: which part of a procedure it is, in one word.
        text: what it is, in one sentence.
        home: the article under which it stands in full.
        marks: the mark that it has under each article it cites, if that differs from the article's.
        brief: how it is named under the other articles; empty where it is not worth a line.
        who: who acts, for a step.
    """

    kind: str
    text: str
    home: str
    marks: dict[str, str]
    details: tuple[str, ...] = ()
    brief: str = ""
    who: str = ""

    @property
    def articles(self) -> set[str]:
        """The articles that it cites."""
        return set(self.marks)

    def mark(self, number: str) -> str:
        """Return its mark under an article, in brackets, or nothing."""
        return self.marks.get(number, "")


def entries(procedure: Procedure, lang: Lang) -> tuple[Entry, ...]:
    """Return every part of a procedure as an entry, in the order in which an article shows them."""
    make = _Entries(procedure, lang)
    return (*make.nouns(), *make.rules(), *make.open_points())


class _Entries:
    def __init__(self, procedure: Procedure, lang: Lang) -> None:
        self.procedure, self.lang = procedure, lang
        self.tell = Sentences(procedure, lang)
        self.usual = {each.id: each.mark for each in procedure.articles}
        self.order = {each.id: place for place, each in enumerate(procedure.articles)}

    def nouns(self) -> Iterator[Entry]:
        for actor in self.procedure.actors:
            members = [self.tell.text(each) for each in actor.members]
            names = say(self.lang, ", ", "、").join(members)
            named = [f"{len(members)}: {names}"] if members else []
            yield self.entry(("actor", "主体"), actor, named, short=False)
        for stage in self.procedure.stages:
            ending = self.tell.ending(stage.id)
            yield self.entry(("stage", "阶段"), stage, after=ending, short=False)
        for fact in self.procedure.facts:
            yield self.entry(("fact", "事实"), fact, short=False)

    def rules(self) -> Iterator[Entry]:
        procedure, tell = self.procedure, self.tell
        for definition in procedure.definitions:
            means = [tell.definition(definition)]
            yield self.entry(("definition", "定义"), definition, means)
        for step in procedure.steps:
            who = tell.who(step.actors)
            yield self.entry(("step", "步骤"), step, tell.step(step), who=who)
        for clock in procedure.clocks:
            yield self.entry(("clock", "期限"), clock, tell.clock(clock))
        for panel in procedure.panels:
            yield self.entry(("panel", "征询"), panel, tell.panel(panel))
        for suspension in procedure.suspensions:
            begun = tell.suspension(suspension)
            yield self.entry(("suspension", "中止"), suspension, begun)

    def open_points(self) -> Iterator[Entry]:
        for reading in self.procedure.readings:
            name = f"{reading.ref} {reading.id}: "
            options = self.tell.reading(reading)
            yield self.entry(("reading", "解读"), reading, options, before=name)
        for outcome in self.procedure.outcomes:
            way = [self.tell.outcome(outcome)]
            yield self.entry(("outcome", "结果"), outcome, way, short=False)
        for left in self.procedure.not_modelled:
            text = self.tell.text(left.reason)
            home, marks = self.home(left.cites), self.marks(left.cites)
            yield Entry(say(self.lang, "LEFT OUT", "未建模"), text, home, marks, brief=text)

    def entry(  # noqa: PLR0913  (the parts of one line)
        self,
        kind: tuple[str, str],
        element: Element,
        details: Iterable[str] = (),
        *,
        who: str = "",
        before: str = "",
        after: str = "",
        short: bool = True,
    ) -> Entry:
        label, word = before + self.tell.text(element.label), say(self.lang, *kind)
        code = "" if before else f" [{element.id}]"
        return Entry(
            kind=word,
            text=label + code + after,
            home=self.home(element.cites),
            marks=self.marks(element.cites),
            details=tuple(details),
            brief=f"{word}: {label}" if short else "",
            who=who,
        )

    def home(self, cites: Iterable[Cite]) -> str:
        known = [each.article for each in cites if each.article in self.order]
        return min(known, key=lambda number: self.order[number], default="")

    def marks(self, cites: Iterable[Cite]) -> dict[str, str]:
        return {
            each.article: marked(each.mark, self.usual.get(each.article, each.mark))
            for each in cites
        }
