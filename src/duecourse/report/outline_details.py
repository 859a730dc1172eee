"""The sentences of an outline: what each part of a procedure does, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.model.expression import TRUE, variables
from duecourse.report.words import condition, listed, meaning, say, span
from duecourse.report.wrapping import columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from duecourse.calendar import Span
    from duecourse.model.expression import Expression
    from duecourse.model.procedure import (
        Clock,
        Definition,
        Label,
        Lang,
        On,
        Outcome,
        Panel,
        Procedure,
        Reading,
        Step,
        Suspension,
    )

LONGEST_GUARD = 190
MANY_STAGES = 4


class Sentences:
    """Tells the parts of one procedure in one language.

    It remembers which long lists of stages it has told, so it tells each of them once.
    """

    def __init__(self, procedure: Procedure, lang: Lang) -> None:
        self.procedure, self.lang = procedure, lang
        self.replies = {
            panel.id: {s.id for s in procedure.steps if s.reply and s.reply.panel == panel.id}
            for panel in procedure.panels
        }
        self.wide: dict[tuple[str, ...], str] = {}

    def definition(self, definition: Definition) -> str:
        """Return what a definition means."""
        return meaning(definition, self.procedure, self.lang)

    def outcome(self, outcome: Outcome) -> str:
        """Return the way to an outcome."""
        way = say(self.lang, "by ", "") + self._steps(outcome.steps)
        if outcome.sources:
            way += say(self.lang, " from ", "，自") + self._stages(outcome.sources)
        return way

    def step(self, step: Step) -> Iterator[str]:
        """Yield from where to where a step leads, its guard, and within what time."""
        yield from self._way(step)
        if step.reply:
            panel = self._name(self.procedure.panel[step.reply.panel].label)
            yield say(self.lang, "one reply in: ", "意见计入：") + panel
        yield from self._limits(step)

    def _way(self, step: Step) -> Iterator[str]:
        """Yield from which stages a step leads to which."""
        sources = self._sources(step)
        if not step.branches:
            yield say(self.lang, "during ", "期间：") + sources
        elif len(step.branches) == 1:
            yield f"{sources} → {self._stage(step.branches[0].stage)}"
        else:
            yield say(self.lang, "from ", "自") + sources
        if step.when != TRUE:
            yield say(self.lang, "if ", "条件：") + self._guard(step.when, step.id)
        for branch in step.branches[:-1]:
            yield f"→ {self._stage(branch.stage)}{self._when(branch.when, step.id)}"
        for branch in step.branches[-1:] if len(step.branches) > 1 else ():
            other = say(self.lang, ", otherwise", "，其他情形")
            yield f"→ {self._stage(branch.stage)}{self._when(branch.when, step.id) or other}"

    def _limits(self, step: Step) -> Iterator[str]:
        """Yield the limits within which a step has to be taken, and those that it lengthens."""
        for clock in self.procedure.clocks:
            stops = [on for on in clock.stops if on.step == step.id]
            if stops and {*step.actors} & {*clock.binds}:
                limit = span(clock.limit, self.lang)
                within = say(self.lang, f"within {limit}", f"{limit}内")
                yield f"{within} [{clock.id}]{self._when(stops[0].when, step.id)}"
            for longer in clock.extensions:
                if longer.step == step.id:
                    by = f"{self._by(longer.by)} [{clock.id}]{self._when(longer.when, step.id)}"
                    yield say(self.lang, "lengthens the limit ", "延长期限") + by

    def _by(self, length: Span | None) -> str:
        if length is None:
            return say(self.lang, "without a cap", "，无上限")
        return say(self.lang, "by ", "") + span(length, self.lang)

    def clock(self, clock: Clock) -> Iterator[str]:
        """Yield a clock's limit, whom it binds, what starts, stops and lengthens it, and its lapse."""
        lang = self.lang
        whom = listed(
            (self._name(self.procedure.actor[each].label) for each in clock.binds), lang, "and"
        )
        yield (
            say(lang, f"{span(clock.limit, lang)}, for ", f"{span(clock.limit, lang)}，约束") + whom
        )
        yield say(lang, "runs from ", "起算：") + self._occasions(clock.starts)
        yield say(lang, "until ", "截止：") + self._occasions(clock.stops)
        for longer in clock.extensions:
            by = f"{self._by(longer.by)}{say(lang, ': ', '：')}{self._steps([longer.step])}"
            yield say(lang, "longer ", "延长") + by + self._when(longer.when, clock.id)
        lapse = self._occasions(clock.on_lapse) if clock.on_lapse else ""
        breach = say(
            lang, "a lapse is a breach and has no other effect", "届满仅为逾期，无其他效果"
        )
        yield say(lang, "on a lapse: ", "届满：") + lapse if lapse else breach

    def panel(self, panel: Panel) -> Iterator[str]:
        """Yield who is asked, what they may reply, and what silence means."""
        lang = self.lang
        asked = (
            f"{self._name(self.procedure.actor[each.actor].label)} × {self._count(each.count)}"
            f"{self._when(each.when, panel.id)}"
            for each in panel.electorate
        )
        yield say(lang, "asked: ", "征询对象：") + say(self.lang, "; ", "；").join(asked)
        yield say(lang, "each replies: ", "各回复：") + listed(panel.replies, "en")
        yield say(lang, "opens with ", "开始：") + self._occasions(panel.opens)
        yield say(lang, "closes with ", "结束：") + self._occasions(panel.closes)
        silence = (
            say(
                lang, f"counts as {each.counts_as or 'nothing'}", f"计为 {each.counts_as or '不计'}"
            )
            + self._when(each.when, panel.id)
            for each in panel.silence
        )
        text = say(self.lang, "; ", "；").join(silence) or say(lang, "counts as nothing", "不计")
        yield say(lang, "silence ", "沉默：") + text

    def _count(self, count: int | str) -> str:
        return (
            str(count)
            if isinstance(count, int)
            else f"“{self._name(self.procedure.fact[count].label)}”"
        )

    def suspension(self, suspension: Suspension) -> Iterator[str]:
        """Yield what begins and ends a suspension, what it stops, what may still happen."""
        lang = self.lang
        yield say(lang, "begins with ", "开始：") + self._occasions(suspension.begins)
        yield say(lang, "ends with ", "结束：") + self._occasions(suspension.ends)
        stopped = (
            f"[{each.clock}]{self._when(each.when, suspension.id)}" for each in suspension.stops
        )
        yield say(lang, "stops ", "停止：") + ", ".join(stopped)
        permits = suspension.permits
        meanwhile = say(lang, "everything", "一切步骤") if permits is None else self._steps(permits)
        yield say(lang, "meanwhile possible: ", "期间可为：") + (
            meanwhile or say(lang, "nothing", "无")
        )

    def reading(self, reading: Reading) -> Iterator[str]:
        """Yield the options, the default marked with a star."""
        default = say(self.lang, " (default)", "（默认）")
        for option in reading.options:
            chosen = option.id == reading.default
            yield f"{'*' if chosen else '-'} {option.id}: {self.text(option.label)}{default if chosen else ''}"

    def _occasions(self, occasions: Iterable[On]) -> str:
        """Return steps as occasions, those under the same condition together."""
        together: dict[Expression, list[str]] = {}
        for each in occasions:
            together.setdefault(each.when, []).append(each.step)
        return say(self.lang, "; ", "；").join(
            self._steps(steps) + self._when(when, "") for when, steps in together.items()
        )

    def _steps(self, steps: Iterable[str]) -> str:
        """Return steps by their labels; all the replies of a panel in one word."""
        left = list(dict.fromkeys(steps))
        names: list[str] = []
        for replies in self.replies.values():
            if replies and replies <= set(left):
                names.append(say(self.lang, "any reply", "任一回复"))
                left = [each for each in left if each not in replies]
        labels = (f"“{self._name(self.procedure.step[each].label)}”" for each in left)
        return listed([*names, *dict.fromkeys(labels)], self.lang) if names or left else ""

    def _sources(self, step: Step) -> str:
        """Return the stages of a step; a long list that stood before is named by its step."""
        text = self._stages(step.sources)
        if len(step.sources) < MANY_STAGES:
            return text
        first = self.wide.setdefault(step.sources, step.id)
        count = len(step.sources)
        if first == step.id:
            return say(self.lang, f"any of {count} stages: {text}", f"{count}个阶段（{text}）")
        return say(self.lang, f"the {count} stages of [{first}]", f"[{first}]的{count}个阶段")

    def _stages(self, stages: Iterable[str]) -> str:
        return listed(
            (f"“{self._name(self.procedure.stage[each].label)}”" for each in stages), self.lang
        )

    def _stage(self, stage: str) -> str:
        return f"“{self._name(self.procedure.stage[stage].label)}”{self.ending(stage)}"

    def ending(self, stage: str) -> str:
        """Return whether a case begins or ends in a stage."""
        if self.procedure.stage[stage].final:
            return say(self.lang, " (end)", "（终结）")
        return say(self.lang, " (start)", "（起始）") if stage == self.procedure.initial else ""

    def who(self, actors: Iterable[str]) -> str:
        """Return the actors, any of whom may act."""
        names = (self.text(self.procedure.actor[each].label) for each in actors)
        return listed(names, self.lang)

    def _when(self, guard: Expression, of: str) -> str:
        if guard == TRUE:
            return ""
        return say(self.lang, ", if ", "，条件：") + self._guard(guard, of)

    def _guard(self, guard: Expression, of: str) -> str:
        text = condition(guard, self.procedure, self.lang)
        if not of or columns(text) <= LONGEST_GUARD:
            return text
        names = len(set(variables(guard)))
        return say(
            self.lang,
            f"a condition on {names} facts or readings holds (in full in the JSON)",
            f"涉及{names}项事实或解读的条件（全文见JSON）",
        )

    def _name(self, label: Label) -> str:
        """Return a label as other parts refer to it: in one language."""
        return label.text("zh" if self.lang == "zh" else "en")

    def text(self, label: Label) -> str:
        """Return a label in the language of the outline."""
        return label.text(self.lang)
