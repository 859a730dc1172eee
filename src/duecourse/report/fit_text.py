"""A fit of a panel for a terminal: what was read, both models, how they stand, what a scenario takes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from duecourse.report.lines import hung, section, titled_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.simulations.fit.panel import Level, PanelFit, Trial
    from duecourse.simulations.fit.scores import Calibration

_SHOWN = 20


def fit_text(found: PanelFit) -> str:
    """Return a fit for a terminal."""
    return "\n".join(_lines(found))


def _lines(found: PanelFit) -> Iterator[str]:
    data = found.data
    yield from titled_page(found.name)
    left, listed = sum(data.left_out.values()), len(data.refused)
    yield f"rows          {data.rows:,}: {left:,} left out as asked, {listed:,} listed below"
    for said, count in sorted(data.left_out.items()):
        yield f"              {count:,} with {said}"
    yield f"cases         {len(data.cases):,}, of which {len(found.test):,} are held out"
    for level in found.levels:
        yield from _level(level)
    yield from _members(found)
    yield from section("Rounds")
    yield from _rounds(found)
    yield from section("For a scenario")
    for level in found.levels:
        yield f"# level: {level.name}; put into a [[reply]] with its panel, actor, latency and support"
        yield found.reply_lines(level)
    if data.refused:
        yield from section("Rows that were not used")
        for row, reason in data.refused[:_SHOWN]:
            yield from hung(f"row {row:<9} ", reason)
        if len(data.refused) > _SHOWN:
            yield f"and {len(data.refused) - _SHOWN:,} more; --format json lists all"


def _rounds(found: PanelFit) -> Iterator[str]:
    memory = found.memory
    if memory is None:
        text = (
            "no case has two rounds with named members: the data cannot tell whether those who objected "
            "in a first round object again in a second"
        )
        yield from hung("", text)
        return
    text = (
        f"in {memory.cases:,} cases with a second round, {memory.again:,} of {memory.objected:,} that had "
        f"objected objected again, and {memory.anew:,} of {memory.silent:,} others objected; "
    )
    if math.isfinite(memory.odds_ratio):
        text += (
            f"within cases the odds are {memory.odds_ratio:.2f} times as high [{memory.low:.2f}, "
            f"{memory.high:.2f}]. "
        )
    else:
        text += "the cases cannot tell the odds apart. "
    text += "A scenario draws every round anew: it has no key for this"
    yield from hung("", text)


def _level(level: Level) -> Iterator[str]:
    yield from section(f"Level: {level.name}")
    yield f"fitted to     {level.cases:,} cases from {level.first} to {level.last}"
    for trial in (level.independent, level.correlated):
        yield from _trial(trial)
    statistic, p = level.ratio
    yield f"no correlation  likelihood ratio {statistic:.2f}, p {_p(p)}"
    gain = level.difference
    where = "held out" if level.correlated.outside else "in sample"
    yield (
        f"log score per case, correlated - independent, {where}: {gain.mean:+.4f} "
        f"[{gain.low:+.4f}, {gain.high:+.4f}] over {gain.replications} months"
    )
    yield from _verdict(level)


def _trial(trial: Trial) -> Iterator[str]:
    found = trial.found
    yield f"{found.model.replies}"
    yield f"  mean          {found.mean[0]:.5f} [{found.mean[1]:.5f}, {found.mean[2]:.5f}] at the end"
    if found.model.trend:
        slope = found.slope
        yield f"  slope         {slope[0]:+.4f} [{slope[1]:+.4f}, {slope[2]:+.4f}] of the logit, a year"
    if found.model.replies == "correlated":
        alike = found.correlation
        yield f"  correlation   {alike[0]:.4f} [{alike[1]:.4f}, {alike[2]:.4f}]"
    yield from _stands("in sample", trial.score, trial.inside)
    if trial.outside is not None:
        yield from _stands("held out", trial.held_out, trial.outside)


def _stands(where: str, score: float, found: Calibration) -> Iterator[str]:
    yield f"  {where:<14}log score {score:.4f}; any objection {found.any_observed:.4f}, the model says"
    yield (
        f"                {found.any_expected:.4f} (se {found.any_error:.4f}); counts: chi-square "
        f"{found.statistic:.1f}, {found.freedom} df, p {_p(found.p)}: {_word(found)}"
    )
    counts = zip(found.observed, found.expected, strict=True)
    cells = [f"{k}: {o:,} ({e:,.1f})" for k, (o, e) in enumerate(counts)]
    cells[-1] = cells[-1].replace(":", " or more:", 1)
    yield from hung("                cases with so many (expected): ", ", ".join(cells))


def _verdict(level: Level) -> Iterator[str]:
    trials = (level.independent, level.correlated)
    passing = [t.found.model.replies for t in trials if (t.outside or t.inside).passes]
    where = "of the cases held out" if level.correlated.outside else "in sample"
    if passing:
        yield from hung("", f"passes the test {where}: {' and '.join(passing)}")
        for trial in trials:
            if trial.outside is not None and trial.outside.passes and not trial.inside.passes:
                text = (
                    "does not pass in sample: that it passes out of it shows that the cases held out are "
                    "too few, or its numbers too unsure, to tell; not that its form holds"
                )
                yield from hung(f"  {trial.found.model.replies}: ", text)
        return
    yield from hung("", f"neither model passes the test {where}")
    for trial in trials:
        if trial.refitted is None:
            continue
        again, stands = trial.refitted
        numbers = f"mean {trial.found.mean[0]:.5f} → {again.mean[0]:.5f}"
        if again.model.replies == "correlated":
            numbers += (
                f", correlation {trial.found.correlation[0]:.4f} → {again.correlation[0]:.4f}"
            )
        why = (
            "its form holds there and its numbers moved"
            if stands.passes
            else "its form does not hold there whatever its numbers"
        )
        text = f"fitted to the cases held out themselves (p {_p(stands.p)}): {why}; {numbers}"
        yield from hung(f"  {again.model.replies}: ", text)


def _members(found: PanelFit) -> Iterator[str]:
    if not found.rates:
        return
    yield from section("Members, in the cases of --train or all")
    total = sum(k for _, k in found.rates.values())
    asked = sum(n for n, _ in found.rates.values())
    for name, (n, k) in list(found.rates.items())[:5]:
        yield f"  {name:<12} objects in {k:,} of {n:,} ({k / n:.4f}), {k / total:.0%} of all objections"
    text = (
        f"and {max(len(found.rates) - 5, 0)} more members; all together {total / asked:.4f}. Both "
        "models take members for alike; a member that is not is better a [[reply]] of its own"
    )
    yield from hung("  ", text)


def _word(found: Calibration) -> str:
    if found.freedom == 0:
        return "cannot be tested"
    return "passes" if found.passes else "does not pass"


def _p(p: float) -> str:
    return "< 0.0001" if p < 1e-4 else f"{p:.4f}"  # noqa: PLR2004
