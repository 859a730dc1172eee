"""A study of how the members of a panel reply: both models side by side, in sample and out of it."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from duecourse.errors import InvalidInput
from duecourse.simulations.fit.model import (
    CORRELATED,
    INDEPENDENT,
    Fit,
    Model,
    fit,
    likelihood_ratio,
)
from duecourse.simulations.fit.persistence import Persistence, persistence
from duecourse.simulations.fit.scores import Calibration, calibration, score_difference

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from duecourse.simulations.estimate import Estimate
    from duecourse.simulations.fit.data import PanelCase, PanelData

    Span = tuple[date, date]


@dataclass(frozen=True)
class Trial:
    """A fit with how it stands in sample and, if asked for, out of it.

    Attributes:
        found: the fit.
        score, held_out: the mean log score per case (natural logarithm), in sample and out of it.
        inside, outside: the distribution of counts, in sample and out of it.
        refitted: the same model fitted to the cases held out, and how it stands there: what could
            still be wrong if the level and the correlation were known.
    """

    found: Fit
    score: float
    held_out: float
    inside: Calibration
    outside: Calibration | None
    refitted: tuple[Fit, Calibration] | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        entry: dict[str, Any] = {
            "model": self.found.model.replies,
            "trend": self.found.model.trend,
            **_numbers(self.found),
            "log_score": self.score,
            "calibration": self.inside.to_dict(),
        }
        if self.outside is not None:
            entry["held_out"] = {
                "log_score": self.held_out,
                "calibration": self.outside.to_dict(),
            }
        if self.refitted is not None:
            again, stands = self.refitted
            entry["held_out"]["refitted"] = {**_numbers(again), "calibration": stands.to_dict()}
        return entry


@dataclass(frozen=True)
class Level:
    """Both models with one idea of the level.

    Attributes:
        name: constant, trend, or last:K.
        first, last: the days of the first and the last case fitted to.
        cases: how many there are.
        independent, correlated: the models.
        ratio: the likelihood-ratio statistic of correlation 0 and its p-value.
        difference: correlated less independent, of the log scores per case: of the cases held out,
            or else of those fitted to.
    """

    name: str
    first: date
    last: date
    cases: int
    independent: Trial
    correlated: Trial
    ratio: tuple[float, float]
    difference: Estimate

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "level": self.name,
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "cases": self.cases,
            "models": [self.independent.to_dict(), self.correlated.to_dict()],
            "likelihood_ratio": {"statistic": self.ratio[0], "p": self.ratio[1]},
            "score_difference": self.difference.to_dict(),
        }


@dataclass(frozen=True)
class PanelFit:
    """What a table of replies tells about a panel.

    Attributes:
        name: of the table.
        data: what was read.
        test: the cases held out.
        levels: both models for each idea of the level.
        rates: for each member how often it was asked and objected; empty where the data do not tell.
        memory: what second rounds tell; None where the data cannot tell.
    """

    name: str
    data: PanelData
    test: Sequence[PanelCase]
    levels: tuple[Level, ...]
    rates: dict[str, tuple[int, int]]
    memory: Persistence | None = None

    def reply_lines(self, level: Level, counts_as: str = "object") -> str:
        """Return the lines of a `[[reply]]` of a scenario that the correlated model comes to."""
        trial = level.correlated
        found = trial.found
        stands = trial.outside or trial.inside
        verdict = "passes" if stands.passes else "does not pass"
        text = (
            f"beta-binomial fit of {level.cases:,} cases from {level.first} to {level.last} in {self.name}, "
            f"level: {level.name}; it {verdict} the test of its distribution of counts"
        )
        return (
            f"objection = {{ mean = {found.mean[0]:.4g}, correlation = {found.correlation[0]:.4g}, "
            f"counts_as = {json.dumps(counts_as)} }}\n"
            f"source = {json.dumps(text, ensure_ascii=False)}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "schema": "duecourse/fit-panel/1",
            "table": self.name,
            "rows": self.data.rows,
            "cases": len(self.data.cases),
            "left_out": dict(self.data.left_out),
            "refused": [each._asdict() for each in self.data.refused],
            "held_out": len(self.test),
            "levels": [level.to_dict() for level in self.levels],
            "members": {name: {"asked": n, "objected": k} for name, (n, k) in self.rates.items()},
            "persistence": None if self.memory is None else self.memory.to_dict(),
            "scenario": {level.name: self.reply_lines(level) for level in self.levels},
        }


def fit_panel(
    name: str,
    data: PanelData,
    *,
    train: Span | None = None,
    test: Span | None = None,
    levels: Sequence[str] = ("constant",),
) -> PanelFit:
    """Return both models for every idea of the level, fitted to some cases and held against others.

    Args:
        name: of the table.
        data: what it holds.
        train: the days of the cases to fit to; all but those held out if left out.
        test: the days of the cases held out.
        levels: constant, trend, or last:K for a constant level of the last K years.

    Raises:
        InvalidInput: the days overlap, a level is not known, or the data cannot tell.
    """
    if test is not None and train is None:
        raise InvalidInput("--test needs --train: which cases are fitted to?")
    if train is not None and test is not None and not (train[1] < test[0] or test[1] < train[0]):
        raise InvalidInput("--train and --test overlap; then nothing is held out")
    fitted = data.between(*(train or (None, None)))
    held = data.between(*test) if test else []
    for cases, option in ((fitted, "--train"), (held, "--test")):
        if not cases and (option == "--train" or test):
            raise InvalidInput(f"no case that can be used is within the days of {option}")
    rates: dict[str, tuple[int, int]] = {}
    for case in fitted:
        for member in case.members:
            n, k = rates.get(member, (0, 0))
            rates[member] = (n + 1, k + (member in case.objectors))
    ordered = dict(sorted(rates.items(), key=lambda each: (-each[1][1], each[0])))
    found = tuple(_level(each, fitted, held) for each in levels)
    return PanelFit(name, data, held, found, ordered, persistence(fitted, data.later))


def _level(name: str, fitted: Sequence[PanelCase], held: Sequence[PanelCase]) -> Level:
    last = fitted[-1].on
    if name.startswith("last:"):
        years = name.removeprefix("last:")
        if not years.isascii() or not years.isdigit() or not 0 < int(years) <= 100:  # noqa: PLR2004
            raise InvalidInput(
                f'"{name[:40]}" is no level; write last:K with K years, such as last:3'
            )
        day = min(last.day, 28)  # so that it is a day in every year
        begin = last.replace(year=max(last.year - int(years), 1), day=day)
        fitted = [case for case in fitted if case.on > begin]
    elif name not in {"constant", "trend"}:
        raise InvalidInput(f'"{name[:40]}" is no level; known: constant, trend, last:K')
    trend = name == "trend"
    one = _trial(Model(INDEPENDENT, trend), fitted, held)
    two = _trial(Model(CORRELATED, trend), fitted, held)
    cases = held or fitted
    return Level(
        name,
        fitted[0].on,
        last,
        len(fitted),
        one,
        two,
        likelihood_ratio(one.found, two.found),
        score_difference(two.found.scores(cases), one.found.scores(cases), cases),
    )


def _trial(model: Model, fitted: Sequence[PanelCase], held: Sequence[PanelCase]) -> Trial:
    found = fit(fitted, model, fitted[-1].on)
    score = float(found.scores(fitted).mean())
    inside = calibration(found, fitted, fitted=True)
    trial = Trial(found, score, math.nan, inside, None, None)
    if not held:
        return trial
    trial = replace(
        trial,
        held_out=float(found.scores(held).mean()),
        outside=calibration(found, held, fitted=False),
    )
    try:
        again = fit(held, model, held[-1].on)
    except InvalidInput:
        return trial  # too little was held out to fit anything to it
    return replace(trial, refitted=(again, calibration(again, held, fitted=True)))


def _numbers(found: Fit) -> dict[str, Any]:
    names = ("estimate", "low", "high")
    return {
        "mean": dict(zip(names, found.mean, strict=True)),
        "slope": dict(zip(names, found.slope, strict=True)),
        "correlation": dict(zip(names, found.correlation, strict=True)),
        "level": found.level,
    }
