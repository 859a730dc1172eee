"""Where a case stands, as text: what a case handler prints and pins up."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from duecourse.model.case_report import Kind
from duecourse.report.case_words import (
    change_text,
    cited,
    days,
    member_text,
    names,
    reading_text,
    replies_text,
    titled,
    used_text,
)
from duecourse.report.lines import aligned, day_text, hung, padded, section, titled_page
from duecourse.report.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.model.case_report import Breach, CaseReport, Entry, Permitted, Round, Running
    from duecourse.model.procedure import Lang

KEY = 14
INSIDE = "    "
DAY = {"en": 16, "zh": 20, "both": 16}


def case_text(report: CaseReport, lang: Lang = "en") -> str:
    """Return the report for a terminal of 100 columns, in English, in Chinese, or with the labels of both."""
    return "\n".join(
        [
            *_head(report, lang),
            *_limits(report, lang),
            *_breaches(report, lang),
            *_panels(report, lang),
            *_next(report, lang),
            *_history(report, lang),
        ]
    )


def _head(report: CaseReport, lang: Lang) -> Iterator[str]:
    yield from titled_page(f"{report.label.text(lang)} [{report.id}]")
    yield from hung("", f"{report.procedure.label.text(lang)} [{report.procedure.id}]")
    yield from keyed(say(lang, "as of", "截至"), day_text(report.on, lang))
    yield from keyed(say(lang, "stage", "所处阶段"), titled(report.stage, lang))
    if report.ended is not None:
        outcome = titled(report.outcome, lang) if report.outcome else ""
        yield from keyed(say(lang, "ended", "结案"), f"{day_text(report.ended, lang)}  {outcome}")
    for suspension, since in report.active:
        text = titled(suspension, lang) + say(lang, ", since ", "，始于") + day_text(since, lang)
        yield from keyed(say(lang, "suspended by", "中止事由"), text)
    chosen = [reading_text(*each, lang) for each in report.readings]
    for text in chosen or [say(lang, "the defaults", "均为默认")]:
        yield from keyed(say(lang, "readings", "解读"), text)
    for remark in report.remarks:
        yield from keyed(say(lang, "note", "说明"), remark.text(lang))
    if report.estimated:
        what = "a year without a published calendar: weekends and statutory holidays only"
        zh = "含尚未公布节假日安排的年份，仅按周末和法定节假日估算"
        yield from keyed(say(lang, "estimated", "估算"), say(lang, what, zh))
    if report.later:
        text = say(lang, f"{report.later} dated later, left out", f"{report.later}项在此之后，未列")
        yield from keyed(say(lang, "events", "事件"), text)


def _limits(report: CaseReport, lang: Lang) -> Iterator[str]:
    yield from section(say(lang, "Time limits that run", "正在计算的期限"))
    for each in report.clocks:
        yield from _limit(each, lang)
    if not report.clocks:
        yield say(lang, "none", "无")


def _limit(each: Running, lang: Lang) -> Iterator[str]:
    yield from aligned("", titled(each.clock, lang), _due(each, lang))
    since = say(
        lang, f"since {day_text(each.started, lang)}", f"自{day_text(each.started, lang)}起"
    )
    text = f"{names(each.binds, lang)}; {since}; {used_text(each, lang)}"
    yield from hung(INSIDE, text if lang != "zh" else text.replace("; ", "；"))
    if each.overdue:
        late = days(each.overdue, lang)
        yield from hung(INSIDE, say(lang, f"OVERDUE by {late}", f"已逾期{late}"))
    for stopper in each.stopped_by:
        yield from hung(INSIDE, say(lang, "suspended by: ", "中止事由：") + titled(stopper, lang))
    if each.then is not None:
        law = say(lang, "if it lapses, the law itself: ", "届满时依法：")
        yield from aligned(INSIDE, law + titled(each.then, lang), each.then.id)


def _due(each: Running, lang: Lang) -> str:
    if each.due is not None:
        estimated = say(lang, " (estimated)", "（估算）") if each.estimated else ""
        return say(lang, "due ", "届满 ") + day_text(each.due, lang) + estimated
    return say(lang, "no limit", "无上限") if each.unlimited else say(lang, "suspended", "中止")


def _breaches(report: CaseReport, lang: Lang) -> Iterator[str]:
    yield from section(say(lang, "Limits not kept", "逾期"))
    for each in report.breaches:
        yield from _breach(each, lang)
    if not report.breaches:
        yield say(lang, "none", "无")


def _breach(each: Breach, lang: Lang) -> Iterator[str]:
    due = say(lang, "was due ", "应于 ") + day_text(each.due, lang)
    yield from aligned("", titled(each.clock, lang), due)
    late = days(each.overdue, lang)
    if each.until is None:
        state = say(lang, f"{late} late and still open", f"已逾期{late}，尚未完成")
    else:
        on = day_text(each.until, lang)
        state = say(lang, f"over on {on}, {late} late", f"{on}完成，逾期{late}")
    estimated = say(lang, " (estimated)", "（估算）") if each.estimated else ""
    yield from hung(INSIDE, f"{names(each.binds, lang)}{say(lang, '; ', '；')}{state}{estimated}")


def _panels(report: CaseReport, lang: Lang) -> Iterator[str]:
    if report.rounds:
        yield from section(say(lang, "Replies", "意见"))
    for each in report.rounds:
        yield from _panel(each, lang)


def _panel(each: Round, lang: Lang) -> Iterator[str]:
    opened = day_text(each.opened, lang)
    text = titled(each.panel, lang)
    text += say(
        lang, f", round {each.number}, since {opened}", f"，第{each.number}轮，始于{opened}"
    )
    right = say(
        lang, f"{each.pending} of {each.asked} outstanding", f"{each.pending}/{each.asked}未回复"
    )
    yield from aligned("", text, right if each.open else say(lang, "closed", "已结束"))
    yield from hung(INSIDE, replies_text(each, lang))
    if each.open and each.outstanding:
        who = say(lang, ", ", "、").join(member_text(member, lang) for member in each.outstanding)
        yield from hung(INSIDE, say(lang, "outstanding: ", "未回复：") + who)


def _next(report: CaseReport, lang: Lang) -> Iterator[str]:
    yield from section(say(lang, "What may happen next", "下一步可为"))
    if not report.permitted:
        yield say(lang, "nothing", "无")
    for _, group in groupby(sorted(report.permitted, key=_deadline), key=_deadline):
        steps = list(group)
        yield from hung("", _heading(steps[0], report.on, lang))
        for actors, theirs in groupby(steps, key=lambda each: each.actors):
            yield from hung("  ", names(actors, lang))
            for each in theirs:
                mark = "* " if each.ends_clock else "- "
                yield from aligned(
                    INSIDE + mark, each.step.label.text(lang) + cited(each.step, lang), each.step.id
                )
    if any(each.ends_clock for each in report.permitted):
        yield say(lang, "* ends the limit", "* 该步骤使期限停止计算")


def _deadline(each: Permitted) -> tuple[date, str]:
    return (each.by or date.max, each.clock.id if each.clock else "")


def _heading(each: Permitted, on: date, lang: Lang) -> str:
    if each.by is None or each.clock is None:
        return say(lang, "without a limit", "无期限")
    title, day = titled(each.clock, lang), day_text(each.by, lang)
    if each.by < on:
        return say(lang, f"overdue since {day}: {title}", f"自{day}逾期：{title}")
    return say(lang, f"by {day}: {title}", f"至迟{day}：{title}")


def _history(report: CaseReport, lang: Lang) -> Iterator[str]:
    yield from section(say(lang, "History", "经过"))
    if not report.history:
        yield say(lang, "nothing has happened", "无")
    for _, group in groupby(report.history, key=lambda each: (each.on, each.kind, each.actors)):
        yield from _happened(list(group), lang)


def _happened(entries: list[Entry], lang: Lang) -> Iterator[str]:
    """Yield what one actor did on one day, or what befell him."""
    first = entries[0]
    title = {
        Kind.STEP: "",
        Kind.LAPSE: say(lang, "BY LAPSE OF TIME", "期限届满"),
        Kind.BREACH: say(lang, "LIMIT NOT KEPT", "逾期"),
        Kind.LATE_REPLY: say(lang, "LATE REPLY, not counted", "逾期回复，不计入"),
        Kind.CHANGE_OF_TEXT: say(lang, "CHANGE OF TEXT", "适用法规变更"),
    }[first.kind]
    who = "" if first.kind is Kind.LAPSE else names(first.actors, lang)
    heading = say(lang, ": ", "：").join(filter(None, (title, who)))
    yield from hung(padded(day_text(first.on, lang), DAY[lang]), heading)
    for _, group in groupby(entries, key=lambda each: (each.what, each.note, each.source)):
        yield from _entry(list(group), lang)


def _entry(group: list[Entry], lang: Lang) -> Iterator[str]:
    """Yield what happened; several replies of one kind are told together."""
    entry, beside = group[0], " " * DAY[lang]
    text = entry.what.text(lang) + cited(entry, lang)
    text += f" ×{len(group)}" if len(group) > 1 else ""
    members = [member_text(each.member, lang) for each in group if each.member]
    if members:
        text += say(lang, ": ", "：") + say(lang, ", ", "、").join(members)
    yield from hung(beside + "- ", text)
    for change in (change for each in group for change in each.changes):
        yield from hung(beside + "  > ", change_text(change, lang))
    for words in (entry.note, entry.source and say(lang, "source: ", "来源：") + entry.source):
        if words:
            yield from hung(beside + "  ", words)


def keyed(key: str, text: str) -> Iterator[str]:
    """Yield a text beside its key."""
    return hung(padded(key, KEY), text)
