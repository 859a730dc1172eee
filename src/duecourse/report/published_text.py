"""What the public dates of a case require of the days between, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.report.case_words import days, reading_text, titled
from duecourse.report.lines import day_text, hung, padded, section, titled_page
from duecourse.report.words import say
from duecourse.report.wrapping import wrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.model.case import Milestone
    from duecourse.model.procedure import Lang
    from duecourse.model.published import PublishedReport, Row

KEY = 14
READING = 52


def published_text(report: PublishedReport, lang: Lang = "en") -> str:
    """Return the report for a terminal of 100 columns, in English, in Chinese, or with the labels of both."""
    return "\n".join(
        [*_head(report, lang), *_meaning(report, lang), *_rows(report, lang), *_rest(report, lang)]
    )


def _head(report: PublishedReport, lang: Lang) -> Iterator[str]:
    published = report.published
    yield from titled_page(f"{report.label.text(lang)} [{report.id}]")
    yield from hung("", f"{report.procedure.label.text(lang)} [{report.procedure.id}]")
    if report.migration is not None:
        target = report.migration.target
        text = say(lang, f"from {report.migration.on}: ", f"自{report.migration.on}起：")
        yield from hung("", f"{text}{target.label.text(lang)} [{target.id}]")
    yield from _milestone(say(lang, "opened", "启动"), published.opened, lang)
    if published.ended is not None:
        yield from _milestone(say(lang, "ended", "结束"), published.ended, lang)
    if published.open_on is not None:
        text = say(lang, "no end was published by ", "未公布结果，截至")
        yield from _keyed(say(lang, "open", "未结"), text + day_text(published.open_on, lang))
    for each in published.later:
        yield from _milestone(say(lang, "later", "其后"), each, lang)
    chosen = [reading_text(*each, lang) for each in report.readings]
    for text in chosen or [say(lang, "the defaults, each changed alone", "默认，并逐项改变")]:
        yield from _keyed(say(lang, "readings", "解读"), text)


def _milestone(key: str, each: Milestone, lang: Lang) -> Iterator[str]:
    text = f"{day_text(each.on, lang)}  {each.what.text(lang)}"
    source = each.source.text(lang)
    return _keyed(key, text + say(lang, f" ({source})", f"（{source}）"))


def _meaning(report: PublishedReport, lang: Lang) -> Iterator[str]:
    yield ""
    ended = report.published.ended
    if ended is not None and not ended.conclusion:
        en = "What ended is not a conclusion of the review; none was published. The figures say what a conclusion on that day would have needed."
        zh = "上述结束并非审查结论；未见审查结论公布。以下数字表示若于该日作出结论所需满足的条件。"
        yield from hung("", say(lang, en, zh))
    days_ = report.rows[0].days if report.rows else 0
    end = day_text(report.end, lang)
    en = f"To {end} there are {days(days_, lang)} after the opening, on the calendar of these readings. No step between was published: for each conclusion the latest lawful day is computed from the time limits of the text, each clock stopped on its last day."
    zh = f"启动次日至{end}共{days(days_, lang)}（按所选解读的日历）。中间步骤均未公布：以下按各期限均用至最后一日，推算每种结论最迟的合法日期。"
    yield from hung("", say(lang, en, zh))
    yield ""
    for letter, en, zh in _COLUMNS:
        yield from hung(f"  {letter}  ", say(lang, en, zh))
    if report.estimated:
        yield ""
        en = "ESTIMATED: some of these days lie in a year without a published calendar."
        yield from hung("", say(lang, en, "估算：部分日期所在年份的节假日安排尚未公布。"))


_COLUMNS = (
    (
        "A",
        "the latest lawful day if nothing is extended and no day goes uncounted, by a supplement or where no limit runs",
        "不延长，且无补充材料或者无期限的等待等不计入的时间时，最迟的合法日期",
    ),
    (
        "B",
        "the same with every extension that has a cap; +: another extension has none",
        "各项有上限的延长均用尽时的最迟合法日期；+：另有无上限的延长",
    ),
    (
        "C",
        "the fewest working days of extension, or of time not counted, without which that day is too late",
        "该日合法所需的延长或者不计入的时间（最少工作日数）",
    ),
    (
        "D",
        "what remains of C when every extension that has a cap was granted",
        "各项有上限的延长均用尽后，C中尚余的部分",
    ),
)


def _rows(report: PublishedReport, lang: Lang) -> Iterator[str]:
    for outcome in report.procedure.outcomes:
        rows = [row for row in report.rows if row.outcome == outcome]
        if rows:
            yield from section(titled(outcome, lang))
            yield padded("", READING) + "A             B                  C      D"
            for row in rows:
                yield from _row(row, lang)


def _row(row: Row, lang: Lang) -> Iterator[str]:
    name = say(lang, "the readings above", "上述解读")
    if row.reading is not None:
        reading, option = row.reading
        name = f"{reading.ref} {reading.id} = {option.id}"
    figures = f"{row.without}    {row.extended}{' +' if row.uncapped else '  '}   {row.needed:>5}  {row.beyond:>5}"
    first, *more = wrap(name, READING - 2)
    yield padded(first, READING) + figures
    yield from (f"  {line}" for line in more)


def _rest(report: PublishedReport, lang: Lang) -> Iterator[str]:
    yield ""
    closed = ", ".join(f"{reading.ref} {reading.id} = {o.id}" for reading, o in report.closed)
    if closed:
        yield from hung(
            "", say(lang, "No such conclusion under: ", "以下解读下无此结论：") + closed
        )
    same = ", ".join(f"{each.ref} {each.id}" for each in report.unaffected)
    if same:
        yield from hung("", say(lang, "No difference: ", "无影响：") + same)


def _keyed(key: str, text: str) -> Iterator[str]:
    return hung(padded(key, KEY), text)
