"""Distributions as values: what a scenario says of a duration, ready for inverse transform.

A law is a kind and a few numbers. How a uniform number becomes a variate is written once, in
`duecourse.simulations.randomness.variate`; nothing here draws.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from duecourse.errors import nearest
from duecourse.kernels import chance

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np

    Grid = np.ndarray[tuple[int], np.dtype[np.float64]]


Z_MOST, Z_PARTS = chance.Z_MOST, chance.Z_PARTS
"""The grid of tables: see `duecourse.kernels.chance`."""


class LawError(ValueError):
    """A law that cannot be; `key` is the parameter at fault, if one is."""

    def __init__(self, message: str, key: str | None = None) -> None:
        super().__init__(message)
        self.key = key


class Kind(IntEnum):
    """How the numbers of a law are used; the values are part of the format of compiled engines."""

    DETERMINISTIC = 0
    EXPONENTIAL = 1
    LOGNORMAL = 2
    UNIFORM = 3
    TRIANGULAR = 4
    EMPIRICAL = 5
    TABLE = 6


@dataclass(frozen=True, slots=True)
class Law:
    """The distribution of a duration.

    Attributes:
        kind: how `values` are used.
        values: deterministic: the value; exponential: the mean; lognormal: mean and standard
            deviation of the logarithm; uniform: low, high; triangular: low, mode, high; empirical:
            the observations in order; table: the quantiles at the normal quantiles from -Z_MOST to
            Z_MOST in steps of 1/Z_PARTS.
        mean: its mean, exact, in the unit of the variates.
        text: as it was written.
    """

    kind: Kind
    values: tuple[float, ...]
    mean: float
    text: str


def law(written: Mapping[str, Any]) -> Law:
    """Return the law that a table such as `{ law = "lognormal", mean = 2.0, cv = 0.5 }` names.

    Besides the laws with a word of their own (see `scenarios/README.md`), every continuous
    distribution of `scipy.stats` is known by its name there, with its parameters there.

    Raises:
        LawError: an unknown name, a parameter missing, unknown or out of range, values below 0 or
            without a finite mean.
    """
    name = written.get("law")
    if not isinstance(name, str):
        raise LawError('a distribution is a table with a "law", such as "lognormal"', "law")
    parameters = {key: value for key, value in written.items() if key != "law"}
    text = f"{name}({', '.join(f'{key}={value}' for key, value in parameters.items())})"
    bounds = {key: parameters.pop(key) for key in BOUNDS if key in parameters}
    if bounds:
        return _truncated(name, parameters, bounds, text)
    return _whole(name, parameters, text)


def observed(values: Sequence[float], bounds: Mapping[str, Any], text: str) -> Law:
    """Return the law of observations within bounds (`at_least`, `at_most`), each equally likely."""
    parameters = {"values": list(values)}
    if bounds:
        return _truncated("empirical", parameters, bounds, text)
    return _whole("empirical", parameters, text)


def _whole(name: str, parameters: dict[str, Any], text: str) -> Law:
    """Return a law without its bounds."""
    if name == "empirical":
        return _empirical(_only(name, parameters, ("values",))["values"], text)
    if name in _SIMPLE:
        wanted, build = _SIMPLE[name]
        return build(_numbers(name, parameters, wanted), text)
    return _from_scipy(name, _of_gamma(name, parameters), text)


def _of_gamma(name: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters that scipy knows, where a gamma law is given by its mean and variation."""
    if name != "gamma" or "cv" not in parameters:
        return parameters
    mean, cv = _numbers(name, parameters, ("mean", "cv"))
    _positive(mean=mean, cv=cv)
    return {"a": cv**-2, "scale": mean * cv**2}


def _truncated(name: str, parameters: dict[str, Any], bounds: Mapping[str, Any], text: str) -> Law:
    """Return a law under the condition that the duration lies within bounds."""
    low, high = _limits(bounds)
    nothing = LawError(f"{text} leaves nothing between {low:g} and {high:g}", next(iter(bounds)))
    if name in {"empirical", "deterministic"}:
        inside = [value for value in _whole(name, parameters, text).values if low <= value <= high]
        if not inside:
            raise nothing
        return _empirical(inside, text)
    frozen = _frozen(name, parameters, text)
    below, above = float(frozen.cdf(low)), float(frozen.sf(high))
    mass = 1 - below - above
    if not mass > LEAST:
        raise nothing
    if high == math.inf and not math.isfinite(frozen.mean()):
        raise LawError(f"{text} has no finite mean; give it an upper bound", "at_least")
    table = _table(lambda p: frozen.ppf(below + p * mass), lambda q: frozen.isf(above + q * mass))
    values = tuple(min(max(value, low), high) for value in table)
    mean = float(frozen.expect(lb=low, ub=high, conditional=True))
    return Law(Kind.TABLE, values, mean, text)


def _limits(bounds: Mapping[str, Any]) -> tuple[float, float]:
    for key, value in bounds.items():
        if not _is_duration(value):
            raise LawError(f"{key} = {str(value)[:40]} is no duration of 0 or more", key)
    return float(bounds.get("at_least", 0.0)), float(bounds.get("at_most", math.inf))


def _frozen(name: str, parameters: dict[str, Any], text: str) -> Any:  # noqa: ANN401  (scipy's own)
    """Return a continuous law as a distribution of scipy, whatever it reaches down to."""
    from scipy import stats

    if name not in _SIMPLE:
        return _distribution(name, _of_gamma(name, parameters))
    values = _whole(name, parameters, text).values
    match name:
        case "exponential":
            return stats.expon(scale=values[0])
        case "lognormal":
            return stats.lognorm(values[1], scale=math.exp(values[0]))
        case "uniform":
            return stats.uniform(values[0], values[1] - values[0])
        case _:
            low, mode, high = values
            return stats.triang((mode - low) / (high - low), low, high - low)


@cache
def logit_normal_table(mean: float, sigma: float) -> tuple[float, ...]:
    """Return the quantile table of a propensity whose logit is normal, with this mean.

    `sigma` is the standard deviation of the logit over cases: 0 means independent members. The mean over
    the table's own grid of normal quantiles is exact to rounding: the rule of equal steps is spectrally exact
    for such an integrand.
    """
    import numpy as np
    from scipy.optimize import brentq
    from scipy.special import expit

    if sigma == 0 or mean in {0.0, 1.0}:
        return beta_table(mean, 0)
    parts = round(Z_MOST * Z_PARTS)
    z = np.arange(-parts, parts + 1) / Z_PARTS
    weights = np.exp(-z * z / 2)
    weights /= weights.sum()

    def off(centre: float) -> float:
        return float(weights @ expit(centre + sigma * z)) - mean

    far = 40 + Z_MOST * sigma
    centre = float(brentq(off, -far, far, xtol=1e-13))
    return tuple(float(each) for each in expit(centre + sigma * z))


BOUNDS: tuple[str, ...] = ("at_least", "at_most")
"""What any law may be bounded by."""

LEAST = 1e-9
"""The least probability that bounds may leave of a law."""


@cache
def beta_table(mean: float, correlation: float) -> tuple[float, ...]:
    """Return the quantile table of the beta distribution with this mean.

    `correlation` is that between two members of a beta-binomial panel, 1 / (a + b + 1): 0 means
    independent members, and the table is then constant.
    """
    if correlation == 0 or mean in {0.0, 1.0}:
        return (mean,) * (round(2 * Z_MOST * Z_PARTS) + 1)
    from scipy.special import betainccinv, betaincinv

    a = mean * (1 - correlation) / correlation
    b = (1 - mean) * (1 - correlation) / correlation
    return _table(lambda p: betaincinv(a, b, p), lambda q: betainccinv(a, b, q))


def _deterministic(numbers: tuple[float, ...], text: str) -> Law:
    (value,) = numbers
    if value < 0:
        raise LawError(f"{value:g} is negative; a duration is 0 or more", "value")
    return Law(Kind.DETERMINISTIC, (value,), value, text)


def _exponential(numbers: tuple[float, ...], text: str) -> Law:
    (mean,) = numbers
    _positive(mean=mean)
    return Law(Kind.EXPONENTIAL, (mean,), mean, text)


def _lognormal(numbers: tuple[float, ...], text: str) -> Law:
    mean, cv = numbers
    _positive(mean=mean, cv=cv)
    variance = math.log1p(cv * cv)
    return Law(Kind.LOGNORMAL, (math.log(mean) - variance / 2, math.sqrt(variance)), mean, text)


def _uniform(numbers: tuple[float, ...], text: str) -> Law:
    low, high = numbers
    if not 0 <= low <= high:
        raise LawError(f"0 <= low <= high does not hold of {low:g} and {high:g}", "low")
    return Law(Kind.UNIFORM, (low, high), (low + high) / 2, text)


def _triangular(numbers: tuple[float, ...], text: str) -> Law:
    low, mode, high = numbers
    if not 0 <= low <= mode <= high or low == high:
        raise LawError(f"0 <= low <= mode <= high fails: {low:g}, {mode:g}, {high:g}", "mode")
    return Law(Kind.TRIANGULAR, (low, mode, high), (low + mode + high) / 3, text)


_SIMPLE: dict[str, tuple[tuple[str, ...], Callable[[tuple[float, ...], str], Law]]] = {
    "deterministic": (("value",), _deterministic),
    "exponential": (("mean",), _exponential),
    "lognormal": (("mean", "cv"), _lognormal),
    "uniform": (("low", "high"), _uniform),
    "triangular": (("low", "mode", "high"), _triangular),
}


def _empirical(values: object, text: str) -> Law:
    if not isinstance(values, list) or not values or not all(map(_is_duration, values)):
        raise LawError(
            "the values of an empirical law are a list of numbers of 0 or more", "values"
        )
    ordered = tuple(sorted(map(float, values)))
    return Law(Kind.EMPIRICAL, ordered, math.fsum(ordered) / len(ordered), text)


def _from_scipy(name: str, parameters: Mapping[str, Any], text: str) -> Law:
    frozen = _distribution(name, parameters)
    mean = float(frozen.mean())
    low = float(frozen.ppf(0.0))
    if not math.isfinite(mean) or math.isnan(low):
        raise LawError(
            f"{text} has no finite mean; check its parameters against scipy.stats.{name}"
        )
    if low < 0:
        raise LawError(f"{text} reaches down to {low:g}; a duration is 0 or more", "loc")
    return Law(Kind.TABLE, _table(frozen.ppf, frozen.isf), mean, text)


def _distribution(name: str, parameters: Mapping[str, Any]) -> Any:  # noqa: ANN401  (scipy's own)
    """Return a distribution of scipy with its parameters."""
    from scipy import stats

    found = getattr(stats, name, None)
    if not isinstance(found, stats.rv_continuous):
        known = [*_SIMPLE, "empirical", "gamma", "erlang", "weibull_min", "beta", "truncnorm"]
        rule = "nor a continuous distribution of scipy.stats"
        raise LawError(
            f'"{name[:40]}" is neither a law of ours {rule}{nearest(name, known)}', "law"
        )
    shapes = tuple(found.shapes.replace(" ", "").split(",")) if found.shapes else ()
    given = _only(name, parameters, shapes, optional=("loc", "scale"))
    for key, value in given.items():
        if not _is_number(value):
            raise LawError(f"{key} = {str(value)[:40]} is no number", key)
    frozen = found(**given)
    if math.isnan(float(frozen.ppf(0.5))):
        raise LawError(f"{name} has no such parameters; check them against scipy.stats.{name}")
    return frozen


def _table(ppf: Callable[[Grid], Grid], isf: Callable[[Grid], Grid]) -> tuple[float, ...]:
    """Return quantiles on the grid of normal quantiles; the upper half from the upper tail."""
    import numpy as np
    from scipy.special import ndtr

    half = np.arange(1, round(Z_MOST * Z_PARTS) + 1) / Z_PARTS
    tail = ndtr(-half)
    lower, middle, upper = ppf(tail[::-1]), ppf(np.array([0.5])), isf(tail)
    return tuple(float(each) for part in (lower, middle, upper) for each in part)


def _only(
    name: str, given: Mapping[str, Any], wanted: tuple[str, ...], optional: tuple[str, ...] = ()
) -> dict[str, Any]:
    for key in given:
        if key not in (*wanted, *optional):
            raise LawError(f'{name} has no "{key}"{nearest(key, (*wanted, *optional))}', key)
    for key in wanted:
        if key not in given:
            raise LawError(f'{name} needs "{key}"; its parameters: {", ".join(wanted)}')
    return dict(given)


def _numbers(name: str, given: Mapping[str, Any], wanted: tuple[str, ...]) -> tuple[float, ...]:
    found = _only(name, given, wanted)
    for key, value in found.items():
        if not _is_number(value):
            raise LawError(f"{key} = {str(value)[:40]} is no number", key)
    return tuple(float(found[key]) for key in wanted)


def _positive(**numbers: float) -> None:
    for key, value in numbers.items():
        if value <= 0:
            raise LawError(f"{key} = {value:g} must be greater than 0", key)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_duration(value: object) -> bool:
    return _is_number(value) and float(value) >= 0  # type: ignore[arg-type]  # a number, just seen
