"""An audit as text: what became of the rows, what departs from which article, every deviation with its row."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from duecourse.audit.deviation import Kind
from duecourse.properties.automaton import Colour
from duecourse.report.lines import aligned, day_text, hung, padded, section, titled_page
from duecourse.report.words import article, citations, condition, listed, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from duecourse.audit.dates import Dated, DatesAudit
    from duecourse.audit.deviation import Audit, Deviation
    from duecourse.model.event_log import Listed
    from duecourse.model.procedure import Element, Lang, Procedure

MOST: Final = 200
"""Deviations and rows that the text shows; JSON has them all."""
BRIEF: Final = 20
"""Above so many claims, those that every case keeps are only named."""

_KEY: Final = 14
_INSIDE: Final = "    "
_PERMITTED: Final = 6
_KINDS_ZH: Final = {
    Kind.ILLEGAL_STEP: "不合程序的步骤",
    Kind.WRONG_ACTOR: "主体不符",
    Kind.BREACH: "逾期",
    Kind.PROPERTY: "违反性质",
    Kind.UNKNOWN_STEP: "未知步骤",
    Kind.OUT_OF_ORDER: "次序颠倒",
    Kind.AFTER_END: "结案之后",
}
_COLOURS_ZH: Final = {
    Colour.SATISFIED: "满足",
    Colour.SO_FAR_SATISFIED: "目前满足",
    Colour.SO_FAR_VIOLATED: "目前不满足",
    Colour.VIOLATED: "违反",
}
_WENT_ON_ZH: Final = {
    "left out": "未计入",
    "taken all the same": "仍按已进行计",
    "taken up at its stage": "自其所属阶段继续",
}


def audit_text(found: Audit, lang: Lang = "en") -> str:
    """Return an audit for a terminal of 100 columns, in English or in Chinese."""
    return "\n".join(
        [
            *_head(found, lang),
            *_articles(found, lang),
            *_properties(found, lang),
            *_deviations(found, lang),
            *_rows(found.listed, lang),
            "",
            *hung("", _sum(found, lang)),
        ]
    )


def _head(found: Audit, lang: Lang) -> Iterator[str]:
    yield from titled_page(found.log)
    yield from hung("", f"{found.procedure.label.text(lang)} [{found.procedure.id}]")
    yield from _keyed(say(lang, "columns", "列"), str(found.columns))
    if found.on is not None:
        yield from _keyed(say(lang, "as of", "截至"), day_text(found.on, lang))
    other = sum(found.other.values())
    parts = [
        say(lang, f"{found.used:,} used", f"采用{found.used:,}"),
        say(lang, f"{len(found.listed):,} listed below", f"列于下方{len(found.listed):,}"),
    ]
    if other:
        names = ", ".join(f"{name} {count:,}" for name, count in sorted(found.other.items()))
        parts.append(say(lang, f"{other:,} no steps ({names})", f"非步骤{other:,}（{names}）"))
    text = f"{found.rows:,} = " + " + ".join(parts)
    yield from _keyed(say(lang, "rows", "行"), text)
    yield from _keyed(
        say(lang, "cases", "案件"),
        say(
            lang,
            f"{found.cases:,}: {found.clean:,} clean, {found.cases - found.clean:,} with "
            f"deviations; {found.open_cases:,} still open",
            f"{found.cases:,}：无偏离{found.clean:,}，有偏离{found.cases - found.clean:,}；"
            f"未结{found.open_cases:,}",
        ),
    )
    for remark in _remarks(found, lang):
        yield from _keyed(say(lang, "note", "说明"), remark)


def _remarks(found: Audit, lang: Lang) -> Iterator[str]:
    yield from found.remarks
    if not found.actors_told:
        yield say(
            lang, "no column tells the actor; who acted is not judged", "无主体列，未审查主体"
        )
    for what, zh, names in (
        (
            "actors that the procedure does not know, not judged",
            "未知主体，未审查",
            found.unknown_actors,
        ),
        (
            "values of facts that cannot be read, inferred instead",
            "无法识别的事实",
            found.unknown_values,
        ),
    ):
        if names:
            most = sorted(names.items(), key=lambda each: (-each[1], each[0]))[:_PERMITTED]
            text = ", ".join(f"{name} ({count:,})" for name, count in most)
            more = ", …" if len(names) > _PERMITTED else ""
            yield say(lang, f"{what}: ", f"{zh}：") + text + more
    if found.late_replies:
        count = f"{found.late_replies:,}"
        yield say(
            lang, f"{count} late replies, recorded and not counted", f"逾期回复{count}，不计入"
        )
    if found.twice:
        count = f"{found.twice:,}"
        yield say(
            lang,
            f"{count} rows repeat an earlier one and were taken again",
            f"重复而仍采用{count}行",
        )
    if found.undecided:
        count = f"{found.undecided:,}"
        yield say(
            lang,
            f"{count} findings hang on what the log does not tell, and are not counted",
            f"{count}项取决于日志未载明的事实，不计入",
        )
    if found.outside_force:
        count = f"{found.outside_force:,}"
        yield say(
            lang,
            f"{count} cases began when the text was not in force; they are judged by it all the same",
            f"{count}件始于文本施行期间之外，仍按该文本审查",
        )


def _articles(found: Audit, lang: Lang) -> Iterator[str]:
    if not found.deviations:
        return
    yield from section(say(lang, "By article", "按条文"))
    for row in found.by_article:
        name = article(row.article, lang) if row.article else say(lang, "no article", "无条文")
        cases = say(lang, f"{row.cases:,} cases", f"{row.cases:,}件")
        cases = cases.replace("1 cases", "1 case") if row.cases == 1 else cases
        kinds = ", ".join(
            f"{_kind(kind, lang)} {count:,}" for kind, count in sorted(row.deviations.items())
        )
        yield from hung(padded(name, _KEY) + padded(cases, _KEY), kinds)


def _properties(found: Audit, lang: Lang) -> Iterator[str]:
    if not found.judged and not found.not_judged:
        return
    yield from section(say(lang, "Properties", "性质"))
    kept = [each for each in found.judged if len(found.judged) > BRIEF and _is_kept(found, each.id)]
    if kept:
        names = ", ".join(each.id for each in kept)
        yield from hung(
            "",
            say(lang, f"kept in every case ({len(kept)}): ", f"各案均遵守（{len(kept)}项）：")
            + names,
        )
    for each in found.judged:
        if each in kept:
            continue
        counts = found.verdicts.get(each.id, {})
        parts = [
            f"{say(lang, str(colour), _COLOURS_ZH[colour])} {count:,}"
            for colour in Colour
            if (count := sum(counts.get((open_, colour), 0) for open_ in (True, False)))
        ]
        yield from hung(each.id + ": ", ", ".join(parts) or say(lang, "no case", "无案件"))
        if each.id in found.allowed:
            text = say(lang, "the text itself allows this; no deviation", "文本本身允许，不作偏离")
            yield from hung(_INSIDE, text)
    if found.not_judged:
        text = say(
            lang, "not judged, no claim about single cases: ", "未审查（非单个案件的性质）："
        )
        many = len(found.not_judged) > BRIEF
        left = [each.id for each in found.not_judged]
        yield from hung("", text + (str(len(left)) if many else ", ".join(left)))


def _is_kept(found: Audit, claim: str) -> bool:
    """Return whether no case has violated a claim, or would if it ended now."""
    wrong = {Colour.VIOLATED, Colour.SO_FAR_VIOLATED}
    counts = found.verdicts.get(claim, {})
    return not any(colour in wrong for (_, colour), count in counts.items() if count)


def _deviations(found: Audit, lang: Lang) -> Iterator[str]:
    if not found.deviations:
        return
    yield from section(say(lang, "Deviations", "偏离"))
    shown = found.deviations[:MOST]
    for case, group in groupby(shown, key=lambda each: each.case):
        yield from hung("", say(lang, "case ", "案件") + case)
        for each in group:
            yield from _deviation(each, found.procedure, lang)
    if len(found.deviations) > MOST:
        more = f"{len(found.deviations) - MOST:,}"
        yield say(lang, f"… and {more} more; --format json has them all", f"……另{more}项，见JSON")


def _deviation(each: Deviation, procedure: Procedure, lang: Lang) -> Iterator[str]:
    row = say(lang, f"row {each.row}", f"第{each.row}行") if each.row is not None else "-"
    left = "  " + padded(row, 10) + padded(str(each.on), 12)
    yield from aligned(left, _what(each, procedure, lang), _kind(each.kind, lang))
    indent = " " * len(left)
    for line in _details(each, procedure, lang):
        yield from hung(indent, line)


def _what(each: Deviation, procedure: Procedure, lang: Lang) -> str:
    known: Element | None = procedure.step.get(each.step)
    if each.kind is Kind.BREACH:
        known = procedure.clock[each.rule]
    if each.kind is Kind.PROPERTY:
        name = each.rule
        cites = ", ".join(article(number, lang) for number in each.articles)
    elif known is None:
        return f'"{each.step}"'
    else:
        name, cites = known.label.text(lang), citations(known.cites, lang)
    return f"{name} [{cites}]" if cites else name


def _details(each: Deviation, procedure: Procedure, lang: Lang) -> Iterator[str]:
    if each.overrun is not None:
        yield _overrun(each, lang)
    if each.message:
        yield each.message
    for part in each.needs:
        yield say(lang, "it needs: ", "须满足：") + condition(part, procedure, lang)
    if each.kind is Kind.WRONG_ACTOR:
        names = [procedure.actor[name].label.text(lang) for name in each.permitted]
        yield say(lang, "it is taken by: ", "应由：") + listed(names, lang)
    elif each.kind in {Kind.ILLEGAL_STEP, Kind.AFTER_END}:
        shown = ", ".join(each.permitted[:_PERMITTED])
        shown += ", …" if len(each.permitted) > _PERMITTED else ""
        yield say(lang, "permitted instead: ", "可为：") + (shown or say(lang, "nothing", "无"))
    if each.went_on:
        yield say(lang, f"the audit went on: {each.went_on}", f"续审：{_WENT_ON_ZH[each.went_on]}")


def _overrun(each: Deviation, lang: Lang) -> str:
    overrun = each.overrun
    assert overrun is not None
    days = say(lang, f"{overrun.days} working days", f"{overrun.days}个工作日")
    days = days.replace(" days", " day") if overrun.days == 1 else days
    due = day_text(overrun.due, lang)
    estimated = say(lang, " (estimated)", "（估算）") if overrun.estimated else ""
    if overrun.until is None:
        return (
            say(lang, f"due {due}; {days} over, still running", f"届满{due}，已逾期{days}")
            + estimated
        )
    until = day_text(overrun.until, lang)
    text = say(
        lang, f"due {due}; over on {until}, {days} late", f"届满{due}，{until}完成，逾期{days}"
    )
    return text + estimated


def _rows(rows: Sequence[Listed], lang: Lang) -> Iterator[str]:
    if not rows:
        return
    yield from section(say(lang, "Rows that were not used", "未采用的行"))
    for each in rows[:MOST]:
        yield from hung(padded(say(lang, f"row {each.row}", f"第{each.row}行"), 12), each.reason)
    if len(rows) > MOST:
        more = f"{len(rows) - MOST:,}"
        yield say(lang, f"… and {more} more; --format json has them all", f"……另{more}行，见JSON")


def _sum(found: Audit, lang: Lang) -> str:
    if not found.cases:
        return say(lang, "Nothing could be judged.", "无可审查。")
    if not found.deviations:
        return say(lang, "No deviations.", "无偏离。")
    kinds = ", ".join(f"{_kind(kind, lang)} {n:,}" for kind, n in sorted(found.kinds.items()))
    count = len(found.deviations)
    return say(
        lang,
        f"{count:,} deviation{'s' if count > 1 else ''} in {found.cases - found.clean:,} of "
        f"{found.cases:,} cases: {kinds}.",
        f"{found.cases:,}件中{found.cases - found.clean:,}件有偏离，共{count:,}项：{kinds}。",
    )


def _kind(kind: Kind, lang: Lang) -> str:
    return say(lang, str(kind), _KINDS_ZH[kind])


def _keyed(key: str, text: str) -> Iterator[str]:
    return hung(padded(key, _KEY), text)


# --- lists of dates --------------------------------------------------------------------------------


def dates_text(found: DatesAudit, lang: Lang = "en") -> str:
    """Return an audit of dates for a terminal of 100 columns, in English or in Chinese."""
    return "\n".join([*_dates_head(found, lang), *_dated(found, lang), *_rows(found.listed, lang)])


def _dates_head(found: DatesAudit, lang: Lang) -> Iterator[str]:
    yield from titled_page(found.log)
    limit = f"{found.limit}, {found.calendar}"
    if found.clock is not None:
        cites = citations(found.clock.cites, lang)
        limit = f"{found.clock.label.text(lang)} [{cites}]: {limit}"
    first = say(lang, "; the first day is counted", "；首日计入") if found.first_day_counts else ""
    yield from _keyed(say(lang, "limit", "期限"), limit + first)
    yield from _keyed(say(lang, "columns", "列"), str(found.columns))
    if found.on is not None:
        yield from _keyed(say(lang, "as of", "截至"), day_text(found.on, lang))
    text = say(
        lang,
        f"{found.rows:,} = {found.used:,} used + {len(found.listed):,} listed below",
        f"{found.rows:,} = 采用{found.used:,} + 列于下方{len(found.listed):,}",
    )
    yield from _keyed(say(lang, "rows", "行"), text)
    if "end" in found.columns.of:
        yield from _keyed(say(lang, "ended", "已结"), _in_time(found.in_time, found.late, lang))
        open_ = _in_time(found.open_in_time, found.open_late, lang)
        yield from _keyed(say(lang, "open", "未结"), open_)
    if found.stated:
        equal = found.stated - len(found.differing)
        text = say(
            lang,
            f"{found.stated:,} stated: {equal:,} as worked out here, {len(found.differing):,} differ",
            f"载明{found.stated:,}：与计算一致{equal:,}，不一致{len(found.differing):,}",
        )
        yield from _keyed(say(lang, "deadlines", "届满日"), text)
    for remark in found.remarks:
        yield from _keyed(say(lang, "note", "说明"), remark)


def _in_time(in_time: int, late: int, lang: Lang) -> str:
    return say(lang, f"{in_time:,} in time, {late:,} late", f"按期{in_time:,}，逾期{late:,}")


def _dated(found: DatesAudit, lang: Lang) -> Iterator[str]:
    cases = found.findings
    if not cases:
        return
    yield from section(say(lang, "Late, or with another deadline", "逾期或届满日不一致"))
    for each in cases[:MOST]:
        text = "; ".join(_about(each, lang))
        row = padded(say(lang, f"row {each.row}", f"第{each.row}行"), 10)
        yield from hung(row + padded(each.case + " ", 16), text)
    if len(cases) > MOST:
        more = f"{len(cases) - MOST:,}"
        yield say(lang, f"… and {more} more; --format json has them all", f"……另{more}件，见JSON")


def _about(each: Dated, lang: Lang) -> Iterable[str]:
    yield say(lang, f"from {each.start}, due {each.due}", f"始于{each.start}，届满{each.due}")
    if each.late:
        end = (
            say(lang, f"ended {each.end}", f"结于{each.end}")
            if each.end
            else say(lang, "open", "未结")
        )
        yield say(
            lang,
            f"{end}, {each.days_late} working days late",
            f"{end}，逾期{each.days_late}个工作日",
        )
    if each.differs:
        yield say(
            lang,
            f"stated {each.stated}, {each.differs:+} days",
            f"载明{each.stated}，差{each.differs:+}日",
        )
    if each.estimated:
        yield say(lang, "estimated", "估算")
