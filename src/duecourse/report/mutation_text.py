"""What mutation found, as text for a terminal and as plain data: the score, and what nobody would notice."""

from __future__ import annotations

from collections import Counter, defaultdict
from textwrap import fill
from typing import TYPE_CHECKING, Any

from duecourse.model.cites_json import cites_json
from duecourse.properties.mutation import Fate
from duecourse.report.diff_json import difference_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.model.procedure import Lang
    from duecourse.properties.change import Difference
    from duecourse.properties.mutation import Mutation, Trial

WIDTH = 100
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
    tried = len(found.trials)
    drawn = "" if tried == found.drawn_from else f", drawn from {found.drawn_from:,}"
    yield f"{found.procedure.id}  {found.procedure.label.text(lang)}"
    yield f"{tried:,} mutants{drawn} · {len(found.properties)} properties · {found.seconds:.0f} s"
    yield ""
    for family in ("first", "second"):
        trials = found.of(family)
        if trials:
            killed, observable = found.score(family)
            counts = Counter(each.fate for each in trials)
            share = f"{killed / observable:.0%}" if observable else "-"
            held = ", held out" if family == "second" else ""
            yield f"{family} family{held}: {killed} of {observable} that can be observed are noticed ({share})"
            yield f"  not counted: {_uncounted(counts)}"
    killers = Counter(each.killers[0] for each in found.trials if each.killers)
    if killers:
        yield ""
        yield "noticed by (each mutant counts for one property)"
        yield from (f"  {count:>5}  {name}" for name, count in killers.most_common())
    yield from _survivors(found, lang, full=full)


def _uncounted(counts: Counter[Fate]) -> str:
    words = {
        Fate.EQUIVALENT: "that change nothing anybody could see",
        Fate.STILLBORN: "that the reader refuses",
        Fate.UNDECIDED: "undecided",
    }
    return ", ".join(f"{counts[fate]} {words[fate]}" for fate in words)


def _survivors(found: Mutation, lang: Lang, *, full: bool) -> Iterator[str]:
    by: dict[str, list[Trial]] = defaultdict(list)
    for each in found.trials:
        if each.fate is Fate.SURVIVED and each.mutant.family == "first":
            cites = each.mutant.cites
            by[str(cites[0]) if cites else "without article"].append(each)
    if not by:
        return
    yield ""
    yield "nobody would notice: a property that forbids or demands the case would"
    order = {f"Art. {each.id}": index for index, each in enumerate(found.procedure.articles)}
    for article in sorted(by, key=lambda name: (order.get(name, len(order)), name)):
        trials = by[article]
        yield f"  {article}: {len(trials)}"
        shown = trials if full else trials[:SHOWN]
        for each in shown:
            text = f"- {each.mutant.words}: {_shows(each.difference, found, lang)}"
            yield fill(text, WIDTH, initial_indent="    ", subsequent_indent="      ")
        if len(shown) < len(trials):
            yield f"    … and {len(trials) - len(shown)} more (--full tells all)"


def _shows(difference: Difference | None, found: Mutation, lang: Lang) -> str:
    """Return how a mistake shows, in words."""
    if difference is None:
        return ""
    letter, change = difference.letter, difference.change
    step = found.procedure.step.get(letter.step)
    what = f"“{step.label.text(lang)}”" if step else letter.step
    labels = found.procedure.stage
    where = " or ".join(f"“{labels[each].label.text(lang)}”" for each in difference.stages)
    before = difference.length - 1
    after = f"after {before} step{'' if before == 1 else 's'}" if before else "at once"
    if change.aspect == "step":
        can = "can no longer" if difference.side == "a" else "can now"
        who = " or ".join(found.procedure.actor[name].label.text(lang) for name in letter.actors)
        lapse = f" when {letter.lapse} lapses" if letter.lapse else ""
        return f"{who} {can} take {what} in {where}{lapse} ({after})"
    if change.aspect == "end":
        return (
            f"{what} in {where} ends the case otherwise: {change.a or 'not'} → {change.b or 'not'}"
        )
    return f"the limit {change.name} runs otherwise from {what} in {where} ({after})"


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
        "words": trial.mutant.words,
        "cites": cites_json(trial.mutant.cites),
        "fate": trial.fate.value,
        "killers": list(trial.killers),
        "reason": trial.reason or None,
        "difference": shown,
    }
