"""How the members of a panel reply: independently, or alike within a case.

With mean p and correlation r between two members of one case, the propensity of a case has the beta
distribution with parameters p(1-r)/r and (1-p)(1-r)/r, and the number of objections among n members
is beta-binomial (Skellam, Journal of the Royal Statistical Society B 10, 1948, 257-261). With
t = r/(1-r) its logarithm is the sum of terms (Smith, AS 189, Applied Statistics 32, 1983, 196-204)

    log C(n,k) + sum_{j<k} log(p + j t) + sum_{j<n-k} log(1 - p + j t) - sum_{j<n} log(1 + j t)

which at t = 0 is the binomial one to the last bit: both models are one formula here. It is the law
by which `scenarios` and `simulations` let members reply.

The level p may drift: logit p moves along a line in time, month by month.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from scipy.special import expit, gammaln, logit

from duecourse.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from duecourse.simulations.fit.data import PanelCase

    Vector = NDArray[np.float64]

INDEPENDENT: Final = "independent"
CORRELATED: Final = "correlated"
MOST_CORRELATION: Final = 0.999
_FURTHEST: Final = 30.0
_STEPS: Final = 60


@dataclass(frozen=True, slots=True)
class Model:
    """What is fitted.

    Attributes:
        replies: whether members reply independently or alike within a case.
        trend: whether logit of the level moves along a line in time.
    """

    replies: Literal["independent", "correlated"]
    trend: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters: logit of the level, its slope per year, the correlation."""
        return (
            "level",
            *(("slope",) if self.trend else ()),
            *(("correlation",) if self.replies == CORRELATED else ()),
        )

    def parts(self, x: Sequence[float] | Vector) -> tuple[float, float, float]:
        """Return logit of the level, its slope per year and the correlation."""
        slope = float(x[1]) if self.trend else 0.0
        correlation = float(x[-1]) if self.replies == CORRELATED else 0.0
        return float(x[0]), slope, correlation


class Counts:
    """Cases with the same number asked, number objecting and month put together.

    Attributes:
        asked, objected: the numbers of each kind of case.
        years: from the reference day to the month of each kind, in years.
        weight: how many cases are of each kind.
        kind: the kind of each case.
    """

    def __init__(self, cases: Sequence[PanelCase], reference: date) -> None:
        origin = reference.year * 12 + reference.month
        table = np.array(
            [(c.asked, c.objected, c.on.year * 12 + c.on.month - origin) for c in cases],
            dtype=np.int64,
        )
        unique, self.kind, weight = np.unique(
            table, axis=0, return_inverse=True, return_counts=True
        )
        self.kind = self.kind.reshape(-1)
        self.asked, self.objected = unique[:, 0], unique[:, 1]
        self.years = unique[:, 2] / 12.0
        self.weight = weight.astype(np.float64)
        self.steps = np.arange(int(self.asked.max()))
        self.yes = self.steps < self.objected[:, None]
        self.no = self.steps < (self.asked - self.objected)[:, None]
        self.all = self.steps < self.asked[:, None]
        self.ways = (
            gammaln(self.asked + 1)
            - gammaln(self.objected + 1)
            - gammaln(self.asked - self.objected + 1)
        )

    def log_probability(self, mean: Vector, correlation: float) -> Vector:
        """Return the logarithm of the probability of each kind of case."""
        t = correlation / (1 - correlation) * self.steps
        p = mean[:, None]
        terms = (
            np.where(self.yes, np.log(p + t), 0.0)
            + np.where(self.no, np.log1p(t - p), 0.0)
            - np.where(self.all, np.log1p(t), 0.0)
        )
        return np.asarray(self.ways + terms.sum(axis=1), dtype=np.float64)

    def likelihood(self, model: Model, x: Vector) -> tuple[float, Vector]:
        """Return the log-likelihood and its gradient."""
        level, slope, correlation = model.parts(x)
        mean = expit(level + slope * self.years)
        t = correlation / (1 - correlation) * self.steps
        p = mean[:, None]
        total = float(self.weight @ self.log_probability(mean, correlation))
        yes = np.where(self.yes, 1 / (p + t), 0.0)
        no = np.where(self.no, 1 / (1 - p + t), 0.0)
        by_level = (yes - no).sum(axis=1) * mean * (1 - mean) * self.weight
        gradient = [float(by_level.sum())]
        if model.trend:
            gradient.append(float(by_level @ self.years))
        if model.replies == CORRELATED:
            every = np.where(self.all, 1 / (1 + t), 0.0)
            by_t = ((yes + no - every) * self.steps).sum(axis=1)
            gradient.append(float(by_t @ self.weight) / (1 - correlation) ** 2)
        return total, np.array(gradient)


@dataclass(frozen=True)
class Fit:
    """A model with its most likely parameters.

    Attributes:
        reference: the day whose month the level is that of.
        x: the parameters, in the order of `Model.names`.
        low, high: their profile-likelihood intervals, and `level` the probability of covering.
        covariance: the inverse of the expected information; nothing for a correlation of 0.
        likelihood: the greatest log-likelihood.
    """

    model: Model
    reference: date
    x: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    level: float
    covariance: Vector
    likelihood: float

    @property
    def mean(self) -> tuple[float, float, float]:
        """The level as a probability in the month of the reference day, with its interval."""
        return float(expit(self.x[0])), float(expit(self.low[0])), float(expit(self.high[0]))

    @property
    def slope(self) -> tuple[float, float, float]:
        """By how much logit of the level moves in a year, with its interval; 0 without a trend."""
        return (self.x[1], self.low[1], self.high[1]) if self.model.trend else (0.0, 0.0, 0.0)

    @property
    def correlation(self) -> tuple[float, float, float]:
        """The correlation between two members of one case, with its interval."""
        if self.model.replies == INDEPENDENT:
            return 0.0, 0.0, 0.0
        return self.x[-1], self.low[-1], self.high[-1]

    def scores(self, cases: Sequence[PanelCase]) -> Vector:
        """Return the log score of each case: the logarithm of the probability of what happened."""
        counts = Counts(cases, self.reference)
        level, slope, correlation = self.model.parts(self.x)
        mean = expit(level + slope * counts.years)
        return counts.log_probability(mean, correlation)[counts.kind]


def fit(cases: Sequence[PanelCase], model: Model, reference: date, *, level: float = 0.95) -> Fit:
    """Return the most likely parameters of a model, with profile-likelihood intervals.

    The interval of a parameter holds the values at which twice the loss of log-likelihood, the other
    parameters chosen anew, is below the quantile of chi-square with one degree of freedom. Cases are
    taken for independent.

    Args:
        cases: at least one.
        model: what is fitted.
        reference: the day whose month the level is that of.
        level: the probability with which an interval covers.

    Raises:
        InvalidInput: the cases cannot tell, with the reason.
    """
    from scipy.stats import chi2

    _able(cases, model)
    counts = Counts(cases, reference)
    share = sum(c.objected for c in cases) / sum(c.asked for c in cases)
    start = [float(logit(share))] + [0.0] * model.trend + [0.05] * (model.replies == CORRELATED)
    x, best = _climb(counts, model, np.array(start), None)
    covariance = _covariance(cases, model, x, reference)
    limit = float(chi2.ppf(level, 1))
    ends = [
        tuple(_end(counts, model, x, best, covariance, at, limit, way) for way in (-1, 1))
        for at in range(len(x))
    ]
    return Fit(
        model,
        reference,
        tuple(map(float, x)),
        tuple(low for low, _ in ends),
        tuple(high for _, high in ends),
        level,
        covariance,
        best,
    )


def likelihood_ratio(independent: Fit, correlated: Fit) -> tuple[float, float]:
    """Return the likelihood-ratio statistic of correlation 0, and its p-value.

    The correlation lies at the end of its range, so that the statistic is 0 with probability 1/2 and
    otherwise chi-square with one degree of freedom (Self, Liang, Journal of the American Statistical
    Association 82, 1987, 605-610, case 5).
    """
    from scipy.stats import chi2

    statistic = max(2 * (correlated.likelihood - independent.likelihood), 0.0)
    return statistic, 0.5 * float(chi2.sf(statistic, 1)) if statistic > 0 else 1.0


def _able(cases: Sequence[PanelCase], model: Model) -> None:
    asked, objected = sum(c.asked for c in cases), sum(c.objected for c in cases)
    if not asked:
        raise InvalidInput("no case to fit")
    if objected in {0, asked}:
        said = "nobody objected" if not objected else "everybody objected"
        raise InvalidInput(f"{said} in {len(cases):,} cases; such data fit no model")
    if model.replies == CORRELATED and max(c.asked for c in cases) == 1:
        raise InvalidInput("one member is asked in each case; that tells nothing of correlation")
    if model.trend and len({(c.on.year, c.on.month) for c in cases}) == 1:
        raise InvalidInput("all cases are of one month; that tells nothing of a trend")


def _climb(
    counts: Counts, model: Model, start: Vector, held: tuple[int, float] | None
) -> tuple[Vector, float]:
    """Return the most likely parameters, one of them held at a value if asked for."""
    from scipy.optimize import minimize

    bounds = [(-_FURTHEST, _FURTHEST)] * (1 + model.trend)
    bounds += [(0.0, MOST_CORRELATION)] * (model.replies == CORRELATED)
    x0 = start.copy()
    if held is not None:
        bounds[held[0]] = (held[1], held[1])
        x0[held[0]] = held[1]
    cases = counts.weight.sum()

    def loss(x: Vector) -> tuple[float, Vector]:
        value, gradient = counts.likelihood(model, x)
        return -value / cases, -gradient / cases

    tight: dict[str, Any] = {"ftol": 1e-15, "gtol": 1e-9}
    found: Any = minimize(  # type: ignore[call-overload]  # the stubs know it without a gradient
        loss, x0, jac=True, method="L-BFGS-B", bounds=bounds, options=tight
    )
    return np.asarray(found.x, dtype=np.float64), -float(found.fun) * float(cases)


def probabilities(
    model: Model, x: Vector, reference: date, cases: Sequence[PanelCase], most: int
) -> Vector:
    """Return for each case the probability of every count, from cumulative sums of logarithms."""
    level, slope, correlation = model.parts(x)
    t = correlation / (1 - correlation)
    origin = reference.year * 12 + reference.month
    kinds: dict[tuple[int, int], int] = {}
    at = [kinds.setdefault((c.asked, c.on.year * 12 + c.on.month), len(kinds)) for c in cases]
    table = np.zeros((len(kinds), most + 1))
    for (asked, month), row in kinds.items():
        p = float(expit(level + slope * (month - origin) / 12))
        steps = np.arange(asked)
        yes = np.concatenate([[0.0], np.cumsum(np.log(p + t * steps))])
        no = np.concatenate([[0.0], np.cumsum(np.log(1 - p + t * steps))])
        k = np.arange(asked + 1)
        ways = gammaln(asked + 1) - gammaln(k + 1) - gammaln(asked - k + 1)
        table[row, : asked + 1] = np.exp(ways + yes + no[::-1] - np.log1p(t * steps).sum())
    return np.asarray(table[at], dtype=np.float64)


def _covariance(cases: Sequence[PanelCase], model: Model, x: Vector, reference: date) -> Vector:
    """Return the inverse of the expected information, from differences of the probabilities.

    A correlation of 0 lies at the end of its range and is taken for known.
    """
    free = len(x) - (model.replies == CORRELATED and x[-1] < 1e-6)  # noqa: PLR2004  (the end)
    most = max(c.asked for c in cases)
    here = probabilities(model, x, reference, cases, most)
    slopes = []
    for at in range(free):
        step = 1e-4 * max(abs(x[at]), 1e-3)
        up, down = x.copy(), x.copy()
        up[at], down[at] = up[at] + step, max(down[at] - step, -_FURTHEST)
        ahead, behind = (probabilities(model, y, reference, cases, most) for y in (up, down))
        slopes.append((ahead - behind) / (2 * step))
    safe = np.where(here > 1e-300, here, np.inf)  # noqa: PLR2004  (a probability of 0 tells nothing)
    information = [[float((a * b / safe).sum()) for b in slopes] for a in slopes]
    full = np.zeros((len(x), len(x)))
    full[:free, :free] = np.linalg.pinv(np.array(information))
    return full


def _end(  # noqa: PLR0913, PLR0917  (where to look, and for what)
    counts: Counts,
    model: Model,
    x: Vector,
    best: float,
    covariance: Vector,
    at: int,
    limit: float,
    way: int,
) -> float:
    """Return where twice the loss of log-likelihood reaches the limit, on one side."""
    from scipy.optimize import brentq

    bounded = model.names[at] == "correlation"
    least, most = (0.0, MOST_CORRELATION) if bounded else (-_FURTHEST, _FURTHEST)

    def excess(value: float) -> float:
        return 2 * (best - _climb(counts, model, x, (at, value))[1]) - limit

    step = math.sqrt(max(float(covariance[at, at]), 1e-8)) * math.sqrt(limit)
    far = float(x[at])
    for _ in range(_STEPS):
        near, far = far, min(max(far + way * step, least), most)
        if excess(far) > 0:
            return float(brentq(excess, near, far, xtol=1e-9, rtol=1e-9))
        if far in {least, most}:
            break
        step *= 1.5
    return far
