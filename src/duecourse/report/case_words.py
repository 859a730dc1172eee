"""The words of a case: what became of a clock, who replied, which readings were chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.calendar import Unit
from duecourse.model.case import short_name
from duecourse.report.lines import day_text
from duecourse.report.words import citations, say, sentence_case

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duecourse.calendar import Span
    from duecourse.model.case_report import Change, Entry, Round, Running
    from duecourse.model.procedure import Actor, Element, Label, Lang, Option, Reading

_CHANGES = {
    "started": ("begins", "起算"),
    "stopped": ("stops", "停止计算"),
    "extended": ("is extended", "延长"),
    "suspended": ("is suspended", "中止计算"),
    "resumed": ("runs on", "恢复计算"),
    "carried": ("is carried over", "继续计算"),
}
_REPLIES_ZH = {"support": "同意", "object": "不同意", "neutral": "不表态"}


def cited(element: Element | Entry, lang: Lang) -> str:
    """Return the articles of an element in brackets, with a space before them, or nothing where it has none.

    >>> from duecourse.model.procedure import Cite, Element, Mark
    >>> cited(Element(id="clock", cites=(Cite("9", Mark.WELL_KNOWN),)), "en")
    ' [Art. 9 (B+)]'
    """
    if not element.cites:
        return ""
    text = citations(element.cites, lang)
    return say(lang, f" [{text}]", f"〔{text.replace(', ', '、')}〕")


def titled(element: Element, lang: Lang) -> str:
    """Return an element with its articles, such as 'Preliminary review [Art. 11]'."""
    return sentence_case(element.label.text(lang)) + cited(element, lang)


def names(actors: Iterable[Actor], lang: Lang) -> str:
    """Return actors as a phrase, each of whom may act."""
    texts = [each.label.text(lang) for each in actors]
    return say(lang, " or ", "或").join(texts)


def days(count: int, lang: Lang) -> str:
    """Return a number of working days."""
    return say(lang, f"{count} working day{'' if count == 1 else 's'}", f"{count}个工作日")


def change_text(change: Change, lang: Lang) -> str:
    """Return what became of a clock."""
    verb = say(lang, *_CHANGES[change.kind])
    name = sentence_case(change.clock.label.text(lang))
    text = say(lang, f"“{name}” {verb}", f"“{name}”{verb}")
    if change.kind in {"stopped", "suspended", "carried"}:
        used = say(lang, f"after {days(change.used, lang)}", f"已计{days(change.used, lang)}")
        text += say(lang, " ", "，") + used
    if change.due is not None:
        due = say(lang, ", due ", "，届满日：")
        text += due + day_text(change.due, lang)
    elif change.kind in {"extended", "carried"}:
        text += say(lang, ", without limit", "，无上限")
    return text


def used_text(clock: Running, lang: Lang) -> str:
    """Return how much of a limit is used and left."""
    limit = " + ".join(_count(each, lang) for each in clock.limit)
    unit = "" if all(each.unit is Unit.WORKING_DAY for each in clock.limit) else " calendar days"
    used = say(lang, f"{clock.used}{unit} of {limit} used", f"已计{clock.used}日，期限{limit}")
    if clock.unlimited:
        return used + say(lang, ", extended without limit", "，延长且无上限")
    if clock.remaining is None:
        return used
    return used + say(lang, f", {clock.remaining} left", f"，剩余{clock.remaining}日")


def _count(length: Span, lang: Lang) -> str:
    zh = {
        Unit.WORKING_DAY: "个工作日",
        Unit.CALENDAR_DAY: "日",
        Unit.CALENDAR_MONTH: "个月",
    }[length.unit]
    return say(lang, str(length), f"{length.count}{zh}")


def replies_text(found: Round, lang: Lang) -> str:
    """Return how many replied what."""
    counted = (
        say(lang, f"{value} {count}", f"{_REPLIES_ZH.get(value, value)}{count}")
        for value, count in found.counts.items()
    )
    return say(lang, ", ", "，").join(counted)


def member_text(member: Label, lang: Lang) -> str:
    """Return a unit: in English by its abbreviation, in Chinese by its name.

    >>> from duecourse.model.procedure import Label
    >>> member_text(Label("Finance (MOF)", "财政部"), "en"), member_text(Label("Finance (MOF)", "财政部"), "zh")
    ('MOF', '财政部')
    """
    return say(lang, short_name(member), member.zh or member.en)


def reading_text(reading: Reading, option: Option, lang: Lang) -> str:
    """Return a reading with the option chosen, such as 'R5 silence = agreement: silence is agreement [Art. 12]'."""
    colon = say(lang, ": ", "：")
    text = f"{reading.ref} {reading.id} = {option.id}{colon}{option.label.text(lang)}"
    return text + cited(reading, lang)
