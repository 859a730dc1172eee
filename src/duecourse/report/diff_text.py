"""The difference of two texts as text for a terminal: what is new, what is gone, which limits changed."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from textwrap import fill
from typing import TYPE_CHECKING

from duecourse.properties.clock_bits import Limit
from duecourse.properties.dating import told
from duecourse.report.check_text import verdict_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from duecourse.model.procedure import Lang, Procedure, Step
    from duecourse.properties.bounds import Bound
    from duecourse.properties.change import Difference, Side
    from duecourse.properties.revision import Revision

WIDTH = 100
FEW = 4
"""Up to so many differences every one is told in full."""


def diff_text(found: Revision, lang: Lang = "en", *, stories: bool = False) -> str:
    """Return what changed: steps and limits by group, each with its article, bounds, verdicts, a closing count.

    Args:
        found: the two texts compared.
        lang: the language of what the files say.
        stories: whether every difference is told as a dated case; else only where there are few.
    """
    return "\n".join(_Text(found, lang, stories).lines())


class _Text:
    def __init__(self, found: Revision, lang: Lang, stories: bool) -> None:  # noqa: FBT001  (one caller)
        self.found, self.lang = found, lang
        self.differences = found.comparison.differences
        self.stories = stories or len(self.differences) <= FEW
        self.names = found.comparison.names
        same = found.a.id == found.b.id
        self.called: dict[Side, str] = {
            "a": f"{found.a.id} (first)" if same else found.a.id,
            "b": f"{found.b.id} (second)" if same else found.b.id,
        }
        self.old = {
            kind: _reversed(getattr(self.names, kind)) for kind in ("step", "clock", "actor")
        }

    def lines(self) -> Iterator[str]:
        yield from self.head()
        sides: tuple[Side, Side] = ("b", "a")
        for side in sides:
            new = [each for each in self.steps(side) if not each.known]
            yield from self.group(f"steps that only {self.called[side]} has", new)
        for side in sides:
            other = self.called["a" if side == "b" else "b"]
            more = [each for each in self.steps(side) if each.known]
            title = f"possible in {self.called[side]}, after the same steps not in {other}"
            yield from self.group(title, more)
        yield from self.clocks()
        yield from self.ends()
        yield from self.bounds()
        yield from self.verdicts()
        yield from self.notes()
        yield ""
        yield self.count()

    def head(self) -> Iterator[str]:
        comparison = self.found.comparison
        for side, procedure, table in (
            ("a", self.found.a, comparison.a),
            ("b", self.found.b, comparison.b),
        ):
            chosen = ", ".join(
                f"{name}={option}"
                for name, option in table.readings.items()
                if option != procedure.reading[name].default
            )
            yield f"{'from' if side == 'a' else 'to  '}  {procedure.id}  {procedure.label.text(self.lang)}"
            yield f"      readings: {chosen or 'the defaults'}"
        search = "all of them" if comparison.finished else "NOT all of them"
        yield f"{comparison.pairs:,} pairs of states, {search} · {self.found.seconds:.2f} s"

    def steps(self, side: Side) -> list[Difference]:
        return [
            each for each in self.differences if each.change.aspect == "step" and each.side == side
        ]

    def procedure(self, side: Side) -> Procedure:
        return self.found.a if side == "a" else self.found.b

    def step(self, side: Side, name: str) -> Step | None:
        known = self.procedure(side).step
        return known.get(name) or known.get(self.old["step"].get(name, "") if side == "b" else "")

    def group(self, title: str, differences: Sequence[Difference]) -> Iterator[str]:
        """Tell steps: who, what, in which stages, and how a case comes there at the soonest."""
        if not differences:
            return
        yield ""
        yield title
        by: dict[object, list[Difference]] = defaultdict(list)
        for each in differences:
            by[each.letter.actors, each.letter.lapse].append(each)
        for members in by.values():
            first = members[0]
            yield f"  {self.who(first)}"
            told_of: dict[str, list[Difference]] = defaultdict(list)
            for each in members:
                told_of[each.letter.step].append(each)
            for alike in told_of.values():
                yield from self.lines_of_step(alike)

    def who(self, each: Difference) -> str:
        names = [
            self.procedure(each.side).actor[self.actor(each.side, name)].label.text(self.lang)
            for name in each.letter.actors
        ]
        lapse = f", when {each.letter.lapse} lapses" if each.letter.lapse else ""
        return f"{' or '.join(names)}{lapse}"

    def actor(self, side: Side, name: str) -> str:
        return name if name in self.procedure(side).actor else self.old["actor"].get(name, name)

    def lines_of_step(self, alike: Sequence[Difference]) -> Iterator[str]:
        first = alike[0]
        step = self.step(first.side, first.letter.step)
        what, cites = (
            (step.label.text(self.lang), ", ".join(map(str, step.cites))) if step else ("", "")
        )
        stages = dict.fromkeys(stage for each in alike for stage in each.stages)
        labels = self.procedure(first.side).stage
        where = ", ".join(f"“{labels[stage].label.text(self.lang)}”" for stage in stages)
        unsure = "" if all(each.confirmed for each in alike) else " (not confirmed by a dated case)"
        yield fill(
            f"- {what} [{cites}] ({first.letter.step}) in {where}{unsure}",
            WIDTH,
            initial_indent="    ",
            subsequent_indent="      ",
        )
        yield from self.story(first)

    def story(self, each: Difference) -> Iterator[str]:
        """Tell the case in full, or only which steps it takes."""
        if each.witness is None:
            return
        if self.stories:
            trace = told(each.witness.walked)
            past = f", past {', '.join(each.passed)}" if each.passed else ""
            yield f"      a shortest case, {_steps(len(trace.steps))}{past}:"
            yield from (
                fill(line.text(self.lang), WIDTH, initial_indent="    ", subsequent_indent=" " * 24)
                for line in trace.story()
            )
            yield from self.aftermath(each)
            return
        steps = [seen.letter.step for seen in each.witness.steps[:-1]]
        if steps:
            chain = [
                name if count == 1 else f"{name} ×{count}"
                for name, count in ((name, len(list(group))) for name, group in groupby(steps))
            ]
            shown = chain if len(chain) <= FEW else [*chain[:1], "…", *chain[-FEW + 2 :]]
            yield fill(
                f"first after {_steps(len(steps))}: {', '.join(shown)}",
                WIDTH,
                initial_indent="      ",
                subsequent_indent="        ",
            )

    def aftermath(self, each: Difference) -> Iterator[str]:
        """Tell which limits then lapse, where it takes days to see the difference."""
        found = each.witness
        if found is None or not found.waited:
            return
        other = self.called["b" if each.side == "a" else "a"]
        here = ", ".join(f"{b.clock} on {b.on}" for b in found.breaches) or "nothing"
        there = ", ".join(f"{b.clock} on {b.on}" for b in found.other or ()) or "nothing"
        yield fill(
            f"if nobody acts, what lapses then is in {self.called[each.side]}: {here}; in {other}: {there}",
            WIDTH,
            initial_indent="          ",
            subsequent_indent="          ",
        )

    def clocks(self) -> Iterator[str]:
        found = [each for each in self.differences if each.change.aspect not in {"step", "end"}]
        if not found:
            return
        yield ""
        yield "time limits"
        by: dict[tuple[str, str], list[Difference]] = defaultdict(list)
        for each in found:
            by[each.change.name, each.change.aspect].append(each)
        for (name, aspect), members in by.items():
            for each in members:
                yield from self.clock(name, aspect, each)

    def clock(self, name: str, aspect: str, each: Difference) -> Iterator[str]:
        there, here = (
            self.found.a.clock.get(name),
            self.found.b.clock.get(self.old["clock"].get(name, name)),
        )
        clock = here or there
        label = clock.label.text(self.lang) if clock else name
        cites = " → ".join(
            dict.fromkeys(", ".join(map(str, c.cites)) for c in (there, here) if c is not None)
        )
        at = each.letter.step
        said = {
            "limit": "limit",
            "start": f"started by {at}",
            "stop": f"stopped by {at}",
            "extension": f"extended by {at}",
            "pause": f"suspended by {at}",
            "resume": f"resumed by {at}",
        }[aspect]
        unsure = "" if each.confirmed else " (not confirmed by a dated case)"
        yield fill(
            f"- {label} [{cites}] ({name}): {said}: {_said(each.change.a)} → {_said(each.change.b)}{unsure}",
            WIDTH,
            initial_indent="  ",
            subsequent_indent="    ",
        )
        yield from self.story(each)

    def ends(self) -> Iterator[str]:
        found = [each for each in self.differences if each.change.aspect == "end"]
        gone, new = self.found.outcomes
        if not (found or gone or new):
            return
        yield ""
        yield "how a case ends"
        for side, names in (("b", new), ("a", gone)):
            for name in names:
                yield f"  - only {self.called['b' if side == 'b' else 'a']} can end in {name}"
        for each in found:
            unsure = "" if each.confirmed else " (not confirmed by a dated case)"
            yield f"  - {each.change.name}: {_said(each.change.a)} → {_said(each.change.b)}{unsure}"
            yield from self.story(each)

    def bounds(self) -> Iterator[str]:
        if not self.found.bounds:
            return
        yield ""
        yield "statutory time in working days (least – most counted)"
        for each in self.found.bounds:
            yield f"  - {each.outcome}: {_bound(each.a)} → {_bound(each.b)}"

    def verdicts(self) -> Iterator[str]:
        if not self.found.verdicts:
            return
        yield ""
        yield "properties"
        for each in self.found.verdicts:
            yield fill(
                f"- {each.a.property.id}: {verdict_words(each.a)} → {verdict_words(each.b)}: "
                f"{each.a.property.sentence.text(self.lang)}",
                WIDTH,
                initial_indent="  ",
                subsequent_indent="    ",
            )

    def notes(self) -> Iterator[str]:
        found = self.found
        if not (found.binds or found.defaults or self.names):
            return
        yield ""
        yield "not behaviour, but said"
        for clock, there, here in found.binds:
            yield f"  - {clock} binds {', '.join(here)} (before: {', '.join(there)})"
        for name, old, new in found.defaults:
            yield f"  - the reading {name} has another default: {old} → {new}"
        if self.names.hidden:
            yield f"  - left out: {', '.join(sorted(self.names.hidden))}"
        for kind in ("step", "clock", "actor", "outcome"):
            for new, old in getattr(self.names, kind).items():
                yield f"  - {new} is taken for {old}"

    def count(self) -> str:
        total = len(self.differences)
        sure = sum(each.confirmed for each in self.differences)
        if not total:
            done = self.found.comparison.finished
            return (
                "no difference in behaviour."
                if done
                else "no difference found, but the search was not finished."
            )
        unsure = f", {total - sure} not confirmed" if sure < total else ""
        return f"{total} difference{'' if total == 1 else 's'} in behaviour{unsure}."


def _steps(count: int) -> str:
    return f"{count} step{'' if count == 1 else 's'}"


def _said(what: object) -> str:
    if what is None:
        return "no"
    if what is True:
        return "yes"
    if isinstance(what, Limit):
        first = ", first day counted" if what.first_day else ""
        return (
            f"{what.span}{first}, calendar {what.calendar}"
            if what.calendar != "prc"
            else f"{what.span}{first}"
        )
    if isinstance(what, tuple):
        return " and ".join(map(_said, what))
    return str(what)


def _bound(row: Bound | None) -> str:
    if row is None:
        return "not reached"
    most = "unbounded" if row.counted is None else str(row.counted)
    without = "" if row.counted is not None or row.without is None else f" (else {row.without})"
    return f"{row.least} – {most}{without}"


def _reversed(names: object) -> dict[str, str]:
    assert isinstance(names, dict)
    return {old: new for new, old in names.items()}
