"""A procedure as plain text: its articles in their order, under each what it makes possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.report.outline_entries import Entry, entries
from duecourse.report.words import article, in_force, marked, say
from duecourse.report.wrapping import columns, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from duecourse.model.procedure import Article, Label, Lang, Procedure

WIDTH = 98
INDENT = 14


def outline(procedure: Procedure, lang: Lang = "en") -> str:
    """Return the outline of a procedure for a terminal of 100 columns.

    An element that cites several articles stands in full under the first of them in the order of
    the text, and as one line under the others. A clause that is left out stands where it is cited,
    with the reason.

    Args:
        procedure: the procedure.
        lang: the language of the labels; `both` gives each label in English and in Chinese.
    """
    every = entries(procedure, lang)
    lines = [*_head(procedure, lang)]
    for each in procedure.articles:
        lines += ["", *_heading(each, lang), *_body(each.id, every, lang)]
    known = {each.id for each in procedure.articles}
    stray = [entry for entry in every if not entry.articles & known]
    if stray:
        lines += [
            "",
            "-" * WIDTH,
            say(lang, "Without an article", "未注明条款"),
            *_entries(stray, ""),
        ]
    return "\n".join([*lines, "", *_closing(procedure, lang)]) + "\n"


def _head(procedure: Procedure, lang: Lang) -> Iterator[str]:
    title = f"{procedure.label.text(lang)} [{procedure.id}]"
    yield from wrap(title, WIDTH)
    yield "=" * min(columns(title), WIDTH)
    yield from wrap(procedure.text.text(lang), WIDTH)
    amendments = ", ".join(procedure.amended_by) or say(lang, "none", "无")
    legend = say(
        lang,
        "no mark: seen in a published source (Q); B+ well known; B- uncertain; I inferred. "
        "An element has the mark of its article unless it shows its own",
        "无标记：见于公开来源（Q）；B+ 公知；B- 存疑；I 推断。要素未标记的，从其条款",
    )
    for name, text in (
        (say(lang, "in force", "施行"), in_force(procedure.in_force, lang)),
        (say(lang, "amendments", "修改"), amendments),
        (say(lang, "marks", "标记"), legend),
    ):
        yield from _hung(_padded(name, INDENT), text)


def _heading(each: Article, lang: Lang) -> Iterator[str]:
    number = _padded(article(each.id, lang) + marked(each.mark), INDENT)
    texts = [each.label.text(lang)] if lang != "both" else _both(each.label)
    yield "-" * WIDTH
    yield from _hung(number, texts[0])
    for text in texts[1:]:
        yield from _hung(" " * INDENT, text)


def _both(label: Label) -> list[str]:
    return [text for text in (label.en, label.zh) if text]


def _body(number: str, every: tuple[Entry, ...], lang: Lang) -> Iterator[str]:
    """Yield what stands under one article: entries in full, then those that stand elsewhere."""
    here = [entry for entry in every if number in entry.articles]
    yield from _entries([entry for entry in here if entry.home == number], number)
    elsewhere: dict[str, list[str]] = {}
    for entry in here:
        if entry.home != number and entry.brief:
            elsewhere.setdefault(entry.home, []).append(entry.brief + entry.mark(number))
    for home, briefs in elsewhere.items():
        for place, brief in enumerate(briefs):
            word = say(lang, f"see {article(home, lang)}", f"见{article(home, lang)}")
            yield from _hung(_kind(word if place == 0 else ""), brief)
    if not here:
        yield from _hung(_kind(""), say(lang, "nothing of it is in the model", "模型中无对应内容"))


def _entries(every: list[Entry], number: str) -> Iterator[str]:
    """Yield entries in full; the kind, and who acts, only where they change."""
    kind = who = ""
    for entry in every:
        new, kind = entry.kind != kind, entry.kind
        first = _kind(entry.kind if new else "")
        if entry.who:
            if new or entry.who != who:
                yield from _hung(first, entry.who)
            first, who = " " * INDENT + "- ", entry.who
        yield from _hung(first, entry.text + entry.mark(number), deeper=0 if entry.who else 2)
        for detail in entry.details:
            yield from _hung(" " * (INDENT + 4), detail, deeper=2)


def _kind(word: str) -> str:
    return _padded(f"  {word}", INDENT)


def _padded(text: str, width: int) -> str:
    return text + " " * max(width - columns(text), 1)


def _hung(first: str, text: str, deeper: int = 0) -> Iterator[str]:
    """Yield a text with a hanging indent as wide as what stands before it, or deeper."""
    width = columns(first) + deeper
    for number, line in enumerate(wrap(text, WIDTH - width)):
        yield ((first if number == 0 else " " * width) + line).rstrip()


def _closing(procedure: Procedure, lang: Lang) -> Iterable[str]:
    counts = (
        (len(procedure.articles), "article", "条"),
        (len(procedure.steps), "step", "个步骤"),
        (len(procedure.clocks), "clock", "项期限"),
        (len(procedure.readings), "reading", "项解读"),
        (len(procedure.not_modelled), "clause left out", "处未建模"),
    )
    parts = [
        say(lang, f"{count} {_plural(word, count)}", f"{count}{chinese}")
        for count, word, chinese in counts
    ]
    return ["=" * WIDTH, " · ".join(parts)]


def _plural(word: str, count: int) -> str:
    first, *rest = word.split(" ")
    return " ".join([first if count == 1 else first + "s", *rest])
