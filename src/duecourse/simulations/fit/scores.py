"""Whether a model of a panel says what happens: its distribution of counts, and log scores against another's."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from duecourse.simulations.estimate import Estimate, student
from duecourse.simulations.fit.model import probabilities

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duecourse.simulations.fit.data import PanelCase
    from duecourse.simulations.fit.model import Fit, Vector

LEAST_EXPECTED: Final = 5.0
PASS: Final = 0.05
USED_UP: Final = 0.1


@dataclass(frozen=True)
class Calibration:
    """How many cases had 0, 1, 2, … objections, and how many a model expects.

    Attributes:
        observed, expected: cases with so many objections; the last entry holds that many or more.
        any_observed, any_expected: the share of cases with an objection.
        any_error: the standard error of their difference if the model is right.
        statistic, freedom, p: of the chi-square test; p is not a number where nothing can be tested.
    """

    observed: tuple[int, ...]
    expected: tuple[float, ...]
    any_observed: float
    any_expected: float
    any_error: float
    statistic: float
    freedom: int
    p: float

    @property
    def passes(self) -> bool:
        """Whether the data do not contradict the model at the 5 % level."""
        return self.p >= PASS

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "observed": list(self.observed),
            "expected": list(self.expected),
            "any_observed": self.any_observed,
            "any_expected": self.any_expected,
            "any_error": self.any_error,
            "chi_square": self.statistic,
            "freedom": self.freedom,
            "p": None if math.isnan(self.p) else self.p,
            "passes": self.passes,
        }


def calibration(found: Fit, cases: Sequence[PanelCase], *, fitted: bool) -> Calibration:
    """Return the test of a fit against cases: the ones it was fitted to, or others.

    The statistic is (O - E)' W^- (O - E) over the classes 0, 1, 2, … objections, the last ones put
    together until 5 cases are expected in it. W is the covariance of O under the model, less that of
    E where the parameters come from the same cases (the statistic of Rao, Robson and Nikulin: Moore,
    Spruill, Annals of Statistics 3, 1975, 599-616), plus it where they come from others (delta
    method). In units of the expected counts its variances are about 1, and 0 in the directions that
    the sum of cases and the fit have used up; W^- leaves out those below 0.1, where little but the
    tail is left. The other directions are the degrees of freedom. Cases are taken for independent.

    Args:
        found: the model with its parameters.
        cases: what happened.
        fitted: whether these are the cases that it was fitted to.
    """
    from scipy.stats import chi2

    most = max(case.asked for case in cases)
    x = np.array(found.x)
    each = probabilities(found.model, x, found.reference, cases, most)
    expected = each.sum(axis=0)
    tail = np.cumsum(expected[::-1])[::-1]
    last = max([at for at in range(1, most + 1) if tail[at] >= LEAST_EXPECTED], default=1)
    each = _cut(each, last)
    observed = np.bincount([min(c.objected, last) for c in cases], minlength=last + 1)
    jacobian = np.zeros((last + 1, len(x)))
    for at in range(len(x)):
        if found.covariance[at, at] == 0:
            continue
        step = 1e-4 * math.sqrt(found.covariance[at, at])
        up, down = x.copy(), x.copy()
        up[at], down[at] = up[at] + step, down[at] - step
        ahead = probabilities(found.model, up, found.reference, cases, most).sum(axis=0)
        behind = probabilities(found.model, down, found.reference, cases, most).sum(axis=0)
        jacobian[:, at] = _cut((ahead - behind)[None, :], last)[0] / (2 * step)
    within = np.diag(each.sum(axis=0)) - each.T @ each
    parameters = jacobian @ found.covariance @ jacobian.T
    covariance = within - parameters if fitted else within + parameters
    scale = 1 / np.sqrt(np.maximum(each.sum(axis=0), 1e-12))
    values, vectors = np.linalg.eigh(covariance * np.outer(scale, scale))
    kept = values > USED_UP
    difference = (observed - each.sum(axis=0)) * scale
    statistic = float((((vectors[:, kept].T @ difference) ** 2) / values[kept]).sum())
    freedom = int(kept.sum())
    count = len(cases)
    return Calibration(
        tuple(int(o) for o in observed),
        tuple(float(e) for e in each.sum(axis=0)),
        float(1 - observed[0] / count),
        float(1 - each[:, 0].mean()),
        math.sqrt(max(float(covariance[0, 0]), 0.0)) / count,
        statistic,
        freedom,
        float(chi2.sf(statistic, freedom)) if freedom else math.nan,
    )


def _cut(table: Vector, last: int) -> Vector:
    return np.column_stack([table[:, :last], table[:, last:].sum(axis=1)])


def score_difference(
    a: Vector, b: Vector, cases: Sequence[PanelCase], *, level: float = 0.95
) -> Estimate:
    """Return the mean difference of the log scores a - b per case, with a paired interval.

    Cases of one month are one cluster, and months may depend on the months near them: the variance
    of the ratio estimator is that of Newey and West (Econometrica 55, 1987, 703-708) with Bartlett
    weights over the sums of months, with as many lags as the cube root of their number; the quantile
    is Student's t with one degree less than months. It is the test of Diebold and Mariano (Journal of
    Business & Economic Statistics 13, 1995, 253-263) with months of unequal size. Its number of
    "replications" is the number of months.
    """
    sums: defaultdict[int, list[float]] = defaultdict(list)
    for case, difference in zip(cases, a - b, strict=True):
        sums[case.on.year * 12 + case.on.month].append(float(difference))
    mean = float(np.mean(a - b))
    months = range(min(sums), max(sums) + 1)
    rest = [math.fsum(d - mean for d in sums.get(month, ())) for month in months]
    count = len(sums)
    if count == 1:
        return Estimate(mean, math.nan, math.nan, 1, level)
    lags = min(round(count ** (1 / 3)), len(rest) - 1)
    variance = math.fsum(e * e for e in rest)
    for lag in range(1, lags + 1):
        product = math.fsum(x * y for x, y in zip(rest[lag:], rest, strict=False))
        variance += 2 * (1 - lag / (lags + 1)) * product
    error = math.sqrt(max(variance, 0.0) * count / (count - 1)) / len(cases)
    half = student(count - 1, level) * error
    return Estimate(mean, mean - half, mean + half, count, level)
