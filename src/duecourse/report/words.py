"""A procedure's parts in words, English or Chinese: citations, limits, conditions, dates.

Chinese alone is written only for `lang = "zh"`; where both languages are asked for, the words that
join the bilingual labels are English.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.calendar import Unit
from duecourse.model.expression import And, Compare, Constant, Not, Or, Variable
from duecourse.model.procedure import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from duecourse.calendar import Span
    from duecourse.model.expression import Expression
    from duecourse.model.procedure import Cite, Clock, Definition, Label, Lang, Procedure

_SHORT = {Unit.WORKING_DAY: "WD", Unit.CALENDAR_DAY: "d", Unit.CALENDAR_MONTH: "months"}
_ZH = {
    " and ": "，且",
    " or ": "，或者",
    "yes": "是",
    "no": "否",
    "replies": "的意见",
    "pending": "未回复",
    "asked": "被征求意见方",
    "open": "进行中",
}


def say(lang: Lang, en: str, zh: str) -> str:
    """Return the English or the Chinese wording."""
    return zh if lang == "zh" else en


def article(number: str, lang: Lang) -> str:
    """Return how an article is named.

    >>> article("12", "en"), article("12", "zh"), article("Annex", "en")
    ('Art. 12', '第12条', 'Annex')
    """
    return number if not number[0].isdigit() else say(lang, f"Art. {number}", f"第{number}条")


def marked(mark: Mark, usual: Mark = Mark.SEEN) -> str:
    """Return the mark in brackets, or nothing where it is the usual one.

    >>> marked(Mark.INFERRED), marked(Mark.SEEN)
    (' (I)', '')
    """
    return "" if mark == usual else f" ({mark})"


def citations(cites: Iterable[Cite], lang: Lang) -> str:
    """Return citations as a short list, each with its mark where it was not seen in a source."""
    cites = tuple(cites)
    if lang == "zh" or not all(each.article[0].isdigit() for each in cites):
        return ", ".join(article(each.article, lang) + marked(each.mark) for each in cites)
    many = "Arts." if len(cites) > 1 else "Art."
    numbers = ", ".join(each.article + marked(each.mark) for each in cites)
    return f"{many} {numbers}" if cites else ""


def span(length: Span, lang: Lang) -> str:
    """Return a length of time with its unit.

    >>> from duecourse.calendar import Span
    >>> span(Span(10, Unit.WORKING_DAY), "en"), span(Span(10, Unit.WORKING_DAY), "zh")
    ('10 working days', '10个工作日')
    """
    return say(lang, str(length), length.zh)


def short_limit(clock: Clock, lengthened: Iterable[Span | None], lang: Lang) -> str:
    """Return a clock's limit for a narrow place, such as '≤ 30 WD (+15)' or '≤ 90 WD (extendable)'."""
    limit = f"≤ {clock.limit.count} {_SHORT[clock.limit.unit]}"
    if lang == "zh":
        limit = f"≤ {span(clock.limit, lang)}"
    more = [_more(each, clock.limit.unit, lang) for each in lengthened]
    return f"{limit} ({', '.join(dict.fromkeys(more))})" if more else limit


def _more(by: Span | None, unit: Unit, lang: Lang) -> str:
    if by is None:
        return say(lang, "extendable", "可延长")
    if by.unit == unit:
        return f"+{by.count}"
    return f"+{by.count} {_SHORT[by.unit]}" if lang != "zh" else f"+{span(by, lang)}"


def in_force(period: tuple[date | None, date | None], lang: Lang) -> str:
    """Return from when and to when a text is in force.

    >>> in_force((None, None), "en"), in_force((None, None), "zh")
    ('not stated', '未注明')
    """
    since, until = period
    if since is None and until is None:
        return say(lang, "not stated", "未注明")
    text = say(lang, f"from {since}", f"自{since}起") if since else ""
    if until:
        text += say(lang, f" to {until}", f"至{until}止")
    return text.strip()


def listed(names: Iterable[str], lang: Lang, last: str = "or") -> str:
    """Return names as a phrase.

    >>> listed(["a", "b", "c"], "en")
    'a, b or c'
    """
    *most, end = names
    if lang == "zh":
        return "、".join([*most, end])
    return f"{', '.join(most)} {last} {end}" if most else end


def sentence_case(text: str) -> str:
    """Return a label with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]


def condition(guard: Expression, procedure: Procedure, lang: Lang) -> str:
    """Return a guard in words: facts by their labels, readings by number, id and option."""
    for definition in procedure.definitions:
        if guard == definition.means:
            return _quoted(definition.label, lang)
    return _written_out(guard, procedure, lang)


def meaning(definition: Definition, procedure: Procedure, lang: Lang) -> str:
    """Return what a definition stands for, in words."""
    return _written_out(definition.means, procedure, lang)


def _written_out(guard: Expression, procedure: Procedure, lang: Lang) -> str:
    match guard:
        case Constant() | Variable():
            text = _term(guard, procedure, lang)
        case Compare(op, left, right):
            sign = {"==": "=", "!=": "≠", "<=": "≤", ">=": "≥"}.get(op, op)
            text = f"{_term(left, procedure, lang)} {sign} {_term(right, procedure, lang)}"
        case Not(part):
            text = say(lang, "not ", "并非") + _grouped(part, procedure, lang)
        case And(parts):
            whole = _with_definitions(parts, procedure)
            text = _word(" and ", lang).join(_grouped(each, procedure, lang) for each in whole)
        case Or(parts):
            text = _word(" or ", lang).join(_grouped(each, procedure, lang) for each in parts)
    return text


def _with_definitions(parts: tuple[Expression, ...], procedure: Procedure) -> list[Expression]:
    """Return the parts of a conjunction, those that make up a definition as one again."""
    left = list(parts)
    for definition in reversed(procedure.definitions):
        means = definition.means
        if isinstance(means, And) and len(means.parts) < len(parts):
            inside = [left.index(part) for part in means.parts if part in left]
            if len(inside) == len(means.parts):
                left[min(inside)] = means
                left = [each for each in left if each not in means.parts]
    return left


def _grouped(part: Expression, procedure: Procedure, lang: Lang) -> str:
    text = condition(part, procedure, lang)
    named = any(part == definition.means for definition in procedure.definitions)
    return f"({text})" if isinstance(part, And | Or) and not named else text


def _term(term: Constant | Variable, procedure: Procedure, lang: Lang) -> str:
    if isinstance(term, Variable):
        return _name(term.name, procedure, lang)
    if isinstance(term.value, bool):
        return _word("yes" if term.value else "no", lang)
    return str(term.value)


def _name(name: str, procedure: Procedure, lang: Lang) -> str:
    """Return what a guard's name stands for."""
    owner, _, part = name.partition(".")
    if owner in procedure.suspension:
        return _quoted(procedure.suspension[owner].label, lang)
    if owner in procedure.panel:
        counted = _word(part, lang)
        if part in procedure.panel[owner].replies:
            return say(lang, f'replies "{part}"', f"“{part}”意见数")
        return say(lang, f"replies {counted}", f"{counted}数") if part != "open" else counted
    if owner in procedure.reading:
        return f"{procedure.reading[owner].ref} {owner}"
    return _quoted(procedure.fact[owner].label, lang) if owner in procedure.fact else name


def _quoted(label: Label, lang: Lang) -> str:
    return say(lang, f"“{label.text('en')}”", f"“{label.text('zh')}”")


def _word(word: str, lang: Lang) -> str:
    return say(lang, word, _ZH.get(word, word))
