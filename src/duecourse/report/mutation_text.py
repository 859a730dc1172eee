"""What mutation found, as text for a terminal and as plain data: the score, and what nobody would notice."""

from __future__ import annotations

from collections import Counter, defaultdict
from textwrap import fill
from typing import TYPE_CHECKING, Any

from duecourse.model.cites_json import cites_json
from duecourse.properties.mutation import Fate
from duecourse.report.diff_json import difference_json
from duecourse.report.words import article, say
from duecourse.report.wrapping import wrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.model.procedure import Lang
    from duecourse.properties.change import Difference
    from duecourse.properties.mutant import Family
    from duecourse.properties.mutation import Mutation, Trial

WIDTH = 100
_INSIDE = " " * 6
SHOWN = 3
"""How many survivors of an article are told, where not all are asked for."""


def mutation_text(found: Mutation, lang: Lang = "en", *, full: bool = False) -> str:
    """Return the score of each family, what killed how many, and the survivors by article.

    Args:
        found: what became of the mutants.
        lang: the language of what the files say.
        full: whether every survivor is told; else a few for each article.
    """
    return "\n".join(_lines(found, lang, full=full))


def _lines(found: Mutation, lang: Lang, *, full: bool) -> Iterator[str]:
    tried, of, took = len(found.trials), found.drawn_from, f"{found.seconds:.0f}"
    claims = len(found.properties)
    drawn = "" if tried == of else say(lang, f", drawn from {of:,}", f"（从{of:,}处中抽取）")
    yield f"{found.procedure.id}  {found.procedure.label.text(lang)}"
    yield say(
        lang,
        f"{tried:,} mutants{drawn} · {claims} properties · {took} s",
        f"{tried:,}处改动{drawn} · {claims}项性质 · {took}秒",
    )
    yield ""
    for family in ("first", "second"):
        if found.of(family):
            yield from _score(found, family, lang)
    killers = Counter(each.killers[0] for each in found.trials if each.killers)
    if killers:
        yield ""
        yield say(
            lang,
            "noticed by (each mutant counts for one property)",
            "由下列性质发现（每处改动只计一项性质）",
        )
        yield from (f"  {count:>5}  {name}" for name, count in killers.most_common())
    yield from _survivors(found, lang, full=full)


def _score(found: Mutation, family: Family, lang: Lang) -> Iterator[str]:
    killed, observable = found.score(family)
    counts = Counter(each.fate for each in found.of(family))
    share = f"{killed / observable:.0%}" if observable else "-"
    if family == "second":
        name, name_zh = "second family, held out", "第二组（预留）"
    else:
        name, name_zh = "first family", "第一组"
    yield say(
        lang,
        f"{name}: {killed} of {observable} that can be observed are noticed ({share})",
        f"{name_zh}：可观察的{observable}处改动中发现{killed}处（{share}）",
    )
    yield say(
        lang, f"  not counted: {_uncounted(counts, lang)}", f"  不计入：{_uncounted(counts, lang)}"
    )


def _uncounted(counts: Counter[Fate], lang: Lang) -> str:
    words = {
        Fate.EQUIVALENT: ("that change nothing anybody could see", "对行为没有任何可见影响"),
        Fate.STILLBORN: ("that the reader refuses", "读取时即被拒绝"),
        Fate.UNDECIDED: ("undecided", "未能判定"),
    }
    if lang == "zh":
        return "，".join(f"{counts[fate]}处{zh}" for fate, (_, zh) in words.items())
    return ", ".join(f"{counts[fate]} {en}" for fate, (en, _) in words.items())


def _survivors(found: Mutation, lang: Lang, *, full: bool) -> Iterator[str]:
    by: dict[str, list[Trial]] = defaultdict(list)
    for each in found.trials:
        if each.fate is Fate.SURVIVED and each.mutant.family == "first":
            cites = each.mutant.cites
            by[cites[0].article if cites else ""].append(each)
    if not by:
        return
    yield ""
    yield say(
        lang,
        "nobody would notice: a property that forbids or demands the case would",
        "没有性质能够发现；禁止或要求下列情形的性质即可发现：",
    )
    order = {each.id: index for index, each in enumerate(found.procedure.articles)}
    for number in sorted(by, key=lambda name: (order.get(name, len(order)), name)):
        trials = by[number]
        where = article(number, lang) if number else say(lang, "without article", "未引条文")
        yield f"  {where}{say(lang, ': ', '：')}{len(trials)}"
        shown = trials if full else trials[:SHOWN]
        for each in shown:
            yield from _told(each, found, lang)
        if left := len(trials) - len(shown):
            yield say(
                lang,
                f"    … and {left} more (--full tells all)",
                f"    …… 另有{left}处（--full 全部列出）",
            )


def _told(trial: Trial, found: Mutation, lang: Lang) -> Iterator[str]:
    """Yield a survivor: what was done, and how it shows; where both languages are asked for, in one after the other."""
    tongues: tuple[Lang, ...] = ("en", "zh") if lang == "both" else (lang,)
    for index, tongue in enumerate(tongues):
        shows = _shows(trial.difference, found, tongue)
        text = f"{trial.mutant.words.text(tongue)}{say(tongue, ': ', '：')}{shows}"
        mark = "  " if index else "- "
        if tongue == "zh":
            first, *others = wrap(text, WIDTH - len(_INSIDE))
            yield from (f"    {mark}{first}", *(f"{_INSIDE}{line}" for line in others))
        else:
            yield fill(f"{mark}{text}", WIDTH, initial_indent="    ", subsequent_indent=_INSIDE)


def _shows(difference: Difference | None, found: Mutation, lang: Lang) -> str:
    """Return how a mistake shows, in words."""
    if difference is None:
        return ""
    letter, change = difference.letter, difference.change
    step = found.procedure.step.get(letter.step)
    what = f"“{step.label.text(lang)}”" if step else letter.step
    labels = found.procedure.stage
    stages = (f"“{labels[each].label.text(lang)}”" for each in difference.stages)
    where = say(lang, " or ", "或").join(stages)
    before = difference.length - 1
    after = f"after {before} step{'' if before == 1 else 's'}" if before else "at once"
    after = say(lang, f"({after})", f"（此前{before}步）" if before else "（一开始）")
    if change.aspect == "step":
        gone = difference.side == "a"
        actors = (found.procedure.actor[name].label.text(lang) for name in letter.actors)
        who = say(lang, " or ", "或").join(actors)
        lapse, lapse_zh = "", ""
        if letter.lapse:
            lapse, lapse_zh = f" when {letter.lapse} lapses", f"“{letter.lapse}”届满时"
        return say(
            lang,
            f"{who} {'can no longer' if gone else 'can now'} take {what} in {where}{lapse} {after}",
            f"{lapse_zh}{who}在{where}{'不再能' if gone else '现在能'}进行{what}{after}",
        )
    if change.aspect == "end":
        return say(
            lang,
            f"{what} in {where} ends the case otherwise: {change.a or 'not'} → {change.b or 'not'}",
            f"在{where}进行{what}后结果不同：{_quoted(change.a)} → {_quoted(change.b)}",
        )
    return say(
        lang,
        f"the limit {change.name} runs otherwise from {what} in {where} {after}",
        f"自在{where}进行{what}起，期限“{change.name}”的计算不同{after}",
    )


def _quoted(outcome: object) -> str:
    return f"“{outcome}”" if outcome else "无"


def mutation_json(found: Mutation) -> dict[str, Any]:
    """Return what became of every mutant as plain data (`docs/reference/json.md`)."""
    scores: dict[str, Any] = {}
    for family in ("first", "second"):
        killed, observable = found.score(family)
        counts = Counter(each.fate.value for each in found.of(family))
        if counts:
            scores[family] = {
                "killed": killed,
                "observable": observable,
                **{fate.value: counts[fate.value] for fate in Fate if fate is not Fate.KILLED},
            }
    return {
        "schema": "duecourse/mutation/1",
        "procedure": found.procedure.id,
        "readings": dict(found.readings),
        "properties": list(found.properties),
        "mutants": len(found.trials),
        "drawn_from": found.drawn_from,
        "scores": scores,
        "trials": [_trial_json(each) for each in found.trials],
    }


def _trial_json(trial: Trial) -> dict[str, Any]:
    difference = trial.difference
    shown = None
    if difference is not None and trial.fate is Fate.SURVIVED:
        shown = difference_json(difference)
    return {
        "id": trial.mutant.id,
        "family": trial.mutant.family,
        "operator": trial.mutant.operator,
        "words": trial.mutant.words.en,
        "words_zh": trial.mutant.words.zh,
        "cites": cites_json(trial.mutant.cites),
        "fate": trial.fate.value,
        "killers": list(trial.killers),
        "reason": trial.reason or None,
        "difference": shown,
    }
